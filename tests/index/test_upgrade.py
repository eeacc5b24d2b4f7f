"""Libraries of earlier versions, and those that have been moved."""

import json
import shutil
import sqlite3
import stat
from contextlib import closing

import pytest

from corpus.errors import LibraryError
from corpus.identify import Overrides
from index import upgrade as upgrade_module
from index.feedback import read_feedback
from index.ingest import index_files
from index.kept import keep
from index.manifest import read_manifest
from index.store import Library
from index.upgrade import upgrade_library
from qa.assistant import Assistant
from qa.audit import read_audit
from qa.erasing import remove_reports
from qa.web.service import Service

REPORT = (
    "Norrviks kommun\nSocialnämnden\nÅrsrapport {0}\n1 Ekonomi\nUnderskottet blev {1} mnkr.\n"
    "Mått\tUtfall {0}\tBudget {0}\nHemtjänst\t12,5\t13,5\n"
)
#: The tables of 0.5.0 and 0.6.0 beside the library.
FEEDBACK = "at, question, read_as, scope, kind, status, answer, citations, verdict, note, version"
AUDIT = "at, who, event, what, outcome"


@pytest.fixture
def library(tmp_path, encoder):
    """A library of three reports, one of them corrected, with feedback and a log as earlier versions had them."""
    folder = tmp_path / "library"
    for number, year in enumerate((2021, 2022, 2023), 3):
        (tmp_path / f"{year}.txt").write_text(REPORT.format(year, number))
        given = Overrides(municipality="Storvik") if year == 2022 else None
        index_files(folder, [tmp_path / f"{year}.txt"], encoder, given)
    with closing(sqlite3.connect(folder / "feedback.sqlite")) as db, db:
        db.execute(f"CREATE TABLE feedback ({FEEDBACK})")
        said = ("2026-11-01", "Vad?", "Vad?", "{}", "what", "answered", "Svar", "[]", "wrong", "fel", "0.5.0")
        db.execute(f"INSERT INTO feedback VALUES ({','.join('?' * 11)})", said)
    with closing(sqlite3.connect(folder / "audit.sqlite")) as db, db:
        db.execute(f"CREATE TABLE audit ({AUDIT})")
        db.execute("INSERT INTO audit VALUES ('2026-11-01', 'anna', 'fråga', 'Vad?', 'answered')")
    return folder


def as_in_050(folder):
    """Has a library lie as 0.5.0 had it: format 3, a generation with one catalogue, and a file for each text."""
    manifest = read_manifest(folder)
    generation = folder / f"g{manifest.generation:06}"
    (generation / "reports").mkdir(parents=True)
    with closing(sqlite3.connect(generation / "catalogue.sqlite")) as db, db:
        for name in manifest.segments:
            db.execute("ATTACH ? AS s", (str(folder / name / "catalogue.sqlite"),))
            columns = [row[1] for row in db.execute("PRAGMA s.table_info(reports)")][:-3]
            db.execute(f"CREATE TABLE IF NOT EXISTS reports ({','.join(columns)})")
            db.execute(f"INSERT INTO reports SELECT {','.join(columns)} FROM s.reports")
            for report_id, content in db.execute("SELECT report_id, content FROM s.texts"):
                (generation / "reports" / f"{report_id}.json.gz").write_bytes(content)
            db.commit()
            db.execute("DETACH s")
    for made in (*folder.glob("s0*"), *folder.glob("lexical-*")):
        shutil.rmtree(made)
    written = {"format": 3, "generation": manifest.generation, "encoder": json.loads(manifest.dumped())["encoder"]}
    (folder / "manifest.json").write_text(json.dumps(written))


def as_in_060(folder):
    """Has a library be of another encoder, as the next version may bring."""
    values = json.loads((folder / "manifest.json").read_text())
    values["encoder"]["fingerprint"] = "0" * 16
    (folder / "manifest.json").write_text(json.dumps(values))


@pytest.mark.parametrize("earlier", [as_in_050, as_in_060])
def test_a_library_of_an_earlier_version_keeps_all_that_it_had(library, encoder, earlier):
    before = {entry.file: entry for entry in Library(library).entries}
    earlier(library)
    (library / "manifest.json").chmod(0o644)
    if earlier is as_in_050:
        with pytest.raises(LibraryError, match="rapportsvar upgrade"):
            Library(library)
    told = []
    assert upgrade_library(library, encoder, lambda *done: told.append(done)) == 3
    assert told[-1] == (3, 3)
    upgraded = Library(library)
    assert {entry.file: entry for entry in upgraded.entries} == before
    assert before["2022.txt"].municipality == "Storvik"
    answer = Assistant(upgraded, encoder).ask("Hur stort blev underskottet i Norrvik 2023?")
    assert "5 mnkr" in answer.text
    assert [each.question for each in read_feedback(library)] == ["Vad?"]
    assert [(each.who, each.what) for each in read_audit(library)] == [("anna", "Vad?")]
    named = {"manifest.json", "lock", "feedback.sqlite", "audit.sqlite", *upgraded.manifest.segments}
    left = {path.name for path in library.iterdir() if not path.name.startswith("lexical-")}
    assert left == named
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in library.rglob("*")} == {0}
    assert upgrade_library(library, encoder) is None
    # It can be changed as any other.
    remove_reports(library, encoder, [before["2021.txt"].report_id])
    assert len(Library(library).entries) == 2


def test_a_library_that_cannot_be_made_anew_stays_as_it_was(library, encoder, monkeypatch):
    as_in_050(library)
    files = {path: path.read_bytes() for path in library.rglob("*") if path.is_file()}

    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upgrade_module, "prepare", full)
    with pytest.raises(LibraryError, match="disken är full"):
        upgrade_library(library, encoder)
    assert {path: path.read_bytes() for path in files} == files
    monkeypatch.undo()
    assert upgrade_library(library, encoder) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "skadat"),
        ("[]", "skadat"),
        ('{"format": 2, "generation": 1, "encoder": {"fingerprint": "x"}}', "på nytt"),
        (None, "inget bibliotek"),
    ],
)
def test_what_is_no_library_is_a_sentence(tmp_path, encoder, content, said):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(LibraryError, match=said):
        upgrade_library(tmp_path, encoder)


def test_a_library_that_is_restored_elsewhere_has_its_pages(make_pdf, tmp_path, encoder):
    uploaded = make_pdf("rapport.pdf", ["Årsrapport 2023", "Norrviks kommun", "Hyrorna ökade med 4 mnkr."])
    first, second = tmp_path / "first", tmp_path / "second"
    index_files(first, [keep(first, uploaded, uploaded.name)], encoder)
    shutil.move(first, second)
    service = Service(Assistant(Library(second), encoder), False, second)
    (entry,) = service.library.entries
    try:
        assert service.picture(entry, 1, ()).width
        assert service.correct(entry, Overrides(year=2022)).period.year == 2022
        (entry,) = service.library.entries
        service.remove(entry)
        assert list((second / "files").iterdir()) == []
    finally:
        service.close()
