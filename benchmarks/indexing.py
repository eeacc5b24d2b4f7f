"""How many pages and passages a second are indexed, stage by stage, and what adding or removing one report takes."""

import io
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from benchmarks.made import made_reports
from corpus.identify import Overrides
from corpus.load import load_report
from corpus.read import read_raw
from corpus.samples.make import render_report
from index.encode import Encoder
from index.ingest import index_files
from index.prepare import prepare
from index.store import Library, writing


def made_pdfs(count: int, sections: int, folder: Path) -> list[Path]:
    """So many made reports as PDF files in a folder, drawn if they aren't there."""
    paths = []
    for number, report in enumerate(made_reports(count, sections)):
        paths.append(folder / f"{number}.pdf")
        if not paths[-1].exists():
            render_report(report, paths[-1])
    return paths


STAGES = ("pypdf alone", "reading with tables", "structure", "terms and figures", "vectors", "writing")


def by_stage(files: Sequence[Path], encoder: Encoder, folder: Path) -> dict[str, Any]:
    """Pages, passages, and for each stage the seconds that it takes on one core, one file after another."""
    spent = dict.fromkeys(
        ("pypdf alone", "reading with tables", "structure", "terms and figures", "vectors", "writing"), 0.0
    )
    pages = passages = 0
    # The first file loads what is loaded once.
    prepare(load_report(files[0])[0])
    with writing(folder / "stages", encoder) as writer:
        for path in files:
            at = [time.perf_counter()]
            for page in PdfReader(io.BytesIO(path.read_bytes())).pages:
                page.extract_text()
                pages += 1
            at.append(time.perf_counter())
            read_raw(path)
            at.append(time.perf_counter())
            report, notes = load_report(path)
            at.append(time.perf_counter())
            prepared = prepare(report)
            at.append(time.perf_counter())
            encoder.encode_passages(prepared.texts)
            at.append(time.perf_counter())
            writer.add(prepared, str(path), notes)
            at.append(time.perf_counter())
            alone, read, loaded, analysed, encoded, added = (b - a for a, b in pairwise(at))
            passages += len(prepared.passages)
            spent["pypdf alone"] += alone
            spent["reading with tables"] += read
            spent["structure"] += loaded - read
            spent["terms and figures"] += analysed
            spent["vectors"] += encoded
            spent["writing"] += added - encoded
        began = time.perf_counter()
    spent["writing"] += time.perf_counter() - began
    return {"pages": pages, "passages": passages, "seconds": spent}


def whole(files: Sequence[Path], encoder: Encoder, library: Path) -> dict[str, float]:
    """Pages and passages a second of indexing files as the command does, on all cores."""
    began = time.perf_counter()
    results = index_files(library, files, encoder)
    took = time.perf_counter() - began
    pages = sum(result.entry.pages for result in results if result.entry)
    return {"seconds": took, "pages": pages, "passages": sum(result.passages for result in results)}


def one_more(library: Path, encoder: Encoder, source: Path) -> dict[str, float]:
    """Seconds that it takes to add one report to a library, to replace it, and to remove it again."""
    began = time.perf_counter()
    index_files(library, [source], encoder)
    added = time.perf_counter()
    index_files(library, [source], encoder, Overrides(kind="Årsrapport"))
    replaced = time.perf_counter()
    with writing(library, encoder) as writer:
        if entry := writer.entry_from(str(source)):
            writer.remove(entry.report_id)
    removed = time.perf_counter()
    segments = len(Library(library).manifest.segments)
    return {
        "add": added - began,
        "replace": replaced - added,
        "remove": removed - replaced,
        "segments": segments,
    }
