"""Train the static Swedish encoder: token vectors whose sum embeds a text.

The vectors start from the tokens' co-occurrence in running text and are fitted with in-batch
negatives (InfoNCE, van den Oord et al. 2018, both directions) so that a title, question or
sentence finds its passage. Each token also has a learned weight; it is folded into the vector
when the model is saved, which changes nothing after normalisation, so the saved model is a plain
``StaticEmbedding``. Several runs from the same start, which differ in the sentences drawn, their
order and the dropout, are averaged (a model soup, Wortsman et al. 2022).
"""

import json
import logging
import math
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from corpus.errors import RapportsvarError
from index.training.cooccurrence import token_vectors
from index.training.examples import Bags, Examples
from index.training.pairs import (
    SOURCE_WEIGHT,
    Exclusion,
    paragraphs,
    sentence_pairs,
    synonym_pairs,
    titled_pairs,
)
from index.training.tokenizer import train_tokenizer

log = logging.getLogger("training")

#: Held-back pairs are told apart so many at a time.
AMONG = 2000


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run depends on beside the text."""

    seed: int = 7
    vocabulary: int = 48_000
    dimension: int = 384
    tokens_per_text: int = 160
    batch: int = 4096
    #: A batch is made of so many pieces of one source each.
    sources_per_batch: int = 8
    learning_rate: float = 0.005
    temperature: float = 0.06
    token_dropout: float = 0.15
    sentence_share: float = 0.5
    #: Passes over the pairs at most; early stopping may end a run before.
    passes: float = 2.0
    check_every: int = 60
    patience: int = 3
    #: Runs that are averaged.
    runs: int = 3


class StaticEncoder(nn.Module):
    """Weighted sum of token vectors, normalised to length one."""

    def __init__(self, vectors: np.ndarray, counts: np.ndarray, dropout: float) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag.from_pretrained(torch.from_numpy(vectors.copy()), freeze=False, mode="sum")
        # SIF weights (Arora et al. 2017) to start from: a / (a + p(token)), a = 1e-3.
        share = torch.from_numpy((counts + 1) / (counts + 1).sum()).float()
        self.log_weight = nn.Parameter(torch.log(1e-3 / (1e-3 + share)))
        self.dropout = dropout

    def forward(self, ids: Tensor, offsets: Tensor) -> Tensor:
        weights = self.log_weight[ids].exp()
        if self.training and self.dropout:
            weights = weights * (torch.rand_like(weights) > self.dropout)
        return nn.functional.normalize(self.vectors(ids, offsets, per_sample_weights=weights), dim=-1)

    def folded(self) -> np.ndarray:
        """Vectors with their weights multiplied in, of mean length one; shape (vocabulary, dimension)."""
        with torch.no_grad():
            vectors = (self.vectors.weight * self.log_weight.exp()[:, None]).numpy()
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1).mean())


def contrastive_loss(queries: Tensor, passages: Tensor, same: Tensor, temperature: float) -> Tensor:
    """Symmetric InfoNCE; ``same`` masks pairs that are no negatives."""
    scores = (queries @ passages.T / temperature).masked_fill(same, -1e4)
    target = torch.arange(len(scores))
    return (nn.functional.cross_entropy(scores, target) + nn.functional.cross_entropy(scores.T, target)) / 2


@torch.no_grad()
def held_back_accuracy(model: StaticEncoder, held: Examples) -> float:
    """Share of held-back queries whose own passage is the nearest of 2,000 (or of all, where fewer)."""
    model.eval()
    right = total = 0
    for at in range(0, max(1, len(held.queries) - AMONG + 1), AMONG):
        rows = np.arange(at, min(at + AMONG, len(held.queries)))
        scores = model(*held.queries.take(rows)) @ model(*held.passages.take(rows)).T
        right += int((scores.argmax(1) == torch.arange(len(rows))).sum())
        total += len(rows)
    model.train()
    return right / total


def fit(
    model: StaticEncoder, examples: Examples, rows: np.ndarray, held: Examples, settings: Settings, seed: int
) -> np.ndarray:
    """Train ``model`` on ``rows``; returns its folded vectors where the held-back accuracy was best."""
    torch.manual_seed(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    steps = max(1, int(settings.passes * len(rows) / settings.batch))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / 20) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
    )
    best, waited, began = 0.0, 0, time.monotonic()
    vectors = model.folded()
    rng = np.random.default_rng(seed)
    batches = examples.batches(rows, settings.batch, settings.sources_per_batch, rng)
    for step, batch in zip(range(1, steps + 1), batches, strict=False):
        optimiser.zero_grad(set_to_none=True)
        loss = contrastive_loss(
            model(*examples.queries.take(batch)),
            model(*examples.passages.take(batch)),
            examples.same(batch),
            settings.temperature,
        )
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if step % settings.check_every == 0 or step == steps:
            accuracy = held_back_accuracy(model, held)
            seconds = time.monotonic() - began
            log.info(
                "seed %d step %d/%d loss %.3f accuracy %.4f, %.0f s", seed, step, steps, loss.item(), accuracy, seconds
            )
            if accuracy > best:
                best, waited, vectors = accuracy, 0, model.folded()
            elif (waited := waited + 1) >= settings.patience:
                break
    return vectors


def save(vectors: np.ndarray, tokenizer: Tokenizer, out: Path, settings: Settings) -> None:
    """Write a sentence-transformers model folder: StaticEmbedding (fp16) and Normalize."""
    static = out / "0_StaticEmbedding"
    static.mkdir(parents=True, exist_ok=True)
    (out / "1_Normalize").mkdir(exist_ok=True)
    # One common scale keeps the half-precision numbers well inside their range.
    vectors = (vectors / np.linalg.norm(vectors, axis=1).max()).astype(np.float16)
    save_file({"embedding.weight": vectors}, static / "model.safetensors")
    tokenizer.save(str(static / "tokenizer.json"), pretty=False)
    modules = [
        {
            "idx": 0,
            "name": "0",
            "path": "0_StaticEmbedding",
            "type": "sentence_transformers.sentence_transformer.modules.StaticEmbedding",
        },
        {
            "idx": 1,
            "name": "1",
            "path": "1_Normalize",
            "type": "sentence_transformers.sentence_transformer.modules.Normalize",
        },
    ]
    (out / "modules.json").write_text(json.dumps(modules, indent=1) + "\n")
    config: dict[str, object] = {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    (out / "config_sentence_transformers.json").write_text(json.dumps(config, indent=1) + "\n")
    (out / "training.json").write_text(json.dumps(asdict(settings), indent=1) + "\n")


def train(folder: Path, out: Path, settings: Settings, exclusion: Exclusion) -> None:
    """Read ``folder``, train, and write the model to ``out``.

    Raises:
        RapportsvarError: if the folder has no pairs or no paragraphs.
    """
    rng = random.Random(settings.seed)
    began = time.monotonic()
    titled = list(titled_pairs(folder, exclusion))
    prose = list(paragraphs(folder, exclusion))
    if not titled or not prose:
        raise RapportsvarError(
            f"I {folder} finns inga par (*.tsv) eller inga stycken (*.txt); "
            "ange en mapp med en undermapp för varje källa."
        )
    held = [pair for pair in titled if pair.held_back]
    weighted = [pair for pair in titled if not pair.held_back for _ in range(SOURCE_WEIGHT.get(pair.source, 1))]
    sentences = list(sentence_pairs(prose, rng))
    # Questions are the rarest pairs, and the nearest to what is asked: none is left out.
    asking = [pair for pair in sentences if pair.query.endswith("?")]
    telling = [pair for pair in sentences if not pair.query.endswith("?")]
    always = [*weighted, *synonym_pairs(folder), *asking]
    share = settings.sentence_share
    drawn = min(len(telling), max(0, int(len(weighted) * share / (1 - share)) - len(asking)))
    # The last group, which is not full, is left out.
    rng.shuffle(held)
    held = held[: len(held) // AMONG * AMONG] or held
    log.info(
        "%d pairs and %d of %d sentences a run, %d pairs held back; %d texts excluded",
        len(always),
        drawn,
        len(telling),
        len(held),
        exclusion.count,
    )
    texts = [text for _, text in prose]
    tokenizer = train_tokenizer([*texts, *(pair.query for pair in titled)], settings.vocabulary)
    vocabulary = tokenizer.get_vocab_size()
    log.info("tokenizer of %d tokens after %.0f s", vocabulary, time.monotonic() - began)
    bags = Bags.of(texts, tokenizer)
    start = token_vectors(bags.ids, bags.starts, vocabulary, settings.dimension, settings.seed)
    log.info("co-occurrence vectors after %.0f s", time.monotonic() - began)
    examples = Examples.of([*always, *telling], tokenizer, settings.tokens_per_text)
    kept_back = Examples.of(held, tokenizer, settings.tokens_per_text)
    counts = np.bincount(examples.passages.ids, minlength=vocabulary)
    runs = []
    for seed in range(settings.seed, settings.seed + settings.runs):
        model = StaticEncoder(start, counts, settings.token_dropout)
        chosen = np.random.default_rng(seed).choice(len(telling), drawn, replace=False)
        rows = np.concatenate([np.arange(len(always)), len(always) + chosen])
        runs.append(fit(model, examples, rows, kept_back, settings, seed))
    vectors = np.mean(runs, axis=0)
    save(vectors, tokenizer, out, settings)
    log.info("saved after %.0f s", time.monotonic() - began)
