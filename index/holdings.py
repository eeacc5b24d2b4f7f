"""The reports of a library as a list, with what is asked of it again and again worked out once."""

from collections.abc import Collection
from functools import cached_property

from corpus.belief import LEAST
from corpus.document import Report
from index.prepare import Entry

#: Of so many parts of a list the latest are kept.
MOST_PARTS = 256


def of_municipalities(entry: Entry | Report, names: Collection[str]) -> float:
    """How probable it is that a report is of one of these municipalities."""
    if entry.beliefs.municipalities:
        return sum(probability for name, probability in entry.beliefs.municipalities if name in names)
    return float(entry.municipality in names)


def of_years(entry: Entry | Report, years: Collection[int]) -> float:
    """How probable it is that a report is of one of these years."""
    if entry.beliefs.years:
        return sum(probability for year, probability in entry.beliefs.years if year in years)
    return float(entry.period is not None and entry.period.year in years)


class Holdings(tuple[Entry, ...]):
    """Reports, in order. What is worked out of them is kept with them: a library's version has one such list."""

    @cached_property
    def municipalities(self) -> frozenset[str]:
        """The municipalities that the reports are of, as far as they are known."""
        return frozenset(entry.municipality for entry in self if entry.municipality)

    @cached_property
    def boards(self) -> frozenset[str]:
        """The boards that the reports are of, as far as they are known."""
        return frozenset(entry.board for entry in self if entry.board)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that the reports are of, as far as they are known."""
        return frozenset(entry.period.year for entry in self if entry.period)

    @cached_property
    def _parts(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], "Holdings"]:
        return {}

    def of(self, municipalities: tuple[str, ...], boards: tuple[str, ...]) -> "Holdings":
        """The reports that may be of these municipalities and boards, in order; of all where none are given.

        One whose municipality is not known for sure may be of any.
        """
        if not municipalities and not boards:
            return self
        key = municipalities, boards
        if key not in self._parts:
            if len(self._parts) >= MOST_PARTS:
                self._parts.pop(next(iter(self._parts)), None)
            among = [entry for entry in self if not municipalities or of_municipalities(entry, municipalities) >= LEAST]
            self._parts[key] = Holdings(entry for entry in among if not boards or entry.board in boards)
        return self._parts[key]
