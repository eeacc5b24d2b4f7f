"""What is noted beside a library, row by row: a table in an SQLite file that only its owner reads."""

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

#: So many seconds one who writes waits for another.
WAIT_SECONDS = 10.0


def now() -> str:
    """The time, to the second, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Records:
    """A table of texts. Several threads and processes may write at a time.

    Its methods raise OSError or sqlite3.Error where the file can't be read or written.
    """

    path: Path
    table: str
    columns: tuple[str, ...]

    def add(self, row: Mapping[str, str]) -> None:
        """Keep a row, with a value for each column."""
        with self._writing() as db:
            marks = ",".join(f":{name}" for name in self.columns)
            db.execute(f"INSERT INTO {self.table} ({','.join(self.columns)}) VALUES ({marks})", row)

    def rows(self) -> list[tuple[int, dict[str, str]]]:
        """All rows, oldest first, each with its number."""
        if not self.path.exists():
            return []
        with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            known = self._known(db)
            # Files of earlier versions lack some.
            columns = ",".join(name if name in known else f"'' AS {name}" for name in self.columns)
            found = db.execute(f"SELECT rowid, {columns} FROM {self.table} ORDER BY rowid").fetchall()
        return [(number, dict(zip(self.columns, row, strict=True))) for number, *row in found]

    def forget_before(self, column: str, value: str) -> None:
        """Remove the rows whose ``column`` is less than ``value``."""
        with self._writing() as db:
            db.execute(f"DELETE FROM {self.table} WHERE {column} < ?", (value,))

    def remove(self, numbers: Collection[int]) -> int:
        """Remove rows by their numbers so that nothing of them is left in the file; how many there were."""
        if not numbers or not self.path.exists():
            return 0
        with self._writing() as db:
            gone = db.execute(
                f"DELETE FROM {self.table} WHERE rowid IN ({','.join('?' * len(numbers))})", list(numbers)
            ).rowcount
        with closing(self._opened()) as db:
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._opened()) as db, db:
            yield db

    def _opened(self) -> sqlite3.Connection:
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        db = sqlite3.connect(self.path, timeout=WAIT_SECONDS)
        # What is deleted is overwritten.
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;")
        known = self._known(db)
        if not known:
            db.execute(f"CREATE TABLE IF NOT EXISTS {self.table} ({', '.join(map(_column, self.columns))})")
        for name in self.columns:
            if known and name not in known:
                db.execute(f"ALTER TABLE {self.table} ADD COLUMN {_column(name)}")
        return db

    def _known(self, db: sqlite3.Connection) -> Sequence[str]:
        return [row[1] for row in db.execute(f"PRAGMA table_info({self.table})")]


def _column(name: str) -> str:
    return f"{name} TEXT NOT NULL DEFAULT ''"
