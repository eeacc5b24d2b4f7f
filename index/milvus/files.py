"""The files of segments as records, and their copies on this machine."""

import base64
import json
import os
import shutil
import tempfile
import zlib
from pathlib import Path

from corpus.errors import LibraryError, reason
from index.milvus.collections import RECORDS, Collections

#: Bytes of a file in each record; a third more as text.
CHUNK = 48_000


def keep(collections: Collections, name: str, folder: Path) -> None:
    """Keep the files of a folder as the segment ``name``."""
    sizes = {}
    for path in sorted(folder.iterdir()):
        squeezed = zlib.compress(path.read_bytes(), 3)
        parts = [squeezed[at : at + CHUNK] for at in range(0, len(squeezed), CHUNK)]
        sizes[path.name] = len(parts)
        texts = {_part(name, path.name, at): base64.b64encode(part).decode() for at, part in enumerate(parts)}
        collections.put(name, texts)
    collections.put(name, {name: json.dumps(sizes)})


def copied(collections: Collections, name: str, cache: Path) -> Path:
    """The folder in ``cache`` with the files of the segment ``name``, fetched if they are not there.

    Raises:
        LibraryError: if they are not whole, or can't be written.
    """
    folder = cache / name
    if folder.is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=cache))
        try:
            for file, parts in json.loads(collections.texts([name])[name]).items():
                _fetch(collections, [_part(name, file, at) for at in range(parts)], scratch / file)
            os.replace(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except (KeyError, ValueError, zlib.error) as error:
        raise LibraryError(
            f"Biblioteket i {collections.address} är skadat; indexera rapporterna på nytt under ett annat namn."
        ) from error
    except OSError as error:
        # Another process may have fetched it meanwhile.
        if not folder.is_dir():
            raise LibraryError(
                f"Bibliotekets filer går inte att spara i {cache} ({reason(error)}); ge plats eller behörighet där."
            ) from error
    return folder


def _fetch(collections: Collections, ids: list[str], path: Path) -> None:
    unpacking = zlib.decompressobj()
    with path.open("wb") as file:
        for at in range(0, len(ids), RECORDS):
            found = collections.texts(ids[at : at + RECORDS])
            for each in ids[at : at + RECORDS]:
                file.write(unpacking.decompress(base64.b64decode(found[each], validate=True)))
        file.write(unpacking.flush())
    if not unpacking.eof:
        raise ValueError(f"{path.name} ends too soon")


def _part(name: str, file: str, at: int) -> str:
    return f"{name}/{file}/{at:06}"
