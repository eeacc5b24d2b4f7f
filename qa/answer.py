"""The answer's value types, and its JSON form, which others depend on."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from corpus.document import Figure, Report
from index.store import Library
from qa.computed import Computed
from qa.question import Question
from qa.retrieve import Hit


class Reports(Protocol):
    """What has reports by their ids: a library, or the files that a saved answer is checked against."""

    def report(self, report_id: str, /) -> Report: ...


class Status(StrEnum):
    """Whether the reports answer the question."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and its place: ``quote == report.text[start:end]``; ``page`` is 1-based or None."""

    report_id: str
    file: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the citations that prove it.

    ``source`` names the report before the first sentence from it, and is empty otherwise.
    ``figures`` are those that it states, and ``computed`` what it works out from them. ``lead`` are
    the words of our own that its text begins with, such as "Ja.".
    """

    text: str
    citations: tuple[Citation, ...]
    source: str = ""
    figures: tuple[Figure, ...] = ()
    computed: tuple[Computed, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; with status "answered" every sentence has a citation.

    ``notes`` warn; ``explanation`` tells which words of the question were taken for others.
    ``confidence``, from 0 to 1, is how strong the weakest part's best evidence is; 0 for a refusal.
    """

    question: Question
    status: Status
    sentences: tuple[Sentence, ...]
    passages: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    explanation: tuple[str, ...] = ()
    confidence: float = 0.0
    #: What the notes rest on.
    noted: tuple[Citation, ...] = ()

    @property
    def text(self) -> str:
        """The answer as plain text, a line for each report that it is from."""
        return plain(self.sentences)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, each once, in the order in which the sentences, and then the notes, need them."""
        return tuple(dict.fromkeys([c for sentence in self.sentences for c in sentence.citations] + list(self.noted)))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures stated, each once, in the order in which the sentences need them."""
        return tuple(dict.fromkeys(f for sentence in self.sentences for f in sentence.figures))


def plain(sentences: Iterable[Sentence]) -> str:
    """Sentences as plain text, a line for each report that they are from."""
    lines: list[str] = []
    for sentence in sentences:
        if sentence.source or not lines:
            lines.append(f"{sentence.source}: {sentence.text}" if sentence.source else sentence.text)
        else:
            lines[-1] += f" {sentence.text}"
    return "\n".join(lines)


def cite(report: Report, start: int, end: int) -> tuple[Citation, ...]:
    """The citations of ``report.text[start:end]``: one, or one on either side of each page break.

    A page number or running header that was cut out of the text stands between its two sides in
    the file, so a quote over it would not be found there.
    """
    breaks = sorted({at for at in (*report.seams, *report.page_starts) if start < at < end})
    found = []
    for first, last in zip((start, *breaks), (*breaks, end), strict=True):
        while first < last and report.text[first].isspace():
            first += 1
        while first < last and report.text[last - 1].isspace():
            last -= 1
        if first < last:
            quote = report.text[first:last]
            found.append(Citation(report.report_id, report.file, report.title, report.page(first), first, last, quote))
    return tuple(found)


def to_json(answer: Answer, library: Library, identity: object = None) -> dict[str, Any]:
    """The answer as the command-line contract has it."""
    computed = [each for sentence in answer.sentences for each in sentence.computed]
    return {
        "id": identity,
        "question": answer.question.written,
        "status": answer.status.value,
        "answer": answer.text,
        "citations": [
            {
                "report_id": c.report_id,
                "file": c.file,
                "title": c.title,
                "page": c.page,
                "start": c.start,
                "end": c.end,
                "quote": c.quote,
            }
            for c in answer.citations
        ],
        "passages": [hit_json(hit, library) for hit in answer.passages],
        "notes": list(answer.notes),
        "explanation": list(answer.explanation),
        "figures": [figure_json(figure, library) for figure in answer.figures],
        "computed": [
            {
                "value": str(each.value),
                "unit": each.unit,
                "difference_of": [answer.figures.index(figure) for figure in each.of],
            }
            for each in computed
        ],
        "sentences": [
            {
                "text": each.text,
                "source": each.source,
                "lead": each.lead,
                "citations": [answer.citations.index(citation) for citation in each.citations],
                "figures": [answer.figures.index(figure) for figure in each.figures],
                "computed": [computed.index(figure) for figure in each.computed],
            }
            for each in answer.sentences
        ],
        "scope": {
            "municipalities": list(answer.question.scope.municipalities),
            "years": list(answer.question.scope.years),
            "boards": list(answer.question.scope.boards),
        },
    }


def figure_json(figure: Figure, library: Library) -> dict[str, Any]:
    """A figure with its place and its report; ``value`` is a decimal number as text."""
    report = library.report(figure.report_id)
    return {
        "report_id": report.report_id,
        "file": report.file,
        "municipality": report.municipality,
        "page": report.page(figure.start),
        "start": figure.start,
        "end": figure.end,
        "label": figure.label,
        "group": figure.group,
        "headings": list(figure.headings),
        "column": figure.column,
        "kind": figure.kind.value,
        "period": figure.period.label if figure.period else None,
        "written": report.text[figure.start : figure.end],
        "value": str(figure.value),
        "unit": figure.unit,
        "bound": figure.bound,
        "sign": figure.sign.value if figure.sign else None,
        "note": figure.note,
    }


def hit_json(hit: Hit, library: Library) -> dict[str, Any]:
    """A passage as the contract has it."""
    report = library.report(hit.passage.report_id)
    return {
        "report_id": report.report_id,
        "file": report.file,
        "title": report.title,
        "page": report.page(hit.passage.start),
        "heading": " › ".join(hit.passage.heading_path),
        "text": library.text(hit.passage),
        "score": round(hit.score, 4),
    }
