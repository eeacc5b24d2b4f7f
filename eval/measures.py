"""What is measured of one answer, from 0 to 1. Every case counts, also one that was left unanswered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eval.cases import Case, Groups, Place
from eval.places import Places, Span
from index.store import Library
from qa.answer import Answer, Citation, Sentence, Status
from qa.verify import NUMBER, has_number

#: Key facts count within so much of the answer, in characters.
ANSWER_CHARACTERS = 700
#: What may stand after a number and say what it counts; the spellings of one unit share a name.
UNITS = {"mnkr": "mnkr", "mkr": "mnkr", "miljoner": "mnkr", "tkr": "tkr", "kkr": "tkr", "kronor": "kr", "kr": "kr"}
UNITS |= {"%": "%", "procent": "%", "procentenheter": "procentenheter"}
UNIT = re.compile(rf"\s?({'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})(?!\w)", re.I)
#: A unit anywhere: beside its number, or in the head of a table.
UNIT_NAMED = re.compile(rf"%|(?<![^\W\d])(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})(?!\w)", re.I)

Measures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure's field name and, for those who read the reports, what it means."""

    name: str
    label: str
    meaning: str
    lower_is_better: bool = False


MEASURES = {
    each.name: each
    for each in (
        Measure("recall", "recall@4000c", "Andel av underlaget som finns bland de 4 000 första tecknen av avsnitten."),
        Measure("recall_5", "recall@5", "Andel av underlaget som finns bland de fem första avsnitten."),
        Measure("ndcg", "nDCG@10", "Hur högt de avsnitt ligger som har underlaget; 1 är bästa möjliga ordning."),
        Measure("rr", "MRR", "1 delat med platsen för det första avsnitt som har något av underlaget."),
        Measure("page_ndcg", "page nDCG@10", "Samma för sidor i stället för avsnitt."),
        Measure("page_rr", "page MRR", "Samma för sidor i stället för avsnitt."),
        Measure("correct", "correct", "Andel svar som har alla nyckeluppgifter och ingen som visar att svaret är fel."),
        Measure("cited", "cited", "Andel svar som är rätta och har minst en källa på rätt ställe."),
        Measure("citation_precision", "cit. precision", "Andel av svarens källor som är på rätt ställe."),
        Measure("citation_recall", "cit. recall", "Andel av underlaget som någon av svarets källor är på."),
        Measure("valid", "valid", "Andel av källorna vars citat står ordagrant på angiven plats, sida och fil."),
        Measure("grounded", "grounded", "Andel av svarens tal som står i källan med samma enhet och år."),
        Measure("refused", "refusal recall", "Andel av frågorna utan svar som avböjs, eller vars fel rättas."),
        Measure("overrefused", "over-refusal", "Andel av frågorna med svar som ändå avböjs.", lower_is_better=True),
    )
}

#: Measures that only a whole run has.
WHOLE = {
    each.name: each
    for each in (
        Measure("refusal_precision", "refusal precision", "Andel av de avböjda frågorna som verkligen saknar svar."),
        Measure("refusal_f1", "refusal F1", "Harmoniskt medelvärde av refusal precision och refusal recall."),
        Measure("aurc", "AURC", "Andel fel om bara de säkraste svaren ges, i medeltal över alla gränser.", True),
        Measure("characters", "median characters", "Svarens längd i tecken, median.", lower_is_better=True),
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
        citation_precision: share of citations that are of such a place; only where there are citations.
        citation_recall: share of evidence groups of which a place is cited.
        overrefused: 1 if it was refused.
    Of an unanswerable case:
        refused: 1 if it was refused, or answered with the facts that correct its false premise;
            in either case without what must not be said.
    Of any answer with citations, or with numbers in its cited sentences:
        valid: share of citations whose quote stands at its offsets, on its page, in its file.
        grounded: share of numbers that stand in a quote of their sentence, with their unit.
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
        measures["citation_recall"] = sum(cited_groups(case, answer, places)) / len(case.evidence) if answered else 0.0
        measures["overrefused"] = float(not answered)
    else:
        corrected = bool(case.premise) and states(answer.text, case.premise)
        wrong = any(find_fact(fold(answer.text), fact) for fact in case.must_not)
        measures["refused"] = float(not wrong and (not answered or corrected))
    if answer.citations:
        measures["valid"] = sum(stands(each, places.library) for each in answer.citations) / len(answer.citations)
    grounded = [each for sentence in answer.sentences if sentence.citations for each in _grounded(sentence)]
    if answered and grounded:
        measures["grounded"] = sum(grounded) / len(grounded)
    return measures


def failed(case: Case) -> Measures:
    """The measures of a case that could not be asked."""
    if not case.answerable:
        return {"refused": 0.0}
    nothing = dict.fromkeys(("recall", "recall_5", "ndcg", "rr", "correct", "cited", "citation_recall"), 0.0)
    return {**nothing, "overrefused": 1.0}


def stands(citation: Citation, library: Library) -> bool:
    """Whether a citation's quote is its report's text at its offsets, and its page and file are right."""
    report = library.report(citation.report_id)
    return (
        report.text[citation.start : citation.end] == citation.quote
        and citation.file == report.file
        and citation.page == report.page(citation.start)
    )


def _grounded(sentence: Sentence) -> Iterator[bool]:
    """For each number of a sentence, whether one of its quotes has it, and one of them its unit.

    A unit may stand apart from its number, in the head of the table; years are numbers too.
    """
    quotes = [citation.quote for citation in sentence.citations]
    named = {UNITS[unit.lower()] for quote in quotes for unit in UNIT_NAMED.findall(quote)}
    for number in NUMBER.finditer(sentence.text):
        unit = UNIT.match(sentence.text, number.end())
        yield any(has_number(quote, number[0]) for quote in quotes) and (
            unit is None or UNITS[unit[1].lower()] in named
        )


def cited_groups(case: Case, answer: Answer, places: Places) -> list[bool]:
    """For each evidence group, whether one of its places is cited."""
    return [any(cites(each, place, places) for place in group for each in answer.citations) for group in case.evidence]


def on_evidence(case: Case, answer: Answer, places: Places) -> list[bool]:
    """For each citation, whether it is of a place of the case's evidence."""
    wanted = [place for group in case.evidence for place in group]
    return [any(cites(each, place, places) for place in wanted) for each in answer.citations]


def cites(citation: Citation, place: Place, places: Places) -> bool:
    """Whether a citation is of a place: of its report, over at least half of the shorter of the two."""
    cited = Span(citation.report_id, citation.start, citation.end)
    return any(map(cited.meets, places.spans(place)))


def fold(text: str) -> str:
    """Lower case, one kind of space and one kind of minus."""
    text = text.replace("\u00a0", " ").replace("\u2212", "-").replace("–", "-")
    return re.sub(r"\s+", " ", text).lower()


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
    if after and re.search(r"(?<!\d)\d{1,3}$", fact):
        # The first group of a larger number.
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
    """The facts that must not be said and are: a wrong word anywhere, a wrong figure before the right ones."""
    said = fold(text[:ANSWER_CHARACTERS])
    ends = [
        min((place[1] for fact in group if (place := find_fact(said, fact))), default=len(said)) for group in case.must
    ]
    before = said[: max(ends, default=len(said))]
    return [fact for fact in case.must_not if find_fact(before if re.search(r"\d", fact) else said, fact)]
