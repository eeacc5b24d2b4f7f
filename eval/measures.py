"""What is measured of one answer, from 0 to 1. Every case counts, also one that was left unanswered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from corpus.document import Report
from corpus.municipalities import name_pattern
from corpus.numerals import find_number
from eval.cases import Case, Groups, Place
from eval.places import Places, Span
from index.store import Library
from qa.answer import Answer, Citation, Sentence, Status
from qa.stating import VERBS
from qa.verify import recomputed

#: Key facts count within so much of the answer, in characters.
ANSWER_CHARACTERS = 700
NUMBER = re.compile(
    r"(?<![\w-])[-−–+]?\d{1,3}(?:[\u00a0 ]\d{3}(?!\d))+(?:,\d+)?|(?<![\w-])[-−–+]?\d+(?:,\d+)?|\d+(?:,\d+)?"
)
#: What may stand after a number and say what it counts; the spellings of one unit share a name.
UNITS = {"mnkr": "mnkr", "mkr": "mnkr", "miljoner": "mnkr", "tkr": "tkr", "kkr": "tkr", "kronor": "kr", "kr": "kr"}
UNITS |= {"%": "%", "procent": "%", "procentenheter": "procentenheter"}
UNIT = re.compile(rf"\s?({'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})(?!\w)", re.I)
#: A unit anywhere: beside its number, or in the head of a table.
UNIT_NAMED = re.compile(rf"%|(?<![^\W\d])(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})(?!\w)", re.I)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
MINUS = "-−–"

Measures = dict[str, float]


class Of(Enum):
    """What a measure is taken of; without any, it is not measured."""

    ANSWERABLE = auto()
    UNANSWERABLE = auto()
    #: Questions that were answered.
    ANSWERS = auto()


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure's field name and, for those who read the reports, what it means."""

    name: str
    label: str
    meaning: str
    of: Of = Of.ANSWERABLE
    lower_is_better: bool = False


MEASURES = {
    each.name: each
    for each in (
        Measure("recall", "recall@4000c", "Andel av underlaget som finns bland de 4 000 första tecknen av avsnitten."),
        Measure("recall_5", "recall@5", "Andel av underlaget som finns bland de fem första avsnitten."),
        Measure("ndcg", "nDCG@10", "Hur högt de avsnitt ligger som har underlaget; 1 är bästa möjliga ordning."),
        Measure("rr", "MRR", "1 delat med platsen för det första avsnitt som har något av underlaget."),
        Measure("page_ndcg", "page nDCG@10", "Hur högt de sidor ligger som har underlaget, där rapporten har sidor."),
        Measure("page_rr", "page MRR", "1 delat med platsen för den första sida som har något av underlaget."),
        Measure("correct", "correct", "Andel svar som har alla nyckeluppgifter och inget som visar att svaret är fel."),
        Measure("cited", "cited", "Andel svar som är rätta och har minst en källa på rätt ställe."),
        Measure(
            "citation_precision", "cit. precision", "Andel av svarens källor som är på rätt ställe.", of=Of.ANSWERS
        ),
        Measure("citation_recall", "cit. recall", "Andel av underlaget som någon av svarets källor är på."),
        Measure(
            "valid",
            "valid",
            "Andel av källorna vars citat står ordagrant på angiven plats, sida och fil.",
            of=Of.ANSWERS,
        ),
        Measure(
            "grounded",
            "grounded",
            "Andel av svarens tal, också årtal, som står i meningens källa med samma tecken och enhet.",
            of=Of.ANSWERS,
        ),
        Measure(
            "attributed",
            "attributed",
            "Andel av svarens meningar som har en källa och rätt uppgift om kommun och år.",
            of=Of.ANSWERS,
        ),
        Measure(
            "extractive",
            "extractive",
            "Andel av svarens ord, efter Ja eller Nej, som står i meningens källor.",
            of=Of.ANSWERS,
        ),
        Measure(
            "refused",
            "refusal recall",
            "Andel av frågorna utan svar som avböjs, eller vars felaktiga utgångspunkt rättas.",
            of=Of.UNANSWERABLE,
        ),
        Measure("overrefused", "over-refusal", "Andel av frågorna med svar som ändå avböjs.", lower_is_better=True),
    )
}
#: Measures that only a whole run has.
WHOLE = {
    each.name: each
    for each in (
        Measure(
            "refusal_precision",
            "refusal precision",
            "Andel av de avböjda frågorna som verkligen saknar svar.",
            of=Of.UNANSWERABLE,
        ),
        Measure(
            "refusal_f1",
            "refusal F1",
            "Harmoniskt medelvärde av refusal precision och refusal recall.",
            of=Of.UNANSWERABLE,
        ),
        Measure(
            "aurc",
            "AURC",
            "Andel fel om bara de säkraste svaren ges, i medeltal över alla gränser.",
            of=Of.ANSWERS,
            lower_is_better=True,
        ),
        Measure("characters", "median characters", "Svarens längd i tecken, median.", of=Of.ANSWERS),
    )
}


def label(name: str) -> str:
    """A measure as the reports head it; its name if it is none."""
    known = MEASURES.get(name) or WHOLE.get(name)
    return known.label if known else name


def measure(case: Case, answer: Answer, places: Places) -> Measures:
    """The measures of what an answer says; those of its passages' ranking are in ``eval.ranking``.

    Of an answerable case:
        correct: answered, with every key fact in its first 700 characters and nothing that misleads.
        cited: correct, with a citation of one of the evidence's places.
        citation_recall: share of evidence groups of which a place is cited.
        overrefused: 1 if it was refused.
    Of an unanswerable case:
        refused: 1 if it was refused, or answered with the facts that correct its false premise;
            in either case without what must not be said.
    Of an answer, citation_precision only of answerable cases, grounded only where it has numbers:
        citation_precision: share of citations that are of a place of the evidence.
        valid: share of citations whose quote stands at its offsets, with its page, file and title.
        grounded: share of numbers that stand in a quote of their sentence, with sign and unit.
        attributed: share of sentences that have a citation, each of the report that is named before them.
        extractive: share of words that stand in a quote of their sentence; sentences that only say
            what was worked out are not counted.
    """
    measures: Measures = {}
    answered = answer.status is Status.ANSWERED
    if case.answerable:
        correct = answered and states(answer.text, case.must) and not misleading(answer.text, case)
        right = on_evidence(case, answer, places)
        measures["correct"] = float(correct)
        measures["cited"] = float(correct and any(right))
        if answered and right:
            measures["citation_precision"] = sum(right) / len(right)
        measures["citation_recall"] = sum(cited_groups(case, answer, places)) / len(case.evidence)
        measures["overrefused"] = float(not answered)
    else:
        corrected = bool(case.premise) and states(answer.text, case.premise)
        measures["refused"] = float(not misleading(answer.text, case) and (not answered or corrected))
    if answer.citations:
        measures["valid"] = _share([stands(each, places.library) for each in answer.citations])
    if answered:
        measures |= _proof(answer, places.library)
    return measures


def _proof(answer: Answer, library: Library) -> Measures:
    """grounded, attributed and extractive."""
    numbers = [each for sentence in answer.sentences for each in _grounded(sentence, library)]
    words = [each for sentence in answer.sentences if not sentence.computed for each in _quoted(sentence)]
    measures = {"attributed": _share(list(_attributed(answer, library)))}
    if numbers:
        measures["grounded"] = _share(numbers)
    if words:
        measures["extractive"] = _share(words)
    return measures


def _share(found: list[bool]) -> float:
    return sum(found) / len(found) if found else 0.0


def failed(case: Case) -> Measures:
    """The measures of a case that could not be asked: nothing found, nothing right."""
    if not case.answerable:
        return {"refused": 0.0}
    ranked = ["recall", "recall_5", "ndcg", "rr", *(("page_ndcg", "page_rr") if case.paged else ())]
    return {**dict.fromkeys((*ranked, "correct", "cited", "citation_recall"), 0.0), "overrefused": 1.0}


def stands(citation: Citation, library: Library) -> bool:
    """Whether a citation's quote is its report's text at its offsets, and its page, file and title are right."""
    report = library.report(citation.report_id)
    return (
        report.text[citation.start : citation.end] == citation.quote
        and (citation.file, citation.title) == (report.file, report.title)
        and citation.page == report.page(citation.start)
    )


def _grounded(sentence: Sentence, library: Library) -> Iterator[bool]:
    """For each number of a sentence, whether one of its quotes has it with the same sign and unit.

    A unit that does not stand beside the number may stand apart from it, in the head of the table.
    A number that was worked out is grounded if it follows from figures in the quotes.
    """
    worked_out = recomputed(sentence, {c.report_id: library.report(c.report_id) for c in sentence.citations})
    quotes = [citation.quote for citation in sentence.citations]
    named = {UNITS[unit.lower()] for quote in quotes for unit in UNIT_NAMED.findall(quote)}
    for number in NUMBER.finditer(sentence.text):
        unit = _unit_after(sentence.text, number.end())
        beside = {other for quote in quotes for other in _units_beside(number[0], quote)}
        stands = unit in beside or (None in beside and (unit is None or unit in named))
        yield stands or number[0].strip() in worked_out


def _units_beside(number: str, quote: str) -> Iterator[str | None]:
    """The unit, or None, after each place where a quote has a number with the sign that it has."""
    for match in find_number(quote, number):
        before = quote[max(0, match.start() - 2) : match.start()]
        # "–4,7" is negative, "30–49" is a range.
        if not (before[-1:] and before[-1] in MINUS and not before[:-1].isalnum()):
            yield _unit_after(quote, match.end())


def _unit_after(text: str, at: int) -> str | None:
    unit = UNIT.match(text, at)
    return UNITS[unit[1].lower()] if unit else None


def _quoted(sentence: Sentence) -> Iterator[bool]:
    """For each word of a sentence after its lead, whether it stands in one of its quotes.

    The verb between a label and its figure is not counted: it says no more than a colon would.
    """
    quotes = fold(" ".join(citation.quote for citation in sentence.citations))
    there = set(re.findall(r"[^\W\d_]+", quotes))
    text = fold(sentence.text.removeprefix(sentence.lead))
    if sentence.figures:
        text = re.sub(rf"\b(?:{'|'.join(VERBS.values())})\b", " ", text, count=1)
    for word in re.findall(r"[^\W\d_]+", text):
        yield word in there


def _attributed(answer: Answer, library: Library) -> Iterator[bool]:
    """For each sentence, whether it has citations, all of the report that was last named.

    What is worked out may be from several reports, of which each must have been named before.
    """
    source = ""
    named: set[str] = set()
    for sentence in answer.sentences:
        source = sentence.source or source
        cited = {citation.report_id for citation in sentence.citations}
        right = bool(source and cited) and all(_names(source, library.report(each)) for each in cited)
        if right:
            named |= cited
        yield right or (bool(sentence.computed) and bool(cited) and cited <= named)


def _names(source: str, report: Report) -> bool:
    """Whether a source's words are of a report: its municipality or file, and its year, and no others."""
    owner = report.municipality or report.file
    others = {match[1] for match in name_pattern().finditer(source)} - {owner}
    years = {report.period.year} if report.period else set[int]()
    return owner in source and not others and set(map(int, YEAR.findall(source))) == years


def cited_groups(case: Case, answer: Answer, places: Places) -> list[bool]:
    """For each evidence group, whether the answer cites one of its places; a refusal cites nothing."""
    if answer.status is not Status.ANSWERED:
        return [False] * len(case.evidence)
    return [any(cites(each, place, places) for place in group for each in answer.citations) for group in case.evidence]


def on_evidence(case: Case, answer: Answer, places: Places) -> list[bool]:
    """For each citation, whether it is of a place of the case's evidence."""
    wanted = [place for group in case.evidence for place in group]
    return [any(cites(each, place, places) for place in wanted) for each in answer.citations]


def cites(citation: Citation, place: Place, places: Places) -> bool:
    """Whether a citation points at a place."""
    cited = Span(citation.report_id, citation.start, citation.end)
    return any(map(cited.cites, places.spans(place)))


def fold(text: str) -> str:
    """Lower case, one kind of space and one of minus, and per cent in words."""
    text = text.replace("\u00a0", " ").replace("\u2212", "-").replace("–", "-")
    return re.sub(r"\s+", " ", re.sub(r"\s*%", " procent", text)).strip().lower()


def find_fact(said: str, fact: str) -> tuple[int, int] | None:
    """Where a folded text has a fact first, or None.

    A figure counts only as a number of its own, and a fact of up to three letters as a word of its own.
    """
    fact = fold(fact)
    if len(fact) <= 3 and fact.isalpha():
        found = re.search(rf"(?<!\w){fact}(?!\w)", said)
        return found.span() if found else None
    before = r"(?<!\d)(?<!\d,)" if fact[0].isdigit() else ""
    after = r"(?!\d)(?!,\d)" if fact[-1].isdigit() else ""
    if re.match(r"\d{3}(?!\d)", fact):
        # The last group of a larger number.
        before += r"(?<!\d )"
    if re.search(r"(?<!\d)\d{1,3}$", fact):
        # The first group of one.
        after += r"(?! \d{3}(?!\d))"
    found = re.search(f"{before}{re.escape(fact)}{after}", said)
    return found.span() if found else None


def stated(text: str, facts: Groups) -> list[bool]:
    """For each key fact, whether the answer's beginning has an alternative of it."""
    said = fold(text[:ANSWER_CHARACTERS])
    return [any(find_fact(said, fact) for fact in alternatives) for alternatives in facts]


def states(text: str, facts: Groups) -> bool:
    """Whether the answer's beginning has every key fact."""
    return all(stated(text, facts))


def misleading(text: str, case: Case) -> list[str]:
    """The facts that must not be said and are.

    Of an answerable case a wrong word anywhere in the beginning, a wrong figure before the right
    ones; of an unanswerable case either, anywhere.
    """
    if not case.answerable:
        return [fact for fact in case.must_not if find_fact(fold(text), fact)]
    said = fold(text[:ANSWER_CHARACTERS])
    ends = [
        min((place[1] for fact in group if (place := find_fact(said, fact))), default=len(said)) for group in case.must
    ]
    before = said[: max(ends, default=len(said))]
    return [fact for fact in case.must_not if find_fact(before if re.search(r"\d", fact) else said, fact)]
