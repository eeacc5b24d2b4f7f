"""The same passages in others' libraries, without anything of ours but the encoder: what our times are compared with.

Run by ``python -m benchmarks``; by itself: ``python -m benchmarks.baseline LIBRARY KIND``. Prints JSON.
KIND is ``bm25s`` (bm25s and a flat FAISS index, fused by reciprocal ranks) or ``llamaindex`` (LlamaIndex's BM25 and
vector retrievers in its fusion retriever, reciprocal ranks).
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.asking import QUESTIONS, questions
from benchmarks.timing import memory, percentiles
from index.encode import load_encoder
from index.store import Library

FOUND = 100
#: Of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009), as LlamaIndex has it too.
RANK_CONSTANT = 60.0
Search = Callable[[str], Sequence[Any]]


def passage_texts(library: Library) -> list[str]:
    """The texts of a library's passages, in the order of their numbers."""
    numbers = library.catalogue.numbers(entry.report_id for entry in library.entries)
    found = library.catalogue.passages(numbers)
    return [library.text(found[number]) for number in numbers]


def with_bm25s(texts: Sequence[str]) -> Search:
    """bm25s with Swedish stemming, and FAISS's flat index over the same encoder's vectors."""
    import bm25s
    import faiss
    import Stemmer

    encoder, stemmer = load_encoder(), Stemmer.Stemmer("swedish")
    lexical = bm25s.BM25()
    lexical.index(
        bm25s.tokenize(list(texts), stopwords=None, stemmer=stemmer, show_progress=False), show_progress=False
    )
    dense = faiss.IndexFlatIP(encoder.info.dimension)
    for at in range(0, len(texts), 50_000):
        dense.add(encoder.encode_passages(texts[at : at + 50_000]))

    def search(question: str) -> list[int]:
        tokens = bm25s.tokenize([question], stopwords=None, stemmer=stemmer, show_progress=False)
        by_words = lexical.retrieve(tokens, k=min(FOUND, len(texts)), show_progress=False)[0][0]
        by_vector = dense.search(encoder.encode_queries([question]), min(FOUND, len(texts)))[1][0]
        fused: dict[int, float] = {}
        for ranked in (by_words, by_vector):
            for rank, number in enumerate(ranked.tolist()):
                fused[number] = fused.get(number, 0.0) + 1 / (RANK_CONSTANT + rank)
        return sorted(fused, key=lambda number: -fused[number])[:FOUND]

    return search


def with_llamaindex(texts: Sequence[str]) -> Search:
    """LlamaIndex's BM25 and vector retrievers under its fusion retriever."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    encoder = load_encoder()

    class Same(BaseEmbedding):  # type: ignore[misc]
        """The same encoder, as LlamaIndex takes one."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(value) for value in encoder.encode_queries([query])[0]]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return [float(value) for value in encoder.encode_passages([text])[0]]

    vectors = np.concatenate([encoder.encode_passages(texts[at : at + 10_000]) for at in range(0, len(texts), 10_000)])
    nodes = [
        TextNode(id_=str(number), text=text, embedding=vector.tolist())
        for number, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]
    count = min(FOUND, len(nodes))
    index = VectorStoreIndex(nodes, embed_model=Same())
    fusion = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=count), BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=count)],
        similarity_top_k=count,
        num_queries=1,
        mode=FUSION_MODES.RECIPROCAL_RANK,
        use_async=False,
        llm=MockLLM(),
    )
    return lambda question: fusion.retrieve(question)


KINDS = {"bm25s": with_bm25s, "llamaindex": with_llamaindex}


def measure(path: Path, kind: str, count: int = QUESTIONS) -> dict[str, Any]:
    """Times in milliseconds and memory in MB of the same searches."""
    library = Library(path)
    asked = questions(library, count)
    texts = passage_texts(library)
    began = time.perf_counter()
    search = KINDS[kind](texts)
    built = time.perf_counter() - began
    for question in asked[: count // 2]:
        search(question)
    times = []
    for question in asked[count // 2 :]:
        at = time.perf_counter()
        search(question)
        times.append(time.perf_counter() - at)
    own, mapped = memory()
    return {
        "passages": len(texts),
        "build_s": built,
        "search_ms": percentiles(times),
        "memory_mb": own,
        "with_mapped_mb": mapped,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("library", type=Path)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.library.absolute(), arguments.kind, arguments.questions)))


if __name__ == "__main__":
    main()
