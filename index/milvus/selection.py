"""Which passages in Milvus are a version's."""

import json
from collections.abc import Iterable, Sequence


class Selection:
    """The passages before a number, but for some stretches that have been dropped since they were added."""

    def __init__(self, following: int, dropped: Sequence[tuple[int, int]]) -> None:
        """``dropped`` are stretches of numbers, from the first until, not with, the second."""
        clauses = [f"not (number >= {start} and number < {end})" for start, end in dropped]
        self._all = " and ".join([f"number < {following}", *clauses])

    def condition(self, reports: Iterable[str] | None = None) -> str:
        """The condition of a search in these ``reports`` (None: all)."""
        return self._all if reports is None else f"report in {json.dumps(list(reports))} and {self._all}"


def dropping(following: int, dropped: Sequence[tuple[int, int]]) -> str:
    """The condition of the passages that are no version's: dropped, or added by somebody who did not finish."""
    return " or ".join(
        [f"number >= {following}", *(f"(number >= {start} and number < {end})" for start, end in dropped)]
    )
