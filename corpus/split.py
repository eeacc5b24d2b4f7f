"""A report's body text to passages: stretches of one section, a few hundred characters each."""

import re
from collections.abc import Iterator

from corpus.document import BODY, Block, BlockKind, Passage, Report, Section

#: Long enough to hold a cause with its amount, short enough that a few fill a reader's screen.
TARGET = 600
LONGEST = 900

#: Abbreviations that go on; "mnkr", "m.m." and "osv" may end a sentence, and do before a capital.
ABBREVIATIONS = frozenset(
    """bl.a t.ex m.fl dvs d.v.s s.k f.d fr.o.m t.o.m p.g.a pga resp ev ca nr st exkl inkl diff jfr jmf ex tex
    bla kap prop dnr ung i.e f.n ang forts vht sept okt nov dec jan feb aug avv avd enl""".split()
)
BREAK = re.compile(r"[.!?…][)\]”\"’']*\s+(?=[\"”(–•]?\s?[A-ZÅÄÖÉ0-9])")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The offsets of the sentences of ``text``, without the white space between them.

    Abbreviations, ordinals and numbers with a full stop end no sentence.
    """
    start = 0
    for match in BREAK.finditer(text):
        before = text[start : match.start()]
        word = before.rsplit(maxsplit=1)[-1].lower().strip('()"”') if before.strip() else ""
        # "8. Personal" is a number; "under 2023. Personal" ends a sentence.
        short = word in ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or (word.isdigit() and len(word) != 4)
        if text[match.start()] == "." and short:
            continue
        yield start, match.start() + len(match[0].rstrip())
        start = match.end()
    if text[start:].strip():
        yield start, len(text.rstrip())


def split(report: Report) -> list[Passage]:
    """The passages of ``report`` in order; together they hold each block of its body once."""
    return [
        Passage(report.report_id, start, end, section.path)
        for section in report.sections
        for start, end in _pieces(report, section)
    ]


def _pieces(report: Report, section: Section) -> Iterator[tuple[int, int]]:
    """The section's body in stretches of whole blocks, or of sentences where a block is long."""
    start = end = -1
    for unit_start, unit_end, kind in _units(report, section):
        size = end - start
        fits = unit_end - start <= LONGEST
        # A table stays together as far as it fits; running text breaks at the target.
        full = size >= TARGET and kind is not BlockKind.ROW
        if start >= 0 and (full or not fits or kind is None):
            yield start, end
            start = -1
        if kind is None:
            continue
        if start < 0:
            start = unit_start
        end = unit_end
    if start >= 0:
        yield start, end


def _units(report: Report, section: Section) -> Iterator[tuple[int, int, BlockKind | None]]:
    """Blocks, or sentences of long blocks; kind None marks a gap that no passage may span."""
    for block in _blocks(report, section):
        if block.kind is BlockKind.HEADING:
            continue
        if block.kind not in BODY:
            yield block.start, block.end, None
        elif block.end - block.start <= LONGEST:
            yield block.start, block.end, block.kind
        else:
            for start, end in sentences(report.text[block.start : block.end]):
                # Text without any sentence end is cut where it must be.
                for at in range(block.start + start, block.start + end, LONGEST):
                    yield at, min(at + LONGEST, block.start + end), block.kind


def _blocks(report: Report, section: Section) -> Iterator[Block]:
    for block in report.blocks:
        if section.start <= block.start < section.end:
            yield block
