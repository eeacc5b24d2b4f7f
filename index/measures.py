"""What a figure measures, as a key that two reports' labels for the same thing share."""

import re

from corpus.document import Figure

#: Words of labels that tell how a thing is counted; its unit tells that as well.
COUNTED_AS = re.compile(r"\b(?:totalt?|antal(?:et)?|andel(?:en)?|summa|procent|%|i)\b|%", re.I)
#: Labels that say nothing without the name of their table.
PART_OF = re.compile(
    r"^\W*\d|^(?:kvinnor|män|flickor|pojkar|dag|ålder|varav|därav|månad)\b|^(?:totalt?|summa|antal|övrigt?)\W*$", re.I
)


def table_name(figure: Figure) -> str:
    """The name of a figure's table where its label says nothing without it; else nothing."""
    label = figure.label.strip(" *%:,")
    return figure.headings[-1] if not figure.group and PART_OF.match(label) and figure.headings else ""


def measure(figure: Figure) -> str | None:
    """The key of what a table's cell measures; None for running text, and for a label that tells nothing.

    Letters and digits alone, since extraction splits words ("vård dygn") and years differ in
    hyphens and in words of counting.

    >>> from decimal import Decimal; from corpus.document import FigureKind as Kind
    >>> measure(Figure("r", 0, 1, "Antal vård dygn, totalt", "", (), "2023", Kind.OUTCOME, None, Decimal(1), None))
    'vårddygn'
    """
    if not figure.column:
        return None
    named = (re.sub(r"(?:19|20)\d\d", "", table_name(figure)), figure.group, figure.label)
    parts = (re.sub(r"[\W_]", "", COUNTED_AS.sub(" ", part)).lower() for part in named)
    return "/".join(filter(None, parts)) or None
