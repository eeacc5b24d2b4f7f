"""Who is asking, and what they may do."""

import asyncio
import base64
import binascii
import hashlib
import ipaddress
import secrets
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from qa.audit import Audit, Event
from qa.users import LONGEST_PASSWORD, Role, Users
from qa.web.tries import Tries, place

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: The names that this machine has for itself.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Set by a proxy on the way: whoever asks is somewhere else.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
#: Names and passwords that were right are believed for so many askers without being hashed again.
MOST_KNOWN = 1_000
#: A login lasts a working day, however much it is used.
SESSION_SECONDS = 12 * 60 * 60
#: On a device where somebody has logged in, the name's owner is not held up by those who guess elsewhere.
DEVICE, DEVICE_SECONDS = "rapportsvar-enhet", 90 * 24 * 60 * 60
#: What the log says for a name that no user has: it may be a password, typed into the wrong field.
UNKNOWN_NAME = "okänt namn"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a request: the name that was logged in, if any, and whether the library may be changed.

    ``login`` tells one login from the next; empty where nobody logs in.
    """

    name: str | None
    editor: bool
    address: str = ""
    login: str = ""

    @property
    def label(self) -> str:
        """Who it is, as the audit log has it: the name, or else the address."""
        return self.name or self.address or "okänd"

    @property
    def key(self) -> str:
        """Whose share it is that is used: the name's, or else the place's."""
        return self.name or place(self.address)


NOBODY = Asker(None, False)
_CURRENT: ContextVar[Asker] = ContextVar("asker", default=NOBODY)


def current_asker() -> Asker:
    """Who sends the request that is being answered; nobody outside of one."""
    return _CURRENT.get()


@contextmanager
def acting(asker: Asker) -> Iterator[None]:
    """What is done in the block is done for this asker."""
    token = _CURRENT.set(asker)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def address_of(request: Request) -> str:
    """The address that a request comes from; behind a proxy on the same machine, the proxy's word for it."""
    return request.client.host if request.client else ""


def asker_of(request: Request | None) -> Asker:
    """Who sends a request, as ``Guard`` has found."""
    found = request.scope.get("rapportsvar.asker") if request else None
    return found if isinstance(found, Asker) else NOBODY


class Access:
    """Who may ask, and who may change the library."""

    def __init__(
        self, users: Users | None, local: bool, audit: Audit | None = None, hosts: Collection[str] = ()
    ) -> None:
        """Without ``users`` everybody may ask, and change only where the page is ``local`` to its machine.

        Logins are told to ``audit``. ``hosts`` are the names that the page is reached by, beside the machine's own.
        """
        self.users = users
        self.local = local
        self._audit = audit
        self._hosts = frozenset(host.lower() for host in hosts)
        self._tries = Tries()
        self._known: OrderedDict[str, str] = OrderedDict()
        self._ended: dict[str, float] = {}
        self._signer = TimestampSigner(secrets.token_urlsafe(32))

    def named(self, host: str) -> bool:
        """Whether the page is reached by this name, as a request's ``Host`` has it."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if name in LOOPBACK or name in self._hosts:
            return True
        # A page for its own machine alone can be reached from other sites' pages by a name that they have made up.
        return not (self.users is None and self.local) and (name in _own_names() or _is_address(name))

    async def asker(self, request: Request) -> Asker | None:
        """Who sends a request; None for one who must log in first.

        Raises:
            BadUsers: if the file of users can't be read.
            TooMany: if it brings a password that may not be tried yet.
        """
        address = address_of(request)
        if self.users is None:
            editor = self.local and not any(name in request.headers for name in FORWARDED)
            return Asker(None, editor, address)
        found = self._by_session(request, self.users) or await self._by_password(request, self.users)
        if found is None:
            return None
        name, login = found
        return Asker(name, self.users.role(name) is Role.EDITOR, address, login)

    async def believes(self, name: str, password: str, request: Request) -> bool:
        """Whether this is a user's name and password.

        Raises:
            BadUsers: if the file of users can't be read.
            TooMany: if it may not be tried yet.
        """
        if self.users is None:
            return False
        address, device = address_of(request), self._device(request, name)
        held, right = self._tries.begin(name, address, device), False
        try:
            await asyncio.sleep(held)
            # Hashing takes a while, and by design: not while others wait.
            right = len(password) <= LONGEST_PASSWORD and await asyncio.to_thread(self.users.knows, name, password)
        finally:
            self._tries.end(name, address, right, device)
        if not right:
            known = name if self.users.role(name) else UNKNOWN_NAME
            await self._log(address, Event.REFUSED, known, address)
        return right

    def begin(self, request: Request, name: str, response: Response) -> None:
        """Log a user in."""
        if self.users:
            request.session.clear()
            identity = secrets.token_urlsafe(16)
            request.session.update(user=name, id=identity, key=self.users.fingerprint(name), at=int(time.time()))
            # The signature is of the name too, which is not to be read in the cookie.
            device = f"{secrets.token_urlsafe(16)}.{_digest(name)}"
            response.set_cookie(
                DEVICE, self._signer.sign(device).decode(), DEVICE_SECONDS, path="/", httponly=True, samesite="lax"
            )

    def end(self, request: Request) -> None:
        """Log out, also whoever has a copy of the session's cookie."""
        now = time.time()
        if identity := request.session.get("id"):
            self._ended[identity] = now
        self._ended = {each: at for each, at in self._ended.items() if now - at < SESSION_SECONDS}
        request.session.clear()

    def _by_session(self, request: Request, users: Users) -> tuple[str, str] | None:
        """By the session, unless it was ended, is too old, or the password has been changed since."""
        session = request.session
        name, key, identity, at = (session.get(each) for each in ("user", "key", "id", "at"))
        if not isinstance(name, str) or not isinstance(identity, str) or identity in self._ended:
            return None
        if not isinstance(at, int) or time.time() - at > SESSION_SECONDS:
            return None
        return (name, _digest(identity)) if key and key == users.fingerprint(name) else None

    async def _by_password(self, request: Request, users: Users) -> tuple[str, str] | None:
        """By name and password as HTTP Basic has them (RFC 7617)."""
        given = _basic(request)
        if given is None:
            return None
        name, password = given
        address = address_of(request)
        digest = _digest(f"{place(address)}\n{name}\n{password}")
        known = users.fingerprint(name)
        if known and self._known.get(digest) == known:
            return name, digest
        if not await self.believes(name, password, request):
            return None
        await self._log(name, Event.LOGIN, "HTTP Basic", address)
        if known != users.fingerprint(name):
            # Removed, or changed, while it was looked at.
            return None
        self._known[digest] = known
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return name, digest

    def _device(self, request: Request, name: str) -> str:
        """A device on which this name has logged in; empty for another."""
        try:
            device = self._signer.unsign(request.cookies.get(DEVICE, ""), DEVICE_SECONDS).decode()
        except (BadSignature, UnicodeDecodeError):
            return ""
        return device if device.rpartition(".")[2] == _digest(name) else ""

    async def _log(self, who: str, event: Event, what: str, origin: str) -> None:
        if self._audit:
            # The log may have to wait for another who writes in it; all other requests must not.
            await asyncio.to_thread(self._audit.record, who, event, what, origin=origin)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def _own_names() -> frozenset[str]:
    return frozenset({socket.gethostname().lower(), socket.getfqdn().lower()})


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _basic(request: Request) -> tuple[str, str] | None:
    """The name and password that a request brings as HTTP Basic has them; None where it brings none."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, password
