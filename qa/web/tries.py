"""Passwords that are tried: each counts as wrong until it has been found right."""

import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

Clock = Callable[[], float]
#: So many names and places are remembered; what is oldest is forgotten.
MOST_KNOWN = 10_000
#: So many wrong passwords for one name before there is a wait, which is short: who guesses must not shut its owner out.
FREE_FOR_NAME, FIRST_WAIT, LONGEST_WAIT = 5, 1.0, 30.0
#: So many from one place, which may be a whole town hall, before each is held up, and by how much at most: nobody is
#: shut out for what a neighbour does.
FREE_FOR_PLACE, FIRST_DELAY, LONGEST_DELAY = 20, 0.25, 4.0
#: So many from one place are tried at once.
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
        self._wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._now: Counter[str] = Counter()

    def begin(self, name: str, address: str, device: str = "") -> float:
        """Count a try, to be ended with ``end``; for so many seconds it is to be held up first.

        A ``device`` on which the name's owner has logged in before is counted by itself, so that those who guess
        elsewhere don't hold its owner up (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

        Raises:
            TooMany: if it may not be made yet.
        """
        of_name, of_place = _keys(name, address, device)
        if wait := self._left(of_name):
            raise TooMany(wait)
        if not device and self._now[of_place[1]] >= MOST_AT_ONCE:
            raise TooMany(LONGEST_DELAY)
        self._now[of_place[1]] += 1
        self._count(of_name, 1)
        if device:
            return 0.0
        before = self._known(of_place)
        self._count(of_place, 1)
        return 0.0 if before < FREE_FOR_PLACE else min(LONGEST_DELAY, FIRST_DELAY * _doubled(before - FREE_FOR_PLACE))

    def end(self, name: str, address: str, right: bool, device: str = "") -> None:
        """Say what came of a try: a right password makes those before it forgotten of its name, not of its place."""
        of_name, of_place = _keys(name, address, device)
        self._now[of_place[1]] -= 1
        if not self._now[of_place[1]]:
            del self._now[of_place[1]]
        if right:
            self._wrong.pop(of_name, None)
            if not device:
                self._count(of_place, -1)

    def _left(self, key: tuple[str, str]) -> float:
        count = self._known(key)
        if count < FREE_FOR_NAME:
            return 0.0
        wait = min(LONGEST_WAIT, FIRST_WAIT * _doubled(count - FREE_FOR_NAME))
        return max(0.0, self._wrong[key][1] + wait - self._clock())

    def _known(self, key: tuple[str, str]) -> int:
        count, at = self._wrong.get(key, (0, 0.0))
        return count if self._clock() - at <= FORGOTTEN else 0

    def _count(self, key: tuple[str, str], change: int) -> None:
        self._wrong[key] = max(0, self._known(key) + change), self._clock()
        self._wrong.move_to_end(key)
        while len(self._wrong) > MOST_KNOWN:
            self._wrong.popitem(last=False)


def _doubled(times: int) -> float:
    # No wait is as long as sixty doublings make it.
    return 2.0 ** min(times, 60)


def _keys(name: str, address: str, device: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """What a try is counted under: the device or else the name, and the place."""
    return ("device", device) if device else ("name", name[:LONGEST_NAME]), ("place", place(address))
