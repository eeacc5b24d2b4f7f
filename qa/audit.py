"""The audit log: who asked, added, corrected and removed what, kept beside a library for so many days."""

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock

from corpus.errors import LibraryError
from corpus.shown import shown
from index.feedback import now

FILE = "audit.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    at TEXT NOT NULL, who TEXT NOT NULL, event TEXT NOT NULL, what TEXT NOT NULL, outcome TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_at ON audit (at);
"""
#: How long events are kept, in days, where nothing else is said.
KEPT_DAYS = 90
LONGEST = 2_000
#: What is too old is cleared away this often, in seconds.
CLEARING_SECONDS = 3600.0
LEFT_OUT = "(utelämnad)"


class Event(StrEnum):
    """What somebody did."""

    ASK = "fråga"
    SEARCH = "sökning"
    FIGURES = "siffror"
    TAKEN = "uttag"
    FEEDBACK = "synpunkt"
    ADD = "tillägg"
    CORRECT = "rättelse"
    REMOVE = "borttagning"
    LOGIN = "inloggning"
    REFUSED = "nekad inloggning"
    LOGOUT = "utloggning"


#: What these are about is what somebody wanted to know.
QUESTIONS = frozenset({Event.ASK, Event.SEARCH, Event.FIGURES, Event.TAKEN, Event.FEEDBACK})


@dataclass(frozen=True, slots=True)
class Record:
    """One event: when in UTC, who, what was done to what, and what came of it."""

    at: str
    who: str
    event: Event
    what: str
    outcome: str


class Audit:
    """Keeps events in a library's folder. Several threads may record at a time."""

    def __init__(self, library: Path, days: int = KEPT_DAYS, questions: bool = True) -> None:
        """Keep each event for so many ``days``, none for 0; without the words of ``questions`` if they are left out."""
        self._library = library
        self._days = days
        self._questions = questions
        self._lock = Lock()
        self._cleared = -CLEARING_SECONDS

    def record(self, who: str, event: Event, what: str = "", outcome: str = "") -> None:
        """Keep an event.

        Raises:
            LibraryError: if it can't be written: what must be logged is not done unlogged.
        """
        if self._days <= 0:
            return
        if event in QUESTIONS and not self._questions:
            what = LEFT_OUT
        row = Record(now(), shown(who)[:LONGEST], event, shown(what)[:LONGEST], shown(outcome)[:LONGEST])
        try:
            with self._lock, closing(_opened(self._library)) as db, db:
                db.execute("INSERT INTO audit VALUES (:at, :who, :event, :what, :outcome)", asdict(row))
                if time.monotonic() - self._cleared > CLEARING_SECONDS:
                    self._cleared = time.monotonic()
                    oldest = (datetime.now(UTC) - timedelta(days=self._days)).isoformat(timespec="seconds")
                    db.execute("DELETE FROM audit WHERE at < ?", (oldest,))
        except (OSError, sqlite3.Error) as error:
            raise LibraryError("Händelseloggen gick inte att skriva; säg till den som sköter biblioteket.") from error


def _opened(library: Path) -> sqlite3.Connection:
    path = library / FILE
    if not path.exists():
        library.mkdir(parents=True, exist_ok=True)
        # Only its owner may read who asked what.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path)) as db:
            db.executescript(f"PRAGMA journal_mode=WAL; {SCHEMA}")
    db = sqlite3.connect(path, timeout=10)
    db.execute("PRAGMA synchronous=NORMAL")
    return db


def read_audit(library: Path) -> list[Record]:
    """All events that are kept, oldest first.

    Raises:
        LibraryError: if the log is damaged or can't be read.
    """
    if not (library / FILE).exists():
        return []
    names = [field.name for field in fields(Record)]
    try:
        with closing(sqlite3.connect(f"{(library / FILE).absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute(f"SELECT {','.join(names)} FROM audit ORDER BY rowid").fetchall()
        return [Record(at, who, Event(event), what, outcome) for at, who, event, what, outcome in rows]
    except (sqlite3.Error, ValueError) as error:
        raise LibraryError(f"{library / FILE} är skadad och gick inte att läsa.") from error
