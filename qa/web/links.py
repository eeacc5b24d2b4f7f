"""What is asked, and places in reports, as addresses."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from corpus.shown import printable
from qa.answer import Citation
from qa.question import LONGEST, Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the scope that its asker had chosen: what a permanent link holds."""

    text: str
    scope: Scope = field(default_factory=Scope)

    @property
    def query(self) -> str:
        """The part of an address after its question mark."""
        return urlencode({"fraga": self.text, **_values(self.scope)})

    def as_json(self) -> dict[str, Any]:
        return {"fraga": self.text, **_values(self.scope)}


#: No municipality's or board's name is longer.
LONGEST_NAME = 200


def _values(scope: Scope) -> dict[str, str]:
    values = {"kommun": scope.municipalities, "namnd": scope.boards, "ar": tuple(map(str, scope.years))}
    return {name: each[0] for name, each in values.items() if each}


def asked(values: Mapping[str, Any]) -> Asked | None:
    """What an address, or what a browser remembers, asks; None if it asks nothing. Other values are let be."""
    text = values.get("fraga")
    return Asked(printable(text)[: LONGEST + 1], scope_in(values)) if isinstance(text, str) and text.strip() else None


def scope_in(values: Mapping[str, Any]) -> Scope:
    """The scope of an address's values; those that can't be are let be."""
    given = {
        name: printable(value)
        for name in ("kommun", "namnd", "ar")
        if isinstance(value := values.get(name), str) and 0 < len(value) <= LONGEST_NAME
    }
    year = given.get("ar", "")
    return Scope(
        (given["kommun"],) if "kommun" in given else (),
        (int(year),) if re.fullmatch(r"[12]\d{3}", year) else (),
        (given["namnd"],) if "namnd" in given else (),
    )


def chosen_scope(text: str | None) -> Scope:
    """The scope that the page's script sends of what is chosen; all of it, if that can't be read."""
    try:
        values = json.loads(text or "{}")
    except (ValueError, RecursionError):
        values = {}
    return scope_in(values if isinstance(values, dict) else {})


Span = tuple[int, int]
#: No answer has more citations of one report.
MOST_SPANS = 100


def spans(values: Iterable[str]) -> list[Span]:
    """The stretches of a report's text that an address names as «120-180»; others, and too many, are let be."""
    found = [re.fullmatch(r"(\d{1,9})-(\d{1,9})", value) for value in islice(values, MOST_SPANS)]
    return [(int(each[1]), int(each[2])) for each in found if each and int(each[1]) < int(each[2])]


def source_link(
    path: str, report_id: str, marked: Sequence[Span], page: int | None = None, at: int | None = None
) -> str:
    """The address of a place in a report; its page, or offset, is the first marked stretch's if none is given."""
    query: list[tuple[str, str]] = [("q", f"{start}-{end}") for start, end in marked]
    if page is not None:
        query.append(("sida", str(page)))
    if at is not None:
        query.append(("vid", str(at)))
    return f"{path}/kalla/{report_id}?{urlencode(query)}"


def citations_link(path: str, citations: Sequence[Citation]) -> str:
    """The address of the place that some citations of one report have in common."""
    return source_link(path, citations[0].report_id, [(c.start, c.end) for c in citations])
