"""Which FAISS index for how many passages: time, recall, memory and the time to build, side by side.

Run with ``python -m benchmarks.vectors --passages 1000000``.

The vectors are made as the shipped encoder makes them, as means of its vectors of words: 40 to 140
words a passage, half of them from one of 2,000 topics of 60 words each and half drawn as words are
in Swedish, by rank (Zipf). Questions are 4 to 10 words of one topic.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from rich.console import Console
from rich.table import Table
from safetensors.numpy import load_file

from benchmarks.timing import machine, percentiles
from index.dense import CANDIDATES
from index.encode import SHIPPED, Vectors

TOPICS = 2_000
TOPIC_WORDS = 60
QUESTIONS = 200
FOUND = 100
CHUNK = 20_000


def word_vectors() -> Vectors:
    """The shipped encoder's vectors of words, shape (words, dimension)."""
    return np.asarray(load_file(next(SHIPPED.rglob("model.safetensors")))["embedding.weight"], np.float32)


def made_vectors(count: int, shortest: int, longest: int, topic_share: float, seed: int) -> Iterator[Vectors]:
    """Vectors of length one of ``count`` made texts, in chunks of shape (at most 20,000, dimension)."""
    words = word_vectors()
    random = np.random.default_rng(seed)
    topics = np.random.default_rng(0).integers(200, len(words), (TOPICS, TOPIC_WORDS))
    for at in range(0, count, CHUNK):
        chunk = np.empty((min(CHUNK, count - at), words.shape[1]), np.float32)
        for row in range(len(chunk)):
            length = int(random.integers(shortest, longest))
            of_topic = random.choice(topics[random.integers(TOPICS)], int(length * topic_share))
            # Ranks drawn so that their logarithms are even follow Zipf's law.
            drawn = np.exp(random.random(length - len(of_topic)) * np.log(len(words) - 1)).astype(np.int64)
            chunk[row] = words[np.concatenate([of_topic, drawn])].mean(axis=0)
        faiss.normalize_L2(chunk)
        yield chunk


def lists_for(count: int) -> int:
    """Inverted lists for so many vectors: the root of their number, four times over (FAISS's guidelines)."""
    return max(16, int(4 * count**0.5))


def kinds(dimension: int, count: int) -> dict[str, Callable[[], Any]]:
    """The index types that are compared, each with how it is made."""
    inner, sq = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer
    lists = lists_for(count)

    def inverted(quantizer: int) -> Any:
        index = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(dimension), dimension, lists, quantizer, inner)
        index.nprobe = max(8, lists // 32)
        return index

    def product() -> Any:
        index = faiss.IndexIVFPQ(faiss.IndexFlatIP(dimension), dimension, lists, 48, 8, inner)
        index.nprobe = max(8, lists // 32)
        refined = faiss.IndexRefine(index, faiss.IndexScalarQuantizer(dimension, sq.QT_fp16, inner))
        refined.k_factor = 8
        return refined

    def graph() -> Any:
        index: Any = faiss.index_factory(dimension, "HNSW32_SQ8", inner)
        # So many nodes are looked at: more than the hundred that are asked for.
        index.hnsw.efSearch = 400
        return index

    def fast_scan() -> Any:
        # As the library has it: two numbers to four bits.
        refined = faiss.IndexRefine(
            faiss.IndexPQFastScan(dimension, dimension // 2, 4, inner),
            faiss.IndexScalarQuantizer(dimension, sq.QT_fp16, inner),
        )
        refined.k_factor = CANDIDATES
        return refined

    return {
        "flat, 32 bits": lambda: faiss.IndexFlatIP(dimension),
        "flat, 16 bits": lambda: faiss.IndexScalarQuantizer(dimension, sq.QT_fp16, inner),
        "flat, 8 bits": lambda: faiss.IndexScalarQuantizer(dimension, sq.QT_8bit, inner),
        "IVF, 8 bits": lambda: inverted(sq.QT_8bit),
        "IVF-PQ, re-scored": product,
        "HNSW, 8 bits": graph,
        "flat PQ, re-scored": fast_scan,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--only", nargs="*", help="index types to measure, by the beginning of their names")
    arguments = parser.parse_args()
    count = arguments.passages
    console = Console()
    console.print(machine())
    table = Table("index", "build s", "file MB", "p50 ms", "p95 ms", f"recall@{FOUND}", title=f"{count:,} vectors")
    vectors = np.concatenate(list(made_vectors(count, 40, 140, 0.5, seed=1)))
    questions = np.concatenate(list(made_vectors(QUESTIONS, 4, 10, 1.0, seed=2)))
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    right = [set(row) for row in exact.search(questions, FOUND)[1]]
    del exact
    for name, make in kinds(vectors.shape[1], count).items():
        if arguments.only and not name.startswith(tuple(arguments.only)):
            continue
        start = time.perf_counter()
        index = make()
        if not index.is_trained:
            index.train(vectors[:: max(1, count // 100_000)])
        index.add(vectors)
        built = time.perf_counter() - start
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "index.faiss"
            faiss.write_index(index, str(path))
            size = path.stat().st_size / 1e6
        for each in questions[:5]:
            index.search(each[None, :], FOUND)
        times, kept = [], 0
        for each, nearest in zip(questions, right, strict=True):
            start = time.perf_counter()
            found = index.search(each[None, :], FOUND)[1][0]
            times.append(time.perf_counter() - start)
            kept += len(nearest & set(found))
        p50, p95, _ = percentiles(times)
        row = (f"{built:.1f}", f"{size:.0f}", f"{p50:.1f}", f"{p95:.1f}", f"{kept / FOUND / QUESTIONS:.3f}")
        table.add_row(name, *row)
        console.print(name, *row)
        del index
    console.print(table)


if __name__ == "__main__":
    main()
