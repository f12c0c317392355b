"""The workbook as a file: what stands where, with which values, and that it can be rebuilt."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from shipped import FUNCTIONS, MODEL, STEPS
from strategies import CATALOGUE
from xlsx_parts import read_parts

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions.input_fields import settings_of
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.reading.book import Place, open_book
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.formulas import NATIVE, NATIVE_DERIVATIONS, ids_in
from xl_cryptoai.workbook.layout import HEADER_ROW, SHEETS, Layout, lay_out
from xl_cryptoai.workbook.package import MAIN

COMMITTED = Path(__file__).parents[1] / "workbooks"
LAYOUT = lay_out(MODEL)
CASES = LAYOUT.cases
PLAIN_LAYOUT = lay_out(MODEL, calls=False)
CALLING = [route.id for route in ROUTES.values() if route.calls]
COLUMN_SCENARIO = {"E": "base", "F": "bear", "G": "base", "H": "bull"}


def parts(content: bytes) -> dict[str, bytes]:
    return read_parts(io.BytesIO(content))


@pytest.fixture(params=ROUTES)
def workbook(request: pytest.FixtureRequest, workbooks: dict[str, Path]) -> Path:
    return workbooks[request.param]


def layout_of(workbook: Path) -> Layout:
    return PLAIN_LAYOUT if workbook.stem.endswith("plain") else LAYOUT


def test_every_step_has_a_native_formula_over_exactly_its_inputs() -> None:
    assert set(NATIVE) == set(STEPS)
    for name, step in STEPS.items():
        assert set(ids_in(NATIVE[name])) == set(step.inputs), name


def test_every_derivation_has_a_native_formula_over_exactly_its_inputs() -> None:
    from xl_cryptoai.assumptions.derivations import DERIVATIONS

    assert set(NATIVE_DERIVATIONS) == set(DERIVATIONS)
    for name, derivation in DERIVATIONS.items():
        assert set(ids_in(NATIVE_DERIVATIONS[name])) == set(derivation.inputs), name


def test_the_sheets_stand_in_order(workbook: Path) -> None:
    names = openpyxl.load_workbook(workbook).sheetnames
    assert names[: len(SHEETS)] == list(SHEETS)


def test_every_formula_cell_carries_its_value_and_none_is_an_error(workbook: Path) -> None:
    count = 0
    for name, content in parts(workbook.read_bytes()).items():
        if name.startswith("xl/worksheets/sheet"):
            for cell in etree.fromstring(content).iter(f"{{{MAIN}}}c"):
                if cell.find(f"{{{MAIN}}}f") is not None:
                    value = cell.find(f"{{{MAIN}}}v")
                    assert value is not None, f"{name} {cell.get('r')}"
                    assert cell.get("t") != "e", f"{name} {cell.get('r')} is {value.text}"
                    count += 1
    assert count > 400


def test_nothing_asks_the_reader_to_calculate_on_opening(workbook: Path) -> None:
    inside = parts(workbook.read_bytes())
    assert b'fullCalcOnLoad="1"' not in inside["xl/workbook.xml"]
    assert "xl/calcChain.xml" not in inside


def test_pandas_reads_the_results_without_a_spreadsheet(workbook: Path) -> None:
    frame = pd.read_excel(workbook, sheet_name="Segments", header=4, engine="openpyxl")
    row = frame[frame["Id"] == "total"].iloc[0]
    for column in ("Bear", "Base", "Bull"):
        assert row[column] == pytest.approx(Forecast(column.lower())["total"], rel=1e-14)
    assert row["Live"] == row["Base"]


def test_the_master_check_is_ok_and_shown_on_every_sheet(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook, data_only=True)
    for name in SHEETS:
        assert re.fullmatch(r"All \d+ checks OK", str(book[name]["A3"].value)), name


def test_the_live_assumptions_and_results_are_named_by_id(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook, data_only=True)
    base = Forecast()
    for name in (*CATALOGUE, *STEPS):
        sheet, where = next(book.defined_names[name].destinations)
        expected = base[name] if isinstance(base[name], str) else pytest.approx(base[name])
        assert book[sheet][where.replace("$", "")].value == expected, name
    probe = {"functions_available"} if ROUTES[workbook.stem.rpartition("_")[2]].calls else set()
    lambdas = {*(name_of(MODEL, step) for step in STEPS), "CAI_VALUE"}
    functions = lambdas if "excel365" in workbook.stem else set()
    assert set(book.defined_names) == {
        *CATALOGUE, *STEPS, "scenario", "own_scenario", "master_check", "twin_tolerance",
        "base_is", *functions, *probe, *(f"simulation_{name}" for name in settings_of(CATALOGUE)),
    }  # fmt: skip


@pytest.mark.parametrize("route", CALLING)
def test_on_forecast_each_step_has_a_call_a_native_formula_and_their_difference(
    workbooks: dict[str, Path], route: str
) -> None:
    sheet = openpyxl.load_workbook(workbooks[route])["Forecast"]
    values = openpyxl.load_workbook(workbooks[route], data_only=True)["Forecast"]
    for name in STEPS:
        row, native = LAYOUT.python_row[name], LAYOUT.native_row[name]
        gap = LAYOUT.difference_row[name]
        call = ROUTES[route].call(name_of(MODEL, name), []).removesuffix(")")
        text = text_of(sheet[f"E{row}"])
        assert text.startswith(f'=IF(functions_available="yes",{call}')
        assert text.endswith(f",E{native})")
        for column, scenario in COLUMN_SCENARIO.items():
            expected = Forecast(scenario)[name]
            assert values[f"{column}{row}"].value == pytest.approx(expected, rel=1e-14)
            assert values[f"{column}{native}"].value == pytest.approx(expected, rel=1e-12)
            assert abs(values[f"{column}{gap}"].value) <= 1e-12 * expected
        gaps = [abs(values[f"{column}{gap}"].value) for column in LAYOUT.cases.values()]
        assert values[f"D{row}"].value == max(gaps)


def test_the_plain_workbook_has_native_formulas_and_nothing_else(
    workbooks: dict[str, Path],
) -> None:
    book = openpyxl.load_workbook(workbooks["plain"])
    formulas = [text_of(cell) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [text for text in formulas if "CAI" in text and text.startswith("=")]
    assert not PLAIN_LAYOUT.python_row


def text_of(cell: object) -> str:
    """Return a cell's formula, of an array formula too."""
    value = cell.value
    return str(getattr(value, "text", value) or "")


def relative(formula: str, column: str) -> str:
    """Write a formula with its own column as `<>`, so that equal formulas look equal."""
    return re.sub(rf"(?<![A-Z$]){column}(?=\$?\d)", "<>", formula)


@pytest.mark.parametrize("sheet", ["Forecast", "Segments"])
def test_a_row_has_one_formula_in_all_its_cases(workbook: Path, sheet: str) -> None:
    book = openpyxl.load_workbook(workbook)
    for row in range(7, book[sheet].max_row + 1):
        found = {
            relative(value, column)
            for column in CASES.values()
            if (value := text_of(book[sheet][f"{column}{row}"])).startswith("=")
        }
        assert len(found) <= 1, f"{sheet} row {row}: {found}"


def test_house_figures_are_marked_where_they_show(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook, data_only=True)
    for sheet in ("Assumptions", "Forecast", "Segments"):
        assert [book[sheet][f"{column}6"].value for column in "FGH"] == [
            "house", "published", "house"
        ]  # fmt: skip
    assert [book["Cover"][f"{column}9"].value for column in "CDE"] == [
        "house",
        "published",
        "house",
    ]


def test_every_input_is_unlocked_validated_and_explained_and_nothing_else_is_open(
    workbook: Path,
) -> None:
    book = openpyxl.load_workbook(workbook)
    sheet = book["Assumptions"]
    columns = (*list(LAYOUT.cases.values())[1:], LAYOUT.own, LAYOUT.override)
    inputs = {f"{column}{row}" for row in LAYOUT.assumption_row.values() for column in columns}
    inputs.add(f"{LAYOUT.own}{HEADER_ROW}")  # the name of the spare scenario
    open_cells = {
        cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked
    }
    assert open_cells == inputs
    validated = set()
    for rule in sheet.data_validations.dataValidation:
        assert rule.prompt and rule.error and rule.showErrorMessage
        for area in rule.sqref.ranges:
            validated |= {f"{openpyxl.utils.get_column_letter(c)}{r}" for r, c in area.cells}
    assert validated == inputs
    assert all(book[name].protection.sheet for name in SHEETS)


def test_every_assumption_reaches_the_total_through_the_formulas(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["Forecast"]
    layout = layout_of(workbook)
    for rows in filter(None, (layout.python_row, layout.native_row)):
        seen: set[str] = set()
        to_do = [f"E{rows['total']}"]
        while to_do:
            formula = text_of(sheet[to_do.pop()])
            seen |= set(re.findall(r"Assumptions!E(\d+)", formula))
            to_do += re.findall(r"(?<![!A-Z])E\d+", formula)
        assert seen == {
            str(row)
            for name, row in layout.assumption_row.items()
            if CATALOGUE[name].effect != "none"
        }


def test_the_windows_workbook_has_a_macro_type_a_vba_project_and_the_xlwings_settings(
    workbooks: dict[str, Path],
) -> None:
    inside = parts(workbooks["windows"].read_bytes())
    assert b"sheet.macroEnabled.main+xml" in inside["[Content_Types].xml"]
    project = inside["xl/vbaProject.bin"]
    assert project.startswith(b"\xd0\xcf\x11\xe0")  # an OLE file
    assert "xlwings".encode("utf-16-le") in project or b"xlwings" in project
    book = openpyxl.load_workbook(workbooks["windows"])
    settings = dict(book["xlwings.conf"].iter_rows(max_col=2, values_only=True))
    assert settings["UDF Modules"] == "xl_cryptoai_udfs"
    assert None not in settings, "the settings have no gap"


@pytest.mark.parametrize("route", ROUTES)
def test_two_builds_give_the_same_file(workbooks: dict[str, Path], route: str) -> None:
    assert build(route) == workbooks[route].read_bytes()


@pytest.mark.parametrize("route", ["office", "excel365"])
def test_calls_are_stored_as_dynamic_arrays_where_excel_stores_them_so(
    workbooks: dict[str, Path], route: str
) -> None:
    inside = parts(workbooks[route].read_bytes())
    assert b"XLDAPR" in inside["xl/metadata.xml"]
    for name, content in inside.items():
        if name.startswith("xl/worksheets/sheet"):
            for cell in etree.fromstring(content).iter(f"{{{MAIN}}}c"):
                formula = cell.find(f"{{{MAIN}}}f")
                if formula is not None:
                    if ROUTES[route].call_prefix("CAI") in str(formula.text):
                        assert formula.get("t") == "array"
                    is_array = formula.get("t") == "array"
                    assert (cell.get("cm") == "1") == is_array
                    first = str(formula.get("ref")).partition(":")[0]
                    assert first == (cell.get("r") if is_array else "None")


def test_every_step_is_a_lambda_with_its_description(workbooks: dict[str, Path]) -> None:
    names = openpyxl.load_workbook(workbooks["excel365"]).defined_names
    for name, step in STEPS.items():
        stored = names[name_of(MODEL, name)]
        assert stored.attr_text.startswith("_xlfn.LAMBDA(_xlpm.")
        assert len(stored.attr_text) < 8000
        assert stored.comment.startswith(step.meaning)


def test_one_figure_of_a_scenario_is_a_lambda_with_its_help(workbooks: dict[str, Path]) -> None:
    stored = openpyxl.load_workbook(workbooks["excel365"]).defined_names["CAI_VALUE"]
    assert stored.attr_text.startswith("_xlfn.LAMBDA(_xlpm.id,_xlpm.scenario,")
    assert len(stored.attr_text) < 8000  # the most that Excel takes is 8,192
    assert stored.comment == FUNCTIONS["CAI_VALUE"].help


# The committed templates -----------------------------------------------------------------------


def with_values_left_out(content: bytes) -> bytes:
    """A part without its stored numbers, which another test compares."""
    root = etree.fromstring(content)
    for value in root.iter(f"{{{MAIN}}}v"):
        value.text = ""
    return etree.tostring(root)


COMMITTED_ROUTES = [route.id for route in ROUTES.values() if route.committed]
REBUILD = "rebuild with xl-cryptoai build --out workbooks"


@pytest.mark.parametrize("route", COMMITTED_ROUTES)
def test_the_committed_template_is_what_is_built_today_part_by_part(route: str) -> None:
    committed = parts((COMMITTED / ROUTES[route].file_name(MODEL)).read_bytes())
    built = parts(build(route))
    assert list(committed) == list(built)
    for name, content in built.items():
        if content != committed[name]:
            assert name.startswith("xl/worksheets"), f"{name} differs: {REBUILD}"
            same = with_values_left_out(committed[name]) == with_values_left_out(content)
            assert same, f"{name} differs: {REBUILD}"


@pytest.mark.parametrize("route", COMMITTED_ROUTES)
def test_the_committed_figures_are_those_that_are_computed_today(
    route: str, workbooks: dict[str, Path]
) -> None:
    """Ours to the last bit. A power in a formula is the embedded engine's, and so the machine's."""
    kept = open_book(COMMITTED / ROUTES[route].file_name(MODEL))
    built = open_book(workbooks[route])
    for sheet, cells in built.cells.items():
        for at in cells:
            place = Place(sheet, *at)
            stored, value = kept.stored(place), built.stored(place)
            formula = built.formula_cells.get(place, "")
            if stored == value:
                continue
            assert "CAI" not in formula and formula, f"{place}: {stored} is not {value}; {REBUILD}"
            beside = [abs(value)]
            if "-" in formula:  # a difference is known as well as what it is taken of
                operands = (built.stored(one) for one in built.meant(place))
                beside += [abs(one) for one in operands if isinstance(one, float)]
            assert abs(stored - value) <= 1e-13 * max(beside), f"{place}: {REBUILD}"


def test_no_committed_workbook_carries_anybody_elses_code() -> None:
    for path in COMMITTED.glob("*.xls*"):
        names = parts(path.read_bytes())
        assert not [name for name in names if "vba" in name.lower() or "webext" in name.lower()]


def test_every_typed_number_has_all_its_digits(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["Assumptions"]
    for name, row in LAYOUT.assumption_row.items():
        assert [sheet[f"{column}{row}"].value for column in "FGH"] == [
            CATALOGUE[name].values["bear"], CATALOGUE[name].base, CATALOGUE[name].values["bull"]
        ]  # fmt: skip
