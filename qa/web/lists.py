"""Reports, hits, figures and the scope's choices, as HTML."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from corpus.document import Figure
from corpus.municipalities import official
from corpus.shown import shown
from index.ingest import Outcome, Result
from index.prepare import Entry
from index.store import Library
from qa.answer import cite
from qa.recency import age
from qa.retrieve import Hit
from qa.stating import cite_cell, name
from qa.web.links import Asked, citations_link, source_link
from qa.web.markup import element, marked, text
from qa.web.words import Words

#: So many boards stand on the first page; all stand in the list of reports.
BOARDS_SHOWN = 12
MOST_FIGURES = 500


def scope_html(entries: Iterable[Entry], words: Words) -> str:
    """The scope's three choices: ordinary lists, which phones and screen readers know."""
    entries = list(entries)
    municipalities = sorted({entry.municipality for entry in entries if entry.municipality})
    boards = sorted({entry.board for entry in entries if entry.board})
    years = sorted({entry.period.year for entry in entries if entry.period}, reverse=True)
    fields = (
        ("kommun", "municipality", "every_municipality", [(each, official(each)) for each in municipalities]),
        ("namnd", "board", "every_board", [(each, each) for each in boards]),
        ("ar", "year", "every_year", [(str(each), str(each)) for each in years]),
    )
    choices = "".join(
        f'<label><span>{text(words(f"scope.{label}"))}</span><select data-scope="{field}">'
        + element("option", text(words(f"scope.{every}")), value="")
        + "".join(element("option", text(shown), value=value) for value, shown in options)
        + "</select></label>"
        for field, label, every, options in fields
    )
    return f'<fieldset class="scope"><legend>{text(words("scope.legend"))}</legend>{choices}</fieldset>'


def first_html(entries: Sequence[Entry], sample: bool, words: Words) -> str:
    """Which reports can be asked about, by municipality and board, and for what years."""
    said = element("p", text(words("first.sample")), class_="sample", role="note") if sample else ""
    said += element("h2", text(words("first.heading")))
    if not entries:
        return said + element("p", text(words("first.empty")))
    owners = {entry.municipality for entry in entries if entry.municipality}
    boards: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        owner = official(entry.municipality) if entry.municipality else words("first.unknown")
        boards.setdefault((owner, entry.board or ""), []).append(entry)
    count = words(
        "first.count",
        reports=words.counted("first.reports", "first.one_report", len(entries)),
        municipalities=words.counted("first.municipalities", "first.one_municipality", len(owners)),
    )
    if not owners:
        count = f"{words.counted('first.reports', 'first.one_report', len(entries))}."
    listed = "".join(
        element("li", f"{element('strong', text(owner))} {text(board)} {text(_years(mine))}")
        for (owner, board), mine in list(boards.items())[:BOARDS_SHOWN]
    )
    rest = len(boards) - BOARDS_SHOWN
    more = element("p", text(words("first.more", count=rest))) if rest > 0 else ""
    return said + element("p", text(count)) + element("ul", listed, class_="boards") + more


def _years(entries: Iterable[Entry]) -> str:
    """«2019–2022, 2024»."""
    years = sorted({entry.period.year for entry in entries if entry.period})
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


# --- search ---


def hits_html(
    hits: Sequence[Hit],
    library: Library,
    sort: str,
    mark: Callable[[str], list[tuple[int, int]]],
    words: Words,
    more: bool = False,
) -> str:
    """Search hits with the words that they were found by marked, and how many each report has.

    ``sort`` is "fit", "newest" or "report"; ``more`` tells that these are only the best of them.
    """
    if not hits:
        return element("p", text(words("search.none")), role="status")
    entries = {entry.report_id: entry for entry in library.entries}
    ordered = list(hits)
    if sort == "newest":
        ordered.sort(key=lambda hit: age(entries[hit.passage.report_id]), reverse=True)
    elif sort == "report":
        place = {report_id: at for at, report_id in enumerate(entries)}
        ordered.sort(key=lambda hit: (place[hit.passage.report_id], hit.passage.start))
    counts = Counter(hit.passage.report_id for hit in hits)
    among = words.counted("search.reports", "search.one_report", len(counts))
    if more:
        count = words("search.best", count=len(hits), reports=among)
    else:
        count = words("search.count", hits=words.counted("search.hits", "search.one_hit", len(hits)), reports=among)
    per_report = "".join(
        element("li", _only(f"{entries[report_id].title} ({number})", report_id))
        for report_id, number in counts.most_common()
    )
    return (
        element("p", text(count), role="status")
        + element(
            "details",
            element("summary", text(words("search.per_report")))
            + element("ul", element("li", _only(words("search.show_all"), "", True)) + per_report, class_="per-report"),
        )
        + element("ol", "".join(_hit(hit, library, mark, words) for hit in ordered), class_="hits")
    )


def _only(label: str, report_id: str, chosen: bool = False) -> str:
    return element(
        "button", text(label), type="button", data_only=report_id, aria_pressed="true" if chosen else "false"
    )


def _hit(hit: Hit, library: Library, mark: Callable[[str], list[tuple[int, int]]], words: Words) -> str:
    passage = hit.passage
    report = library.report(passage.report_id)
    page = report.page(passage.start)
    body = library.text(passage)
    # Without pages, the section tells one hit's name from another's.
    where = words("turn.page", page=page) if page else next(iter(passage.heading_path[-1:]), "")
    title = ", ".join(filter(None, [report.title, where]))
    found = mark(body)
    # The page picture shows what was found; without a found word, the passage itself.
    shown = [(passage.start + a, passage.start + b) for a, b in found][:20] or [(passage.start, passage.end)]
    first = [span for span in shown if report.page(span[0]) == report.page(shown[0][0])]
    link = element(
        "a", text(title), href=source_link(words("path"), report.report_id, first), class_="to-source", lang="sv"
    )
    return element(
        "li",
        element("h2", link)
        + element("p", text(" › ".join(passage.heading_path)), class_="place", lang="sv")
        + element("p", marked(body, found), lang="sv"),
        data_report=report.report_id,
    )


def figures_html(figures: Sequence[Figure], library: Library, asked: Asked, words: Words) -> str:
    """Figures as a table with their places, and the address of the same as CSV."""
    if not figures:
        return element("p", text(words("search.no_figures")), role="status")
    heads = ("measure", "value", "period", "column", "municipality", "place")
    head = "".join(
        element("th", text(words(f"reports.{key}" if key == "municipality" else f"search.{key}")), scope="col")
        for key in heads
    )
    rows = "".join(_figure_row(figure, library, words) for figure in figures[:MOST_FIGURES])
    count = words.counted("search.figure_count", "search.one_figure", len(figures))
    most = f" {words('search.most', count=MOST_FIGURES)}" if len(figures) > MOST_FIGURES else ""
    return (
        element("p", text(f"{count}.{most}"), role="status")
        + element(
            "p",
            element("a", text(words("search.csv")), href=f"/siffror.csv?{asked.query}", download=True),
            class_="take",
        )
        + _table(words("search.figures"), head, rows)
    )


def _figure_row(figure: Figure, library: Library, words: Words) -> str:
    report = library.report(figure.report_id)
    citations = cite_cell(figure, library) or cite(report, figure.start, figure.end)
    page = report.page(figure.start)
    here = [c for c in citations if c.page == page] or list(citations)
    where = ", ".join(filter(None, [report.file, words("turn.page", page=page) if page else ""]))
    written = report.text[figure.start : figure.end]
    unit = f" {figure.unit}" if figure.unit and figure.unit not in written else ""
    cells = (
        text(name(figure)),
        element("span", text(f"{written}{unit}"), class_="number"),
        text(figure.period.label if figure.period else "–"),
        text(figure.column or "–"),
        text(official(report.municipality) if report.municipality else "–"),
        element(
            "a",
            text(where),
            href=citations_link(words("path"), here),
            class_="to-source",
            aria_label=f"{where}: {name(figure)} {written}{unit}",
        ),
    )
    return element("tr", "".join(element("td", cell) for cell in cells), lang="sv")


def _table(title: str, head: str, rows: str) -> str:
    """A table that scrolls sideways on a phone, also by keyboard."""
    caption = element("caption", text(title), class_="hidden")
    table = element("table", f"{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>")
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=title)


# --- reports ---

FIELDS = ("municipality", "board", "kind", "period", "file", "pages", "figures")


def reports_html(entries: Sequence[Entry], editable: bool, words: Words) -> str:
    """The reports with what was identified; with a button to change each, if they can be changed."""
    if not entries:
        return element("p", text(words("first.empty")))
    # First, where a phone shows it.
    head = (
        element("th", element("span", text(words("reports.change")), class_="hidden"), scope="col") if editable else ""
    )
    head += "".join(element("th", text(words(f"reports.{key}")), scope="col") for key in FIELDS)
    rows = "".join(_report_row(entry, editable, words) for entry in entries)
    uncertain = any(entry.uncertain for entry in entries)
    heading = element("h2", text(words("reports.heading")), tabindex=-1)
    return (
        heading
        + _table(words("reports.heading"), head, rows)
        + (element("p", text(words("reports.uncertain_help")), class_="hint") if uncertain else "")
    )


def _report_row(entry: Entry, editable: bool, words: Words) -> str:
    values = {
        "municipality": official(entry.municipality) if entry.municipality else None,
        "board": entry.board,
        "kind": entry.kind,
        "period": entry.period.label if entry.period else None,
    }
    doubt = f' <abbr title="{text(words("reports.uncertain"))}">?</abbr>'
    cells = [text(value or "–") + (doubt if field in entry.uncertain else "") for field, value in values.items()]
    label = words("reports.open_file", file=entry.file)
    cells.append(element("a", text(entry.file), href=f"/fil/{entry.report_id}", target="_blank", aria_label=label))
    cells += [str(entry.pages or "–"), str(entry.figures)]
    if editable:
        cells.insert(
            0,
            element(
                "button",
                text(words("reports.change")),
                type="button",
                data_report=entry.report_id,
                aria_label=words("reports.change_report", file=entry.file),
            ),
        )
    return element("tr", "".join(element("td", cell) for cell in cells), lang="sv")


def results_html(results: Sequence[Result], words: Words) -> str:
    """What became of each file."""
    rows = ""
    for result in results:
        entry = result.entry
        failed = result.outcome is Outcome.FAILED
        cells = (
            text(shown(result.path.name)),
            element("span", text(words(f"reports.{result.outcome.value}")), class_="failed" if failed else None),
            text(" ".join(filter(None, [entry.title if entry else "", result.message]))),
        )
        rows += element("tr", "".join(element("td", cell) for cell in cells), lang="sv")
    head = "".join(element("th", text(words(f"reports.{key}")), scope="col") for key in ("file", "result", "report"))
    return element("h3", text(words("reports.done"))) + _table(words("reports.done"), head, rows)
