"""Ranked passages to the sentences in them that answer the question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import MONTHS, BlockKind, Report
from corpus.municipalities import EVERYDAY_WORDS, name_pattern
from corpus.split import sentences
from corpus.structure import SENTENCE_END
from corpus.units import MONEY_UNIT
from index.encode import Encoder
from index.lexical import Weighted
from index.store import Library
from index.terms import content_terms, terms
from qa.matching import Matcher
from qa.question import Kind, Question, asks_for_a_count
from qa.recency import LATEST_BONUS, latest_reports
from qa.retrieve import READ, Hit

CAUSE = re.compile(
    r"\b(?:beror|berodde|bero|på grund av|till följd av|som en följd|följd av|orsak\w*|förklar\w+|härled\w*|hänför\w*"
    r"|eftersom|därför att|då |med anledning av|genererat|kopplat till|medför\w*|inneb[uä]r\w*|leder till|lett till"
    r"|vilket gör|vilket gjort|resulter\w+|påverka\w*|tack vare|utifrån att|skälet|anledning\w*|bidrag\w+|främst"
    r"|på grund|drivs av|drivits|för att)\b",
    re.I,
)
STRONG_CAUSE = re.compile(
    r"\b(?:beror|berodde|på grund av|till följd av|orsak\w*|förklar\w+|härled\w*|hänförlig\w*|eftersom|med anledning av"
    r"|utifrån att|kopplat till|skälet|anledningen|tack vare|bidragande)\b",
    re.I,
)
AMOUNT = re.compile(r"\d")
MONEY_OR_SHARE = re.compile(
    rf"\d\s?(?:{MONEY_UNIT}|procent|timmar|dagar|dygn|personer|barn|hushåll|platser|årsarbetare|st)\b|\d\s?%",
    re.I,
)
MONEY = re.compile(rf"[-–−]?\d[\d\s.,]*(?<=\d)\s?(?:{MONEY_UNIT})\b", re.I)
WHEN = re.compile(
    rf"\b(?:(?:19|20)\d\d|{'|'.join(MONTHS)}"
    r"|våren|sommaren|hösten|vintern|årsskiftet|kvartalet|halvåret)\b",
    re.I,
)
ADDRESSED = re.compile(
    r"\b(?:vänder sig|riktar sig|riktad|riktat|riktade|avsedd\w*|målgrupp\w*|avtal|ansvarar)\b", re.I
)
NUMBER_WORDS = r"(?:en enda|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|en tredjedel|dubbelt)"
QUANTITY = re.compile(
    rf"(?<![\d/-])(?!(?:19|20)\d\d(?!\d))\d|\b{NUMBER_WORDS}\b(?! (?:\w+ )?(?:senaste|år\b|åren))", re.I
)
PERSON = re.compile(r"[A-ZÅÄÖ][a-zåäöé]+ (?:[A-ZÅÄÖ][a-zåäöé]+)")
WHO_IS = re.compile(r"^(?:och )?vem (?:är|e|va|var|heter)\b", re.I)
KIND_CUES = {
    Kind.WHY: CAUSE,
    Kind.HOW_MUCH: AMOUNT,
    Kind.WHEN: WHEN,
    Kind.WHO: ADDRESSED,
    Kind.TREND: re.compile(r"\b(?:öka|minska|sjunk|stig|fler|färre|högre|lägre)\w*", re.I),
    Kind.COMPARE: AMOUNT,
}

#: What a term found in a sentence's surroundings is worth, beside one in the sentence itself.
HEADING_WORTH = 0.7
BEFORE_WORTH = 0.6
#: What coverage and likeness are worth; set by hand, as the score's other weights are, on the
#: development questions and the sample reports' cases.
COVERAGE_STRENGTH = 0.6
LIKENESS_STRENGTH = 0.8
LIKENESS_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence or list item of a report with how well it answers.

    ``coverage`` is the share of the question that it and its surroundings have, from 0 to 1;
    ``strength`` adds its likeness in meaning, and decides whether it is said at all.
    """

    report_id: str
    start: int
    end: int
    score: float
    coverage: float
    strength: float


def fits_kind(question: Question, text: str) -> bool:
    """Whether a sentence can be an answer of the kind asked for: a quantity, a time, a person."""
    if asks_for_a_count(question):
        return bool(QUANTITY.search(MONEY.sub("", text)))
    if question.kind in (Kind.HOW_MUCH, Kind.COMPARE):
        return bool(QUANTITY.search(text))
    if question.kind is Kind.WHEN:
        return bool(WHEN.search(text))
    if WHO_IS.search(question.text):
        return bool(PERSON.search(text))
    return True


def adds(question: Question, text: str) -> bool:
    """Whether a further sentence tells something: an amount, or a cause where one is asked for."""
    return bool(QUANTITY.search(text)) or (question.kind is Kind.WHY and bool(CAUSE.search(text)))


def find_sentences(
    question: Question, query: Sequence[Weighted], hits: Sequence[Hit], library: Library, encoder: Encoder
) -> list[Evidence]:
    """The sentences and items of the best passages, best answer first."""
    matcher = Matcher(query)
    whole = Matcher([Weighted(each, 1.0, each.word) for each in content_terms(question.topic)])
    latest = latest_reports(library)
    whole_asked = asks_for_the_whole(question)
    top = hits[0].score if hits else 1.0
    found: dict[str, Evidence] = {}
    spans = [
        (hit, library.report(hit.passage.report_id), span)
        for hit in hits[:READ]
        for span in _sentences(question, library.report(hit.passage.report_id), hit.passage.start, hit.passage.end)
    ]
    if not spans:
        return []
    vectors = encoder.encode_passages([report.text[start:end] for _, report, (start, end) in spans])
    asked = encoder.encode_queries([question.subject])[0]
    # How much nearer than any passage would be: encoders differ in where their cosines begin.
    cosines = vectors @ asked - library.dense.background(asked)
    previous: Hit | None = None
    before = above = [0.0] * len(matcher)
    for (hit, report, (start, end)), cosine in zip(spans, cosines, strict=True):
        if hit is not previous:
            previous, before = hit, [0.0] * len(matcher)
            above = matcher.matches(terms(" ".join(hit.passage.heading_path[-2:])))
        text = report.text[start:end]
        text_terms = terms(text)
        own = matcher.matches(text_terms)
        joint = [
            max(mine, HEADING_WORTH * over, BEFORE_WORTH * earlier)
            for mine, over, earlier in zip(own, above, before, strict=True)
        ]
        before = own
        likeness = max(0.0, float(cosine))
        strength = COVERAGE_STRENGTH * matcher.coverage(joint) + LIKENESS_STRENGTH * likeness
        score = (
            0.5 * matcher.coverage(own)
            + 0.3 * matcher.coverage(joint)
            + LIKENESS_SCORE * likeness
            + 0.3 * hit.score / top
            + 0.15 * whole.coverage(whole.matches(text_terms))
            + _cue_bonus(question, text)
            - (ELSEWHERE * _tells_of_another(question, report, text))
            + (WHOLE_BONUS if whole_asked and WHOLE.search(text[:WHOLE_REACH]) else 0.0)
            + _year_bonus(question, report, text, latest)
        )
        # The same sentence often stands twice in a report: in the summary and in its section.
        same = f"{report.report_id} {re.sub(r'[^0-9a-zåäö]', '', text.lower())}"
        if same not in found or found[same].score < score:
            found[same] = Evidence(report.report_id, start, end, score, matcher.coverage(joint), strength)
    return sorted(found.values(), key=lambda each: (-each.score, each.report_id, each.start))


#: How to read a table is not what it says.
ON_READING = re.compile(r"\b(?:minustecken|plustecken|utan tecken)\b", re.I)
#: A line of a paragraph that ends without a full stop and is this short is a heading or a label.
LABEL_LENGTH = 120
#: A longer stretch without a full stop is no sentence that anybody could read aloud.
LONGEST_SENTENCE = 700


def _sentences(question: Question, report: Report, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences and items of a stretch of a report; rows, heads and stray labels are left out.

    Its heading belongs where it tells something itself: an amount, or the person asked for.
    """
    found = []
    first = report.block_at(start)
    above = report.blocks[max(0, report.blocks.index(first) - 1)]
    if above.kind is BlockKind.HEADING and _telling(question, report.text[above.start : above.end]):
        found.append((above.start, above.end))
    for block in report.blocks:
        if block.end <= start or block.start >= end or block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            continue
        for first_char, last_char in sentences(report.text[block.start : block.end]):
            begins, ends = block.start + first_char, block.start + last_char
            text = report.text[begins:ends]
            label = block.kind is BlockKind.PARAGRAPH and len(text) < LABEL_LENGTH and not SENTENCE_END.search(text)
            useless = (label and not _telling(question, text)) or ON_READING.search(text)
            if start <= begins and ends <= end and len(text) <= LONGEST_SENTENCE and not useless:
                found.append((begins, ends))
    return found


def _telling(question: Question, label: str) -> bool:
    """Whether a heading or label tells something by itself."""
    return bool(MONEY.search(label)) or bool(WHO_IS.search(question.text) and PERSON.search(label))


#: What it costs a sentence to be about another municipality than its report's.
ELSEWHERE = 0.4


def _tells_of_another(question: Question, report: Report, text: str) -> bool:
    named = {match[1] for match in name_pattern().finditer(text) if match[1] not in EVERYDAY_WORDS}
    named -= {report.municipality, *question.scope.municipalities}
    return bool(named) and (report.municipality or "") not in text


#: The board as a whole, as the one that a sentence begins with.
WHOLE = re.compile(r"\b\w*nämnden\b|\bförvaltningen\b|\bhelårsprognosen\b", re.I)
WHOLE_REACH = 50
WHOLE_BONUS = 0.3
#: Words of the economy that name no part of the board.
ECONOMY = frozenset(
    """underskott överskott resultat budget nettokostnad avvikelse budgetavvikelse ekonomi pengar plus minus
    back gå bli stor prognos prognosticera""".split()
)


def asks_for_the_whole(question: Question) -> bool:
    """Whether a question is about a board's economy as a whole, not one of its parts."""
    lemmas = {each.lemma for each in content_terms(question.subject)}
    return bool(lemmas) and lemmas <= ECONOMY and bool(lemmas - {"gå", "bli", "stor"})


def _cue_bonus(question: Question, text: str) -> float:
    cue = KIND_CUES.get(question.kind)
    if cue is None or not cue.search(text):
        return 0.0
    if question.kind is Kind.WHY:
        return 0.3 if STRONG_CAUSE.search(text) else 0.15
    if question.kind is Kind.HOW_MUCH:
        return 0.25 if MONEY_OR_SHARE.search(text) else 0.12
    return 0.2


def _year_bonus(question: Question, report: Report, text: str, latest: frozenset[str]) -> float:
    """For the year asked: plus where the sentence or its report has it, minus where it has another."""
    years = question.scope.years
    if not years:
        return LATEST_BONUS * (report.report_id in latest)
    mentioned = {int(year) for year in re.findall(r"(?<!\d)20\d\d(?!\d)", text)}
    if mentioned & set(years):
        return 0.15
    covered = report.period is not None and report.period.year in years
    return -0.1 if mentioned and not covered else 0.05 if covered else -0.15


def neighbours(report: Report, evidence: Evidence) -> list[tuple[int, int]]:
    """The sentences that follow ``evidence`` in its block, then the list items that its paragraph leads into."""
    block = report.block_at(evidence.start)
    inside = [(block.start + a, block.start + b) for a, b in sentences(report.text[block.start : block.end])]
    after = [span for span in inside if span[0] >= evidence.end]
    if block.kind is not BlockKind.PARAGRAPH:
        return after
    for following in report.blocks[report.blocks.index(block) + 1 :]:
        if following.kind is not BlockKind.ITEM:
            break
        after.append((following.start, following.end))
    return after
