"""Each kind of bad file gets its own error with one Swedish sentence; good ones are read whole."""

import io
import os
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from corpus import read
from corpus.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    NoTextLayer,
    TooLarge,
    UnreadableFile,
    UnsupportedFormat,
)
from corpus.geometry import Grids
from corpus.load import load_report
from corpus.read import read_raw, with_tabs
from corpus.split import split

LINES = ["Norrviks kommun", "Socialnämnden redovisar ett överskott på 4,5 mnkr för året."]


def test_pdf_pages_are_read_in_order(make_pdf):
    raw = read_raw(make_pdf("two.pdf", LINES, ["Sida två handlar om särskilt boende, å ä ö."]))
    assert raw.paged
    assert len(raw.pages) == 2
    assert "Socialnämnden redovisar" in raw.pages[0]
    assert "särskilt boende, å ä ö" in raw.pages[1]


def _encrypted(path: Path, source: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(source))
    writer.encrypt("hemligt")
    writer.write(path)


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        pytest.param("a.pdf", b"", EmptyFile, "är tom", id="empty"),
        pytest.param("a.pdf", b"%PDF-1.7\n1 0 obj\n<<", DamagedFile, "skadad", id="truncated"),
        pytest.param("a.pdf", b"<html>hej</html>", UnsupportedFormat, "inte en PDF", id="not-a-pdf"),
        pytest.param("a.docx", b"PK\x03\x04rubbish", DamagedFile, "skadad", id="broken-docx"),
        pytest.param("a.txt", b"Rapport\x00\x01", DamagedFile, "nollbyte", id="nul-bytes"),
        pytest.param("a.txt", b" \n 12 \n", EmptyFile, "ingen läsbar text", id="no-words"),
        pytest.param("a.xlsx", b"\xd0\xcf\x11\xe0", UnsupportedFormat, "PDF-, DOCX- eller TXT-fil", id="other-format"),
    ],
)
def test_bad_files_have_an_error_each(tmp_path, name, content, error, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        read_raw(path)
    message = str(caught.value)
    assert words in message
    assert name in message
    assert message.endswith(".")
    assert "\n" not in message


def test_encrypted_pdf(tmp_path, make_pdf):
    path = tmp_path / "locked.pdf"
    _encrypted(path, make_pdf("open.pdf", LINES))
    with pytest.raises(EncryptedFile, match="lösenordsskyddad"):
        read_raw(path)


def test_pdf_of_pictures_only(make_pdf):
    with pytest.raises(NoTextLayer, match="OCR"):
        read_raw(make_pdf("scan.pdf", [], []))


def test_some_pages_without_text_are_told(make_pdf):
    assert read_raw(make_pdf("mixed.pdf", LINES, [])).notes == ("1 av 2 sidor saknar text och kan inte sökas.",)


def test_a_file_of_two_thousand_pages_is_refused(make_pdf):
    with pytest.raises(TooLarge, match="2000 sidor, men högst 1000"):
        read_raw(make_pdf("long.pdf", *[["Sida"]] * 2000))


def test_too_many_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MOST_BYTES", 10)
    path = tmp_path / "big.txt"
    path.write_text("En rapport om året.")
    with pytest.raises(TooLarge):
        read_raw(path)


def test_missing_file(tmp_path):
    with pytest.raises(UnreadableFile, match=r"saknas\.pdf gick inte att öppna \(den finns inte\)"):
        read_raw(tmp_path / "saknas.pdf")


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "rör.txt")
    with pytest.raises(UnreadableFile, match="ingen vanlig fil"):
        read_raw(tmp_path / "rör.txt")


def test_one_endless_word_is_read_in_time(tmp_path):
    path = tmp_path / "ett.txt"
    path.write_text("Inledning till rapporten.\n" + "abcdefghijå" * 100_000)
    report, _ = load_report(path)
    assert max(passage.end - passage.start for passage in split(report)) <= 1000


def test_latin1_text_is_read_and_told(tmp_path):
    path = tmp_path / "gammal.txt"
    path.write_bytes("Nämnden för ålder och ägande".encode("latin-1"))
    raw = read_raw(path)
    assert raw.pages == ("Nämnden för ålder och ägande",)
    assert "Windows-1252" in raw.notes[0]


def test_zip_that_is_no_docx(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "hej")
    path = tmp_path / "a.docx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(UnsupportedFormat, match="inget Word-dokument"):
        read_raw(path)


def test_docx_keeps_paragraphs_lists_and_table_rows(tmp_path):
    document = docx.Document()
    document.add_heading("1 Sammanfattning", 1)
    document.add_paragraph("Vård- och omsorgsnämnden i Lindhaga kommun redovisar ett underskott på 3,2 mnkr för 2023.")
    document.add_paragraph("Fler placeringar", style="List Bullet")
    table = document.add_table(rows=2, cols=3)
    for row, values in zip(table.rows, [("Nyckeltal", "2022", "2023"), ("Antal platser", "", "210")], strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    path = tmp_path / "rapport.docx"
    document.save(str(path))
    report, _ = load_report(path)
    assert "Antal platser\t\t210" in report.text
    assert "• Fler placeringar" in report.text
    assert report.municipality == "Lindhaga"
    assert report.page(0) is None


def test_gaps_become_tabs_and_empty_cells_keep_their_place():
    placed = (
        "Nyckeltal            2021   2022   2023\n"
        "Platser               304           296\n"
        "Kö                            41     67"
    )
    assert with_tabs(placed).split("\n") == [
        "Nyckeltal\t2021\t2022\t2023",
        "Platser\t304\t\t296",
        "Kö\t\t41\t67",
    ]


@pytest.mark.parametrize("shift", [-0.4, -0.2, 0.2, 0.4])
def test_letters_drawn_twice_to_look_bold_are_read_once(tmp_path, shift):
    path = tmp_path / "fet.pdf"
    canvas = Canvas(str(path))
    canvas.grid([50, 200, 300, 400], [700, 680, 660, 640, 620])
    rows = [("Mått", "2022", "2023"), ("Platser", "110", "122"), ("Timmar", "330", "440"), ("Ärenden", "55", "66")]
    for at, row in enumerate(rows):
        for x, cell in zip((55, 205, 305), row, strict=True):
            for moved in (0, shift):
                canvas.drawString(x + moved, 686 - 20 * at, cell)
    canvas.save()
    ruled = Grids(path.read_bytes()).page_text(0, " ".join(cell for row in rows for cell in row))
    assert ruled == "\n".join("\t".join(row) for row in rows)
