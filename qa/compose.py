"""Evidence to a short Swedish answer: the report's own words, each with its citation."""

import re
from collections.abc import Sequence

from corpus.document import BlockKind, Figure, Report
from corpus.municipalities import official
from corpus.split import sentences as split_sentences
from index.store import Library
from qa.answer import Sentence, cite
from qa.evidence import Evidence, FigureEvidence, neighbours
from qa.question import Kind, Question

#: An answer's length in characters; a reader aloud has half a minute.
BUDGET = 480
#: Sentences from one report in one answer.
MOST_SENTENCES = 3
#: A further sentence must be nearly as good as the first.
NEAR = 0.8
#: "Detta …", "Underskottet …": a sentence that leans on the one before it.
LEANING = re.compile(
    r"^(?:Detta|Dessa|Denna|Den|Det|De|Här|Där|Utöver detta|Även|Också|Däremot|Dock|Samtidigt|Resterande|Verksamheten|Målet)\b"
)


def source_name(report: Report) -> str:
    """How an answer names a report: «Marks kommun, årsrapport 2023»."""
    parts = [
        official(report.municipality) if report.municipality else report.file,
        " ".join(filter(None, [report.kind, report.period.label if report.period else None])),
    ]
    return ", ".join(part for part in parts if part)


def compose(
    question: Question,
    sentences: Sequence[Evidence],
    figures: Sequence[FigureEvidence],
    library: Library,
    groups: Sequence[Sequence[str]],
) -> list[Sentence]:
    """The sentences of an answer: for each group of reports (ids) its best evidence, within the budget."""
    answer: list[Sentence] = []
    budget = BUDGET if len(groups) <= 1 else max(200, int(1.4 * BUDGET / len(groups)))
    for group in groups:
        mine = [each for each in sentences if each.report_id in group]
        rows = [each for each in figures if each.row[0].report_id in group]
        answer.extend(_group_answer(question, mine, rows, library, budget))
    return answer


def _group_answer(
    question: Question,
    sentences: Sequence[Evidence],
    rows: Sequence[FigureEvidence],
    library: Library,
    budget: int,
) -> list[Sentence]:
    figure = rows[0] if rows and wants_figure(question, rows[0], sentences) else None
    if figure:
        report = library.report(figure.row[0].report_id)
        first = figure_sentence(question, figure, report)
        support = [e for e in sentences if e.report_id == report.report_id and e.coverage >= 0.75][:1]
        return [first, *(_quote(library.report(e.report_id), e.start, e.end) for e in support)]
    if not sentences:
        return []
    spans = _spans(sentences, library, budget)
    return [_quote(library.report(report_id), start, end) for report_id, start, end in spans]


def wants_figure(question: Question, row: FigureEvidence, sentences: Sequence[Evidence]) -> bool:
    """Whether a table's cell answers better than any sentence does."""
    if question.kind not in (Kind.HOW_MUCH, Kind.TREND, Kind.COMPARE, Kind.TOPIC, Kind.YES_NO):
        return False
    best = max((each.coverage for each in sentences[:5]), default=0.0)
    if question.kind is Kind.TREND:
        return row.coverage >= 0.5
    if question.kind in (Kind.TOPIC, Kind.YES_NO):
        return row.coverage >= 0.85 and row.coverage > best + 0.1
    return row.coverage >= 0.6 and row.coverage >= best - 0.12


def figure_sentence(question: Question, evidence: FigureEvidence, report: Report) -> Sentence:
    """A sentence that states the cells, citing their row and the head that names their columns."""
    label = evidence.row[0].label
    if question.kind is Kind.TREND and len(evidence.cells) >= 2:
        series = ", ".join(f"{_amount(cell, report)} ({_when(cell)})" for cell in evidence.cells)
        text = f"{label}: {series}{_direction(evidence.cells)}."
    else:
        cells = "; ".join(f"{_amount(cell, report)} ({cell.column})" for cell in evidence.cells[:3])
        text = f"{label}: {cells}."
    block = report.block_at(evidence.row[0].start)
    citations = cite(report, block.start, block.end)
    at = report.blocks.index(block)
    head = next(
        (other for other in reversed(report.blocks[:at]) if other.kind is BlockKind.TABLE_HEAD),
        None,
    )
    if head is not None:
        citations += cite(report, head.start, head.end)
    return Sentence(f"{source_name(report)}: {text}", citations)


def _amount(figure: Figure, report: Report) -> str:
    """The cell as it is written, with its unit."""
    written = report.text[figure.start : figure.end]
    if figure.unit is None or figure.unit in written:
        return written
    return f"{written} {figure.unit}"


def _when(figure: Figure) -> str:
    return figure.period or figure.column


def _direction(cells: Sequence[Figure]) -> str:
    first, last = cells[0].value, cells[-1].value
    if first == last:
        return ", alltså oförändrat"
    word = "ökning" if last > first else "minskning"
    return f", alltså en {word} från {_when(cells[0])} till {_when(cells[-1])}"


def _quote(report: Report, start: int, end: int) -> Sentence:
    text = re.sub(r"\s+", " ", report.text[start:end]).lstrip("•●▪·‣–- ")
    return Sentence(text, cite(report, start, end))


def _spans(sentences: Sequence[Evidence], library: Library, budget: int) -> list[tuple[str, int, int]]:
    """The places to quote: the best sentence, what leans on it, and others nearly as good."""
    best = sentences[0]
    chosen: list[tuple[str, int, int]] = [(best.report_id, best.start, best.end)]
    left = budget - (best.end - best.start)
    report = library.report(best.report_id)
    leaning = _leans_on(report, best)
    if leaning and leaning[1] - leaning[0] <= left:
        chosen.insert(0, (best.report_id, *leaning))
        left -= leaning[1] - leaning[0]
    scores = {(e.report_id, e.start): e.score for e in sentences}
    further = [
        (report.report_id, start, end)
        for start, end in neighbours(report, best)
        if scores.get((report.report_id, start), 0.0) >= NEAR * 0.5 * best.score
    ]
    further += [
        (e.report_id, e.start, e.end)
        for e in sentences[1:]
        if e.score >= NEAR * best.score and e.report_id == best.report_id
    ]
    for span in further:
        if span in chosen or len(chosen) >= MOST_SENTENCES:
            continue
        if span[2] - span[1] <= left:
            chosen.append(span)
            left -= span[2] - span[1]
    return chosen


def _leans_on(report: Report, evidence: Evidence) -> tuple[int, int] | None:
    """The sentence before one that begins with "Detta" or the like, in the same block."""
    if not LEANING.match(report.text[evidence.start : evidence.end]):
        return None
    block = report.block_at(evidence.start)
    before = [
        (block.start + a, block.start + b)
        for a, b in split_sentences(report.text[block.start : block.end])
        if block.start + b <= evidence.start
    ]
    return before[-1] if before else None
