"""The sample reports as a library of their own, made at first use."""

import hashlib
from pathlib import Path

import platformdirs

import corpus.samples
from index.encode import Encoder
from index.ingest import index_files
from index.manifest import FORMAT
from index.store import exists

SAMPLES = Path(corpus.samples.__file__).parent
NOTICE = "Svaret bygger på påhittade exempelrapporter, eftersom inga egna rapporter har lagts till."


def sample_files() -> list[Path]:
    """The sample reports' PDF files."""
    return sorted(SAMPLES.glob("*.pdf"))


def sample_library(encoder: Encoder) -> Path:
    """The folder of a library of the sample reports, in the user's cache; built when it isn't there.

    Raises:
        LibraryError: if the cache folder can't be written.
    """
    digest = hashlib.sha256(f"{FORMAT} {encoder.info.fingerprint}".encode())
    for path in [*sample_files(), *sorted(Path(__file__).parent.glob("*.py")), *sorted(SAMPLES.parent.glob("*.py"))]:
        digest.update(path.read_bytes())
    folder = Path(platformdirs.user_cache_dir("rapportsvar")) / f"samples-{digest.hexdigest()[:12]}"
    if not exists(folder):
        index_files(folder, sample_files(), encoder)
    return folder
