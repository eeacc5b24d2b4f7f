"""The files of segments as records, and their copies on this machine."""

import base64
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.errors import LibraryError, reason
from index.manifest import sync
from index.milvus.collections import RECORDS, Collections

#: Bytes of a file in each record, and read at a time; a third more as text.
CHUNK = 48_000
PIECE = 1 << 20
TABLES, FREQUENCIES = "catalogue.sqlite", "frequencies.npz"
#: What is being made begins so.
UNFINISHED = "new-"


def damaged(collections: Collections) -> LibraryError:
    """What is said of a library whose records don't fit together."""
    return LibraryError(
        f"Biblioteket i {collections.address} är skadat; indexera rapporterna på nytt under ett annat namn."
    )


def keep(collections: Collections, name: str, folder: Path, check: Callable[[], None]) -> None:
    """Keep the files of a folder as the segment ``name``; ``check`` sees, now and then, that this may go on."""
    told = {}
    for file in (TABLES, FREQUENCIES):
        digest, count = hashlib.sha256(), 0
        texts: dict[str, str] = {}
        for at, part in enumerate(_squeezed(folder / file, digest.update)):
            texts[_part(name, file, at)] = base64.b64encode(part).decode()
            count = at + 1
            if len(texts) == RECORDS:
                check()
                collections.put(name, texts)
                texts = {}
        collections.put(name, texts)
        told[file] = [count, (folder / file).stat().st_size, digest.hexdigest()]
    check()
    collections.put(name, {name: json.dumps(told)})


def _squeezed(path: Path, see: Callable[[bytes], None]) -> Iterator[bytes]:
    """A file's bytes, compressed, in parts of CHUNK; ``see`` is shown them as they were."""
    packing, waiting = zlib.compressobj(3), b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            see(piece)
            waiting += packing.compress(piece)
            while len(waiting) >= CHUNK:
                yield waiting[:CHUNK]
                waiting = waiting[CHUNK:]
    waiting += packing.flush()
    for at in range(0, len(waiting), CHUNK):
        yield waiting[at : at + CHUNK]


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
        scratch = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=cache))
        try:
            told = json.loads(collections.texts([name])[name])
            for file in (TABLES, FREQUENCIES):
                _fetch(collections, name, scratch / file, *told[file])
            sync(scratch)
            os.replace(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except (KeyError, ValueError, TypeError, zlib.error) as error:
        raise damaged(collections) from error
    except OSError as error:
        # Another process may have fetched it meanwhile.
        if not folder.is_dir():
            raise LibraryError(
                f"Bibliotekets filer går inte att spara i {cache} ({reason(error)}); ge plats eller behörighet där."
            ) from error
    return folder


def _fetch(collections: Collections, name: str, path: Path, parts: int, size: int, digest: str) -> None:
    """Write a file from its parts.

    Raises:
        KeyError, ValueError: if it is not of that size, with that SHA-256.
        zlib.error: if it can't be unpacked.
    """
    unpacking, seen, left = zlib.decompressobj(), hashlib.sha256(), size
    with path.open("wb") as file:

        def write(piece: bytes) -> None:
            nonlocal left
            left -= len(piece)
            if left < 0:
                raise ValueError(f"{path.name} is larger than {size}")
            seen.update(piece)
            file.write(piece)

        for at in range(0, parts, RECORDS):
            ids = [_part(name, path.name, each) for each in range(at, min(at + RECORDS, parts))]
            found = collections.texts(ids)
            for each in ids:
                waiting = base64.b64decode(found[each], validate=True)
                while waiting:
                    write(unpacking.decompress(waiting, PIECE))
                    waiting = unpacking.unconsumed_tail
        write(unpacking.flush())
    if left or seen.hexdigest() != digest:
        raise ValueError(f"{path.name} is not what was kept")


def _part(name: str, file: str, at: int) -> str:
    return f"{name}/{file}/{at:06}"
