"""Whether what a question takes for granted, or asks if it is so, is what the reports say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.document import FigureKind
from index.lexical import Weighted
from index.store import Library
from qa.answer import Sentence
from qa.cells import find_figures
from qa.clues import Naming
from qa.evidence import Evidence
from qa.polarity import Way, asked_way, partly, ways
from qa.question import Kind, Question
from qa.stating import figure_sentences

#: Evidence of the asked way or its opposite must be so likely an answer beside the best.
NEAR = 0.05
#: The opposite is believed if it is so much likelier than the asked way.
LIKELIER = 2.0
#: A row that has so much of the question, and of which the question has so much, is the one meant.
ROW_COVERAGE = 0.8
ROW_PRECISION = 0.6
#: A sentence with so much less of the question than the best is of something else.
COVERAGE = 0.8


@dataclass(frozen=True, slots=True)
class Finding:
    """What the reports say of the way that a question names: ``holds`` is None where only partly.

    It rests on a sentence of the reports, or on sentences that state figures.
    """

    holds: bool | None
    evidence: Evidence | None = None
    figures: tuple[Sentence, ...] = ()


def examine(
    question: Question, query: Sequence[Weighted], sentences: Sequence[Evidence], library: Library
) -> Finding | None:
    """Whether things went the way that a question says; None where it names no way, or no report tells."""
    way = asked_way(question.text)
    if way is None or question.kind not in (Kind.WHY, Kind.YES_NO):
        return None
    if way in (Way.UP, Way.DOWN) and (found := _by_figures(question, query, way, library)):
        return found
    return _by_words(question, way, sentences, library)


def _by_figures(question: Question, query: Sequence[Weighted], way: Way, library: Library) -> Finding | None:
    """By the change of the row that is meant, from the year before the one asked about."""
    years = question.scope.years
    if len(years) > 1:
        return None
    if not years:
        covered = [e.period.year for e in library.entries if e.period and _in_scope(e.municipality, question)]
        if not covered:
            return None
        years = (max(covered),)
    asked = replace(question, kind=Kind.COMPARE, scope=replace(question.scope, years=(years[0] - 1, years[0])))
    for row in find_figures(asked, query, library):
        if row.coverage < ROW_COVERAGE or row.precision < ROW_PRECISION:
            continue
        if {each.kind for each in row.cells} != {FigureKind.OUTCOME}:
            continue
        stated = figure_sentences(asked, row, library)
        changes = [each for sentence in stated for each in sentence.computed if each.change]
        if len(changes) == 1:
            went = Way.UP if changes[0].change > 0 else Way.DOWN
            return Finding(went is way, figures=tuple(stated))
        return None
    return None


def _in_scope(municipality: str | None, question: Question) -> bool:
    return not question.scope.municipalities or municipality in question.scope.municipalities


def _by_words(question: Question, way: Way, sentences: Sequence[Evidence], library: Library) -> Finding | None:
    """By the likeliest sentence that goes one way and not the other."""
    best: dict[bool, Evidence] = {}
    for each in sentences:
        if not each.near(sentences[0], NEAR) or each.coverage < COVERAGE * sentences[0].coverage:
            continue
        text = library.report(each.report_id).text[each.start : each.end]
        if not each.of_what or each.naming is not Naming.ITSELF:
            continue
        told = ways(text) & {way, way.opposite}
        if len(told) == 1:
            best.setdefault(way in told, each)
        elif way in (Way.MET, Way.UNMET) and partly(text):
            return Finding(None, each)
    holds, denies = best.get(True), best.get(False)
    if denies and (holds is None or not holds.near(denies, 1 / LIKELIER)):
        return Finding(False, denies)
    return Finding(True, holds) if holds else None
