"""Cells become figures only where their column is certain."""

from decimal import Decimal

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

from corpus.document import FigureKind, Sign
from corpus.load import load_report
from corpus.meaning import table_figures
from corpus.numerals import value
from corpus.tables import tables


def read(tmp_path, text):
    path = tmp_path / "r.txt"
    path.write_text(text, encoding="utf-8")
    report = load_report(path)[0]
    found = table_figures(report)
    for figure in found:
        # The offsets are those of the cell itself.
        assert value(report.text[figure.start : figure.end]) == figure.value
    return [(f.label, f.column, f.value, f.unit) for f in found]


@pytest.mark.parametrize(
    "row",
    ["Antal hushåll 112 97 90", "Platser 111 222 333 444 555", "Vårddygn 2 306"],
    ids=["a-cell-short", "a-cell-long", "one"],
)
def test_an_uncertain_row_gives_no_figure(tmp_path, row):
    text = f"Följetal Utfall 2021 Utfall 2022 Utfall 2023 Mål 2023\nAntal barn 4 5 6 7\n{row}"
    assert {label for label, *_ in read(tmp_path, text)} == {"Antal barn"}


def test_empty_cells_keep_the_others_in_their_columns(tmp_path):
    text = "Nyckeltal\t2021\t2022\t2023\nAntal platser\t304\t\t296\nVäntetid, dagar\t\t41\t67"
    assert read(tmp_path, text) == [
        ("Antal platser", "2021", Decimal(304), None),
        ("Antal platser", "2023", Decimal(296), None),
        ("Väntetid, dagar", "2022", Decimal(41), "dagar"),
        ("Väntetid, dagar", "2023", Decimal(67), "dagar"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Verksamhet Utfall 2022 Utfall 2023\nHemtjänst 100,0 110,0\n\n"
            "Volymer Utfall 2023 Budget 2023\nVårddygn 1 510 1 620",
            {("Hemtjänst", "Utfall 2023", "110.0"), ("Vårddygn", "Utfall 2023", "1510")},
            id="a-second-head",
        ),
        pytest.param(
            "Mått Utfall 2022 Utfall 2023\nBesök 410 432\nNattpatrull 12 345",
            {("Besök", "Utfall 2023", "432")},
            id="one-cell-or-two",
        ),
        pytest.param(
            "Följetal\tUtfall\tBudget\tUtfall\n\t2022\t2023\t2023\nHemtjänst\t80,0\t90,0\t120,0",
            {("Hemtjänst", "Utfall 2023", "120.0"), ("Hemtjänst", "Budget 2023", "90.0")},
            id="two-rows-of-head",
        ),
        pytest.param(
            "Mått Utfall 2022 Utfall 2023\nLokal 1,0 2,0\nÖvrigt 3,0 4,0\nLokal 5,0 6,0",
            {("Övrigt", "Utfall 2023", "4.0")},
            id="two-rows-of-one-name",
        ),
    ],
)  # fmt: skip
def test_heads_and_rows_that_mislead(tmp_path, text, expected):
    found = {(label, column, str(value)) for label, column, value, _ in read(tmp_path, text)}
    assert expected <= found
    labels = {label for label, *_ in expected}
    assert {label for label, *_ in found} == labels


@pytest.mark.parametrize(
    ("row", "unit"),
    [
        ("Personal 2 150 2 310", "tkr"),
        ("Kostnad per dygn 2 150 2 310", "tkr"),
        ("Årsarbetare 120 118", "årsarbetare"),
        ("Medelålder 48 47", None),
        ("Timtid i timmar 2 150 2 310", "timmar"),
        ("Sjukfrånvaro 7,4 7,8", None),
    ],
)
def test_units_of_rows_under_a_head_in_money(tmp_path, row, unit):
    assert {found for *_, found in read(tmp_path, f"Belopp i tkr Utfall 2022 Utfall 2023\n{row}")} == {unit}


def test_units_come_from_the_cell_the_label_or_the_head(tmp_path):
    head = "Drift (belopp i mnkr) Utfall 2022 Utfall 2023"
    text = f"{head}\nPersonal 251,3 256,6\nSjukfrånvaro (%) 8,1 7,9\nAndel nöjda 80 % 81 %"
    assert [unit for *_, unit in read(tmp_path, text)] == ["mnkr", "mnkr", "%", "%", "%", "%"]


def test_a_unit_that_the_values_contradict_is_not_stated(tmp_path):
    path = tmp_path / "r.txt"
    path.write_text("Drift (belopp i tkr) Utfall 2022 Utfall 2023\nIntäkter 42,5 35,1\nKostnader 251,3 256,6")
    found = table_figures(load_report(path)[0])
    assert {figure.unit for figure in found} == {None}
    assert all("mnkr" in (figure.note or "") for figure in found)


def full(tmp_path, text, title="Ekdunga kommun\nÅrsrapport 2023\n\n"):
    path = tmp_path / "r.txt"
    path.write_text(title + text, encoding="utf-8")
    return table_figures(load_report(path)[0])


def test_a_line_over_rows_tells_them_apart_and_gives_their_unit(tmp_path):
    text = (
        "Volymer och priser Utfall Budget Utfall 2023 2023 2022\n"
        "Volymer\nBoende (platser) 168 175 161\nHemtjänst (timmar) 920 910 870\n"
        "Snittkostnad (kr netto)\nBoende 1 076 1 051 1 035\nHemtjänst 326 329 321"
    )
    found = {(f.group, f.label): f.unit for f in full(tmp_path, text)}
    assert found == {
        ("Volymer", "Boende (platser)"): None,
        ("Volymer", "Hemtjänst (timmar)"): "timmar",
        ("Snittkostnad (kr netto)", "Boende"): "kr",
        ("Snittkostnad (kr netto)", "Hemtjänst"): "kr",
    }


def test_a_footnote_limits_the_period(tmp_path):
    text = "Sjukfrånvaro* (%) 2023 2022\nTotalt 8,2 11,2\nKvinnor 9,8 12,7\n\n*Avser perioden 1 januari - 31 juli."
    found = full(tmp_path, text)
    assert {(f.column, f.period.label) for f in found} == {("2023", "januari–juli 2023"), ("2022", "januari–juli 2022")}
    assert {f.headings[-1] for f in found} == {"Sjukfrånvaro* (%)"}


def test_what_has_come_out_of_an_interim_reports_year_is_not_of_the_whole(tmp_path):
    title = "Ekdunga kommun\nDelårsrapport per 31 augusti 2024\n\n"
    found = full(tmp_path, "Mått Utfall 2023 Utfall 2024 Prognos 2024\nBesök 410 280 430", title)
    assert [f.period.label for f in found] == ["2023", "januari–augusti 2024", "2024"]


@pytest.mark.parametrize(
    ("rows", "sign"),
    [
        pytest.param("Intäkter 50,0 60,0\nPersonalkostnader -80,0 -90,0", Sign.COSTS_NEGATIVE, id="minus"),
        pytest.param("Intäkter -50,0 -60,0\nPersonalkostnader 80,0 90,0", Sign.COSTS_POSITIVE, id="no-minus"),
        pytest.param("Hemtjänst -50,0 -60,0\nBoende -80,0 -90,0", Sign.COSTS_NEGATIVE, id="by-all-rows"),
        pytest.param("Hemtjänst 50,0 60,0\nBoende 80,0 90,0", None, id="not-told"),
    ],
)
def test_how_a_table_writes_costs(tmp_path, rows, sign):
    found = full(tmp_path, f"Drift (belopp i mnkr) Utfall 2022 Utfall 2023\n{rows}")
    assert {f.sign for f in found} == {sign}


def test_uncertain_cells_are_counted(tmp_path):
    path = tmp_path / "r.txt"
    path.write_text(
        "Följetal Utfall 2022 Utfall 2023 Mål 2023\nBesök 4 5 6\nHushåll 112 97\nDygn 539", encoding="utf-8"
    )
    (table,) = tables(load_report(path)[0])
    assert (table.certain, table.uncertain) == (3, 3)


def test_the_scale_of_a_diagram_is_no_table(tmp_path):
    path = tmp_path / "r.txt"
    path.write_text("Utvecklingen visas nedan.\n\n0\n10\n20\n30\n40\n\nKällan är kommunen.", encoding="utf-8")
    assert tables(load_report(path)[0]) == []


ROWS = [
    ["Verksamhet", "2022", "", "2023", ""],
    ["", "Budget", "Utfall", "Budget", "Utfall"],
    ["Äldreomsorg", "", "", "", ""],
    ["Hemtjänst i egen\nregi", "120,0", "125,0", "130,0", "128,5"],
    ["Särskilt boende", "200,0", "", "210,0", "212,0"],
]
SPANS = [((1, 0), (2, 0)), ((3, 0), (4, 0))]
EXPECTED = {
    ("Äldreomsorg", "Hemtjänst i egen regi", "2022 Budget", "120.0", FigureKind.BUDGET, "2022"),
    ("Äldreomsorg", "Hemtjänst i egen regi", "2022 Utfall", "125.0", FigureKind.OUTCOME, "2022"),
    ("Äldreomsorg", "Hemtjänst i egen regi", "2023 Budget", "130.0", FigureKind.BUDGET, "2023"),
    ("Äldreomsorg", "Hemtjänst i egen regi", "2023 Utfall", "128.5", FigureKind.OUTCOME, "2023"),
    ("Äldreomsorg", "Särskilt boende", "2022 Budget", "200.0", FigureKind.BUDGET, "2022"),
    ("Äldreomsorg", "Särskilt boende", "2023 Budget", "210.0", FigureKind.BUDGET, "2023"),
    ("Äldreomsorg", "Särskilt boende", "2023 Utfall", "212.0", FigureKind.OUTCOME, "2023"),
}


def shown(path):
    found = table_figures(load_report(path)[0])
    return {(f.group, f.label, f.column, str(f.value), f.kind, f.period and f.period.label) for f in found}


def test_a_ruled_table_of_a_pdf_keeps_its_cells(tmp_path):
    path = tmp_path / "r.pdf"
    table = Table(ROWS, colWidths=[150, 70, 70, 70, 70])
    grid = ("GRID", (0, 0), (-1, -1), 0.5, "grey")
    table.setStyle(TableStyle([grid, *(("SPAN", (a, b), (c, d)) for (a, b), (c, d) in SPANS)]))
    SimpleDocTemplate(str(path), pagesize=A4).build([table])
    assert shown(path) == EXPECTED


def test_a_word_table_with_merged_cells_keeps_them(tmp_path):
    path = tmp_path / "r.docx"
    document = docx.Document()
    table = document.add_table(rows=len(ROWS), cols=len(ROWS[0]))
    for at, row in enumerate(ROWS):
        for number, text in enumerate(row):
            table.cell(at, number).text = text
    for (first, row), (last, _) in SPANS:
        table.cell(row, first).merge(table.cell(row, last))
    document.save(str(path))
    assert shown(path) == EXPECTED
