"""Processes that work on report files, which have limits and can be stopped.

The files come from strangers. Whatever one of them makes a worker do, run for ever, take all
memory, crash, it is the worker that is ended and that file alone that fails.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from corpus.errors import DamagedFile, RapportsvarError, TooLarge, UnreadableFile
from corpus.shown import shown

#: Called with (pages done, pages in all).
Progress = Callable[[int, int], None]
#: What a worker does with a file: called with its path, what else was given, and what tells of progress.
Work = Callable[..., Any]

#: Work that tells of no progress for so many seconds has got stuck.
STUCK_SECONDS = 30.0
#: No file may take longer than this in all; the largest allowed, 1,000 pages, takes a fifth of it.
LONGEST_SECONDS = 600.0
#: Address space of a worker, in bytes; a report of 200 pages needs a tenth of it.
MOST_MEMORY = 4 << 30
#: Stuck work is looked for this often, in seconds.
LOOK_SECONDS = 0.25
#: Progress is told this often at most, in seconds.
TELL_SECONDS = 0.05
AGAIN = "spara den på nytt som PDF och försök igen"


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    #: Which file it reads; None while it has nothing to do.
    number: int | None = None
    started: float = 0.0
    heard: float = 0.0
    #: Whether it has begun: a process that is being started may take as long as the machine is busy.
    begun: bool = False

    def overdue(self, now: float, stuck: float) -> bool:
        silent = stuck if self.begun else max(stuck, STUCK_SECONDS)
        return self.number is not None and (now - self.heard > silent or now - self.started > LONGEST_SECONDS)


class Workers:
    """Worker processes, ended with the ``with`` block.

    Work is asked for by ``start``, each under a number, and its results are fetched by ``result``.
    """

    def __init__(self, module: str, most: int | None = None, stuck: float = STUCK_SECONDS) -> None:
        """``module`` names the module of the work; ``most`` processes, as many as there are processors by default.

        Work that tells of no progress for ``stuck`` seconds is ended.
        """
        self._module = module
        self._stuck = stuck
        self._most = most or _processors()
        self._workers: list[_Worker] = []
        self._waiting: deque[tuple[int, Work, Path, tuple[Any, ...]]] = deque()
        self._names: dict[int, str] = {}
        self._done: dict[int, Any] = {}
        #: How many files it pays to ask for ahead of the one that is fetched.
        self.ahead = 2 * self._most

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they do."""
        for worker in list(self._workers):
            self._end(worker)

    def warm(self) -> None:
        """Start one process, that the first work need not wait for it."""
        if not self._workers:
            self._new()

    def start(self, number: int, work: Work, path: Path, *given: Any) -> None:
        """Ask for what ``work(path, *given, tell)`` returns."""
        self._names[number] = shown(path.name)
        self._waiting.append((number, work, path, given))
        self._assign()

    def result(self, number: int, progress: Progress | None = None) -> Any:
        """What the work asked for under ``number`` returned, when it is done.

        Raises:
            RapportsvarError: what the work raises.
            UnreadableFile: if it took too long or too much memory, or ended its worker.
        """
        while number not in self._done:
            self._assign()
            busy = {worker.pipe: worker for worker in self._workers if worker.number is not None}
            for pipe in wait(list(busy), timeout=LOOK_SECONDS):
                self._hear(busy[pipe], number, progress)  # type: ignore[index]
            for worker in [each for each in self._workers if each.overdue(time.monotonic(), self._stuck)]:
                self._fail(worker, f"tog för lång tid att läsa och hoppades över; {AGAIN}")
        told = self._done.pop(number)
        if isinstance(told, RapportsvarError):
            raise told
        return told

    def _hear(self, worker: _Worker, awaited: int, progress: Progress | None) -> None:
        assert worker.number is not None
        try:
            told, value = worker.pipe.recv()
        except (EOFError, OSError):
            self._fail(worker, f"gick inte att läsa: läsningen kraschade; {AGAIN}")
            return
        worker.heard, worker.begun = time.monotonic(), True
        if told:
            if value and progress and worker.number == awaited:
                progress(*value)
            return
        self._done[worker.number] = value
        worker.number = None

    def _fail(self, worker: _Worker, what: str) -> None:
        assert worker.number is not None
        self._done[worker.number] = UnreadableFile(f"{self._names[worker.number]} {what}.")
        self._end(worker)

    def _assign(self) -> None:
        idle = [worker for worker in self._workers if worker.number is None]
        while self._waiting and (idle or len(self._workers) < self._most):
            worker = idle.pop() if idle else self._new()
            asked = self._waiting.popleft()
            worker.number = asked[0]
            worker.started = worker.heard = time.monotonic()
            worker.begun = False
            try:
                worker.pipe.send(asked[1:])
            except OSError:
                # It has died with nothing to do: the file deserves another.
                self._waiting.appendleft(asked)
                self._end(worker)

    def _new(self) -> _Worker:
        # A forked process would have this one's threads' locks, but not its threads; a server that forks has none.
        forks = "forkserver" in multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if forks else "spawn")
        if forks:
            context.set_forkserver_preload(["__main__", self._module])
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _work(pipe: Connection) -> None:
    """Do the work that is asked for, until nobody asks."""
    # Ctrl-C is for the one who asks, who ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit()
    told = 0.0

    def tell(done: int, pages: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_SECONDS or done == pages:
            told = time.monotonic()
            pipe.send((True, (done, pages)))

    while True:
        try:
            work, path, given = pipe.recv()
            pipe.send((True, None))
            pipe.send((False, _outcome(work, path, given, tell)))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


def _limit() -> None:
    """Have the system hold this process to a worker's memory, and let it write no file."""
    if sys.platform == "win32":
        return
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _outcome(work: Work, path: Path, given: tuple[Any, ...], tell: Progress) -> Any:
    try:
        return work(path, *given, tell)
    except RapportsvarError as error:
        return error
    except MemoryError:
        return TooLarge(f"{path.name} tar för mycket minne att läsa; dela upp den i en rapport per fil.")
    except (BrokenPipeError, ConnectionResetError):
        raise
    # What no reader foresaw is still the file's fault to those who index a hundred of them.
    except Exception as error:
        return DamagedFile(f"{path.name} gick inte att tolka ({type(error).__name__}); {AGAIN}.")
