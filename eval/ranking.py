"""How well the passages of an answer are ranked, judged by the places where evidence stands.

A passage is relevant if it holds an alternative of one of the case's evidence groups: the words
of a place, in their order, on its page of its report. A page is relevant if such a place stands
on it. Every passage of the reports that a case names is judged.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, Measure, Qrel, ScoredDoc, nDCG

from corpus.document import Passage
from eval.cases import Case, Place
from index.store import Library
from qa.retrieve import Hit

#: Recall counts evidence within so many characters of the ranked passages, so that larger
#: passages buy nothing.
RECALL_CHARACTERS = 4000
RECALL_PASSAGES = 5
MEASURES: dict[Measure, str] = {nDCG @ 10: "ndcg", RR: "rr"}


@dataclass(frozen=True, slots=True)
class Located:
    """A passage as it is judged: its letters and digits, its file and the pages that it touches."""

    file: str
    pages: frozenset[int]
    key: str

    def holds(self, place: Place) -> bool:
        if place.report != self.file or (place.page is not None and self.pages and place.page not in self.pages):
            return False
        return key_holds(self.key, place.words)


class Judge:
    """The relevance of a library's passages and pages to cases."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._judged: dict[str, dict[Passage, Located]] = {}

    def measures(self, case: Case, hits: Sequence[Hit]) -> dict[str, float]:
        """The ranking's measures for an answerable case; those of pages where its reports have pages.

        recall: share of evidence groups of which an alternative stands in the first 4,000 characters
            (subtopic recall; Zhai, Cohen and Lafferty 2003).
        recall_5: the same for the first five passages.
        ndcg, rr: nDCG@10 and reciprocal rank of relevant passages, with binary relevance, as
            ir_measures has them; page_ndcg and page_rr are of pages, each where it first comes.
        """
        ranked = [self._located(hit.passage) for hit in hits]
        values = {
            "recall": self._recall(case, self._within(hits, RECALL_CHARACTERS)),
            "recall_5": self._recall(case, ranked[:RECALL_PASSAGES]),
        }
        places = [place for group in case.evidence for place in group]
        relevant = [
            passage
            for entry in self._library.entries
            if entry.file in {place.report for place in places}
            for passage, located in self._passages(entry.report_id).items()
            if any(map(located.holds, places))
        ]
        values |= _scored([_name(passage) for passage in relevant], [_name(hit.passage) for hit in hits])
        pages = {_page_name(place.report, place.page) for place in places}
        if None not in pages:
            seen = [_page_name(each.file, page) for each in ranked for page in sorted(each.pages)]
            found = _scored(sorted(filter(None, pages)), list(dict.fromkeys(filter(None, seen))))
            values |= {f"page_{name}": value for name, value in found.items()}
        return values

    def ranks(self, case: Case, hits: Sequence[Hit]) -> tuple[int | None, ...]:
        """For each evidence group, the 1-based rank of the first passage that holds it; None if none does."""
        ranked = [self._located(hit.passage) for hit in hits]
        return tuple(
            next((rank for rank, each in enumerate(ranked, 1) if any(map(each.holds, group))), None)
            for group in case.evidence
        )

    def _passages(self, report_id: str) -> dict[Passage, Located]:
        """All passages of a report, as they are judged."""
        if report_id not in self._judged:
            catalogue = self._library.catalogue
            passages = catalogue.passages(catalogue.numbers([report_id])).values()
            self._judged[report_id] = {passage: self._locate(passage) for passage in passages}
        return self._judged[report_id]

    def _located(self, passage: Passage) -> Located:
        return self._passages(passage.report_id).get(passage) or self._locate(passage)

    def _locate(self, passage: Passage) -> Located:
        report = self._library.report(passage.report_id)
        first, last = report.page(passage.start), report.page(passage.end - 1)
        pages = frozenset(range(first, last + 1)) if first and last else frozenset[int]()
        return Located(report.file, pages, key(report.text[passage.start : passage.end]))

    def _within(self, hits: Sequence[Hit], characters: int) -> Iterator[Located]:
        """The beginning of the ranking, its last passage cut where ``characters`` are full."""
        for hit in hits:
            if characters <= 0:
                return
            passage = hit.passage
            end = min(passage.end, passage.start + characters)
            cut = Passage(passage.report_id, passage.start, end, passage.heading_path)
            yield self._located(cut)
            characters -= end - passage.start

    @staticmethod
    def _recall(case: Case, seen: Sequence[Located] | Iterator[Located]) -> float:
        texts = list(seen)
        found = [any(each.holds(place) for place in group for each in texts) for group in case.evidence]
        return sum(found) / len(found)


def _scored(relevant: Sequence[str], ranked: Sequence[str]) -> dict[str, float]:
    """nDCG@10 and reciprocal rank; 0 where nothing was found."""
    qrels = [Qrel("", name, 1) for name in relevant]
    run = [ScoredDoc("", name, -rank) for rank, name in enumerate(ranked)]
    values = dict.fromkeys(MEASURES.values(), 0.0)
    if qrels and run:
        values |= {MEASURES[each.measure]: each.value for each in ir_measures.iter_calc(list(MEASURES), qrels, run)}
    return values


def _name(passage: Passage) -> str:
    return f"{passage.report_id}:{passage.start}"


def _page_name(file: str, page: int | None) -> str | None:
    return f"{file}:{page}" if page else None


def key(text: str) -> str:
    """Letters and digits alone: what survives any repair of white space and hyphens."""
    return re.sub(r"[^0-9a-zåäöéü]", "", text.lower())


def key_holds(text_key: str, words: str) -> bool:
    """Whether the words stand in a text, given by its ``key``, in their order, whatever stands between them."""
    at = 0
    for word in filter(None, map(key, words.split())):
        at = text_key.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True
