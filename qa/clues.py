"""What tells whether a sentence answers a question, as numbers: the scorer's features."""

import math
import re
from collections import OrderedDict
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.document import BlockKind, Report
from index.encode import Encoder, Vectors
from index.lexical import Weighted
from index.store import Library
from index.terms import Term, terms, words
from qa.cues import CAUSE, STRONG_CAUSE, asks_for_a_quantity, fits_kind, has_quantity
from qa.matching import Matcher
from qa.question import Kind, Question
from qa.retrieve import Hit
from qa.rows import row_above, table_words

#: Each clue of a sentence, in the order of the columns.
CLUES = (
    "coverage",  # the share of the question's information that it, its headings and the sentence before have,
    #              from 0 to 1, where words that are near in meaning count as far as they are near
    "unmet",  # the share that no sentence of its passage has
    "likeness",  # its cosine with the question above that of any passage
    "hit",  # its passage's score over the best passage's
    "fits",  # 1 if it has the quantity, time or person that is asked for, -1 if it lacks it, 0 if none is
    "near",  # how near a quantity stands to a word of the question, where one is asked for
    "cause",  # 1 if it tells a cause in so many words, where one is asked for; 0.5 if it may
    "length",  # the natural logarithm of its characters over 100
)
#: What a term found in a sentence's surroundings is worth, beside one in the sentence itself.
HEADING_WORTH = 0.7
BEFORE_WORTH = 0.6
#: A word of the question is met where it is matched so well.
MET = 0.3
NEAR_MATCH = 0.7
NAMED = 0.5
#: Words of a question that tell which way a thing went.
WAY_OF_IT = re.compile(
    r"^(?:\w*underskott|\w*överskott|\w*avvikelse|resultat|utfall|budget\w*|backa?|plus|minus|gå (?:back|plus|minus).*"
    r"|ök\w+|minsk\w+|sjunk\w*|stig\w*|hann|hinn\w+|lycka\w+|behöv\w*|för(?:bättr|sämr|ändr)\w+|mål|nå(?: målet)?"
    r"|uppfyll\w*|klara\w*|negativ\w*|positiv\w*|stora?|störst\w*|högst\w*|mest|flest|lägst\w*|minst|bäst|sämst"
    r"|pengar|ekonomi\w*|prognos\w*)$",
    re.I,
)
#: "Hur många fast anställda", "antal klagomål": what is counted stands within so many words.
COUNTED = re.compile(r"\b(?:hur m[åa]nga|antal(?:et)?|andel(?:en)?)\b", re.I)
NEAR_THE_COUNT = 3
#: Vectors of words and sentences that are kept between questions.
MOST_KEPT = 50_000

#: A stretch of a report that may answer, and the passage it was found in.
Span = tuple[Hit, Report, tuple[int, int]]


@lru_cache(maxsize=20_000)
def sentence_terms(text: str) -> tuple[Term, ...]:
    """The terms of a sentence; one question after another comes to the same sentences."""
    return tuple(terms(text))


class Naming(IntEnum):
    """Where the thing asked about is named: nowhere, in the sentence before, or in a sentence or its headings.

    FULLY is all that the question names, in the sentence or its headings.
    """

    NOWHERE = 0
    BEFORE = 1
    ITSELF = 2
    FULLY = 3


class TextVectors:
    """The encoder's vectors of words and sentences, the latest of them kept."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def __call__(self, row: Sequence[str]) -> Vectors:
        """The vectors of texts; shape (len(row), dimension)."""
        new = [word for word in dict.fromkeys(row) if word not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode_passages(new), strict=True))
        found = np.zeros((len(row), self._encoder.info.dimension), np.float32)
        for at, word in enumerate(row):
            found[at] = self._known[word]
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return found


def clues(
    question: Question,
    query: Sequence[Weighted],
    spans: Sequence[Span],
    library: Library,
    encoder: Encoder,
    vectors: TextVectors,
) -> tuple[NDArray[np.float64], list[float], list[Naming]]:
    """The clues of sentences, those of a passage following each other; shape (len(spans), len(CLUES)).

    With them, for each sentence, the share of the question that it and its surroundings have, and
    where the thing asked about is named.
    """
    matcher = Matcher(query)
    top = max(hit.score for hit, _, _ in spans)
    texts = [report.text[start:end] for _, report, (start, end) in spans]
    asked = encoder.encode_queries([question.subject])[0]
    # How much nearer than any passage would be: encoders differ in where their cosines begin.
    likeness = vectors(texts) @ asked - library.dense.background(asked)
    own = [matcher.matches(sentence_terms(text)) for text in texts]
    of_passage: dict[int, list[float]] = {}
    for (hit, _, _), each in zip(spans, own, strict=True):
        so_far = of_passage.get(id(hit), [0.0] * len(matcher))
        of_passage[id(hit)] = [max(pair) for pair in zip(so_far, each, strict=True)]
    similar = _Similar(matcher, vectors)
    rows = np.zeros((len(spans), len(CLUES)))
    coverage, naming = [], []
    named = [at for at, concept in enumerate(matcher.concepts) if not WAY_OF_IT.search(concept)]
    things = _things(question, matcher, named)
    previous: Hit | None = None
    above = before = [0.0] * len(matcher)
    for at, (hit, report, (start, _)) in enumerate(spans):
        if hit is not previous:
            previous, before = hit, [0.0] * len(matcher)
            above = matcher.matches(terms(" ".join(hit.passage.heading_path[-2:])))
        block = report.block_at(start)
        head = table_words(report, block) if block.kind is BlockKind.ROW else row_above(report, block)
        over = [max(pair) for pair in zip(above, matcher.matches(terms(head)), strict=True)] if head else above
        joint = [
            max(mine, HEADING_WORTH * heading, BEFORE_WORTH * earlier)
            for mine, heading, earlier in zip(own[at], over, before, strict=True)
        ]
        before = own[at]
        coverage.append(matcher.coverage(joint))
        here = [max(mine, HEADING_WORTH * heading) for mine, heading in zip(own[at], over, strict=True)]
        naming.append(_naming(here, joint, things, named))
        around = of_passage[id(hit)]
        rows[at] = (
            matcher.coverage([max(pair) for pair in zip(joint, similar(texts[at]), strict=True)]),
            matcher.coverage([float(each < MET) for each in around]),
            likeness[at],
            hit.score / top if top else 0.0,
            _fits(question, texts[at]),
            _nearness(question, texts[at], matcher),
            _cause(question, texts[at]),
            math.log(max(len(texts[at]), 10) / 100),
        )
    return rows, coverage, naming


def _naming(here: Sequence[float], joint: Sequence[float], things: set[int], named: Sequence[int]) -> Naming:
    """Where the things asked about are named, from how well each concept is met ``here`` and around."""
    if all(here[at] >= NAMED for at in named):
        return Naming.FULLY
    if any(here[at] >= NAMED for at in things):
        return Naming.ITSELF
    return Naming.BEFORE if any(joint[at] >= NAMED for at in things) else Naming.NOWHERE


def _things(question: Question, matcher: Matcher, named: Sequence[int]) -> set[int]:
    """Which of the concepts that name something are the thing asked about: what tells most, and what is counted."""
    found = matcher.most_telling(named)
    counted = COUNTED.search(question.subject)
    following = terms(question.subject[counted.end() :])[:NEAR_THE_COUNT] if counted else []
    for each in following:
        for at in named:
            if each.lemma in {one.lemma for one in terms(matcher.concepts[at])}:
                return {*found, at}
    return found


class _Similar:
    """For each concept of a question, how near in meaning the nearest word of a text is, from 0 to 1.

    As in late interaction (Khattab and Zaharia 2020), with vectors of words that know no context.
    """

    def __init__(self, matcher: Matcher, vectors: TextVectors) -> None:
        self._vectors = vectors
        rows = [vectors(words(concept) or [concept]).mean(axis=0) for concept in matcher.concepts]
        self._asked = np.stack(rows) if rows else np.zeros((0, 1), np.float32)
        self._asked /= np.maximum(np.linalg.norm(self._asked, axis=1, keepdims=True), 1e-9)

    def __call__(self, text: str) -> list[float]:
        row = words(text)
        if not row or not len(self._asked):
            return [0.0] * len(self._asked)
        near: list[float] = np.clip((self._asked @ self._vectors(row).T).max(axis=1), 0.0, 1.0).tolist()
        return near


def _fits(question: Question, text: str) -> float:
    fits = fits_kind(question, text)
    return 0.0 if fits is None else 1.0 if fits else -1.0


def _nearness(question: Question, text: str, matcher: Matcher) -> float:
    """1 over the distance in words between a quantity and a word of the question; 0 where none is asked for."""
    if not asks_for_a_quantity(question):
        return 0.0
    row = sentence_terms(text)
    met = [at for at, each in enumerate(row) if matcher.meets(each) >= NEAR_MATCH]
    numbers = [at for at, each in enumerate(row) if has_quantity(each.word)]
    return max((1 / (1 + abs(a - b)) for a in met for b in numbers), default=0.0)


def _cause(question: Question, text: str) -> float:
    if question.kind is not Kind.WHY:
        return 0.0
    return 1.0 if STRONG_CAUSE.search(text) else 0.5 if CAUSE.search(text) else 0.0
