"""Whether a run is good enough: no measure under its bound, and none lost significantly since the baseline."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import RapportsvarError
from eval.measures import label
from eval.results import Run, difference
from eval.run import Evaluation
from eval.words import number

#: A loss that chance alone would show in fewer than one of twenty runs. It is tested for each
#: bounded measure by itself: a false alarm costs a look, a loss that slips through costs trust.
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on a measure: at least, or at most where ``upper``."""

    measure: str
    bound: float
    upper: bool

    def holds(self, summary: Mapping[str, float]) -> bool:
        """A measure that is missing has not reached its bound."""
        value = summary.get(self.measure)
        return value is not None and (value <= self.bound if self.upper else value >= self.bound)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the gate: what it asks, whether it holds, and what was found."""

    name: str
    passed: bool
    found: str


def load_thresholds(path: Path, name: str) -> list[Threshold]:
    """The table ``name`` of a TOML file of thresholds: ``recall = 0.9``, ``overrefused_at_most = 0.05``.

    Raises:
        RapportsvarError: if the file can't be read, has no such table, or a bound is no number.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))[name].items()
        return [Threshold(key.removesuffix("_at_most"), float(bound), key.endswith("_at_most")) for key, bound in table]
    # ValueError is what undecodable text, bad TOML and a bound that is no number have in common.
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise RapportsvarError(
            f"{path} går inte att läsa som gränsvärden; skriv till exempel recall = 0.9 under [{name}]."
        ) from error


def judge(
    evaluation: Evaluation, suite: str, thresholds: Sequence[Threshold], baseline: Run | None = None
) -> list[Check]:
    """All conditions: each threshold, and for each bounded measure no significant loss since ``baseline``.

    The loss is that of the cases that both runs have, by a paired randomization test.
    """
    checks = []
    for threshold in thresholds:
        value = evaluation.summary.get(threshold.measure)
        bound = f"{label(threshold.measure)} {'högst' if threshold.upper else 'minst'} {number(threshold.bound)}"
        checks.append(
            Check(bound, threshold.holds(evaluation.summary), "mättes inte" if value is None else number(value))
        )
    before = baseline.measures(suite) if baseline else {}
    if baseline and before:
        now = {outcome.case.id: outcome.measures for outcome in evaluation.outcomes}
        for name in dict.fromkeys(threshold.measure for threshold in thresholds):
            change = difference(name, before, now)
            if change is not None:
                found = f"{number(change.mean, sign=True)} på {change.cases} fall, p = {number(change.p)}"
                passed = not (change.loss and change.p < SIGNIFICANT)
                checks.append(Check(f"{label(name)} inte sämre än {baseline.version}", passed, found))
    return checks
