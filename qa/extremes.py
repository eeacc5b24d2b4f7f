"""The largest or smallest row of a table: «vilken verksamhet hade störst underskott?»."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from corpus.consistency import TOTAL
from corpus.document import BlockKind, Figure, FigureKind, Report, Sign
from corpus.numerals import step
from corpus.tables import table_spans
from index.lexical import Weighted
from index.prepare import Entry
from index.store import Library
from index.terms import term, terms
from qa.answer import Sentence, cite
from qa.cells import choose_cells, rows_of
from qa.computed import comparable_values
from qa.matching import Matcher
from qa.polarity import asked_way
from qa.question import Question, in_scope
from qa.recency import latest_reports
from qa.stating import cite_cell, name, stated_cell
from qa.wanted import NOT_OF_THE_ROW, wanted_kinds

SUPERLATIVE = re.compile(
    r"\b(?:(?P<most>störst|högst|mest|flest|längst|dyrast|bäst)|(?P<least>lägst|minst|färst|kortast|billigast|sämst))[ae]?\b",
    re.I,
)
WHICH = re.compile(r"\bvilk(?:en|et|a)\s(?:av\s)?(?:\w+a\s)?(?P<noun>\w{3,})", re.I)
DEFICIT = re.compile(
    r"\b(?:underskott\w*|minus|back|översk(?:red|rid)\w*|översteg|överstiger|över budget\w*|sämst)\b", re.I
)
SURPLUS = re.compile(r"\b(?:överskott\w*|plus|under budget\w*|bäst)\b", re.I)
#: Words for the parts of a board, whichever of them a table has.
PARTS = ("verksamhet", "område", "enhet", "avdelning", "förvaltning")
#: Which municipality is no matter of one table.
WHICH_MUNICIPALITY = re.compile(
    r"\bvilk(?:en|a)(?:\sav)?\s(?:kommun(?:er(?:na)?)?|\w*nämnd(?:er(?:na)?)?)\b(?!\s(?:har|hade|får)?\s?ansvar)", re.I
)
#: Words that choose the column and the row; the others say which table.
SKIPPED = re.compile(
    rf"{SUPERLATIVE.pattern}|stora?|{DEFICIT.pattern}|{SURPLUS.pattern}|{NOT_OF_THE_ROW.pattern}", re.I
)
#: Rows that sum up the others.
SUMMARY = re.compile(rf"{TOTAL.pattern}|^(?:netto|resultat|årets|verksamhetens|varav|därav)", re.I)
#: A cell with a number, beside a label.
CELL = re.compile(r"[^\W\d_]{2}.*[\s\t][-−–+≤≥<>]*\d")
#: A table of fewer rows has nothing to choose between.
FEWEST_ROWS = 3
MOST_REPORTS = 8
#: How much of the question a table must have in its name, columns and labels.
ENOUGH = 0.5


def asks_which_municipality(text: str) -> bool:
    """Whether a question is which municipality has most or least of something, or is one of those that do."""
    return bool(WHICH_MUNICIPALITY.search(text) and (SUPERLATIVE.search(text) or asked_way(text)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The cells of one column of a table, a row each; where the table is, and how it writes deficits."""

    report: Report
    cells: tuple[Figure, ...]
    score: float
    start: int
    end: int
    deficits: int | None


def extreme(question: Question, query: Sequence[Weighted], library: Library) -> Sentence | None:
    """The sentence that tells which row of a table is the largest or smallest; None if that is not asked.

    It cites the whole table, since that is what the claim rests on.
    """
    asked = SUPERLATIVE.search(question.text)
    if asked is None or not WHICH.search(question.text) or WHICH_MUNICIPALITY.search(question.text):
        return None
    best = max(_candidates(question, query, library), key=lambda each: each.score, default=None)
    if best is None or best.score < ENOUGH:
        return None
    found = _chosen(question, best, asked)
    if found is None:
        return None
    cell, words = found
    whole = cite(best.report, best.start, best.end)
    among = f"av raderna under «{cell.group}»" if cell.group else "av tabellens rader"
    text = f"{name(cell)}: {stated_cell(cell, library)}, {words} {among}."
    return Sentence(text, tuple(dict.fromkeys((*cite_cell(cell, library), *whole))), figures=(cell,))


def _chosen(question: Question, candidate: _Candidate, asked: re.Match[str]) -> tuple[Figure, str] | None:
    """The cell asked for, and what it is the most of; None if two share the place, or it is not clear which is more."""
    cells = candidate.cells
    least = asked["least"] is not None
    judged = re.match("bäst|sämst", asked[0], re.I)
    if cells[0].kind is FigureKind.DEVIATION:
        deficit, surplus = DEFICIT.search(question.text), SURPLUS.search(question.text)
        if deficit or surplus:
            if candidate.deficits is None:
                return None
            # Deficits and surpluses as amounts above nought.
            amounts = {each: each.value * (candidate.deficits if deficit else -candidate.deficits) for each in cells}
            amounts = {each: amount for each, amount in amounts.items() if amount > 0}
            words, least = ("underskott" if deficit else "överskott"), least and not judged
        else:
            amounts, words = {each: abs(each.value) for each in cells}, "avvikelse"
        words = f"{'minst' if least else 'störst'} {words}"
    elif judged:
        return None
    else:
        values = comparable_values(cells) if not cells[0].kind.is_difference else [each.value for each in cells]
        amounts, words = dict(zip(cells, values, strict=True)), "lägst" if least else "högst"
    ranked = sorted(amounts, key=lambda each: amounts[each], reverse=not least)
    if not ranked or (len(ranked) > 1 and amounts[ranked[0]] == amounts[ranked[1]]):
        return None
    return ranked[0], words


def _candidates(question: Question, query: Sequence[Weighted], library: Library) -> Iterator[_Candidate]:
    """One column of each table, or part of a table under one line, of the newest reports in scope."""
    noun = WHICH.search(question.text)
    skipped = {noun["noun"].lower()} if noun else set()
    matcher = Matcher([w for w in query if not SKIPPED.fullmatch(w.concept) and w.concept not in skipped])
    wanted = wanted_kinds(question.text)
    if DEFICIT.search(question.text) or SURPLUS.search(question.text):
        wanted = [FigureKind.DEVIATION]
    for entry in _entries(question, library):
        report = library.report(entry.report_id)
        spans = table_spans(report)
        parts: defaultdict[tuple[tuple[int, int], str], list[list[Figure]]] = defaultdict(list)
        for row in rows_of(report, library.catalogue.figures(report.report_id)):
            at = bisect_right(spans, row[0].start, key=lambda span: span[0]) - 1
            if at >= 0:
                parts[spans[at], row[0].group].append(row)
        for ((start, end), group), rows in parts.items():
            found = _column(question, report, rows, wanted)
            if found is None or _lacks_rows(
                report, rows, start if not group else rows[0][0].start, end if not group else rows[-1][0].end
            ):
                continue
            head = report.text[start : report.block_at(found[0].start).end]
            named = " ".join([*found[0].headings, group, head])
            own = [matcher.coverage(matcher.matches(terms(each.label))) for each in found]
            if not _is_of_the_sort(question.text, named) or sum(each >= ENOUGH for each in own) == 1:
                # What is asked about is of another sort, or one of the rows and not which of them.
                continue
            words = terms(" ".join([named, *(each.label for each in found)]))
            score = matcher.coverage(matcher.matches(words)) if len(matcher) else 1.0
            yield _Candidate(report, tuple(found), score, start, end, _sign(rows))


def _column(
    question: Question, report: Report, rows: Sequence[list[Figure]], wanted: list[FigureKind]
) -> list[Figure] | None:
    """The exact cells of one column, of every row but sums and parts of others; None where a row lacks its cell."""
    compared = [row for row in rows if not SUMMARY.match(row[0].label)]
    # A table of one column has no other to choose.
    chosen = [choose_cells(question, report, row, wanted) or (row if len(row) == 1 else []) for row in compared]
    if len(chosen) < FEWEST_ROWS or not all(chosen):
        return None
    cells = [each[0] for each in chosen]
    alike = len({(each.column, each.unit) for each in cells}) == 1
    return cells if alike and not any(each.bound for each in cells) else None


def _lacks_rows(report: Report, rows: Sequence[list[Figure]], start: int, end: int) -> bool:
    """Whether a part of a table has rows with numbers of which no figure was certain: the largest may be there."""
    read = {report.block_number(row[0].start) for row in rows}
    first, last = report.block_number(start), report.block_number(end - 1)
    return any(
        report.blocks[at].kind is BlockKind.ROW and at not in read and CELL.search(_text(report, at))
        for at in range(first, last + 1)
    )


def _text(report: Report, at: int) -> str:
    return report.text[report.blocks[at].start : report.blocks[at].end]


def deficit_sign(cell: Figure, library: Library) -> int | None:
    """-1 where a cell's table writes a deficit with a minus, 1 where without; None if its rows don't tell."""
    report = library.report(cell.report_id)
    span = next(((first, last) for first, last in table_spans(report) if first <= cell.start < last), None)
    if span is None:
        return None
    return _sign(rows_of(report, library.catalogue.figures(cell.report_id, *span)))


def _sign(rows: Sequence[list[Figure]]) -> int | None:
    """-1 where a table writes a deficit with a minus, 1 where without, by its own rows; None if they don't tell."""
    votes: Counter[int] = Counter()
    for row in rows:
        by_kind = {kind: [each for each in row if each.kind is kind] for kind in FigureKind}
        budget, deviation = by_kind[FigureKind.BUDGET], by_kind[FigureKind.DEVIATION]
        actual = by_kind[FigureKind.FORECAST] or by_kind[FigureKind.OUTCOME]
        for b, a, d in product(budget, actual, deviation):
            if (
                d.unit == b.unit
                and d.value
                and abs(abs(b.value - a.value) - abs(d.value)) <= step(b.value, a.value) * 2
            ):
                worse = a.value > b.value if a.sign is not Sign.COSTS_NEGATIVE else a.value < b.value
                votes[1 if worse == (d.value > 0) else -1] += 1
    (best, count), *others = votes.most_common() or [(0, 0)]
    return best if count > sum(n for _, n in others) else None


def _is_of_the_sort(text: str, named: str) -> bool:
    """Whether a table of this name has rows of the sort that is asked about: "vilket kostnadsslag"."""
    noun = WHICH.search(text)
    if noun is None:
        return False
    found = term(noun["noun"].lower())
    forms = {found.lemma, found.parts[-1]} if len(found.parts[-1]) > 3 else {found.lemma}
    if forms & set(PARTS):
        forms |= set(PARTS)
    return any(form in named.lower() for form in forms)


def _entries(question: Question, library: Library) -> list[Entry]:
    entries = in_scope(library.entries, question.scope)
    own = [e for e in entries if e.period and e.period.year in question.scope.years]
    latest = latest_reports(library)
    return (own or [e for e in entries if e.report_id in latest])[:MOST_REPORTS]
