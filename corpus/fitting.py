"""``python -m corpus.fitting LABELS.json FOLDER... [--excerpts FILE.jsonl]``: what each role of a year is worth.

LABELS.json has, by file name, the year that the document is of, or null where it is of none. The files are looked for
in the folders. Excerpts, a JSON object a line with a title ``t``, a heading ``h`` and sentences ``s``, are dated by their
titles. Prints the weights, and how many documents are dated right when each is left out of the fit; with ``--write`` they
become the program's.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from corpus.dating import WEIGHTS, YEAR, features
from corpus.errors import RapportsvarError
from corpus.read import read_raw
from corpus.repair import repair
from corpus.structure import structure

#: Pulls the weights towards nothing, so that a role that few documents have tells little.
RIDGE = 0.02
NONE = "none"

Rows = dict[int, dict[str, float]]


def document(path: Path) -> Rows:
    """The roles of the years in a file."""
    raw = read_raw(path, None)
    repaired = repair(raw)
    built = structure(repaired.lines, len(raw.pages), raw.paged)
    return features(built.text, repaired.dropped, path.name)


def excerpts(path: Path) -> list[tuple[Rows, int | None]]:
    """Excerpts whose titles have a year, the first of which is theirs."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        if year := YEAR.search(values["t"]):
            text = "\n".join([values["t"], values["h"], *values["s"]])
            found.append((features(text, (), ""), int(year[1])))
    return found


def fitted(documents: list[tuple[Rows, int | None]], whole: int = 0) -> dict[str, float]:
    """The weights that make the labels most probable: a multinomial logit over each document's years and none.

    The ``whole`` first documents together count as much as the excerpts after them.
    """
    names = sorted({name for rows, _ in documents for row in rows.values() for name in row})
    made = []
    each = max(1.0, (len(documents) - whole) / whole) if whole else 1.0
    for at, (rows, label) in enumerate(documents):
        years = sorted(rows)
        table = np.array([[rows[year][name] for name in names] for year in years]).reshape(len(years), len(names))
        worth = each if at < whole else 1.0
        made.append((table, years.index(label) if label in years else len(years), worth))

    def loss(weights: np.ndarray) -> float:
        total = RIDGE * float(weights[:-1] @ weights[:-1])
        for table, at, worth in made:
            odds = np.append(table @ weights[:-1], weights[-1])
            total += worth * float(np.logaddexp.reduce(odds) - odds[at])
        return total

    found = minimize(loss, np.zeros(len(names) + 1)).x
    return {name: round(float(each), 3) for name, each in zip([*names, NONE], found, strict=True)}


def dated(rows: Rows, weights: dict[str, float]) -> int | None:
    """The likeliest year of a document."""
    odds = {year: sum(weights[name] * value for name, value in row.items()) for year, row in rows.items()}
    best = max(odds, key=lambda year: odds[year], default=None)
    return best if best is not None and odds[best] > weights[NONE] else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--excerpts", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    labels = json.loads(given.labels.read_text(encoding="utf-8"))
    documents, names = [], []
    for folder in given.folders:
        for path in sorted(each for each in folder.rglob("*") if each.name in labels):
            try:
                documents.append((document(path), labels[path.name]))
                names.append(path.name)
            except RapportsvarError as error:
                print(error)
    short = excerpts(given.excerpts) if given.excerpts else []
    right = 0
    for at, (rows, label) in enumerate(documents):
        weights = fitted(documents[:at] + documents[at + 1 :] + short, len(documents) - 1 if short else 0)
        found = dated(rows, weights)
        right += found == label
        if found != label:
            print(f"{names[at]}: {found} instead of {label}")
    print(f"{right} of {len(documents)} right, each left out of its own fit")
    weights = fitted(documents + short, len(documents) if short else 0)
    print(f"{sum(dated(rows, weights) == label for rows, label in short)} of {len(short)} excerpts right")
    print(json.dumps(weights, indent=1))
    if given.write:
        WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
