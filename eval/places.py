"""Where in its report the evidence of a case stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from corpus.document import Report
from corpus.errors import RapportsvarError
from eval.cases import Place
from index.store import Library

#: A word or a number with its decimals; thousands are words of their own.
WORD = re.compile(r"\d+(?:,\d+)+|[^\W_]+")


class NoSuchPage(RapportsvarError):
    """A place on a page that its report does not have."""


#: A longer citation points at no place in particular, a shorter one says nothing, in characters.
LONGEST_CITATION, SHORTEST_CITATION = 700, 12


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a report's text."""

    report_id: str
    start: int
    end: int

    def holds(self, place: "Span") -> bool:
        """Whether at least half of a place stands in this stretch, a passage."""
        return 2 * self._shared(place) >= place.end - place.start

    def cites(self, place: "Span") -> bool:
        """Whether this stretch, a citation, points at a place: it has half of it, or is half within it."""
        length = self.end - self.start
        if not SHORTEST_CITATION <= length <= LONGEST_CITATION:
            return False
        return self.holds(place) or 2 * self._shared(place) >= length

    def _shared(self, other: "Span") -> int:
        """How many characters the two have in common."""
        if self.report_id != other.report_id:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class Places:
    """Finds places in the reports of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.spans = cache(self._spans)

    def _spans(self, place: Place) -> tuple[Span, ...]:
        """Where a place stands: the shortest stretches that have its words; none if it cannot be found."""
        found: list[Span] = []
        for entry in self.library.entries:
            if entry.file == place.report:
                report = self.library.report(entry.report_id)
                if place.page is None or place.page <= len(report.page_starts):
                    found.extend(Span(entry.report_id, start, end) for start, end in find(report, place))
        return tuple(found)


def find(report: Report, place: Place) -> list[tuple[int, int]]:
    """The shortest stretches of the place's page that have its words in their order, as offsets.

    Words are compared whole and without case; others may stand between them.

    Raises:
        NoSuchPage: if the report has no such page.
    """
    start, end = page_span(report, place.page)
    tokens = [(match[0].lower(), match.span()) for match in WORD.finditer(report.text, start, end)]
    found = list(_stretches(tokens, [word.lower() for word in WORD.findall(place.words)]))
    shortest = min((last - first for first, last in found), default=0)
    return [(first, last) for first, last in found if last - first == shortest]


def _stretches(tokens: list[tuple[str, tuple[int, int]]], words: list[str]) -> Iterator[tuple[int, int]]:
    """For each token that is the first word, the stretch from it to the earliest end that has them all."""
    for first, (token, (start, end)) in enumerate(tokens):
        if not words or token != words[0]:
            continue
        at = first
        for word in words[1:]:
            at = next((n for n in range(at + 1, len(tokens)) if tokens[n][0] == word), len(tokens))
            if at == len(tokens):
                # Nor does any later stretch have them.
                return
            end = tokens[at][1][1]
        yield start, end


def page_span(report: Report, page: int | None) -> tuple[int, int]:
    """The offsets of a page, counted from 1; of the whole report if ``page`` is None.

    Raises:
        NoSuchPage: if the report has no such page.
    """
    if page is None:
        return 0, len(report.text)
    if page > len(report.page_starts):
        raise NoSuchPage(f"{report.file} har {len(report.page_starts)} sidor; sidan {page} finns inte")
    start, *later = report.page_starts[page - 1 :]
    return start, later[0] if later else len(report.text)
