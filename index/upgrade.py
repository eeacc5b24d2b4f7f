"""A library of an earlier version, or of another encoder, made into one of this version."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.document import Report
from corpus.errors import LibraryError, reason
from index.encode import Encoder
from index.folder import TABLES, clean, lexical_folder, locked
from index.lexical import LexicalIndex
from index.manifest import FORMAT, Manifest, read_manifest, write_manifest
from index.packing import unpack
from index.places import Place
from index.prepare import Entry, prepare
from index.store import exists, writing
from index.tables import Tables

#: The format of 0.5.0: one catalogue, and each report's text in a file of its own.
ONE_CATALOGUE = 3
EARLIER = frozenset({ONE_CATALOGUE, 4})
SCRATCH = "upgrade"
#: So many reports are written at a time.
AT_A_TIME = 100

#: Called with (reports done, reports in all).
Progress = Callable[[int, int], None]


def upgrade_library(place: Place, encoder: Encoder, progress: Progress | None = None) -> int | None:
    """Make a library anew from the reports that it has, with what users have said of them.

    The library stays as it was until the new one is whole; its log, feedback and uploaded files are not touched, but
    for being made their owner's alone.

    Returns:
        How many reports it has; None where there was nothing to do.

    Raises:
        LibraryError: if there is no library there, or it is damaged, of a version before 0.5.0, or in Milvus.
    """
    if not isinstance(place, Path):
        if not exists(place):
            raise LibraryError(f"Det finns inget bibliotek i {place}.")
        return None
    with locked(place):
        try:
            written = json.loads((place / "manifest.json").read_bytes())
            kind, generation, fingerprint = written["format"], written["generation"], written["encoder"]["fingerprint"]
        except FileNotFoundError as error:
            raise LibraryError(f"Det finns inget bibliotek i {place}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise LibraryError(f"Biblioteket i {place} är skadat; återställ det från säkerhetskopian.") from error
        if kind == FORMAT and fingerprint == encoder.info.fingerprint:
            # What a removal by an earlier version left is not kept.
            clean(place, read_manifest(place))
            _own(place)
            return None
        if kind != FORMAT and kind not in EARLIER:
            raise LibraryError(
                f"Biblioteket i {place} är gjort med en version som inte går att göra om; "
                "indexera rapporterna på nytt i ett nytt bibliotek."
            )
        try:
            entries = _entries(place, written)
            done = _made_anew(place, entries, generation, encoder, progress)
            _own(place)
            return done
        except sqlite3.Error as error:
            raise LibraryError(f"Biblioteket i {place} är skadat; återställ det från säkerhetskopian.") from error
        except OSError as error:
            raise LibraryError(
                f"Det går inte att skriva i {place} ({reason(error)}); biblioteket är som det var."
            ) from error


def _entries(place: Path, written: dict[str, Any]) -> list[tuple[Entry, Callable[[], Report]]]:
    """The reports of a library, each with how its text is read."""
    if written["format"] == ONE_CATALOGUE:
        folder = place / f"g{written['generation']:06}"
        with closing(Tables(folder / TABLES)) as tables:
            return [(entry, _kept_in(folder / "reports" / f"{entry.report_id}.json.gz")) for entry in tables.entries()]
    found: list[tuple[Entry, Callable[[], Report]]] = []
    for name in written["segments"]:
        # Open for as long as the texts are read.
        tables = Tables(place / name / TABLES)
        found += [(entry, _packed_in(tables, entry.report_id)) for entry in tables.entries()]
    return found


def _kept_in(path: Path) -> Callable[[], Report]:
    return lambda: unpack(path.read_bytes())


def _packed_in(tables: Tables, report_id: str) -> Callable[[], Report]:
    return lambda: unpack(tables.packed(report_id))


def _made_anew(
    place: Path,
    entries: list[tuple[Entry, Callable[[], Report]]],
    generation: int,
    encoder: Encoder,
    progress: Progress | None,
) -> int:
    scratch = place / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    # It goes on counting where the library is, so that its folders have names of their own.
    first = Manifest(FORMAT, generation, encoder.info, (), 1)
    LexicalIndex.create(scratch / lexical_folder(first))
    write_manifest(scratch, first)
    left = iter(entries)
    done = 0
    while batch := list(islice(left, AT_A_TIME)):
        with writing(scratch, encoder) as writer:
            for entry, read in batch:
                writer.add(prepare(read()), entry.source, entry.notes, entry.given)
                done += 1
                if progress:
                    progress(done, len(entries))
    made = read_manifest(scratch)
    assert made
    for name in (*made.segments, lexical_folder(made)):
        os.replace(scratch / name, place / name)
    write_manifest(place, made)
    clean(place, made)
    shutil.rmtree(scratch, ignore_errors=True)
    return done


def _own(place: Path) -> None:
    """Have all that a library consists of be its owner's alone, as earlier versions didn't."""
    for path in (place, *place.rglob("*")):
        # Of another owner, which is for them to say.
        with suppress(PermissionError):
            path.chmod(0o700 if path.is_dir() else 0o600)
