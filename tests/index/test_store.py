"""A library is always in one whole version: after adding, replacing, removing, and crashing."""

import shutil
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import LibraryError, ModelMismatch
from corpus.identify import Overrides
from corpus.load import load_report
from corpus.split import split
from index import folder as folder_module
from index import prepare as prepare_module
from index.encode import EncoderInfo
from index.ingest import FILES_PER_COMMIT, Outcome, index_files, report_files
from index.manifest import FORMAT, read_manifest
from index.prepare import indexed_text, prepare
from index.samples import sample_files
from index.store import Library, writing
from index.terms import words
from index.tiers import FANOUT


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for path in sample_files()[:2]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def library(tmp_path, folder, encoder):
    index_files(tmp_path / "lib", report_files([folder]), encoder)
    return tmp_path / "lib"


def damage(library, report_id, content):
    """Put something else in the place of a report's text."""
    for name in read_manifest(library).segments:
        with sqlite3.connect(library / name / "catalogue.sqlite") as tables:
            tables.execute("UPDATE texts SET content = ? WHERE report_id = ?", (content, report_id))
        tables.close()


def outcomes(results):
    return [result.outcome for result in results]


def test_a_report_comes_back_as_it_went_in(library, folder):
    for path in report_files([folder]):
        report, _ = load_report(path)
        assert Library(library).report(report.report_id) == report


def test_adding_again_does_nothing(library, folder, encoder):
    before = read_manifest(library)
    assert outcomes(index_files(library, report_files([folder]), encoder)) == [Outcome.UNCHANGED] * 2
    assert read_manifest(library) == before


def test_a_changed_file_replaces_its_old_version(library, folder, encoder):
    path = report_files([folder])[0]
    shutil.copy(sample_files()[3], path)
    assert outcomes(index_files(library, [path], encoder)) == [Outcome.REPLACED]
    opened = Library(library)
    assert len(opened.entries) == 2
    assert {entry.municipality for entry in opened.entries} == {"Lindhaga", "Norrvik"}
    assert len(opened.dense) == len(opened.catalogue.numbers(entry.report_id for entry in opened.entries))


def test_the_same_contents_under_another_name_are_told(library, folder, encoder):
    shutil.copy(report_files([folder])[0], folder / "kopia.pdf")
    results = index_files(library, report_files([folder]), encoder)
    assert sorted(outcomes(results)) == [Outcome.DUPLICATE, Outcome.UNCHANGED, Outcome.UNCHANGED]


def test_the_same_contents_twice_in_one_go_are_told_and_corrected_once(tmp_path, folder, encoder):
    shutil.copy(report_files([folder])[0], folder / "kopia.pdf")
    library = tmp_path / "ny"
    results = index_files(library, report_files([folder]), encoder)
    assert sorted(outcomes(results)) == [Outcome.ADDED, Outcome.ADDED, Outcome.DUPLICATE]
    results = index_files(library, report_files([folder]), encoder, Overrides(municipality="Ekdunga"))
    assert outcomes(results) == [Outcome.REPLACED] * 3
    opened = Library(library)
    assert len(opened.entries) == 2
    assert len(opened.dense) == len(opened.catalogue.numbers(e.report_id for e in opened.entries))


def test_corrections_apply_to_a_file_that_has_not_changed(library, folder, encoder):
    path = report_files([folder])[0]
    (result,) = index_files(library, [path], encoder, Overrides(municipality="Ekdunga"))
    assert result.entry.municipality == "Ekdunga"
    assert len(Library(library).entries) == 2


def test_corrections_outlive_a_change_of_the_file(library, folder, encoder):
    path = report_files([folder])[0]
    index_files(library, [path], encoder, Overrides(municipality="Ekdunga"))
    shutil.copy(sample_files()[3], path)
    (result,) = index_files(library, [path], encoder)
    assert result.entry.municipality == "Ekdunga"


def test_corrections_follow_a_renamed_file_but_a_year_is_not_for_other_contents(library, folder, encoder):
    path = report_files([folder])[0]
    index_files(library, [path], encoder, Overrides(year=2021))
    path.rename(folder / "annat namn.pdf")
    (renamed,) = index_files(library, [folder / "annat namn.pdf"], encoder)
    assert renamed.entry.period.year == 2021
    shutil.copy(sample_files()[3], folder / "annat namn.pdf")
    (changed,) = index_files(library, [folder / "annat namn.pdf"], encoder)
    assert changed.entry.period.year == 2022


def test_a_file_that_becomes_a_double_no_longer_answers_as_before(library, folder, encoder):
    first, second = report_files([folder])
    shutil.copy(second, first)
    index_files(library, [first], encoder)
    assert [entry.source for entry in Library(library).entries] == [str(second)]


def test_a_lost_text_is_indexed_again(library, folder, encoder):
    entry = Library(library).entries[0]
    damage(library, entry.report_id, b"")
    results = index_files(library, report_files([folder]), encoder)
    assert sorted(outcomes(results)) == [Outcome.REPLACED, Outcome.UNCHANGED]
    assert Library(library).report(entry.report_id).text


def test_damaged_vectors_are_told(library):
    (segment,) = read_manifest(library).segments
    (library / segment / "vectors.faiss").write_bytes(b"rubbish")
    with pytest.raises(LibraryError, match="skadade"):
        Library(library)


def test_removing_leaves_no_trace(library, encoder):
    entry = Library(library).entries[0]
    with writing(library, encoder) as writer:
        writer.remove(entry.report_id)
    opened = Library(library)
    assert entry.report_id not in {other.report_id for other in opened.entries}
    assert opened.catalogue.numbers([entry.report_id]) == []
    assert opened.catalogue.figures(entry.report_id) == []
    for name in opened.manifest.segments:
        content = (library / name / "catalogue.sqlite").read_bytes()
        assert entry.report_id.encode() not in content
    assert len(opened.dense) == len(opened.catalogue.numbers(e.report_id for e in opened.entries))


def test_a_reader_keeps_its_version_while_others_write(library, encoder):
    reader = Library(library)
    entry = reader.entries[0]
    with writing(library, encoder) as writer:
        writer.remove(entry.report_id)
    assert reader.outdated
    assert reader.report(entry.report_id).text
    assert len(reader.catalogue.entries()) == 2
    assert reader.catalogue.figures(entry.report_id)
    assert len(reader.dense) == len(reader.catalogue.numbers(e.report_id for e in reader.entries))


class PowerFailure(Exception):
    pass


@pytest.mark.parametrize("step", ["pack", "write_vectors", "sync", "write_manifest"])
def test_a_crash_leaves_the_last_good_version(library, folder, encoder, monkeypatch, step):
    """The power goes in the middle of a correction, at each of its steps."""
    before = read_manifest(library)
    titles = {entry.title for entry in Library(library).entries}
    module = {"pack": prepare_module}.get(step, folder_module)
    real = getattr(module, step)

    def fail(*arguments):
        if step != "write_manifest":
            real(*arguments)
        raise PowerFailure

    path = report_files([folder])[0]
    monkeypatch.setattr(module, step, fail)
    with pytest.raises(PowerFailure), writing(library, encoder) as writer:
        writer.add(prepare(load_report(path, Overrides(municipality="Ekdunga"))[0]), str(path))
    monkeypatch.undo()
    opened = Library(library)
    assert read_manifest(library) == before
    assert {opened.report(entry.report_id).title for entry in opened.entries} == titles
    # What a killed process leaves behind is cleared away by the next writer.
    (library / "s000099-1").mkdir()
    index_files(library, sample_files()[2:3], encoder)
    assert not (library / "s000099-1").exists()
    assert len(Library(library).entries) == 3


def test_small_segments_are_joined_and_nothing_is_lost(library, tmp_path, encoder):
    for number in range(3 * FANOUT):
        path = tmp_path / f"{number:03}.txt"
        path.write_text(f"Norrviks kommun\nSocialnämnden\nÅrsrapport 2023\nMåttet nummer {number} blev {number} tkr.")
        index_files(library, [path], encoder)
    with writing(library, encoder) as writer:
        writer.remove(next(entry.report_id for entry in writer.entries() if entry.file == "003.txt"))
    opened = Library(library)
    assert len(opened.manifest.segments) < FANOUT
    assert {e.file for e in opened.entries} >= {f"{number:03}.txt" for number in range(3 * FANOUT) if number != 3}
    assert "003.txt" not in {entry.file for entry in opened.entries}
    numbers = opened.catalogue.numbers(entry.report_id for entry in opened.entries)
    assert len(set(numbers)) == len(numbers) == len(opened.dense)
    for number, passage in opened.catalogue.passages(numbers).items():
        # Each vector is still its own passage's.
        report = opened.report(passage.report_id)
        text = f"{' '.join(passage.heading_path)[-200:]} {indexed_text(report, passage)}"
        assert opened.dense.cosines(encoder.encode_passages([text])[0], [number])[0] > 0.999
    counted = Counter(word for e in opened.entries for word in set(words(opened.report(e.report_id).text)))
    assert {word: opened.vocabulary[word] for word in counted} == counted
    assert sorted(counted) == sorted(
        word for letter in {word[0] for word in counted} for word in opened.vocabulary.beginning(letter)
    )


def test_a_broken_file_fails_alone_among_five_hundred(tmp_path, encoder):
    folder = tmp_path / "många"
    folder.mkdir()
    for number in range(497):
        (folder / f"{number:03}.txt").write_text(f"Norrviks kommun\nSocialnämnden redovisar mått {number} för 2023.")
    (folder / "a.pdf").write_bytes(b"%PDF-1.4 avbruten")
    (folder / "b.txt").write_bytes(b"\x00\x01")
    (folder / "c.docx").write_bytes(b"PK\x03\x04")
    results = index_files(tmp_path / "lib", report_files([folder]), encoder)
    failed = {result.path.name: result.message for result in results if result.outcome is Outcome.FAILED}
    assert set(failed) == {"a.pdf", "b.txt", "c.docx"}
    assert all(message.endswith(".") for message in failed.values())
    assert len(Library(tmp_path / "lib").entries) == 497 > FILES_PER_COMMIT


def test_another_encoders_library_is_refused(library, encoder):
    class Other:
        info = replace(encoder.info, fingerprint="other", name="annan")

    with pytest.raises(ModelMismatch, match="annan"), writing(library, Other()):
        pass


@pytest.mark.parametrize(
    ("manifest", "words"),
    [("{", "skadat"), (f'{{"format": {FORMAT}, "encoder": {{}}}}', "skadat")],
    ids=["not-json", "not-ours"],
)
def test_a_damaged_manifest_is_told(library, manifest, words):
    (library / "manifest.json").write_text(manifest)
    with pytest.raises(LibraryError, match=words):
        Library(library)


def test_another_format_is_told(library):
    manifest = read_manifest(library)
    text = (library / "manifest.json").read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}')
    (library / "manifest.json").write_text(text)
    assert isinstance(manifest.encoder, EncoderInfo)
    with pytest.raises(LibraryError, match="annan version"):
        Library(library)


def test_a_damaged_report_is_told(library):
    entry = Library(library).entries[0]
    damage(library, entry.report_id, b"rubbish")
    opened = Library(library)
    with pytest.raises(LibraryError, match="skadad"):
        opened.report(entry.report_id)


def test_rows_are_indexed_with_the_head_of_their_table(tmp_path, encoder):
    rows = "\n".join(f"Verksamhet nummer {n} i kommunens alla delar\t{n}1\t{n}2" for n in range(1, 60))
    path = tmp_path / "lång.txt"
    path.write_text(f"1 Tabeller\nNyckeltal\tUtfall 2022\tUtfall 2023\n{rows}", encoding="utf-8")
    report, _ = load_report(path)
    passages = [p for p in split(report) if report.text[p.start : p.start + 10] != "Nyckeltal\t"]
    assert len(passages) >= 2
    for passage in passages:
        assert indexed_text(report, passage).startswith("Nyckeltal\tUtfall 2022\tUtfall 2023\nVerksamhet")


def test_progress_goes_on_through_reading_and_encoding(tmp_path, encoder):
    seen = []
    index_files(
        tmp_path / "lib", sample_files()[:2], encoder, progress=lambda number, done: seen.append((number, done))
    )
    assert seen == sorted(seen)
    assert {number for number, done in seen if done == 1.0} == {0, 1}
    assert any(0 < done < 0.5 for _, done in seen)


def test_a_relative_path_is_one_too(samples, monkeypatch):
    monkeypatch.chdir(samples.place.parent)
    assert Library(Path(samples.place.name)).entries == samples.entries
