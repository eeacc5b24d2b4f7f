"""The search page: passages with the words found marked, and figures."""

import gradio as gr

from corpus.errors import RapportsvarError
from corpus.shown import printable
from qa.audit import Event
from qa.web.links import Asked, chosen_scope
from qa.web.lists import figures_html, hits_html
from qa.web.markup import element, text
from qa.web.parts import QUIET, html, within_request
from qa.web.service import Service
from qa.web.words import Words

HITS = 50
SORTS = ("fit", "newest", "report")


def found_html(service: Service, wanted: Asked, what: str, sort: str, words: Words) -> str:
    """What a search finds, as HTML: ``what`` is "passages" or "figures"."""
    try:
        assistant = service.current()
        service.record(Event.FIGURES if what == "figures" else Event.SEARCH, wanted.text)
        if what == "figures":
            return figures_html(assistant.figures(wanted.text, wanted.scope), assistant.library, wanted, words)
        # One more than are shown tells whether there are more.
        hits = assistant.search(wanted.text, HITS + 1, wanted.scope)

        def mark(passage: str) -> list[tuple[int, int]]:
            return assistant.marked(wanted.text, passage)

        return hits_html(hits[:HITS], assistant.library, sort, mark, words, more=len(hits) > HITS)
    except RapportsvarError as error:
        return element("p", text(str(error)), class_="failed", role="alert", lang="sv")


def search_view(service: Service, words: Words) -> None:
    """Adds the search page to the app."""
    chosen = gr.Textbox(visible=False)
    query = gr.Textbox(
        label=words("search.query"), placeholder=words("search.placeholder"), lines=1, max_lines=1, elem_id="query"
    )
    with gr.Row():
        what = gr.Radio(
            [(words("search.passages"), "passages"), (words("search.figures"), "figures")],
            value="passages",
            label=words("search.what"),
        )
        sort = gr.Radio([(words(f"search.by_{each}"), each) for each in SORTS], value="fit", label=words("search.sort"))
    find = gr.Button(words("search.button"), variant="primary", elem_id="find")
    hits = html(elem_id="hits")
    # Figures stand by municipality, measure and period.
    what.input(lambda what: gr.Radio(visible=what == "passages"), what, sort, **QUIET)

    def search(query: str, what: str, sort: str, scope: str) -> str:
        within_request()
        return found_html(service, Asked(printable(query or ""), chosen_scope(scope)), what, sort, words)

    for trigger in (query.submit, find.click, what.input, sort.input):
        trigger(
            search,
            [query, what, sort, chosen],
            hits,
            js="(query, what, sort, scope) => [query, what, sort, window.rapportsvar.scope()]",
            **QUIET,
        )
