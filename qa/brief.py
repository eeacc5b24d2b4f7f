"""An answer to take along: its words with numbered footnotes, as text, and for the documents made of it."""

from dataclasses import dataclass
from datetime import date

from corpus.document import MONTHS
from corpus.municipalities import official
from corpus.shown import UNSEEN, printable
from index.store import Library
from qa.answer import Answer, Status
from qa.question import Scope
from qa.references import Reference, references

#: A quote longer than this is cut in a footnote; its place leads to the rest.
LONGEST_QUOTE = 600
PROOF = (
    "Varje mening är ordagrant citerad ur, eller skriven efter siffror i, den rapport som fotnoten anger. "
    "Sidan är sidans plats i filen, räknad från 1."
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence with the numbers of its footnotes; ``source`` is set where a report begins."""

    text: str
    notes: tuple[int, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Footnote:
    """Where a sentence stands: ``place`` names the report, its file and page, ``quote`` what stands there."""

    number: int
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a document about one answer says, in its order."""

    question: str
    read_as: str
    scope: str
    answered: bool
    pieces: tuple[Piece, ...]
    remarks: tuple[str, ...]
    footnotes: tuple[Footnote, ...]
    made: str
    link: str

    @property
    def text(self) -> str:
        """The brief as plain text, for the clipboard."""
        lines = [self.question, ""]
        for piece in self.pieces:
            marks = "".join(f" [{number}]" for number in piece.notes)
            said = f"{piece.text}{marks}"
            if piece.source:
                lines.append(f"{piece.source}: {said}")
            elif lines[-1]:
                lines[-1] += f" {said}"
            else:
                lines.append(said)
        if self.remarks:
            lines += ["", *(f"Obs! {remark}" for remark in self.remarks)]
        if self.footnotes:
            lines += ["", "Källor", *(f"[{each.number}] {each.place}: «{each.quote}»" for each in self.footnotes)]
        return "\n".join([*lines, "", self.link] if self.link else lines)


def make_brief(answer: Answer, library: Library, today: date, link: str = "", sample: str = "") -> Brief:
    """The brief of an answer; ``link`` leads back to the question, ``sample`` is said where the reports are samples."""
    every, of_sentences = references(answer)
    pieces = tuple(
        Piece(_clean(sentence.text), tuple(reference.number for reference in found), _clean(sentence.source))
        for sentence, found in zip(answer.sentences, of_sentences, strict=True)
    )
    reports = len(library.entries)
    made = (
        f"Rapportsvar {today.day} {MONTHS[today.month - 1]} {today.year}, ur "
        f"{'en rapport' if reports == 1 else f'{reports} rapporter'}."
    )
    question = answer.question
    return Brief(
        _clean(question.written),
        _clean(question.text) if question.asked else "",
        _clean(scope_text(question.scope)),
        answer.status is Status.ANSWERED,
        pieces,
        (*map(_clean, answer.notes), *((sample,) if sample else ())),
        tuple(Footnote(each.number, _clean(place(each)), _clean(quoted(each))) for each in every),
        made,
        link,
    )


def _clean(text: str) -> str:
    """Text without characters that documents can't hold, or that would change how the rest of it reads."""
    return UNSEEN.sub(" ", printable(text)).replace("\ufffe", " ").replace("\uffff", " ")


def place(reference: Reference) -> str:
    """The report, file and page of a reference."""
    first = reference.first
    return f"{first.title} ({first.file}{f', sida {first.page}' if first.page else ''})"


def quoted(reference: Reference) -> str:
    """The words of a reference on one line, those of a table cell by cell."""
    in_order = sorted(reference.citations, key=lambda c: c.start)
    quotes = (" | ".join(" ".join(cell.split()) for cell in c.quote.split("\t")) for c in in_order)
    quote = " … ".join(quotes)
    return quote if len(quote) <= LONGEST_QUOTE else quote[: LONGEST_QUOTE - 1] + "…"


def scope_text(scope: Scope, every: tuple[str, str, str] = ("alla kommuner", "alla nämnder", "alla år")) -> str:
    """What was asked about: «Norrviks kommun · Socialnämnden · 2023»; ``every`` says what was left open."""
    chosen = (map(official, scope.municipalities), scope.boards, map(str, scope.years))
    return " · ".join(", ".join(names) or otherwise for names, otherwise in zip(chosen, every, strict=True))
