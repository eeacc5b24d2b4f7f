"""Proposed cases: from a sample report, accepted or not by a person at the keyboard."""

import json
from pathlib import Path

import pytest

from corpus.load import load_report
from eval.__main__ import main
from eval.cases import load_cases, read_case
from eval.check import faults
from eval.draft import proposals

REPORT = Path("corpus/samples/norrvik-2023.pdf")


@pytest.fixture
def answers(monkeypatch):
    """What the person types, line by line; then the input ends."""

    def give(*lines):
        left = iter(lines)

        def typed(*_arguments, **_options):
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", typed)

    return give


def test_proposals_are_valid_cases_whose_evidence_stands_where_they_say(capsys):
    assert main(["draft", "--report", str(REPORT), "--count", "40"]) == 0
    cases = [read_case(line) for line in capsys.readouterr().out.splitlines()]
    report, _ = load_report(REPORT)
    assert len(cases) >= 30
    assert {case.kind for case in cases} == {"table", "why", "unanswerable"}
    assert len({case.id for case in cases}) == len(cases)
    for case in cases:
        assert list(faults(case, [report])) == []


def test_a_figure_is_asked_for_with_its_column_and_its_neighbours_are_wrong():
    report, _ = load_report(REPORT)
    found = {each.case.question: each.case for each in proposals(report, 1000)}
    asked = found["Vad blev utfallet för hemtjänst i Norrvik 2023?"]
    assert (asked.must, asked.must_not) == ((("169,3",),), ("157,8",))
    assert found["Vad var budgeten för hemtjänst i Norrvik 2023?"].must == (("163,0",),)
    assert found["Vad beror underskottet inom hemtjänst i Norrvik 2023 på?"].kind == "why"


def test_what_is_accepted_is_saved_as_the_person_put_it(answers, tmp_path, capsys):
    out = tmp_path / "nya" / "fall.jsonl"
    answers("Vad kostade ledningen 2023?", "23,6 / 24; ledning", "lay", "n", "", "", "", "s")
    assert main(["draft", "--report", str(REPORT), "--out", str(out)]) == 0
    first, second = load_cases(out)
    assert first.question == "Vad kostade ledningen 2023?"
    assert first.must == (("23,6", "24"), ("ledning",))
    assert (first.style, second.style) == ("lay", "formal")
    assert "2 fall sparade" in capsys.readouterr().out


def test_nothing_accepted_is_lost_when_the_input_ends_and_ids_go_on(answers, tmp_path):
    out = tmp_path / "fall.jsonl"
    for _ in range(2):
        answers("", "", "")
        assert main(["draft", "--report", str(REPORT), "--out", str(out)]) == 0
    first, second = load_cases(out)
    assert (first.id, second.id) == ("norrvik-2023-001", "norrvik-2023-002")
    assert first.evidence != second.evidence


def test_an_interim_report_is_asked_about_its_own_period():
    report, _ = load_report(Path("corpus/samples/norrvik-2024.pdf"))
    found = {each.case.question: each.case.must for each in proposals(report, 1000)}
    assert found["Vad blev utfallet för hemtjänst i Norrvik jan–aug 2023?"] == (("112,4",),)
    assert found["Vad blev utfallet för hemtjänst i Norrvik 2023?"] == (("169,3",),)
    assert not any("summa" in question for question in found)


def test_nothing_is_accepted_and_no_file_is_made(answers, tmp_path, capsys):
    answers("n", "s")
    assert main(["draft", "--report", str(REPORT), "--out", str(tmp_path / "x.jsonl")]) == 0
    assert "Inga fall sparade." in capsys.readouterr().out
    assert not (tmp_path / "x.jsonl").exists()


def test_thousands_are_rounded_as_people_round():
    report, _ = load_report(Path("corpus/samples/lindhaga-2024.pdf"))
    found = {each.case.question: each.case.must for each in proposals(report, 1000)}
    assert found["Vad blev utfallet för köp av verksamhet i Lindhaga jan–aug 2023?"] == (("32 850", "32,9"),)


def test_a_count_below_one_is_told(capsys):
    assert main(["draft", "--report", str(REPORT), "--count", "0"]) == 1
    assert "minst 1" in capsys.readouterr().err


def test_running_text_gives_amounts_that_a_person_asks_about(answers, tmp_path, make_pdf, capsys):
    page = ["Klimatplan", "", "Kommunen minskade utsläppen med 14 procent under året.", "Arbetet fortsätter."]
    out = tmp_path / "fall.jsonl"
    answers("Hur mycket sjönk utsläppen?", "", "jämförelse", "hm", "vardaglig")
    assert main(["draft", "--report", str(make_pdf("plan.pdf", page)), "--out", str(out)]) == 0
    [case] = load_cases(out)
    assert (case.kind, case.style, case.must) == ("compare", "lay", (("14 procent",),))
    assert case.evidence[0][0].page == 1
    assert "«hm» finns inte" in capsys.readouterr().out


def test_the_evidence_of_an_amount_reaches_it(make_pdf):
    words = "Kommunen har under flera års arbete med nya och bättre bussar i alla sina delar"
    report, _ = load_report(make_pdf("plan.pdf", ["Klimatplan", "", f"{words} minskat", "utsläppen med 14 procent."]))
    [proposal] = proposals(report, 5)
    assert proposal.case.evidence[0][0].words == "Kommunen har under flera 14 procent"
    assert list(faults(proposal.case, [report])) == []


def test_a_report_without_anything_to_ask_about_is_told(make_pdf, capsys):
    path = make_pdf("tom.pdf", ["Protokoll", "", "Ordföranden öppnade mötet och hälsade alla välkomna hit."])
    assert main(["draft", "--report", str(path)]) == 1
    assert "skriv fallen för hand" in capsys.readouterr().err


def test_a_bad_case_file_is_not_added_to(tmp_path, capsys):
    out = tmp_path / "fall.jsonl"
    out.write_text("{}\n")
    assert main(["draft", "--report", str(REPORT), "--out", str(out)]) == 1
    assert "Rad 1 i fall.jsonl" in capsys.readouterr().err
    assert json.loads(out.read_text()) == {}
