"""The catalogue of a library: its segments' tables, asked as one."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import merge
from itertools import islice

from corpus.document import Figure, Passage
from index.measures import measure
from index.prepare import Entry
from index.tables import Extent, Tables
from index.terms import Term


class Catalogue:
    """What stands in a library's reports. Several threads may ask at a time."""

    def __init__(self, segments: Sequence[Tables]) -> None:
        self._segments = segments
        self._extents: dict[str, Extent] = {}
        self._holder: dict[str, Tables] = {}
        #: How many reports each segment has.
        self._sizes: dict[Tables, int] = {}
        for tables in segments:
            extents = {extent.report_id: extent for extent in tables.extents()}
            self._extents |= extents
            self._holder |= dict.fromkeys(extents, tables)
            self._sizes[tables] = len(extents)
        self._in_order = sorted((e for e in self._extents.values() if e.count), key=lambda extent: extent.first)

    def entries(self) -> list[Entry]:
        """The reports, by municipality, board, year and file."""
        return sorted((entry for tables in self._segments for entry in tables.entries()), key=_order)

    def extents(self, report_ids: Iterable[str]) -> list[Extent]:
        """Where these reports' passages are."""
        return [self._extents[report_id] for report_id in report_ids if report_id in self._extents]

    def packed(self, report_id: str) -> bytes:
        """A report as it was packed; empty where it is lost."""
        return self._holder[report_id].packed(report_id)

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages with these numbers."""
        asked: dict[Tables, list[int]] = defaultdict(list)
        for number in numbers:
            extent = self._in_order[bisect_right(self._in_order, number, key=lambda each: each.first) - 1]
            asked[self._holder[extent.report_id]].append(number)
        return {number: each for tables, mine in asked.items() for number, each in tables.passages(mine).items()}

    def numbers(self, report_ids: Iterable[str]) -> list[int]:
        """The numbers of these reports' passages."""
        return [
            number for extent in self.extents(report_ids) for number in range(extent.first, extent.first + extent.count)
        ]

    def figures(self, report_id: str, start: int = 0, end: int | None = None) -> list[Figure]:
        """The figures that stand in ``[start, end)`` of a report, in order; ``end`` None: to its end."""
        tables = self._holder.get(report_id)
        return tables.figures(report_id, start, 1 << 40 if end is None else end) if tables else []

    def named(
        self, found_by: Iterable[Term], report_ids: Sequence[str], most: int, prose: bool = False
    ) -> list[tuple[str, int]]:
        """The table rows in these reports that have most of ``found_by`` in their labels and headings.

        Each as its report and the start of its first figure; at most ``most``, best first. With
        ``prose``, the amounts of running text too.
        """
        forms = sorted({form for each in found_by for form in (each.lemma, *each.parts)})
        asked = self._by_segment(report_ids)
        lists = [
            tables.named(forms, None if len(mine) == self._sizes[tables] else mine, most, prose)
            for tables, mine in asked.items()
        ]
        best = islice(merge(*lists, key=lambda row: (-row[0], row[1], row[2])), most)
        return [(report_id, start) for _, report_id, start in best]

    def alike(self, figure: Figure, report_ids: Sequence[str]) -> list[Figure]:
        """The table cells in these reports that measure what ``figure`` does, by their labels."""
        key = measure(figure)
        if key is None:
            return []
        found = [each for tables, mine in self._by_segment(report_ids).items() for each in tables.alike(key, mine)]
        return sorted(found, key=lambda each: (each.report_id, each.start))

    def _by_segment(self, report_ids: Iterable[str]) -> dict[Tables, list[str]]:
        found: dict[Tables, list[str]] = defaultdict(list)
        for report_id in report_ids:
            if tables := self._holder.get(report_id):
                found[tables].append(report_id)
        return found


def _order(entry: Entry) -> tuple[tuple[bool, str], ...]:
    """The order of a list of reports; what is unknown comes first."""
    period = entry.period
    through = period.through.isoformat() if period and period.through else None
    year = str(period.year) if period else None
    values = (entry.municipality, entry.board, year, through, entry.file)
    return tuple((value is not None, value or "") for value in values)
