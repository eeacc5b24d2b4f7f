"""Progress bars on standard error, so that a run's output is the same wherever it goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def asking(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows how many of ``total`` questions are asked; yields what to call with that number."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


def further(progress: Callable[[int], None], before: int, done: int) -> None:
    """Tell ``progress`` of what is done after what was done ``before``."""
    progress(before + done)
