"""Where the words of a PDF page stand: its ruled tables as lines with tabs between the cells.

pypdf gives a page's words, PDFium the places of its letters and lines, and pdfplumber's functions
find the tables that the lines are drawn around.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from corpus import pdfium
from corpus.joining import join_lines

#: A grid of which fewer rows have two cells filled is a box around text, not a table.
FILLED_ROWS = 0.6
#: So large a share of a page's letters may be read otherwise than by pypdf, at most.
LOST = 0.02
#: A page that draws more lines than this is a map or a drawing.
MOST_LINES = 10_000
#: A table has at least two rows and two columns, and so the four sides of each of its cells.
FEWEST_LINES = 5

Item = dict[str, Any]


class Grids:
    """The ruled tables of one PDF, opened when a page is first asked for. To be closed."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._document: PdfDocument | None = None
        self._broken = False

    def page_text(self, index: int, plain: str) -> str | None:
        """The text of the page with this 0-based ``index``, its ruled tables with tabs.

        None if it has none, or if its words come out otherwise than in the ``plain`` text.
        """
        with pdfium.LOCK:
            page = self._page(index)
            if page is None:
                return None
            try:
                drawn = pdfium.lines(page, MOST_LINES)
                if not FEWEST_LINES <= len(drawn) < MOST_LINES:
                    return None
                ruled = _Ruled(drawn)
                return _with_tables(ruled, pdfium.glyphs(page), plain) if ruled.tables else None
            # pypdf has read the page already; what PDFium or pdfplumber stumbles over costs its tabs alone.
            except (PdfiumError, ValueError, KeyError, IndexError, ZeroDivisionError):
                return None
            finally:
                page.close()

    def close(self) -> None:
        with pdfium.LOCK:
            if self._document is not None:
                self._document.close()

    def _page(self, index: int) -> PdfPage | None:
        try:
            if self._document is None and not self._broken:
                self._document = PdfDocument(self._content)
            return self._document[index] if self._document and index < len(self._document) else None
        except PdfiumError:
            self._broken = True
            return None


class _Ruled:
    """The tables that a page's lines rule, in the form that pdfplumber's functions take a page."""

    def __init__(self, drawn: Iterable[pdfium.Line]) -> None:
        from pdfplumber.table import TableFinder

        self.edges: list[Item] = [_edge(line) for line in drawn]
        self.chars: list[Item] = []
        page: Any = self
        self.tables = TableFinder(page).tables


def _edge(line: pdfium.Line) -> Item:
    # A line a little off the level is level.
    x1, bottom = (line.x1, line.top) if line.level else (line.x0, line.bottom)
    return {
        "object_type": "line",
        "orientation": "h" if line.level else "v",
        "x0": line.x0,
        "x1": x1,
        "top": line.top,
        "bottom": bottom,
        "width": x1 - line.x0,
        "height": bottom - line.top,
    }


def _chars(glyphs: Iterable[pdfium.Glyph]) -> list[Item]:
    """Glyphs in the form that pdfplumber's functions take them. PDFium has left out those drawn twice to look bold."""
    return [
        {
            "text": text,
            "x0": x0,
            "x1": x1,
            "top": top,
            "bottom": bottom,
            "doctop": top,
            "upright": upright,
            "height": bottom - top,
            "width": x1 - x0,
            "size": bottom - top,
        }
        for text, x0, top, x1, bottom, upright in glyphs
    ]


Bounds = tuple[float, float, float, float]


def _within(char: Item, bounds: Bounds) -> bool:
    x: float = (char["x0"] + char["x1"]) / 2
    y: float = (char["top"] + char["bottom"]) / 2
    return bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3]


def _with_tables(ruled: _Ruled, glyphs: Iterable[pdfium.Glyph], plain: str) -> str | None:
    rest = _chars(glyphs)
    pieces = []
    for table in ruled.tables:
        bounds = table.bbox
        # pdfplumber looks for a cell's letters among all of its page's.
        ruled.chars = [char for char in rest if _within(char, bounds)]
        rows = [[_one_line(cell) for cell in row] for row in table.extract()]
        if _is_table(rows):
            pieces.append((bounds[1], "\n".join("\t".join(row).rstrip("\t") for row in rows)))
            rest = [char for char in rest if not _within(char, bounds)]
    if not pieces:
        return None
    text = "\n".join(piece for _, piece in sorted([*_lines(rest), *pieces], key=lambda each: each[0]))
    return text if _same_letters(text, plain) else None


def _lines(chars: list[Item]) -> list[tuple[float, str]]:
    """The lines of running text that letters stand on: how far down each is, and its words."""
    from pdfplumber.utils.clustering import cluster_objects
    from pdfplumber.utils.text import DEFAULT_Y_TOLERANCE, WordExtractor

    words = WordExtractor().extract_words(chars)
    lines = cluster_objects(words, lambda word: word["top"], DEFAULT_Y_TOLERANCE)
    return [(min(word["top"] for word in line), " ".join(word["text"] for word in line)) for line in lines]


def _one_line(cell: str | None) -> str:
    """A cell's lines as one; a cell that another one covers is empty."""
    lines = [" ".join(line.split()) for line in (cell or "").split("\n")]
    return reduce(join_lines, lines).strip()


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a grid holds a table with a figure in it, and not a form, a box or the parts of a drawing."""
    filled = [row for row in rows if any(row)]
    if len(filled) < 2 or max(map(len, filled)) < 2:
        return False
    several = sum(1 for row in filled if sum(map(bool, row)) >= 2)
    figures = sum(1 for row in filled for cell in row[1:] if re.match(r"^\W{0,3}\d[\d\s.,%]*$", cell))
    return several >= FILLED_ROWS * len(filled) and figures >= len(filled) / 2


def _same_letters(text: str, plain: str) -> bool:
    ours, theirs = (Counter(re.sub(r"[\W_]", "", each)) for each in (text, plain))
    lost = sum(((ours - theirs) + (theirs - ours)).values())
    return lost <= LOST * max(1, sum(theirs.values()))
