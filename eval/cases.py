"""Evaluation cases: questions with what a right answer says and where its evidence stands.

A case points at its evidence by report file, page and a few words that stand in that order on
it, never by a passage's number or a quote, so it outlives any change of splitting. The schema is
described for those who write cases in ``docs/evaluation.md``.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus.errors import RapportsvarError, reason

ANSWERABLE_KINDS = frozenset("why howmuch table compare trend crossdoc yesno who when what list".split())
UNANSWERABLE = "unanswerable"
STYLES = frozenset("formal lay keyword typo vague".split())
REQUIRED = frozenset("id question kind style expected".split())
FIELDS = REQUIRED | frozenset("must must_not evidence premise reason follows comment".split())
FOLDER = Path(__file__).parent / "cases"


class BadCase(RapportsvarError):
    """A case file that does not follow the schema."""


class Reason(StrEnum):
    """Why the reports don't answer a question."""

    #: No report is of that municipality, year or board.
    MUNICIPALITY = "municipality"
    YEAR = "year"
    BOARD = "board"
    #: The topic is there, and the fact is not.
    ABSENT = "absent"
    #: The question takes for granted what the reports contradict.
    PREMISE = "premise"
    #: Not what such reports are about.
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Place:
    """Where evidence stands; ``page`` is 1-based, and None where the report has no pages."""

    report: str
    page: int | None
    words: str


Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One question.

    ``must`` holds the key facts: groups of alternatives, one of each to be said. ``evidence``
    likewise. A case with ``premise`` may be answered with those facts instead of refused.
    ``follows`` names the case whose question was asked just before. A line's ``comment`` is for people alone.
    """

    id: str
    question: str
    kind: str
    style: str
    must: Groups = ()
    must_not: tuple[str, ...] = ()
    evidence: tuple[tuple[Place, ...], ...] = ()
    premise: Groups = ()
    reason: Reason | None = None
    follows: str | None = None

    @property
    def answerable(self) -> bool:
        return self.reason is None

    @property
    def paged(self) -> bool:
        """Whether all its evidence is on named pages."""
        return all(place.page is not None for group in self.evidence for place in group)

    @property
    def fingerprint(self) -> str:
        """A hash of all that it holds: two runs are compared on the cases that have not changed."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        """The case as a line of a case file has it."""
        row: dict[str, Any] = {
            "id": self.id,
            "question": self.question,
            "kind": self.kind,
            "style": self.style,
            "expected": "answered" if self.answerable else "not_found",
            "reason": self.reason,
            "follows": self.follows,
            "must": self.must,
            "must_not": self.must_not,
            "evidence": [
                [{"report": place.report, "page": place.page, "words": place.words} for place in group]
                for group in self.evidence
            ],
            "premise": self.premise,
        }
        return {name: value for name, value in row.items() if value}


def load_cases(path: Path) -> list[Case]:
    """The cases of a JSONL file; empty lines are passed over.

    Raises:
        BadCase: naming each bad line and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadCase(f"Fallfilen {path} gick inte att läsa: {reason(error)}; ange en JSONL-fil.") from error
    except UnicodeDecodeError as error:
        raise BadCase(f"Fallfilen {path} är inte text i UTF-8; spara den om så.") from error
    cases: dict[str, Case] = {}
    faults = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = read_case(line)
            if case.id in cases:
                raise BadCase(f"id «{case.id}» finns redan; ge fallet ett eget")
            if case.follows is not None and case.follows not in cases:
                raise BadCase(f"follows «{case.follows}» är inte ett fall högre upp i filen")
            cases[case.id] = case
        except BadCase as error:
            faults.append(f"Rad {number} i {path.name}: {error}.")
    if faults:
        raise BadCase("\n".join(faults))
    if not cases:
        raise BadCase(f"{path.name} har inga fall; skriv ett JSON-objekt på varje rad.")
    return list(cases.values())


def read_case(line: str) -> Case:
    """The case of one line of a case file.

    Raises:
        BadCase: saying what is wrong.
    """
    try:
        row = json.loads(line)
    except ValueError as error:
        where = f" vid tecken {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadCase(
            f"raden är inte JSON{where}; se efter citattecken, komman och klamrar, och att hela fallet står på en rad"
        ) from error
    if not isinstance(row, dict):
        raise BadCase("raden ska vara ett JSON-objekt inom {}")
    if unknown := sorted(set(row) - FIELDS):
        raise BadCase(f"okända fält: {', '.join(unknown)}; fälten heter {', '.join(sorted(FIELDS))}")
    if missing := sorted(REQUIRED - set(row)):
        raise BadCase(f"fält saknas: {', '.join(missing)}")
    kinds = ANSWERABLE_KINDS | {UNANSWERABLE}
    why_not = _one_of(row, "reason", set(Reason)) if "reason" in row else None
    case = Case(
        id=_text(row["id"], "id"),
        question=_text(row["question"], "question"),
        kind=_one_of(row, "kind", kinds),
        style=_one_of(row, "style", STYLES),
        must=_groups(row, "must"),
        must_not=_texts(row.get("must_not", []), "must_not"),
        evidence=tuple(tuple(_place(place) for place in group) for group in _lists(row, "evidence")),
        premise=_groups(row, "premise"),
        reason=Reason(why_not) if why_not else None,
        follows=_text(row["follows"], "follows") if "follows" in row else None,
    )
    answered = _one_of(row, "expected", {"answered", "not_found"}) == "answered"
    if answered != case.answerable or answered == (case.kind == UNANSWERABLE):
        raise BadCase(
            "ett fall utan svar har expected «not_found», kind «unanswerable» och en reason; "
            "ett fall med svar har inget av dem"
        )
    if answered and not (case.must and case.evidence):
        raise BadCase("ett fall med svar behöver både must och evidence")
    if bool(case.premise) != (case.reason is Reason.PREMISE):
        raise BadCase("premise hör ihop med reason «premise»: det som rättar frågans felaktiga utgångspunkt")
    return case


def _text(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadCase(f"{field} ska vara text som inte är tom, inte {json.dumps(value, ensure_ascii=False)}")
    return value


def _texts(value: object, field: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadCase(f"{field} ska vara en lista av texter, inte {json.dumps(value, ensure_ascii=False)}")
    return tuple(_text(each, field) for each in value)


def _lists(row: dict[str, Any], field: str) -> list[list[object]]:
    """A list of lists, none of them empty."""
    value = row.get(field, [])
    if not isinstance(value, list) or not all(isinstance(group, list) and group for group in value):
        raise BadCase(f'{field} ska vara en lista av grupper av alternativ, till exempel [["a", "b"], ["c"]]')
    return value


def _groups(row: dict[str, Any], field: str) -> Groups:
    return tuple(_texts(group, field) for group in _lists(row, field))


def _one_of(row: dict[str, Any], field: str, allowed: set[Any] | frozenset[str]) -> str:
    if not isinstance(row[field], str) or row[field] not in allowed:
        raise BadCase(f"{field} «{row[field]}» finns inte; välj något av {', '.join(sorted(allowed))}")
    return str(row[field])


def _place(value: object) -> Place:
    if not isinstance(value, dict) or set(value) != {"report", "page", "words"}:
        raise BadCase("varje ställe i evidence har report, page och words, och inget annat")
    page = value["page"]
    if page is not None and (not isinstance(page, int) or isinstance(page, bool) or page < 1):
        raise BadCase("page ska vara sidans plats i filen, räknad från 1, eller null för en fil utan sidor")
    return Place(_text(value["report"], "report"), page, _text(value["words"], "words"))
