"""Evidence to the places of a report that an answer quotes: what answers, and what belongs to it."""

import re
from collections.abc import Sequence

from corpus.document import Block, BlockKind, Report
from corpus.split import sentences as split_sentences
from corpus.structure import BULLET
from index.store import Library
from index.terms import words
from qa.answer import Sentence, cite
from qa.clues import Naming
from qa.cues import CAUSE, PRICE_ASKED, STRONG_CAUSE, WHO_IS, adds, fits_kind
from qa.evidence import SENTENCE, Evidence, neighbours
from qa.polarity import MET_IT
from qa.question import Kind, Question
from qa.rows import is_worded, row_head, row_text, rows_around
from qa.whole import asks_for_the_whole

#: Sentences from one report in one answer.
MOST_SENTENCES = 4
#: A further sentence, one that goes on from the first, and one that tells the cause where one is asked for,
#: must be so likely an answer beside the first.
NEAR = 0.25
GOES_ON = 0.05
CAUSE_NEAR = 0.05
#: Kinds of answer that nothing but the thing itself can give.
OF_THE_VERY_THING = frozenset({Kind.HOW_MUCH, Kind.COMPARE})
#: What has so much of the question, beside what has most of it, tells of the thing asked about.
TELLS_OF_IT = 0.55
#: Two sentences that share so much of their words say the same.
SAME = 0.7
#: "Detta …", "Underskottet beror på …", "Den är …": a sentence that leans on the one before it.
GOING_ON = (
    r"(?:är|var|har|hade|blev|blir|ska|skulle|kan|kunde|kommer|gäller|gällde|inneb[aä]r|beror|berodde|förklaras"
    r"|härleds|omfattar|avser|består|bestod|uppgår|uppgick|visar|ökade|minskade|steg|sjönk|fick|får|finns|handlar)"
)
LEANING = re.compile(
    r"^(?:(?:Underskottet|Överskottet|Avvikelsen|Ökningen|Minskningen|Förändringen|Förbättringen|Resultatet|Siffran"
    rf"|Verksamheten|Målet|Den|Det|De|Båda|Två|Tre)\s(?:{GOING_ON}\b|(?:på|om)\s[\d–-])"
    r"|(?:Orsaken|Orsakerna|Skälet|Skälen|Detta|Dessa|Denna|Här|Där|Utöver detta|Även|Också|Däremot|Dock|Samtidigt"
    r"|Resterande)\b)"
)
BOLD = re.compile(r"\*\*|(?<!\w)__|__(?!\w)")
BOLD_START = re.compile(r"^\W*\*\*([^*]{3,}?)[:.]?\*\*[:.]?\s+(?=\S)")

#: A longer sentence before a list tells too much that was not asked.
LONGEST_LEAD = 160


def quote(report: Report, start: int, end: int) -> Sentence:
    """The report's words as a sentence: without its bullet, and with a full stop if it has none."""
    block = report.block_at(start)
    if is_worded(report, block):
        head = row_head(report, block)
        named = cite(report, head.start, head.end) if head else ()
        return Sentence(f"{row_text(report, block)}.", (*cite(report, start, end), *named))
    text = BULLET.sub("", re.sub(r"\s+", " ", report.text[start:end]))
    # Text that was pulled out of a PDF as Markdown: the bold beginning of a paragraph is its heading.
    text = BOLD.sub("", BOLD_START.sub(r"\1: ", text)).strip()
    return Sentence(text if text.endswith((".", "!", "?", ":")) else f"{text}.", cite(report, start, end))


def places(
    question: Question,
    sentences: Sequence[Evidence],
    library: Library,
    budget: int,
    first: Evidence | None = None,
) -> list[tuple[str, int, int]]:
    """The places to quote: the best sentence, what belongs to it, and others nearly as good.

    None where what tells most of the thing asked about has nothing of the kind asked for. ``first``
    goes before the best.
    """
    best = first or _best(question, sentences, library)
    if best is None:
        return []
    report = library.report(best.report_id)
    scores = {(e.report_id, e.start): e for e in sentences}
    wanted: list[tuple[int, int]] = []
    leaning = _leans_on(report, best)
    # A footnote belongs to the table above it; no sentence goes on with it.
    if leaning and report.text[leaning[0]] != "*":
        wanted.append(leaning)
    elif (lead := _lead_in(report, best)) and _is_wanted(scores.get((report.report_id, lead[0])), report, best):
        leaning = lead
        wanted.append(lead)
    wanted.append((best.start, best.end))
    told = STRONG_CAUSE.search(report.text[best.start : best.end])
    whole = asks_for_the_whole(question)
    # What begins with "Orsaken" or "Detta" goes on with the sentence before it.
    following = best.end + 1
    for start, end in _items_around(report, best) if question.kind is Kind.LIST else neighbours(report, best):
        text = report.text[start:end]
        known = scores.get((report.report_id, start))
        item = report.block_at(start).kind is BlockKind.ITEM and start > report.block_at(best.start).start
        gives_cause = question.kind is Kind.WHY and (CAUSE.search(text) or item)
        leans = start == following and LEANING.match(text)
        if leans:
            following = end + 1
        reads_on = (
            question.kind is Kind.WHY
            and not told
            and (report.block_at(best.start).end >= end or report.block_at(best.start).kind is BlockKind.ITEM)
            and (not whole or CAUSE.search(text))
        )
        judges = question.kind is Kind.YES_NO and start == following and MET_IT.search(text)
        if judges:
            following = end + 1
        if (
            gives_cause
            or judges
            or leans
            or reads_on
            or (known and known.near(best, GOES_ON))
            or question.kind is Kind.LIST
        ):
            wanted.append((start, end))
    wanted += [
        (e.start, e.end)
        for e in sentences
        if e.report_id == best.report_id
        and e.near(best, NEAR)
        and e.of_what
        and (question.kind is not Kind.WHY or e.naming >= min(best.naming, Naming.ITSELF))
        and e.coverage >= 0.6 * best.coverage
        and (len(wanted) < 2 or adds(question, _text(library, e)))
    ]
    in_a_list = report.block_at(best.start).kind is BlockKind.ITEM
    if question.kind is Kind.WHY and not any(CAUSE.search(report.text[start:end]) for start, end in wanted):
        # The next item of a list has the cause of something else.
        wanted += [] if in_a_list else _cause_after(report, best)
    chosen: list[tuple[str, int, int]] = []
    left = budget
    for start, end in dict.fromkeys(wanted):
        must = (start, end) in ((best.start, best.end), leaning)
        if not must and (len(chosen) >= MOST_SENTENCES or end - start > left):
            continue
        if not must and report.text[start:end].rstrip().endswith(":"):
            # What leads to a list says nothing without it.
            continue
        if any(_same(report.text[start:end], report.text[a:b]) for _, a, b in chosen):
            continue
        chosen.append((best.report_id, start, end))
        left -= end - start
    return chosen


def _best(question: Question, sentences: Sequence[Evidence], library: Library) -> Evidence | None:
    """The best sentence of the kind that is asked for, among those that tell of the thing asked about."""
    told = max(each.coverage for each in sentences)
    # Another thing's number, or another's name, is worse than none.
    strictly = question.kind in OF_THE_VERY_THING or any(each.search(question.text) for each in (PRICE_ASKED, WHO_IS))
    named = strictly or any(each.names_it for each in sentences)
    fitting = [
        each
        for each in sentences
        if each.coverage >= TELLS_OF_IT * told and fits_kind(question, _text(library, each)) is not False
    ]
    best = next((each for each in fitting if each.names_it >= named), None)
    if best is None and not strictly:
        best = next(iter(fitting), None)
    if best is None or question.kind is not Kind.WHY:
        return best
    # The cause itself, where it is told nearly as well as the fact.
    mine = (each for each in sentences if each.of_what and each.names_it >= named)
    return next((each for each in mine if _tells_cause(each, best, library)), best)


def _items_around(report: Report, evidence: Evidence) -> list[tuple[int, int]]:
    """The other items of the list that an item stands in; for a sentence, what follows it."""
    block = report.block_at(evidence.start)
    if is_worded(report, block):
        return [(other.start, other.end) for other in rows_around(report, block)]
    if block.kind is not BlockKind.ITEM:
        return neighbours(report, evidence)
    at = first = last = report.blocks.index(block)
    while first > 0 and report.blocks[first - 1].kind is BlockKind.ITEM:
        first -= 1
    while last + 1 < len(report.blocks) and report.blocks[last + 1].kind is BlockKind.ITEM:
        last += 1
    return [(other.start, other.end) for other in report.blocks[first : last + 1] if other is not report.blocks[at]]


#: A cause told further on in the section stands within so many blocks of the fact.
CAUSE_REACH = 12


def _cause_after(report: Report, fact: Evidence) -> list[tuple[int, int]]:
    """The first sentence after the fact, in its section or one under it, that tells a cause."""
    at = report.blocks.index(report.block_at(fact.start))
    above = [block.level for block in report.blocks[:at] if block.kind is BlockKind.HEADING]
    for block in report.blocks[at : at + CAUSE_REACH]:
        if block.kind is BlockKind.HEADING and above and block.level <= above[-1]:
            break
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            continue
        spans = [span for span in _block_sentences(report, block) if span[0] >= fact.end]
        for number, (start, end) in enumerate(spans):
            if STRONG_CAUSE.search(report.text[start:end]):
                # What follows in the paragraph tells more of it, as far as there is room.
                return spans[number : number + 3]
    return []


def _tells_cause(evidence: Evidence, fact: Evidence, library: Library) -> bool:
    return evidence.near(fact, CAUSE_NEAR) and bool(STRONG_CAUSE.search(_text(library, evidence)))


def _text(library: Library, evidence: Evidence) -> str:
    return library.report(evidence.report_id).text[evidence.start : evidence.end]


def _same(first: str, second: str) -> bool:
    """Whether one sentence has most of the other's words."""
    a, b = set(words(first)), set(words(second))
    return len(a & b) >= SAME * min(len(a), len(b))


def _leans_on(report: Report, evidence: Evidence) -> tuple[int, int] | None:
    """The sentence before one that begins with "Detta", "Underskottet" or the like.

    It stands in the same block, or ends the paragraph before, over at most a heading of that paragraph's own section:
    what follows the next section's heading is about something else.
    """
    if not LEANING.match(report.text[evidence.start : evidence.end]):
        return None
    block = report.block_at(evidence.start)
    before = [span for span in _block_sentences(report, block) if span[1] <= evidence.start]
    if before:
        return before[-1]
    at = report.blocks.index(block)
    between = None
    for number in range(at - 1, max(-1, at - 3), -1):
        previous = report.blocks[number]
        if previous.kind is BlockKind.PARAGRAPH:
            own = next((each for each in reversed(report.blocks[:number]) if each.kind is BlockKind.HEADING), None)
            below = between is None or own is None or between.level > own.level
            return _block_sentences(report, previous)[-1] if below else None
        if previous.kind is not BlockKind.HEADING:
            break
        between = previous
    return None


def _is_wanted(lead: Evidence | None, report: Report, item: Evidence) -> bool:
    """Whether an item says too little without what leads to it, or that is of the thing asked about itself."""
    alone = SENTENCE.search(BULLET.sub("", report.text[item.start : item.end]))
    return not alone or (lead is not None and lead.naming >= Naming.ITSELF)


def _lead_in(report: Report, evidence: Evidence) -> tuple[int, int] | None:
    """The sentence that leads into the list that an item stands in; None where nothing does."""
    at = report.block_number(evidence.start)
    if report.blocks[at].kind is not BlockKind.ITEM:
        return None
    while at > 0 and (report.blocks[at - 1].kind is BlockKind.ITEM or _between_items(report, at - 1)):
        at -= 1
    above = report.blocks[max(0, at - 1)]
    if above.kind is not BlockKind.PARAGRAPH or not report.text[above.start : above.end].rstrip().endswith(":"):
        return None
    lead = _block_sentences(report, above)[-1]
    return lead if lead[1] - lead[0] <= LONGEST_LEAD else None


def _between_items(report: Report, at: int) -> bool:
    """Whether a block is a paragraph that goes on with the item above it."""
    return report.blocks[at].kind is BlockKind.PARAGRAPH and at > 0 and report.blocks[at - 1].kind is BlockKind.ITEM


def _block_sentences(report: Report, block: Block) -> list[tuple[int, int]]:
    return [(block.start + a, block.start + b) for a, b in split_sentences(report.text[block.start : block.end])]
