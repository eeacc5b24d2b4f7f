"""The documents say what the code does."""

import re
from pathlib import Path

from eval.__main__ import COMMANDS, parser
from eval.cases import ANSWERABLE_KINDS, FIELDS, STYLES, UNANSWERABLE, Reason, read_case
from eval.measures import MEASURES, WHOLE

GUIDE = Path("docs/evaluation.md").read_text(encoding="utf-8")


def test_the_guide_has_every_field_and_value_of_a_case():
    named = set(re.findall(r"`([a-z_]+)`", GUIDE))
    assert named >= FIELDS | ANSWERABLE_KINDS | {UNANSWERABLE} | STYLES | {reason.value for reason in Reason}


def test_the_guide_has_every_measure_by_both_its_names():
    assert set(re.findall(r"`([a-z_0-9]+)`", GUIDE)) >= set(MEASURES) | set(WHOLE)
    # "nDCG@10, MRR" share a row.
    labels = {label.strip() for row in re.findall(r"^\| ([^|]+) \|", GUIDE, re.M) for label in row.split(",")}
    assert labels >= {measure.label for measure in (*MEASURES.values(), *WHOLE.values())}


def test_the_guides_examples_are_valid_cases():
    examples = re.findall(r"^    (\{\"id\".*?\})$", GUIDE, re.M | re.S)
    assert [read_case(" ".join(example.split())).id for example in examples] == ["egen-001", "egen-002"]


def test_the_guides_commands_can_be_given():
    given = re.findall(r"^    python -m eval (.+)$", GUIDE, re.M)
    assert len(given) >= 5
    for line in given:
        parser().parse_args(line.split())
    assert set(COMMANDS) - {"benchmarks"} <= set(re.findall(r"python -m eval ([a-z]+)", GUIDE))
