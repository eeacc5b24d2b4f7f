"""The gate, by the real evaluation: the shipped assistant passes, deliberately broken ones do not."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import qa.assistant
from corpus.errors import RapportsvarError
from eval.__main__ import main
from eval.gate import Threshold, judge, load_thresholds
from eval.measures import MEASURES, WHOLE
from eval.results import Run
from eval.robustness import without_dots
from eval.run import Evaluation
from eval.significance import interval, loss_p
from qa.answer import Citation, Sentence, Status, cite
from qa.assistant import Assistant
from qa.question import understand
from qa.retrieve import Retriever

THRESHOLDS = Path("eval/thresholds.toml")


@pytest.fixture
def gate(monkeypatch, capsys):
    """Runs the evaluation on the sample reports; returns its exit code and the conditions that failed."""

    def run():
        monkeypatch.delenv("RAPPORTSVAR_REPORTS", raising=False)
        code = main([])
        return code, re.findall(r"^FEL (.+?):", capsys.readouterr().out, re.M)

    return run


def test_the_shipped_assistant_passes_and_prints_the_same_twice(monkeypatch, capsys):
    monkeypatch.delenv("RAPPORTSVAR_REPORTS", raising=False)
    printed = []
    for _ in range(2):
        assert main([]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert "samples: 121 fall" in printed[0]
    assert "FEL" not in printed[0]


def second_best_first(monkeypatch):
    search = Retriever.search

    def swapped(self, question, k):
        best, second, *rest = [*search(self, question, max(k, 2)), None, None][:k]
        return [hit for hit in (second, best, *rest) if hit is not None]

    monkeypatch.setattr(Retriever, "search", swapped)


def without_letters(monkeypatch, replacement):
    """As an index does that knows the English alphabet alone."""

    def read(text, entries, scope=None):
        question = understand(text, entries, scope)
        topic, subject = (replacement(part) for part in (question.topic, question.subject))
        return replace(question, topic=topic or question.topic, subject=subject or question.subject)

    monkeypatch.setattr(qa.assistant, "understand", read)


def letters_dropped(monkeypatch):
    without_letters(monkeypatch, lambda text: re.sub("[åäöÅÄÖ]", "", text))


def letters_without_marks(monkeypatch):
    without_letters(monkeypatch, without_dots)


def neighbouring_year(monkeypatch):
    def read(text, entries, scope=None):
        question = understand(text, entries, scope)
        years = tuple(year - 1 for year in question.scope.years)
        return replace(question, scope=replace(question.scope, years=years))

    monkeypatch.setattr(qa.assistant, "understand", read)


def wrong_report(monkeypatch):
    """The right page, of another report; the quotes do stand there."""
    ask = Assistant.ask

    def answer(self, text, history=(), scope=None):
        found = ask(self, text, history, scope)
        return replace(found, sentences=tuple(replace(s, citations=elsewhere(self, s)) for s in found.sentences))

    def elsewhere(self, sentence):
        moved = []
        for citation in sentence.citations:
            other = next(e.report_id for e in self.library.entries if e.report_id != citation.report_id)
            report = self.library.report(other)
            page = min(citation.page, len(report.page_starts))
            start = report.page_starts[page - 1]
            end = start + len(citation.quote)
            quote = report.text[start:end]
            moved.append(Citation(other, report.file, report.title, report.page(start), start, end, quote))
        return tuple(moved)

    monkeypatch.setattr(Assistant, "ask", answer)


def never_refuses(monkeypatch):
    """The beginning of the best passage, whatever was asked."""
    refuse = Assistant._refusal

    def answer(self, question, hits):
        found = refuse(self, question, hits)
        if not hits:
            return replace(found, status=Status.ANSWERED)
        passage = hits[0].passage
        report = self.library.report(passage.report_id)
        citations = cite(report, passage.start, min(passage.end, passage.start + 200))
        said = Sentence(" ".join(citation.quote for citation in citations), citations)
        return replace(found, status=Status.ANSWERED, sentences=(said,))

    monkeypatch.setattr(Assistant, "_refusal", answer)


def refuses_everything(monkeypatch):
    monkeypatch.setattr(qa.assistant, "ENOUGH", 9.0)
    monkeypatch.setattr(qa.assistant, "ENOUGH_FIGURE", 9.0)


def loses_the_end_of_quotes(monkeypatch):
    ask = Assistant.ask

    def answer(self, text, history=(), scope=None):
        found = ask(self, text, history, scope)
        return replace(
            found,
            sentences=tuple(
                replace(s, citations=tuple(replace(c, end=c.end - 1) for c in s.citations)) for s in found.sentences
            ),
        )

    monkeypatch.setattr(Assistant, "ask", answer)


def another_number(monkeypatch):
    """Each number one higher than its source has it."""
    ask = Assistant.ask

    def higher(text):
        return re.sub(r"\d(?!\d)", lambda digit: str((int(digit[0]) + 1) % 10), text)

    def answer(self, text, history=(), scope=None):
        found = ask(self, text, history, scope)
        return replace(found, sentences=tuple(replace(s, text=higher(s.text)) for s in found.sentences))

    monkeypatch.setattr(Assistant, "ask", answer)


@pytest.mark.parametrize(
    ("broken", "caught"),
    [
        pytest.param(second_best_first, "MRR", id="second-best-first"),
        pytest.param(letters_dropped, "recall@4000c", id="drops-åäö"),
        pytest.param(letters_without_marks, "recall@4000c", id="writes-åäö-as-aao"),
        pytest.param(neighbouring_year, "correct", id="neighbouring-year"),
        pytest.param(wrong_report, "cited", id="right-page-of-the-wrong-report"),
        pytest.param(never_refuses, "refusal recall", id="never-refuses"),
        pytest.param(refuses_everything, "over-refusal", id="refuses-everything"),
        pytest.param(loses_the_end_of_quotes, "valid", id="cites-beside-the-place"),
        pytest.param(another_number, "grounded", id="says-another-number"),
    ],
)
def test_the_gate_catches_a_broken_assistant(gate, monkeypatch, broken, caught):
    broken(monkeypatch)
    code, failed = gate()
    assert code == 1
    assert any(condition.startswith((f"{caught} minst", f"{caught} högst")) for condition in failed)


def test_the_baseline_alone_catches_the_loss(gate, monkeypatch, tmp_path):
    """With no threshold near, the paired test still tells that the ranking got worse."""
    loose = tmp_path / "loose.toml"
    loose.write_text("[samples]\nrr = 0.1\nndcg = 0.1\ncorrect = 0.1\n")
    monkeypatch.setattr("eval.__main__.THRESHOLDS", loose)
    assert gate() == (0, [])
    second_best_first(monkeypatch)
    code, failed = gate()
    assert code == 1
    assert "MRR inte sämre än 0.2.0" in failed
    assert "correct inte sämre än 0.2.0" not in failed


def test_every_bounded_measure_is_one():
    for suite in ("samples", "real", "cases"):
        assert {each.measure for each in load_thresholds(THRESHOLDS, suite)} <= set(MEASURES) | set(WHOLE)


def test_a_threshold_on_a_missing_measure_is_missed():
    assert not Threshold("recall", 0.5, upper=False).holds({})
    assert not Threshold("overrefused", 0.5, upper=True).holds({})
    [check] = judge(Evaluation(()), "samples", [Threshold("recall", 0.5, upper=False)], Run("1", {}))
    assert (check.passed, check.found) == (False, "mättes inte")


@pytest.mark.parametrize("text", ["[other]\n", "[samples]\nrecall = 'hög'\n", "[samples\n", "samples = 3\n"])
def test_bad_thresholds_are_told(tmp_path, text):
    path = tmp_path / "bounds.toml"
    path.write_text(text)
    with pytest.raises(RapportsvarError, match="går inte att läsa som gränsvärden"):
        load_thresholds(path, "samples")


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        pytest.param([], 1.0, id="nothing"),
        pytest.param([0.0] * 50, 1.0, id="no-change"),
        pytest.param([-1.0], 0.5, id="one-loss"),
        pytest.param([1.0], 1.0, id="one-gain"),
        pytest.param([-1.0] * 5, 1 / 32, id="five-losses"),
        pytest.param([-1.0] * 5 + [0.0] * 90, 1 / 32, id="five-losses-of-many"),
        pytest.param([-1.0] * 4 + [1.0], 6 / 32, id="four-losses-and-a-gain"),
    ],
)
def test_p_values_by_hand(differences, p):
    assert loss_p(differences) == pytest.approx(p)


def test_an_interval_holds_the_mean_and_is_the_same_every_time():
    values = [0.0] * 30 + [1.0] * 70
    low, high = interval(values)
    assert (low, high) == interval(values)
    # The normal approximation: 0.7 ± 1.96 · sqrt(0.21 / 100).
    assert (low, high) == pytest.approx((0.61, 0.79), abs=0.015)
    assert interval([0.4]) == (0.4, 0.4)
