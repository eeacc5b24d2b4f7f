"""A board's result as a whole: which row of a report's tables has it, and which sentences tell of it."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from corpus.document import Figure, FigureKind, Report
from corpus.numerals import find_number, swedish
from corpus.units import MONEY, PERCENT, convert
from index.store import Library
from index.terms import content_terms
from qa.cells import rows_of, year_of
from qa.question import Question

#: The board as a whole, as the one that a sentence begins with.
WHOLE = re.compile(r"\b\w*nämnden\b|\bförvaltningen\b|\bhelårsprognosen\b", re.I)
WHOLE_REACH = 40
#: What tells how it went for it.
TELLS_HOW = re.compile(r"underskott|överskott|avvik|resultat|budget|nettokostnad", re.I)
#: Words of the economy that name no part of the board.
ECONOMY = frozenset(
    """underskott överskott resultat budget nettokostnad avvikelse budgetavvikelse ekonomi pengar plus minus
    back gå bli stor ekonomisk ekonomiskt prognos prognosticera visa redovisa""".split()
)
#: "Hur gick det för Mark?"
HOW_IT_WENT = re.compile(r"\bhur (?:gick|går|har det gått|gick det|går det)\b", re.I)
#: What a report writes where it tells of it.
WORDS_OF_THE_WHOLE = "resultat, underskott eller överskott, avvikelse mot budget"
#: What the row of a whole board is called.
SUM = re.compile(
    r"^\W*(?:(?:verksamhetens |årets |total[at]? |summa )?(?:netto(?:kostnad(?:er)?|utfall|budget)?|resultat)"
    r"|summa|totalt?)\W*$",
    re.I,
)

#: Tables of sums that are of something else than what the board costs.
OTHER_TABLE = re.compile(r"invester|exploater|balans|egen regi", re.I)
#: An amount without a unit is taken for one in thousands.
UNKNOWN = MONEY["tkr"]


def asks_for_the_whole(question: Question) -> bool:
    """Whether a question is about a board's economy as a whole, not one of its parts."""
    asked = [each for each in content_terms(question.subject) if not each.word.isdigit()]
    of_economy = all({each.word, each.lemma} & ECONOMY or ECONOMY.issuperset(each.parts) for each in asked)
    return of_economy and (names_the_economy(question) or HOW_IT_WENT.search(question.text) is not None)


def names_the_economy(question: Question) -> bool:
    """Whether a question has more than words that any question may have: "Hur gick det?" has not."""
    asked = {each.lemma for each in content_terms(question.subject) if not each.word.isdigit()}
    return bool(asked - {"gå", "bli", "stor"})


def whole_deviation(report: Report, figures: Iterable[Figure]) -> Figure | None:
    """By how much a report's board as a whole deviates from its budget: of the rows of sums the largest one's."""
    found: dict[Figure, Decimal] = {}
    for row in rows_of(report, list(figures)):
        if not SUM.match(row[0].label) or OTHER_TABLE.search(" ".join(row[0].headings)):
            continue
        deviations = [
            each
            for each in row
            if each.kind is FigureKind.DEVIATION
            and each.unit != PERCENT
            and report.period
            and year_of(each) in (report.period.year, None)
        ]
        if len(deviations) == 1:
            found[deviations[0]] = max(abs(each.value) * MONEY.get(each.unit or "", UNKNOWN) for each in row)
    return max(found, key=lambda each: (found[each], -each.start), default=None)


class Wholes:
    """Recognises the sentences that tell how it went for a board as a whole."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._amounts: dict[str, tuple[str, ...]] = {}

    def tells(self, report: Report, text: str) -> bool:
        """Whether a sentence begins with the board, or has the amount by which it deviates from its budget."""
        if WHOLE.search(text[:WHOLE_REACH]) and TELLS_HOW.search(text):
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
