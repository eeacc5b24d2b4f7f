"""Who may use a served library: a file of users with roles and hashed passwords."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from filelock import FileLock, Timeout

from corpus.errors import RapportsvarError, reason
from corpus.shown import UNSEEN

SHORTEST_PASSWORD = 12
#: What is sent as a password is hashed, so it has a length too.
LONGEST_PASSWORD = 1_000
#: So many seconds a change waits for another.
LOCK_SECONDS = 10
#: Argon2id with the library's own costs, those of RFC 9106's second choice.
_HASHER = PasswordHasher()
#: Checked for names that nobody has, so that they take as long as others.
_NOBODY = _HASHER.hash("")
#: Each takes 64 MB and a core: guessing passwords must not take the machine.
_FEW = BoundedSemaphore(2)


class BadUsers(RapportsvarError):
    """A file of users that cannot be read or understood, or a user that cannot be added."""


class Role(StrEnum):
    """What a user may do: ask and search; or also add, correct and remove reports."""

    READER = "reader"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class User:
    """A user's role, and the Argon2 hash of the password."""

    role: Role
    password: str


class Users:
    """The users of a file, read anew when the file has changed.

    A file that is damaged or gone closes the door: then every question raises ``BadUsers``.
    """

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            BadUsers: if it isn't there, is damaged or names nobody.
        """
        self._path = path
        self._changed: tuple[int, int] | None = None
        self._users: dict[str, User] = {}
        self.everyone()

    def everyone(self) -> dict[str, User]:
        """The users as the file has them now.

        Raises:
            BadUsers: if it isn't there, is damaged or names nobody.
        """
        try:
            seen = self._path.stat()
            changed = seen.st_mtime_ns, seen.st_size
        except OSError:
            changed = None
        if changed is None or changed != self._changed:
            self._changed = None
            self._users = read_users(self._path)
            if not self._users:
                raise BadUsers(f"{self._path} har inga användare; lägg till en med «rapportsvar user NAMN --auth FIL».")
            self._changed = changed
        return self._users

    def role(self, name: str) -> Role | None:
        """A user's role; None for one who isn't there, or no longer is."""
        user = self.everyone().get(name)
        return user.role if user else None

    def change(self, name: str, password: str) -> None:
        """Give a user who is there another password.

        Raises:
            BadUsers: if it is too short, the user has been changed or removed meanwhile, or the file can't be written.
        """
        known = self.everyone().get(name)
        hashed = _hashed(name, password)
        with _changing(self._path) as users:
            # An administrator's word goes before: hashing takes a while.
            if known is None or users.get(name) != known:
                raise BadUsers("Användaren har ändrats under tiden; logga in igen.")
            users[name] = User(known.role, hashed)

    def fingerprint(self, name: str) -> str:
        """What changes with a user's password, and says nothing of it; empty for one who isn't there."""
        user = self.everyone().get(name)
        return hashlib.sha256(user.password.encode()).hexdigest()[:16] if user else ""

    def knows(self, name: str, password: str) -> bool:
        """Whether this is a user's name and password. Takes a tenth of a second, and is done for few at a time."""
        user = self.everyone().get(name)
        try:
            with _FEW:
                _HASHER.verify(user.password if user else _NOBODY, password)
        except (Argon2Error, InvalidHashError):
            return False
        return user is not None


def read_users(path: Path) -> dict[str, User]:
    """The users of a file; none of one that isn't there.

    Raises:
        BadUsers: if it can't be read or understood.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return {name: User(Role(user["role"]), str(user["password"])) for name, user in values.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadUsers(f"{path} gick inte att läsa ({reason(error)}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadUsers(
            f"{path} är ingen fil med användare; gör en ny med «rapportsvar user NAMN --auth FIL»."
        ) from error


def set_user(path: Path, name: str, role: Role, password: str) -> None:
    """Add a user, or change one's role and password. The file can be read by its owner alone.

    Raises:
        BadUsers: if the name is empty, the password too short, or the file can't be read or written.
    """
    hashed = _hashed(name, password)
    with _changing(path) as users:
        users[name] = User(role, hashed)


def _hashed(name: str, password: str) -> str:
    """The hash of a user's password.

    Raises:
        BadUsers: if the name or the password can't be.
    """
    if not name.strip() or len(name) > 100:
        raise BadUsers("Användarnamnet är tomt eller för långt; välj ett annat.")
    if UNSEEN.search(name):
        raise BadUsers("Användarnamnet har tecken som inte syns; välj ett annat.")
    if len(password) > LONGEST_PASSWORD:
        raise BadUsers(f"Lösenordet är för långt; välj ett med högst {LONGEST_PASSWORD} tecken.")
    if len(password) < SHORTEST_PASSWORD:
        raise BadUsers(f"Lösenordet är för kort; välj ett med minst {SHORTEST_PASSWORD} tecken.")
    return _HASHER.hash(password)


def remove_user(path: Path, name: str) -> None:
    """Remove a user, who is shut out at once.

    Raises:
        BadUsers: if there is no such user, it is the last one, or the file can't be read or written.
    """
    with _changing(path) as users:
        if name not in users:
            raise BadUsers(
                f"Det finns ingen användare «{name}» i {path}; «rapportsvar user --list» visar vilka som finns."
            )
        if len(users) == 1:
            raise BadUsers(f"«{name}» är den enda användaren; lägg till en annan först, eller stäng av servern.")
        del users[name]


@contextmanager
def _changing(path: Path) -> Iterator[dict[str, User]]:
    """The users of a file, to be changed, which nobody else does meanwhile; they are written when the block ends."""
    beside = path.with_name(path.name + ".new")
    try:
        with FileLock(path.with_name(path.name + ".lock"), timeout=LOCK_SECONDS, mode=0o600):
            users = read_users(path)
            yield users
            written = json.dumps({each: asdict(user) for each, user in users.items()}, ensure_ascii=False, indent=1)
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(written)
            os.replace(beside, path)
    except (OSError, Timeout) as error:
        raise BadUsers(f"{path} gick inte att skriva ({reason(error)}).") from error
