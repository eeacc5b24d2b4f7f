"""The documents say what the code does."""

import re
from pathlib import Path

from gradio_client import Client
from typer.testing import CliRunner

from eval.__main__ import COMMANDS, parser
from eval.cases import ANSWERABLE_KINDS, FIELDS, STYLES, UNANSWERABLE, Reason, read_case
from eval.measures import MEASURES, WHOLE
from qa.cli import app

GUIDE = Path("docs/evaluation.md").read_text(encoding="utf-8")
WEB = Path("docs/webb.md").read_text(encoding="utf-8")
SECURITY = Path("docs/security.md").read_text(encoding="utf-8")


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


def test_the_web_guides_example_runs_and_its_endpoints_are_those_there_are(sample_page, capsys):
    example = re.findall(r"^```python\n(.*?)^```$", WEB, re.M | re.S)[0]
    exec(example.replace("http://127.0.0.1:7860/", sample_page))
    printed = capsys.readouterr().out
    assert "7,9 %" in printed
    assert "norrvik-2023.pdf 7" in printed
    client = Client(sample_page, verbose=False)
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) <= set(re.findall(r"`(/[a-z]+)`", WEB))


def test_the_guides_commands_have_those_options():
    for line in re.findall(r"^    rapportsvar (.+)$", WEB + SECURITY, re.M):
        name, *words = line.split()
        done = CliRunner().invoke(app, [name, "--help"])
        assert done.exit_code == 0, line
        for option in (word for word in words if word.startswith("--")):
            assert option in done.output, line
