"""The place that a citation rests on: the PDF page as a picture with the quote marked, or the text with it marked."""

from collections.abc import Callable, Sequence

from corpus.document import Report
from corpus.picture import Picture, Quote
from qa.web.links import Span, source_link
from qa.web.markup import element, marked, text
from qa.web.words import Words

#: Draws a page with stretches of the report's text marked; None where it can't be drawn.
Draw = Callable[[int, Sequence[Span]], Picture | None]
#: Of a report without pages so many characters are shown at a time.
WINDOW = 4_000
#: What stands before the quote, so that it is read in its context.
BEFORE = 800
#: Characters around a quote, which has many letters fewer.
AROUND = 200


def source_html(
    report: Report, spans: Sequence[Span], page: int | None, at: int | None, draw: Draw, words: Words
) -> str:
    """A place in a report: ``page``, or from offset ``at``, else where the first of ``spans`` stands."""
    spans = [(a, b) for a, b in spans if b <= len(report.text)]
    if report.page_starts:
        home = report.page(spans[0][0]) or 1 if spans else 1
        shown = min(max(page or home, 1), len(report.page_starts))
        titles = (report.title, words("turn.page", page=shown))
        body, navigation = _page(report, spans, shown, home, draw, words)
    else:
        titles = (report.title, "")
        first = at if at is not None else max(0, (spans[0][0] if spans else 0) - BEFORE)
        body, navigation = _window(report, spans, min(first, len(report.text)), words)
    heading = element("h1", text(", ".join(filter(None, titles))), id="kalla-rubrik", tabindex=-1, lang="sv")
    return '<div class="source">' + heading + navigation + body + "</div>"


def _page(report: Report, spans: Sequence[Span], page: int, home: int, draw: Draw, words: Words) -> tuple[str, str]:
    pages = len(report.page_starts)
    start, end = page_span(report, page)
    here = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]

    def to(number: int, key: str) -> str:
        return element("a", text(words(key)), href=source_link(words("path"), report.report_id, spans, page=number))

    steps = (to(page - 1, "source.before") if page > 1 else "") + (to(page + 1, "source.after") if page < pages else "")
    if page != home and spans:
        steps += to(home, "source.quote_page")
    file = element(
        "a",
        text(words("source.open_file", page=page)),
        href=f"/fil/{report.report_id}#page={page}",
        target="_blank",
    )
    where = element("p", f"{text(report.file)} · {text(words('source.page_of', page=page, pages=pages))} · {file}")
    navigation = where + element("nav", steps, aria_label=words("source.pages"))
    words_of_page = marked(report.text[start:end], here, start)
    quote = " … ".join(" ".join(report.text[a:b].split()) for a, b in sorted(here))
    picture = draw(page, here)
    if picture is None:
        hint = element("p", text(words("source.no_picture")), class_="hint")
        return hint + element("p", words_of_page, class_="page-text", lang="sv"), navigation
    query = "&amp;".join(f"q={a}-{b}" for a, b in here)
    key = "source.picture_marked" if picture.boxes else "source.picture"
    place = ""
    if picture.boxes:
        left, top, *_ = picture.boxes[0]
        place = f' data-x="{left / picture.width:.3f}" data-y="{top / picture.height:.3f}"'
    image = (
        f'<img class="page" src="/sida/{report.report_id}/{page}.png?{query}" width="{picture.width}" '
        f'height="{picture.height}" alt="{text(words(key, page=page, file=report.file))}"{place}>'
    )
    body = (
        (element("blockquote", element("p", text(quote)), lang="sv") if quote else "")
        + (element("p", text(words("source.not_marked")), class_="hint") if not all(picture.marked) else "")
        + element("div", image, class_="page-frame", tabindex=0, role="region", aria_label=words("source.title"))
        + element(
            "details",
            element("summary", text(words("source.page_text")))
            + element("p", words_of_page, class_="page-text", lang="sv"),
        )
    )
    return body, navigation


def _window(report: Report, spans: Sequence[Span], first: int, words: Words) -> tuple[str, str]:
    last = min(first + WINDOW, len(report.text))

    def to(offset: int, key: str) -> str:
        return element("a", text(words(key)), href=source_link(words("path"), report.report_id, spans, at=offset))

    steps = (to(max(0, first - WINDOW), "source.earlier") if first else "") + (
        to(last, "source.later") if last < len(report.text) else ""
    )
    file = element("a", text(words("source.open_whole")), href=f"/fil/{report.report_id}", target="_blank")
    where = element("p", f"{text(report.file)} · {file}")
    shown = marked(report.text[first:last], spans, first)
    return element("p", shown, class_="page-text", lang="sv"), where + element(
        "nav", steps, aria_label=words("source.pages")
    )


def page_span(report: Report, page: int) -> Span:
    """The start and end of the 1-based ``page`` in the report's text."""
    ends = (*report.page_starts[1:], len(report.text))
    return report.page_starts[page - 1], ends[page - 1]


def quotes_on(report: Report, spans: Sequence[Span], page: int) -> list[Quote]:
    """What to mark on a page's picture, with what stands around it there."""
    start, end = page_span(report, page)
    return [
        Quote(report.text[a:b], report.text[max(start, a - AROUND) : a], report.text[b : min(end, b + AROUND)])
        for a, b in spans
        if start <= a and b <= end
    ]
