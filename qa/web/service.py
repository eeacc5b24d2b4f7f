"""What the page and its API ask of: the library as it is now, and changes to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread

from corpus.errors import LibraryError, RapportsvarError, UnreadableFile, reason
from corpus.identify import Overrides
from corpus.load import report_id
from corpus.picture import Picture, Pictures, Quote
from corpus.read import file_format
from corpus.shown import printable
from index.apart import index_apart
from index.feedback import Feedback, Verdict, save_feedback
from index.ingest import Outcome, Progress, Result
from index.kept import discard, keep, located
from index.places import Place, home
from index.prepare import Entry
from index.records import now
from index.samples import NOTICE
from index.store import Library, exists
from qa.answer import Answer, to_json
from qa.assistant import Assistant
from qa.audit import Audit, Event
from qa.erasing import remove_reports
from qa.question import Question
from qa.suggest import suggestions
from qa.web.access import Asker, current_asker
from qa.web.links import Asked, Span
from qa.web.source import quotes_on

LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody has sent: where it lies for now, and the name that it had."""

    path: Path
    name: str


class Service:
    """A library that many ask of at once, while somebody changes it."""

    def __init__(
        self,
        assistant: Assistant,
        sample: bool,
        library: Place,
        model: str | None = None,
        audit: Audit | None = None,
    ) -> None:
        """``library`` is where reports are added; ``assistant`` may be over the samples until then.

        ``model`` names the assistant's encoder, as ``load_encoder`` takes it. Without ``audit`` nothing is logged.
        """
        self.audit = audit or Audit(home(library), days=0)
        self._model = model
        self._assistant = assistant
        self._library = library
        self._home = home(library)
        self._lock = Lock()
        self.sample = sample
        self._suggested = lru_cache(4)(self._suggest)
        self._pictures = Pictures()
        # A page is drawn once for the page that names it and the picture itself.
        self._picture = lru_cache(64)(self._draw)

    def current(self) -> Assistant:
        """The assistant over the library as it is now: reports may have come or gone.

        Raises:
            LibraryError: if the library is damaged.
        """
        if not self.sample and not self._assistant.library.outdated:
            # Nobody waits for another's look.
            return self._assistant
        with self._lock:
            before = self._assistant
            if self.sample and exists(self._library):
                self._assistant, self.sample = self._assistant.over(self._library), False
            self._assistant = self._assistant.current()
            if self._assistant is not before:
                Thread(target=self._assistant.settle, daemon=True).start()
            return self._assistant

    @property
    def library(self) -> Library:
        """The library as it is now."""
        return self.current().library

    @property
    def notice(self) -> str:
        """What is to be said of every answer: that the reports are samples; else nothing."""
        return NOTICE if self.sample else ""

    def ask(self, asked: Asked, history: Sequence[Question] = ()) -> tuple[Answer, Library]:
        """The answer to a question after those before it, and the library that it is from.

        Raises:
            RapportsvarError: if the question can't be searched for.
        """
        now = self.current()
        return now.ask(asked.text, history, asked.scope), now.library

    def record(self, event: Event, what: str = "", outcome: str = "", who: Asker | None = None) -> None:
        """Log what somebody did: ``who``, or else whoever sent the request that is being answered.

        Raises:
            LibraryError: if it can't be written.
        """
        asker = who or current_asker()
        self.audit.record(asker.label, event, what, outcome, asker.address)

    def suggestions(self) -> list[str]:
        """At most three questions that this version of the library answers."""
        return self._suggested(self.version)

    def _suggest(self, version: str) -> list[str]:
        return suggestions(self.current())

    @property
    def version(self) -> str:
        """Which version of which library is asked."""
        library = self.library
        return f"{library.place} {library.manifest.generation}"

    def file(self, entry: Entry) -> Path | None:
        """The file that a report was read from; None if it has been moved or changed since."""
        path = located(self._home, entry.source)
        try:
            seen = path.stat()
            return path if _report_id(path, seen.st_mtime_ns, seen.st_size) == entry.report_id else None
        except (OSError, RapportsvarError):
            return None

    def picture(self, entry: Entry, page: int, spans: Sequence[Span]) -> Picture | None:
        """A page of a report with stretches of its text marked; None where its file can't be drawn.

        Raises:
            IndexError: if there is no such page.
        """
        path = self.file(entry)
        if path is None or file_format(path) != "pdf":
            return None
        quotes = tuple(quotes_on(self.library.report(entry.report_id), spans, page))
        return self._picture(path, entry.report_id, page, quotes)

    def _draw(self, path: Path, report_id: str, page: int, quotes: tuple[Quote, ...]) -> Picture | None:
        """A page's picture; ``report_id`` tells one version of a file from the next."""
        try:
            return self._pictures.draw(path, page, quotes)
        except UnreadableFile:
            return None

    def warm(self) -> None:
        """Load what the first to ask would wait for."""
        self._assistant.settle()
        self._pictures.warm()

    def close(self) -> None:
        """End the process that draws."""
        self._pictures.close()

    # --- changes ---

    def add(self, uploads: Sequence[Upload], progress: Progress, without_personal: bool = False) -> list[Result]:
        """Keep files with the library and index them; what became of each, in their order.

        ``without_personal`` leaves out the passages that seem to have personal data.

        Two files of the same name and other contents are two reports.

        Raises:
            LibraryError: if the library can't be written.
        """
        try:
            kept = [keep(self._home, upload.path, upload.name) for upload in uploads]
        except OSError as error:
            raise LibraryError(
                f"Det går inte att spara filerna i {self._home} ({reason(error)}); inget lades till."
            ) from error
        given = Overrides(without_personal=True) if without_personal else None
        results = index_apart(self._library, kept, self._model, given, progress)
        for result in results:
            if result.outcome in (Outcome.FAILED, Outcome.DUPLICATE):
                # Nothing in the library is read from this file.
                discard(self._home, result.path)
        return results

    def correct(self, entry: Entry, given: Overrides) -> Entry:
        """Read a report anew with what the user says of it; what was said before and isn't said otherwise stays.

        Raises:
            RapportsvarError: if it can't be read again, or the library can't be written.
        """
        (result,) = index_apart(self._library, [located(self._home, entry.source)], self._model, given)
        if result.entry is None:
            raise LibraryError(result.message)
        return result.entry

    def remove(self, entry: Entry) -> None:
        """Remove a report, and the file if it was uploaded.

        Raises:
            LibraryError: if the library can't be written.
        """
        remove_reports(self._library, self._assistant.encoder, [entry.report_id])

    def say(self, asked: Asked, verdict: Verdict, note: str, version: str) -> None:
        """Keep what a user thought of the answer to a question.

        Raises:
            RapportsvarError: if it can't be asked or saved.
        """
        answer, library = self.ask(asked)
        save_feedback(self._home, feedback_on(answer, library, verdict, note, version))


def feedback_on(answer: Answer, library: Library, verdict: Verdict, note: str, version: str) -> Feedback:
    """A user's word on an answer, to be kept; ``version`` is the program's."""
    found = to_json(answer, library)
    return Feedback(
        now(),
        found["question"],
        answer.question.text,
        json.dumps(found["scope"], ensure_ascii=False),
        answer.question.kind.value,
        found["status"],
        found["answer"],
        json.dumps(found["citations"], ensure_ascii=False),
        verdict,
        printable(note)[:LONGEST_NOTE],
        f"rapportsvar {version}, bibliotekets version {library.manifest.generation}",
    )


@lru_cache(256)
def _report_id(path: Path, changed: int, size: int) -> str:
    """The id of a file's contents; anew when its time or size has changed."""
    return report_id(path)
