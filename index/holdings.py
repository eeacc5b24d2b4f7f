"""The reports of a library as a list, with what is asked of it again and again worked out once."""

from functools import cached_property

from index.prepare import Entry

#: Of so many parts of a list the latest are kept.
MOST_PARTS = 256


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
    def _of_municipality(self) -> dict[str | None, list[Entry]]:
        found: dict[str | None, list[Entry]] = {}
        for entry in self:
            found.setdefault(entry.municipality, []).append(entry)
        return found

    @cached_property
    def _parts(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], "Holdings"]:
        return {}

    def of(self, municipalities: tuple[str, ...], boards: tuple[str, ...]) -> "Holdings":
        """The reports of these municipalities and boards, in order; of all where none are given."""
        if not municipalities and not boards:
            return self
        key = municipalities, boards
        if key not in self._parts:
            if len(self._parts) >= MOST_PARTS:
                self._parts.pop(next(iter(self._parts)), None)
            if len(municipalities) == 1:
                among = self._of_municipality.get(municipalities[0], [])
            else:
                among = [entry for entry in self if not municipalities or entry.municipality in municipalities]
            self._parts[key] = Holdings(entry for entry in among if not boards or entry.board in boards)
        return self._parts[key]
