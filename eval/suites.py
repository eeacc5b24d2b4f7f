"""Which cases are asked of which library."""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import RapportsvarError
from eval import check
from eval.cases import FOLDER, BadCase, Case, load_cases
from eval.console import reading
from index.encode import Encoder
from index.ingest import Outcome, index_files, report_files
from index.samples import sample_library
from index.store import Library


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases with what they ask about: a folder of reports, or a library; the sample reports if neither."""

    name: str
    cases: tuple[Case, ...]
    reports: Path | None = None
    indexed: Path | None = None

    @classmethod
    def read(cls, name: str, files: list[Path], reports: Path | None = None, indexed: Path | None = None) -> "Suite":
        """Raises BadCase if a file can't be understood, or two have a case of the same id."""
        cases = [case for file in files for case in load_cases(file)]
        names = Counter(case.id for case in cases)
        repeated = [name for name, count in names.items() if count > 1]
        if repeated:
            raise BadCase(f"Fallfilerna har flera fall med id {', '.join(repeated)}; ge vart och ett ett eget.")
        return cls(name, tuple(cases), reports, indexed)

    @contextmanager
    def library(self, encoder: Encoder) -> Iterator[Library]:
        """The library to ask; reports are indexed with ``encoder`` and kept until the block ends.

        Evidence that is not where its case says is told on standard error.

        Raises:
            RapportsvarError: if there are no reports, or none of the evidence is in them.
        """
        with self._opened(encoder) as library:
            told = check.library_faults(self.cases, library)
            if told and not check.any_stands(self.cases, library):
                raise RapportsvarError(
                    f"Inget av underlaget i fallen finns i rapporterna ({told[0].rstrip('.')}); ange rapporterna som "
                    "fallen gäller med --reports eller --library, och fallen med --cases."
                )
            for fault in told:
                print(f"Varning: {fault}", file=sys.stderr)
            yield library

    @contextmanager
    def _opened(self, encoder: Encoder) -> Iterator[Library]:
        if self.indexed is not None:
            yield Library(self.indexed)
        elif self.reports is None:
            yield Library(sample_library(encoder))
        else:
            files = report_files([self.reports])
            if not files:
                raise RapportsvarError(f"Det finns inga rapporter i {self.reports}; ange en mapp med rapportfiler.")
            with tempfile.TemporaryDirectory() as scratch:
                with reading(files) as progress:
                    results = index_files(Path(scratch), files, encoder, progress=progress)
                failed = [result.message for result in results if result.outcome is Outcome.FAILED]
                if len(failed) == len(files):
                    raise RapportsvarError(failed[0])
                for message in failed:
                    print(message, file=sys.stderr)
                yield Library(Path(scratch))


def standard_suites() -> list[Suite]:
    """The cases of the sample reports, of their figures, and of the real reports, if RAPPORTSVAR_REPORTS names any."""
    suites = [Suite.read(name, [FOLDER / f"{name}.jsonl"]) for name in ("samples", "figures")]
    if real := os.environ.get("RAPPORTSVAR_REPORTS"):
        suites.append(Suite.read("real", [FOLDER / "real.jsonl"], Path(real)))
    return suites


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say which cases to ask of what, and with which encoder."""
    parser.add_argument("--cases", type=Path, nargs="+", metavar="FIL", help="fallfiler (annars de som följer med)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--library", type=Path, metavar="MAPP", help="ett bibliotek att fråga")
    where.add_argument("--reports", type=Path, metavar="MAPP", help="en mapp med rapporter att indexera och fråga")
    parser.add_argument("--model", help="en encoder, mapp eller namn (annars den som följer med)")


def chosen_suites(given: argparse.Namespace) -> list[Suite]:
    """The suites that the options name; the standard ones if they name none."""
    if given.cases:
        return [Suite.read("cases", given.cases, given.reports, given.library)]
    if given.library or given.reports:
        return [Suite.read("samples", [FOLDER / "samples.jsonl"], given.reports, given.library)]
    return standard_suites()
