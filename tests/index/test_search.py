"""The two indexes, on texts of which a test can say what wins."""

import numpy as np
import pytest

from index.dense import MANY, DenseIndex, VectorFile, write_vectors
from index.lexical import LexicalIndex, LexicalWriter, Weighted, fields
from index.tables import Extent
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
        writer.add(number, report, fields(text, heading))
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


def dense(folder, *reports):
    """An index of reports, each an id, the number of its first passage and the vectors of all; each in a segment."""
    files, extents = [], []
    for report_id, first, rows in reports:
        (folder / report_id).mkdir()
        write_vectors(folder / report_id, [rows], rows.shape[1])
        files.append(VectorFile(folder / report_id))
        extents.append([Extent(report_id, first, 0, len(rows))])
    return DenseIndex(files, extents)


def test_dense_search_is_by_cosine_and_higher_is_better(tmp_path):
    index = dense(tmp_path, ("a", 10, vectors([1, 0], [1, 1])), ("b", 30, vectors([0, 1])))
    query = vectors([1, 0])[0]
    found = index.search(query, 10)
    assert [n for n, _ in found] == [10, 11, 30]
    assert found[0][1] == pytest.approx(1.0)
    assert found[1][1] == pytest.approx(2**-0.5, abs=1e-3)
    assert [n for n, _ in index.search(query, 1)] == [10]
    assert [n for n, _ in index.search(query, 10, ["b"])] == [30]
    assert index.search(query, 10, []) == []
    assert index.search(query, 0) == []
    assert index.cosines(query, [30, 10]) == pytest.approx([0.0, 1.0])
    assert index.cosines(query, []) == []


def test_an_empty_index_finds_nothing():
    assert DenseIndex([], []).search(vectors([1, 0])[0], 5) == []
    assert DenseIndex([], []).background(vectors([1, 0])[0]) == 0.0


def test_the_background_is_the_mean_cosine_with_all_passages(tmp_path):
    index = dense(tmp_path, ("a", 1, vectors([1, 0])), ("b", 2, vectors([0, 1])))
    assert index.background(np.array([1.0, 0.0], np.float32)) == pytest.approx(0.5)


def test_of_many_vectors_the_nearest_are_found_within_any_scope(tmp_path):
    random = np.random.default_rng(1)
    rows = vectors(*random.normal(size=(MANY, 32)))
    index = dense(tmp_path, ("a", 1, rows), ("b", MANY + 1, rows[:100]))
    kept = 0
    for query in vectors(*random.normal(size=(20, 32))):
        exact = rows @ query
        nearest = set((np.argsort(-exact)[:10] + 1).tolist())
        kept += len(nearest & {n for n, _ in index.search(query, 10, ["a"])})
        narrow = index.search(query, 10, ["b"])
        assert {number for number, _ in narrow} <= set(range(MANY + 1, MANY + 101))
        assert [cosine for _, cosine in narrow] == pytest.approx(-np.sort(-exact[:100])[:10], abs=1e-3)
    # Vectors without any order are the hardest to compress.
    assert kept >= 0.9 * 20 * 10
