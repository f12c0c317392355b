"""The functions of an own model answer on every route, as plain Python does."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import parity
import pytest
from engines import hosts, libreoffice, require
from engines.calls import Call
from engines.server import Server
from engines.server import available as server_available
from shipped import MODEL
from test_own_model import MARKETPLACES, write_folder
from test_parity import AVAILABLE
from xl_cryptoai_libreoffice import write_extension
from xl_cryptoai_server.project import MANIFEST_ID
from xl_cryptoai_windows.own_module import is_own_module, module_file, own_module

from xl_cryptoai import Forecast
from xl_cryptoai.cli import main
from xl_cryptoai.errors import EXCEL_ERRORS
from xl_cryptoai.forecast import Model
from xl_cryptoai.forecast.own_model import model_in_use, model_of, read_model, text_of
from xl_cryptoai.functions import functions_of
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook.vba_module import python_module, vba_modules

pytestmark = pytest.mark.slow

LOGIC = {
    "id": "capped_marketplaces", "label": "Capped marketplaces", "unit": "usd_per_year",
    "formula": 'IF(OR(marketplace_share>=10%,identity_base="x"),ROUND(MIN(marketplaces,'
    "ai_revenue/10%)*EXP(-gdp_growth)^2/(1+ABS(-LN(1+gdp_growth)))-tam*1%,-3),"
    "MAX(0,SUM(marketplaces,-tam)))"
    "+IF(AND(gdp_growth<>0,marketplace_share<=20%),tam*gdp_growth^2%,0)",
}  # fmt: skip
"""Every operator and function of the language in one step."""
DOCUMENTS = {**MARKETPLACES, "steps.toml": {"step": [*MARKETPLACES["steps.toml"]["step"], LOGIC]}}
ROWS = 12


@cache
def own() -> Model:
    return model_of(text_of(DOCUMENTS))


def valid_rows() -> Forecast:
    """Draw every uncertain assumption near base, of a fixed seed; the own share widely."""
    draw, rows = np.random.default_rng(1), {}
    for name, entry in own().assumptions.items():
        if entry.uncertainty is not None and name not in ("software_share", "compute_share"):
            room = min(entry.upper - entry.base, entry.base - entry.lower, abs(entry.base))
            rows[name] = entry.base + draw.uniform(-0.2, 0.2, ROWS) * room
    rows["marketplace_share"] = draw.uniform(0, 0.2, ROWS)
    return Forecast(overrides=rows, model=own())


def step_calls() -> list[Call]:
    """List each step in every scenario, in random rows one by one, and as a range."""
    drawn, calls = valid_rows(), []
    for step in own().steps.values():
        name = name_of(own(), step.id)
        for case in own().assumptions.scenarios:
            values = Forecast(case, model=own())
            calls.append(Call(name, tuple(values[key] for key in step.inputs)))
        columns = [np.broadcast_to(drawn[key], ROWS) for key in step.inputs]
        rows = zip(*columns, strict=True)
        calls += [Call(name, tuple(one.item() for one in row)) for row in rows]
        cells = tuple([[one.item()] for one in column[:4]] for column in columns)
        calls.append(Call(name, cells, rows=4))
    return calls


def table_calls() -> list[Call]:
    """List functions that look things up, with what only this model has."""
    asked = [
        Call("ACME_FORECAST", ("stress",)),
        Call("ACME_FORECAST", ([["bear", "stress", "bull"]],)),
        Call("ACME_VALUE", ("crypto_marketplaces", "stress")),
        Call("ACME_SOURCE", ("marketplace_share",)),
        Call("ACME_TRACE", ("crypto_marketplaces",)),
    ]
    sizes = [(len(rows), len(rows[0])) for rows in hosts.plain_python(asked, own())]
    return [
        Call(call.function, call.cells, rows, columns)
        for call, (rows, columns) in zip(asked, sizes, strict=True)
    ]


def refused_calls() -> list[Call]:
    return [
        Call("ACME_MARKETPLACES", ("a lot", 0.02)),
        Call("ACME_MARKETPLACES", (1e12, 0.3)),  # above the model's own bound
        Call("ACME_MARKETPLACES", (1e12, "#N/A")),
        Call("ACME_CRYPTO_MARKETPLACES", (-1.0, 0.1)),
    ]


@pytest.mark.parametrize("engine", parity.ENGINES)
def test_every_answer_of_an_own_model_equals_plain_python_to_1e_12(engine: str) -> None:
    if reason := AVAILABLE.get(engine, str)():
        require(reason)
    of = parity.ENGINES[engine]
    calls = [*step_calls(), *(table_calls() if of.tables else [])]
    if engine.startswith("native"):  # stands in single cells: MIN of a range is one value
        calls = [call for call in calls if call.rows == 1]
    refused = refused_calls() if of.refuses else []
    found = of.answer([*calls, *refused], own())
    expected = hosts.plain_python([*calls, *refused], own())
    for call, answer, right in zip(calls, found, expected, strict=False):
        assert right[0][0] not in EXCEL_ERRORS, call
        least = 1.0 if call.function == "ACME_OTHER_SHARE" else 1e-300
        gaps = [
            parity.difference(cell, wanted, least)
            for line, row in zip(answer, right, strict=True)
            for cell, wanted in zip(line, row, strict=True)
        ]
        assert max(gaps) <= parity.TOLERANCE, (call, answer, right)
    for number, call in enumerate(refused, start=len(calls)):
        assert expected[number][0][0] in EXCEL_ERRORS
        assert found[number][0][0] == expected[number][0][0], call


# Windows ------------------------------------------------------------------------------------------


def test_the_vba_of_an_own_model_calls_the_module_beside_its_workbook() -> None:
    modules = vba_modules(own())
    assert 'XLPy.CallUDF("acme_udfs", pythonName' in modules["xl_cryptoai_call"]
    assert "Public Function ACME_CRYPTO_MARKETPLACES(" in modules["xlwings_udfs"]
    assert "CAI_" not in modules["xlwings_udfs"]


def test_the_add_in_calls_the_module_of_the_model_in_use() -> None:
    assert '"xl_cryptoai_udfs"' in vba_modules(own(), add_in=True)["xl_cryptoai_call"]


def test_the_module_holds_the_model_as_data_whatever_its_title_says(tmp_path: Path) -> None:
    title = '""" + __import__("os").system("x") \\ \u00e9 ' + "'''"
    model = model_of(text_of({"model.toml": {"title": title}}))
    path = tmp_path / module_file(model)
    path.write_bytes(own_module(model))
    spoken: dict[str, object] = {"__name__": python_module(model)}
    exec(compile(path.read_text("utf-8"), path.name, "exec"), spoken)  # we wrote it
    assert {one.python_name for one in functions_of(model).values()} <= spoken.keys()
    assert spoken["cai_tam"].__module__ == "cai_udfs"


def test_an_edited_module_is_not_replaced_without_being_asked(tmp_path: Path) -> None:
    path = tmp_path / module_file(own())
    path.write_bytes(own_module(own()))
    assert is_own_module(path)
    path.write_text(path.read_text("utf-8").replace("ACME", "EVIL"), "utf-8")
    assert not is_own_module(path)


# LibreOffice --------------------------------------------------------------------------------------


def test_the_extensions_of_two_models_stand_side_by_side(tmp_path: Path) -> None:
    require(libreoffice.available())
    both = [write_extension(MODEL, tmp_path / "a"), write_extension(own(), tmp_path / "b")]
    with libreoffice.LibreOffice(both) as office:
        assert "CAI.TAM" in office.functions("CAI.")
        assert "ACME.CRYPTO_MARKETPLACES" in office.functions("ACME.")


# The server ---------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that `serve --project` wrote for the model, in a process that begins with it."""
    folder = tmp_path / "my-model"
    write_folder(folder, DOCUMENTS)
    command = ["serve", "--project", str(tmp_path / "project"), "--model", str(folder)]
    subprocess.run([sys.executable, "-m", "xl_cryptoai", *command], check=True, timeout=120)
    return tmp_path / "project"


def test_a_project_of_an_own_model_has_its_functions_and_keeps_its_files(project: Path) -> None:
    require(server_available())
    assert read_model(project / "model") is own()
    names = (project / "custom_functions" / "__init__.py").read_text("utf-8")
    assert "acme_crypto_marketplaces," in names
    assert "cai_" not in names
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    settings = settings["tool"]["xlwings_server"]
    assert settings["functions_namespace"] == "ACME"
    assert settings["manifest_id_prod"] != MANIFEST_ID


def test_serving_from_a_project_takes_the_model_that_it_keeps(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(server_available())
    monkeypatch.delenv("XL_CRYPTOAI_MODEL", raising=False)
    seen: list[Model] = []
    monkeypatch.setattr("xl_cryptoai_server.start.serve", lambda *_: seen.append(model_in_use()))
    assert main(["serve", "--license-key", "noncommercial", "--from", str(project)]) == 0
    assert seen == [own()]
    assert model_in_use() is MODEL


def test_a_served_model_has_its_name_and_prefix_on_every_page(tmp_path: Path) -> None:
    require(server_available())
    write_folder(tmp_path, DOCUMENTS)
    with Server(environment={"XL_CRYPTOAI_MODEL": str(tmp_path)}) as running:
        manifest, pane, page = map(running.get, ("/manifest.xml", "/taskpane.html", "/"))
        assert "namespace ACME" in running.log()
    assert f'DefaultValue="The {own().title} is ready"' in manifest
    assert "Type =ACME. in a cell" in manifest
    assert f'<h1 class="only-read">{own().title}</h1>' in pane
    assert 'value="total; tam"' in page  # the example of ACME.RECONCILE
