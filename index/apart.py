"""Indexing in a process of its own: those who ask meanwhile don't wait for it."""

import atexit
import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from corpus.errors import LibraryError, RapportsvarError
from corpus.identify import Overrides
from corpus.shown import shown
from index.encode import load_encoder
from index.ingest import Progress, Result, index_files
from index.places import Place


def index_apart(
    library: Place,
    files: Sequence[Path],
    model: str | None,
    given: Overrides | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """As ``index_files``, with the encoder that ``load_encoder(model)`` gives, in another process.

    Raises:
        RapportsvarError: what ``index_files`` and ``load_encoder`` raise.
        LibraryError: if the process dies; the library is then as it was after its last commit.
    """
    # A forked process would have this one's threads' locks, but not its threads.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, library, list(files), model, given))
    process.start()
    # A daemon could have no readers of its own; at the end of this process, this does what being one would.
    atexit.register(process.terminate)
    theirs.close()
    at = 0
    try:
        while True:
            told = ours.recv()
            if isinstance(told, RapportsvarError):
                raise told
            if isinstance(told, list):
                return told
            at, done = told
            if progress:
                progress(at, done)
    except EOFError:
        name = shown(files[at].name) if files else ""
        raise LibraryError(
            f"Läsningen avbröts vid {name}; pröva att lägga till filerna en i taget, och utelämna den som inte går."
        ) from None
    finally:
        ours.close()
        process.terminate()
        process.join()
        atexit.unregister(process.terminate)


def _work(out: Connection, library: Place, files: list[Path], model: str | None, given: Overrides | None) -> None:
    try:
        told: object = index_files(
            library, files, load_encoder(model), given, lambda number, done: out.send((number, done))
        )
    except RapportsvarError as error:
        told = error
    out.send(told)
