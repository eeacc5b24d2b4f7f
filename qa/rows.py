"""Table rows that tell something in words: who does what, and by when."""

import re

from corpus.document import Block, BlockKind, Report
from corpus.tables import JUDGED

#: A word that tells something; "Ja" and "Nej" belong to a figure.
WORD = re.compile(r"[^\W\d_]{4,}")

#: A comment is no longer than this, in blocks.
MOST_COMMENTS = 4


def is_worded(report: Report, block: Block) -> bool:
    """Whether a block is a table row, but not its table's first, with words in more cells than its label."""
    if block.kind is not BlockKind.ROW or report.blocks[report.block_number(block.start) - 1].kind is not BlockKind.ROW:
        return False
    label, *rest = _cells(report, block)
    return bool(WORD.search(label)) and any(WORD.search(cell) and not JUDGED.search(cell) for cell in rest)


def table_words(report: Report, block: Block) -> str:
    """What a row's table is called and its columns are, as far as they stand above it."""
    at = first = report.block_number(block.start)
    while first > 0 and report.blocks[first - 1].kind in (BlockKind.ROW, BlockKind.TABLE_HEAD):
        first -= 1
    heads = [each for each in report.blocks[first:at] if each.kind is BlockKind.TABLE_HEAD]
    return " ".join(report.text[each.start : each.end] for each in heads)


def row_above(report: Report, block: Block) -> str:
    """The row that a paragraph or item comments on: alone above it, with nothing but other comments between."""
    at = report.block_number(block.start)
    for above in reversed(report.blocks[max(0, at - MOST_COMMENTS) : at]):
        if above.kind is BlockKind.ROW:
            before = report.blocks[max(0, report.block_number(above.start) - 1)]
            return report.text[above.start : above.end] if before.kind is not BlockKind.ROW else ""
        if above.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            return ""
    return ""


def row_head(report: Report, block: Block) -> Block | None:
    """The row that names the columns of a worded row's table: the first of as many cells, none with a figure."""
    at = report.block_number(block.start)
    found = None
    while at > 0 and report.blocks[at - 1].kind in (BlockKind.ROW, BlockKind.TABLE_HEAD):
        at -= 1
        cells = _cells(report, report.blocks[at])
        if len(cells) == len(_cells(report, block)) and not any(re.search(r"\d", cell) for cell in cells):
            found = report.blocks[at]
    return found


def rows_around(report: Report, block: Block) -> list[Block]:
    """The other worded rows of a worded row's table, but for its head."""
    at = first = last = report.block_number(block.start)
    head = row_head(report, block)
    while first > 0 and report.blocks[first - 1].kind is BlockKind.ROW:
        first -= 1
    while last + 1 < len(report.blocks) and report.blocks[last + 1].kind is BlockKind.ROW:
        last += 1
    rows = (report.blocks[each] for each in range(first, last + 1) if each != at)
    return [each for each in rows if each != head and is_worded(report, each)]


def row_text(report: Report, block: Block) -> str:
    """A worded row as a sentence, each cell after the first with its column's name."""
    first, *rest = _cells(report, block)
    head = row_head(report, block)
    names = _cells(report, head)[1:] if head else [""] * len(rest)
    told = [f"{name.lower()}: {cell}" if name else cell for name, cell in zip(names, rest, strict=True) if cell]
    return "; ".join([first, *told])


def _cells(report: Report, block: Block) -> list[str]:
    return [" ".join(cell.split()) for cell in report.text[block.start : block.end].split("\t")]
