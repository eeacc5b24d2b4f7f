"""Two runs side by side: what changed, whether it is more than chance, and in which cases."""

import argparse
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table

from corpus.errors import RapportsvarError
from eval.console import WIDTH
from eval.measures import MEASURES, label
from eval.results import Run, load_run
from eval.significance import difference
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
    console = Console(width=None if Console().is_terminal else WIDTH)
    for name in suites:
        _print_suite(name, before, after, console)
    return 0


def _print_suite(name: str, before: Run, after: Run, console: Console) -> None:
    table = Table("Mått", "Före", "Efter", "Skillnad", "95 % intervall", "p för sämre", "Fall", title=name)
    then = before.measures(name, after.fingerprints(name))
    now = after.measures(name, before.fingerprints(name))
    for measure in MEASURES:
        found = difference(measure, then, now)
        if found is not None:
            table.add_row(
                label(measure),
                number(fmean(found.before)),
                number(fmean(found.after)),
                number(found.mean, sign=True),
                " till ".join(number(bound, sign=True) for bound in found.interval),
                number(found.p),
                str(found.cases),
            )
    console.print(table)
    old, new = before.suites[name], after.suites[name]
    changes = {
        "Blev fel": [case for case in now if old[case]["right"] and not new[case]["right"]],
        "Blev rätt": [case for case in now if new[case]["right"] and not old[case]["right"]],
        "Ändrade fall, inte jämförda": [case for case in new if case in old and case not in now],
        "Nya fall": [case for case in new if case not in old],
        "Borttagna fall": [case for case in old if case not in new],
    }
    if not any(changes.values()):
        console.print("Inga fall blev rätt eller fel, och inga är nya eller borttagna.")
    for title, ids in changes.items():
        if ids:
            console.print(f"{title} ({len(ids)}): {', '.join(ids)}", markup=False, highlight=False, soft_wrap=True)
