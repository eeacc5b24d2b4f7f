"""What users said of answers, kept beside a library's versions."""

import sqlite3
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path

from corpus.errors import LibraryError
from index.records import Records

FILE = "feedback.sqlite"


class Verdict(StrEnum):
    """What a user thought of an answer."""

    USEFUL = "useful"
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One user's word on one answer.

    ``scope`` and ``citations`` are JSON, as ``ask --json`` has them; ``version`` tells which version of
    the library and the program gave the answer; ``at`` is when, in UTC. Who said it is not kept. ``number`` is what it
    is removed by; 0 until it is kept.
    """

    at: str
    question: str
    read_as: str
    scope: str
    kind: str
    status: str
    answer: str
    citations: str
    verdict: Verdict
    note: str
    version: str
    number: int = 0


#: The columns, which are the fields but the number.
COLUMNS = tuple(field.name for field in fields(Feedback) if field.name != "number")


def _records(library: Path) -> Records:
    return Records(library / FILE, "feedback", COLUMNS)


def save_feedback(library: Path, feedback: Feedback) -> None:
    """Keep what a user said in the library's folder.

    Raises:
        LibraryError: if it can't be written.
    """
    try:
        _records(library).add(asdict(feedback))
    except (OSError, sqlite3.Error) as error:
        raise LibraryError("Synpunkten gick inte att spara; säg till den som sköter biblioteket.") from error


def read_feedback(library: Path) -> list[Feedback]:
    """All that was said, oldest first.

    Raises:
        LibraryError: if the file is damaged.
    """
    try:
        return [
            Feedback(**{**row, "verdict": Verdict(row["verdict"])}, number=number)  # type: ignore[arg-type]
            for number, row in _records(library).rows()
        ]
    except (OSError, sqlite3.Error, ValueError) as error:
        raise LibraryError(f"{library / FILE} är skadad och gick inte att läsa.") from error


def remove_feedback(library: Path, numbers: Collection[int]) -> int:
    """Remove what was said, by number, for good; how many there were.

    Raises:
        LibraryError: if it can't be written.
    """
    try:
        return _records(library).remove(numbers)
    except (OSError, sqlite3.Error) as error:
        raise LibraryError(f"{library / FILE} gick inte att ändra.") from error
