"""Ranked passages to the table cells in them that answer the question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Figure, Report
from corpus.lexicon import FUNCTION_WORDS
from corpus.municipalities import name_pattern
from index.lexical import Weighted
from index.store import Library
from index.terms import Term, terms
from qa.matching import Matcher, information, match
from qa.question import Kind, Question, asks_for_a_count
from qa.recency import LATEST_BONUS, latest_reports
from qa.retrieve import READ, Hit

#: The rows of a table are named by its heading as much as by their labels.
FIGURE_HEADING_WORTH = 0.8


@dataclass(frozen=True, slots=True)
class FigureEvidence:
    """A table row's cells that answer.

    ``coverage`` is the share of the question that the row's label and headings have,
    ``precision`` the share of the label that the question has; both from 0 to 1.
    """

    cells: tuple[Figure, ...]
    row: tuple[Figure, ...]
    score: float
    coverage: float
    precision: float


#: Words of questions that choose a column and say nothing of the row.
COLUMN_WORDS = {
    "utfall": "utfall",
    "utfallet": "utfall",
    "budget": "budget",
    "budgeterat": "budget",
    "budgeten": "budget",
    "budgeterade": "budget",
    "budgetram": "budget",
    "prognos": "prognos",
    "prognosen": "prognos",
    "prognosticeras": "prognos",
    "avvikelse": "avvikelse",
    "avvikelsen": "avvikelse",
    "avvek": "avvikelse",
    "budgetavvikelse": "avvikelse",
    "mål": "mål",
    "målet": "mål",
    "målvärde": "mål",
    "målvärdet": "mål",
    "målnivån": "mål",
}


#: Words that choose a column or a unit, not a row.
NOT_OF_THE_ROW = re.compile(
    rf"{'|'.join(COLUMN_WORDS)}|kosta(?:de|r)?|kostnad(?:en|er|erna)?|utgift(?:en|er|erna)?"
    r"|\d+|mnkr|mkr|tkr|kr|kronor|procent|miljoner",
    re.I,
)
AGAINST_BUDGET = re.compile(r"(?:jämfört med|i förhållande till|kontra) (?:årets )?(?:budget|mål|prognos)", re.I)


def wanted_columns(text: str) -> list[str]:
    """The kinds of column that a question names, in its order: "utfall", "budget", …

    "Jämfört med budget" wants the outcome too, "avvikelse mot budget" the difference alone.
    """
    named = dict.fromkeys(COLUMN_WORDS[w] for w in re.findall(r"\w+", text.lower()) if w in COLUMN_WORDS)
    if AGAINST_BUDGET.search(text):
        named = {"utfall": None, **named}
    if "avvikelse" in named and "utfall" not in named and len(named) == 2:
        return ["avvikelse"]
    return list(named)


def find_figures(
    question: Question, query: Sequence[Weighted], hits: Sequence[Hit], library: Library
) -> list[FigureEvidence]:
    """Table rows of the best passages whose label is what was asked, with the cells that answer."""
    rows: list[FigureEvidence] = []
    wanted = wanted_columns(question.text)
    matcher = Matcher([each for each in query if not NOT_OF_THE_ROW.fullmatch(each.concept)])
    if not len(matcher):
        return []
    asked = [each.term for each in query]
    counted = asks_for_a_count(question)
    money = MONEY_ASKED.search(question.text) is not None
    latest = latest_reports(library)
    for hit in hits[:READ]:
        report = library.report(hit.passage.report_id)
        above = matcher.matches(terms(" ".join(hit.passage.heading_path)))
        for row in _rows(report, library.catalogue.figures(report.report_id, hit.passage.start, hit.passage.end)):
            label = terms(row[0].label)
            own = matcher.matches(label)
            coverage = matcher.coverage(
                [max(m, FIGURE_HEADING_WORTH * over) for m, over in zip(own, above, strict=True)]
            )
            cells = _choose_cells(question, report, row, wanted)
            if not cells or matcher.coverage(own) == 0.0:
                continue
            if money and not _is_money(cells[0]):
                continue
            if counted and not money and (_is_money(cells[0]) or cells[0].unit == "%"):
                continue
            # Of two labels that have the question's words, the one with less beside them.
            precision = _precision(label, asked)
            score = (
                coverage + 0.2 * matcher.coverage(own) + 0.3 * precision + _period_fit(question, report, cells, latest)
            )
            rows.append(FigureEvidence(tuple(cells), tuple(row), score, coverage, precision))
    rows.sort(key=lambda each: (-each.score, each.row[0].report_id, each.row[0].start))
    return rows


#: Words of labels that tell how a thing is counted, not what is counted.
COUNTING = frozenset(
    """total totalt antal andel summa alla all anställd anställa medelvärde medeltal procent
    genomsnittlig genomsnitt per""".split()
)


def _precision(label: Sequence[Term], asked: Sequence[Term]) -> float:
    """The share of a label's information that the question has."""
    lemmas = {each.lemma for each in asked}
    parts = {part for each in asked for part in each.parts}
    telling = [each for each in label if each.lemma not in COUNTING and each.lemma not in FUNCTION_WORDS]
    total = sum(information(each) for each in telling)
    return sum(information(each) * match(each, lemmas, parts) for each in telling) / total if total else 1.0


def _period_fit(question: Question, report: Report, cells: Sequence[Figure], latest: frozenset[str]) -> float:
    """For a report of the year asked, and for a row that has every year asked."""
    years = set(question.scope.years)
    if not years:
        return LATEST_BONUS * (report.report_id in latest)
    have = {_year(cell, report) for cell in cells}
    fit = 0.1 * len(years & have) / len(years)
    return fit + (0.05 if report.period and report.period.year in years else 0.0)


#: What something costs is an amount of money, not how many there are of it.
MONEY_ASKED = re.compile(r"\b(?:kosta(?:de|r)?|kostnad(?:en|er|erna)?|utgift(?:en|er|erna)?)\b", re.I)
UNITS_OF_MONEY = ("mnkr", "tkr", "kr", "kronor")


def _is_money(figure: Figure) -> bool:
    return figure.unit in UNITS_OF_MONEY or "mnkr" in (figure.note or "")


def _rows(report: Report, figures: Sequence[Figure]) -> list[list[Figure]]:
    """Figures grouped by the row that they stand in."""
    rows: list[list[Figure]] = []
    last = -1
    for figure in figures:
        start = report.block_at(figure.start).start
        if start != last:
            rows.append([])
            last = start
        rows[-1].append(figure)
    return rows


def _choose_cells(question: Question, report: Report, row: list[Figure], wanted: list[str]) -> list[Figure]:
    """The cells of the row that the question asks for; none where none is the right year's."""
    row = [figure for figure in row if not _of_another_place(figure, report)]
    years = question.scope.years
    year_of = {id(figure): _year(figure, report) for figure in row}
    if years:
        cells = [figure for figure in row if year_of[id(figure)] in years]
    elif report.period:
        cells = [figure for figure in row if year_of[id(figure)] in (report.period.year, None)]
    else:
        cells = list(row)
    if question.kind is Kind.TREND:
        return _series(report, row)
    if wanted:
        return [figure for kind in wanted for figure in cells if column_kind(figure.column) == kind]
    return [figure for figure in cells if _is_outcome(figure.column)]


def _of_another_place(figure: Figure, report: Report) -> bool:
    """Whether a column is of another municipality: "Riket" and neighbours stand beside one's own."""
    named = {match[1] for match in name_pattern().finditer(figure.column)}
    return bool(named - {report.municipality}) or figure.column.lower().startswith(("riket", "länet", "snitt"))


def _series(report: Report, row: Sequence[Figure]) -> list[Figure]:
    """The outcomes of a row year by year: of columns alike but for the year, in order of time.

    A whole year is never set beside eight months: "Utfall 2023" and "Utfall 31/8 2024" are not alike.
    """
    alike: dict[tuple[str, str | None], list[Figure]] = {}
    for figure in row:
        if figure.period and _is_outcome(figure.column):
            sort = re.sub(r"(?:19|20)\d\d", "", figure.column).strip().lower()
            alike.setdefault((sort, figure.unit), []).append(figure)
    longest = max(alike.values(), key=len, default=[])
    years = {_year(figure, report) for figure in longest}
    if len(longest) < 2 or len(years) < len(longest):
        return []
    return sorted(longest, key=lambda figure: _year(figure, report) or 0)


def _year(figure: Figure, report: Report) -> int | None:
    found = re.findall(r"(?:19|20)\d\d", figure.period or "")
    return int(found[-1]) if found else report.period.year if report.period else None


#: A column headed by a year or a date alone holds what came out.
BARE_DATE = re.compile(
    r"(?:(?:helår|år|per|den|t\.?o\.?m\.?)\s)*(?:\d{1,2}[\s/])?(?:\d{1,2}|[a-zåäö]{3,9}\.?)?\s?(?:19|20)\d\d\*?", re.I
)


def column_kind(column: str) -> str:
    lower = column.lower()
    for kind, starts in (
        ("avvikelse", ("avvik", "avv", "diff", "förändring", "budgetavvik")),
        ("prognos", ("prognos", "helårsprognos")),
        ("mål", ("mål", "indikatorvärde", "riktvärde")),
        ("utfall", ("utfall", "bokslut", "delårsbokslut", "årsbokslut")),
        ("budget", ("budget",)),
    ):
        if lower.startswith(starts):
            return kind
    return "utfall" if BARE_DATE.fullmatch(column.strip()) else "other"


def _is_outcome(column: str) -> bool:
    return column_kind(column) == "utfall"
