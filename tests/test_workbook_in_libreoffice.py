"""A real spreadsheet recalculates the workbook: the native formulas answer as Python does.

Nobody answers the `CAI_` calls here, so this is also the colleague without Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import require
from engines.libreoffice import CellError, Document, LibreOffice, available
from shipped import CATALOGUE, IN_TOTAL, MODEL, SCENARIOS, SEGMENTS, STEPS

from xl_cryptoai import Forecast
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook.layout import lay_out

LAYOUT = lay_out(MODEL)
CASES = LAYOUT.cases
OVERRIDE = LAYOUT.override
COLUMNS = {**{scenario: CASES[scenario] for scenario in SCENARIOS}, "override": OVERRIDE}


@pytest.fixture(scope="module")
def office() -> Iterator[LibreOffice]:
    if reason := available():
        require(reason)
    with LibreOffice() as started:
        yield started


@pytest.fixture(scope="module")
def document(office: LibreOffice, workbooks: dict[str, Path]) -> Iterator[Document]:
    with office.open(workbooks["office"]) as opened:
        opened.recalculate()
        yield opened


def test_every_native_twin_equals_python_in_every_case(document: Document) -> None:
    for case, column in CASES.items():
        forecast = Forecast("base" if case == "live" else case)
        for name in STEPS:
            value = document.value("Forecast", f"{column}{LAYOUT.native_row[name]}")
            assert value == pytest.approx(forecast[name], rel=1e-12), f"{name} {case}"


def test_every_check_that_needs_nobody_to_answer_is_ok(document: Document) -> None:
    rows = document.values("Checks", "B6:D68")
    assert len(rows) == 63
    waiting = [row for row in rows if row[1] == "native" or str(row[0]).startswith("Simulation")]
    assert {row[2] for row in waiting} == {"not available"}
    assert {row[2] for row in rows if row not in waiting} == {"OK"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_choice_on_the_cover_fills_the_live_column(document: Document, scenario: str) -> None:
    reads = [("Segments", f"E{LAYOUT.result_row['total']}")]
    ((((live,),),),) = (
        document.probe([("Cover", LAYOUT.scenario_cell, scenario.capitalize())], reads),
    )
    assert live == pytest.approx(Forecast(scenario)["total"], rel=1e-12)


def other_value(name: str, scenario: str) -> float | str:
    """Return a valid value that differs from the scenario's, inside every rule."""
    entry = CATALOGUE[name]
    value = entry.values[scenario]
    if entry.unit == CHOICE:
        return next(choice for choice in entry.choices if choice != value)
    if UNITS[entry.unit].whole:
        return float(value) + 1
    return float(value) * 0.9


EDITS = [
    pytest.param(name, place, id=f"{name} as {place}") for name in IN_TOTAL for place in COLUMNS
]


@pytest.mark.parametrize(("name", "place"), EDITS)
def test_editing_an_assumption_moves_a_segment_and_the_total_as_python_says(
    document: Document, name: str, place: str
) -> None:
    scenario = "base" if place == "override" else place
    shown = CASES["live"] if place == "override" else CASES[place]
    value = other_value(name, scenario)
    edits = [("Assumptions", f"{COLUMNS[place]}{LAYOUT.assumption_row[name]}", value)]
    reads = [("Segments", f"{shown}{LAYOUT.result_row[step]}") for step in STEPS]
    answers = [area[0][0] for area in document.probe(edits, reads)]
    found = dict(zip(STEPS, answers, strict=True))
    expected = Forecast(scenario, overrides={name: value})
    before = Forecast(scenario)
    for step in STEPS:
        assert found[step] == pytest.approx(expected[step], rel=1e-12), step
    assert found["total"] != pytest.approx(before["total"], rel=1e-6)
    assert any(found[step] != pytest.approx(before[step], rel=1e-6) for step in SEGMENTS)


# What is typed where, and the check that must notice it.
SLIPS = [
    ("a share typed as 33", "ai_penetration", "F", 33.0, "AI penetration: cases outside"),
    ("a share as text", "ai_penetration", "G", "a third", "AI penetration: cases outside"),
    ("a broken year", "forecast_year", "I", 2030.5, "Forecast year: cases outside"),
    ("a year before the baseline", "forecast_year", "I", 2021.0, "Cases in which the forecast ye"),
    ("shares above the whole", "software_share", "H", 0.95, "Cases in which software and compute"),
    ("costs above revenue", "bank_compliance_cost", "I", 7e11, "Cases in which compliance costs"),
    ("a changed base", "crypto_software_share", "G", 0.06, "Crypto software: Base against the"),
    ("an unknown choice", "identity_base", "I", "hardware", "Identity base: cases outside"),
    ("a blank scenario value", "identity_rate", "F", None, "Identity rate: cases outside"),
]


@pytest.mark.parametrize(("name", "column", "value", "check"), [s[1:] for s in SLIPS],
                         ids=[s[0] for s in SLIPS])  # fmt: skip
def test_a_slip_turns_its_check_and_the_master_flag_to_error(
    document: Document, name: str, column: str, value: object, check: str
) -> None:
    edits = [("Assumptions", f"{column}{LAYOUT.assumption_row[name]}", value)]
    checks, flag = document.probe(edits, [("Checks", "B6:D66"), ("Cover", "A3")])
    assert [row[2] for row in checks if str(row[0]).startswith(check)] == ["ERROR"]
    assert "checks fail" in str(flag[0][0])


def test_the_market_by_year_follows_the_years(document: Document) -> None:
    rows = LAYOUT.path_row
    edits = [("Assumptions", f"{LAYOUT.override}{LAYOUT.assumption_row['forecast_year']}", 2033.0)]
    area = f"C{rows[0]}:G{rows[len(rows) - 1]}"
    (table,) = document.probe(edits, [("Segments", area)])
    live = {row[0]: row[2] for row in table if isinstance(row[2], float)}
    base = {row[0]: row[4] for row in table if isinstance(row[4], float)}
    path = Forecast(overrides={"forecast_year": 2033}).tam_path().set_index("year")["tam"]
    assert live == pytest.approx(dict(path.items()), rel=1e-12)
    assert [*base] == list(range(2022, 2031))


def test_the_tam_by_year_outgrows_no_table_within_the_bounds(document: Document) -> None:
    rows = LAYOUT.path_row
    year = LAYOUT.assumption_row
    edits = [
        ("Assumptions", f"{LAYOUT.override}{year['baseline_year']}", 2020.0),
        ("Assumptions", f"{LAYOUT.override}{year['forecast_year']}", 2040.0),
    ]
    (table,) = document.probe(edits, [("Segments", f"C{rows[0]}:E{rows[len(rows) - 1]}")])
    assert [row[0] for row in table] == list(range(2020, 2041))
    assert all(isinstance(row[2], float) for row in table)


def test_a_changed_base_is_no_longer_called_published(document: Document) -> None:
    where = f"G{LAYOUT.assumption_row['ai_penetration']}"
    (headers,) = document.probe([("Assumptions", where, 0.34)], [("Assumptions", "F6:H6")])
    assert headers == [["house", "changed", "house"]]
    assert document.value("Assumptions", "G6") == "published"


# What is typed over where, in a workbook without calls, and the check that must notice it.
TYPED_OVER = [
    ("a live value", "Assumptions", "E13", 0.9, "Live values that are neither"),
    (
        "a year of the market",
        "Segments",
        f"E{LAYOUT.path_row[3]}",
        1.0,
        "Cases in which the market",
    ),
    ("a state", "Checks", "D24", None, None),
    ("a found figure", "Checks", "E24", "fine", None),
    ("a tolerance", "Checks", "G24", "x", None),
    ("a total of the workings", "Workings", "H47", 5e9, "Workings: columns in which"),
    ("the published total of the workings", "Workings", "D47", 5e9, "Workings: total of the publ"),
]


@pytest.mark.parametrize(("sheet", "where", "value", "check"), [t[1:] for t in TYPED_OVER],
                         ids=[t[0] for t in TYPED_OVER])  # fmt: skip
def test_what_is_typed_over_a_formula_turns_the_flag(
    document: Document, sheet: str, where: str, value: object, check: str | None
) -> None:
    reads = [("Checks", "B6:D66"), ("Cover", "A3")]
    checks, flag = document.probe([(sheet, where, value)], reads)
    assert "checks fail" in str(flag[0][0])
    if check is not None:
        assert "ERROR" in [row[2] for row in checks if str(row[0]).startswith(check)]


def test_a_zero_everywhere_is_a_total_of_zero_and_no_error(document: Document) -> None:
    names = ("crypto_software_share", "crypto_compute_share", "crypto_identity_share",
             "crypto_security_share")  # fmt: skip
    edits = [
        ("Assumptions", f"{LAYOUT.override}{LAYOUT.assumption_row[name]}", 0.0) for name in names
    ]
    shares, findings = document.probe(edits, [("Segments", "E15:E19"), ("Findings", "F7:F14")])
    assert {row[0] for row in shares} == {0.0}
    assert not [row for row in findings if isinstance(row[0], CellError)]
