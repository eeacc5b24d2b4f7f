"""What a question's words may have meant: other spellings, words run together or split in two."""

from collections.abc import Mapping
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.lexicon import compound_parts, known, lemma
from index.lexical import Weighted
from index.terms import Term, fold, query_terms, term, words

#: A guess counts for less than a word that stands in the reports as written.
GUESS_WEIGHT = 0.8
#: Words shorter than this have too many neighbours to guess from.
SHORTEST_GUESS = 4
#: From this length on, two slips are allowed.
LONG_WORD = 9


class Speller:
    """Finds the words of the reports that a question's unknown words come nearest to."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        folded: dict[str, list[str]] = {}
        for word in self._vocabulary:
            folded.setdefault(fold(word), []).append(word)
        return folded

    def weighted_terms(self, text: str) -> list[Weighted]:
        """The terms of a question with their weights: as written, as guessed, and joined in pairs."""
        found: dict[str, Weighted] = {}

        def take(each: Term, weight: float) -> None:
            if each.lemma not in found or found[each.lemma].weight < weight:
                found[each.lemma] = Weighted(each, weight)

        for each in query_terms(text):
            if self._seen(each.word):
                take(each, 1.0)
                continue
            for guess in self.guesses(each.word):
                take(term(guess), GUESS_WEIGHT)
            take(each, 1.0)
        for joined in self._joined(text):
            take(term(joined), 1.0)
        return list(found.values())

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

    def _joined(self, text: str) -> list[str]:
        """Neighbours that the reports write as one word: "vräknings arbetet", "social chef"."""
        row = words(text)
        joined = []
        for first, second in zip(row, row[1:], strict=False):
            word = first + second
            if len(first) >= 3 and len(second) >= 3 and self._written_together(word):
                joined.append(word)
        return joined

    def _written_together(self, word: str) -> bool:
        return self._seen(word) or term(word).lemma in self._vocabulary
