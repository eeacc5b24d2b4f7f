"""How sure a mean is, and whether the difference between two runs is more than chance."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import bootstrap, permutation_test

RESAMPLES = 4999
SEED = 7


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean over cases (Efron 1979); the mean itself for one case."""
    if len(values) < 2:
        return float(np.mean(values)), float(np.mean(values))
    found = bootstrap(
        (np.asarray(values),), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(SEED)
    ).confidence_interval
    return float(found.low), float(found.high)


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
