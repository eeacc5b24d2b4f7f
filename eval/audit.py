"""An audit of the figures read from tables: cells drawn at random, for a person to check by hand.

A sheet has a line for each cell drawn, certain or not, with the row as it is written. The person
writes "ja" or "nej" in its last column; counting the sheet gives what is kept, without any text
of the reports.
"""

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Figure, Report
from corpus.errors import RapportsvarError
from corpus.load import load_report
from corpus.meaning import table_figures
from corpus.tables import Row, Table, tables
from index.ingest import report_files

HELP = "Dra celler ur rapporternas tabeller på måfå för att granska dem för hand, eller räkna en granskad lista."
COLUMNS = (
    "fil", "sida", "huvud", "rad", "säker", "etikett", "grupp", "kolumn", "slag", "period", "värde", "enhet", "rätt",
)  # fmt: skip
YES, NO = "ja", "nej"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell of a table: the figure that it was read as, or None if its column is uncertain."""

    report: Report
    table: Table
    row: Row
    figure: Figure | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="SÖKVÄG", help="rapporter, mappar, eller en granskad lista"
    )
    parser.add_argument("--cells", type=int, default=150, metavar="ANTAL", help="hur många celler som dras")
    parser.add_argument("--seed", type=int, default=1, metavar="TAL", help="samma tal drar samma celler")
    parser.add_argument("--sheet", type=Path, metavar="FIL", help="skriv listan att granska dit (TSV)")


def run(given: argparse.Namespace) -> int:
    """Write a sheet to check, or count one that has been checked.

    Raises:
        RapportsvarError: if there is nothing to draw from, or a sheet has not been filled in.
    """
    if given.sheet is None:
        print(json.dumps([count(path) for path in given.paths], ensure_ascii=False, indent=1))
        return 0
    reports = list(_readable(given.paths))
    cells = [cell for report in reports for cell in cells_of(report)]
    if not cells:
        raise RapportsvarError("Det finns inga tabeller med siffror där; ange en rapport eller en mapp med rapporter.")
    random.Random(given.seed).shuffle(cells)
    chosen = cells[: given.cells]
    with given.sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter="\t")
        writer.writerow(COLUMNS)
        writer.writerows(map(line, chosen))
    certain = sum(cell.figure is not None for cell in cells)
    print(f"{len(cells)} celler i {len(reports)} rapporter, {certain} säkra; {len(chosen)} skrevs till {given.sheet}.")
    return 0


def _readable(paths: list[Path]) -> Iterator[Report]:
    for path in report_files(paths):
        try:
            yield load_report(path)[0]
        except RapportsvarError as error:
            print(error)


def cells_of(report: Report) -> Iterator[Drawn]:
    """Every cell with a figure in a report's tables, certain or not."""
    found = tables(report)
    figures = {figure.start: figure for figure in table_figures(report, found)}
    for table in found:
        for row in table.rows:
            for cell in row.cells:
                if cell is not None and cell.value is not None:
                    yield Drawn(report, table, row, figures.get(row.block.start + cell.start))
            for _ in range(row.uncertain):
                yield Drawn(report, table, row, None)


def line(cell: Drawn) -> tuple[str, ...]:
    """A cell as a line of the sheet."""
    report, figure = cell.report, cell.figure
    page = report.page(cell.row.block.start)
    written = report.text[cell.row.block.start : cell.row.block.end].replace("\t", " | ")
    place = (report.file, str(page or ""), cell.table.head.replace("\t", " | ").replace("\n", " / "), written)
    if figure is None:
        return (*place, NO, *[""] * 8)
    return (
        *place,
        YES,
        figure.label,
        figure.group,
        figure.column,
        figure.kind.value,
        figure.period.label if figure.period else "",
        report.text[figure.start : figure.end],
        figure.unit or "",
        "",
    )


def count(sheet: Path) -> dict[str, object]:
    """What a checked sheet comes to, by file: cells drawn, certain among them, and right among the certain.

    Raises:
        RapportsvarError: if the sheet can't be read, or a certain cell has neither "ja" nor "nej".
    """
    try:
        with sheet.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RapportsvarError(
            f"{sheet} gick inte att läsa; ange en lista från python -m eval audit --sheet."
        ) from error
    counts: dict[str, Counter[str]] = {}
    for number, row in enumerate(rows, 2):
        mine = counts.setdefault(row.get("fil") or "", Counter(drawn=0, certain=0, right=0))
        certain, right = row.get("säker") == YES, (row.get("rätt") or "").strip().lower()
        if certain and right not in (YES, NO):
            raise RapportsvarError(f"{sheet}, rad {number}: skriv ja eller nej i kolumnen rätt.")
        mine.update(drawn=1, certain=int(certain), right=int(certain and right == YES))
    total = sum(counts.values(), Counter[str]())
    return {"sheet": sheet.name, **total, "files": {name: dict(each) for name, each in sorted(counts.items())}}
