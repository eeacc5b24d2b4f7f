"""A report as the command line and the API list it."""

from typing import Any

from index.prepare import Entry


def entry_json(entry: Entry) -> dict[str, Any]:
    """A report as ``reports --json`` lists it."""
    return {
        "report_id": entry.report_id,
        "file": entry.file,
        "title": entry.title,
        "municipality": entry.municipality,
        "board": entry.board,
        "kind": entry.kind,
        "year": entry.period.year if entry.period else None,
        "through": entry.period.through.isoformat() if entry.period and entry.period.through else None,
        "uncertain": sorted(entry.uncertain),
        "notes": list(entry.notes),
        "pages": entry.pages or None,
        "figures": entry.figures,
        "uncertain_figures": entry.uncertain_figures,
    }
