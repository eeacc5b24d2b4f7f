"""Report files and folders into a library, with a result for each file."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus.errors import LibraryError, RapportsvarError
from corpus.identify import Overrides
from corpus.load import load_report, printable, report_id
from corpus.read import SUFFIXES
from index.catalogue import Entry
from index.encode import Encoder
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
    library: Path,
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
    for at in range(0, len(files), FILES_PER_COMMIT):
        part = files[at : at + FILES_PER_COMMIT]
        with writing(library, encoder) as writer:
            for path in part:
                results.append(_index_file(writer, path, given, len(results), progress))
    return results


def _index_file(writer: Writer, path: Path, given: Overrides | None, number: int, progress: Progress | None) -> Result:
    source = printable(str(path))
    try:
        identity = report_id(path)
        known = {entry.report_id: entry for entry in writer.entries()}
        if identity in known and given is None and writer.has_text(identity):
            entry = known[identity]
            if entry.source == source:
                return Result(path, Outcome.UNCHANGED, entry)
            if Path(entry.source).exists():
                for old in known.values():
                    # The file has become another's double; what it held before is no longer so.
                    if old.source == source:
                        writer.remove(old.report_id)
                return Result(path, Outcome.DUPLICATE, entry, message=f"Samma innehåll som {entry.file}.")
        replaced = known.get(identity) or next((e for e in known.values() if e.source == source), None)
        said = (given or Overrides()).over(_still_said(replaced, identity))

        def read(done: int, pages: int) -> None:
            if progress:
                progress(number, READING * done / max(pages, 1))

        def encoded(done: int, passages: int) -> None:
            if progress:
                progress(number, READING + (1 - READING) * done / passages)

        report, notes = load_report(path, said, read)
        passages = writer.add(report, source, notes, said, encoded)
    except LibraryError:
        raise
    except RapportsvarError as error:
        return Result(path, Outcome.FAILED, message=str(error))
    entry = next(entry for entry in writer.entries() if entry.report_id == report.report_id)
    return Result(path, Outcome.REPLACED if replaced else Outcome.ADDED, entry, passages, " ".join(notes))


def _still_said(replaced: Entry | None, identity: str) -> Overrides:
    """What the user said of a file before: all of it for the same contents under another name, and
    for other contents under the same name whose report it is, but not of which period."""
    if replaced is None:
        return Overrides()
    if replaced.report_id == identity:
        return replaced.given
    return Overrides(municipality=replaced.given.municipality, board=replaced.given.board)
