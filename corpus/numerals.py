"""Swedish numbers: from text to value and from value to text.

A number has thousands parted by spaces, a decimal comma, one of three minus signs, and perhaps a
word or sign that makes it a bound ("högst", "≥") or an estimate ("drygt").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from corpus.units import MONEY_UNIT

MINUSES = "-−–"
#: What may stand between the thousands of one number.
THOUSANDS_SPACES = " \u00a0\u202f\u2009"


class Bound(StrEnum):
    """What a number is the limit of, as targets are."""

    AT_MOST = "högst"
    AT_LEAST = "minst"
    BELOW = "under"
    ABOVE = "över"


BOUNDS = {
    "≤": Bound.AT_MOST,
    "<=": Bound.AT_MOST,
    "högst": Bound.AT_MOST,
    "max": Bound.AT_MOST,
    "maximalt": Bound.AT_MOST,
    "≥": Bound.AT_LEAST,
    ">=": Bound.AT_LEAST,
    "minst": Bound.AT_LEAST,
    "lägst": Bound.AT_LEAST,
    "<": Bound.BELOW,
    "under": Bound.BELOW,
    ">": Bound.ABOVE,
    "över": Bound.ABOVE,
}
ABOUT = frozenset({"ca", "ca.", "cirka", "drygt", "knappt", "omkring", "ungefär", "runt", "nära", "närmare", "~", "±"})
_SPACE = f"[{THOUSANDS_SPACES}]"
_DIGITS = rf"(?:[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}})+|\d+)(?:,\d+|\.\d{{1,2}}(?!\d))?"
_NUMBER = re.compile(
    rf"^\s*(?P<bound>[<>]=|[≤≥<>]|(?i:minst|lägst|högst|max(?:imalt)?|under|över)(?=\s))?"
    rf"\s*(?P<about>[~±=]|(?i:ca\.?|cirka|drygt|knappt|omkring|ungefär|runt|nära|närmare)(?=\s))?"
    rf"\s*(?P<sign>[+{re.escape(MINUSES)}])?\s?(?P<first>{_DIGITS})(?:\s?[–-]\s?(?P<last>{_DIGITS}))?"
    rf"\s*(?P<unit>%|(?i:procentenheter|procent|{MONEY_UNIT}))?"
    r"\s*\*{0,3}\s*$"
)


#: What a figure that is no exact number is, beside its bounds.
ABOUT_WORD = "ungefär"
FROM_WORD = "från"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: its value, and what the words around it make of it.

    ``upper`` is the end of a range such as "80–100 %"; ``unit`` is as written, None if none is.
    """

    value: Decimal
    upper: Decimal | None = None
    bound: Bound | None = None
    approximate: bool = False
    unit: str | None = None

    @property
    def limit(self) -> str | None:
        """The word for what the value is, where it is not exactly the number."""
        if self.bound:
            return self.bound.value
        return FROM_WORD if self.upper is not None else ABOUT_WORD if self.approximate else None


@lru_cache(maxsize=100_000)
def parse(text: str) -> Number | None:
    """The number that a text is; None where it is none, or could be two.

    "1.234" is none: a point parts thousands for some and decimals for others. Nor is "(12)":
    parentheses mean minus to some and a remark to others.

    >>> parse("−41 276").value, parse("80–100 %").upper, parse("≤ 40").bound.value, parse("–")
    (Decimal('-41276'), Decimal('100'), 'högst', None)
    """
    match = _NUMBER.match(text)
    if match is None:
        return None
    about = match["about"]
    bound = match["bound"]
    value = _value(match["first"])
    return Number(
        -value if match["sign"] in tuple(MINUSES) else value,
        _value(match["last"]) if match["last"] else None,
        BOUNDS[bound.lower()] if bound else None,
        bool(about) and about.lower() in ABOUT,
        match["unit"],
    )


def value(text: str) -> Decimal | None:
    """The value of the number that a text is; None where it is none."""
    number = parse(text)
    return number.value if number else None


def _value(digits: str) -> Decimal:
    return Decimal(re.sub(r"\s", "", digits).replace(",", "."))


def swedish(value: Decimal) -> str:
    """A value as Swedish text: a no-break space between thousands, decimal comma, a true minus.

    >>> swedish(Decimal("-1359.10"))
    '−1\\xa0359,10'
    """
    digits = f"{abs(value):,f}".replace(",", "\u00a0").replace(".", ",")
    return f"−{digits}" if value < 0 else digits


def decimals(value: Decimal) -> int:
    """How many decimals a value is written with."""
    return max(0, -int(value.as_tuple().exponent))


def step(*values: Decimal) -> Decimal:
    """The unit of the finest of the values' last decimals: what rounding may have changed."""
    return Decimal(1).scaleb(-max(map(decimals, values)))


def find_number(text: str, number: str) -> Iterator[re.Match[str]]:
    """Where ``number`` stands in the text as a number of its own, with any spaces between thousands."""
    groups = r"[\u00a0 ]".join(re.escape(group) for group in re.split(r"[\u00a0 ]", number))
    return re.finditer(rf"(?<!\d)(?<!\d,){groups}(?!\d)(?!,\d)", text)
