"""Texts to vectors: the encoder's protocol, the shipped static model, and any other model."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import LibraryError

Vectors = NDArray[np.float32]
#: Called with (texts encoded, texts in all).
Progress = Callable[[int, int], None]

SHIPPED = Path(__file__).parent / "model"
BATCH = 512
#: Larger models take seconds for a batch; progress shows after each.
LARGE_MODEL_BATCH = 64
#: The files of a model that decide its vectors.
MODEL_FILES = {".json", ".safetensors", ".bin", ".txt", ".model", ".onnx"}
#: A file that the hub's cache has named by a hash of its contents.
CONTENT_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
#: E5 models were trained with prompts (Wang et al. 2022) that most of their folders do not name;
#: those for instructions take others.
E5 = re.compile(r"(?:^|[-_/])e5(?:[-_](?!.*instruct)|$)", re.I)
E5_PROMPTS = {"query": "query: ", "passage": "passage: "}


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """What identifies an encoder in a library's manifest."""

    name: str
    dimension: int
    fingerprint: str
    prompts: dict[str, str]


class Encoder(Protocol):
    """Turns texts into vectors of length one; a question's cosine with a passage is their product."""

    @property
    def info(self) -> EncoderInfo: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; shape (len(texts), dimension)."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages; shape (len(texts), dimension)."""
        ...


def load_encoder(name: str | None = None) -> Encoder:
    """The shipped encoder, or a sentence-transformers model by folder or name.

    Raises:
        LibraryError: if the model can't be loaded.
    """
    folder = Path(name) if name else SHIPPED
    if folder.is_dir() and _is_static(folder):
        return StaticEncoder(folder)
    return SentenceTransformerEncoder(str(name))


def _is_static(folder: Path) -> bool:
    """Whether a model folder is a StaticEmbedding and a Normalize, without prompts, and nothing else."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
    return kinds == ["StaticEmbedding", "Normalize"] and not _prompts(folder)


def _prompts(folder: Path) -> dict[str, str]:
    """The prompts that a model folder asks for, by name; empty ones left out."""
    try:
        config = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: text for name, text in (config.get("prompts") or {}).items() if text}


def _fingerprint(folder: Path) -> str:
    """A hash over the names and contents of a model's files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in MODEL_FILES):
        digest.update(path.relative_to(folder).as_posix().encode())
        # The hub's cache links to files that are named by their contents: no need to read gigabytes.
        target = path.resolve().name
        digest.update(target.encode() if CONTENT_NAME.fullmatch(target) else path.read_bytes())
    return digest.hexdigest()[:16]


class StaticEncoder:
    """The light path for a static model: the same vectors without importing torch, which takes seconds."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        static = folder / json.loads((folder / "modules.json").read_text(encoding="utf-8"))[0]["path"]
        try:
            self._tokenizer = Tokenizer.from_file(str(static / "tokenizer.json"))
            self._vectors = load_file(static / "model.safetensors")["embedding.weight"]
        except Exception as error:
            raise LibraryError(f"Språkmodellen i {folder} är skadad; installera om rapportsvar.") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        name = "rapportsvar-sv" if folder == SHIPPED else folder.name
        self.info = EncoderInfo(name, self._vectors.shape[1], _fingerprint(folder), {})

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        parts = [np.empty((0, self.info.dimension), np.float32)]
        for at in range(0, len(texts), BATCH):
            parts.append(self._encode(texts[at : at + BATCH]))
            if progress:
                progress(min(at + BATCH, len(texts)), len(texts))
        return np.concatenate(parts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.info.dimension), np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            if encoding.ids:
                vectors[row] = self._vectors[encoding.ids].astype(np.float32).mean(axis=0)
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, np.maximum(lengths, 1e-12), dtype=np.float32)


class SentenceTransformerEncoder:
    """Any model that sentence-transformers loads; its query and passage prompts are honoured."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name)
            fingerprint = _fingerprint(_folder(name))
        except Exception as error:
            raise LibraryError(
                f"Språkmodellen {name} gick inte att läsa in; ange en mapp med en "
                "sentence-transformers-modell eller utelämna --model."
            ) from error
        prompts = {key: text for key, text in (self._model.prompts or {}).items() if text}
        if not prompts and E5.search(name):
            prompts = dict(E5_PROMPTS)
        dimension = self._model.get_embedding_dimension() or len(self._model.encode("x"))
        self.info = EncoderInfo(name, dimension, fingerprint, prompts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        prompt = self._prompt("query", "question")
        vectors = self._model.encode_query(
            list(texts), prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        parts = [np.empty((0, self.info.dimension), np.float32)]
        prompt = self._prompt("passage", "document", "corpus")
        for at in range(0, len(texts), LARGE_MODEL_BATCH):
            batch = list(texts[at : at + LARGE_MODEL_BATCH])
            vectors = self._model.encode_document(
                batch, prompt=prompt, normalize_embeddings=True, show_progress_bar=False
            )
            parts.append(np.asarray(vectors, dtype=np.float32))
            if progress:
                progress(min(at + LARGE_MODEL_BATCH, len(texts)), len(texts))
        return np.concatenate(parts)

    def _prompt(self, *names: str) -> str | None:
        """The first of the prompts that the model has; left to itself, the library takes an empty one it made up."""
        return next((self.info.prompts[name] for name in names if name in self.info.prompts), None)


def _folder(name: str) -> Path:
    """Where the files of a model that has just been loaded lie: a folder, or the hub's cache."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download

    # Models of sentence-transformers' own may be named without it.
    owned = name if "/" in name else f"sentence-transformers/{name}"
    return Path(snapshot_download(owned, local_files_only=True))
