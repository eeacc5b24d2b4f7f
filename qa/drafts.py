"""What users said of answers, as cases for the evaluation."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from index.feedback import Feedback, Verdict
from index.terms import content_terms
from qa.answer import Status
from qa.matching import information
from qa.question import Kind

#: The kinds of questions that the evaluation has names of its own for.
KINDS = {Kind.DEFINE: "what", Kind.TOPIC: "what"}
#: An amount: no year, and no part of a longer number.
AMOUNT = re.compile(r"(?<![\d,])(?!(?:19|20)\d\d(?!\d|,))\d{1,3}(?:(?: \d{3})+|\d*)(?:,\d+)?(?![\d,])")
WORD = re.compile(r"\d+(?:,\d+)+|[^\W_]+")
EVIDENCE_WORDS = 8
TELLING = 2


def cases(said: Iterable[Feedback]) -> Iterator[dict[str, Any]]:
    """A case for each question and verdict, in the evaluation's schema; of the same said twice, the last.

    What was useful is a whole case: the answer's first amount, or else its most telling words, must
    be said again, from the same place. Of what was wrong or missing only a person can tell what is
    right: ``must`` and ``evidence`` are empty, for that person to fill in.
    """
    last = {(each.question, each.scope, each.verdict): each for each in said}
    for each in last.values():
        yield _case(each)


def _case(said: Feedback) -> dict[str, Any]:
    identity = hashlib.sha256("\n".join((said.question, said.scope, said.verdict)).encode()).hexdigest()[:8]
    comment = " ".join(filter(None, [f"{said.verdict.value}, {said.at[:10]}, {said.version}.", said.note]))
    # The words that make a question whole: a case is asked by itself.
    case: dict[str, Any] = {"id": f"synpunkt-{identity}", "question": said.read_as, "style": "lay", "comment": comment}
    if said.verdict is Verdict.USEFUL and said.status == Status.NOT_FOUND.value:
        return case | {"kind": "unanswerable", "expected": "not_found", "reason": "absent"}
    case |= {"kind": KINDS.get(Kind(said.kind), said.kind), "expected": "answered"}
    if said.verdict is not Verdict.USEFUL:
        return case | {"must": [], "evidence": []}
    citations = json.loads(said.citations)
    must, citation = _point(said.answer, citations)
    words = " ".join(WORD.findall(citation["quote"])[:EVIDENCE_WORDS])
    place = {"report": citation["file"], "page": citation["page"], "words": words}
    return case | {"must": must, "evidence": [[place]]}


def _point(answer: str, citations: list[dict[str, Any]]) -> tuple[list[list[str]], dict[str, Any]]:
    """What the answer says first, and the citation that has it."""
    for match in AMOUNT.finditer(answer):
        for citation in citations:
            if re.search(rf"(?<![\d,]){re.escape(match[0])}(?![\d,])", citation["quote"]):
                return [[match[0]]], citation
    first = citations[0]
    telling = sorted(content_terms(first["quote"]), key=information, reverse=True)[:TELLING]
    return [[each.word] for each in telling], first
