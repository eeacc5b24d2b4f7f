"""What a figure measures, as a key that two reports' labels for the same thing share."""

import re

from corpus.document import Figure

#: Words of labels that tell how a thing is counted; its unit tells that as well.
COUNTING = re.compile(r"\b(?:totalt?|antal(?:et)?|andel(?:en)?|summa|procent|%|i)\b|%", re.I)


def measure(figure: Figure) -> str:
    """The key of what a table's cell measures; empty for an amount of running text.

    Letters and digits alone, since extraction splits words ("vård dygn") and years differ in
    hyphens and in words of counting.

    >>> from decimal import Decimal; from corpus.document import FigureKind as Kind
    >>> measure(Figure("r", 0, 1, "Antal vård dygn, totalt", "", (), "2023", Kind.OUTCOME, None, Decimal(1), None))
    'vårddygn'
    """
    if not figure.column:
        return ""
    parts = (re.sub(r"[\W_]", "", COUNTING.sub(" ", part)).lower() for part in (figure.group, figure.label))
    return "/".join(filter(None, parts))
