"""Training pairs as token ids, and the batches that they are drawn in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from index.training.pairs import Pair


@dataclass(frozen=True, slots=True)
class Bags:
    """Token ids of many texts, end to end: text ``i`` is ``ids[starts[i]:starts[i + 1]]``."""

    ids: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str], tokenizer: Tokenizer, longest: int | None = None) -> "Bags":
        parts, lengths = [], [0]
        for at in range(0, len(texts), 20_000):
            for encoding in tokenizer.encode_batch(list(texts[at : at + 20_000]), add_special_tokens=False):
                ids = encoding.ids[:longest] or [0]
                parts.append(np.array(ids, dtype=np.int32))
                lengths.append(len(ids))
        return cls(np.concatenate(parts), np.cumsum(lengths))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """Ids and offsets, as ``EmbeddingBag`` wants them, of the texts ``rows``."""
        pieces = [self.ids[self.starts[row] : self.starts[row + 1]] for row in rows]
        offsets = np.cumsum([0] + [len(piece) for piece in pieces[:-1]])
        return torch.from_numpy(np.concatenate(pieces).astype(np.int64)), torch.from_numpy(offsets)


@dataclass(frozen=True, slots=True)
class Examples:
    """Pairs as token ids. ``keys`` number each pair's query and passage, shape (pairs, 2); ``sources`` its source."""

    queries: Bags
    passages: Bags
    keys: np.ndarray
    sources: np.ndarray

    @classmethod
    def of(cls, pairs: Sequence[Pair], tokenizer: Tokenizer, longest: int) -> "Examples":
        numbers: dict[str, int] = {}
        keys = [[numbers.setdefault(text, len(numbers)) for text in (p.query, p.passage)] for p in pairs]
        names: dict[str, int] = {}
        sources = [names.setdefault(p.source, len(names)) for p in pairs]
        return cls(
            Bags.of([p.query for p in pairs], tokenizer, longest),
            Bags.of([p.passage for p in pairs], tokenizer, longest),
            np.array(keys),
            np.array(sources),
        )

    def same(self, rows: np.ndarray) -> Tensor:
        """Where two of ``rows`` share a query or a passage, and so are no negatives; false on the diagonal."""
        keys = self.keys[rows]
        shared = (keys[:, None] == keys[None]).any(axis=-1)
        np.fill_diagonal(shared, False)
        return torch.from_numpy(shared)

    def batches(self, rows: np.ndarray, size: int, pieces_each: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
        """Shuffled batches of ``size`` of ``rows``, pass after pass, each of a few pieces of one source.

        Most negatives are then of the pair's own field. What is left of a source makes smaller pieces.
        """
        piece = size // pieces_each
        while True:
            order = rng.permutation(rows)
            sources = self.sources[order]
            pieces = []
            for source in np.unique(sources):
                own = order[sources == source]
                pieces += [own[at : at + piece] for at in range(0, len(own), piece)]
            shuffled = [pieces[at] for at in rng.permutation(len(pieces))]
            for at in range(0, max(1, len(shuffled) - pieces_each + 1), pieces_each):
                yield np.concatenate(shuffled[at : at + pieces_each])
