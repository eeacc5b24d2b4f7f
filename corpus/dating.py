"""Which year a report is of: each year that it names, with how probable that is.

A year votes by the role that it is named in: on the title page and in running headers, as a column of outcome, as the
day of a decision, as what is planned, as the year before. What each role is worth was fitted on labelled documents
(``python -m corpus.fitting``); today's date has no part in it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from corpus.belief import Belief, Features, likely
from corpus.document import MONTHS

#: Where a document says what it is.
TITLE_ZONE = 700
#: So many characters before a year tell its role.
BEFORE = 40

YEAR = re.compile(r"(?<![\d,.:/§-])((?:19|20)\d\d)(?:\s?[-–/]\s?((?:20)?\d\d)(?!\d|-\d))?(?![\d%]|,\d| ?kr)")
_MONTH = "|".join(MONTHS)
DAY = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)-(?:\d\d|xx)-(?:\d\d|xx)"
    rf"|\b(?:\d{{1,2}}(?:/\d{{1,2}})? )?(?:{_MONTH}) ((?:19|20)\d\d)"
    r"|\b(?:dnr|diarienummer|diarienr|ks|kf)\W{0,3}(?:\w+[ -])?((?:19|20)\d\d)(?=[./:-]\d)",
    re.I,
)
#: Roles by the words before a year, the first that fits.
ROLES = {
    "before": r"(?:föregående år|jämfört med|jämförelse med|än|sedan|från|mot|ersätter|ingående)\W{0,3}(?:år )?$",
    "plan": r"(?:budget\w*|plan\w*|prognos\w*|inför|mål\w*|ram\w*|anslag\w*|äskande\w*|till|senast|och med|tidigast"
    r"|förslag\w*)\W{0,3}(?:för |år |åren )*$",
    "outcome": r"(?:utfall\w*|\w*bokslut\w*|resultat\w*|\w*redovisning\w*|\w*rapport\w*|\w*berättelse\w*"
    r"|\w*uppföljning\w*|under|helår|analys)\W{0,3}(?:för |år |året |helår |av )*$",
}
_ROLES = {role: re.compile(pattern, re.I) for role, pattern in ROLES.items()}


def years(text: str, furniture: Iterable[str], name: str) -> Belief:
    """The years that a report may be of, most probable first, each with its probability.

    They are read from its text, its running headers and its file's ``name``. What is left to 1 is that it is of none.
    """
    return likely("year", features(text, furniture, name))


def features(text: str, furniture: Iterable[str], name: str) -> Features:
    """For each year that is named, its share of each role, from 0 to 1."""
    roles: dict[str, Counter[int]] = {role: Counter() for role in ("title", "name", "day", "plain", "span", *ROLES)}
    for part, weight in ((text[:TITLE_ZONE], 1), ("\n".join(furniture), 1)):
        for year, role in _mentions(part):
            if role != "day":
                roles["title"][year] += weight
    for year, role in _mentions(re.sub(r"[_.]", " ", name)):
        roles["name"][year] += role != "day"
    for year, role in _mentions(text):
        roles[role][year] += 1
    planned, done = roles["plan"].total() + roles["span"].total(), roles["outcome"].total()
    # A budget is of the year that it is for; a report of one that has been.
    ahead = planned / (planned + done + 1)
    shares = {role: _shares(counts) for role, counts in roles.items()}
    every = {year for counts in roles.values() for year in counts}
    found: Features = {
        year: {
            "title": shares["title"].get(year, 0.0),
            "name": shares["name"].get(year, 0.0),
            "plain": shares["plain"].get(year, 0.0),
            "before": shares["before"].get(year, 0.0),
            "outcome": shares["outcome"].get(year, 0.0) * (1 - ahead),
            "plan": shares["plan"].get(year, 0.0) * ahead,
            "span": shares["span"].get(year, 0.0) * ahead,
            "day": shares["day"].get(year, 0.0),
            "day_after": shares["day"].get(year + 1, 0.0) * (1 - ahead),
            "day_before": shares["day"].get(year - 1, 0.0) * ahead,
        }
        for year in every
    }
    found[None] = {"none": 1.0}
    return found


def _mentions(text: str) -> Iterable[tuple[int, str]]:
    """The years of a text, each with its role."""
    days = [(match.start(), match.end()) for match in DAY.finditer(text)]
    for match in DAY.finditer(text):
        yield int(next(filter(None, match.groups()))), "day"
    at = 0
    for match in YEAR.finditer(text):
        while at < len(days) and days[at][1] <= match.start():
            at += 1
        if at < len(days) and days[at][0] < match.end():
            continue
        if match[2]:
            yield int(match[1]), "span"
            continue
        before = text[max(0, match.start() - BEFORE) : match.start()]
        yield int(match[1]), next((role for role, cue in _ROLES.items() if cue.search(before)), "plain")


def _shares(counts: Counter[int]) -> Mapping[int, float]:
    total = counts.total()
    return {year: count / total for year, count in counts.items()} if total else {}
