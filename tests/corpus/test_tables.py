"""Cells become figures only where their column is certain."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.load import load_report
from corpus.tables import columns, figures, number, split_row


def read(tmp_path, text):
    path = tmp_path / "r.txt"
    path.write_text(text, encoding="utf-8")
    report = load_report(path)[0]
    found = figures(report)
    for figure in found:
        # The offsets are those of the cell itself.
        assert number(report.text[figure.start : figure.end]) == figure.value
    return [(f.label, f.column, f.value, f.unit) for f in found]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(
            "Nyckeltal Mål 2023 Utfall 31 aug 2023 Utfall 2022",
            ["Mål 2023", "Utfall 31 aug 2023", "Utfall 2022"],
            id="dates",
        ),
        pytest.param("Sjukfrånvaro* (%) 2023 2022 Differens", ["2023", "2022", "Differens"], id="bare-years"),
        pytest.param(
            "Bokslut 2023\nBeskrivning Bokslut 2022 (tkr) Budget 2023 (tkr)",
            ["Bokslut 2022 (tkr)", "Budget 2023 (tkr)"],
            id="name-of-the-table-first",
        ),
        pytest.param(
            "Konto (tkr) Utfall 2024 Prognos helår 2024 Avv. prognos/ utfall 2024 Diff. utfall 2023/2024",
            ["Utfall 2024", "Prognos helår 2024", "Avv. prognos/ utfall 2024", "Diff. utfall 2023/2024"],
            id="slashes",
        ),
        pytest.param("Mått\t2022\t2023\tMål 2023", ["2022", "2023", "Mål 2023"], id="tabs"),
    ],
)
def test_columns(head, expected):
    assert columns(head) == expected


def test_thousands_are_parted_from_cells_by_the_number_of_columns():
    label, cells = split_row("Köpta platser -41 276 -43 100 -1 824", ["Budget", "Prognos", "Avvikelse"])
    assert label == "Köpta platser"
    assert [cell.text for cell in cells] == ["-41 276", "-43 100", "-1 824"]


def test_the_difference_settles_which_digits_go_together():
    names = ["Budget", "Prognos", "Avv.", "Delår 2023", "Delår 2022", "Diff."]
    _, cells = split_row("Intäkter 12 345 12 600 255 8 640 7 515 1 125", names)
    assert [cell.text for cell in cells] == ["12 345", "12 600", "255", "8 640", "7 515", "1 125"]


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


def test_a_row_that_does_not_add_up_gives_no_figure(tmp_path):
    head = "Projekt Budget Omfördelning Budget 2023 Utfall Avvikelse (tkr) Slutredovisas"
    rows = "Sängar 200 -30 170 164 6 Ja\nElcyklar 100 100 0 100 Nej"
    assert {label for label, *_ in read(tmp_path, f"{head}\n{rows}")} == {"Sängar"}


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
        ("Årsarbetare 120 118", None),
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
    found = figures(load_report(path)[0])
    assert {figure.unit for figure in found} == {None}
    assert all("mnkr" in (figure.note or "") for figure in found)


def swedish(value: int, decimals: int, minus: str) -> str:
    whole, part = divmod(abs(value), 10**decimals)
    text = f"{whole:,}".replace(",", " ") + (f",{part:0{decimals}}" if decimals else "")
    return (minus if value < 0 else "") + text


@given(st.integers(-(10**9), 10**9), st.integers(0, 2), st.sampled_from("-–−"))
def test_numbers_both_ways(value, decimals, minus):
    assert number(swedish(value, decimals, minus)) == Decimal(value).scaleb(-decimals)
