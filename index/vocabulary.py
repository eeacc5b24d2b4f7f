"""The words of a library's reports, looked up where they stand; those that begin with a letter are read when needed."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from index.tables import Tables

#: Words that were lately looked up.
REMEMBERED = 50_000


class Words(Protocol):
    """Words with how many reports have each."""

    def __contains__(self, word: object) -> bool: ...

    def __getitem__(self, word: str) -> int: ...

    def beginning(self, letter: str) -> Sequence[str]:
        """The words that begin with a letter."""
        ...


class Counts(dict[str, int]):
    """Words that are counted already."""

    def beginning(self, letter: str) -> list[str]:
        """The words that begin with a letter."""
        return [word for word in self if word.startswith(letter)]


class Vocabulary:
    """Every word of a library's reports."""

    def __init__(self, segments: Sequence[Tables]) -> None:
        self._segments = segments
        self._count = lru_cache(REMEMBERED)(self._counted)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._count(word) > 0

    def __getitem__(self, word: str) -> int:
        if count := self._count(word):
            return count
        raise KeyError(word)

    def _counted(self, word: str) -> int:
        return sum(tables.count(word) for tables in self._segments)

    def beginning(self, letter: str) -> list[str]:
        """The words that begin with a letter."""
        return sorted({word for tables in self._segments for word in tables.words(letter)})
