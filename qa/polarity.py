"""Which way a text says that something went: up or down, over or under budget, a target met or not."""

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
#: Words of each way, in any form: what a question takes for granted, and what a sentence may be about.
WORDS = {
    Way.UP: r"ök(?:a|ar|ade|at|ande|ning|ningen|as|ats)|steg|stig(?:er|a|it)|växt|växer|ökningar\w*",
    Way.DOWN: r"minsk(?:a|ar|ade|at|ande|ning|ningen|as|ats)|sjönk|sjunk(?:er|a|it)|minskningar\w*",
    Way.SURPLUS: r"\w*överskott(?:et)?|positiv(?:t|a)? (?:budget)?avvikelse\w*|positivt resultat|plus|vinst",
    Way.DEFICIT: r"\w*underskott(?:et)?|negativ(?:t|a)? (?:budget)?avvikelse\w*|negativt resultat|minus|förlust|back",
}
#: Verb forms that tell what has happened, and words that are told of with a verb that does.
HAPPENED = {
    Way.UP: r"ökade|ökat|steg|stigit|växte|vuxit",
    Way.DOWN: r"minskade|minskat|sjönk|sjunkit",
    Way.SURPLUS: WORDS[Way.SURPLUS],
    Way.DEFICIT: WORDS[Way.DEFICIT],
}


def _patterns(words: dict[Way, str]) -> dict[Way, re.Pattern[str]]:
    return {way: re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.I) for way, forms in words.items()}


_WORDS, _HAPPENED = _patterns(WORDS), _patterns(HAPPENED)
MET = re.compile(
    r"\b(?:(?:upp)?n[åa](?:r|dde|ddes|s|tt|tts)|uppfyll\w*|klara(?:r|de|des|s|t)|håll(?:er|s|it)|höll|lyckats?)\b", re.I
)
#: A target that has been met, or not, in so many words.
MET_IT = re.compile(
    r"\b(?:(?:upp)?nå(?:dde|ddes|tt|tts)|(?:är |har )?uppfyll(?:t|ts|d|da|des)|klara(?:de|des|t))\b", re.I
)
NEGATED = re.compile(r"\b(?:inte|ej|aldrig|varken|knappast|ingen|inga|inget|utan|stämmer inte|ouppfyllt)\b", re.I)
PARTLY = re.compile(r"\b(?:delvis|till viss del|inte (?:helt|fullt ut|alla))\b", re.I)
#: What makes it unsure that a thing happened, then, there, and all of it.
UNSURE = re.compile(
    r"\b(?:ska|skulle|kommer|(?:för)?vänta(?:s|des)|beräkna(?:s|des)|befara\w*|farhåg\w*|risk\w*|prognos\w*|avser"
    r"|för att|om(?!\s[\d–−-])|hade \w+(?:at|it|tt)\b|trots|men|medan|därefter|dock|däremot|slutat|bromsa\w*"
    r"|föregående år|förra året|riket|länet|kommunerna|endast|bara|enbart|tillfälligt|knappt|nästan|hälften|en del"
    r"|delar av|vissa|några|få|flertalet|ackumulera\w*|\d+ av \w+|(?:två|tre|fyra|fem|sex) av)\b",
    re.I,
)
#: More or less than the budget is no change.
AGAINST_BUDGET = re.compile(r"\bbudget\w*|\bplanera\w*", re.I)
TELLS = re.compile(
    r"\b(?:redovisa\w*|visa(?:r|de|t)|uppgå\w*|uppgick|blev|blivit|gick|gått|gör|gjorde|gjort|har|hade|är)\b"
)
#: More than something else is no change: "räknat med fler … än det blev".
COMPARATIVE = re.compile(r"\b(?:fler|färre|högre|lägre)\b", re.I)


def ways(text: str) -> set[Way]:
    """The ways that a text has words of; of verdicts on targets, none where it is only partly."""
    found = {way for way, pattern in _WORDS.items() if pattern.search(text)}
    if MET.search(text) and not PARTLY.search(text):
        found.add(Way.UNMET if NEGATED.search(text) else Way.MET)
    return found


def went(text: str) -> set[Way]:
    """The ways that a sentence says for sure that a thing has gone; none where anything makes it unsure.

    Denied is not gone the other way: what has not increased may be as it was.
    """
    if UNSURE.search(text):
        return set()
    if MET_IT.search(text) and not PARTLY.search(text):
        return {Way.UNMET if NEGATED.search(text) else Way.MET}
    if NEGATED.search(text):
        return set()
    found = {way for way, pattern in _HAPPENED.items() if pattern.search(text)}
    if AGAINST_BUDGET.search(text):
        found -= {Way.UP, Way.DOWN}
    return found if TELLS.search(text) or not found & {Way.SURPLUS, Way.DEFICIT} else set()


def partly(text: str) -> bool:
    """Whether a text says of a target that it has been met in part."""
    return bool(MET_IT.search(text) and PARTLY.search(text) and not UNSURE.search(PARTLY.sub(" ", text)))


def asked_way(text: str) -> Way | None:
    """The one way that a question takes for granted, or asks whether; None where it names none or several."""
    if NEGATED.search(text):
        return None
    found = ways(COMPARATIVE.sub(" ", text))
    money = found & {Way.SURPLUS, Way.DEFICIT}
    # "Varför ökade underskottet": that there is one is taken for granted too, but the rise is what is asked about.
    chosen = money if len(money) == 1 and len(found - {Way.MET, Way.UNMET}) == 1 else found - money
    return next(iter(chosen)) if len(chosen) == 1 else None
