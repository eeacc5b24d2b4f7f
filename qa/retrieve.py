"""A question's scope and topic to ranked passages: lexical and dense search, fused."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from corpus.document import Passage
from index.encode import Encoder
from index.glossary import Glossary, Match, default_glossary
from index.holdings import Holdings
from index.lexical import Weighted
from index.spelling import Speller
from index.store import Library
from qa.question import Question, frame_words, in_scope


class Mode(StrEnum):
    """Which of the two searches to use."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with how well it fits the question; higher is better."""

    passage: Passage
    score: float


#: Of the passages found, so many are read for evidence.
READ = 10
#: How many candidates each search brings to the fusion.
CANDIDATES = 100
#: The lexical share of the fused score; the dense share is the rest.
LEXICAL_SHARE = 0.5
#: What a word for the organisation or the report, which every page may have, is worth beside what is asked of it. Of
#: .3, .6 and 1 the least found most (recall@5 of the real reports .935, .922 and .922).
FRAME_WEIGHT = 0.3
#: What a report of a year that was asked for has before the others.
YEAR_BONUS = 0.45


def fuse(
    lexical: Mapping[int, float], cosine: Mapping[int, float], background: float, share: float = LEXICAL_SHARE
) -> dict[int, float]:
    """A convex combination of the two searches' scores (Bruch, Gai and Ingber 2023).

    BM25 is divided by its best. Cosines are measured from ``background``, a question's mean
    cosine with all passages, and divided by the root of how far the best of them reaches: some
    encoders' reach from .7 to .9 and ours from 0 to .6, but a best that is near counts for more
    than one that is not. A passage that one of the two searches lacks has nothing from it.
    """
    top = max(lexical.values(), default=1.0)
    reach = max(max(cosine.values(), default=0.0) - background, 1e-6)
    return {
        number: share * lexical.get(number, 0.0) / top
        + (1 - share) * max(0.0, cosine.get(number, background) - background) / math.sqrt(reach)
        for number in lexical.keys() | cosine.keys()
    }


class Retriever:
    """Searches one library."""

    def __init__(
        self, library: Library, encoder: Encoder, mode: Mode = Mode.HYBRID, glossary: Glossary | None = None
    ) -> None:
        """Without a ``glossary``, the shipped one with the user's own lines.

        Raises:
            GlossaryError: if the user's own lines can't be read.
        """
        self._library = library
        self._encoder = encoder
        self._mode = mode
        self._glossary = default_glossary() if glossary is None else glossary

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._library.vocabulary, self._glossary)

    def warm(self) -> None:
        """Load what a question may need of the whole library."""
        self._speller.warm()
        self._library.dense.background(self._encoder.encode_queries(["budget"])[0])

    def terms(self, text: str) -> list[Weighted]:
        """The terms of a text to search for."""
        return self._speller.weighted_terms(text)

    def _sought(self, text: str) -> list[Weighted]:
        framing = frame_words(text)
        return [
            replace(each, weight=each.weight * FRAME_WEIGHT) if each.term.word in framing else each
            for each in self.terms(text)
        ]

    def read(self, text: str) -> str:
        """A question as it was meant, by the words of the reports."""
        return self._speller.read(text)

    def readings(self, text: str) -> list[Match]:
        """The glossary's entries in a text: what else its words may stand for."""
        return self._speller.readings(text)

    def search(self, question: Question, k: int, only: Collection[int] = ()) -> list[Hit]:
        """The ``k`` best passages in a question's scope, best first; of reports of the years in ``only``, if any."""
        entries = in_scope(self._library.entries, question.scope)
        if only:
            entries = Holdings(entry for entry in entries if entry.period and entry.period.year in only)
        if not entries:
            return []
        everything = len(entries) == len(self._library.entries)
        reports = None if everything else [entry.report_id for entry in entries]
        lexical: dict[int, float] = {}
        cosine: dict[int, float] = {}
        background = 0.0
        if self._mode is not Mode.DENSE:
            lexical = dict(self._library.lexical.search(self._sought(question.topic), max(k, CANDIDATES), reports))
        if self._mode is not Mode.LEXICAL:
            vector = self._encoder.encode_queries([question.topic])[0]
            cosine = dict(self._library.dense.search(vector, max(k, CANDIDATES), reports))
            missing = [number for number in lexical if number not in cosine]
            background = self._library.dense.background(vector)
            cosine.update(zip(missing, self._library.dense.cosines(vector, missing), strict=True))
        share = {Mode.HYBRID: LEXICAL_SHARE, Mode.LEXICAL: 1.0, Mode.DENSE: 0.0}[self._mode]
        fused = fuse(lexical, cosine, background, share)
        passages = self._library.catalogue.passages(list(fused))
        asked = {e.report_id for e in entries if e.period and e.period.year in question.scope.years}
        hits = [
            (fused[number] + (YEAR_BONUS if passage.report_id in asked else 0.0), number, passage)
            for number, passage in passages.items()
        ]
        hits.sort(key=lambda hit: (-hit[0], hit[1]))
        return [Hit(passage, score) for score, _, passage in hits[:k]]
