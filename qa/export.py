"""Figures as lines for the terminal and as rows for spreadsheets."""

import csv
from collections.abc import Iterator, Sequence
from typing import TextIO

from corpus.document import Figure
from corpus.municipalities import official
from index.store import Library
from qa.compose import source_name
from qa.stating import name, stated_cell

FIGURE_HEADINGS = (
    "Kommun", "Avsnitt", "Mått", "Kolumn", "Slag", "Period", "Gräns", "Värde", "Enhet", "Rapport", "Sida", "Anmärkning",
)  # fmt: skip
#: A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def figure_row(figure: Figure, library: Library) -> tuple[str, ...]:
    """A figure as the text of its columns, under ``FIGURE_HEADINGS``; the value with decimal comma, unrounded."""
    report = library.report(figure.report_id)
    page = report.page(figure.start)
    value = str(figure.value).replace(".", ",")
    return (
        official(report.municipality) if report.municipality else "",
        " › ".join(figure.headings),
        name(figure),
        figure.column,
        figure.kind.value,
        figure.period.label if figure.period else "",
        figure.bound or "",
        value,
        figure.unit or "",
        report.file,
        str(page) if page else "",
        figure.note or "",
    )


def figure_lines(figures: Sequence[Figure], library: Library) -> Iterator[tuple[str, list[str]]]:
    """For each report its name, and a line for each of its rows and amounts with their pages."""
    by_report: dict[str, dict[tuple[int, str], list[Figure]]] = {}
    for figure in figures:
        report = library.report(figure.report_id)
        row = (report.block_at(figure.start).start, name(figure))
        by_report.setdefault(figure.report_id, {}).setdefault(row, []).append(figure)
    for report_id, rows in by_report.items():
        report = library.report(report_id)
        lines = []
        for (_, label), cells in rows.items():
            page = report.page(cells[0].start)
            said = "; ".join(stated_cell(cell, library) for cell in cells)
            lines.append(f"{label}: {said}{f', sida {page}' if page else ''}")
        yield source_name(report), lines


def write_csv(rows: Sequence[Sequence[str]], out: TextIO, headings: Sequence[str] = FIGURE_HEADINGS) -> None:
    """Rows under their headings, with semicolons, as Swedish spreadsheets read them.

    Words that a spreadsheet would run as a formula are given an apostrophe; numbers are left.
    """
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(headings)
    value = headings.index("Värde")
    for row in rows:
        writer.writerow(f"'{cell}" if at != value and cell.startswith(FORMULA) else cell for at, cell in enumerate(row))
