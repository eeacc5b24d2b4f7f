"""Report files read in processes of their own, which have limits and can be stopped.

The files come from strangers. Whatever one of them makes a reader do, run for ever, take all
memory, crash, it is the reader that is ended and that file alone that fails.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.errors import DamagedFile, RapportsvarError, TooLarge, UnreadableFile
from corpus.identify import Overrides
from corpus.load import load_report, printable
from index.prepare import Prepared, prepare

#: A reader that has not finished a page, or the analysis after the last one, in so many seconds has got stuck.
STUCK_SECONDS = 30.0
#: No file may take longer than this in all; the largest allowed, 1,000 pages, takes a fifth of it.
LONGEST_SECONDS = 600.0
#: Address space of a reader, in bytes; a report of 200 pages needs a tenth of it.
MOST_MEMORY = 4 << 30
#: Progress is told this often at most, in seconds.
TELL_SECONDS = 0.05

#: Called with (pages read, pages in all).
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A report that has been read and prepared, with notes on the file for people."""

    prepared: Prepared
    notes: tuple[str, ...]


@dataclass
class _Reader:
    process: BaseProcess
    pipe: Connection
    #: Which file it reads; None while it has nothing to do.
    number: int | None = None
    started: float = 0.0
    heard: float = 0.0

    def overdue(self, now: float) -> bool:
        return self.number is not None and (now - self.heard > STUCK_SECONDS or now - self.started > LONGEST_SECONDS)


@dataclass
class Readers:
    """Reader processes, as many as there are processors to run on; ended with the ``with`` block.

    Files are asked for by ``start``, each under a number, and their reports fetched by ``result``.
    """

    _readers: list[_Reader] = field(default_factory=list)
    _waiting: deque[tuple[int, Path, Overrides]] = field(default_factory=deque)
    _names: dict[int, str] = field(default_factory=dict)
    _done: dict[int, Loaded | RapportsvarError] = field(default_factory=dict)
    #: How many files it pays to ask for ahead of the one that is fetched.
    ahead: int = field(default_factory=lambda: 2 * _processors())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for reader in list(self._readers):
            self._end(reader)

    def start(self, number: int, path: Path, given: Overrides) -> None:
        """Ask for the report in the file ``path``."""
        self._names[number] = printable(path.name)
        self._waiting.append((number, path, given))
        self._assign()

    def result(self, number: int, progress: Progress | None = None) -> Loaded:
        """The report that was asked for under ``number``, when it has been read.

        Raises:
            RapportsvarError: what ``load_report`` raises.
            UnreadableFile: if reading it took too long or too much memory, or ended its reader.
        """
        while number not in self._done:
            self._assign()
            busy = {reader.pipe: reader for reader in self._readers if reader.number is not None}
            for pipe in wait(list(busy), timeout=1.0):
                self._hear(busy[pipe], number, progress)  # type: ignore[index]
            for reader in [each for each in self._readers if each.overdue(time.monotonic())]:
                self._fail(
                    reader, "tog för lång tid att läsa och hoppades över; spara den på nytt som PDF och försök igen"
                )
        told = self._done.pop(number)
        if isinstance(told, RapportsvarError):
            raise told
        return told

    def _hear(self, reader: _Reader, awaited: int, progress: Progress | None) -> None:
        assert reader.number is not None
        try:
            told = reader.pipe.recv()
        except (EOFError, OSError):
            self._fail(reader, "gick inte att läsa: läsningen kraschade; spara den på nytt som PDF och försök igen")
            return
        reader.heard = time.monotonic()
        if isinstance(told, tuple):
            if progress and reader.number == awaited:
                progress(*told)
            return
        self._done[reader.number] = told
        reader.number = None

    def _fail(self, reader: _Reader, what: str) -> None:
        assert reader.number is not None
        self._done[reader.number] = UnreadableFile(f"{self._names[reader.number]} {what}.")
        self._end(reader)

    def _assign(self) -> None:
        idle = [reader for reader in self._readers if reader.number is None]
        while self._waiting and (idle or len(self._readers) < _processors()):
            reader = idle.pop() if idle else self._new()
            reader.number, path, given = self._waiting.popleft()
            reader.started = reader.heard = time.monotonic()
            try:
                reader.pipe.send((path, given))
            except OSError:
                # It has died with nothing to do: the file deserves another.
                self._waiting.appendleft((reader.number, path, given))
                self._end(reader)

    def _new(self) -> _Reader:
        # A forked process would have this one's threads' locks, but not its threads; a server that forks has none.
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            context.set_forkserver_preload(["__main__", __name__])
        ours, theirs = context.Pipe()
        process = context.Process(target=_read, args=(theirs,), daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        reader = _Reader(process, ours)
        self._readers.append(reader)
        return reader

    def _end(self, reader: _Reader) -> None:
        self._readers.remove(reader)
        reader.pipe.close()
        reader.process.kill()
        reader.process.join()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(pipe: Connection) -> None:
    """Read the files that are asked for, until nobody asks."""
    # Ctrl-C is for the one who asks, who ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit()
    while True:
        try:
            path, given = pipe.recv()
            pipe.send(_loaded(path, given, pipe))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


def _limit() -> None:
    """Have the system hold this process to a reader's memory, and let it write no file."""
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


def _loaded(path: Path, given: Overrides, pipe: Connection) -> Loaded | RapportsvarError:
    told = 0.0

    def tell(done: int, pages: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_SECONDS or done == pages:
            told = time.monotonic()
            pipe.send((done, pages))

    name = printable(path.name)
    try:
        report, notes = load_report(path, given, tell)
        return Loaded(prepare(report), notes)
    except RapportsvarError as error:
        return error
    except MemoryError:
        return TooLarge(f"{name} tar för mycket minne att läsa; dela upp den i en rapport per fil.")
    except (BrokenPipeError, ConnectionResetError):
        raise
    # What no reader foresaw is still the file's fault to those who index a hundred of them.
    except Exception as error:
        return DamagedFile(
            f"{name} gick inte att tolka ({type(error).__name__}); spara den på nytt som PDF och försök igen."
        )
