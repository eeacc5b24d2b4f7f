"""What is said where the reports don't answer: why not, what was searched, what is nearest, what is needed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.document import Figure
from corpus.municipalities import official
from index.glossary import Match
from index.prepare import Entry
from index.store import Library
from index.terms import is_stop, term, words
from qa.answer import Sentence, cite
from qa.question import Question, in_scope, listed
from qa.retrieve import Hit
from qa.stating import name

#: A name, written as one, after the first word; two in a row are one name.
NAME = re.compile(r"(?<=[\w,;:)»”\"] )[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ][\w-]+)*")

#: A shorter name may begin other words by chance.
LONG_NAME = 5


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a question names and the library has nothing of, what it has instead, and what would help."""

    reason: str
    known: str
    needed: str


def lacking(question: Question, readings: Sequence[Match], library: Library) -> Lack | None:
    """The municipality, board or other name in a question that no report is of, and none speaks of.

    ``readings`` are the words of the question that may stand for others.
    """
    known = library.entries.municipalities
    missing = [official(each) for each in question.scope.municipalities if each not in known]
    if missing:
        return Lack(
            f"Det finns inga rapporter från {listed(missing)} i biblioteket.",
            _held([official(each) for each in known if each]),
            f"Lägg till en rapport från {listed(missing)}{_of_years(question)} för att få svar.",
        )
    boards = _foreign_boards(question, library)
    if not boards and not in_scope(library.entries, question.scope):
        boards = list(question.scope.boards)
    if boards:
        return Lack(
            f"Det finns inga rapporter från {listed(boards)} att söka i.",
            _held(library.entries.boards),
            f"Lägg till en rapport från {listed(boards)}{_of_years(question)} för att få svar.",
        )
    if names := unspoken(question, readings, library):
        searched = f"Sökningen gällde {_searched(question, library)}."
        return Lack(f"Rapporterna nämner inte {listed(names)}.", searched, "")
    return None


def unspoken(question: Question, readings: Sequence[Match], library: Library) -> list[str]:
    """The names in a question that stand in no report, in any form: nothing there can be about them."""
    glossed = {word for each in readings for word in words(each.asked)}
    names = [each for each in _names(question) if not any(_spoken(w, glossed, library) for w in words(each))]
    return names + _foreign_boards(question, library)


def refusal(
    question: Question, lack: Lack | None, hits: Sequence[Hit], blank: Figure | None, library: Library
) -> list[Sentence]:
    """The sentences of a refusal; only that on the nearest place has a citation."""
    if lack:
        said = [lack.reason, lack.known, lack.needed]
        return [Sentence(each, ()) for each in said if each]
    said = ["Rapporterna svarar inte på frågan.", f"Sökningen gällde {_searched(question, library)}."]
    return [Sentence(each, ()) for each in said] + _nearest(hits, blank, library) + _needed(question, library)


#: How the sentences of a refusal begin.
BEGINNINGS = (
    "Rapporterna svarar inte på frågan.",
    "Sökningen gällde ",
    "Det finns inga rapporter från ",
    "Det är inte känt vems rapporter som finns där.",
    "Där finns rapporter från ",
    "Lägg till en rapport från ",
    "Rapporterna nämner inte ",
    "Tabellraden «",
    "Närmast kommer avsnittet «",
    "Det skulle behövas en rapport",
)


def is_refusal(text: str) -> bool:
    """Whether a sentence begins as one of a refusal does."""
    return text.startswith(BEGINNINGS)


def _nearest(hits: Sequence[Hit], blank: Figure | None, library: Library) -> list[Sentence]:
    """The row whose cell is blank, or the passage that comes nearest."""
    if blank is not None:
        report = library.report(blank.report_id)
        block = report.block_at(blank.start)
        text = f"Tabellraden «{name(blank)}» i {report.title} har ingen säker uppgift om det."
        return [Sentence(text, cite(report, block.start, block.end))]
    if not hits:
        return []
    passage = hits[0].passage
    report = library.report(passage.report_id)
    heading = passage.heading_path[-1] if passage.heading_path else report.title
    text = f"Närmast kommer avsnittet «{heading}» i {report.title}."
    return [Sentence(text, cite(report, passage.start, passage.end))]


def _needed(question: Question, library: Library) -> list[Sentence]:
    """Which report would be needed, where the years asked about have none."""
    entries = in_scope(library.entries, question.scope)
    covered = entries.years
    missing = [str(year) for year in question.scope.years if year not in covered]
    if not missing:
        return []
    places = [official(each) for each in question.scope.municipalities]
    of = f" från {listed(places)}" if places else ""
    return [Sentence(f"Det skulle behövas en rapport{of} för {listed(missing)}.", ())]


def _foreign_boards(question: Question, library: Library) -> list[str]:
    """The boards asked about that no report is of, and none speaks of."""
    spoken = library.vocabulary
    return [
        board
        for board in question.other_boards
        if not any(form in spoken for word in words(board)[-1:] for form in (word, word.removesuffix("en"), f"{word}s"))
    ]


def _names(question: Question) -> list[str]:
    """The words of a question that are written as names."""
    return [match[0] for match in NAME.finditer(question.topic)]


def _spoken(word: str, glossed: set[str], library: Library) -> bool:
    """Whether the reports have a word in any form, or the glossary has it."""
    found = term(word)
    forms = {word, word.removesuffix("s"), f"{word}s", found.lemma, *found.parts}
    if is_stop(word) or forms & glossed or any(form in library.vocabulary for form in forms):
        return True
    # "Dalsland" in "dalslandsgemensamma".
    return len(word) >= LONG_NAME and any(each.startswith(word) for each in library.vocabulary.beginning(word[0]))


def _of_years(question: Question) -> str:
    return f" för {listed(map(str, question.scope.years))}" if question.scope.years else ""


def _searched(question: Question, library: Library) -> str:
    """«Marks kommun (2023, 2024)» for each municipality that was searched."""
    years: dict[str, list[str]] = {}
    for entry in in_scope(library.entries, question.scope):
        owner = official(entry.municipality) if entry.municipality else entry.file
        years.setdefault(owner, []).append(_period(entry))
    shown = [f"{owner} ({', '.join(dict.fromkeys(labels))})" for owner, labels in years.items()]
    if len(shown) > MOST_NAMED:
        return f"{len(shown)} kommuners rapporter"
    return listed(shown)


#: More municipalities are counted rather than named.
MOST_NAMED = 6


def _period(entry: Entry) -> str:
    return entry.period.label if entry.period else "okänt år"


def _held(owners: Iterable[str]) -> str:
    """Whose reports there are, in a sentence."""
    known = sorted(set(owners))
    if not known:
        return "Det är inte känt vems rapporter som finns där."
    named = listed(known) if len(known) <= MOST_NAMED else f"{listed(known[:MOST_NAMED])} med flera"
    return f"Där finns rapporter från {named}."
