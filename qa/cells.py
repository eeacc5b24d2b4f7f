"""The table cells that answer a question: which rows, and which of their columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Figure, FigureKind, Period, Report
from corpus.municipalities import name_pattern
from corpus.units import MONEY, PERCENT
from index.holdings import of_years
from index.lexical import Weighted
from index.measures import table_name
from index.store import Library
from index.terms import Term, terms
from qa.across import shape
from qa.matching import Matcher, information, match
from qa.question import Kind, Question, asks_for_a_count
from qa.reach import in_reach
from qa.recency import LATEST_BONUS, latest_reports
from qa.wanted import (
    GROUP,
    HAS_CHANGED,
    MONEY_ASKED,
    MONTH_ASKED,
    PART_OF_YEAR,
    PER_EACH,
    UNIT_PRICE,
    UP_TO,
    WHOLE_YEAR,
    row_terms,
    telling,
    wanted_kinds,
)

#: The rows of a table are named by its heading as much as by their labels.
FIGURE_HEADING_WORTH = 0.8
#: And by the line of the table that they stand under.
GROUP_WORTH = 0.95


@dataclass(frozen=True, slots=True)
class FigureEvidence:
    """A table row's cells that answer; no cells where the row has none for what is asked.

    ``coverage`` is the share of the question that the row's label and headings have,
    ``precision`` the share of the label that the question has; both from 0 to 1.
    """

    cells: tuple[Figure, ...]
    row: tuple[Figure, ...]
    score: float
    coverage: float
    precision: float


#: So many rows are looked at for each question, those with most of its words first.
MOST_ROWS = 300


def find_figures(
    question: Question, query: Sequence[Weighted], library: Library, found: Sequence[str]
) -> list[FigureEvidence]:
    """Table rows of the reports in scope whose label is what was asked, with the cells that answer.

    Of many reports, those of the ids that the search ``found`` (see ``in_reach``).
    """
    rows: list[FigureEvidence] = []
    wanted = wanted_kinds(question.text)
    kept = row_terms(question, query)
    matcher = Matcher(kept)
    if not len(matcher):
        return []
    asked = [each.term for each in query]
    a_price = UNIT_PRICE.search(question.text) is not None
    # Of men, or of teachers: what is told of all answers nothing of them.
    parts = [at for at, concept in enumerate(matcher.concepts) if GROUP.fullmatch(concept)]
    counted = asks_for_a_count(question)
    money = MONEY_ASKED.search(question.text) is not None
    latest = latest_reports(library)
    in_question = in_reach(question, library, found)
    for report_id, start in library.catalogue.named([each.term for each in kept], in_question, MOST_ROWS):
        report = library.report(report_id)
        block = report.block_at(start)
        for row in rows_of(report, library.catalogue.figures(report_id, block.start, block.end)):
            # "Totalt" is of what its table is called.
            total = ALL_OF_THEM.match(row[0].label) and not telling(row[0].label)
            label = f"{table_name(row[0])} {row[0].label}" if total else row[0].label
            own = matcher.matches(terms(label))
            group = matcher.matches(terms(row[0].group)) if row[0].group else [0.0] * len(matcher)
            own = [max(m, GROUP_WORTH * over) for m, over in zip(own, group, strict=True)]
            if matcher.coverage(own) == 0.0:
                continue
            above = matcher.matches(terms(" ".join(row[0].headings)))
            each = PER_EACH.search(f"{row[0].group} {row[0].label}")
            if any(max(own[at], above[at]) < MET for at in parts) or (a_price and not each):
                continue
            coverage = matcher.coverage(
                [max(m, FIGURE_HEADING_WORTH * over) for m, over in zip(own, above, strict=True)]
            )
            cells = choose_cells(question, report, row, wanted)
            shown = cells or row
            if (money and not _is_money(shown[0])) or (
                counted and not money and (_is_money(shown[0]) or shown[0].unit == PERCENT)
            ):
                continue
            # Of two labels that have the question's words, the one with less beside them.
            precision = _precision(label, asked)
            if row[0].group:
                precision = max(precision, _precision(f"{row[0].group} {row[0].label}", asked))
            unmet = sum(max(m, over) < MET for m, over in zip(own, above, strict=True)) / len(matcher)
            unasked = each and not a_price and not PER_EACH.search(question.text)
            score = (
                coverage
                + 0.2 * matcher.coverage(own)
                + 0.3 * precision
                - UNMET * unmet
                - (UNASKED_SHARE if unasked else 0.0)
                + _period_fit(question, report, cells, latest)
            )
            rows.append(FigureEvidence(tuple(cells), tuple(row), score, coverage, precision))
    rows.sort(key=lambda each: (-each.score, each.row[0].report_id, each.row[0].start))
    return rows


#: A row that has so much of the question, and so little beside it, is the one that is asked for.
SURELY_MEANT = 0.9
LITTLE_BESIDE = 0.6
#: Another row must be this near it to answer in its place.
NEARLY_AS_GOOD = 0.1


def without_blanks(rows: Sequence[FigureEvidence]) -> tuple[list[FigureEvidence], Figure | None]:
    """The rows that have a cell to answer with; none if the row that is meant is another, without one.

    Of that row the first figure comes too: an empty cell is no reason to tell of its neighbour.
    """
    filled = [each for each in rows if each.cells]
    meant = next((r for r in rows if r.coverage >= SURELY_MEANT and r.precision >= LITTLE_BESIDE and not r.cells), None)
    if meant is None or any(each.score >= meant.score - NEARLY_AS_GOOD for each in filled):
        return filled, None
    return [], meant.row[0]


def _precision(label: str, asked: Sequence[Term]) -> float:
    """The share of a label's information that the question has."""
    words = telling(label)
    total = sum(information(each) for each in words)
    return sum(information(each) * match(each, asked) for each in words) / total if total else 1.0


def named_things(question: Question, rows: Sequence[FigureEvidence]) -> list[tuple[str, ...]]:
    """The names in a question of two words or more, as dictionary forms.

    Labels of rows that it has word for word, and names with a number: «Boende 2».
    """
    asked = [each.lemma for each in terms(question.text)]
    numbered = (terms(match[0]) for match in NUMBERED.finditer(question.text))
    found: dict[tuple[str, ...], None] = {tuple(each.lemma for each in name): None for name in numbered}
    for row in rows:
        label = tuple(each.lemma for each in terms(row.row[0].label))
        runs = (tuple(asked[at : at + len(label)]) for at in range(len(asked) - len(label) + 1))
        if len(label) > 1 and label in runs:
            found[label] = None
    return list(found)


NUMBERED = re.compile(r"\b[A-ZÅÄÖ]\w{2,} \d{1,2}(?![\d/.,])")
#: What a row loses for each word of the question that neither it nor its headings have.
UNMET = 0.3
#: And for being a cost per day or a mean, where the whole is asked for.
UNASKED_SHARE = 0.2
#: A word is met if it is matched so well.
MET = 0.3


def _period_fit(question: Question, report: Report, cells: Sequence[Figure], latest: frozenset[str]) -> float:
    """For a report of the year asked, and for a row that has every year asked."""
    years = set(question.scope.years)
    if not years:
        return LATEST_BONUS * (report.report_id in latest)
    fit = 0.05 if report.period and report.period.year in years else 0.0
    fit += 0.1 * len(years & {year_of(cell) for cell in cells}) / len(years)
    if cells and WHOLE_YEAR.search(question.text):
        fit += 0.1 * all(cell.period is not None and cell.period.whole_year for cell in cells)
    return fit


def _is_money(figure: Figure) -> bool:
    return figure.unit in MONEY or "mnkr" in (figure.note or "")


def rows_of(report: Report, figures: Sequence[Figure]) -> list[list[Figure]]:
    """The cells of tables among ``figures``, grouped by the row that they stand in."""
    rows: list[list[Figure]] = []
    last = -1
    for figure in figures:
        if not figure.column:
            continue
        start = report.block_at(figure.start).start
        if start != last:
            rows.append([])
            last = start
        rows[-1].append(figure)
    return rows


#: A report is taken for one of the years asked for if it is likelier to be than not.
PROBABLY = 0.5


def choose_cells(question: Question, report: Report, row: list[Figure], wanted: list[FigureKind]) -> list[Figure]:
    """The cells of the row that the question asks for; none where none is the right year's."""
    row = [figure for figure in row if not _of_another_place(figure, report)]
    kinds = wanted or [FigureKind.OUTCOME]
    if question.kind is Kind.TREND and len(kinds) == 1:
        return _series(row, kinds[0])
    years = question.scope.years
    if not years and report.period and HAS_CHANGED.search(question.text):
        # From when it has is not said: from the year before.
        years = (report.period.year - 1, report.period.year)
    if years:
        # A cell that names no period is of the report's.
        own = of_years(report, years) >= PROBABLY
        cells = [figure for figure in row if year_of(figure) in years or (own and year_of(figure) is None)]
    elif report.period:
        cells = [figure for figure in row if year_of(figure) in (report.period.year, None)]
    else:
        cells = list(row)
    month = MONTH_ASKED.search(question.text)
    if month and not UP_TO.search(question.text[: month.start()]):
        cells = [each for each in cells if each.period and not each.period.whole_year]
    part = PART_OF_YEAR.search(question.text) is not None
    return [figure for kind in kinds for figure in _of_one_length([c for c in cells if c.kind is kind], part)]


def _of_one_length(cells: list[Figure], part: bool) -> list[Figure]:
    """Of several cells for one year, the one that covers as much of it as those of the other years do.

    That of the whole year goes first, unless a part of it was asked for.
    """
    years = list(dict.fromkeys(map(year_of, cells)))
    if len(years) == len(cells):
        return cells
    shapes = dict.fromkeys(shape(each.period) for each in cells)
    common = [one for one in shapes if {year_of(each) for each in cells if shape(each.period) == one} == set(years)]
    if not common:
        return cells
    whole = shape(Period(1))
    wanted = sorted(common, key=lambda one: (one == whole) is part)[0]
    return [each for each in cells if shape(each.period) == wanted]


def _of_another_place(figure: Figure, report: Report) -> bool:
    """Whether a column is of another municipality: "Riket" and neighbours stand beside one's own."""
    named = {match[1] for match in name_pattern().finditer(figure.column)}
    return bool(named - {report.municipality}) or figure.column.lower().startswith(("riket", "länet", "snitt"))


ALL_OF_THEM = re.compile(r"^(?:totalt?|samtliga|alla)\b", re.I)


def _series(row: Sequence[Figure], kind: FigureKind) -> list[Figure]:
    """The figures of a row year by year: of columns alike but for the year, in order of time.

    A whole year is never set beside eight months: "Utfall 2023" and "Utfall 31/8 2024" are not alike.
    """
    alike: dict[tuple[str, str | None], list[Figure]] = {}
    for figure in row:
        if figure.period and figure.kind is kind:
            sort = re.sub(r"(?:19|20)\d\d", "", figure.column).strip().lower()
            alike.setdefault((sort, figure.unit), []).append(figure)
    most = max(map(len, alike.values()), default=0)
    equals = [each for each in alike.values() if len(each) == most]
    # Of columns that part a number between groups, the one of them all.
    longest = equals[0] if len(equals) == 1 else next((e for e in equals if ALL_OF_THEM.match(e[0].column)), [])
    if len({year_of(figure) for figure in longest}) < len(longest):
        return []
    return sorted(longest, key=lambda figure: year_of(figure) or 0)


def year_of(figure: Figure) -> int | None:
    """The year that a figure is of, the last of several; by its column where its period is unclear."""
    if figure.period:
        return figure.period.year
    named = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", figure.column)
    return int(named[-1]) if named else None
