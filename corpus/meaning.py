"""What the cells of a report's tables say: kind, period, unit, sign convention and notes of each figure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.columns import WHOLE_YEAR, Column
from corpus.consistency import wrong_differences, wrong_totals
from corpus.document import Block, BlockKind, Figure, FigureKind, Period, Report, Sign
from corpus.numerals import decimals, parse
from corpus.periods import period_in, spans_in, tells_time
from corpus.readings import deviates_by
from corpus.tables import MOSTLY, Row, Table, tables, text_of
from corpus.units import FOREIGN, MONEY, PERCENT, POINTS, SHARE, label_unit, money_units

#: A footnote stands within so many blocks of its table's row.
FOOTNOTE_REACH = 30


def table_figures(report: Report, found: Sequence[Table] | None = None) -> list[Figure]:
    """The figures of every certain cell in a report's tables, in order."""
    return [figure for table in (tables(report) if found is None else found) for figure in _figures(report, table)]


def _figures(report: Report, table: Table) -> Iterator[Figure]:
    heading = _heading_over(report, table.rows[0].block)
    sign = _sign(table)
    wrong = {**wrong_totals(table.columns, table.rows), **wrong_differences(table.columns, table.rows)}
    fine = _mostly_decimals(table)
    for number, row in enumerate(table.rows):
        if not row.label:
            continue
        for at, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
            written = parse(cell.text) if cell else None
            if cell is None or written is None:
                continue
            unit, note = _unit(row, column, table, cell.text, fine)
            yield Figure(
                report.report_id,
                row.block.start + cell.start,
                row.block.start + cell.end,
                row.label,
                row.group,
                tuple(filter(None, (heading, table.caption))),
                column.name,
                _kind(column, heading, table),
                _period(report, table, row, column, cell.text),
                written.value,
                unit,
                written.limit,
                sign if unit in MONEY or unit is None else None,
                note or wrong.get((number, at)),
            )


#: Columns that part an amount between groups: of what kind it is, the table's name tells.
PARTS = re.compile(r"^(?:kvinnor|män|totalt?|flickor|pojkar|belopp|antal|andel)\b", re.I)


def _kind(column: Column, heading: str, table: Table) -> FigureKind:
    """A column's kind; of one that only parts an amount, by the name of the table or its section."""
    if not PARTS.match(column.name):
        return column.kind
    named = f"{heading} {table.caption}"
    for kind, cue in ((FigureKind.FORECAST, r"\bprognos"), (FigureKind.BUDGET, r"\bbudget|\bfinansiering|\bkalkyl")):
        if re.search(cue, named, re.I):
            return kind
    return column.kind


def _heading_over(report: Report, block: Block) -> str:
    for other in reversed(report.blocks[: report.block_number(block.start)]):
        if other.kind is BlockKind.HEADING:
            return text_of(report, other)
    return ""


def _mostly_decimals(table: Table) -> bool:
    """Whether most of a table's amounts have decimals, which thousands of kronor don't."""
    amounts = [
        cell for row in table.rows for cell in row.cells if cell and cell.value is not None and "%" not in cell.text
    ]
    return sum(1 for cell in amounts if cell.value is not None and decimals(cell.value)) >= MOSTLY * len(amounts) > 0


def _unit(row: Row, column: Column, table: Table, cell: str, fine: bool) -> tuple[str | None, str | None]:
    """A cell's unit, and a note where the table's head can't be right about it."""
    if "%" in cell or column.unit == PERCENT:
        return PERCENT, None
    if column.kind.is_difference:
        unit, note = _unit_of_amount(row, column, table, cell, fine)
        # What shares differ by is counted in their own hundredths.
        return (POINTS if unit == PERCENT else unit), note
    return _unit_of_amount(row, column, table, cell, fine)


def _unit_of_amount(row: Row, column: Column, table: Table, cell: str, fine: bool) -> tuple[str | None, str | None]:
    own = label_unit(row.label)
    if own is None and row.group:
        own = label_unit(row.group)
    if own is not None:
        return own or (PERCENT if SHARE.search(table.head) and not money_units(table.head) else None), None
    written = money_units(cell)
    said = written or ({column.unit} if column.unit else money_units(table.head))
    if len(said) != 1:
        return (PERCENT if SHARE.search(table.caption or table.head) and not said else None), None
    unit = said.pop()
    if (
        not (written or column.unit)
        and not MONEY_LABEL.search(f"{row.label} {row.group}")
        and _counts_other_things(table)
    ):
        # The head's unit is not of every row.
        return None, None
    if unit == "tkr" and fine and not written:
        return None, "Tabellen anges vara i tkr, men talen ser ut att vara i mnkr."
    return unit, None


#: Labels that are of money, whatever else their table counts.
MONEY_LABEL = re.compile(
    r"kostnad|intäkt|netto|bidrag|\blön|löner\b|hyr(?:a|or)\b|avgift|resultat|summa|anslag|köp\b|ersättning|ränt|skatte|personal\b",
    re.I,
)


def _counts_other_things(table: Table) -> bool:
    """Whether some rows of a table say that they count something else than money."""
    return any(FOREIGN.search(row.label) or label_unit(row.label) == PERCENT for row in table.rows)


def _sign(table: Table) -> Sign | None:
    """Whether the table writes costs with a minus: by its rows of costs, or by all of them together."""
    signs: Counter[bool] = Counter()
    every: Counter[bool] = Counter()
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            amount = cell.value if cell else None
            if not amount or column.kind.is_difference:
                continue
            every[amount < 0] += 1
            if re.search(r"kostnad|utgift", f"{row.label} {row.group}", re.I):
                signs[amount < 0] += 1
    if signs:
        return Sign.COSTS_NEGATIVE if signs[True] > signs[False] else Sign.COSTS_POSITIVE
    if every[True] > every[False]:
        return Sign.COSTS_NEGATIVE
    return Sign.COSTS_POSITIVE if re.search(r"kostnad", table.head, re.I) else None


def _period(report: Report, table: Table, row: Row, column: Column, cell: str) -> Period | None:
    """When a cell is of: by its column, else its table's name, else its report; a footnote limits it.

    None where that is not told: "Budget" beside "Budget 2023", or a column of another year than its note.
    """
    own = report.period
    named = period_in(table.caption, own)
    if named and own and named.year != own.year:
        # "budget beslutad 2022-11-28" is not when the table is of.
        named = None
    period = column.period
    if period is None and not tells_time(column.name):
        # What may be no report at all tells no period by its date.
        doubts = {"municipality", "board", "kind"} & report.uncertain
        told = own if len(doubts) < 2 and "period" not in report.uncertain else None
        period = named or _unsaid_period(table, column, told)
    if period is None:
        return None
    within = spans_in(table.caption, period) or spans_in(row.label, period)
    if within and period == Period(period.year):
        return within[-1] if within[-1].year == period.year else None
    if own and period.year == own.year and not WHOLE_YEAR.search(column.name):
        if period == Period(own.year) and column.kind is FigureKind.OUTCOME:
            # In an interim report, what has come out of the year so far.
            period = own
        elif column.kind is FigureKind.CHANGE and not own.whole_year:
            # From the same part of the year before.
            period = own
    note = footnote(report, row.block, f"{row.label} {column.name} {cell} {_label_column(table)}")
    text = text_of(report, note) if note else _period_note(report, table)
    spans = spans_in(text, period)
    return next((span for span in spans if span.year == period.year), None if spans else period)


def _unsaid_period(table: Table, column: Column, own: Period | None) -> Period | None:
    """The period of a column that names none in a table that names none: as far as the kind tells."""
    if any(other.kind is column.kind and other.period for other in table.columns) or own is None:
        return None
    if column.kind is FigureKind.FORECAST or WHOLE_YEAR.search(column.name):
        # A forecast is of the whole year.
        return Period(own.year)
    if column.kind is not FigureKind.DEVIATION:
        return own
    # A deviation is of the time of what it is the difference of.
    cells = [row.cells for row in table.rows if len(row.cells) == len(table.columns)]
    found = {table.columns[at].kind for at in deviates_by(cells, table.columns, table.columns.index(column))}
    if FigureKind.FORECAST in found:
        return Period(own.year) if FigureKind.OUTCOME not in found else None
    foreseen = any(other.kind is FigureKind.FORECAST for other in table.columns)
    return own if FigureKind.OUTCOME in found or not foreseen else None


#: "Timmarna i de tre följetalen är under perioden …"
PERIOD_NOTE = re.compile(r"\b(?:avser|gäller|under|för)\s(?:hela\s)?perioden\b", re.I)


def _period_note(report: Report, table: Table) -> str:
    """The paragraph just under a table, if it says which period the table is of."""
    after = report.block_number(table.rows[-1].block.start) + 1
    if after >= len(report.blocks) or report.blocks[after].kind is not BlockKind.PARAGRAPH:
        return ""
    text = text_of(report, report.blocks[after])
    # A note with a star is of what has that star.
    said = None if text.startswith("*") else PERIOD_NOTE.search(text)
    return text[said.start() :].split(". ")[0] if said else ""


def _label_column(table: Table) -> str:
    """The head of the column of labels: "Sjukfrånvaro* (%)"."""
    if not table.columns:
        return table.head
    at = table.head.find(table.columns[0].name.split()[0])
    return table.head[: max(at, 0)]


def footnote(report: Report, block: Block, starred: str) -> Block | None:
    """The footnote that the star in the text of a row or its head leads to: "*Avser januari–juli"."""
    marks = re.search(r"(?<=[\w%)\s])\*+", starred)
    if marks is None:
        return None
    at = report.block_number(block.start)
    for other in report.blocks[at + 1 : at + FOOTNOTE_REACH]:
        if other.kind in (BlockKind.HEADING, BlockKind.TABLE_HEAD):
            return None
        found = re.match(r"\*+", text_of(report, other))
        if found and found[0] == marks[0]:
            return other
    return None
