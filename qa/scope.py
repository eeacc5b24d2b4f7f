"""A scope as people write it, on the command line, in the page's address and in the API."""

from collections.abc import Iterable, Sequence

from corpus.municipalities import NAMES
from index.prepare import Entry
from qa.question import Scope


def municipality_name(given: str | None, local: Iterable[str] = ()) -> str | None:
    """A municipality as people may write it, "melleruds kommun", as the list or the library has it."""
    words = (given or "").split()
    if words and words[-1].lower() in ("kommun", "stad"):
        words = words[:-1]
    name = " ".join(words)
    if not name:
        return None
    for known in (*local, *NAMES):
        if known.lower() in (name.lower(), name.lower().removesuffix("s")):
            return known
    return name[0].upper() + name[1:]


def scope_of(
    entries: Sequence[Entry], municipality: str | None = None, board: str | None = None, year: int | None = None
) -> Scope:
    """The scope that is given; what is empty or None leaves it open."""
    name = municipality_name(municipality, [entry.municipality for entry in entries if entry.municipality])
    given = " ".join((board or "").split())
    boards = {entry.board.lower(): entry.board for entry in entries if entry.board}
    return Scope((name,) if name else (), (year,) if year else (), (boards.get(given.lower(), given),) if given else ())
