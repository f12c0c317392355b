"""Sheet By year: native formulas beside CAI_PATH, every year in the same column."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from engines import require
from engines.libreoffice import LibreOffice, available
from shipped import MODEL, RESULTS

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.workbook import build
from xl_cryptoai.workbook.layout import lay_out
from xl_cryptoai.workbook.sheets.by_year import rows_of

LAYOUT = lay_out(MODEL, tables=False)
ROWS = rows_of(LAYOUT)
HORIZON = UserInputs(
    "bull",
    values={
        "forecast_year": {"override": 2035.0},
        "adoption_curve": {"override": "constant_growth"},
        "crypto_software_share": {"override": 0.0},
    },
)
LIVE = {"forecast_year": 2035, "adoption_curve": "constant_growth", "crypto_software_share": 0.0}


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("by_year") / "longer.xlsx"
    path.write_bytes(build("plain", HORIZON))
    return path


def expected(case: str) -> dict[tuple[str, int], float]:
    forecast = Forecast("bull", overrides=LIVE) if case == "live" else Forecast(case)
    path = forecast.path(RESULTS)
    return {
        (name, int(year)): value
        for name, year, value in zip(path.id, path.year, path.value, strict=True)
    }


@pytest.mark.parametrize("case", LAYOUT.cases)
def test_native_revenue_is_pythons_in_every_year_and_blank_beyond(longer: Path, case: str) -> None:
    sheet = openpyxl.load_workbook(longer, data_only=True)["By year"]
    years = [cell.value for cell in sheet[5][4:]]
    assert [year for year in years if year] == list(range(2022, 2036))
    wanted = expected(case)
    for name in RESULTS:
        for year, cell in zip(years, sheet[ROWS.revenue[case, name]][4:], strict=True):
            if (name, year) in wanted:
                assert cell.value == pytest.approx(wanted[name, year], rel=1e-12, abs=1e-9)
            else:
                assert cell.value in (None, "")


def test_titles_and_columns_say_the_years_of_the_cases(longer: Path) -> None:
    book = openpyxl.load_workbook(longer, data_only=True)
    assert book["Cover"]["A1"].value == "Crypto-AI revenue in 2035"
    assert book.properties.title == "Crypto-AI revenue in 2035"
    kinds = ["in use, 2035", "house, 2030", "published, 2030", "house, 2030"]
    assert [cell.value for cell in book["Forecast"][6][4:8]] == kinds
    assert "Live: 2035 Bear: 2030" in book["Charts"]["A2"].value


def test_a_longer_horizon_passes_every_check(longer: Path) -> None:
    flag = openpyxl.load_workbook(longer, data_only=True)["By year"]["A3"].value
    assert flag.startswith("All ")


def test_an_audit_finds_a_year_that_is_typed_over(longer: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(longer)
    row = ROWS.chain["bear", "crypto_compute"]
    book["By year"].cell(row, 8).value = 1e9
    path = tmp_path / "typed.xlsx"
    book.save(path)
    found = {one.rule.id: one for one in audit_book(open_book(path))}["one_formula_a_row"]
    assert [str(one.place) for one in found.findings] == [f"By year!H{row}"]


def test_the_path_follows_an_edit_in_libreoffice(tmp_path: Path) -> None:
    if reason := available():
        require(reason)
    path = tmp_path / "plain.xlsx"
    path.write_bytes(build("plain"))
    row = ROWS.revenue["live", "total"]
    edits = [
        ("Assumptions", f"{LAYOUT.override}{LAYOUT.assumption_row['adoption_curve']}", "linear"),
        ("Assumptions", f"{LAYOUT.override}{LAYOUT.assumption_row['forecast_year']}", 2032.0),
    ]
    with LibreOffice() as office, office.open(path) as document:
        ((values,),) = document.probe(edits, [("By year", f"E{row}:Y{row}")])
    wanted = Forecast(overrides={"adoption_curve": "linear", "forecast_year": 2032}).path(["total"])
    assert values[:11] == pytest.approx(wanted.value.tolist(), rel=1e-12)
    assert set(values[11:]) <= {"", None}
