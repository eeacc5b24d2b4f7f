"""One writer at a time, though Milvus has no locks: who wants to write says so, and then looks who else has."""

import os
import platform
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from uuid import getnode, uuid4

from corpus.errors import LibraryError
from index.milvus.collections import Collections

WAIT_SECONDS = 30
#: A writer that has said nothing for so long is taken for dead; longer than any file may take to read.
LEASE_SECONDS = 900
#: So often a writer says that it lives.
RENEWAL_SECONDS = 60
KIND = "writer"


class Lease:
    """The right to write, for as long as it is renewed."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections
        self._id = f"{KIND}/{_machine()}/{os.getpid()}/{uuid4().hex[:12]}"
        self._renewed = 0.0

    def renew(self, now: bool = False) -> None:
        """Say that this writer lives, if it is time to.

        Raises:
            LibraryError: if another has taken it for dead.
        """
        if not now and time.time() - self._renewed < RENEWAL_SECONDS:
            return
        if self._renewed and self._id not in self._collections.of_kind(KIND):
            raise LibraryError(
                f"Någon annan har börjat ändra i biblioteket {self._collections.address}; gör om det senaste."
            )
        self._renewed = time.time()
        self._collections.put(KIND, {self._id: str(self._renewed)})

    def alone(self) -> bool:
        """Whether no other writer lives. Of two that look at once, each sees the other: both have told before."""
        others = {each: float(said) for each, said in self._collections.of_kind(KIND).items() if each != self._id}
        dead = [each for each, said in others.items() if time.time() - said > LEASE_SECONDS or _ended(each)]
        self._collections.forget(dead)
        return len(dead) == len(others)

    def end(self) -> None:
        self._collections.forget([self._id])
        self._renewed = 0.0


def _machine() -> str:
    """This machine, or the part of it where this process sees others."""
    seen = f"{platform.node()} {getnode()}"
    with suppress(OSError):
        seen += os.readlink("/proc/self/ns/pid")
    return blake2b(seen.encode(), digest_size=8).hexdigest()


def _ended(writer: str) -> bool:
    """Whether a writer was a process of this machine's that has ended."""
    _, machine, process, _ = writer.split("/")
    if machine != _machine():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


@contextmanager
def leased(collections: Collections) -> Iterator[Lease]:
    """The right to write, when others have finished.

    Raises:
        LibraryError: if they take too long.
    """
    lease = Lease(collections)
    until = time.monotonic() + WAIT_SECONDS
    try:
        lease.renew()
        while not lease.alone():
            lease.end()
            if time.monotonic() > until:
                raise LibraryError(
                    f"Någon annan ändrar just nu i biblioteket {collections.address}; försök igen om en stund."
                )
            # Two that step back at once should not come back at once.
            time.sleep(random.uniform(0.1, 1))
            lease.renew()
        yield lease
    finally:
        lease.end()
