"""A library folder: segments of reports and one lexical index, always in one whole version.

    library/
        manifest.json     which folders are the current version, and the encoder it was made with
        lock              held while somebody writes
        s000007-1/        a segment: some reports with their catalogue and vectors
        lexical-000007/   the lexical index of all of them

A writer makes new folders beside the current ones (nothing that a manifest names is ever changed)
and then replaces the manifest in one step, so a reader, or a crash, sees the old version or the new
one and nothing between. Small segments are joined as they come, so what a change costs depends on
what is changed and not on how much there is.
"""

import os
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.document import Passage, Report
from corpus.errors import LibraryError, reason
from corpus.identify import Overrides
from index.catalogue import Catalogue
from index.dense import DenseIndex
from index.encode import Encoder, Progress
from index.holdings import Holdings
from index.lexical import LexicalIndex, LexicalWriter
from index.manifest import FORMAT, Manifest, check_encoder, read_manifest, sync, write_manifest
from index.packing import unpack
from index.prepare import Entry, Prepared
from index.refused import refusal
from index.segment import Segment, SegmentWriter, merged
from index.terms import words
from index.vocabulary import Vocabulary

LOCK_SECONDS = 30
#: What writers name their folders.
FOLDER = re.compile(r"(?:s\d{6,}-\d+|lexical-\d{6,})")
#: The reports that answers were last read from; one of 50 pages takes some 200 kB.
REPORTS_IN_MEMORY = 256


class Library:
    """One version of a library, opened for reading. It stays whole through the next change by others."""

    def __init__(self, path: Path) -> None:
        """Open the current version.

        Raises:
            LibraryError: if there is no library at ``path`` or it is damaged.
        """
        self.path = path
        manifest = None
        while True:
            before, manifest = manifest, read_manifest(path)
            if manifest is None:
                raise LibraryError(f"Det finns inget bibliotek i {path}; lägg till rapporter med rapportsvar index.")
            try:
                self._open(manifest)
                return
            except Exception as error:
                # Two changes may have come between reading the manifest and opening its files.
                if manifest != before:
                    continue
                if isinstance(error, LibraryError):
                    raise
                raise LibraryError(
                    f"Biblioteket i {path} går inte att öppna: det är skadat eller så saknas behörighet att läsa det; "
                    "kontrollera rättigheterna, eller indexera rapporterna på nytt i en ny mapp."
                ) from error

    def _open(self, manifest: Manifest) -> None:
        segments = [Segment(self.path / name) for name in manifest.segments]
        self.manifest = manifest
        self.catalogue = Catalogue([segment.tables for segment in segments])
        self.vocabulary = Vocabulary([segment.tables for segment in segments])
        self.dense = DenseIndex([each.vectors for each in segments], [each.extents for each in segments])
        self.lexical = LexicalIndex(self.path / manifest.lexical)
        self.entries = Holdings(self.catalogue.entries())
        self._by_id = {entry.report_id: entry for entry in self.entries}
        self.report: Callable[[str], Report] = lru_cache(REPORTS_IN_MEMORY)(self._read_report)

    @property
    def outdated(self) -> bool:
        """Whether somebody has written a newer version since this one was opened."""
        return read_manifest(self.path) != self.manifest

    def entry(self, report_id: str) -> Entry:
        return self._by_id[report_id]

    def text(self, passage: Passage) -> str:
        return self.report(passage.report_id).text[passage.start : passage.end]

    def _read_report(self, report_id: str) -> Report:
        return unpack(self.catalogue.packed(report_id))


class Writer:
    """Builds the next version of a library. Made by ``writing``; nothing shows before its end."""

    def __init__(self, path: Path, encoder: Encoder, manifest: Manifest | None) -> None:
        generation = manifest.generation + 1 if manifest else 1
        following = manifest.following if manifest else 1
        #: What the manifest will say when all is done.
        self.manifest = Manifest(FORMAT, generation, encoder.info, (), f"lexical-{generation:06}", following)
        self.changed = manifest is None
        self._path = path
        self._encoder = encoder
        self._segments = {name: Segment(path / name) for name in (manifest.segments if manifest else ())}
        self._entries = {each.report_id: each for own in self._segments.values() for each in own.tables.entries()}
        self._sources = {each.source: each.report_id for each in self._entries.values()}
        self._holders = {each.report_id: name for name, own in self._segments.items() for each in own.extents}
        #: The reports to leave out of each segment, each with its distinct words.
        self._removed: dict[str, dict[str, Collection[str]]] = defaultdict(dict)
        self._made = 0
        self._filling: SegmentWriter | None = None
        if manifest:
            _link(path / manifest.lexical, path / self.manifest.lexical)
        else:
            LexicalIndex.create(path / self.manifest.lexical)
        self._lexical = LexicalWriter(path / self.manifest.lexical)

    def entries(self) -> list[Entry]:
        return list(self._entries.values())

    def entry(self, report_id: str) -> Entry | None:
        """The report with this id; None where there is none."""
        return self._entries.get(report_id)

    def entry_from(self, source: str) -> Entry | None:
        """The report from this file; None where there is none."""
        return self._entries.get(self._sources.get(source, ""))

    def has_text(self, report_id: str) -> bool:
        """Whether the report's text is there and whole."""
        if self._holders[report_id] not in self._segments:
            # It has just been added.
            return True
        try:
            return bool(self._words(report_id))
        except LibraryError:
            return False

    def add(
        self,
        prepared: Prepared,
        source: str,
        notes: tuple[str, ...] = (),
        given: Overrides | None = None,
        progress: Progress | None = None,
    ) -> Entry:
        """Add a report read from the file ``source``.

        What the user has ``given`` of it is kept for when the file changes.

        A report with the same id or from the same file is replaced.
        """
        entry = prepared.entry(source, notes, given or Overrides())
        for old in (self.entry(entry.report_id), self.entry_from(source)):
            if old and old.report_id in self._entries:
                self.remove(old.report_id)
        self._filling = self._filling or self._segment_writer()
        first = self.manifest.following
        self._filling.add(entry, prepared, self._encoder.encode_passages(prepared.texts, progress), first)
        for number, values in enumerate(prepared.fields, first):
            self._lexical.add(number, entry.report_id, values)
        self.manifest = replace(self.manifest, following=first + len(prepared.passages))
        self._entries[entry.report_id] = entry
        self._sources[source] = entry.report_id
        self._holders[entry.report_id] = self._filling.folder.name
        self.changed = True
        return entry

    def remove(self, report_id: str) -> None:
        """Remove a report from the library; its file is not touched.

        The version before, which may have readers, keeps its text until the next change.
        """
        if self._filling and self._holders[report_id] == self._filling.folder.name:
            self._seal()
        try:
            words = self._words(report_id)
        except LibraryError:
            # Its text is lost already; its words stay counted, which only widens spelling guesses.
            words = frozenset()
        self._removed[self._holders.pop(report_id)][report_id] = words
        self._sources.pop(self._entries.pop(report_id).source, None)
        self._lexical.remove(report_id)
        self.changed = True

    def _words(self, report_id: str) -> frozenset[str]:
        return frozenset(words(unpack(self._segments[self._holders[report_id]].tables.packed(report_id)).text))

    def _segment_writer(self) -> SegmentWriter:
        self._made += 1
        folder = self._path / f"s{self.manifest.generation:06}-{self._made}"
        return SegmentWriter(folder, self._encoder.info.dimension)

    def _seal(self) -> None:
        """Finish the segment that reports are being added to."""
        if self._filling:
            self._filling.finish()
            self._segments[self._filling.folder.name] = Segment(self._filling.folder)
            self._filling = None

    def finish(self) -> None:
        """Write all that the manifest will name."""
        self._seal()
        sizes = {name: len(own.extents) - len(self._removed[name]) for name, own in self._segments.items()}
        names = []
        for group in merged({name: size for name, size in sizes.items() if size}):
            if len(group) == 1 and not self._removed[group[0]]:
                names.append(group[0])
                continue
            joined = self._segment_writer()
            for name in group:
                joined.absorb(self._segments[name], self._removed[name])
            joined.finish()
            names.append(joined.folder.name)
        self._lexical.commit()
        sync(self._path / self.manifest.lexical)
        self.manifest = replace(self.manifest, segments=tuple(names))

    def close(self) -> None:
        """Let go of the files."""
        if self._filling:
            self._filling.abandon()
        for segment in self._segments.values():
            segment.tables.close()


@contextmanager
def writing(path: Path, encoder: Encoder) -> Iterator[Writer]:
    """A writer on the library at ``path``, made if there is none; what it did shows when the block ends.

    Raises:
        LibraryError: if the folder can't be written, or somebody else is writing.
        ModelMismatch: if the library was made with another encoder.
    """
    with _locked(path):
        manifest = read_manifest(path)
        if manifest:
            check_encoder(manifest, encoder)
        # The version before the current one is kept for its readers until now; a crash may have left more.
        _clean(path, manifest)
        writer = None
        try:
            writer = _opened(path, encoder, manifest)
            yield writer
            if writer.changed:
                writer.finish()
                write_manifest(path, writer.manifest)
        # SQLite's, Tantivy's and FAISS's errors are of these kinds.
        except (OSError, sqlite3.OperationalError, ValueError, RuntimeError) as error:
            refused = error if isinstance(error, OSError) else refusal(error)
            if refused is None:
                raise
            raise LibraryError(
                f"Det går inte att skriva i {path} ({reason(refused)}); det som redan var klart finns kvar."
            ) from error
        finally:
            if writer:
                writer.close()
            _clean(path, manifest, read_manifest(path))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        path.mkdir(parents=True, exist_ok=True)
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


def _opened(path: Path, encoder: Encoder, manifest: Manifest | None) -> Writer:
    try:
        return Writer(path, encoder, manifest)
    except (sqlite3.DatabaseError, ValueError) as error:
        raise LibraryError(f"Biblioteket i {path} är skadat; indexera rapporterna på nytt i en ny mapp.") from error


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


def _clean(path: Path, *manifests: Manifest | None) -> None:
    """Remove the folders that none of these manifests names: old ones, and what crashed writers left."""
    named = {name for manifest in manifests if manifest for name in (*manifest.segments, manifest.lexical)}
    for folder in path.iterdir():
        if FOLDER.fullmatch(folder.name) and folder.name not in named:
            shutil.rmtree(folder, ignore_errors=True)
