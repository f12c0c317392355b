"""The buttons of the groups Model and Insert: a new workbook, formulas, a source note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xl_cryptoai.errors import FileRefusedError, UnknownNameError
from xl_cryptoai.files import check_free, write_atomically
from xl_cryptoai.forecast import Forecast
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.functions.table_functions import source_of
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reports.trace import note_lines
from xl_cryptoai.tracing.trace import Node, trace_book
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.formulas import native as native_formula
from xl_cryptoai.workbook.formulas import substitute
from xl_cryptoai.workbook.styles import NUMBER_FORMATS
from xl_cryptoai.xlsx.references import Place, cell_name, column_letters
from xl_cryptoai_windows.macros.analyst import place_of, read_copy, selected
from xl_cryptoai_windows.macros.excel import add_note, ask, ask_new_file, on_mac, write_formula
from xl_cryptoai_windows.macros.pages import HEAD_COLOUR, Content, as_typed

NATIVE_WORD = "native"
"""What is typed behind a step's id for its native formula."""
CALL = "={}({},{})"
_TABLE_COLUMNS = 4
"""Id, label, unit and value: the columns that a forecast of one case fills."""
_APART = 5
"""Columns from the first of the inputs to the first of the table, one blank between them."""


def new_model(book: Any, path: Path | None = None) -> None:
    """Build the model's workbook with the published inputs, and open it.

    On Windows it is the one whose functions xlwings provides, on a Mac the one for Excel 365,
    which needs no Python.

    Parameters
    ----------
    book : xlwings.Book
        Any open workbook.
    path : Path, optional
        Where to put it; it is asked for otherwise. No file is replaced.
    """
    route = ROUTES["excel365" if on_mac() else "windows"]
    path = path or ask_new_file(book, "Save the new model as", route.file_name(model_in_use()))
    if path is None:
        return
    if path.suffix.lower() != route.suffix:
        path = path.with_name(f"{path.name.removesuffix('.xlsx')}{route.suffix}")
    check_free(path, force=False)
    write_atomically(path, build(route))
    book.app.books.open(str(path))


def insert_step(book: Any, step: str | None = None) -> None:
    """Write the formula of a forecast step into the selected cell.

    Where the workbook has names for all arguments, as ours have, the formula takes these. Else
    the arguments go below it, with the base case's values, labels, units and ids.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook.
    step : str, optional
        Id of the step, with the word "native" behind it for the formula that needs no function;
        it is asked for otherwise. On a Mac, which has no such functions, it is always native.
    """
    cell = selected(book)
    step = step or ask(book, "Id of the step, such as ai_gain. Add the word native for a formula "
                       "without Python:", "total")  # fmt: skip
    if step is None:
        return
    *name, last = step.split() or [""]
    as_native = bool(name) and last.lower() == NATIVE_WORD
    model = model_in_use()
    found = model.step(" ".join(name) if as_native else step.strip())
    native = on_mac() or as_native
    named = {one.name.lower() for one in book.names}
    if named.issuperset(found.inputs):
        _check_blank(cell, 1, 1)
        write_formula(
            cell, _formula(model, found, {one: one for one in found.inputs}, native=native)
        )
    else:
        _write_step(model, cell, found, native=native)


def _formula(model: Model, step: Step, references: dict[str, str], *, native: bool) -> str:
    if native:
        return f"={substitute(native_formula(step), references.__getitem__)}"
    return f"={name_of(model, step.id)}({','.join(references[one] for one in step.inputs)})"


def _write_step(model: Model, cell: Any, step: Step, *, native: bool) -> None:
    """Write a step's formula with its arguments below: value, label, unit and id in each row."""
    _check_blank(cell, 1 + len(step.inputs), _TABLE_COLUMNS)
    base = Forecast(model=model)
    rows: list[list[Content]] = [
        [_base_value(base, one), model.entries[one].label, model.entries[one].unit_label, one]
        for one in step.inputs
    ]
    _block(cell, 1, 0, [[as_typed(one) for one in row] for row in rows])
    names = [as_typed(one) for one in (step.label, step.unit_label, step.id)]
    _block(cell, 0, 1, [names])
    for number, one in enumerate((step.id, *step.inputs)):
        _at(cell, number, 0).number_format = NUMBER_FORMATS[model.entries[one].unit]
    references = {
        one: cell_name(cell.row + number, cell.column)
        for number, one in enumerate(step.inputs, start=1)
    }
    write_formula(cell, _formula(model, step, references, native=native))
    cell.font.bold = True


def _base_value(base: Forecast, name: str) -> Content:
    value = base[name]
    return value if isinstance(value, str) else float(value)


def insert_forecast(book: Any) -> None:
    """Write one call at the selected cell that fills the forecast's table.

    In a workbook of ours it takes the live values on sheet Assumptions. Else the assumptions'
    ids, labels, units and base values are written first, and the table beside them.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook.
    """
    cell = selected(book)
    opened = read_copy(book)
    areas = _live_areas(opened)
    model = opened.model if areas is not None else model_in_use()
    height = 1 + len(model.steps)
    if areas is not None:
        _check_blank(cell, height, _TABLE_COLUMNS)
        _write_table(model, cell, *areas)
        return
    catalogue = model.assumptions
    _check_blank(cell, max(height, 1 + len(catalogue)), _APART + _TABLE_COLUMNS)
    rows = [[one.id, one.label, one.unit_label, one.base] for one in catalogue.values()]
    headers = ("id", "label", "unit", "value")
    _block(cell, 0, 0, [[as_typed(one) for one in row] for row in (headers, *rows)])
    _head(cell, 0)
    for number, entry in enumerate(catalogue.values(), start=1):
        _at(cell, number, 3).number_format = NUMBER_FORMATS[entry.unit]
    top, bottom = cell.row + 1, cell.row + len(catalogue)
    ids, values = (_column(top, bottom, cell.column + right) for right in (0, 3))
    _write_table(model, _at(cell, 0, _APART), ids, values)


def _live_areas(opened: Book) -> tuple[str, str] | None:
    """Refer to the ids and live values of a workbook of ours; None in any other."""
    inputs = inputs_of(opened)
    rows = [
        row for name, rows in inputs.id_rows.items() if name in opened.model.entries for row in rows
    ]
    if inputs.table is None or not rows:
        return None
    sheet = inputs.table.sheet.replace("'", "''")
    ids, live = (
        f"'{sheet}'!{_column(min(rows), max(rows), inputs.table.columns[header])}"
        for header in ("Id", "Live")
    )
    return ids, live


def _column(top: int, bottom: int, column: int) -> str:
    """Refer to cells of a column so that a copy of the formula refers to the same."""
    letters = column_letters(column)
    return f"${letters}${top}:${letters}${bottom}"


def _write_table(model: Model, cell: Any, ids: str, values: str) -> None:
    """Write the call as an array formula, which every version of Excel fills alike."""
    _at(cell, 0, 0, 1 + len(model.steps), _TABLE_COLUMNS).formula_array = CALL.format(
        name_of(model, "forecast"), ids, values
    )
    for number, step in enumerate(model.steps.values(), start=1):
        _at(cell, number, 3).number_format = NUMBER_FORMATS[step.unit]
    _head(cell, 0)


def insert_source_note(book: Any) -> None:
    """Write a note to the selected cell: the source of the assumption or step that it stands for.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, ours or not; in others the row must show an id or a label.
    """
    cell = selected(book)
    place = place_of(cell)
    if cell.note is not None:
        raise FileRefusedError(f"{place} has a note already; delete it and click again")
    opened = read_copy(book)
    node = trace_book(opened, str(place), depth=0).nodes[place]
    add_note(cell, _source(opened, node))


def _source(opened: Book, node: Node) -> str:
    """Say where a cell's figure is from; `trace` knows more than an id does."""
    name = node.id if node.id in opened.model.entries else _named_in_row(opened, node.place)
    if name is None:
        raise UnknownNameError(
            f"the row of {node.place} shows no assumption or step; write an id such as "
            "ai_penetration to the left of the figure"
        )
    if node.id == name and name not in opened.model.steps:
        return "\n".join(note_lines(node))
    return f"{opened.model.entries[name].label}\n{source_of(opened.model, name)}"


def _named_in_row(opened: Book, place: Place) -> str | None:
    """Return the id that the row of a cell shows, as id or label; the nearest text decides."""
    known = opened.model.entries
    ids = {**{one.label: name for name, one in known.items()}, **{name: name for name in known}}
    texts = opened.texts.get(place.sheet, {}).get(place.row, {})
    near = sorted(texts, key=lambda column: (abs(column - place.column), column))
    return next((ids[texts[column]] for column in near if texts[column] in ids), None)


def _check_blank(cell: Any, height: int, width: int) -> None:
    """Refuse to write over anything."""
    contents = _at(cell, 0, 0, height, width).formula
    rows = contents if isinstance(contents, (list, tuple)) else [[contents]]
    held = (one for row in rows for one in (row if isinstance(row, (list, tuple)) else [row]))
    if any(one not in ("", None) for one in held):
        last = cell_name(cell.row + height - 1, cell.column + width - 1)
        area = cell_name(cell.row, cell.column) + (f":{last}" if height * width > 1 else "")
        raise FileRefusedError(
            f"{cell.sheet.name}!{area} is not blank; select a cell with room for "
            f"{height} rows and {width} columns"
        )


def _at(cell: Any, down: int, right: int, height: int = 1, width: int = 1) -> Any:
    """Return the cells that many rows and columns from a cell."""
    top, left = cell.row + down, cell.column + right
    return cell.sheet.range((top, left), (top + height - 1, left + width - 1))


def _block(cell: Any, down: int, right: int, rows: list[list[Any]]) -> None:
    _at(cell, down, right, len(rows), len(rows[0])).value = rows


def _head(cell: Any, down: int) -> None:
    head = _at(cell, down, 0, 1, _TABLE_COLUMNS)
    head.font.bold, head.color = True, HEAD_COLOUR
