"""Ask every case and average the measures."""

import statistics
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import RapportsvarError
from eval.cases import Case
from eval.measures import Measures, measure
from qa.answer import Answer
from qa.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case with its answer, its measures and the seconds it took; ``error`` if asking failed."""

    case: Case
    answer: Answer | None
    measures: Measures
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All outcomes of a run."""

    outcomes: tuple[Outcome, ...]

    @property
    def summary(self) -> dict[str, float]:
        """The mean of each measure over the cases that have it, the length of answers and the time."""
        summary = means(outcome.measures for outcome in self.outcomes)
        lengths = [len(o.answer.text) for o in self.outcomes if o.answer and o.measures.get("overrefused") == 0.0]
        summary["characters"] = statistics.median(lengths) if lengths else 0.0
        times = sorted(outcome.seconds for outcome in self.outcomes)
        summary["p95_ms"] = round(1000 * times[int(0.95 * (len(times) - 1))], 1) if times else 0.0
        return summary

    def by(self, attribute: str) -> dict[str, dict[str, float]]:
        """The means for each value of a case's ``kind`` or ``style``."""
        groups: defaultdict[str, list[Measures]] = defaultdict(list)
        for outcome in self.outcomes:
            groups[getattr(outcome.case, attribute)].append(outcome.measures)
        return {name: {"cases": float(len(rows)), **means(rows)} for name, rows in sorted(groups.items())}


def means(rows: Iterable[Measures]) -> dict[str, float]:
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            values[name].append(value)
    return {name: round(statistics.mean(found), 4) for name, found in sorted(values.items())}


def evaluate(
    assistant: Assistant, cases: Sequence[Case], progress: Callable[[int, int], None] | None = None
) -> Evaluation:
    """Ask each case. An error counts as a wrong answer, and is kept to be shown."""
    outcomes = []
    for number, case in enumerate(cases, 1):
        began = time.perf_counter()
        try:
            answer = assistant.ask(case.question)
            seconds = time.perf_counter() - began
            outcomes.append(Outcome(case, answer, measure(case, answer, assistant.library), seconds))
        except RapportsvarError as error:
            failed = (
                {"recall": 0.0, "correct": 0.0, "cited": 0.0, "overrefused": 1.0}
                if case.answerable
                else {"refused": 0.0}
            )
            outcomes.append(Outcome(case, None, failed, time.perf_counter() - began, str(error)))
        if progress:
            progress(number, len(cases))
    return Evaluation(tuple(outcomes))


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on a measure: at least, or at most where ``upper``."""

    measure: str
    bound: float
    upper: bool

    def holds(self, summary: dict[str, float]) -> bool:
        """A measure that is missing has not reached its bound."""
        value = summary.get(self.measure)
        return value is not None and (value <= self.bound if self.upper else value >= self.bound)


def load_thresholds(path: Path, name: str) -> list[Threshold]:
    """The table ``name`` of a TOML file of thresholds: ``recall = 0.9``, ``overrefused_at_most = 0.05``.

    Raises:
        RapportsvarError: if the file can't be read or has no such table.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise RapportsvarError(f"{path} saknar gränsvärdena [{name}] eller går inte att läsa som TOML.") from error
    return [
        Threshold(key.removesuffix("_at_most"), float(bound), key.endswith("_at_most")) for key, bound in table.items()
    ]
