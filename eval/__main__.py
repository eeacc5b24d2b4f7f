"""``python -m eval``: run the evaluation; exit code 1 when a threshold is missed."""

import argparse
import json
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from corpus.errors import RapportsvarError
from eval import report
from eval.cases import FOLDER
from eval.run import evaluate, load_thresholds
from eval.suites import Suite, standard_suites
from index.encode import load_encoder
from index.store import Library
from qa.assistant import Assistant
from qa.retrieve import Mode

THRESHOLDS = Path(__file__).parent / "thresholds.toml"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("--cases", type=Path, nargs="+", help="case files (default: those of the sample reports)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--library", type=Path, help="an indexed library to ask")
    where.add_argument("--reports", type=Path, help="a folder of report files to index and ask")
    parser.add_argument("--thresholds", type=Path, default=THRESHOLDS, help="TOML file of bounds")
    parser.add_argument("--retriever", type=Mode, choices=list(Mode), default=Mode.HYBRID)
    parser.add_argument("--model", help="an encoder by folder or name (default: the shipped one)")
    for form in ("json", "markdown", "junit"):
        parser.add_argument(f"--{form}", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    try:
        return _run(arguments)
    except RapportsvarError as error:
        print(error, file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    """The standard suites, or the cases given, of the library or reports given."""
    console = Console(width=110 if not sys.stdout.isatty() else None)
    if arguments.cases:
        suites = [Suite.read("cases", arguments.cases, arguments.reports)]
    elif arguments.library or arguments.reports:
        suites = [Suite.read("samples", [FOLDER / "samples.jsonl"], arguments.reports)]
    else:
        suites = standard_suites()
    encoder = load_encoder(arguments.model)
    missed = False
    results = {}
    markdown, junit = [], []
    for suite in suites:
        thresholds = load_thresholds(arguments.thresholds, suite.name)
        opened = nullcontext(Library(arguments.library)) if arguments.library else suite.library(encoder)
        with opened as library, Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(suite.name, total=len(suite.cases))
            assistant = Assistant(library, encoder, arguments.retriever)
            evaluation = evaluate(assistant, suite.cases, partial(_advance, bar, task))
        report.print_table(evaluation, thresholds, console, suite.name)
        missed = missed or not all(threshold.holds(evaluation.summary) for threshold in thresholds)
        results[suite.name] = report.to_json(evaluation)
        markdown.append(report.to_markdown(evaluation, thresholds, suite.name))
        junit.append(report.to_junit(evaluation, thresholds, suite.name))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(markdown), encoding="utf-8")
    if arguments.junit:
        arguments.junit.write_text(f"<testsuites>{''.join(junit)}</testsuites>", encoding="utf-8")
    return int(missed)


def _advance(bar: Progress, task: TaskID, done: int, _total: int) -> None:
    bar.update(task, completed=done)


if __name__ == "__main__":
    sys.exit(main())
