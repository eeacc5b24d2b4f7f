"""How probable it is that a piece of a report is of the years that a question names.

The nearest level that speaks wins: the sentence's own words, the headings over it, and only then the report.
"""

from collections.abc import Collection

from index.holdings import of_years
from index.prepare import Entry

#: A sentence, or a heading, that names the year asked for is of it; one that names others alone is rarely, though a
#: report that is of the year compares it with others.
NAMED, NAMED_ABOVE = 0.95, 0.85
OTHERS, COMPARED = 0.1, 0.25
#: A report tells of other years than its own, and of its own in most of its sentences.
OF_OTHERS, OF_ITS_OWN = 0.03, 0.6
#: What is of a report of the year that was asked for, and names none.
USUAL = OF_OTHERS + OF_ITS_OWN


def year_fit(asked: Collection[int], told: Collection[int], above: Collection[int], entry: Entry) -> float:
    """The probability that a piece is of one of the years ``asked``; 1 where none are.

    ``told`` are the years of its own words, ``above`` those of the headings over it.
    """
    wanted = set(asked)
    if not wanted:
        return 1.0
    own = of_years(entry, wanted)
    for years, named in ((told, NAMED), (above, NAMED_ABOVE)):
        if years:
            return named if wanted & set(years) else OTHERS + COMPARED * own
    return OF_OTHERS + OF_ITS_OWN * own
