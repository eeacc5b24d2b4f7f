"""Figures in answers: cells, changes, series over reports, comparisons, extremes, targets, blanks, restatements."""

import pytest

from index.ingest import index_files
from index.store import Library
from qa.assistant import Assistant

YEAR_2022 = """Ekdunga kommun
Årsrapport 2022
Socialnämnden
Socialnämnden i Ekdunga kommun redovisar utfallet för helåret 2022.

1 Nyckeltal

Mått\tUtfall 2020\tUtfall 2021\tUtfall 2022
Antal hushåll med vräkning\t4\t6\t5
Vårddygn på skyddsboende\t310\t\t290
"""
YEAR_2023 = """Ekdunga kommun
Årsrapport 2023
Socialnämnden
Socialnämnden i Ekdunga kommun redovisar utfallet för helåret 2023.

1 Nyckeltal

Mått\tUtfall 2021\tUtfall 2022\tUtfall 2023\tMål 2023
Antal hushåll med vräkning\t6\t3\t7\t≤5
Väntetid till gruppbostad, dagar, högst\t44\t47\t56\t40

2 Drift

Driftredovisning per verksamhet (tkr)\tBudget 2023\tUtfall 2023\tAvvikelse
Färdtjänst\t12 000\t12 500\t-500
Hemtjänst\t90 000\t92 300\t-2 300
Boendestöd\t30 000\t28 900\t1 100
Summa\t132 000\t133 700\t-1 700

3 Personal

Sjukfrånvaro (%)\t2022\t2023
Kvinnor\t9,1\t8,4
Män\t5,2\t4,9
Totalt\t8,2\t7,6
"""
NEIGHBOUR = """Lillvika kommun
Delårsrapport januari–augusti 2023
Socialnämnden
Socialnämnden i Lillvika kommun redovisar utfall per 31 augusti 2023.

1 Drift (belopp i mnkr)

Verksamhet (mnkr)\tUtfall 31/8 2023\tBudget 2023
Färdtjänst\t-6,2\t-9,0
Hemtjänst\t-48,1\t-70,0
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("two")
    for name, text in (("a.txt", YEAR_2022), ("b.txt", YEAR_2023), ("c.txt", NEIGHBOUR)):
        (folder / name).write_text(text, encoding="utf-8")
    index_files(folder / "lib", sorted(folder.glob("*.txt")), encoder)
    return Assistant(Library(folder / "lib"), encoder)


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        pytest.param("Hur mycket ökade väntetiden till gruppbostad i Ekdunga mellan 2022 och 2023?",
                     ["47 dagar", "56 dagar", "ökat med 9 dagar från 2022 till 2023 (beräknat)"], [], id="change"),
        pytest.param("Hur har antalet hushåll med vräkning i Ekdunga utvecklats?",
                     ["4 (2020)", "6 (2021)", "3 (2022)", "7 (2023)", "Talet har ökat med 3 från 2020 till 2023"],
                     ["5 (2022)"], id="series-over-two-reports"),
        pytest.param("Hur många hushåll med vräkning hade Ekdunga 2022?",
                     ["3 (utfall 2022)", "Uppgiften har ändrats från 5 (utfall 2022)"], [], id="restated"),
        pytest.param("Jämför kostnaden för färdtjänst 2023 i Ekdunga och Lillvika",
                     ["12 500 tkr (utfall 2023)", "-6,2 mnkr (utfall 31/8 2023)",
                      "Högst i Ekdunga; skillnaden är 6,3 mnkr, omräknat till samma enhet"], [],
                     id="two-municipalities"),
        pytest.param("Vilken verksamhet i Ekdunga hade störst underskott 2023?",
                     ["Hemtjänst: -2 300 tkr (avvikelse), störst underskott av tabellens rader"], ["Summa"],
                     id="largest"),
        pytest.param("Vilken verksamhet i Ekdunga hade lägst utfall 2023?",
                     ["Färdtjänst: 12 500 tkr", "lägst av tabellens rader"], [], id="smallest"),
        pytest.param("Nådde Ekdunga målet för vräkning av hushåll 2023?",
                     ["7 (utfall 2023)", "≤5 (mål 2023)", "Målet nåddes inte."], [], id="target-by-its-sign"),
        pytest.param("Uppnåddes målet för väntetid till gruppbostad i Ekdunga 2023?",
                     ["56 dagar", "40 dagar", "Målet nåddes inte."], [], id="target-by-its-label"),
        pytest.param("Hur hög var sjukfrånvaron för män i Ekdunga 2023?",
                     ["Sjukfrånvaro – Män: 4,9 % (2023)"], ["7,6", "8,4"], id="one-of-the-rows"),
        pytest.param("Vilken kommun hade högst kostnad för hemtjänst 2023?",
                     ["Högst i Ekdunga; skillnaden är 44,2 mnkr"], [], id="which-municipality"),
    ],
)  # fmt: skip
def test_what_is_said_of_figures(two, question, said, unsaid):
    answer = two.ask(question).text.replace("\u00a0", " ")
    assert all(words in answer for words in said), answer
    assert not any(words in answer for words in unsaid), answer


def test_unlike_periods_are_never_compared_without_saying_so(two):
    answer = two.ask("Jämför kostnaden för färdtjänst 2023 i Ekdunga och Lillvika")
    assert any("helåret 2023 i Ekdunga och januari–augusti 2023 i Lillvika" in note for note in answer.notes)


def test_a_blank_cell_is_told_as_blank_and_no_neighbour_is(two):
    answer = two.ask("Hur många vårddygn på skyddsboende hade Ekdunga 2021?")
    assert answer.status == "not_found"
    assert "«Vårddygn på skyddsboende»" in answer.text
    assert "310" not in answer.text


def test_the_largest_of_something_else_than_rows_is_not_claimed(two):
    answer = two.ask("Vilken åldersgrupp i Ekdunga hade högst sjukfrånvaro 2023?").text
    assert "av tabellens rader" not in answer


def test_a_figure_is_told_with_its_place(two):
    answer = two.ask("Vilken budget hade färdtjänsten i Ekdunga 2023?")
    (figure,) = answer.figures
    report = two.library.report(figure.report_id)
    assert report.text[figure.start : figure.end] == "12 000"
    assert (figure.kind, figure.unit, figure.period.label) == ("budget", "tkr", "2023")
    assert any(c.start <= figure.start and figure.end <= c.end for c in answer.citations)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("vräkning", {("Utfall 2020", "4"), ("Utfall 2022", "5"), ("Utfall 2022", "3"), ("Mål 2023", "5")},
                     id="all-reports"),
        pytest.param("mål vräkning", {("Mål 2023", "5")}, id="a-kind"),
        pytest.param("sjukfrånvaro 2023", {("2023", "8.4"), ("2023", "4.9"), ("2023", "7.6")},
                     id="by-the-table's-name"),
    ],
)  # fmt: skip
def test_the_figures_of_a_measure_are_listed(two, text, expected):
    found = {(figure.column, str(figure.value)) for figure in two.figures(text)}
    assert expected <= found
    if text != "vräkning":
        assert found == expected


REVERSED = """Lillvika kommun
Årsrapport 2023
Socialnämnden
Socialnämnden i Lillvika kommun redovisar utfallet för helåret 2023.

1 Drift

Verksamhet (tkr)\tBudget 2023\tUtfall 2023\tAvvikelse 2023
Färdtjänst\t12 000\t12 500\t500
Hemtjänst\t90 000\t92 300\t2 300
Boendestöd\t30 000\t28 900\t-1 100

2 Mål

Mått\tUtfall 2022\tUtfall 2023\tMål 2023
Väntetid till samtal, dagar, högst\t30\t47\t40
Fallskador\t<5\t12\t

3 Personal

Sjukfrånvaro (%)\t2022\t2023
Kvinnor\t9,1\t8,4
Män\t5,2\t4,9

Andel heltidsanställda (%)\t2022\t2023
Kvinnor\t61,0\t65,0
Män\t70,0\t72,0

Sjukfrånvaro per grupp\tKvinnor\tMän
Omvårdnad\t8,4\t4,9
Myndighet\t6,1\t3,2

4 Handläggning

Enhet\tHandläggningstid 2023
Barn\t15
Vuxna\t9
Äldre\t12
"""


@pytest.fixture(scope="module")
def reversed_signs(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("reversed")
    (folder / "r.txt").write_text(REVERSED, encoding="utf-8")
    index_files(folder / "lib", [folder / "r.txt"], encoder)
    return Assistant(Library(folder / "lib"), encoder)


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        pytest.param("Vilken verksamhet i Lillvika hade störst underskott 2023?", ["Hemtjänst: 2 300 tkr"],
                     ["Boendestöd"], id="deficits-without-a-minus"),
        pytest.param("Vilken verksamhet i Lillvika hade störst överskott 2023?", ["Boendestöd: -1 100 tkr"],
                     ["Hemtjänst"], id="surpluses-with-one"),
        pytest.param("Vilken enhet i Lillvika hade bäst handläggningstid 2023?", [], ["av tabellens rader"],
                     id="best-is-not-told-by-size"),
        pytest.param("Nåddes målet för väntetid till samtal i Lillvika 2022 och 2023?", ["47 dagar"], ["Målet nåddes."],
                     id="the-target-of-its-own-year"),
        pytest.param("Hur mycket har fallskadorna i Lillvika ökat mellan 2022 och 2023?", ["<5", "12"], ["ökat med"],
                     id="a-limit-is-no-number"),
        pytest.param("Hur hög var sjukfrånvaron för kvinnor i Lillvika 2023?", ["8,4"], ["65,0", "ändrats"],
                     id="women-of-another-table"),
    ],
)  # fmt: skip
def test_what_must_not_be_claimed(reversed_signs, question, said, unsaid):
    answer = reversed_signs.ask(question).text.replace("\u00a0", " ")
    assert all(words in answer for words in said), answer
    assert not any(words in answer for words in unsaid), answer


def test_no_superlative_over_a_row_that_could_not_be_read(tmp_path, encoder):
    rows = "Färdtjänst 12 500 13 000\nHemtjänst 92 300 90 000\nBoendestöd 28 900 30 000\nKorttid 115 340"
    title = "Ekdunga kommun\nÅrsrapport 2023\nSocialnämnden i Ekdunga kommun."
    head = f"{title}\n\n1 Drift\n\nVerksamhet Utfall 2023 Budget 2023"
    text = f"{head}\n{rows}"
    (tmp_path / "r.txt").write_text(text, encoding="utf-8")
    index_files(tmp_path / "lib", [tmp_path / "r.txt"], encoder)
    answer = Assistant(Library(tmp_path / "lib"), encoder).ask("Vilken verksamhet i Ekdunga hade högst utfall 2023?")
    assert "av tabellens rader" not in answer.text
