"""What a document probably is: from its own words, whatever day it is."""

import datetime

import pytest

from corpus import dating, identify, placing
from corpus.dating import years
from corpus.load import load_report
from corpus.placing import places


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (
            "Bokslut 2025\nNämnden redovisar utfall 2025.\nBeslut 2026-02-11, Dnr 2026/14. Budget 2026 är beslutad.",
            2025,
        ),
        ("Budgetanvisningar\n2025-12-01\nAnvisningar för budget 2027–2031. Ramen för 2027 är 412 mnkr.", 2027),
        ("Verksamhetsberättelse\nUnder 2019 växte kön. Den 14 februari 2020 beslutade nämnden om rapporten.", 2019),
    ],
)
def test_a_year_counts_by_its_role(text, year):
    assert next(iter(years(text, (), "rapport.pdf"))) == year


@pytest.mark.parametrize("text", ["", "En text om ingenting.", "Telefon 0511-2023 44, belopp 2 023 kr."])
def test_a_text_without_years_is_of_none(text):
    assert years(text, (), "rapport.pdf") == {}


def test_probabilities_are_what_they_say():
    found = years("Bokslut 2023\nUtfall 2023 och utfall 2022.", ("Bokslut 2023",), "a.pdf")
    assert 0 < sum(found.values()) <= 1.001
    assert list(found.values()) == sorted(found.values(), reverse=True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Marks kommun\nÅrsrapport 2023\nSocialnämnden i Marks kommun.", "Mark"),
        ("Nämnden redovisar att kommunen och nämnden växer.\nwww.hallefors.se\nkommunen@hallefors.se", "Hällefors"),
        ("Analys av äldreomsorgen i Sverige. Stockholms väntelista och Malmös är långa.", None),
    ],
)
def test_a_municipality_may_be_named_in_an_address_alone(text, place):
    assert next(iter(places(text, (), "rapport.pdf")), None) == place


def test_a_file_is_the_same_whatever_year_it_is_read_in(tmp_path, monkeypatch):
    path = tmp_path / "rapport.txt"
    path.write_text("Marks kommun\nSocialnämnden\nBokslut 2025\nUtfall 2025 blev 4 mnkr. Beslut 2026-02-11.\n")
    seen = []
    for year in (2019, 2025, 2026, 2040):

        class Clock(datetime.date):
            @classmethod
            def today(cls, year=year):
                return cls(year, 6, 1)

        for module in (dating, identify, placing):
            monkeypatch.setattr(module, "date", Clock, raising=False)
        seen.append(load_report(path)[0])
    assert {(each.municipality, each.period, each.kind, each.beliefs) for each in seen} == {
        (seen[0].municipality, seen[0].period, seen[0].kind, seen[0].beliefs)
    }
    assert seen[0].period.year == 2025
