"""Lay words, abbreviations and official words that stand for each other, from a table that users can extend."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs

from corpus.errors import GlossaryError, reason
from corpus.lexicon import known
from index.terms import WORD, Term, term, terms

SHIPPED = Path(__file__).with_name("glossary.txt")
#: "gick hemtjänsten i Mark back": so many words may stand between those of an entry.
GAP = 4
OPPOSITE = "≠"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a report may write for words of a question; an ``opposite`` denies them."""

    text: str
    terms: tuple[Term, ...]
    opposite: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found in a question: its words at ``places``, counted from 0, may stand for any of ``meanings``."""

    places: tuple[int, ...]
    asked: str
    meanings: tuple[Meaning, ...]


#: Of each word of an entry its dictionary form, or an abbreviation as it is written.
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    asked: str
    keys: Keys
    meanings: tuple[Meaning, ...]


class Glossary:
    """Finds entries in questions. Without lines it finds nothing."""

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        """``lines`` are pairs of what is asked and one thing that it may stand for."""
        merged: dict[Keys, dict[str, Meaning]] = {}
        names: dict[Keys, str] = {}
        for asked, meant in lines:
            keys = _keys(asked)
            names.setdefault(keys, asked)
            text = meant.removeprefix(OPPOSITE).strip()
            merged.setdefault(keys, {})[text] = Meaning(text, tuple(terms(text)), meant.startswith(OPPOSITE))
        self._by_first: dict[str, list[_Entry]] = {}
        for keys, meanings in merged.items():
            entry = _Entry(names[keys], keys, tuple(meanings.values()))
            self._by_first.setdefault(keys[0], []).append(entry)

    @classmethod
    def read(cls, *paths: Path) -> "Glossary":
        """The glossary of one or more files, whose format is told at the head of the shipped one.

        Raises:
            GlossaryError: naming the file and the line that is wrong.
        """
        return cls(pair for path in paths for pair in _pairs(path))

    def find(self, row: Sequence[Term]) -> Iterator[Match]:
        """The entries whose words stand in a question's terms, the longest entries first, none overlapping."""
        forms = [_forms(each) for each in row]
        candidates = [
            (entry, start)
            for start, words in enumerate(forms)
            for word in words
            for entry in self._by_first.get(word, ())
        ]
        taken: set[int] = set()
        for entry, start in sorted(candidates, key=lambda candidate: -len(candidate[0].keys)):
            places = _places(entry.keys, forms, start)
            if places and not taken & set(places):
                taken.update(places)
                yield Match(places, entry.asked, entry.meanings)


def default_glossary() -> Glossary:
    """The shipped glossary with the user's own lines, from ``glossary.txt`` in the configuration folder.

    Each file is read once.

    Raises:
        GlossaryError: if the user's own lines can't be read.
    """
    own = Path(platformdirs.user_config_dir("rapportsvar")) / "glossary.txt"
    return _read_once(own if own.exists() else None)


@cache
def _read_once(own: Path | None) -> Glossary:
    return Glossary.read(SHIPPED, *([own] if own else []))


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        cause = reason(error) if isinstance(error, OSError) else "den är inte i UTF-8"
        raise GlossaryError(
            f"Ordlistan {path} går inte att läsa ({cause}); rätta filen eller flytta bort den."
        ) from error
    for number, line in enumerate(lines, 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        asked, colon, meant = line.partition(":")
        left = _listed(asked, "," if colon else "=")
        right = _listed(meant, ",")
        marks = ("=" in line) if colon else ("," in line)
        if marks or not left or not all(map(_keys, [*left, *right])) or (not right if colon else len(left) < 2):
            raise GlossaryError(
                f"Rad {number} i {path} går inte att förstå; skriv «ord: betydelse, betydelse» eller «ord = ord»."
            )
        yield from itertools.product(left, right) if colon else itertools.permutations(left, 2)


def _listed(text: str, mark: str) -> list[str]:
    return [item.strip() for item in text.split(mark) if item.strip()]


def _keys(text: str) -> Keys:
    return tuple(word if word.isupper() else term(word.lower()).lemma for word in WORD.findall(text))


def _forms(found: Term) -> tuple[str, ...]:
    """What a question's word may match: its dictionary form, or an abbreviation, in the genitive too."""
    word = found.word.upper()
    # "mars" is a month, and no genitive of MAR.
    genitive = word.endswith(":S") or (word.endswith("S") and not known(found.word))
    return (found.lemma, word, word[:-1].removesuffix(":")) if genitive else (found.lemma, word)


def _places(asked: Sequence[str], forms: Sequence[Sequence[str]], start: int) -> tuple[int, ...]:
    """Where the words of an entry that begins at ``start`` stand; empty if not all do."""
    places = [start]
    for word in asked[1:]:
        following = range(places[-1] + 1, min(places[-1] + 2 + GAP, len(forms)))
        place = next((at for at in following if word in forms[at]), None)
        if place is None:
            return ()
        places.append(place)
    return tuple(places)
