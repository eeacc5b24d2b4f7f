"""Nothing is said that does not stand in its cited place."""

import re
from collections.abc import Iterator

from corpus.document import Report
from qa.answer import Sentence

NUMBER = re.compile(
    r"(?<![\w-])[-−–+]?\d{1,3}(?:[\u00a0 ]\d{3}(?!\d))+(?:,\d+)?|(?<![\w-])[-−–+]?\d+(?:,\d+)?|\d+(?:,\d+)?"
)


def find_number(text: str, number: str) -> Iterator[re.Match[str]]:
    """Where ``number`` stands in the text as a number of its own, with any spaces between thousands."""
    groups = r"[\u00a0 ]".join(re.escape(group) for group in re.split(r"[\u00a0 ]", number))
    return re.finditer(rf"(?<!\d)(?<!\d,){groups}(?!\d)(?!,\d)", text)


def proven(sentence: Sentence, reports: dict[str, Report]) -> bool:
    """Whether every quote stands at its offsets, and every number of the sentence in a quote."""
    if not sentence.citations:
        return False
    for citation in sentence.citations:
        report = reports.get(citation.report_id)
        if report is None or report.text[citation.start : citation.end] != citation.quote:
            return False
    quoted = " ".join(citation.quote for citation in sentence.citations)
    return all(any(find_number(quoted, number)) for number in NUMBER.findall(sentence.text))
