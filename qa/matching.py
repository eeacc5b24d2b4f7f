"""How much of what a question is about a piece of text has."""

from collections.abc import Sequence

from corpus.lexicon import zipf
from index.lexical import Weighted
from index.terms import Term


class Matcher:
    """How much of what a question is about a piece of text has, concept by concept."""

    def __init__(self, query: Sequence[Weighted]) -> None:
        self._concepts: dict[str, dict[int, list[Weighted]]] = {}
        for each in query:
            self._concepts.setdefault(each.concept, {}).setdefault(each.meaning, []).append(each)
        self._rarity = [
            max(-zipf(each.term.lemma) for each in next(iter(meanings.values())))
            for meanings in self._concepts.values()
        ]
        self._met: dict[Term, float] = {}
        # A concept tells what the rarest of its own words does.
        self._weights = [
            max(information(each.term) for each in next(iter(meanings.values())))
            for meanings in self._concepts.values()
        ]

    def __len__(self) -> int:
        return len(self._concepts)

    @property
    def concepts(self) -> list[str]:
        """The words or phrases of the question that are matched one by one."""
        return list(self._concepts)

    def most_telling(self, among: Sequence[int]) -> set[int]:
        """Which of some concepts tell most: the rarest, all of equals; none if there are none."""
        rarest = max((self._rarity[at] for at in among), default=0.0)
        return {at for at in among if self._rarity[at] == rarest}

    def matches(self, found: Sequence[Term]) -> list[float]:
        """For each concept how well the text has it, from 0 to 1: by its best meaning."""
        lemmas = {each.lemma for each in found}
        parts = {part for each in found for part in each.parts}
        return [
            max(
                sum(each.weight * match(each.term, lemmas, parts) for each in meaning) / len(meaning)
                for meaning in meanings.values()
            )
            for meanings in self._concepts.values()
        ]

    def meets(self, found: Term) -> float:
        """How well one word of a text has any of the concepts, from 0 to 1."""
        if found not in self._met:
            self._met[found] = max(self.matches([found]), default=0.0)
        return self._met[found]

    def coverage(self, matches: Sequence[float]) -> float:
        """The share of the question's information that is matched."""
        total = sum(self._weights)
        return sum(w * m for w, m in zip(self._weights, matches, strict=True)) / total if total else 0.0


def information(term: Term) -> float:
    """What a word tells, from its rarity in Swedish: 0.25 for the commonest to 1 for the rare."""
    return min(1.0, max(0.25, (7.5 - zipf(term.lemma)) / 4))


def match(term: Term, lemmas: set[str], parts: set[str]) -> float:
    """How well a text with these lemmas and compound parts has a term, from 0 to 1."""
    if term.lemma in lemmas:
        return 1.0
    shared = [part for part in term.parts if part in parts]
    if len(shared) == len(term.parts):
        return 0.9
    if _related(term.lemma, lemmas):
        return 0.7
    if shared:
        return 0.5 * len(shared) / len(term.parts)
    return 0.0


#: Derivations share their stem: bemöta and bemötande, rekrytera and rekrytering.
SHORTEST_STEM = 5


def _related(lemma: str, lemmas: set[str]) -> bool:
    if len(lemma) < SHORTEST_STEM:
        return False
    # "Kommunicera" and "kommunikation" are of one stem.
    stem = lemma[: max(SHORTEST_STEM, len(lemma) - 3)].replace("c", "k")
    return any(other.replace("c", "k").startswith(stem) and abs(len(other) - len(lemma)) <= 5 for other in lemmas)
