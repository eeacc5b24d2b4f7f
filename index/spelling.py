"""What a question's words may have meant: other spellings, words run together or split in two."""

import itertools
import re
from collections import defaultdict
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.lexicon import compound_parts, known, lemma, zipf
from corpus.municipalities import NAMES
from index.glossary import Glossary, Match
from index.lexical import Weighted
from index.terms import WORD, fold, is_stop, query_terms, term, terms
from index.vocabulary import Words

#: A meaning by the glossary counts for less than a word that was asked for.
GLOSSARY_WEIGHT = 0.8
#: "17-åring": the reports have no matter of that very number.
AGE = re.compile(r"\b\d{1,3}-(?=åri)", re.I)
#: Another spelling of a name counts for less than the one that was asked for.
VARIANT_WEIGHT = 0.9
LONG_NAME = 9
#: A name that begins a compound is no shorter.
SHORTEST_NAME = 4
#: Shorter words are no parts of compounds.
SHORTEST_PART = 3
#: What the names of organisations end in.
ORGANISATION = re.compile(r"(?:nämnd|förvaltning|tjänst)(?:en|ens|s)?$")
MUNICIPALITIES = frozenset(part.removesuffix("s") for name in NAMES for part in name.lower().split())
#: What words begin with.
ALPHABET = "abcdefghijklmnopqrstuvwxyzåäöéüáóæø0123456789"
#: Of the words that another may be a slip for, so many are looked at.
MOST_NEAR = 8
#: Words shorter than this have too many neighbours to guess from.
SHORTEST_GUESS = 4
#: From this length on, two slips are allowed.
LONG_WORD = 9
#: Words that ask are taken for misspelt in words that are rarer than this (a Zipf frequency).
RARE = 4.0
ASKING = tuple(
    "mycket många varför vilken vilket vilka kostade kostar budgeten budget jämfört respektive mellan".split()
)


@cache
def _question_word(word: str) -> str | None:
    """The word that asks that a rare word is one slip from; None if there is none, or it is too short to tell."""
    if len(word) < SHORTEST_GUESS:
        return None
    near = process.extractOne(word, ASKING, scorer=OSA.distance, score_cutoff=1)
    return near[0] if near and len(near[0]) >= SHORTEST_GUESS else None


class Speller:
    """Finds the words of the reports that a question's words come nearest to, and those that it may stand for."""

    def __init__(self, vocabulary: Words, glossary: Glossary) -> None:
        self._vocabulary = vocabulary
        self._glossary = glossary
        #: The words by their first letter and their length, as far as they have been read.
        self._beginning: dict[str, dict[int, list[str]]] = {}

    def _of_length(self, letter: str, length: int) -> list[str]:
        """The reports' words of so many letters that begin with this one."""
        if letter not in self._beginning:
            of_length: dict[int, list[str]] = defaultdict(list)
            for word in self._vocabulary.beginning(letter):
                of_length[len(word)].append(word)
            self._beginning[letter] = of_length
        return self._beginning[letter].get(length, [])

    def _near(self, word: str, reach: int, first: str = ALPHABET) -> list[tuple[str, int]]:
        """The reports' words that are at most ``reach`` slips from a word, the nearest first, with how many.

        Those that begin with one of the letters ``first``.
        """
        near = [
            (other, int(distance))
            for letter in first
            for length in range(len(word) - reach, len(word) + reach + 1)
            for other, distance, _ in process.extract(
                word, self._of_length(letter, length), scorer=OSA.distance, score_cutoff=reach, limit=MOST_NEAR
            )
        ]
        return sorted(near, key=lambda found: (found[1], found[0]))[:MOST_NEAR]

    def warm(self) -> None:
        """Read the reports' words, that a word that they lack is compared with."""
        self._near("ord", 0)

    def weighted_terms(self, text: str) -> list[Weighted]:
        """The terms of a question, and those that it stands for by the glossary."""
        text = AGE.sub("", text)
        row = terms(text)
        found: list[Weighted] = []
        covered: set[int] = set()
        for match in self._glossary.find(row):
            covered.update(match.places)
            own = [row[place] for place in match.places if not is_stop(row[place].word)]
            found += [Weighted(each, 1.0, match.asked) for each in own]
            for number, meaning in enumerate(match.meanings, 1):
                found += [Weighted(each, GLOSSARY_WEIGHT, match.asked, number) for each in meaning.terms]
        content = query_terms(text)
        for at, each in enumerate(row):
            if at not in covered and each in content:
                found.append(Weighted(each, 1.0, each.word))
                found += [
                    Weighted(term(other), VARIANT_WEIGHT, each.word, number)
                    for number, other in enumerate(self._variants(each.word), 1)
                ]
        return found

    def _variants(self, word: str) -> list[str]:
        """Other spellings that the reports have of a long word that no dictionary has, a name that they misspell."""
        if len(word) < LONG_NAME or known(word) or word.isdigit():
            return []
        # "Lumenaprojektet" is of a name that no dictionary has, and of a word that it has.
        cuts = (at for at in range(SHORTEST_NAME, len(word) - SHORTEST_PART + 1) if lemma(word[at:]))
        names = [word[:at].removesuffix("s") for at in cuts]
        if found := [
            each for each in names if len(each) >= SHORTEST_NAME and each in self._vocabulary and not known(each)
        ]:
            return [max(found, key=len)]
        near = self._near(word, 2, first=word[0])
        return sorted(other for other, distance in near if distance and not known(other))

    def read(self, text: str) -> str:
        """A question as it was meant: misspelt words put right, and compounds written apart put together.

        A word that the reports don't have becomes the one that they have and it is nearest to; two
        neighbours become one word if the reports write them so ("sjuk frånvaron") or an organisation
        is called so ("social nämnden"). Function words are left alone: "under sköterskan" may be a
        person under one.
        """
        text = WORD.sub(lambda match: self._nearest(match[0]), text)
        gaps = [
            (first.end(), second.start())
            for first, second in itertools.pairwise(WORD.finditer(text))
            if text[first.end() : second.start()] == " " and self._one_word(first[0].lower(), second[0].lower())
        ]
        for start, end in reversed(gaps):
            text = text[:start] + text[end:]
        return text

    def _nearest(self, word: str) -> str:
        """The word, or the reports' word that it is a slip for; a municipality is never a slip."""
        if self._seen(word.lower()) or is_stop(word.lower()) or word.lower().removesuffix("s") in MUNICIPALITIES:
            return word
        if zipf(word.lower()) < RARE and (asking := _question_word(word.lower())):
            return asking
        guess = self.guess(word.lower()) or word
        return guess.capitalize() if word[0].isupper() else guess

    def readings(self, text: str) -> list[Match]:
        """The glossary's entries in a question."""
        return list(self._glossary.find(terms(text)))

    def guess(self, word: str) -> str | None:
        """The reports' word nearest to one that they don't have, the commonest of several; None if none is near."""
        if len(word) < SHORTEST_GUESS or word.isdigit():
            return None
        if known(word):
            # Swedish, though not in the reports: no slip of the pen.
            return None
        compound = bool(compound_parts(word))
        plain = fold(word)
        letters = [letter for letter in ALPHABET if fold(letter) == plain[0]]
        same_length = (other for letter in letters for other in self._of_length(letter, len(word)))
        folded = [other for other in same_length if fold(other) == plain]
        if folded and not compound:
            return self._commonest(folded)
        if compound and len(word) < LONG_WORD:
            return None
        # A long word that two words might make is believed to be a slip if it is a single one.
        reach = 2 if len(word) >= LONG_WORD and not compound else 1
        near = self._near(word, reach)
        return self._commonest([other for other, distance in near if distance == near[0][1]]) if near else None

    def _commonest(self, candidates: list[str]) -> str:
        return min(candidates, key=lambda word: (-self._vocabulary[word], word))

    def _seen(self, word: str) -> bool:
        return word in self._vocabulary or (lemma(word) or word) in self._vocabulary

    def _one_word(self, first: str, second: str) -> bool:
        whole = first + second
        if is_stop(first) or min(len(first), len(second)) < SHORTEST_PART:
            return False
        return self._written_together(whole) or (ORGANISATION.match(second) is not None and known(whole))

    def _written_together(self, word: str) -> bool:
        return self._seen(word) or term(word).lemma in self._vocabulary
