"""Encoders measured on benchmarks made here, and what each part of retrieval is worth."""

import numpy as np
import pytest

from corpus.errors import RapportsvarError
from eval import ablation, benchmarks
from eval.__main__ import main
from eval.benchmarks import Retrieval, dense_runs, lexical_runs, likeness, spread, synonyms
from eval.suites import Suite, standard_suites
from index.encode import EncoderInfo
from qa.question import Scope

ROWS = [
    ("Får hunden följa med?", "Hundar är välkomna i väntrummet."),
    ("Vad kostar hemtjänsten?", "Avgiften för hemtjänst beror på inkomsten."),
    ("Hur betalar jag?", "Avgiften för hemtjänst beror på inkomsten."),
]


class Letters:
    """An encoder whose vectors count letters, so that a test can say which text is nearest."""

    info = EncoderInfo("letters", 29, "letters", {})

    def encode_queries(self, texts):
        counts = np.array(
            [[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyzåäö"] for text in texts]
        )
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)

    def encode_passages(self, texts, progress=None):
        return self.encode_queries(texts)


@pytest.fixture
def folder(tmp_path):
    for name in benchmarks.RETRIEVAL:
        path = tmp_path / f"{name}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join("\t".join((*row, "källa")) for row in ROWS), encoding="utf-8")
    for name in benchmarks.LIKENESS:
        path = tmp_path / f"{name}.tsv"
        path.parent.mkdir(exist_ok=True)
        pairs = [("en hund", "en hund", 5), ("en hund", "en hundkoja", 3), ("en hund", "avgift", 0)]
        path.write_text("\n".join(f"x\ty\t{a}\t{b}\t{n}" for a, b, n in pairs), encoding="utf-8")
    (tmp_path / "swesat_synonyms_test.tsv").write_text(
        "hund\thunde\tkatt|hunde|sol\nbil\tlib\tsko|ost|tur", encoding="utf-8"
    )
    return tmp_path


def test_a_passage_that_answers_two_questions_is_one_passage(folder):
    task = Retrieval.read(folder / "swefaq/swefaq_dev.tsv")
    assert len(task.passages) == 2
    assert task.answers == (0, 1, 1)


def test_ndcg_counts_every_question(folder):
    task = Retrieval.read(folder / "swefaq/swefaq_dev.tsv")
    # First, second, and not found at all: 1, 1 / log2(3) and 0.
    found = task.ndcg([{0: 2.0, 1: 1.0}, {0: 2.0, 1: 1.0}, {}])
    np.testing.assert_allclose(found, [1.0, 1 / np.log2(3), 0.0])


def test_lexical_runs_inflect(folder):
    runs = lexical_runs(Retrieval.read(folder / "swefaq/swefaq_dev.tsv"))
    assert list(runs[0]) == [0]
    assert list(runs[1]) == [1]


def test_dense_runs_have_every_passage(folder):
    runs = dense_runs(Retrieval.read(folder / "swefaq/swefaq_dev.tsv"), Letters())
    assert [set(run) for run in runs] == [{0, 1}] * 3


def test_likeness_and_synonyms(folder):
    assert likeness(folder / "sweparaphrase/sweparaphrase_dev.tsv", Letters()) == pytest.approx(1.0)
    assert synonyms(folder / "swesat_synonyms_test.tsv", Letters()) == 0.5


def test_an_interval_holds_the_mean_and_is_the_same_every_time():
    values = np.array([0.0, 1.0] * 50)
    assert spread(values) == spread(values)
    assert spread(values).startswith(".500 (.4")


def test_the_whole_table(folder, capsys):
    assert main(["benchmarks", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "| BM25, our terms | " in said
    assert "rapportsvar-sv: milliseconds a question" in said


def test_a_folder_without_benchmarks_is_told(tmp_path, capsys):
    assert main(["benchmarks", str(tmp_path)]) == 1
    assert "swefaq_dev.tsv går inte att läsa" in capsys.readouterr().err


def test_the_ablation_tells_the_parts_apart(samples, encoder):
    """A misspelt question that meaning alone does not find, and a lay one that needs the glossary."""
    cases = [case for case in standard_suites()[0].cases if case.id in ("norrvik-035", "lindhaga-002")]
    parts, groups = (block.splitlines() for block in ablation.table(samples, cases, encoder).split("\n\n"))
    names = [variant.name for variant in ablation.VARIANTS]
    assert [row.strip("| ").split(" | ")[0] for row in parts[2:]] == names
    assert groups[0].strip("| ").split(" | ")[1:] == names
    rows = [row.strip("| ").split(" | ") for row in groups[2:]]
    assert [row[0] for row in rows] == ["varför (2)", "vardaglig (1)", "felstavad (1)"]
    found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
    lay, typo = found["vardaglig (1)"], found["felstavad (1)"]
    assert (lay["lexikal utan ordlista"], lay["lexikal"]) == ("0,000", "1,000")
    assert (typo["vektorer"], typo["lexikal"]) == ("0,000", "1,000")
    assert found["varför (2)"]["allt"] == "1,000"


def test_without_its_scope_a_question_is_searched_everywhere(samples, encoder):
    unscoped = ablation.Variant("", scoped=False).assistant(samples, encoder)
    question = "Hur hög var sjukfrånvaron i Lindhaga 2023?"
    assert unscoped.ask(question).question.scope == Scope()
    found = {samples.entry(hit.passage.report_id).municipality for hit in unscoped.search(question)}
    assert found == {"Lindhaga", "Norrvik"}


def test_the_real_reports_are_a_suite_where_they_are_named(monkeypatch, tmp_path):
    monkeypatch.delenv("RAPPORTSVAR_REPORTS", raising=False)
    assert [suite.name for suite in standard_suites()] == ["samples", "figures"]
    monkeypatch.setenv("RAPPORTSVAR_REPORTS", str(tmp_path))
    assert standard_suites()[2].reports == tmp_path


def test_a_suite_without_reports_is_of_the_sample_reports(encoder):
    with Suite("samples", ()).library(encoder) as library:
        assert len(library.entries) == 6


def test_a_folder_without_reports_is_told(encoder, tmp_path):
    with pytest.raises(RapportsvarError, match="inga rapporter"), Suite("real", (), tmp_path).library(encoder):
        pass


def test_a_row_with_too_few_columns_is_told(tmp_path):
    (tmp_path / "x.tsv").write_text("fråga\tpassage\nensam", encoding="utf-8")
    with pytest.raises(RapportsvarError, match="Rad 2"):
        Retrieval.read(tmp_path / "x.tsv")
