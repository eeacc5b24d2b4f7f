"""A run as JSON: written, read back, and compared with another."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import RapportsvarError, reason
from eval.cases import Case
from eval.measures import Measures
from eval.run import Evaluation, Outcome
from eval.significance import intervals

#: The results of each release, by version.
RELEASES = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was written before: its file's name without ending, and by suite and case id what was measured.

    A release's file is named by its version.
    """

    name: str
    suites: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def measures(self, suite: str, fingerprints: Mapping[str, str]) -> dict[str, Measures]:
        """The measures of a suite's cases, by id, where the case is the one with that fingerprint."""
        return {
            name: case["measures"]
            for name, case in self.suites.get(suite, {}).items()
            if fingerprints.get(name) == case["fingerprint"]
        }

    def knows(self, suite: str, cases: Iterable[Case]) -> bool:
        """Whether it has any of a suite's cases as they are."""
        return bool(self.measures(suite, {case.id: case.fingerprint for case in cases}))

    def fingerprints(self, suite: str) -> dict[str, str]:
        """The fingerprints of a suite's cases, by id; empty if the run has no such suite."""
        return {name: case["fingerprint"] for name, case in self.suites.get(suite, {}).items()}


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


def _case(outcome: Outcome) -> dict[str, Any]:
    answer = outcome.answer
    return {
        "id": outcome.case.id,
        "fingerprint": outcome.case.fingerprint,
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
KEPT = ("id", "fingerprint", "kind", "style", "status", "right", "measures")


def released(results: Mapping[str, Any]) -> dict[str, Any]:
    """Results as they are committed: without questions, answers and times."""
    suites = {
        name: {
            **{part: suite[part] for part in ("summary", "intervals", "kinds", "styles", "reasons")},
            "cases": [{part: case[part] for part in KEPT} for case in suite["cases"]],
        }
        for name, suite in results["suites"].items()
    }
    return {"version": results["version"], "suites": suites}


def load_run(path: Path) -> Run:
    """A run that ``--json`` or a release wrote.

    Raises:
        RapportsvarError: if the file can't be read as one.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        suites = {
            name: {case["id"]: {part: case[part] for part in KEPT} for case in suite["cases"]}
            for name, suite in found["suites"].items()
        }
        return Run(path.stem, suites)
    except OSError as error:
        raise RapportsvarError(f"{path} gick inte att läsa: {reason(error)}; ange en fil med resultat.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RapportsvarError(
            f"{path} går inte att läsa som resultat; ange en fil som python -m eval --json har skrivit."
        ) from error


def latest_release(folder: Path = RELEASES) -> Run | None:
    """The results of the newest version in a folder; None if it has none."""
    named = (path for path in folder.glob("*.json") if re.fullmatch(r"\d+(\.\d+)*", path.stem))
    files = sorted(named, key=lambda path: [int(part) for part in path.stem.split(".")])
    return load_run(files[-1]) if files else None
