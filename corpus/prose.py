"""Figures in running text and in list items: "Ökade kostnader för köpt vård -4,7 mnkr"."""

import re
from collections.abc import Iterator

from corpus.document import Block, BlockKind, Figure, FigureKind, Period, Report
from corpus.numerals import MINUSES, parse
from corpus.split import sentences
from corpus.structure import BULLET
from corpus.units import MONEY_UNIT, canonical

#: A number with what it counts. Bare numbers of running text are dates, sections and pages too.
AMOUNT = re.compile(
    r"(?<![\w,.§/-])(?<!\d[-–])(?<!\d [-–] )(?:(?P<about>drygt|knappt|cirka|ca|omkring|närmare|högst|minst)\s)?"
    r"(?P<number>[-−–+]?(?:[1-9]\d{0,2}(?:[ \u00a0]\d{3})+|\d+)(?:,\d+)?)\s?"
    rf"(?P<unit>{MONEY_UNIT}"
    r"|procentenheter|procent|%|timmar|vårddygn|dygn|dagar|årsplatser|årsarbetare)(?![\wåäö])",
    re.I,
)
#: Where a sentence's clause about an amount begins.
CLAUSE = re.compile(r"[,;:]\s|\s(?:och|men|samt|varav|medan|vilket|som)\s")
#: Words between a thing and its amount, which tell nothing of it.
LINKS = re.compile(
    r"(?:^|\s)(?:uppgår|uppgick|är|var|blev|blir|bli|högst|minst|med|till|om|på|cirka|ca|drygt|knappt|totalt|ett|en|motsvarande|motsvarar"
    r"|redovisar|redovisade|visar|visade|prognostiserar|prognosticerar|beräknas|väntas|förväntas|kostade|kostar|för|av|har|hade|i|snitt|[-–−:(])$",
    re.I,
)
KINDS = (
    (FigureKind.FORECAST, re.compile(r"\bprognos\w*|\bberäknas\b|\bväntas\b|\bförväntas\b", re.I)),
    (
        FigureKind.DEVIATION,
        re.compile(r"\b\w*(?:underskott|överskott|avvik)\w*|\b(?:högre|lägre|mer|mindre)\b.*\bbudget", re.I),
    ),
    (FigureKind.CHANGE, re.compile(r"\b(?:ökat|ökade|ökning\w*|minskat|minskade|minskning\w*|sänkt|höjts)\b", re.I)),
    (FigureKind.TARGET, re.compile(r"\b(?:målet|målvärdet|målnivån)\b", re.I)),
    (FigureKind.BUDGET, re.compile(r"\b(?:budgeten|budgeterat|budgeterade|budgetram\w*)\b", re.I)),
    (FigureKind.OUTCOME, re.compile(r"\b(?:uppgick|uppgår|blev|var|redovisar|redovisade|kostade|utfall\w*)\b", re.I)),
)
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def prose_figures(report: Report) -> list[Figure]:
    """The amounts in the running text and list items of ``report``, in order.

    Its label is the words before an amount in its clause, or the heading where there are none.
    """
    heading = ""
    found: list[Figure] = []
    for block in report.blocks:
        if block.kind is BlockKind.HEADING:
            heading = report.text[block.start : block.end]
        elif block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            found.extend(_in_block(report, block, heading))
    return found


def _in_block(report: Report, block: Block, heading: str) -> Iterator[Figure]:
    text = report.text[block.start : block.end]
    for start, end in sentences(text):
        sentence = text[start:end]
        for match in AMOUNT.finditer(sentence):
            number = parse(match["number"])
            if number is None:
                continue
            before = sentence[: match.start()]
            clause = _clause(before)
            kind = next((kind for kind, cue in KINDS if cue.search(clause)), FigureKind.OTHER)
            if kind is FigureKind.OTHER and match["number"][0] in f"+{MINUSES}":
                # An amount with a sign is by how much something differs.
                kind = FigureKind.DEVIATION
            label = _label(before)
            place = block.start + start + match.start("number")
            yield Figure(
                report.report_id,
                place,
                place + len(match["number"]),
                label or heading,
                "",
                (heading,) if heading else (),
                "",
                kind,
                _period(sentence, clause, kind, report.period),
                number.value,
                canonical(match["unit"]),
                (match["about"] or "").lower() if (match["about"] or "").lower() in ("högst", "minst") else None,
            )


def _label(before: str) -> str:
    """The words of the clause before an amount, without those that only lead to it."""
    before = BULLET.sub("", before).strip()
    clauses = [before, *(before[match.end() :] for match in CLAUSE.finditer(before))]
    for clause in reversed(clauses):
        label = clause.strip(" ,;:(–-")
        while LINKS.search(label):
            label = LINKS.sub("", label).strip()
        if len(re.findall(r"[^\W\d_]{3,}", label)) >= 2:
            return label
    while LINKS.search(before):
        before = LINKS.sub("", before).strip()
    return before


def _clause(before: str) -> str:
    """The clause that an amount stands in, as far as the amount."""
    ends = [match.end() for match in CLAUSE.finditer(before)]
    return before[ends[-1] :] if ends else before


def _period(sentence: str, clause: str, kind: FigureKind, own: Period | None) -> Period | None:
    """The year that an amount's clause names, or the report's period where the sentence names none.

    None where the sentence names other years, or the amount is what something changed from.
    """
    if re.search(r"\bfrån\s*$", clause):
        return None
    named = set(map(int, YEAR.findall(clause))) or set(map(int, YEAR.findall(sentence)))
    if not named:
        return Period(own.year) if own and kind is FigureKind.FORECAST else own
    if len(named) > 1:
        return None
    year = named.pop()
    if not YEAR.search(clause) and not (own and own.year == year):
        return None
    return own if own and own.year == year and kind is not FigureKind.FORECAST else Period(year)
