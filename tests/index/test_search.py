"""The two indexes, on texts of which a test can say what wins."""

import numpy as np
import pytest

from index.dense import DenseIndex
from index.lexical import LexicalIndex, LexicalWriter, Weighted
from index.terms import terms

TEXTS = {
    1: ("a", "Underskottet beror på ökade personalkostnader inom hemtjänsten.", "Ekonomi"),
    2: ("a", "Sjukfrånvaron har minskat under året.", "Personal"),
    3: ("b", "Antalet placeringar i familjehem har ökat.", "Individ- och familjeomsorg"),
    4: ("b", "Hemtjänsten fick nya lokaler i maj.", "Viktiga händelser"),
}


@pytest.fixture
def lexical(tmp_path):
    LexicalIndex.create(tmp_path)
    writer = LexicalWriter(tmp_path)
    for number, (report, text, heading) in TEXTS.items():
        writer.add(number, report, text, heading)
    writer.commit()
    return LexicalIndex(tmp_path)


def numbers(index, question, reports=None, k=10):
    return [n for n, _ in index.search([Weighted(each) for each in terms(question)], k, reports)]


def test_inflection_and_compounds_are_found(lexical):
    assert numbers(lexical, "familjehemsplacering")[0] == 3
    assert numbers(lexical, "personalkostnad")[0] == 1
    assert numbers(lexical, "sjukfrånvaro") == [2]


def test_headings_are_searched(lexical):
    assert numbers(lexical, "familjeomsorgen") == [3]


def test_scope_limits_the_reports(lexical):
    assert set(numbers(lexical, "hemtjänst")[:2]) == {1, 4}
    assert numbers(lexical, "hemtjänst", ["b"])[0] == 4
    assert set(numbers(lexical, "hemtjänst", ["b"])) <= {3, 4}
    assert numbers(lexical, "hemtjänst", []) == []


def test_more_than_there_is(lexical):
    assert len(numbers(lexical, "hemtjänst sjukfrånvaro familjehem", k=1000)) == 4
    assert numbers(lexical, "xyzzy") == []


def test_removed_reports_are_gone(lexical, tmp_path):
    writer = LexicalWriter(tmp_path)
    writer.remove("a")
    writer.commit()
    assert numbers(LexicalIndex(tmp_path), "hemtjänst")[0] == 4
    assert not {1, 2} & set(numbers(LexicalIndex(tmp_path), "hemtjänst sjukfrånvaro personal"))


def vectors(*rows):
    array = np.array(rows, dtype=np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def test_dense_search_is_by_cosine_and_higher_is_better(tmp_path):
    index = DenseIndex(2)
    index.add([10, 20, 30], vectors([1, 0], [1, 1], [0, 1]))
    query = vectors([1, 0])[0]
    found = index.search(query, 10)
    assert [n for n, _ in found] == [10, 20, 30]
    assert found[0][1] == pytest.approx(1.0)
    assert found[1][1] == pytest.approx(2**-0.5)
    assert [n for n, _ in index.search(query, 10, allowed=[20, 30])] == [20, 30]
    assert index.search(query, 10, allowed=[]) == []
    assert index.cosines(query, [30, 10]) == pytest.approx([0.0, 1.0])
    index.remove([10])
    index.save(tmp_path / "v")
    assert [n for n, _ in DenseIndex.load(tmp_path / "v").search(query, 10)] == [20, 30]


def test_an_empty_index_finds_nothing():
    assert DenseIndex(2).search(vectors([1, 0])[0], 5) == []


def test_the_background_is_the_mean_cosine_with_all_passages():
    index = DenseIndex(2)
    query = np.array([1.0, 0.0], np.float32)
    assert index.background(query) == 0.0
    index.add([7, 9], np.array([[1.0, 0.0], [0.0, 1.0]], np.float32))
    assert index.background(query) == pytest.approx(0.5)
    index.remove([9])
    assert index.background(query) == pytest.approx(1.0)
