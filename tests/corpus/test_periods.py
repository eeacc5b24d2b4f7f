"""Periods: as reports write them, and both ways between a period and its name."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Period
from corpus.periods import period_in, spans_in

OWN = Period(2024, date(2024, 8, 31))
YEARS = st.integers(1950, 2090)
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


def normal(year: int, through: date | None, since: date | None) -> Period:
    """A period without the ends that a whole year has anyway."""
    if since and (since.month, since.day) == (1, 1) and since.year == (through or date(year, 12, 31)).year:
        since = None
    return Period(year, None if through and (through.month, through.day) == (12, 31) else through, since)


@given(YEARS)
def test_a_year_both_ways(year):
    assert period_in(Period(year).label) == Period(year)
    assert period_in(f"Utfall helår {year}") == Period(year)


@given(DAYS)
def test_the_beginning_of_a_year_both_ways(day):
    period = normal(day.year, day, None)
    assert period_in(period.label) == period
    assert period_in(f"t.o.m. {day.day}/{day.month} {day.year}") == period
    assert period_in(f"per {day.isoformat()}") == period


@given(DAYS, DAYS)
def test_any_stretch_both_ways(first, last):
    first, last = sorted((first, last))
    period = normal(last.year, last, first)
    assert period_in(period.label) == period
    assert spans_in(f"Avser {first.isoformat()}–{last.isoformat()}") == [period]


@given(YEARS, st.integers(1, 12))
def test_a_month_is_the_year_so_far(year, month):
    end = date(year, month, monthrange(year, month)[1])
    name = "jan feb mars april maj juni juli aug sept okt nov dec".split()[month - 1]
    assert period_in(f"Utfall {name} {year}") == normal(year, end, None)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param("Utfall 31 aug 2023", "januari–augusti 2023", id="a-day"),
        pytest.param("Mål 31 dec 2023", "2023", id="the-last-day"),
        pytest.param("Budget jan–aug", "januari–augusti 2024", id="the-report's-year"),
        pytest.param("Nämnden juni- december 2023", "juni–december 2023", id="a-hanging-hyphen"),
        pytest.param("*Avser perioden 1 januari - 31 juli", "januari–juli 2024", id="a-footnote"),
        pytest.param("Utfall delår 2021", "januari–augusti 2021", id="interim"),
        pytest.param("under perioden 230701-240630.", "juli 2023–juni 2024", id="six-digits"),
        pytest.param("Diff. utfall 2022/2023", "2022–2023", id="two-years"),
        pytest.param("Förändring 2022 till 2023", "2022–2023", id="in-words"),
    ],
)
def test_as_reports_write_them(text, label):
    assert period_in(text, OWN).label == label


@pytest.mark.parametrize("text", ["Avvikelse", "12 345", "30-49 år", "kapitel 7", "den 31/2 2023", ""])
def test_what_is_no_period(text):
    assert period_in(text, OWN) is None
