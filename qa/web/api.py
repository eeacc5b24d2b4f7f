"""The same for programs: endpoints of Gradio's API by name, which are also the tools of MCP."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, get_type_hints

import gradio as gr
from mcp.server.fastmcp import FastMCP
from mcp.server.transport_security import TransportSecuritySettings
from starlette.concurrency import run_in_threadpool

from corpus.errors import BadQuestion, RapportsvarError
from corpus.shown import printable
from qa.answer import figure_json, hit_json, to_json
from qa.audit import Event
from qa.listed import entry_json
from qa.question import LONGEST
from qa.scope import scope_of
from qa.web.access import acting, asker_of
from qa.web.limits import Shares
from qa.web.service import Service

MOST_HITS = 100


Endpoint = Callable[..., Any]


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """What programs may call: ``ask``, ``search``, ``figures`` and ``reports``.

    Their docstrings are for those who call them. Each raises a RapportsvarError that says what is wrong.
    """

    def ask(question: str, municipality: str = "", board: str = "", year: int = 0, before: str = "") -> dict[str, Any]:
        """Answer a question in Swedish about Swedish municipalities' annual and interim reports.

        The answer's sentences are quoted from the reports, each with its citation; what the reports don't say has the
        status "not_found". Quote the answer as it stands, with its source and page.

        Args:
            question: The question, in Swedish.
            municipality: Search this municipality's reports only; empty for all.
            board: Search this board's reports only, such as "Socialnämnden"; empty for all.
            year: Search for this year; 0 for all.
            before: The question asked before this one, if this one leans on it, such as "och i Lindhaga?".

        Returns:
            The answer as JSON: status, answer, citations, passages, notes, figures, sentences, scope.
        """
        assistant = service.current()
        scope = scope_of(assistant.library.entries, municipality, board, year)
        history = [assistant.ask(before, scope=scope).question] if before.strip() else []
        found = to_json(assistant.ask(question, history, scope), assistant.library)
        asked = f"{question} (efter: {before})" if before.strip() else question
        service.record(Event.ASK, asked, found["status"])
        found["notes"] += [service.notice] if service.notice else []
        return found

    def search(
        text: str, municipality: str = "", board: str = "", year: int = 0, count: int = 10
    ) -> list[dict[str, Any]]:
        """Search the reports for the passages that fit a text in Swedish, best first.

        Args:
            text: Words or a sentence, in Swedish.
            municipality: Search this municipality's reports only; empty for all.
            board: Search this board's reports only; empty for all.
            year: Search this year's reports only; 0 for all.
            count: How many passages, at most 100.

        Returns:
            The passages as JSON: report, file, title, page, heading, text, score.
        """
        assistant = service.current()
        scope = scope_of(assistant.library.entries, municipality, board, year)
        service.record(Event.SEARCH, text)
        hits = assistant.search(text, max(1, min(count, MOST_HITS)), scope)
        return [hit_json(hit, assistant.library) for hit in hits]

    def figures(text: str, municipality: str = "", board: str = "", year: int = 0) -> list[dict[str, Any]]:
        """List the figures that a text names, from the reports' tables and text.

        Args:
            text: The measure, in Swedish, such as "sjukfrånvaro".
            municipality: Figures of this municipality only; empty for all.
            board: Figures of this board only; empty for all.
            year: Figures of this year only; 0 for all.

        Returns:
            The figures as JSON: value, unit, label, column, kind, period, report, page, offsets.
        """
        assistant = service.current()
        scope = scope_of(assistant.library.entries, municipality, board, year)
        service.record(Event.FIGURES, text)
        return [figure_json(each, assistant.library) for each in assistant.figures(text, scope)]

    def reports() -> list[dict[str, Any]]:
        """List the reports that can be asked about, with municipality, board, kind and year.

        Returns:
            The reports as JSON, by municipality, board and year.
        """
        return [entry_json(entry) for entry in service.library.entries]

    return ask, search, figures, reports


def add_api(service: Service, shares: Shares) -> None:
    """Adds the endpoints to the Gradio app, each under its name; what they take is taken from their caller's share."""
    for endpoint in endpoints(service):
        gr.api(_with_sentences(endpoint, shares), api_name=endpoint.__name__)  # type: ignore[attr-defined]


def _with_sentences(endpoint: Endpoint, shares: Shares) -> Endpoint:
    """An endpoint whose expected failures come to its caller as the sentences that they are."""

    kinds = get_type_hints(endpoint)
    own = signature(endpoint)

    @wraps(endpoint)
    def called(*args: Any) -> Any:
        *given, request = args
        values = own.bind(*given).arguments
        asker = asker_of(request.request)
        try:
            with acting(asker), shares.taking(asker.key):
                return endpoint(**{name: _as_asked(value, name, kinds[name]) for name, value in values.items()})
        except RapportsvarError as error:
            raise gr.Error(str(error), print_exception=False) from error

    # Gradio calls in its queue's name; only to a parameter of this kind does it tell whose request it was.
    request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request)
    called.__signature__ = own.replace(parameters=[*own.parameters.values(), request])  # type: ignore[attr-defined]
    called.__annotations__ = {**endpoint.__annotations__, "request": gr.Request}
    return called


def _as_asked(value: Any, name: str, kind: type) -> Any:
    """A value as an endpoint takes it.

    Raises:
        BadQuestion: if it is of another kind; Gradio checks none.
    """
    if kind is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        if value in (None, ""):
            return 0
        raise BadQuestion(f"{name} ska vara ett heltal, till exempel 2023.")
    if value is None or isinstance(value, str):
        if len(value or "") > LONGEST:
            raise BadQuestion(f"{name} får ha högst {LONGEST} tecken.")
        return printable(value or "")
    raise BadQuestion(f"{name} ska vara text.")


def mcp_server(service: Service, local: bool) -> FastMCP:
    """The same as tools of the Model Context Protocol.

    Where the page is ``local`` to its machine, other sites' pages can't reach it by a name of their own.
    """
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=local,
        allowed_hosts=["127.0.0.1:*", "localhost:*", "[::1]:*"],
        allowed_origins=["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"],
    )
    server = FastMCP(
        "Rapportsvar",
        instructions="Answers, word for word and with page, from Swedish municipalities' annual and interim reports.",
        stateless_http=True,
        json_response=True,
        streamable_http_path="/",
        log_level="WARNING",
        transport_security=security,
    )
    for endpoint in endpoints(service):
        server.add_tool(_in_a_thread(endpoint))
    return server


def _in_a_thread(endpoint: Endpoint) -> Endpoint:
    """An endpoint that nobody waits for but its caller: tools are called where all requests are received."""

    kinds = get_type_hints(endpoint)

    @wraps(endpoint)
    async def called(**given: Any) -> Any:
        taken = {name: _as_asked(value, name, kinds[name]) for name, value in given.items()}
        return await run_in_threadpool(endpoint, **taken)

    return called
