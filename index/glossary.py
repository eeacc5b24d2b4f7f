"""Lay and official words that stand for each other, from a table that users can extend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs

from corpus.errors import RapportsvarError
from index.terms import Term, terms

SHIPPED = Path(__file__).with_name("glossary.tsv")


@dataclass(frozen=True, slots=True)
class Match:
    """A glossary entry found in a question: words ``[start, end)`` may stand for ``meanings``."""

    start: int
    end: int
    asked: str
    meanings: tuple[tuple[Term, ...], ...]


@cache
def _entries() -> tuple[tuple[tuple[str, ...], str, tuple[tuple[Term, ...], ...]], ...]:
    """The shipped glossary and the user's own, as (lemmas asked, words asked, meanings), longest first."""
    found = []
    own = Path(platformdirs.user_config_dir("rapportsvar")) / "glossary.tsv"
    for path in (SHIPPED, own):
        if not path.exists():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            asked, tab, meanings = line.partition("\t")
            if not tab or not asked.strip():
                raise RapportsvarError(f"Rad {number} i {path} saknar tabb mellan ord och betydelse; rätta raden.")
            found.append(
                (
                    tuple(each.lemma for each in terms(asked)),
                    asked.strip(),
                    tuple(tuple(terms(meaning)) for meaning in meanings.split("|") if meaning.strip()),
                )
            )
    return tuple(sorted(found, key=lambda entry: -len(entry[0])))


def find(row: Sequence[Term]) -> Iterator[Match]:
    """The entries whose words stand in a question's terms, other words of at most two between them."""
    lemmas = [each.lemma for each in row]
    taken: set[int] = set()
    for asked, name, meanings in _entries():
        for start in range(len(lemmas)):
            places = _places(asked, lemmas, start)
            if places and not taken & set(places):
                taken.update(places)
                yield Match(places[0], places[-1] + 1, name, meanings)


#: "gick hemtjänsten i Mark back": so many words may stand between those of an entry.
GAP = 4


def _places(asked: Sequence[str], lemmas: Sequence[str], start: int) -> list[int]:
    if lemmas[start] != asked[0]:
        return []
    places = [start]
    for word in asked[1:]:
        following = range(places[-1] + 1, min(places[-1] + 2 + GAP, len(lemmas)))
        place = next((at for at in following if lemmas[at] == word), None)
        if place is None:
            return []
        places.append(place)
    return places
