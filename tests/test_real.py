"""On the real reports that RAPPORTSVAR_REPORTS names: identification, answers, and the same from PDF."""

import time

import pytest

from eval.cases import FOLDER, load_cases
from eval.gate import load_thresholds
from eval.run import evaluate
from index.ingest import index_files, report_files
from qa.assistant import Assistant

pytestmark = pytest.mark.real

EXPECTED = {
    "000": ("Mark", "årsrapport", "2023", set()),
    "001": ("Mark", "delårsrapport", "januari–augusti 2024", {"period"}),
    "002": ("Alingsås", "delårsbokslut", "januari–augusti 2023", {"period"}),
    "003": ("Täby", "årsuppföljning", "2023", {"kind"}),
    "004": ("Mellerud", "bokslut", "2023", {"municipality"}),
}


@pytest.mark.parametrize("library", ["real_library", "real_pdf_library"])
def test_the_reports_are_identified(request, library):
    entries = {entry.file[:3]: entry for entry in request.getfixturevalue(library).entries}
    for key, (municipality, kind, period, uncertain) in EXPECTED.items():
        entry = entries[key]
        assert (entry.municipality, entry.kind, entry.period.label) == (municipality, kind, period)
        assert entry.uncertain <= uncertain
        assert entry.board == "Socialnämnden"


def test_the_answer_to_the_first_question(real_library, encoder):
    answer = Assistant(real_library, encoder).ask("varför underskott inom särskilt boende?")
    for fact in ("9,7 mnkr", "personalkostnader", "17 årsarbetare"):
        assert fact in answer.text
    assert answer.citations[0].title == "Marks kommun, Socialnämnden: årsrapport 2023"


@pytest.fixture(scope="module")
def evaluation(real_library, encoder):
    return evaluate(Assistant(real_library, encoder), load_cases(FOLDER / "real.jsonl"))


def test_the_thresholds_hold(evaluation):
    for threshold in load_thresholds(FOLDER.parent / "thresholds.toml", "real"):
        assert threshold.holds(evaluation), threshold


def test_pdf_versions_score_within_three_points(evaluation, real_pdf_library, encoder):
    cases = load_cases(FOLDER / "real.jsonl")
    # The same places, in the PDF versions of the files; their pages are not the texts'.
    from dataclasses import replace

    as_pdf = [
        replace(
            case,
            evidence=tuple(
                tuple(replace(place, report=place.report.replace(".txt", ".pdf")) for place in group)
                for group in case.evidence
            ),
        )
        for case in cases
    ]
    pdf = evaluate(Assistant(real_pdf_library, encoder), as_pdf).summary
    for name in ("recall", "correct", "cited", "refused", "overrefused"):
        assert pdf[name] == pytest.approx(evaluation.summary[name], abs=0.03), name
    assert pdf["valid"] == 1.0


def test_five_reports_are_indexed_in_twenty_seconds(tmp_path, real_folder, encoder):
    began = time.monotonic()
    index_files(tmp_path / "lib", report_files([real_folder]), encoder)
    assert time.monotonic() - began < 20
