"""What keeps a library's versions: a folder, or Milvus. Both do the same, and are asked the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index.encode import EncoderInfo, Vectors
from index.lexical import Weighted
from index.manifest import Manifest
from index.prepare import Entry, Prepared
from index.tables import Extent, Tables

#: A passage's number with its score.
Scored = tuple[int, float]


class Dense(Protocol):
    """Search by cosine over a version's vectors of length one, each under its passage's number."""

    def __len__(self) -> int: ...

    def search(self, query: Vectors, k: int, reports: Sequence[str] | None = None) -> list[Scored]:
        """The ``k`` nearest passages of these ``reports`` (None: all) as (number, cosine), best first.

        ``query`` has shape (dimension,). Fewer than ``k`` come back where there are fewer.
        """
        ...

    def cosines(self, query: Vectors, numbers: Sequence[int]) -> list[float]:
        """The cosine of ``query`` with each of the passages ``numbers``."""
        ...

    def background(self, query: Vectors) -> float:
        """The mean cosine of ``query`` with all passages, from a sample of 10,000 where there are more."""
        ...


class Lexical(Protocol):
    """Search by BM25 over a version's passages."""

    def search(self, query: Sequence[Weighted], k: int, reports: Iterable[str] | None = None) -> list[Scored]:
        """The ``k`` best passages as (number, BM25 score), best first, within ``reports`` (None: all)."""
        ...


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a library, opened: its segments' tables, the two searches, and the folders with its files."""

    tables: list[Tables]
    dense: Dense
    lexical: Lexical
    folders: list[Path]


class SegmentWriter(Protocol):
    """Makes one segment: reports are added, or those of other segments absorbed, and then it is finished."""

    def add(self, entry: Entry, prepared: Prepared, vectors: Vectors, first: int) -> None:
        """Add a report whose passages have ``vectors``, and the numbers from ``first`` on."""
        ...

    def absorb(self, name: str, removed: Mapping[str, Collection[str]]) -> None:
        """Add the reports of another segment but those ``removed``, each given with its distinct words."""
        ...

    def finish(self) -> None:
        """Write what is left to write, for good."""
        ...

    def abandon(self) -> None:
        """Let go of what is unfinished."""
        ...


class Change(Protocol):
    """A change of a library under way, which nobody else can begin meanwhile."""

    #: What is changed; None where there is no library yet.
    manifest: Manifest | None

    def tables(self, name: str) -> Tables:
        """The tables of a segment that is finished."""
        ...

    def segment(self, name: str) -> tuple[str, SegmentWriter]:
        """A new segment, and what it is called: what is proposed, or more than that."""
        ...

    def remove(self, report_id: str, extent: Extent) -> None:
        """Have the searches find no more of a report, whose passages are at ``extent``."""
        ...

    def commit(self, manifest: Manifest, erasing: bool) -> None:
        """Have the library be what ``manifest`` says: in one step, whole or not at all.

        When ``erasing``, what was removed is to leave nothing behind, as far as that is for this storage to see to.
        """
        ...


class Storage(Protocol):
    """Keeps one library's versions."""

    def manifest(self) -> Manifest | None:
        """What the current version consists of; None where there is no library yet.

        Raises:
            LibraryError: if it can't be read, or is of another format.
        """
        ...

    def open(self, manifest: Manifest) -> Version:
        """A version, for reading. It may have gone since its manifest was read; then this fails as it may."""
        ...

    def changing(self, encoder: EncoderInfo) -> AbstractContextManager[Change]:
        """The only change of this library for as long as the block lasts.

        Raises:
            LibraryError: if somebody else keeps changing it, or it can't be written.
            ModelMismatch: if it was made with another encoder.
        """
        ...
