"""The Gradio app in one language: the conversation, the search and the reports."""

import atexit
import os
import shutil
import tempfile
from functools import lru_cache

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# Or else Gradio keeps the times of its last 10,000 calls, and sums them up after each.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

import gradio as gr

from qa.web.api import add_api
from qa.web.chat import chat_view
from qa.web.library import library_view
from qa.web.limits import Shares
from qa.web.lists import scope_html
from qa.web.markup import element, text
from qa.web.parts import QUIET, html
from qa.web.search import search_view
from qa.web.service import Service
from qa.web.words import Words

#: The machine's own fonts: nothing is fetched from elsewhere. The buttons' blue is dark enough for white letters.
THEME = gr.themes.Default(
    primary_hue="blue", font=["system-ui", "Segoe UI", "sans-serif"], font_mono=["ui-monospace", "monospace"]
).set(
    button_primary_background_fill="#1d4ed8",
    button_primary_background_fill_hover="#1e40af",
    button_primary_background_fill_dark="#1d4ed8",
    button_primary_text_color="#ffffff",
    button_cancel_background_fill="#b91c1c",
    button_cancel_background_fill_hover="#991b1b",
    button_cancel_background_fill_dark="#b91c1c",
    button_cancel_text_color="#ffffff",
    input_placeholder_color="#57606f",
    input_placeholder_color_dark="#a8b3c2",
    block_info_text_color="#475569",
)
#: Uploaded files that were never added go away after an hour, in seconds.
FORGET = (3_600, 3_600)
#: Of the API's calls, and of uploads, so many are done at once; others wait their turn.
AT_ONCE = 10
#: Gradio keeps the state of so many of the latest sessions, 130 kB each, and takes every call of the API for one. The
#: browser keeps what a conversation needs.
SESSIONS = 300
#: Seconds between two looks for work.
LOOKS_FOR_WORK = 0.01


@lru_cache(1)
def uploads() -> str:
    """The folder of what is uploaded until it is added: this process's alone, for as long as it lives.

    Gradio's own is one that all users of the machine share.
    """
    folder = tempfile.mkdtemp(prefix="rapportsvar-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def build_app(service: Service, words: Words, shares: Shares) -> gr.Blocks:
    """The app's components and wiring; nothing is launched."""
    os.environ["GRADIO_TEMP_DIR"] = uploads()
    app: gr.Blocks
    with gr.Blocks(title=words("app.title"), analytics_enabled=False, delete_cache=FORGET) as app:
        if not words("path"):
            # First, so that the endpoints have their names to themselves.
            add_api(service, shares)
        top = html(top_html(None, words))
        scope = html(scope_html((), words))
        with gr.Tabs():
            with gr.Tab(words("tab.ask")):
                chat_view(app, service, words)
            with gr.Tab(words("tab.search")):
                search_view(service, words)
            with gr.Tab(words("tab.reports")):
                library_view(app, service, scope, words)

        def greet(request: gr.Request) -> str:
            return top_html(request.username, words)

        app.load(greet, None, top, **QUIET)
    app.queue(default_concurrency_limit=AT_ONCE)
    # Gradio looks for work every millisecond, which keeps a tenth of a core busy with nothing.
    app._queue.sleep_when_free = LOOKS_FOR_WORK
    app.state_session_capacity = SESSIONS
    # Mounted, it is never launched, and of an app that isn't, Gradio takes any file for one that was uploaded.
    app.has_launched = True
    return app


def top_html(user: str | None, words: Words) -> str:
    """The page's head: its name, the other language, and who is logged in."""
    other = element(
        "a", text(words("other_language")), href=words("other_path"), lang="en" if words("path") == "" else "sv"
    )
    signed = ""
    if user:
        signed = element("span", text(words("app.signed_in", name=user)))
        signed += element("a", text(words("app.change_password")), href="/losenord")
        signed += (
            '<form method="post" action="/logga-ut">'
            + element("button", text(words("app.sign_out")), type="submit")
            + "</form>"
        )
    return element(
        "header",
        element("a", text(words("skip")), href="#question", class_="skip")
        + element("div", element("h1", text(words("app.title"))) + element("p", text(words("app.lead"))))
        + element("nav", signed + other, aria_label=words("app.navigation")),
        class_="top",
    )
