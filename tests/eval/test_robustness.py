"""Questions written carelessly: each way by hand, and the drop over cases."""

import pytest

from eval.__main__ import main
from eval.cases import FOLDER, load_cases
from eval.robustness import (
    PERTURBATIONS,
    drops,
    lower_case,
    misspelt,
    paraphrased,
    paraphrases,
    reordered,
    split_compounds,
    table,
    without_dots,
)

CASES = load_cases(FOLDER / "samples.jsonl")


@pytest.mark.parametrize(
    ("perturb", "question", "expected"),
    [
        pytest.param(without_dots, "Hur går äldreomsorg i Åre?", "Hur gar aldreomsorg i Are?", id="dots"),
        pytest.param(lower_case, "Vad hände i Åre?", "vad hände i åre?", id="lower-case"),
        pytest.param(split_compounds, "Hur många hemtjänsttimmar?", "Hur många hemtjänst timmar?", id="compound"),
        pytest.param(split_compounds, "De redovisade och betalade", "De redovisade och betalade", id="verbs"),
        pytest.param(split_compounds, "Varför underskott i Norrvik?", "Varför underskott i Norrvik?", id="no-compound"),
        pytest.param(reordered, "Vad är utfallet i Mark?", "I Mark, vad är utfallet?", id="place-first"),
        pytest.param(reordered, "Vad är utfallet i mark 2023?", "I mark 2023, vad är utfallet?", id="with-year"),
        pytest.param(reordered, "Är det mer än i Mark?", "Är det mer än i Mark?", id="comparison"),
        pytest.param(reordered, "Vad hände när det blev mörkt?", "Vad hände när det blev mörkt?", id="no-place"),
        pytest.param(reordered, "Vad beror det i Mark på?", "Vad beror det i Mark på?", id="stranded"),
        pytest.param(reordered, "norrvik hemtjänst 2023", "2023 norrvik hemtjänst", id="keywords"),
        pytest.param(reordered, "Och i Norrvik?", "Och i Norrvik?", id="short"),
        pytest.param(paraphrased, "Varför ökade det?", "Av vilken anledning steg det?", id="paraphrase"),
        pytest.param(paraphrased, "När kom den, när då?", "Vid vilken tidpunkt kom den, när då?", id="first"),
        pytest.param(paraphrased, "äldreboende eller särskilt boende", "särskilt boende eller äldreboende", id="once"),
    ],
)  # fmt: skip
def test_one_question(perturb, question, expected):
    assert perturb(question) == expected


def test_a_slip_is_one_letter_in_a_long_word_and_the_same_each_time():
    for case in CASES:
        slipped = misspelt(case.question)
        assert slipped == misspelt(case.question)
        assert abs(len(slipped) - len(case.question)) <= 1
        changed = [(a, b) for a, b in zip(case.question.split(), slipped.split(), strict=True) if a != b]
        assert len(changed) <= 1
        assert all(len(a) >= 6 and a[0] == b[0] for a, b in changed)
    assert misspelt("Och i år?") == "Och i år?"


def test_every_way_changes_many_questions():
    for name, perturb in PERTURBATIONS.items():
        assert sum(perturb(case.question) != case.question for case in CASES) >= 35, name


def test_paraphrases_are_whole_phrases_in_lower_case():
    assert len(paraphrases()) >= 40
    assert all(phrase == phrase.lower() and other for phrase, other in paraphrases().items())


def test_the_drop_is_over_the_questions_that_changed(assistant):
    cases = [case for case in CASES if case.id in ("norrvik-002", "lindhaga-004", "none-001", "none-005")]
    heard = []
    found = {drop.name: drop for drop in drops(assistant, cases, heard.append)}
    assert set(found) == set(PERTURBATIONS)
    assert found["gemener"].cases == sum(case.question != case.question.lower() for case in cases)
    assert found["gemener"].changes["recall"].cases <= found["gemener"].cases
    assert heard[-1] == 7 * len(cases)


def test_follow_ups_are_left_out(assistant):
    cases = [case for case in CASES if case.id in ("norrvik-024", "norrvik-025")]
    assert {drop.cases for drop in drops(assistant, cases)} <= {0, 1}


def test_the_table_has_a_row_for_each_way(assistant):
    cases = [case for case in CASES if case.id in ("norrvik-002", "none-001")]
    found = {drop.name: drop for drop in drops(assistant, cases)}
    rows = table(list(found.values())).splitlines()
    assert len(rows) == 2 + len(PERTURBATIONS)
    assert rows[0].startswith("| | fall | recall@4000c |")


def test_the_command_prints_a_table_for_each_suite(capsys, monkeypatch):
    monkeypatch.delenv("RAPPORTSVAR_REPORTS", raising=False)
    few = CASES[:3]
    monkeypatch.setattr("eval.suites.load_cases", lambda path: few)
    assert main(["robustness"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("**samples**\n\nFall: de frågor")
    assert "| | fall | recall@4000c |" in said
