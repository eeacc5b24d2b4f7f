"""How well the passages of an answer are ranked, judged by the places where evidence stands.

A passage is relevant if it holds a place of one of the case's evidence groups, a page if such a
place stands on it. Every passage of the reports that a case names is judged.
"""

from collections.abc import Iterable, Sequence

import ir_measures
from ir_measures import RR, Measure, Qrel, ScoredDoc, nDCG

from corpus.document import Passage
from eval.cases import Case
from eval.places import Places, Span
from qa.retrieve import Hit

#: Recall counts evidence within so many characters of the ranked passages, so that larger
#: passages buy nothing.
RECALL_CHARACTERS = 4000
RECALL_PASSAGES = 5
#: The library's measures, by our names of them.
RANKED: dict[Measure, str] = {nDCG @ 10: "ndcg", RR: "rr"}


def ranking(case: Case, hits: Sequence[Hit], places: Places) -> dict[str, float]:
    """The measures of an answerable case's ranked passages; those of pages where its evidence names pages.

    recall: share of evidence groups of which a place stands in the first 4,000 characters
        (subtopic recall; Zhai, Cohen and Lafferty 2003).
    recall_5: the same for the first five passages.
    ndcg, rr: nDCG@10 and reciprocal rank of relevant passages, with binary relevance, as
        ir_measures has them; page_ndcg and page_rr are of pages. A passage or page that comes
        again counts where it first came.
    """
    passages = _passages(hits)
    groups = _groups(case, places)
    values = {
        "recall": _recall(groups, _within(passages, RECALL_CHARACTERS)),
        "recall_5": _recall(groups, passages[:RECALL_PASSAGES]),
    }
    wanted = [span for group in groups for span in group]
    catalogue = places.library.catalogue
    numbers = catalogue.numbers(sorted({span.report_id for span in wanted}))
    judged = map(_span, catalogue.passages(numbers).values())
    relevant = [span for span in judged if any(map(span.holds, wanted))]
    values |= _scored(list(map(_name, relevant)), list(map(_name, passages)))
    if case.paged:
        found = _scored(_pages(wanted, places), _pages(passages, places))
        values |= {f"page_{name}": value for name, value in found.items()}
    return values


def ranks(case: Case, hits: Sequence[Hit], places: Places) -> tuple[int | None, ...]:
    """For each evidence group, the 1-based rank of the first passage that holds it; None if none does."""
    passages = _passages(hits)
    return tuple(
        next((rank for rank, each in enumerate(passages, 1) if any(map(each.holds, group))), None)
        for group in _groups(case, places)
    )


def _passages(hits: Sequence[Hit]) -> list[Span]:
    return list(dict.fromkeys(_span(hit.passage) for hit in hits))


def _groups(case: Case, places: Places) -> list[list[Span]]:
    return [[span for place in group for span in places.spans(place)] for group in case.evidence]


def _span(passage: Passage) -> Span:
    return Span(passage.report_id, passage.start, passage.end)


def _recall(groups: Sequence[Sequence[Span]], seen: Sequence[Span]) -> float:
    return sum(any(each.holds(span) for each in seen for span in group) for group in groups) / len(groups)


def _within(passages: Iterable[Span], characters: int) -> list[Span]:
    """The beginning of the ranking, its last passage cut where ``characters`` are full."""
    found = []
    for each in passages:
        if characters <= 0:
            break
        found.append(Span(each.report_id, each.start, min(each.end, each.start + characters)))
        characters -= each.end - each.start
    return found


def _pages(spans: Iterable[Span], places: Places) -> list[str]:
    """The pages that stretches stand on, each once, in order; a report without pages is one page."""
    found: dict[str, None] = {}
    for span in spans:
        report = places.library.report(span.report_id)
        first, last = report.page(span.start) or 0, report.page(span.end - 1) or 0
        found.update(dict.fromkeys(f"{span.report_id}:{page}" for page in range(first, last + 1)))
    return list(found)


def _scored(relevant: Sequence[str], ranked: Sequence[str]) -> dict[str, float]:
    """nDCG@10 and reciprocal rank; 0 where nothing was found."""
    qrels = [Qrel("", name, 1) for name in relevant]
    run = [ScoredDoc("", name, -rank) for rank, name in enumerate(ranked)]
    values = dict.fromkeys(RANKED.values(), 0.0)
    if qrels and run:
        values |= {RANKED[each.measure]: each.value for each in ir_measures.iter_calc(list(RANKED), qrels, run)}
    return values


def _name(passage: Span) -> str:
    return f"{passage.report_id}:{passage.start}:{passage.end}"
