"""Whether case files follow the schema, and their evidence stands where they say."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from corpus.document import Report
from corpus.load import load_report
from eval.cases import Case, load_cases
from eval.places import NoSuchPage, find
from index.ingest import report_files

HELP = "Kontrollera fallfiler: att de följer schemat och att underlaget står där de säger."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", type=Path, nargs="+", metavar="FALLFIL", help="fallfiler (JSONL)")
    parser.add_argument("--reports", type=Path, metavar="MAPP", required=True, help="rapporterna som fallen gäller")


def run(given: argparse.Namespace) -> int:
    """Print each fault; exit code 1 if there is one.

    Raises:
        RapportsvarError: if a case file or a report can't be read.
    """
    cases = [case for path in given.cases for case in load_cases(path)]
    named = {place.report for case in cases for group in case.evidence for place in group}
    reports = {path.name: load_report(path)[0] for path in report_files([given.reports]) if path.name in named}
    found = [fault for case in cases for fault in faults(case, reports)]
    print("\n".join([*found, f"{len(cases)} fall kontrollerade, {len(found)} fel."]))
    return int(bool(found))


def faults(case: Case, reports: dict[str, Report]) -> Iterator[str]:
    """What is wrong with a case's evidence, in sentences; ``reports`` are by file name."""
    for place in (place for group in case.evidence for place in group):
        report = reports.get(place.report)
        if report is None:
            yield f"{case.id}: rapporten {place.report} finns inte i mappen."
            continue
        try:
            missing = not find(report, place)
        except NoSuchPage as error:
            yield f"{case.id}: {error}."
            continue
        if missing:
            where = f"sidan {place.page} i {place.report}" if place.page else place.report
            yield f"{case.id}: orden «{place.words}» står inte i den ordningen på {where}."
