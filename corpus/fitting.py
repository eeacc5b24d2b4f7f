"""``python -m corpus.fitting LABELS.json FOLDER... [--excerpts FILE.jsonl]``: what tells what a document is, weighed.

LABELS.json has, by file name, {"year": …, "place": …}, each null where the document is of none; the files are looked
for in the folders. Excerpts, a JSON object a line with a title ``t``, a heading ``h`` and sentences ``s``, are labelled
by their titles. Prints how many documents come out right when each is left out of the fit, and the weights; with
``--write`` they become the program's.
"""

import argparse
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from corpus import dating, placing
from corpus.belief import WEIGHTS, Features, probabilities
from corpus.errors import RapportsvarError
from corpus.municipalities import NAMES
from corpus.read import read_raw
from corpus.repair import repair
from corpus.structure import structure

#: Pulls the weights towards nothing, so that what few documents have tells little.
RIDGE = 0.05
#: How each kind is read from a text, its running headers and a file's name.
KINDS: dict[str, Callable[[str, Iterable[str], str], Features]] = {"year": dating.features, "place": placing.features}
TITLED_PLACE = re.compile(r"([A-ZÅÄÖ][\wåäö]+) kommun\b")

Labelled = tuple[Features, Any]


def document(path: Path) -> tuple[str, tuple[str, ...], str]:
    """A file's text, its running headers and its name."""
    raw = read_raw(path, None)
    repaired = repair(raw)
    return structure(repaired.lines, len(raw.pages), raw.paged).text, tuple(repaired.dropped), path.name


def titled(kind: str, title: str) -> Any:
    """The label that a title gives."""
    if kind == "year":
        return int(found[1]) if (found := dating.YEAR.search(title)) else None
    return found[1].removesuffix("s") if (found := TITLED_PLACE.match(title)) else None


def in_addresses(text: str, place: str, at: int) -> Labelled:
    """The same text from the ``at``-th listed municipality, which it names in addresses alone, as many documents do."""
    other = NAMES[at * 37 % len(NAMES)]
    bare = re.sub(rf"{re.escape(place)}s? kommun\w*|{re.escape(place)}s?", "kommunen", text)
    plain = placing.letters(other)
    lines = (f"www.{plain}.se", f"kommunen@{plain}.se", f"123 45 {other}")
    kept = [line for number, line in enumerate(lines) if (at + number) % 3]
    return placing.features("\n".join([bare, *kept]), (), ""), other


def fitted(documents: list[Labelled], whole: int) -> dict[str, float]:
    """The weights that make the labels most probable.

    The ``whole`` first documents together count as much as the excerpts after them.
    """
    names = sorted({name for found, _ in documents for row in found.values() for name in row})
    worth = max(1.0, (len(documents) - whole) / max(whole, 1))
    made = []
    for at, (found, label) in enumerate(documents):
        candidates = list(found)
        table = np.array([[found[each].get(name, 0.0) for name in names] for each in candidates])
        made.append((table, candidates.index(label if label in found else None), worth if at < whole else 1.0))

    def loss(weights: np.ndarray) -> float:
        total = RIDGE * float(weights @ weights)
        for table, at, weight in made:
            odds = table @ weights
            total += weight * float(np.logaddexp.reduce(odds) - odds[at])
        return total

    best = minimize(loss, np.zeros(len(names))).x
    return {name: round(float(each), 3) for name, each in zip(names, best, strict=True)}


def _best(found: Features, weights: dict[str, float]) -> Any:
    shares = probabilities(found, weights)
    return max(shares, key=lambda each: shares[each])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--excerpts", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    labels = json.loads(given.labels.read_text(encoding="utf-8"))
    texts, names = [], []
    for folder in given.folders:
        for path in sorted(each for each in folder.rglob("*") if each.name in labels):
            try:
                texts.append(document(path))
                names.append(path.name)
            except RapportsvarError as error:
                print(error)
    lines = given.excerpts.read_text(encoding="utf-8").splitlines() if given.excerpts else []
    short = [(each["t"], "\n".join([each["t"], each["h"], *each["s"]])) for each in map(json.loads, lines)]
    written = {}
    for kind, read in KINDS.items():
        documents = [(read(*text), labels[name][kind]) for text, name in zip(texts, names, strict=True)]
        excerpts = [(read(text, (), ""), titled(kind, title)) for title, text in short]
        if kind == "place":
            named = [(text, titled(kind, title)) for title, text in short]
            named += [(text[0], labels[name][kind]) for text, name in zip(texts, names, strict=True)]
            excerpts += [in_addresses(text, place, at) for at, (text, place) in enumerate(named) if place]
        right = 0
        for at, (found, label) in enumerate(documents):
            best = _best(found, fitted(documents[:at] + documents[at + 1 :] + excerpts, len(documents) - 1))
            right += best == label
            if best != label:
                print(f"{kind}: {names[at]}: {best} instead of {label}")
        weights = fitted(documents + excerpts, len(documents))
        short_right = sum(_best(found, weights) == label for found, label in excerpts)
        print(f"{kind}: {right} of {len(documents)} right, each left out of its fit")
        print(f"{kind}: {short_right} of {len(excerpts)} excerpts right")
        written[kind] = weights
    print(json.dumps(written, indent=1))
    if given.write:
        WEIGHTS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
