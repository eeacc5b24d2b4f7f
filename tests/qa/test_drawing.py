"""Pages that take for ever to draw, and those who ask for them."""

import base64
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from corpus import picture as picture_module
from corpus.errors import UnreadableFile
from corpus.picture import LONGEST_SECONDS, Pictures
from index.ingest import index_files
from index.store import Library
from qa.users import Role, set_user

PASSWORD = "ett långt lösenord"


def tiling_pdf():
    """A page that a pattern with steps of a fiftieth of a point is painted on: some 1.2 thousand million tiles."""
    shown = b"BT /F 12 Tf 60 700 Td (Arsrapport 2023 Norrviks kommun. Underskottet blev 4 mnkr.) Tj ET "
    shown += b"/Pattern cs /P scn 0 0 595 842 re f"
    tile = b"1 0 0 rg 0 0 1 1 re f"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/Pattern<</P 6 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .02/YStep .02/Resources<<>>"
        b"/Length %d>>stream\n%s\nendstream" % (len(tile), tile),
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % at for at in places)
    return (
        written + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(written))
    )


@pytest.fixture
def slow(tmp_path):
    path = tmp_path / "in" / "slow.pdf"
    path.parent.mkdir()
    path.write_bytes(tiling_pdf())
    return path


def test_a_page_that_takes_for_ever_is_given_up_and_not_tried_again(slow, make_pdf):
    other = make_pdf("rapport.pdf", ["Hyrorna ökade med 4 mnkr."])
    pictures = Pictures()
    try:
        pictures.draw(other, 1)
        began = time.monotonic()
        with pytest.raises(UnreadableFile, match="för lång tid"):
            pictures.draw(slow, 1)
        assert time.monotonic() - began < LONGEST_SECONDS + 3
        began = time.monotonic()
        with pytest.raises(UnreadableFile, match="för lång tid"):
            pictures.draw(slow, 1, [picture_module.Quote("Underskottet")])
        assert time.monotonic() - began < 0.1
        assert pictures.draw(other, 1).width
    finally:
        pictures.close()


@pytest.fixture
def short(monkeypatch):
    """No page takes longer than a second and a half."""
    monkeypatch.setattr(picture_module, "LONGEST_SECONDS", 1.5)


def test_nobody_waits_for_ever_for_anothers_page(slow, make_pdf, monkeypatch, short):
    monkeypatch.setattr(picture_module, "WAIT_SECONDS", 0.2)
    pictures = Pictures()
    try:
        pictures.warm()

        def draw() -> None:
            with pytest.raises(UnreadableFile, match="för lång tid"):
                pictures.draw(slow, 1)

        drawing = threading.Thread(target=draw)
        drawing.start()
        time.sleep(0.3)
        with pytest.raises(UnreadableFile, match="försök igen"):
            pictures.draw(make_pdf("rapport.pdf", ["Hyrorna ökade med 4 mnkr."]), 1)
        drawing.join()
    finally:
        pictures.close()


def test_one_reader_does_not_stop_the_server(slow, make_pdf, serve_page, tmp_path, encoder, short):
    make_pdf("in/rapport.pdf", ["Årsrapport 2023", "Norrviks kommun", "Hyrorna ökade med 4 mnkr."])
    library, users = tmp_path / "library", tmp_path / "users.json"
    index_files(library, sorted(slow.parent.iterdir()), encoder)
    for name in ("anna", "bo"):
        set_user(users, name, Role.READER, PASSWORD)
    address = serve_page(library, auth=users).address
    ids = {entry.file: entry.report_id for entry in Library(library).entries}

    def get(name, path):
        given = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
        return httpx.get(address + path, headers={"authorization": f"Basic {given}"}, timeout=90)

    assert get("anna", "config").status_code == get("bo", "config").status_code == 200
    with ThreadPoolExecutor(45) as many:
        asked = [many.submit(get, "anna", f"sida/{ids['slow.pdf']}/1.png?q=0-{n + 1}") for n in range(45)]
        time.sleep(0.5)
        began = time.monotonic()
        assert get("bo", "siffror.csv?fraga=hyror").status_code == 200
        assert get("bo", f"kalla/{ids['rapport.pdf']}").status_code == 200
        assert time.monotonic() - began < LONGEST_SECONDS + 5
        codes = [each.result().status_code for each in asked]
    assert set(codes) == {404, 429}
    assert codes.count(404) <= 3
    # Whoever has used up their share is shown the words.
    assert "Underskottet blev 4 mnkr" in get("anna", f"kalla/{ids['slow.pdf']}").text
    assert get("bo", f"sida/{ids['rapport.pdf']}/1.png").status_code == 200
