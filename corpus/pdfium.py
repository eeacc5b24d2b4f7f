"""What PDFium tells of a PDF's pages: where its glyphs and its drawn lines stand.

PDFium is one library with one state: two threads in it at once crash the process, so whoever opens
a document with pypdfium2 holds ``LOCK`` until it is closed.
"""

import ctypes
import math
from collections.abc import Callable, Iterator
from threading import Lock
from typing import NamedTuple

from pypdfium2 import PdfObject, PdfPage, raw

LOCK = Lock()

#: PDFium's stand-in for a hyphen at the end of a line.
HYPHENS = {"\x02": "-", "\ufffe": "-"}
#: Forms within forms deeper than this are no report's.
DEEPEST = 8
#: Letters that lean less than this are upright: the cosine of an eighth of a half turn.
UPRIGHT = math.cos(math.pi / 8)
#: Nearly level lines are drawn by programs that round, in points.
LEVEL = 0.5


class Glyph(NamedTuple):
    """A character and its box as it is seen: points from the page's upper left corner, right and down."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    upright: bool


class Line(NamedTuple):
    """A drawn line, or a side of a drawn box, level or plumb, from (x0, top) to (x1, bottom)."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def level(self) -> bool:
        return self.bottom - self.top < self.x1 - self.x0


Place = Callable[[float, float], tuple[float, float]]


def placing(page: PdfPage) -> Place:
    """From a page's own coordinates to points from its upper left corner, however it is turned or cropped."""
    left, bottom, right, top = page.get_cropbox()
    width, height = right - left, top - bottom
    turns: dict[int, Place] = {
        0: lambda x, y: (x - left, height - (y - bottom)),
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (width - (x - left), y - bottom),
        270: lambda x, y: (height - (y - bottom), width - (x - left)),
    }
    return turns[page.get_rotation()]


def glyphs(page: PdfPage) -> list[Glyph]:
    """The characters that the page draws, in the file's order."""
    opened = page.get_textpage()
    # The handle itself: through the object each of the many calls takes half as long again.
    text = opened.raw
    place, turned = placing(page), math.radians(page.get_rotation())
    box = raw.FS_RECTF()
    found = []
    upright: bool | None = None
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    for at in range(raw.FPDFText_CountChars(text)):
        letter = chr(unicode_of(text, at))
        if letter.isspace():
            # A word is drawn in one direction. PDFium makes up spaces and line breaks of its own.
            upright = None
            if raw.FPDFText_IsGenerated(text, at) == 1:
                continue
        if not box_of(text, at, box):
            continue
        if upright is None:
            # PDFium's angle is against the clock, the page's turn with it.
            upright = math.cos(raw.FPDFText_GetCharAngle(text, at) - turned) > UPRIGHT
        (x0, y0), (x1, y1) = place(box.left, box.top), place(box.right, box.bottom)
        found.append(Glyph(HYPHENS.get(letter, letter), min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), upright))
    return found


def lines(page: PdfPage, most: int) -> list[Line]:
    """The level and plumb lines that the page draws, ``most`` of them at most."""
    place = placing(page)
    found: list[Line] = []
    for path in page.get_objects([raw.FPDF_PAGEOBJ_PATH], max_depth=DEEPEST):
        for begin, end in _strokes(path):
            (x0, y0), (x1, y1) = place(*begin), place(*end)
            if min(abs(x1 - x0), abs(y1 - y0)) < LEVEL:
                found.append(Line(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
            if len(found) == most:
                return found
    return found


Point = tuple[float, float]


def _strokes(path: PdfObject) -> Iterator[tuple[Point, Point]]:
    """The strokes of a path from point to point, in the page's own coordinates."""
    matrix, form = path.get_matrix(), path.container
    while form is not None:
        matrix, form = matrix.multiply(form.get_matrix()), form.container
    x, y = ctypes.c_float(), ctypes.c_float()
    begun: Point | None = None
    here: Point | None = None
    for at in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        before, here = here, matrix.on_point(x.value, y.value)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            begun = here
        elif before:
            yield before, here
        if begun and raw.FPDFPathSegment_GetClose(segment):
            yield here, begun
