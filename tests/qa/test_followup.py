"""Questions that lean on the one before them."""

import pytest

from qa.followup import in_context
from qa.question import understand

DEFICIT = "Varför gick hemtjänsten i Norrvik back 2023?"
ABSENCE = "Hur hög var sjukfrånvaron i Norrvik 2022?"


@pytest.mark.parametrize(
    ("before", "text", "read"),
    [
        pytest.param(DEFICIT, "Och i Lindhaga?", "Varför gick hemtjänsten i Lindhaga back 2023?", id="place"),
        pytest.param(DEFICIT, "Hur var det i Täby då?", "Varför gick hemtjänsten i Täby back 2023?", id="then"),
        pytest.param(DEFICIT, "Och 2022?", "Varför gick hemtjänsten i Norrvik back 2022?", id="year"),
        pytest.param(ABSENCE, "Och året efter?", "Hur hög var sjukfrånvaron i Norrvik 2023?", id="year-after"),
        pytest.param(ABSENCE, "Hur var den året innan?", "Hur hög var sjukfrånvaron i Norrvik 2021?", id="same-kind"),
        pytest.param(ABSENCE, "Varför det?", f"{ABSENCE} Varför det?", id="why"),
        pytest.param(ABSENCE, "Och för män?", f"{ABSENCE} Och för män?", id="narrower"),
        pytest.param("Hur gick det 2023?", "Och i Lindhaga?", "Hur gick det 2023 i Lindhaga?", id="no-place-before"),
        pytest.param("Hur gick det i Norrvik?", "Och 2022?", "Hur gick det i Norrvik 2022?", id="no-year-before"),
        pytest.param("Norrviks resultat 2023", "Och Lindhaga?", "Lindhagas resultat 2023", id="genitive"),
        pytest.param("Hur gick det i Alingsås 2023?", "Och i Mark?", "Hur gick det i Mark 2023?", id="name-in-s"),
        pytest.param(
            "Jämför Norrvik och Lindhaga 2022 och 2023", "Och Täby?", "Jämför Täby 2022 och 2023", id="several"
        ),
    ],
)
def test_what_is_leaned_on_is_taken_over(samples, before, text, read):
    assert in_context(text, understand(before, samples.entries), samples.entries) == read


def test_a_year_of_its_own_is_compared_with_the_year_before_that(samples):
    before = understand("Hur hög var sjukfrånvaron i Norrvik 2024?", samples.entries)
    asked = in_context("Hur var det i Lindhaga 2023 jämfört med året innan?", before, samples.entries)
    assert asked == "Hur hög var sjukfrånvaron i Lindhaga 2023? Hur var det i Lindhaga 2023 jämfört med året innan?"


def test_a_question_of_its_own_leans_on_nothing(samples):
    before = understand("Hur hög var sjukfrånvaron i Norrvik 2022?", samples.entries)
    text = "Hur många platser finns det i särskilt boende i Lindhaga?"
    assert in_context(text, before, samples.entries) == text


def test_another_municipality_is_not_asked_about_the_boards_of_the_first(samples):
    before = understand("Hur gick det för socialnämnden i Norrvik 2023?", samples.entries)
    asked = in_context("Och i Lindhaga?", before, samples.entries)
    assert understand(asked, samples.entries).other_boards == ()


def test_a_chain_without_end_does_not_become_too_long(assistant):
    history = []
    for _ in range(150):
        history.append(assistant.ask("Och för männen i Norrvik?", history).question)
    assert max(len(question.text) for question in history) <= 2000


def test_an_assistant_with_history(assistant):
    first = assistant.ask("Hur hög var sjukfrånvaron i Norrvik 2023?")
    second = assistant.ask("Och i Lindhaga?", [first.question])
    assert "7,8 %" in second.text
    assert second.sentences[0].source.startswith("Lindhaga kommun")
