"""A saved answer, checked again against the report files that it was made from."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.document import Figure, Report
from corpus.errors import BadAnswerFile, reason
from corpus.figures import read_figures
from corpus.identify import Overrides
from corpus.load import load_report, report_id
from index.holdings import Holdings
from qa.answer import Citation, Sentence, Status, plain
from qa.compose import source_name
from qa.computed import difference
from qa.premise import holds_of
from qa.question import YEAR, Scope, municipalities_in
from qa.refusal import is_refusal
from qa.stating import WORKED_OUT
from qa.verify import fault, outside

#: The fields of a saved answer that are checked, and what each must be.
FIELDS: dict[str, type] = {
    "question": str,
    "status": str,
    "answer": str,
    "citations": list,
    "sentences": list,
    "figures": list,
    "computed": list,
    "scope": dict,
}
BROKEN = "Svarets fält är inte de som «ask --json» skriver; spara svaret på nytt."


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
        raise BadAnswerFile(f"{path} gick inte att läsa ({cause}); ange en fil från «ask --json».") from error
    try:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        try:
            found = [json.loads(text)]
        except (ValueError, RecursionError) as error:
            raise BadAnswerFile(f"{path.name} är inte JSON; ange en fil från «ask --json».") from error
    if not found or not all(map(_is_answer, found)):
        raise BadAnswerFile(f"{path.name} är inget sparat svar; spara ett med «rapportsvar ask … --json».")
    return found


def _is_answer(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(field), kind) for field, kind in FIELDS.items())
        and value["status"] in set(Status)
        and all(isinstance(each, dict) for field in ("citations", "sentences", "figures") for each in value[field])
    )


def cited(saved: Iterable[Mapping[str, Any]]) -> set[str]:
    """The ids of the reports that saved answers cite."""
    return {str(each.get("report_id")) for answer in saved for each in answer["citations"]}


class _Changed(Exception):
    """A figure, or what was worked out from two, is not what was saved."""


class Files:
    """Report files by their contents' hash, each read once and only when an answer needs it."""

    def __init__(self, paths: Iterable[Path], given: Mapping[str, Overrides] | None = None) -> None:
        """``given`` has, by report id, what a user has said of a report against what its text says.

        Raises:
            RapportsvarError: if a file can't be read.
        """
        self._paths = {report_id(path): path for path in paths}
        self._given = given or {}
        self._read: dict[str, Report] = {}
        self._figures: dict[str, dict[tuple[int, int, str], Figure]] = {}

    def report(self, identity: str, /) -> Report:
        """The report of the file with this hash.

        Raises:
            KeyError: if no file has it.
            RapportsvarError: if the file can't be read.
        """
        if identity not in self._read:
            self._read[identity], _ = load_report(self._paths[identity], self._given.get(identity))
        return self._read[identity]

    def has(self, identity: str) -> bool:
        """Whether a file has this hash."""
        return identity in self._paths

    def figure(self, saved: Mapping[str, Any]) -> Figure:
        """The figure that the report has at a saved one's place.

        Raises:
            _Changed: if there is none, or another amount, unit or label than was saved.
        """
        report = self.report(saved["report_id"])
        if report.report_id not in self._figures:
            self._figures[report.report_id] = {(f.start, f.end, f.column): f for f in read_figures(report).found}
        found = self._figures[report.report_id].get((saved["start"], saved["end"], saved["column"]))
        if found is None or [str(found.value), found.unit, found.label] != [
            saved[k] for k in ("value", "unit", "label")
        ]:
            raise _Changed
        return found


def check(saved: Mapping[str, Any], files: Files) -> list[Check]:
    """What holds of each sentence of a saved answer, its notes and passages apart.

    Raises:
        BadAnswerFile: if the answer's fields are not those that ``ask --json`` writes.
        RapportsvarError: if a report file can't be read.
    """
    try:
        return _checks(saved, files)
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise BadAnswerFile(BROKEN) from error


def _checks(saved: Mapping[str, Any], files: Files) -> list[Check]:
    citations = [Citation(**each) for each in saved["citations"]]
    scope = Scope(*(tuple(saved["scope"][name]) for name in ("municipalities", "years", "boards")))
    missing = next((each.file for each in citations if not files.has(each.report_id)), None)
    if missing is not None:
        return [Check(saved["answer"], f"ingen fil har samma innehåll som {missing} hade när svaret gavs")]
    try:
        sentences = [_sentence(each, saved, citations, files) for each in saved["sentences"]]
    except _Changed:
        return [Check(saved["answer"], "en siffra läses inte så i rapportfilen")]
    if saved["answer"] != plain(sentences):
        return [Check(saved["answer"], "svarets text är en annan än dess meningar")]
    if saved["status"] == Status.NOT_FOUND.value:
        return [_of_refusal(each, files) for each in sentences]
    if not sentences:
        return [Check(saved["answer"], "svaret har inga meningar")]
    faults = [
        fault(each, files) or _lead_fault(saved["question"], each) or _source_fault(each, files) for each in sentences
    ]
    beside = outside(sentences, scope, files)
    asked = _scope_fault(saved["question"], scope)
    return [Check(each.text, a or b or asked) for each, a, b in zip(sentences, faults, beside, strict=True)]


def _of_refusal(sentence: Sentence, files: Files) -> Check:
    """A refusal says that there is no answer, in words of our own, and may cite what is nearest."""
    stands = all(files.report(c.report_id).text[c.start : c.end] == c.quote for c in sentence.citations)
    return Check(sentence.text, None if stands and is_refusal(sentence.text) else "så börjar inget avböjande svar")


def _lead_fault(question: str, sentence: Sentence) -> str | None:
    """Whether "Ja." or "Nej." follows from the sentence; only its own words are looked at."""
    if not sentence.lead or holds_of(question, sentence) == sentence.lead:
        return None
    return f"«{sentence.lead}» följer inte av meningen"


def _source_fault(sentence: Sentence, files: Files) -> str | None:
    names = {source_name(files.report(each.report_id)) for each in sentence.citations}
    if sentence.source in ("", *names) or (sentence.source == WORKED_OUT and sentence.computed):
        return None
    return f"«{sentence.source}» är inte rapporten som citeras"


def _scope_fault(question: str, scope: Scope) -> str | None:
    """Whether the question names a municipality or year outside the scope that it was answered in."""
    names, _ = municipalities_in(question, Holdings())
    if scope.municipalities and set(names) - set(scope.municipalities):
        return "frågan gäller en annan kommun än svaret"
    years = {int(match[1]) for match in YEAR.finditer(question)}
    return "frågan gäller ett annat år än svaret" if scope.years and years - set(scope.years) else None


def _sentence(
    written: Mapping[str, Any], saved: Mapping[str, Any], citations: Sequence[Citation], files: Files
) -> Sentence:
    """A sentence as it was, its figures read anew from the reports.

    Raises:
        _Changed: if a figure, or what was worked out from two, is not what was saved.
    """
    text, source, lead = (written[field] for field in ("text", "source", "lead"))
    if not all(isinstance(each, str) for each in (text, source, lead)):
        raise TypeError("text")
    figures = tuple(files.figure(saved["figures"][at]) for at in written["figures"])
    computed = []
    for at in written["computed"]:
        first, last = (files.figure(saved["figures"][number]) for number in saved["computed"][at]["difference_of"])
        found = difference(first, last)
        if found is None or [str(found.value), found.unit] != [saved["computed"][at][k] for k in ("value", "unit")]:
            raise _Changed
        computed.append(found)
    quoted = tuple(citations[at] for at in written["citations"])
    return Sentence(re.sub(r"\s+", " ", text), quoted, source, figures, tuple(computed), lead)
