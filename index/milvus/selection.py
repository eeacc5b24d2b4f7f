"""Which passages in Milvus are a version's."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Dropped(NamedTuple):
    """The reports that a change left out of the library, or replaced, by passages from the number ``until`` on."""

    until: int
    reports: tuple[str, ...]


def among(following: int, dropped: Sequence[Dropped], reports: Iterable[str] | None = None) -> str:
    """The condition of a version's passages, of these ``reports`` (None: all): before a number, and not dropped."""
    clauses = [] if reports is None else [f"report in {json.dumps(list(reports))}"]
    clauses.append(f"number < {following}")
    clauses += [f"(number >= {each.until} or report not in {_list(each)})" for each in dropped if each.reports]
    return " and ".join(clauses)


def gone(following: int, dropped: Sequence[Dropped]) -> str:
    """The condition of what is no version's: dropped, or added by somebody who did not finish."""
    clauses = [f"number >= {following}"]
    clauses += [f"(number < {each.until} and report in {_list(each)})" for each in dropped if each.reports]
    return " or ".join(clauses)


def _list(dropped: Dropped) -> str:
    return json.dumps(list(dropped.reports))
