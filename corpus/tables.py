"""The tables of a report: rows, columns and the figures in them, each with its place.

A cell is only made a figure where its column is certain; the others are counted.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.columns import Column, read_columns
from corpus.consistency import TOTAL, settle_by_totals
from corpus.document import Block, BlockKind, FigureKind, Report
from corpus.numerals import parse
from corpus.readings import Reading, agreed, of_one_size, possible_readings, readings
from corpus.rows import EMPTY, SOURCE, VERDICT, Cell, qualified, split_row
from corpus.structure import BULLET, DATES
from corpus.units import PERCENT

#: A table's cells are of one sort if so many of its rows agree.
MOSTLY = 0.8
#: What a report itself says of a target, in a column of its own.
JUDGED = re.compile(r"\b(?:uppfyll|uppnå|nådd|nått|klara)\w*", re.I)
TABLE_KINDS = (BlockKind.TABLE_HEAD, BlockKind.ROW)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its label, the line over it that it belongs under, and its cells by column.

    ``cells`` has None where a cell is empty or uncertain; ``uncertain`` counts the figures of the
    row that are under no certain column.
    """

    block: Block
    label: str
    group: str
    cells: Reading
    uncertain: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its head as written, the columns of figures that it names, and its rows."""

    head: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def certain(self) -> int:
        """How many cells with a number stand under a certain column."""
        return sum(1 for row in self.rows for cell in row.cells if cell is not None and cell.value is not None)

    @property
    def uncertain(self) -> int:
        """How many figures stand under no certain column."""
        return sum(row.uncertain for row in self.rows)


def tables(report: Report) -> list[Table]:
    """The tables of ``report`` that hold figures, in order."""
    found: list[Table] = []
    for blocks in _runs(report):
        table = _table(report, blocks)
        if table and (table.certain or table.uncertain):
            found.append(table)
    return found


def _runs(report: Report) -> Iterator[list[Block]]:
    """The blocks of each table: its head and its rows."""
    run: list[Block] = []
    for block in (*report.blocks, None):
        heads_another = (
            block is not None
            and (block.kind is BlockKind.TABLE_HEAD or _names_columns(report, block))
            and any(_has_figures(report, each) for each in run if each.kind is BlockKind.ROW)
        )
        if run and (block is None or block.kind not in TABLE_KINDS or heads_another):
            yield run
            run = []
        if block is not None and block.kind in TABLE_KINDS:
            run.append(block)


def _names_columns(report: Report, block: Block) -> bool:
    """Whether a row with tabs has a word in every cell, as only a head has."""
    cells = [cell.strip() for cell in text_of(report, block).split("\t")[1:]]
    return len(cells) >= 2 and all(
        re.match(r"[^\W\d_]{3,}", cell) and not EMPTY.search(cell) and not JUDGED.search(cell) for cell in cells
    )


def table_spans(report: Report) -> list[tuple[int, int]]:
    """Where each table of ``report`` begins and ends, in order: its head and its rows."""
    return [(run[0].start, run[-1].end) for run in _runs(report)]


def text_of(report: Report, block: Block) -> str:
    """A block as it is written."""
    return report.text[block.start : block.end]


def _has_figures(report: Report, block: Block) -> bool:
    text = text_of(report, block)
    if "\t" in text:
        return any(parse(cell) is not None and not _is_year(cell) for cell in text.split("\t")[1:])
    return bool(split_row(text)[1])


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"\s*(?:19|20)\d\d\s*", text))


def _table(report: Report, blocks: Sequence[Block]) -> Table | None:
    tabbed = any("\t" in text_of(report, block) for block in blocks if block.kind is BlockKind.ROW)
    if not tabbed:
        first = next((at for at, block in enumerate(blocks) if block.kind is BlockKind.ROW), len(blocks))
    else:
        first = _squared_head(report, blocks)
    if not any(_has_figures(report, block) for block in blocks[first:]):
        return None
    head = "\n".join(text_of(report, block) for block in blocks[:first])
    return (_placed if tabbed else _flattened)(report, head, blocks[first:])


def _squared_head(report: Report, blocks: Sequence[Block]) -> int:
    """How many lines of a table with tabs are its head: those that name columns, before any figure."""
    count = 0
    for at, block in enumerate(blocks):
        cells = text_of(report, block).split("\t")[1:]
        figures = re.search(r"\d", DATES.sub("", " ".join(cells))) if count else _has_figures(report, block)
        if block.kind is BlockKind.ROW and figures:
            break
        if block.kind is BlockKind.TABLE_HEAD or any(map(str.strip, cells)):
            count = at + 1
    return count


# --- tables whose cells have kept their places --------------------------------------------------


def _placed(report: Report, head: str, blocks: Sequence[Block]) -> Table:
    """A table with tabs between its cells."""
    texts = [text_of(report, block) for block in blocks]
    cells = [list(_tabbed_cells(text)) for text in texts]
    named = read_columns(_squared(head), report.period) if "\t" in head else []
    width = max(map(len, cells))
    numeric = [_is_numeric([row[at] for row in cells if at < len(row)]) for at in range(width)]
    counted = bool(numeric) and _is_index([row[0] for row in cells])
    lead = 1
    while lead < width and _is_wordy([row[lead] for row in cells if lead < len(row)]) and any(numeric[lead:]):
        lead += 1
    columns: list[Column | None] = [
        column if at + 1 >= lead and at + 1 < width and numeric[at + 1] else None for at, column in enumerate(named)
    ]
    rows: list[Row] = []
    group = ""
    for block, row in zip(blocks, cells, strict=True):
        label = (
            ", ".join(cell.text for cell in row[int(counted and lead > 1) : lead] if cell.text.strip()) or row[0].text
        )
        if not any(cell.text.strip() for cell in row[1:]):
            group = _group(label, group)
            continue
        mine, group = _grouped(label, group)
        here = [row[at + 1] if at + 1 < len(row) else None for at in range(len(columns))]
        kept = tuple(cell for cell, column in zip(here, columns, strict=True) if column is not None)
        kept = tuple(cell if cell and cell.text.strip() else None for cell in kept)
        figures_in_row = sum(1 for cell in row[lead:] if cell.value is not None)
        certain = sum(1 for cell in kept if cell and cell.value is not None)
        rows.append(Row(block, label.strip(), mine, kept, figures_in_row - certain))
    found = tuple(column for column in columns if column is not None)
    return Table(head, _caption(head, [column.name for column in found]), found, _distinct(rows))


def _squared(head: str) -> str:
    """A head's lines with tabs, without those that name the table in one cell."""
    lines = [line for line in head.split("\n") if "\t" in line]
    return "\n".join(
        line for line in lines if sum(1 for cell in line.split("\t") if cell.strip()) > 1 or len(lines) == 1
    )


def _tabbed_cells(text: str) -> Iterator[Cell]:
    at = 0
    for part in text.split("\t"):
        start = at + len(part) - len(part.lstrip())
        yield Cell(part.strip(), start, start + len(part.strip()))
        at += len(part) + 1


def _is_numeric(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if re.search(r"\w", cell.text)]
    return bool(filled) and sum(1 for cell in filled if cell.value is not None) >= len(filled) / 2


def _is_wordy(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell.text.strip()]
    return bool(filled) and sum(1 for cell in filled if re.search(r"\d", cell.text)) < len(filled) / 2


def _is_index(cells: Sequence[Cell]) -> bool:
    """Whether a first column only numbers the rows."""
    values = [cell.value for cell in cells if cell.text.strip()]
    steps = [b - a for a, b in pairwise(values) if a is not None and b is not None]
    return len(steps) >= 2 and sum(each == 1 for each in steps) >= MOSTLY * (len(values) - 1)


# --- tables of flattened text -------------------------------------------------------------------


def _flattened(report: Report, head: str, blocks: Sequence[Block]) -> Table:
    """A table whose cells are parted by spaces alone."""
    columns = read_columns(head, report.period)
    names = [column.name for column in columns]
    texts = [text_of(report, block) for block in blocks]
    split = [split_row(text) for text in texts]
    tokens = [_without_verdicts(cells) for _, cells in split]
    judged = sum(1 for (_, cells), bare in zip(split, tokens, strict=True) if len(bare) < len(cells))
    if blocks[1:] and not split[0][1] and judged >= len(blocks) / 2:
        # The rest of the head: the name of the column of verdicts.
        blocks, texts, split, tokens = blocks[1:], texts[1:], split[1:], tokens[1:]
    columns = _fitting(columns, [(cells, text) for cells, text in zip(tokens, texts, strict=True) if cells])
    labels = [_label(report, block, label) for block, (label, _) in zip(blocks, split, strict=True)]
    ways: list[list[Reading]] = []
    numbers: dict[int, str] = {}
    for at, (cells, text) in enumerate(zip(tokens, texts, strict=True)):
        if not cells and _is_unknown_head(labels[at], columns):
            # Another table begins, whose columns nobody knows.
            columns_here: list[Column] = []
        elif at == 0:
            columns_here = columns
        known = bool(cells and columns_here) and not qualified(text, cells)
        found, used = possible_readings(cells, columns_here, text) if known else ([], cells)
        if used and used[0] is not cells[0]:
            numbers[at] = text[cells[0].start : used[0].start].strip()
        tokens[at] = list(used)
        ways.append(found)
    if not NUMBERED.search(head):
        # Numbers of notes stand in a column of their own.
        for at, number in numbers.items():
            labels[at] = f"{labels[at]} {number}"
    ways = of_one_size(columns, ways, tokens, texts)
    ways = settle_by_totals(labels, ways)
    rows: list[Row] = []
    group = ""
    for block, label, cells, possible in zip(blocks, labels, tokens, ways, strict=True):
        if not cells:
            group = _group(label, group)
            continue
        mine, group = _grouped(label, group)
        kept = agreed(possible) if label else ()
        certain = sum(1 for cell in kept if cell and cell.value is not None)
        count = max((sum(1 for cell in way if cell and cell.value is not None) for way in possible), default=0)
        uncertain = max(0, (count or sum(1 for cell in cells if cell.value is not None)) - certain)
        rows.append(Row(block, label, mine, kept or (None,) * len(columns), uncertain))
    return Table(head, _caption(head, names), tuple(columns), _distinct(rows))


NUMBERED = re.compile(r"\b(?:Not|Nr|Noter)\b")


def _is_unknown_head(label: str, columns: Sequence[Column]) -> bool:
    """Whether a line alone among the rows names as many columns as there are: another table's head."""
    words = label.split()
    return len(words) == len(columns) >= 2 and all(word[0].isupper() for word in words)


def _without_verdicts(cells: list[Cell]) -> list[Cell]:
    while cells and VERDICT.match(cells[-1].text):
        cells = cells[:-1]
    return cells


def _label(report: Report, block: Block, label: str) -> str:
    """A row's label; where the row begins with its source, the list item or line before it."""
    if re.search(r"\w", label):
        return label
    at = report.block_number(block.start)
    before = report.blocks[at - 1] if at else None
    if before is None or before.kind is not BlockKind.ITEM or not SOURCE.match(text_of(report, block)):
        return ""
    return BULLET.sub("", text_of(report, before))


def _fitting(columns: list[Column], rows: Sequence[tuple[list[Cell], str]]) -> list[Column]:
    """The columns as most rows have them: without a last one of words, or with a difference beside its per cent."""
    if not columns or not rows:
        return columns

    def full(tried: list[Column]) -> int:
        return sum(any(None not in way for way in readings(cells, tried, text)) for cells, text in rows)

    options = [columns]
    if columns[-1].kind is FigureKind.OTHER and len(columns) > 1:
        options.append(columns[:-1])
    for at, column in enumerate(columns):
        alone = not any(other.unit != PERCENT and other.kind is column.kind for other in columns)
        if column.unit == PERCENT and column.kind.is_difference and alone:
            beside = replace(column, name=column.name.replace("%", "").strip(), unit=None)
            options.append([*columns[:at], beside, *columns[at:]])
    return max(options, key=full)


def _group(line: str, before: str) -> str:
    """The line that the rows after it stand under.

    The rest of a head or of a cell above is none: it begins in lower case, or ends a parenthesis.
    """
    return before if line[:1].islower() or line.count("(") != line.count(")") else line


def _grouped(label: str, group: str) -> tuple[str, str]:
    """What a row stands under, and what the rows after it do: a total ends its group.

    A total that does not name the group is of more than it.
    """
    if not group or not TOTAL.match(label):
        return group, group
    words = {word[:5] for word in re.findall(r"[^\W\d_]{4,}", group.lower())}
    named = any(word[:5] in words for word in re.findall(r"[^\W\d_]{4,}", label.lower()))
    return (group if named else ""), ""


def _distinct(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows; of two with one label and other figures, only the lines above tell which is which."""
    seen: defaultdict[tuple[str, str], set[tuple[object, ...]]] = defaultdict(set)
    for row in rows:
        seen[row.label, row.group].add(tuple(cell.value if cell else None for cell in row.cells))
    return tuple(row if len(seen[row.label, row.group]) == 1 and row.label else _doubted(row) for row in rows)


def _doubted(row: Row) -> Row:
    count = sum(1 for cell in row.cells if cell and cell.value is not None)
    return replace(row, cells=(None,) * len(row.cells), uncertain=row.uncertain + count)


def _caption(head: str, names: Sequence[str]) -> str:
    """What the head says before it names the columns: the table's name."""
    first = head.split("\n")[0]
    if "\t" in first:
        return first.split("\t")[0].strip()
    if "\n" in head or not names:
        return first.strip()
    at = head.find(names[0].split()[0])
    return head[: max(at, 0)].strip()
