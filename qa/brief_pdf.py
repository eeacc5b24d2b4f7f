"""A brief as a PDF, with its footnotes numbered after the text."""

import io
from functools import cache
from html import escape
from pathlib import Path

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from qa.brief import PROOF, Brief

#: reportlab's own fonts have the letters of Western Europe, and are embedded in the file.
FONTS = {"Vera": "Vera.ttf", "Vera-Bold": "VeraBd.ttf", "Vera-Italic": "VeraIt.ttf", "Vera-BoldItalic": "VeraBI.ttf"}
GREY = HexColor("#444444")


@cache
def _fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily("Vera", "Vera", "Vera-Bold", "Vera-Italic", "Vera-BoldItalic")


def pdf_bytes(brief: Brief) -> bytes:
    """The document as a file's bytes."""
    _fonts()
    body = ParagraphStyle("body", fontName="Vera", fontSize=10, leading=15, spaceAfter=3 * mm)
    small = ParagraphStyle("small", body, fontSize=8, leading=11, textColor=GREY, spaceAfter=2 * mm)
    heading = ParagraphStyle("heading", body, fontName="Vera-Bold", fontSize=15, leading=20, spaceAfter=4 * mm)
    under = ParagraphStyle("under", body, fontName="Vera-Bold", fontSize=11, spaceBefore=5 * mm)
    story = [Paragraph(_safe(brief.question), heading)]
    if brief.read_as:
        story.append(Paragraph(_safe(f"Frågan lästes som «{brief.read_as}»."), small))
    story.append(Paragraph(_safe(f"Sökt i: {brief.scope}."), small))
    story += [Paragraph(text, body) for text in _paragraphs(brief)]
    story += [Paragraph(f"<i>{_safe(f'Obs! {remark}')}</i>", body) for remark in brief.remarks]
    if brief.footnotes:
        story.append(Paragraph("Källor", under))
        story += [
            Paragraph(f'<a name="not{each.number}"/>{each.number}. {_safe(each.place)}: «{_safe(each.quote)}»', small)
            for each in brief.footnotes
        ]
    story.append(Spacer(1, 4 * mm))
    story += [
        Paragraph(_safe(line), small) for line in (PROOF if brief.answered else "", brief.made, brief.link) if line
    ]
    out = io.BytesIO()
    margin = 22 * mm
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=brief.question,
        author="Rapportsvar",
        lang="sv-SE",
    )
    document.build(story, onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


def _paragraphs(brief: Brief) -> list[str]:
    found: list[str] = []
    for piece in brief.pieces:
        marks = " ".join(f'<a href="#not{number}">{number}</a>' for number in piece.notes)
        said = _safe(piece.text) + (f"<super>{marks}</super>" if marks else "")
        if piece.source or not found:
            found.append(f"<b>{_safe(piece.source)}:</b> {said}" if piece.source else said)
        else:
            found[-1] += f" {said}"
    return found


def _safe(text: str) -> str:
    """Text that reportlab shows as it is."""
    return escape(text, quote=False)


def _numbered(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont("Vera", 8)
    canvas.setFillColor(GREY)
    canvas.drawRightString(A4[0] - 22 * mm, 12 * mm, f"Sida {document.page}")
