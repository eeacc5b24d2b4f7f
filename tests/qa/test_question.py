"""Scope, years and kind are read from a question the way people write it."""

import pytest

from corpus.document import Period
from corpus.errors import BadQuestion
from index.holdings import Holdings
from index.prepare import Entry
from qa.answer import to_json
from qa.question import Kind, Scope, asks_for_a_count, parts, restored, understand


def entry(municipality, year, board="Socialnämnden"):
    return Entry("id" + municipality + str(year), "f.pdf", "/f", "t", municipality, board, "årsrapport", Period(year),
                 frozenset(), (), 1)  # fmt: skip


ENTRIES = Holdings(
    [entry("Mark", 2022), entry("Mark", 2023), entry("Täby", 2023), entry("Ekdunga", 2023, "Omsorgsnämnden")]
)


@pytest.mark.parametrize(
    ("text", "municipalities"),
    [
        pytest.param("Hur gick det för Mark 2023?", ("Mark",), id="capital"),
        pytest.param("Hur ser Marks ekonomi ut?", ("Mark",), id="genitive"),
        pytest.param("hur hög var sjukfrånvaron i mark hela 2023", ("Mark",), id="lower-case-place"),
        pytest.param("mark och vatten förorenades", (), id="noun"),
        pytest.param("Mark förorenades av oljan", (), id="noun-first"),
        pytest.param("lyckades mark å täby minska", ("Mark", "Täby"), id="conjoined"),
        pytest.param("underskott i taby", ("Täby",), id="dots-dropped"),
        pytest.param("läget i ekdunnga", ("Ekdunga",), id="slip"),
        pytest.param("Hur är det i Östersund?", ("Östersund",), id="not-in-library"),
        pytest.param("Vad kostade hemtjänsten?", (), id="none"),
    ],
)
def test_municipalities(text, municipalities):
    assert understand(text, ENTRIES).scope.municipalities == municipalities


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Vad hände 2022?", (2022,)),
        ("mellan 2020 och 2023", (2020, 2021, 2022, 2023)),
        ("2022/2023", (2022, 2023)),
        ("vad hände förra året i Mark", (2022,)),
        ("enligt senaste rapporten från Mark", (2023,)),
        ("för 12 2023 kronor", (2023,)),
        ("Hur många?", ()),
    ],
)
def test_years(text, years):
    assert understand(text, ENTRIES).scope.years == years


def test_relative_years_are_explained():
    assert "2022" in understand("Hur var det förra året?", ENTRIES).notes[0]


def test_boards_of_the_library_set_the_scope_and_others_do_not():
    question = understand("Hur gick det för omsorgsnämnden?", ENTRIES)
    assert question.scope.boards == ("Omsorgsnämnden",)
    other = understand("Hur gick det för byggnadsnämnden?", ENTRIES)
    assert other.scope.boards == ()
    assert other.other_boards == ("Byggnadsnämnden",)
    assert understand("Vad tycker nämnden?", ENTRIES).other_boards == ()


@pytest.mark.parametrize(
    ("text", "boards"),
    [
        pytest.param("Är det många som slutar i omsorgsförvaltningen?", ("Omsorgsnämnden",), id="its-board"),
        pytest.param("socialförvaltningens mål 2023", ("Socialnämnden",), id="genitive"),
        pytest.param("Vad gör socialförvaltningen i Ekdunga?", (), id="not-there"),
        pytest.param("Vad gör byggförvaltningen?", (), id="no-such-board"),
        pytest.param("Vad tycker förvaltningen?", (), id="none-in-particular"),
    ],
)
def test_an_administration_stands_for_its_board(text, boards):
    assert understand(text, ENTRIES).scope.boards == boards


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Varför blev det underskott?", Kind.WHY),
        ("varfor underskott", Kind.WHY),
        ("Vad är skälet till ökningen?", Kind.WHY),
        ("Hur mycket kostade det?", Kind.HOW_MUCH),
        ("Hur många platser finns det?", Kind.HOW_MUCH),
        ("När öppnar boendet?", Kind.WHEN),
        ("Vem är ordförande?", Kind.WHO),
        ("Vilka mål nåddes?", Kind.LIST),
        ("Vad är Idun?", Kind.DEFINE),
        ("Nåddes målet? Klarade de det?", Kind.YES_NO),
        ("Målet nåddes. Klarade de det?", Kind.TOPIC),
        ("Klarade de målet?", Kind.YES_NO),
        ("Jämför sjukfrånvaron", Kind.COMPARE),
        ("Hur har antalet utvecklats?", Kind.TREND),
        ("sjukfrånvaro män", Kind.TOPIC),
    ],
)
def test_kinds(text, kind):
    assert understand(text, ENTRIES).kind is kind


def test_what_the_user_chose_goes_first():
    scope = understand("Hur gick det i Mark 2022?", ENTRIES, Scope(("Täby",), (2023,))).scope
    assert (scope.municipalities, scope.years) == (("Täby",), (2023,))


def test_the_subject_is_without_places_years_and_boards():
    question = understand("Hur stor var sjukfrånvaron i Marks socialnämnd 2023?", ENTRIES)
    assert "sjukfrånvaron" in question.subject
    assert not {"Marks", "2023", "socialnämnd"} & set(question.subject.replace("?", "").split())


def test_several_municipalities_are_several_questions():
    question = understand("Jämför Mark och Täby 2023", ENTRIES)
    assert [part.scope.municipalities for part in parts(question, ENTRIES)] == [("Mark",), ("Täby",)]
    years = understand("Jämför Mark 2022 och 2023", ENTRIES)
    assert [part.scope.years for part in parts(years, ENTRIES)] == [(2022,), (2023,)]


@pytest.mark.parametrize("text", ["", "  ", "?!", "x" * 50_000], ids=["empty", "blank", "marks", "50000"])
def test_questions_that_cannot_be_asked(text):
    with pytest.raises(BadQuestion, match=r"^Frågan .*\.$"):
        understand(text, ENTRIES)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        pytest.param("Hur många hushåll fick stöd?", True, id="households"),
        pytest.param("Hur många kränkningar anmäldes?", True, id="a-word-that-begins-as-crowns"),
        pytest.param("Hur många tusen kronor var underskottet?", False, id="thousands-of-crowns"),
        pytest.param("hur manga procent var sjuka", False, id="per-cent"),
        pytest.param("Hur mycket kostade det?", False, id="how-much"),
    ],
)
def test_what_is_counted(text, counts):
    assert asks_for_a_count(understand(text, ENTRIES)) is counts


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        pytest.param("Varfor gar hemtjansten back?", "Varför går hemtjänsten back?", id="no-marks"),
        pytest.param("VARFOR gar LSS back i Ostersund", "VARFÖR går LSS back i Östersund", id="capitals"),
        pytest.param("Vad sa nämnden om far?", "Vad sa nämnden om far?", id="with-marks"),
        pytest.param("budget utfall 2023", "budget utfall 2023", id="nothing-to-put-back"),
    ],
)
def test_marks_are_put_back_where_there_are_none(asked, read):
    assert restored(asked) == read


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        pytest.param("Hur gick det för social nämnden?", "Hur gick det för socialnämnden?", id="organisation"),
        pytest.param("sjuk frånvaro i Norrvik", "sjukfrånvaro i Norrvik", id="as-the-reports-write-it"),
        pytest.param("sjuk franvaro i norrvik", "sjukfrånvaro i norrvik", id="and-without-marks"),
        pytest.param("Vad kostar en stor stad?", "", id="the-reports-have-no-such-word"),
        pytest.param("budget, avvikelse", "", id="not-neighbours"),
    ],
)
def test_split_compounds_are_read_whole(assistant, asked, read):
    question = assistant.ask(asked).question
    assert (question.asked, question.text) == ((asked, read) if read else ("", asked))


@pytest.mark.parametrize(
    ("text", "municipalities"),
    [
        pytest.param("hemtjänst budget sundsvall 2023", ("Sundsvall",), id="lower-case"),
        pytest.param("orosanmälningar i umeå", ("Umeå",), id="after-a-preposition"),
        pytest.param("östersunds socialnämnd", ("Östersund",), id="genitive"),
        pytest.param("var det en skara som nackade trosor på klippan", (), id="words"),
    ],
)
def test_another_municipality_is_known_in_lower_case(samples, text, municipalities):
    assert understand(text, samples.entries).scope.municipalities == municipalities


def test_a_question_read_otherwise_is_shown_as_asked_and_explained(assistant):
    answer = assistant.ask("Hur hog var sjukfranvaron i Norrvik 2023?")
    assert to_json(answer, assistant.library)["question"] == "Hur hog var sjukfranvaron i Norrvik 2023?"
    assert answer.explanation == ("Frågan lästes som «Hur hög var sjukfrånvaron i Norrvik 2023?».",)
    assert "7,9" in answer.text
    follow_up = assistant.ask("Och i Lindhaga?", [answer.question])
    assert to_json(follow_up, assistant.library)["question"] == "Och i Lindhaga?"
    assert "7,8" in follow_up.text
