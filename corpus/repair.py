"""Undo what PDF extraction did to the text, without changing a letter or a digit.

White space and hyphens are joined or dropped, and page furniture (running headers, page
numbers) is cut out whole. What was cut is told, so that a test can put it back.
"""

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.lexicon import compound_parts, known, lemma, zipf
from corpus.read import Raw

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
#: Word and Symbol bullets land in the private use area.
BULLETS = {"\uf0b7": "•", "\uf0a7": "•", "\uf02d": "–", "\uf0d8": "•"}
TRANSLATION = str.maketrans(
    {
        **LIGATURES,
        **BULLETS,
        "\u00ad": "",
        "\u200b": "",
        "\ufeff": "",
        "\u202f": "\u00a0",
        "\u2007": " ",
        "\u2009": " ",
    }
)
#: A no-break space is kept between the digits of one number; it tells them from two cells.
LOOSE_NBSP = re.compile(r"(?<!\d)\u00a0|\u00a0(?!\d{3}(?!\d))")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200c-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

#: Lines this near a page's top or bottom can be running headers or footers.
EDGE = 3
#: "Sida 4 av 9", "Bokslut 2023 9(10)", or "4 (9)" alone: a page number that says how many there are.
PAGE_OF = re.compile(
    r"^(?:.*\b(?:rapport\w*|bokslut\w*|\w*redovisning\w*|\w*berättelse\w*|protokoll\w*|plan)\b(?:\s(?:19|20)\d\d)?\s*)?"
    r"(\d{1,3})\s?\((\d{1,3})\)$"
    r"|^(?:.*\s)?sid(?:a|an|nr)?\.?\s*(\d{1,3})\s?(?:av|/|\()\s?(\d{1,3})\)?$",
    re.I,
)
PAGE_NUMBER = re.compile(r"^(?:sida?\.?\s*|[-–]\s?)?(\d{1,4})(?:\s?[-–])?$", re.I)
COLUMN_WORD = re.compile(r"\b(?:utfall|budget|prognos|avvikelse|bokslut|mål\w*|nyckeltal|indikator\w*)\b", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page after repair. ``seam``: furniture or a page break came just before."""

    text: str
    page: int
    blank_before: bool = False
    seam: bool = False


@dataclass(frozen=True, slots=True)
class Repaired:
    """The lines that are left, and the furniture that was cut out, in order."""

    lines: tuple[Line, ...]
    dropped: tuple[str, ...]


def repair(raw: Raw) -> Repaired:
    """Clean the characters, cut the furniture, and mend spacing and split words."""
    pages = [_clean(page).split("\n") for page in raw.pages]
    furniture = _furniture(pages) | _loose_page_numbers(pages, raw.paged)
    lines: list[Line] = []
    dropped: list[str] = []
    for number, page in enumerate(pages):
        blank, seam = True, number > 0
        for at, text in enumerate(page):
            if (number, at) in furniture:
                dropped.append(text.strip())
                seam = True
            elif not text.strip():
                blank = True
            else:
                lines.append(Line(_tidy(text), number, blank, seam))
                blank, seam = False, False
    return Repaired(tuple(_mend_words(_single_spaced(lines))), tuple(dropped))


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text).translate(TRANSLATION)
    return LOOSE_NBSP.sub(" ", CONTROL.sub(" ", text))


def _tidy(text: str) -> str:
    """Collapse spaces, but keep tabs: they part the cells of a table."""
    cells = [" ".join(filter(None, cell.split(" "))) for cell in text.strip(" ").split("\t")]
    return "\t".join(cells).rstrip(" ")


def _edge_keys(text: str, page: int) -> set[str]:
    """What a line at the edge of ``page`` is known again by: its text, with any page number in it
    as its distance from the page. Other figures must be the same: body text has figures too."""
    bare = " ".join(text.lower().split())
    numbers = list(re.finditer(r"(?<!\w)\d{1,4}(?!\w)", bare))
    return {bare} | {
        f"{bare[: match.start()]}<{int(match[0]) - page}>{bare[match.end() :]}" for match in numbers[:1] + numbers[-1:]
    }


def _furniture(pages: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """Lines at the pages' edges that come back on page after page, but for their page numbers."""
    seen: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    numbers: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    found: set[tuple[int, int]] = set()
    for number, page in enumerate(pages):
        filled = [at for at, text in enumerate(page) if text.strip()]
        for at in dict.fromkeys(filled[:EDGE] + filled[-EDGE:]):
            text = page[at].strip()
            if match := PAGE_NUMBER.match(text):
                numbers[int(match[1]) - number].append((number, at))
            elif re.search(r"[^\W\d_]", text) and len(COLUMN_WORD.findall(text)) < 2:
                for key in _edge_keys(text, number):
                    seen[key].append((number, at))
    enough = max(3, len(pages) // 5)
    for places in seen.values():
        if len({page for page, _ in places}) >= enough:
            found.update(places)
    for places in numbers.values():
        # A page number differs from its page by the same amount all through.
        if len({page for page, _ in places}) >= enough:
            found.update(places)
    for number, page in enumerate(pages):
        found.update((number, at) for at, text in enumerate(page) if len(text) < 80 and _is_page_of(text.strip()))
    return found


def _is_page_of(text: str) -> bool:
    match = PAGE_OF.match(text)
    if match is None:
        return False
    number, count = (int(group) for group in match.groups() if group)
    return 1 <= number <= count and count >= 2


def _loose_page_numbers(pages: Sequence[Sequence[str]], paged: bool) -> set[tuple[int, int]]:
    """Page numbers standing alone in a text without pages: they rise at a page's pace."""
    if paged:
        return set()
    places: list[tuple[int, tuple[int, int], int]] = []
    count = 0
    for number, page in enumerate(pages):
        for at, text in enumerate(page):
            count += bool(text.strip())
            match = PAGE_NUMBER.match(text.strip())
            if match and len(match[1]) <= 3:
                places.append((count, (number, at), int(match[1])))
    # The longest chain in which each number is as many pages on as the lines between allow.
    chains: list[list[int]] = []
    for index, (count, _, value) in enumerate(places):
        options = [
            chain
            for chain in chains
            if places[chain[-1]][2] < value
            and 12 <= (count - places[chain[-1]][0]) / (value - places[chain[-1]][2]) <= 75
        ]
        chains.append([*max(options, key=len, default=[]), index])
    best = max(chains, key=len, default=[])
    if len(best) < 3:
        return set()
    return {places[index][1] for index in best}


def _single_spaced(lines: list[Line]) -> list[Line]:
    """Forget the blank lines where one stands between all lines of a stretch."""
    result: list[Line] = []
    stretch: list[Line] = []

    def flush() -> None:
        # Real paragraphs are not six one-line paragraphs, most of which end mid-sentence.
        open_ended = sum(1 for line in stretch if not line.text.endswith((".", ":", "!", "?")))
        if len(stretch) >= 6 and open_ended > len(stretch) * 0.6:
            result.extend(replace(line, blank_before=False) for line in stretch)
        else:
            result.extend(stretch)
        stretch.clear()

    for line in lines:
        if not line.blank_before:
            flush()
        stretch.append(line)
    flush()
    return result


#: What each space that a line shows is worth as evidence, in powers of ten.
SPACE_WEIGHT = 2.5
#: In a letter-spaced line the spaces are worth little: its pieces are this short on average.
LETTER_SPACED = 3.2
LETTER_SPACE_WEIGHT = 1.0
UNKNOWN_COST = 10.0
#: So many suspicious lines on one page, and every line of it is read with suspicion.
DAMAGED_PAGE = 5
COMPOUND_COST = 7.0
PIECE_COST = 8.0
LONGEST_WORD = 45
MOST_PIECES = 24
SINGLES = frozenset("iåöa")
PIECE = re.compile(r"^[^\W\d_]+$")


def _mend_words(lines: list[Line]) -> list[Line]:
    """Join the pieces of words that extraction split, line by line, where a page shows such damage."""
    vocabulary = Counter(word.lower() for line in lines for word in re.findall(r"[^\W\d_]{4,}", line.text))
    suspicious = [_suspicious(line.text, vocabulary) for line in lines]
    damaged = Counter(line.page for line, hit in zip(lines, suspicious, strict=True) if hit)
    result = []
    for line, hit in zip(lines, suspicious, strict=True):
        if hit or damaged[line.page] >= DAMAGED_PAGE:
            line = replace(line, text="\t".join(_join_pieces(cell, vocabulary) for cell in line.text.split("\t")))
        result.append(line)
    return result


def _suspicious(text: str, vocabulary: Counter[str]) -> bool:
    """Whether two neighbours in the line can hardly be words, each of its own."""
    return any(
        PIECE.match(first) and PIECE.match(second) and (_fragment(first, vocabulary) or _fragment(second, vocabulary))
        for first, second in zip(text.split(), text.split()[1:], strict=False)
    )


def _fragment(piece: str, vocabulary: Counter[str]) -> bool:
    if piece.isupper() and len(piece) > 1:
        return False
    word = piece.lower()
    if len(word) == 1:
        return word not in SINGLES
    if not known(word) and (vocabulary[word] >= 3 or compound_parts(word)):
        return False
    return not known(word) or (len(word) <= 3 and zipf(word) < 4.5 and lemma(word) is None)


def _cost(word: str, vocabulary: Counter[str]) -> float:
    """How unlikely ``word`` is as a word: minus log10 of its share of Swedish text."""
    lower = word.lower()
    if len(lower) == 1:
        return 9.0 - zipf(lower) if lower in SINGLES else UNKNOWN_COST
    if frequency := _frequency(lower, vocabulary):
        # A short string that is in no dictionary is more likely a piece than a word.
        return max(9.0 - frequency, PIECE_COST if _fragment(word, vocabulary) else 0.0)
    parts = compound_parts(lower)
    return max(COMPOUND_COST, sum(9.0 - zipf(part) for part in parts)) if parts else UNKNOWN_COST


def _frequency(lower: str, vocabulary: Counter[str]) -> float:
    """How common a word is in Swedish (Zipf), or seems to be by the report; 0 if neither has it."""
    frequency = max(zipf(lower), 2.0 if lemma(lower) is not None else 0.0)
    return 2.5 if frequency < 2.5 and vocabulary[lower] >= 2 else frequency


def _join_pieces(text: str, vocabulary: Counter[str]) -> str:
    """The likeliest way to read the line's pieces as words (Viterbi over a unigram model)."""
    pieces = text.split(" ")
    letters = sum(map(len, pieces)) / len(pieces)
    space = LETTER_SPACE_WEIGHT if len(pieces) >= 6 and letters < LETTER_SPACED else SPACE_WEIGHT
    broken = [_fragment(piece.strip("()[]\"”'’.,;:!?"), vocabulary) for piece in pieces]
    best = [0.0] + [float("inf")] * len(pieces)
    back = [0] * (len(pieces) + 1)
    for end in range(1, len(pieces) + 1):
        for start in range(end - 1, max(-1, end - MOST_PIECES - 1), -1):
            cost = _joined_cost(pieces[start:end], broken[start:end], vocabulary, space)
            if cost is None:
                break
            if best[start] + cost < best[end]:
                best[end], back[end] = best[start] + cost, start
    words: list[str] = []
    end = len(pieces)
    while end:
        words.append("".join(pieces[back[end] : end]))
        end = back[end]
    joined = " ".join(reversed(words))
    if joined != text:
        joined = re.sub(r"(\w) -( (?:och|eller|samt) )", r"\1-\2", joined)
    return joined


def _joined_cost(pieces: list[str], broken: list[bool], vocabulary: Counter[str], space: float) -> float | None:
    """The cost of reading ``pieces``, some of them ``broken``, as one word; None where they, or more, can't be."""
    if len(pieces) == 1:
        core = pieces[0].strip("()[]\"”'’.,;:!?")
        return _cost(core, vocabulary) if PIECE.match(core) else 0.0
    first, *middle, last = pieces
    core = first.lstrip("([\"”'") + "".join(middle) + last.rstrip(")]\"”'.,;:!?")
    if not PIECE.match(first.lstrip("([\"”'")) or not all(PIECE.match(piece) for piece in middle):
        return None
    if len(core) > LONGEST_WORD or (first.isupper() and len(first) > 1):
        return None
    if not PIECE.match(core) or any(piece != piece.lower() for piece in pieces[1:]):
        return float("inf")
    lower = core.lower()
    # A word that no dictionary has is believed only if each space touches a broken piece.
    every_space = all(left or right for left, right in itertools.pairwise(broken))
    if not every_space and not _frequency(lower, vocabulary):
        return float("inf")
    cost = _cost(core, vocabulary)
    if cost >= COMPOUND_COST and not (every_space and (vocabulary[lower] or compound_parts(lower))):
        return float("inf")
    return cost + space * (len(pieces) - 1)
