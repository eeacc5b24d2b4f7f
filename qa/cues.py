"""What a sentence's own words tell of the kind of answer it can be: a cause, a quantity, a time, a person."""

import re
from functools import lru_cache

from corpus.document import MONTHS
from corpus.units import MONEY_UNIT
from qa.question import Kind, Question, asks_for_a_count

CAUSE = re.compile(
    r"\b(?:beror|berodde|bero|på grund av|till följd av|som en följd|följd av|orsak\w*|förklar\w+|härled\w*|hänför\w*"
    r"|eftersom|därför att|då |med anledning av|genererat|kopplat till|medför\w*|inneb[uä]r\w*|leder till|lett till"
    r"|vilket gör|vilket gjort|resulter\w+|påverka\w*|tack vare|utifrån att|skälet|anledning\w*|bidrag\w+|främst"
    r"|på grund|drivs av|drivits|för att|hänger samman|handlar om)\b",
    re.I,
)
STRONG_CAUSE = re.compile(
    r"\b(?:beror|berodde|på grund av|till följd av|orsak\w*|förklar\w+|härled\w*|hänförlig\w*|eftersom|med anledning av"
    r"|utifrån att|kopplat till|skälet|anledningen|tack vare|bidragande|hänger samman)\b",
    re.I,
)
MONEY = re.compile(rf"[-–−]?\d[\d\s.,]*(?<=\d)\s?(?:{MONEY_UNIT})\b", re.I)
#: By how many per cent something has grown is not how many there are.
SHARE = re.compile(r"\d[\d,]*\s?(?:procent(?:enheter)?\b|%)", re.I)
WHEN = re.compile(
    rf"\b(?:(?:19|20)\d\d|{'|'.join(MONTHS)}"
    r"|våren|sommaren|hösten|vintern|årsskiftet|kvartalet|halvåret)\b",
    re.I,
)
NUMBER_WORDS = r"(?:en enda|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|en tredjedel|dubbelt)"
QUANTITY = re.compile(
    rf"(?<![\d/-])(?!(?:19|20)\d\d(?!\d))\d|\b{NUMBER_WORDS}\b(?! (?:\w+ )?(?:senaste|år\b|åren))", re.I
)
PERSON = re.compile(r"[A-ZÅÄÖ][a-zåäöé]+ (?:[A-ZÅÄÖ][a-zåäöé]+)")
ADDRESSED = re.compile(
    r"\b(?:vänder sig|riktar sig|riktad|riktat|riktade|avsedd\w*|målgrupp\w*|avtal|ansvarar)\b", re.I
)
#: Somebody by what they do.
ROLE = re.compile(
    r"\b\w*(?:chef|handläggare|samordnare|ordförande|sekreterare|ledare|pedagog|sköterska|revisor|utförare|leverantör"
    r"|nämnd|utskott|förvaltning|enhet|avdelning|team)(?:en|et|er|erna|na|n|s)?\b",
    re.I,
)
WHO_IS = re.compile(r"^(?:och )?vem (?:är|e|va|var|heter)\b", re.I)
#: What somebody pays or earns, or what a thing costs, is an amount of money.
_PRICED = r"kosta(?:r|de|t)?|betala(?:r|de|t|s)?|tjäna(?:r|de)?|spara(?:r|de|t|s|des)?|lön"
PRICE_ASKED = re.compile(
    rf"\b(?:vad|va|hur (?:mycket|mycke|mkt|dyrt?|stort?))\b(?:\s\w+){{0,4}}?\s(?:{_PRICED})\b"
    rf"|^(?:{_PRICED}) \w+\b.*\?|\bhur (?:mycket|mycke|mkt) pengar\b",
    re.I,
)


@lru_cache(maxsize=100_000)
def has_quantity(text: str) -> bool:
    """Whether a text tells how much or how many of something."""
    return bool(QUANTITY.search(text))


def asks_for_a_quantity(question: Question) -> bool:
    """Whether a question wants to know how much or how many."""
    return question.kind in (Kind.HOW_MUCH, Kind.COMPARE)


def fits_kind(question: Question, text: str) -> bool | None:
    """Whether a sentence can be an answer of the kind asked for: a quantity, a time, a person.

    None where no such kind is asked for.
    """
    if PRICE_ASKED.search(question.text):
        return bool(MONEY.search(text))
    if asks_for_a_count(question):
        return has_quantity(SHARE.sub("", MONEY.sub("", text)))
    if asks_for_a_quantity(question):
        # Things can be compared in words as well.
        return has_quantity(text) or (None if question.kind is Kind.COMPARE else False)
    if question.kind is Kind.WHEN:
        return bool(WHEN.search(text))
    if WHO_IS.search(question.text):
        return bool(PERSON.search(text))
    if question.kind is Kind.WHO:
        return bool(PERSON.search(text) or ADDRESSED.search(text) or ROLE.search(text))
    return None


def adds(question: Question, text: str) -> bool:
    """Whether a further sentence tells something: an amount, or a cause where one is asked for."""
    return has_quantity(text) or (question.kind is Kind.WHY and bool(CAUSE.search(text)))


YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: "… än 2022", "jämfört med år 2022": what is said is of another year than this.
COMPARED = re.compile(r"\b(?:jämfört med|än|mot|sedan|från|efter)\s(?:\w+\s){0,3}$", re.I)


def told_years(text: str) -> set[int]:
    """The years that a text is about by its own words, not those that it only compares with."""
    return {int(match[0]) for match in YEAR.finditer(text) if not COMPARED.search(text[: match.start()])}
