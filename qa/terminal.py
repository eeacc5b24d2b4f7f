"""What the commands write in the terminal, for people and as JSON."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpus.errors import RapportsvarError
from corpus.shown import UNSEEN, shown, shown_lines
from index.feedback import Feedback, Verdict
from index.ingest import Outcome, Result
from index.prepare import Entry
from qa.audit import Record
from qa.saved import Check
from qa.users import User

out = Console()
err = Console(stderr=True)

OUTCOMES = {
    Outcome.ADDED: "tillagd",
    Outcome.REPLACED: "ersatt",
    Outcome.UNCHANGED: "oförändrad",
    Outcome.DUPLICATE: "dubblett",
    Outcome.FAILED: "gick inte att läsa",
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


def say(text: str, style: str | None = None, to: Console = out) -> None:
    """Write text as it is, but for what a terminal would obey and a reader not see."""
    # Only for a terminal are lines broken.
    to.print(shown_lines(text), style=style, highlight=False, markup=False, soft_wrap=not to.is_terminal)


def fail(message: str) -> NoReturn:
    say(message, "red", err)
    raise typer.Exit(1)


def print_json(value: Any) -> None:
    """Write a value as JSON on one line, with nothing in it that a terminal would obey."""
    written = UNSEEN.sub(_escaped, json.dumps(value, ensure_ascii=False))
    sys.stdout.write(written + "\n")


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def print_results(results: Sequence[Result]) -> None:
    """What became of each file, and what of it a person should look at."""
    rows = []
    for result in results:
        cells = _identity_cells(result.entry) if result.entry else ["", "", "", ""]
        passages = str(result.passages) if result.passages else ""
        figures = _figure_count(result.entry) if result.entry else ""
        rows.append((result.path.name, OUTCOMES[result.outcome], *cells, passages, figures))
    _print_rows(("Fil", "Resultat", "Kommun", "Nämnd", "Slag", "Period", "Passager", "Siffror"), rows)
    for result in results:
        if result.message:
            say(result.message, "red" if result.outcome is Outcome.FAILED else "yellow")
    if any(result.entry and result.entry.uncertain_figures for result in results):
        say(
            "Siffror som är osäkra står i en tabell där det inte går att avgöra vilken kolumn de hör till; "
            "de används inte i svar."
        )
    if any(result.entry and result.entry.uncertain for result in results):
        say("Det som är märkt med ? är osäkert; rätta med --municipality, --board, --kind, --year och --through.")


def print_reports(entries: Sequence[Entry]) -> None:
    """The reports of a library: what each was identified as, and how much was read."""
    rows = [
        (entry.report_id[:8], entry.file, *_identity_cells(entry), str(entry.pages or "–"), _figure_count(entry))
        for entry in entries
    ]
    _print_rows(("Id", "Fil", "Kommun", "Nämnd", "Slag", "Period", "Sidor", "Siffror"), rows)


def print_hits(found: Sequence[dict[str, Any]]) -> None:
    """The hits of a search, as ``search --json`` has them."""
    for number, hit in enumerate(found, 1):
        page = f", sida {hit['page']}" if hit["page"] else ""
        say(f"{number}. {hit['title']}{page} – {hit['heading']}", "bold")
        say(hit["text"])
        say("")


def print_figures(sources: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Figures as lines under the report that they stand in."""
    for source, lines in sources:
        say(source, "bold")
        for line in lines:
            say(f"  {line}")


def print_answer(found: dict[str, Any]) -> None:
    """An answer, as ``ask --json`` has it: its text, its sources and what is to be noted."""
    say(found["answer"])
    if found["citations"]:
        say("\nKällor", "bold")
    for number, citation in enumerate(found["citations"], 1):
        page = f", sida {citation['page']}" if citation["page"] else ""
        say(f"[{number}] {citation['title']} ({citation['file']}{page})")
        quote = " ".join(citation["quote"].split())
        say(f"    «{quote if len(quote) <= 300 else quote[:299] + '…'}»", "dim")
    for note in found["notes"]:
        say(f"Obs! {note}", style="yellow")
    for line in found["explanation"]:
        say(line, style="dim")


def print_checks(saved: Sequence[dict[str, Any]], checked: Sequence[Sequence[Check]]) -> None:
    """For each saved answer, which of its sentences hold, and what is wrong with the others."""
    for answer, checks in zip(saved, checked, strict=True):
        say(answer.get("question", ""), "bold")
        if not checks:
            say("  Inget svar gavs, så det finns inget att kontrollera.")
        for each in checks:
            verdict = f"stämmer inte: {each.fault}" if each.fault else "stämmer"
            say(f"  {each.text}")
            say(f"    {verdict}", style="red" if each.fault else "green")
    wrong = sum(1 for checks in checked for each in checks if each.fault)
    total = sum(map(len, checked))
    say(f"{total - wrong} av {total} meningar stämmer med rapportfilerna.")


def print_feedback(said: Sequence[Feedback]) -> None:
    """What users said of answers, oldest first."""
    rows = []
    for each in said:
        answer = each.answer if len(each.answer) <= 200 else each.answer[:199] + "…"
        at = each.at[:16].replace("T", " ")
        rows.append((str(each.number), at, VERDICTS[each.verdict], each.question, answer, each.note))
    _print_rows(("Nr", "När", "Synpunkt", "Fråga", "Svar", "Anteckning"), rows)


def print_audit(kept: Sequence[Record]) -> None:
    """What was done, oldest first."""
    rows = [
        (str(each.number), each.at[:19].replace("T", " "), each.who, each.origin, each.event, each.what, each.outcome)
        for each in kept
    ]
    _print_rows(("Nr", "När (UTC)", "Vem", "Varifrån", "Händelse", "Vad", "Utfall"), rows)


def print_users(users: Mapping[str, User]) -> None:
    """The users of a file."""
    _print_rows(("Namn", "Roll"), [(name, each.role.value) for name, each in users.items()])


def _figure_count(entry: Entry) -> str:
    """How many figures were read, and how many were left out."""
    uncertain = f" ({entry.uncertain_figures} osäkra)" if entry.uncertain_figures else ""
    return f"{entry.figures}{uncertain}"


def _print_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table that breaks long cells rather than cutting them off; lines with tabs where no terminal shows them."""
    if not out.is_terminal:
        for row in (headings, *rows):
            sys.stdout.write("\t".join(map(shown, row)) + "\n")
        return
    table = Table()
    for at, heading in enumerate(headings):
        # An id that is broken can't be copied.
        table.add_column(heading, overflow="fold", no_wrap=at == 0 and heading in ("Id", "Nr"))
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    out.print(table)


def _identity_cells(entry: Entry) -> list[str]:
    values = {
        "municipality": entry.municipality,
        "board": entry.board,
        "kind": entry.kind,
        "period": entry.period.label if entry.period else None,
    }
    return [f"{value or '–'}{' ?' if name in entry.uncertain else ''}" for name, value in values.items()]
