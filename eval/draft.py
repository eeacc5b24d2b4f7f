"""Proposed cases for a report, from its figures and its sentences of cause, for a person to accept."""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from pathlib import Path

from rich.console import Console
from rich.prompt import Prompt

from corpus.document import BlockKind, Figure, Report
from corpus.errors import RapportsvarError
from corpus.lexicon import zipf
from corpus.load import load_report
from corpus.meaning import table_figures
from corpus.municipalities import NAMES
from corpus.periods import MONTH_STEM
from corpus.split import sentences
from corpus.units import MONEY_UNIT
from eval.cases import ANSWERABLE_KINDS, STYLES, UNANSWERABLE, Case, Place, Reason, load_cases
from eval.places import WORD, find
from eval.words import KINDS
from eval.words import STYLES as STYLE_WORDS
from index.terms import content_terms, fold

HELP = "Föreslå fall för en rapport, ur dess tabeller och orsaksmeningar, som du godkänner ett och ett."
#: How many words of evidence a case needs to find its place again.
EVIDENCE_WORDS = 8
#: A year that no report of today tells of.
YEARS_BEFORE = 12
#: A prime that does not divide the number of municipalities.
STEP = 37
#: Of a file's name, so much goes into the ids of its cases.
STEM = 24
ASKED = {
    "utfall": "Vad blev utfallet för {label}{where} {when}?",
    "budget": "Vad var budgeten för {label}{where} {when}?",
    "prognos": "Vilken prognos lämnades för {label}{where} {when}?",
    "avvikelse": "Hur stor var avvikelsen för {label}{where} {when}?",
    "mål": "Vilket var målet för {label}{where} {when}?",
}
#: Rows and headings that many tables have: what they are of, a question cannot tell.
COMMON = re.compile(r"^(?:summa|total|netto(?:kostnad)?|resultat)\w*\b", re.I)
GENERAL = re.compile(
    r"\b(?:sammanfattning|rapport|inledning|jämförelse|analys|resultat|ekonomi|året|perioden|kommun)", re.I
)
BECAUSE = re.compile(
    r"^(?P<what>\w[^.:;]*?) (?:ber(?:or|odde)|har berott) (?:\w+ )?på (?P<cause>.+)"
    r"|^(?P<explained>\w[^.:;]*?) (?:kan )?förklara[sd]e?s? (?:\w+ )?av (?P<explanation>.+)"
    r"|^(?P<subject>\w+) (?P<verb>har|är|blev|blir|redovisar|visar|hade|var|fick|kunde|väntas|ökade|ökar|minskade"
    r"|minskar|steg|sjönk) (?P<rest>[^.:;]+?),? (?:på grund av|till följd av|eftersom) (?P<reason>.+)",
    re.I,
)

#: What is said to depend on something must be a thing: no clause, and nothing that only points back.
NO_THING = re.compile(
    r"^(?:det|detta|den|de|dessa|med|av|för|i|på|till|under|som)\b"
    r"|\b(?:vilket|som|och|är|har|gör|blev|visar|uppgår|motsvarar|bedömer|anger)\b",
    re.I,
)
#: Row labels longer than this, in characters, have been joined from several lines and read badly.
LONGEST_LABEL = 90
AMOUNT = re.compile(
    rf"(?<![\d,])\d[\d\s]*(?:,\d+)?\s?(?:%|(?:procent|{MONEY_UNIT}|ton|personer|timmar|dagar)\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case to accept or not, with the words of the report that it rests on.

    Where only a person can tell what is asked, the case has no question yet.
    """

    case: Case
    quote: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--report", type=Path, metavar="FIL", required=True, help="rapporten (PDF, DOCX eller TXT)")
    parser.add_argument("--out", type=Path, metavar="FALLFIL", help="spara de fall som du godkänner sist i denna fil")
    parser.add_argument("--count", type=int, default=20, metavar="N", help="antal förslag (%(default)s)")


def run(given: argparse.Namespace) -> int:
    """Ask about each proposal and keep those accepted; without ``--out``, print them all as lines of a case file.

    Raises:
        RapportsvarError: if the report or the case file can't be read, or nothing can be proposed.
    """
    if given.count < 1:
        raise RapportsvarError("--count ska vara minst 1.")
    report, _ = load_report(given.report)
    taken = load_cases(given.out) if given.out and given.out.exists() else []
    found = proposals(report, given.count, taken)
    if not found:
        raise RapportsvarError(
            f"{report.file} har inga {'fler ' if taken else ''}säkra tabellceller, orsaker eller belopp "
            "att föreslå fall ur; skriv fallen för hand enligt docs/evaluation.md."
        )
    if given.out is None:
        for proposal in found:
            print(json.dumps(proposal.case.to_json() | {"question": proposal.case.question}, ensure_ascii=False))
        return 0
    console = Console()
    if len(found) < given.count:
        kinds = Counter(proposal.case.kind for proposal in found)
        console.print(
            f"Rapporten ger {len(found)} förslag: {kinds['table']} tabellceller, {kinds['why']} orsaker, "
            f"{kinds['howmuch']} belopp och {kinds[UNANSWERABLE]} frågor utan svar.",
            highlight=False,
        )
    accepted = 0
    try:
        for number, proposal in enumerate(found, 1):
            case = _decide(proposal, f"Förslag {number} av {len(found)}", console)
            if case is not None:
                _append(case, given.out)
                accepted += 1
    except (EOFError, KeyboardInterrupt):
        console.print()
    told = f"{accepted} fall sparade i {given.out}." if accepted else "Inga fall sparade."
    console.print(told, markup=False, highlight=False)
    return 0


def proposals(report: Report, most: int, taken: Sequence[Case] = ()) -> list[Proposal]:
    """At most ``most`` proposals, spread over the report; none of what the cases ``taken`` ask already."""
    cells = _new(_unambiguous(_figure_proposals(report)), taken)
    causes = _new(_cause_proposals(report), taken)
    amounts = _new(_amount_proposals(report), taken)
    unanswered = _new(_unanswered_proposals(report, cells), taken)
    without = min(len(unanswered), max(1, most // 5))
    left = most - without
    chosen = _spread(cells, max(left // 2, left - len(causes)))
    chosen += _spread(causes, left - len(chosen))
    chosen += _spread(amounts, left - len(chosen))
    chosen += _spread(unanswered, without)
    stem = re.sub(r"[^a-z0-9]+", "-", fold(Path(report.file).stem.lower()))[:STEM].strip("-")
    used = {case.id for case in taken}
    free = (name for number in count(1) if (name := f"{stem}-{number:03}") not in used)
    return [replace(each, case=replace(each.case, id=next(free))) for each in chosen]


def _new(found: Iterable[Proposal], taken: Sequence[Case]) -> list[Proposal]:
    """The proposals of places and questions that no case asks about yet."""
    places = {(case.evidence, case.kind) for case in taken if case.evidence}
    questions = {case.question for case in taken}
    return [
        each
        for each in found
        if (each.case.evidence, each.case.kind) not in places and each.case.question not in questions
    ]


def _unambiguous(found: Iterator[Proposal]) -> list[Proposal]:
    """Each question once; none that the report answers in more than one way."""
    by_question: dict[str, list[Proposal]] = {}
    for each in found:
        by_question.setdefault(each.case.question, []).append(each)
    return [same[0] for same in by_question.values() if len({each.case.must for each in same}) == 1]


def _spread(found: Sequence[Proposal], most: int) -> list[Proposal]:
    """So many, at even distances."""
    most = max(0, min(most, len(found)))
    return [found[at * len(found) // most] for at in range(most)]


def _figure_proposals(report: Report) -> Iterator[Proposal]:
    """A question for each certain cell of a column of outcomes, budgets, forecasts, differences or targets."""
    rows: dict[int, list[Figure]] = {}
    for figure in table_figures(report):
        rows.setdefault(report.block_at(figure.start).start, []).append(figure)
    for row in rows.values():
        for figure in row:
            kind = figure.kind
            if kind not in ASKED or not figure.value or not _telling(figure.label):
                continue
            block = report.block_at(figure.start)
            place = _place(report, block.start, block.end)
            if place is None:
                continue
            question = ASKED[kind].format(
                label=_label(figure.label),
                where=f" i {report.municipality}" if report.municipality else "",
                when=_when(report, figure),
            )
            # The same kind of figure for another year is what a careless answer gives.
            others = dict.fromkeys(
                _written(report, other) for other in row if other.kind == kind and other.value != figure.value
            )
            yield Proposal(
                Case(
                    "",
                    " ".join(question.split()).replace(" ?", "?"),
                    "table",
                    "formal",
                    (_facts(report, figure),),
                    tuple(others),
                    ((place,),),
                ),
                report.text[block.start : block.end],
            )


def _telling(label: str) -> bool:
    """Whether a row's label says by itself what the row is of."""
    return len(label) <= LONGEST_LABEL and re.match(r"\w{3}", label) is not None and not COMMON.match(label)


def _when(report: Report, figure: Figure) -> str:
    """What a column is of: «jan–aug 2023», or the report's period where it does not say."""
    said = re.sub(rf"^\D*?(?=(?:\d|{MONTH_STEM}))", "", figure.column, flags=re.I)
    if re.search(r"(?:19|20)\d\d", said):
        return said.rstrip("*")
    return report.period.label if report.period else ""


def _facts(report: Report, figure: Figure) -> tuple[str, ...]:
    """The ways in which a cell may be said: as written, and thousands of kronor as millions."""
    written = _written(report, figure)
    if figure.unit != "tkr" or abs(figure.value) < 1000:
        return (written,)
    millions = (abs(figure.value) / 1000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return (written, str(millions).replace(".", ","))


def _written(report: Report, figure: Figure) -> str:
    return report.text[figure.start : figure.end].strip("-−–+*≥≤<> \u00a0%")


def _label(label: str) -> str:
    """A row's label as it stands in a sentence."""
    label = label.strip(" *%,:")
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _cause_proposals(report: Report) -> Iterator[Proposal]:
    """A question for each sentence that names a cause in one of a few plain forms."""
    for start, end, path in _sentences(report):
        sentence = " ".join(report.text[start:end].split())
        match = BECAUSE.match(sentence)
        thing = match and (match["what"] or match["explained"] or match["subject"])
        place = _place(report, start, end)
        if match is None or place is None or not thing or NO_THING.search(thing):
            continue
        # "Underskottet beror på …": only its heading says whose.
        alone = re.fullmatch(r"\w+(?: (?:på|om) [\d ,]+ \w+)?", thing)
        about = _about(report, path if alone else ())
        question, cause = _question(match, about)
        named = _key_words(cause)
        if named:
            yield Proposal(Case("", question, "why", "formal", (named,), (), ((place,),)), sentence)


def _amount_proposals(report: Report) -> Iterator[Proposal]:
    """A case without its question for each sentence that states one amount."""
    for start, end, _ in _sentences(report):
        sentence = " ".join(report.text[start:end].split())
        amounts = list(AMOUNT.finditer(report.text, start, end))
        place = _place(report, start, end, amounts[0].start()) if len(amounts) == 1 else None
        if place is not None:
            said = " ".join(amounts[0][0].split())
            yield Proposal(Case("", "", "howmuch", "formal", ((said,),), (), ((place,),)), sentence)


def _sentences(report: Report) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The offsets of each sentence of running text, with the headings above it."""
    for section in report.sections:
        for block in report.blocks:
            if block.kind is BlockKind.PARAGRAPH and section.start <= block.start < section.end:
                for start, end in sentences(report.text[block.start : block.end]):
                    yield block.start + start, block.start + end, section.path


def _question(match: re.Match[str], about: str) -> tuple[str, str]:
    """The question that a sentence of cause answers, and the cause; ``about`` is what its heading and report add."""
    if match["what"]:
        return f"Vad beror {_lower(match['what'])}{about} på?", match["cause"]
    if match["explained"]:
        return f"Vad förklarar {_lower(match['explained'])}{about}?", match["explanation"]
    return f"Varför {match['verb']} {_lower(match['subject'])} {match['rest']}{about}?", match["reason"]


def _about(report: Report, path: Sequence[str]) -> str:
    """« inom hemtjänst i Norrvik 2023»: what a sentence leaves to its heading and its report."""
    heading = re.sub(r"^[\d.\s]+", "", path[-1]) if path else ""
    parts = [
        f"inom {_lower(heading)}" if heading and not GENERAL.search(heading) else "",
        f"i {report.municipality}" if report.municipality else "",
        report.period.label if report.period else "",
    ]
    return "".join(f" {part}" for part in parts if part)


def _key_words(cause: str) -> tuple[str, ...]:
    """The rarest word of a cause, in the form that its inflections begin with."""
    found = [each for each in content_terms(cause) if each.word.isalpha() and len(each.word) > 4]
    if not found:
        return ()
    rarest = min(found, key=lambda each: zipf(each.word))
    return (rarest.lemma if rarest.word.startswith(rarest.lemma) else rarest.word,)


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[0].lower() + text[1:]


def _unanswered_proposals(report: Report, cells: Sequence[Proposal]) -> Iterator[Proposal]:
    """Questions as those of ``cells``, of a municipality or a year that the report is not of."""
    name, period = report.municipality, report.period
    for at, proposal in enumerate(cells):
        said = tuple(fact for group in proposal.case.must for fact in group)
        question, reason = proposal.case.question, Reason.MUNICIPALITY
        if at % 2 and period:
            question, reason = question.replace(str(period.year), str(period.year - YEARS_BEFORE)), Reason.YEAR
        elif name:
            # Any other will do, but not the same each time: steps by a prime pass all names.
            other = NAMES[at * STEP % len(NAMES)]
            question = question.replace(f" i {name}", f" i {other}")
        if question != proposal.case.question:
            case = Case("", question, UNANSWERABLE, "formal", must_not=said, reason=reason)
            yield Proposal(case, f"Rapporten gäller inte detta; den säger: {proposal.quote}")


def _place(report: Report, start: int, end: int, also: int | None = None) -> Place | None:
    """The place of a stretch of text, by its first words on its page; None if they lead elsewhere.

    If those do not reach ``also``, an offset, half of the words are those that follow it.
    """
    page = report.page(start)
    last = end if page is None or page == len(report.page_starts) else min(end, report.page_starts[page])
    found = list(WORD.finditer(report.text, start, last))
    words = found[:EVIDENCE_WORDS]
    if also is not None and words and words[-1].start() < also:
        half = EVIDENCE_WORDS // 2
        words = found[:half] + [word for word in found if word.start() >= also][:half]
    place = Place(report.file, page, " ".join(word[0] for word in words))
    if len(words) < 2 or not any(start <= first < end for first, _ in find(report, place)):
        return None
    return place


def _decide(proposal: Proposal, title: str, console: Console) -> Case | None:
    """Show a proposal and take the person's word for it; None if it is not wanted.

    Raises:
        EOFError: if the person has had enough.
    """
    case = proposal.case
    places = [place for group in case.evidence for place in group]
    where = f"{places[0].report}{f', sida {places[0].page}' if places[0].page else ''}: " if places else ""
    console.rule(title)
    console.print(f"{where}«{' '.join(proposal.quote.split())}»", markup=False, highlight=False)
    if not case.answerable:
        console.print("Frågan ska avböjas.")
    if case.question:
        console.print(f"Förslag: {case.question}", markup=False, highlight=False)
    keys = "Retur = som den är, n = hoppa över" if case.question else "Retur = hoppa över"
    question = _ask(f"Skriv frågan som ni skulle ställa den ({keys}, s = sluta)", console)
    if question.lower() in ("n", "nej") or not (question or case.question):
        return None
    if question.lower() in ("s", "sluta"):
        raise EOFError
    case = replace(case, question=question or case.question)
    if case.answerable:
        facts = "; ".join(" / ".join(group) for group in case.must)
        console.print(f"Svaret ska säga: {facts}", markup=False, highlight=False)
        keys = "Retur = så; annars skriv rätt uppgifter, med / mellan alternativ och ; mellan uppgifter"
        said = _ask(f"Stämmer det? ({keys})", console)
        groups = [tuple(filter(None, map(str.strip, group.split("/")))) for group in said.split(";")]
        case = replace(case, must=tuple(filter(None, groups)) or case.must)
        if case.kind == "howmuch":
            case = replace(case, kind=_choose("Frågans slag", KINDS, ANSWERABLE_KINDS, case.kind, console))
    return replace(case, style=_choose("Frågans stil", STYLE_WORDS, STYLES, case.style, console))


def _choose(title: str, words: dict[str, str], allowed: frozenset[str], default: str, console: Console) -> str:
    """One of the values allowed, by its name or its Swedish word; asked again until it is."""
    listed = ", ".join(f"{name} ({words[name]})" for name in words if name in allowed)
    while True:
        said = _ask(f"{title}: {listed}; Retur = {default}", console).lower() or default
        chosen = next((name for name in allowed if said in (name, words[name])), None)
        if chosen:
            return chosen
        console.print(f"«{said}» finns inte; välj ett av orden.", markup=False, highlight=False)


def _ask(text: str, console: Console) -> str:
    return Prompt.ask(text, console=console, default="", show_default=False).strip()


def _append(case: Case, path: Path) -> None:
    """Add a case to the end of a case file, at once, so that nothing accepted is lost."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(case.to_json(), ensure_ascii=False)}\n")
    except OSError as error:
        raise RapportsvarError(f"{path} gick inte att skriva; välj en annan plats eller frigör utrymme.") from error
