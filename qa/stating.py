"""Figures to sentences: what a row says, how it has changed, whether its target was met."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from corpus.document import Block, BlockKind, Figure, FigureKind, Report, Sign
from corpus.meaning import footnote
from corpus.numerals import Bound, parse
from corpus.tables import JUDGED, table_spans
from index.measures import table_name
from index.store import Library
from qa.across import alike, comparable, restated, series
from qa.answer import Citation, Reports, Sentence, cite
from qa.cells import FigureEvidence, year_of
from qa.computed import Computed, comparable_values, difference
from qa.matching import information
from qa.question import Kind, Question, listed
from qa.recency import age
from qa.wanted import TARGET_ASKED, telling, wanted_kinds

#: Cells of one row in one sentence.
MOST_CELLS = 3
#: "Hur mycket minskade …", "skillnaden mellan …": what is asked for is a difference.
CHANGE_ASKED = re.compile(
    r"\b(?:öka|minska|sjönk|sjunk|steg|stig|föränd|skillnad|skilj|jämför|ändra)\w*|\bän\b|\bmellan\b", re.I
)
#: A target that is to be stayed under is said so in its label.
AT_MOST = re.compile(r"\b(?:högst|max(?:imalt)?|inte över)\b", re.I)
#: What a column's name has before its time.
KIND_WORD = re.compile(r"^(?:utfall|prognos|budget|(?:delårs|års)?bokslut|mål(?:värde)?)\s+(?=\S)", re.I)
AT_LEAST = re.compile(r"\b(?:minst|lägst)\b", re.I)
#: What a row does to its only cell in a sentence, where it is of this kind.
VERBS = {FigureKind.OUTCOME: "var", FigureKind.FORECAST: "väntas bli"}
LABEL_WORD = re.compile(r"[^\W\d_]{3,}(?!-)")
#: A target's label may tell what to do.
INFINITIVE = re.compile(
    r"(?:minska|öka|förbättra|förkorta|höja|sänka|behålla|skapa|nå|ska|utveckla|erbjuda|säkerställa|få|ha|ge)", re.I
)
#: How an answer names what it has worked out from several reports.
WORKED_OUT = "Beräknat"


def figure_sentences(question: Question, evidence: FigureEvidence, library: Library) -> list[Sentence]:
    """The sentences that state a row's cells, with what follows from them and what became of them.

    One for each report that the cells are from, then the change between them. Where a later
    report has changed a figure, it is stated, and then the earlier one named.
    """
    cells = _cells(question, evidence, library)
    trend = question.kind is Kind.TREND and len(cells) > 1
    if len(cells) == 1 and (newer := restated(cells[0], library)):
        earlier = stating(cells, library, year=False)
        return [
            stating([newer], library, year=False),
            replace(earlier, text=f"Uppgiften har ändrats från {stated_cell(cells[0], library)}."),
        ]
    cells = cells if trend else cells[:MOST_CELLS]
    by_report: dict[str, list[Figure]] = {}
    for cell in cells:
        by_report.setdefault(cell.report_id, []).append(cell)
    stated = [stating(each, library, year=trend) for each in by_report.values()]
    met, judged = verdict(cells, library) if TARGET_ASKED.search(question.text) else ("", ())
    if met:
        stated[0] = replace(stated[0], text=f"{stated[0].text} {met}", citations=stated[0].citations + judged)
        return stated
    found = _asked_change(question, cells, trend)
    if found is not None:
        # From several reports it goes by a name of its own.
        alone = len(stated) > 1
        citations = tuple(dict.fromkeys(c for each in found.of for c in cite_cell(each, library)))
        stated.append(Sentence(change_text(found, alone), citations, WORKED_OUT if alone else "", found.of, (found,)))
    years = question.scope.years
    since = _since(cells[-1], library) if trend and (not years or (year_of(cells[-1]) or 0) < max(years)) else None
    if since is not None:
        stated.append(replace(stating([since], library, year=False), text=f"Därefter: {stated_cell(since, library)}."))
    return stated


def _since(last: Figure, library: Library) -> Figure | None:
    """What came out after a series, of a part of the year that has begun: the newest there is."""
    later = [
        each
        for each in alike(last, library)
        if each.kind is last.kind and not comparable(each, last) and (year_of(each) or 0) > (year_of(last) or 0)
    ]
    return max(later, key=lambda each: (year_of(each) or 0, age(library.entry(each.report_id))), default=None)


def _asked_change(question: Question, cells: Sequence[Figure], trend: bool) -> Computed | None:
    """The difference between the first and the last of the cells in time, where one is asked for."""
    asked = trend or (len(cells) == 2 and CHANGE_ASKED.search(question.text))
    kinds = {each.kind for each in cells}
    # What is expected may be set beside what came out; a budget or a difference may not.
    if not asked or (len(kinds) > 1 and kinds != {FigureKind.OUTCOME, FigureKind.FORECAST}):
        return None
    first, *_, last = sorted(cells, key=lambda each: (year_of(each) or 0, bool(each.period and each.period.whole_year)))
    return difference(first, last)


def _cells(question: Question, evidence: FigureEvidence, library: Library) -> list[Figure]:
    """The evidence's cells, with those of other reports for years that were asked for and it lacks."""
    cells = list(evidence.cells)
    if question.kind is Kind.TREND:
        years = question.scope.years
        found = series(cells, library)
        return [each for each in found if not years or min(years) <= (year_of(each) or 0) <= max(years)] or found
    missing = set(question.scope.years) - {year_of(each) for each in cells}
    if not cells or not missing:
        return cells
    kinds = wanted_kinds(question.text) or [FigureKind.OUTCOME]
    others = [each for each in alike(cells[0], library) if each.kind in kinds and year_of(each) in missing]
    others.sort(key=lambda each: (bool(each.period and each.period.whole_year), age(library.entry(each.report_id))))
    by_year = {year_of(each): each for each in others}
    return sorted([*cells, *by_year.values()], key=lambda each: year_of(each) or 0)


def stating(cells: Sequence[Figure], library: Reports, year: bool = False) -> Sentence:
    """The cells of one row as they are written, with their columns, or with the years of a series."""
    parts = ", " if year else "; "
    stated = parts.join(stated_cell(cell, library, year) for cell in cells)
    verb = VERBS.get(cells[0].kind) if len(cells) == 1 and can_be_subject(name(cells[0])) else None
    text = f"{name(cells[0])} {verb} {stated}." if verb else f"{name(cells[0])}: {stated}."
    citations = tuple(dict.fromkeys(c for cell in cells for c in cite_cell(cell, library)))
    remarks, notes = _remarks(cells, library)
    return Sentence(text + remarks, citations + notes, figures=tuple(cells))


def can_be_subject(label: str) -> bool:
    """Whether a label can begin a sentence about it: not "Minska antalet …", "Ja", or one with its line before it."""
    first = LABEL_WORD.match(label)
    if first is None or INFINITIVE.fullmatch(first[0]):
        return False
    return " – " not in label and not label.endswith((".", "?"))


def name(figure: Figure) -> str:
    """What a figure is called: its label, under the line that it stands under."""
    label = figure.label.strip(" *%:,")
    over = figure.group or re.sub(r"^Tabell(?:\s\d+)?\s?:\s*", "", table_name(figure))
    over = re.sub(r"\s*\(?%\)?|\*", "", over).strip(" :,")
    return f"{over} – {label}" if over else label


def stated_cell(figure: Figure, library: Reports, year: bool = False) -> str:
    """A cell as it is written, with its unit and its column, or its year alone."""
    written = library.report(figure.report_id).text[figure.start : figure.end]
    number = parse(written)
    unit = "" if figure.unit is None or (number and number.unit) else f" {figure.unit}"
    when = figure.column or "i texten"
    if figure.column and figure.period and not figure.period.whole_year and not re.search(r"\d|jan|delår", when, re.I):
        # What part of the year it is of, where the column doesn't say; its year stands in the table's name.
        when = f"{when}, {re.sub(r' ?[0-9]{4}', '', figure.period.label)}"
    if year and figure.period:
        when = str(figure.period.year) if figure.period.whole_year else figure.column
    if re.match(r"[A-ZÅÄÖ][a-zåäö]", when):
        when = when[0].lower() + when[1:]
    return f"{written}{unit} ({when})"


def change_text(found: Computed, alone: bool) -> str:
    """The direction and the size of a change; said to be worked out, unless it stands ``alone`` under that name."""
    first, last = found.of
    span = f"från {_when(first)} till {_when(last)}"
    costs = last.sign is Sign.COSTS_NEGATIVE and max(first.value, last.value) < 0
    thing = "Kostnaden" if costs else "Talet"
    remarks = [] if alone else ["beräknat"]
    if first.period is None or last.period is None:
        remarks.append("rapporten säger inte om perioderna är lika långa")
    elif not comparable(first, last):
        remarks.append("perioderna är olika långa")
    remark = f" ({'; '.join(remarks)})" if remarks else ""
    if found.change == 0:
        return f"{thing} är {'densamma' if costs else 'detsamma'} {span}{remark}."
    if min(first.value, last.value) < 0 and not costs:
        # "Har ökat" says nothing clear of numbers below nought.
        return f"Skillnaden är {found.written}{remark}."
    return f"{thing} har {'ökat' if found.change > 0 else 'minskat'} med {found.written} {span}{remark}."


def _when(figure: Figure) -> str:
    if figure.period and figure.period.whole_year:
        return str(figure.period.year)
    return KIND_WORD.sub("", figure.column) or figure.column


def verdict(cells: Sequence[Figure], library: Reports) -> tuple[str, tuple[Citation, ...]]:
    """Whether a target was met: in the report's own words, else where it is clear which way it goes."""
    outcomes = [each for each in cells if each.kind is FigureKind.OUTCOME]
    targets = [each for each in cells if each.kind is FigureKind.TARGET]
    pairs = [(o, t) for o in outcomes for t in targets if year_of(o) == year_of(t)]
    if len(pairs) != 1:
        return "", ()
    outcome, target = pairs[0]
    report = library.report(outcome.report_id)
    block = report.block_at(outcome.start)
    own = [cell.strip() for cell in report.text[block.start : block.end].split("\t")[1:]]
    said = next((cell for cell in own if JUDGED.search(cell)), None)
    if said:
        return f"Rapportens bedömning: {said}.", cite(report, block.start, block.end)
    met = _is_met(outcome.value, target) if outcome.unit == target.unit and not outcome.bound else None
    if met is None:
        return "", ()
    so_far = outcome.period is not None and not outcome.period.whole_year
    return f"Målet {'nåddes' if met else 'nåddes inte'}{' i perioden' if so_far else ''}.", ()


def _is_met(value: Decimal, target: Figure) -> bool | None:
    if value == target.value and target.bound not in (Bound.BELOW.value, Bound.ABOVE.value):
        return True
    said = f"{target.label} {target.column}"
    if target.bound in (Bound.AT_MOST.value, Bound.BELOW.value) or AT_MOST.search(said):
        return value < target.value
    if target.bound in (Bound.AT_LEAST.value, Bound.ABOVE.value) or AT_LEAST.search(said):
        return value > target.value
    return None


# --- places -------------------------------------------------------------------------------------


def cite_cell(figure: Figure, library: Reports) -> tuple[Citation, ...]:
    """The citations of a cell's row, of the line it stands under, and of the head that names its column."""
    report = library.report(figure.report_id)
    block = report.block_at(figure.start)
    citations = cite(report, block.start, block.end)
    begins = next((first for first, last in table_spans(report) if first <= figure.start < last), block.start)
    above = report.blocks[report.block_number(begins) : report.block_number(block.start)]
    over = next((b for b in reversed(above) if figure.group and figure.group in report.text[b.start : b.end]), None)
    if over is not None and over.kind is BlockKind.ROW:
        citations += cite(report, over.start, over.end)
    head = [b for b in above if b.kind is BlockKind.TABLE_HEAD or _is_head_row(report, b)]
    return citations + tuple(c for b in head for c in cite(report, b.start, b.end))


def _is_head_row(report: Report, block: Block) -> bool:
    """A line with tabs of which no cell is a figure: part of the head."""
    cells = report.text[block.start : block.end].split("\t")[1:]
    return any(cell.strip() for cell in cells) and not any(re.match(r"\W*\d", cell) for cell in cells)


def _remarks(cells: Sequence[Figure], library: Reports) -> tuple[str, tuple[Citation, ...]]:
    """The footnote that the cells' stars lead to, as it is written."""
    cell = cells[0]
    report = library.report(cell.report_id)
    block = report.block_at(cell.start)
    head = " ".join(heading for heading in cell.headings[-1:])
    columns = " ".join(
        f"{each.column} {report.text[each.start : each.end]}" for each in cells if each.report_id == cell.report_id
    )
    note = footnote(report, block, f"{cell.label} {columns} {head}")
    if note is None:
        return "", ()
    remark = report.text[note.start : note.end].lstrip("* ")
    return f" ({remark.rstrip('.')}.)", cite(report, note.start, note.end)


def comparison(stated: Sequence[Sentence], library: Reports) -> tuple[Sentence | None, str]:
    """How several municipalities' figures differ, and a warning if they are of unlike periods.

    Nothing where a sentence does not state one figure, or the figures can't be compared.
    """
    if len(stated) < 2 or any(len(each.figures) != 1 for each in stated):
        return None, ""
    figures = [each.figures[0] for each in stated]
    owner = {each: library.report(each.report_id).municipality or "" for each in figures}
    if len({each.kind for each in figures}) > 1 or not all(same_thing(figures[0], each) for each in figures[1:]):
        return None, ""
    if any(difference(figures[0], each) is None for each in figures[1:]):
        return None, ""
    values = dict(zip(figures, comparable_values(figures), strict=True))
    ranked = sorted(figures, key=lambda each: values[each])
    found = difference(ranked[0], ranked[-1])
    if found is None:
        return None, ""
    converted = ", omräknat till samma enhet" if len({each.unit for each in figures}) > 1 else ""
    highest = [owner[each] for each in ranked if values[each] == values[ranked[-1]]]
    lowest = [owner[each] for each in ranked if values[each] == values[ranked[0]]]
    below = f" och lägst i {listed(lowest)}" if len(ranked) > 2 else ""
    text = f"Högst i {listed(highest)}{below}; skillnaden är {found.written}{converted}."
    if found.change == 0:
        text = f"Talen är lika stora{converted}."
    warning = ""
    if any(not comparable(figures[0], each) or year_of(each) != year_of(figures[0]) for each in figures[1:]):
        warning = f"Talen gäller olika perioder: {listed(f'{_period(each)} i {owner[each]}' for each in figures)}."
    citations = tuple(dict.fromkeys(c for each in figures for c in cite_cell(each, library)))
    return Sentence(text, citations, WORKED_OUT, tuple(figures), (found,)), warning


#: Two labels that share so much of what they tell are of the same thing.
SHARED = 0.5


def same_thing(first: Figure, second: Figure) -> bool:
    """Whether two municipalities' labels are of the same thing, by the words that tell what is measured."""
    a, b = ({each.lemma: each for each in telling(name(figure))} for figure in (first, second))
    union = sum(information(each) for each in {**a, **b}.values())
    return bool(union) and sum(information(a[lemma]) for lemma in a.keys() & b.keys()) >= SHARED * union


def _period(figure: Figure) -> str:
    if figure.period is None:
        return f"«{figure.column}»"
    return f"helåret {figure.period.year}" if figure.period.whole_year else figure.period.label
