"""Which way a sentence says for sure that something went, and which way a question takes for granted."""

import pytest

from qa.polarity import Way, asked_way, partly, went

UP, DOWN, SURPLUS, DEFICIT, MET, UNMET = Way


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Antalet hushåll ökade till 214 under året.", UP),
        ("Sjukfrånvaron har minskat i alla grupper.", DOWN),
        ("Väntetiden sjönk från 48 till 31 dagar.", DOWN),
        ("Hemtjänsten redovisar ett underskott på 4,2 mnkr.", DEFICIT),
        ("Nämnden visar ett överskott om 9,9 mnkr.", SURPLUS),
        ("Målet har uppnåtts.", MET),
        ("Målet nåddes inte.", UNMET),
    ],
)
def test_a_plain_sentence_tells(text, way):
    assert went(text) == {way}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Antalet orosanmälningar har inte ökat.", id="denied"),
        pytest.param("Sjukfrånvaron väntas öka till 9 procent.", id="expected"),
        pytest.param("Arbetet med att minska sjukskrivningarna fortsätter.", id="aimed-at"),
        pytest.param("Utan statsbidragen hade funktionsstöd redovisat ett underskott.", id="contrary-to-fact"),
        pytest.param("Om bidraget upphör kommer intäkterna att minska.", id="condition"),
        pytest.param("Kostnaden ökade i januari men föll därefter.", id="for-a-while"),
        pytest.param("Tillgången till jourhem ökade i riket.", id="elsewhere"),
        pytest.param("Föregående år ökade färdtjänstresorna.", id="another-year"),
        pytest.param("Kostnaderna är lägre än budgeterat.", id="against-the-budget"),
        pytest.param("Kostnaderna minskade mot budget.", id="changed-against-the-budget"),
        pytest.param("Nämnden nådde knappt hälften av målen.", id="a-part"),
        pytest.param("Kostnadsökningen bromsade in.", id="slowed-down"),
        pytest.param("Prognosen är ett underskott på 5 mnkr.", id="forecast"),
    ],
)
def test_what_is_not_sure_tells_nothing(text):
    assert went(text) == set()


def test_partly_met():
    assert partly("Målet är delvis uppfyllt.")
    assert not partly("Målet är uppfyllt.")


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("Varför ökade sjukfrånvaron?", UP),
        ("Gick hemtjänsten med underskott?", DEFICIT),
        ("Varför minskade underskottet?", DOWN),
        ("Nåddes målet för kontinuitet?", MET),
        ("Varför ökade inte antalet hushåll?", None),
        ("Varför hade man räknat med fler timmar än det blev?", None),
        ("Vem är socialchef?", None),
    ],
)
def test_the_way_that_a_question_takes_for_granted(question, way):
    assert asked_way(question) is way


def test_every_way_has_its_opposite():
    assert all(way.opposite.opposite is way and way.opposite is not way for way in Way)
