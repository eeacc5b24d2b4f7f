"""Swedish numbers: from text to value and back, and what is no number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.numerals import MINUSES, THOUSANDS_SPACES, Bound, Number, parse, step, swedish, value

VALUES = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**12), 10**12), st.integers(0, 3)
)


@given(VALUES)
def test_a_value_written_is_read_back(number):
    assert value(swedish(number)) == number
    assert swedish(number) == swedish(parse(swedish(number)).value)


@given(VALUES, st.sampled_from(MINUSES), st.sampled_from(THOUSANDS_SPACES))
def test_every_minus_and_every_space_between_thousands(number, minus, space):
    written = swedish(number).replace("−", minus).replace("\u00a0", space)
    assert value(written) == number


@given(
    VALUES,
    st.sampled_from([("≤", Bound.AT_MOST), ("högst ", Bound.AT_MOST), ("Minst ", Bound.AT_LEAST), ("<", Bound.BELOW)]),
)
def test_a_bound_keeps_its_value(number, bound):
    written, kind = bound
    read = parse(f"{written}{swedish(number)} %")
    assert (read.value, read.bound, read.unit) == (number, kind, "%")


@given(st.integers(0, 999), st.integers(0, 999), st.sampled_from("–-"))
def test_ranges(first, last, dash):
    assert parse(f"{first}{dash}{last} %") == Number(Decimal(first), Decimal(last), unit="%")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("drygt 1 200", Number(Decimal(1200), approximate=True), id="about"),
        pytest.param("12,5*", Number(Decimal("12.5")), id="footnote"),
        pytest.param("= 100 %", Number(Decimal(100), unit="%"), id="exactly"),
        pytest.param("-16.9", Number(Decimal("-16.9")), id="decimal-point"),
        pytest.param("1 250 tkr", Number(Decimal(1250), unit="tkr"), id="unit"),
    ],
)
def test_signs_and_words_around_a_number(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text", ["–", "", "(12)", "1.234", "12 34", "1 2345", "012 345", "Ja", "2023/24", "12 a", "1,2,3"]
)
def test_what_is_no_number_or_could_be_two(text):
    assert parse(text) is None


def test_the_step_is_that_of_the_finest_decimals():
    assert step(Decimal("1.2"), Decimal("3.45"), Decimal(6)) == Decimal("0.01")
