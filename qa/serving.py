"""The commands around the web chat: serve, its users, and what they said of answers."""

import webbrowser
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from corpus.errors import reason
from index.feedback import read_feedback
from index.places import home
from qa.audit import KEPT_DAYS, Audit, read_audit
from qa.drafts import cases
from qa.options import JsonOption, LibraryOption, ModelOption, RetrieverOption, library_place, open_assistant
from qa.retrieve import Mode
from qa.terminal import err, fail, messages, out, print_audit, print_feedback, print_json
from qa.users import Role, Users, set_user


def serve(
    host: Annotated[str, typer.Option("--host", help="Adress att lyssna på.", metavar="ADRESS")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port.", min=1, max=65535)] = 7860,
    open_browser: Annotated[bool, typer.Option("--open", help="Öppna webbläsaren.")] = False,
    auth: Annotated[
        Path | None, typer.Option("--auth", help="Fil med användare; alla måste logga in.", metavar="FIL")
    ] = None,
    audit_days: Annotated[
        int, typer.Option("--audit-days", help="Så många dagar sparas händelseloggen; 0 för ingen.", min=0, max=3650)
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
            server = build_server(service, Access(users, host in LOOPBACK), mcp)
        try:
            running = Running(server, host, port)
        except OSError as error:
            fail(f"Det går inte att lyssna på {host} port {port} ({reason(error)}); välj en annan med --port.")
        out.print(f"Rapportsvar finns på {running.address} – avsluta med Ctrl+C.", highlight=False)
        if users is None and host not in LOOPBACK:
            err.print(
                "Alla som når datorn kan fråga, men ingen kan lägga till rapporter på sidan; "
                "ange användare med --auth för det.",
                style="yellow",
                highlight=False,
            )
        if open_browser:
            webbrowser.open(running.address)
        running.run()


def user(
    name: Annotated[str, typer.Argument(help="Användarnamn.", metavar="NAMN")],
    auth: Annotated[Path, typer.Option("--auth", help="Filen med användare; görs om den inte finns.", metavar="FIL")],
    role: Annotated[
        Role, typer.Option("--role", help="reader frågar och söker; editor ändrar också i biblioteket.")
    ] = Role.READER,
) -> None:
    """Lägg till en användare, eller byt roll och lösenord. Lösenordet skrivs in, och sparas bara som hash."""
    with messages():
        password = typer.prompt("Lösenord", hide_input=True, confirmation_prompt="Lösenordet igen")
        set_user(auth, name, role, password)
        out.print(f"{name} är sparad som {role.value} i {auth}.", highlight=False, markup=False)


def audit(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Visa händelseloggen: vem som frågat, lagt till och tagit bort vad."""
    with messages():
        kept = read_audit(home(library_place(library)))
        if as_json:
            for record in kept:
                print_json(asdict(record))
        elif not kept:
            out.print("Inga händelser har loggats.", highlight=False)
        else:
            print_audit(kept)


def feedback(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Visa vad användarna tyckt om svaren; --json ger fall till utvärderingen."""
    with messages():
        said = read_feedback(home(library_place(library)))
        if as_json:
            for case in cases(said):
                print_json(case)
        elif not said:
            out.print("Inga synpunkter har sparats.", highlight=False)
        else:
            print_feedback(said)
