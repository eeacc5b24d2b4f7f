"""Passwords that are tried: each counts as wrong until it has been found right."""

import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

Clock = Callable[[], float]
#: So many names and places are remembered; what is oldest is forgotten.
MOST_KNOWN = 10_000
#: So many wrong passwords for one name from one place before there is a wait.
FREE_FOR_NAME, FIRST_WAIT, LONGEST_WAIT = 5, 1.0, 30.0
#: So many for one name from all places, or from one place, which may be a whole town hall, before each is held up,
#: and by how much at most: nobody is shut out for what others do.
FREE_FOR_ALL, FIRST_DELAY, LONGEST_DELAY = 20, 0.25, 4.0
#: So many for one name, and from one place, are tried at once.
MOST_AT_ONCE = 10
#: What happened so many seconds ago is forgotten.
FORGOTTEN = 3600.0
LONGEST_NAME = 200


def waiting(seconds: float) -> str:
    """How long to wait, as a sentence goes on."""
    whole = math.ceil(seconds)
    return f"vänta {whole} {'sekund' if whole == 1 else 'sekunder'} och försök igen"


def place(address: str) -> str:
    """The network that an address stands for: itself, or the /64 of an IPv6 address, which one person has all of."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address


class TooMany(Exception):
    """A password that may not be tried before some ``seconds`` have passed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(waiting(seconds))
        self.seconds = seconds


class Tries:
    """Passwords that were tried, by name and by place.

    Counted before they are looked at, so that many at a time are as many as one after another.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, ...], tuple[int, float]] = OrderedDict()
        self._now: Counter[tuple[str, ...]] = Counter()

    def begin(self, name: str, address: str, device: str = "") -> float:
        """Count a try, to be ended with ``end``; for so many seconds it is to be held up first.

        A ``device`` on which the name's owner has logged in before is counted by itself, so that those who guess
        elsewhere don't hold its owner up (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

        Raises:
            TooMany: if it may not be made yet.
        """
        own, shared = _keys(name, address, device)
        if wait := self._left(own):
            raise TooMany(wait)
        if any(self._now[key] >= MOST_AT_ONCE for key in shared):
            raise TooMany(LONGEST_DELAY)
        before = max((self._known(key) for key in shared), default=0)
        self._now.update(shared)
        for key in (own, *shared):
            self._count(key, 1)
        return 0.0 if before < FREE_FOR_ALL else min(LONGEST_DELAY, FIRST_DELAY * _doubled(before - FREE_FOR_ALL))

    def end(self, name: str, address: str, right: bool, device: str = "") -> None:
        """Say what came of a try: a right password makes the wrong ones before it forgotten where it was given."""
        own, shared = _keys(name, address, device)
        self._now -= Counter(shared)
        if right:
            self._wrong.pop(own, None)
            for key in shared:
                self._count(key, -1)

    def _left(self, key: tuple[str, ...]) -> float:
        count = self._known(key)
        if count < FREE_FOR_NAME:
            return 0.0
        wait = min(LONGEST_WAIT, FIRST_WAIT * _doubled(count - FREE_FOR_NAME))
        return max(0.0, self._wrong[key][1] + wait - self._clock())

    def _known(self, key: tuple[str, ...]) -> int:
        count, at = self._wrong.get(key, (0, 0.0))
        return count if self._clock() - at <= FORGOTTEN else 0

    def _count(self, key: tuple[str, ...], change: int) -> None:
        self._wrong[key] = max(0, self._known(key) + change), self._clock()
        self._wrong.move_to_end(key)
        while len(self._wrong) > MOST_KNOWN:
            self._wrong.popitem(last=False)


def _doubled(times: int) -> float:
    # No wait is as long as sixty doublings make it.
    return 2.0 ** min(times, 60)


def _keys(name: str, address: str, device: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What a try is counted under: its device, or its name and place together; and what it shares with others'."""
    if device:
        return ("device", device), []
    short, where = name[:LONGEST_NAME], place(address)
    return ("both", short, where), [("name", short), ("place", where)]
