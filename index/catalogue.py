"""The catalogue of a library: its reports, passages, figures and words, in SQLite."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from corpus.document import Figure, FigureKind, Passage, Period, Report, Sign
from corpus.figures import Figures
from corpus.identify import Overrides
from index.measures import measure
from index.terms import Term, terms

SCHEMA = """
CREATE TABLE reports (
    report_id TEXT PRIMARY KEY, file TEXT NOT NULL, source TEXT NOT NULL, title TEXT NOT NULL,
    municipality TEXT, board TEXT, kind TEXT, year INTEGER, through TEXT,
    uncertain TEXT NOT NULL, notes TEXT NOT NULL, pages INTEGER NOT NULL,
    given TEXT NOT NULL, figures INTEGER NOT NULL, uncertain_figures INTEGER NOT NULL
);
CREATE UNIQUE INDEX reports_source ON reports (source);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, report_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    headings TEXT NOT NULL
);
CREATE INDEX passages_report ON passages (report_id);
CREATE TABLE figures (
    report_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, label TEXT NOT NULL, grouping TEXT NOT NULL,
    headings TEXT NOT NULL, column_name TEXT NOT NULL, kind TEXT NOT NULL, year INTEGER, through TEXT, since TEXT,
    value TEXT NOT NULL, unit TEXT, bound TEXT, sign TEXT, note TEXT, measure TEXT
);
CREATE INDEX figures_measure ON figures (measure, report_id);
CREATE INDEX figures_place ON figures (report_id, start);
CREATE TABLE figure_terms (
    term TEXT NOT NULL, report_id TEXT NOT NULL, start INTEGER NOT NULL, of_table INTEGER NOT NULL,
    PRIMARY KEY (term, report_id, start)
) WITHOUT ROWID;
CREATE TABLE words (word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as the catalogue lists it."""

    report_id: str
    file: str
    source: str
    title: str
    municipality: str | None
    board: str | None
    kind: str | None
    period: Period | None
    uncertain: frozenset[str]
    notes: tuple[str, ...]
    pages: int
    #: Figures read, and cells of tables left out since their column is uncertain.
    figures: int = 0
    uncertain_figures: int = 0
    #: What the user has said of the report, which goes before what its text says.
    given: Overrides = field(default_factory=Overrides)


def _overrides(values: dict[str, Any]) -> Overrides:
    through = values.pop("through")
    return Overrides(through=date.fromisoformat(through) if through else None, **values)


def _period(year: int | None, through: str | None, since: str | None = None) -> Period | None:
    if year is None:
        return None
    return Period(year, date.fromisoformat(through) if through else None, date.fromisoformat(since) if since else None)


def _figure_row(figure: Figure) -> tuple[Any, ...]:
    period = figure.period
    return (
        figure.report_id,
        figure.start,
        figure.end,
        figure.label,
        figure.group,
        json.dumps(figure.headings, ensure_ascii=False),
        figure.column,
        figure.kind.value,
        period.year if period else None,
        period.through.isoformat() if period and period.through else None,
        period.since.isoformat() if period and period.since else None,
        str(figure.value),
        figure.unit,
        figure.bound,
        figure.sign.value if figure.sign else None,
        figure.note,
        measure(figure),
    )


def _row_terms(report: Report, figures: Sequence[Figure]) -> list[tuple[str, str, int, bool]]:
    """The terms that each table row, or amount of running text, is found by: of its label, line and headings."""
    first: dict[tuple[int, str], Figure] = {}
    for figure in figures:
        block = report.block_at(figure.start).start
        first.setdefault((block, "") if figure.column else (figure.start, figure.label), figure)
    found = set()
    for figure in first.values():
        for each in terms(" ".join((figure.label, figure.group, *figure.headings))):
            found |= {(form, report.report_id, figure.start, bool(figure.column)) for form in (each.lemma, *each.parts)}
    return sorted(found)


#: The columns of a figure, in the order that ``_figure`` takes them.
FIGURE = (
    "report_id, start, end, label, grouping, headings, column_name, kind, year, through, since, value, unit, bound,"
    " sign, note"
)


def _figure(row: tuple[Any, ...]) -> Figure:
    report_id, start, end, label, group, headings, column, kind, year, through, since, *rest = row
    value, unit, bound, sign, note = rest
    return Figure(
        report_id,
        start,
        end,
        label,
        group,
        tuple(json.loads(headings)),
        column,
        FigureKind(kind),
        _period(year, through, since),
        Decimal(value),
        unit,
        bound,
        Sign(sign) if sign else None,
        note,
    )


class Catalogue:
    """One library version's catalogue; readers open it read-only and share it between threads."""

    def __init__(self, path: Path, writable: bool = False) -> None:
        if writable:
            self._db = sqlite3.connect(path)
        else:
            # A generation's files never change, so SQLite needs no locks and no journal.
            self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    @classmethod
    def create(cls, path: Path) -> "Catalogue":
        catalogue = cls(path, writable=True)
        catalogue._db.executescript(SCHEMA)
        return catalogue

    def entries(self) -> list[Entry]:
        """The reports, by municipality, board, year and file."""
        rows = self._db.execute(
            "SELECT report_id, file, source, title, municipality, board, kind, year, through, uncertain, notes,"
            " pages, given, figures, uncertain_figures FROM reports ORDER BY municipality, board, year, through, file"
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
            )
            for row in rows
        ]

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages with these numbers."""
        marks = ",".join("?" * len(numbers))
        rows = self._db.execute(
            f"SELECT number, report_id, start, end, headings FROM passages WHERE number IN ({marks})", list(numbers)
        )
        return {row[0]: Passage(row[1], row[2], row[3], tuple(json.loads(row[4]))) for row in rows}

    def numbers(self, report_ids: Iterable[str]) -> list[int]:
        """The numbers of these reports' passages."""
        found: list[int] = []
        for report_id in report_ids:
            rows = self._db.execute("SELECT number FROM passages WHERE report_id = ? ORDER BY number", (report_id,))
            found.extend(row[0] for row in rows)
        return found

    def figures(self, report_id: str, start: int = 0, end: int | None = None) -> list[Figure]:
        """The figures that stand in ``[start, end)`` of a report, in order; ``end`` None: to its end."""
        rows = self._db.execute(
            f"SELECT {FIGURE} FROM figures WHERE report_id = ? AND start >= ? AND end <= ? ORDER BY start",
            (report_id, start, 1 << 40 if end is None else end),
        )
        return [_figure(row) for row in rows]

    def named(
        self, found_by: Iterable[Term], report_ids: Sequence[str], most: int, prose: bool = False
    ) -> list[tuple[str, int]]:
        """The table rows in these reports that have most of ``found_by`` in their labels and headings.

        Each as its report and the start of its first figure; at most ``most``, best first. With
        ``prose``, the amounts of running text too.
        """
        wanted = sorted({form for each in found_by for form in (each.lemma, *each.parts)})
        marks = ",".join("?" * len(wanted))
        owners = ",".join("?" * len(report_ids))
        rows = self._db.execute(
            f"SELECT report_id, start FROM figure_terms WHERE term IN ({marks}) AND report_id IN ({owners})"
            " AND of_table >= ? GROUP BY report_id, start ORDER BY COUNT(*) DESC, report_id, start LIMIT ?",
            [*wanted, *report_ids, 0 if prose else 1, most],
        )
        return [(report_id, start) for report_id, start in rows]

    def alike(self, figure: Figure, report_ids: Sequence[str]) -> list[Figure]:
        """The table cells in these reports that measure what ``figure`` does, by their labels."""
        key = measure(figure)
        if key is None:
            return []
        marks = ",".join("?" * len(report_ids))
        rows = self._db.execute(
            f"SELECT {FIGURE} FROM figures WHERE measure = ? AND report_id IN ({marks}) ORDER BY report_id, start",
            [key, *report_ids],
        )
        return [_figure(row) for row in rows]

    def words(self) -> dict[str, int]:
        """Every word of the reports with how many reports have it."""
        return dict(self._db.execute("SELECT word, count FROM words"))

    # --- writing ---

    def add(
        self,
        report: Report,
        source: str,
        notes: Sequence[str],
        passages: Sequence[Passage],
        figures: Figures,
        words: Iterable[str],
        given: Overrides,
    ) -> list[int]:
        """Add a report; the numbers of its passages come back in their order."""
        period = report.period
        self._db.execute(
            f"INSERT INTO reports VALUES ({','.join('?' * 15)})",
            (
                report.report_id,
                report.file,
                source,
                report.title,
                report.municipality,
                report.board,
                report.kind,
                period.year if period else None,
                period.through.isoformat() if period and period.through else None,
                json.dumps(sorted(report.uncertain)),
                json.dumps(list(notes), ensure_ascii=False),
                len(report.page_starts),
                json.dumps(asdict(given), ensure_ascii=False, default=str),
                len(figures.found),
                figures.uncertain,
            ),
        )
        numbers = []
        for passage in passages:
            cursor = self._db.execute(
                "INSERT INTO passages (report_id, start, end, headings) VALUES (?,?,?,?)",
                (
                    passage.report_id,
                    passage.start,
                    passage.end,
                    json.dumps(passage.heading_path, ensure_ascii=False),
                ),
            )
            numbers.append(int(cursor.lastrowid or 0))
        self._db.executemany(
            f"INSERT INTO figures VALUES ({','.join('?' * 17)})", [_figure_row(figure) for figure in figures.found]
        )
        self._db.executemany("INSERT INTO figure_terms VALUES (?,?,?,?)", _row_terms(report, figures.found))
        self._db.executemany(
            "INSERT INTO words VALUES (?, 1) ON CONFLICT (word) DO UPDATE SET count = count + 1",
            [(word,) for word in sorted(set(words))],
        )
        return numbers

    def remove(self, report_id: str, words: Iterable[str]) -> list[int]:
        """Remove a report, whose distinct words are ``words``; its passages' numbers come back."""
        numbers = self.numbers([report_id])
        for table in ("reports", "passages", "figures", "figure_terms"):
            self._db.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))
        counts = Counter(set(words))
        self._db.executemany("UPDATE words SET count = count - 1 WHERE word = ?", [(word,) for word in counts])
        self._db.execute("DELETE FROM words WHERE count <= 0")
        return numbers

    def commit(self) -> None:
        self._db.commit()

    def close(self) -> None:
        self._db.close()
