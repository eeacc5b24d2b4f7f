"""Report files to pages of raw text: one reader per format, chosen by content, not by name."""

import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    NoTextLayer,
    TooLarge,
    UnreadableFile,
    UnsupportedFormat,
    reason,
)
from corpus.geometry import Grids

if TYPE_CHECKING:
    from docx.table import _Row as TableRow
    from pypdf import PageObject

SUFFIXES = (".pdf", ".docx", ".txt")
#: Reports have 20–200 pages; a file far beyond that is something else, or many reports in one.
MOST_PAGES = 1_000
MOST_BYTES = 200_000_000
#: A DOCX is a zip; one that unpacks to more than this is not a report.
MOST_UNPACKED_BYTES = 500_000_000

#: Called with (pages read, pages in all) while a file is read.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Raw:
    """A file's text, page by page, before any repair. ``paged`` is False where pages are unknown."""

    pages: tuple[str, ...]
    paged: bool
    notes: tuple[str, ...] = ()


def read_raw(path: Path, progress: Progress | None = None) -> Raw:
    """Read a PDF, DOCX or TXT file.

    Raises:
        UnreadableFile: a subclass per cause; the message names the file and says what to do.
    """
    content = read_bytes(path)
    if not content.strip():
        raise EmptyFile(f"{path.name} är tom; hämta filen på nytt från källan.")
    form = _format(content[:1024])
    if form == "pdf":
        return _read_pdf(content, path.name, progress)
    if form == "docx":
        return _read_docx(content, path.name)
    if path.suffix.lower() == ".txt":
        return _read_text(content, path.name)
    raise UnsupportedFormat(
        f"{path.name} är inte en PDF-, DOCX- eller TXT-fil, vad namnet än säger; "
        "exportera rapporten som PDF och försök igen."
    )


def file_format(path: Path) -> str:
    """What a report file is by its content, whatever its name says: ``pdf``, ``docx``, or else ``txt``.

    Raises:
        OSError: if it can't be read.
    """
    with path.open("rb") as file:
        return _format(file.read(1024))


def _format(beginning: bytes) -> str:
    if b"%PDF-" in beginning:
        return "pdf"
    return "docx" if beginning.startswith(b"PK\x03\x04") else "txt"


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that is no larger than a report can be.

    Raises:
        UnreadableFile: if it can't be read, or is too large.
    """
    try:
        if not path.is_file() and path.exists():
            raise UnreadableFile(f"{path.name} är ingen vanlig fil; ange en rapportfil eller en mapp.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise TooLarge(
                f"{path.name} är {size // 1_000_000} MB stor, men högst {MOST_BYTES // 1_000_000} MB "
                "läses; spara den utan stora bilder eller dela upp den."
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"{path.name} gick inte att öppna ({reason(error)}); kontrollera sökvägen och rättigheterna."
        ) from error


def _read_pdf(content: bytes, name: str, progress: Progress | None) -> Raw:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # pypdf warns about every small fault it mends; only faults that stop us are worth a word.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    damaged = f"{name} är skadad eller ofullständig; hämta filen på nytt från källan."
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise EncryptedFile(f"{name} är lösenordsskyddad; spara en kopia utan lösenord och försök igen.")
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise TooLarge(
                f"{name} har {count} sidor, men högst {MOST_PAGES} läses; dela upp filen i en rapport per fil."
            )
        pages = []
        remarks = 0
        with closing(Grids(content)) as grids:
            for number, page in enumerate(reader.pages, 1):
                pages.append(_page_text(page, number - 1, grids))
                remarks += _remarks(page)
                if progress:
                    progress(number, count)
    except UnreadableFile:
        raise
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
        raise DamagedFile(damaged) from error
    except (RecursionError, MemoryError, NotImplementedError, AssertionError, ImportError) as error:
        raise DamagedFile(damaged) from error
    if not pages:
        raise EmptyFile(f"{name} har inga sidor; hämta filen på nytt från källan.")
    blank = sum(1 for page in pages if not _has_words(page))
    if blank == len(pages):
        raise NoTextLayer(f"{name} saknar textlager (sidorna är bilder); kör texttolkning (OCR) och försök igen.")
    notes = (f"{blank} av {len(pages)} sidor saknar text och kan inte sökas.",) if blank else ()
    return Raw(tuple(pages), paged=True, notes=notes + _noted(remarks))


#: How readers of a PDF write in its margins.
REMARKS = frozenset({"/Text", "/FreeText", "/Highlight", "/StrikeOut", "/Underline", "/Caret"})


def _remarks(page: "PageObject") -> int:
    """How many remarks with words in them somebody has put on a page."""
    try:
        found = [note.get_object() for note in page.get("/Annots") or ()]
        return sum(1 for note in found if note.get("/Subtype") in REMARKS and note.get("/Contents"))
    # A page whose remarks are damaged may be whole for all that.
    except Exception:
        return 0


def _noted(remarks: int) -> tuple[str, ...]:
    """A warning of what is not read as the report's text but goes with its file."""
    if not remarks:
        return ()
    count = "en kommentar eller spårad ändring" if remarks == 1 else f"{remarks} kommentarer eller spårade ändringar"
    return (f"Filen har {count}, som inte läses men kan ses av den som öppnar filen; ta bort dem före publicering.",)


#: A line that is figures alone, or ends in two or more: a table, whose cells want their places.
FIGURES_ONLY = re.compile(r"^\s*[-−–+<>≤≥=]?\d[\d\s.,%*]*$")
FIGURES_LAST = re.compile(
    r"\S\s+[-−–+<>≤≥=]?\d[\d.,%]*\s+(?:[a-zA-Z]{0,2}kr\s+)?[-−–+<>≤≥=]?\d[\d.,%]*(?:\s[a-zA-Z]{0,2}kr)?\s*$"
)
TABLE_LINES = 4
#: So wide a gap on a line parts two cells.
GAP = re.compile(r" {3,}")
NARROW_GAP = re.compile(r" {2,}")


def _page_text(page: "PageObject", index: int, grids: Grids) -> str:
    """The page's text in reading order; with tabs between the cells where it has a table."""
    plain = page.extract_text() or ""
    lines = plain.split("\n")
    if sum(1 for line in lines if FIGURES_ONLY.match(line) or FIGURES_LAST.search(line)) < TABLE_LINES:
        return plain
    ruled = grids.page_text(index, plain)
    if ruled is not None:
        return ruled
    try:
        placed = page.extract_text(extraction_mode="layout") or ""
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, ZeroDivisionError):
        return plain
    # Text in several columns would be mixed up, and text that layout loses is worse than no tabs.
    if sorted(re.sub(r"\s", "", placed)) != sorted(re.sub(r"\s", "", plain)) or _in_columns(placed):
        return plain
    return with_tabs(placed)


def _in_columns(placed: str) -> bool:
    """Whether running text stands side by side on the page."""
    wide = [[len(part.strip()) for part in GAP.split(line.strip())] for line in placed.split("\n")]
    return sum(1 for parts in wide if sum(1 for size in parts if size > 30) >= 2) >= 5


def with_tabs(placed: str) -> str:
    """Turn the gaps of fixed-width lines into tabs, one for each column of the table around them.

    >>> with_tabs("Mått       2022   2023\\nPlatser             12")
    'Mått\\t2022\\t2023\\nPlatser\\t\\t12'
    """
    result: list[str] = []
    table: list[list[_Span]] = []
    lines = placed.split("\n")
    for at, line in enumerate([*lines, ""]):
        if not line.strip() and table and len(_spans(next(filter(str.strip, lines[at:]), ""))) > 1:
            # Wide line spacing parts no rows of a table.
            continue
        spans = _spans(line)
        if len(spans) > 1 or (table and len(spans) == 1 and _label_part(spans[0], table)):
            table.append(spans)
            continue
        result.extend(_table_lines(table))
        table = []
        result.append(line.strip())
    return "\n".join(result[:-1])


@dataclass(frozen=True, slots=True)
class _Span:
    """A piece of a fixed-width line and where it stands."""

    text: str
    start: int
    end: int


def _spans(line: str) -> list[_Span]:
    spans, at = [], 0
    # On a line with one wide gap, narrower ones part cells too.
    gaps = NARROW_GAP.finditer(line) if GAP.search(line.strip()) else ()
    for gap in [*gaps, None]:
        end = gap.start() if gap else len(line.rstrip())
        if line[at:end].strip():
            lead = len(line[at:end]) - len(line[at:end].lstrip())
            spans.append(_Span(line[at:end].strip(), at + lead, end))
        at = gap.end() if gap else end
    return spans


def _label_part(span: _Span, table: list[list[_Span]]) -> bool:
    """Whether a piece alone on its line is part of a broken label in the table above it."""
    first = min(spans[0].start for spans in table)
    second = min((spans[1].start for spans in table if len(spans) > 1), default=0)
    return abs(span.start - first) <= 2 and span.end <= second and not span.text.endswith(".")


def _table_lines(table: list[list[_Span]]) -> list[str]:
    if not table:
        return []
    count = max(len(spans) for spans in table)
    full = [spans for spans in table if len(spans) == count]
    columns = [(min(s[at].start for s in full), max(s[at].end for s in full)) for at in range(count)]
    rows: list[list[str]] = []
    for spans in table:
        cells = [""] * len(columns)
        for order, span in enumerate(spans):
            at = (
                order
                if len(spans) == count
                else min(range(len(columns)), key=lambda index: _distance(span, columns[index]))
            )
            cells[at] = f"{cells[at]} {span.text}".strip()
        label_only = not any(cells[1:])
        if label_only and rows and any(rows[-1][1:]) and cells[0][:1].islower():
            rows[-1][0] = f"{rows[-1][0]} {cells[0]}".strip()
        elif rows and not any(rows[-1][1:]) and not cells[0]:
            rows[-1] = [rows[-1][0], *cells[1:]]
        else:
            rows.append(cells)
    return ["\t".join(row) if any(row[1:]) else row[0] for row in rows]


def _distance(span: _Span, column: tuple[int, int]) -> int:
    """How far a piece is from a column: none where they overlap, else the gap; edges break ties."""
    gap = max(span.start - column[1], column[0] - span.end, 0)
    return 1000 * gap + min(abs(span.start - column[0]), abs(span.end - column[1]))


def _has_words(text: str) -> bool:
    return re.search(r"[^\W\d_]{2}", text) is not None


def _read_docx(content: bytes, name: str) -> Raw:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "word/document.xml" not in archive.namelist():
                raise UnsupportedFormat(
                    f"{name} är ett zip-arkiv men inget Word-dokument; packa upp det och lägg till filerna i det."
                )
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise TooLarge(f"{name} är för stor när den packas upp; spara den utan bilder eller dela upp den.")
        document = docx.Document(io.BytesIO(content))
        parts: list[str] = []
        for item in document.iter_inner_content():
            if isinstance(item, Table):
                parts.append("\n".join("\t".join(_row_cells(row)) for row in item.rows))
            elif item.text.strip():
                bullet = item.style is not None and (item.style.name or "").startswith("List")
                parts.append(f"• {item.text}" if bullet else item.text)
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise DamagedFile(f"{name} är skadad eller ofullständig; hämta filen på nytt från källan.") from error
    remarks = len(document.element.xpath("//w:commentReference | //w:ins | //w:del"))
    text = "\n\n".join(parts)
    if not text.strip():
        raise EmptyFile(f"{name} innehåller ingen text; kontrollera att rätt fil valdes.")
    return Raw((text,), paged=False, notes=_noted(remarks))


def _row_cells(row: "TableRow") -> Iterator[str]:
    """The texts of a row's cells; one that spans several columns stands in the first of them."""
    before = None
    for cell in row.cells:
        yield "" if cell._tc is before else " ".join(cell.text.split())
        before = cell._tc


UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def decoded(content: bytes) -> tuple[str, bool]:
    """A text file's text, and whether its encoding is sure: UTF-8, or UTF-16 by its mark; else it is Windows-1252."""
    if content.startswith(UTF_16):
        return content.decode("utf-16", errors="replace"), True
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), False


def _read_text(content: bytes, name: str) -> Raw:
    if b"\x00" in content and not content.startswith(UTF_16):
        raise DamagedFile(f"{name} innehåller nollbyte och är ingen ren textfil; spara den som TXT i UTF-8.")
    text, sure = decoded(content)
    notes = () if sure else ("Filen är inte i UTF-8 och lästes som Windows-1252; kontrollera å, ä och ö.",)
    if not _has_words(text):
        raise EmptyFile(f"{name} innehåller ingen läsbar text; kontrollera att rätt fil valdes.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    pages = tuple(text.split("\f"))
    return Raw(pages, paged=len(pages) > 1, notes=notes)
