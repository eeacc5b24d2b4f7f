"""A question that leans on the one before it: «och i Täby?», «varför det?», «året innan?»."""

import re
from collections.abc import Sequence

from index.catalogue import Entry
from index.terms import content_terms
from qa.question import BOARD, LAST_YEAR, LONGEST, YEAR, Question, understand

BEGINS = re.compile(r"^\W*(?:och|men)\b", re.I)
#: "Vad beror det på?", "Hur var det då?": what it is about was said before.
POINTS_BACK = re.compile(r"\b(?:det|den|dem|detta|dessa|då|där|sedan|sen)(?: på| till| av)?\W*$", re.I)
NEXT_YEAR = re.compile(r"\b(?:året efter(?:åt)?|året därpå|nästa år)\b", re.I)
#: What a place or a year that was taken out leaves behind: "Hur hög var den i ?"
DANGLING = re.compile(
    r"\s+(?:i|för|från|hos|under|år)(?=\s*[?.,!]|\s*$|\s(?:vid|under|och|i|för)\b)|\s+(?=[?.,!])", re.I
)
#: Words that point back and name nothing.
EMPTY = frozenset("innan då sedan sen där efteråt därpå".split())


def in_context(text: str, before: Question, entries: Sequence[Entry]) -> str:
    """The text of a question with what it leans on from the question ``before``; itself if it leans on nothing,
    or would become too long.

    What it names itself, a municipality or a year, takes the place of what was named before.

    Raises:
        BadQuestion: if the text is empty or too long.
    """
    question = understand(text, entries)
    if before.scope.years and not YEAR.search(text):
        text = LAST_YEAR.sub(str(min(before.scope.years) - 1), text)
        text = NEXT_YEAR.sub(str(max(before.scope.years) + 1), text)
    own_year = YEAR.search(text) is not None
    about = {each.lemma for each in content_terms(YEAR.sub(" ", question.subject))} - EMPTY
    moved = own_year and not YEAR.search(question.text)
    if about and not (BEGINS.search(text) or POINTS_BACK.search(text) or moved):
        return text
    said = before.text
    if question.scope.municipalities:
        # The other municipality's boards may be others.
        said = BOARD.sub("nämnden", before.topic)
    if own_year:
        said = YEAR.sub(" ", said)
    joined = f"{DANGLING.sub('', ' '.join(said.split()))} {text}"
    return joined if len(joined) <= LONGEST else text
