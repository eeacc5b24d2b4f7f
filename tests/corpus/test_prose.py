"""Amounts of running text and list items, with the words they are of."""

import pytest

from corpus.document import FigureKind
from corpus.load import load_report
from corpus.prose import prose_figures


def read(tmp_path, text):
    path = tmp_path / "r.txt"
    path.write_text(f"Ekdunga kommun\nÅrsrapport 2023\n\n1 Ekonomi\n\n{text}\n", encoding="utf-8")
    report = load_report(path)[0]
    return report, prose_figures(report)


@pytest.mark.parametrize(
    ("text", "label", "written", "unit", "kind"),
    [
        pytest.param("• Ökade kostnader för köpt vård inom IFO -4,7 mnkr\n• Vakanta tjänster +3,5 mnkr",
                     "Ökade kostnader för köpt vård inom IFO", "-4,7", "mnkr", FigureKind.CHANGE, id="a-bullet"),
        pytest.param("Nämnden redovisar ett underskott på 1 250 tkr för hela året.", "Nämnden redovisar ett underskott",
                     "1 250", "tkr", FigureKind.DEVIATION, id="a-deficit"),
        pytest.param("Sjukfrånvaron bland alla anställda uppgick till 8,2 procent, vilket är lägre än året före.",
                     "Sjukfrånvaron bland alla anställda", "8,2", "%", FigureKind.OUTCOME, id="a-share"),
        pytest.param("Kostnaden för hyror beräknas bli högst 3 miljoner kronor.", "Kostnaden för hyror",
                     "3", "mnkr", FigureKind.FORECAST, id="a-forecast"),
    ],
)  # fmt: skip
def test_an_amount_has_the_words_before_it(tmp_path, text, label, written, unit, kind):
    report, found = read(tmp_path, text)
    figure = found[0]
    assert report.text[figure.start : figure.end] == written
    assert (figure.label, figure.unit, figure.kind, figure.column) == (label, unit, kind, "")
    assert figure.period.label == "2023"
    assert figure.headings == ("1 Ekonomi",)


def test_the_year_that_a_sentence_names(tmp_path):
    _, found = read(tmp_path, "Under 2021 kostade bostadsanpassningen nämnden 4,1 mnkr.")
    assert [figure.period.label for figure in found] == ["2021"]


def test_bare_numbers_are_no_figures(tmp_path):
    _, found = read(tmp_path, "Enligt § 14 i avtalet från 12 maj 2023 ska sektion 3.2 gälla.")
    assert found == []
