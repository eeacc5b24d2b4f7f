"""Two runs side by side: what changed, whether it is more than chance, and in which cases."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from corpus.errors import RapportsvarError
from eval.measures import MEASURES, label
from eval.results import Run, difference, load_run
from eval.words import number

HELP = "Jämför två resultat: vad som blev bättre och sämre, och om det är mer än slump."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path, metavar="FÖRE", help="resultat från --json eller eval/results/")
    parser.add_argument("after", type=Path, metavar="EFTER", help="resultat att jämföra med det")


def run(given: argparse.Namespace) -> int:
    """Print a table for each suite that both runs have, and the cases whose outcome changed.

    Raises:
        RapportsvarError: if a file can't be read, or the runs have no case in common.
    """
    before, after = load_run(given.before), load_run(given.after)
    suites = [name for name, cases in before.suites.items() if set(cases) & set(after.suites.get(name, {}))]
    if not suites:
        raise RapportsvarError(f"{given.before} och {given.after} har inga fall gemensamt; jämför samma svit.")
    console = Console()
    for name in suites:
        _print_suite(name, before, after, console)
    return 0


def _print_suite(name: str, before: Run, after: Run, console: Console) -> None:
    table = Table("Mått", "Före", "Efter", "Skillnad", "95 % intervall", "p för sämre", "Fall", title=name)
    for measure in MEASURES:
        found = difference(measure, before.measures(name), after.measures(name))
        if found is not None:
            table.add_row(
                label(measure),
                number(found.before),
                number(found.after),
                number(found.mean, sign=True),
                f"{number(found.low, sign=True)} till {number(found.high, sign=True)}",
                number(found.p),
                str(found.cases),
            )
    console.print(table)
    old, new = before.suites[name], after.suites[name]
    both = [case for case in new if case in old]
    changes: Sequence[tuple[str, list[str]]] = (
        ("Blev fel", [case for case in both if old[case]["right"] and not new[case]["right"]]),
        ("Blev rätt", [case for case in both if new[case]["right"] and not old[case]["right"]]),
        ("Nya fall", [case for case in new if case not in old]),
        ("Borttagna fall", [case for case in old if case not in new]),
    )
    for title, ids in changes:
        if ids:
            console.print(f"{title} ({len(ids)}): {', '.join(ids)}", highlight=False, soft_wrap=True)
