"""Evaluation cases: questions with what a right answer says and where its evidence stands.

A case points at its evidence by report file, page and a few words that stand in that order in
it, never by a passage's number or a quote, so it outlives any change of splitting.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import RapportsvarError

KINDS = frozenset("why howmuch table compare trend crossdoc yesno who when what list unanswerable".split())
STYLES = frozenset("formal lay keyword typo vague".split())
FIELDS = frozenset("id question kind style expected must must_not evidence premise".split())
FOLDER = Path(__file__).parent / "cases"


class BadCase(RapportsvarError):
    """A case file that does not follow the schema."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where evidence stands; ``page`` is None where the report has no pages."""

    report: str
    page: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question. ``must``: groups of alternatives, one of each to be said; ``evidence`` likewise."""

    id: str
    question: str
    kind: str
    style: str
    answerable: bool
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    evidence: tuple[tuple[Place, ...], ...]
    premise: tuple[tuple[str, ...], ...]


def load_cases(path: Path) -> list[Case]:
    """The cases of a JSONL file.

    Raises:
        BadCase: naming the line and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCase(f"Fallfilen {path} gick inte att läsa; ange en JSONL-fil i UTF-8.") from error
    cases = [_case(line, f"Rad {number} i {path.name}") for number, line in enumerate(lines, 1) if line.strip()]
    repeated = {case.id for case in cases if sum(other.id == case.id for other in cases) > 1}
    if repeated:
        raise BadCase(f"{path.name} har flera fall med samma id: {', '.join(sorted(repeated))}.")
    return cases


def _case(line: str, where: str) -> Case:
    try:
        row: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise BadCase(f"{where} är inte JSON: {error}.") from error
    unknown = set(row) - FIELDS
    missing = {"id", "question", "kind", "style", "expected"} - set(row)
    if unknown or missing:
        raise BadCase(f"{where}: okända fält {sorted(unknown)}, saknade fält {sorted(missing)}.")
    if row["kind"] not in KINDS or row["style"] not in STYLES or row["expected"] not in ("answered", "not_found"):
        raise BadCase(f"{where}: kind, style eller expected har ett värde som inte finns i schemat.")
    answerable = row["expected"] == "answered"
    if answerable and not (row.get("must") and row.get("evidence")):
        raise BadCase(f"{where}: ett fall med svar behöver både must och evidence.")
    try:
        return Case(
            id=str(row["id"]),
            question=str(row["question"]),
            kind=row["kind"],
            style=row["style"],
            answerable=answerable,
            must=tuple(tuple(group) for group in row.get("must", [])),
            must_not=tuple(row.get("must_not", [])),
            evidence=tuple(
                tuple(Place(place["report"], place["page"], place["words"]) for place in group)
                for group in row.get("evidence", [])
            ),
            premise=tuple(tuple(group) for group in row.get("premise", [])),
        )
    except (KeyError, TypeError) as error:
        raise BadCase(f"{where}: must, evidence eller premise har fel form ({error}).") from error
