"""Where a report says one thing in its tables and another in its text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from corpus.document import Figure, Report
from corpus.units import convert
from index.store import Library
from qa.answer import Citation, Sentence, cite
from qa.computed import same_amount
from qa.stating import cite_cell, name
from qa.wanted import telling

#: Two labels that share so much of their telling words are of the same thing.
SHARED = 0.75
#: "Intäkterna blev 3 250 tkr högre": the amount is no income, but by how much it is higher.
BY_HOW_MUCH = re.compile(r"^\s?\S+\s(?:högre|lägre|mer|mindre|bättre|sämre|(?:över|under) budget)\b", re.I)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A cell and an amount of the text of one report that ought to be the same and are not."""

    cell: Figure
    amount: Figure

    def note(self, report: Report) -> str:
        """What to warn of, in Swedish."""
        said = (
            f"{report.text[each.start : each.end]} {each.unit or ''}".strip() + _page(report, each)
            for each in (self.cell, self.amount)
        )
        return f"Rapporten säger olika om «{name(self.cell)}»: {' i tabellen, men '.join(said)} i texten."

    def citations(self, library: Library) -> tuple[Citation, ...]:
        """The cell's row and the block that has the amount."""
        report = library.report(self.cell.report_id)
        block = report.block_at(self.amount.start)
        return cite_cell(self.cell, library) + cite(report, block.start, block.end)


def contradictions(said: Iterable[Sentence], library: Library) -> list[Contradiction]:
    """The contradictions between what an answer says and what the same reports say elsewhere."""
    found: dict[Contradiction, None] = {}
    for sentence in said:
        for cell in sentence.figures:
            if cell.column:
                found.update(dict.fromkeys(Contradiction(cell, each) for each in _against(cell, library, table=False)))
        for citation in sentence.citations if not sentence.figures else ():
            for amount in library.catalogue.figures(citation.report_id, citation.start, citation.end):
                if not amount.column:
                    found.update(dict.fromkeys(Contradiction(c, amount) for c in _against(amount, library, table=True)))
    return list(found)


def _against(figure: Figure, library: Library, table: bool) -> Iterator[Figure]:
    """The figures of the same thing, kind and period, in the text or the ``table``s, that are another amount."""
    report = library.report(figure.report_id)
    own = {each.lemma for each in telling(name(figure))}
    if figure.period is None or figure.bound or not own or _is_by_how_much(report, figure):
        return
    places = library.catalogue.named(telling(name(figure)), [figure.report_id], MOST_LOOKED_AT, prose=True)
    blocks = {(report.block_at(start).start, report.block_at(start).end) for _, start in places}
    for start, end in sorted(blocks):
        for other in library.catalogue.figures(figure.report_id, start, end):
            words = {each.lemma for each in telling(name(other))}
            alike = (other.kind, other.period) == (figure.kind, figure.period) and bool(other.column) is table
            if not alike or other.bound or len(own & words) < SHARED * len(own | words):
                continue
            if convert(other.value, other.unit, figure.unit) is None or _is_by_how_much(report, other):
                continue
            # Costs have a minus in some tables, and none in the text.
            if not same_amount(replace(figure, value=abs(figure.value)), replace(other, value=abs(other.value))):
                yield other


#: So many places with the figure's words are compared with it.
MOST_LOOKED_AT = 50


def _is_by_how_much(report: Report, figure: Figure) -> bool:
    return not figure.column and bool(BY_HOW_MUCH.match(report.text[figure.end : figure.end + 40]))


def _page(report: Report, figure: Figure) -> str:
    page = report.page(figure.start)
    return f" (sidan {page})" if page else ""
