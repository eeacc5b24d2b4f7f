"""Case files: what the shipped ones hold, and what is said of bad ones."""

import json

import pytest

from eval.__main__ import main
from eval.cases import ANSWERABLE_KINDS, FOLDER, STYLES, BadCase, Reason, load_cases, read_case

CASES = load_cases(FOLDER / "samples.jsonl")
ANSWERED = {
    "id": "a",
    "question": "Varför?",
    "kind": "why",
    "style": "formal",
    "expected": "answered",
    "must": [["hvb"]],
    "evidence": [[{"report": "norrvik-2023.pdf", "page": 6, "words": "Underskottet beror"}]],
}
REFUSED = {
    "id": "b",
    "question": "Varför?",
    "kind": "unanswerable",
    "style": "formal",
    "expected": "not_found",
    "reason": "absent",
}


def test_every_kind_style_and_reason_and_a_fifth_unanswerable():
    assert len(CASES) >= 100
    assert {case.kind for case in CASES} == ANSWERABLE_KINDS | {"unanswerable"}
    assert {case.style for case in CASES} == STYLES
    assert {case.reason for case in CASES} == {*Reason, None}
    assert sum(not case.answerable for case in CASES) >= len(CASES) / 5
    assert sum(case.follows is not None for case in CASES) >= 10


def test_no_question_is_asked_twice():
    asked = [case.question.lower() for case in CASES if case.follows is None]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("name", ["samples", "figures", "real"])
def test_a_case_is_written_as_it_was_read(name, tmp_path):
    cases = load_cases(FOLDER / f"{name}.jsonl")
    copy = tmp_path / "copy.jsonl"
    copy.write_text("\n".join(json.dumps(case.to_json(), ensure_ascii=False) for case in cases), encoding="utf-8")
    assert load_cases(copy) == cases


def bad(row, **changes):
    return json.dumps({key: value for key, value in {**row, **changes}.items() if value is not None})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("{", "inte JSON", id="json"),
        pytest.param("[1]", "JSON-objekt", id="no-object"),
        pytest.param('{"id": "a"}', "fält saknas: expected, kind", id="missing"),
        pytest.param(bad(ANSWERED, musst=[]), "okända fält: musst", id="unknown"),
        pytest.param(bad(ANSWERED, kind="hm"), "kind «hm» finns inte; välj", id="kind"),
        pytest.param(bad(ANSWERED, style=3), "style «3» finns inte", id="style-type"),
        pytest.param(bad(ANSWERED, id=""), "id ska vara text", id="empty-id"),
        pytest.param(bad(ANSWERED, must="hvb"), "must ska vara en lista av grupper", id="no-groups"),
        pytest.param(bad(ANSWERED, must=[[]]), "must ska vara en lista av grupper", id="empty-group"),
        pytest.param(bad(ANSWERED, must=[[9.7]]), "must ska vara text", id="number-for-text"),
        pytest.param(bad(ANSWERED, must=None), "must och evidence", id="no-facts"),
        pytest.param(bad(ANSWERED, evidence=None), "must och evidence", id="no-evidence"),
        pytest.param(bad(ANSWERED, evidence=[[{"report": "a"}]]), "report, page och words", id="place"),
        pytest.param(bad(ANSWERED, evidence=[[{"report": "a", "page": 0, "words": "b"}]]), "räknad från 1", id="page"),
        pytest.param(bad(ANSWERED, reason="absent"), "ett fall utan svar har", id="reason-with-answer"),
        pytest.param(bad(REFUSED, reason=None), "ett fall utan svar har", id="no-reason"),
        pytest.param(bad(REFUSED, kind="why"), "ett fall utan svar har", id="kind-without-answer"),
        pytest.param(bad(REFUSED, reason="premise"), "premise hör ihop", id="premise-without-facts"),
        pytest.param(bad(REFUSED, premise=[["x"]]), "premise hör ihop", id="facts-without-premise"),
        pytest.param(bad(REFUSED, follows="z"), "«z» är inte ett fall högre upp", id="follows-nothing"),
        pytest.param(bad(REFUSED) + "\n" + bad(REFUSED), "«b» finns redan", id="repeated"),
    ],
)
def test_bad_cases_are_told_by_line(tmp_path, line, words):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"\n{line}\n")
    with pytest.raises(BadCase, match=rf"^Rad [23] i cases\.jsonl: .*{words}.*\.$"):
        load_cases(path)


def test_every_bad_line_is_told(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("{\n" + json.dumps(ANSWERED) + "\n[]\n")
    with pytest.raises(BadCase) as told:
        load_cases(path)
    assert [line[:5] for line in str(told.value).splitlines()] == ["Rad 1", "Rad 3"]


def test_a_case_has_a_fingerprint_of_all_that_it_holds():
    case = read_case(json.dumps(ANSWERED))
    assert case.fingerprint == read_case(json.dumps(ANSWERED)).fingerprint
    assert case.fingerprint != read_case(json.dumps({**ANSWERED, "must": [["hvb"], ["9,7"]]})).fingerprint


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    assert main(["check", str(FOLDER / "samples.jsonl"), "--reports", str(tmp_path / "none")]) == 1
    assert "är ingen mapp" in capsys.readouterr().err


def test_an_empty_file_and_a_missing_one_are_told(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(BadCase, match="inga fall"):
        load_cases(tmp_path / "empty.jsonl")
    with pytest.raises(BadCase, match="den finns inte"):
        load_cases(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes("å".encode("latin-1"))
    with pytest.raises(BadCase, match="inte text i UTF-8"):
        load_cases(tmp_path / "latin.jsonl")


def test_the_evidence_of_the_shipped_cases_stands_where_they_say(capsys):
    assert main(["check", str(FOLDER / "samples.jsonl"), "--reports", "corpus/samples"]) == 0
    assert f"{len(CASES)} fall kontrollerade, 0 fel." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param(("norrvik-2023.pdf", 6, "beror Underskottet främst åäö"), "står inte i den ordningen", id="words"),
        pytest.param(
            ("norrvik-2023.pdf", 7, "Underskottet beror främst på köpta"),
            "orden står på sidan 6",
            id="page",
        ),
        pytest.param(("norrvik-2023.pdf", 70, "Underskottet"), "har 9 sidor, så sidan 70 finns inte", id="no-page"),
        pytest.param(("norrvik-1923.pdf", 6, "Underskottet"), "finns inte bland rapporterna", id="report"),
    ],
)
def test_a_wrong_place_is_told(tmp_path, capsys, place, words):
    evidence = [[dict(zip(("report", "page", "words"), place, strict=True))]]
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({**ANSWERED, "evidence": evidence}))
    assert main(["check", str(path), "--reports", "corpus/samples"]) == 1
    said = capsys.readouterr().out
    assert words in said
    assert said.startswith("a: ")
