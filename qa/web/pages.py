"""The pages beside the app: a source by itself, the login, and what can't be shown."""

import json

from qa.web.markup import element, text
from qa.web.words import Words

STYLE = '<link rel="stylesheet" href="/rapportsvar.css"><script src="/rapportsvar.js" defer></script>'


def head(words: Words) -> str:
    """What the app's page begins with: Gradio speaks the page's language too, not the browser's."""
    said = f'Object.defineProperty(navigator, "language", {{get: () => "{words("language")}"}});'
    keys = {"title": "error.title", "lost": "error.lost", "close": "source.close", "upload": "reports.upload"}
    shown = json.dumps({name: words(key) for name, key in keys.items()})
    said += f"window.rapportsvarWords = {shown.replace('<', chr(92) + 'u003c')};"
    return f'<script>{said}</script><link rel="icon" href="data:,">{STYLE}'


def page_html(title: str, body: str, words: Words) -> str:
    """A whole page around ``body``."""
    return (
        f'<!doctype html><html lang="{text(words("language"))}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)} – {text(words('app.title'))}</title>"
        f'<link rel="icon" href="data:,">{STYLE}</head>'
        f'<body class="page-alone"><main class="rapportsvar">{body}</main></body></html>'
    )


def message_html(message: str, words: Words) -> str:
    """A page that says what is wrong, with the way back."""
    back = element("a", text(words("error.back")), href=f"{words('path')}/")
    return page_html(words("app.title"), element("h1", text(message)) + element("p", back), words)


def login_html(words: Words, target: str, refused: str = "") -> str:
    """The login; after it comes ``target``. It says why the one before was ``refused``."""
    said = element("p", text(refused), class_="failed", role="alert") if refused else ""
    return page_html(
        words("login.title"),
        element("h1", text(words("app.title")))
        + said
        + '<form method="post" action="/logga-in" class="login" data-leave>'
        f'<input type="hidden" name="till" value="{text(target)}">'
        f'<label>{text(words("login.name"))} <input name="namn" autocomplete="username" required autofocus></label>'
        f"<label>{text(words('login.password'))} "
        '<input name="losenord" type="password" autocomplete="current-password" required></label>'
        f'<button type="submit" class="primary">{text(words("login.button"))}</button></form>',
        words,
    )


def password_html(words: Words, shortest: int, said: str = "", done: bool = False) -> str:
    """The form to change one's own password with, and what came of the one before."""
    told = element("p", text(said), **({"role": "status"} if done else {"class_": "failed", "role": "alert"}))
    fields = "".join(
        f"<label>{text(words(f'password.{key}', shortest=shortest))} "
        f'<input name="{name}" type="password" autocomplete="{filled}" required></label>'
        for key, name, filled in (
            ("current", "nuvarande", "current-password"),
            ("new", "nytt", "new-password"),
            ("again", "igen", "new-password"),
        )
    )
    form = (
        f'<form method="post" action="/losenord" class="login">{fields}'
        f'<button type="submit" class="primary">{text(words("password.button"))}</button></form>'
    )
    back = element("p", element("a", text(words("error.back")), href="/"))
    heading = element("h1", text(words("password.title")))
    return page_html(words("password.title"), heading + (told if said else "") + ("" if done else form) + back, words)
