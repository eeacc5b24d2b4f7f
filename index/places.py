"""Where a library is: a folder, or in Milvus."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from corpus.errors import LibraryError

SCHEMES = {"milvus": "http", "milvuss": "https"}
PORT = 19530
NAME = "rapportsvar"


@dataclass(frozen=True, slots=True)
class Address:
    """A library in Milvus: where that answers, over TLS or not, and the name that its collections begin with."""

    host: str
    port: int = PORT
    name: str = NAME
    tls: bool = False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"milvus{'s' * self.tls}://{host}:{self.port}/{self.name}"

    @property
    def uri(self) -> str:
        """The address as Milvus's client takes it."""
        scheme, _, rest = str(self).partition("://")
        return f"{SCHEMES[scheme]}://{rest.rpartition('/')[0]}"

    @property
    def folder(self) -> str:
        """A name for what this machine keeps of the library."""
        return re.sub(r"[^\w.-]+", "-", str(self))


#: Where a library is.
Place = Path | Address


def place_of(text: str) -> Place:
    """A place as it is written: a folder, or ``milvus://HOST[:PORT][/NAME]`` (``milvuss://`` over TLS).

    >>> str(place_of("milvus://db.example/kommunen"))
    'milvus://db.example:19530/kommunen'

    Raises:
        LibraryError: if it is neither.
    """
    if not re.match(r"milvuss?:", text, re.IGNORECASE):
        return Path(text).absolute()
    try:
        parts = urlsplit(text)
        port = PORT if parts.port is None else parts.port
        name = parts.path.strip("/") or NAME
        plain = not (parts.username or parts.query or parts.fragment)
        # Collections in Milvus may be named so.
        if plain and parts.hostname and port and re.fullmatch(r"[A-Za-z_]\w{0,99}", name, re.ASCII):
            return Address(parts.hostname, port, name, parts.scheme == "milvuss")
    except ValueError:
        # Of a port, or a number of a host, that is none.
        pass
    # There may be a password in it, so it is not repeated.
    raise LibraryError(
        "Det är ingen adress till ett bibliotek; skriv milvus://DATOR:PORT/NAMN, med bokstäver, siffror och _ i "
        "namnet (milvuss:// för TLS). Lösenord anges i miljövariabeln RAPPORTSVAR_MILVUS_TOKEN."
    )


def home(place: Place) -> Path:
    """The folder on this machine for what goes with a library: uploaded files, what users say, the log."""
    if isinstance(place, Path):
        return place
    return Path(platformdirs.user_data_dir("rapportsvar")) / place.folder
