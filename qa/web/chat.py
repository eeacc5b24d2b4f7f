"""The conversation: questions, answers, and what to begin with."""

import json
import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import gradio as gr

from corpus.errors import RapportsvarError
from corpus.shown import printable
from index.holdings import Holdings
from qa.audit import Event
from qa.question import LONGEST, Question
from qa.web.access import current_asker
from qa.web.links import Asked, asked, chosen_scope
from qa.web.lists import first_html
from qa.web.markup import element, text
from qa.web.parts import QUIET, html, within_request
from qa.web.service import Service
from qa.web.turns import error_html, turn_html
from qa.web.words import Words

#: So many turns come back when a page is loaded again.
MOST_REMEMBERED = 50
#: So many seconds are spent on that; fifty questions as people write them take one.
RESTORING_SECONDS = 3.0
#: What the log says of a question that was not asked anew.
AGAIN = "igen"
REFUSED = "nekad"
SUGGESTIONS = 3


class Turn(NamedTuple):
    """What was asked and what came of it, as HTML; the question as it was read, if it was."""

    asked: Asked
    html: str
    question: Question | None = None
    who: str = ""


def answered(service: Service, wanted: Asked, turns: Sequence[Turn], words: Words, again: bool = False) -> Turn:
    """The turn that answers a question after those before it; the log tells what is only shown ``again``."""
    history = [turn.question for turn in turns if turn.question]
    asker = current_asker()
    who = asker.login or asker.label
    try:
        answer, library = service.ask(wanted, history)
        service.record(Event.ASK, wanted.text, f"{answer.status} ({AGAIN})" if again else answer.status)
        html = turn_html(answer, library, wanted, len(turns), service.notice, words)
        return Turn(wanted, html, answer.question, who)
    except RapportsvarError as error:
        service.record(Event.ASK, wanted.text, REFUSED)
        # What is too long is not kept whole.
        kept = Asked(wanted.text[:LONGEST], wanted.scope)
        return Turn(kept, error_html(kept.text, str(error), len(turns)), who=who)
    except Exception:
        # Whatever it is, the conversation goes on; the one who looks after the server sees the rest.
        logging.getLogger("rapportsvar").exception("a question failed")
        return Turn(wanted, error_html(wanted.text, words("error.unexpected"), len(turns)), who=who)


def conversation(turns: Iterable[Turn]) -> str:
    """All turns as HTML, oldest first."""
    return "".join(turn.html for turn in turns)


def remembered(text: str) -> tuple[list[Asked], Asked | None]:
    """What a browser says that was asked before, and what its address asks now; nothing of what can't be read.

    What was asked in another login than the one that asks now is not for this asker.
    """
    try:
        values = json.loads(text)
        mine = values["owner"] == current_asker().login
        before = [asked(each) for each in values["turns"][-MOST_REMEMBERED:]] if mine else []
        return [each for each in before if each], asked(values["given"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [], None


def memory_of(turns: Sequence[Turn]) -> str:
    """What a browser keeps of the turns until the page is loaded again."""
    return json.dumps([turn.asked.as_json() for turn in turns], ensure_ascii=False)


def chat_view(app: gr.Blocks, service: Service, words: Words) -> None:
    """Adds the conversation to the app."""
    turns = gr.State([])
    memory = gr.Textbox(visible=False)
    chosen = gr.Textbox(visible=False)
    with gr.Column(elem_classes="first") as first:
        reports = html(elem_classes="first")
        html(element("p", text(words("first.suggestions")), class_="hint"))
        with gr.Row():
            suggested = [gr.Button(visible=False, size="md") for _ in range(SUGGESTIONS)]
    shown = html(elem_id="conversation")
    with gr.Row(elem_classes="composer", equal_height=True):
        question = gr.Textbox(
            label=words("ask.question"),
            placeholder=words("ask.placeholder"),
            lines=1,
            max_lines=6,
            scale=5,
            elem_id="question",
            # Until what was said before has come back: a question asked meanwhile would be lost.
            interactive=False,
        )
        send = gr.Button(
            words("ask.button"), variant="primary", scale=1, min_width=110, interactive=False, elem_id="send"
        )
    new = gr.Button(words("ask.new"), visible=False, size="sm", elem_id="new")
    page = [shown, turns, memory, first, new]

    def state(after: list[Turn]) -> tuple[Any, ...]:
        first, new = gr.Column(visible=not after), gr.Button(visible=bool(after))
        return conversation(after), after, memory_of(after), first, new

    def restored(before: Sequence[Asked]) -> list[Turn]:
        after: list[Turn] = []
        until = time.monotonic() + RESTORING_SECONDS
        for wanted in before:
            if time.monotonic() < until:
                after.append(answered(service, wanted, after, words, again=True))
        return after

    def ask(asked_now: str, before: list[Turn], scope: str, kept: str) -> tuple[Any, ...]:
        within_request()
        # The server forgets, when it is started anew or many others have asked; the browser doesn't.
        asker = current_asker()
        mine = [turn for turn in before if turn.who == (asker.login or asker.label)]
        before = mine or restored(remembered(kept)[0])
        wanted = Asked(printable(asked_now or ""), chosen_scope(scope))
        return "", *state([*before, answered(service, wanted, before, words)])

    def opened(kept: str) -> tuple[Any, ...]:
        within_request()
        before, now = remembered(kept)
        after = restored(before)
        if now and now not in before[-1:]:
            after.append(answered(service, now, after, words))
        try:
            entries, known = service.library.entries, service.suggestions()
        except RapportsvarError as error:
            gr.Warning(str(error))
            entries, known = Holdings(), []
        buttons = [gr.Button(value=each, visible=True) for each in known]
        buttons += [gr.Button(visible=False)] * (SUGGESTIONS - len(known))
        usable = gr.Textbox(interactive=True), gr.Button(interactive=True)
        return *usable, *state(after), first_html(entries, service.sample, words), *buttons

    keep = "(kept) => { window.rapportsvar.remember(kept); }"
    for trigger, source in (
        (question.submit, question),
        (send.click, question),
        *((each.click, each) for each in suggested),
    ):
        trigger(
            ask,
            [source, turns, chosen, memory],
            [question, *page],
            js="(text, turns) => [text, turns, window.rapportsvar.scope(), window.rapportsvar.remembered()]",
            **QUIET,
        ).then(None, memory, None, js=keep, **QUIET)
    again = "(kept) => { window.rapportsvar.remember(kept); window.rapportsvar.focus('#question textarea'); }"
    new.click(lambda: state([]), None, page, **QUIET).then(None, memory, None, js=again, **QUIET)
    app.load(
        opened,
        memory,
        [question, send, *page, reports, *suggested],
        js="() => [window.rapportsvar.remembered()]",
        **QUIET,
    ).then(None, memory, None, js=keep, **QUIET)
