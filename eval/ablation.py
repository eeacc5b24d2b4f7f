"""What each part of retrieval is worth: ``python -m eval.ablation``.

Recall within the first 4,000 characters of ranked passages, by the search alone, on the sample
reports' cases and, where RAPPORTSVAR_REPORTS names them, on the real reports'. The scope that a
question names is applied throughout.
"""

import argparse
import sys
from collections.abc import Sequence
from statistics import mean

from corpus.errors import RapportsvarError
from eval.cases import Case
from eval.measures import recall
from eval.suites import standard_suites
from index.encode import Encoder, load_encoder
from index.glossary import Glossary
from index.store import Library
from qa.assistant import Assistant
from qa.retrieve import Mode

#: More passages than 4,000 characters hold.
HITS = 20
VARIANTS: dict[str, tuple[Mode, Glossary | None]] = {
    "lexical": (Mode.LEXICAL, Glossary()),
    "lexical, glossary": (Mode.LEXICAL, None),
    "dense": (Mode.DENSE, Glossary()),
    "hybrid": (Mode.HYBRID, Glossary()),
    "hybrid, glossary": (Mode.HYBRID, None),
}


def recalls(assistant: Assistant, cases: Sequence[Case]) -> dict[str, float]:
    """Mean recall over all cases, then over those of each kind and of each style, by «kind (cases)»."""
    found = {case.id: recall(case, assistant.search(case.question, HITS), assistant.library) for case in cases}
    groups = {f"all ({len(cases)})": list(found.values())}
    for attribute in ("kind", "style"):
        for value in sorted({getattr(case, attribute) for case in cases}):
            of_value = [found[case.id] for case in cases if getattr(case, attribute) == value]
            groups[f"{value} ({len(of_value)})"] = of_value
    return {name: mean(values) for name, values in groups.items()}


def table(library: Library, cases: Sequence[Case], encoder: Encoder) -> str:
    """A Markdown table, a row for each kind and style and a column for each variant."""
    found = {
        variant: recalls(Assistant(library, encoder, mode, glossary), cases)
        for variant, (mode, glossary) in VARIANTS.items()
    }
    lines = [f"| recall@4000 | {' | '.join(VARIANTS)} |", f"|---|{'---|' * len(VARIANTS)}"]
    for name in found["hybrid"]:
        values = " | ".join(f"{found[variant][name]:.3f}" for variant in VARIANTS)
        lines.append(f"| {name} | {values} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.ablation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", help="an encoder by folder or name (default: the shipped one)")
    arguments = parser.parse_args()
    try:
        encoder = load_encoder(arguments.model)
        for suite in standard_suites():
            with suite.library(encoder) as library:
                cases = [case for case in suite.cases if case.answerable]
                print(f"**{suite.name}**\n\n{table(library, cases, encoder)}\n")
    except RapportsvarError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
