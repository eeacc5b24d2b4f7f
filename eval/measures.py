"""What is measured of one answer. Every case counts, also one that was left unanswered."""

import re
from collections.abc import Sequence

from eval.cases import Case, Place
from index.store import Library
from qa.answer import Answer, Citation, Status
from qa.retrieve import Hit

#: Recall counts evidence within so many characters of the ranked passages, so that larger
#: passages buy nothing.
RECALL_CHARACTERS = 4000
#: Key facts count within so much of the answer.
ANSWER_CHARACTERS = 700

Measures = dict[str, float]


def measure(case: Case, answer: Answer, library: Library) -> Measures:
    """The measures that apply to a case, each from 0 to 1.

    Answerable cases have recall, correct, cited and overrefused (lower is better); others have
    refused. An answer with citations has valid: the share whose quote stands at its offsets.
    """
    measures: Measures = {}
    answered = answer.status is Status.ANSWERED
    if case.answerable:
        correct = answered and states(answer.text, case.must) and not misleads(answer.text, case)
        cited = correct and any(
            cites(citation, place) for group in case.evidence for place in group for citation in answer.citations
        )
        measures["recall"] = recall(case, answer.passages, library)
        measures["correct"] = float(correct)
        measures["cited"] = float(cited)
        measures["overrefused"] = float(not answered)
    else:
        corrected = bool(case.premise) and states(answer.text, case.premise)
        wrong = any(fold(fact) in fold(answer.text) for fact in case.must_not)
        measures["refused"] = float(not wrong and (not answered or corrected))
    if answer.citations:
        right = [
            library.report(citation.report_id).text[citation.start : citation.end] == citation.quote
            for citation in answer.citations
        ]
        measures["valid"] = sum(right) / len(right)
    return measures


def recall(case: Case, hits: Sequence[Hit], library: Library) -> float:
    """The share of a case's evidence groups found in the first 4,000 characters of the ranked passages."""
    left = RECALL_CHARACTERS
    seen: list[tuple[str, str]] = []
    for hit in hits:
        text = library.text(hit.passage)[: max(0, left)]
        seen.append((library.entry(hit.passage.report_id).file, text))
        left -= len(text)
    found = [
        any(file == place.report and has_words(text, place.words) for place in group for file, text in seen)
        for group in case.evidence
    ]
    return sum(found) / len(found)


def cites(citation: Citation, place: Place) -> bool:
    """Whether a citation is of a place: right report and page, and most of its words, as words."""
    if citation.file != place.report or (place.page and citation.page and abs(citation.page - place.page) > 1):
        return False
    quoted = set(words(citation.quote))
    wanted = words(place.words)
    return sum(word in quoted for word in wanted) > len(wanted) / 2


def words(text: str) -> list[str]:
    """The lower-case words and numbers of a text; a number's thousands are words of their own."""
    return re.findall(r"[^\W_]+", text.lower())


def has_words(text: str, words: str) -> bool:
    """Whether the words stand in the text in their order, whatever stands between them."""
    at = 0
    folded = key(text)
    for word in key_words(words):
        at = folded.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def key_words(words: str) -> list[str]:
    return [key(word) for word in words.split() if key(word)]


def key(text: str) -> str:
    """Letters and digits alone: what survives any repair of white space and hyphens."""
    return re.sub(r"[^0-9a-zåäöéü]", "", text.lower())


def fold(text: str) -> str:
    """Lower case, one kind of space and one kind of minus."""
    text = text.replace("\u00a0", " ").replace("\u2212", "-").replace("–", "-")
    return re.sub(r"\s+", " ", text).lower()


def states(text: str, facts: tuple[tuple[str, ...], ...]) -> bool:
    """Whether the answer's beginning has an alternative of every fact."""
    said = fold(text[:ANSWER_CHARACTERS])
    return all(any(fold(fact) in said for fact in alternatives) for alternatives in facts)


def misleads(text: str, case: Case) -> bool:
    """Whether a wrong word stands anywhere, or a wrong figure before the right ones."""
    said = fold(text[:ANSWER_CHARACTERS])
    ends = [
        min((said.find(fold(fact)) + len(fact) for fact in group if fold(fact) in said), default=len(said))
        for group in case.must
    ]
    before = said[: max(ends, default=len(said))]
    return any(fold(fact) in (before if re.search(r"\d", fact) else said) for fact in case.must_not)
