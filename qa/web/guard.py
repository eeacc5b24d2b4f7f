"""Stands before everything: who isn't let in gets no further."""

import logging
import math
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from corpus.errors import LibraryError
from qa.users import BadUsers
from qa.web.access import Access, Application, Asker, Receive, Scope, Send, acting, address_of
from qa.web.pages import message_html
from qa.web.tries import TooMany
from qa.web.words import load_words

LOGIN = "/logga-in"
#: What is reached without logging in.
OPEN = frozenset({LOGIN, "/rapportsvar.css", "/rapportsvar.js"})
CLOSED = "Inloggningen är stängd, för filen med användare går inte att läsa; säg till den som sköter servern."


class Guard:
    """Lets nobody further than they may go.

    Who isn't logged in comes to the login, or gets 401. Pages of other sites change nothing and, where the page is for
    its own machine, reach nothing.
    """

    def __init__(self, app: Application, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # Nothing here is reached by a WebSocket.
            if scope["type"] == "websocket":
                await send({"type": "websocket.close"})
            else:
                await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            refused = self._foreign(request)
            if refused is None and scope["path"] not in OPEN:
                asker = await self._access.asker(request)
                if asker is not None:
                    scope["rapportsvar.asker"] = asker
                    with acting(asker):
                        await self._app(scope, receive, send)
                    return
                refused = _to_login(request)
        except TooMany as many:
            detail = f"För många felaktiga försök; {many}."
            refused = JSONResponse({"detail": detail}, 429, {"Retry-After": str(math.ceil(many.seconds))})
        except BadUsers as error:
            refused = closed(request, error)
        except LibraryError as error:
            # Of the log: who can't be logged isn't let in.
            refused = _said(request, str(error), 503)
        # What is open to all is counted for the place that asks.
        with acting(Asker(None, False, address_of(request))):
            await (refused or self._app)(scope, receive, send)

    def _foreign(self, request: Request) -> Response | None:
        """The refusal of what another site's page has sent, or of what came by a name that isn't this server's."""
        host = request.headers.get("host", "")
        if not self._access.named(host):
            return PlainTextResponse(
                "Rapportsvar svarar inte på det namnet; starta det med --allowed-host NAMN för att nå det så.", 403
            )
        if request.method == "OPTIONS":
            # Only pages of other sites ask what they may.
            return PlainTextResponse("Andra webbplatser får inte anropa Rapportsvar.", 405)
        origin = request.headers.get("origin")
        if request.method not in ("GET", "HEAD") and origin and urlsplit(origin).netloc != host:
            return PlainTextResponse("Anropet kom från en annan webbplats och utfördes inte.", 403)
        return None


def closed(request: Request, error: Exception) -> Response:
    """What is said where the file of users can't be read; why is for the one who looks after the server."""
    logging.getLogger("rapportsvar").error("%s", error)
    return _said(request, CLOSED, 503)


def _said(request: Request, sentence: str, status: int) -> Response:
    """A sentence to people as a page, and to programs as JSON."""
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(message_html(sentence, load_words("sv")), status)
    return JSONResponse({"detail": sentence}, status)


def _to_login(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": "Logga in först."}, 401)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{LOGIN}?till={quote(address, safe='')}", 303)
