"""Units: one name for each, and money from one to another and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.units import MONEY, canonical, convert, label_unit, money_units

MONEY_UNITS = st.sampled_from(sorted(MONEY))


@given(st.decimals(-(10**9), 10**9, places=3), MONEY_UNITS, MONEY_UNITS)
def test_money_converts_both_ways(value, unit, other):
    there = convert(value, unit, other)
    assert there is not None
    assert convert(there, other, unit) == value
    assert (there == value) == (unit == other or value == 0)


@given(
    st.sampled_from(
        ["kr", "Kronor", "SEK", "tkr", "kkr", "Tusen kronor", "mnkr", "Mkr", "miljoner kronor", "procent", "%"]
    )
)
def test_a_unit_has_one_name(written):
    assert canonical(canonical(written)) == canonical(written)


@pytest.mark.parametrize(("unit", "other"), [("tkr", "%"), ("timmar", "dagar"), (None, "mnkr"), ("%", None)])
def test_unlike_units_are_never_turned_into_each_other(unit, other):
    assert convert(Decimal(5), unit, other) is None


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        pytest.param("Personalomsättning (%)", "%", id="in-parentheses"),
        pytest.param("Andel nöjda brukare", "%", id="a-share"),
        pytest.param("Minska antalet timmar med 20% i hela nämnden", "timmar", id="a-share-of-something-else"),
        pytest.param("Sjukfrånvaro, %, högst", "%", id="between-commas"),
        pytest.param("Snittkostnad (kr per hushåll)", "kr", id="money"),
        pytest.param("Antal vårddygn", "vårddygn", id="counted-in"),
        pytest.param("Antal hushåll", "", id="a-bare-number"),
        pytest.param("Personalkostnader", None, id="nothing-said"),
    ],
)
def test_what_a_label_says_of_its_unit(label, unit):
    assert label_unit(label) == unit


def test_the_money_that_a_head_names():
    assert money_units("Drift, tkr (årsbudget i mnkr)") == {"tkr", "mnkr"}
    assert money_units("Kronoby och krav") == set()
