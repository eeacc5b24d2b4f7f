"""Reading a file for the index: the work of the worker processes."""

from dataclasses import dataclass
from pathlib import Path

from corpus.identify import Overrides, read_sidecar
from corpus.load import load_report
from corpus.personal import masked, scan, warning
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
    findings = scan(report.text)
    left_out = bool((given.over(read_sidecar(path))).without_personal)
    if told := warning(report, findings, left_out):
        notes = (*notes, told)
    if left_out:
        return Loaded(prepare(masked(report, findings), findings), notes)
    return Loaded(prepare(report), notes)
