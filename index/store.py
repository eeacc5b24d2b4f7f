"""A library folder: reports, lexical index, vectors and catalogue, always in one whole version.

    library/
        manifest.json   which generation is current, and the encoder it was made with
        lock            held while somebody writes
        g000007/        a generation: catalogue.sqlite, vectors.faiss, lexical/, reports/<id>.json.gz

A writer builds the next generation beside the current one (files that stay the same are linked,
never changed in place) and then replaces the manifest in one step, so a reader, or a crash, sees
the old version or the new one and nothing between.
"""

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.document import Block, BlockKind, Passage, Period, Report
from corpus.errors import LibraryError, ModelMismatch, reason
from corpus.figures import read_figures
from corpus.identify import Overrides
from corpus.split import split
from index.catalogue import Catalogue, Entry
from index.dense import DenseIndex
from index.encode import Encoder, EncoderInfo, Progress
from index.lexical import LexicalIndex, LexicalWriter
from index.terms import words

#: Raised when files of an older format can no longer be read.
FORMAT = 3
LOCK_SECONDS = 30
REPORTS_IN_MEMORY = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of ``manifest.json``."""

    format: int
    generation: int
    encoder: EncoderInfo

    @property
    def folder(self) -> str:
        return f"g{self.generation:06}"


def read_manifest(library: Path) -> Manifest | None:
    """The library's manifest; None where there is no library yet.

    Raises:
        LibraryError: if it is damaged or of another format.
    """
    path = library / "manifest.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(values["format"], values["generation"], EncoderInfo(**values["encoder"]))
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise LibraryError(f"{library} är ingen mapp; välj en annan med --library.") from error
    except OSError as error:
        raise LibraryError(f"Biblioteket i {library} går inte att läsa ({reason(error)}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"Biblioteket i {library} är skadat (manifest.json går inte att läsa); "
            "indexera rapporterna på nytt i en ny mapp."
        ) from error
    if manifest.format != FORMAT:
        raise LibraryError(
            f"Biblioteket i {library} är gjort med en annan version av rapportsvar; "
            "indexera rapporterna på nytt i en ny mapp."
        )
    return manifest


def check_encoder(manifest: Manifest, encoder: Encoder) -> None:
    """Raise ``ModelMismatch`` if the library's vectors were made by another encoder."""
    if manifest.encoder.fingerprint != encoder.info.fingerprint:
        raise ModelMismatch(
            f"Biblioteket är indexerat med språkmodellen {manifest.encoder.name} men {encoder.info.name} valdes; "
            "välj samma modell med --model eller indexera på nytt i en ny mapp."
        )


class Library:
    """One version of a library, opened for reading. It stays whole through the next change by others."""

    def __init__(self, path: Path) -> None:
        """Open the current version.

        Raises:
            LibraryError: if there is no library at ``path`` or it is damaged.
        """
        manifest = read_manifest(path)
        if manifest is None:
            raise LibraryError(f"Det finns inget bibliotek i {path}; lägg till rapporter med rapportsvar index.")
        self.path = path
        self.manifest = manifest
        folder = path / manifest.folder
        try:
            self.catalogue = Catalogue(folder / "catalogue.sqlite")
            self.entries: tuple[Entry, ...] = tuple(self.catalogue.entries())
            self.lexical = LexicalIndex(folder / "lexical")
            self.dense = DenseIndex.load(folder / "vectors.faiss")
        except LibraryError:
            raise
        except Exception as error:
            raise LibraryError(
                f"Biblioteket i {path} går inte att öppna: det är skadat eller så saknas behörighet att läsa det; "
                "kontrollera rättigheterna, eller indexera rapporterna på nytt i en ny mapp."
            ) from error
        self.report: Callable[[str], Report] = lru_cache(REPORTS_IN_MEMORY)(self._read_report)

    @property
    def outdated(self) -> bool:
        """Whether somebody has written a newer version since this one was opened."""
        return read_manifest(self.path) != self.manifest

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        return self.catalogue.words()

    def entry(self, report_id: str) -> Entry:
        return next(entry for entry in self.entries if entry.report_id == report_id)

    def text(self, passage: Passage) -> str:
        return self.report(passage.report_id).text[passage.start : passage.end]

    def _read_report(self, report_id: str) -> Report:
        return read_report(self.path / self.manifest.folder, report_id)


def indexed_text(report: Report, passage: Passage) -> str:
    """What is indexed of a passage: its text, after the head of a table that began before it."""
    text = report.text[passage.start : passage.end]
    first = report.block_at(passage.start)
    if first.kind is not BlockKind.ROW:
        return text
    heads: list[str] = []
    for block in reversed(report.blocks[: report.blocks.index(first)]):
        if block.kind is BlockKind.TABLE_HEAD:
            heads.insert(0, report.text[block.start : block.end])
        elif block.kind is not BlockKind.ROW or heads:
            break
    return "\n".join([*heads, text])


class Writer:
    """Builds the next version of a library. Made by ``writing``; nothing shows before its end."""

    def __init__(self, folder: Path, encoder: Encoder, fresh: bool) -> None:
        self._folder = folder
        self._encoder = encoder
        if fresh:
            self._catalogue = Catalogue.create(folder / "catalogue.sqlite")
            LexicalIndex.create(folder / "lexical")
            (folder / "reports").mkdir()
            self._dense = DenseIndex(encoder.info.dimension)
        else:
            self._catalogue = Catalogue(folder / "catalogue.sqlite", writable=True)
            self._dense = DenseIndex.load(folder / "vectors.faiss")
        self._lexical = LexicalWriter(folder / "lexical")
        self.changed = fresh

    def entries(self) -> list[Entry]:
        return self._catalogue.entries()

    def has_text(self, report_id: str) -> bool:
        """Whether the report's text is there and whole."""
        try:
            read_report(self._folder, report_id)
        except LibraryError:
            return False
        return True

    def add(
        self,
        report: Report,
        source: str,
        notes: tuple[str, ...] = (),
        given: Overrides | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Add a report read from the file ``source``; returns how many passages it has.

        What the user has ``given`` of it is kept for when the file changes.

        A report with the same id or from the same file is replaced.
        """
        for entry in self.entries():
            if entry.report_id == report.report_id or entry.source == source:
                self.remove(entry.report_id)
        write_report(self._folder, report)
        passages = split(report)
        texts = [indexed_text(report, passage) for passage in passages]
        headings = [" ".join(passage.heading_path) for passage in passages]
        numbers = self._catalogue.add(
            report, source, notes, passages, read_figures(report), words(report.text), given or Overrides()
        )
        context = [f"{above[-200:]} {text}" for above, text in zip(headings, texts, strict=True)]
        self._dense.add(numbers, self._encoder.encode_passages(context, progress))
        for number, text, above in zip(numbers, texts, headings, strict=True):
            self._lexical.add(number, report.report_id, text, above)
        self.changed = True
        return len(passages)

    def remove(self, report_id: str) -> None:
        """Remove a report from the library; its file is not touched.

        The version before, which may have readers, keeps its text until the next change.
        """
        try:
            text = read_report(self._folder, report_id).text
        except LibraryError:
            # Its text is lost already; its words stay counted, which only widens spelling guesses.
            text = ""
        numbers = self._catalogue.remove(report_id, words(text))
        self._dense.remove(numbers)
        self._lexical.remove(report_id)
        _report_path(self._folder, report_id).unlink(missing_ok=True)
        self.changed = True

    def _finish(self) -> None:
        self._catalogue.commit()
        self._catalogue.close()
        self._lexical.commit()
        self._dense.save(self._folder / "vectors.faiss")

    def _abandon(self) -> None:
        self._catalogue.close()


@contextmanager
def writing(path: Path, encoder: Encoder) -> Iterator[Writer]:
    """A writer on the library at ``path``, made if there is none; what it did shows when the block ends.

    Raises:
        LibraryError: if the folder can't be written, or somebody else is writing.
        ModelMismatch: if the library was made with another encoder.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / "lock", timeout=LOCK_SECONDS)
        lock.acquire()
    except Timeout as error:
        raise LibraryError(f"Någon annan ändrar just nu i biblioteket {path}; försök igen om en stund.") from error
    except OSError as error:
        raise LibraryError(
            f"Det går inte att skriva i {path} ({reason(error)}); välj en annan mapp med --library."
        ) from error
    writer = None
    folder: Path | None = None
    try:
        manifest = read_manifest(path)
        if manifest:
            check_encoder(manifest, encoder)
        _clean(path, manifest)
        generation = manifest.generation + 1 if manifest else 1
        following = Manifest(FORMAT, generation, encoder.info)
        if manifest and not (path / manifest.folder / "catalogue.sqlite").exists():
            raise LibraryError(f"Biblioteket i {path} är skadat; indexera rapporterna på nytt i en ny mapp.")
        folder = path / following.folder
        folder.mkdir()
        if manifest:
            _copy_generation(path / manifest.folder, folder)
        writer = Writer(folder, encoder, fresh=manifest is None)
        yield writer
        if writer.changed:
            writer._finish()
            _replace_file(path / "manifest.json", json.dumps(asdict(following), indent=1).encode())
            folder = None
            if manifest:
                # The version before this one stays until the next change, for those who are reading it.
                _clean(path, following, keep=manifest.folder)
    except OSError as error:
        raise LibraryError(
            f"Det går inte att skriva i {path} ({reason(error)}); det som redan var klart finns kvar."
        ) from error
    finally:
        if writer and folder:
            writer._abandon()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def _copy_generation(source: Path, target: Path) -> None:
    """A new generation that starts as the old one; linked files are never changed in place."""
    shutil.copyfile(source / "catalogue.sqlite", target / "catalogue.sqlite")
    shutil.copyfile(source / "vectors.faiss", target / "vectors.faiss")
    for part in ("lexical", "reports"):
        (target / part).mkdir()
        for path in (source / part).iterdir():
            if path.name.endswith(".lock"):
                continue
            try:
                os.link(path, target / part / path.name)
            except OSError:
                shutil.copyfile(path, target / part / path.name)


def _clean(path: Path, manifest: Manifest | None, keep: str = "") -> None:
    """Remove generations that the manifest doesn't name: old ones, and what crashed writers left."""
    for folder in path.glob("g[0-9][0-9][0-9][0-9][0-9][0-9]"):
        if folder.name not in (manifest.folder if manifest else "", keep):
            shutil.rmtree(folder, ignore_errors=True)


def _replace_file(path: Path, content: bytes) -> None:
    """Write a file in one step: whole or not at all. The caller holds the lock."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _report_path(generation: Path, report_id: str) -> Path:
    return generation / "reports" / f"{report_id}.json.gz"


def write_report(generation: Path, report: Report) -> None:
    """Keep a repaired report in a generation's folder, as compressed JSON."""
    values = {
        "report_id": report.report_id,
        "file": report.file,
        "title": report.title,
        "municipality": report.municipality,
        "board": report.board,
        "kind": report.kind,
        "year": report.period.year if report.period else None,
        "through": report.period.through.isoformat() if report.period and report.period.through else None,
        "text": report.text,
        "page_starts": report.page_starts,
        "blocks": [[block.kind.value, block.start, block.end, block.level] for block in report.blocks],
        "seams": report.seams,
        "uncertain": sorted(report.uncertain),
    }
    content = gzip.compress(json.dumps(values, ensure_ascii=False).encode(), compresslevel=5, mtime=0)
    _replace_file(_report_path(generation, report.report_id), content)


def read_report(generation: Path, report_id: str) -> Report:
    """A report kept by ``write_report``.

    Raises:
        LibraryError: if it is missing or damaged.
    """
    try:
        values = json.loads(gzip.decompress(_report_path(generation, report_id).read_bytes()))
        through = values["through"]
        return Report(
            report_id=values["report_id"],
            file=values["file"],
            title=values["title"],
            municipality=values["municipality"],
            board=values["board"],
            kind=values["kind"],
            period=Period(values["year"], date.fromisoformat(through) if through else None) if values["year"] else None,
            text=values["text"],
            page_starts=tuple(values["page_starts"]),
            blocks=tuple(Block(BlockKind(kind), start, end, level) for kind, start, end, level in values["blocks"]),
            seams=tuple(values["seams"]),
            uncertain=frozenset(values["uncertain"]),
        )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise LibraryError(
            f"En rapport saknas eller är skadad i biblioteket {generation.parent}; indexera rapporterna på nytt."
        ) from error
