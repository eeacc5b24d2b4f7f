"""What Gradio's own page begins with: its language, and whose it is."""

import json
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request

from qa.web.access import Application, Receive, Scope, Send, asker_of


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
        # The page's script keeps the conversation of one login alone.
        owner = json.dumps(asker_of(Request(scope)).login)
        head = f"<script>window.rapportsvarOwner = {owner};</script>{head}"
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
