"""A run as JSON: written, read back, and compared with another."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import RapportsvarError
from eval.measures import MEASURES, Measures
from eval.run import Evaluation, Outcome
from eval.significance import interval, loss_p

#: The results of each release, by version.
RELEASES = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was written before: its version, and by suite and case id what was measured."""

    version: str
    suites: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def measures(self, suite: str) -> dict[str, Measures]:
        """The measures of a suite's cases, by id; empty if the run has no such suite."""
        return {name: case["measures"] for name, case in self.suites.get(suite, {}).items()}


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """One suite's results, each measure with its 95 % interval."""
    return {
        "summary": evaluation.summary,
        "intervals": intervals(evaluation),
        "kinds": evaluation.by(lambda case: case.kind),
        "styles": evaluation.by(lambda case: case.style),
        "reasons": evaluation.by(lambda case: case.reason),
        "latency_ms": evaluation.latency,
        "risk_coverage": evaluation.risk_coverage,
        "cases": [_case(outcome) for outcome in evaluation.outcomes],
    }


def intervals(evaluation: Evaluation) -> dict[str, tuple[float, float]]:
    """The bootstrap interval of each measure's mean."""
    return {name: interval(list(values.values())) for name in MEASURES if (values := evaluation.values(name))}


def _case(outcome: Outcome) -> dict[str, Any]:
    answer = outcome.answer
    return {
        "id": outcome.case.id,
        "question": outcome.case.question,
        "kind": outcome.case.kind,
        "style": outcome.case.style,
        "status": answer.status.value if answer else "error",
        "right": outcome.right,
        "measures": outcome.measures,
        "answer": answer.text if answer else outcome.error,
        "citations": [
            {"file": each.file, "page": each.page, "quote": each.quote} for each in (answer.citations if answer else ())
        ],
        "confidence": answer.confidence if answer else 0.0,
        "ms": 1000 * outcome.seconds,
    }


#: What a release keeps of a case: no text of reports that may be others' own.
KEPT = ("id", "kind", "style", "status", "right", "measures")


def released(results: Mapping[str, Any]) -> dict[str, Any]:
    """Results as they are committed: without questions, answers and times, figures rounded."""
    suites = {
        name: {
            **{part: suite[part] for part in ("summary", "intervals", "kinds", "styles", "reasons")},
            "cases": [{part: case[part] for part in KEPT} for case in suite["cases"]],
        }
        for name, suite in results["suites"].items()
    }
    return {"version": results["version"], "suites": _rounded(suites)}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value


def load_run(path: Path) -> Run:
    """A run that ``--json`` or a release wrote.

    Raises:
        RapportsvarError: if the file can't be read as one.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        suites = {
            name: {case["id"]: {**case, "measures": dict(case["measures"])} for case in suite["cases"]}
            for name, suite in found["suites"].items()
        }
        return Run(str(found["version"]), suites)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RapportsvarError(
            f"{path} går inte att läsa som resultat; ange en fil som python -m eval --json har skrivit."
        ) from error


def latest_release(folder: Path = RELEASES) -> Run | None:
    """The results of the newest version in a folder; None if it has none."""
    files = sorted(folder.glob("*.json"), key=lambda path: [int(part) for part in path.stem.split(".")])
    return load_run(files[-1]) if files else None


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure changed over the cases that two runs both measured; ``p`` is of a loss."""

    before: float
    after: float
    mean: float
    low: float
    high: float
    cases: int
    p: float
    loss: bool


def difference(name: str, before: Mapping[str, Measures], after: Mapping[str, Measures]) -> Difference | None:
    """The paired difference of a measure, with its 95 % interval; None if no case has it in both runs."""
    both = [case for case in after if name in after[case] and case in before and name in before[case]]
    if not both or name not in MEASURES:
        return None
    steps = [after[case][name] - before[case][name] for case in both]
    sign = -1 if MEASURES[name].lower_is_better else 1
    low, high = interval(steps)
    mean = sum(steps) / len(steps)
    return Difference(
        before=sum(before[case][name] for case in both) / len(both),
        after=sum(after[case][name] for case in both) / len(both),
        mean=mean,
        low=low,
        high=high,
        cases=len(both),
        p=loss_p([sign * step for step in steps]),
        loss=sign * mean < 0,
    )
