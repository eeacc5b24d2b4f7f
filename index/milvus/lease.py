"""One writer at a time, though Milvus has no locks: who wants to write says so, and then looks who else has."""

import os
import platform
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from corpus.errors import LibraryError
from index.milvus.collections import Collections

WAIT_SECONDS = 30
#: A writer that has said nothing for so long is taken for dead.
LEASE_SECONDS = 900
#: So often a writer says that it lives.
RENEWAL_SECONDS = 60
KIND = "writer"


class Lease:
    """The right to write, which a thread renews."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections
        self.token = uuid4().hex[:12]
        self._id = f"{KIND}/{_machine() or '-'}/{os.getpid()}/{_began(os.getpid())}/{self.token}"
        self._renewed = 0.0
        self._ended = threading.Event()

    def say(self) -> None:
        """Say that this writer lives."""
        now = time.time()
        self._collections.put(KIND, {self._id: str(now)})
        self._renewed = now

    def alone(self) -> bool:
        """Whether no other writer lives. Of two that look at once, each sees the other: both have told before."""
        others = {each: said for each, said in self._collections.of_kind(KIND).items() if each != self._id}
        dead = [each for each, said in others.items() if _dead(each, said)]
        self._collections.forget(dead)
        return len(dead) == len(others)

    def held(self) -> None:
        """See that nobody can have taken this writer for dead.

        Raises:
            LibraryError: if somebody can.
        """
        if time.time() - self._renewed > LEASE_SECONDS / 2:
            self.lost()

    def known(self) -> bool:
        """Whether nobody has taken this writer for dead."""
        return self._id in self._collections.of_kind(KIND)

    def lost(self) -> None:
        """Tell that another has taken over.

        Raises:
            LibraryError: always.
        """
        raise LibraryError(
            f"Någon annan har börjat ändra i biblioteket {self._collections.address}, eftersom det dröjde; gör om det "
            "senaste."
        )

    def withdraw(self) -> None:
        """Let others write."""
        self._collections.forget([self._id])

    def renew(self) -> None:
        """Say now and then that this writer lives, until ``stop``; as long as nobody has said otherwise."""
        while not self._ended.wait(RENEWAL_SECONDS):
            # What fails is tried again; who writes meanwhile sees how long ago the last time was.
            with suppress(LibraryError):
                if not self.known():
                    return
                self.say()

    def stop(self) -> None:
        self._ended.set()


def _dead(writer: str, said: str) -> bool:
    """Whether a writer has been silent for too long, or was a process of this machine's that has ended."""
    try:
        _, machine, process, began, _ = writer.split("/")
        if abs(time.time() - float(said)) > LEASE_SECONDS:
            return True
    except ValueError:
        return True
    return machine == _machine() and began != _began(process)


def _machine() -> str:
    """This machine since it was started, or the part of it where this process sees others; nothing where unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        seen = f"{platform.node()} {boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""
    return blake2b(seen.encode(), digest_size=8).hexdigest()


def _began(process: int | str) -> str:
    """When a process of this machine's began, in the system's own measure; nothing where there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


@contextmanager
def leased(collections: Collections) -> Iterator[Lease]:
    """The right to write, when others have finished.

    Raises:
        LibraryError: if they take too long.
    """
    lease = Lease(collections)
    until = time.monotonic() + WAIT_SECONDS
    try:
        lease.say()
        while not lease.alone():
            lease.withdraw()
            if time.monotonic() > until:
                raise LibraryError(
                    f"Någon annan ändrar just nu i biblioteket {collections.address}; försök igen om en stund."
                )
            # Two that step back at once should not come back at once.
            time.sleep(random.uniform(0.1, 1))
            lease.say()
        threading.Thread(target=lease.renew, daemon=True).start()
        yield lease
    finally:
        lease.stop()
        # One that can't be withdrawn runs out by itself; what has been written is written.
        with suppress(LibraryError):
            lease.withdraw()
