"""Headings, lists, tables and contents are told apart, with exact offsets."""

from corpus.document import BlockKind
from corpus.read import Raw
from corpus.repair import repair
from corpus.structure import Structured, structure


def built(text: str) -> Structured:
    return structure(repair(Raw((text,), paged=False)).lines, 1, paged=False)


def blocks(text: str) -> list[tuple[str, str]]:
    result = built(text)
    return [(block.kind.value, result.text[block.start : block.end]) for block in result.blocks]


def test_numbered_headings_have_their_depth():
    result = built("1 Ekonomi\nNämnden höll sin budget.\n1.2.1 Analys av utfall\nUtfallet blev bättre än väntat.")
    levels = [(block.level, result.text[block.start : block.end]) for block in result.blocks if block.level]
    assert levels == [(1, "1 Ekonomi"), (3, "1.2.1 Analys av utfall")]


def test_a_full_line_of_text_is_no_heading():
    text = (
        "Nämnden har arbetat med sina mål under hela året.\n"
        "Verksamheten har deltagit i ett projekt om välfärdsteknik, finansierat av\n"
        "Omställningsfonden, och det fortsätter nästa år med fler deltagare än i år."
    )
    assert all(kind == "paragraph" for kind, _ in blocks(text))


def test_items_and_numbered_lists():
    text = "Fyra rapporter har lämnats:\n• Fler avvikelser på gruppbostad\n1. Brist i handläggning\n2. Utebliven insats"
    assert [kind for kind, _ in blocks(text)] == ["paragraph", "item", "item", "item"] or [
        kind for kind, _ in blocks(text)
    ] == ["heading", "item", "item", "item"]


def test_a_lone_bullet_goes_with_its_line():
    assert ("item", "• Fler beviljade timmar") in blocks(
        "Orsakerna var flera.\n•\nFler beviljade timmar\n•\nHögre priser"
    )


def test_contents_are_not_body():
    text = "Innehållsförteckning\n1 Sammanfattning ........ 3\n2 Ekonomi\t4\n1 Sammanfattning\nNämnden höll sin budget."
    kinds = blocks(text)
    assert [kind for kind, _ in kinds] == ["contents", "contents", "contents", "heading", "paragraph"]


def test_row_labels_over_several_lines_are_put_together():
    text = (
        "Följetal Utfall 2022 Utfall 2023\n"
        "Antal hushåll som får bistånd\nper månad, medel\n229 209\n"
        "Barn och ungdom, vårddygn på\nboende\n4 545 3 693"
    )
    assert blocks(text) == [
        ("table_head", "Följetal Utfall 2022 Utfall 2023"),
        ("row", "Antal hushåll som får bistånd per månad, medel 229 209"),
        ("row", "Barn och ungdom, vårddygn på boende 4 545 3 693"),
    ]


def test_a_head_that_wraps_over_many_lines():
    text = "Konto (tkr) Utfall\n2024\nPrognos\nhelår\n2024\nAvv.\nprognos/\nutfall\n2024\nHyror 12 345 12 600 255"
    assert blocks(text)[0] == ("table_head", "Konto (tkr) Utfall 2024 Prognos helår 2024 Avv. prognos/ utfall 2024")


def test_a_comment_left_behind_is_not_body():
    text = "Antal hushåll ökade under året.\nLisa* Vill kolla siffran när december finns\nÅret slutade väl."
    assert ("remark", "Lisa* Vill kolla siffran när december finns") in [(kind, words) for kind, words in blocks(text)]


def test_blocks_tile_the_text():
    result = built("1 Ekonomi\nNämnden höll budget.\n• Ett\n• Två\nMått 2022 2023\nPlatser 12 13\nKö 4 5")
    assert result.blocks[0].start == 0
    for first, second in zip(result.blocks, result.blocks[1:], strict=False):
        assert result.text[first.end : second.start] == "\n"
    assert result.blocks[-1].end == len(result.text)
    assert BlockKind.ROW in {block.kind for block in result.blocks}


def test_footnotes_stand_alone():
    text = "Sjukfrånvaro* 2023 2022\nTotalt 8,2 11,2\nMän 4,0 4,6\n*Avser januari till juli\nSjukfrånvaron har minskat."
    assert ("paragraph", "*Avser januari till juli") in blocks(text)
