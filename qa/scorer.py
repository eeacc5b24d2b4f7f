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
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scorer:
    """Which sentence of several answers, and how probable it is that the best one does.

    ``ranking`` has a weight for each of CLUES. The odds that it gives a sentence against the others
    tell more of whether any of them is an answer than the clues themselves do, and carry over from
    one sort of text to another; ``slope`` and ``offset`` turn them into a probability (Platt 1999).
    All but one in a hundred of the right answers to known questions were at least ``enough`` probable.
    ``qa.training`` fits all of them.
    """

    ranking: Floats
    slope: float
    offset: float
    enough: float

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Self:
        """The weights of a file that ``write`` has made."""
        values = json.loads(path.read_text(encoding="utf-8"))
        ranking = np.array([values["ranking"][name] for name in CLUES])
        return cls(ranking, values["slope"], values["offset"], values["enough"])

    def write(self, path: Path, made: dict[str, object]) -> None:
        """Save the weights, with what ``made`` says of how they came about."""
        values = {
            "ranking": dict(zip(CLUES, np.round(self.ranking, 4).tolist(), strict=True)),
            "slope": round(self.slope, 4),
            "offset": round(self.offset, 4),
            "enough": round(self.enough, 4),
            "made": made,
        }
        path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def scores(self, clues: Floats) -> Floats:
        """The log-odds of each sentence against the others; shape (len(clues),)."""
        return clues @ self.ranking

    def strengths(self, share: Floats) -> Floats:
        """The probability, from 0 to 1, that sentences with a ``share`` of the odds answer; shape as given."""
        return 1 / (1 + np.exp(-(self.slope * share + self.offset)))


def shares(scores: Floats) -> Floats:
    """Each sentence's share of the odds of all; shape (len(scores),)."""
    odds = np.exp(scores - scores.max(initial=0.0))
    return np.asarray(odds / max(odds.sum(), 1e-12))


@cache
def default_scorer() -> Scorer:
    """The shipped weights, read once."""
    return Scorer.read()
