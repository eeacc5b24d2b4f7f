"""How long questions take, stage by stage, in a process of its own, whose memory is then this library's alone.

Run by ``python -m benchmarks``; by itself: ``python -m benchmarks.asking LIBRARY``. Prints JSON.
"""

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from benchmarks.made import BOARDS
from benchmarks.timing import memory, percentiles
from corpus.municipalities import official
from index.encode import load_encoder
from index.places import Place, place_of
from index.store import Library
from qa import assistant as assistant_module
from qa import compose as compose_module
from qa.assistant import Assistant
from qa.retrieve import Retriever

QUESTIONS = 200
#: What is asked of a report: its board's activity, place and year.
FORMS = (
    "Varför gick {activity} i {place} med underskott {year}?",
    "Hur hög var sjukfrånvaron i {place} {year}?",
    "Vad kostade {activity} i {place} {year}?",
    "Vilket resultat redovisar {board} i {place} {year}?",
    "Hur har nettokostnaden för {activity} utvecklats i {place}?",
    "Fick {activity} i {place} ett överskott {year}?",
    "Vad hände inom {activity} under {year}?",
    "Varför avviker {activity} från budget?",
    "Vilka brister visade granskningen av {activity} i {place}?",
    "Hur många platser har simhallen i {place}?",
)
#: The stages of a question but the two searches, by what does each: an object and the name of its function.
STAGES: dict[str, tuple[Any, str]] = {
    "spelling": (Retriever, "read"),
    "retrieval in all": (Retriever, "search"),
    "figures": (assistant_module, "find_figures"),
    "sentences": (assistant_module, "find_sentences"),
    "premise": (compose_module, "examine"),
    "composition and premise": (assistant_module, "compose"),
}


def questions(library: Library, count: int, seed: int = 1) -> list[str]:
    """So many questions about a library of made reports, of every form."""
    chance = random.Random(seed)
    known = [entry for entry in library.entries if entry.municipality and entry.board in BOARDS and entry.period]
    asked = []
    for number in range(count):
        entry = chance.choice(known)
        activity = chance.choice(BOARDS[entry.board or "Socialnämnden"].split(",")).lower()
        asked.append(
            FORMS[number % len(FORMS)].format(
                activity=activity,
                place=official(entry.municipality or "").removesuffix(" kommun"),
                year=entry.period.year if entry.period else "",
                board=(entry.board or "").lower(),
            )
        )
    return asked


@contextmanager
def timed(library: Library, spent: dict[str, list[float]]) -> Iterator[None]:
    """Within the block each stage's time is kept, in seconds."""
    searches = {"lexical search": (type(library.lexical), "search"), "dense search": (type(library.dense), "search")}
    stages = STAGES | searches

    def wrapped(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, **values: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*args, **values)
            finally:
                spent[stage].append(time.perf_counter() - began)

        return call

    before = {stage: getattr(owner, name) for stage, (owner, name) in stages.items()}
    try:
        for stage, (owner, name) in stages.items():
            setattr(owner, name, wrapped(stage, before[stage]))
        yield
    finally:
        for stage, (owner, name) in stages.items():
            setattr(owner, name, before[stage])


def measure(place: Place, count: int = QUESTIONS) -> dict[str, Any]:
    """Times in milliseconds and memory in MB of asking a library so many questions."""
    began = time.perf_counter()
    library = Library(place)
    opened = time.perf_counter()
    assistant = Assistant(library, load_encoder())
    asked = questions(library, count)
    first = time.perf_counter()
    assistant.ask(asked[0])
    warmed = time.perf_counter()
    # Half of the questions warm up the caches; the other half, which are others, are measured.
    for question in asked[: count // 2]:
        assistant.ask(question)
    assistant.settle()
    times, searches = [], []
    statuses: Counter[str] = Counter()
    for question in asked[count // 2 :]:
        at = time.perf_counter()
        statuses[assistant.ask(question).status.value] += 1
        times.append(time.perf_counter() - at)
    for question in asked[count // 2 :]:
        at = time.perf_counter()
        assistant.search(question, 100)
        searches.append(time.perf_counter() - at)
    spent: dict[str, list[float]] = defaultdict(list)
    with timed(library, spent):
        for question in asked[count // 2 :]:
            assistant.ask(question)
    own, mapped = memory()
    return {
        "passages": len(library.dense),
        "reports": len(library.entries),
        "open_ms": 1000 * (opened - began),
        "first_ms": 1000 * (warmed - first),
        "ask_ms": percentiles(times),
        "search_ms": percentiles(searches),
        "stages_ms": {stage: 1000 * sum(each) / len(times) for stage, each in spent.items()},
        "answered": statuses["answered"] / len(times),
        "memory_mb": own,
        "with_mapped_mb": mapped,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("library", type=place_of)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.library, arguments.questions)))


if __name__ == "__main__":
    main()
