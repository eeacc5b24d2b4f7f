"""Security headers (OWASP Secure Headers Project) on everything that the server sends."""

import re
from collections.abc import MutableMapping
from typing import Any

from qa.web.access import Application, Receive, Send
from qa.web.access import Scope as Call

#: Gradio's pages have scripts and styles in them, and make functions of text; nothing comes from other places.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
#: Report files, from strangers: nothing in them runs or fetches anything but the browser's own viewer.
OF_FILES = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
FILES = "/fil/"
#: Gradio lets pages of other sites read what it answers; here none may.
CORS = b"access-control-"
#: What is the program's own and the same for all; all else is somebody's, and no cache keeps it.
PUBLIC = re.compile(r"(?:/en)?/(?:assets/.*|static/.*|theme\.css|rapportsvar\.(?:css|js))")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class SecureHeaders:
    """Adds the headers; and marks cookies as secure where the page was reached over TLS."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Call, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = OF_FILES if scope["path"].startswith(FILES) else POLICY
        secure = scope.get("scheme") == "https"

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                ours = {**HEADERS, "Content-Security-Policy": policy}
                if not PUBLIC.fullmatch(scope["path"]):
                    ours["Cache-Control"] = "no-store"
                if secure:
                    ours["Strict-Transport-Security"] = "max-age=31536000"
                names = {name.lower().encode() for name in ours} | {b"server"}
                kept = [
                    (name, value + b"; secure" if secure and name.lower() == b"set-cookie" else value)
                    for name, value in message["headers"]
                    if name.lower() not in names and not name.lower().startswith(CORS)
                ]
                message = {**message, "headers": kept + [(k.lower().encode(), v.encode()) for k, v in ours.items()]}
            await send(message)

        await self._app(scope, receive, with_headers)
