"""A second, independent engine computes the native formulas from the file as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped import MODEL, STEPS

from xl_cryptoai import Forecast
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.layout import lay_out

cellrune = pytest.importorskip("cellrune", reason="cellrune is not installed: pip install cellrune")


@pytest.mark.parametrize("route", ROUTES)
def test_a_strict_reader_loads_the_file_and_its_twins_equal_python(
    workbooks: dict[str, Path], route: str
) -> None:
    book = cellrune.Workbook.open_path(str(workbooks[route]))
    book.calculate()
    layout = lay_out(MODEL, calls=ROUTES[route].calls)
    for case, column in layout.cases.items():
        forecast = Forecast("base" if case == "live" else case)
        for name in STEPS:
            where = f"{column}{layout.native_row[name]}"
            (((cell),),) = book.read_values("Forecast", where, where)
            assert cell["kind"] == "number", f"{name} {case}: {cell}"
            assert cell["value"] == pytest.approx(forecast[name], rel=1e-12), f"{name} {case}"


def test_the_lambdas_answer_as_python_does_and_every_check_is_ok(
    workbooks: dict[str, Path],
) -> None:
    book = cellrune.Workbook.open_path(str(workbooks["excel365"]))
    book.calculate()
    layout = lay_out(MODEL)
    for case, column in layout.cases.items():
        forecast = Forecast("base" if case == "live" else case)
        for name in STEPS:
            where = f"{column}{layout.python_row[name]}"
            (((cell),),) = book.read_values("Forecast", where, where)
            assert cell["value"] == pytest.approx(forecast[name], rel=1e-12), f"{name} {case}"
    assert book.read_values("Cover", "A3", "A3")[0][0]["value"] == "All 71 checks OK"
