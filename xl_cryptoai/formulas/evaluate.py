"""Evaluates formulas from stored values: a value, an Excel error, or not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from xl_cryptoai.errors import EXCEL_ERRORS, CryptoAIError
from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.compile import Compiler
from xl_cryptoai.formulas.functions import BUILT_IN, Function
from xl_cryptoai.formulas.graph import MAX_FILLED, Graph
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.resolve import Resolver
from xl_cryptoai.formulas.site import Run, Site
from xl_cryptoai.formulas.stored import Cells, StoredValues
from xl_cryptoai.formulas.tree import NotUnderstood
from xl_cryptoai.formulas.values import NA, NotKnown, NotKnownError, Residue, Rows, Scalar
from xl_cryptoai.xlsx.cells import ErrorValue
from xl_cryptoai.xlsx.references import Area, Place

UserFunction = Callable[..., Any]
"""A function of an add-in: takes raw values (areas as rows), returns them, or raises
`CryptoAIError`."""

CIRCULAR = NotKnown("a circular reference")


class Evaluator:
    """Evaluates the formulas of a workbook, each from the stored values of its precedents.

    Parameters
    ----------
    resolver : Resolver
        Finds what references mean.
    stored : StoredValues
        The values that formulas read.
    functions : mapping of str to callable, optional
        Functions of add-ins by their canonical names, such as "CAI_TAM".
    spills : mapping of Place to Area, optional
        Areas that array formulas fill, for references such as `A1#`.
    date_1904 : bool
        Whether the workbook counts days from 1904; then functions of dates are not known.
    circular : set of Place
        Cells that depend on themselves: their values stand where an iteration has ended.
    """

    def __init__(
        self,
        resolver: Resolver,
        stored: StoredValues,
        functions: Mapping[str, UserFunction] | None = None,
        spills: Mapping[Place, Area] | None = None,
        *,
        date_1904: bool = False,
        circular: frozenset[Place] = frozenset(),
    ) -> None:
        self.resolver, self.stored, self.circular = resolver, stored, circular
        self.known: Mapping[str, Function] = {
            name: function
            for name, function in BUILT_IN.items()
            if not (date_1904 and function.dated)
        }
        self.users = {name: _guarded(work) for name, work in (functions or {}).items()}
        self._compilers = {
            array: Compiler(resolver, self.known, self.users, spills or {}, array=array)
            for array in (False, True)
        }
        self._runs: dict[tuple[Form, bool], Run | NotKnown] = {}

    @classmethod
    def of(
        cls,
        graph: Graph,
        functions: Mapping[str, UserFunction] | None = None,
        instead: Mapping[Place, Scalar] | None = None,
        *,
        date_1904: bool = False,
    ) -> Evaluator:
        """Evaluator of the formulas of a graph, from the values stored in its workbook.

        Parameters
        ----------
        graph : Graph
            The formulas.
        functions, date_1904 : mapping of str to callable, bool
            See above.
        instead : mapping of Place to value, optional
            Values to take instead of the stored ones.
        """
        spills = {
            Place(*block.area[:3]): Area(*block.area[1:]) for block in graph.blocks if block.whole
        }
        stored = StoredValues(graph.book, instead)
        circular = frozenset(place for circle in graph.circles for place in circle.members)
        return cls(
            graph.resolver, stored, functions, spills, date_1904=date_1904, circular=circular
        )

    def instead(self, values: Mapping[Place, Scalar]) -> Evaluator:
        """Evaluator of the same formulas with other values in some cells."""
        other = copy(self)
        other.stored = self.stored.instead(values)
        return other

    def value(
        self, form: Form, sheet: str, row: int, column: int, *, array: bool = False
    ) -> Scalar | Rows | NotKnown:
        """Value of a formula in a cell.

        Parameters
        ----------
        form : Form
            The formula.
        sheet, row, column : str, int, int
            The cell.
        array : bool
            Whether it was entered as an array formula, which can fill several cells.

        Returns
        -------
        float, str, bool, ErrorValue, rows of these, or NotKnown
            Rows only of an array formula. Nothing is raised for what a formula may hold.
        """
        run = self._run(form, array)
        if isinstance(run, NotKnown):
            return run
        if (sheet, row, column) in self.circular:
            return CIRCULAR
        try:
            found = run(Site(sheet, row, column, self.stored))
            return _finished(found, sheet, row, column, array)
        except NotKnownError as error:
            return NotKnown(error.reason)
        except (ArithmeticError, ValueError, RecursionError) as error:
            return NotKnown(f"a calculation that fails here: {error}")

    def _run(self, form: Form, array: bool) -> Run | NotKnown:
        key = (form, array)
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = self._compiled(form, array)
        return run

    def _compiled(self, form: Form, array: bool) -> Run | NotKnown:
        if isinstance(form.tree, NotUnderstood):
            return NotKnown("a formula that is not understood")
        try:
            return self._compilers[array].anything(form.tree)
        except RecursionError:
            return NotKnown("a formula with too much nesting")


def _finished(
    found: Any, sheet: str, row: int, column: int, array: bool
) -> Scalar | Rows | NotKnown:
    """Take the value of the whole formula as a cell shows it."""
    if isinstance(found, Cells):
        found = found.rows() if array else found.met(sheet, row, column)
    if isinstance(found, list):
        if array:
            rows: Rows = [[shown(value) for value in line] for line in found]
            return rows
        found = found[0][0]
    return shown(found)


def shown(value: Any) -> Scalar | NotKnown:
    """Value of a whole formula as its cell shows it: a blank is 0 there."""
    if value is None:
        return 0.0
    if type(value) is Residue:
        return float(value)
    if isinstance(value, (float, str, bool, NotKnown)):
        return value
    return NotKnown(f"a result of the kind {type(value).__name__}")


def _guarded(work: UserFunction) -> UserFunction:
    """Call a function of an add-in as a spreadsheet would: errors in are errors out."""

    def call(*arguments: Any) -> Any:
        for argument in arguments:
            for line in argument if isinstance(argument, list) else [[argument]]:
                for value in line:
                    if isinstance(value, ErrorValue):
                        return value
                    if isinstance(value, NotKnown):
                        raise NotKnownError(value.reason)
        try:
            answer = work(*arguments)
        except NotKnownError:
            raise
        except CryptoAIError as error:
            return ErrorValue(error.excel)
        if isinstance(answer, list):
            return [[_cleaned(value) for value in line] for line in answer]
        return _cleaned(answer)

    return call


def _cleaned(value: Any) -> Any:
    if isinstance(value, str) and value in EXCEL_ERRORS:
        return ErrorValue(value)
    if isinstance(value, (bool, str)) or value is None:
        return value
    return float(value)


def filled(block: Block, evaluator: Evaluator) -> Rows:
    """Values that an array formula gives the cells of its area; of a huge one, those in use."""
    area = block.area if block.area.size <= MAX_FILLED else evaluator.stored.clipped(block.area)
    sheet, top, left, bottom, right = area
    height, width = bottom - top + 1, right - left + 1
    if block.kind == "data table":
        return [[NotKnown("a data table")] * width] * height
    found = evaluator.value(block.form, sheet, top, left, array=True)
    if not isinstance(found, list):
        return [[found] * width] * height
    # one row or column fills as many as there are; what is missing is #N/A
    rows = found * height if len(found) == 1 else found
    lines = [line * width if len(line) == 1 else line for line in rows[:height]]
    full = [(line + [NA] * width)[:width] for line in lines]
    return full + [[NA] * width for _ in range(height - len(full))]
