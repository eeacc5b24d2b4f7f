"""What is shown while a run goes on, and how its output is laid out where there is no terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import Progress

#: Characters on a line where nobody's window says it.
WIDTH = 130


@contextmanager
def asking(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows how many of ``total`` questions are asked; yields what to call with that number."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def reading(files: Sequence[Path]) -> Iterator[Callable[[int, float], None]]:
    """Shows how far the reading of ``files`` is; yields what to call with a file's number and its share done."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(files))
        yield lambda number, share: bar.update(task, completed=number + share, description=files[number].name[:40])


def further(progress: Callable[[int], None], before: int, done: int) -> None:
    """Tell ``progress`` of what is done after what was done ``before``."""
    progress(before + done)


def show(markdown: str) -> None:
    """Print Markdown: laid out in a terminal, as it is into a file or a pipe."""
    if sys.stdout.isatty():
        Console().print(Markdown(markdown))
    else:
        print(markdown)
