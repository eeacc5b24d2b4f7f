"""A suite's results for the terminal, for a pull request (Markdown) and for CI (JUnit)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

from rich.console import Console
from rich.table import Table

from eval.gate import Check, paired
from eval.measures import MEASURES, WHOLE, label
from eval.results import Run
from eval.run import Evaluation, Outcome
from eval.significance import Difference, difference, intervals
from eval.words import KINDS, REASONS, STYLES, SUITES, number

#: What each kind and style is reported by.
COLUMNS = ("recall", "ndcg", "correct", "cited", "citation_precision", "refused", "overrefused")
#: A missed case's answer is shown so far, in characters.
SHOWN = 200
#: Of the questions that could not be asked, so many are told why in the terminal.
SHOWN_ERRORS = 5
#: Characters that XML 1.0 cannot have.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Group:
    """A table of groups of cases: the heads of its columns, of its rows, and the rows."""

    columns: tuple[str, ...]
    title: str
    rows: list[list[str]]


@dataclass(frozen=True)
class SuiteReport:
    """A suite's evaluation with the gate's checks and the run that it is compared with."""

    name: str
    evaluation: Evaluation
    checks: Sequence[Check]
    baseline: Run | None = None

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def missed(self) -> list[Outcome]:
        return [outcome for outcome in self.evaluation.outcomes if not outcome.right]

    @property
    def in_short(self) -> str:
        """What became of the questions, in a sentence or two."""
        verdicts = Counter(outcome.verdict for outcome in self.evaluation.outcomes)
        answerable = sum(outcome.case.answerable for outcome in self.evaluation.outcomes)
        others = len(self.evaluation.outcomes) - answerable
        parts = []
        if answerable:
            elsewhere = verdicts["rätt svar från annat ställe"]
            parts.append(
                f"Av {answerable} frågor med svar besvarades {verdicts['rätt svar'] + elsewhere} rätt"
                + (f" ({elsewhere} av dem från ett annat ställe)" if elsewhere else "")
                + f" och {verdicts['fel svar']} fel, och {verdicts['avböjt i onödan']} avböjdes i onödan."
            )
        if others:
            right = verdicts["rätt avböjt"] + verdicts["rättat"]
            parts.append(f"Av {others} frågor utan svar avböjdes eller rättades {right}.")
        return " ".join(parts)

    @cached_property
    def measures(self) -> list[tuple[str, str, str, str]]:
        """For each measure: its label, value, 95 % interval, and change since the baseline; with p if it is a loss."""
        spread = intervals(self.evaluation)
        before, now = paired(self.evaluation, self.name, self.baseline) if self.baseline else ({}, {})
        rows = []
        for name in (*MEASURES, *WHOLE):
            if name not in self.evaluation.summary:
                continue
            value = self.evaluation.summary[name]
            low, high = spread.get(name, (None, None))
            rows.append(
                (
                    label(name),
                    number(value, 0 if name == "characters" else 3),
                    f"{number(low)}–{number(high)}" if low is not None and high is not None else "",
                    _change(difference(name, before, now)),
                )
            )
        return rows

    @property
    def title(self) -> str:
        """The suite's name as people read it."""
        return SUITES.get(self.name, self.name)

    @cached_property
    def groups(self) -> list[Group]:
        """By kind, style and, for the unanswerable, reason."""
        parts = (
            ("Slag", KINDS, COLUMNS, self.evaluation.by(lambda case: case.kind)),
            ("Stil", STYLES, COLUMNS, self.evaluation.by(lambda case: case.style)),
            ("Utan svar", REASONS, ("refused",), self.evaluation.by(lambda case: case.reason)),
        )
        return [
            Group(
                ("Fall", *map(label, columns)),
                title,
                [
                    [words[name], str(int(values["cases"]))]
                    + [number(values[column]) if column in values else "" for column in columns]
                    for name, values in found.items()
                ],
            )
            for title, words, columns, found in parts
            if found
        ]


def in_time(evaluation: Evaluation) -> str:
    """How long the questions took, in a sentence; nothing for fewer than two."""
    times = evaluation.latency
    if not times:
        return ""
    return (
        f"Svarstid per fråga: median {times['p50']:.0f} ms (mellersta hälften {times['p25']:.0f}–{times['p75']:.0f}), "
        f"95:e percentilen {times['p95']:.0f} ms, längst {times['max']:.0f} ms."
    )


def print_report(report: SuiteReport, console: Console) -> None:
    """The tables and the gate. The same run prints the same: times are not printed here."""
    console.print(f"{report.title}: {report.in_short}", style="bold", markup=False, highlight=False, soft_wrap=True)
    table = Table(*_head(report))
    for row in report.measures:
        table.add_row(*row)
    console.print(table)
    for group in report.groups:
        table = Table(group.title, *group.columns)
        for cells in group.rows:
            table.add_row(*cells)
        console.print(table)
    for outcome in report.evaluation.errors[:SHOWN_ERRORS]:
        console.print(f"{outcome.case.id}: {outcome.error}", style="red", markup=False, highlight=False)
    for check in report.checks:
        mark, style = ("ok ", "green") if check.passed else ("FEL", "red")
        console.print(f"{mark} {check.name}: {check.found}", style=style, markup=False, highlight=False)


def to_markdown(report: SuiteReport) -> str:
    """For a pull request's summary: the gate's failures, the tables, and the cases that were missed."""
    lines = [f"## {report.title}", "", report.in_short, ""]
    failed = [check for check in report.checks if not check.passed]
    lines += [f"- **FEL** {check.name}: {check.found}" for check in failed] or [
        f"Alla villkor är uppfyllda ({len(report.checks)})."
    ]
    lines += ["", *_table(_head(report), [list(row) for row in report.measures])]
    for group in report.groups:
        lines += ["", *_table([group.title, *group.columns], group.rows)]
    lines += ["", in_time(report.evaluation), "", "<details><summary>Fall som missades</summary>", ""]
    lines += [f"- {_plain(o.case.id)}: {_plain(o.case.question)} → {_plain(_said(o))}" for o in report.missed]
    return "\n".join([*lines, "", "</details>", ""])


def to_junit(reports: Sequence[SuiteReport]) -> str:
    """JUnit's XML with a test for each condition of the gate; the cases that were missed are a suite's output."""
    root = ElementTree.Element("testsuites")
    for report in reports:
        failures = sum(not check.passed for check in report.checks)
        suite = ElementTree.SubElement(
            root, "testsuite", name=report.name, tests=str(len(report.checks)), failures=str(failures)
        )
        for check in report.checks:
            test = ElementTree.SubElement(suite, "testcase", classname=report.name, name=check.name)
            if not check.passed:
                ElementTree.SubElement(test, "failure", message=check.found)
        missed = "\n".join(f"{o.case.id}: {o.case.question} → {_said(o)}" for o in report.missed)
        ElementTree.SubElement(suite, "system-out").text = missed
    return NOT_XML.sub("", ElementTree.tostring(root, encoding="unicode"))


def _head(report: SuiteReport) -> list[str]:
    """The heads of the columns of measures."""
    since = f" sedan {report.baseline.name}" if report.baseline else ""
    return ["Mått", "Värde", "95 % intervall", f"Ändring{since}"]


def _change(change: Difference | None) -> str:
    """A difference in a cell, with its p value if it is a loss."""
    if change is None or not change.mean:
        return ""
    return f"{number(change.mean, sign=True)}{f' (p = {number(change.p)})' if change.loss else ''}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _said(outcome: Outcome) -> str:
    return (outcome.answer.text if outcome.answer else outcome.error)[:SHOWN]


def _plain(text: str) -> str:
    """Text of reports and questions without what Markdown or HTML would read as markup."""
    escaped = "".join(f"\\{char}" if char in "\\`*_[]<>|#~&" else char for char in text)
    return " ".join(escaped.split())
