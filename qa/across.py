"""The same measure in several reports: its series over the years, and figures that were restated."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from corpus.document import Figure, FigureKind, Period
from corpus.units import convert
from index.prepare import Entry
from index.store import Library
from qa.computed import same_amount
from qa.recency import age


def alike(figure: Figure, library: Library) -> list[Figure]:
    """The figures of the same measure and unit in all reports of the figure's municipality and board.

    What a report says of one kind and period in two ways is left out: its label is of more than one thing.
    """
    own = library.entry(figure.report_id)
    entries = [e for e in library.entries if (e.municipality, e.board) == (own.municipality, own.board)]
    if own.municipality is None:
        entries = [own]
    found = library.catalogue.alike(figure, [entry.report_id for entry in entries])
    values: defaultdict[tuple[str, FigureKind, Period | None, str], set[object]] = defaultdict(set)
    for each in found:
        values[each.report_id, each.kind, each.period, each.column].add(each.value)
    return [
        each
        for each in found
        if len(values[each.report_id, each.kind, each.period, each.column]) == 1
        and convert(each.value, each.unit, figure.unit) is not None
    ]


def restated(figure: Figure, library: Library) -> Figure | None:
    """What a later report says of the same measure, kind and period, if it says something else."""
    own = library.entry(figure.report_id)
    later = [
        each
        for each in alike(figure, library)
        if (each.kind, each.period) == (figure.kind, figure.period) and age(library.entry(each.report_id)) > age(own)
    ]
    latest = max(later, key=lambda each: age(library.entry(each.report_id)), default=None)
    if latest is None or latest.period is None:
        return None
    return None if latest.bound or figure.bound or same_amount(figure, latest) else latest


def series(cells: Sequence[Figure], library: Library) -> list[Figure]:
    """The cells of one row and what other reports have of the same measure for other periods, in order of time.

    A whole year is never set beside eight months. Of two reports, the later is believed.
    """
    if not cells:
        return []
    own = shape(cells[0].period)
    found: dict[tuple[str, Period], Figure] = {}
    believed: dict[Period, Figure] = {}
    candidates = [each for each in alike(cells[0], library) if each.kind is cells[0].kind]
    for each in [*_oldest_first(candidates, library), *cells]:
        if each.period and shape(each.period) == own and (each.report_id, each.period) not in found:
            found[each.report_id, each.period] = each
            believed.setdefault(each.period, each)
            if age(library.entry(each.report_id)) > age(library.entry(believed[each.period].report_id)):
                believed[each.period] = each
    # Of those that say what is believed, from as few reports as possible.
    right = [each for (_, period), each in found.items() if same_amount(each, believed[period])]
    chosen: dict[Period, Figure] = {}
    while len(chosen) < len(believed):
        missing: defaultdict[str, list[Figure]] = defaultdict(list)
        for each in right:
            if each.period not in chosen:
                missing[each.report_id].append(each)
        most = max(missing, key=lambda report_id: (len(missing[report_id]), age(library.entry(report_id)), report_id))
        chosen |= {each.period: each for each in missing[most] if each.period}
    return [chosen[period] for period in sorted(chosen, key=lambda period: (period.year, str(period.through)))]


def _oldest_first(figures: Iterable[Figure], library: Library) -> list[Figure]:
    def order(figure: Figure) -> tuple[tuple[int, bool], str]:
        entry: Entry = library.entry(figure.report_id)
        return age(entry), entry.report_id

    return sorted(figures, key=order)


def shape(period: Period | None) -> tuple[object, ...]:
    """What two periods of different years have in common if they can be compared."""
    if period is None:
        return (None,)
    since = (period.since.month, period.since.day, period.since.year - period.year) if period.since else None
    # The last day of February is that of the month in every year.
    ends = period.through and (period.through + timedelta(days=1)).day == 1
    through = (period.through.month, 0 if ends else period.through.day) if period.through else None
    return since, through


def comparable(first: Figure, second: Figure) -> bool:
    """Whether two figures cover the same part of their years."""
    return shape(first.period) == shape(second.period)
