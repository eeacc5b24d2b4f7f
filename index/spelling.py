"""What a question's words may have meant: other spellings, words run together or split in two."""

import itertools
import re
from collections.abc import Mapping
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.lexicon import compound_parts, known, lemma
from index.glossary import Glossary, Match
from index.lexical import Weighted
from index.terms import WORD, fold, is_stop, query_terms, term, terms, words

#: A guess counts for less than a word that stands in the reports as written.
GUESS_WEIGHT = 0.8
GLOSSARY_WEIGHT = 0.8
#: The meaning's number under which a pair of words is looked up as one.
JOINED = 99
#: What the names of organisations end in.
ORGANISATION = re.compile(r"(?:nämnd|förvaltning|tjänst)(?:en|ens|s)?$")
#: Words shorter than this have too many neighbours to guess from.
SHORTEST_GUESS = 4
#: From this length on, two slips are allowed.
LONG_WORD = 9


class Speller:
    """Finds the words of the reports that a question's words come nearest to, and those that it may stand for."""

    def __init__(self, vocabulary: Mapping[str, int], glossary: Glossary) -> None:
        self._vocabulary = vocabulary
        self._glossary = glossary

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        folded: dict[str, list[str]] = {}
        for word in self._vocabulary:
            folded.setdefault(fold(word), []).append(word)
        return folded

    def weighted_terms(self, text: str) -> list[Weighted]:
        """The terms of a question: as written, as guessed, joined in pairs, and by the glossary."""
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
            if at in covered or each not in content:
                continue
            found.append(Weighted(each, 1.0, each.word))
            if not self._seen(each.word):
                for number, guess in enumerate(self.guesses(each.word), 1):
                    found.append(Weighted(term(guess), GUESS_WEIGHT, each.word, number))
        for first, second in self._joined(text):
            # Either half is answered by the whole.
            for half in (first, second):
                found.append(Weighted(term(first + second), 1.0, half, JOINED))
        return found

    def readings(self, text: str) -> list[Match]:
        """The glossary's entries in a question."""
        return list(self._glossary.find(terms(text)))

    def guesses(self, word: str) -> list[str]:
        """The reports' words nearest to a word that they don't have, commonest first; at most two."""
        if len(word) < SHORTEST_GUESS or word.isdigit():
            return []
        folded = self._folded.get(fold(word), [])
        if folded:
            return self._commonest(folded)[:2]
        if known(word) or compound_parts(word):
            # Swedish, though not in the reports: no slip of the pen.
            return []
        reach = 2 if len(word) >= LONG_WORD else 1
        near = process.extract(word, self._vocabulary.keys(), scorer=OSA.distance, score_cutoff=reach, limit=8)
        if not near:
            return []
        least = min(distance for _, distance, _ in near)
        return self._commonest([other for other, distance, _ in near if distance == least])[:2]

    def _commonest(self, candidates: list[str]) -> list[str]:
        return sorted(candidates, key=lambda word: (-self._vocabulary[word], word))

    def _seen(self, word: str) -> bool:
        return word in self._vocabulary or (lemma(word) or word) in self._vocabulary

    def _joined(self, text: str) -> list[tuple[str, str]]:
        """Neighbours that the reports write as one word: "vräknings arbetet", "social chef"."""
        row = words(text)
        return [
            (first, second)
            for first, second in itertools.pairwise(row)
            if len(first) >= 3 and len(second) >= 3 and self._written_together(first + second)
        ]

    def joined(self, text: str) -> str:
        """A text with the neighbours joined that the reports write as one word, and organisations: "social nämnden".

        Only content words are: "under sköterskan" may be a person under one.
        """
        pairs = itertools.pairwise(WORD.finditer(text))
        gaps = [
            (first.end(), second.start())
            for first, second in pairs
            if text[first.end() : second.start()] == " "
            and not is_stop(first[0].lower())
            and min(len(first[0]), len(second[0])) >= 3
            and self._one_word(first[0].lower(), second[0].lower())
        ]
        for start, end in reversed(gaps):
            text = text[:start] + text[end:]
        return text

    def _one_word(self, first: str, second: str) -> bool:
        whole = first + second
        return self._written_together(whole) or (ORGANISATION.match(second) is not None and known(whole))

    def _written_together(self, word: str) -> bool:
        return self._seen(word) or term(word).lemma in self._vocabulary
