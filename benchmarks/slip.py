"""What a slip is, and how one is made in a cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from openpyxl.worksheet.formula import ArrayFormula


@dataclass
class Slip:
    """What was done: the cells of which one must be named, and by which rules."""

    cells: set[str]
    rules: set[str] = field(default_factory=set)


def text_of(cell: Any) -> str:
    """Give a cell's formula, "" if it has none."""
    value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
    return value if isinstance(value, str) and value.startswith("=") else ""


def put(cell: Any, value: Any) -> str:
    """Write into a cell and say where it is."""
    if isinstance(cell.value, ArrayFormula) and isinstance(value, str):
        cell.value = ArrayFormula(cell.value.ref, value)
    else:
        cell.value = value
    return f"{cell.parent.title}!{cell.coordinate}"
