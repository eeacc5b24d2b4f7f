"""Files that were uploaded, kept with a library: a folder for each one's contents, under the name that it had."""

import hashlib
import re
import shutil
from contextlib import suppress
from pathlib import Path

from corpus.shown import shown

#: In the folder of what goes with a library.
FILES = "files"
LONGEST_NAME = 120


def keep(home: Path, path: Path, name: str) -> Path:
    """Copy a file into the library's own folder; where it lies there.

    Raises:
        OSError: if it can't be read or written.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    folder = (home / FILES / digest).absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / safe_name(name)
    shutil.copyfile(path, target)
    target.chmod(0o600)
    return target.resolve()


def located(home: Path, source: str) -> Path:
    """Where a report's file is: where it was read, or, of one that was kept, with the library wherever that is now."""
    path = Path(source)
    here = home / FILES / path.parent.name / path.name
    return here.resolve() if path.parent.parent.name == FILES and not path.exists() and here.exists() else path


def discard(home: Path, path: Path) -> None:
    """Remove a file if it is one that was kept here, and its folder where no other lies there."""
    if path.parent.parent != (home / FILES).resolve():
        return
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()


def safe_name(name: str) -> str:
    """A file's own name, fit for any file system: no folder, no control characters, not too long."""
    plain = re.sub(r'[<>:"/\\|?*\ufffd]', "_", shown(name.replace("\\", "/").rsplit("/", 1)[-1])).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    while len(f"{stem}{dot}{ending}".encode()) > LONGEST_NAME and stem:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}" if stem else f"rapport{dot}{ending}"
