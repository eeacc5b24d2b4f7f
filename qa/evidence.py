"""Ranked passages to the sentences in them that answer the question."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import BlockKind, Report
from corpus.municipalities import EVERYDAY_WORDS, name_pattern
from corpus.split import sentences
from corpus.structure import SENTENCE_END
from index.encode import Encoder
from index.lexical import Weighted
from index.store import Library
from index.terms import terms
from qa.clues import Naming, Span, TextVectors, clues
from qa.cues import MONEY, PERSON, WHO_IS, told_years
from qa.fit import year_fit
from qa.polarity import asked_way, ways
from qa.question import Kind, Question
from qa.retrieve import READ, Hit
from qa.rows import is_worded
from qa.scorer import Floats, default_scorer, shares
from qa.whole import Wholes, asks_for_the_whole


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence or list item of a report with how well it answers.

    ``score`` is in log-odds against the other sentences; ``coverage`` is the share of the question
    that it and its surroundings have, from 0 to 1, and ``naming`` tells where the thing asked about is
    named; ``of_what`` is whether it tells of the board as a whole, where that is
    asked about, and else true; ``says_so`` is whether it says of the thing which way it went, where
    the question does; ``strength``, from 0 to 1, is how probable it is
    that it answers, and decides whether it is said at all.
    """

    report_id: str
    start: int
    end: int
    score: float
    coverage: float
    strength: float
    naming: Naming
    of_what: bool
    says_so: bool
    #: How probable it is that it is of the years asked for (see ``year_fit``).
    fit: float = 1.0

    @property
    def names_it(self) -> bool:
        """Whether the sentence, or what it stands after or under, names the thing asked about."""
        return self.naming is not Naming.NOWHERE

    def near(self, best: "Evidence", odds: float) -> bool:
        """Whether it is at least ``odds`` as likely as another to be the answer."""
        return self.score >= best.score + math.log(odds)


#: What the training texts, which have no years, boards or municipalities, could not tell; in
#: log-odds, as the scores are.
OF_THE_YEAR = 0.8
ELSEWHERE = -2.0
#: "Övriga kostnader" is the name of a row, and no matter of any costs that are other.
NAMES_THE_THING = 3.0
#: The training texts have no lists, tables or labels either.
IN_A_LIST = 1.0
WHOLE_SENTENCE = 0.7
OF_THE_WHOLE = 6.0
#: That a thing went up, or over its budget, or not, is said of it and not of another.
SAYS_SO = 1.5
#: What begins with "Även" or "Däremot" is said beside the point of its paragraph.
ASIDE = -1.5


def find_sentences(
    question: Question,
    query: Sequence[Weighted],
    hits: Sequence[Hit],
    library: Library,
    encoder: Encoder,
    vectors: TextVectors,
    things: Sequence[Sequence[str]] = (),
) -> list[Evidence]:
    """The sentences and items of the best passages, best answer first.

    ``things`` are names of two words or more, as dictionary forms, that the question has.
    """
    candidates = spans(question, hits, library)
    if not candidates:
        return []
    rows, coverage, named = clues(question, query, candidates, library, encoder, vectors)
    scorer = default_scorer()
    wholes = Wholes(library) if asks_for_the_whole(question) else None
    way = asked_way(question.text)
    texts = [report.text[start:end] for _, report, (start, end) in candidates]
    of_what = [
        wholes is None or wholes.tells(report, text) for text, (_, report, _) in zip(texts, candidates, strict=True)
    ]
    says_so = [
        way is not None and naming >= Naming.ITSELF and whole and bool({way, way.opposite} & ways(text))
        for text, naming, whole in zip(texts, named, of_what, strict=True)
    ]
    fits = [
        year_fit(
            question.scope.years,
            told_years(text),
            told_years(" ".join(hit.passage.heading_path)),
            library.entry(report.report_id),
        )
        for text, (hit, report, _) in zip(texts, candidates, strict=True)
    ]
    prior = [
        _prior(question, report, start, text)
        + OF_THE_YEAR * math.log(fit)
        + NAMES_THE_THING * any(_has_name(text, each) for each in things)
        + OF_THE_WHOLE * (wholes is not None and whole)
        + SAYS_SO * says
        for text, whole, says, fit, (_, report, (start, _)) in zip(
            texts, of_what, says_so, fits, candidates, strict=True
        )
    ]
    scores = scorer.scores(rows) + np.array(prior)
    strengths = scorer.strengths(_pooled(shares(scores), candidates))
    found: dict[str, Evidence] = {}
    for at, (_, report, (start, end)) in enumerate(candidates):
        # The same sentence often stands twice in a report: in the summary and in its section.
        same = f"{report.report_id} {re.sub(r'[^0-9a-zåäö]', '', texts[at].lower())}"
        if same not in found or found[same].score < scores[at]:
            found[same] = Evidence(
                report.report_id,
                start,
                end,
                float(scores[at]),
                coverage[at],
                float(strengths[at]),
                named[at],
                of_what[at],
                says_so[at],
                fits[at],
            )
    return sorted(found.values(), key=lambda each: (-each.score, each.report_id, each.start))


def _pooled(share: Floats, candidates: Sequence[Span]) -> Floats:
    """Shares of the odds, those of sentences that differ in their figures alone, or of one list, put together.

    Report after report says the same of each year, and a list's items answer together; that there are
    many makes none of them less sure.
    """
    keys = [_list_of(report, start) or _words_of(report.text[start:end]) for _, report, (start, end) in candidates]
    sums: dict[str, float] = {}
    for key, each in zip(keys, share, strict=True):
        sums[key] = sums.get(key, 0.0) + float(each)
    return np.array([sums[key] for key in keys])


def _words_of(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.lower())


def _list_of(report: Report, start: int) -> str:
    """Which list an item stands in; nothing for other sentences."""
    at = report.block_number(start)
    if report.blocks[at].kind is not BlockKind.ITEM:
        return ""
    while at > 0 and report.blocks[at - 1].kind is BlockKind.ITEM:
        at -= 1
    return f"{report.report_id} {report.blocks[at].start}"


def spans(question: Question, hits: Sequence[Hit], library: Library) -> list[Span]:
    """The sentences and items of the best passages, those of a passage following each other."""
    return [
        (hit, library.report(hit.passage.report_id), span)
        for hit in hits[:READ]
        for span in _sentences(question, library.report(hit.passage.report_id), hit.passage.start, hit.passage.end)
    ]


def _prior(question: Question, report: Report, start: int, text: str) -> float:
    in_a_list = question.kind is Kind.LIST and report.block_at(start).kind is not BlockKind.PARAGRAPH
    return (
        ELSEWHERE * _tells_of_another(question, report, text)
        + IN_A_LIST * in_a_list
        + WHOLE_SENTENCE * bool(SENTENCE.search(text))
        + ASIDE * bool(BESIDE.match(text))
    )


#: Begins as a sentence does and ends as one.
SENTENCE = re.compile(r"^[A-ZÅÄÖ\d].{20,}[.!?]$", re.S)
BESIDE = re.compile(
    r"^(?:Även|Också|Däremot|Dock|Samtidigt|Därtill|Därutöver|Dessutom|Utöver|Tillsammans|Som (?:nämnt|nämnts))\b"
)
#: How to read a table is not what it says.
ON_READING = re.compile(r"\b(?:minustecken|plustecken|utan tecken)\b", re.I)
#: What leads into a list: words enough for a sentence, and a colon.
LEAD_IN = re.compile(r"^[A-ZÅÄÖ]\w*(?: [\w,()/–-]+){4,}:\s*$")
#: A line of a paragraph that ends without a full stop and is this short is a heading or a label.
LABEL_LENGTH = 120
#: A longer stretch without a full stop is no sentence that anybody could read aloud.
LONGEST_SENTENCE = 700


def _sentences(question: Question, report: Report, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences and items of a stretch of a report; rows, heads and stray labels are left out.

    Its heading belongs where it tells something itself: an amount, or the person asked for.
    """
    found = []
    above = report.blocks[max(0, report.block_number(start) - 1)]
    if above.kind is BlockKind.HEADING and _telling(question, report.text[above.start : above.end]):
        found.append((above.start, above.end))
    for block in report.blocks[report.block_number(start) :]:
        if block.start >= end:
            break
        if is_worded(report, block) and start <= block.start and block.end <= end:
            found.append((block.start, block.end))
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            continue
        for first_char, last_char in sentences(report.text[block.start : block.end]):
            begins, ends = block.start + first_char, block.start + last_char
            text = report.text[begins:ends]
            ended = SENTENCE_END.search(text) or LEAD_IN.search(text)
            label = block.kind is BlockKind.PARAGRAPH and len(text) < LABEL_LENGTH and not ended
            useless = (label and not _telling(question, text)) or ON_READING.search(text)
            if start <= begins and ends <= end and len(text) <= LONGEST_SENTENCE and not useless:
                found.append((begins, ends))
    return found


def _telling(question: Question, label: str) -> bool:
    """Whether a heading or label tells something by itself."""
    return bool(MONEY.search(label)) or bool(WHO_IS.search(question.text) and PERSON.search(label))


def _has_name(text: str, name: Sequence[str]) -> bool:
    """Whether a text has the words of a name one after the other, in any form."""
    lemmas = [each.lemma for each in terms(text)]
    return any(lemmas[at : at + len(name)] == list(name) for at in range(len(lemmas) - len(name) + 1))


def _tells_of_another(question: Question, report: Report, text: str) -> bool:
    named = {match[1] for match in name_pattern().finditer(text) if match[1] not in EVERYDAY_WORDS}
    named -= {report.municipality, *question.scope.municipalities}
    return bool(named) and (report.municipality or "") not in text


def neighbours(report: Report, evidence: Evidence) -> list[tuple[int, int]]:
    """The sentences that follow ``evidence`` in its block, then the list items that its paragraph leads into."""
    block = report.block_at(evidence.start)
    inside = [(block.start + a, block.start + b) for a, b in sentences(report.text[block.start : block.end])]
    after = [span for span in inside if span[0] >= evidence.end]
    if block.kind is BlockKind.ITEM:
        # Between two items, a paragraph goes on with the first.
        number = report.block_number(block.start)
        around = report.blocks[number + 1 : number + 3]
        if [each.kind for each in around] == [BlockKind.PARAGRAPH, BlockKind.ITEM]:
            text = report.text[around[0].start : around[0].end]
            after += [(around[0].start + a, around[0].start + b) for a, b in sentences(text)]
    if block.kind is not BlockKind.PARAGRAPH:
        return after
    for following in report.blocks[report.blocks.index(block) + 1 :]:
        if following.kind is not BlockKind.ITEM:
            break
        after.append((following.start, following.end))
    return after
