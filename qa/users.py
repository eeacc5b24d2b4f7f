"""Who may use a served library: a file of users with roles and hashed passwords."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from corpus.errors import RapportsvarError, reason

SHORTEST_PASSWORD = 12
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
    """The users of a file, read anew when the file has changed."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            BadUsers: if it isn't there, is damaged or names nobody.
        """
        self._path = path
        self._users = read_users(path)
        if not self._users:
            raise BadUsers(f"{path} har inga användare; lägg till en med «rapportsvar user NAMN --auth FIL».")
        self._changed = path.stat().st_mtime_ns

    def role(self, name: str) -> Role | None:
        """A user's role; None for one who isn't there, or no longer is."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._changed:
                self._users, self._changed = read_users(self._path), changed
        except (OSError, BadUsers):
            # A file that is being written: those who were let in before still are.
            pass
        user = self._users.get(name)
        return user.role if user else None

    def fingerprint(self, name: str) -> str:
        """What changes with a user's password, and says nothing of it; empty for one who isn't there."""
        if self.role(name) is None:
            return ""
        return hashlib.sha256(self._users[name].password.encode()).hexdigest()[:16]

    def knows(self, name: str, password: str) -> bool:
        """Whether this is a user's name and password. Takes a tenth of a second, and is done for few at a time."""
        role = self.role(name)
        try:
            with _FEW:
                _HASHER.verify(self._users[name].password if role else _NOBODY, password)
        except (Argon2Error, InvalidHashError):
            return False
        return role is not None


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
    if not name.strip() or len(name) > 100:
        raise BadUsers("Användarnamnet är tomt eller för långt; välj ett annat.")
    if len(password) < SHORTEST_PASSWORD:
        raise BadUsers(f"Lösenordet är för kort; välj ett med minst {SHORTEST_PASSWORD} tecken.")
    users = read_users(path) | {name: User(role, _HASHER.hash(password))}
    beside = path.with_name(path.name + ".new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({each: asdict(user) for each, user in users.items()}, file, ensure_ascii=False, indent=1)
        os.replace(beside, path)
    except OSError as error:
        raise BadUsers(f"{path} gick inte att skriva ({reason(error)}).") from error
