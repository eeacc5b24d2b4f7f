"""The server without a browser: what programs, documents and links get from it."""

import asyncio
import base64
import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest
from docx import Document
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from PIL import Image
from pypdf import PdfReader

from index.feedback import read_feedback
from index.ingest import Outcome, index_files
from index.samples import NOTICE, sample_files
from index.store import Library
from qa.assistant import Assistant
from qa.users import Role, set_user
from qa.web.links import Asked
from qa.web.server import Running
from qa.web.service import Service, Upload

WHY = "Varför blev det underskott inom hemtjänsten i Norrvik 2023?"
PASSWORD = "ett långt lösenord"


@pytest.fixture
def api(sample_page):
    return Client(sample_page, verbose=False)


def source_of(assistant, question=WHY):
    """The report, start and end of the first citation of an answer."""
    citation = assistant.ask(question).citations[0]
    return citation.report_id, f"{citation.start}-{citation.end}", citation


class TestApi:
    def test_its_endpoints_are_four_and_documented(self, api):
        endpoints = api.view_api(return_format="dict", print_info=False)["named_endpoints"]
        assert set(endpoints) == {"/ask", "/search", "/figures", "/reports"}
        assert all(each["description"] for each in endpoints.values())

    def test_ask_answers_as_the_command_line_does(self, api, assistant):
        found = api.predict(question=WHY, api_name="/ask")
        assert found["status"] == "answered"
        assert found["answer"] == assistant.ask(WHY).text
        assert found["notes"][-1] == NOTICE
        assert api.predict(
            question="Hur hög var sjukfrånvaron?", municipality="lindhaga kommun", year=2022, api_name="/ask"
        )["scope"] == {"municipalities": ["Lindhaga"], "years": [2022], "boards": []}

    def test_a_follow_up_names_the_question_before_it(self, api):
        found = api.predict(
            question="Och i Lindhaga?", before="Hur hög var sjukfrånvaron i Norrvik 2023?", api_name="/ask"
        )
        assert "7,8 %" in found["answer"]

    def test_search_figures_and_reports(self, api):
        hits = api.predict(text="orosanmälningar", year=2023, count=5, api_name="/search")
        assert len(hits) == 5
        assert {hit["file"] for hit in hits} <= {"norrvik-2023.pdf", "lindhaga-2023.pdf"}
        figures = api.predict(text="sjukfrånvaro", municipality="Norrvik", year=2023, api_name="/figures")
        assert "7.9" in {figure["value"] for figure in figures}
        assert len(api.predict(api_name="/reports")) == 6

    def test_what_cannot_be_asked_is_a_sentence(self, api):
        with pytest.raises(AppError, match="Frågan är tom"):
            api.predict(question="", api_name="/ask")

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"question": None}, "Frågan är tom"),
            ({"question": WHY, "municipality": 5}, "municipality ska vara text"),
            ({"question": WHY, "year": 2023.5}, "year ska vara ett heltal"),
            ({"question": WHY, "year": "nej"}, "year ska vara ett heltal"),
        ],
    )
    def test_what_is_of_the_wrong_kind_is_a_sentence(self, api, given, said):
        with pytest.raises(AppError, match=said):
            api.predict(**given, api_name="/ask")

    def test_a_year_may_be_written_as_text(self, api):
        found = api.predict(question="Hur hög var sjukfrånvaron i Norrvik?", year="2023", api_name="/ask")
        assert "7,9 %" in found["answer"]

    def test_the_same_are_tools_of_mcp(self, sample_page):
        async def call() -> tuple[set[str], dict]:
            async with (
                streamablehttp_client(f"{sample_page}mcp/") as (reads, writes, _),
                ClientSession(reads, writes) as session,
            ):
                await session.initialize()
                tools = (await session.list_tools()).tools
                answer = await session.call_tool("ask", {"question": WHY})
                assert all(tool.description for tool in tools)
                return {tool.name for tool in tools}, json.loads(answer.content[0].text)

        names, found = asyncio.run(call())
        assert names == {"ask", "search", "figures", "reports"}
        assert "6,3 mnkr" in found["answer"]

    def test_ten_people_at_once_get_right_and_separate_answers(self, sample_page):
        asked = [
            (f"Hur hög var sjukfrånvaron i {place} {year}?", value)
            for place, year, value in (
                ("Norrvik", 2022, "8,1 %"), ("Norrvik", 2023, "7,9 %"), ("Norrvik", 2024, "7,4 %"),
                ("Lindhaga", 2022, "9,2 %"), ("Lindhaga", 2023, "7,8 %"),
            )
        ] * 2  # fmt: skip
        clients = [Client(sample_page, verbose=False) for _ in asked]
        together = threading.Barrier(len(asked))

        def ask(number: int) -> list[str]:
            together.wait()
            return [clients[number].predict(question=asked[number][0], api_name="/ask")["answer"] for _ in range(3)]

        with ThreadPoolExecutor(len(asked)) as pool:
            answers = list(pool.map(ask, range(len(asked))))
        for (question, value), said in zip(asked, answers, strict=True):
            assert all(value in each for each in said), question


class TestSources:
    def test_a_citation_has_a_page_of_its_own(self, sample_page, assistant):
        report, span, citation = source_of(assistant)
        page = httpx.get(f"{sample_page}kalla/{report}?q={span}").text
        assert "norrvik-2023.pdf · Sida 5 av 9" in page
        assert f'href="/fil/{report}#page=5"' in page
        assert f"<mark>{citation.quote}</mark>" in page
        assert page.count("sida=4") == page.count("sida=6") == 1

    def test_the_pages_around_it_have_no_mark_and_lead_back(self, sample_page, assistant):
        report, span, _ = source_of(assistant)
        page = httpx.get(f"{sample_page}kalla/{report}?q={span}&sida=6").text
        assert "Till sidan med citatet" in page
        assert "<mark>" not in page
        assert f'src="/sida/{report}/6.png?"' in page

    def test_the_picture_is_of_the_page_and_the_file_is_the_file(self, sample_page, assistant):
        report, span, _ = source_of(assistant)
        picture = Image.open(io.BytesIO(httpx.get(f"{sample_page}sida/{report}/5.png?q={span}").content))
        assert picture.size == (1191, 1684)
        file = httpx.get(f"{sample_page}fil/{report}")
        assert file.headers["content-type"] == "application/pdf"
        assert file.headers["x-content-type-options"] == "nosniff"
        assert len(PdfReader(io.BytesIO(file.content)).pages) == 9

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param("kalla/0000000000000000", id="unknown source"),
            pytest.param("fil/0000000000000000", id="unknown file"),
            pytest.param("sida/0000000000000000/1.png", id="unknown picture"),
            pytest.param("sida/0000000000000000/a.png", id="no page"),
            pytest.param("nagot/annat", id="no such page"),
            pytest.param("underlag/docx", id="no question"),
            pytest.param("underlag/exe?fraga=a", id="unknown document"),
            pytest.param("siffror.csv", id="no figures"),
        ],
    )
    def test_what_is_not_there_is_a_sentence_with_a_way_back(self, sample_page, path):
        response = httpx.get(sample_page + path)
        assert response.status_code == 404
        assert 'lang="sv"' in response.text
        assert "Till Rapportsvar" in response.text
        assert "Traceback" not in response.text

    @pytest.mark.parametrize(
        "query", ["q=9999999-99999999", "q=5-2&q=a-b", "sida=0", "sida=99999", "vid=-3", "q=" + "9" * 40]
    )
    def test_an_address_that_somebody_has_changed_still_shows_the_report(self, sample_page, assistant, query):
        report, _, _ = source_of(assistant)
        response = httpx.get(f"{sample_page}kalla/{report}?{query}")
        assert response.status_code == 200
        assert "norrvik-2023.pdf" in response.text

    @pytest.mark.parametrize("path", ["fil/..%2f..%2fetc%2fpasswd", "gradio_api/file=/etc/passwd", "fil/%00"])
    def test_no_address_leads_out_of_the_library(self, sample_page, path):
        response = httpx.get(sample_page + path)
        assert response.status_code in (403, 404)
        assert "root:" not in response.text

    def test_a_page_that_the_report_lacks_has_no_picture(self, sample_page, assistant):
        report, _, _ = source_of(assistant)
        assert httpx.get(f"{sample_page}sida/{report}/99.png").status_code == 404

    def test_text_is_shown_with_its_quote_marked(self, serve_page, tmp_path, encoder):
        path = tmp_path / "rapport.txt"
        body = "\n".join(f"Stycke {n} handlar om verksamheten under året." for n in range(300))
        path.write_text(f"Årsrapport 2023\nSocialnämnden\nNorrviks kommun\n{body}\nHyrorna ökade med 4 mnkr.\n{body}")
        index_files(tmp_path / "library", [path], encoder)
        address = serve_page(tmp_path / "library").address
        report = Library(tmp_path / "library").report(Library(tmp_path / "library").entries[0].report_id)
        start = report.text.index("Hyrorna")
        page = httpx.get(f"{address}kalla/{report.report_id}?q={start}-{start + 26}").text
        assert f"<mark>{report.text[start : start + 26].strip()}" in page
        assert "Tidigare text" in page
        assert "Senare text" in page
        assert "<img" not in page
        latin = tmp_path / "latin.txt"
        latin.write_bytes("Årsrapport 2022\nSocialnämnden\nÅmåls kommun\nAllt gick bra.".encode("latin-1"))
        index_files(tmp_path / "library", [latin], encoder)
        other = next(e for e in Library(tmp_path / "library").entries if e.file == "latin.txt")
        assert "Åmåls kommun" in httpx.get(f"{address}fil/{other.report_id}").text
        path.write_text("något annat")
        assert httpx.get(f"{address}fil/{report.report_id}").status_code == 404


class TestDocuments:
    def test_a_brief_has_its_sources_and_the_way_back(self, sample_page, login_page):
        login = f"Basic {base64.b64encode(f'läsare:{PASSWORD}'.encode()).decode()}"
        query = urlencode({"fraga": "Hur hög var sjukfrånvaron?", "kommun": "Norrvik", "ar": "2023"})
        response = httpx.get(f"{sample_page}underlag/docx?{query}")
        assert response.headers["content-disposition"].endswith('.docx"')
        text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(response.content)).paragraphs)
        assert "Sökt i: Norrviks kommun · alla nämnder · 2023." in text
        assert "7,9 %" in text
        assert "127.0.0.1" not in text
        by_name = {"host": "rapporter.example", "authorization": login}
        named = httpx.get(f"{login_page}underlag/docx?{query}", headers=by_name).content
        text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(named)).paragraphs)
        assert f"http://rapporter.example/?{query}" in text
        assert NOTICE in text

    @pytest.mark.parametrize(
        "question", ["Hur hög var sjukfrånvaron? " * 12, "Hur hög var sjukfrånvaron \uffff\ufffe i Norrvik?"]
    )
    @pytest.mark.parametrize("kind", ["docx", "pdf"])
    def test_any_question_makes_a_document(self, sample_page, question, kind):
        query = urlencode({"fraga": question, "namnd": "\uffff"})
        assert httpx.get(f"{sample_page}underlag/{kind}?{query}").status_code == 200

    def test_a_refusal_can_be_taken_along_too(self, sample_page):
        response = httpx.get(f"{sample_page}underlag/pdf?fraga=Hur+gick+det+f%C3%B6r+Kiruna%3F")
        text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
        assert "Kiruna" in text
        assert "ordagrant citerad" not in text

    def test_what_cannot_be_asked_is_a_sentence(self, sample_page):
        response = httpx.get(f"{sample_page}underlag/pdf?fraga=%3F%3F")
        assert response.status_code == 400
        assert "Frågan är tom" in response.text


class TestFeedback:
    def test_only_words_on_real_questions_are_kept(self, serve_page, tmp_path):
        address = serve_page(tmp_path / "library").address

        def say(**said: str) -> int:
            return httpx.post(f"{address}synpunkt", json=said).status_code

        assert say(verdict="wrong", fraga=WHY, note="a" * 5000, kommun="Norrvik") == 200
        assert say(verdict="splendid", fraga=WHY) == 404
        assert say(verdict="wrong", fraga="") == 404
        assert say(verdict="wrong", fraga="??") == 400
        assert say(fraga=WHY) == 422
        sent = httpx.post(
            f"{address}synpunkt", content=b'{"verdict":"missing","fraga":"Vad \\ud800?","note":"\\ud800"}'
        )
        assert sent.status_code == 422
        surrogates = '{"verdict":"missing","fraga":"Vad \\ud800 kostade hemtjänsten?","note":"\\ud800"}'.encode()
        json_type = {"content-type": "application/json"}
        assert httpx.post(f"{address}synpunkt", content=surrogates, headers=json_type).status_code == 200
        # A form of another site can't send JSON.
        assert httpx.post(f"{address}synpunkt", data={"verdict": "wrong", "fraga": WHY}).status_code == 422
        said, _ = read_feedback(tmp_path / "library")
        assert len(said.note) == 2000
        assert json.loads(said.scope)["municipalities"] == ["Norrvik"]
        assert "6,3 mnkr" in said.answer
        assert "bibliotekets version" in said.version


class TestLogin:
    @pytest.fixture
    def address(self, login_page):
        return login_page

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "en/",
            "config",
            "gradio_api/info",
            "mcp/",
            "fil/x",
            "kalla/x",
            "siffror.csv?fraga=a",
            "underlag/pdf",
        ],
    )
    def test_nothing_is_told_to_those_who_are_not_let_in(self, address, path):
        response = httpx.get(address + path, headers={"accept": "application/json"})
        assert response.status_code == 401
        page = httpx.get(address + path, headers={"accept": "text/html"})
        assert page.status_code == 303
        assert page.headers["location"].startswith("/logga-in?till=")

    def test_programs_log_in_with_each_request(self, address):
        given = base64.b64encode(f"läsare:{PASSWORD}".encode()).decode()
        client = Client(address, headers={"Authorization": f"Basic {given}"}, verbose=False)
        assert len(client.predict(api_name="/reports")) == 6

    @pytest.mark.parametrize(
        "target",
        [
            "https://example.org/",
            "//example.org",
            "///example.org",
            "/\\example.org",
            "javascript:alert(1)",
            "//[",
            "/a\nb",
        ],
    )
    def test_a_login_never_leads_elsewhere(self, address, target):
        form = {"namn": "läsare", "losenord": PASSWORD, "till": target}
        assert httpx.post(f"{address}logga-in", data=form).headers["location"] == "/"

    def test_a_session_ends_with_its_user(self, serve_page, tmp_path):
        users = tmp_path / "users.json"
        set_user(users, "a", Role.READER, PASSWORD)
        set_user(users, "b", Role.READER, PASSWORD)
        address = serve_page(tmp_path / "library", auth=users).address
        with httpx.Client() as client:
            sent = client.post(f"{address}logga-in", data={"namn": "b", "losenord": PASSWORD})
            assert "httponly" in sent.headers["set-cookie"].lower()
            assert client.get(f"{address}config").status_code == 200
            left = {name: user for name, user in json.loads(users.read_text()).items() if name != "b"}
            users.write_text(json.dumps(left))
            assert client.get(f"{address}config").status_code == 401

    def test_a_session_ends_with_its_password_and_with_logging_out(self, serve_page, tmp_path):
        users = tmp_path / "users.json"
        set_user(users, "a", Role.READER, PASSWORD)
        address = serve_page(tmp_path / "library", auth=users).address

        def log_in(password: str) -> dict[str, str]:
            sent = httpx.post(f"{address}logga-in", data={"namn": "a", "losenord": password})
            return dict(sent.cookies)

        def let_in(cookies: dict[str, str]) -> bool:
            return httpx.get(f"{address}config", cookies=cookies).status_code == 200

        first = log_in(PASSWORD)
        assert let_in(first)
        httpx.post(f"{address}logga-ut", cookies=first)
        assert not let_in(first)
        second = log_in(PASSWORD)
        assert let_in(second)
        set_user(users, "a", Role.READER, "ett annat lösenord")
        assert not let_in(second)
        assert log_in(PASSWORD) == {}
        assert let_in(log_in("ett annat lösenord"))

    def test_wrong_passwords_keep_nobody_else_waiting(self, login_page):
        wrong = {"authorization": f"Basic {base64.b64encode(b'a:fel').decode()}"}
        sent = {"headers": wrong, "timeout": 30}
        guessing = [threading.Thread(target=httpx.get, args=(f"{login_page}config",), kwargs=sent) for _ in range(12)]
        for each in guessing:
            each.start()
        began = time.perf_counter()
        assert httpx.get(f"{login_page}rapportsvar.css").status_code == 200
        waited = time.perf_counter() - began
        for each in guessing:
            each.join()
        assert waited < 1

    def test_other_sites_reach_nothing_on_this_machine(self, sample_page):
        assert httpx.get(sample_page, headers={"host": "evil.example"}).status_code == 403
        said = {"verdict": "wrong", "fraga": WHY}
        origin = {"origin": "http://evil.example"}
        assert httpx.post(f"{sample_page}synpunkt", json=said, headers=origin).status_code == 403
        through = {"x-forwarded-for": "203.0.113.9"}
        files = {"files": ("a.txt", b"text")}
        assert httpx.post(f"{sample_page}gradio_api/upload", files=files, headers=through).status_code == 403

    def test_without_users_others_machines_may_only_read(self, serve_page, tmp_path):
        def upload(address: str) -> int:
            return httpx.post(f"{address}gradio_api/upload", files={"files": ("a.txt", b"text")}).status_code

        assert upload(serve_page(tmp_path / "a", local=False).address) == 403
        assert upload(serve_page(tmp_path / "b").address) == 200


def test_a_taken_port_is_an_os_error(sample_page):
    port = httpx.URL(sample_page).port
    with pytest.raises(OSError, match="in use"):
        Running(None, "127.0.0.1", port)


def test_questions_are_answered_while_reports_are_added(encoder, make_pdf, tmp_path):
    library = tmp_path / "library"
    index_files(library, sample_files(), encoder)
    service = Service(Assistant(Library(library), encoder), False, library)
    pages = [[f"Stycke {n} {m} handlar om verksamheten, 4,{m} mnkr." for m in range(40)] for n in range(12)]
    large = make_pdf("stor.pdf", ["Årsrapport 2023", "Kulturnämnden", "Solköpings kommun"], *pages)
    results = []
    adding = threading.Thread(target=lambda: results.extend(service.add([Upload(large, "stor.pdf")], lambda *_: None)))
    adding.start()
    waited = []
    while adding.is_alive():
        began = time.perf_counter()
        answer, _ = service.ask(Asked("Hur hög var sjukfrånvaron i Norrvik 2023?"))
        waited.append(time.perf_counter() - began)
        assert "7,9 %" in answer.text
    assert results[0].outcome is Outcome.ADDED
    assert len(waited) >= 5
    assert sorted(waited)[len(waited) // 2] < 0.5
    assert len(service.library.entries) == 7


def test_nobody_waits_for_a_tool_that_takes_its_time(serve_page, tmp_path, monkeypatch):
    began = threading.Event()

    def slow(self, *given, **named):
        began.set()
        time.sleep(2)
        return []

    address = serve_page(tmp_path / "library", mcp=True).address
    monkeypatch.setattr(Assistant, "search", slow)
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search", "arguments": {"text": "a"}}}
    accepted = {"accept": "application/json, text/event-stream"}
    calling = threading.Thread(target=httpx.post, args=(f"{address}mcp/",), kwargs={"json": call, "headers": accepted})
    calling.start()
    assert began.wait(10)
    asked = time.perf_counter()
    assert httpx.get(f"{address}rapportsvar.css").status_code == 200
    assert time.perf_counter() - asked < 1
    calling.join()
