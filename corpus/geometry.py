"""Where the words of a PDF page stand: its ruled tables as lines with tabs between the cells.

pypdf gives a page's words; pdfplumber finds the lines drawn around a table's cells. It is far
slower, so it only reads pages that look to have a table of figures.
"""

import io
import re
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

from corpus.joining import join_lines

if TYPE_CHECKING:
    from pdfplumber.page import Page

#: A grid of which fewer rows have two cells filled is a box around text, not a table.
FILLED_ROWS = 0.6
#: So large a share of a page's letters may be read otherwise than by pypdf, at most.
LOST = 0.02


class Grids:
    """The ruled tables of one PDF, opened when a page is first asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._pages: list[Page] | None = None

    def page_text(self, index: int, plain: str) -> str | None:
        """The text of the page with this 0-based ``index``, its ruled tables with tabs.

        None if it has none, or if its words come out otherwise than in the ``plain`` text.
        """
        page = self._page(index)
        if page is None:
            return None
        try:
            return _with_tables(page, plain)
        # pdfminer raises whatever a damaged page makes it stumble over; pypdf has read the page already.
        except Exception:
            return None
        finally:
            page.close()

    def _page(self, index: int) -> "Page | None":
        import pdfplumber

        if self._pages is None:
            try:
                self._pages = pdfplumber.open(io.BytesIO(self._content)).pages
            except Exception:
                self._pages = []
        return self._pages[index] if index < len(self._pages) else None


def _with_tables(page: "Page", plain: str) -> str | None:
    page = page.dedupe_chars()
    found = []
    for table in page.find_tables():
        rows = [[_one_line(cell) for cell in row] for row in table.extract()]
        if _is_table(rows):
            found.append((table.bbox, rows))
    if not found:
        return None

    def outside(item: dict[str, float]) -> bool:
        x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return not any(left <= x <= right and top <= y <= bottom for (left, top, right, bottom), _ in found)

    pieces = [(line["top"], line["text"]) for line in page.filter(outside).extract_text_lines(return_chars=False)]
    pieces += [(bbox[1], "\n".join("\t".join(row).rstrip("\t") for row in rows)) for bbox, rows in found]
    text = "\n".join(piece for _, piece in sorted(pieces, key=lambda each: each[0]))
    return text if _same_letters(text, plain) else None


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
