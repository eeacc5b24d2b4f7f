"""Which cases are asked of which library."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import RapportsvarError
from eval.cases import FOLDER, Case, load_cases
from index.encode import Encoder
from index.ingest import index_files, report_files
from index.samples import sample_library
from index.store import Library


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases with the folder of reports that they ask about; the sample reports if None."""

    name: str
    cases: tuple[Case, ...]
    reports: Path | None = None

    @classmethod
    def read(cls, name: str, files: list[Path], reports: Path | None = None) -> "Suite":
        """Raises BadCase if a file can't be understood."""
        return cls(name, tuple(case for file in files for case in load_cases(file)), reports)

    @contextmanager
    def library(self, encoder: Encoder) -> Iterator[Library]:
        """The suite's reports, indexed with ``encoder``; kept until the block ends.

        Raises:
            RapportsvarError: if there are none.
        """
        if self.reports is None:
            yield Library(sample_library(encoder))
            return
        files = report_files([self.reports])
        if not files:
            raise RapportsvarError(f"Det finns inga rapporter i {self.reports}; ange en mapp med rapportfiler.")
        with tempfile.TemporaryDirectory() as scratch:
            index_files(Path(scratch), files, encoder)
            yield Library(Path(scratch))


def standard_suites() -> list[Suite]:
    """The sample reports' cases, and the real reports' where RAPPORTSVAR_REPORTS names their folder."""
    suites = [Suite.read("samples", [FOLDER / "samples.jsonl"])]
    if real := os.environ.get("RAPPORTSVAR_REPORTS"):
        suites.append(Suite.read("real", [FOLDER / "real.jsonl"], Path(real)))
    return suites
