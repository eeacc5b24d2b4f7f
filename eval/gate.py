"""Whether a run is good enough: no measure under its bound, and none lost significantly since the baseline."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import RapportsvarError, reason
from eval.measures import MEASURES, WHOLE, Measures, Of, label
from eval.results import Run
from eval.run import Evaluation, Outcome
from eval.significance import difference
from eval.words import number

#: A loss that chance alone would show in fewer than one of twenty runs. It is tested for each
#: measure by itself: a false alarm costs a look, a loss that slips through costs trust.
SIGNIFICANT = 0.05
#: What an upper bound's name ends in.
AT_MOST = "_at_most"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on a measure: at least, or at most where ``upper``."""

    measure: str
    bound: float
    upper: bool

    def holds(self, evaluation: Evaluation) -> bool:
        """Whether it is reached; a measure that is missing is not, unless the run has nothing to measure."""
        value = evaluation.summary.get(self.measure)
        if value is None:
            return not any(_measured(self.measure, outcome) for outcome in evaluation.outcomes)
        return value <= self.bound if self.upper else value >= self.bound


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the gate: what it asks, whether it holds, and what was found."""

    name: str
    passed: bool
    found: str


def load_thresholds(path: Path, name: str) -> list[Threshold]:
    """The table ``name`` of a TOML file of thresholds: ``recall = 0.9``, ``overrefused_at_most = 0.05``.

    Raises:
        RapportsvarError: if the file can't be read, has no such table, or a bound cannot be one.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RapportsvarError(f"{path} gick inte att läsa: {reason(error)}; ange en fil med gränsvärden.") from error
    except ValueError as error:
        raise RapportsvarError(
            f"{path} går inte att läsa som gränsvärden; skriv till exempel recall = 0.9 (med punkt) under [{name}]."
        ) from error
    table = tables.get(name)
    if not isinstance(table, dict):
        raise RapportsvarError(f"{path} saknar tabellen [{name}]; skriv gränsvärdena under den.")
    for key, bound in table.items():
        if not isinstance(bound, int | float):
            raise RapportsvarError(f"{path}: gränsen {key} ska vara ett tal med decimalpunkt, till exempel 0.9.")
    found = [Threshold(key.removesuffix(AT_MOST), float(bound), key.endswith(AT_MOST)) for key, bound in table.items()]
    for each in found:
        if each.measure not in MEASURES | WHOLE:
            raise RapportsvarError(
                f"{path}: måttet {each.measure} finns inte; välj bland {', '.join(sorted(MEASURES | WHOLE))}."
            )
        if each.upper != (MEASURES | WHOLE)[each.measure].lower_is_better and each.measure != "characters":
            wanted = each.measure if each.upper else f"{each.measure}{AT_MOST}"
            raise RapportsvarError(f"{path}: gränsen för {each.measure} är åt fel håll; skriv {wanted}.")
        if each.measure != "characters" and not 0 <= each.bound <= 1:
            raise RapportsvarError(f"{path}: gränsen för {each.measure} ska vara ett tal från 0 till 1.")
    return found


def judge(
    evaluation: Evaluation, suite: str, thresholds: Sequence[Threshold], baseline: Run | None = None
) -> list[Check]:
    """All conditions: no errors, each threshold, and no measure significantly worse than in ``baseline``.

    The loss is that of the cases that both runs have unchanged, by a paired randomization test. What
    only a whole run has, such as F1, is not compared.
    """
    errors = evaluation.errors
    checks = [Check("inga fel vid frågorna", not errors, f"{len(errors)} fel")]
    for threshold in thresholds:
        value = evaluation.summary.get(threshold.measure)
        bound = f"{label(threshold.measure)} {'högst' if threshold.upper else 'minst'} {number(threshold.bound)}"
        found = "inget att mäta" if value is None else number(value)
        checks.append(Check(bound, threshold.holds(evaluation), found))
    if baseline:
        before, now = paired(evaluation, suite, baseline)
        for name in MEASURES:
            change = difference(name, before, now)
            if change is not None:
                found = f"{number(change.mean, sign=True)} på {change.cases} fall, p = {number(change.p)}"
                worse = change.loss and change.p < SIGNIFICANT
                checks.append(Check(f"{label(name)} inte sämre än {baseline.name}", not worse, found))
    return checks


def paired(evaluation: Evaluation, suite: str, baseline: Run) -> tuple[dict[str, Measures], dict[str, Measures]]:
    """The measures, then and now, of the cases that are the same in both, by id."""
    now = {outcome.case.id: outcome.measures for outcome in evaluation.outcomes}
    before = baseline.measures(suite, {outcome.case.id: outcome.case.fingerprint for outcome in evaluation.outcomes})
    return before, now


def _measured(name: str, outcome: Outcome) -> bool:
    """Whether a measure is taken of an outcome's sort of case."""
    of = (MEASURES | WHOLE)[name].of
    return {
        Of.ANSWERABLE: outcome.case.answerable,
        Of.UNANSWERABLE: not outcome.case.answerable,
        Of.ANSWERS: outcome.answered,
    }[of]
