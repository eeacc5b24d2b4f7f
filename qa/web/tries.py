"""Wrong passwords, and the wait after them."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

Clock = Callable[[], float]
#: So many names and places are remembered; what is oldest is forgotten.
MOST_KNOWN = 10_000


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


#: So many wrong passwords for one name, or from one place, which may be a whole town hall, before there is a wait.
FREE_FOR_NAME, FREE_FOR_PLACE = 5, 20
#: Then so many seconds, twice as many after each, up to the longest.
FIRST_WAIT, LONGEST_WAIT = 1.0, 900.0
#: For one name from all places together the wait is short: who guesses must not shut its owner out.
LONGEST_FOR_NAME = 30.0
#: What happened so many seconds ago is forgotten.
FORGOTTEN = 3600.0
LONGEST_NAME = 200


class Tries:
    """Wrong passwords, and how long they who gave them have to wait."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def wait(self, name: str, address: str) -> float:
        """How many seconds until this name may be tried from this address."""
        of_place = self._left(("place", place(address)), FREE_FOR_PLACE, LONGEST_WAIT)
        return max(of_place, self._left(("name", name[:LONGEST_NAME]), FREE_FOR_NAME, LONGEST_FOR_NAME))

    def _left(self, key: tuple[str, str], free: int, longest: float) -> float:
        count, at = self._wrong.get(key, (0, 0.0))
        if count < free or self._clock() - at > FORGOTTEN:
            return 0.0
        # No wait is as long as sixty doublings make it.
        return max(0.0, at + min(longest, FIRST_WAIT * 2.0 ** min(count - free, 60)) - self._clock())

    def wrong(self, name: str, address: str) -> None:
        """A wrong password was given."""
        for key in (("place", place(address)), ("name", name[:LONGEST_NAME])):
            count, at = self._wrong.get(key, (0, 0.0))
            self._wrong[key] = (1 if self._clock() - at > FORGOTTEN else count + 1), self._clock()
            self._wrong.move_to_end(key)
        while len(self._wrong) > MOST_KNOWN:
            self._wrong.popitem(last=False)

    def right(self, name: str) -> None:
        """The right password was given: what went before is forgotten of the name, not of the place."""
        self._wrong.pop(("name", name[:LONGEST_NAME]), None)
