"""Units of figures: how reports write them, and which can be turned into each other."""

import re
from decimal import Decimal

PERCENT = "%"
#: What two shares differ by.
POINTS = "procentenheter"
#: Units of money in kronor.
MONEY: dict[str, Decimal] = {
    "kr": Decimal(1),
    "tkr": Decimal(1_000),
    "mnkr": Decimal(1_000_000),
    "mdkr": Decimal(1_000_000_000),
}
_ALIASES = {
    "kronor": "kr",
    "kr": "kr",
    "sek": "kr",
    "tkr": "tkr",
    "kkr": "tkr",
    "ksek": "tkr",
    "tusen kronor": "tkr",
    "tusentals kronor": "tkr",
    "tusental kronor": "tkr",
    "tusen kr": "tkr",
    "mnkr": "mnkr",
    "mkr": "mnkr",
    "msek": "mnkr",
    "mn kr": "mnkr",
    "miljoner kronor": "mnkr",
    "miljoner kr": "mnkr",
    "miljoner": "mnkr",
    "mdkr": "mdkr",
    "mdr kr": "mdkr",
    "miljarder kronor": "mdkr",
    "miljarder": "mdkr",
    "%": PERCENT,
    "procent": PERCENT,
    POINTS: POINTS,
}
_MONEY = "|".join(
    re.escape(alias) for alias in sorted(_ALIASES, key=len, reverse=True) if alias not in ("%", "procent", POINTS)
)
#: The units of money in short, and all that a number may have beside it, for a regular expression.
MONEY_SHORT = "mnkr|mkr|mdkr|tkr|kkr|kr"
MONEY_UNIT = rf"{MONEY_SHORT}|(?:tusen |miljoner |miljarder )?kronor|miljoner(?!\s[a-zåäö])"
MONEY_WORD = re.compile(rf"(?<![\w])(?:{_MONEY})(?![\w])", re.I)
COUNTED = re.compile(
    r"(?<!per )(?<![\w-])(timmar|dygn|vårddygn|dagar|veckor|månader|minuter|årsplatser|årsarbetare|ton)(?![\w-])", re.I
)
#: A share: at the label's end or in parentheses, so that "ska minska med 20 % inom …" is none.
SHARE = re.compile(
    r"\((?:i )?(?:%|procent)\)|(?:%|\bprocent)\W*$|[,–-]\s?(?:%|procent)(?:,|$)|\bandel\b|\bi procent\b", re.I
)
#: Labels of what is counted or measured otherwise than in money, and never stand for what it costs.
FOREIGN = re.compile(
    r"^antal\b|(?<!per )\b(?:\w*årsarbetare|\w*ålder|\w*index|\w*frånvaro|soliditet\w*|folkmängd|invånare|elever"
    r"|besökare|sjukdagar|utdebitering|frisktal\w*|\w*omsättning|\w*timmar|\w*dygn|årsplatser"
    r"|(?:vänte|handläggnings|utrednings|insats|över|fyllnads|mer|tim)tid\w*)\b",
    re.I,
)
#: Labels of things that are counted, unless they are the name of a service: "Barn och unga".
NO_MONEY = re.compile(
    rf"{FOREIGN.pattern}|(?<!per )\b(?:antal\w*|personer|hushåll|brukare|platser|ärenden|anmälningar|insatser)\b"
    r"|(?<!per )\bbarn\b(?!-|\soch\b)",
    re.I,
)


def canonical(unit: str) -> str:
    """One way to write a unit: "kkr" and "tusen kronor" are tkr.

    >>> canonical("Mkr"), canonical("procent"), canonical("dygn")
    ('mnkr', '%', 'dygn')
    """
    bare = " ".join(unit.lower().split())
    return _ALIASES.get(bare, bare)


def money_units(text: str) -> set[str]:
    """The units of money that a text names."""
    return {canonical(match[0]) for match in MONEY_WORD.finditer(text)}


def label_unit(label: str) -> str | None:
    """The unit that a row's label gives its cells; "" where it gives that they are a bare number."""
    if SHARE.search(label) and not re.match(r"antal\b", label, re.I):
        return PERCENT
    own = money_units(label)
    if len(own) == 1:
        return own.pop()
    counted = COUNTED.findall(label)
    if counted:
        return str(counted[-1]).lower()
    return "" if NO_MONEY.search(label) else None


def convert(value: Decimal, unit: str | None, to: str | None) -> Decimal | None:
    """A value in another unit; None where that makes no sense.

    >>> convert(Decimal(305934), "tkr", "mnkr")
    Decimal('305.934')
    """
    if unit == to:
        return value
    if unit in MONEY and to in MONEY:
        return value * MONEY[unit] / MONEY[to]
    return None
