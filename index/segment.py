"""A segment: some reports of a library with their vectors, in a folder that never changes once it is whole.

s000007/
    catalogue.sqlite    the reports, their passages, figures and words
    vectors.faiss       the passages' vectors, in the reports' order
    coarse.faiss        where they are many: finds candidates among them
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from index.dense import VectorFile, write_vectors
from index.encode import Vectors
from index.manifest import sync
from index.prepare import Entry, Prepared
from index.tables import Tables

TABLES = "catalogue.sqlite"
#: So many segments of about the same size become one (the tiers of a log-structured merge tree, O'Neil et al. 1996).
FANOUT = 8
#: Segments of FANOUT to the power of TIERS reports stay as they are: what one change may cost has a limit.
TIERS = 3


class Segment:
    """One segment, opened for reading."""

    def __init__(self, folder: Path) -> None:
        """Open the segment in ``folder``.

        Raises:
            LibraryError: if its vectors are damaged.
            sqlite3.Error: if its catalogue is.
        """
        self.folder = folder
        self.tables = Tables(folder / TABLES)
        self.extents = self.tables.extents()
        self.vectors = VectorFile(folder)


class SegmentWriter:
    """Makes one segment: reports are added, or those of other segments absorbed, and then it is finished."""

    def __init__(self, folder: Path, dimension: int) -> None:
        folder.mkdir()
        self.folder = folder
        self._dimension = dimension
        self._tables = Tables.create(folder / TABLES)
        self._vectors: list[Vectors] = []

    def add(self, entry: Entry, prepared: Prepared, vectors: Vectors, first: int) -> None:
        """Add a report whose passages have ``vectors``, and the numbers from ``first`` on."""
        self._tables.add(entry, prepared, first)
        self._vectors.append(vectors)

    def absorb(self, segment: Segment, removed: Mapping[str, Collection[str]]) -> None:
        """Add the reports of another segment but those ``removed``, each given with its distinct words."""
        here = {each.report_id: removed[each.report_id] for each in segment.extents if each.report_id in removed}
        self._tables.absorb(segment.folder / TABLES, here)
        for extent in segment.extents:
            if extent.report_id not in here:
                self._vectors.append(segment.vectors.vectors(np.arange(extent.at, extent.at + extent.count)))

    def finish(self) -> None:
        """Write what is left to write, and have the disk keep it."""
        self._tables.finish()
        write_vectors(self.folder, self._vectors, self._dimension)
        sync(self.folder)

    def abandon(self) -> None:
        self._tables.close()


def merged(sizes: Mapping[str, int]) -> list[list[str]]:
    """Which segments of so many reports each become one: groups of names, most of them of one.

    >>> merged({"a": 100} | {name: 1 for name in "bcdefghi"})
    [['a'], ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']]
    """
    groups = [([name], size) for name, size in sizes.items()]
    for tier in range(TIERS):
        of_tier = [group for group in groups if FANOUT**tier <= group[1] < FANOUT ** (tier + 1)]
        if len(of_tier) >= FANOUT:
            joined = ([name for names, _ in of_tier for name in names], sum(size for _, size in of_tier))
            groups = [*(group for group in groups if group not in of_tier), joined]
    return [names for names, _ in groups]
