"""An evaluation as a terminal table, JSON, Markdown and JUnit."""

import json
from typing import Any
from xml.etree import ElementTree

from rich.console import Console
from rich.table import Table

from eval.run import Evaluation, Outcome, Threshold

COLUMNS = ("recall", "correct", "cited", "valid", "refused", "overrefused")


def _cells(name: str, values: dict[str, float]) -> list[str]:
    return [name, *(f"{values[c]:.3f}" if c in values else "" for c in COLUMNS)]


def _rows(evaluation: Evaluation) -> list[list[str]]:
    rows = [_cells(f"{name} ({int(v['cases'])})", v) for name, v in evaluation.by("kind").items()]
    rows += [_cells(f"{name} ({int(v['cases'])})", v) for name, v in evaluation.by("style").items()]
    return [*rows, _cells(f"all ({len(evaluation.outcomes)})", evaluation.summary)]


def missed(evaluation: Evaluation) -> list[Outcome]:
    """The outcomes that were not right."""
    return [o for o in evaluation.outcomes if o.measures.get("correct", o.measures.get("refused", 0.0)) < 1.0]


def print_table(evaluation: Evaluation, thresholds: list[Threshold], console: Console, title: str) -> None:
    table = Table("", *COLUMNS, title=title)
    rows = _rows(evaluation)
    for row in rows[:-1]:
        table.add_row(*row)
    table.add_section()
    table.add_row(*rows[-1], style="bold")
    console.print(table)
    summary = evaluation.summary
    console.print(f"Median answer {summary['characters']:.0f} characters; p95 {summary['p95_ms']:.0f} ms a question.")
    for threshold in thresholds:
        mark = "[green]ok[/green]" if threshold.holds(summary) else "[red]MISSED[/red]"
        console.print(
            f"{mark} {describe(threshold)}: {summary.get(threshold.measure, float('nan')):.3f}", highlight=False
        )


def describe(threshold: Threshold) -> str:
    return f"{threshold.measure} {'at most' if threshold.upper else 'at least'} {threshold.bound:g}"


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Everything about a run, for later comparison."""
    return {
        "summary": evaluation.summary,
        "kinds": evaluation.by("kind"),
        "styles": evaluation.by("style"),
        "cases": [
            {
                "id": o.case.id,
                "question": o.case.question,
                "kind": o.case.kind,
                "style": o.case.style,
                "status": o.answer.status.value if o.answer else "error",
                "answer": o.answer.text if o.answer else o.error,
                "measures": o.measures,
            }
            for o in evaluation.outcomes
        ],
    }


def to_markdown(evaluation: Evaluation, thresholds: list[Threshold], title: str) -> str:
    """A table for a pull request's summary, with the cases that were missed."""
    lines = [f"## {title}", "", f"| |{' | '.join(COLUMNS)}|", "|" + "---|" * (len(COLUMNS) + 1)]
    lines += [f"| {' | '.join(row)} |" for row in _rows(evaluation)]
    lines += ["", *(f"- {'ok' if t.holds(evaluation.summary) else '**missed**'}: {describe(t)}" for t in thresholds)]
    lines += ["", "<details><summary>Missed cases</summary>", ""]
    lines += [
        f"- `{o.case.id}` {o.case.question} → {o.answer.text[:200] if o.answer else o.error}"
        for o in missed(evaluation)
    ]
    return "\n".join([*lines, "", "</details>", ""])


def to_junit(evaluation: Evaluation, thresholds: list[Threshold], title: str) -> str:
    """A JUnit suite with a test for each threshold; single cases are in its output, not tests."""
    failures = [t for t in thresholds if not t.holds(evaluation.summary)]
    suite = ElementTree.Element("testsuite", name=title, tests=str(len(thresholds)), failures=str(len(failures)))
    for threshold in thresholds:
        test = ElementTree.SubElement(suite, "testcase", classname=title, name=describe(threshold))
        if threshold in failures:
            value = evaluation.summary.get(threshold.measure)
            ElementTree.SubElement(test, "failure", message=f"{threshold.measure} is {value}")
    ElementTree.SubElement(suite, "system-out").text = json.dumps(to_json(evaluation), ensure_ascii=False, indent=1)
    return ElementTree.tostring(suite, encoding="unicode")
