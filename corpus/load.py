"""The straight way from a report file to a Report."""

import hashlib
from pathlib import Path

from corpus.document import Report
from corpus.errors import EmptyFile
from corpus.identify import Overrides, identify, read_sidecar, sidecar_of
from corpus.read import Progress, read_bytes, read_raw
from corpus.repair import repair
from corpus.shown import shown
from corpus.structure import structure


def report_id(path: Path) -> str:
    """The first 16 hex digits of the SHA-256 of the file, and of its sidecar if it has one.

    Raises:
        UnreadableFile: if the file cannot be read.
    """
    digest = hashlib.sha256(read_bytes(path))
    if sidecar := sidecar_of(path):
        digest.update(read_bytes(sidecar))
    return digest.hexdigest()[:16]


def load_report(
    path: Path, given: Overrides | None = None, progress: Progress | None = None
) -> tuple[Report, tuple[str, ...]]:
    """Read, repair, structure and identify a report file.

    Returns the report and notes for people, such as pages without text. What is ``given`` goes
    before the sidecar file, which goes before what the text says.

    Raises:
        UnreadableFile: if the file cannot be read.
        BadSidecar: if the sidecar file beside it cannot be understood.
    """
    raw = read_raw(path, progress)
    repaired = repair(raw)
    built = structure(repaired.lines, len(raw.pages), raw.paged)
    if not built.text.strip():
        raise EmptyFile(f"{path.name} innehåller ingen löpande text; kontrollera att rätt fil valdes.")
    overrides = (given or Overrides()).over(read_sidecar(path))
    identity = identify(built.text, built.blocks, repaired.dropped, shown(path.name), overrides)
    report = Report(
        report_id=report_id(path),
        file=shown(path.name),
        title=identity.title,
        municipality=identity.municipality,
        board=identity.board,
        kind=identity.kind,
        period=identity.period,
        text=built.text,
        page_starts=built.page_starts,
        blocks=built.blocks,
        seams=built.seams,
        uncertain=identity.uncertain,
        beliefs=identity.beliefs,
    )
    return report, raw.notes
