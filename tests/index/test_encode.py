"""The shipped model, its light path, and any other sentence-transformers model."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models, pre_tokenizers

from corpus.errors import LibraryError
from index.encode import SHIPPED, SentenceTransformerEncoder, StaticEncoder, load_encoder

TEXTS = [
    "Varför gick äldreboendena back?",
    "Särskilt boende visade ett underskott på 9,7 mnkr.",
    "IT-utrustning för 159 tkr",
    "x",
]


def test_the_light_path_gives_the_same_vectors_as_sentence_transformers(encoder):
    assert isinstance(encoder, StaticEncoder)
    model = SentenceTransformer(str(SHIPPED), device="cpu")
    expected = model.encode(TEXTS, convert_to_numpy=True, normalize_embeddings=True)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), expected, atol=2e-3)
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), expected, atol=2e-3)


def test_vectors_have_length_one_and_meaning(encoder):
    vectors = encoder.encode_passages([*TEXTS, "underskott i äldreomsorgen", "barn i familjehem"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    question = encoder.encode_queries(["minus på äldreboenden"])[0]
    assert question @ vectors[4] > question @ vectors[5]


def test_an_empty_text_is_a_zero_vector(encoder):
    assert not encoder.encode_queries([""]).any()


def test_progress_reaches_the_end(encoder):
    seen = []
    encoder.encode_passages(["text"] * 1200, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (1200, 1200)


@pytest.fixture
def prompted(tmp_path):
    """A tiny model with query and passage prompts, made and saved by sentence-transformers itself."""
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    words = {"[UNK]": 0, "fråga": 1, "text": 2, "hund": 3, "katt": 4}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.eye(5, dtype=np.float32) + 0.01
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights), Normalize()],
        prompts={"query": "fråga ", "passage": "text "},
        device="cpu",
    )
    model.save(str(tmp_path / "tiny"))
    return tmp_path / "tiny"


def test_prompts_are_honoured(prompted):
    encoder = SentenceTransformerEncoder(str(prompted))
    assert encoder.info.prompts == {"query": "fråga ", "passage": "text "}
    assert encoder.info.dimension == 5
    query, passage = encoder.encode_queries(["hund"])[0], encoder.encode_passages(["hund"])[0]
    assert query[1] > query[2]
    assert passage[2] > passage[1]


def test_no_texts_give_no_vectors(encoder, prompted):
    assert encoder.encode_passages([]).shape == (0, encoder.info.dimension)
    assert SentenceTransformerEncoder(str(prompted)).encode_passages([]).shape == (0, 5)


def test_e5_models_get_their_prompts_though_their_files_name_none(prompted):
    config = prompted / "config_sentence_transformers.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "prompts": {}}))
    named = prompted.rename(prompted.with_name("multilingual-e5-tiny"))
    encoder = SentenceTransformerEncoder(str(named))
    assert encoder.info.prompts == {"query": "query: ", "passage": "passage: "}
    # The tiny model does not know the words of the prompts, which pull towards its first token.
    plain = StaticEncoder(named).encode_queries(["hund"])[0]
    assert encoder.encode_queries(["hund"])[0][0] > plain[0]
    assert encoder.encode_passages(["hund"])[0][0] > plain[0]


def test_a_model_by_name_comes_from_the_hubs_cache_without_the_hub(prompted, tmp_path):
    """A cache as the hub's client lays it out, read in a process of its own, which is told to stay offline."""
    cache = tmp_path / "cache" / "models--kommun--liten"
    snapshot = cache / "snapshots" / ("0" * 40)
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "main").write_text("0" * 40)
    (cache / "blobs").mkdir()
    for path in sorted(path for path in prompted.rglob("*") if path.is_file()):
        link = snapshot / path.relative_to(prompted)
        link.parent.mkdir(parents=True, exist_ok=True)
        blob = cache / "blobs" / hashlib.sha256(path.read_bytes()).hexdigest()
        blob.write_bytes(path.read_bytes())
        link.symlink_to(blob)
    code = "from index.encode import load_encoder; i = load_encoder('kommun/liten').info; print(i.name, i.fingerprint)"
    environment = {**os.environ, "HF_HUB_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("kommun/liten "), done.stderr
    before = done.stdout
    tokenizer = next(snapshot.rglob("tokenizer.json"))
    tokenizer.unlink()
    other = cache / "blobs" / ("0" * 64)
    other.write_bytes((prompted / tokenizer.relative_to(snapshot)).read_bytes())
    tokenizer.symlink_to(other)
    again = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert again.stdout != before


def test_a_static_model_with_prompts_takes_the_full_path(prompted):
    assert isinstance(load_encoder(str(prompted)), SentenceTransformerEncoder)


def test_the_fingerprint_follows_the_files(prompted):
    before = SentenceTransformerEncoder(str(prompted)).info.fingerprint
    config = prompted / "config_sentence_transformers.json"
    values = json.loads(config.read_text())
    values["prompts"]["query"] = "annan "
    config.write_text(json.dumps(values))
    assert SentenceTransformerEncoder(str(prompted)).info.fingerprint != before


def test_a_model_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(LibraryError, match="gick inte att läsa in"):
        load_encoder(str(tmp_path / "ingen"))
