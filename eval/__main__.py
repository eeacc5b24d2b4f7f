"""``python -m eval``: run the evaluation, or one of its helpers; exit code 1 when the gate fails."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from corpus.errors import RapportsvarError
from eval import ablation, audit, benchmarks, check, compare, draft, robustness, suites
from eval.console import WIDTH, asking
from eval.gate import judge, load_thresholds
from eval.page import to_html
from eval.report import SuiteReport, in_time, print_report, to_junit, to_markdown
from eval.results import RELEASES, latest_release, load_run, released, to_json
from eval.run import Evaluation, evaluate
from index.encode import Encoder, load_encoder
from qa.assistant import Assistant
from qa.retrieve import Mode

THRESHOLDS = Path(__file__).parent / "thresholds.toml"
COMMANDS = {
    "compare": compare,
    "check": check,
    "audit": audit,
    "draft": draft,
    "robustness": robustness,
    "ablation": ablation,
    "benchmarks": benchmarks,
}
#: What a run can be written as.
FORMS = ("json", "markdown", "junit", "html")


#: What argparse says of a command that it does not understand, in Swedish.
UNDERSTOOD = (
    (r"the following arguments are required: (.+)", r"\1 saknas"),
    (r"unrecognized arguments: (.+)", r"\1 är inget alternativ här"),
    (r"argument (.+): invalid choice: (\S+) \(choose from (.+)\)", r"\1 kan inte vara \2; välj bland \3"),
    (r"argument (.+): expected (?:one|at least one) argument", r"\1 behöver ett värde"),
    (r"argument (.+): invalid int value: (.+)", r"\1 ska vara ett heltal, inte \2"),
    (r"argument (.+): not allowed with argument (.+)", r"\1 och \2 går inte att ange tillsammans"),
)


class Parser(argparse.ArgumentParser):
    """Says in Swedish what of a command was not understood."""

    def error(self, message: str) -> NoReturn:
        for said, swedish in UNDERSTOOD:
            message = re.sub(f"^{said}$", swedish, message)
        self.exit(2, f"Kommandot gick inte att förstå: {message}. Se {self.prog} --help.\n")


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
    """Ask the suites that the options name, print and write what came of it.

    Raises:
        RapportsvarError: if what is given can't be used, before anything is asked; or if a file can't be written.
    """
    if given.release and (given.cases or given.library or given.reports):
        raise RapportsvarError("--release sparar de sviter som följer med; utelämna --cases, --library och --reports.")
    chosen = suites.chosen_suites(given)
    thresholds = {suite.name: load_thresholds(given.thresholds, suite.name) for suite in chosen}
    baseline = load_run(given.baseline) if given.baseline else latest_release()
    if given.baseline and baseline and not any(baseline.knows(suite.name, suite.cases) for suite in chosen):
        raise RapportsvarError(
            f"{given.baseline} har inga resultat för {chosen[0].name}; ange en körning av samma fall."
        )
    encoder = load_encoder(given.model)
    reports = []
    for suite in chosen:
        known = baseline if baseline and baseline.knows(suite.name, suite.cases) else None
        evaluation = _evaluated(suite, encoder, given.retriever)
        checks = judge(evaluation, suite.name, thresholds[suite.name], known)
        reports.append(SuiteReport(suite.name, evaluation, checks, known))
    number = version("rapportsvar")
    results = {"version": number, "suites": {each.name: to_json(each.evaluation) for each in reports}}
    if given.json:
        _write(given.json, json.dumps(results, ensure_ascii=False, indent=1))
    if given.markdown:
        _write(given.markdown, "\n".join(map(to_markdown, reports)))
    if given.junit:
        _write(given.junit, to_junit(reports))
    if given.html:
        _write(given.html, to_html(reports, number, datetime.now()))
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    for report in reports:
        print_report(report, console)
    passed = all(report.passed for report in reports)
    if given.release:
        if not passed:
            raise RapportsvarError("Resultatet är inte godkänt och sparas inte som versionens.")
        _write(RELEASES / f"{number}.json", json.dumps(released(results)))
    return int(not passed)


def _evaluated(suite: suites.Suite, encoder: Encoder, mode: Mode) -> Evaluation:
    """Ask a suite; how long it took varies from run to run and goes to standard error."""
    with suite.library(encoder) as library, asking(suite.name, len(suite.cases)) as progress:
        evaluation = evaluate(Assistant(library, encoder, mode), suite.cases, progress)
    print(f"{suite.name}: {in_time(evaluation)}", file=sys.stderr)
    return evaluation


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise RapportsvarError(f"{path} gick inte att skriva; välj en annan plats eller frigör utrymme.") from error


if __name__ == "__main__":
    sys.exit(main())
