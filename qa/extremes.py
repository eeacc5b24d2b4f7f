"""The largest or smallest row of a table: «vilken verksamhet hade störst underskott?»."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.consistency import TOTAL
from corpus.document import Figure, FigureKind, Report
from corpus.tables import table_start
from index.catalogue import Entry
from index.lexical import Weighted
from index.store import Library
from index.terms import term, terms
from qa.answer import Sentence, cite
from qa.cells import NOT_OF_THE_ROW, choose_cells, rows_of, wanted_kinds
from qa.computed import magnitude
from qa.matching import Matcher
from qa.question import Question, in_scope
from qa.recency import latest_reports
from qa.stating import cite_cell, name, stated_cell

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
WHICH_MUNICIPALITY = re.compile(r"\bvilk(?:en|a)(?:\sav)?\skommun(?:er(?:na)?)?\b", re.I)
#: Words that choose the column and the row; the others say which table.
SKIPPED = re.compile(
    rf"{SUPERLATIVE.pattern}|stora?|{DEFICIT.pattern}|{SURPLUS.pattern}|{NOT_OF_THE_ROW.pattern}", re.I
)
#: Rows that sum up the others.
SUMMARY = re.compile(rf"{TOTAL.pattern}|^(?:netto|resultat|årets|verksamhetens)", re.I)
#: A table of fewer rows has nothing to choose between.
FEWEST_ROWS = 3
MOST_REPORTS = 8
#: How much of the question a table must have in its name, columns and labels.
ENOUGH = 0.5


def asks_which_municipality(text: str) -> bool:
    """Whether a question is which municipality has most or least of something."""
    return bool(WHICH_MUNICIPALITY.search(text) and SUPERLATIVE.search(text))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The cells of one column of a table, a row each."""

    report: Report
    cells: tuple[Figure, ...]
    score: float


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
    least = asked["least"] is not None and not re.match("sämst", asked[0], re.I)
    cell, words = _chosen(question, best.cells, least)
    if cell is None:
        return None
    first = min(best.cells, key=lambda each: each.start)
    last = max(best.cells, key=lambda each: each.start)
    start = table_start(best.report, first.start)
    whole = cite(best.report, start, best.report.block_at(last.start).end)
    text = f"{name(cell)}: {stated_cell(cell, library)}, {words} av tabellens rader."
    return Sentence(text, tuple(dict.fromkeys((*cite_cell(cell, library), *whole))), figures=(cell,))


def _chosen(question: Question, cells: Sequence[Figure], least: bool) -> tuple[Figure | None, str]:
    """The cell asked for, and what it is the most of; None if two share the place."""
    deviation = cells[0].kind in (FigureKind.DEVIATION, FigureKind.CHANGE)
    if deviation and DEFICIT.search(question.text):
        ranked, words = sorted(cells, key=lambda each: each.value, reverse=least), "störst underskott"
        ranked = [each for each in ranked if each.value < 0]
    elif deviation and SURPLUS.search(question.text):
        ranked, words = sorted(cells, key=lambda each: -each.value, reverse=least), "störst överskott"
        ranked = [each for each in ranked if each.value > 0]
    elif deviation:
        ranked, words = sorted(cells, key=lambda each: -abs(each.value), reverse=least), "störst avvikelse"
    else:
        ranked, words = sorted(cells, key=lambda each: -magnitude(each), reverse=least), "högst"
    if least:
        words = {"högst": "lägst"}.get(words, words.replace("störst", "minst"))
    tied = len(ranked) > 1 and ranked[0].value == ranked[1].value
    return (None if tied or not ranked else ranked[0]), words


def _candidates(question: Question, query: Sequence[Weighted], library: Library) -> Iterator[_Candidate]:
    """One column of each table, or part of a table under one line, of the newest reports in scope."""
    noun = WHICH.search(question.text)
    skipped = {noun["noun"].lower()} if noun else set()
    kept = [w for w in query if not SKIPPED.fullmatch(w.concept) and w.concept not in skipped]
    matcher = Matcher(kept)
    wanted = wanted_kinds(question.text)
    if DEFICIT.search(question.text) or SURPLUS.search(question.text):
        wanted = [FigureKind.DEVIATION]
    for entry in _entries(question, library):
        report = library.report(entry.report_id)
        parts: defaultdict[tuple[int, str], list[list[Figure]]] = defaultdict(list)
        for row in rows_of(report, library.catalogue.figures(report.report_id)):
            if not SUMMARY.match(row[0].label):
                parts[table_start(report, row[0].start), row[0].group].append(row)
        for (start, group), rows in parts.items():
            # A table of one column has no other to choose.
            found = (choose_cells(question, report, row, wanted) or (row if len(row) == 1 else []) for row in rows)
            cells = [chosen[0] for chosen in found if chosen]
            if len(cells) < FEWEST_ROWS or len({(each.column, each.unit) for each in cells}) > 1:
                continue
            head = report.text[start : report.block_at(cells[0].start).end]
            named = " ".join([*cells[0].headings, group, head])
            if not _is_of_the_sort(question.text, named):
                continue
            own = [matcher.coverage(matcher.matches(terms(each.label))) for each in cells]
            if sum(each >= ENOUGH for each in own) == 1:
                # What is asked about is one of the rows, not which of them.
                continue
            words = terms(" ".join([named, *(each.label for each in cells)]))
            yield _Candidate(report, tuple(cells), matcher.coverage(matcher.matches(words)) if len(matcher) else 1.0)


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
