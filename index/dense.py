"""Vectors in FAISS, which is imported here only.

A segment keeps its vectors with 16 bits a number, in a file that is mapped, not read: what is asked
for comes into memory. A segment of many has beside them a coarse index, product-quantized to four
bits a pair of numbers (FAISS's "fast scan", André et al. 2017), that finds candidates for the exact
vectors to rank. ``python -m benchmarks.vectors`` compares it with the others that FAISS has.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.errors import LibraryError
from index.encode import Vectors
from index.tables import Extent

EXACT, COARSE = "vectors.faiss", "coarse.faiss"
#: From so many vectors on, a coarse index pays.
MANY = 20_000
#: Candidates of the coarse index for each vector that is asked for; of 1,000,000 the 100 nearest are among 1,000 at
#: .99.
CANDIDATES = 10
#: Of fewer allowed, or a smaller part of all than one in so many, each is compared.
FEW, NARROW = 2_000, 4
#: So many vectors at the most are needed to fit the coarse index.
FITTED = 50_000
#: So many vectors tell the mean of all well enough.
SAMPLE = 10_000


class VectorFile:
    """One segment's vectors, by their places in it."""

    def __init__(self, folder: Path) -> None:
        """Map the vectors in ``folder``.

        Raises:
            LibraryError: if they are damaged.
        """
        try:
            self.exact: Any = faiss.read_index(str(folder / EXACT), faiss.IO_FLAG_MMAP_IFC)
            coarse = folder / COARSE
            self.coarse: Any = faiss.read_index(str(coarse)) if coarse.exists() else None
        except RuntimeError as error:
            raise LibraryError(
                f"Vektorerna i {folder} är skadade; indexera rapporterna på nytt i ett nytt bibliotek."
            ) from error

    def __len__(self) -> int:
        return int(self.exact.ntotal)

    def vectors(self, places: NDArray[np.int64]) -> Vectors:
        """The vectors at these places; shape (len(places), dimension)."""
        return np.asarray(self.exact.reconstruct_batch(places), dtype=np.float32)

    def cosines(self, query: Vectors, places: NDArray[np.int64]) -> Vectors:
        """The exact cosine of ``query`` with the vector at each of these places."""
        return self.vectors(places) @ query

    def candidates(
        self, query: Vectors, count: int, allowed: NDArray[np.int64] | None
    ) -> tuple[Vectors, NDArray[np.int64]]:
        """About the ``count`` nearest vectors among those ``allowed`` (places in order; None: all): scores and places.

        The scores are cosines, or, where the vectors are many, near them.
        """
        if allowed is not None and (len(allowed) < FEW or len(allowed) * NARROW < len(self)):
            return self.cosines(query, allowed), allowed
        if self.coarse is not None:
            scores, places = (row[0] for row in self.coarse.search(query[None, :], min(count, len(self))))
            kept = places >= 0
            if allowed is not None:
                kept &= np.isin(places, allowed, assume_unique=True)
            if allowed is None or kept.sum() * CANDIDATES >= count:
                return scores[kept], places[kept]
        if allowed is not None:
            return self.cosines(query, allowed), allowed
        scores, places = (row[0] for row in self.exact.search(query[None, :], min(count, len(self))))
        return scores, places


def write_vectors(folder: Path, parts: Sequence[Vectors], dimension: int) -> None:
    """Write a segment's vectors, given as ``parts`` of shape (any, dimension)."""
    exact = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    for part in parts:
        exact.add(part)
    faiss.write_index(exact, str(folder / EXACT))
    if exact.ntotal >= MANY:
        coarse = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
        coarse.train(np.concatenate(parts)[:: max(1, exact.ntotal // FITTED)])
        for part in parts:
            coarse.add(part)
        faiss.write_index(coarse, str(folder / COARSE))


class DenseIndex:
    """Search by cosine over all segments' vectors of length one, each under its passage's number."""

    def __init__(self, files: Sequence[VectorFile], extents: Sequence[Sequence[Extent]]) -> None:
        """``extents`` are each file's, in the order of its places."""
        self._files = files
        self._at = [np.array([each.at for each in mine], np.int64) for mine in extents]
        self._first = [np.array([each.first for each in mine], np.int64) for mine in extents]
        self._place = {each.report_id: (file, each) for file, mine in enumerate(extents) for each in mine}
        order = sorted((each.first, file, each.at) for file, mine in enumerate(extents) for each in mine if each.count)
        self._firsts, self._owners, self._starts = np.array(order, np.int64).reshape(-1, 3).T

    def __len__(self) -> int:
        return sum(map(len, self._files))

    def search(self, query: Vectors, k: int, reports: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """The ``k`` nearest passages of these ``reports`` (None: all) as (number, cosine), best first.

        ``query`` has shape (dimension,). Fewer than ``k`` come back where there are fewer.
        """
        if k <= 0:
            return []
        allowed: dict[int, list[NDArray[np.int64]]] = defaultdict(list)
        for report_id in reports or ():
            if report_id in self._place:
                file, extent = self._place[report_id]
                allowed[file].append(np.arange(extent.at, extent.at + extent.count))
        found = []
        for file, vectors in enumerate(self._files):
            if len(vectors) and (reports is None or file in allowed):
                within = np.sort(np.concatenate(allowed[file])) if reports is not None else None
                scores, places = vectors.candidates(query, k * CANDIDATES, within)
                found.append((scores, np.full(len(places), file), places))
        if not found:
            return []
        scores, files, places = map(np.concatenate, zip(*found, strict=True))
        best = np.argsort(-scores, kind="stable")[: k * CANDIDATES]
        hits: list[tuple[int, float]] = []
        for file in np.unique(files[best]).tolist():
            mine = places[best][files[best] == file]
            cosines = self._files[file].cosines(query, mine)
            hits.extend(zip(self._numbers(file, mine).tolist(), cosines.tolist(), strict=True))
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def cosines(self, query: Vectors, numbers: Sequence[int]) -> list[float]:
        """The cosine of ``query`` with each of the passages ``numbers``."""
        wanted = np.asarray(numbers, np.int64)
        owners = np.searchsorted(self._firsts, wanted, side="right") - 1
        found = np.zeros(len(wanted), np.float32)
        for file in set(self._owners[owners].tolist()):
            mine = self._owners[owners] == file
            places = self._starts[owners[mine]] + wanted[mine] - self._firsts[owners[mine]]
            found[mine] = self._files[file].cosines(query, places)
        return [float(value) for value in found]

    def background(self, query: Vectors) -> float:
        """The mean cosine of ``query`` with all passages, from a sample of 10,000 where there are more."""
        return float(query @ self._mean) if len(self) else 0.0

    @cached_property
    def _mean(self) -> Vectors:
        places = np.linspace(0, len(self) - 1, min(len(self), SAMPLE), dtype=np.int64)
        sums, start = [], 0
        for vectors in self._files:
            mine = places[(places >= start) & (places < start + len(vectors))] - start
            sums.append(vectors.vectors(mine).sum(axis=0))
            start += len(vectors)
        return np.asarray(np.sum(sums, axis=0) / len(places), dtype=np.float32)

    def _numbers(self, file: int, places: NDArray[np.int64]) -> NDArray[np.int64]:
        report = np.searchsorted(self._at[file], places, side="right") - 1
        return np.asarray(self._first[file][report] + places - self._at[file][report])
