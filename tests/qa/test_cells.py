"""Which cells of a row answer: the right column, year and kind, and series of like with like."""

import pytest

from index.ingest import index_files
from index.store import Library
from qa.assistant import Assistant

REPORT = """Ekdunga kommun
Delårsrapport 2024
Socialnämnden
Socialnämnden i Ekdunga kommun redovisar utfall per 31 augusti 2024.
Drift (belopp i mnkr)\tUtfall 2022\tUtfall 2023\tUtfall 31/8 2024\tPrognos 2024\tBudget 2024
Färdtjänst\t-12,5\t-14,0\t-9,1\t-15,2\t-13,9
Bostadsanpassning\t-3,0\t-2,8\t-2,0\t-2,9\t-3,1
"""


@pytest.fixture(scope="module")
def ekdunga(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("ekdunga")
    (folder / "r.txt").write_text(REPORT, encoding="utf-8")
    index_files(folder / "lib", [folder / "r.txt"], encoder)
    return Assistant(Library(folder / "lib"), encoder)


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        pytest.param("Hur mycket kostade färdtjänsten 2023?", ["-14,0 mnkr (utfall 2023)"], ["12,5", "9,1"], id="year"),
        pytest.param("Vilken budget har färdtjänsten 2024?", ["-13,9 mnkr (budget 2024)"], ["15,2"], id="budget"),
        pytest.param("Vad är prognosen för färdtjänst 2024?", ["-15,2 mnkr (prognos 2024)"], ["13,9"], id="forecast"),
        pytest.param(
            "Hur har kostnaden för färdtjänst utvecklats?",
            ["-12,5 mnkr (2022), -14,0 mnkr (2023).", "ökat med 1,5 mnkr", "Därefter: -9,1 mnkr (utfall 31/8 2024)"],
            ["-9,1 mnkr (2024)"],
            id="whole-years-together",
        ),
    ],
)  # fmt: skip
def test_cells(ekdunga, question, said, unsaid):
    answer = ekdunga.ask(question).text
    assert all(words in answer for words in said), answer
    assert not any(words in answer for words in unsaid), answer
