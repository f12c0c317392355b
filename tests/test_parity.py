"""Every function gives the same in every engine that runs here, refusals included."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import parity
import pytest
from engines import libreoffice, require
from shipped import FUNCTIONS, STEPS

PAGE = Path(__file__).parents[1] / "docs" / "parity.md"


def _server_available() -> str:
    from engines import server

    return server.available()


def _cellrune_available() -> str:
    found = importlib.util.find_spec("cellrune")
    return "" if found else "cellrune is not installed: pip install cellrune"


AVAILABLE: dict[str, Callable[[], str]] = {
    "libreoffice": libreoffice.available,
    "native libreoffice": libreoffice.available,
    "server": _server_available,
    "lambda": _cellrune_available,
    "native cellrune": _cellrune_available,
}


@cache
def column_of(engine: str) -> parity.Column:
    if reason := AVAILABLE.get(engine, str)():
        require(reason)
    return parity.column(engine)


@pytest.mark.parametrize("engine", parity.ENGINES)
def test_every_answer_equals_plain_python_to_1e_12(engine: str) -> None:
    column, of = column_of(engine), parity.ENGINES[engine]
    hosted = [name for name in FUNCTIONS if name in column.worst]
    expected = len(FUNCTIONS) if of.tables else len(STEPS) + len(of.also)
    assert len(hosted) == expected
    assert {name: gap for name, gap in column.worst.items() if gap > parity.TOLERANCE} == {}


@pytest.mark.parametrize("engine", [name for name, e in parity.ENGINES.items() if e.refuses])
def test_every_refusal_is_the_same_excel_error(engine: str) -> None:
    column = column_of(engine)
    assert column.wrong == []
    assert column.refusals > 250


def test_the_comparison_can_fail() -> None:
    assert parity.difference(1.0 + 1e-11, 1.0) > parity.TOLERANCE
    assert parity.difference("#NUM!", 1.0) == parity.difference(None, 1.0) == float("inf")
    assert parity.difference("#NUM!", "#VALUE!") == float("inf")


def test_the_matrix_in_the_documentation_has_every_function_and_engine() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)`", text, re.MULTILINE) == list(FUNCTIONS)
    assert all(engine.title in text for engine in parity.ENGINES.values())
