"""BM25 over Swedish terms, in a tantivy index on disk. Tantivy is imported here only.

A passage has three fields: the dictionary forms of its words, the parts of its compounds, and
both of its headings. A word of the question is looked up in each, with the field's weight.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import tantivy

from index.terms import Term, lemma_text, part_text, terms

#: Fields with their weight in the score, chosen on the development questions.
WEIGHTS = {"lemmas": 1.0, "parts": 0.5, "headings": 0.6}
#: Memory for tantivy's writer, in bytes.
WRITER_HEAP = 64_000_000


@dataclass(frozen=True, slots=True)
class Weighted:
    """A query term with what it is worth: less than one for a guess at what was meant.

    Terms of the same ``concept``, a word of the question, are alternatives for each other; terms
    of the same ``meaning`` of it belong together.
    """

    term: Term
    weight: float = 1.0
    concept: str = ""
    meaning: int = 0


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", stored=True, indexed=True, fast=True)
    builder.add_text_field("report", stored=False, tokenizer_name="raw", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalIndex:
    """The lexical index of one folder, for reading."""

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder))

    @staticmethod
    def create(folder: Path) -> None:
        """Make an empty index in ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        tantivy.Index(_schema(), path=str(folder))

    def search(
        self, query: Sequence[Weighted], k: int, reports: Iterable[str] | None = None
    ) -> list[tuple[int, float]]:
        """The ``k`` best passages as (number, BM25 score), best first, within ``reports`` (None: all)."""
        sought = [(tantivy.Occur.Should, self._clause(*each)) for each in clauses(query)]
        if not sought or k <= 0:
            return []
        wanted = tantivy.Query.boolean_query(sought)
        if reports is not None:
            ids = list(reports)
            if not ids:
                return []
            scope = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, "report", ids), 0.0)
            wanted = tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, scope)])
        searcher = self._index.searcher()
        hits = searcher.search(wanted, limit=k).hits
        found = [(int(searcher.doc(address)["number"][0]), float(score)) for score, address in hits]
        # Tantivy breaks ties by place in the index; numbers make the order the same every time.
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def _clause(self, field: str, word: str, weight: float) -> tantivy.Query:
        return tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, word), weight)


def clauses(query: Iterable[Weighted]) -> Iterator[tuple[str, str, float]]:
    """What a query looks for: words, each with its field and its weight."""
    for each in query:
        for field, weight in WEIGHTS.items():
            for word in _words_for(field, each.term):
                yield field, word, weight * each.weight


def _words_for(field: str, term: Term) -> tuple[str, ...]:
    if field == "lemmas":
        return (term.lemma,)
    if field == "parts":
        return tuple(dict.fromkeys(term.parts))
    return tuple(dict.fromkeys((term.lemma, *term.parts)))


class Fields(NamedTuple):
    """What the fields of a passage hold, as words parted by spaces."""

    lemmas: str
    parts: str
    headings: str


def fields(text: str, headings: str) -> Fields:
    """The fields of a passage with this text, under these headings."""
    found, above = terms(text), terms(headings)
    return Fields(lemma_text(found), part_text(found), f"{lemma_text(above)} {part_text(above)}")


class LexicalWriter:
    """Adds and removes passages; nothing is seen until ``commit``."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._writer = self._index.writer(WRITER_HEAP, num_threads=1)

    def add(self, number: int, report_id: str, values: Fields) -> None:
        document = tantivy.Document()
        document.add_unsigned("number", number)
        document.add_text("report", report_id)
        for field, text in zip(Fields._fields, values, strict=True):
            document.add_text(field, text)
        self._writer.add_document(document)

    def remove(self, report_id: str) -> None:
        self._writer.delete_documents_by_term("report", report_id)

    def commit(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()

    def abandon(self) -> None:
        """Let go of what was not committed, and of the files."""
        self._writer.rollback()
        self._writer.wait_merging_threads()
