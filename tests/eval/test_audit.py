"""The audit draws the same cells for the same seed, and counts what a person has judged."""

import csv
import json

import pytest

from eval.__main__ import main

REPORTS = "corpus/samples/norrvik-2023.pdf"


def drawn(tmp_path, seed="1", cells="20"):
    sheet = tmp_path / f"lista-{seed}.tsv"
    assert main(["audit", REPORTS, "--cells", cells, "--seed", seed, "--sheet", str(sheet)]) == 0
    with sheet.open(encoding="utf-8", newline="") as lines:
        return sheet, list(csv.DictReader(lines, delimiter="\t"))


def test_a_seed_draws_its_cells_again(tmp_path):
    _, first = drawn(tmp_path)
    _, again = drawn(tmp_path)
    _, other = drawn(tmp_path, seed="2")
    assert first == again != other
    assert len(first) == 20
    for row in first:
        # The value stands in the row as it is written, and nothing is judged beforehand.
        assert row["säker"] == "ja"
        assert row["värde"] in row["rad"]
        assert row["rätt"] == ""


def test_a_checked_sheet_is_counted_without_any_text(tmp_path, capsys):
    sheet, rows = drawn(tmp_path)
    for number, row in enumerate(rows):
        row["rätt"] = "nej" if number < 3 else "Ja "
    with sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys(), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    capsys.readouterr()
    assert main(["audit", str(sheet)]) == 0
    (counted,) = json.loads(capsys.readouterr().out)
    assert (counted["drawn"], counted["certain"], counted["right"]) == (20, 20, 17)
    assert set(counted["files"]) == {"norrvik-2023.pdf"}
    assert rows[0]["etikett"] not in json.dumps(counted, ensure_ascii=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["{sheet}"], "skriv ja eller nej", id="not-filled-in"),
        pytest.param(["{folder}/ingen.tsv"], "gick inte att läsa", id="no-sheet"),
        pytest.param(["{folder}", "--sheet", "{folder}/ny.tsv"], "inga tabeller", id="no-reports"),
    ],
)
def test_what_can_not_be_used_is_told(tmp_path, capsys, arguments, words):
    sheet, _ = drawn(tmp_path)
    (tmp_path / "tom").mkdir()
    places = {"sheet": sheet, "folder": tmp_path / "tom"}
    assert main(["audit", *(each.format(**places) for each in arguments)]) == 1
    assert words in capsys.readouterr().err
