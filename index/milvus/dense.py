"""Vectors in Milvus."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np

from corpus.errors import LibraryError
from index.dense import SAMPLE
from index.encode import Vectors
from index.milvus.collections import Collections
from index.milvus.selection import Dropped, among
from index.storage import Scored
from index.tables import Extent

#: So many candidates for each hit that is asked for: the index may know the vectors less well than they are.
CANDIDATES = 2


def rounded(vectors: Vectors) -> Vectors:
    """Vectors as a library in a folder keeps them, with 16 bits a number."""
    return np.asarray(vectors, np.float16).astype(np.float32)


class DenseSearch:
    """Search by cosine over a version's vectors of length one, each under its passage's number."""

    def __init__(
        self,
        collections: Collections,
        following: int,
        dropped: Sequence[Dropped],
        extents: Sequence[Extent],
        mean: Path,
    ) -> None:
        """``mean`` is the file that the mean of the version's vectors is kept in."""
        self._collections = collections
        self._following = following
        self._dropped = dropped
        self._extents = extents
        self._mean_file = mean

    def __len__(self) -> int:
        return sum(extent.count for extent in self._extents)

    def search(self, query: Vectors, k: int, reports: Sequence[str] | None = None) -> list[Scored]:
        if k <= 0:
            return []
        condition = among(self._following, self._dropped, reports)
        found = self._collections.nearest("dense", query.tolist(), k * CANDIDATES, condition, ["dense"])
        hits = [(number, float(np.asarray(values["dense"], np.float32) @ query)) for number, _, values in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def cosines(self, query: Vectors, numbers: Sequence[int]) -> list[float]:
        return [float(value) for value in self._vectors(numbers) @ query] if numbers else []

    def background(self, query: Vectors) -> float:
        return float(query @ self._mean) if len(self) else 0.0

    @cached_property
    def _mean(self) -> Vectors:
        with suppress(OSError, ValueError):
            return np.asarray(np.load(self._mean_file), np.float32)
        every = np.concatenate([np.arange(each.first, each.first + each.count) for each in self._extents])
        sample = every[np.linspace(0, len(every) - 1, min(len(every), SAMPLE), dtype=np.int64)]
        mean = np.asarray(self._vectors(sample.tolist()).mean(axis=0), np.float32)
        # Without room for it, it is worked out each time.
        with suppress(OSError):
            np.save(self._mean_file, mean)
        return mean

    def _vectors(self, numbers: Sequence[int]) -> Vectors:
        found = self._collections.values(numbers, ["dense"])
        if len(found) < len(set(numbers)):
            raise LibraryError(f"Biblioteket i {self._collections.address} har just ändrats; fråga igen.")
        return np.array([found[number]["dense"] for number in numbers], np.float32)
