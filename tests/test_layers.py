"""Imports run downwards only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up; rooms on one floor do not import each other.
FLOORS: list[tuple[str, ...]] = [
    ("errors", "units", "powers", "palette"),
    ("tomlfile", "files", "notebook"),
    ("xlsx",),
    ("formulas",),
    ("source",),
    ("assumptions",),
    ("forecast",),
    ("risk",),
    ("functions",),
    ("reading", "workbook"),
    ("auditing", "tracing", "comparing", "merging"),
    ("reports",),
    ("udfs",),
    ("cli",),
    ("__main__", "__init__"),
]
HEIGHT = {room: number for number, floor in enumerate(FLOORS) for room in floor}
MODULES = sorted([*ROOT.glob("xl_cryptoai/**/*.py"), *ROOT.glob("udfs/**/*.py")])


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "udfs" if parts[0] == "udfs" else parts[1]


MODULES_OF: dict[str, list[Path]] = {room: [] for room in HEIGHT}
for _path in MODULES:
    MODULES_OF[room_of(_path)].append(_path)


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("room", [*HEIGHT])
def test_a_room_imports_only_from_lower_floors(room: str) -> None:
    for path in MODULES_OF[room]:
        for name in imports_of(path):
            parts = name.split(".")
            other = parts[1] if len(parts) > 1 and parts[1] in HEIGHT else room
            # the version and the public names of the package itself import nothing
            if parts[0] == "xl_cryptoai" and other != room:
                assert HEIGHT[other] < HEIGHT[room], f"{path}: {room} imports {name}"


def test_only_udfs_import_xlwings_and_only_the_builder_openpyxl() -> None:
    rooms: dict[str, set[str]] = {"xlwings": set(), "openpyxl": set()}
    for room, paths in MODULES_OF.items():
        packages = {name.split(".")[0] for path in paths for name in imports_of(path)}
        for package in packages & rooms.keys():
            rooms[package].add(room)
    assert rooms == {"xlwings": {"udfs"}, "openpyxl": {"workbook"}}


DOORS = {
    "udfs/xl_cryptoai_server/analysis.py",  # what the task pane sends
    "udfs/xl_cryptoai_windows/macros/analyst.py",  # what is open in Excel
}
"""Modules beside the command line through which workbooks come in."""


def test_only_the_doors_open_workbooks() -> None:
    opening = {
        path
        for room, paths in MODULES_OF.items()
        if room != "cli"
        for path in paths
        if "xl_cryptoai.reading.book.open_book" in imports_of(path)
    }
    assert {path.relative_to(ROOT).as_posix() for path in opening} == DOORS


MODEL_EDGE = {
    "xl_cryptoai/forecast/__init__.py",
    "xl_cryptoai/forecast/forecast.py",
    "xl_cryptoai/risk/dependence.py",
    "xl_cryptoai/risk/goalseek.py",
    "xl_cryptoai/risk/grid.py",
    "xl_cryptoai/risk/importance.py",
    "xl_cryptoai/risk/sensitivity.py",
    "xl_cryptoai/risk/simulation.py",
    "xl_cryptoai/workbook/build.py",
    "xl_cryptoai/merging/merge.py",
    "xl_cryptoai/forecast/own_model.py",  # what an own model extends
    "xl_cryptoai/reading/origin.py",  # a workbook that carries none
}
"""Modules in which a model that is not given is the shipped one: the library's public functions."""
MODEL_DOORS = {
    "udfs/xl_cryptoai_lite/border.py",  # in the workbook: its model
    "udfs/xl_cryptoai_server/analysis.py",
    "udfs/xl_cryptoai_server/calls.py",
    "udfs/xl_cryptoai_server/landing.py",
    "udfs/xl_cryptoai_server/project.py",
    "udfs/xl_cryptoai_udfs/__init__.py",
    "udfs/xl_cryptoai_windows/add_in.py",
    "udfs/xl_cryptoai_windows/checks.py",
    "udfs/xl_cryptoai_windows/macros/analyst.py",
    "udfs/xl_cryptoai_windows/macros/insert.py",
}
"""Modules beside the command line that take the model that this process is started with."""


def test_only_the_edge_and_the_doors_ask_which_model() -> None:
    asking = {"shipped_model", "shipped_by_default", "model_in_use"}
    found = {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if room_of(path) != "cli"
        and asking & {name.rpartition(".")[2] for name in imports_of(path)}
    }
    assert found == MODEL_EDGE | MODEL_DOORS
