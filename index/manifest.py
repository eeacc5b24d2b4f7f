"""``manifest.json``: which files are a library's current version. Replacing it is what makes a change."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import LibraryError, ModelMismatch, reason
from index.encode import EncoderInfo

#: Raised when files of an older format can no longer be read.
FORMAT = 5


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of ``manifest.json``.

    ``segments`` are those of the reports in the order that they were made, and ``following`` is the number that the
    next passage gets.
    """

    format: int
    generation: int
    encoder: EncoderInfo
    segments: tuple[str, ...]
    following: int

    def dumped(self) -> str:
        """The manifest as JSON."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def loaded(cls, written: str | bytes, library: object) -> "Manifest":
        """The manifest of ``library`` from what ``dumped`` made of it.

        Raises:
            LibraryError: if it is damaged or of another format.
        """
        try:
            values = json.loads(written)
            if values["format"] == FORMAT:
                found = cls(
                    **{**values, "segments": tuple(values["segments"]), "encoder": EncoderInfo(**values["encoder"])}
                )
                texts, numbers = found.segments, (found.generation, found.following)
                if all(isinstance(each, str) for each in texts) and all(isinstance(each, int) for each in numbers):
                    return found
                raise TypeError("segments are texts, generations and passages numbers")
        except (ValueError, KeyError, TypeError) as error:
            raise LibraryError(
                f"Biblioteket i {library} är skadat; indexera rapporterna på nytt i ett nytt bibliotek."
            ) from error
        raise LibraryError(
            f"Biblioteket i {library} är gjort med en annan version av rapportsvar; "
            "kör «rapportsvar upgrade», eller indexera rapporterna på nytt i ett nytt bibliotek."
        )


def read_manifest(library: Path) -> Manifest | None:
    """The library's manifest; None where there is no library yet.

    Raises:
        LibraryError: if it is damaged or of another format.
    """
    try:
        written = (library / "manifest.json").read_bytes()
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise LibraryError(f"{library} är ingen mapp; välj en annan med --library.") from error
    except OSError as error:
        raise LibraryError(f"Biblioteket i {library} går inte att läsa ({reason(error)}).") from error
    return Manifest.loaded(written, library)


def write_manifest(library: Path, manifest: Manifest) -> None:
    """Replace the library's manifest in one step: whole or not at all. The caller holds the lock."""
    path = library / "manifest.json"
    beside = path.with_name("manifest.json.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(manifest.dumped())
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


def check_encoder(manifest: Manifest, encoder: EncoderInfo) -> None:
    """Raise ``ModelMismatch`` if the library's vectors were made by another encoder."""
    if manifest.encoder.fingerprint != encoder.fingerprint:
        raise ModelMismatch(
            f"Biblioteket är indexerat med språkmodellen {manifest.encoder.name} men {encoder.name} valdes; "
            "välj samma modell med --model, eller byt med «rapportsvar upgrade»."
        )
