"""The page: its rendering, its wiring, and the real server asked through its API."""

import socket

import pytest
from gradio_client import Client

from corpus.document import Passage
from index.samples import NOTICE
from qa.answer import Answer, Citation, Sentence, Status
from qa.question import Kind, Question, Scope
from qa.web.app import build_app, launch
from qa.web.render import answer_html, error_html, hits_html, reports_html

HOSTILE = "<script>alert(1)</script> ${7*7} {{7*7}} <img src=x onerror=alert(1)> `x`"


def test_citations_are_numbered_and_open_to_their_context(assistant):
    answer = assistant.ask("Varför blev det underskott inom hemtjänsten i Norrvik 2023?")
    page = answer_html(answer, assistant.library, 3)
    assert '<a href="#source-3-1" aria-label="Källa 1">[1]</a>' in page
    assert 'id="source-3-1"' in page
    assert "norrvik-2023.pdf, sida 5" in page
    assert "<mark>" in page
    assert "4.3 Hemtjänst" in page


def test_a_refusal_looks_like_one(assistant):
    page = answer_html(assistant.ask("Hur gick det för Kiruna?"), assistant.library, 0)
    assert 'class="turn refused"' in page
    assert "Kiruna kommun" in page


def test_the_page_explains_how_lay_words_were_read(assistant):
    page = answer_html(assistant.ask("Vad kostade stafettpersonalen i Norrvik 2023?"), assistant.library, 0)
    assert "«stafettpersonal» söktes också som «inhyrd personal»." in page


def test_questions_and_reports_are_shown_as_text(assistant):
    report = assistant.library.report(assistant.library.entries[0].report_id)
    citation = Citation(report.report_id, HOSTILE, HOSTILE, 1, 0, 5, report.text[:5])
    question = Question(HOSTILE, Kind.TOPIC, Scope(), "", "")
    answer = Answer(question, Status.ANSWERED, (Sentence(HOSTILE, (citation,)),), (), (HOSTILE,))
    for page in (answer_html(answer, assistant.library, 0), error_html(HOSTILE, HOSTILE)):
        for dangerous in ("<script", "<img", "${", "{{", "`"):
            assert dangerous not in page


def test_the_first_page_lists_the_reports(assistant):
    page = reports_html(assistant.library.entries, sample=True)
    assert NOTICE in page
    assert page.count("<tr>") == 1 + len(assistant.library.entries)


def test_search_hits_name_their_place(assistant):
    page = hits_html(assistant.search("orosanmälningar", 2), assistant.library)
    assert page.count("<li>") == 2
    assert "sida" in page
    assert "Inga träffar" in hits_html([], assistant.library)


def test_passages_are_those_of_the_library(assistant):
    (hit,) = assistant.search("orosanmälningar", 1)
    assert isinstance(hit.passage, Passage)


def test_building_launches_nothing_and_names_its_endpoints(assistant):
    config = build_app(assistant).get_config_file()
    assert {"ask", "search"} <= {dependency["api_name"] for dependency in config["dependencies"]}


@pytest.fixture(scope="module")
def address(assistant):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app, address = launch(assistant, sample=True, host="127.0.0.1", port=port, open_browser=False, wait=False)
    yield address
    app.close()


def test_the_server_answers_searches_and_keeps_people_apart(address):
    first, second = Client(address, verbose=False), Client(address, verbose=False)
    page = first.predict("Varför blev det underskott inom hemtjänsten i Norrvik 2023?", api_name="/ask")[0]
    assert "6,3 mnkr" in page
    assert "Frågan är tom" in second.predict("", api_name="/ask")[0]
    assert "6,3 mnkr" not in second.predict("Hur gick det för Kiruna?", api_name="/ask")[0]
    assert "Orosanmälningar" in first.predict("orosanmälningar", api_name="/search")


def test_a_follow_up_is_read_with_the_question_before_it(address):
    first, second = Client(address, verbose=False), Client(address, verbose=False)
    first.predict("Hur hög var sjukfrånvaron i Norrvik 2023?", api_name="/ask")
    first.predict("", api_name="/ask")
    page = first.predict("Och i Lindhaga?", api_name="/ask")[0]
    assert "<h3>Och i Lindhaga?</h3>" in page
    assert "Frågan lästes som «Hur hög var sjukfrånvaron i Lindhaga 2023?»" in page
    assert "7,8 %" in page.split("Och i Lindhaga?</h3>")[1]
    assert "7,8" not in second.predict("Och i Lindhaga?", api_name="/ask")[0]


def test_the_page_fetches_nothing_from_elsewhere(address):
    from urllib.request import urlopen

    with urlopen(address) as response:
        page = response.read().decode()
    for elsewhere in ("fonts.googleapis", "fonts.gstatic", "google-analytics", "cdn.jsdelivr"):
        assert f'href="https://{elsewhere}' not in page
        assert f'src="https://{elsewhere}' not in page


def test_a_taken_port_is_an_os_error(assistant):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="port"):
            launch(assistant, True, "127.0.0.1", taken.getsockname()[1], False, wait=False)
