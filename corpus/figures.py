"""All figures of a report: its tables' cells and the amounts of its running text."""

from dataclasses import dataclass

from corpus.document import Figure, Report
from corpus.meaning import table_figures
from corpus.prose import prose_figures
from corpus.tables import tables


@dataclass(frozen=True, slots=True)
class Figures:
    """A report's figures in order, and how many of its table cells stand under no certain column."""

    found: tuple[Figure, ...]
    uncertain: int


def read_figures(report: Report) -> Figures:
    """The figures of ``report``; cells whose column is uncertain are counted and left out."""
    read = tables(report)
    found = sorted([*table_figures(report, read), *prose_figures(report)], key=lambda figure: figure.start)
    return Figures(tuple(found), sum(table.uncertain for table in read))
