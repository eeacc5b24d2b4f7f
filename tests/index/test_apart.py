"""Indexing in a process of its own."""

import multiprocessing

import pytest

from corpus.errors import LibraryError
from corpus.identify import Overrides
from index.apart import index_apart
from index.ingest import Outcome, index_files
from index.store import Library


@pytest.fixture
def report(make_pdf):
    lines = ["Årsrapport 2023", "Kulturnämnden", "Solköpings kommun", "Biblioteken fick ett underskott på 1,7 mnkr."]
    return make_pdf("a.pdf", lines, ["Underskottet beror på hyror."])


def test_it_does_what_indexing_does_and_tells_how_far_it_is(report, tmp_path, encoder):
    told = []
    broken = tmp_path / "b.pdf"
    broken.write_bytes(b"%PDF-1.4")
    results = index_apart(
        tmp_path / "one", [report, broken], None, Overrides(board="Fritidsnämnden"), lambda *done: told.append(done)
    )
    index_files(tmp_path / "other", [report, broken], encoder, Overrides(board="Fritidsnämnden"))
    assert [result.outcome for result in results] == [Outcome.ADDED, Outcome.FAILED]
    assert Library(tmp_path / "one").entries == Library(tmp_path / "other").entries
    assert Library(tmp_path / "one").entries[0].board == "Fritidsnämnden"
    assert told[0][0] == 0
    assert all(0 <= share <= 1 for _, share in told)


def test_what_cannot_be_written_is_the_same_sentence(report, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LibraryError, match="Det går inte att skriva"):
        index_apart(tmp_path / "file" / "library", [report], None)


def test_a_process_that_dies_is_a_sentence_and_loses_nothing(report, tmp_path, encoder):
    library = tmp_path / "library"
    first = tmp_path / "first.txt"
    first.write_text("Årsrapport 2022\nSocialnämnden\nNorrviks kommun\nAllt gick bra.")
    index_files(library, [first], encoder)

    def kill(number: int, done: float) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    with pytest.raises(LibraryError, match=r"avbröts vid a\.pdf"):
        index_apart(library, [report], None, progress=kill)
    assert [entry.file for entry in Library(library).entries] == ["first.txt"]
    (result,) = index_apart(library, [report], None)
    assert result.outcome is Outcome.ADDED
