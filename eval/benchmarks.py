"""Public Swedish benchmarks of encoders: ``python -m eval benchmarks FOLDER [--model MODEL ...]``.

FOLDER holds ``swefaq/`` and ``swequad_mc/`` (a question, a tab, the passage that answers it),
``sweparaphrase/`` (two sentences with their likeness, 0 to 5; in the third to fifth columns) and
``swesat_synonyms_test.tsv`` (a word, its synonym, and the choices, parted by |), as SuperLim 2
and SweQUAD-MC publish them. The encoder is measured alone, and fused with our lexical index as
the retriever fuses them; the shipped encoder is trained on no part that is named here.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import ir_measures
import numpy as np
from ir_measures import Qrel, ScoredDoc, nDCG
from numpy.typing import NDArray
from scipy.stats import spearmanr

from corpus.errors import RapportsvarError
from eval.significance import interval
from index.encode import Encoder, load_encoder
from index.glossary import Glossary
from index.lexical import LexicalIndex, LexicalWriter, fields
from index.spelling import Speller
from index.terms import words
from index.vocabulary import Counts
from qa.retrieve import fuse

RETRIEVAL = ("swefaq/swefaq_dev", "swefaq/swefaq_test", "swequad_mc/swequad_mc_dev", "swequad_mc/swequad_mc_test")
LIKENESS = ("sweparaphrase/sweparaphrase_dev", "sweparaphrase/sweparaphrase_test")
SYNONYMS = "swesat_synonyms_test"
CUT = nDCG @ 10
#: Passages of a report are about so long, in characters; for the speed alone.
PASSAGE_CHARACTERS = 900
PASSAGES = 4096
HELP = "Mät encoders på offentliga svenska testmängder."

Values = NDArray[np.float64]
#: For each question, passages with their scores, by number.
Runs = list[dict[int, float]]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Questions, all passages once, and for each question the number of its passage."""

    questions: tuple[str, ...]
    passages: tuple[str, ...]
    answers: tuple[int, ...]

    @classmethod
    def read(cls, path: Path) -> "Retrieval":
        rows = _rows(path, 2)
        passages = tuple(dict.fromkeys(row[1] for row in rows))
        number = {passage: n for n, passage in enumerate(passages)}
        return cls(tuple(row[0] for row in rows), passages, tuple(number[row[1]] for row in rows))

    def ndcg(self, runs: Runs) -> Values:
        """nDCG@10 of each question; shape (questions,)."""
        qrels = [Qrel(str(q), str(answer), 1) for q, answer in enumerate(self.answers)]
        scored = [ScoredDoc(str(q), str(p), score) for q, run in enumerate(runs) for p, score in run.items()]
        found = {each.query_id: each.value for each in ir_measures.iter_calc([CUT], qrels, scored)}
        return np.array([found[str(q)] for q in range(len(self.questions))])


def lexical_runs(task: Retrieval) -> Runs:
    """BM25 over our index terms, misspellings guessed at; without the glossary, which is not of this field."""
    counted = Counter(word for passage in task.passages for word in words(passage))
    speller = Speller(Counts(counted), Glossary())
    with tempfile.TemporaryDirectory() as folder:
        LexicalIndex.create(Path(folder))
        writer = LexicalWriter(Path(folder))
        for number, passage in enumerate(task.passages):
            writer.add(number, "", fields(passage, ""))
        writer.commit()
        index = LexicalIndex(Path(folder))
        return [
            dict(index.search(speller.weighted_terms(speller.read(each)), len(task.passages)))
            for each in task.questions
        ]


def dense_runs(task: Retrieval, encoder: Encoder) -> Runs:
    """The cosine of each question with every passage."""
    cosines = encoder.encode_queries(task.questions) @ encoder.encode_passages(task.passages).T
    return [dict(enumerate(row)) for row in cosines.astype(float).tolist()]


def spread(values: Values) -> str:
    """The mean with its 95 % bootstrap interval over questions."""
    low, high = interval(values.tolist())
    return f"{_short(values.mean())} ({_short(low)}–{_short(high)})"


def likeness(path: Path, encoder: Encoder) -> float:
    """Spearman's correlation of cosines with people's judgements."""
    rows = _rows(path, 5)
    first, second = (encoder.encode_queries([row[column] for row in rows]) for column in (2, 3))
    return float(spearmanr((first * second).sum(axis=1), [float(row[4]) for row in rows]).statistic)


def synonyms(path: Path, encoder: Encoder) -> float:
    """The share of words whose synonym is the nearest of its choices."""
    right = []
    for word, synonym, listed in _rows(path, 3):
        choices = listed.split("|")
        cosines = encoder.encode_queries(choices) @ encoder.encode_queries([word])[0]
        right.append(choices[int(cosines.argmax())] == synonym)
    return float(np.mean(right))


def speed(task: Retrieval, encoder: Encoder) -> tuple[float, float]:
    """Passages encoded a second, and milliseconds for a question; the best of five."""
    text = " ".join(task.passages)
    starts = (np.arange(PASSAGES) * PASSAGE_CHARACTERS) % (len(text) - PASSAGE_CHARACTERS)
    passages = [text[at : at + PASSAGE_CHARACTERS] for at in starts]
    most = PASSAGES / _best(lambda: encoder.encode_passages(passages))
    least = _best(lambda: [encoder.encode_queries([each]) for each in task.questions]) / len(task.questions)
    return most, 1000 * least


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _rows(path: Path, fields: int) -> list[list[str]]:
    """The fields of a TSV file's lines, at least ``fields`` of them in each."""
    try:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise RapportsvarError(f"{path} går inte att läsa; ange mappen med SuperLim och SweQUAD-MC.") from error
    for number, row in enumerate(rows, 1):
        if len(row) < fields:
            raise RapportsvarError(f"Rad {number} i {path} har färre än {fields} kolumner; hämta filen på nytt.")
    return rows


def _short(value: float) -> str:
    """A measure as it is written: without the nought before the point."""
    # A rounded nothing has no sign.
    return f"{round(value, 3) + 0.0:.3f}".replace("0.", ".", 1)


def table(folder: Path, models: Sequence[str | None]) -> str:
    """All measures of the models as Markdown."""
    tasks = {name: Retrieval.read(folder / f"{name}.tsv") for name in RETRIEVAL}
    lexical = {name: lexical_runs(task) for name, task in tasks.items()}
    bm25 = {name: task.ndcg(lexical[name]) for name, task in tasks.items()}
    names = [name.rsplit("/", 1)[-1] for name in RETRIEVAL]
    lines = [f"| nDCG@10 | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    lines.append(f"| BM25, our terms | {' | '.join(spread(bm25[name]) for name in RETRIEVAL)} |")
    rest = []
    for model in models:
        encoder = load_encoder(model)
        alone = {name: dense_runs(task, encoder) for name, task in tasks.items()}
        dense = {name: task.ndcg(alone[name]) for name, task in tasks.items()}
        fused = {
            name: task.ndcg(
                [fuse(bm, cos, mean(cos.values())) for bm, cos in zip(lexical[name], alone[name], strict=True)]
            )
            for name, task in tasks.items()
        }
        label = encoder.info.name
        lines.append(f"| {label} | {' | '.join(spread(dense[name]) for name in RETRIEVAL)} |")
        lines.append(f"| hybrid | {' | '.join(spread(fused[name]) for name in RETRIEVAL)} |")
        gains = [spread(fused[name] - bm25[name]) for name in RETRIEVAL]
        lines.append(f"| hybrid less BM25, paired | {' | '.join(gains)} |")
        rate, wait = speed(tasks[RETRIEVAL[0]], encoder)
        rest += [
            f"| {label}: {path.rsplit('/', 1)[-1]}, Spearman | {_short(likeness(folder / f'{path}.tsv', encoder))} |"
            for path in LIKENESS
        ]
        rest.append(f"| {label}: {SYNONYMS}, accuracy | {_short(synonyms(folder / f'{SYNONYMS}.tsv', encoder))} |")
        rest.append(f"| {label}: passages of {PASSAGE_CHARACTERS} characters a second | {rate:.0f} |")
        rest.append(f"| {label}: milliseconds a question | {wait:.2f} |")
    return "\n".join([*lines, "", "| | |", "|---|---|", *rest])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="MAPP", help="mappen med testmängderna")
    parser.add_argument("--model", action="append", help="en encoder, mapp eller namn; kan upprepas")


def run(given: argparse.Namespace) -> int:
    """Print the tables.

    Raises:
        RapportsvarError: if a benchmark can't be read.
    """
    print(table(given.folder, given.model or [None]))
    return 0
