"""What a reader without the functions sees, in LibreOffice, in every order of events.

LibreOffice computes array formulas when it opens a file, other formulas when an input changes, and
all of them on a hard recalculation: a stored answer may stand in a cell for long.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from engines import require
from engines.libreoffice import CellError, Document, LibreOffice, available
from openpyxl.styles.colors import Color
from openpyxl.utils import coordinate_to_tuple
from shipped import MODEL, STEPS
from strategies import CATALOGUE
from xl_cryptoai_libreoffice import write_extension

from xl_cryptoai import Forecast
from xl_cryptoai.risk import simulate, tornado
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.layout import SHEETS, Layout, lay_out
from xl_cryptoai.workbook.sheets.risk_layout import goals_row, tables

pytestmark = pytest.mark.slow

CALLING = [route.id for route in ROUTES.values() if route.calls]
HINT = "Functions not available: native values and stored tables in grey"
HIGHER = {"ai_penetration": 0.4}
EDITED = Forecast("bull", overrides=HIGHER)
EVENTS = ("edit", "recalculate", "save and reopen")
ORDERS = [
    pytest.param(order, id=", ".join(order), marks=pytest.mark.slow if number else ())
    for number, order in enumerate(permutations(EVENTS))
]
TABLES = tables(MODEL)
GREY = "00767676"


def layout_of(route: str) -> Layout:
    return lay_out(MODEL, calls=ROUTES[route].calls)


def edit(opened: Document, route: str) -> None:
    """Switch the scenario and type an override."""
    layout = layout_of(route)
    row = layout.assumption_row["ai_penetration"]
    opened.set("Cover", layout.scenario_cell, "Bull")
    opened.set("Assumptions", f"{layout.override}{row}", HIGHER["ai_penetration"])


@pytest.fixture(scope="module")
def bare() -> Iterator[LibreOffice]:
    """LibreOffice without the extension."""
    require(available())
    with LibreOffice() as started:
        yield started


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibreOffice]:
    """LibreOffice with the extension."""
    require(available())
    with LibreOffice([write_extension(MODEL, tmp_path_factory.mktemp("extension"))]) as started:
        yield started


def after_each(
    office: LibreOffice, path: Path, route: str, order: tuple[str, ...], tmp_path: Path
) -> Iterator[tuple[Document, bool]]:
    """Yield the workbook after it was opened and after each event, and whether it is edited."""
    opened, edited = office.open(path), False
    try:
        yield opened, edited
        for event in order:
            if event == "edit":
                edit(opened, route)
                edited = True
            elif event == "recalculate":
                opened.recalculate()
            else:
                saved = opened.save_as(tmp_path / "saved.xlsx")
                opened.close()
                opened = office.open(saved)
            yield opened, edited
    finally:
        opened.close()


class Shown:
    """All that a workbook shows, read at once."""

    def __init__(self, opened: Document, route: str) -> None:
        opened.value("Cover", "A3")  # a person sees the flag before anything else
        self.sheets, self.route = opened.all_values(), route
        self.layout = layout_of(route)

    def value(self, sheet: str, at: str) -> Any:
        row, column = coordinate_to_tuple(at)
        rows = self.sheets[sheet]
        inside = row <= len(rows) and column <= len(rows[row - 1])
        return rows[row - 1][column - 1] if inside else None

    def flags(self) -> set[Any]:
        return {self.value(sheet, "A3") for sheet in SHEETS}

    def states(self) -> set[Any]:
        return {self.value("Checks", f"D{row}") for row in range(6, 69)}

    def errors(self) -> list[str]:
        """The cells that show an error, without the trial call and what LibreOffice cannot read.

        LibreOffice 7.4 knows no LAMBDA: a call of one is an error whatever is around it.
        """
        unread = set(self.layout.python_row.values()) if ROUTES[self.route].lambdas else set()
        return [
            f"{sheet} row {row}: {value}"
            for sheet, rows in self.sheets.items()
            for row, values in enumerate(rows, start=1)
            for value in values
            if isinstance(value, CellError)
            if (sheet, row) != ("Checks", 4) and not (sheet == "Forecast" and row in unread)
        ]

    def check_results(self, live: Forecast) -> None:
        for case, column in self.layout.cases.items():
            expected = live if case == "live" else Forecast(case)
            for name in STEPS:
                found = [self.value("Segments", f"{column}{self.layout.result_row[name]}")]
                if not ROUTES[self.route].lambdas:
                    row = min(self.layout.step_rows(name))
                    found.append(self.value("Forecast", f"{column}{row}"))
                assert found == pytest.approx([expected[name]] * len(found), rel=1e-12)

    def check_stored_tables(self, *, edited: bool) -> None:
        """All tables, and what is said beside them, are those of the inputs when it was built."""
        head = "For Base, no overrides"
        if edited:
            head += "; Live: Bull, overrides: 1"
        assert str(self.value("Risk tables", "A4")).startswith(f"{head}. Stored ")
        for table in ("dependence", "tornado", "sensitivity", "histogram"):
            assert self.value("Risk tables", f"N{TABLES[table].row - 2}") == head, table
        mean, base = simulate().mean()[0], Forecast()["total"]
        found = self.value("Risk tables", f"B{TABLES['simulate'].first}")
        assert found == pytest.approx(mean, rel=1e-9)
        first, figures = TABLES["tornado"].first, TABLES["histogram"].row + 1
        bar = tornado()[0]
        assert self.value("Risk tables", f"A{first}") == bar.id
        assert self.value("Risk tables", f"F{figures}") == CATALOGUE[bar.id].label
        for total, change in ("DH", "EI"):
            wanted = self.value("Risk tables", f"{total}{first}") - base
            assert self.value("Risk tables", f"{change}{figures}") == pytest.approx(
                wanted, rel=1e-6
            )
        marks = [self.value("Risk tables", f"O{figures + number}") for number in range(4)]
        percentiles = [simulate().percentile(percent)[0] for percent in (5, 50, 95)]
        assert marks == pytest.approx([*percentiles, base], rel=1e-6)
        in_use = self.value("Risk tables", f"D{goals_row(TABLES) + 2}")
        assert in_use == pytest.approx(CATALOGUE["ai_penetration"].base)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("route", CALLING)
def test_without_functions_native_values_and_stored_tables_stand_in_and_the_flag_says_so(
    bare: LibreOffice,
    workbooks: dict[str, Path],
    tmp_path: Path,
    route: str,
    order: tuple[str, ...],
) -> None:
    for opened, edited in after_each(bare, workbooks[route], route, order, tmp_path):
        shown = Shown(opened, route)
        assert shown.flags() == {HINT}
        assert opened.named("functions_available") == "no"
        shown.check_results(EDITED if edited else Forecast())
        shown.check_stored_tables(edited=edited)
        assert shown.errors() == []
        assert shown.states() <= {"OK", "not available"}


@pytest.mark.parametrize("order", ORDERS)
def test_a_workbook_without_calls_has_nothing_missing_and_its_tables_say_what_they_stand_for(
    bare: LibreOffice, workbooks: dict[str, Path], tmp_path: Path, order: tuple[str, ...]
) -> None:
    for opened, edited in after_each(bare, workbooks["plain"], "plain", order, tmp_path):
        shown = Shown(opened, "plain")
        assert shown.flags() == {"All 54 checks OK"}
        shown.check_results(EDITED if edited else Forecast())
        shown.check_stored_tables(edited=edited)
        assert shown.errors() == []


def check_live(opened: Document, *, edited: bool) -> None:
    shown = Shown(opened, "libreoffice")
    assert shown.flags() == {"All 72 checks OK"}
    assert opened.named("functions_available") == "yes"
    shown.check_results(EDITED if edited else Forecast())
    drawn = simulate(scenario="bull", overrides=HIGHER) if edited else simulate()
    mean = shown.value("Risk tables", f"B{TABLES['simulate'].first}")
    assert mean == pytest.approx(drawn.mean()[0], rel=1e-9)
    head = "For Bull, overrides: 1" if edited else "For Base, no overrides"
    state = shown.value("Risk tables", "A4")
    assert state == f"{head}. Computed by Python; updates with every change."
    assert shown.errors() == []


@pytest.mark.parametrize("order", ORDERS)
def test_with_the_functions_everything_follows_the_inputs(
    extended: LibreOffice, workbooks: dict[str, Path], tmp_path: Path, order: tuple[str, ...]
) -> None:
    path = workbooks["libreoffice"]
    for opened, edited in after_each(extended, path, "libreoffice", order, tmp_path):
        check_live(opened, edited=edited)


def test_what_was_saved_with_the_functions_turns_to_the_stored_tables_without_and_back(
    bare: LibreOffice, extended: LibreOffice, workbooks: dict[str, Path], tmp_path: Path
) -> None:
    """The file that a colleague gets holds the tables of Bull; those stored are of Base."""
    with extended.open(workbooks["libreoffice"]) as opened:
        edit(opened, "libreoffice")
        saved = opened.save_as(tmp_path / "with.xlsx")
    with bare.open(saved) as opened:
        shown = Shown(opened, "libreoffice")
        assert shown.flags() == {HINT}
        shown.check_results(EDITED)
        shown.check_stored_tables(edited=True)
        assert shown.errors() == []
        saved = opened.save_as(tmp_path / "without.xlsx")
    with extended.open(saved) as opened:
        check_live(opened, edited=True)


def test_an_invalid_input_is_an_error_with_the_functions_and_fails_its_check_without(
    bare: LibreOffice, extended: LibreOffice, workbooks: dict[str, Path]
) -> None:
    layout = layout_of("libreoffice")
    where = f"{layout.override}{layout.assumption_row['ai_penetration']}"
    for office, gap in ((extended, "invalid input"), (bare, "not available")):
        with office.open(workbooks["libreoffice"]) as opened:
            opened.value("Cover", "A3")
            opened.set("Assumptions", where, 33.0)
            assert opened.value("Forecast", f"E{layout.difference_row['ai_gain']}") == gap
            assert "checks fail" in str(opened.value("Cover", "A3"))


@pytest.mark.parametrize("route", CALLING)
def test_what_stands_in_for_a_function_is_grey(workbooks: dict[str, Path], route: str) -> None:
    book = openpyxl.load_workbook(workbooks[route])
    where = {("Forecast", f"E{layout_of(route).python_row['tam']}")}
    if ROUTES[route].tables:
        where |= {("Risk tables", f"B{table.first}") for table in TABLES.values()}
    for sheet, at in where:
        rules = [
            rule
            for area in book[sheet].conditional_formatting
            if at in area
            for rule in area.rules
            if rule.dxf.font.color == Color(GREY)
        ]
        assert ['functions_available="no"' in rule.formula[0] for rule in rules] == [True], at
