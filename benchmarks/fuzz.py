"""Broken files by the thousand through the readers: none may hang beyond its limit or crash but its own worker.

Run with ``python -m benchmarks.fuzz --files 10000 [--from FOLDER]``; without a folder the sample reports are broken.
"""

import argparse
import io
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.timing import machine, percentiles
from corpus import workers
from corpus.errors import RapportsvarError
from corpus.identify import Overrides
from corpus.picture import page_picture
from corpus.read import SUFFIXES
from corpus.workers import Progress, Workers
from index.reading import load
from index.samples import sample_files

#: A fuzzed file has so many pages at the most: what is broken matters, not how much there is of it.
PAGES = 3
LIMIT_SECONDS = 20.0

#: Numbers and names that readers stumble over.
TOKENS = (
    b"0 -1 99999999999 2147483648 1e309 null true [[[[[[[[ << >> /Kids /Parent /Length /Count /Prev /Root "
    b"/Filter /FlateDecode /LZWDecode /ASCII85Decode /Predictor /W /Index /XObject /Form /Encrypt 0 0 R 1 0 R"
).split(b" ")

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def _flip(chance: random.Random, content: bytes, other: bytes) -> bytes:
    broken = bytearray(content)
    for _ in range(chance.choice((1, 4, 32, 256))):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def _span(chance: random.Random, content: bytes) -> tuple[int, int]:
    begin = chance.randrange(len(content))
    return begin, min(len(content), begin + chance.choice((1, 16, 256, 4_096, 65_536)))


def _cut(chance: random.Random, content: bytes, other: bytes) -> bytes:
    begin, end = _span(chance, content)
    return content[:begin] + content[end:]


def _truncate(chance: random.Random, content: bytes, other: bytes) -> bytes:
    return content[: chance.randrange(1, len(content))]


def _repeat(chance: random.Random, content: bytes, other: bytes) -> bytes:
    begin, end = _span(chance, content)
    return content[:end] + content[begin:end] * chance.choice((1, 3, 50)) + content[end:]


def _blank(chance: random.Random, content: bytes, other: bytes) -> bytes:
    begin, end = _span(chance, content)
    return content[:begin] + bytes(end - begin) + content[end:]


def _splice(chance: random.Random, content: bytes, other: bytes) -> bytes:
    begin, end = _span(chance, other)
    at = chance.randrange(len(content))
    return content[:at] + other[begin:end] + content[at:]


def _token(chance: random.Random, content: bytes, other: bytes) -> bytes:
    broken = content
    for _ in range(chance.choice((1, 3, 10))):
        at = broken.find(chance.choice((b" ", b"/", b"obj", b"R")), chance.randrange(len(broken)))
        broken = broken[: at + 1] + chance.choice(TOKENS) + b" " + broken[at + 1 + chance.randrange(6) :]
    return broken


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _truncate, _repeat, _blank, _splice, _token, _token)


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One of the ``seeds``, broken in one to three ways."""
    content = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 2, 3))):
        content = chance.choice(MUTATIONS)(chance, content, chance.choice(seeds)) or b"%PDF-"
    return content


def seeds_from(files: Sequence[Path]) -> list[bytes]:
    """The files' contents; of PDFs a few pages, both as they are and with their streams unpacked."""
    seeds = []
    for path in files:
        content = path.read_bytes()
        if not content.startswith(b"%PDF"):
            seeds.append(content)
            continue
        reader = PdfReader(io.BytesIO(content))
        for unpacked in (False, True):
            writer = PdfWriter()
            for page in reader.pages[:PAGES]:
                writer.add_page(page)
            if unpacked:
                for page in writer.pages:
                    if contents := page.get_contents():
                        contents.set_data(contents.get_data())
            out = io.BytesIO()
            writer.write(out)
            seeds.append(out.getvalue())
    return seeds


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a broken file: "read" or the kind of error, its message, and how many seconds it took."""

    kind: str
    message: str
    seconds: float


def probe(path: Path, tell: Progress) -> Outcome:
    """Read a file as the index does, and draw its first page as the page does."""
    began = time.perf_counter()
    try:
        load(path, Overrides(), tell)
        if path.suffix == ".pdf":
            page_picture(path, 1)
    except RapportsvarError as error:
        return Outcome(type(error).__name__, str(error), time.perf_counter() - began)
    return Outcome("read", "", time.perf_counter() - began)


def run(files: int, seeds: Sequence[bytes], seed: int, quiet: bool = True) -> list[Outcome]:
    """Read so many broken files in worker processes; what became of each."""
    chance = random.Random(seed)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, Workers(__name__) as readers:
        paths: dict[int, Path] = {}
        for number in track(range(files + readers.ahead), "Läser trasiga filer", disable=quiet):
            if number < files:
                content = mutated(chance, seeds)
                suffix = ".pdf" if b"%PDF" in content[:1024] else ".docx" if content.startswith(b"PK") else ".txt"
                paths[number] = Path(folder) / f"{number}{suffix}"
                paths[number].write_bytes(content)
                readers.start(number, probe, paths[number])
            if (oldest := number - readers.ahead) >= 0 and oldest in paths:
                try:
                    outcomes.append(readers.result(oldest))
                except RapportsvarError as error:
                    # The worker was ended, or stumbled over what nobody foresaw.
                    outcomes.append(Outcome(f"{type(error).__name__} (worker)", str(error), workers.STUCK_SECONDS))
                paths.pop(oldest).unlink()
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--from", dest="folder", type=Path, help="a folder with report files to break")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    console = Console()
    console.print(machine())
    chosen = arguments.folder.rglob("*") if arguments.folder else sample_files()
    found = sorted(path for path in chosen if path.suffix in SUFFIXES)
    seeds = seeds_from(found)
    console.print(f"{len(seeds)} seeds from {len(found)} files")
    workers.STUCK_SECONDS = LIMIT_SECONDS
    outcomes = run(arguments.files, seeds, arguments.seed, quiet=False)
    table = Table("outcome", "files", title=f"{arguments.files:,} broken files")
    for kind, count in Counter(outcome.kind for outcome in outcomes).most_common():
        table.add_row(kind, str(count))
    console.print(table)
    p50, p95, p99 = percentiles([outcome.seconds for outcome in outcomes])
    longest = max(outcome.seconds for outcome in outcomes)
    console.print(f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {longest:.1f} s")
    for outcome in outcomes:
        if outcome.kind.endswith("(worker)"):
            console.print(outcome.message)


if __name__ == "__main__":
    main()
