"""What users said of answers, kept beside a library's versions, in SQLite."""

import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from corpus.errors import LibraryError

FILE = "feedback.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    at TEXT NOT NULL, question TEXT NOT NULL, read_as TEXT NOT NULL, scope TEXT NOT NULL, kind TEXT NOT NULL,
    status TEXT NOT NULL, answer TEXT NOT NULL, citations TEXT NOT NULL, verdict TEXT NOT NULL, note TEXT NOT NULL,
    version TEXT NOT NULL
)
"""


class Verdict(StrEnum):
    """What a user thought of an answer."""

    USEFUL = "useful"
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One user's word on one answer.

    ``scope`` and ``citations`` are JSON, as ``ask --json`` has them; ``version`` tells which version of
    the library and the program gave the answer; ``at`` is when, in UTC. Who said it is not kept.
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


def now() -> str:
    """The time, to the second, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def save_feedback(library: Path, feedback: Feedback) -> None:
    """Keep what a user said in the library's folder.

    Raises:
        LibraryError: if it can't be written.
    """
    names = [field.name for field in fields(Feedback)]
    try:
        with closing(sqlite3.connect(library / FILE, timeout=10)) as db, db:
            db.execute(SCHEMA)
            db.execute(
                f"INSERT INTO feedback ({','.join(names)}) VALUES ({','.join(':' + name for name in names)})",
                asdict(feedback),
            )
    except sqlite3.Error as error:
        raise LibraryError("Synpunkten gick inte att spara; säg till den som sköter biblioteket.") from error


def read_feedback(library: Path) -> list[Feedback]:
    """All that was said, oldest first.

    Raises:
        LibraryError: if the file is damaged.
    """
    if not (library / FILE).exists():
        return []
    names = [field.name for field in fields(Feedback)]
    try:
        with closing(sqlite3.connect(f"{(library / FILE).absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute(f"SELECT {','.join(names)} FROM feedback ORDER BY rowid").fetchall()
        return [Feedback(**{**dict(zip(names, row, strict=True)), "verdict": Verdict(row[8])}) for row in rows]
    except (sqlite3.Error, ValueError) as error:
        raise LibraryError(f"{library / FILE} är skadad och gick inte att läsa.") from error
