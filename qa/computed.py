"""What is worked out from figures: differences, shown as worked out and never mixed in their units."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from corpus.document import Figure, Report, Sign
from corpus.numerals import decimals, swedish, value
from corpus.units import MONEY, PERCENT, POINTS, convert


@dataclass(frozen=True, slots=True)
class Computed:
    """A difference between two figures, ``of[1] - of[0]``, in ``unit`` and without its sign.

    Where one report writes costs with a minus and the other without, both are taken without.
    """

    value: Decimal
    unit: str | None
    of: tuple[Figure, Figure]

    @property
    def written(self) -> str:
        """The value with its unit, as Swedish text."""
        unit = POINTS if self.unit == PERCENT else self.unit
        return f"{swedish(self.value)} {unit}" if unit else swedish(self.value)


def magnitude(figure: Figure) -> Decimal:
    """A figure's value as it is compared: a cost without its minus."""
    costs = figure.unit in MONEY or figure.unit is None
    return abs(figure.value) if costs and figure.sign is Sign.COSTS_NEGATIVE else figure.value


def difference(first: Figure, second: Figure) -> Computed | None:
    """The difference between two figures; None if they are not in units that can be compared.

    Money in two units is compared in the larger one, to as many decimals as the rougher of them has.
    """
    unit = second.unit
    if first.unit != second.unit:
        if first.unit not in MONEY or second.unit not in MONEY:
            return None
        unit = max(first.unit, second.unit, key=lambda each: MONEY[each])
    a, b = convert(magnitude(first), first.unit, unit), convert(magnitude(second), second.unit, unit)
    if a is None or b is None:
        return None
    # Only figures in the unit itself tell how finely it is known.
    known = [decimals(each.value) for each in (first, second) if each.unit == unit]
    rounded = abs(b - a).quantize(Decimal(1).scaleb(-min(known)) if known else Decimal(1), ROUND_HALF_UP)
    return Computed(rounded, unit, (first, second))


def holds(computed: Computed, reports: dict[str, Report]) -> bool:
    """Whether a computed value follows from its figures, and they from the text of their reports."""
    for figure in computed.of:
        report = reports.get(figure.report_id)
        if report is None or value(report.text[figure.start : figure.end]) != figure.value:
            return False
    return difference(*computed.of) == computed
