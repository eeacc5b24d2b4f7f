"""What each part is worth: the same cases asked with parts left out, as Markdown tables."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from eval.cases import Case
from eval.console import asking, further, show
from eval.gate import SIGNIFICANT
from eval.measures import label
from eval.run import Evaluation, evaluate
from eval.significance import difference
from eval.suites import add_arguments as add_arguments
from eval.suites import chosen_suites
from eval.words import KINDS, STYLES, number
from index.encode import Encoder, load_encoder
from index.glossary import Glossary
from index.store import Library
from qa.assistant import Assistant
from qa.retrieve import Mode

HELP = "Mät vad varje del är värd: sökningarna var för sig, utan ordlista, utan avgränsning."
COLUMNS = ("recall", "recall_5", "ndcg", "rr", "correct", "cited", "refused", "overrefused")
EXPLAINED = "En stjärna märker det som är sämre än med alla delar på ett sätt som slumpen sällan ger (p < 0,05)."
#: The measure that is also shown by kind and style.
BY_GROUP = "recall"


@dataclass(frozen=True, slots=True)
class Variant:
    """An assistant with parts left out."""

    name: str
    mode: Mode = Mode.HYBRID
    glossary: bool = True
    scoped: bool = True

    def assistant(self, library: Library, encoder: Encoder) -> Assistant:
        glossary = None if self.glossary else Glossary()
        return Assistant(library, encoder, self.mode, glossary, self.scoped)


EVERYTHING = Variant("allt")
VARIANTS = (
    EVERYTHING,
    Variant("utan ordlista", glossary=False),
    Variant("utan avgränsning", scoped=False),
    Variant("lexikal", Mode.LEXICAL),
    Variant("lexikal utan ordlista", Mode.LEXICAL, glossary=False),
    Variant("vektorer", Mode.DENSE),
)


def run(given: argparse.Namespace) -> int:
    """Print the tables of each suite."""
    encoder = load_encoder(given.model)
    for suite in chosen_suites(given):
        with suite.library(encoder) as library:
            show(f"**{suite.name}**\n\n{EXPLAINED}\n\n{table(library, suite.cases, encoder)}\n")
    return 0


def table(library: Library, cases: Sequence[Case], encoder: Encoder) -> str:
    """A row for each variant with its measures, and its recall by kind and style.

    A star marks what is significantly worse than with all parts, by the paired test.
    """
    found: dict[Variant, Evaluation] = {}
    with asking("Varianter", len(VARIANTS) * len(cases)) as progress:
        for at, variant in enumerate(VARIANTS):
            heard = partial(further, progress, at * len(cases))
            found[variant] = evaluate(variant.assistant(library, encoder), cases, heard)
    lines = [f"| | {' | '.join(map(label, COLUMNS))} |", f"|---|{'---|' * len(COLUMNS)}"]
    for variant, evaluation in found.items():
        cells = [_cell(column, evaluation, found[EVERYTHING]) for column in COLUMNS]
        lines.append(f"| {variant.name} | {' | '.join(cells)} |")
    lines += [
        "",
        f"| {label(BY_GROUP)} | {' | '.join(each.name for each in VARIANTS)} |",
        f"|---|{'---|' * len(VARIANTS)}",
    ]
    for words, attribute in ((KINDS, "kind"), (STYLES, "style")):
        groups = [evaluation.by(partial(_of_answerable, attribute)) for evaluation in found.values()]
        for name, values in groups[0].items():
            cells = [number(group[name][BY_GROUP]) for group in groups]
            lines.append(f"| {words[name]} ({int(values['cases'])}) | {' | '.join(cells)} |")
    return "\n".join(lines)


def _of_answerable(attribute: str, case: Case) -> str | None:
    return getattr(case, attribute) if case.answerable else None


def _cell(column: str, evaluation: Evaluation, whole: Evaluation) -> str:
    measures = [{o.case.id: o.measures for o in each.outcomes} for each in (whole, evaluation)]
    change = difference(column, *measures)
    star = "*" if change and change.loss and change.p < SIGNIFICANT else ""
    return f"{number(evaluation.summary[column])}{star}" if column in evaluation.summary else ""
