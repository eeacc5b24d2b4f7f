"""A table's row of flattened text to its label and the tokens of its cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from corpus.numerals import value
from corpus.units import MONEY_SHORT

#: What a token of a table's cells looks like: a number with its signs, or a dash for nothing.
CELL_TOKEN = re.compile(
    r"^(?:[<>≤≥=~±(]*[-−–+]?\d[\d.,:/\u00a0]*(?:%|\))?\*{0,2}|[-–−]|%|[xX●]|[≤≥<>=]|minst|högst|ja|nej"
    rf"|{MONEY_SHORT})$",
    re.I,
)
#: A no-break space is part of a number, not a gap between two.
SPACES = re.compile(r"[ \t\n]+")
#: Words that a cell has in place of a number.
EMPTY = re.compile(
    r"(?:(?:utfall|uppgift|värde|data|underlag)\s)?saknas|(?:ej|inte)\smätt|mäts\sej|ingen\smätning|\.\.", re.I
)
#: A number in parentheses is one cell, though not of a certain value; words in them are a remark.
_TOKEN = re.compile(
    rf"{EMPTY.pattern}|\([-−–]?\d[\d \u00a0]*(?:,\d+)?\)|\([^()]*[^\W\d_]{{2}}[^()]*\)?|[^ \n\t]+", re.I
)
BRACKETED = re.compile(r"^\([-−–]?\d[\d \u00a0]*(?:,\d+)?\)$")
#: "310 1)": a mark that leads to a footnote.
MARK = re.compile(r"^\d{1,2}\)$")
NUMBER_TOKEN = re.compile(r"^[<>≤≥=~±]*[-−–+]?\d[\d.,:/\u00a0]*%?\*{0,2}$")
QUALIFIER = re.compile(r"^(?:minst|högst|[≤≥<>=])$", re.I)
SUFFIX = re.compile(rf"^(?:%|{MONEY_SHORT})$", re.I)
VERDICT = re.compile(r"^(?:ja|nej|x|●)$", re.I)
NOTHING = re.compile(r"^[-–−]$")
#: Words that begin a comment on the figures before it, as a label never does after them.
COMMENT = re.compile(r"^(?:[Vv]arav|[Dd]ärav)\b|^[a-zåäö]")
SOURCE = re.compile(r"\s*\bKälla(?:\s?:|\b(?=\s[A-ZÅÄÖ])).*$", re.S)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its text and its offsets in the row's text."""

    text: str
    start: int
    end: int

    @property
    def value(self) -> Decimal | None:
        return value(self.text)


def cell_tokens(text: str) -> int:
    """How many tokens at the end of ``text`` are table cells, or parts of one."""
    count = 0
    for token in reversed(SPACES.split(text)):
        if not CELL_TOKEN.match(token):
            break
        count += 1
    return count


def split_row(text: str) -> tuple[str, list[Cell]]:
    """A row of flattened text to its label and the tokens of its cells, comments left out.

    >>> split_row("Antal platser för barn under 18 år 135 166 varav 85 kvinnor 139")
    ('Antal platser för barn under 18 år', [Cell(text='135', start=35, end=38), \
Cell(text='166', start=39, end=42), Cell(text='139', start=60, end=63)])
    """
    tokens = [Cell(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]
    begin = len(tokens)
    while begin and _may_follow_cells(tokens[begin - 1].text):
        begin -= 1
    while begin < len(tokens) and not _begins_cells(tokens, begin):
        begin += 1
    end = _label_end(tokens, begin)
    cells = [tokens[at] for at in range(begin, end) if _is_cell(tokens[:end], at)]
    label = " ".join([text[: tokens[begin].start] if begin < len(tokens) else text, *(t.text for t in tokens[end:])])
    return SOURCE.sub("", re.sub(" {2,}", " ", label)).strip(), cells


def _label_end(tokens: Sequence[Cell], begin: int) -> int:
    """Where the rest of a label begins that was broken in its narrow column, after the row's cells.

    Words after the last figure are a comment on it if other figures of the row have words too.
    """
    end = len(tokens)
    while end > begin and re.match(r"[a-zåäö]", tokens[end - 1].text) and not CELL_TOKEN.match(tokens[end - 1].text):
        end -= 1
    worded = any(NUMBER_TOKEN.match(tokens[at].text) and not _is_cell(tokens[:end], at) for at in range(begin, end))
    return len(tokens) if worded or end == begin else end


def qualified(text: str, cells: Sequence[Cell]) -> bool:
    """Whether several of a row's figures are of different things, and so perhaps in one cell.

    >>> qualified("Nöjdhet 82 (hela kommunen) 80 (förvaltningen)", split_row("Nöjdhet 82")[1])
    True
    """
    begin = cells[0].start if cells else len(text)
    return len(re.findall(r"\d\s*\([^()]*[^\W\d_]{2}", text[begin:])) > 1


def _may_follow_cells(token: str) -> bool:
    return bool(
        CELL_TOKEN.match(token)
        or EMPTY.fullmatch(token)
        or token.startswith("(")
        or MARK.match(token)
        or COMMENT.match(token)
    )


def _begins_cells(tokens: Sequence[Cell], at: int) -> bool:
    text = tokens[at].text
    if NOTHING.match(text):
        return at + 1 < len(tokens) and _begins_cells(tokens, at + 1)
    if QUALIFIER.match(text):
        return at + 1 < len(tokens) and bool(NUMBER_TOKEN.match(tokens[at + 1].text))
    return bool(EMPTY.fullmatch(text) or BRACKETED.match(text)) or (
        bool(NUMBER_TOKEN.match(text)) and _is_cell(tokens, at)
    )


def _is_cell(tokens: Sequence[Cell], at: int) -> bool:
    """Whether a token is a cell or part of one: a number that no word follows, a sign, a word for nothing."""
    text = tokens[at].text
    if EMPTY.fullmatch(text) or BRACKETED.match(text):
        return True
    if MARK.match(text) or not CELL_TOKEN.match(text):
        return False
    if SUFFIX.match(text) and at:
        return _is_cell(tokens, at - 1)
    if not NUMBER_TOKEN.match(text):
        return True
    following = next((other.text for other in tokens[at + 1 :] if not SUFFIX.match(other.text)), "")
    return not re.match(r"(?!varav|därav)[a-zåäö]{2}", following) or bool(
        CELL_TOKEN.match(following) or EMPTY.fullmatch(following)
    )
