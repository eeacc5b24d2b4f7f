"""A table's head to its columns: names, kinds, periods and units."""

from datetime import date

import pytest

from corpus.columns import column_kind, column_names, read_columns
from corpus.document import FigureKind, Period


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
        pytest.param(
            "Drift\t2022\t\t2023\t\n\tBudget\tUtfall\tBudget\tUtfall",
            ["2022 Budget", "2022 Utfall", "2023 Budget", "2023 Utfall"],
            id="a-cell-over-two-columns",
        ),
        pytest.param(
            "Projekt Budget Utfall Avvikels e (tkr)", ["Budget", "Utfall", "Avvikelse (tkr)"], id="a-broken-word"
        ),
        pytest.param(
            "Verksamhet 2022 2023 Budget Utfall Budget Utfall",
            ["Budget 2022", "Utfall 2022", "Budget 2023", "Utfall 2023"],
            id="years-above",
        ),
        pytest.param("Förändring i samarbetet mellan skola och samhälle Budget och finansiering", [], id="headings"),
    ],
)  # fmt: skip
def test_the_columns_that_a_head_names(head, expected):
    assert column_names(head) == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Utfall 2023", FigureKind.OUTCOME),
        ("Delårsbokslut 2023", FigureKind.OUTCOME),
        ("Jan–aug 2024", FigureKind.OUTCOME),
        ("31/8 2023", FigureKind.OUTCOME),
        ("Årsbudget", FigureKind.BUDGET),
        ("Ombudgetering 2023", FigureKind.OTHER),
        ("Prognos helår", FigureKind.FORECAST),
        ("Budgetavvikelse", FigureKind.DEVIATION),
        ("Avv. prognos/budget", FigureKind.DEVIATION),
        ("Diff. utfall 2022/2023", FigureKind.CHANGE),
        ("Målvärde 2023", FigureKind.TARGET),
        ("Bedömning", FigureKind.OTHER),
    ],
)
def test_the_kind_of_a_column(name, kind):
    assert column_kind(name) is kind


def test_the_period_and_unit_of_a_column():
    own = Period(2024, date(2024, 8, 31))
    columns = read_columns("Mått\tUtfall delår 2023\tUtfall delår 2024 (%)\tBudget 2024 (tkr)", own)
    assert [column.period and column.period.label for column in columns] == [
        "januari–augusti 2023", "januari–augusti 2024", "2024",
    ]  # fmt: skip
    assert [column.unit for column in columns] == [None, "%", "tkr"]
