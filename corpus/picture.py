"""A PDF page as a picture with the words of quotes marked."""

import ctypes
import io
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from PIL import Image, ImageChops, ImageDraw
from pypdfium2 import PdfDocument, PdfiumError, PdfPage, raw

from corpus import pdfium
from corpus.errors import DamagedFile, UnreadableFile
from corpus.workers import Progress, Workers

#: Pixels for each point (1/72 inch): 2 gives an A4 page 1,190 by 1,684 pixels, sharp on a phone.
SCALE = 2.0
#: No side of a picture is longer, in pixels, whatever size the file says that its page has.
LONGEST_SIDE = 3_000
#: Multiplied with the page, so that the words under it stay as dark as they were.
MARK = (255, 224, 70)
#: Around the marked words, in points.
MARGIN = 1.0
#: So many letters on either side of a quote tell it from the same words elsewhere on its page.
CONTEXT = 60
#: Fewer letters than this are the same by chance.
TELLING = 4


#: No page takes longer to draw, in seconds; those of 26 public-sector PDFs take 0.1 to 0.4.
LONGEST_SECONDS = 5.0
#: So many seconds a page waits for others to be drawn.
WAIT_SECONDS = 10.0
#: So many pages that failed are remembered, the latest.
MOST_FAILED = 10_000


@dataclass(frozen=True, slots=True)
class Quote:
    """Words to mark on a page, and what stands before and after them there, as far as it is known."""

    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as PNG, ``width`` by ``height`` pixels; ``marked[i]`` tells whether the i-th quote was found.

    ``boxes`` are what is marked, as left, top, right and bottom in pixels from the upper left corner.
    """

    png: bytes
    width: int
    height: int
    marked: tuple[bool, ...]
    boxes: tuple[tuple[float, float, float, float], ...]


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case and in their plain forms; all else is lost."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


class Pictures:
    """Draws pages in a process of its own: a file that crashes it, or takes for ever, costs its own picture alone."""

    def __init__(self) -> None:
        self._workers = Workers(__name__, most=1, stuck=LONGEST_SECONDS)
        self._lock = Lock()
        self._drawn = 0
        self._failed: OrderedDict[tuple[Path, int, int], str] = OrderedDict()

    def draw(self, path: Path, page: int, quotes: Sequence[Quote] = ()) -> Picture:
        """As ``page_picture``, one at a time. A page that failed is not tried again while its file is the same.

        Raises:
            UnreadableFile: if the page can't be drawn, or others keep the process busy.
            IndexError: if there is no such page.
        """
        key = path, _changed(path), page
        self._refuse(key)
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise UnreadableFile(f"{path.name} ritas inte just nu, för andra sidor ritas; försök igen om en stund.")
        try:
            # Whoever drew meanwhile may have met with the same page.
            self._refuse(key)
            self._drawn += 1
            self._workers.start(self._drawn, _draw, path, page, tuple(quotes))
            drawn = self._workers.result(self._drawn)
        except UnreadableFile as error:
            self._failed[key] = str(error)
            while len(self._failed) > MOST_FAILED:
                self._failed.popitem(last=False)
            raise
        finally:
            self._lock.release()
        if drawn is None:
            raise IndexError(f"no page {page}")
        assert isinstance(drawn, Picture)
        return drawn

    def _refuse(self, key: tuple[Path, int, int]) -> None:
        if failed := self._failed.get(key):
            raise UnreadableFile(failed)

    def warm(self) -> None:
        """Start the process, that the first picture need not wait for it."""
        with self._lock:
            self._workers.warm()

    def close(self) -> None:
        """End the process."""
        self._workers.close()


def _changed(path: Path) -> int:
    """When a file was changed; 0 for one that isn't there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _draw(path: Path, page: int, quotes: Sequence[Quote], tell: Progress) -> Picture | None:
    """The work of the process; None where there is no such page."""
    try:
        return page_picture(path, page, quotes)
    except IndexError:
        return None


def page_picture(path: Path, page: int, quotes: Sequence[Quote] = ()) -> Picture:
    """Draw the 1-based ``page`` of a PDF and mark the quotes on it.

    A quote is found by its letters and digits alone, since what stands between them was repaired
    when the report was read. Of the same words twice, those are marked that have most of the same
    letters around them: a page's running header may say what its text says. One that isn't found
    in one stretch is looked for cell by cell on one line, as tables have it. One that still isn't
    found, or could be either of two, is not marked: there is no nearly.

    Raises:
        DamagedFile: if the file can't be drawn.
        IndexError: if there is no such page.
    """
    with pdfium.LOCK:
        try:
            document = PdfDocument(path)
            try:
                if not 1 <= page <= len(document):
                    raise IndexError(f"no page {page}")
                return _drawn(document[page - 1], quotes)
            finally:
                document.close()
        except PdfiumError as error:
            raise DamagedFile(f"{path.name} gick inte att rita; öppna filen i stället.") from error


def _drawn(page: PdfPage, quotes: Sequence[Quote]) -> Picture:
    width, height = page.get_size()
    scale = min(SCALE, LONGEST_SIDE / max(width, height, 1.0))
    image = page.render(scale=scale).to_pil().convert("RGB")
    glyphs = _Glyphs(page)
    found = [glyphs.find(quote) for quote in quotes]
    boxes = [_pixels(page, box, image.size) for places in found for box in places]
    if boxes:
        over = Image.new("RGB", image.size, "white")
        draw = ImageDraw.Draw(over)
        for box in boxes:
            draw.rectangle(box, fill=MARK)
        image = ImageChops.multiply(image, over)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return Picture(out.getvalue(), image.width, image.height, tuple(map(bool, found)), tuple(boxes))


Box = tuple[float, float, float, float]


def _pixels(page: PdfPage, box: Box, size: tuple[int, int]) -> Box:
    """A box in the page's own points, however it is turned or cropped, in pixels of its picture, with a margin."""
    corners = []
    for x, y in ((box[0] - MARGIN, box[1] - MARGIN), (box[2] + MARGIN, box[3] + MARGIN)):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x0, y0), (x1, y1) = corners
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


class _Glyphs:
    """A page's letters and digits in the file's order, with where each stands."""

    def __init__(self, page: PdfPage) -> None:
        self._page = page.get_textpage()
        plain: list[str] = []
        self._of: list[int] = []
        for at in range(self._page.count_chars()):
            for letter in letters(chr(raw.FPDFText_GetUnicode(self._page, at))):
                plain.append(letter)
                self._of.append(at)
        self._plain = "".join(plain)

    def find(self, quote: Quote) -> list[Box]:
        """The boxes of a quote, one for each of its lines; none if it isn't there."""
        place = self._likeliest(self._places(letters(quote.text)), quote)
        return self._lines([place]) if place else self._cells(quote)

    def _likeliest(self, places: Sequence[range], quote: Quote) -> range | None:
        """The place whose surroundings are most like the quote's; None where two are equally so."""
        if len(places) < 2:
            return places[0] if places else None
        before, after = letters(quote.before)[-CONTEXT:], letters(quote.after)[:CONTEXT]

        def shared(place: range) -> int:
            reversed_before = self._plain[max(0, place.start - CONTEXT) : place.start][::-1]
            return _common(reversed_before, before[::-1]) + _common(self._plain[place.stop :], after)

        first, second = sorted(places, key=shared, reverse=True)[:2]
        return first if shared(first) > shared(second) and shared(first) >= TELLING else None

    def _places(self, wanted: str) -> list[range]:
        found: list[range] = []
        at = self._plain.find(wanted) if wanted else -1
        while at >= 0:
            found.append(range(at, at + len(wanted)))
            at = self._plain.find(wanted, at + len(wanted))
        return found

    def _cells(self, quote: Quote) -> list[Box]:
        """A table's row whose cells the file has in another order: those of its cells that stand beside its first."""
        cells = [letters(cell) for line in quote.text.split("\n") for cell in line.split("\t")]
        cells = [cell for cell in cells if cell]
        if len(cells) < 2:
            return []
        rows = [row for label in self._places(cells[0]) if (row := self._row(label, cells[1:]))]
        return self._lines(rows[0]) if len(rows) == 1 else []

    def _row(self, label: range, cells: Sequence[str]) -> list[range]:
        """A row's label with its cells beside it; nothing if one of them isn't there."""
        line = self._box(label)
        chosen = [label]
        for cell in cells:
            left = [place for place in self._places(cell) if place not in chosen and self._whole(place)]
            beside = [place for place in left if _level(self._box(place), line)]
            if not beside:
                return []
            chosen.append(beside[0])
        return chosen

    def _whole(self, place: range) -> bool:
        """Whether a number is not the end or the beginning of a longer one."""
        before = place.start and self._of[place.start] == self._of[place.start - 1] + 1
        after = place.stop < len(self._of) and self._of[place.stop] == self._of[place.stop - 1] + 1
        return not (
            (before and self._plain[place.start - 1].isdigit() and self._plain[place.start].isdigit())
            or (after and self._plain[place.stop].isdigit() and self._plain[place.stop - 1].isdigit())
        )

    def _box(self, place: range) -> Box:
        return _around(self._page.get_charbox(self._of[at], loose=True) for at in place)

    def _lines(self, places: Iterable[range]) -> list[Box]:
        lines: list[Box] = []
        for place in places:
            new = True
            for at in place:
                box: Box = self._page.get_charbox(self._of[at], loose=True)
                if not new and _level(box, lines[-1]) and box[0] >= lines[-1][0]:
                    lines[-1] = _around((lines[-1], box))
                else:
                    lines.append(box)
                new = False
        return lines


def _common(first: str, second: str) -> int:
    """How many letters two texts begin with in common."""
    unlike = (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)
    return next(unlike, min(len(first), len(second)))


def _around(boxes: Iterable[Box]) -> Box:
    left, bottom, right, top = zip(*boxes, strict=True)
    return (min(left), min(bottom), max(right), max(top))


def _level(box: Box, line: Box) -> bool:
    """Whether a box stands on a line: its middle is within it."""
    return line[1] <= (box[1] + box[3]) / 2 <= line[3]
