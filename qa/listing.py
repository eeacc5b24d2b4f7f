"""All figures that a text names, of every report in scope: «sjukfrånvaro», «mål handläggningstid»."""

from corpus.document import Figure
from index.store import Library
from index.terms import terms
from qa.cells import FIGURE_HEADING_WORTH, GROUP_WORTH, year_of
from qa.matching import Matcher
from qa.question import Question, in_scope
from qa.retrieve import Retriever
from qa.wanted import row_terms, wanted_kinds

#: A figure is listed if its label, with the headings over it, has so much of what was asked for.
ENOUGH = 0.75
#: So many rows and amounts are looked at.
MOST = 5_000


def list_figures(question: Question, retriever: Retriever, library: Library) -> list[Figure]:
    """The figures whose label is what a question names, by municipality, label and period.

    Of the years and kinds that it names, if any. Amounts of running text are listed as well.
    """
    kept = row_terms(question, retriever.terms(question.subject))
    matcher = Matcher(kept)
    if not len(matcher):
        return []
    kinds = wanted_kinds(question.text)
    entries = {entry.report_id: entry for entry in in_scope(library.entries, question.scope)}
    found: list[Figure] = []
    for report_id, start in library.catalogue.named([each.term for each in kept], list(entries), MOST, prose=True):
        block = library.report(report_id).block_at(start)
        here = library.catalogue.figures(report_id, block.start, block.end)
        first = next(each for each in here if each.start == start)
        row = [each for each in here if each.column] if first.column else [first]
        own = matcher.matches(terms(first.label))
        group = matcher.matches(terms(first.group))
        above = matcher.matches(terms(" ".join(first.headings)))
        table = matcher.matches(terms(first.headings[-1])) if len(first.headings) > 1 else []
        best = [
            max(label, GROUP_WORTH * line, FIGURE_HEADING_WORTH * over)
            for label, line, over in zip(own, group, above, strict=True)
        ]
        if not any((*own, *group, *table)) or matcher.coverage(best) < ENOUGH:
            continue
        found.extend(
            each
            for each in row
            if (not kinds or each.kind in kinds) and (not question.scope.years or year_of(each) in question.scope.years)
        )

    def order(figure: Figure) -> tuple[object, ...]:
        entry = entries[figure.report_id]
        period = figure.period.label if figure.period else ""
        name = f"{figure.group} {figure.label}".strip().lower()
        return (entry.municipality or "", entry.board or "", not figure.column, name, period, figure.start)

    return sorted(found, key=order)
