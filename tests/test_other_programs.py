"""Other programs read the workbooks of every route, and find the stored values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from engines import readers, require

from xl_cryptoai.workbook import ROUTES


@pytest.mark.parametrize("reader", readers.READERS)
@pytest.mark.parametrize("route", ROUTES)
def test_a_program_finds_the_stored_value_in_every_cell_that_a_formula_fills(
    workbooks: dict[str, Path], route: str, reader: str
) -> None:
    require(readers.available(reader))
    stored = readers.stored_values(workbooks[route])
    assert len(stored) > 1800  # the plain workbook, which has the fewest formulas
    assert readers.differences(stored, readers.READERS[reader](workbooks[route])) == []


@pytest.mark.parametrize("reader", readers.READERS)
def test_a_value_that_a_program_reads_in_another_way_is_found(
    workbooks: dict[str, Path], tmp_path: Path, reader: str
) -> None:
    require(readers.available(reader))
    stored = readers.stored_values(workbooks["plain"])
    at = next(at for at, value in stored.items() if value == 2030)
    text = next(at for at, value in stored.items() if value == "published")
    found = readers.READERS[reader](workbooks["plain"])
    assert len(readers.differences({**stored, at: 2030.0000000001}, found)) == 1
    assert len(readers.differences({**stored, at: "2030"}, found)) == 1
    assert len(readers.differences({**stored, text: "Published"}, found)) == 1


def test_the_docs_name_every_program_that_is_tried() -> None:
    text = (Path(__file__).parents[1] / "docs" / "sharing.md").read_text(encoding="utf-8")
    section = text.split("## Which programs read it")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([\w ]+) \| (?!language)", section, flags=re.MULTILINE)
    assert sorted(rows) == sorted(readers.READERS)
