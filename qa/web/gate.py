"""What of Gradio can be reached: the addresses that the page and the API use, and values of the kinds that they take.

Gradio answers to some sixty addresses, and takes an object with a path for a file wherever it stands. Here each
request to it is read first: what is not listed is not there, and what is passed on is written anew from what was
understood, so that nothing else comes along.
"""

import json
import re
from collections import OrderedDict
from collections.abc import MutableMapping, Sequence
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from qa.audit import Event
from qa.web.access import Application, Asker, Receive, Scope, Send, asker_of
from qa.web.service import Service

#: What is read, by method; paths as the app has them.
READ = re.compile(
    r"/|/config|/theme\.css|/(?:assets|static)/[\w./-]+|/gradio_api/(?:info|startup-events|queue/data)"
    r"|/gradio_api/heartbeat/[\w-]+|/gradio_api/call/(?:ask|search|figures|reports)/[0-9a-f]{32}"
)
PAGES = frozenset({"/", "/config"})
UPLOAD, PROGRESS = "/gradio_api/upload", "/gradio_api/upload_progress"
RUN, JOIN, CALL = "/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/call/"
#: What only those who may add reports reach.
FOR_EDITORS = frozenset({UPLOAD, PROGRESS})
SESSION = re.compile(r"[\w-]{1,64}")
#: So many sessions and uploaded files are remembered, the latest.
MOST_REMEMBERED = 10_000
Scalar = str | int | float | bool | None


NOT_FOUND = 404, "Det finns inget på den adressen."
UNREADABLE = 400, "Det som skickades gick inte att läsa."
NOT_TAKEN = 400, "Det som skickades är av ett annat slag än det som tas emot."
ONLY_EDITORS = 403, "Bara redaktörer får lägga till filer."
OF_ANOTHER = 403, "Sidan öppnades av en annan användare; ladda om den."


class Gate:
    """Stands before one Gradio app."""

    def __init__(self, app: Application, blocks: gr.Blocks, service: Service) -> None:
        self._app = app
        self._service = service
        self._functions: dict[int, BlockFunction] = dict(blocks.fns)
        self._named = {
            str(each.api_name): each for each in blocks.fns.values() if each.queue and each.api_visibility == "public"
        }
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._uploaded: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        path, asker = _within(scope), asker_of(request)
        if path in FOR_EDITORS:
            await self._only_editors(asker)
        if request.method == "POST":
            if path == UPLOAD:
                send = self._remembering(send, asker)
            else:
                body = await self._rewritten(path, request, asker)
                kept = [each for each in scope["headers"] if each[0] not in (b"content-length", b"content-type")]
                length = str(len(body)).encode()
                scope["headers"] = [*kept, (b"content-length", length), (b"content-type", b"application/json")]
                receive = _once(body, receive)
        elif request.method not in ("GET", "HEAD") or not (READ.fullmatch(path) or path == PROGRESS):
            raise HTTPException(*NOT_FOUND)
        elif session := request.query_params.get("session_hash"):
            self._own(session, asker)
        elif path in PAGES:
            # What a permanent link asks is for the page's script; Gradio has uses of its own for others.
            scope["query_string"] = b""
        await self._app(scope, receive, send)

    async def _rewritten(self, path: str, request: Request, asker: Asker) -> bytes:
        """The body of a call, written anew from what was understood of it.

        Raises:
            HTTPException: if there is no such function, or it takes nothing of that kind.
        """
        if path not in (RUN, JOIN) and not path.startswith(CALL):
            raise HTTPException(*NOT_FOUND)
        _, sent = await _read(request)
        if not isinstance(sent, dict) or not isinstance(sent.get("data"), list):
            raise HTTPException(*NOT_TAKEN)
        if path.startswith(CALL):
            called = self._named.get(path.removeprefix(CALL))
            if called is None:
                raise HTTPException(*NOT_FOUND)
            return json.dumps({"data": self._taken(called, sent["data"], asker)}).encode()
        function = self._functions.get(sent["fn_index"]) if isinstance(sent.get("fn_index"), int) else None
        # What the page does past the queue is done past it alone: there nobody is known, and no time is counted.
        if function is None or bool(function.queue) != (path == JOIN):
            raise HTTPException(*NOT_FOUND)
        session, trigger = sent.get("session_hash"), sent.get("trigger_id")
        if not isinstance(session, str) or not (trigger is None or isinstance(trigger, int)):
            raise HTTPException(*NOT_TAKEN)
        self._own(session, asker)
        if any(isinstance(block, gr.File) for block in function.inputs):
            await self._only_editors(asker)
        passed = {
            "data": self._taken(function, sent["data"], asker),
            "event_data": _event(sent.get("event_data")),
            "fn_index": sent["fn_index"],
            "trigger_id": trigger,
            "session_hash": session,
        }
        return json.dumps(passed).encode()

    def _taken(self, function: BlockFunction, values: Sequence[Any], asker: Asker) -> list[Any]:
        """The arguments of a call, each of the kind that its component takes.

        Raises:
            HTTPException: if one is not.
        """
        inputs = [block for block in function.inputs if isinstance(block, gr.components.Component)]
        if len(values) > len(inputs):
            raise HTTPException(*NOT_TAKEN)
        return [self._argument(block, value, asker) for block, value in zip(inputs, values, strict=False)]

    def _argument(self, block: gr.components.Component, value: Any, asker: Asker) -> Any:
        if isinstance(block, gr.State):
            # It is the server's own.
            return None
        if isinstance(block, gr.File):
            return self._files(value, asker)
        kinds: tuple[type, ...] = (str, int, float, bool)
        if isinstance(block, gr.Textbox | gr.Radio):
            kinds = (str,)
        elif isinstance(block, gr.Checkbox):
            kinds = (bool,)
        if value is None or isinstance(value, kinds):
            return value
        raise HTTPException(*NOT_TAKEN)

    def _files(self, value: Any, asker: Asker) -> list[dict[str, Any]] | None:
        """Uploaded files, known by their paths as they were told to the one who sent them."""
        if value is None:
            return None
        sent = value if isinstance(value, list) else []
        paths = [each.get("path") if isinstance(each, dict) else None for each in sent]
        if not paths or not all(isinstance(path, str) and self._uploaded.get(path) == asker.label for path in paths):
            raise HTTPException(*NOT_TAKEN)
        return [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]

    async def _only_editors(self, asker: Asker) -> None:
        """See that an asker may change the library.

        Raises:
            HTTPException: if not.
        """
        if not asker.editor:
            await run_in_threadpool(self._service.record, Event.DENIED, Event.ADD.value, who=asker)
            raise HTTPException(*ONLY_EDITORS)

    def _own(self, session: str, asker: Asker) -> None:
        """See that a session is its asker's: what it is told is for nobody else.

        Raises:
            HTTPException: if it is another's, or no session.
        """
        if not SESSION.fullmatch(session):
            raise HTTPException(*NOT_TAKEN)
        # Without users an asker is an address, which may change.
        if asker.name and _remember(self._sessions, session, asker.name) != asker.name:
            raise HTTPException(*OF_ANOTHER)

    def _remembering(self, send: Send, asker: Asker) -> Send:
        """Passes an upload's answer on, the paths of what was sent, and remembers them."""
        told = b""

        async def remembering(message: MutableMapping[str, Any]) -> None:
            nonlocal told
            if message["type"] == "http.response.body":
                told += message.get("body", b"")
                if not message.get("more_body"):
                    for path in _paths(told):
                        _remember(self._uploaded, path, asker.label)
            await send(message)

        return remembering


class Readable:
    """Stands before an app that takes JSON, and passes on what can be read."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            body, _ = await _read(Request(scope, receive))
            receive = _once(body, receive)
        await self._app(scope, receive, send)


async def _read(request: Request) -> tuple[bytes, Any]:
    """A request's body, and the value that it has as JSON.

    Raises:
        HTTPException: if it can't be read, however deep it is.
    """
    try:
        body = await request.body()
        return body, json.loads(body)
    except (ValueError, RecursionError, ClientDisconnect):
        raise HTTPException(*UNREADABLE) from None


def _once(body: bytes, receive: Receive) -> Receive:
    """A body to be read once, and then whatever comes after it."""
    left = [body]

    async def again() -> MutableMapping[str, Any]:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again


def _remember(known: OrderedDict[str, str], key: str, value: str) -> str:
    """What is known under a key: what was known before, or else this."""
    found = known.setdefault(key, value)
    known.move_to_end(key)
    while len(known) > MOST_REMEMBERED:
        known.popitem(last=False)
    return found


def _paths(told: bytes) -> list[str]:
    try:
        paths = json.loads(told)
    except ValueError:
        return []
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def _within(scope: Scope) -> str:
    """The path as the mounted app has it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _event(value: Any) -> dict[str, Scalar] | None:
    """What an event tells of itself: plain values by name."""
    if value is None:
        return None
    if isinstance(value, dict) and all(
        each is None or isinstance(each, (str, int, float, bool)) for each in value.values()
    ):
        return value
    raise HTTPException(*NOT_TAKEN)
