"""Totals and differences settle what a row leaves open, and show what is wrong in a report."""

import pytest

from corpus.load import load_report
from corpus.meaning import table_figures


def read(tmp_path, text):
    path = tmp_path / "r.txt"
    path.write_text(f"Ekdunga kommun\nÅrsrapport 2023\n\n{text}", encoding="utf-8")
    return table_figures(load_report(path)[0])


HEAD = "Projekt Budget Omfördelning Budget 2023 Utfall Avvikelse (tkr)"


def test_the_total_settles_which_cell_is_empty(tmp_path):
    rows = "Sängar 200 -30 170 164 6\nInventarier 180 180 168 12\nElcyklar 100 100 0 100\nSumma 200 250 450 332 118"
    found = {(f.label, f.column): str(f.value) for f in read(tmp_path, f"{HEAD}\n{rows}")}
    assert found["Elcyklar", "Omfördelning"] == "100"
    assert found["Elcyklar", "Budget 2023"] == "100"
    assert ("Elcyklar", "Budget") not in found
    assert ("Inventarier", "Budget") not in found


def test_without_the_total_they_stay_open(tmp_path):
    found = {(f.label, f.column) for f in read(tmp_path, f"{HEAD}\nSängar 200 -30 170 164 6\nElcyklar 100 100 0 100")}
    assert {column for label, column in found if label == "Elcyklar"} == {"Utfall", "Avvikelse (tkr)"}


TABLE = """Verksamhet\tBudget 2023\tUtfall 2023\tAvvikelse
Hemtjänst\t120,0\t125,0\t-5,0
Särskilt boende\t200,0\t198,0\t2,0
Funktionsstöd\t80,0\t81,5\t{deviation}
Summa\t{total}\t404,5\t-4,5
"""


@pytest.mark.parametrize(
    ("deviation", "total", "label", "column"),
    [
        pytest.param("-1,5", "410,0", "Summa", "Budget 2023", id="a-sum"),
        pytest.param("-3,5", "400,0", "Funktionsstöd", "Avvikelse", id="a-difference"),
    ],
)
def test_what_does_not_add_up_is_noted_on_that_figure(tmp_path, deviation, total, label, column):
    found = read(tmp_path, TABLE.format(deviation=deviation, total=total))
    noted = {(f.label, f.column): f.note for f in found if f.note}
    assert (label, column) in noted
    assert "stämmer inte" in noted[label, column]
    # What the report says is kept as it is said.
    assert {str(f.value) for f in found} >= {total.replace(",", "."), deviation.replace(",", ".")}


def test_what_adds_up_has_no_note(tmp_path):
    assert not [f for f in read(tmp_path, TABLE.format(deviation="-1,5", total="400,0")) if f.note]


def test_a_total_of_something_else_is_not_called_wrong(tmp_path):
    rows = "Tabell\tUtfall 2022\tUtfall 2023\nHemtjänst\t10\t12\nBoende\t20\t21\nTotalt för kommunen\t310\t340"
    assert not [f for f in read(tmp_path, rows) if f.note]
