"""What the commands write in the terminal, for people and as JSON."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from corpus.errors import RapportsvarError
from corpus.shown import shown
from index.feedback import Feedback, Verdict
from index.ingest import Outcome, Result
from index.prepare import Entry
from qa.audit import Record
from qa.saved import Check

out = Console()
err = Console(stderr=True)

OUTCOMES = {
    Outcome.ADDED: "tillagd",
    Outcome.REPLACED: "ersatt",
    Outcome.UNCHANGED: "oförändrad",
    Outcome.DUPLICATE: "dubblett",
    Outcome.FAILED: "[red]gick inte att läsa[/red]",
}


VERDICTS = {Verdict.USEFUL: "till hjälp", Verdict.WRONG: "fel", Verdict.MISSING: "något saknas"}


@contextmanager
def messages() -> Iterator[None]:
    """Turn an expected failure into one sentence on standard error and exit code 1."""
    try:
        yield
    except RapportsvarError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("Avbrutet. Det som redan var indexerat finns kvar.")


def fail(message: str) -> NoReturn:
    err.print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def print_results(results: Sequence[Result]) -> None:
    """What became of each file, and what of it a person should look at."""
    table = _table("Fil", "Resultat", "Kommun", "Nämnd", "Slag", "Period", "Passager", "Siffror")
    for result in results:
        cells = _identity_cells(result.entry) if result.entry else ["", "", "", ""]
        passages = str(result.passages) if result.passages else ""
        figures = _figure_count(result.entry) if result.entry else ""
        table.add_row(_plain(shown(result.path.name)), OUTCOMES[result.outcome], *cells, passages, figures)
    out.print(table)
    for result in results:
        if result.message:
            style = "red" if result.outcome is Outcome.FAILED else "yellow"
            out.print(result.message, style=style, highlight=False, markup=False, soft_wrap=True)
    if any(result.entry and result.entry.uncertain_figures for result in results):
        out.print(
            "Siffror som är osäkra står i en tabell där det inte går att avgöra vilken kolumn de hör till; "
            "de används inte i svar.",
            highlight=False,
        )
    if any(result.entry and result.entry.uncertain for result in results):
        out.print(
            "Det som är märkt med ? är osäkert; rätta med --municipality, --board, --kind, --year och --through.",
            highlight=False,
        )


def print_reports(entries: Sequence[Entry]) -> None:
    """The reports of a library: what each was identified as, and how much was read."""
    table = _table("Id", "Fil", "Kommun", "Nämnd", "Slag", "Period", "Sidor", "Siffror")
    # An id that is broken can't be copied.
    table.columns[0].no_wrap = True
    for entry in entries:
        cells = (*_identity_cells(entry), str(entry.pages or "–"), _figure_count(entry))
        table.add_row(entry.report_id[:8], _plain(entry.file), *cells)
    out.print(table)


def print_hits(found: Sequence[dict[str, Any]]) -> None:
    """The hits of a search, as ``search --json`` has them."""
    for number, hit in enumerate(found, 1):
        page = f", sida {hit['page']}" if hit["page"] else ""
        out.print(f"{number}. {hit['title']}{page} – {hit['heading']}", style="bold", highlight=False, markup=False)
        out.print(hit["text"], highlight=False, markup=False)
        out.print()


def print_figures(sources: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Figures as lines under the report that they stand in."""
    for source, lines in sources:
        out.print(source, style="bold", highlight=False, markup=False)
        for line in lines:
            out.print(f"  {line}", highlight=False, markup=False)


def print_answer(found: dict[str, Any]) -> None:
    """An answer, as ``ask --json`` has it: its text, its sources and what is to be noted."""
    out.print(found["answer"], highlight=False, markup=False)
    if found["citations"]:
        out.print("\nKällor", style="bold")
    for number, citation in enumerate(found["citations"], 1):
        page = f", sida {citation['page']}" if citation["page"] else ""
        out.print(f"[{number}] {citation['title']} ({citation['file']}{page})", highlight=False, markup=False)
        quote = " ".join(citation["quote"].split())
        out.print(
            f"    «{quote if len(quote) <= 300 else quote[:299] + '…'}»", style="dim", highlight=False, markup=False
        )
    for note in found["notes"]:
        out.print(f"Obs! {note}", style="yellow", highlight=False, markup=False)
    for line in found["explanation"]:
        out.print(line, style="dim", highlight=False, markup=False)


def print_checks(saved: Sequence[dict[str, Any]], checked: Sequence[Sequence[Check]]) -> None:
    """For each saved answer, which of its sentences hold, and what is wrong with the others."""
    for answer, checks in zip(saved, checked, strict=True):
        out.print(answer.get("question", ""), style="bold", highlight=False, markup=False)
        if not checks:
            out.print("  Inget svar gavs, så det finns inget att kontrollera.", highlight=False)
        for each in checks:
            verdict = f"stämmer inte: {each.fault}" if each.fault else "stämmer"
            out.print(f"  {each.text}", highlight=False, markup=False)
            out.print(f"    {verdict}", style="red" if each.fault else "green", highlight=False, markup=False)
    wrong = sum(1 for checks in checked for each in checks if each.fault)
    total = sum(map(len, checked))
    out.print(f"{total - wrong} av {total} meningar stämmer med rapportfilerna.", highlight=False)


def print_feedback(said: Sequence[Feedback]) -> None:
    """What users said of answers, oldest first."""
    table = _table("När", "Synpunkt", "Fråga", "Svar", "Anteckning")
    for each in said:
        answer = each.answer if len(each.answer) <= 200 else each.answer[:199] + "…"
        cells = (each.at[:16].replace("T", " "), VERDICTS[each.verdict], each.question, answer, each.note)
        table.add_row(*map(_plain, cells))
    out.print(table)


def print_audit(kept: Sequence[Record]) -> None:
    """What was done, oldest first."""
    table = _table("När (UTC)", "Vem", "Händelse", "Vad", "Utfall")
    for each in kept:
        table.add_row(*map(_plain, (each.at[:19].replace("T", " "), each.who, each.event, each.what, each.outcome)))
    out.print(table)


def _figure_count(entry: Entry) -> str:
    """How many figures were read, and how many were left out."""
    uncertain = f" ({entry.uncertain_figures} osäkra)" if entry.uncertain_figures else ""
    return f"{entry.figures}{uncertain}"


def _table(*headings: str) -> Table:
    """A table that breaks long cells rather than cutting them off."""
    table = Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _identity_cells(entry: Entry) -> list[str]:
    values = {
        "municipality": entry.municipality,
        "board": entry.board,
        "kind": entry.kind,
        "period": entry.period.label if entry.period else None,
    }
    return [_plain(f"{value or '–'}{' ?' if name in entry.uncertain else ''}") for name, value in values.items()]


def _plain(text: str) -> str:
    """Text that Rich shows as it is, brackets and all."""
    return text.replace("[", "\\[")
