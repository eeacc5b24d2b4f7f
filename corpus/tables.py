"""Table rows to figures: label, column, period, value and unit of each cell, with its place.

A cell is only made a figure where the number of cells and of columns settle which is which.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from itertools import zip_longest

from corpus.document import Block, BlockKind, Figure, Report
from corpus.repair import join_lines
from corpus.structure import cell_tokens

YEAR = re.compile(r"^(?:19|20)\d\d(?:[/–-](?:19|20)?\d\d)?$")
MONTH = re.compile(r"^(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)", re.I)
UNIT = re.compile(r"^\(?(mnkr|mkr|tkr|kkr|kr|%|procent)\)?$", re.I)
#: Words that name a column of figures, as the first word of its heading.
COLUMN = re.compile(
    r"^(?:(?:budget|års|delårs|ack)?(?:utfall|budget|prognos|avvikelse|avv\.?|bokslut|differens|diff\.?|förändring)"
    r"|helårsprognos|ombudgetering|budgetomslutning|mål(?:nivå|värde)?|indikatorvärde|riktvärde|nämndmål"
    r"|kvinnor|män|totalt?|antal|andel)$",
    re.I,
)
SPREAD = re.compile(r"^(?:avvikelse|avv\.?|differens|diff\.?|förändring|budgetavvikelse)", re.I)
LABEL_TITLE = re.compile(r"^(?:nyckeltal|indikator(?:er)?|följetal|projekt|beskrivning|belopp|verksamhet)$", re.I)
MONEY = re.compile(r"\b(mnkr|mkr|tkr|kkr)\b", re.I)
#: What a label says its cells are counted in.
LABEL_UNIT = re.compile(r"(?<!per )\b(kr|kronor|timmar|dygn|dagar|årsplatser)\b", re.I)
#: Labels of what is counted or measured otherwise than in money.
NO_MONEY = re.compile(
    r"(?<!per )\b(?:antal\w*|\w*årsarbetare|\w*ålder|\w*index|\w*frånvaro|\w*tid|personer|hushåll|barn|brukare|platser"
    r"|\w*timmar|\w*dygn|ärenden|anmälningar|\w*omsättning|frisktal\w*)\b",
    re.I,
)
LABEL_SHARE = re.compile(r"%|\bandel\b|\bprocent\b", re.I)
PERIOD = re.compile(
    r"(?:\d{1,2}\s)?(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-z]*\.?\s(?:19|20)\d\d"
    r"|\d{1,2}/\d{1,2}\s(?:19|20)\d\d|(?:19|20)\d\d(?:/(?:19|20)\d\d)?",
    re.I,
)
#: A table's cells are of one sort if so many of its rows agree.
MOSTLY = 0.8
NOTHING = frozenset({"-", "–", "−", ""})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its text and its offsets in the row's text."""

    text: str
    start: int
    end: int


def figures(report: Report) -> list[Figure]:
    """Every table cell of ``report`` whose column is certain."""
    found: list[Figure] = []
    head, rows = "", []
    for block in (*report.blocks, None):
        if block is not None and block.kind is BlockKind.ROW:
            rows.append(block)
            continue
        if rows:
            found.extend(_table_figures(report, head, rows))
            head, rows = "", []
        if block is not None and block.kind is BlockKind.TABLE_HEAD:
            head = f"{head}\n{report.text[block.start : block.end]}".strip()
        else:
            head = ""
    return found


def _table_figures(report: Report, head: str, rows: list[Block]) -> Iterator[Figure]:
    names = columns(head)
    texts = [report.text[row.start : row.end] for row in rows]
    if not names:
        return
    with_decimals = sum(bool(re.search(r"\d,\d(?!\d*\s?%)", text)) for text in texts)
    decimals = with_decimals >= MOSTLY * len(texts)
    split = [split_row(text, names) for text in texts]
    labels = Counter(label for label, _ in split)
    for block, (label, cells) in zip(rows, split, strict=True):
        fitted = _fit(names, cells)
        # Of two rows with one label, only the lines above tell which is which.
        if not label or labels[label] > 1 or len(cells) != len(fitted) or not _adds_up(fitted, cells):
            continue
        for name, cell in zip(fitted, cells, strict=True):
            value = number(cell.text)
            if value is None:
                continue
            unit, note = _unit(label, name, head, cell.text, decimals)
            period = PERIOD.search(name)
            yield Figure(
                report.report_id,
                block.start + cell.start,
                block.start + cell.end,
                label,
                name,
                period[0] if period else None,
                value,
                unit,
                note,
            )


def _adds_up(names: list[str], cells: list[Cell]) -> bool:
    """Whether each difference in money is the difference of two cells before it, but for rounding.

    Where it is not, a cell has been left empty and the others have shifted, or the report is wrong:
    either way it is not certain which cell is which.
    """
    values = [number(cell.text) for cell in cells]
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        before = [other for other in values[:at] if other is not None]
        if not SPREAD.match(name) or name.endswith("%") or value is None or len(before) < 2:
            continue
        step = Decimal(1).scaleb(min(int(other.as_tuple().exponent) for other in [*before, value]))
        if not _is_difference(value, before, slack=2 * step):
            return False
    return True


def _is_difference(value: Decimal, before: list[Decimal], slack: Decimal) -> bool:
    """Whether a value is the difference of two before it, whatever the sign, within ``slack``."""
    return any(abs(abs(a - b) - abs(value)) <= slack for a in before for b in before if a is not b)


def columns(head: str) -> list[str]:
    """The columns of figures that a table's head names, from left to right.

    >>> columns("Följetal Utfall 2022 Utfall 2023 Mål 2023")
    ['Utfall 2022', 'Utfall 2023', 'Mål 2023']
    >>> columns("SON Utfall Budget Avvikelse Utfall (mnkr) 2023 2023 mnkr % 2022")
    ['Utfall 2023', 'Budget 2023', 'Avvikelse mnkr', 'Avvikelse %', 'Utfall 2022']
    """
    tabbed = [line.split("\t")[1:] for line in head.split("\n") if "\t" in line]
    if tabbed:
        # A head in several rows is read down its columns.
        names = [reduce(join_lines, map(str.strip, cells)) for cells in zip_longest(*tabbed, fillvalue="")]
        while names and not names[-1]:
            names.pop()
        return names if all(names) and len(set(names)) == len(names) else []
    tokens = head.split()
    stacked = _stacked(tokens)
    if stacked:
        return stacked
    found: list[list[str]] = []
    for at, token in enumerate(tokens):
        current = found[-1] if found else None
        after_slash = at > 0 and tokens[at - 1].endswith("/")
        starts = token[0].isupper() and bool(COLUMN.match(token.rstrip("*"))) and not after_slash
        if current is not None and token[0].isupper() and not after_slash and not MONTH.match(token):
            # After the first column, every capital begins another.
            starts = True
        if YEAR.match(token) and (current is None or any(YEAR.match(word) for word in current)) and not after_slash:
            starts = True
        if LABEL_TITLE.match(token):
            # The column of labels comes first: what stood before was the table's name.
            found = []
        elif starts:
            found.append([token])
        elif current is not None:
            current.append(token)
    return [" ".join(words) for words in found]


def _stacked(tokens: list[str]) -> list[str]:
    """The columns of a head in two rows: all names first, then a year or unit for each."""
    tail = len(tokens)
    while tail and (YEAR.match(tokens[tail - 1]) or UNIT.match(tokens[tail - 1])):
        tail -= 1
    below = [token for token in tokens[tail:] if not token.startswith("(")]
    names = _longest_run(tokens[:tail])
    if len(below) == len(names) - 1 and names and SPREAD.match(names[-1]):
        # The difference stands without a year of its own.
        below.append("")
    if len(names) < 2 or len(below) < len(names) or any(YEAR.match(token) for token in tokens[:tail]):
        return []
    found: list[str] = []
    at = 0
    for name in names:
        if at >= len(below):
            return []
        found.append(f"{name} {below[at]}".strip())
        at += 1
        # Only a difference is given both in money and in per cent.
        while SPREAD.match(name) and at < len(below) and UNIT.match(below[at]) and UNIT.match(below[at - 1]):
            found.append(f"{name} {below[at]}")
            at += 1
    return found if at == len(below) else []


def _longest_run(tokens: list[str]) -> list[str]:
    """The longest row of column names that follow each other; a name in a title stands alone."""
    runs: list[list[str]] = [[]]
    for token in tokens:
        if COLUMN.match(token) and token[0].isupper():
            runs[-1].append(token)
        elif not UNIT.match(token):
            runs.append([])
    return max(runs, key=len)


def _fit(names: list[str], cells: list[Cell]) -> list[str]:
    """Column names for a row without a verdict, with one cell more, or without its per cent."""
    if len(cells) == len(names) - 1 and not COLUMN.match(names[-1].split()[0]):
        names = names[:-1]
    percent = [at for at, name in enumerate(names) if name.endswith("%") and SPREAD.match(name)]
    if len(percent) == 1:
        at = percent[0]
        if len(cells) == len(names) - 1 and not any("%" in cell.text for cell in cells):
            return names[:at] + names[at + 1 :]
        if len(cells) == len(names) + 1 and "%" in cells[at + 1].text and "%" not in cells[at].text:
            return [*names[:at], names[at].split()[0], *names[at:]]
    return names


#: The parts of one cell: a qualifier, a number with spaces between thousands, a per cent sign.
NUMBER = re.compile(r"^[<>≤≥=~±(]*[-−–+]?\d[\d.,:/\u00a0]*(?:%|\))?\*{0,2}$")
FIRST_GROUP = re.compile(r"^[<>≤≥=~±(]*[-−–+]?[1-9]\d{0,2}$")
NEXT_GROUP = re.compile(r"^\d{3}(?:,\d+)?%?\*{0,2}$")
QUALIFIER = re.compile(r"^(?:minst|högst|[≤≥<>=])$", re.I)
SUFFIX = re.compile(r"^(?:%|mnkr|tkr|kr)$", re.I)


def split_row(row: str, names: list[str]) -> tuple[str, list[Cell]]:
    """A row's label and a cell for each of the columns ``names``; no cells where that is unclear.

    Thousands are parted by the same space as cells are, so "-41 276 -43 100" is two cells or
    four; the number of columns decides, and where it leaves a choice, the arithmetic of the
    difference columns does. A per cent column more or less is tried as well.
    """
    if "\t" in row:
        label, *rest = row.split("\t")
        cells, at = [], len(label)
        for text in rest:
            at += 1
            cells.append(Cell(text, at, at + len(text)))
            at += len(text)
        while len(cells) > len(names) and number(cells[-1].text) is None:
            cells.pop()
        return label.strip(), cells
    label, tokens = _tail(row)
    verdict = VERDICT.search(row)
    if verdict:
        # "Ja" or "Nej" belongs to a column of words, whether or not the head was read that far.
        tokens = [token for token in tokens if token[1] < verdict.start()]
        names = names if COLUMN.match(names[-1].split()[0]) else names[:-1]
    count = len(names)
    for wanted in (count, count + 1, count - 1) if any(name.endswith("%") for name in names) else (count,):
        ways = _groupings([token for token, _, _ in tokens], wanted)
        if len(ways) > 1:
            sums = [_sums(tokens, way, names) for way in ways]
            ways = [way for way, hits in zip(ways, sums, strict=True) if hits == max(sums) > 0]
        if len(ways) == 1 and (_sums(tokens, ways[0], names) or _plain(tokens, ways[0], names)):
            return label, [
                Cell(row[tokens[first][1] : tokens[last - 1][2]], tokens[first][1], tokens[last - 1][2])
                for first, last in ways[0]
            ]
    return label, []


VERDICT = re.compile(r"(?:\s(?:ja|nej|x|●))+$", re.I)
Token = tuple[str, int, int]


def _tail(row: str) -> tuple[str, list[Token]]:
    """A row's label, and the tokens of its cells with their offsets."""
    tokens = [(match[0], match.start(), match.end()) for match in re.finditer(r"[^ \n]+", row)]
    tail = len(tokens) - cell_tokens(row)
    while tail < len(tokens) and tokens[tail][0] == "%":
        # "… andel %" ends the label.
        tail += 1
    label = row[: tokens[tail][1]].strip() if tail < len(tokens) else row
    return label, tokens[tail:]


def _groupings(tokens: list[str], count: int, at: int = 0) -> list[list[tuple[int, int]]]:
    """Every way to read ``tokens[at:]`` as ``count`` cells, as spans of token numbers."""
    if count <= 0 or at >= len(tokens):
        return [[]] if count == 0 and at == len(tokens) else []
    ways = []
    for end in _cell_ends(tokens, at):
        for rest in _groupings(tokens, count - 1, end):
            ways.append([(at, end), *rest])
            if len(ways) > 50:
                return ways
    return ways


def _cell_ends(tokens: list[str], at: int) -> Iterator[int]:
    """Where a cell that begins with token ``at`` can end."""
    first = at
    if QUALIFIER.match(tokens[at]) and at + 1 < len(tokens):
        at += 1
    end = at + 1
    if re.match(r"^0\d\d$", tokens[at]):
        # No number begins with a nought but a decimal one: this is the end of a thousand.
        return
    if not NUMBER.match(tokens[at]):
        if at == first:
            yield end
        return
    while True:
        if end < len(tokens) and SUFFIX.match(tokens[end]):
            yield end + 1
        else:
            yield end
        if not (FIRST_GROUP.match(tokens[at]) and end < len(tokens) and NEXT_GROUP.match(tokens[end])):
            return
        if end > at + 1 and not re.match(r"^\d{3}$", tokens[end - 1]):
            return
        end += 1


#: Neighbouring years of one measure seldom differ by more than this factor.
STEADY = 5


def _plain(tokens: list[Token], way: list[tuple[int, int]], names: list[str]) -> bool:
    """Whether a reading needs no other proof: its digits go together in one way, or its values agree in size.

    "12 345" under two columns may be 12 and 345, or 12 345 beside an empty cell.
    """
    bare = [token for token, _, _ in tokens]
    if not any(_groupings(bare, count) for count in range(1, len(bare) + 1) if count != len(way)):
        return True
    values = [
        abs(value)
        for (first, last), name in zip(way, names, strict=False)
        if not SPREAD.match(name) and (value := number(" ".join(bare[first:last]))) is not None and value != 0
    ]
    return not values or max(values) <= STEADY * min(values)


def _sums(tokens: list[Token], way: list[tuple[int, int]], names: list[str]) -> int:
    """How many difference columns are the difference of two columns before them, but for rounding."""
    values = [number(" ".join(token for token, _, _ in tokens[first:last])) for first, last in way]
    hits = 0
    for at, name in enumerate(names[: len(values)]):
        value = values[at]
        if value is None or not SPREAD.match(name):
            continue
        before = [other for other in values[:at] if other is not None]
        hits += _is_difference(value, before, slack=Decimal(1))
    return hits


def number(text: str) -> Decimal | None:
    """The value of a Swedish number: thousands with spaces, decimal comma, three kinds of minus.

    >>> number("−41 276"), number("102,3 %"), number("Minst 85 %"), number("–")
    (Decimal('-41276'), Decimal('102.3'), Decimal('85'), None)
    """
    if text.strip().startswith("("):
        # Parentheses mean minus to some and a remark to others.
        return None
    bare = re.sub(r"(?i)minst|högst|mnkr|tkr|kr|[<>≤≥=~±()%*\s]", "", text)
    bare = bare.replace("−", "-").replace("–", "-").replace(",", ".")
    if bare in NOTHING:
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def _unit(label: str, column: str, head: str, cell: str, decimals: bool) -> tuple[str | None, str | None]:
    """The cell's unit, and a note where the table's head can't be right about it.

    ``decimals``: most cells of the table have them, which thousands of kronor don't.
    """
    if "%" in cell or "%" in column or LABEL_SHARE.search(label):
        return "%", None
    own = MONEY.findall(label)
    if not own and (unit := LABEL_UNIT.findall(label)):
        return unit[-1].lower(), None
    if not own and NO_MONEY.search(label):
        return ("%", None) if "(%)" in head else (None, None)
    said = {PLAIN_UNIT.get(unit.lower(), unit.lower()) for unit in own or MONEY.findall(column) or MONEY.findall(head)}
    if len(said) != 1:
        return ("%", None) if "(%)" in head and not said else (None, None)
    unit = said.pop()
    if unit == "tkr" and not own and re.search(r"\d,\d$", cell):
        note = "Tabellen anges vara i tkr, men talen ser ut att vara i mnkr." if decimals else None
        return None, note
    return unit, None


PLAIN_UNIT = {"mkr": "mnkr", "kkr": "tkr"}
