"""The evaluation as one self-contained HTML page: every case with its answer and what it missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from eval.cases import Case
from eval.measures import MEASURES, WHOLE, label, misleading, stated
from eval.report import SuiteReport, in_time
from eval.results import Run
from eval.run import Outcome
from eval.words import KINDS, REASONS, STYLES, number

TEMPLATE = "page.html"
#: The risk–coverage curve's drawing area, in pixels.
CHART_WIDTH, CHART_HEIGHT = 520, 180


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that a case asks for and whether the answer has it; None where that is not asked."""

    text: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as the page shows it."""

    outcome: Outcome
    change: str
    facts: list[Mark]
    evidence: list[Mark]
    citations: list[tuple[str, str, bool | None]]
    scores: list[tuple[str, str]]


def to_html(reports: Sequence[SuiteReport], version: str, made: datetime) -> str:
    """The page. It asks nothing of other files or machines, and shows all text as text."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(), trim_blocks=True
    )
    suites = [
        {
            "report": report,
            "cases": [_view(outcome, report.baseline, report.name) for outcome in report.evaluation.outcomes],
            "times": in_time(report.evaluation),
            "curve": _curve(report.evaluation.risk_coverage),
        }
        for report in reports
    ]
    cases = [outcome.case for report in reports for outcome in report.evaluation.outcomes]
    return environment.get_template(TEMPLATE).render(
        suites=suites,
        version=version,
        made=made.strftime("%Y-%m-%d %H:%M"),
        compared=any(report.baseline for report in reports),
        meanings=[*MEASURES.values(), *WHOLE.values()],
        kinds={name: word for name, word in KINDS.items() if name in {case.kind for case in cases}},
        styles={name: word for name, word in STYLES.items() if name in {case.style for case in cases}},
        reasons=REASONS,
        chart=(CHART_WIDTH, CHART_HEIGHT),
    )


def _view(outcome: Outcome, baseline: Run | None, suite: str) -> CaseView:
    case, answer = outcome.case, outcome.answer
    text = answer.text if answer else ""
    facts = case.must if case.answerable else case.premise if outcome.answered else ()
    marks = [Mark(" / ".join(group), met) for group, met in zip(facts, stated(text, facts), strict=True)]
    marks += [Mark(f"ska inte sägas: {fact}", False) for fact in misleading(text, case)]
    evidence = []
    for group, support in zip(case.evidence, outcome.support, strict=True):
        where = " eller ".join(f"{place.report}{f' s. {place.page}' if place.page else ''}" for place in group)
        found = f"avsnitt {support.rank}" if support.rank else "inte bland avsnitten"
        quoted = "citerat" if support.cited else "inte citerat"
        text = f"{where}: «{group[0].words}» – {found}, {quoted}"
        evidence.append(Mark(text, bool(support.rank and support.cited)))
    judged = outcome.answered and bool(case.evidence)
    citations = [
        (f"{each.file}{f', sida {each.page}' if each.page else ''}", each.quote, right if judged else None)
        for each, right in zip(answer.citations if answer else (), outcome.on_evidence, strict=True)
    ]
    scores = [(label(name), number(value, 2)) for name, value in outcome.measures.items()]
    return CaseView(outcome, _change(case, outcome, baseline, suite), marks, evidence, citations, scores)


def _change(case: Case, outcome: Outcome, baseline: Run | None, suite: str) -> str:
    """«bättre», «sämre», «ny», or nothing where it is as right or wrong as in the baseline."""
    before = baseline.suites.get(suite) if baseline else None
    if before is None:
        return ""
    if case.id not in before or before[case.id]["fingerprint"] != case.fingerprint:
        return "ny"
    was = before[case.id]["right"]
    return "" if was == outcome.right else "bättre" if outcome.right else "sämre"


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """The risk–coverage curve as the points of an SVG polyline."""
    return " ".join(f"{x * CHART_WIDTH:.1f},{(1 - y) * CHART_HEIGHT:.1f}" for x, y in points)
