"""Answers, passages and reports as HTML. Everything from reports and users is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from corpus.document import Passage, Report
from corpus.municipalities import official
from index.catalogue import Entry
from index.samples import NOTICE
from index.store import Library
from qa.answer import Answer, Citation, Status
from qa.retrieve import Hit

#: Characters of the report shown on either side of a quote.
CONTEXT = 500


def text(value: str) -> str:
    """Text that the page shows as it is, never runs: neither as HTML nor as a template."""
    return escape(value).replace("$", "&#36;").replace("{", "&#123;").replace("}", "&#125;").replace("`", "&#96;")


def answer_html(answer: Answer, library: Library, turn: int) -> str:
    """A question and its answer with numbered citations that open to their context."""
    numbers = {citation: number for number, citation in enumerate(answer.citations, 1)}
    said = "".join(
        (f'</p><p class="said"><strong>{text(sentence.source)}:</strong> ' if sentence.source else " ")
        + text(sentence.text)
        + "".join(_reference(turn, numbers[c]) for c in sentence.citations)
        for sentence in answer.sentences
    ).removeprefix('</p><p class="said">')
    sources = "".join(_source(c, library.report(c.report_id), turn, n) for c, n in numbers.items())
    notes = "".join(f"<li>{text(note)}</li>" for note in answer.notes)
    explanation = f'<p class="explanation">{text(" ".join(answer.explanation))}</p>' if answer.explanation else ""
    kind = "answered" if answer.status is Status.ANSWERED else "refused"
    return (
        f'<article class="turn {kind}"><h3>{text(answer.question.written)}</h3><p class="said">{said}</p>'
        + (f'<ul class="notes" aria-label="Att tänka på">{notes}</ul>' if notes else "")
        + explanation
        + (f'<h4>Källor</h4><ol class="sources">{sources}</ol>' if sources else "")
        + "</article>"
    )


def error_html(question: str, message: str) -> str:
    """A question that could not be asked, with the sentence that says why."""
    heading = f"<h3>{text(question[:200])}</h3>" if question.strip() else ""
    return f'<article class="turn refused" role="alert">{heading}<p class="said">{text(message)}</p></article>'


def _reference(turn: int, number: int) -> str:
    return f'<sup><a href="#source-{turn}-{number}" aria-label="Källa {number}">[{number}]</a></sup>'


def _source(citation: Citation, report: Report, turn: int, number: int) -> str:
    page = f", sida {citation.page}" if citation.page else ""
    before = report.text[max(0, citation.start - CONTEXT) : citation.start]
    after = report.text[citation.end : citation.end + CONTEXT]
    return (
        f'<li id="source-{turn}-{number}"><details><summary>{text(citation.title)} '
        f"({text(citation.file)}{page})</summary>"
        f"<blockquote>…{_lines(before)}<mark>{_lines(citation.quote)}</mark>{_lines(after)}…</blockquote></details></li>"
    )


def _lines(value: str) -> str:
    return text(value).replace("\n", "<br>")


def hits_html(hits: Sequence[Hit], library: Library) -> str:
    """Search hits as a list."""
    if not hits:
        return '<p role="status">Inga träffar. Pröva andra ord eller en annan kommun.</p>'
    return f'<ol class="hits">{"".join(_hit(hit.passage, library) for hit in hits)}</ol>'


def _hit(passage: Passage, library: Library) -> str:
    report = library.report(passage.report_id)
    page = report.page(passage.start)
    place = " › ".join(passage.heading_path)
    return (
        f"<li><h3>{text(report.title)}{f', sida {page}' if page else ''}</h3>"
        f'<p class="place">{text(place)}</p><p>{_lines(library.text(passage))}</p></li>'
    )


def reports_html(entries: Iterable[Entry], sample: bool) -> str:
    """Which reports can be asked about."""
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{text(value or '–')}{' <span title=Osäkert>?</span>' if field in entry.uncertain else ''}</td>"
            for field, value in (
                ("municipality", official(entry.municipality) if entry.municipality else None),
                ("board", entry.board),
                ("kind", entry.kind),
                ("period", entry.period.label if entry.period else None),
                ("file", entry.file),
            )
        )
        + "</tr>"
        for entry in entries
    )
    notice = f'<p class="sample" role="note">{text(NOTICE)}</p>' if sample else ""
    return (
        f"{notice}<details><summary>Rapporter som går att fråga om</summary><table><thead><tr>"
        "<th>Kommun</th><th>Nämnd</th><th>Slag</th><th>Period</th><th>Fil</th>"
        f"</tr></thead><tbody>{rows}</tbody></table></details>"
    )
