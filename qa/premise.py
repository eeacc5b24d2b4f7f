"""Whether what a question takes for granted, or asks if it is so, is what the reports say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.document import Figure, FigureKind
from corpus.municipalities import name_pattern
from index.lexical import Weighted
from index.store import Library
from qa.answer import Sentence
from qa.cells import FigureEvidence, find_figures, year_of
from qa.clues import Naming
from qa.computed import Computed
from qa.cues import told_years
from qa.evidence import Evidence
from qa.extremes import deficit_sign
from qa.polarity import Way, asked_way, partly, went
from qa.question import Kind, Question, in_scope
from qa.reach import in_reach
from qa.stating import figure_sentences, stating
from qa.whole import asks_for_the_whole, whole_deviation

#: What an answer begins with where the report says that it is so, that it isn't, or that it partly is.
VERDICTS = {True: "Ja.", False: "Nej.", None: "Delvis."}
NOT_SO = "Frågans utgångspunkt stämmer inte med rapporten:"
#: A sentence that gives a verdict must be so likely an answer beside the best.
NEAR = 0.05
#: A row that has so much of the question, and of which the question has so much, is the one meant.
ROW_COVERAGE = 0.7
ROW_PRECISION = 0.6
#: Of a question of two things, which way and what, a row's label can have no more than the one.
HALF = 0.5
#: Kinds of question that a verdict, or a premise put right, can answer.
JUDGED = frozenset({Kind.WHY, Kind.YES_NO})


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
    """Whether things went the way that a question says; None where it names no way, or nothing tells for sure.

    Figures go before words; where a table and a sentence disagree, neither is believed.
    """
    way = asked_way(question.text)
    if way is None or question.kind not in JUDGED:
        return None
    told = _by_words(question, way, sentences, library)
    found = [each.report_id for each in sentences]
    if way in (Way.UP, Way.DOWN):
        return _by_change(question, query, way, library, found) or told
    if way in (Way.SURPLUS, Way.DEFICIT):
        counted = _by_deviation(question, query, way, library, found)
        if counted and told and counted.holds is not told.holds:
            return None
        return told or counted
    return told


def holds_of(question: str, sentence: Sentence) -> str:
    """The lead that a sentence's own words, or what is worked out in it, give an answer to a question.

    The sentence's own lead where that can't be told: a follow-up names no way, and whether a
    deviation is a deficit is told by its whole table.
    """
    way = asked_way(question)
    if way is None or (sentence.figures and not sentence.computed):
        return sentence.lead
    text = sentence.text.removeprefix(sentence.lead)
    told = {_went(each) for each in sentence.computed} if sentence.computed else went(text) & {way, way.opposite}
    if sentence.lead == NOT_SO:
        return NOT_SO if told == {way.opposite} else ""
    if not told:
        return VERDICTS[None] if partly(text) else ""
    return VERDICTS[way in told] if len(told) == 1 else ""


def _went(change: Computed) -> Way | None:
    return None if not change.change else Way.UP if change.change > 0 else Way.DOWN


def _by_change(
    question: Question, query: Sequence[Weighted], way: Way, library: Library, found: Sequence[str]
) -> Finding | None:
    """By the change of the row that is meant, from the year before the one asked about."""
    years = question.scope.years
    if len(years) > 1:
        return None
    if not years:
        covered = [each.period.year for each in in_scope(library.entries, question.scope) if each.period]
        if not covered:
            return None
        years = (max(covered),)
    asked = replace(question, kind=Kind.COMPARE, scope=replace(question.scope, years=(years[0] - 1, years[0])))
    for row in find_figures(asked, query, library, found):
        if row.coverage < ROW_COVERAGE or row.precision < ROW_PRECISION:
            continue
        if {each.kind for each in row.cells} != {FigureKind.OUTCOME}:
            continue
        stated = figure_sentences(asked, row, library)
        changes = [each for sentence in stated for each in sentence.computed if each.change]
        return Finding(_went(changes[0]) is way, figures=tuple(stated)) if len(changes) == 1 else None
    return None


def _by_deviation(
    question: Question, query: Sequence[Weighted], way: Way, library: Library, found: Sequence[str]
) -> Finding | None:
    """By the deviation from budget of the row that is meant, or of the board as a whole."""
    years = question.scope.years
    cells: list[Figure] = []
    if asks_for_the_whole(question):
        for report_id in in_reach(question, library, found):
            period = library.entry(report_id).period
            if period and (not years or period.year in years):
                deviation = whole_deviation(library.report(report_id), library.catalogue.figures(report_id))
                cells += [deviation] if deviation else []
    else:
        cells = [cell for row in find_figures(question, query, library, found) for cell in _deviations(row, years)]
    if len({library.entry(each.report_id).municipality for each in cells}) != 1:
        return None
    cell = max(cells, key=lambda each: (year_of(each) or 0, -each.start))
    sign = deficit_sign(cell, library)
    if sign is None or not cell.value:
        return None
    told = Way.DEFICIT if cell.value * sign > 0 else Way.SURPLUS
    return Finding(told is way, figures=(stating([cell], library),))


def _deviations(row: FigureEvidence, years: Sequence[int]) -> list[Figure]:
    """The deviation of a row that is named in the question and has nothing beside."""
    if row.precision < 1.0 or row.coverage < HALF:
        return []
    found = [each for each in row.row if each.kind is FigureKind.DEVIATION and each.unit != "%"]
    found = [each for each in found if not years or year_of(each) in (*years, None)]
    return found if len(found) == 1 else []


def _by_words(question: Question, way: Way, sentences: Sequence[Evidence], library: Library) -> Finding | None:
    """By the sentences that have all that the question names and say for sure which way it went.

    None where some say one thing and some another.
    """
    verdicts: dict[bool | None, Evidence] = {}
    for each in sentences:
        if not each.near(sentences[0], NEAR) or not each.of_what or each.naming is not Naming.FULLY:
            continue
        report = library.report(each.report_id)
        text = report.text[each.start : each.end]
        years = set(question.scope.years) or ({report.period.year} if report.period else set())
        elsewhere = {match[1] for match in name_pattern().finditer(text)} - {report.municipality}
        if told_years(text) - years or elsewhere:
            continue
        told = went(text) & {way, way.opposite}
        if len(told) == 1:
            verdicts.setdefault(way in told, each)
        elif way in (Way.MET, Way.UNMET) and partly(text):
            verdicts.setdefault(None, each)
    if len(verdicts) != 1:
        return None
    ((holds, evidence),) = verdicts.items()
    return Finding(holds, evidence)
