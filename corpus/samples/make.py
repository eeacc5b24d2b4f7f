"""Render the sample reports in ``source/`` to PDF files beside this module.

The municipalities Norrvik and Lindhaga are invented, and so is every person, place and figure
in the reports. Each source is a small subset of Markdown: front matter between two ``---``
lines, ``#`` headings that carry their own numbers, paragraphs, ``- `` bullets, pipe tables
after a ``Tabell: `` caption line, and ``\\pagebreak``. The same source always gives the same
bytes.

Run with ``python -m corpus.samples.make``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab import platypus as rl
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
MARK = "Påhittad exempelrapport – kommunen finns inte"
MARGIN = 25 * mm
WIDTH = A4[0] - 2 * MARGIN
CELL_PADDING = 3
SHORTEST_HYPHENATED = 9
SOFT_HYPHEN = "\u00ad"

# One consonant goes to the next line together with the vowel that follows it.
_BREAK = re.compile(
    r"(?<=[a-zåäö]{3})(?=[bcdfghklmnpqrstv][aeiouyåäö][a-zåäö])"
    r"(?!(?<=[cn])[gk]|(?<=[bdfgkpt])[lr]|(?<=s)[knpt])"
)
_LONG_WORD = re.compile(rf"[A-Za-zÅÄÖåäöé]{{{SHORTEST_HYPHENATED},}}")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_FIGURE = re.compile(r"[-–+]?[\d ,]*(?: ?%)?\*?")
_TOTAL = re.compile(r"Summa|Nettokostnad|Totalt")


@dataclass(frozen=True)
class Report:
    """One source file: what its front matter says, and the text that follows."""

    meta: dict[str, str]
    text: str


@dataclass(frozen=True)
class Styles:
    """The paragraph styles of one report."""

    body: ParagraphStyle
    bullet: ParagraphStyle
    caption: ParagraphStyle
    cell: ParagraphStyle
    figure: ParagraphStyle
    headings: list[ParagraphStyle]
    contents: list[ParagraphStyle]


def read_source(path: Path) -> Report:
    """Read a source file and split its front matter from its text."""
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    pairs = (line.split(":", 1) for line in front.splitlines())
    return Report({key.strip(): value.strip() for key, value in pairs}, text)


def hyphenate(text: str) -> str:
    """Put soft hyphens in the long words, where Swedish lets a line end."""
    return _LONG_WORD.sub(lambda word: _BREAK.sub(SOFT_HYPHEN, word.group()), text)


def markup(text: str) -> str:
    """Text as Paragraph takes it: escaped, hyphenated, its figures kept in one piece."""
    return hyphenate(escape(_THOUSANDS.sub("\u00a0", text)))


def make_styles(meta: dict[str, str]) -> Styles:
    """The styles for a report, from the size and alignment in its front matter."""
    size = float(meta["size"])
    align = TA_JUSTIFY if meta["align"] == "justify" else TA_LEFT
    body = ParagraphStyle(
        "body",
        fontName="Helvetica",
        fontSize=size,
        leading=size * 1.4,
        alignment=align,
        spaceAfter=size * 0.7,
        embeddedHyphenation=1,
    )
    bold = ParagraphStyle("bold", parent=body, fontName="Helvetica-Bold", alignment=TA_LEFT)
    cell = ParagraphStyle("cell", parent=body, fontSize=size - 1.5, leading=size, alignment=TA_LEFT, spaceAfter=0)
    headings = [
        ParagraphStyle(
            f"heading{level}",
            parent=bold,
            fontSize=size + extra,
            leading=(size + extra) * 1.25,
            spaceBefore=size * 0.9,
            spaceAfter=size * 0.5,
            keepWithNext=1,
        )
        for level, extra in enumerate((6.0, 2.5, 0.5))
    ]
    contents = [
        ParagraphStyle(f"contents{level}", parent=body, leftIndent=level * 14, spaceAfter=2) for level in range(2)
    ]
    return Styles(
        body=body,
        bullet=ParagraphStyle("bullet", parent=body, spaceAfter=2, alignment=TA_LEFT),
        caption=ParagraphStyle("caption", parent=bold, fontSize=size - 0.5, keepWithNext=1),
        cell=cell,
        figure=ParagraphStyle("figure", parent=cell, alignment=TA_RIGHT),
        headings=headings,
        contents=contents,
    )


def make_table(rows: list[list[str]], styles: Styles) -> rl.Table:
    """A ruled table: columns as wide as their longest cells ask for, figures to the right."""
    columns = list(zip(*rows, strict=True))
    weights = [min(max(max(map(len, column)), 8), 38) for column in columns]
    column_styles = [styles.figure if all(map(_FIGURE.fullmatch, column[1:])) else styles.cell for column in columns]
    cells = []
    for number, row in enumerate(rows):
        heavy = number == 0 or _TOTAL.match(row[0])
        texts = [f"<b>{markup(text)}</b>" if heavy else markup(text) for text in row]
        cells.append([rl.Paragraph(*pair) for pair in zip(texts, column_styles, strict=True)])
    table = rl.Table(
        cells,
        colWidths=[WIDTH * weight / sum(weights) for weight in weights],
        repeatRows=1,
        spaceAfter=styles.body.fontSize,
    )
    table.setStyle(
        rl.TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), CELL_PADDING),
                ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PADDING),
            ]
        )
    )
    return table


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """The text's blocks, each with its kind: page break, heading, bullets, table, paragraph."""
    for chunk in re.split(r"\n\s*\n", text.strip()):
        part = chunk.splitlines()
        if part[0] == "\\pagebreak":
            yield "pagebreak", []
        elif part[0].startswith("#"):
            yield "heading", part
        elif part[0].startswith("- "):
            yield "bullets", [line[2:] for line in part]
        elif part[0].startswith("Tabell: "):
            yield "table", part
        else:
            yield "paragraph", [" ".join(part)]


def story(report: Report, styles: Styles) -> Iterator[rl.Flowable]:
    """The report's flowing content, after its front page and its table of contents."""
    for kind, part in blocks(report.text):
        if kind == "pagebreak":
            yield rl.PageBreak()
        elif kind == "heading":
            hashes, text = part[0].split(" ", 1)
            yield rl.Paragraph(escape(text), styles.headings[len(hashes) - 1])
        elif kind == "bullets":
            items = [rl.ListItem(rl.Paragraph(markup(text), styles.bullet)) for text in part]
            mark = report.meta["bullet"]
            yield rl.ListFlowable(items, bulletType="bullet", start=mark, leftIndent=14)
            yield rl.Spacer(1, styles.body.spaceAfter)
        elif kind == "table":
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part[1:]]
            del rows[1]
            yield rl.Paragraph(escape(part[0]), styles.caption)
            yield make_table(rows, styles)
        else:
            yield rl.Paragraph(markup(part[0]), styles.body)


@dataclass(frozen=True)
class Entry:
    """A heading in the table of contents."""

    level: int
    text: str
    page: int


def contents_line(entry: Entry, styles: Styles) -> rl.Paragraph:
    """One line of the table of contents, with dots up to its page number."""
    style = styles.contents[entry.level]
    font = (style.fontName, style.fontSize)
    room = WIDTH - style.leftIndent - stringWidth(f"{entry.text}  {entry.page}", *font)
    dots = "." * int(room / stringWidth(".", *font))
    return rl.Paragraph(f"{escape(entry.text)} {dots} {entry.page}", style)


class Document(rl.BaseDocTemplate):  # type: ignore[misc]
    """A report's pages, drawn twice: the second time with the page numbers of the first."""

    def __init__(self, path: Path, meta: dict[str, str], total: int) -> None:
        super().__init__(
            str(path),
            pagesize=A4,
            title=f"{meta['title']}, {meta['municipality']}",
            author=meta["municipality"],
            subject=MARK,
            lang="sv-SE",
            invariant=1,
        )
        self.meta = meta
        self.total = total
        self.entries: list[Entry] = []
        frame = rl.Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates(
            [
                rl.PageTemplate("front", frame, self._draw_front, autoNextPageTemplate="text"),
                rl.PageTemplate("text", frame, self._draw_edges),
            ]
        )

    def afterFlowable(self, flowable: rl.Flowable) -> None:
        """Note the page of each heading on the two upper levels."""
        if isinstance(flowable, rl.Paragraph) and flowable.style.name in ("heading0", "heading1"):
            level = int(flowable.style.name[-1])
            self.entries.append(Entry(level, flowable.getPlainText(), self.page))

    def _draw_front(self, canvas: Canvas, _: Any) -> None:
        meta = self.meta
        canvas.setFont("Helvetica-Bold", 30)
        canvas.drawString(MARGIN, 200 * mm, f"{meta['kind']} {meta['year']}")
        canvas.setFont("Helvetica", 18)
        canvas.drawString(MARGIN, 187 * mm, meta["board"])
        canvas.drawString(MARGIN, 177 * mm, meta["municipality"])
        canvas.setFont("Helvetica", 12)
        canvas.drawString(MARGIN, 160 * mm, f"Period: {meta['period']}")
        canvas.drawString(MARGIN, MARGIN, MARK)

    def _draw_edges(self, canvas: Canvas, _: Any) -> None:
        meta = self.meta
        header = f"{meta['municipality']} · {meta['title']} · Påhittat exempel"
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN, A4[1] - 15 * mm, header)
        canvas.line(MARGIN, A4[1] - 17 * mm, A4[0] - MARGIN, A4[1] - 17 * mm)
        footer = meta["footer"].format(page=self.page, total=self.total)
        canvas.drawRightString(A4[0] - MARGIN, 13 * mm, footer)


def render_report(report: Report, target: Path) -> None:
    """Render a report to a PDF file."""
    styles = make_styles(report.meta)
    entries: list[Entry] = []
    total = 0
    for _ in range(2):
        document = Document(target, report.meta, total)
        document.build(
            [
                rl.Spacer(1, 1),
                rl.PageBreak(),
                rl.Paragraph("Innehåll", ParagraphStyle("contents", parent=styles.headings[0])),
                *(contents_line(entry, styles) for entry in entries),
                rl.PageBreak(),
                *story(report, styles),
            ]
        )
        entries, total = document.entries, document.page


def main() -> None:
    """Render every source file."""
    for source in sorted((HERE / "source").glob("*.md")):
        render_report(read_source(source), HERE / f"{source.stem}.pdf")


if __name__ == "__main__":
    main()
