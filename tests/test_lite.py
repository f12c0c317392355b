"""The module that a workbook carries for xlwings Lite: complete, alone, and equal to Python's."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import xl_cryptoai_lite
from engines import lite
from hypothesis import Phase, given, settings
from lxml import etree
from shipped import FUNCTIONS, MODEL, STEPS
from strategies import inputs
from test_excel_functions import REFUSALS, TAM, forecast_block
from xl_cryptoai_lite import module
from xl_cryptoai_lite.collect import CodeNotUsableError, Statement, collect, global_names
from xl_cryptoai_lite.parts import (
    EXTENSION_PART,
    EXTENSION_TYPE,
    INSTANCE,
    PANES_PART,
    PANES_RELATIONS,
    PANES_TYPE,
    REQUIREMENTS,
    STORE_ID,
)
from xl_cryptoai_lite.tables import Table, tables
from xlsx_parts import read_parts

from xl_cryptoai import Forecast, __version__
from xl_cryptoai.errors import CryptoAIError, FileRefusedError
from xl_cryptoai.functions.entry import refusal_in_words
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook.package import TYPES, pack

SOURCE = lite.SOURCE

Call = tuple[str, tuple[object, ...]]


def expected(name: str, cells: tuple[object, ...]) -> list[object]:
    try:
        answer = FUNCTIONS[name](*cells)
    except CryptoAIError as refusal:
        return ["refusal", refusal_in_words(refusal)]
    return ["answer", answer if isinstance(answer, list) else [[answer]]]


def assert_answers_as_python_does(calls: list[Call]) -> list[list[object]]:
    answers = lite.run(calls)["answers"]
    for (name, cells), answer in zip(calls, answers, strict=True):
        assert answer == expected(name, cells), (name, cells)
    return answers


def step_calls(forecast: Forecast) -> list[Call]:
    return [
        (name_of(MODEL, step.id), tuple(forecast[name] for name in step.inputs))
        for step in STEPS.values()
    ]


def random_rows() -> list[dict[str, float | str]]:
    rows: list[dict[str, float | str]] = []

    @settings(max_examples=100, derandomize=True, database=None, phases=[Phase.generate])
    @given(inputs())
    def draw(row: dict[str, float | str]) -> None:
        rows.append(row)

    draw()
    assert len(rows) >= 100
    return rows


def test_the_module_imports_nothing_but_python_itself_numpy_scipy_and_xlwings() -> None:
    imported = set()
    for node in ast.parse(SOURCE).body:
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"numpy", "scipy", "xlwings"}


def test_it_runs_where_our_package_cannot_be_imported() -> None:
    packages = set(lite.run([])["packages"])
    assert "numpy" in packages
    assert not [name for name in packages if name.startswith("xl_cryptoai")]


def test_every_function_is_there_by_the_name_that_the_cells_store_with_its_help() -> None:
    found = lite.run([])["functions"]
    assert [*found] == [lite.python_name(name) for name in FUNCTIONS]
    for function in FUNCTIONS.values():
        func, args, ret, help_text = found[lite.python_name(function.name)]
        assert func == [[[], {"namespace": "cai"}]]
        assert ret == [[["raw"], {}]]
        assert help_text == function.help
        told = [[[a.name, "raw"], {"doc": a.help}] for a in function.arguments]
        assert args[::-1] == told


@pytest.mark.parametrize("scenario", ["bear", "base", "bull"])
def test_each_step_answers_exactly_as_python_does_in_every_scenario(scenario: str) -> None:
    calls = step_calls(Forecast(scenario))
    for kind, answer in assert_answers_as_python_does(calls):
        assert kind == "answer" and len(answer) == len(answer[0]) == 1


def test_each_step_answers_exactly_as_python_does_for_random_inputs() -> None:
    calls = [call for row in random_rows() for call in step_calls(Forecast(overrides=row))]
    kinds = {kind for kind, _ in assert_answers_as_python_does(calls)}
    assert "answer" in kinds


def test_ranges_and_tables_are_the_same() -> None:
    ids, values = forecast_block()
    base = Forecast()
    results = [[base[name]] for name in STEPS]
    answers = assert_answers_as_python_does([
        ("CAI_AI_GAIN", (1e12, [[0.1], [0.2]])),
        ("CAI_IDENTITY_MARKET", (2e11, 1e11, 0.035, [["ai_revenue", "ai_software"]])),
        ("CAI_FORECAST", (ids, values)),
        ("CAI_FORECAST", ()),
        ("CAI_FORECAST", ("bull",)),
        ("CAI_PATH", (ids, values)),
        ("CAI_PATH", ([["base"]], None, [[2025.0, 2030.0]])),
        *(("CAI_VALUE", (name, "Bear")) for name in (*Forecast(),)),
        ("CAI_TAM_PATH", TAM),
        ("CAI_RECONCILE", ([[name] for name in STEPS], results)),
        *(("CAI_SOURCE", (name,)) for name in (*Forecast(),)),
    ])  # fmt: skip
    assert {kind for kind, _ in answers} == {"answer"}


def test_every_refusal_is_the_same_sentence() -> None:
    calls: list[Call] = []
    for _, place, cell, _, _ in REFUSALS:
        cells: list[object] = list(TAM)
        cells[place] = cell
        calls.append(("CAI_TAM", tuple(cells)))
    ids, values = forecast_block()
    calls += [
        ("CAI_AI_GAIN", (1e12, 1.2)),
        ("CAI_AI_GAIN", ([[1e12], [2e12]], [[0.1, 0.2]])),
        ("CAI_IDENTITY_MARKET", (2e11, 1e11, 0.035, "hardware")),
        ("CAI_OTHER_SHARE", (0.7, 0.4)),
        ("CAI_BLENDED_CRYPTO_SHARE", (1e9, 0.0)),
        ("CAI_FORECAST", (ids[1:], values[1:])),
        ("CAI_FORECAST", ([*ids, ["growth"]], [*values, [0.03, 0.03]])),
        ("CAI_FORECAST", ("moon",)),
        ("CAI_VALUE", ("totl",)),
        ("CAI_VALUE", ("total", {"type": "Error", "basicValue": "#CALC!"})),
        ("CAI_TAM_PATH", ([[4e12, 5e12]], *TAM[1:])),
        ("CAI_SOURCE", ("tamm",)),
        ("CAI_RECONCILE", ("other_share", 0.3)),
    ]
    answers = assert_answers_as_python_does(calls)
    assert {kind for kind, _ in answers} == {"refusal"}
    assert [
        "refusal",
        "#NUM!: ai_penetration is 1.2; it must be 0.001 to 1 (0.1% to 100%): did you mean 1.2%, "
        "which is 0.012?",
    ] in answers


def test_an_empty_cell_as_the_browser_says_it_is_a_blank() -> None:
    ids, values = forecast_block()
    table = expected("CAI_FORECAST", (ids, values))
    answers = lite.run([
        ("CAI_FORECAST", ([["<null>"], *ids], [["A heading", "<null>"], *values])),
        ("CAI_AI_GAIN", (1e12, [[0.1], ["<null>"]])),
        ("CAI_FORECAST", ("<null>", "<null>")),
        ("CAI_VALUE", ("total", "<null>")),
    ])["answers"]  # fmt: skip
    assert answers[0] == table
    assert answers[1] == expected("CAI_AI_GAIN", (1e12, [[0.1], [None]]))
    assert answers[2] == expected("CAI_FORECAST", ())
    assert answers[3] == expected("CAI_VALUE", ("total",))


# As xlwings itself dispatches for Office.js: the code that xlwings Lite runs.
DISPATCH = """
import asyncio, json, sys, types
import xlwings.server as server
given = json.load(sys.stdin)
main = types.ModuleType("main")
sys.modules["main"] = main
exec(compile(given["source"], "main.py", "exec"), main.__dict__)
meta = server.custom_functions_meta(main)

def call(name, cells):
    data = {"func_name": name, "args": cells, "client": "Office.js", "version": "",
            "runtime": "1.4", "date_format": "m/d/yyyy", "culture_info_name": "en-US",
            "caller_address": ""}
    return asyncio.run(server.custom_functions_call(data, main))

json.dump([meta["functions"], [call(*one) for one in given["calls"]]], sys.stdout)
"""


def test_xlwings_own_dispatcher_for_office_names_and_calls_the_functions() -> None:
    calls = [["ai_gain", [[[1e12]], [[0.1], [0.2]]]], ["ai_gain", [[[1e12]], [[0.1]]]]]
    key = {"XLWINGS_ON_SERVER": "true", "XLWINGS_LICENSE_KEY": "noncommercial"}
    done = subprocess.run(
        [sys.executable, "-c", DISPATCH], env={**os.environ, **key}, check=False, timeout=120,
        input=json.dumps({"source": SOURCE, "calls": calls}), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    functions, answers = json.loads(done.stdout)
    assert answers == [[[1e11], [2e11]], [[1e11]]]
    by_name = {function["name"]: function for function in functions}
    assert {*by_name} == {name.replace("CAI_", "CAI.", 1) for name in FUNCTIONS}
    for name, function in FUNCTIONS.items():
        told = by_name[name.replace("CAI_", "CAI.", 1)]
        assert told["description"] == function.help
        assert [(p["name"], p["description"]) for p in told["parameters"]] == [
            (argument.name, argument.help) for argument in function.arguments
        ]
        assert [p.get("optional", False) for p in told["parameters"]] == [
            argument.optional for argument in function.arguments
        ]


def test_the_text_is_the_same_each_time_says_whence_it_is_and_has_short_lines() -> None:
    xl_cryptoai_lite.lite_module.cache_clear()
    assert xl_cryptoai_lite.lite_module(MODEL) == SOURCE
    docstring = ast.get_docstring(ast.parse(SOURCE)) or ""
    assert f"Generated by xl-cryptoai {__version__}" in docstring
    assert "xl-cryptoai build --for office --lite" in docstring
    assert max(len(line) for line in SOURCE.splitlines()) <= 120
    assert "://" not in SOURCE and "noqa" not in SOURCE and "type: ignore" not in SOURCE


def test_ruff_finds_nothing_to_better_in_it() -> None:
    pytest.importorskip("ruff", reason="ruff is not installed: pip install ruff")
    # a name with its module before it may make a line longer than the package's own are
    order = "check --isolated --line-length=120 --select=E,F,W,I,B,UP --ignore=UP037 -".split()
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *order], input=SOURCE, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_things_of_one_name_are_told_apart_by_their_modules() -> None:
    for name in ("ROUNDING", "RECONCILE_ROUNDING", "CATEGORY", "TABLE_FUNCTIONS_CATEGORY"):
        assert SOURCE.count(f"\n{name} = ") == 1


def test_one_thing_in_several_modules_is_there_once() -> None:
    assert SOURCE.count("Array = NDArray[np.float64]") == 1


def test_a_name_that_xlwings_uses_is_refused(monkeypatch) -> None:
    found = collect([(module.BORDER, "answer")], tables(MODEL))
    found.imports.add(("xlwings", "plain", "plain"))
    with pytest.raises(CodeNotUsableError, match="border: 'plain' has a second meaning"):
        module._final_names(found, set(), set())


def test_what_a_function_imports_when_it_is_called_stands_in_the_module_too() -> None:
    assert "from xl_cryptoai" not in SOURCE
    assert "\ndef simulate_table(" in SOURCE and "\nclass Simulation:" in SOURCE


def test_a_name_that_leads_nowhere_is_refused() -> None:
    place = ("xl_cryptoai.errors", "EXCEL_ERRORS")
    with pytest.raises(CodeNotUsableError, match="'nowhere' is neither defined nor imported"):
        collect([place], {place: Table("EXCEL_ERRORS = nowhere\n")})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f():\n    def g(LIMIT):\n        return LIMIT\n    return LIMIT\n", "the local name"),
        ("def f(LIMIT):\n    return LIMIT\n", "the local name 'LIMIT' hides another"),
    ],
)
def test_a_name_is_not_replaced_where_a_local_one_hides_it(text: str, words: str) -> None:
    place = ("xl_cryptoai.somewhere", "f")
    other = ("xl_cryptoai.elsewhere", "LIMIT")
    statement = Statement(place, 1, text, {"LIMIT": other})
    with pytest.raises(CodeNotUsableError, match=words):
        module._renamed(statement, {place: "f", other: "OTHER_LIMIT"})


def test_a_statement_that_is_not_a_table_is_the_packages_own_text() -> None:
    from xl_cryptoai.functions import cells

    own = Path(str(cells.__file__)).read_text(encoding="utf-8")
    body = own[own.index("    shape: tuple[int, ...] = ()") : own.index("def to_cells")]
    assert body in SOURCE
    assert {name for _, name in tables(MODEL)} == {
        "shipped_assumptions", "load_published", "STEPS", "shipped_model"
    }  # fmt: skip


def test_a_name_that_is_only_local_is_not_sought_elsewhere() -> None:
    text = "def f(a, *b):\n    c = [d for d in g(a)]\n    return h.i(b, c, key=LIMIT)\n"
    assert global_names(text) == ["g", "h", "LIMIT"]


@pytest.fixture(scope="module")
def parts(workbooks: dict[str, Path]) -> dict[str, bytes]:
    parts = read_parts(workbooks["office"])
    xl_cryptoai_lite.add_code(parts, SOURCE)
    return parts


def test_the_code_comes_back_from_the_workbook_as_it_went_in(parts: dict[str, bytes]) -> None:
    root = etree.fromstring(parts[EXTENSION_PART])
    stored = {element.get("name"): element.get("value") for element in root.iter("{*}property")}
    assert {name: json.loads(value) for name, value in stored.items()} == {
        "main.py": SOURCE, "requirements.txt": REQUIREMENTS,
    }  # fmt: skip
    assert stored["main.py"].startswith('"') and "\n" not in stored["main.py"]
    assert "/" not in stored["main.py"].replace("\\/", "")
    assert {line.split("<")[0] for line in REQUIREMENTS.split()} == {"xlwings", "numpy", "scipy"}


def test_the_parts_are_ordered_and_related_as_excel_stores_them(parts: dict[str, bytes]) -> None:
    for name in (*parts,):
        if name.endswith((".xml", ".rels")):
            etree.fromstring(parts[name])
    extension = etree.fromstring(parts[EXTENSION_PART])
    assert [etree.QName(child).localname for child in extension] == [
        "reference", "alternateReferences", "properties", "bindings", "snapshot",
    ]  # fmt: skip
    assert extension.get("id") == INSTANCE
    assert {element.get("id") for element in extension.iter("{*}reference")} == {STORE_ID}
    assert {element.get("storeType") for element in extension.iter("{*}reference")} == {"OMEX"}
    types = {
        element.get("PartName"): element.get("ContentType")
        for element in etree.fromstring(parts[TYPES]).iter("{*}Override")
    }
    assert types[f"/{EXTENSION_PART}"] == EXTENSION_TYPE
    assert types[f"/{PANES_PART}"] == PANES_TYPE
    targets = {
        element.get("Id"): element.get("Target")
        for element in etree.fromstring(parts["_rels/.rels"])
    }
    assert len(targets) == len(etree.fromstring(parts["_rels/.rels"]))
    assert PANES_PART in targets.values()
    (relation,) = etree.fromstring(parts[PANES_RELATIONS])
    (reference,) = etree.fromstring(parts[PANES_PART]).iter("{*}webextensionref")
    assert relation.get("Target") == "webextension1.xml"
    assert relation.get("Id") in reference.attrib.values()


def test_code_is_not_put_in_twice(parts: dict[str, bytes]) -> None:
    with pytest.raises(FileRefusedError, match="already"):
        xl_cryptoai_lite.add_code(dict(parts), SOURCE)


def test_openpyxl_and_a_strict_reader_still_load_the_workbook(
    workbooks: dict[str, Path], parts: dict[str, bytes], tmp_path: Path
) -> None:
    content = xl_cryptoai_lite.with_code(workbooks["office"].read_bytes(), MODEL)
    assert content == pack(parts)
    assert "Forecast" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    cellrune = pytest.importorskip("cellrune", reason="cellrune is not installed")
    path = tmp_path / "lite.xlsx"
    path.write_bytes(content)
    book = cellrune.Workbook.open_path(str(path))
    assert book.read_values("Forecast", "A1", "A1")[0][0]["kind"] == "text"


def test_the_calls_in_the_cells_are_those_that_the_module_publishes(
    parts: dict[str, bytes],
) -> None:
    stored = "".join(
        text.decode() for name, text in parts.items() if name.startswith("xl/worksheets/sheet")
    )
    for step in STEPS:
        assert f"_xldudf_CAI_{lite.python_name(name_of(MODEL, step)).upper()}(" in stored
