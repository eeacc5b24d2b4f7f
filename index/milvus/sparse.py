"""BM25 by inner products of sparse vectors, with the scores that Tantivy gives.

A passage's vector has a dimension for each word in each of its fields, with what BM25 makes of how often
it stands there, in a field of that length beside one of typical length. The query's has the words' weights
and rarity. The candidates that this finds are scored anew by the lengths and the rarities of the version.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.lexical import Fields, Weighted, clauses
from index.milvus.collections import MOST_HITS, Collections
from index.milvus.selection import Dropped, among
from index.storage import Scored

#: Tantivy's constants, which are Lucene's (Robertson and Zaragoza 2009).
K1, B = 1.2, 0.75
#: Words in a passage's fields as a rule; the means of five annual reports. What it is only chooses candidates.
TYPICAL = {"lemmas": 70.0, "parts": 85.0, "headings": 25.0}
#: So many candidates for each hit that is asked for, at first.
CANDIDATES = 2
#: Dimensions that Milvus has. Which is a word's is up to a hash: of six million words some 4,000 pairs share one.
DIMENSIONS = (1 << 32) - 1
#: The lengths that Tantivy tells apart: each to 40, and then eight to each power of two, as Lucene's SmallFloat has.
LENGTHS: list[int] = [*range(40), *(24 + (8 + bits) * (1 << shift) for shift in range(1, 28) for bits in range(8))]


def dimension(field: str, word: str) -> int:
    """The dimension of a word in a field."""
    return int.from_bytes(blake2b(f"{field} {word}".encode(), digest_size=8).digest()) % DIMENSIONS


def saturation(length: int, average: float) -> float:
    """What BM25 adds to a word's frequency in its denominator, in a field of this length beside the ``average``."""
    known = LENGTHS[bisect_right(LENGTHS, length) - 1]
    return K1 * (1 - B + B * known / average)


def sparse(values: Fields) -> tuple[dict[int, float], list[int]]:
    """A passage's vector, and the lengths of its fields in words."""
    vector: dict[int, float] = {}
    lengths = []
    for field, text in zip(Fields._fields, values, strict=True):
        words = text.split()
        lengths.append(len(words))
        added = saturation(len(words), TYPICAL[field])
        vector |= {dimension(field, word): count / (count + added) for word, count in Counter(words).items()}
    return vector, lengths


class Frequencies:
    """In how many of some passages each dimension is.

    ``totals``, of shape (4,), are how many passages there are, and the words in each of their fields.
    """

    def __init__(self, dimensions: NDArray[np.int64], counts: NDArray[np.int64], totals: NDArray[np.int64]) -> None:
        """``dimensions``, each once and in order, have the ``counts``."""
        self._dimensions, self._counts, self.totals = dimensions, counts, totals

    @classmethod
    def of(cls, passages: Sequence[tuple[Iterable[int], Sequence[int]]]) -> Self:
        """Those of passages, each given as the dimensions of its vector and the lengths of its fields."""
        found = Counter(each for vector, _ in passages for each in vector)
        order = sorted(found)
        totals = np.sum([(1, *lengths) for _, lengths in passages], axis=0) if passages else np.zeros(1 + len(TYPICAL))
        counts = [found[each] for each in order]
        return cls(np.array(order, np.int64), np.array(counts, np.int64), np.asarray(totals, np.int64))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Those that were saved in a file."""
        with np.load(path) as saved:
            return cls(saved["dimensions"], saved["counts"], saved["totals"])

    def save(self, path: Path) -> None:
        np.savez(path, dimensions=self._dimensions, counts=self._counts, totals=self.totals)

    @classmethod
    def joined(cls, parts: Sequence["Frequencies"], without: Sequence["Frequencies"] = ()) -> Self:
        """Those of all the passages of the ``parts`` but those of the ones ``without``."""
        every = [*parts, *without]
        signs = [1] * len(parts) + [-1] * len(without)
        dimensions, places = np.unique(np.concatenate([each._dimensions for each in every]), return_inverse=True)
        counts = np.zeros(len(dimensions), np.int64)
        np.add.at(counts, places, np.concatenate([s * each._counts for s, each in zip(signs, every, strict=True)]))
        totals = np.sum([s * each.totals for s, each in zip(signs, every, strict=True)], axis=0)
        return cls(dimensions[counts > 0], counts[counts > 0], totals)

    def count(self, dimensions: NDArray[np.int64]) -> NDArray[np.int64]:
        """In how many passages each of these dimensions is."""
        if not len(self._dimensions):
            return np.zeros(len(dimensions), np.int64)
        places = np.minimum(np.searchsorted(self._dimensions, dimensions), len(self._dimensions) - 1)
        return np.where(self._dimensions[places] == dimensions, self._counts[places], 0)


class SparseSearch:
    """Search by BM25 over a version's passages."""

    def __init__(
        self, collections: Collections, following: int, dropped: Sequence[Dropped], parts: Sequence[Frequencies]
    ) -> None:
        """``parts`` are the frequencies of the version's segments."""
        self._collections = collections
        self._following = following
        self._dropped = dropped
        self._parts = parts
        totals = np.sum([each.totals for each in parts], axis=0) if parts else np.zeros(1 + len(TYPICAL))
        self._passages = int(totals[0])
        averages = map(float, totals[1:] / max(self._passages, 1))
        self._averages = dict(zip(Fields._fields, averages, strict=True))
        #: How many times what it is by typical lengths a score may be: the ratio of saturations in a long field.
        self._reach = max(1.0, *(average / TYPICAL[field] for field, average in self._averages.items()))

    def search(self, query: Sequence[Weighted], k: int, reports: Iterable[str] | None = None) -> list[Scored]:
        """The ``k`` best passages as (number, BM25 score), best first, within ``reports`` (None: all)."""
        weights: dict[int, float] = defaultdict(float)
        fields: dict[int, str] = {}
        for field, word, weight in clauses(query):
            place = dimension(field, word)
            weights[place] += weight
            fields[place] = field
        asked = np.array(list(weights), np.int64)
        counts = sum((each.count(asked) for each in self._parts), np.zeros(len(asked), np.int64))
        rarity = np.log(1 + (self._passages - counts + 0.5) / (counts + 0.5))
        sought = {
            place: weights[place] * float(rare) * (K1 + 1)
            for place, rare, count in zip(weights, rarity, counts, strict=True)
            if count
        }
        if not sought or k <= 0:
            return []
        condition = among(self._following, self._dropped, reports)
        most = k * CANDIDATES
        while True:
            found = self._collections.nearest("sparse", sought, most, condition, ["sparse", *Fields._fields])
            scored = [(number, self._score(values, sought, fields)) for number, _, values in found]
            hits = sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:k]
            # None that was not found can score more than the last that was, by as much as the lengths may differ.
            if len(found) < most or most >= MOST_HITS or hits[-1][1] >= found[-1][1] * self._reach:
                return hits
            most *= 2

    def _score(self, values: Mapping[str, Any], sought: Mapping[int, float], fields: Mapping[int, str]) -> float:
        """BM25 of a candidate, by the averages of this version."""
        typical = {field: saturation(values[field], TYPICAL[field]) for field in TYPICAL}
        added = {field: saturation(values[field], average or 1) for field, average in self._averages.items()}
        score = 0.0
        for place in sought.keys() & values["sparse"].keys():
            field, kept = fields[place], values["sparse"][place]
            count = round(kept * typical[field] / (1 - kept))
            score += sought[place] * count / (count + added[field])
        return score
