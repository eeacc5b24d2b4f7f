"""How fast and how large Rapportsvar is on this machine, beside others' libraries in the same minutes.

Run with ``pip install -e '.[benchmarks]' && python -m benchmarks``. The large libraries are made once, in ``--folder``,
and found there the next time: 12,000 reports, a million passages, take half an hour and 4 GB of disk.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import indexing
from benchmarks.asking import questions
from benchmarks.made import made_reports, write_text
from benchmarks.timing import apart, machine
from index.encode import load_encoder
from index.ingest import index_files
from index.store import Library

SECTIONS = 20
#: Reports of twenty sections have some 84 passages: these have a million together.
MILLION = 12_000
SIZES = (5, 500, 5_000, MILLION)
#: LlamaIndex keeps each passage as Python objects; beyond this it takes more memory than the machine has.
LLAMAINDEX_REPORTS = 500
COLD_RUNS = 5
PDFS = 40

console = Console(width=140)


def library_of(reports: int, folder: Path) -> Path:
    """A library of so many made reports; built if it isn't in the folder."""
    library = folder / str(reports) / "library"
    files = folder / str(reports) / "reports"
    files.mkdir(parents=True, exist_ok=True)
    sources = []
    for number, report in enumerate(track(made_reports(reports, SECTIONS), "Skriver rapporter", total=reports)):
        sources.append(files / f"{number:05}.txt")
        if not sources[-1].exists():
            write_text(report, sources[-1])
    if library.exists() and len(Library(library).entries) == reports:
        return library
    began = time.perf_counter()
    with console.status(f"Indexerar {reports} rapporter …"):
        passages = sum(result.passages for result in index_files(library, sources, load_encoder()))
    took = time.perf_counter() - began
    console.print(f"{reports:,} reports as text, {passages:,} passages: {took:.0f} s, {passages / took:.0f} passages/s")
    return library


def cold(library: Path) -> list[float]:
    """Seconds that each of some runs of ``rapportsvar ask`` takes, from nothing to the answer."""
    asked = questions(Library(library), COLD_RUNS)
    command = [sys.executable, "-c", "from qa.cli import run; run()", "ask", "--library", str(library)]
    times = []
    for question in asked:
        began = time.perf_counter()
        subprocess.run([*command, question], capture_output=True, check=False)
        times.append(time.perf_counter() - began)
    return times


def show_indexing(folder: Path) -> None:
    encoder = load_encoder()
    pdfs = folder / "pdf"
    pdfs.mkdir(parents=True, exist_ok=True)
    with console.status("Ritar och indexerar PDF-filer …"), tempfile.TemporaryDirectory() as scratch:
        files = indexing.made_pdfs(PDFS, SECTIONS, pdfs)
        stages = indexing.by_stage(files, encoder, Path(scratch))
        whole = indexing.whole(files, encoder, Path(scratch) / "whole")
    pages, passages = stages["pages"], stages["passages"]
    table = Table("stage, on one core", "ms a page", "pages/s", "share", title=f"{len(files)} PDFs, {pages} pages")
    # What pypdf does alone is done again when the file is read with its tables.
    total = sum(stages["seconds"].values()) - stages["seconds"]["pypdf alone"]
    for stage, seconds in stages["seconds"].items():
        table.add_row(stage, f"{1000 * seconds / pages:.2f}", f"{pages / seconds:.0f}", f"{seconds / total:.0%}")
    console.print(table)
    console.print(
        f"indexed on all cores: {whole['pages'] / whole['seconds']:.0f} pages/s, "
        f"{whole['passages'] / whole['seconds']:.0f} passages/s ({passages / pages:.1f} passages a page)"
    )


def show_size(reports: int, folder: Path) -> None:
    library = library_of(reports, folder)
    ours = apart("benchmarks.asking", str(library))
    others = {"bm25s + FAISS flat": apart("benchmarks.baseline", str(library), "bm25s")}
    if reports <= LLAMAINDEX_REPORTS:
        others["LlamaIndex fusion"] = apart("benchmarks.baseline", str(library), "llamaindex")
    title = f"{ours['reports']:,} reports, {ours['passages']:,} passages"
    table = Table("", "p50 ms", "p95 ms", "p99 ms", "own memory MB", "with mapped files MB", title=title)

    def row(name: str, times: list[float], memory: dict[str, Any] | None) -> None:
        sizes = (f"{memory['memory_mb']:.0f}", f"{memory['with_mapped_mb']:.0f}") if memory else ("", "")
        table.add_row(name, *(f"{each:.1f}" for each in times), *sizes)

    row("question, answered with proof", ours["ask_ms"], ours)
    row("search alone", ours["search_ms"], None)
    for name, other in others.items():
        row(f"{name}: search", other["search_ms"], other)
        ratios = [mine / theirs for mine, theirs in zip(ours["search_ms"], other["search_ms"], strict=True)]
        shares = [ours[key] / other[key] for key in ("memory_mb", "with_mapped_mb")]
        table.add_row("  ours / theirs", *(f"{each:.2f}" for each in (*ratios, *shares)))
    console.print(table)
    stages = ", ".join(f"{stage} {each:.1f}" for stage, each in ours["stages_ms"].items())
    console.print(f"mean ms by stage: {stages}; answered {ours['answered']:.0%}")
    console.print(f"open {ours['open_ms']:.0f} ms, first question {ours['first_ms']:.0f} ms")
    runs = cold(library)
    console.print(
        f"cold «rapportsvar ask»: {statistics.median(runs):.2f} s (median of {len(runs)}; {max(runs):.2f} at most)"
    )
    extra = folder / "en-till.txt"
    *_, last = made_reports(reports + 1, SECTIONS)
    write_text(last, extra)
    took = indexing.one_more(library, load_encoder(), extra)
    console.print(", ".join(f"{what} one report {took[what]:.2f} s" for what in ("add", "replace", "remove")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reports", type=int, nargs="*", default=SIZES, help="sizes of the libraries")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"), help="where they are kept")
    parser.add_argument("--no-indexing", action="store_true", help="leave out the PDFs")
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    console.print(machine())
    if not arguments.no_indexing:
        show_indexing(folder)
    for reports in arguments.reports:
        show_size(reports, folder)


if __name__ == "__main__":
    main()
