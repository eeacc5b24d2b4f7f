"""Periods as reports write them: "2023", "31/8 2024", "jan–aug", "juni-december 2023"."""

import re
from calendar import monthrange
from datetime import date

from corpus.document import MONTHS, Period

#: A month as it is written, in full or shortened, for a regular expression.
MONTH_NAME = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|mars?|apr(?:il)?|maj|juni?|juli?|aug(?:usti)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
#: How the names of months begin, in full or shortened, for a regular expression.
MONTH_STEM = "|".join(month[:3] for month in MONTHS)
_YEAR = r"(?:19|20)\d\d"
_DASH = r"\s?[-–−/]\s?|\s(?:till|t\.?o\.?m\.?)(?:\s(?:och med))?\s"
#: "jan–aug 2023", "1 januari - 31 juli", "juni- december 2023"
_MONTHS = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})\s)?(?P<m1>{MONTH_NAME})(?:\s(?P<y1>{_YEAR}))?(?:{_DASH})(?:(?P<d2>\d{{1,2}})\s)?(?P<m2>{MONTH_NAME})"
    rf"(?:\s(?P<y2>{_YEAR}))?(?![a-zåäö])",
    re.I,
)
#: "2023-01-01-2023-11-30", "230701-240630"
_ISO_SPAN = re.compile(
    rf"(?P<a>{_YEAR}-\d\d-\d\d)(?:{_DASH})(?P<b>{_YEAR}-\d\d-\d\d)|(?<!\d)(?P<c>\d{{6}})\s?[-–]\s?(?P<d>\d{{6}})(?!\d)",
    re.I,
)
_ISO = re.compile(rf"(?<!\d)({_YEAR})-(\d\d)-(\d\d)(?!\d)")
#: "31/8 2024", "31 aug 2023", "augusti 2023"
_DAY = re.compile(rf"(?<![\d,])(\d{{1,2}})/(\d{{1,2}})[\s-]({_YEAR})")
_DATE = re.compile(rf"(?:(?<!\d)(\d{{1,2}})\s)?\b({MONTH_NAME})\s({_YEAR})", re.I)
_SPAN = re.compile(rf"(?<![\d,.])({_YEAR})(?:\s?[-–/]\s?|\still\s)({_YEAR}|\d\d)(?![\d,])")
#: "202208", "2022-08"
_YEAR_MONTH = re.compile(rf"(?<!\d)({_YEAR})[-/]?(0[1-9]|1[0-2])(?![\d-])")
#: "Bokslut 22", "Utfall -22"
_SHORT_YEAR = re.compile(r"\b(?:utfall|bokslut|budget|prognos|mål)\s['’-]?(\d\d)(?![\d,/])", re.I)
_LAST_YEAR = re.compile(r"\b(?:föreg(?:ående|\.)? ?år|fg\.? år|förra året|i fjol|året innan)\b", re.I)
#: Parts of a year whose beginning and end are certain; the second tertial may be counted from January.
_PARTS = (
    (re.compile(r"\b(?:tertial|t)\s?1\b", re.I), 4),
    (re.compile(r"\b(?:kvartal|kv\.?|q)\s?1\b", re.I), 3),
    (re.compile(r"\bhalvår\s?1\b|\bförsta halvåret\b", re.I), 6),
)
_SOME_PART = re.compile(r"\b(?:tertial|kvartal|kv\b\.?|halvår)|\b[tq]\s?[1-4]\b", re.I)
_BARE = re.compile(rf"(?<![\d,.])({_YEAR})(?![\d,])")
_INTERIM = re.compile(r"\bdelår", re.I)
#: Two thirds of a year is the most that an interim report covers (13 kap. 1 § lag 2018:597), and the usual.
_INTERIM_END = (8, 31)


def period_in(text: str, own: Period | None = None) -> Period | None:
    """The period that a column's name or a footnote tells; None if it tells none.

    ``own`` is the report's: it gives the year that "jan–aug" leaves out, and where "delår" ends.

    >>> period_in("Utfall t.o.m. 31/8 2024").label, period_in("juni- december 2023").label
    ('januari–augusti 2024', 'juni–december 2023')
    """
    spans = spans_in(text, own)
    if spans:
        return spans[0]
    match = _DAY.search(text)
    if match:
        return _through(_day(int(match[3]), int(match[2]), match[1]))
    match = _ISO.search(text)
    if match:
        return _through(_day(int(match[1]), int(match[2]), match[3]))
    match = _DATE.search(text)
    if match:
        return _through(_day(int(match[3]), _month(match[2]), match[1]))
    match = _SPAN.search(text)
    if match and (len(match[2]) == 4 or int(match[2]) == (int(match[1]) + 1) % 100):
        last = int(match[2]) if len(match[2]) == 4 else int(match[1]) + 1
        return Period(last, None, date(int(match[1]), 1, 1)) if last > int(match[1]) else Period(int(match[1]))
    match = _YEAR_MONTH.search(text)
    if match:
        return _through(_day(int(match[1]), int(match[2]), None))
    year = _year_in(text, own)
    if year is None:
        return None
    for part, month in _PARTS:
        if part.search(text):
            return _through(_day(year, month, None))
    if _SOME_PART.search(text):
        return None
    if _INTERIM.search(text):
        month, day = (own.through.month, own.through.day) if own and own.through else _INTERIM_END
        return Period(year, date(year, month, day))
    return Period(year)


def _year_in(text: str, own: Period | None) -> int | None:
    match = _BARE.search(text)
    if match:
        return int(match[1])
    match = _SHORT_YEAR.search(text)
    if match:
        return 2000 + int(match[1])
    return own.year - 1 if own and own.whole_year and _LAST_YEAR.search(text) else None


#: Words and digits that tell a time, whether or not they can be read.
_TIME = re.compile(
    rf"\d|\b{MONTH_NAME}\b|{_SOME_PART.pattern}|{_LAST_YEAR.pattern}|\bmånad|\bföregående\b|\bnästa år\b", re.I
)


def tells_time(text: str) -> bool:
    """Whether a text tells a time, perhaps in a way that ``period_in`` does not understand."""
    return bool(_TIME.search(text))


def spans_in(text: str, own: Period | None = None) -> list[Period]:
    """The periods that a text gives by their first and last month or day, in order."""
    found: list[tuple[int, Period | None]] = []
    for match in _ISO_SPAN.finditer(text):
        first, last = (_iso(match[name]) for name in (("a", "b") if match["a"] else ("c", "d")))
        found.append((match.start(), _between(first, last)))
    for match in _MONTHS.finditer(text):
        # The year comes after the months, or before them if it is the only one.
        after, named = _BARE.search(text, match.end()), set(_BARE.findall(text))
        year = match["y2"] or (after and after[1]) or (named.pop() if len(named) == 1 else own and own.year)
        if year:
            first = _day(int(match["y1"] or year), _month(match["m1"]), match["d1"] or 1)
            found.append((match.start(), _between(first, _day(int(year), _month(match["m2"]), match["d2"]))))
    return [period for _, period in sorted(found, key=lambda each: each[0]) if period is not None]


def _month(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name[:3].lower()))


def _day(year: int, month: int, day: str | int | None) -> date | None:
    """A date; the month's last day where none is given, None where there is no such day."""
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    number = int(day) if day else last
    return date(year, month, number) if 1 <= number <= last else None


def _iso(text: str) -> date | None:
    digits = text.replace("-", "")
    digits = digits if len(digits) == 8 else f"20{digits}"
    return _day(int(digits[:4]), int(digits[4:6]), digits[6:])


def _between(first: date | None, last: date | None) -> Period | None:
    if first is None or last is None or first > last:
        return None
    if (first.month, first.day) == (1, 1) and first.year == last.year:
        return _through(last)
    return Period(last.year, None if (last.month, last.day) == (12, 31) else last, first)


def _through(last: date | None) -> Period | None:
    if last is None:
        return None
    return Period(last.year) if (last.month, last.day) == (12, 31) else Period(last.year, last)
