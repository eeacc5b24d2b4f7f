"""All figures of a report: its tables' cells and the amounts of its running text."""

from corpus.document import Figure, Report
from corpus.prose import prose_figures
from corpus.tables import table_figures


def figures(report: Report) -> list[Figure]:
    """The figures of ``report`` in order; cells whose column is uncertain are left out."""
    return sorted([*table_figures(report), *prose_figures(report)], key=lambda figure: figure.start)
