"""Repaired lines to the text of a report and its blocks: headings, paragraphs, items, table rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.columns import column_names
from corpus.document import Block, BlockKind
from corpus.joining import join_lines
from corpus.lexicon import FUNCTION_WORDS
from corpus.periods import MONTH_STEM
from corpus.repair import Line
from corpus.rows import COMMENT, SOURCE, SPACES, cell_tokens
from corpus.units import MONEY_WORD

LEADERS = re.compile(r"\s*(?:\.{3,}|…+|(?:\. ){3,}\.?|_{3,})\s*\d{1,3}$")
ENDS_IN_PAGE = re.compile(r"^\D.*[\s\t.]\d{1,3}$|^\d[\d.]*\s\D.*[\s\t.]\d{1,3}$")
CONTENTS_TITLE = re.compile(r"^(?:inneh[åa]ll(?:sf[öo]rteckning)?|contents)$", re.I)
BULLET = re.compile(r"^(?:[•●▪■◦○·‣⁃➢✓]|[-–](?=\s+[^\W\d_]))\s*(?=\S)")
FOOTNOTE = re.compile(r"^\*{1,3}\s?[^\W\d_]")
LONE_BULLET = re.compile(r"^[•●▪■◦○·‣⁃➢✓–-]$")
NUMBERED_ITEM = re.compile(r"^(\d{1,2})[.)]\s+(?=\D)")
NUMBERED_HEADING = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?=[^\W\d_])")
SENTENCE_END = re.compile(r"[.!?][)\]”\"’']*$")

HAS_DIGIT = re.compile(r"\d")
#: Words that head a column of figures.
COLUMN_KEY = re.compile(
    r"\b(?:utfall|budget|prognos|avvikelse|avv\.?|bokslut|delårsbokslut|årsbokslut|differens|diff\.?|förändring"
    r"|målvärde|mål|indikatorvärde|riktvärde|belopp|tkr|mnkr|helår|period|nyckeltal|indikator(?:er)?|följetal"
    r"|antal|andel|kvinnor|män|totalt|projekt|verksamhet|(?:19|20)\d\d)\b",
    re.I,
)
CAPTION = re.compile(r"^tabell\b", re.I)
#: Words that belong to a table, wherever they stand.
TABLE_WORD = re.compile(rf"\b(?!(?:19|20)\d\d){COLUMN_KEY.pattern[2:]}|^tabell\b|{MONEY_WORD.pattern}", re.I)
#: Words that begin a row's label as often as they head the column of labels.
LABEL_KEY = re.compile(r"\b(?:antal|andel|verksamhet|kvinnor|män|totalt|projekt|mål)\b", re.I)
#: Years and dates name columns; they are not cells.
DATES = re.compile(
    rf"\b(?:\d{{1,2}}\s)?(?:{MONTH_STEM})[a-zé]*\.?(?:\s(?:19|20)\d\d)?\b"
    r"|\b\d{1,2}/\d{1,2}(?:\s(?:19|20)\d\d)?\b|(?<![\d,.-])(?:19|20)\d\d(?:[-/–](?:19|20)?\d\d)*(?![\d,.%])",
    re.I,
)
#: A line this long is running text, whatever else it looks like.
LONG_LABEL = 130
LONGEST_HEADING = 110
#: Traces of a comment left in the text: Word's labels, or a name with an asterisk and a wish.
REMARK = re.compile(
    r"^(?:(?:Kommentar|Commented) \[[^\]]{1,12}\]|[A-ZÅÄÖ]\w+\*\s+[A-ZÅÄÖ]"
    r"|(?:OBS|TODO|FIXME)\b[:!]?.*\b(?:ändra|kolla|fyll)"
    r"|.*\b(?:ska kollas|vill kolla|fylls i senare|uppdatera siffra|XXX+)\b)",
)


@dataclass(slots=True)
class _Draft:
    """A block under construction: the lines of it, joined as its kind wants."""

    kind: BlockKind
    lines: list[Line] = field(default_factory=list)
    level: int = 0


@dataclass(frozen=True, slots=True)
class Structured:
    """The text with its blocks; ``page_starts`` and ``seams`` are offsets into the text."""

    text: str
    blocks: tuple[Block, ...]
    page_starts: tuple[int, ...]
    seams: tuple[int, ...]


def structure(lines: Sequence[Line], page_count: int, paged: bool) -> Structured:
    """Tell headings, paragraphs, list items, table rows and contents apart, and join their lines."""
    return _assemble(_drafts(_with_bullets(lines)), page_count, paged)


def _with_bullets(lines: Sequence[Line]) -> list[Line]:
    """Put a bullet that extraction left on a line of its own before the line that it belongs to."""
    result: list[Line] = []
    for line in lines:
        if result and LONE_BULLET.match(result[-1].text):
            bullet = result.pop()
            line = replace(bullet, text=f"{bullet.text} {line.text}")
        result.append(line)
    return result


# --- recognising -------------------------------------------------------------------------------


def _numbers_at_end(text: str) -> int:
    tokens = SPACES.split(text)
    tail = tokens[len(tokens) - cell_tokens(text) :]
    return sum(1 for token in tail if HAS_DIGIT.search(token))


def _is_head_line(text: str) -> bool:
    """Whether a line names a table or its columns: years, dates and column words, no other figure."""
    if CAPTION.match(text):
        return len(text) < LONGEST_HEADING and not SENTENCE_END.search(text)
    bare = DATES.sub("", text)
    named = bare != text or len(COLUMN_KEY.findall(text)) > len(LABEL_KEY.findall(text))
    return named and not HAS_DIGIT.search(bare) and len(bare) < LONGEST_HEADING


def _is_row(text: str) -> bool:
    """A label with two or more cells after it, or cells alone."""
    if "\t" in text:
        return True
    if _is_head_line(text):
        return False
    if len(text) > LONG_LABEL or SENTENCE_END.search(text):
        return False
    numbers = _numbers_at_end(text)
    tokens = SPACES.split(text)
    label = " ".join(tokens[: len(tokens) - cell_tokens(text)])
    if re.search(r"[.;] \S", label):
        return False
    return numbers >= 2 or (numbers == 1 and not label)


def _is_heading_like(text: str) -> bool:
    if len(text) > LONGEST_HEADING or SENTENCE_END.search(text) or text.endswith((",", ";", "-")):
        return False
    bare = NUMBERED_HEADING.sub("", text)
    if not bare[:1].isupper() or bare.split()[-1] in FUNCTION_WORDS:
        return False
    return not HAS_DIGIT.search(text[-1]) or bool(re.search(r"(?:19|20)\d\d$", text))


def _column_keys(text: str) -> int:
    return len(COLUMN_KEY.findall(text))


def _contents(lines: list[Line]) -> set[int]:
    """The lines of tables of contents: dotted leaders anywhere, and the list under its title."""
    found = {at for at, line in enumerate(lines) if LEADERS.search(line.text)}
    for at, line in enumerate(lines):
        if not CONTENTS_TITLE.match(line.text):
            continue
        found.add(at)
        last, misses = at, 0
        for after in range(at + 1, len(lines)):
            if after in found or ENDS_IN_PAGE.match(lines[after].text):
                last, misses = after, 0
            else:
                misses += 1
                if misses > 2:
                    break
        found.update(range(at, last + 1))
    return found


def _title_key(text: str) -> str:
    return re.sub(r"[^0-9a-zåäö]", "", LEADERS.sub("", re.sub(r"[\s\t.]+\d{1,3}$", "", text)).lower())


# --- grouping ----------------------------------------------------------------------------------


def _drafts(lines: list[Line]) -> list[_Draft]:
    contents = _contents(lines)
    titles = {_title_key(lines[at].text) for at in contents} - {""}
    tables = _tables(lines, contents)
    widths = _widths(lines)
    drafts: list[_Draft] = []
    depth = 0
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        width = widths[at]
        previous = drafts[-1] if drafts else None
        if at in contents:
            drafts.append(_Draft(BlockKind.CONTENTS, [line]))
        elif at in tables:
            kind, continues = tables[at]
            if continues and previous and previous.kind is kind:
                previous.lines.append(line)
            else:
                drafts.append(_Draft(kind, [line]))
        elif REMARK.match(line.text):
            drafts.append(_Draft(BlockKind.REMARK, [line]))
        elif _starts_item(lines, at):
            drafts.append(_Draft(BlockKind.ITEM, [line]))
        elif FOOTNOTE.match(line.text):
            drafts.append(_Draft(BlockKind.PARAGRAPH, [line]))
        elif level := _heading_level(line, previous, following, titles, depth, width):
            if NUMBERED_HEADING.match(line.text):
                depth = level
            drafts.append(_Draft(BlockKind.HEADING, [line], level))
        elif previous and _continues(previous, line, width):
            previous.lines.append(line)
        else:
            drafts.append(_Draft(BlockKind.PARAGRAPH, [line]))
    return drafts


#: The width of the text column at a line is that of the longest line so near to it.
NEARBY = 8


def _widths(lines: list[Line]) -> list[int]:
    """For each line the length that a full line has there; columns of a table are narrow."""
    lengths = [len(line.text) for line in lines]
    return [max(lengths[max(0, at - NEARBY) : at + NEARBY + 1]) for at in range(len(lengths))]


def _starts_item(lines: list[Line], at: int) -> bool:
    text = lines[at].text
    if BULLET.match(text):
        return True
    number = NUMBERED_ITEM.match(text)
    if not number:
        return False
    # "1. Inledning" may be a heading; a list has its neighbour number within a few lines.
    near = [NUMBERED_ITEM.match(line.text) for line in lines[max(0, at - 4) : at + 5]]
    return any(other and abs(int(other[1]) - int(number[1])) == 1 for other in near)


def _heading_level(
    line: Line, previous: _Draft | None, following: Line | None, titles: set[str], depth: int, width: int
) -> int:
    """The line's depth as a heading, from 1; 0 if it is none. ``depth``: of the last numbered one."""
    text = line.text
    number = NUMBERED_HEADING.match(text)
    listed = _title_key(text) in titles
    if not listed:
        if not _is_heading_like(text) or following is None or (text.endswith(":") and len(text.split()) > 6):
            return 0
        if previous and previous.kind is BlockKind.PARAGRAPH and not _closed(previous, width):
            return 0
        if following.text[:1].islower() or (
            len(text) > width * 0.8 and not number and not (line.blank_before and following.blank_before)
        ):
            return 0
        if len(text.split()) > 14 and not number:
            return 0
    if number:
        return number[1].count(".") + 1
    if previous and previous.kind is BlockKind.HEADING and not number and previous.level > depth:
        # Two unnumbered headings in a row: the second lies under the first.
        return min(previous.level + 1, depth + 2)
    return depth + 1


def _closed(draft: _Draft, width: int) -> bool:
    """Whether a paragraph has come to its end: a full stop, or a last line well short of full."""
    last = draft.lines[-1].text
    return bool(SENTENCE_END.search(last)) or (last.endswith(":")) or len(last) < width * 0.5


def _continues(draft: _Draft, line: Line, width: int) -> bool:
    """Whether ``line`` goes on with the paragraph or item before it."""
    if draft.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.REMARK, BlockKind.HEADING):
        return False
    last = draft.lines[-1].text
    ended = bool(SENTENCE_END.search(last))
    if draft.kind is BlockKind.HEADING:
        # A heading that was broken over two lines goes on in lower case.
        return not line.blank_before and line.text[:1].islower() and len(draft.lines) == 1
    if draft.kind is BlockKind.REMARK or FOOTNOTE.match(draft.lines[0].text):
        return not ended and line.text[:1].islower()
    if line.text[:1].islower() and not ended:
        return True
    if line.blank_before and not line.seam:
        return False
    if draft.kind is BlockKind.ITEM and ended:
        return False
    return not (ended and (len(last) < width * 0.75 or width > 150))


# --- tables ------------------------------------------------------------------------------------


def _tables(lines: list[Line], contents: set[int]) -> dict[int, tuple[BlockKind, bool]]:
    """Line number → (row or table head, whether it goes on with the line before).

    A table is a run of rows with at most a few label lines between them; the short lines with
    column words just before its first row are its head.
    """
    rows = [at for at, line in enumerate(lines) if at not in contents and _is_row(line.text)]
    result: dict[int, tuple[BlockKind, bool]] = {}
    run: list[int] = []
    for at in [*rows, None]:
        if run and (at is None or not _bridged(lines, run[-1], at)):
            _place_table(lines, run, contents, result)
            run = []
        if at is not None:
            run.append(at)
    return result


#: A row's label may be broken over so many lines.
MOST_LABEL_LINES = 6


def _bridged(lines: list[Line], first: int, second: int) -> bool:
    """Whether only label lines stand between two rows."""
    between = lines[first + 1 : second]
    return len(between) <= MOST_LABEL_LINES and all(
        len(line.text) <= LONG_LABEL
        and not SENTENCE_END.search(line.text)
        and not BULLET.match(line.text)
        and not NUMBERED_HEADING.match(line.text)
        and not (_is_head_line(line.text) and (_column_keys(line.text) >= 2 or CAPTION.match(line.text)))
        for line in between
    )


def _place_table(
    lines: list[Line], run: list[int], contents: set[int], result: dict[int, tuple[BlockKind, bool]]
) -> None:
    first = run[0]
    head = _head_lines(lines, first, contents, result)
    tabbed = any("\t" in lines[at].text for at in run)
    # One lone row of figures without a head is more likely running text.
    if len(run) == 1 and not head and not tabbed:
        return
    while head and lines[head[-1]].text.endswith("-") and head[-1] + 1 < run[-1]:
        head.append(head[-1] + 1)
    for at in head:
        result[at] = (BlockKind.TABLE_HEAD, at != head[0])
    labelled = sum(1 for at in run if re.search(r"[^\W\d_]{2}", lines[at].text))
    # The scale of a diagram is a row of numbers too.
    if not head and not tabbed and labelled < len(run) / 2:
        return
    start = head[-1] + 1 if head else first - _label_lines_before(lines, first, result)
    named = column_names(" ".join(lines[at].text for at in head))
    columns = max([len(named), *(_numbers_at_end(lines[at].text) for at in run)])
    cells, filled, fresh = 0, False, True
    for at in range(start, len(lines)):
        text = lines[at].text
        if at in contents:
            break
        if at > run[-1] and not (_single_figure_row(text) or _goes_on(text, cells, columns)):
            break
        # A line alone over a new label names the rows under it.
        above = not filled and not fresh and _begins_label(lines[at - 1].text, text)
        if above or (filled and not _goes_on(text, cells, columns)):
            cells, filled, fresh = 0, False, True
        result[at] = (BlockKind.TABLE_HEAD if _is_tabbed_head(text) else BlockKind.ROW, not fresh)
        if not (filled and _is_comment(text)):
            cells += _numbers_at_end(text)
        filled = filled or "\t" in text or cells > 0
        fresh = False


#: "LSS", "SoL": a short form begins a line as often as it ends a label.
SHORT_FORM = re.compile(r"^\W*[A-ZÅÄÖ][a-zåäö]?[A-ZÅÄÖ]")
OPEN_END = re.compile(
    r"(?:[-–,/&(]|\b(?:och|eller|samt|i|på|för|av|till|med|inom|under|från|per|om|enligt|hos|den|det|de))$"
)


def _begins_label(before: str, text: str) -> bool:
    """Whether a line of a table begins a label of its own, and does not go on with the line before."""
    if not text[:1].isupper() or SHORT_FORM.match(text) or SOURCE.match(text):
        return False
    return not OPEN_END.search(before) and not BULLET.match(before)


#: "varav 85 kvinnor", "282 för kvinnor", "69 % av män", "(hela kommunen)"
WORDED_NUMBER = re.compile(r"^\d[\d,]*\s?%?\s(?:av|för|[a-zåäö]{3,})\b")


def _is_comment(text: str) -> bool:
    """Whether a line after a row's figures comments on them."""
    return bool(COMMENT.match(text) or text[0] == "(" or WORDED_NUMBER.match(text))


def _is_tabbed_head(text: str) -> bool:
    """Whether a line with tabs names columns and holds no figure of its own."""
    cells = DATES.sub("", " ".join(text.split("\t")[1:]))
    return "\t" in text and _column_keys(text) >= 2 and not HAS_DIGIT.search(cells)


def _goes_on(text: str, cells: int, columns: int) -> bool:
    """Whether a line goes on with a row that has ``cells`` of about ``columns`` figures already."""
    if "\t" in text:
        return False
    numbers = _numbers_at_end(text)
    if cell_tokens(text) == len(SPACES.split(text)):
        return cells + numbers <= columns or not numbers
    if cells >= columns and numbers:
        # A full row is followed by another, though it begins with "varav".
        return False
    return cells > 0 and _is_comment(text) and len(text) < 60 and not SENTENCE_END.search(text)


def _single_figure_row(text: str) -> bool:
    return (
        len(text) <= 60
        and _numbers_at_end(text) == 1
        and text[0].isupper()
        and not (SENTENCE_END.search(text) or _is_head_line(text))
    )


#: "Avv." may end a line of a table's head; a sentence is longer.
ABBREVIATION = 5
#: Six narrow columns with three lines each make a long head.
MOST_HEAD_LINES = 24


def _head_lines(
    lines: list[Line], first: int, contents: set[int], taken: dict[int, tuple[BlockKind, bool]]
) -> list[int]:
    """The lines just before row ``first`` that name its columns."""
    head: list[int] = []
    for at in range(first - 1, max(-1, first - MOST_HEAD_LINES), -1):
        text = lines[at].text
        if at in contents or at in taken or len(text) > LONG_LABEL:
            break
        if SENTENCE_END.search(text) and len(text) > ABBREVIATION:
            break
        if BULLET.match(text) or (NUMBERED_HEADING.match(text) and not _is_head_line(text)):
            break
        head.insert(0, at)
    # It begins with the first line that names a column and ends with the last that does.
    keyed = [at for at in head if _is_head_line(lines[at].text)]
    first_line = lines[keyed[0]].text if keyed else ""
    if not (len(keyed) >= 2 or _column_keys(first_line) >= 2 or CAPTION.match(first_line)):
        return []
    start = keyed[0]
    for at in keyed[1:]:
        # What stands apart above a head that is whole already is of something else: the title, a date.
        above = " ".join(line.text for line in lines[start:at])
        apart = lines[at].blank_before and above[:1].isupper() and not TABLE_WORD.search(above)
        named = column_names(" ".join(line.text for line in lines[at : keyed[-1] + 1]))
        if apart and len(named) >= max(2, _numbers_at_end(lines[first].text)):
            start = at
    # "Mål 31" over "dec 2023": a date that was broken over two lines.
    while start > head[0] and _is_broken_date(lines[start - 1].text, lines[start].text):
        start -= 1
    return list(range(start, keyed[-1] + 1))


def _is_broken_date(before: str, text: str) -> bool:
    joined = f"{before} {text}"
    return _column_keys(before) > 0 and bool(HAS_DIGIT.search(DATES.sub("", before))) and _is_head_line(joined)


def _label_lines_before(lines: list[Line], first: int, taken: dict[int, tuple[BlockKind, bool]]) -> int:
    """How many lines before a row without a head of its own are the start of its label."""
    text = lines[first].text
    if not (text[:1].islower() or cell_tokens(text) == len(SPACES.split(text))):
        return 0
    count = 0
    for at in range(first - 1, max(-1, first - 1 - MOST_LABEL_LINES), -1):
        line = lines[at].text
        if at in taken or SENTENCE_END.search(line) or BULLET.match(line) or len(line) > LONG_LABEL:
            break
        count += 1
        if line[:1].isupper():
            break
    return count


# --- text --------------------------------------------------------------------------------------


def _assemble(drafts: list[_Draft], page_count: int, paged: bool) -> Structured:
    parts: list[str] = []
    blocks: list[Block] = []
    seams: list[int] = []
    first_on_page: dict[int, int] = {}
    offset = 0
    for draft in drafts:
        joined = ""
        for line in draft.lines:
            before = len(joined)
            joined = join_lines(joined, line.text)
            # Where the line begins now: joining took a hyphen away or put a space in.
            begins = offset + (len(joined) - len(line.text) if before else 0)
            first_on_page.setdefault(line.page, begins)
            if line.seam and before:
                seams.append(begins)
        blocks.append(Block(draft.kind, offset, offset + len(joined), draft.level))
        parts.append(joined)
        offset += len(joined) + 1
    starts: list[int] = []
    if paged:
        # A page without text begins where the next one does.
        following = max(0, offset - 1)
        for page in range(page_count - 1, -1, -1):
            following = first_on_page.get(page, following)
            starts.insert(0, following)
        starts[0] = 0
    return Structured("\n".join(parts), tuple(blocks), tuple(starts), tuple(seams))
