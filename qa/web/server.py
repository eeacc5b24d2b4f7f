"""The server: the app in each language, with sources, documents, feedback and login around it."""

import asyncio
import io
import logging
import math
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated

import gradio as gr
import uvicorn
from fastapi import Body, FastAPI, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Mount

from corpus.errors import RapportsvarError
from corpus.picture import Picture
from corpus.read import decoded, file_format
from index.feedback import Verdict
from index.prepare import Entry
from qa.answer import Status
from qa.audit import Event
from qa.brief import make_brief
from qa.brief_docx import docx_bytes
from qa.brief_pdf import pdf_bytes
from qa.export import figure_row, write_csv
from qa.users import SHORTEST_PASSWORD, BadUsers
from qa.web.access import LOOPBACK, SESSION_SECONDS, Access, address_of, asker_of, current_asker
from qa.web.api import mcp_server
from qa.web.app import THEME, build_app
from qa.web.drawing import Busy, Drawing
from qa.web.gate import Gate, Readable
from qa.web.guard import LOGIN, Guard, closed
from qa.web.head import PageHead
from qa.web.headers import SecureHeaders
from qa.web.limits import Rates, Shares, Sizes
from qa.web.links import asked, spans
from qa.web.pages import head, login_html, message_html, page_html, password_html
from qa.web.service import Service
from qa.web.source import source_html
from qa.web.tries import TooMany, waiting
from qa.web.words import LANGUAGES, Words, load_words

STATIC = Path(__file__).parent / "static"
MEDIA = {"rapportsvar.css": "text/css", "rapportsvar.js": "text/javascript"}
FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
}
DOCUMENTS = {"docx": docx_bytes, "pdf": pdf_bytes}
MOST_UPLOADED = "200mb"
START_SECONDS = 60
PASSWORD = "/losenord"
#: Connections that nothing is sent on are kept so long: longer than the other side keeps them (Caddy 120 seconds, nginx
#: 60), since a request may be lost on one that is being closed.
IDLE_SECONDS = 130


def build_server(service: Service, access: Access, mcp: bool = False) -> FastAPI:
    """The whole application; nothing is launched."""
    tools = mcp_server(service, access.local) if mcp else None
    inner = tools.streamable_http_app() if tools else None

    drawing, shares = Drawing(), Shares()

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run() if tools else nullcontext():
            yield
        drawing.close()
        service.close()

    server = FastAPI(title="Rapportsvar", docs_url=None, redoc_url=None, openapi_url=None, lifespan=running)
    if inner:
        server.mount("/mcp/", Readable(inner))
        _add_slash(server, "/mcp")
    _add_static(server)
    spoken = [load_words(language) for language in LANGUAGES]
    for words in spoken:
        _add_sources(server, service, drawing, words)
        _add_slash(server, words("path"))
    _add_files(server, service, drawing)
    _add_documents(server, service)
    _add_feedback(server, service)
    if access.users:
        _add_login(server, service, access)
    # The last one mounted, at /, takes all that is left.
    for words in reversed(spoken):
        blocks = build_app(service, words, shares)
        server = gr.mount_gradio_app(
            server,
            blocks,
            path=words("path") or "/",
            auth_dependency=(lambda request: asker_of(request).name) if access.users else None,
            footer_links=[],
            max_file_size=MOST_UPLOADED,
            show_error=True,
            theme=THEME,
        )
        mounted = server.routes[-1]
        assert isinstance(mounted, Mount)
        mounted.app.add_exception_handler(404, _missing)  # type: ignore[attr-defined]
        mounted.app = Gate(mounted.app, blocks, service)
    server.add_exception_handler(404, _missing)
    server.add_exception_handler(BadUsers, closed)
    server.add_middleware(PageHead, pages={f"{words('path')}/": (words("language"), head(words)) for words in spoken})
    # Who works at the machine itself takes it from nobody.
    if access.users or not access.local:
        server.add_middleware(Rates, shares=shares)
    server.add_middleware(Guard, access=access)
    server.add_middleware(Sizes)
    if access.users:
        server.add_middleware(
            SessionMiddleware,
            secret_key=secrets.token_urlsafe(32),
            session_cookie="rapportsvar",
            max_age=SESSION_SECONDS,
            same_site="lax",
        )
    server.add_middleware(SecureHeaders)
    return server


def _add_static(server: FastAPI) -> None:
    for name, media in MEDIA.items():

        def static(path: Path = STATIC / name, media: str = media) -> FileResponse:
            return FileResponse(path, media_type=media, headers={"Cache-Control": "no-cache"})

        server.get(f"/{name}")(static)


def _add_slash(server: FastAPI, path: str) -> None:
    """Leads from a page's address without its last slash to the one with it."""
    if path:

        @server.api_route(path, methods=["GET", "POST", "DELETE"])
        def with_slash(request: Request) -> RedirectResponse:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{path}/{query}")


def _entry(service: Service, report_id: str) -> Entry:
    entry = next((each for each in service.library.entries if each.report_id == report_id), None)
    if entry is None:
        raise HTTPException(404)
    return entry


def _add_sources(server: FastAPI, service: Service, drawing: Drawing, words: Words) -> None:
    """The places that citations lead to, as pages; with ``del`` as parts of the page that is open."""

    @server.get(f"{words('path')}/kalla/{{report_id}}")
    async def source(report_id: str, request: Request) -> Response:
        given = request.query_params

        def built(pictures: bool) -> str:
            entry = _entry(service, report_id)
            service.record(Event.SOURCE, _place(entry, given.get("sida")))
            body = source_html(
                service.library.report(report_id),
                spans(given.getlist("q")),
                _number(given.get("sida")),
                _number(given.get("vid")),
                lambda page, marked: service.picture(entry, page, marked) if pictures else None,
                words,
            )
            return body if "del" in given else page_html(entry.title, body, words)

        try:
            try:
                return HTMLResponse(await drawing.run(asker_of(request).key, partial(built, True)))
            except Busy:
                # Its words are there all the same.
                return HTMLResponse(await run_in_threadpool(built, False))
        except (HTTPException, RapportsvarError):
            return HTMLResponse(message_html(words("source.missing"), words), 404)


def _place(entry: Entry, page: str | None) -> str:
    """A place in a report, as the log has it."""
    number = _number(page)
    return f"{entry.file}, sida {number}" if number else entry.file


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 9 else None


def _add_files(server: FastAPI, service: Service, drawing: Drawing) -> None:
    """The report files, and their pages as pictures."""

    @server.get("/sida/{report_id}/{page}.png")
    async def picture(report_id: str, page: str, request: Request) -> Response:
        marked = spans(request.query_params.getlist("q"))

        def draw() -> Picture | None:
            entry = _entry(service, report_id)
            service.record(Event.PAGE, _place(entry, page))
            return service.picture(entry, _number(page) or 0, marked)

        try:
            drawn = await drawing.run(asker_of(request).key, draw)
        except IndexError:
            drawn = None
        except Busy as busy:
            return JSONResponse({"detail": str(busy)}, 429, {"Retry-After": "5"})
        if drawn is None:
            raise HTTPException(404)
        return Response(drawn.png, media_type="image/png")

    @server.get("/fil/{report_id}")
    def file(report_id: str) -> Response:
        entry = _entry(service, report_id)
        path = service.file(entry)
        if path is None:
            raise HTTPException(404)
        service.record(Event.FILE, entry.file)
        # By its content, not its name: a browser must never take a report for a page to run.
        form = file_format(path)
        if form == "txt":
            return Response(decoded(path.read_bytes())[0], media_type=FORMATS[form])
        return FileResponse(
            path,
            media_type=FORMATS[form],
            filename=entry.file,
            content_disposition_type="attachment" if form == "docx" else "inline",
        )


def _add_documents(server: FastAPI, service: Service) -> None:
    """Answers and figures to take along."""

    @server.get("/underlag/{kind}")
    def brief(kind: str, request: Request) -> Response:
        wanted = asked(request.query_params)
        if kind not in DOCUMENTS or wanted is None:
            raise HTTPException(404)
        service.record(Event.TAKEN, wanted.text)
        answer, library = service.ask(wanted)
        # An address on the asker's own machine says nothing to whoever the document goes to.
        there = request.url.hostname not in LOOPBACK
        link = f"{str(request.base_url).rstrip('/')}/?{wanted.query}" if there else ""
        content = DOCUMENTS[kind](make_brief(answer, library, date.today(), link, service.notice))
        name = f"{'svar' if answer.status is Status.ANSWERED else 'fraga'}-{date.today().isoformat()}.{kind}"
        return Response(content, media_type=FORMATS[kind], headers=_attachment(name))

    @server.get("/siffror.csv")
    def figures(request: Request) -> Response:
        wanted = asked(request.query_params)
        if wanted is None:
            raise HTTPException(404)
        service.record(Event.TAKEN, wanted.text)
        assistant = service.current()
        out = io.StringIO()
        found = assistant.figures(wanted.text, wanted.scope)
        write_csv([figure_row(figure, assistant.library) for figure in found], out)
        # With its mark Excel reads the file as UTF-8.
        content = ("\ufeff" + out.getvalue()).encode()
        return Response(content, media_type="text/csv; charset=utf-8", headers=_attachment("siffror.csv"))

    @server.exception_handler(RapportsvarError)
    def refused(request: Request, error: RapportsvarError) -> HTMLResponse:
        return HTMLResponse(message_html(str(error), load_words("sv")), 400)


def _missing(request: Request, error: Exception) -> Response:
    """What isn't there is a sentence to people, also where Gradio would answer, and JSON to programs."""
    accepted = request.headers.get("accept", "*/*")
    if "text/html" not in accepted and "*/*" not in accepted:
        return JSONResponse({"detail": "Not Found"}, 404)
    words = load_words("en" if request.url.path.startswith("/en/") else "sv")
    return HTMLResponse(message_html(words("error.not_found"), words), 404)


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@dataclass(frozen=True, slots=True)
class Said:
    """What the page sends of a user's word on an answer, with the question as its permanent link has it."""

    verdict: str
    fraga: str
    note: str = ""
    kommun: str = ""
    namnd: str = ""
    ar: str = ""


def _add_feedback(server: FastAPI, service: Service) -> None:
    @server.post("/synpunkt")
    def feedback(said: Annotated[Said, Body()]) -> JSONResponse:
        wanted = asked({"fraga": said.fraga, "kommun": said.kommun, "namnd": said.namnd, "ar": said.ar})
        if wanted is None or said.verdict not in list(Verdict):
            raise HTTPException(404)
        service.record(Event.FEEDBACK, wanted.text, said.verdict)
        service.say(wanted, Verdict(said.verdict), said.note, package_version("rapportsvar"))
        return JSONResponse({"saved": True})


def _add_login(server: FastAPI, service: Service, access: Access) -> None:
    words = load_words("sv")

    @server.get(LOGIN)
    def login(till: str = "/") -> HTMLResponse:
        return HTMLResponse(login_html(words, till))

    @server.post(LOGIN)
    async def log_in(
        request: Request,
        namn: Annotated[str, Form()] = "",
        losenord: Annotated[str, Form()] = "",
        till: Annotated[str, Form()] = "/",
    ) -> Response:
        try:
            right = await access.believes(namn, losenord, request)
        except TooMany as many:
            return _wait(login_html(words, till, words("login.wait", wait=waiting(many.seconds))), many)
        if not right:
            return HTMLResponse(login_html(words, till, words("login.wrong")), 403)
        await run_in_threadpool(service.audit.record, namn, Event.LOGIN, origin=address_of(request))
        response = RedirectResponse(_inside(till), 303)
        access.begin(request, namn, response)
        return response

    @server.post("/logga-ut")
    def log_out(request: Request) -> Response:
        service.record(Event.LOGOUT)
        access.end(request)
        return RedirectResponse(LOGIN, 303)

    @server.get(PASSWORD)
    def password() -> HTMLResponse:
        return HTMLResponse(password_html(words, SHORTEST_PASSWORD))

    @server.post(PASSWORD)
    async def change_password(
        request: Request,
        nuvarande: Annotated[str, Form()] = "",
        nytt: Annotated[str, Form()] = "",
        igen: Annotated[str, Form()] = "",
    ) -> Response:
        name = current_asker().name
        if access.users is None or name is None:
            raise HTTPException(404)

        def said(sentence: str, status: int) -> HTMLResponse:
            return HTMLResponse(password_html(words, SHORTEST_PASSWORD, sentence, status == 200), status)

        try:
            if nytt != igen:
                return said(words("password.unlike"), 400)
            if not await access.believes(name, nuvarande, request):
                return said(words("password.wrong"), 403)
            await run_in_threadpool(access.users.change, name, nytt)
        except TooMany as many:
            sentence = words("login.wait", wait=waiting(many.seconds))
            return _wait(password_html(words, SHORTEST_PASSWORD, sentence), many)
        except BadUsers as error:
            return said(str(error), 400)
        await run_in_threadpool(service.record, Event.PASSWORD)
        done = said(words("password.done"), 200)
        access.begin(request, name, done)
        return done


def _wait(page: str, many: TooMany) -> HTMLResponse:
    return HTMLResponse(page, 429, {"Retry-After": str(math.ceil(many.seconds))})


def _inside(target: str) -> str:
    """An address on this server: never one that leads elsewhere."""
    inside = target[:1] == "/" and target[1:2] not in ("/", "\\") and target.isprintable()
    return target if inside else "/"


class _CutShort(logging.Filter):
    """Keeps out of the log that pages were still open when the server was stopped."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, asyncio.CancelledError) and "graceful shutdown" not in record.getMessage()


class Running:
    """A server that has been started."""

    def __init__(self, server: FastAPI, host: str, port: int) -> None:
        """Take the port; port 0 takes a free one.

        Raises:
            OSError: if the port is taken.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Only of a socket that is known to be TCP's does asyncio send small packets at once: else each answer on a
        # connection that is kept waits 40 ms for the other side's delayed acknowledgement (RFC 1122, 4.2.3.2).
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        name = f"[{host}]" if ":" in host else host
        self.address = f"http://{name}:{self._socket.getsockname()[1]}/"
        config = uvicorn.Config(
            server,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=IDLE_SECONDS,
            server_header=False,
        )
        logging.getLogger("uvicorn.error").addFilter(_CutShort())
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until it is stopped."""
        with suppress(KeyboardInterrupt):
            self._server.run(sockets=[self._socket])

    def start(self) -> None:
        """Serve in a thread of its own; returns when questions are answered.

        Raises:
            TimeoutError: if it doesn't come up.
        """
        self._thread = threading.Thread(target=self.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > until or not self._thread.is_alive():
                raise TimeoutError("the server did not start")
            time.sleep(0.02)

    def close(self) -> None:
        """Stop, and wait until it has."""
        self._server.should_exit = True
        if self._thread:
            self._thread.join(10)
        self._socket.close()
