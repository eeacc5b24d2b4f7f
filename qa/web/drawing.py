"""Pages drawn for many askers: few at a time, each asker's share counted before, in threads of their own."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from corpus.errors import RapportsvarError
from corpus.picture import LONGEST_SECONDS
from qa.web.limits import Buckets, Clock, Rate

Drawn = TypeVar("Drawn")

#: A page is drawn by one process; the other thread has one ready for it.
THREADS = 2
#: So many wait or are being drawn: of one asker, and in all.
MOST_OF_ONE, MOST = 3, 12
#: Seconds of drawing for one asker: a page takes some tenths.
SECONDS = Rate(20, 0.5)


class Busy(RapportsvarError):
    """Somebody has asked for more pages than are drawn for one, or all have."""


class Drawing:
    """Whose turn it is to have a page drawn."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="drawing")
        self._waiting: Counter[Hashable] = Counter()
        self._seconds = Buckets(SECONDS, clock)

    async def run(self, who: Hashable, work: Callable[[], Drawn]) -> Drawn:
        """What ``work``, which draws a page, returns.

        The longest time that a page may take is counted before it begins, and what wasn't used is given back.

        Raises:
            Busy: if ``who`` has to wait, or too many do.
        """
        if (
            self._waiting[who] >= MOST_OF_ONE
            or self._waiting.total() >= MOST
            or self._seconds.wait(who, LONGEST_SECONDS) > 0
        ):
            raise Busy("Sidan ritas inte just nu, för många andra ritas; försök igen om en stund.")
        self._waiting[who] += 1
        self._seconds.take(who, LONGEST_SECONDS)

        began = None

        def timed() -> Drawn:
            nonlocal began
            began = self._clock()
            return work()

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, timed)
        finally:
            used = self._clock() - began if began is not None else 0.0
            self._seconds.take(who, min(used, LONGEST_SECONDS) - LONGEST_SECONDS)
            self._waiting[who] -= 1
            if not self._waiting[who]:
                del self._waiting[who]

    def close(self) -> None:
        """End the threads, when what they draw is drawn."""
        self._threads.shutdown(wait=False, cancel_futures=True)
