"""A report as a library keeps it: compressed JSON."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from corpus.document import Beliefs, Block, BlockKind, Period, Report
from corpus.errors import LibraryError

KINDS = {kind.value: kind for kind in BlockKind}


def pack(report: Report) -> bytes:
    """A report's text and structure as compressed JSON."""
    values = {
        "report_id": report.report_id,
        "file": report.file,
        "title": report.title,
        "municipality": report.municipality,
        "board": report.board,
        "kind": report.kind,
        "year": report.period.year if report.period else None,
        "through": report.period.through.isoformat() if report.period and report.period.through else None,
        "text": report.text,
        "page_starts": report.page_starts,
        "blocks": [[block.kind.value, block.start, block.end, block.level] for block in report.blocks],
        "seams": report.seams,
        "uncertain": sorted(report.uncertain),
        "beliefs": asdict(report.beliefs),
    }
    return gzip.compress(json.dumps(values, ensure_ascii=False).encode(), compresslevel=5, mtime=0)


def unpack(packed: bytes) -> Report:
    """A report from what ``pack`` made of it.

    Raises:
        LibraryError: if it is damaged.
    """
    try:
        values = json.loads(gzip.decompress(packed))
        through = values["through"]
        return Report(
            report_id=values["report_id"],
            file=values["file"],
            title=values["title"],
            municipality=values["municipality"],
            board=values["board"],
            kind=values["kind"],
            period=Period(values["year"], date.fromisoformat(through) if through else None) if values["year"] else None,
            text=values["text"],
            page_starts=tuple(values["page_starts"]),
            blocks=tuple(Block(KINDS[kind], start, end, level) for kind, start, end, level in values["blocks"]),
            seams=tuple(values["seams"]),
            uncertain=frozenset(values["uncertain"]),
            beliefs=beliefs_of(values.get("beliefs", {})),
        )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise LibraryError("En rapport i biblioteket är skadad; indexera rapporterna på nytt.") from error


def beliefs_of(values: Mapping[str, Any]) -> Beliefs:
    """Beliefs from JSON; those of libraries from before 0.7.0 have none."""
    return Beliefs(*(tuple(map(tuple, values.get(name, ()))) for name in ("municipalities", "years")))
