"""Versions of a library in Milvus, and changes of them."""

import base64
import json
import shutil
import tempfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from corpus.errors import LibraryError, reason
from index.encode import EncoderInfo, Vectors
from index.lexical import Fields
from index.manifest import Manifest, check_encoder
from index.milvus.collections import Collections
from index.milvus.dense import DenseSearch, rounded
from index.milvus.files import copied, keep
from index.milvus.lease import KIND as WRITER
from index.milvus.lease import Lease, leased
from index.milvus.selection import Selection, dropping
from index.milvus.sparse import Frequencies, SparseSearch, sparse
from index.places import Address, home
from index.prepare import Entry, Prepared
from index.storage import Version
from index.tables import Extent, Tables

VERSION = "version"
TABLES, FREQUENCIES = "catalogue.sqlite", "frequencies.npz"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A version as it is kept.

    ``library`` tells it from others that have had its name; ``dropped`` are the stretches of numbers of passages that
    the version before still has.
    """

    manifest: Manifest
    library: str
    dropped: tuple[tuple[int, int], ...]


class Milvus:
    """Keeps a library in Milvus."""

    def __init__(self, address: Address) -> None:
        self._collections = Collections(address)
        self._exists = False

    def manifest(self) -> Manifest | None:
        kept = self._last()
        return kept.manifest if kept else None

    def _last(self) -> _Kept | None:
        self._exists = self._exists or self._collections.exist()
        versions = self._collections.of_kind(VERSION) if self._exists else {}
        return _loaded(versions[max(versions)], self._collections.address) if versions else None

    def open(self, manifest: Manifest) -> Version:
        kept = self._last()
        if kept is None or kept.manifest != manifest:
            raise LibraryError(f"Biblioteket i {self._collections.address} har just ändrats; försök igen.")
        cache = _cache(self._collections.address, kept.library)
        folders = [copied(self._collections, name, cache) for name in manifest.segments]
        tables = [Tables(folder / TABLES) for folder in folders]
        selection = Selection(manifest.following, kept.dropped)
        dense = DenseSearch(self._collections, selection, [extent for each in tables for extent in each.extents()])
        parts = [Frequencies.load(folder / FREQUENCIES) for folder in folders]
        _clean(cache, manifest)
        return Version(tables, dense, SparseSearch(self._collections, selection, parts))

    @contextmanager
    def changing(self, encoder: EncoderInfo) -> Iterator["MilvusChange"]:
        collections = self._collections
        collections.create(encoder.dimension)
        with leased(collections) as lease:
            kept = self._last()
            if kept:
                check_encoder(kept.manifest, encoder)
            # The version before the current one is kept for its readers until now; a crash may have left more.
            named = kept.manifest.segments if kept else ()
            collections.keep_kinds([VERSION, WRITER, *named])
            collections.forget(set(collections.of_kind(VERSION)) - {_id(kept.manifest)} if kept else ())
            collections.drop(dropping(kept.manifest.following if kept else 0, kept.dropped if kept else ()))
            library = kept.library if kept else uuid4().hex
            cache = _cache(collections.address, library)
            try:
                cache.mkdir(parents=True, exist_ok=True)
                scratch = Path(tempfile.mkdtemp(dir=cache))
            except OSError as error:
                raise LibraryError(
                    f"Det går inte att skriva i {cache} ({reason(error)}); ge plats eller behörighet där."
                ) from error
            try:
                yield MilvusChange(collections, lease, kept.manifest if kept else None, library, cache, scratch)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)


class MilvusChange:
    """A change of a library in Milvus."""

    def __init__(
        self,
        collections: Collections,
        lease: Lease,
        manifest: Manifest | None,
        library: str,
        cache: Path,
        scratch: Path,
    ) -> None:
        self.manifest = manifest
        self._collections = collections
        self._lease = lease
        self._library = library
        self._cache = cache
        self._scratch = scratch
        self._dropped: list[tuple[int, int]] = []

    def tables(self, name: str) -> Tables:
        return Tables(self.folder(name) / TABLES)

    def folder(self, name: str) -> Path:
        """The files of a segment that is finished."""
        made = self._scratch / name
        return made if made.exists() else copied(self._collections, name, self._cache)

    def segment(self, name: str) -> "MilvusSegmentWriter":
        return MilvusSegmentWriter(self._scratch / name, self, self._collections, self._lease)

    def remove(self, report_id: str, extent: Extent) -> None:
        if extent.count:
            self._dropped.append((extent.first, extent.first + extent.count))

    def commit(self, manifest: Manifest) -> None:
        made = [name for name in manifest.segments if (self._scratch / name).exists()]
        for name in made:
            self._lease.renew()
            keep(self._collections, name, self._scratch / name)
        kept = _Kept(manifest, self._library, tuple(self._dropped))
        self._lease.renew(now=True)
        self._collections.put(VERSION, {_id(manifest): _dumped(kept)})
        for name in made:
            (self._scratch / name).replace(self._cache / name)


class MilvusSegmentWriter:
    """Makes one segment: its passages go to Milvus at once, its files to a folder."""

    def __init__(self, folder: Path, change: MilvusChange, collections: Collections, lease: Lease) -> None:
        folder.mkdir()
        self._folder = folder
        self._change = change
        self._collections = collections
        self._lease = lease
        self._tables = Tables.create(folder / TABLES)
        self._parts: list[Frequencies] = []

    def add(self, entry: Entry, prepared: Prepared, vectors: Vectors, first: int) -> None:
        self._lease.renew()
        self._tables.add(entry, prepared, first)
        found = [sparse(values) for values in prepared.fields]
        self._parts.append(Frequencies.of(found))
        self._collections.add(
            [
                {
                    "number": number,
                    "report": entry.report_id,
                    **dict(zip(Fields._fields, lengths, strict=True)),
                    "dense": dense.tolist(),
                    "sparse": vector,
                }
                for number, (dense, (vector, lengths)) in enumerate(zip(rounded(vectors), found, strict=True), first)
            ]
        )

    def absorb(self, name: str, removed: Mapping[str, Collection[str]]) -> None:
        self._lease.renew()
        other = self._change.folder(name)
        tables = Tables(other / TABLES)
        gone = [each for each in tables.extents() if each.report_id in removed]
        tables.close()
        self._tables.absorb(other / TABLES, removed)
        numbers = [number for each in gone for number in range(each.first, each.first + each.count)]
        rows = self._collections.values(numbers, ["sparse", *Fields._fields]).values()
        without = Frequencies.of([(row["sparse"], [row[field] for field in Fields._fields]) for row in rows])
        self._parts.append(Frequencies.joined([Frequencies.load(other / FREQUENCIES)], [without]))

    def finish(self) -> None:
        self._tables.finish()
        Frequencies.joined(self._parts).save(self._folder / FREQUENCIES)

    def abandon(self) -> None:
        self._tables.close()


def _id(manifest: Manifest) -> str:
    """The id of a version's record, in the order of time."""
    return f"{VERSION}/{manifest.generation:09}"


def _dumped(kept: _Kept) -> str:
    values = {"manifest": kept.manifest.dumped(), "library": kept.library, "dropped": kept.dropped}
    return base64.b64encode(zlib.compress(json.dumps(values).encode())).decode()


def _loaded(written: str, address: Address) -> _Kept:
    try:
        values = json.loads(zlib.decompress(base64.b64decode(written, validate=True)))
        dropped = tuple((start, end) for start, end in values["dropped"])
        return _Kept(Manifest.loaded(values["manifest"], address), values["library"], dropped)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise LibraryError(
            f"Biblioteket i {address} är skadat; indexera rapporterna på nytt under ett annat namn."
        ) from error


def _cache(address: Address, library: str) -> Path:
    """Where this machine has copies of a library's segments."""
    return home(address) / "copies" / library


def _clean(cache: Path, manifest: Manifest) -> None:
    """Remove the copies of segments that a version no longer has; those of later versions stay."""
    for folder in cache.glob("s*-*"):
        made = int(folder.name[1:].partition("-")[0])
        if made <= manifest.generation and folder.name not in manifest.segments:
            shutil.rmtree(folder, ignore_errors=True)
