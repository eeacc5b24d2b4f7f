"""The command line, in Swedish."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from typer import rich_utils

from corpus.errors import LibraryError, RapportsvarError, reason
from corpus.identify import Overrides
from corpus.shown import shown
from index.encode import Encoder, load_encoder
from index.ingest import Outcome, Result, index_files, report_files
from index.kept import located
from index.places import Place, home
from index.prepare import Entry
from index.samples import NOTICE, sample_files
from index.store import Library, exists
from index.upgrade import upgrade_library
from qa.answer import Status, figure_json, hit_json, to_json
from qa.audit import Event, by_command
from qa.erasing import forget, remove_reports
from qa.export import figure_lines, figure_row, write_csv
from qa.listed import entry_json
from qa.options import (
    JsonOption,
    LibraryOption,
    ModelOption,
    MunicipalityOption,
    RetrieverOption,
    YearOption,
    library_place,
    open_assistant,
)
from qa.retrieve import Mode
from qa.saved import Files, check, cited, read_answers
from qa.scope import municipality_name, scope_of
from qa.serving import audit, feedback, serve, user
from qa.terminal import (
    err,
    fail,
    messages,
    print_answer,
    print_checks,
    print_figures,
    print_hits,
    print_json,
    print_reports,
    print_results,
    say,
)

rich_utils.DEFAULT_STRING = "[standard: {}]"
rich_utils.ENVVAR_STRING = "[miljövariabel: {}]"
rich_utils.REQUIRED_LONG_STRING = "[krävs]"
rich_utils.OPTIONS_PANEL_TITLE = "Flaggor"
rich_utils.ARGUMENTS_PANEL_TITLE = "Argument"
rich_utils.COMMANDS_PANEL_TITLE = "Kommandon"
rich_utils.ERRORS_PANEL_TITLE = "Fel"

app = typer.Typer(
    help="Ställ frågor på svenska om kommuners års- och delårsrapporter. Svaren citerar rapporterna.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help"]},
)


@app.command("index")
def index_command(
    paths: Annotated[list[Path], typer.Argument(help="Rapportfiler (PDF, DOCX, TXT) eller mappar.", metavar="FIL...")],
    municipality: MunicipalityOption = None,
    board: Annotated[str | None, typer.Option("--board", help="Nämnd.", metavar="NÄMND")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Slag av rapport.", metavar="SLAG")] = None,
    year: YearOption = None,
    through: Annotated[
        str | None, typer.Option("--through", help="Sista dag i perioden.", metavar="ÅÅÅÅ-MM-DD")
    ] = None,
    without_personal: Annotated[
        bool,
        typer.Option("--without-personal", help="Utelämna avsnitt med personuppgifter och kvarlämnade kommentarer."),
    ] = False,
    library: LibraryOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lägg till rapporter. Oförändrade filer hoppas över; flaggorna rättar det som inte kändes igen."""
    with messages():
        given = _overrides(municipality, board, kind, year, through)
        if without_personal:
            given = replace(given or Overrides(), without_personal=True)
        files = report_files(paths)
        if not files:
            fail("Det finns inga PDF-, DOCX- eller TXT-filer där; ange en rapportfil eller en mapp med rapporter.")
        encoder = load_encoder(model)
        place = library_place(library)
        results = _index_with_progress(place, files, encoder, given)
        for result in results:
            if result.outcome is not Outcome.UNCHANGED:
                by_command(home(place), Event.ADD, shown(result.path.name), result.outcome)
        if as_json:
            print_json([_result_json(result) for result in results])
        else:
            print_results(results)
        if any(result.outcome is Outcome.FAILED for result in results):
            raise typer.Exit(1)


def _overrides(
    municipality: str | None, board: str | None, kind: str | None, year: int | None, through: str | None
) -> Overrides | None:
    municipality = municipality_name(municipality)
    board, kind = (board or "").strip() or None, (kind or "").strip() or None
    if not any((municipality, board, kind, year, through)):
        return None
    try:
        last = date.fromisoformat(through) if through else None
    except ValueError:
        fail(f"{through} är inget datum; skriv det som 2024-08-31.")
    if last and year and last.year != year:
        fail(f"--year {year} och --through {through} är olika år; ange samma år i båda.")
    return Overrides(municipality, board, kind, year or (last.year if last else None), last)


def _index_with_progress(place: Place, files: list[Path], encoder: Encoder, given: Overrides | None) -> list[Result]:
    with _progress() as bar:
        task = bar.add_task("Läser rapporter", total=len(files))

        def show(number: int, done: float) -> None:
            bar.update(task, completed=number + done, description=files[number].name[:40])

        return index_files(place, files, encoder, given, show)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True)


def _result_json(result: Result) -> dict[str, Any]:
    return {
        "file": shown(result.path.name),
        "outcome": result.outcome.value,
        "message": result.message,
        "passages": result.passages,
        "report": entry_json(result.entry) if result.entry else None,
    }


@app.command()
def reports(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Visa biblioteket: vilka rapporter som finns och hur de känts igen."""
    with messages():
        place = library_place(library)
        entries = Library(place).entries if exists(place) else ()
        if as_json:
            print_json([entry_json(entry) for entry in entries])
        elif not entries:
            say("Biblioteket är tomt; lägg till rapporter med «rapportsvar index MAPP».")
        else:
            print_reports(entries)


@app.command()
def remove(
    names: Annotated[
        list[str], typer.Argument(help="Rapportens id (början räcker) eller filnamn.", metavar="RAPPORT...")
    ],
    erase: Annotated[
        bool, typer.Option("--erase", help="Ta också bort synpunkter som citerar rapporten och loggens rader om den.")
    ] = False,
    library: LibraryOption = None,
    model: ModelOption = None,
) -> None:
    """Ta bort rapporter ur biblioteket. Filer som indexerats ur andra mappar rörs inte."""
    with messages():
        place = library_place(library)
        if not exists(place):
            fail("Det finns inget bibliotek att ta bort ur; lägg till rapporter med «rapportsvar index MAPP».")
        entries = Library(place).entries
        chosen = dict.fromkeys(_find_entry(name, entries).report_id for name in names)
        with err.status("Tar bort …"):
            removed = remove_reports(place, load_encoder(model), chosen)
            said, events = forget(home(place), removed) if erase else (0, 0)
        for entry in removed:
            # What is erased is not named in the log either.
            what, outcome = (entry.report_id[:8], "raderad") if erase else (entry.file, entry.title)
            by_command(home(place), Event.REMOVE, what, outcome)
            say(f"Tog bort {entry.title} ({entry.file}).")
        if erase:
            say(f"Synpunkter borttagna: {said}. Rader i händelseloggen borttagna: {events}.")


@app.command()
def upgrade(library: LibraryOption = None, model: ModelOption = None) -> None:
    """Gör om ett bibliotek från en tidigare version. Rättelser, synpunkter och händelselogg finns kvar."""
    with messages():
        place = library_place(library)
        encoder = load_encoder(model)
        with _progress() as bar:
            task = bar.add_task("Gör om biblioteket", total=None)
            done = upgrade_library(place, encoder, lambda at, count: bar.update(task, completed=at, total=count))
        if done is None:
            say("Biblioteket behöver inte göras om.")
        else:
            by_command(home(place), Event.UPGRADE, "biblioteket", f"{done} rapporter")
            say(f"Biblioteket är gjort om, med {done} rapporter.")


def _find_entry(name: str, entries: Iterable[Entry]) -> Entry:
    found = [entry for entry in entries if entry.file == name or (len(name) >= 4 and entry.report_id.startswith(name))]
    if not found:
        raise LibraryError(
            f"Det finns ingen rapport «{name}» i biblioteket; «rapportsvar reports» visar vilka som finns."
        )
    if len(found) > 1:
        raise LibraryError(f"«{name}» stämmer på {len(found)} rapporter; ange rapportens id.")
    return found[0]


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Det du söker.", metavar="TEXT")],
    k: Annotated[int, typer.Option("-k", help="Antal träffar.", min=1, max=1000)] = 10,
    municipality: MunicipalityOption = None,
    year: YearOption = None,
    retriever: RetrieverOption = Mode.HYBRID,
    library: LibraryOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sök passager i rapporterna."""
    with messages():
        assistant, _ = open_assistant(library, model, retriever)
        hits = assistant.search(text, k, scope_of(assistant.library.entries, municipality, year=year))
        found = [hit_json(hit, assistant.library) for hit in hits]
        if as_json:
            print_json(found)
            return
        if not found:
            fail("Inga träffar. Pröva andra ord eller en annan kommun.")
        print_hits(found)


@app.command()
def figures(
    text: Annotated[str, typer.Argument(help="Måttet du söker, till exempel «sjukfrånvaro».", metavar="TEXT")],
    municipality: MunicipalityOption = None,
    year: YearOption = None,
    library: LibraryOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Skriv CSV med semikolon och decimalkomma, för kalkylprogram.")
    ] = False,
) -> None:
    """Lista siffror ur rapporternas tabeller och texter, med kolumn, period, enhet och plats."""
    with messages():
        if as_json and as_csv:
            fail("--json och --csv går inte att använda samtidigt; välj en av dem.")
        assistant, _ = open_assistant(library, model, Mode.HYBRID)
        found = assistant.figures(text, scope_of(assistant.library.entries, municipality, year=year))
        if as_json:
            print_json([figure_json(figure, assistant.library) for figure in found])
            return
        if as_csv:
            write_csv([figure_row(figure, assistant.library) for figure in found], sys.stdout)
            return
        if not found:
            fail("Inga siffror har det namnet. Pröva andra ord eller en annan kommun.")
        print_figures(figure_lines(found, assistant.library))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="Frågan.", metavar="FRÅGA", show_default=False)] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="JSONL-fil med id och question på varje rad.", metavar="FIL")
    ] = None,
    municipality: MunicipalityOption = None,
    year: YearOption = None,
    retriever: RetrieverOption = Mode.HYBRID,
    library: LibraryOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ställ en fråga. Svaret citerar rapporterna, eller säger att de inte svarar."""
    if (question is None) == (batch is None):
        say("Skriv en fråga inom citattecken, eller ange en fil med --batch.", "red", err)
        raise typer.Exit(2)
    with messages():
        asked = _batch(batch) if batch else [(None, question or "")]
        assistant, sample = open_assistant(library, model, retriever)
        for identity, text in asked:
            try:
                answer = assistant.ask(text, scope=scope_of(assistant.library.entries, municipality, year=year))
            except RapportsvarError as error:
                if batch is None:
                    raise
                # One bad line of a batch gets its sentence; the others get their answers.
                print_json(_refused(identity, text, str(error)))
                continue
            found = to_json(answer, assistant.library, identity)
            if sample:
                found["notes"].append(NOTICE)
            if as_json or batch:
                print_json(found)
            else:
                print_answer(found)
        if batch is None and answer.status is Status.NOT_FOUND:
            raise typer.Exit(1)


def _refused(identity: Any, text: str, message: str) -> dict[str, Any]:
    return {
        "id": identity,
        "question": text,
        "status": Status.NOT_FOUND.value,
        "answer": message,
        "citations": [],
        "passages": [],
        "notes": [],
        "explanation": [],
        "figures": [],
        "computed": [],
        "sentences": [],
        "scope": {"municipalities": [], "years": [], "boards": []},
    }


def _batch(path: Path) -> list[tuple[Any, str]]:
    asked = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        fail(f"{path} gick inte att läsa; ange en JSONL-fil i UTF-8.")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row["question"], str):
                raise TypeError
            asked.append((row.get("id"), row["question"]))
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            fail(f"Rad {number} i {path.name} är inte JSON med fälten id och question; rätta raden.")
    if not asked:
        fail(f"{path.name} har inga frågor; skriv en på varje rad, som JSON med fälten id och question.")
    return asked


@app.command()
def verify(
    answers: Annotated[Path, typer.Argument(help="Sparat svar från ask --json.", metavar="SVAR.json")],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Rapportfilerna, eller mappar; annars de som biblioteket lästes ur.", metavar="[FIL...]"),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Kontrollera ett sparat svar mot rapportfilerna: varje mening, varje tal, varje källa."""
    with messages():
        saved = read_answers(answers)
        place = library_place(library)
        entries = Library(place).entries if exists(place) else ()
        wanted = cited(saved)
        kept = [located(home(place), each.source) for each in entries if each.report_id in wanted]
        sources = [path for path in kept if path.is_file()]
        files = Files(
            report_files(paths) if paths else [*sources, *sample_files()],
            {entry.report_id: entry.given for entry in entries},
        )
        checked = [check(each, files) for each in saved]
        if as_json:
            print_json([[asdict(each) for each in answer] for answer in checked])
        else:
            print_checks(saved, checked)
        if any(each.fault for answer in checked for each in answer):
            raise typer.Exit(1)


for command in (serve, user, feedback, audit):
    app.command()(command)


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Visa versionen.", is_eager=True)] = False,
) -> None:
    if version:
        say(package_version("rapportsvar"))
        raise typer.Exit


def run() -> None:
    """The command's entry point."""
    # What is written is for its owner alone: libraries, the log, users.
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code or 0)
    except USAGE_ERROR as error:
        say(usage_message(error), "red", err)
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe has seen enough.
        os._exit(0)
    except OSError as error:
        print(f"Det gick inte att skriva svaret ({reason(error)}).", file=sys.stderr)
        os._exit(1)


#: The parent of all errors in how the command was called, wherever this version of Typer keeps it.
USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]


def usage_message(error: Exception) -> str:
    """What is wrong with how the command was called, in Swedish."""
    context = getattr(error, "ctx", None)
    option = getattr(error, "option_name", None) or next(iter(getattr(getattr(error, "param", None), "opts", [])), "")
    cause = type(error).__name__
    if cause == "NoSuchOption":
        what = f"Flaggan {option} finns inte"
    elif cause == "MissingParameter":
        what = f"Det saknas ett värde för {getattr(getattr(error, 'param', None), 'metavar', None) or option}"
    elif cause == "BadParameter":
        what = f"Värdet för {option} går inte att använda"
    else:
        what = "Kommandot går inte att förstå"
    return f"{what}; se «{context.command_path if context else 'rapportsvar'} --help»."
