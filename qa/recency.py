"""Which reports are the newest: they come first where no year is asked for."""

from functools import lru_cache

from index.prepare import Entry
from index.store import Library

#: Where no year is asked for, the newest report comes first of equals.
LATEST_BONUS = 0.06


@lru_cache(maxsize=4)
def latest_reports(library: Library) -> frozenset[str]:
    """The newest report of each board of each municipality."""
    newest: dict[tuple[str | None, str | None], Entry] = {}
    for entry in library.entries:
        if entry.period is None:
            continue
        key = (entry.municipality, entry.board)
        if key not in newest or age(entry) > age(newest[key]):
            newest[key] = entry
    return frozenset(entry.report_id for entry in newest.values())


def age(entry: Entry) -> tuple[int, bool]:
    """How new a report is: its year, and whether it is of the whole of it."""
    return (entry.period.year, entry.period.whole_year) if entry.period else (0, False)
