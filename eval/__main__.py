"""``python -m eval``: run the evaluation; exit code 1 when a threshold is missed."""

import argparse
import json
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from corpus.errors import RapportsvarError
from eval import report
from eval.cases import FOLDER, load_cases
from eval.run import evaluate, load_thresholds
from index.encode import load_encoder
from index.ingest import index_files, report_files
from index.samples import sample_library
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
    for form in ("json", "markdown", "junit"):
        parser.add_argument(f"--{form}", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    try:
        return _run(arguments)
    except RapportsvarError as error:
        print(error, file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    """The sample reports' cases, or those given; the real reports' too where RAPPORTSVAR_REPORTS names them."""
    console = Console(width=110 if not sys.stdout.isatty() else None)
    real = os.environ.get("RAPPORTSVAR_REPORTS")
    suites: list[tuple[str, list[Path], Path | None]] = []
    if arguments.cases:
        suites.append(("cases", arguments.cases, arguments.reports))
    else:
        suites.append(("samples", [FOLDER / "samples.jsonl"], arguments.reports))
        if real and not (arguments.library or arguments.reports):
            suites.append(("real", [FOLDER / "real.jsonl"], Path(real)))
    encoder = load_encoder()
    missed = False
    results = {}
    markdown, junit = [], []
    for name, files, reports in suites:
        cases = [case for file in files for case in load_cases(file)]
        thresholds = load_thresholds(arguments.thresholds, name)
        with tempfile.TemporaryDirectory() as scratch, Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(name, total=len(cases))
            if arguments.library:
                folder = arguments.library
            elif reports:
                folder = Path(scratch)
                index_files(folder, report_files([reports]), encoder)
            else:
                folder = sample_library(encoder)
            assistant = Assistant(Library(folder), encoder, arguments.retriever)
            evaluation = evaluate(assistant, cases, partial(_advance, bar, task))
        report.print_table(evaluation, thresholds, console, name)
        missed = missed or not all(threshold.holds(evaluation.summary) for threshold in thresholds)
        results[name] = report.to_json(evaluation)
        markdown.append(report.to_markdown(evaluation, thresholds, name))
        junit.append(report.to_junit(evaluation, thresholds, name))
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
