"""What of an answer's figures can be drawn: the same measure over time, or of several municipalities."""

from collections import defaultdict
from dataclasses import dataclass

from corpus.document import Figure
from corpus.municipalities import official
from index.measures import measure
from index.store import Library
from qa.across import shape
from qa.answer import Answer
from qa.references import Reference, references
from qa.stating import name

#: More columns than this are no small chart.
MOST_POINTS = 24


@dataclass(frozen=True, slots=True)
class Point:
    """A column of a chart: a figure, what it stands for, and the reference that has it.

    ``part`` is set where it covers a part of its year while others cover the whole.
    """

    figure: Figure
    owner: str
    when: str
    written: str
    reference: Reference
    part: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures of one measure, kind and unit; ``owners`` and ``times`` in the order in which they are drawn."""

    title: str
    unit: str | None
    owners: tuple[str, ...]
    times: tuple[str, ...]
    points: tuple[Point, ...]

    def point(self, owner: str, when: str) -> Point | None:
        """The column of an owner at a time, if the answer has one."""
        return next((each for each in self.points if (each.owner, each.when) == (owner, when)), None)


def charts(answer: Answer, library: Library) -> list[Chart]:
    """The charts of an answer: of each measure of which it states two figures or more that can be compared.

    Of one owner and time only the first is drawn, since the others say the same or were restated.
    """
    groups: dict[tuple[object, ...], list[Point]] = defaultdict(list)
    for sentence, found in zip(answer.sentences, references(answer)[1], strict=True):
        for figure in () if sentence.computed else sentence.figures:
            key = measure(figure)
            reference = _reference(figure, found)
            if key is None or figure.period is None or reference is None or figure.bound:
                continue
            report = library.report(figure.report_id)
            point = Point(
                figure,
                official(report.municipality) if report.municipality else report.file,
                figure.period.label,
                report.text[figure.start : figure.end],
                reference,
            )
            mine = groups[key, figure.unit, figure.kind, figure.sign]
            if (point.owner, point.when) not in {(each.owner, each.when) for each in mine}:
                mine.append(point)
    return [_chart(points) for points in groups.values() if 2 <= len(points) <= MOST_POINTS]


def _reference(figure: Figure, found: tuple[Reference, ...]) -> Reference | None:
    for reference in found:
        if any(c.report_id == figure.report_id and c.start <= figure.start < c.end for c in reference.citations):
            return reference
    return None


def _chart(points: list[Point]) -> Chart:
    periods = {each.when: each.figure.period for each in points}
    whole = [label for label, period in periods.items() if period and period.whole_year]
    unlike = len({shape(period) for period in periods.values()}) > 1
    drawn = tuple(
        Point(each.figure, each.owner, each.when, each.written, each.reference, unlike and each.when not in whole)
        for each in points
    )

    def order(label: str) -> tuple[object, ...]:
        period = periods[label]
        return (period.year, period.through is not None, str(period.through or "")) if period else (0, False, "")

    times = tuple(sorted(periods, key=order))
    first = points[0].figure
    kind = "" if first.kind.value in ("utfall", "övrigt") else f", {first.kind.value}"
    unit = f", {first.unit}" if first.unit and first.unit not in name(first) else ""
    owners = tuple(dict.fromkeys(each.owner for each in points))
    where = f": {owners[0]}" if len(owners) == 1 else ""
    when = f" {times[0]}" if len(times) == 1 else ""
    return Chart(f"{name(first)}{kind}{unit}{where}{when}", first.unit, owners, times, drawn)
