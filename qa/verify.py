"""Nothing is said that does not stand in its cited place."""

import re

from corpus.document import Report
from qa.answer import Sentence

NUMBER = re.compile(r"\d+(?:[\u00a0 ]\d{3})*(?:,\d+)?")


def key(text: str) -> str:
    """Letters and digits alone: what survives every repair of white space and hyphens."""
    return re.sub(r"[\W_]+", "", text.lower())


def proven(sentence: Sentence, reports: dict[str, Report]) -> bool:
    """Whether every quote stands at its offsets, and every number of the sentence in a quote.

    The name of the source before a colon may hold the report's own year.
    """
    if not sentence.citations:
        return False
    for citation in sentence.citations:
        report = reports.get(citation.report_id)
        if report is None or report.text[citation.start : citation.end] != citation.quote:
            return False
    quoted = " ".join(citation.quote for citation in sentence.citations)
    numbers = {key(number) for number in NUMBER.findall(quoted)}
    years = {
        str(report.period.year)
        for report in (reports[citation.report_id] for citation in sentence.citations)
        if report.period
    }
    return all(key(number) in numbers | years or key(number) in key(quoted) for number in NUMBER.findall(sentence.text))
