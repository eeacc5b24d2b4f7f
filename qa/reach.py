"""Which reports' tables are read for an answer, where there are more in scope than can be read in no time."""

from collections.abc import Sequence

from index.store import Library
from qa.question import Question, in_scope
from qa.recency import latest_reports

#: All of so few reports are read; of more, the first so many: each takes a millisecond or two.
ALL_READ, MOST_READ = 24, 8


def in_reach(question: Question, library: Library, found: Sequence[str]) -> list[str]:
    """The ids of the reports in scope; of many, those that the search ``found`` something in, the best first.

    Where a municipality is named, others of its reports follow: of the years asked for, then the newest.
    """
    entries = in_scope(library.entries, question.scope)
    if len(entries) <= ALL_READ:
        return [entry.report_id for entry in entries]
    within = {entry.report_id for entry in entries}
    chosen = [report_id for report_id in dict.fromkeys(found) if report_id in within]
    if question.scope.municipalities and len(chosen) < MOST_READ:
        latest = latest_reports(library)
        rest = [entry for entry in entries if entry.report_id not in chosen]
        rest.sort(
            key=lambda entry: (
                not (entry.period and entry.period.year in question.scope.years),
                entry.report_id not in latest,
            )
        )
        chosen += [entry.report_id for entry in rest]
    return chosen[:MOST_READ]
