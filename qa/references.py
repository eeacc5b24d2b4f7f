"""An answer's numbered references: what of its citations a reader opens together."""

from dataclasses import dataclass

from qa.answer import Answer, Citation


@dataclass(frozen=True, slots=True)
class Reference:
    """The citations that one sentence, or the notes, has on one page: a table's row, its head and its name."""

    number: int
    citations: tuple[Citation, ...]

    @property
    def first(self) -> Citation:
        """The citation that names the place: they are of one report and page."""
        return self.citations[0]


def references(answer: Answer) -> tuple[tuple[Reference, ...], tuple[tuple[Reference, ...], ...]]:
    """All references in the order in which they are needed, and those of each sentence.

    The same citations have one number wherever they are needed; those of the notes come last.
    """
    found: dict[tuple[Citation, ...], Reference] = {}

    def numbered(citations: tuple[Citation, ...]) -> tuple[Reference, ...]:
        pages: dict[tuple[str, int | None], list[Citation]] = {}
        for citation in citations:
            # Text without pages has no page to open together.
            place = (citation.report_id, citation.page if citation.page else -citation.start)
            pages.setdefault(place, []).append(citation)
        groups = [tuple(group) for group in pages.values()]
        return tuple(found.setdefault(group, Reference(len(found) + 1, group)) for group in groups)

    of_sentences = tuple(numbered(sentence.citations) for sentence in answer.sentences)
    numbered(tuple(c for c in answer.noted if c not in {c for s in answer.sentences for c in s.citations}))
    return tuple(found.values()), of_sentences
