"""The figures of the sample reports, known from their sources, are read back from their PDFs."""

import re
from collections import Counter

import pytest

from corpus.load import load_report
from corpus.meaning import table_figures
from corpus.numerals import value
from corpus.samples.make import HERE, blocks, read_source

NAMES = sorted(path.stem for path in (HERE / "source").glob("*.md"))


def letters(text: str) -> str:
    """What line breaks in a narrow column leave of a text."""
    return re.sub(r"[\s\u00ad]", "", text)


def written(name: str) -> Counter[tuple[str, str, str]]:
    """Every cell with a number in the tables of a source: label, column and value."""
    found: Counter[tuple[str, str, str]] = Counter()
    for kind, lines in blocks(read_source(HERE / "source" / f"{name}.md").text):
        if kind != "table":
            continue
        head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
        for label, *cells in rows:
            for column, cell in zip(head[1:], cells, strict=True):
                if (amount := value(cell)) is not None:
                    found[letters(label), letters(column), str(amount)] += 1
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_read_back_and_none_wrong(name):
    figures = table_figures(load_report(HERE / f"{name}.pdf")[0])
    found = Counter((letters(f.label), letters(f.column), str(f.value)) for f in figures)
    expected = written(name)
    assert sum(expected.values()) > 100
    assert not found - expected
    # At least 99 of 100 are read; what is left out must be uncertain.
    assert sum((found & expected).values()) >= 0.99 * sum(expected.values())
