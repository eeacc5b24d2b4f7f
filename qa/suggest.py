"""Questions to begin with, that this very library answers."""

import re
from itertools import islice, zip_longest

from corpus.errors import RapportsvarError
from index.prepare import Entry
from qa.answer import Status
from qa.assistant import Assistant
from qa.recency import age

#: What is asked of most boards, one group for each kind of answer. Nothing here is taken on trust: each is asked first.
ASKED = (
    (
        "Varför blev det underskott i {place} {year}?",
        "Varför blev det överskott i {place} {year}?",
        "Vad beror avvikelsen mot budget på i {place} {year}?",
        "Varför ökade kostnaderna i {place} {year}?",
    ),
    (
        "Hur hög var sjukfrånvaron i {place} {year}?",
        "Hur många årsarbetare fanns i {place} {year}?",
        "Vad blev nettokostnaden i {place} {year}?",
        "Hur stora var investeringarna i {place} {year}?",
    ),
    (
        "Hur har sjukfrånvaron utvecklats i {place}?",
        "Hur har antalet elever utvecklats i {place}?",
        "Vilka mål uppnåddes inte i {place} {year}?",
        "Vilka risker finns i {place} {year}?",
        "Vad händer framöver i {place}?",
    ),
)
#: So many of the newest reports are tried, one municipality after the other.
REPORTS = 6
MOST = 3


def suggestions(assistant: Assistant) -> list[str]:
    """At most three questions, of different kinds and where it can be of different municipalities, all answered."""
    places = _places(assistant.library.entries)
    found = []
    for number, group in enumerate(ASKED):
        turn = number % len(places)
        asked = (_question(pattern, place) for pattern in group for place in places[turn:] + places[:turn])
        found.append(list(islice((question for question in asked if _is_answered(assistant, question)), MOST)))
    # The first of each kind; where a kind has none, the next of the others.
    return [question for row in zip_longest(*found) for question in row if question][:MOST]


def _places(entries: tuple[Entry, ...]) -> list[Entry | None]:
    """The newest report of each municipality, the newest of all first; None where no municipality is known for sure."""
    best: dict[str, Entry] = {}
    for entry in sorted(entries, key=age):
        if entry.municipality and entry.period and not {"municipality", "period"} & entry.uncertain:
            best[entry.municipality] = entry
    newest: list[Entry | None] = [*sorted(best.values(), key=age, reverse=True)]
    return newest[:REPORTS] or [None]


def _question(pattern: str, of: Entry | None) -> str:
    if of is None or of.period is None:
        return re.sub(r" i \{place\}(?: \{year\})?", "", pattern)
    return pattern.format(place=of.municipality, year=of.period.year)


def _is_answered(assistant: Assistant, question: str) -> bool:
    try:
        answer = assistant.ask(question)
    except RapportsvarError:
        return False
    # An answer with a warning is no good first impression.
    return answer.status is Status.ANSWERED and not answer.notes
