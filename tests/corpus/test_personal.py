"""Personal identity numbers and remarks that were left behind."""

import docx
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText

from corpus.identify import Overrides
from corpus.personal import Kind, scan
from corpus.read import read_raw
from index.ingest import index_files
from index.store import Library
from qa.assistant import Assistant

#: Made numbers: the first is the tax agency's own example of how the check digit is worked out.
RIGHT = "811228-9874"


def kinds(text):
    return [finding.kind for finding in scan(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"Ärendet gäller {RIGHT}.",
        "19811228-9874",
        "198112289874",
        "8112289874",
        "18811228+9874",
        "född 811228–9874, bosatt",
        # A coordination number: the day has sixty added.
        "701063-2391",
    ],
)
def test_an_identity_number_is_found(text):
    assert kinds(text) == [Kind.IDENTITY]


@pytest.mark.parametrize(
    "text",
    [
        "811228-9873",  # another check digit
        "811328-9874",  # no such month
        "556036-0793",  # an organisation's number
        "16 811228-98741",
        "Kostnaden blev 8 112 289 874 kr",
        "tel. 0811-22 89 874",
        "diarienummer 2023-811228-98740",
        "211228-9874,5",
        "Utfall 1 981 122,898 74",
        "29811228-9874",
    ],
)
def test_other_numbers_are_not(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Två elever har skyddad identitet.", Kind.PROTECTED),
        ("Hanteringen av skyddade personuppgifter har setts över.", Kind.PROTECTED),
        ("Uppgiften har sekretessmarkering.", Kind.PROTECTED),
        ("Nettokostnaden [kommentar: stäm av med Karin] ökade.", Kind.REMARK),
        ("Kommentar [AB1]: ska detta vara med?", Kind.REMARK),
        ("Se tabell Fel! Hittar inte referenskälla.", Kind.REMARK),
        ("Klicka eller tryck här för att ange text.", Kind.REMARK),
        ("TODO siffror för augusti", Kind.REMARK),
    ],
)
def test_wording_that_should_be_looked_at_is_found(text, kind):
    assert kinds(text) == [kind]


def test_ordinary_text_has_none():
    text = "Nämndens kommentar: identiteten för området [1] stärks. Adressen är skyddad av träd. Todoroff och 811228."
    assert scan(text) == []


REPORT = """Norrviks kommun
Socialnämnden
Årsrapport 2023
1 Ekonomi
Socialnämnden redovisar ett underskott på 4,2 mnkr. Underskottet beror på dyrare placeringar.
2 Ärenden
Placeringen av 811228-9874 kostade 1,3 mnkr under året.
"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "rapport.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


def test_indexing_warns_and_repeats_nothing(report, tmp_path, encoder):
    (result,) = index_files(tmp_path / "library", [report], encoder)
    assert "ett personnummer" in result.message
    assert "--without-personal" in result.message
    assert RIGHT not in result.message
    assert result.message in " ".join(result.entry.notes)


def test_such_passages_can_be_left_out(report, tmp_path, encoder):
    library = tmp_path / "library"
    index_files(library, [report], encoder)
    (result,) = index_files(library, [report], encoder, Overrides(without_personal=True))
    assert "utelämnade" in result.message
    opened = Library(library)
    text = opened.report(result.entry.report_id).text
    assert RIGHT not in text
    # Everything else stands where it stood.
    assert len(text) == len(opened.report(result.entry.report_id).text)
    assert not [
        f for f in opened.catalogue.figures(result.entry.report_id) if f.unit == "mnkr" and str(f.value) == "1.3"
    ]
    assistant = Assistant(opened, encoder)
    assert all("Placeringen av" not in opened.text(hit.passage) for hit in assistant.search("placering kostade", 50))
    assert "4,2 mnkr" in assistant.ask("Vilket underskott redovisar socialnämnden 2023?").text
    # It stays so when the file changes.
    report.write_text(REPORT + "Ett ärende till gällde 19811228-9874.\n", encoding="utf-8")
    (again,) = index_files(library, [report], encoder)
    assert "2 personnummer" in again.message
    assert "utelämnade" in again.message


def test_remarks_in_word_are_told(tmp_path):
    document = docx.Document()
    run = document.add_paragraph("Underskottet blev 4,2 mnkr.").runs[0]
    document.add_comment(run, text="Stämmer det?", author="K", initials="K")
    document.save(tmp_path / "a.docx")
    assert any("en kommentar" in note for note in read_raw(tmp_path / "a.docx").notes)


def test_remarks_in_a_pdf_are_told(make_pdf, tmp_path):
    path = make_pdf("a.pdf", ["Underskottet blev 4,2 mnkr inom hemtjänsten."])
    writer = PdfWriter(clone_from=PdfReader(path))
    for text in ("Stämmer det?", "Kolla"):
        writer.add_annotation(0, FreeText(text=text, rect=(50, 550, 200, 650)))
    writer.write(tmp_path / "b.pdf")
    assert any("2 kommentarer" in note for note in read_raw(tmp_path / "b.pdf").notes)
    assert read_raw(path).notes == ()
