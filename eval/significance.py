"""How sure a mean is, and whether the difference between two runs is more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import numpy as np
from scipy.stats import binomtest, bootstrap, permutation_test

from eval.measures import MEASURES, Measures
from eval.run import Evaluation

RESAMPLES = 4999
SEED = 7


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean over cases (Efron 1979) of values from 0 to 1.

    Where all are 0 or all are 1 resampling tells nothing, and it is Wilson's interval (1927).
    """
    if set(values) in ({0.0}, {1.0}):
        wilson = binomtest(int(sum(values)), len(values)).proportion_ci(method="wilson")
        return float(wilson.low), float(wilson.high)
    return _bootstrap(values)


def _bootstrap(values: Sequence[float]) -> tuple[float, float]:
    if len(set(values)) == 1:
        return values[0], values[0]
    found = bootstrap(
        (np.asarray(values),), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(SEED)
    ).confidence_interval
    return float(found.low), float(found.high)


def intervals(evaluation: Evaluation) -> dict[str, tuple[float, float]]:
    """The interval of each measure's mean."""
    return {name: interval(list(values.values())) for name in MEASURES if (values := evaluation.values(name))}


def loss_p(differences: Sequence[float]) -> float:
    """The one-sided p value of a mean difference below 0: a paired randomization test.

    Under the null hypothesis each case's difference is as likely to have the other sign (Smucker,
    Allan and Carterette 2007). Pairs without a difference change no permutation's order and are
    left out; few pairs are permuted exactly, many by a fixed seed.
    """
    changed = np.asarray([each for each in differences if each])
    if not len(changed):
        return 1.0
    if len(changed) == 1:
        # Two permutations: the difference and its negative.
        return 0.5 if changed[0] < 0 else 1.0
    test = permutation_test(
        (changed, np.zeros(len(changed))),
        lambda a, b, axis: (a - b).sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=2 * RESAMPLES + 1,
        alternative="less",
        rng=np.random.default_rng(SEED),
    )
    return float(test.pvalue)


@dataclass(frozen=True)
class Difference:
    """How a measure changed: its values before and after for the cases that two runs both measured."""

    before: tuple[float, ...]
    after: tuple[float, ...]
    lower_is_better: bool = False

    @property
    def cases(self) -> int:
        return len(self.before)

    @property
    def mean(self) -> float:
        return fmean(self._steps)

    @property
    def loss(self) -> bool:
        return self.mean > 0 if self.lower_is_better else self.mean < 0

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95 % bootstrap interval of the mean difference."""
        return _bootstrap(self._steps)

    @cached_property
    def p(self) -> float:
        """The one-sided p value of a loss."""
        return loss_p([-step for step in self._steps] if self.lower_is_better else self._steps)

    @property
    def _steps(self) -> list[float]:
        return [after - before for before, after in zip(self.before, self.after, strict=True)]


def difference(name: str, before: Mapping[str, Measures], after: Mapping[str, Measures]) -> Difference | None:
    """The paired difference of a measure; None if no case has it in both runs."""
    both = [case for case in after if name in after[case] and case in before and name in before[case]]
    if not both or name not in MEASURES:
        return None
    return Difference(
        tuple(before[case][name] for case in both),
        tuple(after[case][name] for case in both),
        MEASURES[name].lower_is_better,
    )
