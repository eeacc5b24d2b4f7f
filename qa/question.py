"""What is asked: the kind of question, and the municipality, board and years it is about."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from corpus.errors import BadQuestion
from corpus.lexicon import lemma, with_marks
from corpus.municipalities import EVERYDAY_WORDS, NAMES, name_pattern, official
from corpus.shown import UNSEEN, printable
from corpus.units import MONEY_UNIT
from index.holdings import Holdings
from index.terms import content_terms, fold

LONGEST = 2_000


class Kind(StrEnum):
    """What sort of answer a question wants."""

    WHY = "why"
    HOW_MUCH = "howmuch"
    WHEN = "when"
    WHO = "who"
    LIST = "list"
    DEFINE = "define"
    YES_NO = "yesno"
    COMPARE = "compare"
    TREND = "trend"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which reports to search; an empty tuple leaves that open."""

    municipalities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    boards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    ``topic``, its text without place names, is what is searched for; ``subject``, without years
    and organisations too, is what evidence must be about.
    """

    text: str
    kind: Kind
    scope: Scope
    topic: str
    subject: str
    #: Boards named that no report is of; they may still be spoken of.
    other_boards: tuple[str, ...] = ()
    #: Said of the question's relative words, such as "förra året", for the answer's notes.
    notes: tuple[str, ...] = ()
    #: The text as it was written, where it was read otherwise.
    asked: str = ""
    #: Whether the text has been put together from this question and one before it.
    joined: bool = False
    #: Why it can't be answered in the scope that the user gave, where it names another.
    outside: str = ""

    @property
    def written(self) -> str:
        """The text as it was written."""
        return self.asked or self.text


CUES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        (
            Kind.WHY,
            r"\b(?:var(?:för|for)|hur kommer det sig|hur kom det sig|vad (?:beror|berodde)|(?:vad|vilka|vilken) "
            r"(?:\w+ )?(?:förklarar|förklarade|orsakade|ligger bakom|gjorde att|gör att|är det som gör)"
            r"|förklaring(?:en|ar)?|anledning(?:en|ar)?|skäl(?:et|en)?|orsak(?:en|er|erna)?|varav kommer"
            r"|beror (?:det )?på|vad gjorde)\b",
        ),
        (
            Kind.TREND,
            r"\b(?:utvecklats|utvecklades|utveckling(?:en)?|trend(?:en)?|över tid|genom åren|förändrats|förändrades"
            r"|(?:mellan|från) (?:19|20)\d\d (?:och|till) (?:19|20)\d\d|(?:19|20)\d\d\s?(?:–|-|till)\s?(?:19|20)\d\d"
            r"|(?:sedan|sen|från och med|fr\.?o\.?m\.?) (?:år )?(?:19|20)\d\d|de senaste (?:\w+ )?åren"
            r"|nu än (?:för|förr|tidigare)|än (?:för \w+ år sed?an|förr|tidigare år))\b",
        ),
        (
            Kind.COMPARE,
            r"\b(?:jämför|jämfört med|jämförelse|skillnad(?:en)?|skilde sig|skilj(?:er|a) sig"
            r"|respektive|resp\.?(?=\s)|(?:mer|mindre|fler|färre|högre|lägre|längre|kortare|bättre|sämre|dyrare|billigare|större)"
            r"\b.{0,80}?\bän"
            r"|kontra|mot föregående år"
            r"|(?:vilk(?:en|a)(?: av)? kommun\w*|var|vart)\b.*\b(?:störst|högst|mest|flest|längst|lägst|minst"
            r"|färst|kortast|bäst|sämst))\w*",
        ),
        (
            Kind.YES_NO,
            r"^(?!var (?:är|var|fick|får|kan|finns|fanns|har|hade|ska|går|gick)\b)(?:är|var|har|hade|fick|får"
            r"|klarade|klarar|nådde|når|gick|går|ökade|ökar|minskade|minskar|lyckades|lyckas|levde|lever|finns|fanns|blev|blir|kan|ska|skulle|höll|håller|uppfyllde|uppfylls|uppfylldes|uppnådde|uppnåddes|nåddes|nås|steg|sjönk|behöll|räckte|hann|stämmer|gjorde)\b",
        ),
        (
            Kind.HOW_MUCH,
            r"\b(?:hur (?:mycket|många|manga|stort?|stora|högt?|höga|lågt?|låga|långt?|långa|ofta|gammal|dyrt?)"
            r"|vad (?:kostade|kostar|blev|uppgick)"
            r"|vad var (?:(?:snitt|medel|genomsnitt)\w*|utfallet|resultatet|nettokostnaden)"
            r"|vilk(?:en|et|a) (?:\w+ )?"
            r"(?:belopp|andel|summa|kostnad(?:er)?|intäkter|utfall|budget(?:ram)?|resultat|procent)"
            r"|antal(?:et)?|andel(?:en)?)\b",
        ),
        (Kind.WHEN, r"^(?:och )?(?:till )?n[äa]r\b|\bvilk(?:et|en) (?:datum|år|årtal|månad)\b|\bårtal\b|\bhur länge\b"),
        (Kind.WHO, r"^(?:och )?(?:vem|vems|till vem|av vem)\b|\bvilka (?:vänder|riktar|deltar|ansvarar)\b"),
        (Kind.DEFINE, r"^vad (?:är|betyder|innebär|står|menas)\b"),
        (Kind.LIST, r"^(?:vilka|räkna upp|lista|nämn)\b"),
    )
)

YEAR = re.compile(r"(?<![\d-])((?:19|20)\d\d)(?:\s?[-–/]\s?((?:19|20)?\d\d))?(?![\d])")
SPAN = re.compile(
    r"(?:mellan|från)\s+((?:19|20)\d\d)\s+(?:och|till)\s+((?:19|20)\d\d)"
    r"|(?<![\d-])((?:19|20)\d\d)(?:\s?[–-]\s?|\still\s)((?:19|20)\d\d)(?![\d-])",
    re.I,
)
SINCE = re.compile(r"\b(?:sedan|sen|från och med|fr\.?o\.?m\.?)\s(?:år\s)?((?:19|20)\d\d)\b", re.I)
LATEST = re.compile(
    r"\b(?:senaste (?:rapporten|året|årsrapporten|delårsrapporten|bokslutet)|nyaste rapporten|i år)\b", re.I
)
LAST_YEAR = re.compile(r"\b(?:förra året|i fjol|föregående år|året innan)\b", re.I)
BOARD = re.compile(r"\b([a-zåäö]+(?:-,? (?:och )?[a-zåäö]+)*nämnd|kommunstyrelse)(?:ens?|s)?\b", re.I)
ADMINISTRATION = re.compile(r"\b([a-zåäö]+(?:-,? (?:och )?[a-zåäö]+)*?)förvaltning(?:en)?s?\b", re.I)
#: "i mark", "marks", "mark 2023", "mark och täby": a place, though in lower case.
PLACE_BEFORE = re.compile(r"(?:\bi|\bför|\bfrån|\bhos|\båt|\boch|\beller|\bå|\bmellan|,|\bmot|\binom)\s$", re.I)
PLACE_AFTER = re.compile(r"^(?:\s(?:kommuns?|(?:19|20)\d\d|och|å|eller|hela|under|respektive)\b|\s?[?,.!]|\s?$)", re.I)


def understand(text: str, entries: Holdings, given: Scope | None = None) -> Question:
    """Read a question, given the reports of a library.

    What the user has ``given`` as scope goes before what the question says.

    Raises:
        BadQuestion: if it is empty or longer than 2,000 characters.
    """
    text = cleaned(text)
    given = given or Scope()
    places, spans = municipalities_in(text, entries)
    boards_named, others = _boards(text, entries)
    scope = Scope(given.municipalities or places)
    boards = given.boards or boards_named or _by_administration(text, in_scope(entries, scope))
    scope = replace(scope, boards=boards)
    named = Scope(places, (), boards_named)
    years, notes = _years(text, in_scope(entries, scope))
    left_out, outside = _set_aside(replace(named, years=years), given)
    scope = Scope(scope.municipalities, given.years or years, scope.boards)
    topic = text
    for start, end in sorted(spans, reverse=True):
        topic = topic[:start] + " " + topic[end:]
    topic = " ".join(topic.split())
    return Question(text, _kind(text), scope, topic, _subject(topic, others), others, notes + left_out, outside=outside)


def _set_aside(named: Scope, given: Scope) -> tuple[tuple[str, ...], str]:
    """What to say of what a question names that the scope given leaves out: notes, or why it can't be answered.

    It can't where all the municipalities, boards or years that it names are others than those given.
    """
    pairs = (
        (map(official, named.municipalities), map(official, given.municipalities)),
        (named.boards, given.boards),
        (map(str, named.years), map(str, given.years)),
    )
    notes, outside = [], ""
    for ours, theirs in pairs:
        asked, chosen = list(ours), list(theirs)
        left_out = [each for each in asked if each not in chosen]
        if not chosen or not left_out:
            continue
        said = f"Frågan nämner {listed(left_out)}, men sökningen är begränsad till {listed(chosen)}"
        notes.append(f"{said}.")
        if left_out == asked:
            outside = f"{said}; ändra frågan eller urvalet."
    return tuple(notes), outside


def listed(names: Iterable[str]) -> str:
    """«A, B och C»."""
    *most, last = names
    return f"{', '.join(most)} och {last}" if most else last


def cleaned(text: str) -> str:
    """A question without control characters and needless white space.

    Raises:
        BadQuestion: if it is empty or longer than 2,000 characters.
    """
    text = printable(unicodedata.normalize("NFC", text))
    text = " ".join(UNSEEN.sub(" ", text).split())
    if not re.search(r"[^\W_]", text):
        raise BadQuestion("Frågan är tom; skriv vad du vill veta, till exempel «Varför blev det underskott?».")
    if len(text) > LONGEST:
        raise BadQuestion(f"Frågan är {len(text)} tecken lång, men högst {LONGEST} går att söka på; korta ned den.")
    return text


def restored(text: str) -> str:
    """A text that has no å, ä or ö with those that its words want; any other text as it is."""
    if re.search("[åäö]", text, re.I):
        return text
    return re.sub(r"[^\W\d_]+", lambda match: _with_marks(match[0]), text)


def _with_marks(word: str) -> str:
    found = with_marks(word.lower())
    if found == word.lower():
        return word
    return found.upper() if word.isupper() else found.capitalize() if word[0].isupper() else found


#: Words that name the organisation or the report, not what is asked about it.
FRAME = re.compile(
    r"\b(?:\w*(?:nämnd|förvaltning|kommunstyrelse|socialtjänst)(?:en|ens|erna|ernas|er|s)?|kommun(?:en|ens|er|erna|s)?"
    r"|(?:års|delårs|halvårs|tertial|verksamhets)?(?:rapport|redovisning|bokslut|berättelse|uppföljning)(?:en|ens|et|ets|er|erna|s)?"
    r"|(?:helåret?|delår(?:et)?|perioden)|(?:19|20)\d\d(?:\s?[-–/]\s?(?:(?:19|20)?\d\d))?)\b",
    re.I,
)


#: Kinds of which each year wants its own answer; a trend or a cause is about the years together.
YEAR_BY_YEAR = frozenset({Kind.COMPARE, Kind.HOW_MUCH, Kind.TOPIC, Kind.LIST})


def parts(question: Question, entries: Holdings) -> list[Question]:
    """The questions to answer one by one: for each municipality named, or each year."""
    scope = question.scope
    if len(scope.municipalities) > 1:
        return [replace(question, scope=replace(scope, municipalities=(name,))) for name in scope.municipalities]
    covered = in_scope(entries, scope).years
    if question.kind in YEAR_BY_YEAR and len(scope.years) > 1 and covered >= set(scope.years):
        return [replace(question, scope=replace(scope, years=(year,))) for year in scope.years]
    return [question]


def _subject(topic: str, others: tuple[str, ...]) -> str:
    """The topic without years and organisations but those in ``others``; all of it if nothing is left."""
    bare = " ".join([*FRAME.sub(" ", BOARD.sub(" ", topic)).split(), *others])
    return bare if content_terms(bare) else topic


def frame_words(text: str) -> frozenset[str]:
    """The lower-case words of ``text`` that name an organisation or a report; years are none of them."""
    return frozenset(match[0].lower() for match in FRAME.finditer(text) if not match[0].isdigit())


def in_scope(entries: Holdings, scope: Scope) -> Holdings:
    """The reports of a scope's municipalities and boards; years are weighed later, not cut."""
    return entries.of(scope.municipalities, scope.boards)


#: "Hur många hushåll" is answered by a number of households, not by what they cost.
COUNT_ASKED = re.compile(
    r"\bhur m[åa]nga\b"
    rf"(?! (?:{MONEY_UNIT}|miljarder|tusenlappar|procent)\b| %)",
    re.I,
)


def asks_for_a_count(question: Question) -> bool:
    """Whether a question is about how many there are of something that is neither money nor per cent."""
    return bool(COUNT_ASKED.search(question.text))


def _kind(text: str) -> Kind:
    for kind, cue in CUES:
        if cue.search(text):
            return kind
    return Kind.TOPIC


def municipalities_in(text: str, entries: Holdings) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """The municipalities named, in order, and where they stand in the text."""
    local = entries.municipalities
    names = _known_names(local)
    found: dict[str, None] = {}
    spans: list[tuple[int, int]] = []
    for match in name_pattern(names).finditer(text):
        if match[1] in EVERYDAY_WORDS and match.start() == 0 and not PLACE_AFTER.search(text[match.end() :]):
            continue
        found[match[1]] = None
        spans.append(match.span())
    # Written in lower case, without dots or with a slip: believed for the library's own names. Of
    # others in lower case, those that are no word of the language.
    by_fold = _by_fold(local)
    for match in re.finditer(r"[^\W\d_]+(?:-[^\W\d_]+)*", text):
        if any(start <= match.start() < end for start, end in spans):
            continue
        name = _local_name(match, text, by_fold) or _unmistakable(match[0].lower())
        if name:
            found[name] = None
            spans.append(match.span())
    return tuple(found), spans


@lru_cache(maxsize=8)
def _known_names(local: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({*NAMES, *local}))


@lru_cache(maxsize=8)
def _by_fold(local: frozenset[str]) -> dict[str, str]:
    return {fold(name.lower()): name for name in sorted(local)}


def _unmistakable(word: str) -> str | None:
    """The municipality that a lower-case word names, if it can be nothing else."""
    names = _names_alone()
    return names.get(word) or names.get(word.removesuffix("s"))


@cache
def _names_alone() -> dict[str, str]:
    return {name.lower(): name for name in NAMES if name not in EVERYDAY_WORDS and lemma(name.lower()) is None}


def _local_name(match: re.Match[str], text: str, by_fold: dict[str, str]) -> str | None:
    word = fold(match[0].lower())
    for candidate in (word, word.removesuffix("s")):
        name = by_fold.get(candidate)
        if name is None:
            continue
        before, after = PLACE_BEFORE.search(text[: match.start()]), text[match.end() :]
        placed = before and (candidate != word or PLACE_AFTER.search(after))
        if name not in EVERYDAY_WORDS or placed or _beside_a_place(after, by_fold):
            return name
    if len(word) >= 6:
        for candidate, name in by_fold.items():
            if len(candidate) >= 6 and word[0] == candidate[0] and OSA.distance(word.removesuffix("s"), candidate) <= 1:
                return name
    return None


def _beside_a_place(after: str, by_fold: dict[str, str]) -> bool:
    """Whether another municipality comes next: "mark å täby", but not "mark och vatten"."""
    following = re.match(r"\s*(?:,|och|å|eller|respektive)\s*([^\W\d_]+)", after, re.I)
    return following is not None and fold(following[1].lower()).removesuffix("s") in {
        name.removesuffix("s") for name in by_fold
    }


def _boards(text: str, entries: Holdings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The boards named in full: those that some report is of, and others. "Nämnden" names none."""
    local = entries.boards
    found: dict[str, None] = {}
    for match in BOARD.finditer(text):
        if match[1].lower() != "nämnd":
            found[match[1][0].upper() + match[1][1:].lower() + ("n" if match[1].endswith("e") else "en")] = None
    return tuple(name for name in found if name in local), tuple(name for name in found if name not in local)


def _by_administration(text: str, entries: Holdings) -> tuple[str, ...]:
    """The boards of the reports whose administrations are named: "socialförvaltningen" is Socialnämnden's."""
    local = entries.boards
    named = [f"{match[1][0].upper()}{match[1][1:].lower()}nämnden" for match in ADMINISTRATION.finditer(text)]
    return tuple(dict.fromkeys(name for name in named if name in local))


def _years(text: str, entries: Holdings) -> tuple[tuple[int, ...], tuple[str, ...]]:
    found: dict[int, None] = {}
    for match in SPAN.finditer(text):
        first, last = (int(year) for year in match.groups() if year)
        found.update(dict.fromkeys(range(first, min(last, first + 20) + 1)))
    for match in YEAR.finditer(text):
        found[int(match[1])] = None
        if match[2]:
            found[int(match[2]) if len(match[2]) == 4 else int(match[1][:2] + match[2])] = None
    covered = [entry.period.year for entry in entries if entry.period]
    if len(found) == 1 and (since := SINCE.search(text)) and covered:
        found.update(dict.fromkeys(range(int(since[1]), max(covered) + 1)))
    if not found and covered:
        latest = max(covered)
        if LAST_YEAR.search(text):
            return (latest - 1,), (f"«Förra året» räknas från den senaste rapporten, alltså {latest - 1}.",)
        if LATEST.search(text):
            return (latest,), (f"Den senaste rapporten gäller {latest}.",)
    return tuple(found), ()
