"""Repair joins and drops white space, hyphens and furniture, and never a letter or a digit."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.joining import join_lines
from corpus.read import Raw
from corpus.repair import repair
from corpus.structure import structure


def repaired(text: str) -> str:
    return "\n".join(line.text for line in repair(Raw((text,), paged=False)).lines)


def key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        pytest.param("De arbetar akti vt för att nå målet", "De arbetar aktivt för att nå målet", id="split-word"),
        pytest.param("Det gäl ler ti ll och med maj", "Det gäller till och med maj", id="two-split-words"),
        pytest.param("Ä l dreom sor g - och hem tj än st", "Äldreomsorg- och hemtjänst", id="letter-spaced"),
        pytest.param("Kostnaden för del av året", "Kostnaden för del av året", id="two-words-stay-two"),
        pytest.param("Kort tid i dag", "Kort tid i dag", id="compound-not-forced"),
        pytest.param("Anna Ek och Bo Al deltog", "Anna Ek och Bo Al deltog", id="names-stay"),
    ],
)
def test_split_words(damaged, mended):
    assert repaired(damaged) == mended


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        pytest.param("enligt soci-", "altjänstlagen", "enligt socialtjänstlagen", id="hyphenated"),
        pytest.param("barn-", "och ungdomsnämnden", "barn- och ungdomsnämnden", id="hanging-hyphen"),
        pytest.param("ny IT-", "utrustning", "ny IT-utrustning", id="capitals"),
        pytest.param("11-", "timmars dygnsvila", "11-timmars dygnsvila", id="number"),
        pytest.param("ett e-", "tjänstkonto", "ett e-tjänstkonto", id="one-letter"),
        pytest.param("året var", "bra", "året var bra", id="no-hyphen"),
    ],
)
def test_line_ends(first, second, joined):
    assert join_lines(first, second) == joined


def test_running_headers_and_page_numbers_are_cut_and_told():
    pages = tuple(f"Årsrapport 2023\nDet här är text på sidan som fortsätter utan punkt {n}x\n{n}" for n in range(1, 6))
    result = repair(Raw(pages, paged=True))
    assert [line.text for line in result.lines] == [
        f"Det här är text på sidan som fortsätter utan punkt {n}x" for n in range(1, 6)
    ]
    assert result.dropped.count("Årsrapport 2023") == 5
    assert all(line.seam for line in result.lines[1:])


def test_page_numbers_inside_a_text_without_pages():
    lines = []
    for page in range(1, 6):
        lines += ["Verksamheten har under året arbetat med att minska sina kostnader och"] * 30 + [str(page)]
    result = repair(Raw(("\n".join(lines),), paged=False))
    assert result.dropped == ("1", "2", "3", "4", "5")


def test_a_lone_figure_in_a_table_is_no_page_number():
    text = "Antal platser\n302\nAntal personer\n291\nAntal hushåll\n318"
    assert repair(Raw((text,), paged=False)).dropped == ()


@pytest.mark.parametrize(
    "line", ["Antal placerade barn vid årets slut: 23 (25)", "inte bättre än 3 av 12", "Målet nåddes i 4 (9)"]
)
def test_figures_that_look_like_page_numbers_are_kept(line):
    assert repair(Raw((f"Nämnden följer målen.\n{line}\nuppdrag är klara.",), paged=False)).dropped == ()


def test_two_years_with_a_slash_are_kept():
    assert "2022/2023" in repaired("Diff. utfall\n2022/2023\nIntäkter 12 13")


def test_double_spacing_is_undone():
    text = "\n\n".join(
        ["Nämnden har under året arbetat med sina mål och", "fortsätter med det under nästa år tills"] * 5
    )
    assert not any(line.blank_before for line in repair(Raw((text,), paged=False)).lines[1:])


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\uddef"])
def test_what_is_no_character_of_a_text_is_taken_out(character):
    (line,) = repair(Raw((f"Nettokostnaden{character} blev 12 tkr",), paged=True)).lines
    assert line.text == "Nettokostnaden blev 12 tkr"


def test_no_break_spaces_hold_a_number_together_and_nothing_else():
    assert repaired("Utfall 12\u00a0345 och\u00a0mer") == "Utfall 12\u00a0345 och mer"


SWEDISH = st.text(alphabet="abcdefghijklmnoprstuvyåäöABCÅÄÖ0123456789 .,-–\n\t%()•", max_size=300)


@settings(max_examples=200, deadline=None)
@given(st.lists(SWEDISH, min_size=1, max_size=4))
def test_no_letter_or_digit_is_lost_added_or_changed(pages):
    result = repair(Raw(tuple(pages), paged=True))
    built = structure(result.lines, len(pages), paged=True)
    before = sorted(key(unicodedata.normalize("NFC", "".join(pages))))
    assert sorted(key(built.text) + key("".join(result.dropped))) == before
