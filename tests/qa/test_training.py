"""The scorer: shipped weights that rank and tell how sure they are, and the making of them."""

import gzip

import numpy as np
import pytest

from qa.clues import CLUES
from qa.scorer import Scorer, default_scorer, shares
from qa.training import Example, examples, fit, measure, read_known


def test_the_shipped_weights_have_every_clue():
    scorer = default_scorer()
    assert scorer.ranking.shape == (len(CLUES),)
    assert 0 < scorer.enough < 0.5


@pytest.mark.parametrize("name", ["coverage", "likeness", "hit", "fits", "near", "cause"])
def test_more_of_a_clue_speaks_for_a_sentence(name):
    assert default_scorer().ranking[CLUES.index(name)] > 0


def test_shares_are_of_all_and_strength_rises_with_them():
    found = shares(np.array([3.0, 1.0, 1.0]))
    assert found.sum() == pytest.approx(1.0)
    assert found[0] > found[1] == found[2]
    strengths = default_scorer().strengths(np.array([0.1, 0.5, 0.9]))
    assert (np.diff(strengths) > 0).all()


def made_up(seed, count):
    """Questions whose right sentence has more of the first clue than the four others, or that have none."""
    random = np.random.default_rng(seed)
    for number in range(count):
        rows = random.normal(size=(5, len(CLUES)))
        right = np.zeros(5, dtype=bool)
        if number % 3:
            right[0] = True
            rows[0, 0] += 4.0
        yield Example(rows, right)


def test_weights_are_fitted_to_what_tells_and_saved(tmp_path):
    scorer = fit(list(made_up(1, 300)))
    assert abs(scorer.ranking[0]) > 3 * np.abs(scorer.ranking[1:]).max()
    measured = measure(scorer, list(made_up(2, 200)))
    assert measured["precision@1"] > 0.9
    assert measured["auc"] > 0.8
    scorer.write(tmp_path / "scorer.json", {"questions": 300})
    again = Scorer.read(tmp_path / "scorer.json")
    assert again.ranking == pytest.approx(scorer.ranking, abs=1e-3)


def test_examples_are_asked_with_and_without_their_text(tmp_path):
    pool = "Simhallen ligger vid torget i Sunnerö. " + "I bassängerna går det att simma året om. " * 25
    books = "Biblioteket öppnade 2019. " + "På hyllorna finns romaner och tidskrifter för alla åldrar. " * 20
    lines = [f"Var ligger simhallen?\t{pool}\tvid torget", f"När öppnade biblioteket?\t{books}\t2019"]
    path = tmp_path / "known.tsv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    known = list(read_known(path, answered=True))
    (tmp_path / "scratch").mkdir()
    found = list(examples(known, tmp_path / "scratch"))
    assert 2 <= len(found) <= 4
    assert any(each.right.any() for each in found)
    assert not all(each.right.any() for each in found)
    assert all(each.clues.shape == (len(each.right), len(CLUES)) for each in found)
