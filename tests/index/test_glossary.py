"""Lay words to official ones: the shipped glossary and the user's own lines."""

import pytest

from corpus.errors import GlossaryError
from index.glossary import SHIPPED, Glossary, default_glossary
from index.terms import terms


def meanings(glossary: Glossary, question: str) -> dict[str, set[str]]:
    return {match.asked: {meaning.text for meaning in match.meanings} for match in glossary.find(terms(question))}


@pytest.fixture
def write(tmp_path):
    def written(text: str) -> Glossary:
        path = tmp_path / "glossary.txt"
        path.write_text(text, encoding="utf-8")
        return Glossary.read(path)

    return written


@pytest.mark.parametrize(
    ("question", "asked", "meant"),
    [
        pytest.param("hur många fick socialbidrag", "socialbidrag", "försörjningsstöd", id="lay-word"),
        pytest.param("platser på SÄBO", "SÄBO", "särskilt boende", id="abbreviation"),
        pytest.param("underskott inom IFO", "IFO", "individ- och familjeomsorg", id="abbreviation-of-two"),
        pytest.param("hur gick äldreboendena", "äldreboende", "särskilt boende", id="inflected"),
        pytest.param("gick hemtjänsten i Mark back", "gå back", "underskott", id="words-between"),
        pytest.param("placeringar på HVB", "HVB", "hem för vård eller boende", id="institution"),
    ],
)
def test_what_the_shipped_glossary_knows(question, asked, meant):
    assert meant in meanings(Glossary.read(SHIPPED), question)[asked]


def test_equal_words_stand_for_each_other(write):
    glossary = write("säbo = äldreboende = särskilt boende")
    assert meanings(glossary, "säbo") == {"säbo": {"äldreboende", "särskilt boende"}}
    assert meanings(glossary, "äldreboendet") == {"äldreboende": {"säbo", "särskilt boende"}}


def test_several_words_with_a_colon_go_one_way(write):
    glossary = write("soss, socialbidrag: försörjningsstöd, ekonomiskt bistånd  # kommentar")
    assert meanings(glossary, "soss")["soss"] == {"försörjningsstöd", "ekonomiskt bistånd"}
    assert meanings(glossary, "försörjningsstöd") == {}


def test_an_opposite_is_marked(write):
    (match,) = write("underskott: negativ avvikelse, ≠ överskott").find(terms("underskottet"))
    assert [(meaning.text, meaning.opposite) for meaning in match.meanings] == [
        ("negativ avvikelse", False),
        ("överskott", True),
    ]


def test_lines_about_the_same_word_add_up(write):
    assert meanings(write("kö: väntetid\nköer = väntelista"), "kö") == {"kö": {"väntetid", "väntelista"}}


def test_the_longest_entry_wins(write):
    glossary = write("stöd: hjälp\nstöd i boendet: boendestöd")
    assert meanings(glossary, "stöd i boendet") == {"stöd i boendet": {"boendestöd"}}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("bara ett ord", id="no-mark"),
        pytest.param("ord:", id="no-meaning"),
        pytest.param(": betydelse", id="nothing-asked"),
        pytest.param("ord =", id="equal-to-nothing"),
        pytest.param("ord = annat ord: betydelse", id="two-marks"),
        pytest.param("ord = annat, tredje", id="comma-among-equals"),
    ],
)
def test_a_line_that_says_nothing_is_told(write, line):
    with pytest.raises(GlossaryError, match="Rad 2"):
        write(f"# först\n{line}")


def test_the_users_own_lines_are_added(own_glossary):
    own_glossary("storgården: särskilt boende")
    found = meanings(default_glossary(), "kö till Storgården och socialbidrag")
    assert found["storgården"] == {"särskilt boende"}
    assert "försörjningsstöd" in found["socialbidrag"]


def test_a_glossary_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "glossary.txt"
    path.write_bytes("kö: väntetid".encode("latin-1"))
    with pytest.raises(GlossaryError, match="UTF-8"):
        Glossary.read(path)


def test_abbreviations_have_a_genitive_and_no_other_form(write):
    glossary = write("MAS: medicinskt ansvarig sjuksköterska\nIFO: individ- och familjeomsorg\nMAR: rehabilitering")
    assert "MAS" in meanings(glossary, "vem är mas")
    assert "MAS" in meanings(glossary, "MAS:s rapport")
    assert "IFO" in meanings(glossary, "IFOs budget")
    assert meanings(glossary, "hon masade sig i väg i mars") == {}


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Hur var beläggningen i mars 2023?", id="a-month-is-no-abbreviation"),
        pytest.param("Hur slutade året för nämnden?", id="a-year-ends-nobody-leaves"),
        pytest.param("Hur många fick bostad över tre rum?", id="over-is-no-surplus"),
        pytest.param("När slog kommunen ihop nämnderna?", id="joined-not-beaten"),
        pytest.param("Är nämnden beroende av statsbidrag?", id="dependent-not-addicted"),
        pytest.param("Hur väntas kostnaderna utvecklas?", id="expected-not-queueing"),
    ],
)
def test_everyday_words_that_are_no_lay_terms(question):
    assert meanings(Glossary.read(SHIPPED), question) == {}
