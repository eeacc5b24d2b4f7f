"""Which words of a passage are those that were searched for."""

from collections.abc import Sequence

from index.lexical import Weighted
from index.terms import WORD, is_stop, term
from qa.matching import Matcher

#: Half of a compound is enough to show why a passage was found: "hemtjänst" in "hemtjänsttimmar".
SHOWN = 0.5


def marked_words(text: str, query: Sequence[Weighted]) -> list[tuple[int, int]]:
    """The start and end of each word of ``text`` that has a word of the query, or a part of one, or a synonym."""
    matcher = Matcher(query)
    return [
        match.span()
        for match in WORD.finditer(text)
        if not is_stop(match[0].lower()) and matcher.meets(term(match[0].lower())) >= SHOWN
    ]
