"""A question that leans on one before it, «och i Lindhaga?», «varför det?», also within one text."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.holdings import Holdings
from index.terms import content_terms
from qa.question import BOARD, LAST_YEAR, LONGEST, YEAR, Kind, Question, Scope, municipalities_in, understand

BEGINS = re.compile(r"^\W*(?:och|men)\b", re.I)
#: "Vad beror det på?", "Hur var det då?": what it is about was said before.
POINTS_BACK = re.compile(r"\b(?:det|den|dem|detta|dessa|då|där|sedan|sen)(?: på| till| av)?\W*$", re.I)
NEXT_YEAR = re.compile(r"\b(?:året efter(?:åt)?|året därpå|nästa år)\b", re.I)
#: What stands before the second of two places or years.
LINK = re.compile(r"(?:,|\s(?:och|eller|respektive))?\s*$", re.I)
#: Words that point back and name nothing.
EMPTY = frozenset("innan då sedan sen där efteråt därpå".split())

#: Where another question begins in one text: «…, och varför …», «…? När …».
FURTHER = re.compile(
    r"\?\s+(?=\w)|,?\s(?:och|samt|men|å)\s(?=(?:varför|hur|när|vad|va|vem|vilken|vilket|vilka|vart|till när)\b)", re.I
)
MOST_QUESTIONS = 3
RESPECTIVELY = re.compile(r"\b([^\W\d_]+) resp(?:ektive|\.)? ([^\W\d_]+)\b", re.I)


def asked_in_one(question: Question, entries: Holdings, given: Scope | None = None) -> list[Question]:
    """The questions of one text, each with what it leans on from the first; the question itself if it is one."""
    if not question.joined and (both := RESPECTIVELY.search(question.text)):
        # "Kvinnor respektive män": one after the other, unless they are places or years, which are asked about anyway.
        one, other = (question.text[: both.start()] + each + question.text[both.end() :] for each in both.groups())
        halves = [understand(each, entries, given) for each in (one, other)]
        if all(each.scope == question.scope for each in halves):
            return halves
    texts = [] if question.joined else [text.strip() for text in FURTHER.split(question.text) if content_terms(text)]
    if not 1 < len(texts) <= MOST_QUESTIONS:
        return [question]
    first = understand(texts[0], entries, given)
    # What a later one says of place and time holds for the first as well.
    first = replace(first, scope=question.scope)
    return [first] + [
        replace(understand(in_context(f"och {text}", first, entries), entries, given), scope=question.scope)
        for text in texts[1:]
    ]


def in_context(text: str, before: Question, entries: Holdings) -> str:
    """The text of a question with what it leans on from the question ``before``.

    What it names itself, a municipality or a year, takes the place of what was named before. The
    text itself if it leans on nothing, or would become too long.

    Raises:
        BadQuestion: if the text is empty or too long.
    """
    question = understand(text, entries)
    if before.scope.years and not YEAR.search(text):
        text = LAST_YEAR.sub(str(min(before.scope.years) - 1), text)
        text = NEXT_YEAR.sub(str(max(before.scope.years) + 1), text)
    years = [match[0] for match in YEAR.finditer(text)]
    about = {each.lemma for each in content_terms(YEAR.sub(" ", question.subject))} - EMPTY
    moved = years and not YEAR.search(question.text)
    if about and not (BEGINS.search(text) or POINTS_BACK.search(text) or moved):
        return text
    said = before.text
    if question.scope.municipalities:
        said = _elsewhere(said, " och ".join(question.scope.municipalities), entries)
    if years:
        said = _exchanged(said, [match.span() for match in YEAR.finditer(said)], " och ".join(years))
    if about or question.kind not in (Kind.TOPIC, before.kind):
        said = f"{said} {text}"
    return said if len(said) <= LONGEST else text


def _elsewhere(text: str, name: str, entries: Holdings) -> str:
    """A question asked of another municipality, whose boards may be others."""
    names, spans = municipalities_in(text, entries)
    asked = text[slice(*min(spans))] if spans else ""
    genitive = asked.endswith("s") and asked.lower() not in {each.lower() for each in names}
    new = f"{name}s" if genitive and not name.endswith("s") else name
    return BOARD.sub("nämnden", _exchanged(text, spans, new, " i "))


def _exchanged(text: str, spans: Sequence[tuple[int, int]], new: str, link: str = " ") -> str:
    """The text with ``new`` for the first of some stretches, without the others; at its end if there are none."""
    if not spans:
        asked = text.rstrip(" ?!.")
        return f"{asked}{link}{new}{text[len(asked) :]}"
    (start, end), *rest = sorted(spans)
    for first, last in reversed(rest):
        text = LINK.sub("", text[:first]) + text[last:]
    return " ".join(f"{text[:start]}{new}{text[end:]}".split())
