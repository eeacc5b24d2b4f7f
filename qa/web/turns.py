"""A question with its answer, as HTML."""

import re
from datetime import date

from index.store import Library
from qa.answer import Answer, Status
from qa.brief import make_brief, scope_text
from qa.charts import charts
from qa.references import Reference, references
from qa.web.chart import chart_html
from qa.web.links import Asked, citations_link
from qa.web.markup import element, text
from qa.web.words import Words

MOST_ANNOUNCED = 500


def turn_html(answer: Answer, library: Library, asked: Asked, number: int, notice: str, words: Words) -> str:
    """The answer to ``asked``, the conversation's ``number``-th, from 0; its words, sources and what to do with it."""
    every, of_sentences = references(answer)
    said = "".join(
        (f"</p><p><strong>{text(sentence.source)}:</strong> " if sentence.source else " ")
        + _unbroken(text(sentence.text))
        + "".join(_mark(reference, words) for reference in found)
        for sentence, found in zip(answer.sentences, of_sentences, strict=True)
    )
    said = f"<p>{said}</p>".replace("<p></p>", "")
    question = answer.question
    permanent = Asked(question.text if question.joined else question.written, asked.scope)
    answered = answer.status is Status.ANSWERED
    every_scope = (words("scope.any_municipality"), words("scope.any_board"), words("scope.any_year"))
    notes = "".join(element("li", text(note)) for note in (*answer.notes, *((notice,) if notice else ())))
    drawn = "".join(
        chart_html(chart, words, f"{number}-{at}")
        for at, chart in enumerate(charts(answer, library) if answered else [])
    )
    sources = "".join(_source(reference, words) for reference in every)
    brief = make_brief(answer, library, date.today(), sample=notice)
    return (
        f'<article class="turn {"answered" if answered else "refused"}" aria-labelledby="fraga-{number}" '
        f'data-announce="{text(_announced(answer, len(every), words))}">'
        + element("h2", text(question.written), id=f"fraga-{number}", tabindex=-1, lang="sv")
        + element("p", text(words("turn.scope", scope=scope_text(question.scope, every_scope))), class_="place")
        + element("div", said, class_="said", lang="sv")
        + (element("p", text(" ".join(answer.explanation)), class_="hint", lang="sv") if answer.explanation else "")
        + drawn
        + (element("ul", notes, class_="notes", lang="sv", aria_label=words("turn.notes")) if notes else "")
        + (element("h3", text(words("turn.sources"))) + element("ol", sources, class_="sources") if sources else "")
        + _actions(brief.text, permanent, words)
        + _feedback(permanent, number, words)
        + "</article>"
    )


#: «16 450» on two lines would read as two numbers.
THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)")


def _unbroken(shown: str) -> str:
    """Text, as HTML already, in which no line breaks within a number; what is copied from it stays as it is written."""
    return THOUSANDS.sub(r'<span class="number">\g<0></span>', shown)


def _announced(answer: Answer, sources: int, words: Words) -> str:
    """What a screen reader is told of a new answer; the rest is there to be read."""
    said = answer.text if len(answer.text) <= MOST_ANNOUNCED else answer.text[:MOST_ANNOUNCED] + "…"
    counted = words.counted("ask.sources_count", "ask.one_source", sources) if sources else ""
    return words("ask.answered", text=said, sources=counted)


def error_html(question: str, message: str, number: int) -> str:
    """A question that could not be asked, with the sentence that says why."""
    heading = element("h2", text(question[:200]) or "–", id=f"fraga-{number}", tabindex=-1)
    return element(
        "article",
        heading + element("div", element("p", text(message)), class_="said"),
        class_="turn refused",
        aria_labelledby=f"fraga-{number}",
    )


def _mark(reference: Reference, words: Words) -> str:
    first = reference.first
    known = {"number": reference.number, "title": first.title, "page": first.page}
    label = words("turn.source_on" if first.page else "turn.source", **known)
    link = element(
        "a",
        f"[{reference.number}]",
        href=citations_link(words("path"), reference.citations),
        class_="to-source",
        aria_label=label,
    )
    return element("sup", link)


def _source(reference: Reference, words: Words) -> str:
    first = reference.first
    page = f", {words('turn.page', page=first.page)}" if first.page else ""
    link = element(
        "a",
        text(f"{first.title} ({first.file}{page})"),
        href=citations_link(words("path"), reference.citations),
        class_="to-source",
        lang="sv",
    )
    quote = " … ".join(" ".join(c.quote.split()) for c in sorted(reference.citations, key=lambda c: c.start))
    return element("li", link + element("q", text(quote), lang="sv"), value=reference.number)


def _actions(copied: str, asked: Asked, words: Words) -> str:
    links = "".join(
        element("a", text(words(f"turn.{key}")), href=f"/underlag/{kind}?{asked.query}", download=True)
        for key, kind in (("word", "docx"), ("pdf", "pdf"))
    )
    said = {"type": "button", "data_done": words("turn.copied"), "data_failed": words("turn.copy_failed")}
    return (
        f'<div class="actions" role="group" aria-label="{text(words("turn.actions"))}">'
        + element("button", text(words("turn.copy")), data_copy=copied, **said)
        + links
        + element("button", text(words("turn.link")), data_link=f"{words('path')}/?{asked.query}", **said)
        + element("button", text(words("turn.print")), type="button", data_print=True)
        + "</div>"
    )


def _feedback(asked: Asked, number: int, words: Words) -> str:
    choices = "".join(
        f'<label><input type="radio" name="verdict-{number}" value="{value}"> '
        f"{text(words(f'feedback.{value}'))}</label>"
        for value in ("useful", "wrong", "missing")
    )
    note = f'<label>{text(words("feedback.note"))} <textarea name="note" rows="2" maxlength="2000"></textarea></label>'
    return (
        f'<details class="feedback"><summary>{text(words("feedback.question"))}</summary>'
        f'<form data-feedback="{text(asked.query)}" data-done="{text(words("feedback.thanks"))}" '
        f'data-choose="{text(words("feedback.choose"))}" data-failed="{text(words("feedback.failed"))}">'
        f'<fieldset><legend class="hidden">{text(words("feedback.question"))}</legend>{choices}</fieldset>{note}'
        f'<button type="submit">{text(words("feedback.send"))}</button><p role="status"></p></form></details>'
    )
