"""Answers over the sample reports: proven, cited, of the right year and municipality, or refused."""

import re
from functools import cache

import pytest
from pypdf import PdfReader

from corpus.numerals import find_number
from eval.cases import FOLDER, load_cases
from index.ingest import index_files
from index.samples import sample_files
from index.store import Library
from qa.answer import Sentence, Status, cite, to_json
from qa.assistant import Assistant
from qa.verify import proven

CASES = load_cases(FOLDER / "samples.jsonl")


def ask(assistant, text):
    return to_json(assistant.ask(text), assistant.library)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_citations_stand_in_the_file_itself(assistant, case):
    """Each word and figure of a quote is on its page of the PDF, as pypdf itself reads it."""
    for citation in assistant.ask(case.question).citations:
        path = next(path for path in sample_files() if path.name == citation.file)
        page = letters(pdf_page(path, citation.page))
        for word in citation.quote.split():
            assert letters(word) in page, word


def letters(text):
    return re.sub(r"[\W_]+", "", text)


@cache
def pdf_page(path, number):
    return PdfReader(path).pages[number - 1].extract_text()


def test_most_cases_are_answered_and_only_from_the_municipality_asked_about(assistant):
    answered = 0
    for case in CASES:
        answer = assistant.ask(case.question)
        asked = set(answer.question.scope.municipalities)
        owners = {assistant.library.entry(c.report_id).municipality for c in answer.citations}
        assert not asked or owners <= asked
        answered += case.answerable and answer.status is Status.ANSWERED
    assert answered >= 0.9 * sum(case.answerable for case in CASES)


def test_a_neighbours_figure_is_not_the_municipalitys_own(tmp_path, encoder):
    path = tmp_path / "r.txt"
    path.write_text(
        "Norrviks kommun\nÅrsrapport 2023\n"
        "I Täby kommun var sjukfrånvaron 9,9 procent under 2023, enligt deras rapport.\n"
        "Sjukfrånvaron i Norrviks kommun var 7,9 procent under 2023, vilket är lägre än förra året.",
        encoding="utf-8",
    )
    index_files(tmp_path / "lib", [path], encoder)
    answer = Assistant(Library(tmp_path / "lib"), encoder).ask("Hur hög var sjukfrånvaron i Norrvik 2023?").text
    assert "7,9" in answer
    assert "9,9" not in answer.split("7,9")[0]


def test_a_footnote_does_not_lead_an_answer(tmp_path, encoder):
    path = tmp_path / "r.txt"
    path.write_text(
        "Norrviks kommun\nÅrsrapport 2023\n"
        "* Avser perioden 1 januari till 31 juli.\n"
        "Den totala sjukfrånvaron har minskat till 7,9 procent jämfört med förra året i kommunen.",
        encoding="utf-8",
    )
    index_files(tmp_path / "lib", [path], encoder)
    answer = Assistant(Library(tmp_path / "lib"), encoder).ask("Hur har sjukfrånvaron utvecklats i Norrvik 2023?").text
    assert "7,9" in answer
    assert "Avser" not in answer


def test_a_cause_with_its_amount_year_and_page(assistant):
    found = ask(assistant, "Varför blev det underskott inom hemtjänsten i Norrvik 2023?")
    assert found["status"] == "answered"
    assert "6,3 mnkr" in found["answer"]
    assert "16 450" in found["answer"]
    assert {c["file"] for c in found["citations"]} == {"norrvik-2023.pdf"}
    assert found["citations"][0]["page"] == 5


def test_the_boards_name_does_not_hide_what_is_asked_of_it(assistant):
    with_it, without = (ask(assistant, f"Vilka risker {words} i Lindhaga 2024?") for words in ("ser nämnden", "finns"))
    assert "sjuksköterskor kan öka ytterligare" in with_it["answer"]
    assert with_it["answer"] == without["answer"]


def test_a_cell_with_its_column_and_unit(assistant):
    found = ask(assistant, "Hur stora var personalkostnaderna i Norrvik 2023 jämfört med budget?")
    assert "–625,8 mnkr (utfall 2023)" in found["answer"]
    assert "–618,0 mnkr (budget 2023)" in found["answer"]
    assert any("Kostnadsslag" in c["quote"] for c in found["citations"])


def test_the_same_question_in_two_municipalities(assistant):
    norrvik = ask(assistant, "Hur hög var sjukfrånvaron i Norrvik 2023?")["answer"]
    lindhaga = ask(assistant, "Hur hög var sjukfrånvaron i Lindhaga 2023?")["answer"]
    assert "7,9" in norrvik
    assert "7,8" in lindhaga
    assert "Lindhaga" not in norrvik


@pytest.mark.parametrize("year", [2022, 2023])
def test_the_neighbouring_year_is_not_quoted(assistant, year):
    found = ask(assistant, f"Varför avvek särskilt boende från budget i Norrvik {year}?")
    assert {c["file"] for c in found["citations"]} == {f"norrvik-{year}.pdf"}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("Hur gick det för Östersund 2023?", "Östersunds kommun", id="municipality"),
        pytest.param("Vad kostade Byggnadsnämnden i Norrvik 2023?", "inga rapporter från Byggnadsnämnden", id="board"),
        pytest.param("Hur många bygglov gavs i Norrvik?", "Norrviks kommun (2022, 2023", id="outside"),
        pytest.param("Vem är kommundirektör i Norrvik?", "Rapporterna svarar inte", id="person"),
        pytest.param("Vad heter Frankrikes huvudstad?", "Rapporterna nämner inte Frankrikes", id="general-knowledge"),
    ],
)
def test_refusals_say_what_was_searched(assistant, question, words):
    found = ask(assistant, question)
    assert found["status"] == "not_found"
    assert words in found["answer"]


def test_a_municipality_without_an_answer_is_named(assistant):
    found = ask(assistant, "Jämför antalet orosanmälningar 2023 i Norrvik och Lindhaga")
    assert "Norrviks kommun" in found["answer"]
    assert "Om Lindhaga kommun 2023 svarar rapporterna inte." in found["notes"]


def test_a_lay_word_that_was_read_as_another_is_explained(assistant):
    found = ask(assistant, "Vad kostade stafettpersonalen i Norrvik 2023?")
    assert "«stafettpersonal» söktes också som «inhyrd personal»." in found["explanation"]


def test_words_that_the_quotes_have_need_no_explanation(assistant):
    found = ask(assistant, "Varför blev det underskott i hemtjänsten i Norrvik 2023?")
    assert not any("«underskott»" in line for line in found["explanation"])


def test_a_refusal_explains_all_that_was_searched_for(assistant):
    found = ask(assistant, "Hur ofta sker snöröjning i Lindhaga?")
    assert found["status"] == "not_found"
    assert "«snöröjning» söktes också som «vinterväghållning»." in found["explanation"]
    elsewhere = ask(assistant, "Hur ofta sker snöröjning i Kiruna?")
    assert elsewhere["explanation"] == []


def test_a_question_in_english_gets_a_sentence(assistant):
    found = ask(assistant, "What is the capital of France?")
    assert found["status"] == "not_found"
    assert found["answer"].endswith(".")


def test_the_json_is_the_contracts(assistant):
    found = ask(assistant, "Varför blev det underskott i hemtjänsten i Norrvik 2023?")
    own = ["id", "question", "status", "answer", "citations", "passages", "notes"]
    assert list(found) == [*own, "explanation", "figures", "computed", "sentences", "scope"]
    assert set(found["citations"][0]) == {"report_id", "file", "title", "page", "start", "end", "quote"}
    assert set(found["passages"][0]) >= {"report_id", "file", "page", "heading", "text", "score"}
    assert sum(len(passage["text"]) for passage in found["passages"]) >= 4000
    scores = [passage["score"] for passage in found["passages"]]
    assert scores == sorted(scores, reverse=True)


def test_answers_are_the_same_every_time(assistant):
    question = "Vilka mål nådde Lindhaga 2023?"
    assert ask(assistant, question) == ask(assistant, question)


def test_a_number_that_is_not_in_the_quote_is_not_proven(assistant):
    report = assistant.library.report(assistant.library.entries[0].report_id)
    at = re.search(r"[A-ZÅÄÖ][^.\n]*\d+ \d{3} tkr[^.\n]*\.", report.text)
    citations = cite(report, at.start(), at.end())
    assert proven(Sentence(at[0], citations), assistant.library)
    assert not proven(Sentence(re.sub(r"\d+ \d{3} tkr", "987 654 tkr", at[0]), citations), assistant.library)
    assert not proven(Sentence(at[0], ()), assistant.library)


@pytest.mark.parametrize(
    ("text", "number", "stands"),
    [
        ("Det blev 16\u00a0450 timmar", "16 450", True),
        ("Avvikelse 163,0 169,3", "63,0", False),
        ("Avvikelse 6,35", "6,3", False),
        ("Platser 153 155", "155", True),
        ("År 2023", "202", False),
    ],
)
def test_a_number_stands_as_a_number_of_its_own(text, number, stands):
    assert any(find_number(text, number)) is stands


def test_a_quote_over_a_page_break_is_two_citations(assistant):
    report = assistant.library.report(assistant.library.entries[0].report_id)
    start = report.page_starts[3]
    citations = cite(report, start - 30, start + 30)
    assert [c.page for c in citations] == [3, 4]


def test_how_many_is_answered_by_a_count_not_by_money(assistant):
    found = ask(assistant, "Hur många fick socialbidrag i Norrvik 2023?")
    assert "283 hushåll" in found["answer"]
    users = ask(assistant, "Hur många brukare har hemtjänst i Norrvik?")
    assert "90 %" not in users["answer"]
    cost = ask(assistant, "Vad kostade försörjningsstödet i Norrvik 2023?")
    assert "mnkr" in cost["answer"]
