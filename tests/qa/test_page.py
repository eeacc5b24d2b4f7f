"""The page as people use it: a real browser against the real server over the sample reports."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from index.store import Library
from qa.audit import Audit, Event, read_audit
from qa.users import Role, set_user
from qa.web import app

pytestmark = pytest.mark.browser

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WHY = "Varför blev det underskott inom hemtjänsten i Norrvik 2023?"
TREND = "Hur har antalet personer med hemtjänst utvecklats?"
PASSWORD = "ett långt lösenord"

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def elsewhere() -> list[str]:
    """Every address outside this machine that any page has asked for."""
    return []


@pytest.fixture(scope="module")
def context(browser: Browser, elsewhere: list[str]) -> Iterator[BrowserContext]:
    """One browser for all tests, as its cache spares them time; each page is a tab with a memory of its own."""
    context = browser.new_context(accept_downloads=True, locale="en-US")
    context.set_default_timeout(15_000)

    def asked(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws") and urlsplit(url).hostname != "127.0.0.1":
            elsewhere.append(url)

    context.on("request", lambda request: asked(request.url))
    yield context
    context.close()


@pytest.fixture
def opens(context: BrowserContext, elsewhere: list[str], sample_page: str) -> Iterator[Opens]:
    """Opens the page in a tab, ready to use; all that it asks for must come from this machine."""
    made: list[Page] = []

    def open_page(address: str = sample_page, size: dict[str, int] = DESKTOP) -> Page:
        page = context.new_page()
        made.append(page)
        page.set_viewport_size(size)
        page.goto(address)
        if "logga-in" not in page.url:
            ready(page)
        return page

    yield open_page
    for page in made:
        page.close()
    assert elsewhere == []


def ready(page: Page) -> None:
    """Wait until the page can be used: its question takes text, and the library's choices have come."""
    page.locator("#question textarea:enabled").wait_for()
    page.locator("select[data-scope=ar] option").nth(1).wait_for(state="attached")


def ask(page: Page, question: str) -> None:
    """Ask as people do, and wait for the answer."""
    before = page.locator("#conversation article").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#conversation article")).to_have_count(before + 1)


def last(page: Page) -> str:
    return page.locator("#conversation article").last.inner_text()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical, once nothing on the page moves or fades."""
    page.wait_for_function("document.getAnimations().every((each) => each.playState !== 'running')")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")])
class TestAtEachSize:
    def test_ask_and_see_the_quote_marked_on_its_page(self, opens, size):
        page = opens(size=size)
        ask(page, WHY)
        assert "Hemtjänsten redovisar ett underskott på 6,3 mnkr" in last(page)
        expect(page.locator("#conversation h2").last).to_be_in_viewport()
        page.locator(".said a.to-source").first.click()
        picture = page.locator("dialog[open] img.page")
        expect(picture).to_have_attribute("alt", "Sida 5 i norrvik-2023.pdf som bild, med citatet markerat.")
        address = picture.get_attribute("src")
        marked = Image.open(io.BytesIO(page.request.get(sample(page) + address).body())).convert("RGB")
        plain = Image.open(io.BytesIO(page.request.get(sample(page) + address.split("?")[0]).body())).convert("RGB")
        assert marked.size == plain.size
        changed = [(a, b) for a, b in zip(pixels(plain), pixels(marked), strict=True) if a != b]
        # Something is marked, and not the page; what was white there is yellow, what was black is black.
        assert 0.002 < len(changed) / (plain.width * plain.height) < 0.05
        assert ((255, 255, 255), (255, 224, 70)) in changed
        assert all(b[2] < a[2] and b[0] == a[0] for a, b in changed)
        # Opened at the mark: the mark can be seen without scrolling.
        expect(picture).to_be_visible()
        page.wait_for_function("document.querySelector('dialog .page-frame').scrollTop >= 0")
        share = float(picture.get_attribute("data-y"))
        frame = page.locator("dialog .page-frame").bounding_box()
        box = picture.bounding_box()
        assert frame["y"] <= box["y"] + share * box["height"] <= frame["y"] + frame["height"]
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)

    def test_no_view_has_a_serious_fault_or_is_wider_than_the_screen(self, opens, size):
        page = opens(size=size)

        def check(view: str) -> None:
            assert faults(page) == [], view
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view

        check("first")
        ask(page, TREND)
        page.locator(".chart summary").click()
        page.locator(".feedback summary").last.click()
        check("answer")
        page.locator(".said a.to-source").first.click()
        page.locator("dialog[open] img.page").wait_for()
        check("source")
        page.locator("dialog .close").click()
        ask(page, "Hur gick det för Kiruna?")
        check("refusal")
        tab(page, "Sök")
        page.locator("#query input, #query textarea").fill("hemtjänst")
        page.keyboard.press("Enter")
        page.locator("#hits ol > li").first.wait_for()
        check("search")
        page.get_by_label("Siffror", exact=True).check()
        page.locator("#hits table").wait_for()
        check("figures")
        tab(page, "Rapporter")
        page.locator("#reports table").wait_for()
        check("reports")

    def test_a_follow_up_another_scope_and_a_refusal(self, opens, size):
        page = opens(size=size)
        ask(page, "Hur hög var sjukfrånvaron i Norrvik 2023?")
        assert "7,9 %" in last(page)
        ask(page, "Och i Lindhaga?")
        assert "7,8 %" in last(page)
        assert "Frågan lästes som" in last(page)
        page.get_by_role("button", name="Ny konversation").click()
        expect(page.locator("#conversation article")).to_have_count(0)
        page.locator("select[data-scope=kommun]").select_option("Lindhaga")
        page.locator("select[data-scope=ar]").select_option("2022")
        ask(page, "Hur hög var sjukfrånvaron?")
        assert "Sökt i: Lindhaga kommun · alla nämnder · 2022" in last(page)
        assert "9,2 %" in last(page)
        assert "Norrvik" not in last(page)

        # What the reports don't say is refused.
        ask(page, "Hur gick det för Kiruna?")
        assert page.locator("#conversation article.refused").count() == 1
        assert "Frågan nämner Kiruna kommun, men sökningen är begränsad till Lindhaga kommun" in last(page)
        page.locator("select[data-scope=kommun]").select_option("")
        ask(page, "Hur gick det för Kiruna?")
        assert page.locator("#conversation article.refused").count() == 2
        assert "inga rapporter från Kiruna" in last(page)
        ask(page, " ? ")
        assert "Frågan är tom" in last(page)


def sample(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


def pixels(image: Image.Image) -> Iterator[tuple[int, int, int]]:
    data = image.tobytes()
    return zip(data[::3], data[1::3], data[2::3], strict=True)


def test_the_page_is_swedish_whatever_the_browser_speaks(opens, sample_page):
    page = opens()
    assert page.locator("html").get_attribute("lang") == "sv"
    tab(page, "Rapporter")
    assert "Släpp fil här" in page.locator("#files").inner_text()
    # Said by the server, before any script has run.
    assert '<html\n\tlang="sv"' in page.request.get(sample_page).text()
    english = opens(f"{sample_page}en")
    assert english.locator("html").get_attribute("lang") == "en"
    assert english.get_by_label("Your question").count() == 1
    ask(english, WHY)
    assert "Searched in: Norrviks kommun · all boards · 2023" in last(english)
    assert english.locator(".said").get_attribute("lang") == "sv"
    english.locator(".said a.to-source").first.click()
    expect(english.locator("dialog[open]")).to_contain_text("Open the file at page 5")


def test_the_first_page_tells_what_there_is_and_suggests_what_is_answered(opens):
    page = opens()
    said = page.locator(".first").first.inner_text()
    assert "6 rapporter från 2 kommuner" in said
    assert "Norrviks kommun Socialnämnden 2022–2024" in said
    suggested = page.locator(".first button")
    assert suggested.count() == 3
    for number in range(3):
        text = suggested.nth(number).inner_text()
        suggested.nth(number).click()
        expect(page.locator("#conversation article.answered")).to_have_count(1)
        assert text in last(page)
        page.get_by_role("button", name="Ny konversation").click()
        expect(page.locator("#conversation article")).to_have_count(0)


def test_everything_is_reached_by_keyboard_alone(opens):
    page = opens()
    reached = []
    page.keyboard.press("Tab")
    for _ in range(40):
        focused = page.evaluate(
            "() => { const e = document.activeElement; return e.id || e.dataset.scope || e.className || e.tagName }"
        )
        reached.append(focused)
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        page.keyboard.press("Tab")
    # In the order in which they stand: the way past, the other language, the scope, the question.
    assert reached[0] == "skip"
    assert [each for each in reached if each in ("kommun", "namnd", "ar")] == ["kommun", "namnd", "ar"]
    page.keyboard.type(WHY)
    page.keyboard.press("Enter")
    page.locator("#conversation article").wait_for()
    # The question keeps the focus for the next one; back from there lie the answer's sources.
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.said a.to-source')"):
            break
    page.keyboard.press("Enter")
    page.locator("dialog[open] img.page").wait_for()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.said a.to-source')")
    page.locator("[role=tab][aria-selected=true]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Sök")).to_have_attribute("aria-selected", "true")


def test_a_screen_reader_is_told_of_each_new_answer(opens):
    page = opens()
    ask(page, WHY)
    told = page.locator("body > [role=status][aria-live=polite]")
    expect(told).to_contain_text("Svar: Norrviks kommun")
    expect(told).to_contain_text("källor.")
    ask(page, "Hur gick det för Kiruna?")
    expect(told).to_contain_text("Kiruna")


def test_a_reload_loses_nothing_and_nobody_sees_anothers_conversation(opens):
    first, second = opens(), opens()
    ask(first, "Hur hög var sjukfrånvaron i Norrvik 2023?")
    ask(first, "Och i Lindhaga?")
    scope = "select[data-scope=kommun]"
    first.locator(scope).select_option("Lindhaga")
    first.locator("#question textarea").fill("Halvskriven fråga")
    first.wait_for_function("sessionStorage.getItem('rapportsvar.draft') === 'Halvskriven fråga'")
    first.reload()
    ready(first)
    expect(first.locator("#conversation article")).to_have_count(2)
    assert "7,8 %" in last(first)
    expect(first.locator("#question textarea")).to_have_value("Halvskriven fråga")
    expect(first.locator(scope)).to_have_value("Lindhaga")
    # The next one follows on what came back.
    ask(first, "Och 2022?")
    assert "9,2 %" in last(first)
    # What a question names beside the chosen scope is said to be left out, not passed over.
    ask(first, "Jämför sjukfrånvaron i Norrvik och Lindhaga 2023")
    assert "Frågan nämner Norrviks kommun, men sökningen är begränsad till Lindhaga kommun." in last(first)
    assert second.locator("#conversation article").count() == 0
    ask(second, "Och i Lindhaga?")
    assert "7,8" not in last(second)


def test_the_next_user_in_the_same_tab_sees_nothing_of_the_one_before(serve_page, browser, tmp_path):
    users, library = tmp_path / "users.json", tmp_path / "library"
    for name in ("anna", "bo"):
        set_user(users, name, Role.READER, PASSWORD)
    address = serve_page(library, auth=users, audit=Audit(library)).address
    # A browser of its own: logins are cookies, which tabs share.
    context = browser.new_context()
    page, beside = context.new_page(), context.new_page()

    def log_in(tab: Page, name: str) -> None:
        tab.goto(address)
        tab.locator("input[name=namn]").fill(name)
        tab.locator("input[name=losenord]").fill(PASSWORD)
        tab.locator("button[type=submit]").click()
        ready(tab)

    log_in(page, "anna")
    ask(page, "Hur hög var sjukfrånvaron i Norrvik 2023?")
    page.locator("#question textarea").fill("Annas halvskrivna fråga")
    page.wait_for_function("sessionStorage.getItem('rapportsvar.draft') === 'Annas halvskrivna fråga'")
    beside.goto(address)
    ready(beside)
    ask(beside, WHY)
    page.get_by_role("button", name="Logga ut").click()
    expect(page.locator("input[name=namn]")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    # The other tab had the same login, and is at the login too.
    expect(beside.locator("input[name=namn]")).to_be_visible()
    log_in(page, "bo")
    assert page.locator("#conversation article").count() == 0
    expect(page.locator("#question textarea")).to_have_value("")
    ask(page, "Och i Lindhaga?")
    assert "7,8" not in last(page)
    # What the tab kept of another login, had it done so, the server neither shows nor logs.
    kept = json.dumps([{"fraga": "Hur hög var sjukfrånvaron i Norrvik 2023?"}])
    page.evaluate(
        "kept => { sessionStorage['rapportsvar.turns'] = kept; sessionStorage['rapportsvar.owner'] = 'x'; }",
        kept,
    )
    page.reload()
    ready(page)
    assert page.locator("#conversation article").count() == 0
    page.go_back()
    page.go_forward()
    assert "7,9" not in page.content()
    context.close()
    asked = [(each.who, each.what) for each in read_audit(library) if each.event is Event.ASK]
    assert asked == [
        ("anna", "Hur hög var sjukfrånvaron i Norrvik 2023?"),
        ("anna", WHY),
        ("bo", "Och i Lindhaga?"),
    ]


def test_a_conversation_goes_on_when_the_server_has_had_others_to_remember(serve_page, opens, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "SESSIONS", 1)
    address = serve_page(tmp_path / "library").address
    page, other = opens(address), opens(address)
    ask(page, "Hur hög var sjukfrånvaron i Norrvik 2023?")
    ask(other, WHY)
    ask(page, "Och i Lindhaga?")
    expect(page.locator("#conversation article")).to_have_count(2)
    assert "7,8 %" in last(page)
    # A new conversation has nothing of the one before it.
    page.locator("#new").click()
    expect(page.locator("#conversation article")).to_have_count(0)
    ask(other, TREND)
    ask(page, "Och i Lindhaga?")
    expect(page.locator("#conversation article")).to_have_count(1)


def test_a_permanent_link_asks_the_question_in_its_scope(opens, sample_page):
    page = opens()
    page.locator("select[data-scope=kommun]").select_option("Norrvik")
    ask(page, "Hur hög var sjukfrånvaron 2023?")
    ask(page, "Och 2022?")
    link = page.get_by_role("button", name="Kopiera länk").last.get_attribute("data-link")
    other = opens(sample_page.rstrip("/") + link)
    expect(other.locator("#conversation article")).to_have_count(1)
    assert "8,1 %" in last(other)
    expect(other.locator("select[data-scope=kommun]")).to_have_value("Norrvik")
    other.reload()
    ready(other)
    expect(other.locator("#conversation article")).to_have_count(1)


def test_figures_are_drawn_and_lead_to_their_sources(opens):
    page = opens()
    ask(page, TREND)
    chart = page.locator("figure.chart")
    assert "Antal personer med hemtjänst" in chart.inner_text()
    columns = chart.locator("svg a")
    assert columns.count() == 12
    assert columns.first.get_attribute("aria-label") == "Norrviks kommun, 2019: 604. Källa 1"
    heights = [float(each.get_attribute("height")) for each in chart.locator("rect").all()[:2]]
    assert heights[0] / heights[1] == pytest.approx(604 / 398, rel=0.01)
    columns.first.click()
    expect(page.locator("dialog[open] blockquote")).to_contain_text("Antal personer med hemtjänst 604 611 628 655")
    page.keyboard.press("Escape")
    chart.locator("summary").click()
    assert chart.locator("tbody tr").count() == 6
    expect(chart.locator("tbody tr").first).to_contain_text("2019")


def test_the_answer_is_taken_along(opens, tmp_path):
    page = opens()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, WHY)
    page.get_by_role("button", name="Kopiera med källor").click()
    page.get_by_role("button", name="Kopierat.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "underskott på 6,3 mnkr. [1]" in copied
    assert "[1] Norrviks kommun, Socialnämnden: årsrapport 2023 (norrvik-2023.pdf, sida 5)" in copied
    files = {}
    for name, kind in (("Ladda ner som Word", "docx"), ("Ladda ner som PDF", "pdf")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        files[kind] = tmp_path / f"brief.{kind}"
        download.value.save_as(files[kind])
    text = " ".join("".join(page.extract_text() for page in PdfReader(files["pdf"]).pages).split())
    assert WHY in text
    assert "Hemtjänsten redovisar ett underskott på 6,3 mnkr." in text
    assert "(norrvik-2023.pdf, sida 5)" in text
    with zipfile.ZipFile(files["docx"]) as archive:
        notes = archive.read("word/footnotes.xml").decode()
        body = archive.read("word/document.xml").decode()
    assert "(norrvik-2023.pdf, sida 5): «Hemtjänsten redovisar ett underskott på 6,3 mnkr.»" in notes
    assert body.count("<w:footnoteReference") == len(re.findall(r'<w:footnote w:id="\d', notes)) > 0


def test_feedback_is_kept_and_becomes_a_case(serve_page, opens, tmp_path):
    from index.feedback import read_feedback
    from qa.drafts import cases

    page = opens(serve_page(tmp_path / "library").address)
    ask(page, WHY)
    page.locator(".feedback summary").click()
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator(".feedback [role=status]")).to_have_text("Välj först Ja, Nej eller Något saknas.")
    page.get_by_label("Ja", exact=True).check()
    page.get_by_label("Vill du berätta mer?").fill("Bra <b>svar</b>")
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator(".feedback [role=status]")).to_have_text("Tack! Synpunkten är sparad.")
    (said,) = read_feedback(tmp_path / "library")
    assert (said.question, said.verdict, said.note) == (WHY, "useful", "Bra <b>svar</b>")
    (case,) = cases([said])
    assert case["must"] == [["6,3"]]
    assert case["evidence"][0][0]["page"] == 5


def test_search_marks_what_it_found_and_filters_by_report(opens):
    page = opens()
    page.locator("select[data-scope=ar]").select_option("2023")
    tab(page, "Sök")
    page.locator("#query input, #query textarea").fill("hemtjänstens kostnader")
    page.keyboard.press("Enter")
    hits = page.locator("#hits ol > li")
    hits.first.wait_for()
    assert "hemtjänst" in page.locator("#hits mark").first.inner_text().lower()
    reports = {each.get_attribute("data-report") for each in hits.all()}
    assert len(reports) == 2
    page.locator("#hits summary").click()
    page.locator(".per-report button").nth(1).click()
    assert len({each.get_attribute("data-report") for each in hits.all() if each.is_visible()}) == 1
    page.get_by_label("Efter rapport", exact=True).check()
    expect(hits.first).to_contain_text("Lindhaga")
    page.get_by_label("Siffror", exact=True).check()
    page.locator("#hits table").wait_for()
    assert "Hemtjänst" in page.locator("#hits tbody").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Ladda ner siffrorna (CSV)").click()
    rows = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("Kommun;Avsnitt;Mått;")
    assert len(rows) - 1 == page.locator("#hits tbody tr").count()


def test_personal_data_can_be_left_out_of_what_is_added(serve_page, opens, make_pdf, tmp_path):
    page = opens(serve_page(tmp_path / "library").address)
    report = make_pdf(
        "arsrapport.pdf",
        ["Årsrapport 2023", "Kulturnämnden", "Solköpings kommun"],
        ["1 Bibliotek", "Biblioteken redovisar ett underskott på 1,7 mnkr.", "Underskottet beror på högre hyror."],
        ["2 Ärenden", "Ett ärende gäller 811228-9874, som har överklagat nämndens beslut om bidrag."],
    )
    tab(page, "Rapporter")
    page.get_by_label("Utelämna avsnitt med personuppgifter").check()
    assert faults(page) == []
    page.locator("#files input[type=file]").set_input_files([report])
    page.get_by_role("button", name="Lägg till").last.click()
    expect(page.locator("#results")).to_contain_text("tillagd")
    library = Library(tmp_path / "library")
    (entry,) = library.entries
    assert "811228" not in library.report(entry.report_id).text
    texts = [
        library.text(each) for each in library.catalogue.passages(library.catalogue.numbers([entry.report_id])).values()
    ]
    assert any("underskott" in text for text in texts)
    assert not any("överklagat" in text for text in texts)


def test_reports_are_added_corrected_asked_about_and_removed(serve_page, opens, make_pdf, tmp_path):
    page = opens(serve_page(tmp_path / "library").address)
    bad = tmp_path / "trasig.pdf"
    bad.write_bytes(b"%PDF-1.4 avbruten")
    good = make_pdf(
        "arsrapport.pdf",
        ["Årsrapport 2023", "Kulturnämnden", "Solköpings kommun"],
        ["1 Bibliotek", "Biblioteken redovisar ett underskott på 1,7 mnkr.", "Underskottet beror på högre hyror."],
    )
    tab(page, "Rapporter")
    page.locator("#files input[type=file]").set_input_files([good, bad])
    page.get_by_role("button", name="Lägg till").last.click()
    results = page.locator("#results")
    expect(results).to_contain_text("tillagd")
    expect(results).to_contain_text("trasig.pdf är skadad")
    rows = page.locator("#reports tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Solköping")
    page.get_by_role("button", name="Ändra arsrapport.pdf").click()
    expect(page.locator("#edit")).to_contain_text("Ändra rapporten arsrapport.pdf")
    page.wait_for_function("document.activeElement.closest('#edit') !== null")
    assert faults(page) == []
    page.get_by_label("Nämnd").last.fill("Kultur- och fritidsnämnden")
    page.locator("#edit").get_by_label("År", exact=True).fill("20x4")
    page.get_by_role("button", name="Spara ändringen").click()
    expect(page.locator("#changed")).to_contain_text("20x4 är inte ett giltigt år")
    page.locator("#edit").get_by_label("År", exact=True).fill("2024")
    page.get_by_role("button", name="Spara ändringen").click()
    expect(page.locator("#changed")).to_contain_text("Ändringen är sparad")
    expect(rows.first).to_contain_text("Kultur- och fritidsnämnden")
    expect(rows.first).to_contain_text("2024")
    tab(page, "Fråga")
    page.locator("select[data-scope=ar]").select_option("2024")
    ask(page, "Varför gick biblioteken med underskott?")
    assert "Underskottet beror på högre hyror." in last(page)
    page.locator(".said a.to-source").first.click()
    expect(page.locator("dialog[open] img.page")).to_have_attribute("alt", re.compile("med citatet markerat"))
    page.keyboard.press("Escape")
    tab(page, "Rapporter")
    page.get_by_role("button", name="Ändra arsrapport.pdf").click()
    page.get_by_role("button", name="Ta bort ur biblioteket").click()
    # One more question before anything goes, and nothing has gone yet.
    page.get_by_role("button", name="Ja, ta bort arsrapport.pdf").wait_for()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Ja, ta bort arsrapport.pdf").click()
    expect(page.locator("#changed")).to_contain_text("arsrapport.pdf är borttagen")
    assert "Biblioteket är tomt" in page.locator("#reports").inner_text()
    assert not list((tmp_path / "library" / "files").glob("*/*"))


def test_a_reader_asks_and_is_kept_from_changing_anything(serve_page, opens, tmp_path):
    users = tmp_path / "users.json"
    set_user(users, "läsare", Role.READER, PASSWORD)
    set_user(users, "redaktör", Role.EDITOR, PASSWORD)
    address = serve_page(tmp_path / "library", auth=users).address
    page = opens(f"{address}?fraga=Hur+h%C3%B6g+var+sjukfr%C3%A5nvaron+i+Norrvik+2023%3F")
    assert page.url.startswith(f"{address}logga-in")
    assert faults(page) == []
    page.get_by_label("Användarnamn").fill("läsare")
    page.get_by_label("Lösenord").fill("fel lösenord här")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("stämmer inte")
    page.get_by_label("Användarnamn").fill("läsare")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.keyboard.press("Enter")
    # The question in the address is asked once one is let in.
    ready(page)
    expect(page.locator("#conversation article")).to_have_count(1)
    assert "7,9 %" in last(page)
    expect(page.locator(".top")).to_contain_text("Inloggad som läsare")
    tab(page, "Rapporter")
    page.locator("#reports table").wait_for()
    assert page.locator("#files").count() == 0
    expect(page.locator("body")).to_contain_text("Bara redaktörer kan")
    # Nor past the page: by the browser's own session, to the very address that uploads go to.
    sent = page.request.post(
        f"{address}gradio_api/upload",
        multipart={"files": {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"}},
    )
    assert sent.status == 403
    page.get_by_role("button", name="Logga ut").click()
    page.wait_for_url("**/logga-in**")
    page.get_by_label("Användarnamn").fill("redaktör")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.keyboard.press("Enter")
    ready(page)
    tab(page, "Rapporter")
    page.locator("#files").wait_for()


def test_text_from_reports_and_people_is_never_run(serve_page, opens, make_pdf, tmp_path):
    hostile = "<img src=x onerror=document.title='hacked'> ${document.title='hacked'} {{7*7}} `x`"
    report = make_pdf(
        "<b>rapport<i>.pdf",
        ["Årsrapport 2023", "Socialnämnden", "Norrviks kommun"],
        ["1 Hemtjänst", f"Hemtjänsten {hostile} gick med underskott.", "Underskottet beror på hyror."],
    )
    page = opens(serve_page(tmp_path / "library").address)
    tab(page, "Rapporter")
    page.locator("#files input[type=file]").set_input_files(report)
    page.get_by_role("button", name="Lägg till").last.click()
    expect(page.locator("#results")).to_contain_text("tillagd")
    tab(page, "Fråga")
    ask(page, f"Varför gick hemtjänsten med underskott? {hostile}")
    assert hostile.split()[0] in last(page)
    ask(page, "Hur gick det för hemtjänsten?")
    page.locator(".said a.to-source").first.click()
    page.locator("dialog[open] img.page").wait_for()
    page.keyboard.press("Escape")
    tab(page, "Sök")
    page.locator("#query input, #query textarea").fill("hemtjänsten")
    page.keyboard.press("Enter")
    page.locator("#hits ol > li").first.wait_for()
    assert page.title() == "Rapportsvar"
    assert page.locator("img[src=x]").count() == 0


def test_the_answer_comes_within_a_second_and_the_page_within_three(browser, sample_page):
    loads, answers = [], []
    # The better of two, each with an empty cache: other tests use the machine meanwhile.
    for _ in range(2):
        with browser.new_context() as context:
            page = context.new_page()
            began = time.perf_counter()
            page.goto(sample_page, wait_until="commit")
            ready(page)
            loads.append(time.perf_counter() - began)
            began = time.perf_counter()
            ask(page, WHY)
            answers.append(time.perf_counter() - began)
    assert min(loads) < 3
    assert min(answers) < 1


def test_a_lost_server_is_told_of_and_the_conversation_kept(serve_page, opens, tmp_path):
    server = serve_page(tmp_path / "library")
    page = opens(server.address)
    ask(page, WHY)
    server.close()
    page.locator("#question textarea").fill("Och 2022?")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Det går inte att nå Rapportsvar just nu")
    assert "6,3 mnkr" in page.locator("#conversation").inner_text()
    assert json.loads(page.evaluate("sessionStorage.getItem('rapportsvar.turns')"))[0]["fraga"] == WHY
