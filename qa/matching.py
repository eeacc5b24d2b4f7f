"""How much of what a question is about a piece of text has."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

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
        # A concept tells what the rarest of its own words does.
        self._weights = [
            max(information(each.term) for each in next(iter(meanings.values())))
            for meanings in self._concepts.values()
        ]
        self._bits = _Bits()
        #: Each concept's meanings, as the weights of their terms, and where and how many the bits of each are.
        self._meanings: list[list[list[tuple[float, int, int]]]] = [
            [[(each.weight, self._bits.add(each.term), len(each.term.parts)) for each in meaning] for meaning in ways]
            for ways in (meanings.values() for meanings in self._concepts.values())
        ]
        # One text after another has the same few of the words that matter.
        self._matches: dict[int, list[float]] = {}

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

    def matches(self, found: Iterable[Term]) -> list[float]:
        """For each concept how well the text has it, from 0 to 1: by its best meaning."""
        had = self._bits.had(found)
        if had not in self._matches:
            self._matches[had] = [
                max(sum(w * _value(had >> at, parts) for w, at, parts in meaning) / len(meaning) for meaning in ways)
                for ways in self._meanings
            ]
        return self._matches[had]

    def meets(self, found: Term) -> float:
        """How well one word of a text has any of the concepts, from 0 to 1."""
        return max(self.matches([found]), default=0.0)

    def coverage(self, matches: Sequence[float]) -> float:
        """The share of the question's information that is matched."""
        total = sum(self._weights)
        return sum(w * m for w, m in zip(self._weights, matches, strict=True)) / total if total else 0.0


def information(term: Term) -> float:
    """What a word tells, from its rarity in Swedish: 0.25 for the commonest to 1 for the rare."""
    return min(1.0, max(0.25, (7.5 - zipf(term.lemma)) / 4))


def match(term: Term, found: Iterable[Term]) -> float:
    """How well a text with these words has a term, from 0 to 1."""
    bits = _Bits()
    bits.add(term)
    return _value(bits.had(found), len(term.parts))


#: What a text may have of a term, as bits: its dictionary form, its stem, and from here on each of its parts.
SAME, RELATED, PARTS = 1, 2, 2
#: Derivations share their stem: bemöta and bemötande, rekrytera and rekrytering.
SHORTEST_STEM = 5
LONGEST_ENDING = 3
#: So much may the one be longer than the other.
LENGTH = 5


class _Bits:
    """What words have of some terms, the bits of each term side by side in one number."""

    def __init__(self) -> None:
        self._size = 0
        self._lemmas: dict[str, int] = defaultdict(int)
        self._parts: dict[str, int] = defaultdict(int)
        #: The terms whose stems begin with the same letters: each stem, the length of its word, and its bit.
        self._stems: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        self._known: dict[str, int] = {}

    def add(self, term: Term) -> int:
        """Add a term; where its bits begin."""
        at = self._size
        self._size += PARTS + len(term.parts)
        self._lemmas[term.lemma] |= SAME << at
        for number, part in enumerate(term.parts):
            self._parts[part] |= 1 << at + PARTS + number
        if len(term.lemma) >= SHORTEST_STEM:
            stem = _stemmed(term.lemma[: max(SHORTEST_STEM, len(term.lemma) - LONGEST_ENDING)])
            self._stems[stem[:SHORTEST_STEM]].append((stem, len(term.lemma), RELATED << at))
        return at

    def had(self, found: Iterable[Term]) -> int:
        """The bits of all that a text with these words has of the terms."""
        had = 0
        for each in found:
            bits = self._known.get(each.word)
            if bits is None:
                bits = self._known[each.word] = self._had_by(each)
            had |= bits
        return had

    def _had_by(self, found: Term) -> int:
        had = self._lemmas.get(found.lemma, 0)
        for part in found.parts:
            had |= self._parts.get(part, 0)
        lemma = _stemmed(found.lemma)
        for stem, length, bit in self._stems.get(lemma[:SHORTEST_STEM], ()):
            if lemma.startswith(stem) and abs(len(lemma) - length) <= LENGTH:
                had |= bit
        return had


def _stemmed(lemma: str) -> str:
    # "Kommunicera" and "kommunikation" are of one stem.
    return lemma.replace("c", "k")


def _value(had: int, parts: int) -> float:
    """How well a text has a term of so many parts, from the lowest bits."""
    if had & SAME:
        return 1.0
    shared = (had >> PARTS & (1 << parts) - 1).bit_count()
    if shared == parts:
        return 0.9
    if had & RELATED:
        return 0.7
    return 0.5 * shared / parts
