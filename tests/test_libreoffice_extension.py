"""The LibreOffice extension: a real LibreOffice calls the very same Python functions."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xl_cryptoai_libreoffice
from engines import require
from engines.libreoffice import CellError, Document, LibreOffice, available, python_tag
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from shipped import FUNCTIONS, MODEL, SCENARIOS, STEPS
from strategies import CATALOGUE
from xl_cryptoai_libreoffice import pack_extension, write_extension

from xl_cryptoai import Forecast, __version__
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook.layout import lay_out

MODE = "XL_CRYPTOAI_LIBREOFFICE_MODE"
LOG = "xl_cryptoai_refusals.log"
LAYOUT = lay_out(MODEL)
CASES = LAYOUT.cases
OVERRIDE = LAYOUT.override
COMPONENT = Path(xl_cryptoai_libreoffice.__file__).with_name("component.py")
ROW = {name: number for number, name in enumerate([*CATALOGUE, *STEPS], start=1)}
"""Rows of sheet Inputs: everything that can be an argument, by id."""
COLUMN = dict(zip(SCENARIOS, "BCD", strict=True))
FORECASTS = {scenario: Forecast(scenario) for scenario in SCENARIOS}


def unpacked() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack_extension(MODEL))) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def shown(name: str) -> str:
    return "CAI." + FUNCTIONS[name].short_name


# What is in the extension, without LibreOffice.


def test_the_extension_is_the_same_bytes_each_time_and_the_same_files_unpacked(tmp_path) -> None:
    assert pack_extension(MODEL) == pack_extension(MODEL)
    folder = write_extension(MODEL, tmp_path / "new" / "extension")
    files = {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}
    assert {name: file.read_bytes() for name, file in files.items()} == unpacked()


def test_the_manifest_lists_every_file_and_the_description_has_our_version() -> None:
    files = unpacked()
    listed = re.findall(r'full-path="([^"]+)"', files["META-INF/manifest.xml"].decode())
    others = {"META-INF/manifest.xml", "description.xml", "settings.json"}
    assert {*listed} | others == {*files}
    assert f'<version value="{__version__}"/>' in files["description.xml"].decode()
    for name in files:
        if name.endswith((".xml", ".xcu")):
            ElementTree.fromstring(files[name])


def test_the_interface_has_every_function_and_no_small_letter_beside_an_underscore() -> None:
    interface = unpacked()["functions.idl"].decode()
    methods = dict(re.findall(r" ([A-Z_]+)\( (.*) \);", interface))
    assert [*methods] == [function.short_name for function in FUNCTIONS.values()]
    for function in FUNCTIONS.values():
        names = [argument.name.upper() for argument in function.arguments]
        assert re.findall(r"\[in\] any (\w+)", methods[function.short_name]) == names
    assert re.findall(r"\b[a-z]+_\w*", interface) == []


def test_the_component_needs_only_the_standard_library_and_runs_in_an_older_python() -> None:
    tree = ast.parse(COMPONENT.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names | {
        "uno", "unohelper",
    }  # fmt: skip


def test_the_component_knows_no_function_by_name() -> None:
    code = COMPONENT.read_text(encoding="utf-8").partition('"""\n\n')[2]
    for other in ("#VALUE!", '"PATH"'):  # an error and a variable, not CAI.VALUE and CAI.PATH
        code = code.replace(other, "")
    words = {*re.findall(r"\w+", code)}
    assert words.isdisjoint({*FUNCTIONS} | {function.short_name for function in FUNCTIONS.values()})


def test_the_worker_answers_line_by_line_and_ends_with_its_input() -> None:
    calls: list[Any] = [
        ["CAI_AI_GAIN", [100.0, [[0.25], [0.5]]]],
        ["CAI_AI_GAIN", [100.0, 33.0]],
        ["CAI_AI_GAIN", [100.0]],
        ["CAI_NOSUCH", []],
    ]
    done = subprocess.run(
        [sys.executable, "-m", "xl_cryptoai_libreoffice.worker"],
        input="".join(json.dumps(line) + "\n" for line in ["", *calls]),
        env=os.environ | {"PYTHONPATH": str(COMPONENT.parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    block, refusal, short, unknown = map(json.loads, done.stdout.splitlines())
    assert block == {"answer": [[25.0], [50.0]]}
    assert refusal["excel"] == "#NUM!" and refusal["words"].startswith("ai_penetration is 33; ")
    assert short["excel"] == "#VALUE!"
    assert unknown["excel"] == "#NAME?" and "build the extension again" in unknown["words"]


# In LibreOffice.


def changed(folder: Path, **settings: object) -> Path:
    """Write the extension with other settings than it would have here."""
    file = write_extension(MODEL, folder) / "settings.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | settings))
    return folder


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require(available())
    return write_extension(MODEL, tmp_path_factory.mktemp("extension"))


@pytest.fixture(scope="module", params=["inprocess", "worker"])
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LibreOffice]:
    """LibreOffice with the extension, by each of the two ways; the other way is barred."""
    require(available())
    if request.param == "inprocess":
        if python_tag() != sys.implementation.cache_tag:
            pytest.skip(f"LibreOffice's Python is {python_tag()}, not ours: only the worker works")
        barred = {"python": "/nowhere/python"}
    else:
        barred = {"python_tag": "cpython-00"}
    folder = changed(tmp_path_factory.mktemp(request.param), **barred)
    with LibreOffice([folder], extra_env={MODE: request.param}) as running:
        yield running


def write_steps(book: Workbook) -> None:
    sheet = book.create_sheet("Steps")
    for row, step in enumerate(STEPS.values(), start=1):
        call = shown(name_of(MODEL, step.id))
        for column in "BCD":
            cells = ",".join(f"Inputs!{column}{ROW[name]}" for name in step.inputs)
            sheet[f"{column}{row}"] = f"={call}({cells})"
        cells = ",".join(f"Inputs!B{ROW[name]}:D{ROW[name]}" for name in step.inputs)
        sheet[f"F{row}"] = ArrayFormula(f"F{row}:H{row}", f"={call}({cells})")


TABLES: dict[str, tuple[str, ...]] = {
    "CAI_FORECAST": (f"A1:A{len(CATALOGUE)}", f"B1:D{len(CATALOGUE)}"),
    "CAI_TAM_PATH": tuple(f"C{ROW[name]}" for name in STEPS["tam"].inputs),
    "CAI_RECONCILE": (
        f"A{len(CATALOGUE) + 1}:A{len(ROW)}",
        f"C{len(CATALOGUE) + 1}:C{len(ROW)}",
    ),
}
"""Arguments of the table functions, as ranges of sheet Inputs."""


def cells_of(area: str) -> Any:
    """What stands in a range of sheet Inputs, as a host hands it over."""
    first, _, last = area.partition(":")
    columns = ["A", *COLUMN.values()]
    ids, scenarios = [*ROW], [*SCENARIOS]

    def one(column: str, row: int) -> Any:
        name = ids[row - 1]
        return name if column == "A" else FORECASTS[scenarios[columns.index(column) - 1]][name]

    if not last:
        return one(first[0], int(first[1:]))
    width = columns[columns.index(first[0]) : columns.index(last[0]) + 1]
    rows = range(int(first[1:]), int(last[1:]) + 1)
    return [[one(column, row) for column in width] for row in rows]


def answer_of(table: str) -> list[list[Any]]:
    rows = FUNCTIONS[table](*(cells_of(area) for area in TABLES[table]))
    assert isinstance(rows, list)
    return rows


def write_tables(book: Workbook) -> None:
    for table, areas in TABLES.items():
        sheet, rows = book.create_sheet(table), answer_of(table)
        block = f"A1:{get_column_letter(len(rows[0]))}{len(rows)}"
        cells = ",".join(f"Inputs!{area}" for area in areas)
        sheet["A1"] = ArrayFormula(block, f"={shown(table)}({cells})")


# function, its arguments as written in the formula, the same as Python sees them
REFUSALS: dict[str, tuple[str, str, tuple[Any, ...]]] = {
    "a rate as 33": ("CAI_AI_GAIN", "100,33", (100.0, 33.0)),
    "a negative rate": ("CAI_AI_GAIN", "100,-0.1", (100.0, -0.1)),
    "a text": ("CAI_AI_GAIN", '100,"a third"', (100.0, "a third")),
    "a number as text": ("CAI_AI_GAIN", '100,"0.3"', (100.0, "0.3")),
    "an empty text": ("CAI_AI_GAIN", '100,""', (100.0, "")),
    "an argument left out": ("CAI_AI_GAIN", "100", (100.0, None)),
    "a blank in a range": ("CAI_AI_GAIN", "100,Inputs!C6:E6", (100.0, [[0.33, 0.4, ""]])),
    "a blank cell as a range": ("CAI_AI_GAIN", "100,Inputs!E1:E1", (100.0, [[""]])),
    "ranges of two shapes": (
        "CAI_AI_GAIN", "Inputs!B1:C1,Inputs!B1:B2", ([[1.0, 2.0]], [[1.0], [2.0]]),
    ),
    "a broken year": ("CAI_TAM", "4E12,0.03,1.5,2029.5,2022", (4e12, 0.03, 1.5, 2029.5, 2022.0)),
    "a year before": ("CAI_TAM", "4E12,0.03,1.5,2021,2022", (4e12, 0.03, 1.5, 2021.0, 2022.0)),
    "a division by zero": ("CAI_BLENDED_CRYPTO_SHARE", "1000,0", (1e3, 0.0)),
    "an unknown choice": (
        "CAI_IDENTITY_MARKET", '2E11,1E11,0.035,"x"', (2e11, 1e11, 0.035, "x"),
    ),
    "an unknown scenario": ("CAI_FORECAST", '"moon"', ("moon",)),
    "an unknown id": ("CAI_SOURCE", '"tamm"', ("tamm",)),
    "a forecast without ids": (
        "CAI_FORECAST", "Inputs!E1:E3,Inputs!B1:B3", ([[""]] * 3, [[1.0]] * 3),
    ),
    "an error cell": ("CAI_AI_GAIN", "100,1/0", (100.0, "#DIV/0!")),
    "not available": ("CAI_AI_GAIN", "NA(),0.1", ("#N/A", 0.1)),
    "a refusal as argument": ("CAI_AI_GAIN", "CAI.AI_GAIN(100,33),0.1", ("#NUM!", 0.1)),
}  # fmt: skip


LEFT_OUT = ("", ",", ",,", ",Inputs!E1:E2,Inputs!E1:E2")
"""How an optional argument is left out: altogether, as an empty place, as blank cells."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workbook that calls every function, with and without ranges."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Inputs"
    for name, row in ROW.items():
        sheet[f"A{row}"] = name
        for scenario, column in COLUMN.items():
            sheet[f"{column}{row}"] = FORECASTS[scenario][name]
    write_steps(book)
    write_tables(book)
    sheet = book.create_sheet("Single")
    for row, (function, cells, _) in enumerate(REFUSALS.values(), start=1):
        sheet[f"A{row}"] = f"={shown(function)}({cells})"
    sheet["B1"] = '=CAI.SOURCE("tam")'
    sheet["B2"] = "=2*CAI.AI_GAIN(CAI.AI_GAIN(100,0.5),0.5)"
    sheet["B3"] = "=SUM(CAI.AI_GAIN(100,Inputs!B6:D6))"
    sheet["B4"] = '=IFERROR(CAI.AI_GAIN(100,33),"refused")'
    for row, rest in enumerate(LEFT_OUT, start=1):
        sheet[f"C{row}"] = f'=CAI.GOALSEEK("ai_penetration",2E10{rest})'
    sheet = book.create_sheet("Scenarios")
    for column, call in {"A": "CAI.FORECAST()", "F": 'CAI.FORECAST("bull")'}.items():
        last = get_column_letter(ord(column) - 64 + 3)
        area = f"{column}1:{last}{len(STEPS) + 1}"
        sheet[f"{column}1"] = ArrayFormula(area, f"={call}")
    sheet["K1"] = '=CAI.VALUE("total","Bear")'
    sheet["K2"] = '=CAI.VALUE("total")'
    file = tmp_path_factory.mktemp("book") / "calls.xlsx"
    book.save(file)
    return file


@pytest.fixture(scope="module")
def document(office: LibreOffice, path: Path) -> Iterator[Document]:
    with office.open(path) as opened:
        opened.recalculate()
        yield opened


def test_the_wizard_shows_every_function_with_its_help_and_that_of_its_arguments(
    office: LibreOffice,
) -> None:
    assert office.functions("CAI.") == {
        shown(name): {
            "help": function.help,
            "arguments": [[argument.name, argument.help] for argument in function.arguments],
        }
        for name, function in FUNCTIONS.items()
    }


@pytest.mark.parametrize("step", STEPS)
def test_a_step_in_a_cell_or_over_a_range_is_what_python_says(
    document: Document, step: str
) -> None:
    row = [*STEPS].index(step) + 1
    expected = [FORECASTS[scenario][step] for scenario in SCENARIOS]
    assert document.values("Steps", f"B{row}:D{row}")[0] == pytest.approx(expected, rel=1e-12)
    assert document.values("Steps", f"F{row}:H{row}")[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_function_fills_its_block(document: Document, table: str) -> None:
    expected = answer_of(table)
    found = document.values(table, f"A1:{get_column_letter(len(expected[0]))}{len(expected)}")
    for line, wanted in zip(found, expected, strict=True):
        for cell, value in zip(line, wanted, strict=True):
            assert cell == (value if isinstance(value, str) else pytest.approx(value, rel=1e-12))


def test_a_call_inside_a_formula_is_a_value_like_any_other(document: Document) -> None:
    assert document.value("Single", "B1") == FUNCTIONS["CAI_SOURCE"]("tam")
    assert document.value("Single", "B2") == 50.0
    rates = [FORECASTS[scenario]["ai_penetration"] for scenario in SCENARIOS]
    assert ROW["ai_penetration"] == 6
    assert document.value("Single", "B3") == pytest.approx(100 * sum(map(float, rates)))
    assert document.value("Single", "B4") == "refused"


@pytest.mark.parametrize("rest", LEFT_OUT)
def test_an_optional_argument_may_be_left_out_empty_or_blank(document: Document, rest: str) -> None:
    value = FUNCTIONS["CAI_GOALSEEK"]("ai_penetration", 2e10)
    row = LEFT_OUT.index(rest) + 1
    assert document.value("Single", f"C{row}") == pytest.approx(value, rel=1e-12)


def test_the_forecast_and_one_figure_of_it_need_no_inputs(document: Document) -> None:
    total = [*STEPS].index("total") + 2
    assert document.value("Scenarios", f"D{total}") == pytest.approx(FORECASTS["base"]["total"])
    assert document.value("Scenarios", f"I{total}") == pytest.approx(FORECASTS["bull"]["total"])
    assert document.value("Scenarios", "I1") == "bull (house)"
    assert document.value("Scenarios", "K1") == pytest.approx(FORECASTS["bear"]["total"])
    assert document.value("Scenarios", "K2") == pytest.approx(FORECASTS["base"]["total"])


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_the_same_excel_error_as_elsewhere(document: Document, kind: str) -> None:
    function, _, cells = REFUSALS[kind]
    with pytest.raises(CryptoAIError) as refusal:
        FUNCTIONS[function](*cells)
    row = [*REFUSALS].index(kind) + 1
    assert document.value("Single", f"A{row}") == CellError(refusal.value.excel)


def test_the_sentence_of_a_refusal_is_in_the_log_of_the_profile(
    office: LibreOffice, document: Document
) -> None:
    log = office.in_profile(LOG).read_text(encoding="utf-8")
    sentence = "CAI.AI_GAIN  #NUM!: ai_penetration is 33; it must be 0.001 to 1 (0.1% to 100%)"
    assert sentence in log
    assert "CAI.SOURCE  #N/A: no assumption or step is called 'tamm'" in log


def test_the_log_keeps_the_last_refusals_only(office: LibreOffice, document: Document) -> None:
    edits = [("Single", f"D{row}", f"=CAI.AI_GAIN({row},33)") for row in range(1, 451)]
    document.probe(edits, [("Single", "D450")])
    assert 200 <= len(office.in_profile(LOG).read_text().splitlines()) < 400


def with_value(path: Path, value: str) -> Path:
    """Store a value beside every formula, as if it had been computed once."""
    target = path.with_name("stale.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, re.sub(r"</f><v ?/?>(</v>)?", f"</f><v>{value}</v>", text))
    return target


def test_a_stale_value_in_the_file_is_computed_anew_on_loading(
    office: LibreOffice, tmp_path: Path
) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "=CAI.AI_GAIN(100,0.5)"
    book.save(tmp_path / "fresh.xlsx")
    with office.open(with_value(tmp_path / "fresh.xlsx", "42")) as opened:
        assert opened.value("Sheet", "A1") == 50.0


# The workbook that `xl-cryptoai build --for libreoffice` writes.


@pytest.fixture(scope="module")
def workbook(extension: Path, workbooks: dict[str, Path]) -> Iterator[Document]:
    with LibreOffice([extension]) as running, running.open(workbooks["libreoffice"]) as opened:
        opened.recalculate()
        yield opened


def test_the_workbook_is_answered_by_python_in_every_case(workbook: Document) -> None:
    for case, column in CASES.items():
        forecast = FORECASTS["base" if case == "live" else case]
        for name, row in LAYOUT.python_row.items():
            value = workbook.value("Forecast", f"{column}{row}")
            assert value == pytest.approx(forecast[name], rel=1e-12), f"{name} {case}"
            gap = workbook.value("Forecast", f"{column}{LAYOUT.difference_row[name]}")
            assert gap == pytest.approx(0, abs=1e-9 * abs(forecast[name])), f"{name} {case}"


def test_every_check_of_the_workbook_is_ok(workbook: Document) -> None:
    assert str(workbook.named("master_check")).startswith("All ")
    states = [row[3] for row in workbook.all_values()["Checks"] if len(row) > 3 and row[3]]
    assert states.count("OK") >= 50
    assert {"ERROR", "not available"}.isdisjoint(states)


def other_value(name: str) -> float | str:
    """Return a valid value that differs from the base."""
    entry = CATALOGUE[name]
    if entry.unit == CHOICE:
        return next(choice for choice in entry.choices if choice != entry.base)
    return float(entry.base) + 1 if UNITS[entry.unit].whole else float(entry.base) * 0.9


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_override_is_answered_by_python(workbook: Document, name: str) -> None:
    value = other_value(name)
    edits = [("Assumptions", f"{OVERRIDE}{LAYOUT.assumption_row[name]}", value)]
    reads = [("Forecast", f"{CASES['live']}{row}") for row in LAYOUT.python_row.values()]
    reads.append(("Segments", f"{CASES['live']}{LAYOUT.result_row['total']}"))
    found = [area[0][0] for area in workbook.probe(edits, reads)]
    expected = Forecast(overrides={name: value})
    assert found == pytest.approx(
        [*(expected[step] for step in LAYOUT.python_row), expected["total"]], rel=1e-12
    )
    same = expected["total"] == pytest.approx(FORECASTS["base"]["total"], rel=1e-6)
    assert same == (CATALOGUE[name].effect == "none")  # adoption moves the years before


def test_a_refused_assumption_is_an_error_in_its_cell_and_the_master_check_sees_it(
    workbook: Document,
) -> None:
    edits = [("Assumptions", f"{OVERRIDE}{LAYOUT.assumption_row['ai_penetration']}", 33.0)]
    rows = (LAYOUT.python_row["ai_gain"], LAYOUT.difference_row["ai_gain"])
    call, gap, flag = workbook.probe(
        edits, [*(("Forecast", f"E{row}") for row in rows), ("Cover", "A3")]
    )
    assert call == [[CellError("#NUM!")]]
    assert gap == [["invalid input"]]
    assert "checks fail" in str(flag[0][0])


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_saved_and_loaded_again_the_calls_and_their_values_are_still_there(
    extension: Path, workbooks: dict[str, Path], tmp_path: Path, suffix: str
) -> None:
    year = ("Assumptions", f"{OVERRIDE}{LAYOUT.assumption_row['forecast_year']}", 2033.0)
    expected = Forecast(overrides={"forecast_year": 2033})
    with LibreOffice([extension]) as running:
        with running.open(workbooks["libreoffice"]) as opened:
            opened.set_many([year])
            opened.recalculate()
            saved = opened.save_as(tmp_path / f"saved.{suffix}")
        with running.open(saved) as again:
            for calculated in (False, True):
                if calculated:
                    again.recalculate()
                for name, row in LAYOUT.python_row.items():
                    call = shown(name_of(MODEL, name))
                    formula = again.formula("Forecast", f"E{row}")
                    assert formula.startswith(f'=IF(functions_available="yes",{call}(')
                    value = again.value("Forecast", f"E{row}")
                    assert value == pytest.approx(expected[name], rel=1e-12)
            master = again.named("master_check")
    assert str(master).startswith("All ")


# Where something is missing or broken.


def test_without_the_extension_figures_keep_their_value_until_recalculated_and_come_back_with_it(
    extension: Path, tmp_path: Path
) -> None:
    book = Workbook()
    book.worksheets[0].title = "Own"
    size = f"A1:D{len(STEPS) + 1}"
    book.worksheets[0]["A1"] = ArrayFormula(size, "=CAI.FORECAST()")
    book.worksheets[0]["F1"] = '=CAI.VALUE("total")'
    book.save(tmp_path / "own.xlsx")
    total, unknown = FORECASTS["base"]["total"], CellError("#NAME?")
    with LibreOffice([extension]) as with_it, with_it.open(tmp_path / "own.xlsx") as opened:
        opened.recalculate()
        assert (opened.value("Own", "A1"), opened.value("Own", "F1")) == ("id", total)
        sent = opened.save_as(tmp_path / "sent.xlsx")
    with LibreOffice() as without, without.open(sent) as opened:
        assert (opened.value("Own", "A1"), opened.value("Own", "F1")) == (unknown, total)
        opened.recalculate()
        assert opened.value("Own", "F1") == unknown
        back = opened.save_as(tmp_path / "back.xlsx")
    with LibreOffice([extension]) as with_it, with_it.open(back) as opened:
        opened.recalculate()
        assert (opened.value("Own", "A1"), opened.value("Own", "F1")) == ("id", total)


def program(folder: Path, text: str) -> str:
    """Write a program that stands in for the recorded interpreter."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def hanging(folder: Path) -> dict[str, object]:
    return {"python": program(folder, "exec sleep 1000"), "seconds": 0.5}


FAULTS: dict[str, Callable[[Path], dict[str, object]]] = {
    "no interpreter": lambda _: {"python": "/nowhere/python"},
    "an interpreter that ends": lambda folder: {
        "python": program(folder, "echo it is broken >&2; exit 3")
    },
    "an interpreter without the package": lambda _: {"paths": [], "python": "/usr/bin/python3"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_where_the_environment_is_gone_the_workbook_says_that_functions_are_not_available(
    fault: str, workbooks: dict[str, Path], tmp_path: Path
) -> None:
    require(available())
    settings = {"python_tag": "cpython-00", **FAULTS[fault](tmp_path)}
    folder = changed(tmp_path / "extension", **settings)
    with (
        LibreOffice([folder], limit=30) as running,
        running.open(workbooks["libreoffice"]) as opened,
    ):
        opened.recalculate()
        row = LAYOUT.python_row["tam"]
        assert opened.value("Checks", "I4") == CellError("#NAME?")
        assert opened.value("Forecast", f"E{row}") == pytest.approx(Forecast()["tam"], rel=1e-12)
        gap = opened.value("Forecast", f"E{LAYOUT.difference_row['tam']}")
        assert gap == "not available"
        assert str(opened.named("master_check")).startswith("Functions not available: ")
        log = running.in_profile(LOG).read_text().splitlines()
    assert any("functions not loaded: " in line and str(settings["python"]) in line for line in log)
    assert len(log) <= 3


def test_a_worker_that_hangs_is_ended_and_the_sheet_goes_on(path: Path, tmp_path: Path) -> None:
    require(available())
    folder = changed(tmp_path / "extension", python_tag="cpython-00", **hanging(tmp_path))
    with LibreOffice([folder], limit=30) as running, running.open(path) as opened:
        opened.recalculate()
        found = {str(value) for row in opened.values("Steps", "B1:D5") for value in row}
        assert found <= {"#N/A", "#NAME?"}
        assert "no answer within 0.5 s" in running.in_profile(LOG).read_text()


def test_a_worker_that_dies_is_started_once_more(path: Path, tmp_path: Path) -> None:
    require(available())
    mark = tmp_path / "mark"
    text = f'[ -e {mark} ] && exec "{sys.executable}" "$@"\ntouch {mark}; exit 3'
    settings = {"python": program(tmp_path, text), "python_tag": "cpython-00"}
    folder = changed(tmp_path / "extension", **settings)
    with LibreOffice([folder]) as running, running.open(path) as opened:
        assert opened.value("Steps", "C1") == pytest.approx(FORECASTS["base"]["tam"], rel=1e-12)
    assert mark.exists()


# Installed as a person would.


def unopkg(home: Path, *arguments: str) -> str:
    """Run LibreOffice's installer with a profile of its own; it refuses to run as root."""
    profile = (home / "profile").as_uri()
    command = ["unopkg", *arguments, f"-env:UserInstallation={profile}"]
    if os.getuid() == 0:
        other = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        command = ["setpriv", *other, *command]
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, env=clean, cwd=home, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for the user who installs: nobody, if the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="lo-home-"))
    if os.getuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    yield folder
    shutil.rmtree(folder)


def test_the_extension_file_installs_and_then_answers(home: Path, path: Path) -> None:
    require(available())
    package = home / xl_cryptoai_libreoffice.extension_file(MODEL)
    package.write_bytes(pack_extension(MODEL))
    package.chmod(0o644)
    unopkg(home, "add", "-s", str(package))
    assert "is registered: yes" in unopkg(home, "list", "xl-cryptoai.functions")
    with LibreOffice(profile=home / "profile") as running, running.open(path) as opened:
        assert opened.value("Steps", "C1") == pytest.approx(FORECASTS["base"]["tam"], rel=1e-12)
        assert shown("CAI_TAM") in running.functions("CAI.")
