"""What is known of words: the marks that a hurried writer leaves out."""

import pytest

from corpus.lexicon import with_marks


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("varfor", "varför", id="question-word"),
        pytest.param("for", "för", id="commoner-by-far"),
        pytest.param("var", "var", id="as-common"),
        pytest.param("man", "man", id="commoner-without"),
        pytest.param("budget", "budget", id="a-word"),
        pytest.param("socialnamndens", "socialnämndens", id="inflected"),
        pytest.param("genomforandeplaner", "genomförandeplaner", id="compound"),
        pytest.param("aldreomsorgsnamnden", "äldreomsorgsnämnden", id="compound-of-three"),
        pytest.param("stafettpersonalen", "stafettpersonalen", id="compound-as-it-is"),
        pytest.param("ostersund", "östersund", id="name"),
        pytest.param("ifo", "ifo", id="abbreviation"),
        pytest.param("xyzzy", "xyzzy", id="no-word"),
        pytest.param("a" * 40, "a" * 40, id="too-many-readings"),
    ],
)
def test_marks_are_put_back(written, meant):
    assert with_marks(written) == meant
