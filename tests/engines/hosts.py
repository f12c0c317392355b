"""Every engine that runs here, behind one question: what do you answer to these calls?

An answer is a list of rows; an Excel error is its text, such as "#NUM!".
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from shipped import MODEL

from engines.calls import SHEET, Call, Place, write_calls
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast import Model
from xl_cryptoai.functions import functions_of
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook.calculate import calculate, saved
from xl_cryptoai.workbook.formulas import native, substitute
from xl_cryptoai.workbook.lambdas import lambda_names
from xl_cryptoai.workbook.routes import ROUTES

Rows = list[list[Any]]


@contextmanager
def own_folder(model: Model) -> Iterator[dict[str, str]]:
    """Write an own model's folder, and give the environment that names it; {} if shipped."""
    from test_own_model import write_folder

    with TemporaryDirectory() as folder:
        if model.text:
            write_folder(Path(folder), json.loads(model.text))
        yield {"XL_CRYPTOAI_MODEL": folder} if model.text else {}


def plain_python(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by the Python functions themselves: what all others are held against."""
    answers: list[Rows] = []
    for call in calls:
        try:
            answer: Any = functions_of(model)[call.function](*call.cells)
        except CryptoAIError as refusal:
            answer = refusal.excel
        answers.append(answer if isinstance(answer, list) else [[answer]])
    return answers


def _native(model: Model) -> Callable[[Call, Sequence[str]], str]:
    step_of = {name_of(model, name): step for name, step in model.steps.items()}

    def written(call: Call, references: Sequence[str]) -> str:
        step = step_of[call.function]
        where = dict(zip(step.inputs, references, strict=True))
        return substitute(native(step), where.__getitem__)

    return written


def _by_route(route: str) -> Callable[[Call, Sequence[str]], str]:
    return lambda call, references: ROUTES[route].call(call.function, references)


def _cut(values: Rows, places: Sequence[Place]) -> list[Rows]:
    return [
        [row[: place.columns] for row in values[place.row - 1 : place.row - 1 + place.rows]]
        for place in places
    ]


def formualizer_python(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by formualizer with our functions registered."""
    book, places = write_calls(calls, _by_route("windows"))
    return _cut(calculate(model, book, ROUTES["windows"], saved(book))[SHEET], places)


def formualizer_native(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by the native formulas in formualizer."""
    book, places = write_calls(calls, _native(model))
    return _cut(calculate(model, book, ROUTES["plain"], saved(book))[SHEET], places)


def cellrune_native(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by the native formulas in cellrune."""
    book, places = write_calls(calls, _native(model))
    return _cellrune(book, places)


def cellrune_lambda(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by the LAMBDA names in cellrune."""
    book, places = write_calls(calls, _by_route("excel365"))
    for name, (formula, _) in lambda_names(model).items():
        book.defined_names[name] = DefinedName(name, attr_text=formula)
    return _cellrune(book, places)


def _cellrune(book: Workbook, places: Sequence[Place]) -> list[Rows]:
    import cellrune

    buffer = io.BytesIO()
    book.save(buffer)
    engine = cellrune.Workbook.from_bytes(buffer.getvalue())
    engine.calculate()
    answers = []
    for place in places:
        first, last = place.area.split(":")
        rows = engine.read_values(SHEET, first, last)
        answers.append([[cell.get("value", cell["kind"]) for cell in row] for row in rows])
    return answers


def libreoffice_native(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by the native formulas in LibreOffice."""
    return _libreoffice(*write_calls(calls, _native(model)))


def libreoffice_python(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by LibreOffice with our extension."""
    from xl_cryptoai_libreoffice import write_extension

    with TemporaryDirectory() as folder:
        extension = write_extension(model, Path(folder) / "extension")
        book, places = write_calls(calls, _by_route("libreoffice"))
        return _libreoffice(book, places, [extension])


def _libreoffice(
    book: Workbook, places: Sequence[Place], extensions: Sequence[Path] = ()
) -> list[Rows]:
    from engines.libreoffice import LibreOffice

    with TemporaryDirectory() as folder, LibreOffice(extensions) as office:
        path = Path(folder) / "calls.xlsx"
        book.save(path)
        with office.open(path) as document:
            document.recalculate()
            shown = document.all_values()[SHEET]
    plain = [[str(cell) if type(cell).__name__ == "CellError" else cell for cell in row]
             for row in shown]  # fmt: skip
    return _cut(plain, places)


def xlwings_server(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by the real xlwings Server, over HTTP."""
    from engines.server import Server, ServerRefusal

    answers: list[Rows] = []
    with own_folder(model) as environment, Server(environment=environment) as server:
        for call in calls:
            try:
                answers.append(server.call(call.function, *(_json(cell) for cell in call.cells)))
            except ServerRefusal as refusal:
                # Excel shows #VALUE! with this text beside it; the text begins with the error meant
                answers.append([[refusal.text.split(":")[0]]])
    return answers


def xlwings_lite(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by the module that a workbook carries for xlwings Lite, without our package."""
    from engines import lite

    asked = [(call.function, [_json(cell) for cell in call.cells]) for call in calls]
    return [
        told if kind == "answer" else [[told.split(":")[0]]]
        for kind, told in lite.run(asked, model)["answers"]
    ]


def xlwings_windows(calls: Sequence[Call], model: Model = MODEL) -> list[Rows]:
    """Answer by xlwings' own Windows modules, as VBA calls them."""
    from engines import windows

    asked = [(call.function.lower(), [_com(cell) for cell in call.cells]) for call in calls]
    told = windows.run(asked, model)["answers"]
    return [_regrouped(answer, call.columns) for answer, call in zip(told, calls, strict=True)]


def _com(cell: Any) -> Any:
    if isinstance(cell, list):
        return [[_com(one) for one in row] for row in cell]
    return COM_ERRORS.get(cell, cell) if isinstance(cell, str) else cell


COM_ERRORS = {"#DIV/0!": -2146826281, "#N/A": -2146826246}
"""How Windows hands over an error cell."""


def _regrouped(answer: Any, columns: int) -> Rows:
    """Return rows again to what xlwings flattens: a single row, a single column, a single cell."""
    if isinstance(answer, str) and answer.startswith("#"):
        return [[answer.split(":")[0]]]
    rows = answer if isinstance(answer, list) else [answer]
    flat = [cell for row in rows for cell in (row if isinstance(row, list) else [row])]
    return [flat[first : first + columns] for first in range(0, len(flat), columns)]


def _json(cell: Any) -> Any:
    if isinstance(cell, list):
        return [[_json(one) for one in row] for row in cell]
    if isinstance(cell, str) and cell.startswith("#"):
        return {"type": "Error", "basicValue": cell}
    return "" if cell is None else cell
