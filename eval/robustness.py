"""The same questions as people in a hurry write them, and what that costs, as a Markdown table."""

import argparse
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from statistics import fmean

from corpus.lexicon import COMPOUNDING, compound_parts
from eval.cases import Case
from eval.console import asking, further, show
from eval.gate import SIGNIFICANT
from eval.measures import Measures, label
from eval.run import evaluate
from eval.significance import Difference, difference
from eval.suites import add_arguments as add_arguments
from eval.suites import chosen_suites
from eval.words import number
from index.encode import load_encoder
from qa.assistant import Assistant

HELP = "Mät vad slarvigt skrivna frågor kostar: utan å, ä och ö, felstavade, särskrivna, omskrivna."
EXPLAINED = (
    "Fall: de frågor som sättet ändrar. Inom parentes: skillnaden mot samma frågor som de står. En stjärna märker det "
    "som är sämre på ett sätt som slumpen sällan ger (p < 0,05)."
)
COLUMNS = ("recall", "rr", "correct", "refused", "overrefused")
PARAPHRASES = Path(__file__).parent / "paraphrases.txt"
#: Words at least so long are misspelt; shorter ones become other words.
LONG = 6
#: Letters beside each other on a Swedish keyboard.
ROWS = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm")
DOTS = str.maketrans("åäöéÅÄÖÉ", "aaoeAAOE")
#: A last phrase that can stand first as well: "i Norrvik 2023", "2023". Not where two things are compared.
LAST_PHRASE = re.compile(
    r"^(?P<rest>\S+\s\S+\s.+?)\s(?P<phrase>i\s[^\W\d_]+\s(?:19|20)\d\d|i\s[A-ZÅÄÖ][^\W\d_]+|(?:under\s|år\s)?(?:19|20)\d\d)"
    r"(?P<end>[?.!]*)$"
)
COMPARES = re.compile(r"\b(?:än|jämfört|mellan|respektive|eller|och|till|mot)\b", re.I)
#: Words that look like compounds and are verbs or adjectives in some form.
NO_COMPOUND = re.compile(r"(?:ades?|erat|ats?|lig[at]?|dens|ande|[^o]ende)$")
#: A compound is written apart if its parts are at least so long: "hemtjänst timmar", not "upp giften".
PART = 4


def without_dots(question: str) -> str:
    """As on a foreign keyboard: å, ä, ö and é without their marks."""
    return question.translate(DOTS)


def lower_case(question: str) -> str:
    return question.lower()


def misspelt(question: str) -> str:
    """One slip in one long word: two letters swapped, one lost, doubled, or the key beside it.

    Which word and which slip follow from the question's text, so they are the same each time.
    """
    chance = random.Random(question)
    found = [match for match in re.finditer(r"[^\W\d_]+", question) if len(match[0]) >= LONG]
    if not found:
        return question
    match = chance.choice(found)
    at = chance.randrange(match.start() + 1, match.end() - 1)
    letter = question[at]
    slips = [question[at + 1] + letter, "", letter + letter, _beside(letter, chance)]
    slip = chance.randrange(len(slips))
    return question[:at] + slips[slip] + question[at + (2 if slip == 0 else 1) :]


def split_compounds(question: str) -> str:
    """Every compound but names written apart, where it is put together."""
    return re.sub(r"\b[a-zåäö]+\b", lambda match: " ".join(_parts(match[0])), question)


def reordered(question: str) -> str:
    """A last phrase of place and year first; of bare keywords, the last word. Comparisons stay as they are."""
    if COMPARES.search(question):
        return question
    match = LAST_PHRASE.match(question)
    if match:
        phrase, rest = match["phrase"], match["rest"]
        return f"{phrase[0].upper()}{phrase[1:]}, {rest[0].lower()}{rest[1:]}{match['end']}"
    words = question.split()
    return question if question.endswith("?") or len(words) < 3 else " ".join([words[-1], *words[:-1]])


def paraphrased(question: str) -> str:
    """With every phrase of the paraphrase list in its other words; those marked ^ at the beginning alone."""
    listed = paraphrases()
    longest = sorted(listed, key=len, reverse=True)
    first = "|".join(re.escape(each[1:]) for each in longest if each.startswith("^"))
    anywhere = "|".join(re.escape(each) for each in longest if not each.startswith("^"))
    return re.sub(rf"(?P<first>^(?:{first})\b)|\b(?:{anywhere})\b", _reworded, question, flags=re.I)


def _reworded(match: re.Match[str]) -> str:
    phrase = ("^" if match["first"] else "") + match[0].lower()
    other = paraphrases()[phrase]
    return other[0].upper() + other[1:] if match[0][0].isupper() else other


@cache
def paraphrases() -> dict[str, str]:
    """The paraphrase list: phrases with other words for the same, one to a line, after a colon."""
    lines = PARAPHRASES.read_text(encoding="utf-8").splitlines()
    pairs = [line.split(":") for line in lines if line and not line.startswith("#")]
    return {phrase.strip(): other.strip() for phrase, other in pairs}


def _beside(letter: str, chance: random.Random) -> str:
    """A letter whose key is beside this one's."""
    for row in ROWS:
        at = row.find(letter.lower())
        if at >= 0:
            return chance.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    return letter


def _parts(word: str) -> tuple[str, ...]:
    """A compound's parts as they stand in it; the word alone if it is none."""
    parts = compound_parts(word)
    if not parts or "".join(parts) != word or min(map(len, parts)) < PART or parts[0] in COMPOUNDING:
        return (word,)
    if NO_COMPOUND.search(word):
        return (word,)
    return parts


PERTURBATIONS: dict[str, Callable[[str], str]] = {
    "utan å, ä, ö": without_dots,
    "gemener": lower_case,
    "felstavning": misspelt,
    "särskrivning": split_compounds,
    "annan ordföljd": reordered,
    "omskrivning": paraphrased,
}


@dataclass(frozen=True, slots=True)
class Drop:
    """What one way of writing did to the cases whose questions it changed."""

    name: str
    cases: int
    changes: dict[str, Difference]


def drops(assistant: Assistant, cases: Sequence[Case], progress: Callable[[int], None] | None = None) -> list[Drop]:
    """Ask the cases as they are and in each way, and compare the cases whose questions that changed.

    Follow-ups are left out: they would change with what they follow. ``progress`` hears how many
    questions have been asked.
    """
    cases = [case for case in cases if case.follows is None]
    before = _measured(assistant, cases, progress)
    found = []
    for at, (name, perturb) in enumerate(PERTURBATIONS.items(), 1):
        asked = [replace(case, question=perturb(case.question)) for case in cases]
        after = _measured(assistant, asked, progress and partial(further, progress, at * len(cases)))
        changed = {new.id for new, old in zip(asked, cases, strict=True) if new.question != old.question}
        pairs = {case: values for case, values in after.items() if case in changed}
        changes = {column: difference(column, before, pairs) for column in COLUMNS}
        found.append(Drop(name, len(changed), {column: each for column, each in changes.items() if each}))
    return found


def _measured(
    assistant: Assistant, cases: Sequence[Case], progress: Callable[[int], None] | None
) -> dict[str, Measures]:
    return {outcome.case.id: outcome.measures for outcome in evaluate(assistant, cases, progress).outcomes}


def table(found: Sequence[Drop]) -> str:
    """Each way's measures with the change from the same questions as they were; a star where it is significant."""
    lines = [f"| | fall | {' | '.join(map(label, COLUMNS))} |", f"|---|---|{'---|' * len(COLUMNS)}"]
    for drop in found:
        cells = [_cell(drop.changes.get(column)) for column in COLUMNS]
        lines.append(f"| {drop.name} | {drop.cases} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(change: Difference | None) -> str:
    if change is None:
        return ""
    star = "*" if change.loss and change.p < SIGNIFICANT else ""
    return f"{number(fmean(change.after))} ({number(change.mean, sign=True)}{star})"


def run(given: argparse.Namespace) -> int:
    """Print the table of each suite."""
    encoder = load_encoder(given.model)
    for suite in chosen_suites(given):
        total = (len(PERTURBATIONS) + 1) * sum(case.follows is None for case in suite.cases)
        with suite.library(encoder) as library, asking(suite.name, total) as progress:
            found = drops(Assistant(library, encoder), suite.cases, progress)
        show(f"**{suite.name}**\n\n{EXPLAINED}\n\n{table(found)}\n")
    return 0
