"""The project's own promises: the README's commands, the samples, and no network."""

import re
import subprocess
import sys
from pathlib import Path

from corpus.read import read_raw
from corpus.samples import make
from index.samples import sample_files

ROOT = Path(__file__).parent.parent


def test_the_readme_has_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install -e . && rapportsvar serve" in readme
    assert "pip install -e '.[dev]' && pytest" in readme


def test_the_readmes_command_names_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"rapportsvar (index|reports|remove|search|ask|serve)\b", readme))
    assert named == {"index", "reports", "remove", "search", "ask", "serve"}


def test_the_sample_reports_are_those_that_the_script_makes(tmp_path):
    assert len(sample_files()) == 6
    for path in sample_files():
        again = tmp_path / path.name
        make.render_report(make.read_source(make.HERE / "source" / f"{path.stem}.md"), again)
        assert read_raw(again) == read_raw(path), path.name


def test_the_command_line_starts_without_torch():
    code = "import sys, qa.cli; print({'torch', 'sentence_transformers', 'gradio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"


def test_asking_opens_no_connection(assistant, no_network):
    assert assistant.ask("Hur hög var sjukfrånvaron i Norrvik 2023?").citations


def test_changelog_has_the_version():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
