"""What an answer quotes: what answers first, what belongs to it, and nothing of another."""

import pytest

from index.ingest import index_files
from index.store import Library
from qa.assistant import Assistant
from qa.question import Scope

OLDER = """Sunnerö kommun
Årsrapport 2022
Socialnämnden
Socialnämnden i Sunnerö kommun redovisar utfallet för helåret 2022.

1 Verksamheten

Kontaktcenter fick 1 200 samtal under året, och väntetiden i telefon var fyra minuter.
"""
NEWER = """Sunnerö kommun
Årsrapport 2023
Socialnämnden
Socialnämnden i Sunnerö kommun redovisar utfallet för helåret 2023.

1 Året i korthet

Även särskilt boende och hemtjänsten redovisar underskott.
Socialnämnden redovisar för 2023 ett underskott på 3,1 mnkr mot budget.

2 Hemtjänst

Hemtjänsten redovisar ett underskott på 2,2 mnkr. Underskottet beror främst på fler beviljade timmar.
Ökningen hänger samman med kön till särskilt boende.

3 Funktionsstöd

Funktionsstöd redovisar ett underskott som kan förklaras enligt nedan:

• Personlig assistans redovisar ett underskott på 0,9 mnkr.

Ett ärende som avslutades hösten 2022 hade räknats med i budgeten.

• Daglig verksamhet redovisar ett underskott på 0,4 mnkr på grund av dyrare resor.

• Boende 1 redovisar ett underskott på 0,2 mnkr på grund av sjukfrånvaro.

• Boende 2 redovisar ett underskott på 0,3 mnkr på grund av övergång till vaken natt.

4 Kontaktcenter

Kontaktcenter fick 1 500 samtal under året, och väntetiden i telefon var sju minuter.

5 Åtgärdsplan

Tabell: Åtgärder hösten 2023

Åtgärd\tEffekt, tkr\tKlar senast\tAnsvarig
Samlad nattbemanning\t900\t1 oktober\tEnhetschef Solgården
Stopp för inköp\t300\t1 november\tEkonomichef

6 Personal

Lönekostnaderna uppgick till 88,0 mnkr under 2023.

Kostnadsslag (mnkr)\tBudget 2023\tUtfall 2023
Lönekostnader\t85,0\t89,5
Lokalhyror\t12,0\t12,1

7 Familjerätt

Handläggningstiden för yttranden minskade till tre månader. Inga avgifter har tagits ut.

8 Anhörigstöd

Överskottet på 1,4 mnkr beror på att två tjänster var vakanta.

9 Färdtjänst

Färdtjänsten redovisar ett överskott på 0,7 mnkr.

9.1 Orsaker

Överskottet beror på färre resor.
"""


@pytest.fixture(scope="module")
def sunnero(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("sunnero")
    (folder / "a.txt").write_text(OLDER, encoding="utf-8")
    (folder / "b.txt").write_text(NEWER, encoding="utf-8")
    index_files(folder / "lib", sorted(folder.glob("*.txt")), encoder)
    return Assistant(Library(folder / "lib"), encoder)


def test_the_fact_comes_first_and_brings_its_cause(sunnero):
    first, second = sunnero.ask("Varför gick hemtjänsten med underskott 2023?").sentences[:2]
    assert first.text == "Hemtjänsten redovisar ett underskott på 2,2 mnkr."
    assert second.text.startswith("Underskottet beror främst på fler beviljade timmar")


def test_what_the_section_before_ends_with_is_about_something_else(sunnero):
    answer = sunnero.ask("Varför fick anhörigstödet ett överskott 2023?")
    assert answer.sentences[0].text == "Överskottet på 1,4 mnkr beror på att två tjänster var vakanta."
    assert "avgifter" not in answer.text


def test_a_cause_under_its_own_heading_goes_on_with_the_fact(sunnero):
    first, second = sunnero.ask("Varför fick färdtjänsten ett överskott 2023?").sentences[:2]
    assert first.text == "Färdtjänsten redovisar ett överskott på 0,7 mnkr."
    assert second.text == "Överskottet beror på färre resor."


def test_an_item_brings_the_paragraph_that_goes_on_with_it(sunnero):
    answer = sunnero.ask("Varför gick personlig assistans med underskott?").text
    assert "0,9 mnkr. Ett ärende som avslutades" in answer
    assert "dyrare resor" not in answer


def test_items_bring_what_leads_into_them_where_that_is_asked_about(sunnero):
    answer = sunnero.ask("Varför gick funktionsstöd med underskott?").text
    assert "enligt nedan: Personlig assistans redovisar" in answer


@pytest.mark.parametrize(("number", "own", "other"), [(1, "0,2 mnkr", "vaken natt"), (2, "vaken natt", "0,2 mnkr")])
def test_a_name_with_a_number_is_that_very_one(sunnero, number, own, other):
    answer = sunnero.ask(f"Varför gick Boende {number} med underskott?").sentences[0].text
    assert own in answer
    assert other not in answer


def test_without_a_year_the_newest_report_answers(sunnero):
    answer = sunnero.ask("Hur lång väntetid har kontaktcenter i telefon?").text
    assert "sju minuter" in answer
    assert "fyra minuter" not in answer


def test_a_year_goes_before_the_newest(sunnero):
    assert "fyra minuter" in sunnero.ask("Hur lång väntetid hade kontaktcenter i telefon 2022?").text


def test_a_row_of_words_is_told_with_its_columns(sunnero):
    answer = sunnero.ask("Vem är ansvarig för samlad nattbemanning?").text
    assert "ansvarig: Enhetschef Solgården" in answer


def test_two_questions_in_one_get_two_answers(sunnero):
    answer = sunnero.ask("Hur stort var hemtjänstens underskott 2023, och hur många samtal fick kontaktcenter?").text
    assert "2,2 mnkr" in answer
    assert "1 500 samtal" in answer


def test_a_table_and_a_text_that_disagree_are_both_told(sunnero):
    answer = sunnero.ask("Hur stora var lönekostnaderna 2023?")
    assert "89,5" in answer.text
    (note,) = [each for each in answer.notes if "säger olika" in each]
    assert "89,5 mnkr" in note
    assert "88,0 mnkr" in note
    assert {c.quote for c in answer.citations} >= {"Lönekostnaderna uppgick till 88,0 mnkr under 2023."}


def test_a_group_is_not_all(sunnero):
    answer = sunnero.ask("Hur stora var lönekostnaderna för männen 2023?").text
    assert "89,5" not in answer


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("Hur stort är Jupiters underskott?", "Rapporterna nämner inte Jupiters.", id="unknown-name"),
        pytest.param(
            "Hur gick det för Täby 2023?", "Lägg till en rapport från Täby kommun för 2023", id="municipality"
        ),
        pytest.param("Hur stort blev underskottet 2019?", "Det skulle behövas en rapport för 2019.", id="year"),
        pytest.param("Vad kostade hemtjänstens lokaler på Månen 2023?", "nämner inte Månen", id="place"),
        pytest.param("blablabla hejsan", "Rapporterna svarar inte", id="nonsense"),
        pytest.param("Vem är socialchef?", "Rapporterna svarar inte", id="absent-name"),
    ],
)
def test_a_refusal_says_what_is_lacking(sunnero, question, words):
    assert words in sunnero.ask(question).text


def test_answers_keep_to_the_scope_that_was_given(sunnero):
    answer = sunnero.ask("Hur många samtal fick kontaktcenter?", scope=Scope(years=(2022,)))
    assert "1 200" in answer.text
    assert "1 500" not in answer.text
