"""A library in a folder.

    library/
        manifest.json     which folders are the current version, and the encoder it was made with
        lock              held while somebody writes
        s000007-1/        a segment: some reports with their catalogue and vectors
        lexical-000007/   the lexical index of all of them

A writer makes new folders beside the current ones (nothing that a manifest names is ever changed)
and then replaces the manifest in one step, so a reader, or a crash, sees the old version or the new
one and nothing between.
"""

import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from corpus.errors import LibraryError, reason
from index.dense import DenseIndex, VectorFile, write_vectors
from index.encode import EncoderInfo, Vectors
from index.lexical import LexicalIndex, LexicalWriter
from index.manifest import Manifest, check_encoder, read_manifest, sync, write_manifest
from index.packing import unpack
from index.prepare import Entry, Prepared, passage_fields
from index.storage import Version
from index.tables import Extent, Tables

LOCK_SECONDS = 30
TABLES = "catalogue.sqlite"
#: What writers name their folders; those of 0.5.0 named theirs with a g.
FOLDER = re.compile(r"(?:s\d{6,}-\d+|lexical-\d{6,}|g\d{6,})")


class Folder:
    """Keeps a library in a folder."""

    def __init__(self, path: Path) -> None:
        # SQLite is asked by address, which no relative path has.
        self._path = path.absolute()

    def manifest(self) -> Manifest | None:
        return read_manifest(self._path)

    def open(self, manifest: Manifest) -> Version:
        folders = [self._path / name for name in manifest.segments]
        lexical = self._path / lexical_folder(manifest)
        tables = [Tables(folder / TABLES) for folder in folders]
        dense = DenseIndex([VectorFile(folder) for folder in folders], [each.extents() for each in tables])
        return Version(tables, dense, LexicalIndex(lexical), [*folders, lexical])

    @contextmanager
    def changing(self, encoder: EncoderInfo) -> Iterator["FolderChange"]:
        path = self._path
        with locked(path):
            manifest = self.manifest()
            if manifest:
                check_encoder(manifest, encoder)
            # The version before the current one is kept for its readers until now; a crash may have left more.
            clean(path, manifest)
            change = FolderChange(path, manifest, encoder.dimension)
            try:
                yield change
            finally:
                # Whoever is just opening the version before an erasure opens the one after it instead.
                clean(path, None if change.erased else manifest, self.manifest())


class FolderChange:
    """A change of a library in a folder."""

    def __init__(self, path: Path, manifest: Manifest | None, dimension: int) -> None:
        self.manifest = manifest
        #: Whether the version before must go at once.
        self.erased = False
        self._path = path
        self._dimension = dimension
        self._next = path / lexical_folder(manifest, 1)
        if manifest:
            _link(path / lexical_folder(manifest), self._next)
        else:
            LexicalIndex.create(self._next)
        self._lexical = LexicalWriter(self._next)

    def tables(self, name: str) -> Tables:
        # A segment whose vectors are damaged is not to be part of the next version.
        VectorFile(self._path / name)
        return Tables(self._path / name / TABLES)

    def segment(self, name: str) -> tuple[str, "FolderSegmentWriter"]:
        return name, FolderSegmentWriter(self._path / name, self._dimension, self._lexical)

    def remove(self, report_id: str, extent: Extent) -> None:
        self._lexical.remove(report_id)

    def commit(self, manifest: Manifest, erasing: bool) -> None:
        if erasing:
            self._write_anew(manifest)
        self._lexical.commit()
        sync(self._next)
        write_manifest(self._path, manifest)
        self.erased = erasing

    def _write_anew(self, manifest: Manifest) -> None:
        """Make the lexical index from the reports alone.

        Tantivy marks what is deleted, and leaves its words until it happens to join segments.
        """
        self._lexical.abandon()
        shutil.rmtree(self._next)
        LexicalIndex.create(self._next)
        self._lexical = LexicalWriter(self._next)
        for name in manifest.segments:
            with closing(self.tables(name)) as tables:
                for extent in tables.extents():
                    try:
                        report = unpack(tables.packed(extent.report_id))
                    except LibraryError:
                        # Damaged, so it can't be read anyway; that must not keep another from being removed.
                        continue
                    passages = tables.passages(range(extent.first, extent.first + extent.count))
                    for number, passage in sorted(passages.items()):
                        self._lexical.add(number, extent.report_id, passage_fields(report, passage))


class FolderSegmentWriter:
    """Makes one segment, in a folder that never changes once it is whole.

    s000007-1/
        catalogue.sqlite    the reports, their passages, figures and words
        vectors.faiss       the passages' vectors, in the reports' order
        coarse.faiss        where they are many: finds candidates among them
    """

    def __init__(self, folder: Path, dimension: int, lexical: LexicalWriter) -> None:
        folder.mkdir()
        self._folder = folder
        self._dimension = dimension
        self._lexical = lexical
        self._tables = Tables.create(folder / TABLES)
        self._vectors: list[Vectors] = []

    def add(self, entry: Entry, prepared: Prepared, vectors: Vectors, first: int) -> None:
        self._tables.add(entry, prepared, first)
        self._vectors.append(vectors)
        for number, values in enumerate(prepared.fields, first):
            self._lexical.add(number, entry.report_id, values)

    def absorb(self, name: str, removed: Mapping[str, Collection[str]]) -> None:
        other = self._folder.with_name(name)
        self._tables.absorb(other / TABLES, removed)
        vectors, tables = VectorFile(other), Tables(other / TABLES)
        for extent in tables.extents():
            if extent.report_id not in removed:
                self._vectors.append(vectors.vectors(np.arange(extent.at, extent.at + extent.count)))
        tables.close()

    def finish(self) -> None:
        self._tables.finish()
        write_vectors(self._folder, self._vectors, self._dimension)
        sync(self._folder)

    def abandon(self) -> None:
        self._tables.close()


def lexical_folder(manifest: Manifest | None, later: int = 0) -> str:
    """The folder of the lexical index of a version, or of one so much later."""
    return f"lexical-{(manifest.generation if manifest else 0) + later:06}"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Have the folder for oneself, to write in it.

    Raises:
        LibraryError: if somebody else keeps writing, or it can't be written.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(path / "lock", timeout=LOCK_SECONDS)
        lock.acquire()
    except Timeout as error:
        raise LibraryError(f"Någon annan ändrar just nu i biblioteket {path}; försök igen om en stund.") from error
    except OSError as error:
        raise LibraryError(
            f"Det går inte att skriva i {path} ({reason(error)}); välj en annan mapp med --library."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _link(source: Path, target: Path) -> None:
    """A folder that starts as another; linked files are never changed in place."""
    target.mkdir()
    for path in source.iterdir():
        if path.name.endswith(".lock"):
            continue
        try:
            os.link(path, target / path.name)
        except OSError:
            shutil.copyfile(path, target / path.name)


def clean(path: Path, *manifests: Manifest | None) -> None:
    """Remove the folders that none of these manifests names: old ones, and what crashed writers left."""
    named = {name for manifest in manifests if manifest for name in (*manifest.segments, lexical_folder(manifest))}
    for folder in path.iterdir():
        if FOLDER.fullmatch(folder.name) and folder.name not in named:
            shutil.rmtree(folder, ignore_errors=True)
