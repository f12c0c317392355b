"""The formula cells of a workbook, as blocks of cells that hold one formula filled on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xl_cryptoai.formulas.book import BookLike, SheetLike
from xl_cryptoai.formulas.relative import Form, Forms
from xl_cryptoai.formulas.targets import SheetArea
from xl_cryptoai.xlsx.cells import Formula
from xl_cryptoai.xlsx.references import Place


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Cells that hold one formula, filled on; or the area that one formula fills.

    Attributes
    ----------
    area : SheetArea
        The cells.
    form : Form
        Their formula.
    whole : bool
        Whether one formula in the first cell fills all of them: an array formula, also of one
        cell, or a data table.
    kind : str
        How the formula was entered, as the reader says it; copies of a shared one are "normal".
    """

    area: SheetArea
    form: Form
    whole: bool = False
    kind: str = "normal"

    def places(self) -> Iterator[Place]:
        """Go over the cells that hold the formula themselves."""
        sheet, top, left, bottom, right = self.area
        rows = range(top, top + 1) if self.whole else range(top, bottom + 1)
        columns = range(left, left + 1) if self.whole else range(left, right + 1)
        return (Place(sheet, row, column) for row in rows for column in columns)


def blocks_of(book: BookLike, forms: Forms) -> list[Block]:
    """List the blocks of formula cells, sheet by sheet, from top to bottom."""
    return [block for sheet in book.worksheets for block in _of_sheet(sheet, forms)]


def _of_sheet(sheet: SheetLike, forms: Forms) -> Iterator[Block]:
    title = sheet.title
    # the blocks that may still grow downwards: by form and columns, the first and last row
    growing: dict[tuple[Form, int, int], tuple[int, int]] = {}
    for form, row, left, right in _runs(sheet, forms):
        if isinstance(form, Block):
            yield form
            continue
        key = (form, left, right)
        grown = growing.get(key)
        if grown is not None and grown[1] == row - 1:
            growing[key] = (grown[0], row)
            continue
        if grown is not None:
            yield Block(SheetArea(title, grown[0], left, grown[1], right), form)
        growing[key] = (row, row)
    for (form, left, right), (top, bottom) in growing.items():
        yield Block(SheetArea(title, top, left, bottom, right), form)


def _runs(sheet: SheetLike, forms: Forms) -> Iterator[tuple[Form | Block, int, int, int]]:
    """Go over the runs of equal formulas within the rows; formulas that fill areas are alone."""
    form: Form | None = None
    at_row = first = last = 0
    for (row, column), cell in sheet.cells.items():
        formula = cell.formula
        if formula is None:
            continue
        if formula.kind not in ("normal", "shared"):
            yield _filling(sheet.title, formula, forms, row, column), row, column, column
            continue
        own = forms.of_formula(formula, row, column)
        if own is form and row == at_row and column == last + 1:
            last = column
            continue
        if form is not None:
            yield form, at_row, first, last
        form, at_row, first, last = own, row, column, column
    if form is not None:
        yield form, at_row, first, last


def _filling(title: str, formula: Formula, forms: Forms, row: int, column: int) -> Block:
    text = formula.text
    if formula.table is not None:  # as Excel shows a data table
        text = f"=TABLE({formula.table.row_input},{formula.table.column_input})"
    area = formula.area or (row, column, row, column)
    return Block(SheetArea(title, *area), forms.of(text, row, column), True, formula.kind)
