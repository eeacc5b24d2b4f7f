"""Vectors in Milvus."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.dense import SAMPLE
from index.encode import Vectors
from index.milvus.collections import Collections
from index.milvus.selection import Selection
from index.storage import Scored
from index.tables import Extent

#: So many candidates for each hit that is asked for: the index may know the vectors less well than they are.
CANDIDATES = 2


def rounded(vectors: Vectors) -> Vectors:
    """Vectors as a library in a folder keeps them, with 16 bits a number."""
    return np.asarray(vectors, np.float16).astype(np.float32)


class DenseSearch:
    """Search by cosine over a version's vectors of length one, each under its passage's number."""

    def __init__(self, collections: Collections, selection: Selection, extents: Sequence[Extent]) -> None:
        self._collections = collections
        self._selection = selection
        self._extents = extents

    def __len__(self) -> int:
        return sum(extent.count for extent in self._extents)

    def search(self, query: Vectors, k: int, reports: Sequence[str] | None = None) -> list[Scored]:
        if k <= 0:
            return []
        condition = self._selection.condition(reports)
        found = self._collections.nearest("dense", query.tolist(), k * CANDIDATES, condition, ["dense"])
        hits = [(number, float(np.asarray(values["dense"], np.float32) @ query)) for number, values in found.items()]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def cosines(self, query: Vectors, numbers: Sequence[int]) -> list[float]:
        return [float(value) for value in self._vectors(numbers) @ query] if numbers else []

    def background(self, query: Vectors) -> float:
        return float(query @ self._mean) if len(self) else 0.0

    @cached_property
    def _mean(self) -> Vectors:
        every = np.concatenate([np.arange(each.first, each.first + each.count) for each in self._extents])
        sample = every[np.linspace(0, len(every) - 1, min(len(every), SAMPLE), dtype=np.int64)]
        return np.asarray(self._vectors(sample.tolist()).mean(axis=0), np.float32)

    def _vectors(self, numbers: Sequence[int]) -> Vectors:
        found = self._collections.values(numbers, ["dense"])
        return np.array([found[number]["dense"] for number in numbers], np.float32)
