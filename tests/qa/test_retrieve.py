"""Fusing the two searches."""

import pytest

from qa.retrieve import fuse


def test_the_best_of_both_has_one_and_what_neither_found_has_nothing():
    fused = fuse({1: 8.0, 2: 4.0}, {1: 0.6, 3: 0.1}, background=0.1, share=0.5)
    assert fused == pytest.approx({1: 1.0, 2: 0.25, 3: 0.0})


def test_an_encoder_with_high_cosines_is_heard_as_well():
    """Cosines between .80 and .90 tell as much as those between .0 and .5, of the same passages."""
    lexical = {1: 3.0, 2: 2.0, 3: 2.5}
    wide = fuse(lexical, {1: 0.0, 2: 0.5, 3: 0.25}, background=0.0)
    narrow = fuse(lexical, {1: 0.80, 2: 0.90, 3: 0.85}, background=0.80)
    assert wide == pytest.approx(narrow)


def test_a_passage_farther_than_most_is_not_punished_twice():
    assert fuse({1: 1.0}, {1: -0.2, 2: 0.4}, background=0.1, share=0.5)[1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("lexical", "cosine", "share", "expected"),
    [
        pytest.param({1: 2.0, 2: 1.0}, {}, 1.0, {1: 1.0, 2: 0.5}, id="lexical-alone"),
        pytest.param({}, {1: 0.5, 2: 0.3}, 0.0, {1: 1.0, 2: 0.5}, id="dense-alone"),
        pytest.param({}, {}, 0.5, {}, id="nothing"),
        pytest.param({}, {1: 0.05}, 0.0, {1: 0.0}, id="only-far-ones"),
    ],
)
def test_one_search_without_the_other(lexical, cosine, share, expected):
    assert fuse(lexical, cosine, 0.1, share) == pytest.approx(expected)
