"""Small workbooks in memory, for tests of what formulas say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from xl_cryptoai.formulas.evaluate import Evaluator
from xl_cryptoai.formulas.graph import Graph
from xl_cryptoai.xlsx.cells import Cell, Formula
from xl_cryptoai.xlsx.names import DefinedName
from xl_cryptoai.xlsx.references import Place, parse_cell
from xl_cryptoai.xlsx.tables import Table


class Sheet(NamedTuple):
    """A sheet with its cells in the order of a file."""

    title: str
    cells: dict[tuple[int, int], Cell]


class Book(NamedTuple):
    """A workbook as far as formulas need it."""

    worksheets: tuple[Sheet, ...]
    names: tuple[DefinedName, ...]
    tables: tuple[Table, ...]


def cell(content: Any) -> Cell:
    """What is typed: a formula with its `=`, a `Formula`, a cell, or a value."""
    if isinstance(content, Cell):
        return content
    if isinstance(content, Formula):
        return Cell(None, 0, content)
    if isinstance(content, str) and content.startswith("="):
        return Cell(None, 0, Formula(content))
    return Cell(float(content) if type(content) is int else content)


def book(
    sheets: Mapping[str, Mapping[str | tuple[int, int], Any]],
    names: Mapping[str, str] | None = None,
    tables: Sequence[Table] = (),
) -> Book:
    """A workbook; a name such as "S!rate" is local to the sheet S."""
    made = []
    for title, cells in sheets.items():
        found = {
            place if isinstance(place, tuple) else at(place): cell(content)
            for place, content in cells.items()
        }
        made.append(Sheet(title, dict(sorted(found.items()))))
    defined = []
    for name, text in (names or {}).items():
        sheet, _, plain = name.rpartition("!")
        defined.append(DefinedName(plain, text, sheet or None))
    return Book(tuple(made), tuple(defined), tuple(tables))


def at(address: str) -> tuple[int, int]:
    """Row and column of a cell by its name."""
    place = parse_cell(address)
    assert place is not None
    return place


def place(text: str) -> Place:
    """A cell by its name with the sheet."""
    sheet, _, address = text.rpartition("!")
    return Place(sheet, *at(address))


def value_in(
    where: Book,
    formula: str,
    cell_name: str = "S!Z99",
    *,
    array: bool = False,
    functions: Mapping[str, Any] | None = None,
) -> Any:
    """Value of a formula in a cell of a workbook."""
    graph = Graph(where)
    evaluator = Evaluator.of(graph, functions)
    here = place(cell_name)
    form = graph.forms.of(formula, here.row, here.column)
    return evaluator.value(form, *here, array=array)


def areas_in_cellrune(other: Any, cell: Place) -> set[str]:
    """Areas that cellrune finds for a cell's formula."""
    page = other.precedents(cell.sheet, str(cell).rpartition("!")[2], limit=1000)
    assert page["next_offset"] is None
    found = (f"{entry['sheet_name']}!{entry['range']}" for entry in page["entries"])
    # whole columns and rows are written out there
    columns = (re.sub(r"\b([A-Z]+)1:([A-Z]+)1048576", r"\1:\2", one) for one in found)
    return {re.sub(r"\bA(\d+):XFD(\d+)", r"\1:\2", one) for one in columns}
