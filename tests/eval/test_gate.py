"""The gate, by the real evaluation: the shipped assistant passes, deliberately broken ones do not."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import qa.assistant
from corpus.errors import RapportsvarError
from eval.__main__ import main
from eval.cases import FOLDER, Reason, load_cases
from eval.gate import Threshold, judge, load_thresholds, paired
from eval.results import Run, latest_release, load_run, released, to_json
from eval.robustness import without_dots
from eval.run import Evaluation, evaluate
from eval.significance import interval, loss_p
from qa.answer import Citation, Sentence, Status, cite
from qa.assistant import Assistant
from qa.question import understand
from qa.retrieve import Retriever

THRESHOLDS = Path("eval/thresholds.toml")
CASES = load_cases(FOLDER / "samples.jsonl")
CASE = CASES[0]


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
    assert "Exempelrapporterna: Av 93 frågor med svar" in printed[0]
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

    def answer(self, question, hits, blank=None):
        found = refuse(self, question, hits, blank)
        if not hits:
            return replace(found, status=Status.ANSWERED)
        passage = hits[0].passage
        report = self.library.report(passage.report_id)
        citations = cite(report, passage.start, min(passage.end, passage.start + 200))
        said = Sentence(" ".join(citation.quote for citation in citations), citations)
        return replace(found, status=Status.ANSWERED, sentences=(said,))

    monkeypatch.setattr(Assistant, "_refusal", answer)


def refuses_everything(monkeypatch):
    monkeypatch.setattr(qa.assistant, "LEAST", 9.0)
    monkeypatch.setattr(qa.assistant, "SAYS_ENOUGH", 9.0)
    monkeypatch.setattr(qa.assistant, "ENOUGH_FIGURE", 9.0)


def each_sentence(change):
    """Breaks what every sentence of an answer says or cites."""

    def broken(monkeypatch):
        ask = Assistant.ask

        def answer(self, text, history=(), scope=None):
            found = ask(self, text, history, scope)
            if found.status is not Status.ANSWERED:
                return found
            return replace(found, sentences=tuple(change(self.library, sentence) for sentence in found.sentences))

        monkeypatch.setattr(Assistant, "ask", answer)

    return broken


def each_citation(change):
    return each_sentence(
        lambda library, s: replace(s, citations=tuple(change(library.report(c.report_id), c) for c in s.citations))
    )


@each_citation
def whole_report(report, citation):
    return replace(citation, start=0, end=len(report.text), quote=report.text, page=report.page(0))


@each_citation
def without_its_end(report, citation):
    return replace(citation, end=citation.end - 1)


@each_sentence
def another_number(library, sentence):
    def higher(digit):
        return str((int(digit[0]) + 1) % 10)

    return replace(sentence, text=re.sub(r"\d(?!\d)", higher, sentence.text))


@each_sentence
def without_minus(library, sentence):
    return replace(sentence, text=re.sub(r"(?<!\w)[-–−](?=\d)", "", sentence.text))


@each_sentence
def another_source(library, sentence):
    return replace(sentence, source=re.sub(r"20\d\d", "2019", sentence.source))


@each_sentence
def words_of_its_own(library, sentence):
    return replace(sentence, text=f"{sentence.text} Så är det inte alls.")


def invents(monkeypatch):
    """A sentence more, without a citation."""
    ask = Assistant.ask

    def answer(self, text, history=(), scope=None):
        found = ask(self, text, history, scope)
        return replace(found, sentences=(*found.sentences, Sentence("Kostnaden steg med 99,9 mnkr.", ())))

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
        pytest.param(whole_report, "cit. precision", id="cites-everything"),
        pytest.param(without_its_end, "valid", id="cites-beside-the-place"),
        pytest.param(another_number, "grounded", id="says-another-number"),
        pytest.param(without_minus, "grounded", id="drops-minus-signs"),
        pytest.param(another_source, "attributed", id="names-another-year"),
        pytest.param(words_of_its_own, "extractive", id="adds-words-of-its-own"),
        pytest.param(invents, "attributed", id="invents-a-sentence"),
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
    loose.write_text("[samples]\nrr = 0.1\nndcg = 0.1\ncorrect = 0.1\n[figures]\ncorrect = 0.1\n")
    monkeypatch.setattr("eval.__main__.THRESHOLDS", loose)
    assert gate() == (0, [])
    second_best_first(monkeypatch)
    code, failed = gate()
    assert code == 1
    assert f"MRR inte sämre än {latest_release().name}" in failed
    assert f"correct inte sämre än {latest_release().name}" not in failed


@pytest.mark.parametrize("suite", ["samples", "figures", "real", "cases"])
def test_the_shipped_thresholds_are_of_measures_in_the_right_direction(suite):
    assert load_thresholds(THRESHOLDS, suite)


def test_a_measure_that_is_missing_is_missed_only_where_there_is_something_to_measure(assistant):
    answered = evaluate(assistant, [CASE])
    lacking = Evaluation((replace(answered.outcomes[0], measures={"correct": 0.0}),))
    refusals = evaluate(assistant, [replace(CASE, must=(), evidence=(), reason=Reason.DOMAIN, question="Bakar du?")])
    for name in ("recall", "grounded"):
        assert not Threshold(name, 0.5, upper=False).holds(lacking)
        assert Threshold(name, 0.5, upper=False).holds(refusals)
    assert Threshold("refused", 0.5, upper=False).holds(answered)
    checks = judge(refusals, "cases", [Threshold("grounded", 1.0, upper=False)])
    assert [(check.name, check.found) for check in checks] == [
        ("inga fel vid frågorna", "0 fel"),
        ("grounded minst 1,000", "inget att mäta"),
    ]


def test_an_error_fails_the_gate(assistant):
    [check] = judge(evaluate(assistant, [replace(CASE, question="?")]), "cases", [])
    assert (check.passed, check.found) == (False, "1 fel")


def test_a_run_is_not_worse_than_itself(assistant, tmp_path):
    """Nothing is rounded on the way: thirds written and read back differ by nothing."""
    evaluation = evaluate(assistant, [case for case in CASES if case.follows is None][:12])
    path = tmp_path / "itself.json"
    path.write_text(json.dumps(released({"version": "1", "suites": {"x": to_json(evaluation)}})))
    before, now = paired(evaluation, "x", load_run(path))
    assert before == now
    checks = judge(evaluation, "x", [], load_run(path))
    assert len(checks) > 8
    assert all(check.passed for check in checks)
    assert all("±0,000" in check.found for check in checks[1:])


def test_a_loss_is_tested_without_a_threshold_and_only_on_cases_that_are_the_same(assistant):
    evaluation = evaluate(assistant, [case for case in CASES if case.answerable and not case.follows][:9])
    better = {
        o.case.id: {"measures": dict.fromkeys(o.measures, 2.0), "fingerprint": o.case.fingerprint, "right": True}
        for o in evaluation.outcomes
    }
    failed = [check.name for check in judge(evaluation, "x", [], Run("förr", {"x": better})) if not check.passed]
    assert "correct inte sämre än förr" in failed
    assert "over-refusal inte sämre än förr" not in failed
    changed = {name: {**case, "fingerprint": "another"} for name, case in better.items()}
    assert len(judge(evaluation, "x", [], Run("förr", {"x": changed}))) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[other]\n", r"saknar tabellen \[samples\]", id="no-table"),
        pytest.param("[samples]\nrecall = 'hög'\n", "recall ska vara ett tal med decimalpunkt", id="no-number"),
        pytest.param("[samples]\nrecall = 0,9\n", "går inte att läsa som gränsvärden", id="decimal-comma"),
        pytest.param("[samples\n", "går inte att läsa som gränsvärden", id="no-toml"),
        pytest.param("samples = 3\n", "saknar tabellen", id="no-table-but-a-number"),
        pytest.param("[samples]\nrecal = 0.5\n", "måttet recal finns inte; välj bland attributed", id="no-measure"),
        pytest.param("[samples]\nrecall = 85\n", "från 0 till 1", id="per-cent"),
        pytest.param("[samples]\noverrefused = 0.1\n", "skriv overrefused_at_most", id="lower-is-better"),
        pytest.param("[samples]\nrecall_at_most = 0.1\n", "åt fel håll; skriv recall", id="higher-is-better"),
    ],
)
def test_bad_thresholds_are_told(tmp_path, text, words):
    path = tmp_path / "bounds.toml"
    path.write_text(text)
    with pytest.raises(RapportsvarError, match=words):
        load_thresholds(path, "samples")


def test_thresholds_that_are_not_there_are_told(tmp_path):
    with pytest.raises(RapportsvarError, match="den finns inte"):
        load_thresholds(tmp_path / "none.toml", "samples")


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
    # Wilson: five of five may well be three of four.
    assert interval([1.0] * 5) == pytest.approx((0.566, 1.0), abs=0.001)
