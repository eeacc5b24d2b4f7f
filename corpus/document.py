"""The value types that the whole project shares. Derived facts are properties."""

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class BlockKind(StrEnum):
    """What a line of the repaired text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE_HEAD = "table_head"
    ROW = "row"
    #: A line of a table of contents: not evidence of anything.
    CONTENTS = "contents"
    #: A comment that an author left behind: not part of what the report says.
    REMARK = "remark"


#: The kinds that say something and so belong to passages.
BODY = frozenset({BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.TABLE_HEAD, BlockKind.ROW})


class Block(NamedTuple):
    """One line of a report's text: ``text[start:end]``; ``level`` is a heading's depth from 1."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text under it, up to the next heading of any level."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a report or a figure covers: a year, up to ``through``, from ``since``.

    Without ``through`` it reaches the end of the year; without ``since`` it begins with the year.
    The year's own first and last day are taken away, so that one period has one form.
    """

    year: int
    through: date | None = None
    since: date | None = None

    def __post_init__(self) -> None:
        if self.through and (self.through.month, self.through.day) == (12, 31):
            object.__setattr__(self, "through", None)
        if self.since and self.since == date(self.year, 1, 1):
            object.__setattr__(self, "since", None)

    @property
    def whole_year(self) -> bool:
        ends = self.through is None or (self.through.month, self.through.day) == (12, 31)
        return ends and self.since is None

    @property
    def label(self) -> str:
        """``2023``, ``januari–augusti 2024``, ``juni–december 2023`` or ``2021–2022``."""
        if self.whole_year:
            return str(self.year)
        since, through = self.since or date(self.year, 1, 1), self.through or date(self.year, 12, 31)
        if since.year == through.year:
            return f"{_day_of(since, 1)}–{_day_of(through)} {self.year}"
        if (since.month, since.day, through.month, through.day) == (1, 1, 12, 31):
            return f"{since.year}–{through.year}"
        return f"{_day_of(since, 1)} {since.year}–{_day_of(through)} {through.year}"


def _day_of(day: date, usual: int | None = None) -> str:
    """A day as its month alone, where it is the month's last day or the ``usual`` one."""
    whole = day.day == (usual or monthrange(day.year, day.month)[1])
    return MONTHS[day.month - 1] if whole else f"{day.day} {MONTHS[day.month - 1]}"


MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What a report may be of: municipalities and years, most probable first, each with its probability.

    What is left to 1 is that it is of none of them.
    """

    municipalities: tuple[tuple[str, float], ...] = ()
    years: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report file as repaired text with its structure; all offsets are into ``text``.

    ``page_starts[i]`` is where page ``i + 1`` begins; it is empty for files without pages.
    ``seams`` are the offsets where a page number or running header was cut out of the text.
    ``uncertain`` names the identified fields that the text did not settle.
    """

    report_id: str
    file: str
    title: str
    municipality: str | None
    board: str | None
    kind: str | None
    period: Period | None
    text: str
    page_starts: tuple[int, ...]
    blocks: tuple[Block, ...]
    seams: tuple[int, ...] = ()
    uncertain: frozenset[str] = field(default_factory=frozenset)
    beliefs: Beliefs = field(default_factory=Beliefs)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The report's sections in order; text before the first heading has an empty path."""
        sections: list[Section] = []
        path: list[tuple[int, str]] = []
        start = 0
        for block in self.blocks:
            if block.kind is not BlockKind.HEADING:
                continue
            if block.start > start:
                sections.append(Section(tuple(name for _, name in path), start, block.start))
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, self.text[block.start : block.end]))
            start = block.start
        if start < len(self.text):
            sections.append(Section(tuple(name for _, name in path), start, len(self.text)))
        return tuple(sections)

    def page(self, offset: int) -> int | None:
        """The 1-based page that ``offset`` stands on; None for a file without pages."""
        return bisect_right(self.page_starts, offset) if self.page_starts else None

    def block_at(self, offset: int) -> Block:
        """The block that holds ``offset``.

        Raises:
            IndexError: if no block begins at or before ``offset``.
        """
        return self.blocks[self.block_number(offset)]

    def block_number(self, offset: int) -> int:
        """Which of ``blocks`` holds ``offset``.

        Raises:
            IndexError: if no block begins at or before ``offset``.
        """
        index = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        if index < 0:
            raise IndexError(f"no block at {offset}")
        return index


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one section of a report, the unit of retrieval."""

    report_id: str
    start: int
    end: int
    heading_path: tuple[str, ...]


class FigureKind(StrEnum):
    """What a figure is: what came out, what was planned, expected or aimed at, or a difference."""

    OUTCOME = "utfall"
    BUDGET = "budget"
    FORECAST = "prognos"
    TARGET = "mål"
    #: From the budget or the target.
    DEVIATION = "avvikelse"
    #: From one time to another.
    CHANGE = "förändring"
    OTHER = "övrigt"

    @property
    def is_difference(self) -> bool:
        """Whether it says what two other figures differ by."""
        return self in (FigureKind.DEVIATION, FigureKind.CHANGE)


class Sign(StrEnum):
    """How the table of a figure writes what something costs."""

    COSTS_NEGATIVE = "kostnader med minus"
    COSTS_POSITIVE = "kostnader utan minus"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a report: what it measures, of which kind and period, in which unit.

    ``start`` and ``end`` enclose the number as it is written. A table's cell has the row's label
    and the column's name; a number of running text has the words before it as label, and no
    column. ``headings`` are the section's heading and the table's name, as far as there are any;
    ``group`` is the line of the table that its row stands under. ``bound`` is set where the number
    is no more than a limit ("högst 40"), an estimate ("ungefär") or the beginning of a range ("från").
    """

    report_id: str
    start: int
    end: int
    label: str
    group: str
    headings: tuple[str, ...]
    column: str
    kind: FigureKind
    period: Period | None
    value: Decimal
    unit: str | None
    bound: str | None = None
    sign: Sign | None = None
    note: str | None = None
