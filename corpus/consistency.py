"""What a table states of itself: differences and totals that must agree with its other cells.

They settle which column a cell stands under where the row alone leaves it open, and they show
where a report is wrong. What is wrong is told, never put right.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Protocol

from corpus.columns import Column
from corpus.document import FigureKind
from corpus.numerals import step, swedish
from corpus.readings import Reading, differences, total_of
from corpus.units import PERCENT

TOTAL = re.compile(r"^(?:summa|totalt?|sa\b)", re.I)
#: More ways than this to read a table's open rows are not tried against its total.
MOST_WAYS = 5_000
#: A sum or a difference that others in its table confirm is believed to be meant as one.
CONFIRMED = 2


class Labelled(Protocol):
    """A row as far as it is checked here."""

    @property
    def label(self) -> str: ...
    @property
    def cells(self) -> Reading: ...


def settle_by_totals(labels: Sequence[str], ways: Sequence[Sequence[Reading]]) -> list[list[Reading]]:
    """The readings of each row that give the table's total in every column, where some do.

    ``ways`` are the readings that each row by itself leaves possible.
    """
    kept = [list(each) for each in ways]
    begin = 0
    for at, label in enumerate(labels):
        if not TOTAL.match(label) or len(kept[at]) != 1:
            continue
        rows = [number for number in range(begin, at) if kept[number]]
        begin = at + 1
        count = 1
        for number in rows:
            count *= len(kept[number])
        if not 1 < count <= MOST_WAYS:
            continue
        total = kept[at][0]
        good = [chosen for chosen in product(*(kept[number] for number in rows)) if _adds_up(chosen, total)]
        if good:
            for place, number in enumerate(rows):
                kept[number] = list(dict.fromkeys(chosen[place] for chosen in good))
    return kept


def _adds_up(rows: Sequence[Reading], total: Reading) -> bool:
    return all(
        cell is None or cell.value is None or abs(total_of(rows, at) - cell.value) <= _slack(rows, at, cell.value)
        for at, cell in enumerate(total)
    )


def _slack(rows: Sequence[Reading], at: int, total: Decimal) -> Decimal:
    """What rounding may have added up to."""
    values = [cell.value for row in rows if (cell := row[at]) and cell.value is not None]
    return step(*values, total) * (len(values) + 1) / 2


def wrong_totals(columns: Sequence[Column], rows: Sequence[Labelled]) -> dict[tuple[int, int], str]:
    """Notes on totals that are not the sum of the rows above, by number of row and column.

    Only where the other columns of the same row are sums: else the total is of something else.
    """
    found: dict[tuple[int, int], str] = {}
    begin = 0
    for number, row in enumerate(rows):
        if not TOTAL.match(row.label):
            continue
        above = [other.cells for other in rows[begin:number]]
        begin = number + 1
        held: list[int] = []
        failed: list[int] = []
        for at, cell in enumerate(row.cells):
            if (
                cell is None
                or cell.value is None
                or columns[at].unit == PERCENT
                or any(each[at] is None for each in above)
            ):
                continue
            right = abs(total_of(above, at) - cell.value) <= _slack(above, at, cell.value)
            (held if right else failed).append(at)
        if len(above) < CONFIRMED or len(held) < CONFIRMED or len(held) < len(failed):
            continue
        for at in failed:
            added = swedish(total_of(above, at))
            found[number, at] = (
                f"Rapportens summa för «{row.label}» ({columns[at].name}) stämmer inte med raderna ovanför, "
                f"som tillsammans blir {added}."
            )
    return found


def wrong_differences(columns: Sequence[Column], rows: Sequence[Labelled]) -> dict[tuple[int, int], str]:
    """Notes on deviations that are no difference of the row's other cells, where the other rows' are."""
    spread = [at for at, column in enumerate(columns) if column.kind is FigureKind.DEVIATION and column.unit != PERCENT]
    if len(spread) != 1:
        return {}
    at = spread[0]
    checked = [(number, row, *differences(row.cells, columns)) for number, row in enumerate(rows) if any(row.cells)]
    held = sum(1 for _, _, right, _ in checked if right)
    failed = [(number, row) for number, row, right, wrong in checked if wrong and not right and row.cells[at]]
    if held < CONFIRMED or held < 2 * len(failed):
        return {}
    return {
        (number, at): f"Rapportens avvikelse för «{row.label}» stämmer inte med radens övriga tal."
        for number, row in failed
    }
