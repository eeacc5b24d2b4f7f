"""What is worked out from figures: differences, shown as worked out and never mixed in their units."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from corpus.document import Figure, FigureKind, Report, Sign
from corpus.numerals import decimals, step, swedish, value
from corpus.units import MONEY, PERCENT, POINTS, convert


@dataclass(frozen=True, slots=True)
class Computed:
    """The difference ``of[1] - of[0]`` in ``unit``: ``change`` with its sign, ``value`` without.

    What something costs is taken without the minus that one report writes and the other may not.
    """

    change: Decimal
    unit: str | None
    of: tuple[Figure, Figure]

    @property
    def value(self) -> Decimal:
        return abs(self.change)

    @property
    def written(self) -> str:
        """The value with its unit, as Swedish text."""
        unit = POINTS if self.unit == PERCENT else self.unit
        return f"{swedish(self.value)} {unit}" if unit else swedish(self.value)


def comparable_values(figures: Sequence[Figure]) -> list[Decimal]:
    """The figures' values as they are compared with each other, in kronor where they are money.

    A cost counts without its minus, and so an income of the same table below nought; where all are
    incomes, all are taken without. Differences keep their signs.
    """
    values = []
    for figure in figures:
        amount = figure.value * MONEY.get(figure.unit or "", Decimal(1))
        costs = figure.sign is Sign.COSTS_NEGATIVE and not figure.kind.is_difference
        values.append(-amount if costs else amount)
    signed = any(figure.sign and not figure.kind.is_difference for figure in figures)
    return [abs(each) for each in values] if signed and all(each <= 0 for each in values) else values


def difference(first: Figure, second: Figure) -> Computed | None:
    """The difference between two figures; None if they can't be compared.

    They can't in units of different things, nor where one of them is only a limit, an estimate or a
    range, but for two targets. Money in two units is compared in the larger one, to as many decimals
    as it is known to; None if it is not known well enough to tell the two apart.
    """
    if (first.bound or second.bound) and not first.kind is second.kind is FigureKind.TARGET:
        return None
    unit = second.unit
    if first.unit != second.unit:
        if first.unit not in MONEY or second.unit not in MONEY:
            return None
        unit = max(first.unit, second.unit, key=lambda each: MONEY[each])
    a, b = (each / MONEY.get(unit or "", Decimal(1)) for each in comparable_values([first, second]))
    places = [decimals(each.value) for each in (first, second) if each.unit == unit]
    # Of two figures in one unit the finer tells the decimals; of two units, the rougher is known to no more.
    known = max(places) if first.unit == second.unit else min(places, default=0)
    change = (b - a).quantize(Decimal(1).scaleb(-known), ROUND_HALF_UP)
    return None if change == 0 and a != b else Computed(change, unit, (first, second))


def same_amount(first: Figure, second: Figure) -> bool:
    """Whether two figures are one amount, but for the rounding of the rougher of them."""
    amount = convert(second.value, second.unit, first.unit)
    if amount is None:
        return False
    rough = convert(step(second.value), second.unit, first.unit) or Decimal(0)
    return (
        abs(amount - first.value) <= max(rough, step(first.value)) / 2
        if first.unit != second.unit
        else amount == first.value
    )


def holds(computed: Computed, reports: dict[str, Report]) -> bool:
    """Whether a computed value follows from its figures, and they from the text of their reports."""
    for figure in computed.of:
        report = reports.get(figure.report_id)
        if report is None or value(report.text[figure.start : figure.end]) != figure.value:
            return False
    return difference(*computed.of) == computed
