"""``manifest.json``: which files are a library's current version. Replacing it is what makes a change."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import LibraryError, ModelMismatch, reason
from index.encode import Encoder, EncoderInfo

#: Raised when files of an older format can no longer be read.
FORMAT = 4


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of ``manifest.json``.

    ``segments`` are the folders of the reports in the order that they were made, ``lexical`` that of the lexical
    index, and ``following`` the number that the next passage gets.
    """

    format: int
    generation: int
    encoder: EncoderInfo
    segments: tuple[str, ...]
    lexical: str
    following: int


def read_manifest(library: Path) -> Manifest | None:
    """The library's manifest; None where there is no library yet.

    Raises:
        LibraryError: if it is damaged or of another format.
    """
    path = library / "manifest.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        written = values["format"]
        if written == FORMAT:
            encoder = EncoderInfo(**values.pop("encoder"))
            return Manifest(**{**values, "segments": tuple(values["segments"])}, encoder=encoder)
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise LibraryError(f"{library} är ingen mapp; välj en annan med --library.") from error
    except OSError as error:
        raise LibraryError(f"Biblioteket i {library} går inte att läsa ({reason(error)}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"Biblioteket i {library} är skadat (manifest.json går inte att läsa); "
            "indexera rapporterna på nytt i en ny mapp."
        ) from error
    raise LibraryError(
        f"Biblioteket i {library} är gjort med en annan version av rapportsvar; "
        "indexera rapporterna på nytt i en ny mapp."
    )


def write_manifest(library: Path, manifest: Manifest) -> None:
    """Replace the library's manifest in one step: whole or not at all. The caller holds the lock."""
    path = library / "manifest.json"
    beside = path.with_name("manifest.json.new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    sync(library)


def sync(folder: Path) -> None:
    """Have the disk keep a folder's files before anything refers to them."""
    for path in (*folder.iterdir(), folder):
        if path.is_file() or path == folder:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def check_encoder(manifest: Manifest, encoder: Encoder) -> None:
    """Raise ``ModelMismatch`` if the library's vectors were made by another encoder."""
    if manifest.encoder.fingerprint != encoder.info.fingerprint:
        raise ModelMismatch(
            f"Biblioteket är indexerat med språkmodellen {manifest.encoder.name} men {encoder.info.name} valdes; "
            "välj samma modell med --model eller indexera på nytt i en ny mapp."
        )
