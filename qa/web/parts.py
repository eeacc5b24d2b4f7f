"""What the views have in common of Gradio."""

from typing import Any

import gradio as gr

from qa.web.access import NOBODY, current_asker

#: For what a person does on the page: no endpoint of the API, no veil over the page for a tenth of a second, and no
#: queue: its stream is closed after each event, and one that comes just then is lost.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}


def html(value: str = "", **settings: Any) -> gr.HTML:
    """A part of the page that is our own HTML, and looks as our own style sheet says."""
    return gr.HTML(value, apply_default_css=False, **settings)


def within_request() -> None:
    """See that somebody's request is being answered.

    What only the page uses can be put in Gradio's queue too, where nobody is known and no time is counted.

    Raises:
        gradio.Error: if none is.
    """
    if current_asker() is NOBODY:
        raise gr.Error("Det går bara att göra från sidan.", print_exception=False)
