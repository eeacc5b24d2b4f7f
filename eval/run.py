"""Ask every case, and sum up what came back."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median, quantiles

from corpus.errors import RapportsvarError
from eval.cases import Case
from eval.measures import Measures, cited_groups, failed, measure, on_evidence
from eval.places import Places
from eval.ranking import ranking, ranks
from qa.answer import Answer, Status
from qa.assistant import Assistant
from qa.question import Question


@dataclass(frozen=True, slots=True)
class Support:
    """What became of an evidence group: the 1-based rank of the first passage with it, and whether it is cited."""

    rank: int | None
    cited: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case with its answer, its measures and the seconds it took; without an answer, why asking failed.

    ``support`` has an entry for each evidence group, ``on_evidence`` for each of the answer's citations.
    """

    case: Case
    answer: Answer | None
    measures: Measures
    seconds: float
    support: tuple[Support, ...] = ()
    on_evidence: tuple[bool, ...] = ()
    error: str = ""

    @property
    def right(self) -> bool:
        """Whether it is correct or, for an unanswerable case, refused as it should be."""
        return self.measures["correct" if self.case.answerable else "refused"] == 1.0

    @property
    def answered(self) -> bool:
        return self.answer is not None and self.answer.status is Status.ANSWERED

    @property
    def verdict(self) -> str:
        """What became of it, in a few Swedish words."""
        if self.answer is None:
            return "fel vid frågan"
        if self.case.answerable:
            if self.right:
                return "rätt svar" if self.measures["cited"] else "rätt svar från annat ställe"
            return "fel svar" if self.answered else "avböjt i onödan"
        if self.right:
            return "rättat" if self.answered else "rätt avböjt"
        return "borde ha avböjts" if self.answered else "avböjt med fel uppgift"


@dataclass(frozen=True)
class Evaluation:
    """All outcomes of a run."""

    outcomes: tuple[Outcome, ...]

    @cached_property
    def summary(self) -> dict[str, float]:
        """The mean of each measure over the cases that have it, and what only a whole run has.

        refusal_precision: unanswerable cases' share of all refusals (1 where nothing was refused).
        refusal_f1: its harmonic mean with ``refused``, which is the recall of refusals.
        aurc: mean risk over the risk–coverage curve; only where something was answered.
        characters: the median length of answers to answerable questions.
        """
        summary = means(outcome.measures for outcome in self.outcomes)
        refusals = [outcome for outcome in self.outcomes if outcome.answer and not outcome.answered]
        if "refused" in summary:
            precision = fmean(not outcome.case.answerable for outcome in refusals) if refusals else 1.0
            both = precision + summary["refused"]
            summary["refusal_precision"] = precision
            summary["refusal_f1"] = 2 * precision * summary["refused"] / both if both else 0.0
        if curve := self.risk_coverage:
            summary["aurc"] = fmean(risk for _, risk in curve)
        lengths = [len(o.answer.text) for o in self.outcomes if o.answer and o.answered and o.case.answerable]
        if lengths:
            summary["characters"] = float(median(lengths))
        return summary

    @property
    def errors(self) -> list[Outcome]:
        """The questions that could not be asked."""
        return [outcome for outcome in self.outcomes if outcome.answer is None]

    @cached_property
    def latency(self) -> dict[str, float]:
        """Milliseconds a question: quartiles, 95th percentile and longest. They differ from run to run."""
        times = [1000 * outcome.seconds for outcome in self.outcomes]
        if len(times) < 2:
            return {}
        cuts = quantiles(times, n=20, method="inclusive")
        return {"p25": cuts[4], "p50": cuts[9], "p75": cuts[14], "p95": cuts[18], "max": max(times)}

    @cached_property
    def risk_coverage(self) -> list[tuple[float, float]]:
        """(coverage, risk) if only the most confident answers were given, from one answer to all.

        Coverage is the share of all questions answered; risk is the share of those that are wrong,
        where an answer to an unanswerable question is wrong unless it corrects the false premise
        (El-Yaniv and Wiener 2010). Among answers of equal confidence any order is as likely. A
        question that could not be asked counts as a wrong answer of no confidence.
        """
        wrong: defaultdict[float, list[bool]] = defaultdict(list)
        for outcome in self.outcomes:
            if outcome.answered or outcome.answer is None:
                wrong[outcome.answer.confidence if outcome.answer else 0.0].append(not outcome.right)
        curve: list[tuple[float, float]] = []
        given = missed = 0
        for _, tied in sorted(wrong.items(), reverse=True):
            for count in range(1, len(tied) + 1):
                risk = (missed + sum(tied) * count / len(tied)) / (given + count)
                curve.append(((given + count) / len(self.outcomes), risk))
            given, missed = given + len(tied), missed + sum(tied)
        return curve

    def values(self, name: str) -> dict[str, float]:
        """A measure's value for each case that has it, by case id."""
        return {o.case.id: o.measures[name] for o in self.outcomes if name in o.measures}

    def by(self, group: Callable[[Case], str | None]) -> dict[str, dict[str, float]]:
        """The number of cases and the means for each group of cases; those of group None are left out."""
        groups: defaultdict[str, list[Measures]] = defaultdict(list)
        for outcome in self.outcomes:
            name = group(outcome.case)
            if name is not None:
                groups[name].append(outcome.measures)
        return {name: {"cases": float(len(rows)), **means(rows)} for name, rows in sorted(groups.items())}


def means(rows: Iterable[Measures]) -> dict[str, float]:
    """The mean of each measure over the rows that have it."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            values[name].append(value)
    return {name: fmean(found) for name, found in values.items()}


def evaluate(assistant: Assistant, cases: Sequence[Case], progress: Callable[[int], None] | None = None) -> Evaluation:
    """Ask each case, a follow-up after the questions that it follows; ``progress`` hears how many are done.

    An error of any kind counts as a wrong answer, and is kept to be shown.
    """
    places = Places(assistant.library)
    asked: dict[str, tuple[Question, ...]] = {}
    outcomes = []
    for number, case in enumerate(cases, 1):
        history = asked.get(case.follows, ()) if case.follows else ()
        began = time.perf_counter()
        try:
            answer = assistant.ask(case.question, history)
        except Exception as error:
            # One question that cannot be asked must not take the others' results with it.
            told = str(error) if isinstance(error, RapportsvarError) else f"{type(error).__name__}: {error}"
            seconds = time.perf_counter() - began
            nowhere = tuple(Support(None, cited=False) for _ in case.evidence)
            outcomes.append(Outcome(case, None, failed(case), seconds, nowhere, error=told))
        else:
            seconds = time.perf_counter() - began
            asked[case.id] = (*history, answer.question)
            outcomes.append(_outcome(case, answer, seconds, places))
        if progress:
            progress(number)
    return Evaluation(tuple(outcomes))


def _outcome(case: Case, answer: Answer, seconds: float, places: Places) -> Outcome:
    ranked = ranking(case, answer.passages, places) if case.answerable else {}
    found = zip(ranks(case, answer.passages, places), cited_groups(case, answer, places), strict=True)
    return Outcome(
        case,
        answer,
        {**ranked, **measure(case, answer, places)},
        seconds,
        tuple(Support(rank, cited) for rank, cited in found),
        tuple(on_evidence(case, answer, places)),
    )
