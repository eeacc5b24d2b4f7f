"""What keeps one asker from taking the server from the others: limits on sizes, requests and time."""

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qa.web.access import Application, Receive, Send, current_asker
from qa.web.access import Scope as Call
from qa.web.tries import waiting

Clock = Callable[[], float]

#: No question, scope or conversation needs more bytes than this.
MOST_SENT = 1_000_000
#: An upload may be of several files.
MOST_UPLOADED = 1_000_000_000
UPLOADS = "/gradio_api/upload"
#: What takes its time without taking the server's.
WAITING = frozenset({UPLOADS, "/logga-in"})
#: What is only read from disk: it takes the server no time.
FREE = ("/assets/", "/static/", "/theme.css", "/rapportsvar.")
#: What waits for others takes no time either, but is held open; behind one address there may be a whole town hall.
STREAMS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data", "/gradio_api/upload_progress")
MOST_STREAMS = 500
#: So many requests of one asker are answered at a time, and so many wait for that: threads are for all.
MOST_AT_ONCE, MOST_WAITING = 4, 100
#: So many askers are remembered; the one that has been silent longest is forgotten.
MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket that holds ``most`` and fills by ``each_second`` (Turner 1986)."""

    most: float
    each_second: float


#: A page takes some 40 requests to load; nobody reads faster than one page a few seconds.
REQUESTS = Rate(300, 10)
#: Seconds of answering: a question takes some hundredths, a conversation that is loaded again a second.
SECONDS = Rate(20, 0.5)


def within(path: str) -> str:
    """A path without the language that it begins with."""
    return path.removeprefix("/en") if path.startswith("/en/") else path


class Buckets:
    """What is left to each of many."""

    def __init__(self, rate: Rate, clock: Clock = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def left(self, who: Hashable) -> float:
        """What is left to somebody now; below zero for one who has taken more than there was."""
        left, at = self._left.get(who, (self._rate.most, self._clock()))
        return min(self._rate.most, left + (self._clock() - at) * self._rate.each_second)

    def take(self, who: Hashable, cost: float) -> None:
        self._left[who] = self.left(who) - cost, self._clock()
        self._left.move_to_end(who)
        while len(self._left) > MOST_KNOWN:
            self._left.popitem(last=False)

    def wait(self, who: Hashable, cost: float = 0.0) -> float:
        """How many seconds until somebody has so much left."""
        return max(0.0, (cost - self.left(who)) / self._rate.each_second)


class Shares:
    """What each asker may still take of the server."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self.requests = Buckets(REQUESTS, clock)
        self.seconds = Buckets(SECONDS, clock)
        self.streams: Counter[Hashable] = Counter()
        self.waiting: Counter[Hashable] = Counter()
        self._turns: dict[Hashable, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncIterator[None]:
        """Waits until few enough of an asker's requests are being answered."""
        self.waiting[who] += 1
        turn = self._turns.setdefault(who, asyncio.Semaphore(MOST_AT_ONCE))
        try:
            async with turn:
                yield
        finally:
            self.waiting[who] -= 1
            if not self.waiting[who]:
                del self.waiting[who], self._turns[who]

    @contextmanager
    def taking(self, who: Hashable) -> Iterator[None]:
        """Counts the seconds that the block takes."""
        began = self.clock()
        try:
            yield
        finally:
            self.seconds.take(who, self.clock() - began)


class Rates:
    """Refuses who asks too much, by name or else by place: 429, with a sentence that says how long to wait."""

    def __init__(self, app: Application, shares: Shares) -> None:
        self._app = app
        self._shares = shares

    async def __call__(self, scope: Call, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        who, shares = current_asker().key, self._shares
        path = within(scope["path"])
        if path.startswith(STREAMS):
            if shares.streams[who] >= MOST_STREAMS:
                await _too_many(1.0)(scope, receive, send)
                return
            shares.streams[who] += 1
            try:
                await self._app(scope, receive, send)
            finally:
                shares.streams[who] -= 1
                if not shares.streams[who]:
                    del shares.streams[who]
            return
        if path.startswith(FREE):
            await self._app(scope, receive, send)
            return
        # What is refused costs nothing: else one would be shut out for as long as one tries.
        if wait := max(shares.requests.wait(who, 1.0), shares.seconds.wait(who)):
            await _too_many(wait)(scope, receive, send)
            return
        shares.requests.take(who, 1.0)
        if shares.waiting[who] >= MOST_WAITING:
            await _too_many(1.0)(scope, receive, send)
            return
        async with shares.turn(who):
            await self._counted(who, scope, receive, send)

    async def _counted(self, who: Hashable, scope: Call, receive: Receive, send: Send) -> None:
        """Answers a request, and counts the seconds that it takes until the answer begins."""
        shares = self._shares
        began = shares.clock()

        async def timed(message: MutableMapping[str, Any]) -> None:
            # Of a stream, what follows is waiting; so are an upload, and a login that is held up.
            if message["type"] == "http.response.start" and within(scope["path"]) not in WAITING:
                shares.seconds.take(who, shares.clock() - began)
            await send(message)

        await self._app(scope, receive, timed)


class Sizes:
    """Refuses what is too large, whatever length it says that it has: 413."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Call, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MOST_UPLOADED if within(scope["path"]) == UPLOADS else MOST_SENT
        told = Request(scope).headers.get("content-length", "0")
        if not (told.isascii() and told.isdigit()) or int(told) > most:
            await _TOO_LARGE(scope, receive, send)
            return
        sent, answered = 0, False

        async def counted() -> MutableMapping[str, Any]:
            nonlocal sent
            message = await receive()
            sent += len(message.get("body", b""))
            return message if sent <= most else {"type": "http.disconnect"}

        async def instead(message: MutableMapping[str, Any]) -> None:
            nonlocal answered
            if sent <= most:
                await send(message)
            elif not answered:
                await _TOO_LARGE(scope, receive, send)
            answered = True

        await self._app(scope, counted, instead)


_TOO_LARGE: Response = JSONResponse({"detail": "Det som skickades är för stort."}, 413)


def _too_many(seconds: float) -> Response:
    detail = f"Det kom för många anrop; {waiting(seconds)}."
    return JSONResponse({"detail": detail}, 429, {"Retry-After": str(math.ceil(seconds))})
