"""A chart as SVG that can be read without being seen: a title, columns that lead to their sources, and a table."""

from decimal import Decimal

from qa.charts import Chart, Point
from qa.web.links import citations_link
from qa.web.markup import element, text
from qa.web.words import Words

#: All in the drawing's own units, which are a phone's pixels.
COLUMN, GAP, HEIGHT, TOP, BOTTOM, SIDE = 40, 14, 150, 22, 26, 8
#: A column is at least so high that it can be seen, and pointed at.
LEAST = 2


def chart_html(chart: Chart, words: Words, number: str) -> str:
    """A chart and its table; ``number`` makes its ids its own."""
    several = len(chart.owners) > 1
    legend = "".join(f'<li class="owner-{at % 4}">{text(owner)}</li>' for at, owner in enumerate(chart.owners))
    partly = any(point.part for point in chart.points)
    return (
        f'<figure class="chart" aria-labelledby="chart-{number}">'
        f'<figcaption id="chart-{number}">{text(chart.title)}</figcaption>'
        + (f'<ul class="legend">{legend}</ul>' if several else "")
        + f'<div class="drawing">{_drawing(chart, words)}</div>'
        + (element("p", text(words("turn.part_of_year")), class_="hint") if partly else "")
        + element("details", element("summary", text(words("turn.chart_table"))) + _table(chart, words))
        + "</figure>"
    )


def _drawing(chart: Chart, words: Words) -> str:
    values = [point.figure.value for point in chart.points]
    high, low = max(*values, Decimal(0)), min(*values, Decimal(0))
    span = (high - low) or Decimal(1)
    zero = TOP + float(high / span) * HEIGHT
    group = COLUMN * len(chart.owners) + GAP
    width = max(group * len(chart.times) + 2 * SIDE, 200)
    drawn = [f'<line class="axis" x1="0" x2="{width}" y1="{zero:.1f}" y2="{zero:.1f}"/>']
    for at, when in enumerate(chart.times):
        left = SIDE + GAP / 2 + at * group
        for nth, owner in enumerate(chart.owners):
            if point := chart.point(owner, when):
                height = max(float(abs(point.figure.value) / span) * HEIGHT, LEAST)
                drawn.append(_column(point, nth, left + nth * COLUMN, zero, height, words))
        middle = left + (group - GAP) / 2
        drawn += _label(when, middle, TOP + HEIGHT + BOTTOM - 8)
    total = TOP + HEIGHT + BOTTOM + 12
    return (
        f'<svg viewBox="0 0 {width} {total}" width="{width}" height="{total}" role="group" '
        f'aria-label="{text(chart.title)}">{"".join(drawn)}</svg>'
    )


def _label(when: str, middle: float, below: float) -> list[str]:
    """A column's time under it; a part of a year on two lines."""
    first, _, year = when.rpartition(" ")
    short = "–".join(month[:3] for month in first.split("–"))
    rows = [year, short] if first else [year]
    return [
        f'<text class="when" x="{middle:.1f}" y="{below + 12 * at:.1f}" aria-hidden="true">{text(row)}</text>'
        for at, row in enumerate(rows)
    ]


def _column(point: Point, nth: int, left: float, zero: float, height: float, words: Words) -> str:
    below = point.figure.value < 0
    top = zero if below else zero - height
    unit = f" {point.figure.unit}" if point.figure.unit and point.figure.unit not in point.written else ""
    said = f"{point.owner}, {point.when}: {point.written}{unit}. {words('turn.source', number=point.reference.number)}"
    over = zero + height + 12 if below else top - 5
    return (
        f'<a href="{text(citations_link(words("path"), point.reference.citations))}" class="to-source" '
        f'aria-label="{text(said)}"><rect class="owner-{nth % 4}{" part" if point.part else ""}" '
        f'x="{left + 3:.1f}" y="{top:.1f}" width="{COLUMN - 6}" height="{height:.1f}"/>'
        f'<text class="value" x="{left + COLUMN / 2:.1f}" y="{over:.1f}">{text(point.written)}</text></a>'
    )


def _table(chart: Chart, words: Words) -> str:
    """The chart's figures as a table: a row for each time, a column for each owner."""
    head = "".join(f'<th scope="col">{text(owner)}</th>' for owner in chart.owners)
    rows = ""
    for when in chart.times:
        cells = ""
        for owner in chart.owners:
            point = chart.point(owner, when)
            if point is None:
                cells += "<td>–</td>"
                continue
            link = text(citations_link(words("path"), point.reference.citations))
            cells += (
                f'<td>{text(point.written)} <a class="to-source" href="{link}" '
                f'aria-label="{text(words("turn.source", number=point.reference.number))}">'
                f"[{point.reference.number}]</a></td>"
            )
        rows += f'<tr><th scope="row">{text(when)}</th>{cells}</tr>'
    return (
        f"<table><caption>{text(chart.title)}</caption><thead><tr>"
        f'<th scope="col">{text(words("reports.period"))}</th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
