"""A saved answer is proven from the report files, and no change to it is."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from index.samples import sample_files
from qa.answer import to_json
from qa.cli import app
from qa.saved import Files, check

QUESTIONS = [
    "Varför blev det underskott i hemtjänsten i Norrvik 2023?",
    "Hur mycket dyrare blev hemtjänsten i Norrvik 2023 än 2022?",
    "Hur har antalet personer med hemtjänst i Norrvik utvecklats?",
    "Jämför nettokostnaden i Norrvik och Lindhaga 2023",
    "Vilket kostnadsslag överskred budgeten mest i Norrvik 2023?",
    "Hur många hemtjänsttimmar utfördes i Lindhaga 2022?",
    "ekbacken nattpersonal åtgärd ansvarig",
    "Varför gick socialnämnden i Norrvik med underskott 2022?",
    "Nådde Norrvik målet för nöjda brukare i särskilt boende 2023?",
    "Hur lång tid tar det att få bygglov i Norrvik?",
]


@pytest.fixture(scope="module")
def files():
    return Files(sample_files())


def saved(assistant, question):
    """An answer as a file has it."""
    return json.loads(json.dumps(to_json(assistant.ask(question), assistant.library)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_as_it_was_given_is_proven(assistant, files, question):
    checks = check(saved(assistant, question), files)
    assert checks
    assert all(each.fault is None for each in checks), checks


WORDS, CHANGE = QUESTIONS[:2]


def first_text(answer, change):
    answer["sentences"][0]["text"] = change(answer["sentences"][0]["text"])
    lines = answer["sentences"]
    answer["answer"] = f"{lines[0]['source']}: " + " ".join(each["text"] for each in lines)


TAMPERING = [
    pytest.param(WORDS, lambda a: first_text(a, lambda t: t.replace("6,3", "9,3")), id="number"),
    pytest.param(WORDS, lambda a: first_text(a, lambda t: t.replace("mnkr", "tkr")), id="unit"),
    pytest.param(WORDS, lambda a: first_text(a, lambda t: t.replace("underskott", "överskott")), id="word"),
    pytest.param(WORDS, lambda a: first_text(a, lambda t: f"Ja. {t}"), id="added-lead"),
    pytest.param(WORDS, lambda a: a["sentences"][0].update(source="Täby kommun"), id="source"),
    pytest.param(WORDS, lambda a: a.update(answer=a["answer"] + " Det är bra."), id="text-beside-sentences"),
    pytest.param(WORDS, lambda a: a["citations"][0].update(quote="Allt gick bra."), id="quote"),
    pytest.param(WORDS, lambda a: a["citations"][0].update(start=a["citations"][0]["start"] - 40), id="place"),
    pytest.param(WORDS, lambda a: a["citations"][0].update(page=1), id="page"),
    pytest.param(WORDS, lambda a: a["citations"][0].update(report_id="0" * 16), id="report"),
    pytest.param(WORDS, lambda a: a["scope"].update(municipalities=["Lindhaga"]), id="municipality"),
    pytest.param(WORDS, lambda a: a["scope"].update(years=[2019]), id="year"),
    pytest.param(WORDS, lambda a: a.update(question="Varför gick Lindhaga back 2019?"), id="question"),
    pytest.param(CHANGE, lambda a: a["figures"][0].update(value="1.0"), id="figure"),
    pytest.param(CHANGE, lambda a: a["figures"][0].update(label="Skola"), id="label"),
    pytest.param(CHANGE, lambda a: a["computed"][0].update(value="99"), id="worked-out"),
    pytest.param(WORDS, lambda a: a.update(sentences=[], answer=""), id="no-sentences"),
    pytest.param(QUESTIONS[-1], lambda a: (a.update(answer="Allt är bra."),
                 a.update(sentences=[{**a["sentences"][0], "text": "Allt är bra."}])), id="refusal"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "tamper"), TAMPERING)
def test_a_changed_answer_is_not(assistant, files, question, tamper):
    answer = saved(assistant, question)
    before = json.dumps(answer)
    tamper(answer)
    assert json.dumps(answer) != before
    assert any(each.fault for each in check(answer, files))


def run(*arguments):
    return CliRunner().invoke(app, ["verify", *map(str, arguments)])


def test_the_command_tells_of_each_sentence_and_of_a_changed_file(assistant, tmp_path):
    answer = tmp_path / "svar.json"
    answer.write_text(json.dumps(saved(assistant, WORDS)), encoding="utf-8")
    assert run(answer).exit_code == 0
    copies = tmp_path / "rapporter"
    copies.mkdir()
    for path in sample_files():
        shutil.copy(path, copies)
    assert "stämmer med rapportfilerna" in run(answer, copies).stdout
    with (copies / "norrvik-2023.pdf").open("ab") as file:
        file.write(b"\n%")
    done = run(answer, copies)
    assert done.exit_code == 1
    assert "ingen fil har samma innehåll" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "inte json",
        "[" * 100_000,
        '{"status": "answered"}',
        '{"question": "?", "status": "hej", "answer": "", "citations": [], "sentences": [], "figures": [],'
        ' "computed": [], "scope": {}}',
        '{"question": "?", "status": "answered", "answer": "", "citations": [{}], "sentences": [], "figures": [],'
        ' "computed": [], "scope": {}}',
        '{"question": "?", "status": "answered", "answer": "", "citations": [], "sentences": [{"text": 5}],'
        ' "figures": [], "computed": [], "scope": {"municipalities": [], "years": [], "boards": []}}',
    ],
)
def test_a_file_that_is_no_answer_gets_one_sentence(tmp_path, content):
    path = tmp_path / "svar.json"
    path.write_text(content, encoding="utf-8")
    done = run(path)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_is_no_answer(tmp_path):
    assert "gick inte att läsa" in " ".join(run(tmp_path).stderr.split())
