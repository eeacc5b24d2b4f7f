"""A board's result as a whole: which row of a report's tables has it, and which sentences tell of it."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from corpus.document import Figure, FigureKind, Report
from corpus.numerals import swedish
from corpus.units import convert
from index.store import Library
from index.terms import content_terms
from qa.cells import rows_of, year_of
from qa.question import Question
from qa.verify import find_number

#: The board as a whole, as the one that a sentence begins with.
WHOLE = re.compile(r"\b\w*nämnden\b|\bförvaltningen\b|\bhelårsprognosen\b", re.I)
WHOLE_REACH = 50
#: Words of the economy that name no part of the board.
ECONOMY = frozenset(
    """underskott överskott resultat budget nettokostnad avvikelse budgetavvikelse ekonomi pengar plus minus
    back gå bli stor prognos prognosticera visa redovisa""".split()
)
#: What the row of a whole board is called.
SUM = re.compile(
    r"^\W*(?:(?:verksamhetens |årets |total[at]? |summa )?(?:netto(?:kostnad(?:er)?|utfall|budget)?|resultat)|summa|totalt?)\W*$",
    re.I,
)


def asks_for_the_whole(question: Question) -> bool:
    """Whether a question is about a board's economy as a whole, not one of its parts."""
    lemmas = {each.lemma for each in content_terms(question.subject)}
    return bool(lemmas) and lemmas <= ECONOMY and bool(lemmas - {"gå", "bli", "stor"})


def whole_deviation(report: Report, figures: Iterable[Figure]) -> Figure | None:
    """By how much a report's board as a whole deviates from its budget: of the rows of sums the largest one's."""
    found: dict[Figure, Decimal] = {}
    for row in rows_of(report, list(figures)):
        if not SUM.match(row[0].label):
            continue
        deviations = [
            each
            for each in row
            if each.kind is FigureKind.DEVIATION and report.period and year_of(each) in (report.period.year, None)
        ]
        if len(deviations) == 1:
            found[deviations[0]] = max(abs(each.value) for each in row)
    return max(found, key=lambda each: (found[each], -each.start), default=None)


class Wholes:
    """Recognises the sentences that tell how it went for a board as a whole."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._amounts: dict[str, tuple[str, ...]] = {}

    def tells(self, report: Report, text: str) -> bool:
        """Whether a sentence begins with the board, or has the amount by which it deviates from its budget."""
        if WHOLE.search(text[:WHOLE_REACH]):
            return True
        if report.report_id not in self._amounts:
            figures = self._library.catalogue.figures(report.report_id)
            self._amounts[report.report_id] = _written(whole_deviation(report, figures))
        return any(any(find_number(text, each)) for each in self._amounts[report.report_id])


def _written(figure: Figure | None) -> tuple[str, ...]:
    """A deviation as running text has it: as it is, and in millions to one decimal."""
    if figure is None or not figure.value:
        return ()
    amounts = {swedish(abs(figure.value))}
    millions = convert(abs(figure.value), figure.unit, "mnkr")
    if millions is not None:
        amounts.add(swedish(millions.quantize(Decimal("0.1"), ROUND_HALF_UP)))
    return tuple(sorted(amounts))
