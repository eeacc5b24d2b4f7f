"""The Gradio app: ask, read the answer, open its sources; and search."""

import os
from typing import NamedTuple

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from corpus.errors import RapportsvarError
from qa.assistant import Assistant
from qa.question import Question
from qa.web.render import answer_html, error_html, hits_html, reports_html

HITS = 10
EXAMPLES = [
    "Varför blev det underskott inom hemtjänsten?",
    "Hur hög var sjukfrånvaron 2023?",
    "Hur har antalet personer med hemtjänst utvecklats?",
]
#: The machine's own fonts: nothing is fetched from elsewhere.
THEME = gr.themes.Default(
    primary_hue="blue", font=["system-ui", "Segoe UI", "sans-serif"], font_mono=["ui-monospace", "monospace"]
)
CSS = """
.gradio-container {max-width: 60rem !important; margin: 0 auto !important}
.turn {border-left: 4px solid #1d4ed8; padding: .25rem 0 .25rem 1rem; margin: 1rem 0}
.turn.refused {border-color: #92400e}
.turn h3 {font-size: 1.1rem; margin: 0 0 .5rem} .turn h4 {margin: .75rem 0 .25rem}
.said {font-size: 1.05rem; line-height: 1.6} .place {opacity: .8; font-size: .9rem}
.sources summary {cursor: pointer; padding: .2rem 0} .sources li:target {outline: 2px solid #1d4ed8}
.explanation {opacity: .8; font-size: .9rem} .notes {color: #78350f} .dark .notes {color: #fcd34d}
.sample {background: #fef3c7; color: #451a03; padding: .5rem .75rem; border-radius: .25rem}
mark {background: #fde047; color: #111} blockquote {border-left: 2px solid #999; padding-left: .75rem; margin: .5rem 0}
details table {border-collapse: collapse} details td, details th {padding: .2rem .75rem .2rem 0; text-align: left}
"""
#: The page is Swedish, and a reference opens the source that it leads to.
SCRIPT = """() => {
  document.documentElement.lang = "sv";
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('sup a[href^="#source-"]');
    if (!link) return;
    const source = document.getElementById(link.getAttribute("href").slice(1));
    if (!source) return;
    event.preventDefault();
    source.querySelector("details").open = true;
    source.scrollIntoView({block: "nearest"});
    source.querySelector("summary").focus();
  });
}"""


class Turn(NamedTuple):
    """A question and what came of it, as HTML; the question as it was read, if it was."""

    html: str
    question: Question | None = None


def build_app(assistant: Assistant, sample: bool = False) -> gr.Blocks:
    """The app's components and wiring; nothing is launched."""
    newest = [assistant]

    def current() -> Assistant:
        """The assistant over the library as it is now: reports may have come or gone."""
        newest[0] = newest[0].current()
        return newest[0]

    def ask(question: str, turns: list[Turn]) -> tuple[str, list[Turn], str]:
        """Answer a question after those before it; the conversation as HTML, its turns, and an emptied box."""
        history = [turn.question for turn in turns if turn.question]
        try:
            now = current()
            answer = now.ask(question, history)
            turn = Turn(answer_html(answer, now.library, len(turns)), answer.question)
        except RapportsvarError as error:
            turn = Turn(error_html(question, str(error)))
        turns = [*turns, turn]
        return "".join(turn.html for turn in turns), turns, ""

    def search(query: str) -> str:
        """The passages that fit a text, as HTML."""
        try:
            now = current()
            return hits_html(now.search(query, HITS), now.library)
        except RapportsvarError as error:
            return error_html("", str(error))

    app: gr.Blocks
    with gr.Blocks(title="Rapportsvar", analytics_enabled=False) as app:
        gr.HTML("<h1>Rapportsvar</h1><p>Fråga kommunernas rapporter. Varje svar är citat med källa.</p>")
        gr.HTML(reports_html(assistant.library.entries, sample))
        with gr.Tab("Fråga"):
            conversation = gr.HTML("", elem_id="conversation")
            turns = gr.State([])
            question = gr.Textbox(
                label="Din fråga", placeholder="Skriv en fråga och tryck Retur", lines=1, max_lines=4, autofocus=True
            )
            send = gr.Button("Fråga", variant="primary")
            gr.Examples(EXAMPLES, question, label="Exempel")
            question.submit(ask, [question, turns], [conversation, turns, question], api_name=None)
            send.click(ask, [question, turns], [conversation, turns, question], api_name="ask")
        with gr.Tab("Sök"):
            query = gr.Textbox(label="Sök i rapporterna", placeholder="Ord eller mening")
            find = gr.Button("Sök", variant="primary")
            hits = gr.HTML("", elem_id="hits")
            query.submit(search, query, hits, api_name=None)
            find.click(search, query, hits, api_name="search")
    return app


def launch(
    assistant: Assistant, sample: bool, host: str, port: int, open_browser: bool, wait: bool = True
) -> tuple[gr.Blocks, str]:
    """Serve the app; returns it and its address: at once, or when it is stopped if to ``wait``.

    Raises:
        OSError: if the port is taken.
    """
    app = build_app(assistant, sample)
    _, address, _ = app.launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        prevent_thread_lock=not wait,
        share=False,
        quiet=True,
        show_error=True,
        footer_links=[],
        theme=THEME,
        css=CSS,
        js=SCRIPT,
    )
    return app, str(address)
