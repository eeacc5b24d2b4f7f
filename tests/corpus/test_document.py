"""The invariants of reports and passages, on the sample reports: exact offsets, nothing lost."""

import pytest

from corpus.document import BODY
from corpus.load import load_report
from corpus.split import LONGEST, sentences, split
from index.samples import sample_files


@pytest.fixture(scope="module", params=[path.name for path in sample_files()])
def report(request):
    return load_report(next(path for path in sample_files() if path.name == request.param))[0]


def test_passages_hold_each_body_block_once_and_nothing_else(report):
    covered = bytearray(len(report.text))
    for passage in split(report):
        for at in range(passage.start, passage.end):
            assert not covered[at]
            covered[at] = 1
    for block in report.blocks:
        inside = covered[block.start : block.end]
        text = report.text[block.start : block.end]
        held = {bool(flag) for flag, char in zip(inside, text, strict=True) if not char.isspace()}
        assert held <= {block.kind in BODY}


def test_passages_stay_in_their_section_and_size(report):
    sections = report.sections
    for passage in split(report):
        section = next(s for s in sections if s.start <= passage.start < s.end)
        assert passage.end <= section.end
        assert passage.heading_path == section.path
        assert passage.end - passage.start <= LONGEST * 1.2


def test_pages_are_computed_from_offsets(report):
    assert report.page_starts[0] == 0
    assert list(report.page_starts) == sorted(report.page_starts)
    for number, start in enumerate(report.page_starts, 1):
        if start < len(report.text) and report.page_starts.count(start) == 1:
            assert report.page(start) == number


def test_no_running_header_or_contents_in_a_passage(report):
    for passage in split(report):
        text = report.text[passage.start : passage.end]
        assert "· Påhittat exempel" not in text
        assert "....." not in text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("Ett mål nåddes. Ett annat inte.", 2, id="two"),
        pytest.param("Det gäller bl.a. Täby och t.ex. Mark.", 1, id="abbreviations"),
        pytest.param("Målet är 80 %. Utfallet är lägre.", 2, id="percent"),
        pytest.param("Så var det 2023. Nu är det bättre.", 2, id="year"),
        pytest.param("Det blev 9,7 mnkr. Orsaken är hyror m.m. Nu sparar vi.", 3, id="units-and-more"),
        pytest.param("Se avsnitt 4. Ekonomi och mer.", 1, id="number"),
        pytest.param("Var det så? Ja! Så var det", 3, id="marks"),
        pytest.param("Vi går framåt. Åtgärderna biter.", 2, id="begins-with-å"),
    ],
)
def test_sentences(text, count):
    spans = list(sentences(text))
    assert len(spans) == count
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
