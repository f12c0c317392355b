"""Imports run downwards only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up; rooms on one floor do not import each other.
FLOORS: list[tuple[str, ...]] = [
    ("errors", "units", "powers"),
    ("tomlfile", "files"),
    ("xlsx",),
    ("formulas",),
    ("source",),
    ("assumptions",),
    ("forecast",),
    ("risk",),
    ("functions",),
    ("audit", "workbook"),
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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_from_its_own_room_or_lower_floors(path: Path) -> None:
    room = room_of(path)
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] != "xl_cryptoai" or len(parts) < 2:
            continue
        other = parts[1] if parts[1] in HEIGHT else "__init__"
        if other == "__init__":  # the version and the public names: they import nothing themselves
            continue
        assert other == room or HEIGHT[other] < HEIGHT[room], f"{room} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_udfs_import_xlwings_and_only_the_builder_openpyxl(path: Path) -> None:
    packages = {name.split(".")[0] for name in imports_of(path)}
    if "xlwings" in packages:
        assert room_of(path) == "udfs"
    if "openpyxl" in packages:
        assert room_of(path) == "workbook"
