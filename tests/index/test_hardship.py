"""A library among others who read and write it, on a disk that is full, and in a process that is killed."""

import resource
import shutil
import signal
import threading
from contextlib import contextmanager

import pytest

from benchmarks.crashes import crash_runs, state
from benchmarks.made import made_reports, write_text
from corpus.errors import LibraryError
from index import folder
from index.ingest import Outcome, index_files
from index.store import Library, writing


@pytest.fixture
def sources(tmp_path):
    paths = []
    for number, report in enumerate(made_reports(8, sections=2)):
        paths.append(tmp_path / f"{number}.txt")
        write_text(report, paths[-1])
    return paths


def test_a_killed_writer_leaves_the_library_as_before_or_as_after(tmp_path):
    outcomes = crash_runs(8, seed=3, folder=tmp_path, library=tmp_path / "library")
    assert sum(outcomes.values()) == 8


def test_readers_see_a_whole_version_while_others_write(tmp_path, sources, encoder):
    library = tmp_path / "library"
    index_files(library, sources[:3], encoder)
    seen, failed, ended = [], [], threading.Event()

    def read() -> None:
        while not ended.is_set():
            try:
                seen.append(frozenset(state(library, encoder)))
            except Exception as error:
                failed.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    versions = {frozenset(map(str, sources[:3]))}
    for source in sources[3:]:
        index_files(library, [source], encoder)
        versions.add(frozenset(entry.source for entry in Library(library).entries))
        with writing(library, encoder) as writer:
            writer.remove(writer.entry_from(str(source)).report_id)
    ended.set()
    for reader in readers:
        reader.join()
    assert not failed
    assert set(seen) <= versions
    assert len(seen) > 5


def test_two_writers_wait_for_each_other(tmp_path, sources, encoder):
    library = tmp_path / "library"
    together = threading.Barrier(2)
    results = []

    def add(source) -> None:
        together.wait()
        results.extend(index_files(library, [source], encoder))

    writers = [threading.Thread(target=add, args=(source,)) for source in sources[:2]]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [result.outcome for result in results] == [Outcome.ADDED] * 2
    assert len(state(library, encoder)) == 2


def test_who_has_waited_long_enough_is_told(tmp_path, sources, encoder, monkeypatch):
    monkeypatch.setattr(folder, "LOCK_SECONDS", 0.1)
    with (
        writing(tmp_path / "library", encoder),
        pytest.raises(LibraryError, match=r"Någon annan ändrar just nu .* försök igen"),
    ):
        index_files(tmp_path / "library", sources[:1], encoder)


@contextmanager
def files_no_larger_than(size):
    """As on a disk with so little room: no file grows beyond ``size`` bytes."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("size", [0, 300, 3_000, 20_000, 60_000, 100_000])
def test_where_there_is_no_room_nothing_is_lost(tmp_path, sources, encoder, size):
    library = tmp_path / "library"
    index_files(library, sources[:2], encoder)
    before = state(library, encoder)
    with files_no_larger_than(size), pytest.raises(LibraryError, match=r"Det går inte att skriva .* finns kvar\."):
        index_files(library, sources[2:], encoder)
    assert state(library, encoder) == before
    index_files(library, sources[2:], encoder)
    assert len(state(library, encoder)) == len(sources)


def test_a_library_can_be_copied_and_asked_elsewhere(tmp_path, sources, encoder):
    """What a backup is: the folder as it stands, also while somebody has it open."""
    index_files(tmp_path / "library", sources[:3], encoder)
    opened = Library(tmp_path / "library")
    shutil.copytree(tmp_path / "library", tmp_path / "restored")
    assert state(tmp_path / "restored", encoder) == {entry.source: entry.report_id for entry in opened.entries}
