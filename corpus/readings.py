"""The ways in which a row's cells may stand under the columns, and which of them are believed.

Text pulled out of a PDF has lost the edges of the cells. Thousands are parted by the same space
as cells are, and an empty cell leaves no trace. So a row has many readings. What the columns
admit, and the differences that the row itself states, decide between them, and then the other
rows; what they leave open stays open.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise, product

from corpus.columns import COLUMN, Column
from corpus.document import FigureKind
from corpus.numerals import parse, step
from corpus.rows import NOTHING, NUMBER_TOKEN, QUALIFIER, SUFFIX, VERDICT, Cell
from corpus.units import MONEY, PERCENT

FIRST_GROUP = re.compile(r"^[<>≤≥=~±]*[-−–+]?[1-9]\d{0,2}$")
NEXT_GROUP = re.compile(r"^\d{3}(?:,\d+)?%?\*{0,2}$")
#: More readings than this are none; nor are more steps tried to find them.
MOST_READINGS = 600
MOST_TRIED = 20_000
#: A cell, or None for an empty one, for each column.
Reading = tuple[Cell | None, ...]
#: Neighbouring years of one measure seldom differ by more than this factor.
STEADY = 5
#: "Meritvärde åk 9 231 225": a number that may end the label, or begin the first cell.
LABEL_NUMBER = re.compile(r"^\d{1,2}$")
#: A table's rows are of one size if so many of its cells are.
MOSTLY = Decimal("0.8")
THOUSAND = 1000


def readings(tokens: Sequence[Cell], columns: Sequence[Column], text: str) -> list[Reading]:
    """Every way to put ``tokens`` of a row's ``text`` under ``columns``; none where there are too many."""
    percent = any("%" in token.text for token in tokens)
    aimed = any(column.kind is FigureKind.TARGET for column in columns)
    mixed = any(column.unit == PERCENT for column in columns) and any(column.unit != PERCENT for column in columns)

    def admits(column: Column, cell: Cell) -> bool:
        number = parse(cell.text)
        if number is None:
            return not VERDICT.match(cell.text) or not _holds_numbers(column)
        if "%" in cell.text:
            return column.unit not in MONEY and not (mixed and column.unit != PERCENT)
        if mixed and percent and column.unit == PERCENT:
            return False
        return not (aimed and number.bound and column.kind is not FigureKind.TARGET)

    found: list[Reading] = []
    tried = 0

    def put(at: int, column: int, before: Reading) -> None:
        nonlocal tried
        tried += 1
        if len(found) > MOST_READINGS or tried > MOST_TRIED:
            return
        if column == len(columns):
            if at == len(tokens):
                found.append(before)
            return
        for end in _cell_ends(tokens, at):
            first, last = tokens[at], tokens[end - 1]
            cell = Cell(text[first.start : last.end], first.start, last.end)
            if admits(columns[column], cell):
                put(end, column + 1, (*before, cell))
        put(at, column + 1, (*before, None))

    put(0, 0, ())
    return found if len(found) <= MOST_READINGS and tried <= MOST_TRIED else []


def _holds_numbers(column: Column) -> bool:
    return column.kind is not FigureKind.OTHER or bool(COLUMN.match(column.name.split()[0]))


def _cell_ends(tokens: Sequence[Cell], at: int) -> Iterator[int]:
    """Where a cell that begins with token ``at`` can end."""
    if at >= len(tokens):
        return
    first = at
    if (QUALIFIER.match(tokens[at].text) or NOTHING.match(tokens[at].text)) and at + 1 < len(tokens):
        if NOTHING.match(tokens[at].text):
            # A dash is an empty cell, or the sign of the number after it.
            yield at + 1
        at += 1
    end = at + 1
    if re.match(r"^0\d\d$", tokens[at].text):
        # No number begins with a nought but a decimal one: this is the end of a thousand.
        return
    if not NUMBER_TOKEN.match(tokens[at].text):
        if at == first:
            yield end
        return
    while True:
        if end < len(tokens) and SUFFIX.match(tokens[end].text):
            yield end + 1
        else:
            yield end
        more = end < len(tokens) and NEXT_GROUP.match(tokens[end].text)
        if not (FIRST_GROUP.match(tokens[at].text) and more and tokens[end].start == tokens[end - 1].end + 1):
            return
        if end > at + 1 and not re.match(r"^\d{3}$", tokens[end - 1].text):
            return
        end += 1


def possible_readings(
    tokens: Sequence[Cell], columns: Sequence[Column], text: str
) -> tuple[list[Reading], Sequence[Cell]]:
    """The readings that a row by itself leaves possible, and those of its ``tokens`` that are its cells.

    Comments after the last cell are left out. A first number that may as well end the label is
    read with the cells, or not, as the row's differences and the sizes of its cells tell; nothing
    is possible where they don't.
    """
    tokens = _before_comments(tokens, columns, text)
    ways = settle(readings(tokens, columns, text), columns)
    if len(tokens) < 2 or not LABEL_NUMBER.match(tokens[0].text) or not NUMBER_TOKEN.match(tokens[1].text):
        return ways, tokens
    shorter = settle(readings(tokens[1:], columns, text), columns)
    full, other = ([way for way in each if not _gaps(way, columns)] for each in (ways, shorter))
    if not other:
        return ways, tokens
    if not full:
        return shorter, tokens[1:]
    held, held_without = (max(differences(way, columns)[0] for way in each) for each in (full, other))
    if held != held_without:
        return (ways, tokens) if held > held_without else (shorter, tokens[1:])
    spread, spread_without = (min(_spread(way, columns) for way in each) for each in (full, other))
    if max(spread, spread_without) < 2 * min(spread, spread_without):
        return [], tokens
    if spread_without < spread and re.fullmatch(r"\d{3}", tokens[1].text):
        # "12 345" is as likely a number as "12" is the end of the label.
        return [], tokens
    return (ways, tokens) if spread < spread_without else (shorter, tokens[1:])


def _before_comments(tokens: Sequence[Cell], columns: Sequence[Column], text: str) -> Sequence[Cell]:
    """The tokens before the first words between them, if they fill the row."""
    for at in range(1, len(tokens)):
        if re.search(r"[^\W\d_]{2}", text[tokens[at - 1].end : tokens[at].start]):
            first = tokens[:at]
            return first if any(not _gaps(way, columns) for way in readings(first, columns, text)) else tokens
    return tokens


def settle(ways: Sequence[Reading], columns: Sequence[Column]) -> list[Reading]:
    """The readings that the row itself leaves possible.

    Those whose stated differences hold; else those without an empty cell. "12 345" under two
    columns may be 12 and 345, or 12 345 beside an empty cell: a reading without empty cells is
    believed against others only where its values agree in size, and no difference contradicts it.
    """
    checked = [(way, *differences(way, columns)) for way in ways]
    most = max((held for _, held, _ in checked), default=0)
    if most:
        ways = [way for way, held, failed in checked if held == most and not failed] or [
            way for way, held, _ in checked if held == most
        ]
        return [way for way in ways if not _gaps(way, columns)] or list(ways)
    full = [(way, failed) for way, _, failed in checked if not _gaps(way, columns)]
    if len(full) == 1:
        way, failed = full[0]
        dashes = [cell for cell in way if cell is not None and NOTHING.match(cell.text)]
        if len(ways) > 1 and len(dashes) > 1:
            # Dashes for nothing, or signs of the numbers after them.
            return []
        if failed and any(cell is not None and " " in cell.text for cell in way):
            # Its digits may go together otherwise, with words of the label or a number beside them.
            return []
        if len(ways) == 1 or _spread(way, columns) <= STEADY or not _regroups(ways):
            return [way]
    return list(ways)


def of_one_size(
    columns: Sequence[Column], ways: list[list[Reading]], tokens: Sequence[Sequence[Cell]], texts: Sequence[str]
) -> list[list[Reading]]:
    """The readings of a table's rows that the other rows make credible.

    Where the rows all have so many numbers that they can't be whole cells of the columns named,
    the head is not all there. Where the plain rows have thousands, "120 450" is not two numbers.
    """
    if not columns:
        return ways
    counts = {
        sum(bool(NUMBER_TOKEN.match(token.text)) for token in each)
        for each, found in zip(tokens, ways, strict=True)
        if each and found
    }
    held = any(differences(way, columns)[0] for found in ways for way in found)
    if len(counts) == 1 and (count := counts.pop()) > len(columns) and count % len(columns) and not held:
        return [[] for _ in ways]
    rows = [each for each in tokens if each]
    if 2 * sum(sum(bool(NUMBER_TOKEN.match(t.text)) for t in each) > len(columns) for each in rows) > len(rows):
        # Most rows have more numbers than cells, so most cells are of several.
        return [
            _unless_fewer(found, each, columns, text) for found, each, text in zip(ways, tokens, texts, strict=True)
        ]
    settled = [found[0] for found in ways if len(found) == 1]
    plain = [cell for way in settled for cell in way if cell and cell.value and "%" not in cell.text]
    large = sum(1 for cell in plain if abs(cell.value or Decimal(0)) >= THOUSAND)
    if not plain or large < len(plain) * MOSTLY:
        return ways
    return [_unless_fewer(found, each, columns, text) for found, each, text in zip(ways, tokens, texts, strict=True)]


def _unless_fewer(found: list[Reading], tokens: Sequence[Cell], columns: Sequence[Column], text: str) -> list[Reading]:
    """A row's one reading, or all of them where its small numbers could be fewer large ones."""
    if len(found) != 1 or not _may_be_fewer(found[0], tokens, columns):
        return found
    return readings(tokens, columns, text)


def _may_be_fewer(way: Reading, tokens: Sequence[Cell], columns: Sequence[Column]) -> bool:
    """Whether a row of small numbers could be one of fewer, larger ones."""
    small = all(cell is None or cell.value is None or abs(cell.value) < THOUSAND for cell in way)
    joins = any(
        FIRST_GROUP.match(a.text) and NEXT_GROUP.match(b.text) and b.start == a.end + 1 for a, b in pairwise(tokens)
    )
    return small and joins and not differences(way, columns)[0]


def _gaps(way: Reading, columns: Sequence[Column]) -> int:
    """How many cells are empty, but for a per cent beside a difference, which small ones lack."""
    spared = {at for at, column in enumerate(columns) if column.unit == PERCENT and column.kind.is_difference}
    return sum(1 for at, cell in enumerate(way) if cell is None and at not in spared)


def _regroups(ways: Sequence[Reading]) -> bool:
    """Whether the readings differ in which digits go together."""
    return len({tuple(cell for cell in way if cell is not None) for way in ways}) > 1


def _spread(way: Reading, columns: Sequence[Column]) -> Decimal:
    """How many times the smallest cell its largest is; differences and noughts are not counted."""
    values = [
        abs(cell.value)
        for cell, column in zip(way, columns, strict=True)
        if cell is not None and cell.value and not column.kind.is_difference
    ]
    return max(values) / min(values) if values else Decimal(1)


#: What may have been subtracted from what, by the kind of the difference.
_TERMS = {
    FigureKind.DEVIATION: (
        (FigureKind.BUDGET, FigureKind.OUTCOME),
        (FigureKind.BUDGET, FigureKind.FORECAST),
        (FigureKind.TARGET, FigureKind.OUTCOME),
        (FigureKind.FORECAST, FigureKind.OUTCOME),
    ),
    FigureKind.CHANGE: ((FigureKind.OUTCOME, FigureKind.OUTCOME), (FigureKind.FORECAST, FigureKind.OUTCOME)),
}


def differences(way: Reading, columns: Sequence[Column]) -> tuple[int, int]:
    """How many of a row's differences are the difference of two of its cells, and how many are not.

    Whatever the signs, and but for rounding: reports write a cost above its budget with a plus or
    a minus. Differences in per cent are not counted.
    """
    values = [cell.value if cell else None for cell in way]
    held = failed = 0
    for at, column in enumerate(columns):
        stated = values[at]
        if (
            stated is None
            or column.unit == PERCENT
            or not column.kind.is_difference
            or "%" in (way[at] or Cell("", 0, 0)).text
        ):
            continue
        pairs = [
            (a, b)
            for minuend, subtrahend in _TERMS[column.kind]
            for i, a in enumerate(values)
            for j, b in enumerate(values)
            if i != j and a is not None and b is not None
            if columns[i].kind is minuend and columns[j].kind is subtrahend
        ]
        if any(abs(abs(a - b) - abs(stated)) <= step(a, b, stated) * Decimal("1.5") for a, b in pairs):
            held += 1
        elif pairs:
            failed += 1
    return held, failed


def deviates_by(rows: Iterable[Reading], columns: Sequence[Column], at: int) -> set[int]:
    """The columns that most rows' difference in column ``at`` is of, where one pair of them alone is."""
    counts: Counter[tuple[int, int]] = Counter()
    for row in rows:
        cell = row[at]
        stated = cell.value if cell else None
        if stated is None:
            continue
        for i, j in product(range(len(columns)), repeat=2):
            first, second = row[i], row[j]
            a, b = first.value if first else None, second.value if second else None
            if (
                (columns[i].kind, columns[j].kind) in _TERMS.get(columns[at].kind, ())
                and a is not None
                and b is not None
            ):
                counts[i, j] += abs(abs(a - b) - abs(stated)) <= step(a, b, stated) * Decimal("1.5")
    best = counts.most_common(2)
    if not best or not best[0][1] or (len(best) > 1 and best[1][1] == best[0][1]):
        return set()
    return set(best[0][0])


def agreed(ways: Sequence[Reading]) -> Reading:
    """The cells that stand under the same column in every reading."""
    if not ways:
        return ()
    return tuple(cells[0] if len(set(cells)) == 1 else None for cells in zip(*ways, strict=True))


def total_of(rows: Iterable[Reading], at: int) -> Decimal:
    """The sum of a column; empty cells and cells without a number count as nothing."""
    values = (row[at].value for row in rows if row[at] is not None)  # type: ignore[union-attr]
    return sum((each for each in values if each is not None), Decimal(0))
