"""Evidence to a short Swedish answer: the report's own words, each with its citation."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.document import Report
from corpus.municipalities import official
from index.lexical import Weighted
from index.store import Library
from qa.answer import Sentence
from qa.cells import FigureEvidence
from qa.evidence import Evidence
from qa.premise import NOT_SO, VERDICTS, examine
from qa.question import Kind, Question
from qa.quoting import places, quote
from qa.stating import figure_sentences
from qa.wanted import TARGET_ASKED, wanted_kinds

#: An answer's length in characters; a reader aloud has half a minute.
BUDGET = 560
#: A label of which the question has less than this is of something narrower than was asked.
NARROWER = 0.4
#: Kinds of question that no number answers.
WORDED = frozenset({Kind.WHY, Kind.WHEN, Kind.WHO, Kind.LIST})
#: "Vad finns det för …" wants words; keywords alone may want a number.
ASKS_IN_WORDS = re.compile(r"^\W*(?:vad|vilk(?:en|et|a)|berätta|beskriv|förklara|hur)\b", re.I)


def source_name(report: Report) -> str:
    """How an answer names a report: «Marks kommun, Socialnämnden, årsrapport 2023»."""
    doubt = " (osäkert)" if "municipality" in report.uncertain else ""
    parts = [
        official(report.municipality) + doubt if report.municipality else report.file,
        report.board or "",
        " ".join(filter(None, [report.kind, report.period.label if report.period else None])),
    ]
    return ", ".join(part for part in parts if part)


def share(budget: int, count: int) -> int:
    """The characters that each of ``count`` parts of an answer may have.

    Parts together get somewhat more than one answer alone, and none less than a sentence needs.
    """
    return budget if count <= 1 else max(160, int(1.2 * budget / count))


def compose(
    question: Question,
    query: Sequence[Weighted],
    sentences: Sequence[Evidence],
    figures: Sequence[FigureEvidence],
    library: Library,
    groups: Sequence[Sequence[str]],
    budget: int = BUDGET,
) -> list[Sentence]:
    """The sentences of an answer: for each group of reports (ids) its best evidence.

    ``budget`` is shared between the groups.
    """
    answer: list[Sentence] = []
    budget = share(budget, len(groups))
    for group in groups:
        mine = [each for each in sentences if each.report_id in group]
        rows = [each for each in figures if each.row[0].report_id in group]
        answer.extend(_group_answer(question, query, mine, rows, library, budget))
    return answer


def with_sources(said: Sequence[Sentence], library: Library) -> list[Sentence]:
    """The sentences, each first one from a report with the report's name."""
    named: list[Sentence] = []
    before = ""
    for sentence in said:
        if sentence.source:
            # What is worked out from several reports goes by that name.
            named.append(sentence)
            before = ""
            continue
        report_id = sentence.citations[0].report_id
        named.append(replace(sentence, source="" if report_id == before else source_name(library.report(report_id))))
        before = report_id
    return named


def _group_answer(
    question: Question,
    query: Sequence[Weighted],
    sentences: Sequence[Evidence],
    rows: Sequence[FigureEvidence],
    library: Library,
    budget: int,
) -> list[Sentence]:
    figure = rows[0] if rows and wants_figure(question, rows[0], sentences) else None
    if figure and TARGET_ASKED.search(question.text):
        # Whether a target was met is told by it and by what came out.
        return figure_sentences(question, figure, library)
    finding = examine(question, query, sentences, library)
    # A cause is asked for of what is so; where it isn't, that is the answer.
    if finding and (question.kind is Kind.YES_NO or finding.holds is False):
        said = list(finding.figures) or _quoted(question, sentences, library, budget, finding.evidence)
        return led(VERDICTS[finding.holds] if question.kind is Kind.YES_NO else NOT_SO, said)
    if figure:
        return figure_sentences(question, figure, library)
    return _quoted(question, sentences, library, budget)


def _quoted(
    question: Question,
    sentences: Sequence[Evidence],
    library: Library,
    budget: int,
    first: Evidence | None = None,
) -> list[Sentence]:
    """The reports' own sentences that answer, ``first`` before the others if it is given."""
    chosen = places(question, sentences, library, budget, first) if sentences else []
    return [quote(library.report(report_id), start, end) for report_id, start, end in chosen]


def led(lead: str, said: Sequence[Sentence]) -> list[Sentence]:
    """The sentences, the first of them after a few words of our own."""
    return [replace(said[0], text=f"{lead} {said[0].text}", lead=lead), *said[1:]] if said else []


def affirmed(said: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of an answer that begins with yes, without that word; none of any other."""
    if not said or said[0].lead != VERDICTS[True]:
        return []
    return [replace(said[0], text=said[0].text.removeprefix(f"{said[0].lead} "), lead=""), *said[1:]]


def wants_figure(question: Question, row: FigureEvidence, sentences: Sequence[Evidence]) -> bool:
    """Whether a table's cell answers better than any sentence does."""
    if row.precision < NARROWER or question.kind in WORDED:
        return False
    best = max((each.coverage for each in sentences[:5]), default=0.0)
    if question.kind is Kind.TREND:
        return row.coverage >= 0.5
    if row.cells and set(wanted_kinds(question.text)) & {each.kind for each in row.cells}:
        # A column that is asked for by name is no matter of words.
        return row.coverage >= 0.6 and row.coverage >= best - 0.3
    if question.kind in (Kind.HOW_MUCH, Kind.COMPARE) or wanted_kinds(question.text):
        return row.coverage >= 0.6 and (row.coverage >= best - 0.12 or row.precision >= 0.7)
    if question.kind in (Kind.TOPIC, Kind.YES_NO) and not ASKS_IN_WORDS.search(question.text):
        return row.coverage >= 0.8 and row.coverage >= best - 0.2 and row.precision >= 0.5
    return False
