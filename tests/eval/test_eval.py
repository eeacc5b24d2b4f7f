"""The evaluation measures what it says, and its gate fails when answers get worse."""

import json
from dataclasses import replace

import pytest

from eval.__main__ import main
from eval.cases import FOLDER, BadCase, load_cases
from eval.measures import has_words, measure, misleads
from eval.report import to_junit, to_markdown
from eval.run import Threshold, evaluate, load_thresholds
from qa.answer import Status

CASES = load_cases(FOLDER / "samples.jsonl")
WHY = next(case for case in CASES if case.id == "norrvik-001")


def test_every_kind_and_style_and_a_fifth_unanswerable():
    assert len(CASES) >= 30
    assert len({case.kind for case in CASES}) == 12
    assert len({case.style for case in CASES}) == 5
    assert sum(not case.answerable for case in CASES) >= len(CASES) / 5


def test_evidence_stands_where_the_cases_say(samples):
    files = {entry.file: samples.report(entry.report_id) for entry in samples.entries}
    for case in CASES:
        for group in case.evidence:
            for place in group:
                report = files[place.report]
                start = report.page_starts[place.page - 1]
                end = report.page_starts[place.page] if place.page < len(report.page_starts) else len(report.text)
                assert has_words(report.text[start : end + 300], place.words), (case.id, place)


def test_measures_of_one_answer(assistant):
    answer = assistant.ask(WHY.question)
    measures = measure(WHY, answer, assistant.library)
    assert set(measures) == {"recall", "correct", "cited", "overrefused", "valid"}
    wrong = replace(answer, sentences=(), status=Status.NOT_FOUND)
    assert measure(WHY, wrong, assistant.library)["overrefused"] == 1.0
    assert measure(WHY, wrong, assistant.library)["correct"] == 0.0
    nowhere = replace(answer, passages=())
    assert measure(WHY, nowhere, assistant.library)["recall"] == 0.0


def test_a_wrong_figure_before_the_right_one_misleads():
    case = replace(WHY, must=(("9,7",),), must_not=("3,6", "täby"))
    assert misleads("Det blev 3,6 och inte 9,7.", case)
    assert not misleads("Det blev 9,7, mot 3,6 året innan.", case)
    assert misleads("Det blev 9,7 i Täby.", case)


def test_a_false_premise_may_be_corrected(assistant):
    case = next(case for case in CASES if case.premise)
    answer = assistant.ask("Hur hög var sjukfrånvaron i Lindhaga 2023?")
    told = replace(case, premise=(("7,8",),))
    assert measure(told, answer, assistant.library)["refused"] == 1.0
    assert measure(replace(case, premise=(("99,9",),)), answer, assistant.library)["refused"] == 0.0


class Broken:
    """An assistant that does one thing wrong."""

    def __init__(self, assistant, spoil):
        self.library, self._assistant, self._spoil = assistant.library, assistant, spoil

    def ask(self, text):
        return self._spoil(self._assistant.ask(text))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: replace(a, status=Status.NOT_FOUND, sentences=()), id="refuses-everything"),
        pytest.param(lambda a: replace(a, passages=a.passages[8:]), id="loses-the-best-passages"),
        pytest.param(
            lambda a: replace(a, sentences=tuple(replace(s, text="Det framgår.") for s in a.sentences)),
            id="says-nothing",
        ),
        pytest.param(
            lambda a: replace(
                a,
                sentences=tuple(
                    replace(s, citations=tuple(replace(c, start=c.start + 1) for c in s.citations)) for s in a.sentences
                ),
            ),
            id="cites-beside-the-place",
        ),
        pytest.param(lambda a: replace(a, status=Status.ANSWERED), id="never-refuses"),
    ],
)
def test_the_gate_catches_a_broken_assistant(assistant, spoil):
    thresholds = load_thresholds(FOLDER.parent / "thresholds.toml", "samples")
    assert all(threshold.holds(evaluate(assistant, CASES).summary) for threshold in thresholds)
    spoilt = evaluate(Broken(assistant, spoil), CASES).summary
    assert not all(threshold.holds(spoilt) for threshold in thresholds)


def test_a_threshold_on_a_missing_measure_is_missed():
    assert not Threshold("recall", 0.5, upper=False).holds({})
    assert not Threshold("overrefused", 0.5, upper=True).holds({})


def test_the_command_writes_its_reports_and_exits_by_the_thresholds(tmp_path, monkeypatch, capsys):
    out = {form: tmp_path / f"out.{form}" for form in ("json", "markdown", "junit")}
    arguments = ["eval", *(str(word) for form, path in out.items() for word in (f"--{form}", path))]
    monkeypatch.delenv("RAPPORTSVAR_REPORTS", raising=False)
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 0
    assert "all (45)" in capsys.readouterr().out
    assert len(json.loads(out["json"].read_text())["samples"]["cases"]) == 45
    assert "| all (45) |" in out["markdown"].read_text()
    assert "<testsuite " in out["junit"].read_text()
    strict = tmp_path / "strict.toml"
    strict.write_text("[samples]\ncorrect = 1.0\n")
    monkeypatch.setattr("sys.argv", ["eval", "--thresholds", str(strict)])
    assert main() == 1


def test_reports_name_what_was_missed(assistant):
    evaluation = evaluate(assistant, CASES[:3])
    bound = [Threshold("correct", 1.1, upper=False)]
    assert "**missed**: correct at least 1.1" in to_markdown(evaluation, bound, "x")
    assert 'failures="1"' in to_junit(evaluation, bound, "x")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("{", "inte JSON", id="json"),
        pytest.param('{"id": "a"}', "saknade fält", id="missing"),
        pytest.param(
            '{"id": "a", "question": "?", "kind": "why", "style": "formal", "expected": "answered"}',
            "must och evidence",
            id="no-facts",
        ),
        pytest.param(
            '{"id": "a", "question": "?", "kind": "hm", "style": "formal", "expected": "not_found"}',
            "schemat",
            id="kind",
        ),
    ],
)  # fmt: skip
def test_bad_cases_are_told_by_line(tmp_path, line, words):
    path = tmp_path / "cases.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(BadCase, match=f"Rad 1.*{words}"):
        load_cases(path)
