"""Inflection, compounds, and what a question's words may have meant."""

import pytest

from index.glossary import find
from index.spelling import Speller
from index.terms import content_terms, term, terms, words


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("underskottet", "underskott"),
        ("kostnaderna", "kostnad"),
        ("äldreboendena", "äldreboende"),
        ("boendet", "boende"),
        ("boende", "boende"),
        ("timvikarierna", "timvikarie"),
        ("gick", "gå"),
    ],
)
def test_inflected_words_share_a_lemma(word, lemma):
    assert term(word).lemma == lemma


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("placeringskostnaderna", ("placering", "kostnad")),
        ("familjehemsplaceringar", ("familj", "hem", "placering")),
        ("sjukfrånvaron", ("sjuk", "frånvaro")),
        ("underskottet", ("underskott",)),
        ("rekrytering", ("rekrytering",)),
    ],
)
def test_compound_parts(word, parts):
    assert term(word).parts == parts


def test_questions_keep_what_they_are_about():
    assert [each.word for each in content_terms("Varför blev det underskott inom särskilt boende?")] == [
        "underskott",
        "särskilt",
        "boende",
    ]
    assert [each.word for each in content_terms("varfor gar hemtjansten back")] == ["hemtjansten", "back"]


VOCABULARY = dict.fromkeys(
    words("hemtjänsten underskott vräkningsarbetet socialchef sjukfrånvaro orosanmälningar kostnad försörjningsstöd"), 1
)


def meant(question: str) -> set[str]:
    return {each.term.lemma for each in Speller(VOCABULARY).weighted_terms(question)}


@pytest.mark.parametrize(
    ("question", "lemma"),
    [
        pytest.param("hemtjansten", "hemtjänst", id="dots-dropped"),
        pytest.param("orosanmälnigar", "orosanmälan", id="typo"),
        pytest.param("vräknings arbetet", "vräkningsarbete", id="split-compound"),
        pytest.param("social chef", "socialchef", id="split-in-two"),
        pytest.param("gick det back", "underskott", id="lay-phrase"),
        pytest.param("socialbidrag", "försörjningsstöd", id="old-word"),
    ],
)
def test_other_ways_to_write_it(question, lemma):
    assert lemma in meant(question)


def test_a_swedish_word_that_the_reports_lack_is_not_corrected():
    assert Speller({"bostad": 1}).guesses("bosatd") == ["bostad"]
    assert Speller({"skola": 1}).guesses("skolan") == []


def test_run_together_words_match_by_their_parts():
    assert set(term("personalkostnadhemtjänst").parts) == {"personalkostnad", "hemtjänst"}


def test_glossary_phrases_may_have_words_between():
    (match,) = find(terms("gick hemtjänsten i Mark back"))
    assert match.asked == "gå back"


def test_a_users_own_glossary_line_without_a_tab_is_told(tmp_path):
    import subprocess
    import sys

    # A fresh process, since the glossary is read once.
    (tmp_path / "rapportsvar").mkdir()
    (tmp_path / "rapportsvar" / "glossary.tsv").write_text("utan tabb\n", encoding="utf-8")
    code = "from index.terms import terms; from index.glossary import find; list(find(terms('x')))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"XDG_CONFIG_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "saknar tabb" in done.stderr
