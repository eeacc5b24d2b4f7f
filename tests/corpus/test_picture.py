"""Pages as pictures: what is marked is the quote, and nothing is marked on a guess."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from corpus.errors import DamagedFile
from corpus.picture import Quote, letters, page_picture


def yellow(png: bytes) -> list[tuple[int, int]]:
    """The pixels that are marked."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    data = image.tobytes()
    return [
        (at % image.width, at // image.width)
        for at in range(image.width * image.height)
        if data[3 * at + 2] < 120 and data[3 * at] > 200
    ]


def test_letters_are_all_that_is_compared():
    assert letters("Under-\nskott: 6,3 mnkr – ﬁnns") == "underskott63mnkrfinns"


@pytest.fixture
def pdf(make_pdf):
    lines = ["Kostnaden blev 12 mnkr.", "Annat", "Kostnaden blev 12 mnkr.", "Under- ", "skottet blev stort."]
    return make_pdf("a.pdf", lines, ["Hemtjänst\t163,0\t169,3\t–6,3", "Skola\t10,0\t16,3\t–6,3"])


def test_a_quote_is_marked_where_it_stands(pdf):
    found = page_picture(pdf, 1, [Quote("Kostnaden blev 12 mnkr.", after="Annat")])
    assert found.marked == (True,)
    (box,) = found.boxes
    # The first line stands 790 points up on a page of 842, from 50 points in; a picture has 2 pixels a point.
    assert box[0] == pytest.approx(100, abs=6)
    assert box[3] == pytest.approx(2 * (842 - 790) + 4, abs=8)
    pixels = yellow(found.png)
    assert pixels
    assert all(box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1 for x, y in pixels)
    assert yellow(page_picture(pdf, 1).png) == []


def test_of_the_same_words_twice_those_are_marked_that_stand_in_the_same_words(pdf):
    words = "Kostnaden blev 12 mnkr."
    first = page_picture(pdf, 1, [Quote(words, after="Annat")])
    second = page_picture(pdf, 1, [Quote(words, before="Annat ", after=" Underskottet")])
    assert second.boxes[0][1] - first.boxes[0][1] == pytest.approx(2 * 24, abs=1)
    # Where nothing tells which, neither is marked.
    assert page_picture(pdf, 1, [Quote(words)]).marked == (False,)
    assert page_picture(pdf, 1, [Quote(words, before="Inget sådant", after="Eller sådant")]).marked == (False,)


def test_a_running_header_is_not_taken_for_the_text(make_pdf):
    pdf = make_pdf("h.pdf", ["Ansvarig är Socialnämnden", "i kommunen."], header="Socialnämnden 2023")
    found = page_picture(pdf, 1, [Quote("Socialnämnden", "Ansvarig är ", " i kommunen.")])
    assert found.boxes[0][1] > 2 * (842 - 810)


def test_a_word_that_was_broken_over_two_lines_has_two_marks(pdf):
    found = page_picture(pdf, 1, [Quote("Underskottet blev")])
    assert len(found.boxes) == 2


def test_the_cells_of_a_row_are_found_one_by_one(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    # The file has the table column by column.
    canvas = Canvas(str(tmp_path / "t.pdf"))
    for x, cells in ((50, ("Hemtjänst", "Skola")), (200, ("163,0", "10,0")), (300, ("–6,3", "–6,3"))):
        for row, cell in enumerate(cells):
            canvas.drawString(x, 700 - 20 * row, cell)
    canvas.save()
    (first, *_), (second, *_) = (
        page_picture(tmp_path / "t.pdf", 1, [Quote(row)]).boxes
        for row in ("Hemtjänst\t163,0\t–6,3", "Skola\t10,0\t–6,3")
    )
    assert second[1] - first[1] == pytest.approx(40, abs=1)
    # 63,0 is no cell of that row, though its digits stand within one.
    assert page_picture(tmp_path / "t.pdf", 1, [Quote("Hemtjänst\t63,0\t–6,3")]).marked == (False,)


def test_what_is_not_there_is_not_marked(pdf):
    found = page_picture(pdf, 2, [Quote("Kostnaden blev 12 mnkr."), Quote("…"), Quote("Skola")])
    assert found.marked == (False, False, True)
    assert len(found.boxes) == 1


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_page_is_marked_where_the_words_are(pdf, tmp_path, turned):
    writer = PdfWriter(clone_from=PdfReader(pdf))
    writer.pages[0].rotate(turned)
    writer.write(tmp_path / "turned.pdf")
    plain = page_picture(tmp_path / "turned.pdf", 1)
    found = page_picture(tmp_path / "turned.pdf", 1, [Quote("Annat")])
    (box,) = found.boxes
    letters_in = Image.open(io.BytesIO(plain.png)).convert("L").crop([round(side) for side in box])
    assert letters_in.getextrema()[0] < 100
    assert (found.width > found.height) == (turned != 180)


def test_a_cropped_page_is_marked_where_the_words_are(pdf, tmp_path):
    writer = PdfWriter(clone_from=PdfReader(pdf))
    writer.pages[0].cropbox.upper_right = (400, 800)
    writer.pages[0].cropbox.lower_left = (40, 700)
    writer.write(tmp_path / "cropped.pdf")
    found = page_picture(tmp_path / "cropped.pdf", 1, [Quote("Annat")])
    assert found.boxes[0][0] == pytest.approx(2 * (50 - 40), abs=6)


def test_a_huge_page_makes_no_huge_picture(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "huge.pdf"), pagesize=(14_000, 14_000))
    canvas.drawString(50, 50, "Liten text")
    canvas.save()
    found = page_picture(tmp_path / "huge.pdf", 1)
    assert max(found.width, found.height) <= 3_000


def test_what_cannot_be_drawn_is_an_error(pdf, tmp_path):
    with pytest.raises(IndexError):
        page_picture(pdf, 3)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 nothing more")
    with pytest.raises(DamagedFile):
        page_picture(tmp_path / "b.pdf", 1)
