"""The shipped model, its light path, and any other sentence-transformers model."""

import json

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
    from sentence_transformers.models import Normalize, StaticEmbedding

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
