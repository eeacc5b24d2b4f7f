"""A report is identified from its own words; what they don't settle is shown as uncertain."""

from datetime import date

import pytest

from corpus.document import Period
from corpus.errors import BadSidecar
from corpus.identify import Overrides
from corpus.load import load_report, report_id
from corpus.municipalities import NAMES, official


def report(tmp_path, text, given=None, sidecar=None):
    path = tmp_path / "okänd.txt"
    path.write_text(text, encoding="utf-8")
    if sidecar is not None:
        path.with_name("okänd.txt.toml").write_text(sidecar, encoding="utf-8")
    return load_report(path, given)[0]


YEARLY = "Marks kommun\nÅrsrapport 2023\nSocialnämnden\nSocialnämnden i Marks kommun redovisar utfall 2023."


def test_a_listed_municipality_in_the_genitive(tmp_path):
    found = report(tmp_path, YEARLY)
    assert (found.municipality, found.board, found.kind) == ("Mark", "Socialnämnden", "årsrapport")
    assert found.period == Period(2023)
    assert found.title == "Marks kommun, Socialnämnden: årsrapport 2023"
    assert not found.uncertain


def test_a_municipality_that_is_not_in_the_list(tmp_path):
    text = "Årsredovisning 2022\nVård- och omsorgsnämnden i Ekdunga kommun. Ekdunga kommun växer. Utfall 2022."
    assert report(tmp_path, text).municipality == "Ekdunga"


def test_a_neighbour_is_not_the_reporter(tmp_path):
    text = "Bokslut 2023\nFamiljecentralen i Mellerud är öppen. Vi samverkar med Bengtsfors och med Bengtsfors igen."
    text += " Nämnden och förvaltningen har följt kommunens plan. Nämnden, förvaltningen och nämnden är nöjda."
    assert report(tmp_path, text).municipality == "Mellerud"


def test_an_interim_report_and_its_last_day(tmp_path):
    text = "Täby kommun\nDelårsrapport 2024\nÄldrenämnden\nUtfall per 31 augusti 2024. Prognosen per augusti är god."
    found = report(tmp_path, text)
    assert found.kind == "delårsrapport"
    assert found.period == Period(2024, date(2024, 8, 31))
    assert found.period.label == "januari–augusti 2024"


def test_another_reports_kind_and_year_do_not_count(tmp_path):
    text = "Täby kommun\nNämnden redovisar utfall 2023. Kostnaderna i årsredovisningen för 2022 låg högre 2023."
    found = report(tmp_path, text)
    assert found.kind == "årsuppföljning"
    assert "kind" in found.uncertain


def test_nothing_to_go_by(tmp_path):
    found = report(tmp_path, "En text om någonting helt annat, utan namn och tal.")
    assert found.municipality is None
    assert {"municipality", "period"} <= found.uncertain


def test_what_the_user_says_goes_first(tmp_path):
    found = report(tmp_path, YEARLY, Overrides(municipality="Norrvik", year=2021))
    assert (found.municipality, found.period) == ("Norrvik", Period(2021))


def test_a_sidecar_file_corrects(tmp_path):
    before = report(tmp_path, YEARLY).report_id
    found = report(tmp_path, YEARLY, sidecar='board = "Omsorgsnämnden"\nthrough = 2023-06-30\n')
    assert found.board == "Omsorgsnämnden"
    assert found.period == Period(2023, date(2023, 6, 30))
    assert found.report_id != before


@pytest.mark.parametrize("sidecar", ["year = ", 'colour = "blue"', 'year = "2023"'])
def test_a_bad_sidecar_is_told(tmp_path, sidecar):
    with pytest.raises(BadSidecar, match=r"okänd\.txt\.toml"):
        report(tmp_path, YEARLY, sidecar=sidecar)


def test_the_id_is_the_contents_not_the_name(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Samma innehåll")
    assert report_id(tmp_path / "a.txt") == report_id(tmp_path / "b.txt")


def test_all_290_municipalities_once():
    assert len(NAMES) == len(set(NAMES)) == 290


@pytest.mark.parametrize(
    ("name", "full"), [("Mark", "Marks kommun"), ("Alingsås", "Alingsås kommun"), ("Täby", "Täby kommun")]
)
def test_full_names(name, full):
    assert official(name) == full
