"""Which way a text says that something goes: up or down, over or under budget, met or not."""

import re
from enum import Enum


class Way(Enum):
    """A direction or a verdict; each has an opposite."""

    UP = "up"
    DOWN = "down"
    SURPLUS = "surplus"
    DEFICIT = "deficit"
    MET = "met"
    UNMET = "unmet"

    @property
    def opposite(self) -> "Way":
        return OPPOSITES[self]


OPPOSITES = {
    Way.UP: Way.DOWN,
    Way.DOWN: Way.UP,
    Way.SURPLUS: Way.DEFICIT,
    Way.DEFICIT: Way.SURPLUS,
    Way.MET: Way.UNMET,
    Way.UNMET: Way.MET,
}
WAYS = {
    Way.UP: r"ök(?:a|ar|ade|at|ande|ning|ningen|as|ats)|steg|stig(?:er|a|it)|växt|växer|fler|högre|ökningar\w*",
    Way.DOWN: r"minsk(?:a|ar|ade|at|ande|ning|ningen|as|ats)|sjönk|sjunk(?:er|a|it)|färre|lägre|minskningar\w*",
    Way.SURPLUS: r"\w*överskott(?:et)?|positiv(?:t|a)? (?:budget)?avvikelse\w*|positivt resultat|plus|vinst",
    Way.DEFICIT: r"\w*underskott(?:et)?|negativ(?:t|a)? (?:budget)?avvikelse\w*|negativt resultat|minus|förlust|back",
}
#: More than something else is no change: "räknat med fler … än det blev".
COMPARATIVE = re.compile(r"\b(?:fler|färre|högre|lägre)\b", re.I)
_PATTERNS = {way: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.I) for way, words in WAYS.items()}
#: "målet är uppfyllt", "når målet", "uppfylls delvis".
MET = re.compile(
    r"\b(?:(?:upp)?n[åa](?:r|dde|ddes|s|tt|tts)|uppfyll\w*|klara(?:r|de|des|s|t)|håll(?:er|s|it)|höll|lyckats?)\b", re.I
)
#: "målet är inte uppfyllt", "når ej målet".
NEGATED = re.compile(r"\b(?:inte|ej|aldrig|varken|ingen|inga|inget|utan att|ouppfyllt)\b", re.I)
PARTLY = re.compile(r"\b(?:delvis|till viss del|inte (?:helt|fullt ut|alla))\b", re.I)


def ways(text: str) -> set[Way]:
    """The ways that a text goes; of verdicts on targets, none where it is only partly."""
    found = {way for way, pattern in _PATTERNS.items() if pattern.search(text)}
    if MET.search(text) and not PARTLY.search(text):
        found.add(Way.UNMET if NEGATED.search(text) else Way.MET)
    return found


def partly(text: str) -> bool:
    """Whether a text says of a target that it is met in part."""
    return bool(MET.search(text) and PARTLY.search(text))


def asked_way(text: str) -> Way | None:
    """The one way that a question takes for granted, or asks whether; None where it names none or several."""
    if NEGATED.search(text):
        return None
    found = ways(COMPARATIVE.sub(" ", text))
    money = found & {Way.SURPLUS, Way.DEFICIT}
    # "Varför ökade underskottet": that there is one is taken for granted too, but the rise is what is asked about.
    chosen = money if len(money) == 1 and len(found - {Way.MET, Way.UNMET}) == 1 else found - money
    return next(iter(chosen)) if len(chosen) == 1 else None
