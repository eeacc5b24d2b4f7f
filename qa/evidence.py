"""Ranked passages to the sentences and table cells in them that answer the question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import BlockKind, Figure, Report
from corpus.lexicon import FUNCTION_WORDS, zipf
from corpus.split import sentences
from corpus.structure import SENTENCE_END
from index.catalogue import Entry
from index.encode import Encoder
from index.lexical import Weighted
from index.store import Library
from index.terms import Term, content_terms, terms
from qa.question import Kind, Question
from qa.retrieve import Hit

#: Passages that are read sentence by sentence.
READ = 10

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
    r"\d\s?(?:mnkr|mkr|tkr|kr|kronor|miljoner|procent|%|timmar|dagar|dygn|personer|barn|hushåll|platser|årsarbetare|st)\b|\d\s?%",
    re.I,
)
MONEY = re.compile(r"\d\s?(?:mnkr|mkr|tkr|kr|kronor|miljoner)\b", re.I)
WHEN = re.compile(
    r"\b(?:(?:19|20)\d\d|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
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
#: The rows of a table are named by its heading as much as by their labels.
FIGURE_HEADING_WORTH = 0.8


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


@dataclass(frozen=True, slots=True)
class FigureEvidence:
    """A table row's cells that answer.

    ``coverage`` is the share of the question that the row's label and headings have,
    ``precision`` the share of the label that the question has; both from 0 to 1.
    """

    cells: tuple[Figure, ...]
    row: tuple[Figure, ...]
    score: float
    coverage: float
    precision: float


class Matcher:
    """How much of what a question is about a piece of text has, concept by concept."""

    def __init__(self, query: Sequence[Weighted]) -> None:
        self._concepts: dict[str, dict[int, list[Weighted]]] = {}
        for each in query:
            self._concepts.setdefault(each.concept, {}).setdefault(each.meaning, []).append(each)
        # A concept tells what the rarest of its own words does.
        self._weights = [
            max(information(each.term) for each in next(iter(meanings.values())))
            for meanings in self._concepts.values()
        ]

    def __len__(self) -> int:
        return len(self._concepts)

    def matches(self, found: Sequence[Term]) -> list[float]:
        """For each concept how well the text has it, from 0 to 1: by its best meaning."""
        lemmas = {each.lemma for each in found}
        parts = {part for each in found for part in each.parts}
        return [
            max(
                sum(each.weight * _match(each.term, lemmas, parts) for each in meaning) / len(meaning)
                for meaning in meanings.values()
            )
            for meanings in self._concepts.values()
        ]

    def coverage(self, matches: Sequence[float]) -> float:
        """The share of the question's information that is matched."""
        total = sum(self._weights)
        return sum(w * m for w, m in zip(self._weights, matches, strict=True)) / total if total else 0.0


def information(term: Term) -> float:
    """What a word tells, from its rarity in Swedish: 0.25 for the commonest to 1 for the rare."""
    return min(1.0, max(0.25, (7.5 - zipf(term.lemma)) / 4))


def _match(term: Term, lemmas: set[str], parts: set[str]) -> float:
    if term.lemma in lemmas:
        return 1.0
    shared = [part for part in term.parts if part in parts]
    if len(shared) == len(term.parts):
        return 0.9
    if _related(term.lemma, lemmas):
        return 0.7
    if shared:
        return 0.5 * len(shared) / len(term.parts)
    return 0.0


#: Derivations share their stem: bemöta and bemötande, rekrytera and rekrytering.
SHORTEST_STEM = 5


def _related(lemma: str, lemmas: set[str]) -> bool:
    if len(lemma) < SHORTEST_STEM:
        return False
    stem = lemma[: max(SHORTEST_STEM, len(lemma) - 3)]
    return any(other.startswith(stem) and abs(len(other) - len(lemma)) <= 5 for other in lemmas)


def fits_kind(question: Question, text: str) -> bool:
    """Whether a sentence can be an answer of the kind asked for: a quantity, a time, a person."""
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
    cosines = vectors @ encoder.encode_queries([question.subject])[0]
    previous: Hit | None = None
    before = above = [0.0] * len(matcher)
    for (hit, report, (start, end)), cosine in zip(spans, cosines, strict=True):
        if hit is not previous:
            previous, before = hit, [0.0] * len(matcher)
            above = matcher.matches(terms(" ".join(hit.passage.heading_path[-2:])))
        text = report.text[start:end]
        own = matcher.matches(terms(text))
        joint = [
            max(mine, HEADING_WORTH * over, BEFORE_WORTH * earlier)
            for mine, over, earlier in zip(own, above, before, strict=True)
        ]
        before = own
        likeness = max(0.0, float(cosine))
        strength = 0.6 * matcher.coverage(joint) + 0.6 * likeness
        score = (
            0.5 * matcher.coverage(own)
            + 0.3 * matcher.coverage(joint)
            + 0.5 * likeness
            + 0.3 * hit.score / top
            + 0.15 * whole.coverage(whole.matches(terms(text)))
            + _cue_bonus(question, text)
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


#: Where no year is asked for, the newest report comes first of equals.
LATEST_BONUS = 0.06


def latest_reports(library: Library) -> frozenset[str]:
    """The newest report of each board of each municipality."""
    newest: dict[tuple[str | None, str | None], Entry] = {}
    for entry in library.entries:
        if entry.period is None:
            continue
        key = (entry.municipality, entry.board)
        if key not in newest or _age(entry) > _age(newest[key]):
            newest[key] = entry
    return frozenset(entry.report_id for entry in newest.values())


def _age(entry: Entry) -> tuple[int, bool]:
    return (entry.period.year, entry.period.whole_year) if entry.period else (0, False)


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


#: Words of questions that choose a column and say nothing of the row.
COLUMN_WORDS = {
    "utfall": "utfall",
    "utfallet": "utfall",
    "budget": "budget",
    "budgeterat": "budget",
    "budgeten": "budget",
    "budgeterade": "budget",
    "budgetram": "budget",
    "prognos": "prognos",
    "prognosen": "prognos",
    "prognosticeras": "prognos",
    "avvikelse": "avvikelse",
    "avvikelsen": "avvikelse",
    "avvek": "avvikelse",
    "budgetavvikelse": "avvikelse",
    "mål": "mål",
    "målet": "mål",
    "målvärde": "mål",
    "målvärdet": "mål",
    "målnivån": "mål",
}


#: Words that choose a column or a unit, not a row.
NOT_OF_THE_ROW = re.compile(rf"{'|'.join(COLUMN_WORDS)}|\d+|mnkr|mkr|tkr|kr|kronor|procent|miljoner", re.I)
AGAINST_BUDGET = re.compile(r"(?:jämfört med|i förhållande till|kontra) (?:årets )?(?:budget|mål|prognos)", re.I)


def wanted_columns(text: str) -> list[str]:
    """The kinds of column that a question names, in its order: "utfall", "budget", …

    "Jämfört med budget" wants the outcome too, "avvikelse mot budget" the difference alone.
    """
    named = dict.fromkeys(COLUMN_WORDS[w] for w in re.findall(r"\w+", text.lower()) if w in COLUMN_WORDS)
    if AGAINST_BUDGET.search(text):
        named = {"utfall": None, **named}
    if "avvikelse" in named and "utfall" not in named and len(named) == 2:
        return ["avvikelse"]
    return list(named)


def find_figures(
    question: Question, query: Sequence[Weighted], hits: Sequence[Hit], library: Library
) -> list[FigureEvidence]:
    """Table rows of the best passages whose label is what was asked, with the cells that answer."""
    rows: list[FigureEvidence] = []
    wanted = wanted_columns(question.text)
    matcher = Matcher([each for each in query if not NOT_OF_THE_ROW.fullmatch(each.concept)])
    if not len(matcher):
        return []
    asked = [each.term for each in query]
    latest = latest_reports(library)
    for hit in hits[:READ]:
        report = library.report(hit.passage.report_id)
        above = matcher.matches(terms(" ".join(hit.passage.heading_path)))
        for row in _rows(report, library.catalogue.figures(report.report_id, hit.passage.start, hit.passage.end)):
            label = terms(row[0].label)
            own = matcher.matches(label)
            coverage = matcher.coverage(
                [max(m, FIGURE_HEADING_WORTH * over) for m, over in zip(own, above, strict=True)]
            )
            cells = _choose_cells(question, report, row, wanted)
            if not cells or matcher.coverage(own) == 0.0:
                continue
            # Of two labels that have the question's words, the one with less beside them.
            precision = _precision(label, asked)
            score = (
                coverage + 0.2 * matcher.coverage(own) + 0.3 * precision + _period_fit(question, report, cells, latest)
            )
            rows.append(FigureEvidence(tuple(cells), tuple(row), score, coverage, precision))
    rows.sort(key=lambda each: (-each.score, each.row[0].report_id, each.row[0].start))
    return rows


#: Words of labels that tell how a thing is counted, not what is counted.
COUNTING = frozenset(
    """total totalt antal andel summa alla all anställd anställa medelvärde medeltal procent
    genomsnittlig genomsnitt per""".split()
)


def _precision(label: Sequence[Term], asked: Sequence[Term]) -> float:
    """The share of a label's information that the question has."""
    lemmas = {each.lemma for each in asked}
    parts = {part for each in asked for part in each.parts}
    telling = [each for each in label if each.lemma not in COUNTING and each.lemma not in FUNCTION_WORDS]
    total = sum(information(each) for each in telling)
    return sum(information(each) * _match(each, lemmas, parts) for each in telling) / total if total else 1.0


def _period_fit(question: Question, report: Report, cells: Sequence[Figure], latest: frozenset[str]) -> float:
    """For a report of the year asked, and for a row that has every year asked."""
    years = set(question.scope.years)
    if not years:
        return LATEST_BONUS * (report.report_id in latest)
    have = {_year(cell, report) for cell in cells}
    fit = 0.1 * len(years & have) / len(years)
    return fit + (0.05 if report.period and report.period.year in years else 0.0)


def _rows(report: Report, figures: Sequence[Figure]) -> list[list[Figure]]:
    """Figures grouped by the row that they stand in."""
    rows: list[list[Figure]] = []
    last = -1
    for figure in figures:
        start = report.block_at(figure.start).start
        if start != last:
            rows.append([])
            last = start
        rows[-1].append(figure)
    return rows


def _choose_cells(question: Question, report: Report, row: list[Figure], wanted: list[str]) -> list[Figure]:
    """The cells of the row that the question asks for; none where none is the right year's."""
    years = question.scope.years
    year_of = {id(figure): _year(figure, report) for figure in row}
    if years:
        cells = [figure for figure in row if year_of[id(figure)] in years]
    elif report.period:
        cells = [figure for figure in row if year_of[id(figure)] in (report.period.year, None)]
    else:
        cells = list(row)
    if question.kind is Kind.TREND:
        series = [figure for figure in row if figure.period and _is_outcome(figure.column)]
        return series if len(series) >= 2 else cells
    if wanted:
        return [figure for kind in wanted for figure in cells if _column_kind(figure.column) == kind]
    outcome = [figure for figure in cells if _is_outcome(figure.column)]
    return outcome or []


def _year(figure: Figure, report: Report) -> int | None:
    found = re.findall(r"(?:19|20)\d\d", figure.period or "")
    return int(found[-1]) if found else report.period.year if report.period else None


def _column_kind(column: str) -> str:
    lower = column.lower()
    for kind, words in (
        ("avvikelse", ("avvik", "avv", "diff", "förändring")),
        ("prognos", ("prognos",)),
        ("mål", ("mål", "indikatorvärde", "riktvärde")),
        ("utfall", ("utfall", "bokslut")),
        ("budget", ("budget",)),
    ):
        if any(word in lower for word in words):
            return kind
    return "utfall"


def _is_outcome(column: str) -> bool:
    return _column_kind(column) == "utfall"


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
