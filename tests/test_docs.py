"""The documents say what the code does."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from gradio_client import Client
from typer.testing import CliRunner

from eval.__main__ import COMMANDS, parser
from eval.cases import ANSWERABLE_KINDS, FIELDS, STYLES, UNANSWERABLE, Reason, read_case
from eval.measures import MEASURES, WHOLE
from qa.cli import app

GUIDE = Path("docs/evaluation.md").read_text(encoding="utf-8")
WEB = Path("docs/webb.md").read_text(encoding="utf-8")
SECURITY = Path("docs/security.md").read_text(encoding="utf-8")
OPERATIONS = Path("docs/drift.md").read_text(encoding="utf-8")
EXAMPLES = Path("docs/exempel")


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
    given = re.findall(r"^ +rapportsvar (.+)$", WEB + SECURITY, re.M)
    given += re.findall(r"(?:^ +|`)rs (\w+[^`\n]*)", OPERATIONS, re.M)
    assert len(given) > 20
    for line in given:
        name, *words = line.split()
        done = CliRunner().invoke(app, [name, "--help"])
        assert done.exit_code == 0, line
        for option in (word for word in words if word.startswith("--")):
            assert option in done.output, line


def test_the_unit_keeps_what_the_program_writes_and_lets_it_write_nothing_else():
    service = configparser.RawConfigParser(strict=False)
    service.read_string((EXAMPLES / "rapportsvar.service").read_text(encoding="utf-8"))
    unit = dict(service["Service"])
    name, *words = unit["execstart"].partition("rapportsvar ")[2].split()
    shown = CliRunner().invoke(app, [name, "--help"]).output
    assert all(word in shown for word in words if word.startswith("--"))
    folder = f"/var/lib/{unit['statedirectory']}/"
    assert all(word.startswith(folder) for word in words if word.startswith("/"))
    assert (unit["protectsystem"], unit["nonewprivileges"], unit["umask"]) == ("strict", "yes", "0077")


@pytest.mark.caddy
def test_the_caddyfile_is_one():
    given = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(EXAMPLES / "Caddyfile")]
    ran = subprocess.run(given, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.nginx
def test_the_configuration_of_nginx_is_one(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=a"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    own = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    own = own.replace("/etc/ssl/private/rapportsvar.key", str(key)).replace(
        "/etc/ssl/rapportsvar.pem", str(certificate)
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ access_log off; {own} }}")
    ran = subprocess.run(["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert "test is successful" in ran.stderr, ran.stderr


@pytest.mark.systemd
def test_systemd_is_content_with_the_unit(tmp_path):
    unit = tmp_path / "rapportsvar.service"
    own = (EXAMPLES / "rapportsvar.service").read_text(encoding="utf-8")
    # It looks for the program, too.
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", own, flags=re.M))
    ran = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
