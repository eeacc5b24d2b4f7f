"""The value types that the whole project shares. Derived facts are properties."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Block:
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
    """The year a report covers and, for an interim report, the date it reaches."""

    year: int
    through: date | None = None

    @property
    def whole_year(self) -> bool:
        return self.through is None or (self.through.month, self.through.day) == (12, 31)

    @property
    def label(self) -> str:
        """``2023`` or ``januari–augusti 2024``."""
        if self.whole_year or self.through is None:
            return str(self.year)
        return f"januari–{MONTHS[self.through.month - 1]} {self.year}"


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
        index = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        if index < 0:
            raise IndexError(f"no block at {offset}")
        return self.blocks[index]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one section of a report, the unit of retrieval."""

    report_id: str
    start: int
    end: int
    heading_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of a table: what it measures, for which column and period, in which unit.

    ``start`` and ``end`` enclose the cell itself; the row is the block around it.
    """

    report_id: str
    start: int
    end: int
    label: str
    column: str
    period: str | None
    value: Decimal
    unit: str | None
    note: str | None = None
