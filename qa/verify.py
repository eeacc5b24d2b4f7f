"""Nothing is said that does not stand in its cited place."""

import re
from collections.abc import Iterator

from corpus.document import Figure, Report
from corpus.numerals import swedish
from qa.answer import Sentence
from qa.computed import holds

NUMBER = re.compile(
    r"(?<![\w-])[-−–+]?\d{1,3}(?:[\u00a0 ]\d{3}(?!\d))+(?:,\d+)?|(?<![\w-])[-−–+]?\d+(?:,\d+)?|\d+(?:,\d+)?"
)


def find_number(text: str, number: str) -> Iterator[re.Match[str]]:
    """Where ``number`` stands in the text as a number of its own, with any spaces between thousands."""
    groups = r"[\u00a0 ]".join(re.escape(group) for group in re.split(r"[\u00a0 ]", number))
    return re.finditer(rf"(?<!\d)(?<!\d,){groups}(?!\d)(?!,\d)", text)


def proven(sentence: Sentence, reports: dict[str, Report]) -> bool:
    """Whether every quote stands at its offsets, and every number of the sentence in a quote.

    A number that was worked out must follow from figures that stand in its quotes.
    """
    if not sentence.citations:
        return False
    for citation in sentence.citations:
        report = reports.get(citation.report_id)
        if report is None or report.text[citation.start : citation.end] != citation.quote:
            return False
    quoted = " ".join(citation.quote for citation in sentence.citations)
    worked_out = recomputed(sentence, reports)
    return all(
        any(find_number(quoted, number)) or number.strip() in worked_out for number in NUMBER.findall(sentence.text)
    )


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
