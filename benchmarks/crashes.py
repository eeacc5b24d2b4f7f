"""SIGKILL at random moments while a library is written: afterwards it is as before or as after, and answers.

Run with ``python -m benchmarks.crashes --kills 200``.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.made import made_reports, write_text
from benchmarks.timing import machine
from index.encode import Encoder, load_encoder
from index.ingest import index_files
from index.places import Place, place_of
from index.store import Library, writing
from qa.answer import Status
from qa.assistant import Assistant

REPORTS = 6
#: What the child process does, by name; it tells when it begins.
CHILD = "import sys; from benchmarks.crashes import child; child(*sys.argv[1:])"


def child(change: str, library: str, source: str) -> None:
    """Change the library; runs in the process that is killed."""
    encoder = load_encoder()
    print("ready", flush=True)
    sys.stdin.readline()
    if change == "remove":
        with writing(place_of(library), encoder) as writer:
            writer.remove(next(entry.report_id for entry in writer.entries() if entry.source == source))
    else:
        index_files(place_of(library), [Path(source)], encoder)
    print("done", flush=True)


def state(library: Place, encoder: Encoder) -> dict[str, str]:
    """A library's reports by file, after seeing that each is whole and that a question is answered.

    Raises:
        AssertionError: if something is missing, or left over.
        LibraryError: if it can't be opened.
    """
    opened = Library(library)
    numbers = opened.catalogue.numbers(entry.report_id for entry in opened.entries)
    assert len(opened.dense) == len(numbers) == len(set(numbers))
    assert set(opened.catalogue.passages(numbers)) == set(numbers)
    for entry in opened.entries:
        assert opened.report(entry.report_id).text
        assert len(opened.catalogue.figures(entry.report_id)) == entry.figures
    assistant = Assistant(opened, encoder)
    entry = opened.entries[0]
    year = entry.period.year if entry.period else ""
    asked = f"Vilket resultat redovisar {entry.board} i {entry.municipality} {year}?"
    assert assistant.ask(asked).status is Status.ANSWERED
    # Every passage that the lexical index finds is one of the catalogue's.
    found = {hit.passage.report_id for hit in assistant.search("redovisar", 100)}
    assert found <= {each.report_id for each in opened.entries}
    return {each.source: each.report_id for each in opened.entries}


def crash_runs(kills: int, seed: int, folder: Path, library: Place, quiet: bool = True) -> Counter[str]:
    """Kill a writer so many times; how often the library was as before, and as after, by change.

    The ``library`` is a new one, and ``folder`` for the files that it is of.

    Raises:
        AssertionError: if it ever was neither.
    """
    chance = random.Random(seed)
    encoder = load_encoder()
    reports = list(made_reports(REPORTS + kills, sections=3))
    sources = []
    for number, report in enumerate(reports[:REPORTS]):
        sources.append(folder / f"{number}.txt")
        write_text(report, sources[-1])
    index_files(library, sources, encoder)
    took = {"index": 0.5, "replace": 0.5, "remove": 0.2}
    outcomes: Counter[str] = Counter()
    for number in track(range(kills), "Avbryter", disable=quiet):
        before = state(library, encoder)
        change = chance.choice(list(took))
        if len(before) < 3:
            change = "index"
        source = Path(chance.choice(sorted(before))) if change != "index" else folder / f"ny{number}.txt"
        if change != "remove":
            write_text(reports[REPORTS + number], source)
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, change, str(library), str(source)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        began = time.perf_counter()
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(chance.uniform(0, 1.3 * took[change]))
        process.send_signal(signal.SIGKILL)
        finished = process.stdout.read() == "done\n"
        process.wait()
        # What is meant to be hit is the work, all of it, however fast the machine is.
        if finished:
            took[change] = 0.7 * took[change] + 0.3 * min(took[change], time.perf_counter() - began)
        else:
            took[change] *= 1.1
        after = state(library, encoder)
        if after == before:
            assert not finished, f"{change} was done and is not there"
            outcomes[f"{change}: before"] += 1
        else:
            gone, new = before.keys() - after.keys(), after.keys() - before.keys()
            changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
            moved = {"index": new, "remove": gone, "replace": changed}
            assert moved.pop(change) == {str(source)}, f"{change} left something between"
            assert not any(moved.values()), f"{change} left something between"
            outcomes[f"{change}: after"] += 1
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--library", help="a new library, in Milvus or else in a folder of its own")
    arguments = parser.parse_args()
    console = Console()
    console.print(machine())
    with tempfile.TemporaryDirectory() as folder:
        library = place_of(arguments.library or str(Path(folder) / "library"))
        outcomes = crash_runs(arguments.kills, arguments.seed, Path(folder), library, quiet=False)
    for outcome, count in sorted(outcomes.items()):
        console.print(f"{outcome}: {count}")
    console.print(f"{sum(outcomes.values())} of {arguments.kills}: as before or as after, and answering")


if __name__ == "__main__":
    main()
