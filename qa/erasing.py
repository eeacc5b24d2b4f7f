"""A report removed, and with it what is left of its words beside the library."""

import json
from collections.abc import Collection
from pathlib import Path

from index.encode import Encoder
from index.feedback import read_feedback, remove_feedback
from index.kept import discard, located
from index.places import Place, home
from index.prepare import Entry
from index.store import writing
from qa.audit import read_audit, remove_audit


def remove_reports(place: Place, encoder: Encoder, report_ids: Collection[str]) -> list[Entry]:
    """Remove reports from a library, and their files if they were uploaded to it; the reports that were removed.

    Raises:
        LibraryError: if the library can't be written.
    """
    with writing(place, encoder) as writer:
        entries = [entry for each in report_ids if (entry := writer.entry(each))]
        for entry in entries:
            writer.remove(entry.report_id)
    for entry in entries:
        discard(home(place), located(home(place), entry.source))
    return entries


def forget(folder: Path, entries: Collection[Entry]) -> tuple[int, int]:
    """Remove what users said of answers that quote some reports, and the log's events that name them, for good.

    Returns:
        How many there were of each.

    Raises:
        LibraryError: if they can't be read or written.
    """
    ids = {entry.report_id for entry in entries}
    names = {name for entry in entries for name in (entry.file, entry.title) if name}
    said = [
        each.number
        for each in read_feedback(folder)
        if ids & {citation.get("report_id") for citation in json.loads(each.citations)}
        or any(name in each.answer for name in names)
    ]
    events = [
        each.number
        for each in read_audit(folder)
        if any(name in text for name in names for text in (each.what, each.outcome))
    ]
    return remove_feedback(folder, said), remove_audit(folder, events)
