"""Swedish text to index terms: dictionary forms and the parts of compounds."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.lexicon import COMPOUNDING, FUNCTION_WORDS, compound_parts, lemma, zipf

WORD = re.compile(r"[^\W_]+(?:[:'’][^\W_]+)*")

#: Words of questions that name nothing to search for, beside the function words.
QUESTION_WORDS = frozenset(
    """vad varför hur vem vilka vilken vilket när var vart vars varifrån berätta förklara visa finns fanns
    handla handlar gäller gällde skälet anledning anledningen orsak orsaken orsaker orsakerna förklarar
    förklaringen kommer beror berodde mycket många stor stort stora hög högt högre jämför jämfört
    jämförelse skillnad skillnaden respektive enligt kommun kommunen kommuns kommunens året års under
    man folk uppgick uppgår ligger låg tog ta tar går gick gått komma kom hända ens något någonting
    heter heta hette utvecklats utvecklades förändrats förändrades ändrats trend trenden hela va e
    gör gjorde göra gjort resp vart varit vara blev bli blir få får fick ha haft se ser""".split()
)

#: Words that the dictionary takes for forms of others: "gå back" is no matter of backing.
MISREAD = frozenset({"back"})


@dataclass(frozen=True, slots=True)
class Term:
    """One word's index terms: its dictionary form, and its parts (itself, if it is no compound)."""

    word: str
    lemma: str
    parts: tuple[str, ...]


def words(text: str) -> list[str]:
    """The lower-case words and numbers of ``text``, in order."""
    return [match[0] for match in WORD.finditer(text.lower())]


@lru_cache(maxsize=200_000)
def term(word: str) -> Term:
    """The index terms of a lower-case word."""
    base = _base(word)
    pieces = compound_parts(base or word)
    # "underskott" is no kind of "skott": a compound that begins with a preposition stays whole.
    if pieces and pieces[0] in COMPOUNDING:
        # So does its beginning in a longer one: "övertid" in "övertidstimmar".
        pieces = (pieces[0] + pieces[1], *pieces[2:]) if len(pieces) > 2 else ()
    stems = tuple(_part(piece) for piece in pieces)
    if base is None and stems:
        # A compound that the dictionary lacks is inflected in its last part alone.
        base = word[: len(word) - len(pieces[-1])] + stems[-1]
    return Term(word, base or word, stems or (base or word,))


def _base(word: str) -> str | None:
    """The dictionary form, where the dictionary has one."""
    if word in MISREAD:
        return word
    if word.endswith(("ende", "ande")) and lemma(word + "t") == word:
        # "boende" is a noun, as in "boendet", though the dictionary has the verb "bo" first.
        return word
    return lemma(word)


def _part(piece: str) -> str:
    """The dictionary form of a compound's part, which may have a linking vowel in place of an ending."""
    for candidate in (piece, piece[:-1], piece + "a", piece + "e"):
        if found := _base(candidate):
            return found
    return piece


def terms(text: str) -> list[Term]:
    """The terms of every word of ``text``, in order."""
    return [term(word) for word in words(text)]


def content_terms(text: str) -> list[Term]:
    """The terms of the words that say what a question is about."""
    return [each for each in terms(text) if not is_stop(each.word)]


def query_terms(text: str) -> list[Term]:
    """The content terms of a question; all its terms if it has none."""
    return content_terms(text) or terms(text)


def fold(word: str) -> str:
    """A lower-case word without the dots and rings of å, ä and ö: how people write in a hurry."""
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


STOP_WORDS = FUNCTION_WORDS | QUESTION_WORDS
#: "varfor" and "gar" are no less empty than "varför" and "går"; "far" and "var" are other words.
FOLDED_STOP_WORDS = frozenset(fold(word) for word in STOP_WORDS if fold(word) != word and zipf(fold(word)) <= 4.5)


def is_stop(word: str) -> bool:
    """Whether a lower-case word says nothing of what a question is about."""
    return word in STOP_WORDS or word in FOLDED_STOP_WORDS or (len(word) == 1 and not word.isdigit())


def lemma_text(found: Iterable[Term]) -> str:
    """Dictionary forms parted by spaces, as the lexical index stores them."""
    return " ".join(each.lemma for each in found)


def part_text(found: Iterable[Term]) -> str:
    """Compound parts parted by spaces, as the lexical index stores them."""
    return " ".join(part for each in found for part in each.parts)
