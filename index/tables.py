"""A segment's catalogue: its reports with their texts, passages, figures and words, in SQLite."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.document import Figure, FigureKind, Passage, Period, Sign
from corpus.identify import Overrides
from index.packing import beliefs_of
from index.prepare import Entry, Prepared

SCHEMA = """
CREATE TABLE reports (
    report_id TEXT PRIMARY KEY, file TEXT NOT NULL, source TEXT NOT NULL, title TEXT NOT NULL,
    municipality TEXT, board TEXT, kind TEXT, year INTEGER, through TEXT,
    uncertain TEXT NOT NULL, notes TEXT NOT NULL, pages INTEGER NOT NULL,
    given TEXT NOT NULL, figures INTEGER NOT NULL, uncertain_figures INTEGER NOT NULL,
    first INTEGER NOT NULL, passages INTEGER NOT NULL, beliefs TEXT NOT NULL
);
CREATE TABLE texts (report_id TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, report_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    headings TEXT NOT NULL
);
CREATE TABLE figures (
    report_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, label TEXT NOT NULL, grouping TEXT NOT NULL,
    headings TEXT NOT NULL, column_name TEXT NOT NULL, kind TEXT NOT NULL, year INTEGER, through TEXT, since TEXT,
    value TEXT NOT NULL, unit TEXT, bound TEXT, sign TEXT, note TEXT, measure TEXT
);
CREATE TABLE figure_terms (
    term TEXT NOT NULL, report_id TEXT NOT NULL, start INTEGER NOT NULL, of_table INTEGER NOT NULL,
    PRIMARY KEY (term, report_id, start)
) WITHOUT ROWID;
CREATE TABLE words (word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
"""
#: Made last, when the rows are there: faster than keeping them as they come.
INDEXES = """
CREATE INDEX figures_measure ON figures (measure, report_id);
CREATE INDEX figures_place ON figures (report_id, start);
"""
#: The tables whose rows belong to one report each, with the order in which they are written fastest.
OF_A_REPORT = {
    "reports": "rowid",
    "texts": "report_id",
    "passages": "number",
    "figures": "rowid",
    "figure_terms": "term, report_id, start",
}


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a report's passages are: the first one's number, the first one's place among the segment's vectors, and
    how many they are."""

    report_id: str
    first: int
    at: int
    count: int


def _overrides(values: dict[str, Any]) -> Overrides:
    through = values.pop("through")
    return Overrides(through=date.fromisoformat(through) if through else None, **values)


def _period(year: int | None, through: str | None, since: str | None = None) -> Period | None:
    if year is None:
        return None
    return Period(year, date.fromisoformat(through) if through else None, date.fromisoformat(since) if since else None)


#: The columns of a figure, in the order that ``_figure`` takes them.
FIGURE = (
    "report_id, start, end, label, grouping, headings, column_name, kind, year, through, since, value, unit, bound,"
    " sign, note"
)


@lru_cache(maxsize=10_000)
def _headings(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))


def _figure(row: tuple[Any, ...]) -> Figure:
    report_id, start, end, label, group, headings, column, kind, year, through, since, *rest = row
    value, unit, bound, sign, note = rest
    return Figure(
        report_id,
        start,
        end,
        label,
        group,
        _headings(headings),
        column,
        FigureKind(kind),
        _period(year, through, since),
        Decimal(value),
        unit,
        bound,
        Sign(sign) if sign else None,
        note,
    )


class Tables:
    """One segment's tables. Those who read share them between threads."""

    def __init__(self, path: Path, writable: bool = False) -> None:
        if writable:
            # Nothing refers to a segment before it is whole, so a broken one is only litter.
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;PRAGMA secure_delete=ON;"
            )
        else:
            # A segment's files never change, so SQLite needs no locks and no journal.
            self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    # --- reading ---

    def entries(self) -> list[Entry]:
        """The reports, in the order that they were added."""
        known = {row[1] for row in self._db.execute("PRAGMA table_info(reports)")}
        # Libraries that are being upgraded have none.
        beliefs = "beliefs" if "beliefs" in known else "'{}'"
        rows = self._db.execute(
            "SELECT report_id, file, source, title, municipality, board, kind, year, through, uncertain, notes,"
            f" pages, given, figures, uncertain_figures, {beliefs} FROM reports ORDER BY rowid"
        )
        return [
            Entry(
                report_id=row[0],
                file=row[1],
                source=row[2],
                title=row[3],
                municipality=row[4],
                board=row[5],
                kind=row[6],
                period=_period(row[7], row[8]),
                uncertain=frozenset(json.loads(row[9])),
                notes=tuple(json.loads(row[10])),
                pages=row[11],
                given=_overrides(json.loads(row[12])),
                figures=row[13],
                uncertain_figures=row[14],
                beliefs=beliefs_of(json.loads(row[15])),
            )
            for row in rows
        ]

    def extents(self) -> list[Extent]:
        """Where each report's passages are, in the order that they were added, which is that of the vectors."""
        found, at = [], 0
        for report_id, first, count in self._db.execute(
            "SELECT report_id, first, passages FROM reports ORDER BY rowid"
        ):
            found.append(Extent(report_id, first, at, count))
            at += count
        return found

    def packed(self, report_id: str) -> bytes:
        """A report as it was packed; empty where it is lost."""
        row = self._db.execute("SELECT content FROM texts WHERE report_id = ?", (report_id,)).fetchone()
        return bytes(row[0]) if row else b""

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages with these numbers."""
        rows = self._db.execute(
            f"SELECT number, report_id, start, end, headings FROM passages WHERE number IN ({_marks(numbers)})",
            list(numbers),
        )
        return {row[0]: Passage(row[1], row[2], row[3], _headings(row[4])) for row in rows}

    def figures(self, report_id: str, start: int, end: int) -> list[Figure]:
        """The figures that stand in ``[start, end)`` of a report, in order."""
        rows = self._db.execute(
            f"SELECT {FIGURE} FROM figures WHERE report_id = ? AND start >= ? AND end <= ? ORDER BY start",
            (report_id, start, end),
        )
        return [_figure(row) for row in rows]

    def named(
        self, forms: Sequence[str], report_ids: Sequence[str] | None, most: int, prose: bool
    ) -> list[tuple[int, str, int]]:
        """The table rows in these reports (None: all) that have most of ``forms``, best first, at most ``most``.

        Each with how many it has, its report and the start of its first figure.
        """
        within = "" if report_ids is None else f" AND report_id IN ({_marks(report_ids)})"
        rows = self._db.execute(
            f"SELECT COUNT(*), report_id, start FROM figure_terms WHERE term IN ({_marks(forms)}){within}"
            " AND of_table >= ? GROUP BY report_id, start ORDER BY COUNT(*) DESC, report_id, start LIMIT ?",
            [*forms, *(report_ids or ()), 0 if prose else 1, most],
        )
        return [(count, report_id, start) for count, report_id, start in rows]

    def alike(self, key: str, report_ids: Sequence[str]) -> list[Figure]:
        """The figures in these reports whose measure is ``key``."""
        rows = self._db.execute(
            f"SELECT {FIGURE} FROM figures WHERE measure = ? AND report_id IN ({_marks(report_ids)})"
            " ORDER BY report_id, start",
            [key, *report_ids],
        )
        return [_figure(row) for row in rows]

    def count(self, word: str) -> int:
        """How many of the reports have a word."""
        row = self._db.execute("SELECT count FROM words WHERE word = ?", (word,)).fetchone()
        return int(row[0]) if row else 0

    def words(self, letter: str) -> list[str]:
        """The words of the reports that begin with a letter."""
        rows = self._db.execute("SELECT word FROM words WHERE word >= ? AND word < ?", (letter, chr(ord(letter) + 1)))
        return [row[0] for row in rows]

    # --- building ---

    @classmethod
    def create(cls, path: Path) -> "Tables":
        tables = cls(path, writable=True)
        tables._db.executescript(f"{SCHEMA}BEGIN;")
        return tables

    def add(self, entry: Entry, prepared: Prepared, first: int) -> None:
        """Add a report whose passages have the numbers from ``first`` on."""
        period, passages = entry.period, prepared.passages
        row = (
            entry.report_id,
            entry.file,
            entry.source,
            entry.title,
            entry.municipality,
            entry.board,
            entry.kind,
            period.year if period else None,
            period.through.isoformat() if period and period.through else None,
            json.dumps(sorted(entry.uncertain)),
            json.dumps(entry.notes, ensure_ascii=False),
            entry.pages,
            json.dumps(asdict(entry.given), ensure_ascii=False, default=str),
            entry.figures,
            entry.uncertain_figures,
            first,
            len(passages),
            json.dumps(asdict(entry.beliefs), ensure_ascii=False),
        )
        self._insert("reports", [row])
        self._insert("texts", [(entry.report_id, prepared.packed)])
        self._insert(
            "passages",
            [
                (first + at, each.report_id, each.start, each.end, json.dumps(each.heading_path, ensure_ascii=False))
                for at, each in enumerate(passages)
            ],
        )
        self._insert("figures", prepared.figures)
        self._insert("figure_terms", prepared.figure_terms)
        self._count((word, 1) for word in prepared.words)

    def absorb(self, path: Path, without: Mapping[str, Collection[str]]) -> None:
        """Add the reports of another segment's tables but those ``without``, each given with its distinct words."""
        self._db.execute("COMMIT")
        self._db.execute("ATTACH ? AS other", (f"{path.as_uri()}?mode=ro&immutable=1",))
        self._db.execute("BEGIN")
        removed = list(without)
        for table, order in OF_A_REPORT.items():
            self._db.execute(
                f"INSERT INTO main.{table} SELECT * FROM other.{table} WHERE report_id NOT IN ({_marks(removed)})"
                f" ORDER BY {order}",
                removed,
            )
        self._count(self._db.execute("SELECT word, count FROM other.words").fetchall())
        gone = Counter(word for words in without.values() for word in words)
        taken = [(count, word) for word, count in gone.items()]
        self._db.executemany("UPDATE words SET count = count - ? WHERE word = ?", taken)
        self._db.execute("DELETE FROM words WHERE count <= 0")
        self._db.execute("COMMIT")
        self._db.execute("DETACH other")
        self._db.execute("BEGIN")

    def finish(self) -> None:
        """Make the tables ready for readers."""
        # This commits too.
        self._db.executescript(INDEXES)
        self._db.close()

    def close(self) -> None:
        self._db.close()

    def _insert(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        rows = list(rows)
        if rows:
            self._db.executemany(f"INSERT INTO {table} VALUES ({_marks(rows[0])})", rows)

    def _count(self, words: Iterable[tuple[str, int]]) -> None:
        self._db.executemany(
            "INSERT INTO words VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET count = count + excluded.count",
            sorted(words),
        )


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))
