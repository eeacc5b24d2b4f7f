"""Fusing the two searches."""

import pytest

from qa.retrieve import fuse


def test_what_both_found_goes_before_what_one_found():
    # The best cosine stands .25 above the background, whose root is .5.
    fused = fuse({1: 8.0, 2: 4.0}, {1: 0.35, 3: 0.1}, background=0.1, share=0.5)
    assert fused == pytest.approx({1: 0.5 + 0.5 * 0.5, 2: 0.25, 3: 0.0})


def test_where_an_encoders_cosines_begin_does_not_matter():
    lexical = {1: 3.0, 2: 2.0, 3: 2.5}
    low = fuse(lexical, {1: 0.0, 2: 0.3, 3: 0.15}, background=0.0)
    high = fuse(lexical, {1: 0.6, 2: 0.9, 3: 0.75}, background=0.6)
    assert low == pytest.approx(high)


def test_a_nearer_best_counts_for_more():
    assert fuse({}, {2: 0.6}, background=0.0)[2] > fuse({}, {2: 0.2}, background=0.0)[2]


def test_a_passage_farther_than_most_has_nothing_but_its_words():
    assert fuse({1: 1.0}, {1: -0.2, 2: 0.4}, background=0.1, share=0.5)[1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("lexical", "cosine", "share", "expected"),
    [
        pytest.param({1: 2.0, 2: 1.0}, {}, 1.0, {1: 1.0, 2: 0.5}, id="lexical-alone"),
        pytest.param({}, {1: 0.35, 2: 0.1}, 0.0, {1: 0.5, 2: 0.0}, id="dense-alone"),
        pytest.param({}, {}, 0.5, {}, id="nothing"),
        pytest.param({}, {1: 0.05}, 0.0, {1: 0.0}, id="only-far-ones"),
    ],
)
def test_one_search_without_the_other(lexical, cosine, share, expected):
    assert fuse(lexical, cosine, 0.1, share) == pytest.approx(expected)


def test_a_passage_that_two_parts_of_a_question_find_is_a_hit_once(assistant):
    hits = assistant.search("Hur hög var sjukfrånvaron i årsrapporten 2023 respektive i delårsrapporten 2024?", 50)
    assert len({hit.passage for hit in hits}) == len(hits) == 50
