"""Inflection, compounds, and what a question's words may have meant."""

import pytest

from index.glossary import Glossary, default_glossary
from index.spelling import Speller
from index.terms import content_terms, term, words
from index.vocabulary import Counts


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
        ("övertidstimmar", ("övertid", "timme")),
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
    speller = Speller(Counts(VOCABULARY), default_glossary())
    return {each.term.lemma for each in speller.weighted_terms(speller.read(question))}


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


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        pytest.param("Varför orosanmälnigar?", "Varför orosanmälningar?", id="slip"),
        pytest.param("vräknings arbetet, social nämnden", "vräkningsarbetet, socialnämnden", id="compounds"),
        pytest.param("under sköterskan", "under sköterskan", id="function-word"),
        pytest.param("kanelbullar och Lindström", "kanelbullar och Lindström", id="words-that-they-lack"),
        pytest.param("social, nämnden", "social, nämnden", id="not-neighbours"),
    ],
)
def test_a_question_is_read_as_it_was_meant(asked, read):
    assert Speller(Counts(VOCABULARY), default_glossary()).read(asked) == read


def test_words_and_names_that_the_reports_lack_stay_as_they_are():
    """Not "lås" for "las", nor a municipality that differs by a letter or a mark."""
    speller = Speller(Counts(dict.fromkeys(["lås", "håbo", "kumlar", "norbergs", "råd"], 1)), Glossary())
    for text in ("las och rad", "Habo, Kumla och Norberg", "Kumlas resultat"):
        assert speller.read(text) == text


def test_a_capital_stays_a_capital():
    assert Speller(Counts({"ekbacken": 1}), Glossary()).read("Ekbaken") == "Ekbacken"


def test_a_name_is_found_in_its_compounds_and_a_word_is_no_name():
    speller = Speller(Counts({"lumena": 1, "hemtjänst": 1}), Glossary())
    asked = [each.term.word for each in speller.weighted_terms("Lumenaprojektet hemtjänsttimmarna")]
    assert asked == ["lumenaprojektet", "lumena", "hemtjänsttimmarna"]


def test_words_between_those_of_a_phrase_keep_their_own_concept():
    found = Speller(Counts(VOCABULARY), default_glossary()).weighted_terms("gick hemtjänsten back")
    concepts = {each.term.lemma: each.concept for each in found}
    assert concepts["underskott"] == "gå back"
    assert concepts["hemtjänst"] == "hemtjänsten"


def test_a_swedish_word_that_the_reports_lack_is_not_corrected():
    assert Speller(Counts({"bostad": 1}), Glossary()).guess("bosatd") == "bostad"
    assert Speller(Counts({"skola": 1}), Glossary()).guess("skolan") is None


def test_run_together_words_match_by_their_parts():
    assert set(term("personalkostnadhemtjänst").parts) == {"personalkostnad", "hemtjänst"}
