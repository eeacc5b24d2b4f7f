"""A library: segments of reports with two searches over their passages, always in one whole version.

Where it is kept, in a folder or in Milvus, is for ``index/folder.py`` and ``index/milvus/``. A change makes
new segments beside the current ones and shows when all of it is done. Small segments are joined as they
come, so what a change costs depends on what is changed and not on how much there is.
"""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from corpus.document import Passage, Report
from corpus.errors import LibraryError, reason
from corpus.identify import Overrides
from index.catalogue import Catalogue
from index.encode import Encoder, Progress
from index.folder import Folder
from index.holdings import Holdings
from index.manifest import FORMAT, Manifest
from index.packing import unpack
from index.places import Place, home
from index.prepare import Entry, Prepared
from index.refused import refusal
from index.storage import Change, SegmentWriter, Storage
from index.tables import Extent, Tables
from index.terms import words
from index.tiers import merged
from index.vocabulary import Vocabulary

#: The reports that answers were last read from; one of 50 pages takes some 200 kB.
REPORTS_IN_MEMORY = 256
#: Not every system lets itself be told what will be read.
CAN_ADVISE = hasattr(os, "posix_fadvise")


def storage(place: Place) -> Storage:
    """What keeps the library at a place.

    Raises:
        LibraryError: if it is in Milvus, whose client is not installed.
    """
    if isinstance(place, Path):
        return Folder(place)
    try:
        # Its client is not installed everywhere, and takes half a second.
        from index.milvus import Milvus
    except ModuleNotFoundError as error:
        raise LibraryError("Stöd för Milvus är inte installerat; kör pip install 'rapportsvar[milvus]'.") from error
    return Milvus(place)


def exists(place: Place) -> bool:
    """Whether there is a library at a place.

    Raises:
        LibraryError: if there is one that can't be read.
    """
    return storage(place).manifest() is not None


class Library:
    """One version of a library, opened for reading. It stays whole through the next change by others."""

    def __init__(self, place: Place) -> None:
        """Open the current version.

        Raises:
            LibraryError: if there is no library there or it is damaged.
        """
        self.place = place
        self._storage = storage(place)
        manifest = None
        while True:
            before, manifest = manifest, self._storage.manifest()
            if manifest is None:
                raise LibraryError(f"Det finns inget bibliotek i {place}; lägg till rapporter med rapportsvar index.")
            try:
                self._open(manifest)
                return
            except Exception as error:
                # Two changes may have come between reading the manifest and opening what it names.
                if manifest != before:
                    continue
                if isinstance(error, LibraryError):
                    raise
                raise LibraryError(
                    f"Biblioteket i {place} går inte att öppna: det är skadat eller så saknas behörighet att läsa det; "
                    "kontrollera rättigheterna, eller indexera rapporterna på nytt i ett nytt bibliotek."
                ) from error

    def _open(self, manifest: Manifest) -> None:
        version = self._storage.open(manifest)
        self.manifest = manifest
        self.catalogue = Catalogue(version.tables)
        self.vocabulary = Vocabulary(version.tables)
        self.dense, self.lexical = version.dense, version.lexical
        self._folders = version.folders
        self.entries = Holdings(self.catalogue.entries())
        self._by_id = {entry.report_id: entry for entry in self.entries}
        self.report: Callable[[str], Report] = lru_cache(REPORTS_IN_MEMORY)(self._read_report)

    @property
    def outdated(self) -> bool:
        """Whether somebody has written a newer version since this one was opened."""
        return self._storage.manifest() != self.manifest

    def warm(self) -> None:
        """Have the system read this version's files into its cache, where it has room, before somebody waits for it.

        A question over a large library reads in thousands of places of them.
        """
        if not CAN_ADVISE:
            return
        # A later version may have replaced them.
        with suppress(OSError):
            for path in [path for folder in self._folders for path in folder.iterdir()]:
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)

    def entry(self, report_id: str) -> Entry:
        return self._by_id[report_id]

    def text(self, passage: Passage) -> str:
        return self.report(passage.report_id).text[passage.start : passage.end]

    def _read_report(self, report_id: str) -> Report:
        return unpack(self.catalogue.packed(report_id))


class Writer:
    """Builds the next version of a library. Made by ``writing``; nothing shows before its end."""

    def __init__(self, change: Change, encoder: Encoder) -> None:
        manifest = change.manifest
        generation = manifest.generation + 1 if manifest else 1
        following = manifest.following if manifest else 1
        #: What the manifest will say when all is done.
        self.manifest = Manifest(FORMAT, generation, encoder.info, (), following)
        self.changed = manifest is None
        self._change = change
        self._encoder = encoder
        self._tables: dict[str, Tables] = {}
        self._extents: dict[str, dict[str, Extent]] = {}
        for name in manifest.segments if manifest else ():
            self._look_into(name)
        self._entries = {each.report_id: each for tables in self._tables.values() for each in tables.entries()}
        self._sources = {each.source: each.report_id for each in self._entries.values()}
        self._holders = {report_id: name for name, extents in self._extents.items() for report_id in extents}
        #: The reports to leave out of each segment, each with its distinct words.
        self._removed: dict[str, dict[str, Collection[str]]] = defaultdict(dict)
        #: The reports whose words are not to be left anywhere, each with whether its passages of personal data were.
        self._gone: dict[str, bool | None] = {}
        self._made = 0
        #: The segment that reports are being added to, with its name.
        self._filling: tuple[str, SegmentWriter] | None = None

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
        if self._holders[report_id] not in self._tables:
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
        name, segment = self._filling
        first = self.manifest.following
        segment.add(entry, prepared, self._encoder.encode_passages(prepared.texts, progress), first)
        self.manifest = replace(self.manifest, following=first + len(prepared.passages))
        again = entry.report_id in self._gone
        if again and self._gone[entry.report_id] == entry.given.without_personal:
            # The same words, read anew.
            del self._gone[entry.report_id]
        self._entries[entry.report_id] = entry
        self._sources[source] = entry.report_id
        self._holders[entry.report_id] = name
        self.changed = True
        return entry

    def remove(self, report_id: str) -> None:
        """Remove a report from the library; its file is not touched.

        Readers who have opened the version before keep it for as long as they have it open. In a folder nothing of the
        report is left in the library's files afterwards.
        """
        if self._holders[report_id] not in self._tables:
            self._seal()
        try:
            words = self._words(report_id)
        except LibraryError:
            # Its text is lost already; its words stay counted, which only widens spelling guesses.
            words = frozenset()
        holder = self._holders.pop(report_id)
        self._removed[holder][report_id] = words
        entry = self._entries.pop(report_id)
        self._sources.pop(entry.source, None)
        self._gone[report_id] = entry.given.without_personal
        self._change.remove(report_id, self._extents[holder][report_id])
        self.changed = True

    def _words(self, report_id: str) -> frozenset[str]:
        return frozenset(words(unpack(self._tables[self._holders[report_id]].packed(report_id)).text))

    def _segment_writer(self) -> tuple[str, SegmentWriter]:
        self._made += 1
        return self._change.segment(f"s{self.manifest.generation:06}-{self._made}")

    def _seal(self) -> None:
        """Finish the segment that reports are being added to."""
        if self._filling:
            name, segment = self._filling
            segment.finish()
            self._look_into(name)
            self._filling = None

    def _look_into(self, name: str) -> None:
        self._tables[name] = self._change.tables(name)
        self._extents[name] = {extent.report_id: extent for extent in self._tables[name].extents()}

    def finish(self) -> None:
        """Have all that was done be the library's next version."""
        self._seal()
        sizes = {name: len(extents) - len(self._removed[name]) for name, extents in self._extents.items()}
        names = []
        for group in merged({name: size for name, size in sizes.items() if size}):
            if len(group) == 1 and not self._removed[group[0]]:
                names.append(group[0])
                continue
            made, joined = self._segment_writer()
            for name in group:
                joined.absorb(name, self._removed[name])
            joined.finish()
            names.append(made)
        self.manifest = replace(self.manifest, segments=tuple(names))
        self._change.commit(self.manifest, erasing=bool(self._gone))

    def close(self) -> None:
        """Let go of the files."""
        if self._filling:
            self._filling[1].abandon()
        for tables in self._tables.values():
            tables.close()


@contextmanager
def writing(place: Place, encoder: Encoder) -> Iterator[Writer]:
    """A writer on the library at ``place``, made if there is none; what it did shows when the block ends.

    Raises:
        LibraryError: if it can't be written, or somebody else is writing.
        ModelMismatch: if the library was made with another encoder.
    """
    writer = None
    try:
        with storage(place).changing(encoder.info) as change:
            try:
                writer = Writer(change, encoder)
                yield writer
                if writer.changed:
                    writer.finish()
            finally:
                if writer:
                    writer.close()
    # SQLite's, Tantivy's and FAISS's errors are of these kinds.
    except (OSError, sqlite3.DatabaseError, ValueError, RuntimeError) as error:
        refused = error if isinstance(error, OSError) else refusal(error)
        if refused is None and writer:
            raise
        if refused is None:
            raise LibraryError(
                f"Biblioteket i {place} är skadat; indexera rapporterna på nytt i ett nytt bibliotek."
            ) from error
        raise LibraryError(
            f"Det går inte att skriva i {home(place)} ({reason(refused)}); det som redan var klart finns kvar."
        ) from error
