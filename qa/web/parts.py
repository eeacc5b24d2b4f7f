"""What the views have in common of Gradio."""

from typing import Any

import gradio as gr

#: For what a person does on the page: no endpoint of the API, and no veil over the page for a tenth of a second.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def html(value: str = "", **settings: Any) -> gr.HTML:
    """A part of the page that is our own HTML, and looks as our own style sheet says."""
    return gr.HTML(value, apply_default_css=False, **settings)
