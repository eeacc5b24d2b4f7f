"""Whether case files follow the schema, and their evidence stands where they say."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.document import Report
from corpus.errors import RapportsvarError
from corpus.load import load_report
from eval.cases import Case, Place, load_cases
from eval.places import NoSuchPage, find
from index.ingest import report_files
from index.store import Library

HELP = "Kontrollera fallfiler: att de följer schemat och att underlaget står där de säger."

#: So many faults are told before a run.
MOST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", type=Path, nargs="+", metavar="FALLFIL", help="fallfiler (JSONL)")
    parser.add_argument("--reports", type=Path, metavar="MAPP", required=True, help="rapporterna som fallen gäller")


def run(given: argparse.Namespace) -> int:
    """Print each fault; exit code 1 if there is one.

    Raises:
        RapportsvarError: if a case file or a report can't be read.
    """
    cases = [case for path in given.cases for case in load_cases(path)]
    if not given.reports.is_dir():
        raise RapportsvarError(f"{given.reports} är ingen mapp; ange mappen med rapporterna.")
    named = _named(cases)
    reports = [load_report(path)[0] for path in report_files([given.reports]) if path.name in named]
    found = [fault for case in cases for fault in faults(case, reports)]
    print("\n".join([*found, f"{len(cases)} fall kontrollerade, {len(found)} fel."]))
    return int(bool(found))


def library_faults(cases: Sequence[Case], library: Library) -> list[str]:
    """What is wrong with the evidence of cases that are asked of a library, in sentences; the first ten."""
    reports = _reports(cases, library)
    found = [fault for case in cases for fault in faults(case, reports)]
    rest = len(found) - MOST
    return [*found[:MOST], f"ytterligare {rest} fel i fallen; se python -m eval check."] if rest > 0 else found


def any_stands(cases: Sequence[Case], library: Library) -> bool:
    """Whether any of the cases' evidence stands where it should in a library."""
    reports = _reports(cases, library)
    places = (place for case in cases for group in case.evidence for place in group)
    return any(_stands(place, report) for place in places for report in reports if report.file == place.report)


def _reports(cases: Sequence[Case], library: Library) -> list[Report]:
    named = _named(cases)
    return [library.report(entry.report_id) for entry in library.entries if entry.file in named]


def faults(case: Case, reports: Sequence[Report]) -> Iterator[str]:
    """What is wrong with a case's evidence, in sentences."""
    for place in (place for group in case.evidence for place in group):
        named = [report for report in reports if report.file == place.report]
        if not named:
            yield f"{case.id}: rapporten {place.report} finns inte bland rapporterna."
        elif not any(_stands(place, report) for report in named):
            yield f"{case.id}: {_misplaced(place, named[0])}"


def _named(cases: Sequence[Case]) -> set[str]:
    """The files that the cases' evidence stands in."""
    return {place.report for case in cases for group in case.evidence for place in group}


def _stands(place: Place, report: Report) -> bool:
    try:
        return bool(find(report, place))
    except NoSuchPage:
        return False


def _misplaced(place: Place, report: Report) -> str:
    """A sentence on a place that is not where it should be."""
    if place.page is None:
        return f"orden «{place.words}» står inte i den ordningen i {place.report}."
    pages = len(report.page_starts)
    elsewhere = [str(page) for page in range(1, pages + 1) if _stands(replace(place, page=page), report)]
    known = f"; orden står på sidan {', '.join(elsewhere)}" if elsewhere else ""
    if place.page > pages:
        return f"{place.report} har {pages} sidor, så sidan {place.page} finns inte{known}."
    return f"orden «{place.words}» står inte i den ordningen på sidan {place.page} i {place.report}{known}."
