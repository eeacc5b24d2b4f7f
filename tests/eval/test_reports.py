"""What a run is written as: JSON, Markdown, JUnit, one HTML page; and two runs compared."""

import json
import re
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree

import pytest

from eval.__main__ import main
from eval.cases import FOLDER, load_cases
from eval.gate import Check
from eval.page import to_html
from eval.report import SuiteReport, to_junit, to_markdown
from eval.results import RELEASES, Run, latest_release, load_run
from eval.run import evaluate
from eval.significance import difference
from eval.words import number

CASES = load_cases(FOLDER / "samples.jsonl")
MADE = datetime(2026, 1, 2, 3, 4)
HOSTILE = "<script>document.title = 'x'</script> | `a` [länk](http://a.se) *b*\x0c"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The files of one run of the command on the sample reports."""
    folder = tmp_path_factory.mktemp("out") / "new"
    out = {form: folder / f"eval.{form}" for form in ("json", "markdown", "junit", "html")}
    arguments = [str(word) for form, path in out.items() for word in (f"--{form}", path)]
    cases = ["--cases", str(FOLDER / "samples.jsonl"), "--reports", "corpus/samples"]
    assert main([*cases, *arguments]) == 0
    return out


def test_the_json_has_every_case_with_its_answer(written):
    found = json.loads(written["json"].read_text(encoding="utf-8"))
    suite = found["suites"]["cases"]
    assert len(suite["cases"]) == len(CASES)
    assert set(suite) >= {"summary", "intervals", "kinds", "styles", "reasons", "latency_ms", "risk_coverage"}
    low, high = suite["intervals"]["recall"]
    assert low <= suite["summary"]["recall"] <= high
    answered = next(case for case in suite["cases"] if case["status"] == "answered")
    assert answered["answer"]
    assert answered["citations"][0]["quote"]


def test_the_markdown_names_what_was_missed(written):
    text = written["markdown"].read_text(encoding="utf-8")
    missed = [
        case["id"] for case in json.loads(written["json"].read_text())["suites"]["cases"]["cases"] if not case["right"]
    ]
    assert missed
    assert all(f"- {name}: " in text for name in missed)
    assert "| utan svar | 28 |" in text
    assert "Alla villkor är uppfyllda (4)." in text


def test_the_junit_has_a_test_for_each_condition(written):
    [suite] = ElementTree.parse(written["junit"]).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("4", "0")
    assert [test.get("name") for test in suite.iter("testcase")] == [
        "inga fel vid frågorna",
        *(f"{name} minst 1,000" for name in ("valid", "grounded", "attributed")),
    ]


@pytest.fixture(scope="module")
def hostile(assistant):
    """A report of a failed run with a question full of markup."""
    case = replace(CASES[0], question=HOSTILE)
    evaluation = evaluate(assistant, [case, CASES[1]])
    before = {"right": False, "measures": {"correct": 0.0}, "fingerprint": CASES[1].fingerprint}
    baseline = Run("0.0.1", {"x": {CASES[1].id: before}})
    return SuiteReport("x", evaluation, [Check("correct minst 1,000", False, "0,500")], baseline)


def test_a_failure_is_told_everywhere_and_text_stays_text(hostile):
    markdown = to_markdown(hostile)
    assert "- **FEL** correct minst 1,000: 0,500" in markdown
    assert "\\<script\\>" in markdown
    assert not re.search(r"(?<!\\)[<`|*\[]", markdown.split("</summary>")[1].split("→")[0].replace("norrvik-001", ""))
    root = ElementTree.fromstring(to_junit([hostile]))
    assert root[0].get("failures") == "1"
    assert root[0].find("testcase/failure").get("message") == "0,500"
    page = to_html([hostile], "1", MADE)
    assert page.count("<script>") == 1
    assert "&lt;script&gt;" in page
    assert "Gjord 2026-01-02 03:04." in page


@pytest.mark.browser
def test_the_page_filters_its_cases_and_asks_nothing_of_others(written, browser):
    page = browser.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(written["html"].as_uri())
    assert page.locator("html").get_attribute("lang") == "sv"
    shown = page.locator("article:visible")
    assert shown.count() == len(CASES)
    page.get_by_label("Slag").select_option("trend")
    trends = [case for case in CASES if case.kind == "trend"]
    assert shown.count() == len(trends)
    page.get_by_label("Utfall").select_option("wrong")
    right = [
        case["id"] for case in json.loads(written["json"].read_text())["suites"]["cases"]["cases"] if case["right"]
    ]
    wrong = [case for case in trends if case.id not in right]
    assert shown.count() == len(wrong)
    assert page.locator("output").inner_text() == f"{len(wrong)} av {len(CASES)} fall"
    shown.first.get_by_text("Källor, underlag och mått").click()
    assert shown.first.get_by_text("Underlag som frågan väntar sig").is_visible()
    page.get_by_label("Innehåller").fill("finns inte i något fall")
    assert shown.count() == 0
    assert asked == [written["html"].as_uri()]
    assert errors == []


@pytest.mark.browser
def test_the_page_tells_what_changed_since_the_baseline(hostile, browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(to_html([hostile], "1", MADE), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.title() == "Rapportsvar: utvärdering 1"
    page.get_by_label("Ändring").select_option("bättre")
    assert page.locator("article:visible").get_by_text(CASES[1].id).is_visible()
    page.get_by_label("Ändring").select_option("ny")
    assert page.locator("article:visible h3").inner_text().startswith("<script>")


def test_comparing_a_run_with_itself_and_with_a_worse_one(written, tmp_path, capsys):
    before = written["json"]
    assert main(["compare", str(before), str(before)]) == 0
    said = capsys.readouterr().out
    assert "±0,000" in said
    assert "Inga fall blev rätt eller fel" in said
    found = json.loads(before.read_text())
    cases = found["suites"]["cases"]["cases"]
    right = [case for case in cases if case["right"] and "correct" in case["measures"]]
    for case in right[:6]:
        case["right"] = False
        case["measures"]["correct"] = 0.0
    dropped = cases.pop()
    cases[-1]["fingerprint"] = "another"
    after = tmp_path / "after.json"
    after.write_text(json.dumps(found))
    assert main(["compare", str(before), str(after)]) == 0
    said = capsys.readouterr().out
    assert f"Blev fel (6): {right[0]['id']}, " in said
    assert f"Borttagna fall (1): {dropped['id']}" in said
    assert f"Ändrade fall, inte jämförda (1): {cases[-1]['id']}" in said
    # Six losses and no gain: 1 / 64.
    assert re.search(r"│ correct +│.*│ 0,016 +│", said)


def test_runs_without_a_case_in_common_and_bad_files_are_told(written, tmp_path, capsys):
    release = tmp_path / "other.json"
    case = dict.fromkeys(("fingerprint", "kind", "style", "status", "right"), "x") | {"id": "x", "measures": {}}
    release.write_text(json.dumps({"version": "1", "suites": {"cases": {"cases": [case]}}}))
    assert main(["compare", str(written["json"]), str(release)]) == 1
    assert "inga fall gemensamt" in capsys.readouterr().err
    for text in ("[]", "{", '{"version": "1", "suites": {"a": {"cases": [{}]}}}'):
        release.write_text(text)
        assert main(["compare", str(written["json"]), str(release)]) == 1
        assert "går inte att läsa som resultat" in capsys.readouterr().err


def test_a_release_has_no_text():
    [path] = [path for path in RELEASES.iterdir() if path.stem == latest_release().name]
    for suite in json.loads(path.read_text())["suites"].values():
        for case in suite["cases"]:
            assert set(case) == {"id", "fingerprint", "kind", "style", "status", "right", "measures"}


def test_a_baseline_of_other_cases_is_told(written, capsys):
    assert main(["--baseline", str(written["json"])]) == 1
    assert "har inga resultat för samples" in capsys.readouterr().err
    found = json.loads(written["json"].read_text())
    for case in found["suites"]["cases"]["cases"]:
        case["fingerprint"] = "another"
    changed = written["json"].with_name("changed.json")
    changed.write_text(json.dumps(found))
    cases = ["--cases", str(FOLDER / "samples.jsonl"), "--baseline", str(changed)]
    assert main(cases) == 1
    assert "har inga resultat för cases" in capsys.readouterr().err


def test_a_release_is_written_by_version(monkeypatch, tmp_path, written):
    monkeypatch.setattr("eval.__main__.RELEASES", tmp_path)
    monkeypatch.delenv("RAPPORTSVAR_REPORTS", raising=False)
    assert main(["--release"]) == 0
    [path] = tmp_path.iterdir()
    assert path.stem == json.loads(path.read_text())["version"]
    assert load_run(path).suites["samples"] == load_run(written["json"]).suites["cases"]


def test_only_a_whole_run_that_passes_is_released(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("eval.__main__.RELEASES", tmp_path / "results")
    monkeypatch.delenv("RAPPORTSVAR_REPORTS", raising=False)
    assert main(["--release", "--cases", str(FOLDER / "samples.jsonl")]) == 1
    assert "utelämna --cases" in capsys.readouterr().err
    strict = tmp_path / "strict.toml"
    strict.write_text("[samples]\ncorrect = 1.0\n[figures]\ncorrect = 0.1\n")
    assert main(["--release", "--thresholds", str(strict)]) == 1
    assert "sparas inte" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_evidence_that_is_not_there_is_warned_of_and_none_at_all_is_an_error(tmp_path, capsys):
    cases = tmp_path / "fall.jsonl"
    nowhere = {**CASES[0].to_json(), "id": "x", "evidence": [[{"report": "norvik.pdf", "page": 1, "words": "ett ord"}]]}
    cases.write_text(f"{json.dumps(CASES[0].to_json())}\n{json.dumps(nowhere)}\n")
    assert main(["--cases", str(cases)]) == 0
    assert "Varning: x: rapporten norvik.pdf finns inte bland rapporterna." in capsys.readouterr().err
    cases.write_text(json.dumps(nowhere))
    for command in ([], ["robustness"], ["ablation"]):
        assert main([*command, "--cases", str(cases)]) == 1
        assert "ange rapporterna som fallen gäller med --reports" in capsys.readouterr().err


def test_a_missing_baseline_is_told(tmp_path, capsys):
    assert main(["--baseline", str(tmp_path / "none.json")]) == 1
    assert "den finns inte" in capsys.readouterr().err


def test_a_folder_of_reports_that_is_not_there_is_told(tmp_path, capsys):
    cases = ["--cases", str(FOLDER / "samples.jsonl")]
    assert main([*cases, "--reports", str(tmp_path / "none")]) == 1
    assert "none gick inte att öppna" in capsys.readouterr().err


def test_the_newest_release_is_by_number_not_by_letter(tmp_path):
    for name in ("0.9.0", "0.10.0"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"version": name, "suites": {}}))
    (tmp_path / "0.11.0rc1.json").write_text("{}")
    assert latest_release(tmp_path).name == "0.10.0"
    assert latest_release(tmp_path / "none") is None


def test_a_difference_is_of_the_cases_that_both_have():
    before = {"a": {"correct": 1.0}, "b": {"correct": 0.0}, "c": {"correct": 1.0}}
    after = {"a": {"correct": 0.0}, "b": {"correct": 0.0}, "d": {"correct": 1.0}}
    found = difference("correct", before, after)
    assert (found.before, found.after, found.mean, found.loss) == ((1.0, 0.0), (0.0, 0.0), -0.5, True)
    assert found.interval == (-1.0, 0.0)
    assert difference("correct", before, {"d": {"correct": 1.0}}) is None
    refused = {"a": {"overrefused": 0.0}}
    assert difference("overrefused", refused, {"a": {"overrefused": 1.0}}).loss


def test_a_place_that_cannot_be_written_is_told(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert (
        main(["--cases", str(FOLDER / "samples.jsonl"), "--reports", "corpus/samples", "--json", f"{blocked}/x"]) == 1
    )
    assert "gick inte att skriva" in capsys.readouterr().err


def test_a_command_that_is_not_understood_is_told(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--cases"])
    assert stopped.value.code == 2
    assert "gick inte att förstå: --cases behöver ett värde" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["draft"])
    assert "--report saknas" in capsys.readouterr().err


def test_numbers_are_written_in_swedish():
    assert number(0.5) == "0,500"
    assert number(-0.02, sign=True) == "−0,020"
    assert number(0.0, sign=True) == number(-0.0001, sign=True) == "±0,000"
    assert number(186.4, 0) == "186"
