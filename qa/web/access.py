"""Who is asking, and what they may do."""

import asyncio
import base64
import binascii
import hashlib
import math
import secrets
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from qa.users import Role, Users
from qa.web.tries import Tries, place, waiting

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOGIN = "/logga-in"
#: What is reached without logging in.
OPEN = frozenset({LOGIN, "/rapportsvar.css", "/rapportsvar.js"})
#: The names that this machine has for itself.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Set by a proxy on the way: whoever asks is somewhere else.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
#: Names and passwords that were right are believed for so many askers without being hashed again.
MOST_KNOWN = 1_000


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a request: the name that was logged in, if any, and whether the library may be changed."""

    name: str | None
    editor: bool
    address: str = ""

    @property
    def label(self) -> str:
        """Who it is, as the audit log has it: the name, or else the address."""
        return self.name or self.address or "okänd"

    @property
    def key(self) -> str:
        """Whose share it is that is used: the name's, or else the place's."""
        return self.name or place(self.address)


NOBODY = Asker(None, False)
_CURRENT: ContextVar[Asker] = ContextVar("asker", default=NOBODY)


def current_asker() -> Asker:
    """Who sends the request that is being answered; nobody outside of one."""
    return _CURRENT.get()


@contextmanager
def acting(asker: Asker) -> Iterator[None]:
    """What is done in the block is done for this asker."""
    token = _CURRENT.set(asker)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def address_of(request: Request) -> str:
    """The address that a request comes from; behind a proxy on the same machine, the proxy's word for it."""
    return request.client.host if request.client else ""


def asker_of(request: Request | None) -> Asker:
    """Who sends a request, as ``Guard`` has found."""
    found = request.scope.get("rapportsvar.asker") if request else None
    return found if isinstance(found, Asker) else NOBODY


class Access:
    """Who may ask, and who may change the library."""

    def __init__(self, users: Users | None, local: bool) -> None:
        """Without ``users`` everybody may ask, and change only where the page is ``local`` to its machine."""
        self.users = users
        self.local = local
        self.tries = Tries()
        self._known: dict[str, str] = {}
        self._ended: set[str] = set()

    async def asker(self, request: Request) -> Asker | None:
        """Who sends a request; None for one who must log in first."""
        if self.users is None:
            editor = self.local and not any(name in request.headers for name in FORWARDED)
            return Asker(None, editor, address_of(request))
        name = self._by_session(request, self.users) or await self._by_password(request, self.users)
        return Asker(name, self.users.role(name) is Role.EDITOR, address_of(request)) if name else None

    async def believes(self, name: str, password: str, address: str) -> bool:
        """Whether this is a user's name and password; whoever has to wait is not believed."""
        if self.users is None or self.tries.wait(name, address) > 0:
            return False
        # Hashing takes a while, and by design: not while others wait.
        if await asyncio.to_thread(self.users.knows, name, password):
            self.tries.right(name)
            return True
        self.tries.wrong(name, address)
        return False

    def begin(self, request: Request, name: str) -> None:
        """Log a user in."""
        if self.users:
            request.session.update(user=name, id=secrets.token_urlsafe(16), key=self.users.fingerprint(name))

    def end(self, request: Request) -> None:
        """Log out, also whoever has a copy of the session's cookie."""
        if identity := request.session.get("id"):
            self._ended.add(identity)
        request.session.clear()

    def _by_session(self, request: Request, users: Users) -> str | None:
        """By the session, unless it was ended or the password has been changed since."""
        name, key = request.session.get("user"), request.session.get("key")
        if not isinstance(name, str) or request.session.get("id") in self._ended:
            return None
        return name if key and key == users.fingerprint(name) else None

    async def _by_password(self, request: Request, users: Users) -> str | None:
        """By name and password as HTTP Basic has them (RFC 7617)."""
        given = _basic(request)
        if given is None:
            return None
        name, password = given
        digest = hashlib.sha256(f"{name}:{password}".encode()).hexdigest()
        if digest in self._known and self._known[digest] == users.fingerprint(name):
            return name
        if not await self.believes(name, password, address_of(request)):
            return None
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[digest] = users.fingerprint(name)
        return name


def _basic(request: Request) -> tuple[str, str] | None:
    """The name and password that a request brings as HTTP Basic has them; None where it brings none."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, password


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
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        refused = self._foreign(request)
        if refused is None and scope["path"] not in OPEN:
            asker = await self._access.asker(request)
            if asker is None:
                refused = self._wait(request) or _to_login(request)
            else:
                scope["rapportsvar.asker"] = asker
                _CURRENT.set(asker)
        await (refused or self._app)(scope, receive, send)

    def _wait(self, request: Request) -> Response | None:
        """The refusal of a password that may not be tried yet."""
        given = _basic(request)
        seconds = self._access.tries.wait(given[0], address_of(request)) if given else 0.0
        if not seconds:
            return None
        detail = f"För många felaktiga försök; {waiting(seconds)}."
        return JSONResponse({"detail": detail}, 429, {"Retry-After": str(math.ceil(seconds))})

    def _foreign(self, request: Request) -> Response | None:
        """The refusal of what another site's page has sent, or of what came by a name that isn't this machine's."""
        host = request.headers.get("host", "")
        if self._access.users is None and self._access.local and urlsplit(f"//{host}").hostname not in LOOPBACK:
            return PlainTextResponse(
                "Rapportsvar svarar bara den egna datorn; starta det med --host eller --auth för att nå det annars.",
                403,
            )
        origin = request.headers.get("origin")
        if request.method not in ("GET", "HEAD", "OPTIONS") and origin and urlsplit(origin).netloc != host:
            return PlainTextResponse("Anropet kom från en annan webbplats och utfördes inte.", 403)
        return None


def _to_login(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": "Logga in först."}, 401)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{LOGIN}?till={quote(address, safe='')}", 303)


class PageHead:
    """Gives Gradio's own page its language, and what it needs before anything of it runs."""

    def __init__(self, app: Application, pages: dict[str, tuple[str, str]]) -> None:
        """``pages`` has, by path, the page's language and what its head begins with, as HTML."""
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = self._pages.get(scope.get("path", "")) if scope["type"] == "http" else None
        if page is None:
            await self._app(scope, receive, send)
            return
        language, head = page
        start: MutableMapping[str, Any] = {}
        body = b""

        async def changed(message: MutableMapping[str, Any]) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = body.replace(b'lang="en"', f'lang="{language}"'.encode(), 1)
            whole = whole.replace(b"<head>", f"<head>{head}".encode(), 1)
            headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(whole)).encode())]})
            await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, changed)
