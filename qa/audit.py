"""The audit log: who asked, opened, added, corrected and removed what, from where, kept for so many days."""

import getpass
import sqlite3
import time
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock

from corpus.errors import LibraryError
from corpus.shown import shown
from index.records import Records, now

FILE = "audit.sqlite"
#: How long events are kept, in days, where nothing else is said, and at most.
KEPT_DAYS, MOST_DAYS = 90, 3650
LONGEST = 2_000
#: What is too old is cleared away this often, in seconds.
CLEARING_SECONDS = 3600.0
LEFT_OUT = "(utelämnad)"
#: Where somebody is who changes a library with a command.
AT_THE_MACHINE = "kommandoraden"


class Event(StrEnum):
    """What somebody did."""

    ASK = "fråga"
    SEARCH = "sökning"
    FIGURES = "siffror"
    TAKEN = "uttag"
    SOURCE = "källa"
    PAGE = "sidbild"
    FILE = "fil"
    FEEDBACK = "synpunkt"
    ADD = "tillägg"
    CORRECT = "rättelse"
    REMOVE = "borttagning"
    DENIED = "nekad ändring"
    LOGIN = "inloggning"
    REFUSED = "nekad inloggning"
    LOGOUT = "utloggning"
    PASSWORD = "lösenordsbyte"
    USER = "användare"
    CLEARED = "gallring"
    UPGRADE = "uppgradering"


#: What these are about is what somebody wanted to know.
QUESTIONS = frozenset({Event.ASK, Event.SEARCH, Event.FIGURES, Event.TAKEN, Event.FEEDBACK})


@dataclass(frozen=True, slots=True)
class Record:
    """One event: when in UTC, who, from where, what was done to what, and what came of it.

    ``number`` is what it is removed by; 0 until it is kept.
    """

    at: str
    who: str
    origin: str
    event: Event
    what: str
    outcome: str
    number: int = 0


#: The columns, which are the fields but the number.
COLUMNS = tuple(field.name for field in fields(Record) if field.name != "number")


def _records(library: Path) -> Records:
    return Records(library / FILE, "audit", COLUMNS)


class Audit:
    """Keeps events in a library's folder. Several threads may record at a time."""

    def __init__(self, library: Path, days: int = KEPT_DAYS, questions: bool = True) -> None:
        """Keep each event for so many ``days``, none for 0; without the words of ``questions`` if they are left out."""
        self._records = _records(library)
        self._days = days
        self._questions = questions
        self._lock = Lock()
        self._cleared = -CLEARING_SECONDS

    def record(self, who: str, event: Event, what: str = "", outcome: str = "", origin: str = "") -> None:
        """Keep an event; ``origin`` is the address that it came from.

        Raises:
            LibraryError: if it can't be written: what must be logged is not done unlogged.
        """
        if self._days <= 0:
            return
        if event in QUESTIONS and not self._questions:
            what = LEFT_OUT
        texts = {"who": who, "origin": origin, "what": what, "outcome": outcome}
        row = {name: shown(text)[:LONGEST] for name, text in texts.items()}
        try:
            with self._lock:
                self._records.add({**row, "at": now(), "event": event.value})
                if time.monotonic() - self._cleared > CLEARING_SECONDS:
                    self._cleared = time.monotonic()
                    oldest = (datetime.now(UTC) - timedelta(days=self._days)).isoformat(timespec="seconds")
                    self._records.forget_before("at", oldest)
        except (OSError, sqlite3.Error) as error:
            raise LibraryError("Händelseloggen gick inte att skriva; säg till den som sköter biblioteket.") from error


def by_command(library: Path, event: Event, what: str = "", outcome: str = "") -> None:
    """Keep what somebody did with a command at the machine, under the name that they have there.

    Raises:
        LibraryError: if it can't be written.
    """
    # How long it is kept is for the server to say.
    Audit(library, MOST_DAYS).record(_account(), event, what, outcome, AT_THE_MACHINE)


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A user id without a name, as containers have them.
        return "okänd"


def read_audit(library: Path) -> list[Record]:
    """All events that are kept, oldest first.

    Raises:
        LibraryError: if the log is damaged or can't be read.
    """
    try:
        return [
            Record(**{**row, "event": Event(row["event"])}, number=number)  # type: ignore[arg-type]
            for number, row in _records(library).rows()
        ]
    except (OSError, sqlite3.Error, ValueError) as error:
        raise LibraryError(f"{library / FILE} är skadad och gick inte att läsa.") from error


def remove_audit(library: Path, numbers: Collection[int]) -> int:
    """Remove events, by number, for good; how many there were.

    Raises:
        LibraryError: if it can't be written.
    """
    try:
        return _records(library).remove(numbers)
    except (OSError, sqlite3.Error) as error:
        raise LibraryError(f"{library / FILE} gick inte att ändra.") from error
