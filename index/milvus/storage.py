"""Versions of a library in Milvus, and changes of them."""

import base64
import json
import re
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4
from zipfile import BadZipFile

from corpus.errors import LibraryError, reason
from index.encode import EncoderInfo, Vectors
from index.lexical import Fields
from index.manifest import Manifest, check_encoder, sync
from index.milvus.collections import ROWS, Collections
from index.milvus.dense import DenseSearch, rounded
from index.milvus.files import FREQUENCIES, TABLES, UNFINISHED, copied, damaged, keep
from index.milvus.lease import KIND as WRITER
from index.milvus.lease import Lease, leased
from index.milvus.selection import Dropped, gone
from index.milvus.sparse import Frequencies, SparseSearch, sparse
from index.places import Address, home
from index.prepare import Entry, Prepared
from index.storage import Version
from index.tables import Extent, Tables

VERSION = "version"
#: What may be a folder's name here, since it comes from elsewhere.
LIBRARY, SEGMENT = re.compile(r"[0-9a-f]{32}"), re.compile(r"s(\d{6,12})-\d+-[0-9a-f]{12}")
#: Searches name the reports that the last changes dropped; more would be too much of a condition.
MOST_DROPPED = 2_000
#: What was left unfinished so long ago, in seconds, nobody is making any more.
FORSAKEN = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class _Kept:
    """A version as it is kept: what it consists of, and what the two changes before it dropped, last first.

    ``library`` tells it from others that have had its name.
    """

    manifest: Manifest
    library: str
    dropped: tuple[Dropped, ...]


class Milvus:
    """Keeps a library in Milvus."""

    def __init__(self, address: Address) -> None:
        self._collections = Collections(address)
        self._exists = False

    def manifest(self) -> Manifest | None:
        kept = self._last()
        return kept[1].manifest if kept else None

    def _last(self) -> tuple[str, _Kept] | None:
        """The last version, after its record's id."""
        self._exists = self._exists or self._collections.exist()
        versions = self._collections.of_kind(VERSION) if self._exists else {}
        return (max(versions), _loaded(versions[max(versions)], self._collections)) if versions else None

    def open(self, manifest: Manifest) -> Version:
        last = self._last()
        if last is None or last[1].manifest != manifest:
            raise LibraryError(f"Biblioteket i {self._collections.address} har just ändrats; försök igen.")
        cache = _cache(self._collections.address, last[1].library)
        try:
            version = self._open(last[1], cache)
        except (OSError, sqlite3.Error, ValueError, KeyError, EOFError, BadZipFile):
            # The copies have been damaged here; they can be had again.
            shutil.rmtree(cache, ignore_errors=True)
            version = self._open(last[1], cache)
        _clean(cache, manifest)
        return version

    def _open(self, kept: _Kept, cache: Path) -> Version:
        following = kept.manifest.following
        folders = [copied(self._collections, name, cache) for name in kept.manifest.segments]
        tables = [Tables(folder / TABLES) for folder in folders]
        extents = [extent for each in tables for extent in each.extents()]
        mean = cache / f"mean-{kept.manifest.generation}.npy"
        dense = DenseSearch(self._collections, following, kept.dropped, extents, mean)
        parts = [Frequencies.load(folder / FREQUENCIES) for folder in folders]
        return Version(tables, dense, SparseSearch(self._collections, following, kept.dropped, parts), folders)

    @contextmanager
    def changing(self, encoder: EncoderInfo) -> Iterator["MilvusChange"]:
        collections = self._collections
        collections.create_records()
        with leased(collections) as lease:
            last = self._last()
            if last:
                check_encoder(last[1].manifest, encoder)
                self._clear(last[1])
            else:
                collections.create_passages(encoder.dimension)
            cache = _cache(collections.address, last[1].library if last else uuid4().hex)
            try:
                cache.mkdir(parents=True, exist_ok=True)
                scratch = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=cache))
            except OSError as error:
                raise LibraryError(
                    f"Det går inte att skriva i {cache} ({reason(error)}); ge plats eller behörighet där."
                ) from error
            try:
                yield MilvusChange(collections, lease, last, cache, scratch)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

    def _clear(self, last: _Kept) -> None:
        """Drop what neither the current version nor the one before it has: old, or left by who did not finish."""
        versions = self._collections.of_kind(VERSION)
        kept = {each: _loaded(versions[each], self._collections) for each in sorted(versions)[-2:]}
        names = [name for each in kept.values() for name in each.manifest.segments]
        self._collections.keep_kinds([VERSION, WRITER, *names])
        self._collections.forget(versions.keys() - kept.keys())
        self._collections.drop(gone(last.manifest.following, last.dropped[1:]))


class MilvusChange:
    """A change of a library in Milvus."""

    def __init__(
        self, collections: Collections, lease: Lease, last: tuple[str, _Kept] | None, cache: Path, scratch: Path
    ) -> None:
        """``last`` is the version to change; what is made lies in ``scratch`` until it is in ``cache``."""
        self.manifest = last[1].manifest if last else None
        self.collections = collections
        self.lease = lease
        self._last = last
        self._cache = cache
        self._scratch = scratch
        self._following = self.manifest.following if self.manifest else 0
        self._dropped: set[str] = set()
        self._unseen: list[Extent] = []

    def tables(self, name: str) -> Tables:
        return Tables(self.folder(name) / TABLES)

    def folder(self, name: str) -> Path:
        """The files of a segment that is finished."""
        made = self._scratch / name
        return made if made.exists() else copied(self.collections, name, self._cache)

    def segment(self, name: str) -> tuple[str, "MilvusSegmentWriter"]:
        # One who has been taken for dead, and isn't, must not write over another's.
        name = f"{name}-{self.lease.token}"
        return name, MilvusSegmentWriter(self._scratch / name, self)

    def remove(self, report_id: str, extent: Extent) -> None:
        self.lease.held()
        if extent.first >= self._following:
            # No version has had these, so nobody will look for them.
            self._unseen.append(extent)
            return
        self._dropped.add(report_id)
        if len(self._dropped) > MOST_DROPPED:
            raise LibraryError(f"Ta bort eller byt ut högst {MOST_DROPPED} rapporter åt gången.")

    def commit(self, manifest: Manifest, erasing: bool) -> None:
        # What is removed goes with the version before; from its disks Milvus takes it when it compacts.
        collections, lease = self.collections, self.lease
        made = [name for name in manifest.segments if (self._scratch / name).exists()]
        for name in made:
            keep(collections, name, self._scratch / name, lease.held)
        dropped = Dropped(self._following, tuple(sorted(self._dropped)))
        before = self._last[1].dropped[:1] if self._last else ()
        kept = _Kept(manifest, self._cache.name, (dropped, *before))
        identity = f"{VERSION}/{manifest.generation:09}/{lease.token}"
        for extent in self._unseen:
            lease.held()
            collections.drop(f"number >= {extent.first} and number < {extent.first + extent.count}")
        if not lease.known() or self._newest() != (self._last[0] if self._last else None):
            lease.lost()
        collections.put(VERSION, {identity: _dumped(kept)})
        if self._newest(manifest.generation) != identity:
            collections.forget([identity])
            lease.lost()
        for name in made:
            # A reader may have fetched it already, and what isn't here can be fetched.
            with suppress(OSError):
                sync(self._scratch / name)
                (self._scratch / name).replace(self._cache / name)

    def _newest(self, generation: int | None = None) -> str | None:
        """The last version's id; None where there is none, or where a ``generation`` that is given has several."""
        versions = sorted(self.collections.of_kind(VERSION))
        if generation is not None and sum(f"/{generation:09}/" in each for each in versions) != 1:
            return None
        return versions[-1] if versions else None


class MilvusSegmentWriter:
    """Makes one segment: its passages go to Milvus at once, its files to a folder."""

    def __init__(self, folder: Path, change: MilvusChange) -> None:
        folder.mkdir()
        self._folder = folder
        self._change = change
        self._tables = Tables.create(folder / TABLES)
        self._parts: list[Frequencies] = []

    def add(self, entry: Entry, prepared: Prepared, vectors: Vectors, first: int) -> None:
        self._tables.add(entry, prepared, first)
        found = [sparse(values) for values in prepared.fields]
        self._parts.append(Frequencies.of(found))
        rows = [
            {
                "number": number,
                "report": entry.report_id,
                **dict(zip(Fields._fields, lengths, strict=True)),
                "dense": dense.tolist(),
                "sparse": vector,
            }
            for number, (dense, (vector, lengths)) in enumerate(zip(rounded(vectors), found, strict=True), first)
        ]
        for at in range(0, len(rows), ROWS):
            self._change.lease.held()
            self._change.collections.add(rows[at : at + ROWS])

    def absorb(self, name: str, removed: Mapping[str, Collection[str]]) -> None:
        other = self._change.folder(name)
        tables = Tables(other / TABLES)
        left_out = [each for each in tables.extents() if each.report_id in removed]
        tables.close()
        self._tables.absorb(other / TABLES, removed)
        numbers = [number for each in left_out for number in range(each.first, each.first + each.count)]
        rows = self._change.collections.values(numbers, ["sparse", *Fields._fields]).values()
        without = Frequencies.of([(row["sparse"], [row[field] for field in Fields._fields]) for row in rows])
        self._parts.append(Frequencies.joined([Frequencies.load(other / FREQUENCIES)], [without]))

    def finish(self) -> None:
        self._tables.finish()
        Frequencies.joined(self._parts).save(self._folder / FREQUENCIES)

    def abandon(self) -> None:
        self._tables.close()


def _dumped(kept: _Kept) -> str:
    values = {"manifest": kept.manifest.dumped(), "library": kept.library, "dropped": kept.dropped}
    return base64.b64encode(zlib.compress(json.dumps(values).encode())).decode()


def _loaded(written: str, collections: Collections) -> _Kept:
    try:
        values = json.loads(zlib.decompress(base64.b64decode(written, validate=True)))
        manifest = Manifest.loaded(values["manifest"], collections.address)
        dropped = tuple(Dropped(int(until), tuple(map(str, reports))) for until, reports in values["dropped"])
        library = values["library"]
        if not LIBRARY.fullmatch(library) or not all(map(SEGMENT.fullmatch, manifest.segments)):
            raise damaged(collections)
        return _Kept(manifest, library, dropped)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise damaged(collections) from error


def _cache(address: Address, library: str) -> Path:
    """Where this machine has copies of a library's segments."""
    return home(address) / "copies" / library


def _clean(cache: Path, manifest: Manifest) -> None:
    """Remove what a version has no more: other libraries of the name, segments before it that it has not, leftovers."""
    for folder in cache.parent.iterdir():
        if folder != cache:
            shutil.rmtree(folder, ignore_errors=True)
    for path in cache.iterdir():
        segment = SEGMENT.fullmatch(path.name)
        if (segment and int(segment[1]) <= manifest.generation and path.name not in manifest.segments) or (
            path.name.startswith(UNFINISHED) and _age(path) > FORSAKEN
        ):
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".npy" and _age(path) > FORSAKEN:
            path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """How long ago, in seconds, something was last changed."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
