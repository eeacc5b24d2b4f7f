"""Nothing is said that does not stand in its cited place."""

import re
from collections.abc import Iterator, Sequence

from corpus.belief import LEAST
from corpus.document import Figure, Report
from corpus.numerals import swedish
from index.holdings import of_municipalities
from qa.answer import Reports, Sentence
from qa.computed import holds
from qa.cues import told_years
from qa.premise import NOT_SO, VERDICTS
from qa.question import Scope
from qa.quoting import quote
from qa.stating import change_text, comparison, name, stated_cell, stating, verdict

#: What an answer may begin with in words of its own.
LEADS = frozenset({"", NOT_SO, *VERDICTS.values()})
#: What a cell is the most or least of, after it has been stated.
EXTREME = r", (?:minst|störst|högst|lägst)(?: \w+)? av (?:tabellens rader|raderna under «[^»]*»)\."


def proven(sentence: Sentence, reports: Reports) -> bool:
    """Whether every quote stands at its offsets, and the sentence says what its quotes and figures do."""
    return fault(sentence, reports) is None


def fault(sentence: Sentence, reports: Reports) -> str | None:
    """What is wrong with a sentence, in Swedish; None if it is proven.

    Its quotes must stand at their offsets. After the lead, one of a few, it must be the words of its
    quotes and no others, or what is written of its figures, each in its place with its unit, column
    and period.

    Raises:
        KeyError: if a report that it cites is not among ``reports``.
    """
    if not sentence.citations:
        return "meningen saknar källa"
    for citation in sentence.citations:
        report = reports.report(citation.report_id)
        if report.text[citation.start : citation.end] != citation.quote:
            return f"citatet står inte på sin plats i {citation.file}"
        if (citation.file, citation.title, citation.page) != (report.file, report.title, report.page(citation.start)):
            return f"fil, titel eller sida stämmer inte för citatet ur {report.file}"
    if sentence.lead not in LEADS or not sentence.text.startswith(sentence.lead):
        return "meningen börjar med ord som ingen källa har"
    if any(not _is_cited(figure, sentence) for figure in sentence.figures):
        return "en siffra i meningen står inte i dess källor"
    of = {each.report_id: reports.report(each.report_id) for each in sentence.citations}
    if any(not holds(each, of) for each in sentence.computed):
        return "det som är beräknat följer inte av källornas siffror"
    text = sentence.text.removeprefix(sentence.lead).strip()
    written = _of_figures(sentence, reports) if sentence.figures else _of_quotes(sentence, reports)
    if any(text == each or (each.startswith("^") and re.fullmatch(each[1:], text)) for each in written):
        return None
    return "meningen säger annat än källorna"


def outside(sentences: Sequence[Sentence], scope: Scope, reports: Reports) -> list[str | None]:
    """For each sentence, which municipality or year it is of that was not asked about; None where that is right.

    A report of another year may answer where it tells of the year that was asked for.
    """
    telling = {
        citation.report_id
        for sentence in sentences
        for citation in sentence.citations
        if set(scope.years) & (told_years(citation.quote) | _stated_years(sentence))
    }
    return [_outside(sentence, scope, reports, telling) for sentence in sentences]


def _outside(sentence: Sentence, scope: Scope, reports: Reports, telling: set[str]) -> str | None:
    for report in (reports.report(each.report_id) for each in sentence.citations):
        if scope.municipalities and of_municipalities(report, scope.municipalities) < LEAST:
            return f"{report.file} gäller en annan kommun än frågan"
        year = report.period.year if report.period else None
        if scope.years and year and year not in scope.years and report.report_id not in telling:
            return f"{report.file} gäller ett annat år än frågan"
    return None


def _stated_years(sentence: Sentence) -> set[int]:
    return {each.period.year for each in sentence.figures if each.period}


def recomputed(sentence: Sentence, reports: dict[str, Report]) -> set[str]:
    """The numbers of a sentence that follow from figures in its quotes, as they are written."""
    return {
        swedish(each.value)
        for each in sentence.computed
        if holds(each, reports) and all(_is_cited(figure, sentence) for figure in each.of)
    }


def _is_cited(figure: Figure, sentence: Sentence) -> bool:
    return any(
        c.report_id == figure.report_id and c.start <= figure.start and figure.end <= c.end for c in sentence.citations
    )


def _of_quotes(sentence: Sentence, reports: Reports) -> Iterator[str]:
    """What a sentence that quotes may say: the words from its first quote's beginning to an end."""
    first = sentence.citations[0]
    report = reports.report(first.report_id)
    together: list[int] = []
    for each in sentence.citations:
        gap = report.text[together[-1] : each.start] if together else ""
        if each.report_id == first.report_id and not gap.strip():
            together.append(each.end)
    # A worded row has its head as a source of its own.
    yield from (quote(report, first.start, end).text for end in (together[-1], first.end))


def _of_figures(sentence: Sentence, reports: Reports) -> Iterator[str]:
    """What a sentence that states figures may say of them; after ``^`` as a pattern."""
    cells = sentence.figures
    if sentence.computed:
        computed = sentence.computed[0]
        yield from (change_text(computed, alone) for alone in (True, False))
        singles = [stating([each], reports) for each in cells]
        compared, _ = comparison(singles, reports)
        if compared is not None:
            yield compared.text
        return
    for year in (False, True):
        plain = stating(cells, reports, year).text
        yield plain
        met, _ = verdict(cells, reports)
        if met:
            yield f"{plain} {met}"
    if len(cells) == 1:
        stated = stated_cell(cells[0], reports)
        yield f"Uppgiften har ändrats från {stated}."
        yield f"Därefter: {stated}."
        yield "^" + re.escape(f"{name(cells[0])}: {stated}") + EXTREME
