"""Broken and malicious files: each is read or refused with a sentence, within its limits."""

import io
import time
import zipfile
import zlib

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzz
from corpus import workers
from corpus.errors import DamagedFile, RapportsvarError
from corpus.identify import Overrides
from corpus.workers import Workers
from index.reading import Loaded, load
from index.samples import sample_files


@pytest.fixture(scope="module")
def readers():
    with Workers("index.reading") as readers:
        yield readers


@pytest.fixture
def outcome(readers, tmp_path):
    """What reading a file of some contents comes to: a report or the error."""
    number = 0

    def read(content, name):
        nonlocal number
        number += 1
        path = tmp_path / name
        path.write_bytes(content)
        readers.start(number, load, path, Overrides())
        try:
            return readers.result(number)
        except RapportsvarError as error:
            return error

    return read


def test_mutated_reports_are_read_or_refused(monkeypatch):
    monkeypatch.setattr(workers, "STUCK_SECONDS", fuzz.LIMIT_SECONDS)
    outcomes = fuzz.run(40, fuzz.seeds_from(sample_files()[:2]), seed=7)
    assert len(outcomes) == 40
    assert {"read", "DamagedFile"} <= {each.kind for each in outcomes}
    assert not [each for each in outcomes if each.kind.endswith("(worker)")]


FUZZED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZED
@given(st.text(max_size=3_000))
def test_any_text_is_read_or_refused(outcome, text):
    found = outcome(text.encode("utf-8", "surrogatepass"), "a.txt")
    assert isinstance(found, Loaded | RapportsvarError)
    # No text is beyond what was foreseen.
    assert "gick inte att tolka" not in str(found)


CELLS = st.text(alphabet="aåö 0123456789,.-–%|\t\u00a0", max_size=12)


@FUZZED
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=12))
def test_any_table_is_read_or_refused(outcome, rows):
    text = "Norrviks kommun\n1 Ekonomi\nTabell: Mått, tkr\n" + "\n".join("\t".join(row) for row in rows)
    assert "gick inte att tolka" not in str(outcome(text.encode(), "a.txt"))


@FUZZED
@given(st.binary(max_size=2_000), st.sampled_from([b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xfe", b""]))
def test_any_bytes_are_read_or_refused(outcome, content, beginning):
    assert "gick inte att tolka" not in str(outcome(beginning + content, "a.txt"))


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def document_with(body):
    """A DOCX whose document.xml is something else."""
    out, made = io.BytesIO(), io.BytesIO()
    docx.Document().save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.infolist():
            archive.writestr(item, body if item.filename == "word/document.xml" else source.read(item))
    return out.getvalue()


NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_a_zip_bomb_is_not_unpacked(outcome):
    began = time.perf_counter()
    bomb = zipped(word__document_xml=b"", **{"word__document.xml": bytes(600_000_000)})
    packed = time.perf_counter()
    assert "för stor" in str(outcome(bomb, "a.docx"))
    assert time.perf_counter() - packed < 5 + packed - began


def test_entities_are_not_multiplied_or_fetched(outcome, tmp_path):
    (tmp_path / "hemligt").write_text("hemligheten")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}'
        f'<!ENTITY x SYSTEM "{(tmp_path / "hemligt").as_uri()}">]>'
        f"<w:document {NAMESPACE}><w:body><w:p><w:r><w:t>Socialnämnden &l9; &x; i Norrviks kommun</w:t></w:r></w:p>"
        "</w:body></w:document>"
    )
    found = outcome(document_with(body), "a.docx")
    text = found.prepared.report.text if isinstance(found, Loaded) else str(found)
    assert "hemligheten" not in text
    assert len(text) < 1_000


@pytest.mark.parametrize("depth", [100, 2_000])
def test_nesting_has_an_end(outcome, depth):
    inner = "<w:p><w:r><w:t>Socialnämnden i Norrviks kommun</w:t></w:r></w:p>"
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    body = f"<w:document {NAMESPACE}><w:body>{inner}</w:body></w:document>"
    assert isinstance(outcome(document_with(body), "a.docx"), Loaded | RapportsvarError)


def pdf(*objects, pages="<< /Type /Pages /Kids [3 0 R] /Count 1 >>"):
    """A PDF of a catalogue, a tree of pages, and further objects from number 3 on; without a table of them."""
    every = ["<< /Type /Catalog /Pages 2 0 R >>", pages, *objects]
    content = b"%PDF-1.7\n"
    for number, each in enumerate(every, 1):
        content += f"{number} 0 obj\n".encode() + (each if isinstance(each, bytes) else each.encode()) + b"\nendobj\n"
    return content + b"trailer << /Root 1 0 R /Size 9 >>\n%%EOF\n"


PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>"


def stream(data, filters="/FlateDecode"):
    return f"<< /Length {len(data)} /Filter {filters} >>\nstream\n".encode() + data + b"\nendstream"


@pytest.mark.parametrize(
    "content",
    [
        # Streams that grow a thousandfold, once and twice.
        pdf(PAGE, stream(zlib.compress(bytes(300_000_000), 9))),
        pdf(PAGE, stream(zlib.compress(zlib.compress(bytes(300_000_000), 9), 9), "[/FlateDecode /FlateDecode]")),
        # Pages that are their own parents, and more of them than there are.
        pdf(PAGE, pages="<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 3 >>"),
        pdf(PAGE, pages="<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>"),
        # A form that draws itself.
        pdf(
            PAGE.replace("/Resources << >>", "/Resources << /XObject << /F 5 0 R >> >>"),
            stream(zlib.compress(b"/F Do")),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 5 >>\n"
            b"stream\n/F Do\nendstream",
        ),
        # Brackets without end.
        pdf(PAGE, stream(zlib.compress(b"[" * 1_000_000))),
        pdf("[" * 100_000),
        pdf(PAGE.replace("595 842", "1e30 -1e30"), stream(zlib.compress(b"BT /F 1e30 Tf (a) Tj ET"))),
    ],
    ids=["bomb", "bomb-twice", "own-parent", "endless", "own-form", "brackets", "nested", "immense"],
)
def test_a_malicious_pdf_is_refused_in_time(outcome, monkeypatch, content):
    monkeypatch.setattr(workers, "STUCK_SECONDS", 15.0)
    began = time.perf_counter()
    found = outcome(content, "a.pdf")
    assert isinstance(found, RapportsvarError)
    assert str(found).endswith(".")
    assert time.perf_counter() - began < 20


def test_after_all_that_a_report_is_read(outcome):
    assert isinstance(outcome(sample_files()[0].read_bytes(), "a.pdf"), Loaded)
    assert isinstance(outcome(sample_files()[0].read_bytes()[:3_000], "b.pdf"), DamagedFile)
