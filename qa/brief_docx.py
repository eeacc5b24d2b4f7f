"""A brief as a Word document with real footnotes. python-docx has none, so their part is written here."""

import io
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as DocxDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from qa.brief import PROOF, Brief

#: What a document's title can hold.
LONGEST_TITLE = 255
#: The two footnotes that Word wants before all others: the line above them, and the one where they go on.
SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)


def docx_bytes(brief: Brief) -> bytes:
    """The document as a file's bytes."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    document.styles["Normal"].font.size = Pt(11)
    document.core_properties.title = brief.question[:LONGEST_TITLE]
    document.core_properties.author = "Rapportsvar"
    document.core_properties.language = "sv-SE"
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "sv-SE")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    document.add_heading(brief.question, 1)
    if brief.read_as:
        document.add_paragraph(f"Frågan lästes som «{brief.read_as}».")
    document.add_paragraph(f"Sökt i: {brief.scope}.")
    paragraph = None
    noted: set[int] = set()
    for piece in brief.pieces:
        if paragraph is None or piece.source:
            paragraph = document.add_paragraph()
            if piece.source:
                paragraph.add_run(f"{piece.source}: ").bold = True
        else:
            paragraph.add_run(" ")
        paragraph.add_run(piece.text)
        for number in piece.notes:
            _refer(paragraph, number, again=number in noted)
            noted.add(number)
    for remark in brief.remarks:
        document.add_paragraph().add_run(f"Obs! {remark}").italic = True
    # What only the remarks rest on has its footnote there.
    rest = [each.number for each in brief.footnotes if each.number not in noted]
    if rest:
        last = document.add_paragraph("Anmärkningarna bygger på:")
        for number in rest:
            _refer(last, number, again=False)
    if brief.answered:
        document.add_paragraph().add_run(PROOF).italic = True
    document.add_paragraph(f"{brief.made} {brief.link}".strip())
    _add_footnotes(document, brief)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _refer(paragraph: Paragraph, number: int, again: bool) -> None:
    """A footnote's mark; a footnote that is marked already is named by its number, as Word does."""
    run = paragraph.add_run()
    run.font.superscript = True
    if again:
        run.text = str(number)
    else:
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), str(number))
        run._r.append(mark)
    # "12" is one note, "1 2" are two.
    paragraph.add_run(" ").font.superscript = True


def _add_footnotes(document: DocxDocument, brief: Brief) -> None:
    notes = "".join(
        f'<w:footnote w:id="{each.number}"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/>'
        f'</w:r><w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t xml:space="preserve"> '
        f"{escape(f'{each.place}: «{each.quote}»')}</w:t></w:r></w:p></w:footnote>"
        for each in brief.footnotes
    )
    content = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes {nsdecls("w")}>{SEPARATORS}{notes}</w:footnotes>'
    name = PackURI("/word/footnotes.xml")
    part = Part(name, CONTENT_TYPE.WML_FOOTNOTES, content.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
