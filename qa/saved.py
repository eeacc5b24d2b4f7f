"""A saved answer, checked again against the report files that it was made from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.document import Figure, Report
from corpus.errors import BadAnswerFile, reason
from corpus.figures import read_figures
from corpus.identify import Overrides
from corpus.load import load_report, report_id
from qa.answer import Citation, Sentence, Status, plain
from qa.computed import difference
from qa.question import Scope
from qa.verify import fault, outside

FIELDS = {"status", "answer", "citations", "sentences", "figures", "computed", "scope"}


@dataclass(frozen=True, slots=True)
class Check:
    """A sentence of a saved answer and what is wrong with it; None where it is proven."""

    text: str
    fault: str | None


def read_answers(path: Path) -> list[dict[str, Any]]:
    """The answers of a file: one JSON object, or one on each line, as ``ask --json`` writes them.

    Raises:
        BadAnswerFile: if the file can't be read or has something else in it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = reason(error) if isinstance(error, OSError) else "den är inte i UTF-8"
        raise BadAnswerFile(f"{path.name} gick inte att läsa ({cause}); ange en fil från «ask --json».") from error
    try:
        found = [json.loads(text)]
    except ValueError:
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise BadAnswerFile(f"{path.name} är inte JSON; ange en fil från «ask --json».") from error
    if not found or not all(isinstance(each, dict) and each.keys() >= FIELDS for each in found):
        raise BadAnswerFile(f"{path.name} är inget sparat svar; spara ett med «rapportsvar ask … --json».")
    return found


class Files:
    """Report files by their contents' hash, each read once and only when an answer needs it."""

    def __init__(self, paths: Iterable[Path], given: Mapping[str, Overrides] | None = None) -> None:
        """``given`` has, by report id, what a user has said of a report against what its text says."""
        self._paths = {report_id(path): path for path in paths}
        self._given = given or {}
        self._read: dict[str, Report] = {}
        self._figures: dict[str, dict[tuple[int, int, str], Figure]] = {}

    def report(self, identity: str) -> Report | None:
        """The report of a file with this hash; None if no file has it.

        Raises:
            RapportsvarError: if the file can't be read.
        """
        if identity not in self._paths:
            return None
        if identity not in self._read:
            self._read[identity], _ = load_report(self._paths[identity], self._given.get(identity))
        return self._read[identity]

    def figure(self, saved: Mapping[str, Any]) -> Figure | None:
        """The figure that the report has at a saved one's place, if it is still read as the same amount."""
        identity = saved["report_id"]
        report = self.report(identity)
        if report is None:
            return None
        if identity not in self._figures:
            self._figures[identity] = {(f.start, f.end, f.column): f for f in read_figures(report).found}
        found = self._figures[identity].get((saved["start"], saved["end"], saved["column"]))
        return found if found and (str(found.value), found.unit) == (saved["value"], saved["unit"]) else None


def check(saved: Mapping[str, Any], files: Files) -> list[Check]:
    """What holds of each sentence of a saved answer; a refusal's sentences claim nothing that can be checked.

    Raises:
        BadAnswerFile: if the answer's fields are not those that ``ask --json`` writes.
        RapportsvarError: if a report file can't be read.
    """
    if saved.get("status") != Status.ANSWERED.value:
        return []
    try:
        citations = [Citation(**each) for each in saved["citations"]]
        scope = Scope(*(tuple(saved["scope"][name]) for name in ("municipalities", "years", "boards")))
        wanted = {each.report_id: each.file for each in citations}
        reports = {identity: report for identity in wanted if (report := files.report(identity))}
        sentences = [_sentence(each, saved, citations, files) for each in saved["sentences"]]
        if saved["answer"] != plain(sentences):
            return [Check(saved["answer"], "svarets text är en annan än dess meningar")]
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise BadAnswerFile("Svarets fält är inte de som «ask --json» skriver; spara svaret på nytt.") from error
    missing = [file for identity, file in wanted.items() if identity not in reports]
    faults = [fault(each, reports) for each in sentences]
    if missing:
        changed = f"ingen fil har samma innehåll som {missing[0]} hade när svaret gavs"
        return [
            Check(each.text, changed if {c.report_id for c in each.citations} - reports.keys() else wrong)
            for each, wrong in zip(sentences, faults, strict=True)
        ]
    beside = outside(sentences, scope, reports)
    pages = [_wrong_page(each, reports) for each in sentences]
    return [Check(each.text, a or b or c) for each, a, b, c in zip(sentences, faults, beside, pages, strict=True)]


def _wrong_page(sentence: Sentence, reports: Mapping[str, Report]) -> str | None:
    for each in sentence.citations:
        if each.page != reports[each.report_id].page(each.start):
            return f"citatet står inte på sidan {each.page} i {each.file}"
    return None


def _sentence(
    written: Mapping[str, Any], saved: Mapping[str, Any], citations: Sequence[Citation], files: Files
) -> Sentence:
    """A sentence as it was, its figures read anew from the reports."""
    figures = [files.figure(saved["figures"][at]) for at in written["figures"]]
    pairs = [saved["computed"][at]["difference_of"] for at in written["computed"]]
    of = [[files.figure(saved["figures"][at]) for at in pair] for pair in pairs]
    computed = (difference(first, last) for first, last in of if first and last)
    return Sentence(
        written["text"],
        tuple(citations[at] for at in written["citations"]),
        written["source"],
        tuple(each for each in figures if each),
        tuple(each for each in computed if each),
    )
