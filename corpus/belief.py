"""What a document probably is: candidates with probabilities, by weights fitted on labelled documents."""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

WEIGHTS = Path(__file__).with_name("weights.json")
#: No more candidates are kept, and none that is less probable than this.
MOST, LEAST = 4, 0.02

#: What speaks for each candidate, by name; None is that it is none of them.
Features = dict[Any, dict[str, float]]
#: Candidates, most probable first.
Belief = dict[Any, float]


def likely(kind: str, found: Features) -> Belief:
    """The candidates' probabilities: a multinomial logit (McFadden 1974) of what speaks for each."""
    shares = probabilities(found, _weights()[kind])
    ranked = sorted((each for each in shares.items() if each[0] is not None), key=lambda each: (-each[1], each[0]))
    return {candidate: round(share, 3) for candidate, share in ranked[:MOST] if share >= LEAST}


def probabilities(found: Features, weights: Mapping[str, float]) -> Belief:
    """Each candidate's probability, that of None too."""
    odds = {each: sum(weights.get(name, 0.0) * value for name, value in row.items()) for each, row in found.items()}
    top = max(odds.values())
    total = sum(math.exp(each - top) for each in odds.values())
    return {candidate: math.exp(each - top) / total for candidate, each in odds.items()}


@cache
def _weights() -> dict[str, dict[str, float]]:
    written: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return written
