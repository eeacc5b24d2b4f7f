"""Who is asking, and what they may do."""

import base64
import binascii
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse

from qa.users import Role, Users

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: What is reached without logging in.
OPEN = frozenset({"/logga-in", "/rapportsvar.css", "/rapportsvar.js"})
LOGIN = "/logga-in"
#: Where the page sends files, before anything of ours has seen them.
UPLOAD = "/gradio_api/upload"


class Access:
    """Whether somebody may ask, and change the library."""

    def __init__(self, users: Users | None, local: bool) -> None:
        """Without ``users`` everybody may ask, and change only where the page is ``local`` to its machine."""
        self.users = users
        self.local = local

    def may_edit(self, name: str | None) -> bool:
        """Whether a user, by the name that was logged in, may add, correct and remove reports."""
        if self.users is None:
            return self.local
        return name is not None and self.users.role(name) is Role.EDITOR

    def user(self, request: Request) -> str | None:
        """Who sends a request: by the session, or by name and password as HTTP Basic has them (RFC 7617)."""
        if self.users is None:
            return None
        name = request.session.get("user")
        if isinstance(name, str):
            return name if self.users.role(name) else None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return name if self.users.knows(name, password) else None


class Guard:
    """Lets nobody further who isn't logged in: people come to the login, programs get 401. Files only from editors."""

    def __init__(self, app: Application, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope.get("path") in OPEN:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        user = self._access.user(request)
        if scope["type"] == "http" and scope["path"].endswith(UPLOAD) and not self._access.may_edit(user):
            await JSONResponse({"detail": "Bara redaktörer får lägga till filer."}, 403)(scope, receive, send)
            return
        if scope["type"] == "http" and (user or self._access.users is None):
            await self._app(scope, receive, send)
            return
        if "text/html" in request.headers.get("accept", ""):
            address = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
            await RedirectResponse(f"{LOGIN}?till={quote(address, safe='')}", 303)(scope, receive, send)
            return
        await JSONResponse({"detail": "Logga in först."}, 401)(scope, receive, send)


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
