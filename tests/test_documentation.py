"""The documentation says what the code says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from shipped import MODEL

from xl_cryptoai import Forecast
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.calculate import calculate, saved
from xl_cryptoai.workbook.layout import SHEETS

ROOT = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
assert SPEC is not None and SPEC.loader is not None
generate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(generate)


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == generate.PAGES[name](), "run: python docs/generate.py"


def test_every_sheet_has_its_picture() -> None:
    for sheet in SHEETS:
        assert generate.picture_of(sheet).stat().st_size > 5_000


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "workbooks/README.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_of_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_formula_of_the_page_for_any_workbook_gives_what_stands_beside_it() -> None:
    page = (ROOT / "docs" / "anywhere.md").read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", page, re.DOTALL)
    assert block is not None
    formulas = [re.split(r" {3,}", line) for line in block[1].splitlines()]
    book = Workbook()
    sheet = book.worksheets[0]
    for column, (formula, _) in enumerate(formulas):
        first, last = get_column_letter(10 * column + 1), get_column_letter(10 * column + 6)
        sheet[f"{first}1"] = ArrayFormula(f"{first}1:{last}20", formula)
    values = calculate(MODEL, book, ROUTES["windows"], saved(book))[sheet.title]
    found = {
        formula: [row[10 * column] for row in values]
        for column, (formula, _) in enumerate(formulas)
    }
    corners = [cells[0] for cells in found.values()]
    assert corners == ["id", "id", "id", Forecast()["total"], "Revenue: 10.2B", "level"]
    assert formulas[4][1].endswith(str(corners[4]))
    headers = [values[0][10 * column + 3] for column in range(3)]
    assert headers == ["base", "bull (house)", "bear (house)"]


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 bootstrap.py build" in text and "python3 bootstrap.py test" in text
