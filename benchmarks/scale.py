"""What a library in Milvus needs and takes, beside the same one in a folder, and what that comes to for ten million
passages.

Run with ``python -m benchmarks.scale --library milvus://HOST:PORT/NAME``, where NAME is a new library. For Milvus Lite:
``python -m milvus_lite server --data-dir FOLDER --host 127.0.0.1 --port 19530``.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.made import made_reports, write_text
from benchmarks.timing import apart, machine
from index.encode import load_encoder
from index.ingest import index_files
from index.milvus.collections import Collections
from index.places import Address, Place, home, place_of
from index.store import Library

SECTIONS = 20
#: Milvus Lite takes half a second for a question; half of them are measured.
QUESTIONS = "60"
#: 290 municipalities' boards and years.
TEN_MILLION = 10_000_000
#: Of so many passages' sparse vectors the mean length is taken.
SAMPLE = 1_000
#: Bytes of a number in a dense vector, and of a dimension with its number in a sparse one.
NUMBER, PAIR = 4, 8
GIB = 2**30

console = Console(width=120)


def index(place: Place, sources: Sequence[Path]) -> float:
    """Seconds that it takes to index files."""
    encoder = load_encoder()
    began = time.perf_counter()
    with console.status(f"Indexerar i {place} …"):
        index_files(place, sources, encoder)
    return time.perf_counter() - began


def opening(place: Place) -> float:
    """Seconds that it takes to open a library."""
    began = time.perf_counter()
    Library(place)
    return time.perf_counter() - began


def size(folder: Path) -> int:
    """The bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def needs(place: Address) -> dict[str, float]:
    """Bytes a passage, by what they are for."""
    library = Library(place)
    collections = Collections(place)
    numbers = library.catalogue.numbers(entry.report_id for entry in library.entries)
    sample = numbers[:: max(1, len(numbers) // SAMPLE)]
    pairs = sum(len(values["sparse"]) for values in collections.values(sample, ["sparse"]).values()) / len(sample)
    texts = sum(len(text) for name in library.manifest.segments for text in collections.of_kind(name).values())
    return {
        "Milvus: dense vectors": NUMBER * library.manifest.encoder.dimension,
        "Milvus: sparse vectors": PAIR * pairs,
        "Milvus: records (the segments' files)": texts / len(numbers),
        "each server: copies of the segments": size(home(place)) / len(numbers),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--library", type=place_of, required=True)
    parser.add_argument("--reports", type=int, default=20)
    arguments = parser.parse_args()
    place: Place = arguments.library
    if not isinstance(place, Address):
        parser.error("--library must be milvus://…")
    console.print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        sources = []
        for number, report in enumerate(made_reports(arguments.reports, SECTIONS)):
            sources.append(Path(scratch) / f"{number:05}.txt")
            write_text(report, sources[-1])
        folder = Path(scratch) / "library"
        took = {"folder": index(folder, sources), "Milvus": index(place, sources)}
        asked = {
            "folder": apart("benchmarks.asking", str(folder), "--questions", QUESTIONS),
            "Milvus": apart("benchmarks.asking", str(place), "--questions", QUESTIONS),
        }
        shutil.rmtree(home(place))
        opened = {"folder": opening(folder), "Milvus, all to copy": opening(place), "Milvus, copied": opening(place)}
        bytes_of = needs(place)
    passages = asked["Milvus"]["passages"]
    table = Table("", "indexing passages/s", "search p50 ms", "p95", "question p50 ms", "p95", "answered")
    for name, found in asked.items():
        times = [f"{each:.1f}" for each in (*found["search_ms"][:2], *found["ask_ms"][:2])]
        table.add_row(name, f"{passages / took[name]:.0f}", *times, f"{found['answered']:.0%}")
    console.print(f"{arguments.reports} reports, {passages:,} passages")
    console.print(table)
    console.print("opened: " + ", ".join(f"{name} {each:.2f} s" for name, each in opened.items()))
    sizes = Table("", "bytes a passage", f"GiB at {TEN_MILLION:,}")
    for name, each in bytes_of.items():
        sizes.add_row(name, f"{each:.0f}", f"{each * TEN_MILLION / GIB:.1f}")
    console.print(sizes)


if __name__ == "__main__":
    main()
