"""What should not stand in a report that is published: personal identity numbers and left-over remarks."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from corpus.document import Report


class Kind(StrEnum):
    """What was found."""

    IDENTITY = "identity"
    PROTECTED = "protected"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a report's text that somebody should look at: ``[start, end)``."""

    kind: Kind
    start: int
    end: int


#: Ten or twelve digits, with or without the sign before the last four (Folkbokföringslagen 1991:481, 18 §).
IDENTITY = re.compile(
    r"(?<!\d)(?<!\d[.,–-])(?P<century>1[89]|20)?(?P<born>\d{6})(?P<sign>[-+–]?)(?P<last>\d{4})(?!\d|[.,–-]\d)"
)
#: A coordination number has sixty added to the day (18 a §).
COORDINATION = 60
#: In these words the tax agency and others write that somebody's identity is protected.
PROTECTED = re.compile(
    r"\b(?:skydda(?:d|de|t) (?:identitet(?:er)?|personuppgift(?:er)?|folkbokföring|adress(?:er)?)"
    r"|sekretessmark(?:ering|erade? person\w*)|kvarskrivning\w*|fingerade personuppgifter)\b",
    re.I,
)
#: What word processors and writers leave behind.
REMARK = re.compile(
    r"\[(?:kommentar|comment|obs|notering|fråga|skriv|infoga|fyll i|todo)\b[^\]\n]{0,200}\]"
    r"|\b(?:kommentar|comment(?:ed)?) ?\[\w{1,6}\] ?:|\b(?:TODO|FIXME|TBD)\b"
    r"|\b(?:fel|error)! (?:bokmärket|referenskällan|hittar inte|bookmark|reference)\b[^.\n]{0,60}"
    r"|\bklicka (?:eller tryck )?här för att (?:ange|skriva) text\b|\blorem ipsum\b",
    re.I,
)
MASK = "█"


def is_identity(born: str, last: str, century: str = "") -> bool:
    """Whether six and four digits are a personal identity number: a day that there was, and the right check digit.

    The check digit is by the Luhn algorithm (ISO/IEC 7812-1) over the last ten digits.
    """
    year, month, day = int(born[:2]), int(born[2:4]), int(born[4:])
    try:
        # Without the century one of them must have had the day.
        possible = [int(century) * 100 + year] if century else [1900 + year, 2000 + year]
        days = [date(each, month, day - COORDINATION if day > COORDINATION else day) for each in possible]
    except ValueError:
        return False
    if min(days) > date.today():
        return False
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(born + last)]
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0


def scan(text: str) -> list[Finding]:
    """The places in a text that should not be there, in order."""
    found = [
        Finding(Kind.IDENTITY, match.start(), match.end())
        for match in IDENTITY.finditer(text)
        if is_identity(match["born"], match["last"], match["century"] or "")
    ]
    found += [Finding(Kind.PROTECTED, match.start(), match.end()) for match in PROTECTED.finditer(text)]
    found += [Finding(Kind.REMARK, match.start(), match.end()) for match in REMARK.finditer(text)]
    return sorted(found, key=lambda finding: finding.start)


SINGULAR = {
    Kind.IDENTITY: "ett personnummer",
    Kind.PROTECTED: "en uppgift om skyddad identitet",
    Kind.REMARK: "en kvarlämnad kommentar",
}
PLURAL = {
    Kind.IDENTITY: "personnummer",
    Kind.PROTECTED: "uppgifter om skyddad identitet",
    Kind.REMARK: "kvarlämnade kommentarer",
}
#: So many pages are named.
MOST_PAGES = 5


def warning(report: Report, findings: Sequence[Finding], left_out: bool) -> str:
    """What was found and on which pages, as a sentence that repeats nothing of it; empty where nothing was."""
    if not findings:
        return ""
    counts = Counter(finding.kind for finding in findings)
    what = [SINGULAR[kind] if count == 1 else f"{count} {PLURAL[kind]}" for kind, count in counts.items()]
    pages = sorted({page for finding in findings if (page := report.page(finding.start))})
    where = ""
    if pages:
        named = ", ".join(map(str, pages[:MOST_PAGES])) + (" med flera" if len(pages) > MOST_PAGES else "")
        where = f" ({'sidan' if len(pages) == 1 else 'sidorna'} {named})"
    listed = what[0] if len(what) == 1 else f"{', '.join(what[:-1])} och {what[-1]}"
    then = (
        "avsnitten är utelämnade."
        if left_out
        else "kontrollera filen, eller lägg till den med --without-personal så utelämnas de avsnitten."
    )
    return f"Filen verkar innehålla {listed}{where}; {then}"


def masked(report: Report, findings: Iterable[Finding]) -> Report:
    """The report with what was found made unreadable; everything else stands where it stood."""
    text = report.text
    for finding in findings:
        length = finding.end - finding.start
        text = text[: finding.start] + MASK * length + text[finding.end :]
    return replace(report, text=text)
