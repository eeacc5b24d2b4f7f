"""Train the static Swedish encoder: token vectors whose sum embeds a text.

The vectors are fitted with in-batch negatives (InfoNCE, van den Oord et al. 2018, both
directions) so that a title, question or sentence finds its passage. Each token also has a
learned weight; it is folded into the vector when the model is saved, which changes nothing
after normalisation, so the saved model is a plain ``StaticEmbedding``.
"""

import argparse
import json
import logging
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer
from torch import Tensor, nn

from index.training.pairs import Pair, paragraphs, sentence_pairs, synonym_pairs, titled_pairs

log = logging.getLogger("training")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run depends on beside the text."""

    seed: int = 7
    vocabulary: int = 48_000
    dimension: int = 256
    tokens_per_text: int = 160
    batch: int = 4096
    learning_rate: float = 0.02
    temperature: float = 0.05
    token_dropout: float = 0.15
    sentence_share: float = 0.5
    #: Passes over the pairs at most; early stopping usually ends the run before.
    passes: float = 2.0
    check_every: int = 40
    patience: int = 3


def train_tokenizer(folder: Path, settings: Settings) -> Tokenizer:
    """A lower-casing WordPiece tokenizer fitted on all text in ``folder``."""
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits()])
    trainer = WordPieceTrainer(
        vocab_size=settings.vocabulary, min_frequency=3, special_tokens=["[UNK]"], show_progress=False
    )
    tokenizer.train_from_iterator(paragraphs(folder), trainer)
    return tokenizer


@dataclass(frozen=True, slots=True)
class Bags:
    """Token ids of many texts, end to end: text ``i`` is ``ids[starts[i]:starts[i + 1]]``."""

    ids: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str], tokenizer: Tokenizer, longest: int) -> "Bags":
        parts, lengths = [], [0]
        for at in range(0, len(texts), 20_000):
            for encoding in tokenizer.encode_batch(list(texts[at : at + 20_000]), add_special_tokens=False):
                ids = encoding.ids[:longest] or [0]
                parts.append(np.array(ids, dtype=np.int32))
                lengths.append(len(ids))
        return cls(np.concatenate(parts), np.cumsum(lengths))

    def take(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """Ids and offsets, as ``EmbeddingBag`` wants them, of the texts ``rows``."""
        pieces = [self.ids[self.starts[row] : self.starts[row + 1]] for row in rows]
        offsets = np.cumsum([0] + [len(piece) for piece in pieces[:-1]])
        return torch.from_numpy(np.concatenate(pieces).astype(np.int64)), torch.from_numpy(offsets)


class StaticEncoder(nn.Module):
    """Weighted sum of token vectors, normalised to length one."""

    def __init__(self, counts: np.ndarray, settings: Settings) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(len(counts), settings.dimension, mode="sum")
        nn.init.normal_(self.vectors.weight, std=settings.dimension**-0.5)
        # SIF weights (Arora et al. 2017) to start from: a / (a + p(token)), a = 1e-3.
        share = torch.from_numpy(counts / counts.sum()).float()
        self.log_weight = nn.Parameter(torch.log(1e-3 / (1e-3 + share)))
        self.dropout = settings.token_dropout

    def forward(self, ids: Tensor, offsets: Tensor) -> Tensor:
        weights = self.log_weight[ids].exp()
        if self.training and self.dropout:
            weights = weights * (torch.rand_like(weights) > self.dropout)
        return nn.functional.normalize(self.vectors(ids, offsets, per_sample_weights=weights), dim=-1)

    def folded(self) -> np.ndarray:
        """Vectors with their weights multiplied in; shape (vocabulary, dimension)."""
        with torch.no_grad():
            return (self.vectors.weight * self.log_weight.exp()[:, None]).numpy()


def contrastive_loss(queries: Tensor, passages: Tensor, same: Tensor, temperature: float) -> Tensor:
    """Symmetric InfoNCE; ``same`` masks pairs that share a text and so are no negatives."""
    scores = (queries @ passages.T / temperature).masked_fill(same, -1e4)
    target = torch.arange(len(scores))
    return (nn.functional.cross_entropy(scores, target) + nn.functional.cross_entropy(scores.T, target)) / 2


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Shuffled full batches of row numbers, pass after pass."""
    while True:
        order = rng.permutation(count)
        for at in range(0, count - size + 1, size):
            yield order[at : at + size]


def same_text(keys: np.ndarray) -> Tensor:
    """Where two rows of a batch share a query or a passage (off the diagonal)."""
    shared = (keys[:, None, 0] == keys[None, :, 0]) | (keys[:, None, 1] == keys[None, :, 1])
    np.fill_diagonal(shared, False)
    return torch.from_numpy(shared)


def keys_of(pairs: Sequence[Pair]) -> np.ndarray:
    return np.array([[hash(pair.query), hash(pair.passage)] for pair in pairs], dtype=np.int64)


@torch.no_grad()
def held_back_accuracy(model: StaticEncoder, queries: Bags, passages: Bags) -> float:
    """Share of held-back queries whose own passage is nearest of 2,000 at a time."""
    model.eval()
    right = total = 0
    count = len(queries.starts) - 1
    for at in range(0, count - 1999, 2000):
        rows = np.arange(at, at + 2000)
        scores = model(*queries.take(rows)) @ model(*passages.take(rows)).T
        right += int((scores.argmax(1) == torch.arange(2000)).sum())
        total += 2000
    model.train()
    return right / max(total, 1)


def save(model: StaticEncoder, tokenizer: Tokenizer, out: Path, settings: Settings) -> None:
    """Write a sentence-transformers model folder: StaticEmbedding (fp16) and Normalize."""
    static = out / "0_StaticEmbedding"
    static.mkdir(parents=True, exist_ok=True)
    (out / "1_Normalize").mkdir(exist_ok=True)
    vectors = model.folded()
    # One common scale keeps the half-precision numbers well inside their range.
    vectors = (vectors / np.linalg.norm(vectors, axis=1).max()).astype(np.float16)
    save_file({"embedding.weight": vectors}, static / "model.safetensors")
    tokenizer.save(str(static / "tokenizer.json"), pretty=False)
    modules = [
        {
            "idx": 0,
            "name": "0",
            "path": "0_StaticEmbedding",
            "type": "sentence_transformers.models.StaticEmbedding",
        },
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    (out / "modules.json").write_text(json.dumps(modules, indent=1) + "\n")
    config = {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    (out / "config_sentence_transformers.json").write_text(json.dumps(config, indent=1) + "\n")
    (out / "training.json").write_text(json.dumps(asdict(settings), indent=1) + "\n")


def train(folder: Path, out: Path, settings: Settings) -> None:
    """Read ``folder``, train, and write the best model seen to ``out``."""
    torch.manual_seed(settings.seed)
    rng = random.Random(settings.seed)
    np_rng = np.random.default_rng(settings.seed)
    began = time.monotonic()

    titled = list(titled_pairs(folder)) + list(synonym_pairs(folder))
    sentences = list(sentence_pairs(folder, rng))
    share = settings.sentence_share
    sentences = rng.sample(sentences, min(len(sentences), int(len(titled) * share / (1 - share))))
    everything = titled + sentences
    pairs = [pair for pair in everything if not pair.held_back]
    # Only titled pairs are held back: they are nearer to questions than cut sentences are.
    held = list({pair for pair in titled if pair.held_back})
    rng.shuffle(held)
    held = held[: len(held) // 2000 * 2000] if len(held) >= 2000 else held
    log.info("%d titled pairs, %d sentences, %d held back", len(titled), len(sentences), len(held))

    tokenizer = train_tokenizer(folder, settings)
    log.info("tokenizer of %d tokens after %.0f s", tokenizer.get_vocab_size(), time.monotonic() - began)
    longest = settings.tokens_per_text
    queries = Bags.of([pair.query for pair in pairs], tokenizer, longest)
    passages = Bags.of([pair.passage for pair in pairs], tokenizer, longest)
    held_queries = Bags.of([pair.query for pair in held], tokenizer, longest)
    held_passages = Bags.of([pair.passage for pair in held], tokenizer, longest)
    keys = keys_of(pairs)
    counts = np.bincount(passages.ids, minlength=tokenizer.get_vocab_size()) + 1.0

    model = StaticEncoder(counts, settings)
    optimiser = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    steps = int(settings.passes * len(pairs) / settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / 20) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
    )
    best, waited = 0.0, 0
    log.info("%d pairs, %d steps, from %.0f s", len(pairs), steps, time.monotonic() - began)
    for step, rows in zip(range(1, steps + 1), batches(len(pairs), settings.batch, np_rng), strict=False):
        optimiser.zero_grad(set_to_none=True)
        loss = contrastive_loss(
            model(*queries.take(rows)),
            model(*passages.take(rows)),
            same_text(keys[rows]),
            settings.temperature,
        )
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % settings.check_every == 0 or step == steps:
            accuracy = held_back_accuracy(model, held_queries, held_passages)
            log.info(
                "step %d loss %.3f held-back accuracy %.4f at %.0f s",
                step,
                loss.item(),
                accuracy,
                time.monotonic() - began,
            )
            if accuracy > best:
                best, waited = accuracy, 0
                save(model, tokenizer, out, settings)
            else:
                waited += 1
                if waited >= settings.patience:
                    break
    log.info("best held-back accuracy %.4f", best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path, help="folder of text, one sub-folder per source")
    parser.add_argument("out", type=Path, help="folder to write the model to")
    defaults = Settings()
    for name, value in asdict(defaults).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    arguments = vars(parser.parse_args())
    folder, out = arguments.pop("text"), arguments.pop("out")
    out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(out / "training.log", mode="w")],
    )
    train(folder, out, Settings(**arguments))


if __name__ == "__main__":
    main()
