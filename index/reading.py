"""Reading a file for the index: the work of the worker processes."""

from dataclasses import dataclass
from pathlib import Path

from corpus.identify import Overrides
from corpus.load import load_report
from corpus.workers import Progress
from index.prepare import Prepared, prepare


@dataclass(frozen=True, slots=True)
class Loaded:
    """A report that has been read and prepared, with notes on the file for people."""

    prepared: Prepared
    notes: tuple[str, ...]


def load(path: Path, given: Overrides, tell: Progress) -> Loaded:
    """Read and prepare a report.

    Raises:
        RapportsvarError: what ``load_report`` raises.
    """
    report, notes = load_report(path, given, tell)
    return Loaded(prepare(report), notes)
