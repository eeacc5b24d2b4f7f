"""The way from a folder of text to a sentence-transformers model, on text made here."""

import gzip
import random

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from corpus.errors import RapportsvarError
from index.encode import StaticEncoder
from index.training.cooccurrence import token_vectors
from index.training.pairs import Exclusion, paragraphs, sentence_pairs, synonym_pairs, titled_pairs
from index.training.train import Settings, contrastive_loss, train

THINGS = (
    "hemtjänst skola förskola bibliotek simhall avfall väghållning räddningstjänst äldreboende socialtjänst".split()
)
VERBS = "ökade minskade byggdes stängdes öppnades flyttades kostade utreddes".split()
CAUSES = "prisökningar vakanser volymer lagändringar statsbidrag vikarier".split()
TINY = Settings(
    vocabulary=400, dimension=16, batch=32, sources_per_batch=2, passes=6, check_every=5, runs=2, learning_rate=0.02
)


@pytest.fixture(scope="module")
def text_folder(tmp_path_factory):
    """Titles with passages in one source, gzipped paragraphs in another, synonyms in a third."""
    folder = tmp_path_factory.mktemp("text")
    for source in ("titlar", "texter", "ord"):
        (folder / source).mkdir()
    rows = [
        f"{thing} {verb}\tKommunens {thing} {verb} under året till följd av {cause} och andra {cause}."
        for thing in THINGS
        for verb in VERBS
        for cause in CAUSES
    ]
    (folder / "titlar" / "title_passage.tsv").write_text("\n".join(rows), encoding="utf-8")
    prose = [
        f"Varför {verb} kommunens {thing} så mycket? Det berodde på {cause}, som även tidigare år. {thing} {verb} åter."
        for thing in THINGS
        for verb in VERBS
        for cause in CAUSES
    ]
    with gzip.open(folder / "texter" / "paragraphs.txt.gz", "wt", encoding="utf-8") as out:
        out.write("\n".join([*prose, prose[0]]))
    (folder / "ord" / "synonyms.tsv").write_text("avfall\tsopor|skräp\n", encoding="utf-8")
    return folder


def test_pairs_and_paragraphs_are_read_once_each(text_folder):
    none = Exclusion()
    titled = list(titled_pairs(text_folder, none))
    assert len(titled) == 480
    assert titled[0].source == "titlar"
    assert titled[0].query == "hemtjänst ökade"
    assert len(list(paragraphs(text_folder, none))) == 480
    assert [(pair.query, pair.passage) for pair in synonym_pairs(text_folder)] == [
        ("avfall", "sopor"),
        ("avfall", "skräp"),
    ]


def test_at_most_fifteen_passages_for_a_title(tmp_path):
    (tmp_path / "a").mkdir()
    rows = "\n".join(f"titel\tpassage nummer {number}" for number in range(40))
    (tmp_path / "a" / "title_passage.tsv").write_text(rows, encoding="utf-8")
    assert len(list(titled_pairs(tmp_path, Exclusion()))) == 15


def test_a_question_is_chosen_before_other_sentences():
    text = "Kommunen byggde en ny simhall i år. Varför blev den så dyr att bygga? Stålet kostade mer än väntat."
    (pair,) = sentence_pairs([("källa", text)], random.Random(1))
    assert pair.query == "Varför blev den så dyr att bygga?"
    assert pair.passage == "Kommunen byggde en ny simhall i år. Stålet kostade mer än väntat."


def test_text_that_shares_eight_words_with_a_benchmark_is_left_out(tmp_path):
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "faq_test.tsv").write_text("ett två tre fyra fem sex sju åtta nio\tsvar", encoding="utf-8")
    (tmp_path / "faq" / "faq_train.tsv").write_text("a b c d e f g h i j\tsvar", encoding="utf-8")
    exclusion = Exclusion.read(tmp_path)
    assert "Och så: två tre fyra fem sex sju, åtta nio." in exclusion
    assert "tre fyra fem sex sju åtta nio" not in exclusion
    assert "a b c d e f g h i j" not in exclusion
    assert exclusion.count == 1


def test_excluded_text_is_neither_pair_nor_paragraph(text_folder):
    exclusion = Exclusion(["kommunens simhall byggdes under året till följd av vakanser och andra vakanser"])
    kept = list(titled_pairs(text_folder, exclusion))
    assert len(kept) < 480
    assert not any("simhall byggdes under året till följd av vakanser" in pair.passage for pair in kept)


def test_tokens_with_the_same_neighbours_come_near():
    # Tokens 0 and 1 stand beside 2 and 3; 4 beside 5 and 6.
    rng = np.random.default_rng(3)
    texts = [[rng.choice([0, 1]), 2, 3] if rng.random() < 0.5 else [4, 5, 6] for _ in range(400)]
    ids = np.array([each for text in texts for each in text])
    vectors = token_vectors(ids, np.arange(0, len(ids) + 1, 3), vocabulary=8, dimension=4, seed=1)
    assert vectors[0] @ vectors[1] > 0.9
    assert abs(vectors[0] @ vectors[4]) < 0.2
    assert not vectors[7].any()


def test_the_loss_counts_wrong_passages_and_spares_the_same_text():
    right = torch.eye(4)
    nothing = torch.zeros(4, 4, dtype=torch.bool)
    assert contrastive_loss(right, right, nothing, 0.05) < 1e-6
    mixed = right[[1, 0, 2, 3]]
    assert contrastive_loss(right, mixed, nothing, 0.05) > 5
    same = nothing.clone()
    same[0, 1] = same[1, 0] = True
    assert contrastive_loss(right, mixed, same, 0.05) < contrastive_loss(right, mixed, nothing, 0.05)


@pytest.fixture(scope="module")
def trained(text_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    train(text_folder, folder, TINY, Exclusion())
    return folder


def test_the_model_finds_what_it_was_trained_to_find(trained):
    encoder = StaticEncoder(trained)
    queries = encoder.encode_queries([f"{thing} ökade" for thing in THINGS])
    passages = encoder.encode_passages([f"Kommunens {thing} ökade under året." for thing in THINGS])
    assert (queries @ passages.T).argmax(axis=1).tolist() == list(range(len(THINGS)))


def test_the_model_is_a_sentence_transformers_model(trained):
    texts = ["hemtjänst ökade", "sopor"]
    expected = SentenceTransformer(str(trained), device="cpu").encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(StaticEncoder(trained).encode_queries(texts), expected, atol=2e-3)


def test_the_same_seed_gives_the_same_model(trained, text_folder, tmp_path):
    train(text_folder, tmp_path, TINY, Exclusion())
    assert StaticEncoder(tmp_path).info.fingerprint == StaticEncoder(trained).info.fingerprint


def test_folders_without_text_are_told(tmp_path):
    with pytest.raises(RapportsvarError, match="inga TSV-filer"):
        Exclusion.read(tmp_path)
    with pytest.raises(RapportsvarError, match="ange en mapp"):
        train(tmp_path, tmp_path / "out", TINY, Exclusion())
