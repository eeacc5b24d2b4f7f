"""What an answer tells beside its sentences: warnings, and how the question was read."""

from collections.abc import Iterable, Sequence

from corpus.municipalities import official
from index.glossary import Match
from index.store import Library
from index.terms import Term, terms
from qa.answer import Sentence
from qa.matching import match
from qa.question import Question, listed

#: How well a quote must match each word of a meaning to be quoting it; compounds and derivations count.
QUOTED = 0.7
#: What is worth a warning when it is uncertain.
DOUBTS = {"municipality": "kommun", "period": "period"}


def notes_on(question: Question, said: Sequence[Sentence], library: Library) -> tuple[str, ...]:
    """What is to be noted of an answer: other years, doubts about its reports, remarks on its figures."""
    notes = list(question.notes)
    used = {c.report_id for sentence in said for c in sentence.citations}
    for report_id in sorted(used):
        entry = library.entry(report_id)
        years = question.scope.years
        if years and entry.period and entry.period.year not in years:
            notes.append(f"Uppgiften står i rapporten för {entry.period.label}.")
        doubts = [word for field, word in DOUBTS.items() if field in entry.uncertain]
        if doubts:
            notes.append(f"Det är osäkert vilken {' och '.join(doubts)} rapporten {entry.file} gäller.")
    places = {(c.report_id, c.start, c.end) for sentence in said for c in sentence.citations}
    for place in sorted(places):
        notes += [figure.note for figure in library.catalogue.figures(*place) if figure.note]
    return tuple(dict.fromkeys(notes))


def explained(question: Question, readings: Sequence[Match], said: Sequence[Sentence] | None = None) -> tuple[str, ...]:
    """How the question was read, if otherwise than written, and which of its words were taken for others.

    Of those, the ones that ``said`` quotes; all of them if it is None.
    """
    own = {each.lemma for each in terms(question.topic)}
    quoted = [each for sentence in said or () for c in sentence.citations for each in terms(c.quote)]

    def quotes(found: Iterable[Term]) -> bool:
        return all(match(each, quoted) >= QUOTED for each in found)

    lines = [f"Frågan lästes som «{question.text}»."] if question.asked else []
    for reading in readings:
        meant = [
            meaning.text
            for meaning in reading.meanings
            if not meaning.opposite
            and not {each.lemma for each in meaning.terms} <= own
            and (said is None or quotes(meaning.terms))
        ]
        if meant and (said is None or not quotes(terms(reading.asked))):
            lines.append(f"«{reading.asked}» söktes också som {listed(f'«{each}»' for each in meant)}.")
    return tuple(dict.fromkeys(lines))


def silence(part: Question, elsewhere: bool) -> str:
    """What is told of a part without an answer; ``elsewhere`` another question of the same scope has one."""
    return (
        f"Rapporterna svarar inte på «{part.text}»."
        if elsewhere
        else f"Om {_scope_name(part)} svarar rapporterna inte."
    )


def _scope_name(part: Question) -> str:
    """«Norrviks kommun 2023», as far as the part says."""
    places = [official(name) for name in part.scope.municipalities]
    return " ".join([*places, *map(str, part.scope.years)])
