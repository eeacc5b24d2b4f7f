"""Names and texts that are made to be taken for something else."""

import csv
import io
import json
import sqlite3
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from corpus.errors import EmptyFile
from corpus.shown import UNSEEN
from index.feedback import Verdict, save_feedback
from index.ingest import Outcome, index_files
from index.kept import keep
from index.store import Library
from qa.assistant import Assistant
from qa.cli import app
from qa.export import figure_row, write_csv
from qa.web.lists import hits_html, reports_html, results_html
from qa.web.service import feedback_on
from qa.web.words import load_words

REPORT = (
    "Norrviks kommun\nSocialnämnden\nÅrsrapport 2023\n1 Ekonomi\n"
    "Underskottet blev {} mnkr och beror på dyra placeringar.\n"
)
NAMES = (
    "'; DROP TABLE reports; --.txt",
    '"citat".txt',
    "<script>alert(1)<script>.txt",
    "😀 rapport 🇸🇪.txt",
    "rapport\u202etxt.exe.txt",
    "rad\nbrytning.txt",
    "\x1b[31mröd\x1b[0m.txt",
    "[bold]fet[bold].txt",
    "=HYPERLINK(1).txt",
    "a" * 251 + ".txt",
    "å" * 125 + ".txt",
    "trasig\udce5.txt",
    "-rf.txt",
    "~.txt",
    "%2e%2e%2f.txt",
)


@pytest.fixture
def named(tmp_path):
    """Reports under all those names."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / name).write_text(REPORT.format(number), encoding="utf-8")
    return sorted(folder.iterdir())


def test_reports_of_any_name_are_indexed_shown_and_removed(named, tmp_path, encoder):
    library = tmp_path / "library"
    results = index_files(library, named, encoder)
    assert [result.outcome for result in results] == [Outcome.ADDED] * len(NAMES)
    entries = Library(library).entries
    assert not any(UNSEEN.search(entry.file) for entry in entries)
    words = load_words("sv")
    for html in (reports_html(entries, True, words), results_html(results, words)):
        assert "<script>" not in html
        assert not UNSEEN.search(html.replace("\n", ""))
    for entry in entries:
        removed = CliRunner().invoke(app, ["remove", entry.report_id, "--library", str(library)])
        assert removed.exit_code == 0, removed.output
        assert "\x1b" not in removed.output
    assert Library(library).entries == ()


def test_the_command_line_shows_names_as_they_are(named, tmp_path):
    library = str(tmp_path / "library")
    shown = CliRunner().invoke(app, ["index", "--library", library, "--", *map(str, named)])
    assert shown.exit_code == 0, shown.output
    assert "\x1b" not in shown.output
    assert "[bold]" in shown.output
    listed = CliRunner().invoke(app, ["reports", "--json", "--library", library])
    assert len(json.loads(listed.output)) == len(NAMES)


@pytest.mark.parametrize(
    "name", [*NAMES, "../../utanför.txt", "..\\..\\utanför.txt", "/etc/passwd", "..", "", "con\x00.txt"]
)
def test_an_upload_stays_in_the_library(tmp_path, name):
    sent = tmp_path / "sent.txt"
    sent.write_text(REPORT.format("4,2"), encoding="utf-8")
    library = tmp_path / "deep" / "library"
    kept = keep(library, sent, name)
    assert kept.is_relative_to((library / "files").resolve())
    assert kept.read_bytes() == sent.read_bytes()
    assert len(kept.name.encode()) < 256
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "sent.txt"]


def test_what_a_file_is_goes_by_its_content(tmp_path, encoder):
    (tmp_path / "rapport.pdf").write_bytes(b"MZ\x90\x00" + bytes(200))
    (tmp_path / "rapport.docx").write_bytes(b"PK\x03\x04" + bytes(200))
    (tmp_path / "sida.pdf").write_text("<!doctype html><script>alert(1)</script>")
    (tmp_path / "egentligen.exe").write_text(REPORT.format("4,2"), encoding="utf-8")
    results = index_files(tmp_path / "library", sorted(tmp_path.glob("*.*")), encoder)
    assert {result.outcome for result in results} == {Outcome.FAILED}


def test_text_is_text_wherever_it_is_shown(tmp_path, encoder):
    hostile = "<b>fet</b> **stark** [länk](javascript:alert(1)) https://elak.example \u202etxe\u202c `kod` $x$ {{7*7}}"
    path = tmp_path / "a.txt"
    path.write_text(
        "Norrviks kommun\nSocialnämnden\nÅrsrapport 2023\n1 Hemtjänst\n"
        f"Hemtjänsten {hostile} gick med underskott. Underskottet beror på hyror.\n"
        "2 Nyckeltal\nNyckeltal\tUtfall 2022\tUtfall 2023\n=SUMMA(A1) hemtjänsttimmar, antal\t10\t12\n"
        "@kostnad hemtjänst, tkr\t-5\t-7\n",
        encoding="utf-8",
    )
    index_files(tmp_path / "library", [path], encoder)
    assistant = Assistant(Library(tmp_path / "library"), encoder)
    hits, words = assistant.search("hemtjänsten underskott"), load_words("sv")
    html = hits_html(hits, assistant.library, "fit", lambda text: assistant.marked("hemtjänsten", text), words)
    assert "<b>" not in html
    assert 'href="javascript' not in html
    assert 'href="https://elak' not in html
    assert "\u202e" not in html
    assert "{{" not in html
    out = io.StringIO()
    figures = assistant.figures("hemtjänsttimmar")
    assert figures
    write_csv([figure_row(figure, assistant.library) for figure in figures], out)
    for row in csv.reader(io.StringIO(out.getvalue()), delimiter=";"):
        for at, cell in enumerate(row):
            # A value that is a number, with its sign, is no formula.
            assert at == 7 or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_an_error_never_turns_the_line():
    message = str(EmptyFile("rapport\u202efdp.exe\x1b[2J\r är tom."))
    assert not UNSEEN.search(message)
    assert message.endswith("är tom.")


#: What a terminal would obey, and what turns a line or is not seen.
UNWANTED = "\x1b]0;rubrik\x07\x1b[2J\x9b31m\u202etxt.exe\u2066\u200b\U000e0041"


def test_nothing_that_readers_write_reaches_a_terminal_as_they_wrote_it(tmp_path, assistant):
    answer = assistant.ask("Hur hög var sjukfrånvaron i Norrvik 2023?")
    said = feedback_on(answer, assistant.library, Verdict.WRONG, f"Not {UNWANTED}", "1")
    save_feedback(tmp_path, replace(said, question=UNWANTED, answer=UNWANTED))
    with sqlite3.connect(tmp_path / "audit.sqlite") as db:
        # As earlier versions, or another program, may have written it.
        db.execute("CREATE TABLE audit (at TEXT, who TEXT, event TEXT, what TEXT, outcome TEXT)")
        db.execute("INSERT INTO audit VALUES (?, ?, 'fråga', ?, ?)", ("2026-11-01T10:00:00+00:00", *[UNWANTED] * 3))
    source = tmp_path / f"rapport{UNWANTED.replace('/', '')}.txt"
    source.write_text(REPORT.format("4,2"), encoding="utf-8")
    library = str(tmp_path)
    runs = [["index", "--library", library, "--", str(source)]]
    runs += [
        [command, "--library", library, *flags]
        for command in ("feedback", "audit", "reports")
        for flags in ([], ["--json"])
    ]
    runs += [
        ["search", "underskottet", "--library", library],
        ["ask", f"Hur stort blev {UNWANTED} underskottet?", "--library", library, "--json"],
    ]
    for run in runs:
        shown = CliRunner().invoke(app, run)
        assert shown.output.strip(), run
        assert not UNSEEN.search(shown.output.replace("\n", "").replace("\t", "")), run
    kept = CliRunner().invoke(app, ["audit", "--json", "--library", library]).output
    assert json.loads(kept.splitlines()[0])["who"] == UNWANTED
