"""The words of a library's reports, looked up where they stand; all of them are read only when one must be guessed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from index.tables import Tables

#: Words that were lately looked up.
REMEMBERED = 50_000


class Vocabulary(Mapping[str, int]):
    """Every word of the reports with how many reports have it."""

    def __init__(self, segments: Sequence[Tables]) -> None:
        self._segments = segments
        self._count = lru_cache(REMEMBERED)(self._counted)

    def __getitem__(self, word: str) -> int:
        if count := self._count(word):
            return count
        raise KeyError(word)

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def _counted(self, word: str) -> int:
        return sum(tables.count(word) for tables in self._segments)

    @cached_property
    def _whole(self) -> dict[str, int]:
        if len(self._segments) == 1:
            return self._segments[0].words()
        counts: dict[str, int] = defaultdict(int)
        for tables in self._segments:
            for word, count in tables.words().items():
                counts[word] += count
        return dict(counts)
