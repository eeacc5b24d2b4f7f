"""How well sentences answer, from their clues, by weights that were fitted on questions with known answers."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qa.clues import CLUES

SHIPPED = Path(__file__).with_name("scorer.json")
#: What tells whether the best sentence is an answer at all: its clues, its score, its share of all
#: scores, and the share of the question that no passage has.
SIGNS = (*CLUES, "score", "share", "absent")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scorer:
    """Two logistic models: which sentence of several answers, and whether one answers at all.

    ``ranking`` has a weight for each of CLUES; ``answering`` one for each of SIGNS, and ``offset``
    is its constant. ``qa.training`` fits them.
    """

    ranking: Floats
    answering: Floats
    offset: float

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Self:
        """The weights of a file that ``write`` has made."""
        values = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            np.array([values["ranking"][name] for name in CLUES]),
            np.array([values["answering"][name] for name in SIGNS]),
            values["offset"],
        )

    def write(self, path: Path, made: dict[str, object]) -> None:
        """Save the weights, with what ``made`` says of how they came about."""
        values = {
            "ranking": dict(zip(CLUES, np.round(self.ranking, 4).tolist(), strict=True)),
            "answering": dict(zip(SIGNS, np.round(self.answering, 4).tolist(), strict=True)),
            "offset": round(self.offset, 4),
            "made": made,
        }
        path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def scores(self, clues: Floats) -> Floats:
        """The log-odds of each sentence against the others; shape (len(clues),)."""
        return clues @ self.ranking

    def strengths(self, clues: Floats, absent: float) -> Floats:
        """The probability, from 0 to 1, that each sentence answers; shape (len(clues),)."""
        return 1 / (1 + np.exp(-(signs(clues, self.scores(clues), absent) @ self.answering + self.offset)))


def signs(clues: Floats, scores: Floats, absent: float) -> Floats:
    """What tells of each sentence whether it answers; shape (len(clues), len(SIGNS))."""
    odds = np.exp(scores - scores.max(initial=0.0))
    return np.column_stack([clues, scores, odds / max(odds.sum(), 1e-12), np.full(len(clues), absent)])


@cache
def default_scorer() -> Scorer:
    """The shipped weights, read once."""
    return Scorer.read()
