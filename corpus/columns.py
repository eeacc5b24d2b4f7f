"""The head of a table to its columns of figures: name, kind, period and unit of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from corpus.document import FigureKind, Period
from corpus.joining import join_lines
from corpus.periods import MONTH_NAME, MONTH_STEM, period_in
from corpus.units import COUNTED, MONEY_SHORT, PERCENT, money_units

YEAR = re.compile(r"^(?:[\w/]+_)?(?:19|20)\d\d(?:[/–-](?:19|20)?\d\d)?$")
MONTH = re.compile(rf"^(?:{MONTH_STEM})", re.I)
UNIT = re.compile(rf"^\(?({MONEY_SHORT}|%|procent)\)?$", re.I)
#: Words that name a column of figures, as the first word of its heading.
COLUMN = re.compile(
    r"^(?:(?:budget|års|delårs|ack)?(?:utfall|budget|prognos|avvikelse|avv\.?|bokslut|differens|diff\.?|förändring)"
    r"|helårsprognos|ombudgetering|budgetomslutning|mål(?:nivå|värde)?|indikatorvärde|riktvärde|nämndmål"
    r"|kvinnor|män|totalt?|antal|andel|helår|periodbudget|redovisat)$",
    re.I,
)
SPREAD = re.compile(r"^(?:avvikelse|avv\.?|differens|diff\.?|förändring|budgetavvikelse)", re.I)
LABEL_TITLE = re.compile(r"^(?:nyckeltal|indikator(?:er)?|följetal|projekt|beskrivning|belopp|verksamhet|mått)$", re.I)
_DATE = re.compile(
    rf"\b\d{{1,2}}\s(?:{MONTH_STEM})[a-zé]*\.?\s(?:19|20)\d\d\b"
    r"|(?<!\d)\d{1,2}/\d{1,2}\s(?:19|20)\d\d\b",
    re.I,
)
GOES_ON = re.compile(r"^(?:Helår|Delår|Ack\.?|Ackumulerat|Period|Perioden)$")
#: In words.
LONGEST_NAME = 6
#: A column headed by a time alone holds what came out.
TIME_WORD = re.compile(
    rf"\b{MONTH_NAME}|\b(?:helår|delår|år|per|den|till|tertial|kvartal|halvår)\b"
    r"|\bt\.?o\.?m\b|[\d\s.,/–−*-]",
    re.I,
)
KINDS = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        (FigureKind.CHANGE, r"^avvikelse (?:mot|från|jämfört med) (?:föregående|förra|\d{4})"),
        (FigureKind.DEVIATION, r"\b(?:jämfört med|mot|kontra) (?:års?)?budget"),
        (FigureKind.CHANGE, r"^(?:diff|förändring|utveckling|procentuell (?:förändring|ändring)|utsläppsförändring)"),
        (FigureKind.DEVIATION, r"^(?:\w+[\s/-]?)?avvikelse|^avv\b"),
        (FigureKind.FORECAST, r"^(?:prognos|helårsprognos|årsprognos|beräknad)"),
        (FigureKind.TARGET, r"^(?:mål(?:nivån?|värdet?|et|en)?\b|nämndmål|indikatorvärde|riktvärde|börvärde)"),
        (FigureKind.OUTCOME, r"^(?:(?:ack\w*|års|delårs|period|helårs)?\s?(?:utfall|bokslut)|redovisat|resultat\b)"),
        (FigureKind.BUDGET, r"^(?!ombudget)\w*budget(?:en|ram)?\b|^(?:kommunbidrag|ram\b)"),
        # Columns that part one outcome between groups.
        (FigureKind.OUTCOME, r"^(?:kvinnor|män|totalt?|flickor|pojkar|riket|länet)\b"),
    )
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures. ``unit`` is None where its name tells none."""

    name: str
    kind: FigureKind
    period: Period | None
    unit: str | None


def read_columns(head: str, own: Period | None) -> list[Column]:
    """The columns that a table's head names, in a report of the period ``own``.

    Of a head in several rows, the lowest that tells a column's kind, or its period, is believed.
    """
    names = column_names(head)
    levels = _levels(head) if names and "\t" in head else [[name] for name in names]
    columns = []
    for name, level in zip(names, levels, strict=True):
        lowest = list(reversed([part for part in level if part])) or [name]
        worded = [part for part in lowest if TIME_WORD.sub("", part)]
        kind = next((k for part in worded if (k := column_kind(part)) is not FigureKind.OTHER), column_kind(name))
        period = next((found for part in lowest if (found := period_in(part, own))), None) or period_in(name, own)
        if period and WHOLE_YEAR.search(lowest[0]):
            period = Period(period.year)
        columns.append(Column(name, kind, period, _unit(name)))
    return _told_apart(columns)


#: Columns of the whole year, whatever stands over them.
WHOLE_YEAR = re.compile(r"helår|\bårs(?:budget|prognos|avvikelse|utfall)", re.I)


def _told_apart(columns: list[Column]) -> list[Column]:
    """Differences as what the other columns leave them: "Diff" beside one outcome and a budget is from it."""
    kinds = [column.kind for column in columns]
    aims = any(kind in (FigureKind.BUDGET, FigureKind.TARGET, FigureKind.FORECAST) for kind in kinds)
    outcomes = kinds.count(FigureKind.OUTCOME)
    told = []
    for column in columns:
        if column.kind is FigureKind.CHANGE and aims and outcomes < 2:
            column = replace(column, kind=FigureKind.DEVIATION)
        elif column.kind is FigureKind.DEVIATION and not aims and outcomes >= 2:
            column = replace(column, kind=FigureKind.CHANGE)
        told.append(column)
    ends = {(c.period.year, c.period.through.month) for c in told if c.period and c.period.through}
    if any((year, month + 1) in ends for year, month in ends):
        # Month by month, or each with those before it: that is not told.
        told = [replace(c, period=None) if c.period and c.period.through else c for c in told]
    return told


def _unit(name: str) -> str | None:
    if re.search(r"%|\bprocent", name, re.I):
        return PERCENT
    units = money_units(name)
    if len(units) == 1:
        return units.pop()
    counted = COUNTED.search(name)
    return counted[1].lower() if counted else None


def column_kind(name: str) -> FigureKind:
    """The kind of figures in a column of this name.

    >>> column_kind("Budgetavvikelse"), column_kind("31/8 2023")
    (<FigureKind.DEVIATION: 'avvikelse'>, <FigureKind.OUTCOME: 'utfall'>)
    """
    bare = re.sub(rf"^(?:{TIME_WORD.pattern})+", "", name.strip(" *"), flags=re.I)
    # "Total budget" is a budget.
    bare = re.sub(r"^(?:totalt?|kvinnor|män)\s(?=[a-zåäöA-ZÅÄÖ]{4})", "", bare, flags=re.I)
    found = next((kind for kind, pattern in KINDS if pattern.search(bare)), None)
    if found:
        return found
    dated = not bare or YEAR.match(name.split(" ")[0])
    return FigureKind.OUTCOME if name.strip(" *") and dated else FigureKind.OTHER


def column_names(head: str) -> list[str]:
    """The columns of figures that a table's head names, from left to right; none where it is unclear.

    >>> column_names("Följetal Utfall 2022 Utfall 2023 Mål 2023")
    ['Utfall 2022', 'Utfall 2023', 'Mål 2023']
    >>> column_names("SON Utfall Budget Avvikelse Utfall (mnkr) 2023 2023 mnkr % 2022")
    ['Utfall 2023', 'Budget 2023', 'Avvikelse mnkr', 'Avvikelse %', 'Utfall 2022']
    >>> column_names("Verksamhet 2022 2023 Budget Utfall Budget Utfall")
    ['Budget 2022', 'Utfall 2022', 'Budget 2023', 'Utfall 2023']
    """
    if "\t" in head:
        names = [reduce(join_lines, level).strip() for level in _levels(head)]
        return names if all(names) and len(set(names)) == len(names) else []
    tokens = _whole_words(_DATE.sub(lambda match: match[0].replace(" ", "_"), head).split())
    names = [name.replace("_", " ") for name in _stacked(tokens) or _crossed(tokens) or _in_a_row(tokens)]
    # What goes on for longer is a heading or a sentence that begins with such a word; and of two
    # columns of one name, only the lines of the head tell which is which.
    if any(len(name.split()) > LONGEST_NAME for name in names) or len(set(names)) < len(names):
        return []
    return names


def _levels(head: str) -> list[list[str]]:
    """What each row of a head with tabs says over each column of figures.

    A cell over several columns stands over the first of them; the others have it too.
    """
    rows = [[cell.strip() for cell in line.split("\t")[1:]] for line in head.split("\n") if "\t" in line]
    width = max(map(len, rows), default=0)
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    while width and not any(cells[width - 1] for cells in filled):
        width -= 1
    for cells in filled[:-1]:
        for at in range(1, width):
            if not cells[at] and cells[at - 1] and filled[-1][at]:
                cells[at] = cells[at - 1]
    return [[cells[at] for cells in filled] for at in range(width)]


def _whole_words(tokens: Sequence[str]) -> list[str]:
    """The words of a head with those put together that a narrow column broke: "Avvikels e"."""
    whole: list[str] = []
    for token in tokens:
        if whole and not COLUMN.match(whole[-1]) and token.isalpha() and COLUMN.match(f"{whole[-1]}{token}"):
            whole[-1] += token
        else:
            whole.append(token)
    return whole


def _in_a_row(tokens: Sequence[str]) -> list[str]:
    """The columns of a head that names one after the other in full."""
    found: list[list[str]] = []
    titled = False
    for at, token in enumerate(tokens):
        current = found[-1] if found else None
        after_slash = at > 0 and tokens[at - 1].endswith("/")
        starts = token[0].isupper() and bool(COLUMN.match(token.rstrip("*"))) and not after_slash
        if (current is not None or titled) and token[0].isupper() and not after_slash and not MONTH.match(token):
            # After the column of labels, or the first of figures, every capital begins another,
            # but for a word that tells the time of the one before.
            dated = any(map(YEAR.match, [*(current or ()), *tokens[at + 1 : at + 2]]))
            starts = current is None or dated or not GOES_ON.match(token)
        if YEAR.match(token) and (current is None or any(YEAR.match(word) for word in current)) and not after_slash:
            starts = True
        if LABEL_TITLE.match(token):
            # The column of labels comes first: what stood before was the table's name.
            found, titled = [], True
        elif starts:
            found.append([token])
        elif current is not None:
            current.append(token)
    return [" ".join(words) for words in found]


def _stacked(tokens: Sequence[str]) -> list[str]:
    """The columns of a head in two rows: all names first, then a year or unit for each."""
    tail = len(tokens)
    while tail and (YEAR.match(tokens[tail - 1]) or UNIT.match(tokens[tail - 1])):
        tail -= 1
    below = [token for token in tokens[tail:] if not token.startswith("(")]
    names = _longest_run(tokens[:tail])
    if len(below) == len(names) - 1 and names and SPREAD.match(names[-1]):
        # The difference stands without a year of its own.
        below.append("")
    while len(below) > len(names) and UNIT.match(below[0]):
        # The unit of the whole table.
        below.pop(0)
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


def _crossed(tokens: Sequence[str]) -> list[str]:
    """The columns of a head with years above and the same names under each of them, or the other way round."""
    bare = [token for token in tokens if not LABEL_TITLE.match(token) and not UNIT.match(token)]
    kinds = "".join(
        "y" if YEAR.match(each) else "n" if COLUMN.match(each) and each[0].isupper() else "-" for each in bare
    )
    for pattern in (r"y{2,}n{4,}$", r"n{2,}y{4,}$"):
        match = re.search(pattern, kinds)
        if match is None:
            continue
        cut = match.start() + len(match[0]) - len(match[0].lstrip(match[0][0]))
        above, below = bare[match.start() : cut], bare[cut:]
        each = len(below) // len(above)
        groups = [below[at : at + each] for at in range(0, len(below), each)]
        if each >= 2 and len(groups) == len(above) and all(group == groups[0] for group in groups):
            pairs = [(upper, lower) for upper, group in zip(above, groups, strict=True) for lower in group]
            return [f"{b} {a}" if YEAR.match(a) else f"{a} {b}" for a, b in pairs]
    return []


def _longest_run(tokens: Sequence[str]) -> list[str]:
    """The longest row of column names that follow each other; a name in a title stands alone."""
    runs: list[list[str]] = [[]]
    for token in tokens:
        if COLUMN.match(token) and token[0].isupper():
            runs[-1].append(token)
        elif not UNIT.match(token):
            runs.append([])
    return max(runs, key=len)
