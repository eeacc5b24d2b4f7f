"""``python -m eval``: run the evaluation, or one of its helpers; exit code 1 when the gate fails."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from corpus.errors import RapportsvarError
from eval import ablation, benchmarks, check, compare, draft, robustness, suites
from eval.gate import judge, load_thresholds
from eval.page import to_html
from eval.progress import asking
from eval.report import SuiteReport, print_report, to_junit, to_markdown
from eval.results import RELEASES, latest_release, load_run, released, to_json
from eval.run import evaluate
from index.encode import load_encoder
from qa.assistant import Assistant
from qa.retrieve import Mode

THRESHOLDS = Path(__file__).parent / "thresholds.toml"
COMMANDS = {
    "compare": compare,
    "check": check,
    "draft": draft,
    "robustness": robustness,
    "ablation": ablation,
    "benchmarks": benchmarks,
}
#: What a run can be written as.
FORMS = ("json", "markdown", "junit", "html")


class Parser(argparse.ArgumentParser):
    """Says in Swedish that a command was not understood."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"Kommandot gick inte att förstå ({message}); se {self.prog} --help.\n")


def parser() -> argparse.ArgumentParser:
    """The command line: a run by itself, and a subcommand for each of ``COMMANDS``."""
    root = Parser(prog="python -m eval", description="Utvärdera svaren; felkod 1 om de är sämre än de får vara.")
    suites.add_arguments(root)
    root.add_argument("--thresholds", type=Path, default=THRESHOLDS, metavar="FIL", help="gränsvärden (TOML)")
    root.add_argument(
        "--baseline", type=Path, metavar="FIL", help="resultat att jämföra med (annars senaste versionens)"
    )
    root.add_argument("--retriever", type=Mode, choices=list(Mode), default=Mode.HYBRID, help="sökning att använda")
    for form in FORMS:
        root.add_argument(f"--{form}", type=Path, metavar="FIL", help=f"skriv resultatet som {form}")
    root.add_argument("--release", action="store_true", help=f"spara resultatet som versionens i {RELEASES.name}/")
    commands = root.add_subparsers(dest="command", metavar="KOMMANDO", parser_class=Parser)
    for name, module in COMMANDS.items():
        module.add_arguments(commands.add_parser(name, help=module.HELP, description=module.HELP))
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = parser().parse_args(arguments)
    try:
        if given.command:
            return int(COMMANDS[given.command].run(given))
        return run(given)
    except RapportsvarError as error:
        print(error, file=sys.stderr)
        return 1


def run(given: argparse.Namespace) -> int:
    """The standard suites, or the cases given, of the library or reports given."""
    console = Console(width=None if sys.stdout.isatty() else 130)
    aside = Console(stderr=True)
    baseline = load_run(given.baseline) if given.baseline else latest_release()
    encoder = load_encoder(given.model)
    reports = []
    for suite in suites.chosen_suites(given):
        thresholds = load_thresholds(given.thresholds, suite.name)
        with suite.library(encoder) as library, asking(suite.name, len(suite.cases)) as progress:
            evaluation = evaluate(Assistant(library, encoder, given.retriever), suite.cases, progress)
        checks = judge(evaluation, suite.name, thresholds, baseline)
        report = SuiteReport(suite.name, evaluation, checks, baseline)
        print_report(report, console)
        aside.print(report.latency, highlight=False)
        reports.append(report)
    number = version("rapportsvar")
    results = {"version": number, "suites": {each.name: to_json(each.evaluation) for each in reports}}
    if given.json:
        _write(given.json, json.dumps(results, ensure_ascii=False, indent=1))
    if given.markdown:
        _write(given.markdown, "\n".join(map(to_markdown, reports)))
    if given.junit:
        _write(given.junit, to_junit(reports))
    if given.html:
        _write(given.html, to_html(reports, number))
    if given.release:
        _write(RELEASES / f"{number}.json", json.dumps(released(results)))
    return int(not all(report.passed for report in reports))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise RapportsvarError(f"{path} gick inte att skriva; välj en annan plats eller frigör utrymme.") from error


if __name__ == "__main__":
    sys.exit(main())
