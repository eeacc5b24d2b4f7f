"""Everything that indexing a report needs but its vectors: worked out from the report alone, in any process."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.document import Beliefs, BlockKind, Figure, Passage, Period, Report
from corpus.figures import read_figures
from corpus.identify import Overrides
from corpus.personal import Finding
from corpus.split import split
from index.lexical import Fields, fields
from index.measures import measure
from index.packing import pack
from index.terms import terms, words

#: The encoder sees the last so many characters of the headings above a passage.
HEADINGS_SEEN = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as the catalogue lists it."""

    report_id: str
    file: str
    source: str
    title: str
    municipality: str | None
    board: str | None
    kind: str | None
    period: Period | None
    uncertain: frozenset[str]
    notes: tuple[str, ...]
    pages: int
    #: Figures read, and cells of tables left out since their column is uncertain.
    figures: int = 0
    uncertain_figures: int = 0
    #: What the user has said of the report, which goes before what its text says.
    given: Overrides = field(default_factory=Overrides)
    beliefs: Beliefs = field(default_factory=Beliefs)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report ready to be indexed; ``texts`` and ``fields`` are of each of its ``passages``."""

    report: Report
    packed: bytes
    passages: tuple[Passage, ...]
    #: What the encoder makes vectors of.
    texts: tuple[str, ...]
    fields: tuple[Fields, ...]
    figures: tuple[tuple[Any, ...], ...]
    uncertain_figures: int
    figure_terms: tuple[tuple[str, str, int, bool], ...]
    words: frozenset[str]

    def entry(self, source: str, notes: tuple[str, ...], given: Overrides) -> Entry:
        """How a catalogue lists the report: read from the file ``source``, with ``notes`` for people."""
        report = self.report
        return Entry(
            report_id=report.report_id,
            file=report.file,
            source=source,
            title=report.title,
            municipality=report.municipality,
            board=report.board,
            kind=report.kind,
            period=report.period,
            uncertain=report.uncertain,
            notes=notes,
            pages=len(report.page_starts),
            figures=len(self.figures),
            uncertain_figures=self.uncertain_figures,
            given=given,
            beliefs=report.beliefs,
        )


def prepare(report: Report, left_out: Sequence[Finding] = ()) -> Prepared:
    """Split a report, read its figures and find the terms of its words.

    Passages that have something of what is to be ``left_out`` are, with their figures.
    """
    every = split(report)
    passages = [each for each in every if not any(f.start < each.end and f.end > each.start for f in left_out)]
    spans = [(each.start, each.end) for each in every if each not in passages]
    texts = [indexed_text(report, passage) for passage in passages]
    read = read_figures(report)
    figures = [each for each in read.found if not any(start <= each.start < end for start, end in spans)]
    return Prepared(
        report,
        pack(report),
        tuple(passages),
        tuple(f"{_above(passage)[-HEADINGS_SEEN:]} {text}" for passage, text in zip(passages, texts, strict=True)),
        tuple(passage_fields(report, passage) for passage in passages),
        tuple(map(_figure_row, figures)),
        read.uncertain,
        tuple(_row_terms(report, figures)),
        frozenset(words(report.text)),
    )


def passage_fields(report: Report, passage: Passage) -> Fields:
    """What the lexical index has of a passage."""
    return fields(indexed_text(report, passage), _above(passage))


def _above(passage: Passage) -> str:
    return " ".join(passage.heading_path)


def indexed_text(report: Report, passage: Passage) -> str:
    """What is indexed of a passage: its text, after the head of a table that began before it."""
    text = report.text[passage.start : passage.end]
    first = report.block_at(passage.start)
    if first.kind is not BlockKind.ROW:
        return text
    heads: list[str] = []
    for block in reversed(report.blocks[: report.blocks.index(first)]):
        if block.kind is BlockKind.TABLE_HEAD:
            heads.insert(0, report.text[block.start : block.end])
        elif block.kind is not BlockKind.ROW or heads:
            break
    return "\n".join([*heads, text])


def _figure_row(figure: Figure) -> tuple[Any, ...]:
    period = figure.period
    return (
        figure.report_id,
        figure.start,
        figure.end,
        figure.label,
        figure.group,
        json.dumps(figure.headings, ensure_ascii=False),
        figure.column,
        figure.kind.value,
        period.year if period else None,
        period.through.isoformat() if period and period.through else None,
        period.since.isoformat() if period and period.since else None,
        str(figure.value),
        figure.unit,
        figure.bound,
        figure.sign.value if figure.sign else None,
        figure.note,
        measure(figure),
    )


def _row_terms(report: Report, figures: Sequence[Figure]) -> list[tuple[str, str, int, bool]]:
    """The terms that each table row, or amount of running text, is found by: of its label, line and headings."""
    first: dict[tuple[int, str], Figure] = {}
    for figure in figures:
        block = report.block_at(figure.start).start
        first.setdefault((block, "") if figure.column else (figure.start, figure.label), figure)
    found = set()
    for figure in first.values():
        for each in terms(" ".join((figure.label, figure.group, *figure.headings))):
            found |= {(form, report.report_id, figure.start, bool(figure.column)) for form in (each.lemma, *each.parts)}
    return sorted(found)
