"""The commands around the web chat: serve, its users, and what they said of answers."""

import webbrowser
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from corpus.errors import reason
from index.feedback import read_feedback, remove_feedback
from index.places import home
from qa.audit import KEPT_DAYS, MOST_DAYS, Audit, Event, by_command, read_audit, remove_audit
from qa.drafts import cases
from qa.options import JsonOption, LibraryOption, ModelOption, RetrieverOption, library_place, open_assistant
from qa.retrieve import Mode
from qa.terminal import err, fail, messages, print_audit, print_feedback, print_json, print_users, say
from qa.users import Role, Users, remove_user, set_user


def serve(
    host: Annotated[str, typer.Option("--host", help="Adress att lyssna på.", metavar="ADRESS")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port.", min=1, max=65535)] = 7860,
    open_browser: Annotated[bool, typer.Option("--open", help="Öppna webbläsaren.")] = False,
    auth: Annotated[
        Path | None, typer.Option("--auth", help="Fil med användare; alla måste logga in.", metavar="FIL")
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allowed-host",
            help="Namn som sidan nås på, till exempel bakom en proxy. Kan anges flera gånger.",
            metavar="NAMN",
        ),
    ] = None,
    audit_days: Annotated[
        int,
        typer.Option("--audit-days", help="Så många dagar sparas händelseloggen; 0 för ingen.", min=0, max=MOST_DAYS),
    ] = KEPT_DAYS,
    audit_questions: Annotated[
        bool, typer.Option("--audit-questions/--audit-no-questions", help="Om frågornas ord ska stå i loggen.")
    ] = True,
    mcp: Annotated[bool, typer.Option("--mcp", help="Låt AI-assistenter fråga genom MCP.")] = False,
    retriever: RetrieverOption = Mode.HYBRID,
    library: LibraryOption = None,
    model: ModelOption = None,
) -> None:
    """Starta webbchatten."""
    with messages():
        users = Users(auth) if auth else None
        assistant, sample = open_assistant(library, model, retriever)
        with err.status("Startar webbsidan …"):
            from qa.web.access import LOOPBACK, Access
            from qa.web.server import Running, build_server
            from qa.web.service import Service

            place = library_place(library)
            log = Audit(home(place), audit_days if users or host not in LOOPBACK else 0, audit_questions)
            service = Service(assistant, sample, place, model, log)
            Thread(target=service.warm, daemon=True).start()
            access = Access(users, host in LOOPBACK, log, allowed_host or ())
            server = build_server(service, access, mcp)
        try:
            running = Running(server, host, port)
        except OSError as error:
            fail(f"Det går inte att lyssna på {host} port {port} ({reason(error)}); välj en annan med --port.")
        say(f"Rapportsvar finns på {running.address} – avsluta med Ctrl+C.")
        if users is None and host not in LOOPBACK:
            say(
                "Alla som når datorn kan fråga, men ingen kan lägga till rapporter på sidan; "
                "ange användare med --auth för det.",
                "yellow",
                err,
            )
        if open_browser:
            webbrowser.open(running.address)
        running.run()


def user(
    auth: Annotated[Path, typer.Option("--auth", help="Filen med användare; görs om den inte finns.", metavar="FIL")],
    name: Annotated[str | None, typer.Argument(help="Användarnamn.", metavar="NAMN", show_default=False)] = None,
    role: Annotated[
        Role, typer.Option("--role", help="reader frågar och söker; editor ändrar också i biblioteket.")
    ] = Role.READER,
    listed: Annotated[bool, typer.Option("--list", help="Visa användarna.")] = False,
    removed: Annotated[bool, typer.Option("--remove", help="Ta bort användaren.")] = False,
    library: LibraryOption = None,
) -> None:
    """Lägg till, ändra, visa eller ta bort användare. Lösenordet skrivs in, och sparas bara som hash."""
    with messages():
        if listed:
            print_users(Users(auth).everyone())
            return
        if name is None:
            fail("Skriv användarens namn, eller --list för att se alla.")
        if removed:
            remove_user(auth, name)
            done = "borttagen"
        else:
            password = typer.prompt("Lösenord", hide_input=True, confirmation_prompt="Lösenordet igen")
            set_user(auth, name, role, password)
            done = f"sparad som {role.value}"
        by_command(home(library_place(library)), Event.USER, name, done)
        say(f"{name} är {done} i {auth}.")


RemoveOption = Annotated[
    list[int] | None,
    typer.Option("--remove", help="Ta bort raden med det numret, för gott. Kan anges flera gånger.", metavar="NR"),
]
EveryOption = Annotated[bool, typer.Option("--remove-all", help="Ta bort alla rader, för gott.")]


def audit(
    library: LibraryOption = None,
    as_json: JsonOption = False,
    remove: RemoveOption = None,
    remove_every: EveryOption = False,
) -> None:
    """Visa händelseloggen: vem som frågat, öppnat, lagt till och tagit bort vad; eller gallra i den."""
    with messages():
        folder = home(library_place(library))
        kept = read_audit(folder)
        if remove or remove_every:
            gone = remove_audit(folder, [each.number for each in kept] if remove_every else remove or ())
            by_command(folder, Event.CLEARED, "händelser", f"{gone} borttagna")
            say(f"Händelser borttagna: {gone}.")
        elif as_json:
            for record in kept:
                print_json(asdict(record))
        elif not kept:
            say("Inga händelser har loggats.")
        else:
            print_audit(kept)


def feedback(
    library: LibraryOption = None,
    as_json: JsonOption = False,
    remove: RemoveOption = None,
    remove_every: EveryOption = False,
) -> None:
    """Visa vad användarna tyckt om svaren, eller ta bort det; --json ger fall till utvärderingen."""
    with messages():
        folder = home(library_place(library))
        said = read_feedback(folder)
        if remove or remove_every:
            gone = remove_feedback(folder, [each.number for each in said] if remove_every else remove or ())
            by_command(folder, Event.CLEARED, "synpunkter", f"{gone} borttagna")
            say(f"Synpunkter borttagna: {gone}.")
        elif as_json:
            for case in cases(said):
                print_json(case)
        elif not said:
            say("Inga synpunkter har sparats.")
        else:
            print_feedback(said)
