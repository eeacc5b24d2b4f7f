"""Text as HTML. Everything from reports and users goes through ``text``."""

from collections.abc import Iterable
from html import escape


def text(value: object) -> str:
    """Text that the page shows as it is, never runs: neither as HTML nor as a template."""
    shown = escape(str(value))
    for mark, code in (("$", "&#36;"), ("{", "&#123;"), ("}", "&#125;"), ("`", "&#96;")):
        shown = shown.replace(mark, code)
    return shown


def lines(value: str) -> str:
    """Text whose line breaks are kept, and whose tabs part a table's cells."""
    return text(value).replace("\t", ' <span class="cell">|</span> ').replace("\n", "<br>")


def marked(value: str, spans: Iterable[tuple[int, int]], start: int = 0) -> str:
    """Text with marks on stretches of it; ``spans`` count from ``start`` before the text's own beginning."""
    shown, at = "", 0
    for first, last in sorted((max(a - start, 0), min(b - start, len(value))) for a, b in spans):
        first = max(first, at)
        if first >= last:
            continue
        shown += f"{lines(value[at:first])}<mark>{lines(value[first:last])}</mark>"
        at = last
    return shown + lines(value[at:])


def element(name: str, content: str, **attributes: object) -> str:
    """An element whose ``content`` is HTML already; attributes that are None or False are left out.

    ``class_`` is class; an underscore within a name is a hyphen.
    """
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return f"<{name}{said}>{content}</{name}>"
