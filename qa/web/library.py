"""The reports: what was identified; adding, correcting and removing them."""

from datetime import date
from pathlib import Path
from typing import Any

import gradio as gr

from corpus.errors import LibraryError, RapportsvarError
from corpus.identify import Overrides
from index.ingest import Result
from index.prepare import Entry
from qa.audit import Event
from qa.scope import municipality_name
from qa.web.access import asker_of
from qa.web.lists import reports_html, results_html, scope_html
from qa.web.markup import element, text
from qa.web.parts import QUIET, html
from qa.web.service import Service, Upload
from qa.web.words import Words

CHOOSE = """element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-report]");
  if (button) trigger("select", {report: button.dataset.report});
});"""


class NotAllowed(RapportsvarError):
    """Somebody who may only read wants to change the library."""


def library_view(app: gr.Blocks, service: Service, scope: gr.HTML, words: Words) -> None:
    """Adds the reports to the app; ``scope`` has the choices that follow from them."""
    reports = html(elem_id="reports", js_on_load=CHOOSE)
    said = html(elem_id="changed")
    results = html(elem_id="results", render=False)
    with gr.Column(visible=False, elem_id="edit") as panel:
        chosen = gr.Textbox(visible=False)
        heading = html()
        with gr.Row():
            municipality = gr.Textbox(label=words("reports.municipality"))
            board = gr.Textbox(label=words("reports.board"))
            kind = gr.Textbox(label=words("reports.kind"))
        with gr.Row():
            year = gr.Textbox(label=words("reports.year"))
            through = gr.Textbox(label=words("reports.through"))
        with gr.Row():
            save = gr.Button(words("reports.save"), variant="primary")
            remove = gr.Button(words("reports.remove"))
            cancel = gr.Button(words("reports.cancel"))
        with gr.Column(visible=False) as asking:
            html(element("p", text(words("reports.remove_hint")), role="alert"))
            sure = gr.Button(variant="stop", elem_id="sure")
    with gr.Column(visible=False) as adding:
        files = gr.File(file_count="multiple", label=words("reports.upload"), elem_id="files")
        without = gr.Checkbox(label=words("reports.without_personal"), info=words("reports.without_personal_help"))
        add = gr.Button(words("reports.add"), variant="primary", elem_id="add")
        results.render()  # type: ignore[no-untyped-call]
    refusal = html(visible=False)
    fields = [municipality, board, kind, year, through]

    def allow(request: gr.Request, event: Event) -> None:
        asker = asker_of(request.request)
        if not asker.editor:
            service.record(Event.DENIED, event.value, who=asker)
            raise NotAllowed(words("reports.not_allowed"))

    def entry_of(report_id: str) -> Entry:
        for entry in service.library.entries:
            if entry.report_id == report_id:
                return entry
        raise LibraryError(words("reports.not_there"))

    def lists(request: gr.Request) -> tuple[str, str]:
        """The reports and the scope's choices as they are now."""
        entries = service.library.entries
        editable = asker_of(request.request).editor and not service.sample
        return reports_html(entries, editable, words), scope_html(entries, words)

    def opened(request: gr.Request) -> tuple[Any, ...]:
        editor = asker_of(request.request).editor
        hint = "" if editor and not service.sample else "samples_stay" if editor else "only_readers"
        note = element("p", text(words(f"reports.{hint}")), class_="hint") if hint else ""
        try:
            return *lists(request), gr.Column(visible=editor), gr.HTML(note, visible=bool(note))
        except RapportsvarError as error:
            return alert(error), scope_html((), words), gr.Column(visible=editor), gr.HTML(visible=False)

    def alert(error: Exception) -> str:
        return element("p", text(str(error)), class_="failed", role="alert", lang="sv")

    def told(message: str) -> str:
        return element("p", text(message), role="status")

    def choose(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        try:
            allow(request, Event.CORRECT)
            entry = entry_of(str(event.report))
        except RapportsvarError as error:
            return gr.Column(visible=False), gr.Column(visible=False), alert(error), "", "", *[""] * len(fields)
        title = element("h2", text(words("reports.edit_heading", file=entry.file)))
        title += element("p", text(words("reports.edit_help")), class_="hint")
        period = entry.period
        last = period.through.isoformat() if period and period.through else ""
        values = (
            entry.municipality or "",
            entry.board or "",
            entry.kind or "",
            str(period.year) if period else "",
            last,
        )
        return gr.Column(visible=True), gr.Column(visible=False), "", title, entry.report_id, *values

    def doubt(report_id: str, request: gr.Request) -> tuple[Any, ...]:
        """Ask once more before a report is removed."""
        try:
            allow(request, Event.REMOVE)
            return gr.Column(visible=True), words("reports.remove_sure", file=entry_of(report_id).file), ""
        except RapportsvarError as error:
            return gr.Column(visible=False), "", alert(error)

    def correct(
        report_id: str, municipality: str, board: str, kind: str, year: str, through: str, request: gr.Request
    ) -> tuple[Any, ...]:
        values = (municipality, board, kind, year, through)
        try:
            allow(request, Event.CORRECT)
            entry = entry_of(report_id)
            if service.file(entry) is None:
                raise LibraryError(words("reports.gone"))
            changed = service.correct(entry, corrections(entry, values, words))
            service.record(Event.CORRECT, entry.file, changed.title, asker_of(request.request))
        except RapportsvarError as error:
            return gr.Column(visible=True), alert(error), "", *lists(request)
        return gr.Column(visible=False), told(words("reports.saved", title=changed.title)), "", *lists(request)

    def discard(report_id: str, request: gr.Request) -> tuple[Any, ...]:
        try:
            allow(request, Event.REMOVE)
            entry = entry_of(report_id)
            service.remove(entry)
            service.record(Event.REMOVE, entry.file, entry.title, asker_of(request.request))
        except RapportsvarError as error:
            return gr.Column(visible=True), alert(error), "", *lists(request)
        return gr.Column(visible=False), told(words("reports.removed", file=entry.file)), "", *lists(request)

    def upload(
        paths: list[str] | None,
        without_personal: bool,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> tuple[Any, ...]:
        try:
            allow(request, Event.ADD)
            if not paths:
                raise LibraryError(words("reports.nothing"))
        except RapportsvarError as error:
            return alert(error), None
        sent = [Upload(Path(path), Path(path).name) for path in paths]

        def show(number: int, done: float) -> None:
            name = words("reports.reading", file=sent[number].name, number=number + 1, count=len(sent))
            progress((number + done) / len(sent), desc=name)

        try:
            found: list[Result] = service.add(sent, show, without_personal)
            for each, result in zip(sent, found, strict=True):
                service.record(Event.ADD, each.name, result.outcome, asker_of(request.request))
        except RapportsvarError as error:
            return alert(error), None
        finally:
            for each in sent:
                each.path.unlink(missing_ok=True)
        return results_html(found, words), None

    def focus(selector: str) -> dict[str, Any]:
        """Where the keyboard goes on, when what had it has gone or something has come below."""
        return {"fn": None, "js": f"() => window.rapportsvar.focus('{selector}')", **QUIET}

    changed = [panel, said, results, reports, scope]
    fresh = [panel, asking, said, heading, chosen, *fields]
    reports.select(choose, None, fresh, **QUIET).then(**focus("#edit input, #edit textarea"))
    save.click(correct, [chosen, *fields], changed, **QUIET).then(**focus("#reports h2"))
    remove.click(doubt, chosen, [asking, sure, said], **QUIET).then(**focus("#sure"))
    sure.click(discard, chosen, changed, **QUIET).then(**focus("#reports h2"))
    cancel.click(lambda: gr.Column(visible=False), None, panel, **QUIET).then(**focus("#reports h2"))
    add.click(upload, [files, without], [results, files], api_visibility="private", show_progress_on=results).then(
        opened, None, [reports, scope, adding, refusal], **QUIET
    )
    app.load(opened, None, [reports, scope, adding, refusal], **QUIET)


def corrections(entry: Entry, values: tuple[str, ...], words: Words) -> Overrides:
    """What the fields say of a report that wasn't known for sure: municipality, board, kind, year and last day.

    Raises:
        LibraryError: if the year or the day is none, or they are of different years.
    """
    municipality, board, kind, year, through = (" ".join((value or "").split()) for value in values)
    if year and not (year.isascii() and year.isdigit() and 1900 <= int(year) <= 2100):
        raise LibraryError(words("reports.bad_year", year=year))
    try:
        last = date.fromisoformat(through) if through else None
    except ValueError:
        raise LibraryError(words("reports.bad_date", date=through)) from None
    if last and year and last.year != int(year):
        raise LibraryError(words("reports.other_year", year=year, date=through))
    period = entry.period
    unsure = entry.uncertain

    def said(field: str, value: str | None, known: str | None) -> str | None:
        return value if value and (value != known or field in unsure) else None

    moved = last is not None and (period is None or last != period.through)
    own_year = (
        int(year) if year and (period is None or int(year) != period.year or "period" in unsure or moved) else None
    )
    return Overrides(
        said("municipality", municipality_name(municipality), entry.municipality),
        said("board", board, entry.board),
        said("kind", kind, entry.kind),
        own_year,
        last if moved or "period" in unsure else None,
    )
