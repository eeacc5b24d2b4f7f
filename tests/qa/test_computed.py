"""Differences between figures: in one unit, rounded to what is known, and proven from their places."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Figure, FigureKind, Sign
from qa.answer import Sentence, cite
from qa.computed import difference, holds, same_amount
from qa.verify import proven


def figure(value: str, unit: str | None = None, sign: Sign | None = None) -> Figure:
    return Figure("r", 0, 1, "Hyror", "", (), "2023", FigureKind.OUTCOME, None, Decimal(value), unit, None, sign)


@pytest.mark.parametrize(
    ("first", "second", "written"),
    [
        pytest.param(figure("8.7", "%"), figure("8.2", "%"), "0,5 procentenheter", id="shares"),
        pytest.param(figure("305934", "tkr"), figure("279.3", "mnkr"), "26,6 mnkr", id="thousands-and-millions"),
        pytest.param(figure("-12.5", "mnkr", Sign.COSTS_NEGATIVE), figure("14000", "tkr", Sign.COSTS_POSITIVE),
                     "1,5 mnkr", id="costs-with-and-without-minus"),
        pytest.param(figure("90"), figure("68"), "22", id="bare-numbers"),
        pytest.param(figure("1250000", "kr"), figure("50000", "kr"), "1\u00a0200\u00a0000 kr", id="thousands"),
    ],
)  # fmt: skip
def test_a_difference_in_one_unit(first, second, written):
    assert difference(first, second).written == written


NEGATIVE = Sign.COSTS_NEGATIVE


@pytest.mark.parametrize(
    ("first", "second", "change"),
    [
        pytest.param(figure("305934", "tkr"), figure("315.2", "mnkr"), "9.3", id="rises-over-two-units"),
        pytest.param(figure("-5000", "tkr", NEGATIVE), figure("3000", "tkr", NEGATIVE), "-8000", id="over-nought"),
        pytest.param(figure("-12.0", "mnkr", NEGATIVE), figure("-14.5", "mnkr", NEGATIVE), "2.5", id="a-dearer-cost"),
        pytest.param(figure("33.2", "mnkr", NEGATIVE), figure("30.1", "mnkr", NEGATIVE), "-3.1", id="a-lower-income"),
        pytest.param(figure("7", "%"), figure("7.4", "%"), "0.4", id="the-finer-decimals"),
    ],
)  # fmt: skip
def test_a_change_has_its_direction(first, second, change):
    assert difference(first, second).change == Decimal(change)


def test_a_deviation_keeps_its_sign_in_a_table_of_negative_costs():
    first, second = (replace(figure(each, "tkr", NEGATIVE), kind=FigureKind.DEVIATION) for each in ("300", "-500"))
    assert difference(first, second).change == Decimal(-800)


@pytest.mark.parametrize("limit", ["högst", "under", "ungefär", "från"])
def test_what_is_no_exact_number_is_not_compared(limit):
    assert difference(replace(figure("5"), bound=limit), figure("12")) is None


def test_an_amount_that_is_not_known_well_enough_is_not_compared():
    assert difference(figure("305100", "tkr"), figure("305", "mnkr")) is None
    assert same_amount(figure("305934", "tkr"), figure("305.9", "mnkr"))
    assert not same_amount(figure("305934", "tkr"), figure("306.0", "mnkr"))


@pytest.mark.parametrize(("one", "other"), [("tkr", "%"), ("dagar", "timmar"), (None, "mnkr")])
def test_unlike_units_are_not_compared(one, other):
    assert difference(figure("1", one), figure("2", other)) is None


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.sampled_from(["tkr", "%", "dygn", None]))
def test_a_difference_has_no_direction(first, second, unit):
    one, other = figure(str(first), unit), figure(str(second), unit)
    assert difference(one, other).value == difference(other, one).value == abs(first - second)


def test_what_was_worked_out_is_proven_from_the_cells_in_its_quotes(assistant):
    answer = assistant.ask("Hur mycket dyrare blev hemtjänsten i Norrvik 2023 än 2022?")
    sentence = next(each for each in answer.sentences if each.computed)
    (computed,) = sentence.computed
    reports = {c.report_id: assistant.library.report(c.report_id) for c in sentence.citations}
    assert computed.written == "11,5 mnkr" in sentence.text
    assert holds(computed, reports)
    assert proven(sentence, assistant.library)
    # Another value, another cell, or a quote without the cells proves nothing.
    wrong = replace(computed, change=computed.change + 1)
    assert not proven(
        replace(sentence, text=sentence.text.replace("11,5", "12,5"), computed=(wrong,)), assistant.library
    )
    moved = replace(computed.of[0], value=Decimal(1))
    assert not holds(replace(computed, of=(moved, computed.of[1])), reports)
    report = reports[computed.of[0].report_id]
    assert not proven(replace(sentence, citations=cite(report, 0, 40)), assistant.library)


def test_a_sentence_without_computed_values_may_say_no_other_number(assistant):
    report = assistant.library.report(assistant.library.entries[0].report_id)
    quote = cite(report, 0, 60)
    assert not proven(Sentence("Det ökade med 98 765.", quote), assistant.library)
