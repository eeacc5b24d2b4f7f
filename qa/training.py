"""Fit the scorer's weights: ``python -m qa.training ANSWERED.tsv... --unanswerable FILE...``.

Each line of a file (gzipped if its name says so) is a question, the text that it is about and the
words of the text that answer it, parted by tabs; of unanswerable ones the last is missing. All
texts are indexed as one library, and each question is asked of it as a user would: a sentence is
right if it stands in the question's own text and has the answer's words. Each is also asked as if
its text were not there, so that it has no answer.
"""

import argparse
import gzip
import math
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track

from corpus.errors import RapportsvarError
from index.encode import load_encoder
from index.ingest import index_files
from index.store import Library
from qa.clues import CLUES, TextVectors, clues
from qa.evidence import spans
from qa.question import understand
from qa.retrieve import Retriever
from qa.scorer import SHIPPED, Scorer, shares

TEXTS_PER_REPORT = 40
PASSAGES = 12
#: So much of a passage's letters tells whether it is of a text.
MOST_OF_A_KEY = 100
#: Of the questions, so many are kept to measure on.
HELD_OUT = 0.15
SEED = 7
#: So many of the right answers are given up for the wrong ones that are less probable still.
REFUSED = 0.01
#: Weight decay, on standardised clues.
DECAY = 1e-4


@dataclass(frozen=True, slots=True)
class Known:
    """A question, the text that it is about, and its answer; None where the text has none."""

    question: str
    text: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """The clues of a question's candidates, shape (n, len(CLUES)), and which of them are right."""

    clues: NDArray[np.float64]
    right: NDArray[np.bool_]


def read_known(path: Path, answered: bool) -> Iterator[Known]:
    """The questions of a file."""
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).decode().split("\n"):
        if not line:
            continue
        question, text, *rest = line.split("\t")
        yield Known(question, text, rest[0] if answered else None)


def examples(known: Sequence[Known], folder: Path) -> Iterator[Example]:
    """The candidates of each question, asked of a library of all texts, which is made in ``folder``."""
    encoder = load_encoder()
    texts = list(dict.fromkeys(each.text for each in known))
    for at in range(0, len(texts), TEXTS_PER_REPORT):
        report = "\n\n".join(texts[at : at + TEXTS_PER_REPORT])
        (folder / f"{at // TEXTS_PER_REPORT:03}.txt").write_text(report + "\n", encoding="utf-8")
    index_files(folder / "library", sorted(folder.glob("*.txt")), encoder)
    library = Library(folder / "library")
    retriever = Retriever(library, encoder)
    vectors = TextVectors(encoder)
    for each in track(known, "Ställer frågor"):
        try:
            question = understand(retriever.read(each.question), library.entries)
        except RapportsvarError:
            continue
        query = retriever.terms(question.subject)
        own = _key(each.text)
        hits = retriever.search(question, 2 * PASSAGES)
        elsewhere = [hit for hit in hits if _key(library.text(hit.passage))[:MOST_OF_A_KEY] not in own]
        # The same question where nothing but other texts can be found has no answer.
        for left in (hits[:PASSAGES], elsewhere[:PASSAGES]) if each.answer is not None else (hits[:PASSAGES],):
            found = spans(question, left, library)
            if not found:
                continue
            rows, *_ = clues(question, query, found, library, encoder, vectors)
            said = [_key(report.text[start:end]) for _, report, (start, end) in found]
            right = [each.answer is not None and one in own and _key(each.answer) in one for one in said]
            yield Example(rows, np.array(right))


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def fit(found: Sequence[Example]) -> Scorer:
    """Weights by the likelihood of the right sentences, then of the best sentence's being right."""
    ranking = _fit_ranking([each for each in found if each.right.any()])
    share, right = _firsts(ranking, found)
    slope, offset = _fit_probability(share, right)
    least = float(np.quantile(share[right], REFUSED))
    return Scorer(ranking, slope, offset, 1 / (1 + math.exp(-(slope * least + offset))))


def _firsts(ranking: NDArray[np.float64], found: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """For each question, the best sentence's share of the odds, and whether it is right."""
    scores = [each.clues @ ranking for each in found]
    best = [int(each.argmax()) for each in scores]
    share = [shares(each)[at] for each, at in zip(scores, best, strict=True)]
    return np.array(share), np.array([each.right[at] for each, at in zip(found, best, strict=True)])


def _fit_ranking(found: Sequence[Example]) -> NDArray[np.float64]:
    """A conditional logit: the right sentences against the others of the same question."""
    everything = np.concatenate([each.clues for each in found])
    scale = everything.std(axis=0) + 1e-6
    longest = max(len(each.clues) for each in found)
    rows = torch.zeros(len(found), longest, len(CLUES), dtype=torch.float64)
    outside = torch.full((len(found), longest), -1e9, dtype=torch.float64)
    wrong = outside.clone()
    for at, each in enumerate(found):
        rows[at, : len(each.clues)] = torch.from_numpy(each.clues / scale)
        outside[at, : len(each.clues)] = 0
        wrong[at, : len(each.clues)][torch.from_numpy(each.right)] = 0
    weights = torch.zeros(len(CLUES), dtype=torch.float64, requires_grad=True)

    def loss() -> torch.Tensor:
        scores = rows @ weights
        likelihood = torch.logsumexp(scores + wrong, 1) - torch.logsumexp(scores + outside, 1)
        return -likelihood.mean() + DECAY * (weights**2).sum()

    _minimise(loss, [weights])
    return np.asarray(weights.detach().numpy() / scale)


def _fit_probability(share: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """A logistic regression of whether a best sentence is right on its share of the odds."""
    given, wanted = torch.from_numpy(share), torch.from_numpy(right.astype(float))
    line = torch.zeros(2, dtype=torch.float64, requires_grad=True)

    def loss() -> torch.Tensor:
        return torch.nn.functional.binary_cross_entropy_with_logits(line[0] * given + line[1], wanted)

    _minimise(loss, [line])
    slope, offset = line.detach().tolist()
    return slope, offset


def _minimise(loss: Callable[[], torch.Tensor], parameters: Iterable[torch.Tensor]) -> None:
    optimiser = torch.optim.LBFGS(list(parameters), max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(step)  # type: ignore[no-untyped-call]


def measure(scorer: Scorer, found: Sequence[Example]) -> dict[str, float]:
    """How often the best sentence is right where one is, and how well strength parts right from wrong.

    The latter is the area under the ROC curve, 0.5 where it tells nothing.
    """
    answerable = [each for each in found if each.right.any()]
    first = [each.right[scorer.scores(each.clues).argmax()] for each in answerable]
    share, right = _firsts(scorer.ranking, found)
    return {"precision@1": round(float(np.mean(first)), 3), "auc": round(_auc(share, right), 3)}


def _auc(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    ranks = scores.argsort().argsort() + 1
    positives = int(right.sum())
    negatives = len(right) - positives
    return float((ranks[right].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answered", nargs="+", type=Path)
    parser.add_argument("--unanswerable", nargs="*", type=Path, default=[])
    parser.add_argument("--out", type=Path, default=SHIPPED)
    arguments = parser.parse_args()
    known = [each for path in arguments.answered for each in read_known(path, True)]
    known += [each for path in arguments.unanswerable for each in read_known(path, False)]
    random.Random(SEED).shuffle(known)
    with tempfile.TemporaryDirectory() as folder:
        found = list(examples(known, Path(folder)))
    held = int(HELD_OUT * len(found))
    scorer = fit(found[held:])
    measured = measure(scorer, found[:held])
    scorer.write(arguments.out, {"questions": len(found) - held, "held_out": held, **measured})
    print(f"{arguments.out}: {measured}")


if __name__ == "__main__":
    main()
