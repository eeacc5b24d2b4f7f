"""Ja and Nej only where the report carries it, and premises that are wrong are put right."""

import pytest

from index.ingest import index_files
from index.store import Library
from qa.assistant import Assistant

REPORT = """Sunnerö kommun
Årsrapport 2023
Socialnämnden
Socialnämnden i Sunnerö kommun redovisar utfallet för helåret 2023.

1 Året i korthet

Socialnämnden redovisar för 2023 ett underskott på 3,1 mnkr mot budget.

2 Verksamheten

Antalet orosanmälningar ökade under 2023 till 214, vilket påverkade handläggningstiderna.
Antalet hushåll med försörjningsstöd har inte ökat under året.
Personalomsättningen väntas minska under 2024 till följd av den nya bemanningsmodellen.
Utan de tillfälliga statsbidragen hade boendestödet redovisat ett underskott.
Boendestödet redovisar ett överskott på 0,8 mnkr.
Hemtjänsten redovisar ett underskott på 2,2 mnkr.
Målet för kontinuitet i hemtjänsten är delvis uppfyllt.

3 Personal

Sjukfrånvaro (%)\t2022\t2023
Kvinnor\t9,1\t8,4
Män\t5,2\t4,9
Totalt\t8,2\t7,6

4 Drift

Driftredovisning per verksamhet (tkr)\tBudget 2023\tUtfall 2023\tAvvikelse
Färdtjänst\t12 000\t12 500\t-500
Hemtjänst\t90 000\t92 200\t-2 200
Boendestöd\t30 000\t29 200\t800
Summa\t132 000\t133 900\t-3 100
"""


@pytest.fixture(scope="module")
def sunnero(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("sunnero")
    (folder / "a.txt").write_text(REPORT, encoding="utf-8")
    index_files(folder / "lib", [folder / "a.txt"], encoder)
    return Assistant(Library(folder / "lib"), encoder)


@pytest.mark.parametrize(
    ("question", "lead", "words"),
    [
        pytest.param("Ökade antalet orosanmälningar i Sunnerö 2023?", "Ja.", "214", id="yes"),
        pytest.param("Minskade antalet orosanmälningar i Sunnerö 2023?", "Nej.", "214", id="no"),
        pytest.param("Ökade sjukfrånvaron i Sunnerö 2023?", "Nej.", "minskat med 0,6 procentenheter", id="by-figures"),
        pytest.param("Gick socialnämnden i Sunnerö med underskott 2023?", "Ja.", "3,1 mnkr", id="the-board"),
        pytest.param("Gick boendestödet med överskott 2023?", "Ja.", "0,8 mnkr", id="the-unit-not-the-condition"),
        pytest.param("Gick färdtjänsten med överskott 2023?", "Nej.", "-500 tkr", id="by-the-tables-deviation"),
        pytest.param("Uppfylldes målet för kontinuitet i hemtjänsten 2023?", "Delvis.", "delvis uppfyllt", id="partly"),
        pytest.param("Varför gick socialnämnden i Sunnerö med överskott 2023?",
                     "Frågans utgångspunkt stämmer inte med rapporten:", "underskott på 3,1 mnkr", id="premise"),
        pytest.param("Varför ökade sjukfrånvaron i Sunnerö 2023?",
                     "Frågans utgångspunkt stämmer inte med rapporten:", "7,6", id="premise-by-figures"),
    ],
)  # fmt: skip
def test_what_the_report_carries(sunnero, question, lead, words):
    answer = sunnero.ask(question)
    assert answer.sentences[0].lead == lead, answer.text
    assert words in answer.text


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Ökade antalet hushåll med försörjningsstöd i Sunnerö 2023?", id="denied"),
        pytest.param("Minskade personalomsättningen i Sunnerö 2023?", id="expected"),
        pytest.param("Ökade kriminaliteten i Sunnerö 2023?", id="another-thing"),
        pytest.param("Varför ökade antalet orosanmälningar i Sunnerö 2023?", id="true-premise"),
    ],
)
def test_nothing_is_judged_that_the_report_does_not_say(sunnero, question):
    assert all(sentence.lead == "" for sentence in sunnero.ask(question).sentences)


def test_of_several_municipalities_those_that_do_are_told(tmp_path, encoder):
    for name, municipality, result in (
        ("a", "Sunnerö", "underskott på 3,1"),
        ("b", "Ekdunga", "överskott på 1,2"),
        ("c", "Lillvika", "underskott på 0,4"),
    ):
        text = (
            f"{municipality} kommun\nÅrsrapport 2023\nSocialnämnden\n\n1 Året i korthet\n\n"
            f"Socialnämnden redovisar för 2023 ett {result} mnkr mot budget.\n"
        )
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    index_files(tmp_path / "lib", sorted(tmp_path.glob("*.txt")), encoder)
    answer = Assistant(Library(tmp_path / "lib"), encoder).ask("Vilka kommuner gick med underskott 2023?")
    assert "3,1" in answer.text
    assert "0,4" in answer.text
    assert "1,2" not in answer.text
