"""Removal is erasure: no word of a report that was removed is left in the library's files."""

import contextlib
import json
import sqlite3
import zlib

import pytest
from typer.testing import CliRunner

from index.feedback import Verdict, read_feedback, save_feedback
from index.ingest import index_files
from index.kept import keep
from index.lexical import LexicalIndex
from index.store import Library, writing
from qa.assistant import Assistant
from qa.audit import AT_THE_MACHINE, Audit, Event, read_audit
from qa.cli import app
from qa.web.service import feedback_on

#: Words that stand nowhere else: in the text, in a heading, in a table's row, and in the file's name.
WORDS = ("kvastkoppling", "gnejsfabriken", "örtagårdsavgift", "snäckhuset")
REPORT = (
    "Norrviks kommun\nSocialnämnden\nÅrsrapport 2023\n1 Gnejsfabriken\n"
    "Underskottet blev 4 mnkr och beror på kvastkoppling i Norrvik.\n"
    "Mått\tUtfall 2023\tBudget 2023\nÖrtagårdsavgift\t12,5\t13,5\n"
)
OTHER = (
    "Lindhaga kommun\nSkolnämnden\nÅrsrapport {0}\n1 Ekonomi\nÖverskottet blev {1} mnkr och beror på färre elever.\n"
)


@pytest.fixture
def library(tmp_path, encoder):
    """Some reports in as many changes, and one more whose words are to go."""
    folder = tmp_path / "library"
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(OTHER.format(2020 + number, number + 1))
        index_files(folder, [tmp_path / f"{number}.txt"], encoder)
    source = tmp_path / "snäckhuset.txt"
    source.write_text(REPORT)
    # As the page keeps what is uploaded.
    index_files(folder, [keep(folder, source, source.name)], encoder)
    return folder


def contents(folder):
    """All that the files of a folder have, and what of it is packed."""
    for path in folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            yield path, held
            at = held.find(b"\x1f\x8b\x08")
            while at >= 0:
                with contextlib.suppress(zlib.error):
                    yield path, zlib.decompressobj(wbits=31).decompress(held[at:])
                at = held.find(b"\x1f\x8b\x08", at + 1)


def left(folder, words=WORDS):
    """Which words stand where."""
    found = set()
    for path, held in contents(folder):
        plain = held.decode("utf-8", "ignore").lower()
        # As JSON may have them.
        escaped = {json.dumps(word)[1:-1]: word for word in words}
        found |= {(str(path.relative_to(folder)), word) for word in words if word in plain}
        found |= {(str(path.relative_to(folder)), word) for form, word in escaped.items() if form in plain}
    for index in folder.glob("lexical-*"):
        opened = LexicalIndex(index)._index.searcher()
        for field in ("lemmas", "parts", "headings"):
            # Of what is deleted too, until it has gone from the index.
            found |= {(index.name, word) for word in words if opened.doc_freq(field, word)}
    return found


def removed(library, *options):
    ran = CliRunner().invoke(app, ["remove", "snäckhuset.txt", "--library", str(library), *options])
    assert ran.exit_code == 0, ran.output


def test_the_words_are_there_before(library):
    assert {word for _, word in left(library)} == set(WORDS)


def test_no_word_is_left_once_the_report_is_removed(library, encoder):
    before = Library(library)
    removed(library, "--erase")
    assert left(library) == set()
    # Whoever has it open reads on in it.
    assert "4 mnkr" in Assistant(before, encoder).ask("Hur stort blev underskottet i Norrvik 2023?").text
    after = Assistant(Library(library), encoder)
    assert after.ask("Hur stort blev överskottet i Lindhaga 2021?").status == "answered"
    assert len(after.search("elever", 10)) == 3


def test_nor_when_it_is_replaced_by_another(library, encoder, tmp_path):
    source = tmp_path / "eget.txt"
    source.write_text(REPORT.replace("kvastkoppling", "solrosdiskning"))
    index_files(library, [source], encoder)
    assert {word for _, word in left(library, ["solrosdiskning"])}
    source.write_text(OTHER.format(2024, 7))
    index_files(library, [source], encoder)
    assert left(library, ["solrosdiskning"]) == set()


def test_nor_what_personal_data_stood_in(library, encoder, tmp_path):
    source = tmp_path / "eget.txt"
    source.write_text(REPORT.replace("i Norrvik", "för 19121212-1212 med solrosdiskning"))
    index_files(library, [source], encoder)
    ran = CliRunner().invoke(app, ["index", "--without-personal", "--library", str(library), str(source)])
    assert ran.exit_code == 0, ran.output
    assert not any("lexical" in path for path, _ in left(library, ["solrosdiskning"]))
    assert left(library, ["19121212-1212", "191212121212"]) == set()


def test_a_correction_writes_no_index_anew(library, encoder):
    with writing(library, encoder) as writer:
        entry = writer.entries()[0]
    ran = CliRunner().invoke(app, ["index", "--year", "2019", "--library", str(library), entry.source])
    assert ran.exit_code == 0, ran.output
    # The version before is kept for its readers then, until the next change.
    assert len(list(library.glob("lexical-*"))) == 2


def test_what_was_said_and_logged_of_it_goes_when_told_so(library, encoder):
    assistant = Assistant(Library(library), encoder)
    for question in ("Hur stort blev underskottet i Norrvik 2023?", "Hur stort blev överskottet i Lindhaga 2021?"):
        save_feedback(library, feedback_on(assistant.ask(question), assistant.library, Verdict.WRONG, "not", "1"))
    log = Audit(library)
    log.record("anna", Event.FILE, "snäckhuset.txt", "", "192.0.2.1")
    log.record("anna", Event.ASK, "Hur stort blev underskottet?", "answered", "192.0.2.1")
    log.record("anna", Event.ASK, "Vad är kvastkoppling?", "answered", "192.0.2.1")
    removed(library, "--erase")
    assert [each.question for each in read_feedback(library)] == ["Hur stort blev överskottet i Lindhaga 2021?"]
    assert [(each.event, each.origin) for each in read_audit(library)] == [
        (Event.ASK, "192.0.2.1"),
        (Event.ASK, "192.0.2.1"),
        (Event.REMOVE, AT_THE_MACHINE),
    ]
    assert left(library) == {("audit.sqlite", "kvastkoppling")}
    number = read_audit(library)[1].number
    ran = CliRunner().invoke(app, ["audit", "--remove", str(number), "--library", str(library)])
    assert "borttagna: 1" in ran.output
    assert left(library) == set()
    ran = CliRunner().invoke(app, ["feedback", "--remove-all", "--library", str(library)])
    assert "borttagna: 1" in ran.output
    assert read_feedback(library) == []
    assert [each.event for each in read_audit(library)][-2:] == [Event.CLEARED, Event.CLEARED]


def test_what_the_files_of_earlier_versions_have_is_kept(tmp_path):
    """0.6.0's log had no column for where from; its files are read, added to and removed from."""
    with sqlite3.connect(tmp_path / "audit.sqlite") as db:
        db.execute("CREATE TABLE audit (at TEXT, who TEXT, event TEXT, what TEXT, outcome TEXT)")
        db.execute("INSERT INTO audit VALUES ('2026-11-01T10:00:00+00:00', 'anna', 'fråga', 'Vad?', 'answered')")
    assert [(each.who, each.origin) for each in read_audit(tmp_path)] == [("anna", "")]
    Audit(tmp_path, days=3650).record("bo", Event.ASK, "Hur?", "", "192.0.2.1")
    assert [(each.who, each.origin) for each in read_audit(tmp_path)] == [("anna", ""), ("bo", "192.0.2.1")]
    assert json.loads(CliRunner().invoke(app, ["audit", "--json", "--library", str(tmp_path)]).output.splitlines()[0])
