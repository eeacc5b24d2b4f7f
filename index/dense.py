"""Vectors in FAISS, which is imported here only."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from corpus.errors import LibraryError
from index.encode import Vectors

#: So many vectors tell the mean of all well enough.
SAMPLE = 10_000


class DenseIndex:
    """Exact search by inner product over vectors of length one, each under a passage's number."""

    def __init__(self, dimension: int) -> None:
        # FAISS's own annotations are of its C++ interface, not of the Python methods it adds.
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        if len(numbers):
            self.__dict__.pop("_mean", None)
            self._index.add_with_ids(vectors, np.asarray(numbers, dtype=np.int64))

    def remove(self, numbers: Sequence[int]) -> None:
        if len(numbers):
            self.__dict__.pop("_mean", None)
            self._index.remove_ids(np.asarray(numbers, dtype=np.int64))

    def search(self, query: Vectors, k: int, allowed: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The ``k`` nearest passages of those ``allowed`` (None: all) as (number, cosine), best first.

        ``query`` has shape (dimension,). Fewer than ``k`` come back where there are fewer.
        """
        if not len(self) or k <= 0 or (allowed is not None and not len(allowed)):
            return []
        parameters: Any = None
        if allowed is not None:
            # FAISS keeps no reference to the array behind a selector; this name does.
            numbers = np.asarray(allowed, dtype=np.int64)
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(numbers))  # type: ignore[call-arg]
        scores, found = self._index.search(query[None, :], min(k, len(self)), params=parameters)
        # FAISS fills up with -1 where it has no more.
        return [(int(n), float(s)) for n, s in zip(found[0], scores[0], strict=True) if n != -1]

    def cosines(self, query: Vectors, numbers: Sequence[int]) -> list[float]:
        """The cosine of ``query`` with each of the passages ``numbers``."""
        if not numbers:
            return []
        return [float(v) for v in self._index.reconstruct_batch(np.asarray(numbers, dtype=np.int64)) @ query]

    def background(self, query: Vectors) -> float:
        """The mean cosine of ``query`` with all passages, from a sample of 10,000 where there are more."""
        return float(query @ self._mean)

    @cached_property
    def _mean(self) -> Vectors:
        if not len(self):
            return np.zeros(self._index.d, np.float32)
        numbers = faiss.vector_to_array(self._index.id_map)
        sample = numbers[np.linspace(0, len(numbers) - 1, min(len(numbers), SAMPLE), dtype=np.int64)]
        return np.asarray(self._index.reconstruct_batch(sample).mean(axis=0), dtype=np.float32)

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> "DenseIndex":
        index = cls.__new__(cls)
        try:
            index._index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise LibraryError(f"Vektorerna i {path} är skadade; indexera rapporterna på nytt i en ny mapp.") from error
        return index
