"""The command line's contract: names, JSON, messages and exit codes."""

import csv
import io
import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from index.samples import sample_files
from qa import cli
from qa.cli import app
from qa.export import write_csv


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def library(tmp_path):
    shutil.copy(sample_files()[4], tmp_path / "norrvik-2023.pdf")
    done = run("index", tmp_path / "norrvik-2023.pdf", "--library", tmp_path / "lib")
    assert done.exit_code == 0, done.output
    return tmp_path / "lib"


def test_index_shows_how_reports_were_identified(tmp_path):
    done = run("index", sample_files()[0], "--library", tmp_path / "lib", "--json")
    (row,) = json.loads(done.stdout)
    assert row["outcome"] == "added"
    assert row["report"]["municipality"] == "Lindhaga"
    assert row["report"]["board"] == "Vård- och omsorgsnämnden"


def test_corrections(tmp_path, library):
    done = run(
        "index", tmp_path / "norrvik-2023.pdf", "--library", library, "--municipality", "Ekdunga",
        "--through", "2023-06-30", "--json",
    )  # fmt: skip
    (row,) = json.loads(done.stdout)
    assert (row["report"]["municipality"], row["report"]["through"]) == ("Ekdunga", "2023-06-30")


def test_reports(library):
    (row,) = json.loads(run("reports", "--library", library, "--json").stdout)
    assert (row["municipality"], row["kind"], row["year"], row["pages"]) == ("Norrvik", "årsrapport", 2023, 9)
    assert "Norrvik" in run("reports", "--library", library).stdout


def test_ask_states_and_cites(library):
    done = run("ask", "Varför gick hemtjänsten med underskott?", "--library", library)
    assert done.exit_code == 0
    assert "6,3 mnkr" in done.stdout
    assert "sida 5" in done.stdout


def test_ask_json_and_batch_agree(tmp_path, library):
    question = "Varför gick hemtjänsten med underskott?"
    one = json.loads(run("ask", question, "--library", library, "--json").stdout)
    batch = tmp_path / "frågor.jsonl"
    batch.write_text(json.dumps({"id": "a", "question": question}) + '\n\n{"id": 2, "question": ""}\n')
    done = run("ask", "--batch", batch, "--library", library, "--json")
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert first["id"] == "a"
    assert {**first, "id": None} == one
    assert second.keys() == first.keys()
    assert second["id"] == 2
    assert second["status"] == "not_found"
    assert second["answer"].startswith("Frågan är tom")


def test_a_refusal_exits_with_one(library):
    assert run("ask", "Hur gick det för Kiruna?", "--library", library).exit_code == 1


def test_search(library):
    found = json.loads(run("search", "orosanmälningar", "-k", 3, "--library", library, "--json").stdout)
    assert len(found) == 3
    assert "orosanmälning" in found[0]["text"].lower()


def test_remove_by_name_and_by_id(library):
    identity = json.loads(run("reports", "--library", library, "--json").stdout)[0]["report_id"]
    assert run("remove", identity[:8], "--library", library).exit_code == 0
    assert json.loads(run("reports", "--library", library, "--json").stdout) == []


def test_without_a_library_the_samples_answer_and_say_so():
    done = run("ask", "Hur hög var sjukfrånvaron i Lindhaga 2023?", "--json")
    assert "7,8" in json.loads(done.stdout)["answer"]
    assert "påhittade exempelrapporter" in json.loads(done.stdout)["notes"][-1]
    assert "påhittade" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["ask"], 2, "Skriv en fråga", id="no-question"),
        pytest.param(["ask", " "], 1, "Frågan är tom", id="empty-question"),
        pytest.param(["ask", "x" * 50_000], 1, "50000 tecken", id="long-question"),
        pytest.param(["ask", "--batch", "saknas.jsonl"], 1, "gick inte att läsa", id="no-batch"),
        pytest.param(["index", "saknas.pdf"], 1, "den finns inte", id="no-file"),
        pytest.param(["index", "."], 1, "inga PDF-", id="empty-folder"),
        pytest.param(["remove", "abcd1234"], 1, "inget bibliotek", id="nothing-to-remove"),
        pytest.param(["index", "x.pdf", "--through", "augusti"], 1, "inget datum", id="no-date"),
        pytest.param(["nonsens"], 2, "", id="no-such-command"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, monkeypatch, arguments, code, words):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments, *(["--library", tmp_path / "lib"] if arguments[0] in ("index", "remove") else []))
    assert done.exit_code == code
    assert words in re.sub(r"\s+", " ", done.output)
    assert "Traceback" not in done.output


def test_a_damaged_library_is_told(tmp_path, library):
    (library / "manifest.json").write_text("{")
    done = run("ask", "Hur gick det?", "--library", library)
    assert done.exit_code == 1
    assert "skadat" in done.stderr


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "fil").write_text("")
    done = run("index", sample_files()[0], "--library", tmp_path / "fil")
    assert done.exit_code == 1
    assert "går inte att skriva" in re.sub(r"\s+", " ", done.output)


def test_brackets_in_file_names_are_shown_as_they_are(tmp_path):
    shutil.copy(sample_files()[0], tmp_path / "[red]rapport.pdf")
    done = run("index", tmp_path / "[red]rapport.pdf", "--library", tmp_path / "lib")
    assert "[red]" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "--nope", "x"], "Flaggan --nope finns inte"),
        (["search", "x", "-k", "0"], "Värdet för -k går inte att använda"),
        (["ask", "x", "--retriever", "foo"], "Värdet för --retriever går inte att använda"),
        (["index"], "Det saknas ett värde för FIL..."),
        (["nonsens"], "Kommandot går inte att förstå"),
    ],
)
def test_wrong_usage_is_told_in_swedish(monkeypatch, capsys, arguments, words):
    monkeypatch.setattr("sys.argv", ["rapportsvar", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.run()
    assert caught.value.code == 2
    assert words in capsys.readouterr().err


def test_odd_batch_lines_are_told(tmp_path, library):
    batch = tmp_path / "b.jsonl"
    batch.write_text('{"id": 1, "question": 5}\n')
    done = run("ask", "--batch", batch, "--library", library)
    assert done.exit_code == 1
    assert "Rad 1" in done.stderr
    batch.write_text("\n")
    done = run("ask", "--batch", batch, "--library", library)
    assert done.exit_code == 1
    assert "har inga frågor" in done.stderr
    batch.write_bytes(b'\xef\xbb\xbf{"id": 1, "question": "\\ud800 hemtj\xc3\xa4nst\xe2\x80\xa8?"}\n')
    assert json.loads(run("ask", "--batch", batch, "--library", library).stdout)["id"] == 1


def test_a_relative_library(tmp_path, monkeypatch, library):
    monkeypatch.chdir(tmp_path)
    assert run("ask", "Varför underskott i hemtjänsten?", "--library", "lib").exit_code == 0


def test_municipalities_are_found_as_people_write_them(library):
    for name in ("norrvik", "Norrviks kommun", "NORRVIK"):
        done = run("ask", "Varför underskott i hemtjänsten?", "--municipality", name, "--library", library)
        assert done.exit_code == 0, name


def test_every_command_has_help():
    for command in ("index", "reports", "remove", "search", "ask", "serve"):
        assert run(command, "--help").exit_code == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("--version").stdout)


def test_the_users_own_words_are_understood(own_glossary, library):
    own_glossary("gamlahjälp: hemtjänst")
    question = "Varför gick gamlahjälpen med underskott?"
    found = json.loads(run("ask", question, "--library", library, "--json").stdout)
    assert "6,3 mnkr" in found["answer"]
    assert found["explanation"] == ["«gamlahjälp» söktes också som «hemtjänst»."]
    assert "«gamlahjälp» söktes också som «hemtjänst»." in run("ask", question, "--library", library).stdout


def test_a_glossary_line_that_says_nothing_is_told(own_glossary, library):
    own_glossary("# mina ord\ngubbdagis daglig verksamhet")
    done = run("ask", "Hur gick det för hemtjänsten?", "--library", library)
    assert done.exit_code == 1
    assert "Rad 2 i" in done.stderr
    assert "ord: betydelse" in done.stderr.replace("\n", " ")


def test_figures_lists_a_measure_with_its_places(library):
    shown = run("figures", "väntetid särskilt boende", "--library", library).stdout
    assert "Norrviks kommun, Socialnämnden, årsrapport 2023" in shown
    assert "67 dagar (2023)" in " ".join(shown.split())
    found = json.loads(run("figures", "väntetid särskilt boende", "--library", library, "--json").stdout)
    (latest,) = [each for each in found if each["period"] == "2023" and each["column"]]
    assert (latest["value"], latest["unit"], latest["kind"]) == ("67", "dagar", "utfall")
    assert latest["file"] == "norrvik-2023.pdf"
    assert latest["page"] >= 1
    assert all(each["period"] == "2022" for each in json.loads(
        run("figures", "väntetid särskilt boende", "--year", "2022", "--library", library, "--json").stdout
    ))  # fmt: skip


def test_figures_for_a_spreadsheet(library):
    lines = run("figures", "hemtjänst utfall", "--library", library, "--csv").stdout.splitlines()
    rows = list(csv.DictReader(lines, delimiter=";"))
    cell = next(row for row in rows if row["Mått"] == "Hemtjänst" and row["Kolumn"] == "Utfall 2023")
    assert (cell["Värde"], cell["Enhet"], cell["Period"], cell["Slag"]) == ("169,3", "mnkr", "2023", "utfall")


def test_words_that_a_spreadsheet_would_run_are_shown_as_words():
    out = io.StringIO()
    write_csv([["=HYPERLINK(1)", "-12,5"], ["+kommun", "3"]], out, ("Mått", "Värde"))
    assert list(csv.reader(out.getvalue().splitlines(), delimiter=";"))[1:] == [
        ["'=HYPERLINK(1)", "-12,5"],
        ["'+kommun", "3"],
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["badhus"], "Inga siffror har det namnet", id="nothing"),
        pytest.param(["hemtjänst", "--json", "--csv"], "inte att använda samtidigt", id="two-forms"),
        pytest.param(["  "], "tom", id="empty"),
    ],
)
def test_figures_that_can_not_be_listed(library, arguments, words):
    done = run("figures", *arguments, "--library", library)
    assert done.exit_code == 1
    assert words in done.stderr


def test_the_figures_of_a_report_are_counted(library):
    (row,) = json.loads(run("reports", "--library", library, "--json").stdout)
    assert row["figures"] > 140
    assert row["uncertain_figures"] == 0
