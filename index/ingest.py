"""Report files and folders into a library, with a result for each file."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus.errors import RapportsvarError
from corpus.identify import Overrides
from corpus.load import report_id
from corpus.read import SUFFIXES
from corpus.shown import printable
from corpus.workers import Workers
from index import reading
from index.encode import Encoder
from index.places import Place
from index.prepare import Entry
from index.store import Writer, writing

#: So many files become visible, and safe, at a time.
FILES_PER_COMMIT = 100


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """A file and what became of it; ``entry`` is None where it failed, ``message`` says why."""

    path: Path
    outcome: Outcome
    entry: Entry | None = None
    passages: int = 0
    message: str = ""


#: Called with (the file's place among the files, from 0, the share of its work that is done).
Progress = Callable[[int, float], None]
#: Reading a file is taken for so much of its work; encoding is the rest.
READING = 0.5


def report_files(paths: Iterable[Path]) -> list[Path]:
    """The report files among ``paths`` and in folders among them, each once, in order.

    A file named outright is taken whatever its ending; a folder's other files are not reports.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders.sort()
                for name in sorted(names):
                    if name.lower().endswith(SUFFIXES) and not name.startswith((".", "~$")):
                        found[Path(folder, name).resolve()] = None
        else:
            found[path.resolve()] = None
    return list(found)


def index_files(
    library: Place,
    files: Sequence[Path],
    encoder: Encoder,
    given: Overrides | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Add files to the library at ``library``, which is made if there is none.

    An unreadable file fails alone; what was indexed before stays.

    Raises:
        LibraryError: if the library can't be written or was made with another encoder.
    """
    results: list[Result] = []
    with Workers(reading.__name__) as workers:
        for at in range(0, len(files), FILES_PER_COMMIT):
            with writing(library, encoder) as writer:
                batch = _Batch(writer, workers, given, progress)
                for number, path in enumerate(files[at : at + FILES_PER_COMMIT], at):
                    results += batch.take(number, path)
                results += batch.rest()
    return results


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file that is being read: its number, its identity, what the user has said of it, and what it replaces."""

    number: int
    path: Path
    identity: str
    said: Overrides
    replaced: bool


class _Batch:
    """Files on their way into a library: read ahead, added in order."""

    def __init__(self, writer: Writer, workers: Workers, given: Overrides | None, progress: Progress | None) -> None:
        self._writer = writer
        self._workers = workers
        self._given = given
        self._progress = progress
        self._queue: deque[Result | _Asked] = deque()

    def take(self, number: int, path: Path) -> list[Result]:
        """Begin with a file; what became of files before it comes back when it is known."""
        try:
            identity = report_id(path)
        except RapportsvarError as error:
            self._queue.append(Result(path, Outcome.FAILED, message=str(error)))
            return self._finished(self._workers.ahead)
        # What becomes of a file may depend on what becomes of the same contents, or name, before it.
        same = any(
            isinstance(each, _Asked) and (each.identity == identity or each.path == path) for each in self._queue
        )
        done = self._finished(0) if same else []
        self._queue.append(self._begin(number, path, identity))
        return done + self._finished(self._workers.ahead)

    def rest(self) -> list[Result]:
        """What became of the files that are left."""
        return self._finished(0)

    def _finished(self, left: int) -> list[Result]:
        done = []
        while self._queue and (len(self._queue) > left or isinstance(self._queue[0], Result)):
            first = self._queue.popleft()
            done.append(first if isinstance(first, Result) else self._add(first))
        return done

    def _begin(self, number: int, path: Path, identity: str) -> Result | _Asked:
        writer, source = self._writer, printable(str(path))
        same, before = writer.entry(identity), writer.entry_from(source)
        if same and self._given is None and writer.has_text(identity):
            if same is before:
                return Result(path, Outcome.UNCHANGED, same)
            if Path(same.source).exists():
                # The file has become another's double; what it held before is no longer so.
                if before:
                    writer.remove(before.report_id)
                return Result(path, Outcome.DUPLICATE, same, message=f"Samma innehåll som {same.file}.")
        replaced = same or before
        said = (self._given or Overrides()).over(_still_said(replaced, identity))
        self._workers.start(number, reading.load, path, said)
        return _Asked(number, path, identity, said, replaced is not None)

    def _add(self, asked: _Asked) -> Result:
        def tell(done: float) -> None:
            if self._progress:
                self._progress(asked.number, done)

        try:
            loaded = self._workers.result(asked.number, lambda done, pages: tell(READING * done / max(pages, 1)))
        except RapportsvarError as error:
            return Result(asked.path, Outcome.FAILED, message=str(error))
        entry = self._writer.add(
            loaded.prepared,
            printable(str(asked.path)),
            loaded.notes,
            asked.said,
            lambda done, passages: tell(READING + (1 - READING) * done / passages),
        )
        outcome = Outcome.REPLACED if asked.replaced else Outcome.ADDED
        return Result(asked.path, outcome, entry, len(loaded.prepared.passages), " ".join(loaded.notes))


def _still_said(replaced: Entry | None, identity: str) -> Overrides:
    """What the user said of a file before: all of it for the same contents under another name, and
    for other contents under the same name whose report it is, but not of which period."""
    if replaced is None:
        return Overrides()
    if replaced.report_id == identity:
        return replaced.given
    given = replaced.given
    return Overrides(municipality=given.municipality, board=given.board, without_personal=given.without_personal)
