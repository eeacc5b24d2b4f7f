"""A row of flattened text: where its label ends, and which reading of its cells the row itself leaves."""

import pytest

from corpus.columns import read_columns
from corpus.document import Period
from corpus.readings import agreed, readings, settle
from corpus.rows import qualified, split_row

YEARS = "Följetal Utfall 2021 Utfall 2022 Utfall 2023 Mål 2023"
MONEY = "Belopp i tkr Budget Prognos Avvikelse Delår 2023 Delår 2022 Diff. 2022/2023"
PERCENT = "Nämnden Utfall Budget Avvikelse Utfall (mnkr) 2023 2023 mnkr % 2022"


def read(row: str, head: str) -> tuple[str, list[str]]:
    """A row's label, and the text under each column; "" where it is empty or uncertain."""
    columns = read_columns(head, Period(2023))
    label, cells = split_row(row)
    found = agreed(settle(readings(cells, columns, row), columns))
    return label, [cell.text if cell else "" for cell in found]


@pytest.mark.parametrize(
    ("row", "head", "label", "cells"),
    [
        pytest.param("Vårddygn för barn under 18 år 4 915 4 319 4 545 3 693", YEARS, "Vårddygn för barn under 18 år",
                     ["4 915", "4 319", "4 545", "3 693"], id="a-number-in-the-label"),
        pytest.param("Timmar av vikarier 480 <494", YEARS, "Timmar av vikarier", ["", "", "", "<494"],
                     id="only-a-target-is-a-limit"),
        pytest.param("Hushåll med barn 112 97 90", YEARS, "Hushåll med barn", ["", "", "", ""], id="a-cell-short"),
        pytest.param("Vårddygn på HVB 2 306", YEARS, "Vårddygn på HVB", ["", "", "", ""], id="one-or-two"),
        pytest.param("Lokalhyror 12 345 12 600 255 8 640 7 515 1 125", MONEY, "Lokalhyror",
                     ["12 345", "12 600", "255", "8 640", "7 515", "1 125"], id="the-differences-settle-the-digits"),
        pytest.param("IT-utrustning 200 200 0 159 200 -41", MONEY, "IT-utrustning",
                     ["200", "200", "0", "159", "200", "-41"], id="both-differences-or-one"),
        pytest.param("Egen regi 1,7 -1,0 2,7 1,5", PERCENT, "Egen regi", ["1,7", "-1,0", "2,7", "", "1,5"],
                     id="without-its-per-cent"),
        pytest.param("Anslag -215,4 -218,9 3,5 2 % -202,0", PERCENT, "Anslag",
                     ["-215,4", "-218,9", "3,5", "2 %", "-202,0"], id="with-it"),
        pytest.param("Köpta platser 135 166 varav 85 kvinnor och 81 män 139 ≥140", YEARS, "Köpta platser",
                     ["135", "166", "139", "≥140"], id="a-comment-between-cells"),
        pytest.param("Insyn i besluten Källa: medborgarundersökning 19 Utfall saknas 21 >19", YEARS, "Insyn i besluten",
                     ["19", "Utfall saknas", "21", ">19"], id="words-for-nothing-and-a-source"),
        pytest.param("Handläggningstid vid 118 116 108 108 enheten", YEARS, "Handläggningstid vid enheten",
                     ["118", "116", "108", "108"], id="the-label-goes-on-after-the-cells"),
    ],
)  # fmt: skip
def test_what_a_row_leaves_certain(row, head, label, cells):
    assert read(row, head) == (label, cells)


def test_an_empty_cell_is_placed_by_the_difference():
    _, cells = read("Elcyklar 100 100 0 100", "Projekt Budget Omfördelning Budget 2023 Utfall Avvikelse (tkr)")
    # Which of the first three is empty is open; what came out and the difference are not.
    assert cells == ["", "", "", "0", "100"]


def test_figures_of_different_things_may_share_a_cell():
    row = "Nöjdhet 82,2 82,2 (förvaltningen) 80,5 (hela kommunen)"
    assert qualified(row, split_row(row)[1])
    assert not qualified("Nöjdhet (index) 82,2 80,5", split_row("Nöjdhet (index) 82,2 80,5")[1])
