"""Nothing is said that does not stand in its cited place."""

import re
from collections.abc import Iterator, Mapping, Sequence

from corpus.document import Figure, Report
from corpus.numerals import swedish
from corpus.units import MONEY_UNIT, canonical
from qa.answer import OWN_WORDS, Sentence
from qa.computed import holds
from qa.question import Scope

NUMBER = re.compile(
    r"(?<![\w-])[-−–+]?\d{1,3}(?:[\u00a0 ]\d{3}(?!\d))+(?:,\d+)?|(?<![\w-])[-−–+]?\d+(?:,\d+)?|\d+(?:,\d+)?"
)
#: What stands beside a number and says what it counts.
UNIT = re.compile(rf"\s?({MONEY_UNIT}|procentenheter|procent|%)(?!\w)", re.I)
UNIT_ANYWHERE = re.compile(rf"(?<![^\W\d])({MONEY_UNIT}|procentenheter|procent|%)(?!\w)", re.I)
WORD = re.compile(r"[^\W\d_]+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: "… än 2022", "jämfört med år 2022": what is said is of another year than this.
COMPARED = re.compile(r"\b(?:jämfört med|än|mot|sedan|från|efter)\s(?:\w+\s){0,3}$", re.I)

Reports = Mapping[str, Report]


def find_number(text: str, number: str) -> Iterator[re.Match[str]]:
    """Where ``number`` stands in the text as a number of its own, with any spaces between thousands."""
    groups = r"[\u00a0 ]".join(re.escape(group) for group in re.split(r"[\u00a0 ]", number))
    return re.finditer(rf"(?<!\d)(?<!\d,){groups}(?!\d)(?!,\d)", text)


def proven(sentence: Sentence, reports: Reports) -> bool:
    """Whether every quote stands at its offsets, and all that the sentence says in a quote."""
    return fault(sentence, reports) is None


def fault(sentence: Sentence, reports: Reports) -> str | None:
    """What is wrong with a sentence, in Swedish; None if it is proven.

    Its quotes must stand at their offsets; its numbers in a quote, with the unit that the sentence
    gives them, or follow from figures in the quotes; its other words in a quote or in the names of
    the figures it states, but for the few that an answer may have of its own.
    """
    if not sentence.citations:
        return "meningen saknar källa"
    for citation in sentence.citations:
        report = reports.get(citation.report_id)
        if report is None:
            return f"rapporten {citation.file} finns inte att kontrollera mot"
        if report.text[citation.start : citation.end] != citation.quote:
            return f"citatet står inte på sin plats i {citation.file}"
    for figure in sentence.figures:
        if not _is_cited(figure, sentence):
            return f"siffran för «{figure.label}» står inte i källan"
    worked_out = recomputed(sentence, reports)
    for number in NUMBER.finditer(sentence.text):
        if not _stands(sentence, number) and number[0].strip() not in worked_out:
            return f"talet {number[0].strip()} står inte så, med den enheten, i källan"
    there = _words(sentence, reports)
    for word in WORD.findall(sentence.text.lower()):
        if word not in there and word not in OWN_WORDS:
            return f"ordet «{word}» står inte i källan"
    return None


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
    for report in (reports[each.report_id] for each in sentence.citations):
        if scope.municipalities and report.municipality not in scope.municipalities:
            return f"{report.file} gäller en annan kommun än frågan"
        year = report.period.year if report.period else None
        if scope.years and year and year not in scope.years and report.report_id not in telling:
            return f"{report.file} gäller ett annat år än frågan"
    return None


def told_years(text: str) -> set[int]:
    """The years that a text is about by its own words, not those that it only compares with."""
    return {int(match[0]) for match in YEAR.finditer(text) if not COMPARED.search(text[: match.start()])}


def _stated_years(sentence: Sentence) -> set[int]:
    return {each.period.year for each in sentence.figures if each.period}


def recomputed(sentence: Sentence, reports: Reports) -> set[str]:
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


def _stands(sentence: Sentence, number: re.Match[str]) -> bool:
    """Whether a quote, or the name of a stated figure, has a number with the unit that the sentence gives it.

    In a table the unit stands apart from its numbers: in the head, in the row's label, or above it.
    """
    unit = _unit(UNIT.match(sentence.text, number.end()))
    quotes = [citation.quote for citation in sentence.citations]
    named = {_unit(match) for quote in quotes for match in UNIT_ANYWHERE.finditer(quote)}
    named |= {figure.unit for figure in sentence.figures}
    for text in (*quotes, *(part for figure in sentence.figures for part in _names(figure))):
        for match in find_number(text, number[0]):
            beside = _unit(UNIT.match(text, match.end()))
            if unit == beside or unit is None or (beside is None and unit in named):
                return True
    return False


def _unit(match: re.Match[str] | None) -> str | None:
    return canonical(match[1]) if match else None


def _names(figure: Figure) -> tuple[str, ...]:
    """What a figure is called: the table and its head may stand far above the row."""
    period = figure.period.label if figure.period else ""
    return (figure.label, figure.group, *figure.headings, figure.column, figure.unit or "", period)


def _words(sentence: Sentence, reports: Reports) -> set[str]:
    """The words of the quotes, of the figures' names and of the municipalities whose reports are quoted."""
    named = [part for figure in sentence.figures for part in _names(figure)]
    owners = [reports[each.report_id].municipality or "" for each in sentence.citations]
    return set(WORD.findall(" ".join([*(c.quote for c in sentence.citations), *named, *owners]).lower()))
