"""Reads the part of a worksheet: its cells into data, and all else as a small tree."""

from __future__ import annotations

import gc
import io
from itertools import pairwise
from typing import NamedTuple, NoReturn, Protocol

from lxml import etree

from xl_cryptoai.xlsx.cells import (
    Cell,
    CellsByRow,
    CellValue,
    DataTable,
    Formula,
    Row,
    SharedFormula,
)
from xl_cryptoai.xlsx.package import MAX_PART_TAGS, Package
from xl_cryptoai.xlsx.parts import MAIN, MEBIBYTE, PARSING, Element, free
from xl_cryptoai.xlsx.references import MAX_ROW, Area, cell_name, parse_area, parse_cell
from xl_cryptoai.xlsx.texts import decode, is_true, is_zero, rich_text, whole
from xl_cryptoai.xlsx.values import Texts, Values

MAX_COLUMNS = 500
"""Columns that cells with content may use; a format alone may lie anywhere."""
LAST_FORMAT = 200_000
"""The last row in which a cell with a format alone is kept."""
MAX_ELEMENTS = 1_600_000
"""XML elements in all sheets together; a workbook of ours has some 20,000."""
MAX_FORMULAS = 300_000
"""Formulas in all sheets together."""
MAX_FILLED = 600_000
"""Cells of a sheet that array formulas fill."""
MAX_AREA = 100_000
"""Cells under merged areas and hyperlinks together; rules look at each of them."""

MAX_FORMULA = 32_767
"""Letters of a formula or a name; Excel allows 8,192 as a person sees them, without prefixes."""
MAX_SPELLED = 100 * MEBIBYTE
"""Letters of all shared formulas of a sheet, written out for each cell that shares them."""

_ROW, _C, _F, _V, _IS = (f"{MAIN}{tag}" for tag in ("row", "c", "f", "v", "is"))
_DATA = f"{MAIN}sheetData"
_NOTHING = (None, None)
_LAYOUTS = 1_000
"""Lists of columns that rows may share; more are no table."""


class SheetData(NamedTuple):
    """A worksheet's part, read.

    Attributes
    ----------
    cells : CellsByRow
        Cells that the file holds, in the order of rows and columns.
    hidden : list of int
        Rows that do not show, also for want of height.
    gaps : list of (int, int)
        First and last of rows that the file does not name; the last gap ends the sheet.
    root : Element
        The part without its rows.
    """

    cells: CellsByRow
    hidden: list[int]
    gaps: list[tuple[int, int]]
    root: Element


class Shared(Texts, Protocol):
    """What cells of all sheets need of their workbook."""

    @property
    def package(self) -> Package:
        """The file."""

    def is_dynamic(self, number: int) -> bool:
        """Whether a cell with this number of metadata holds a dynamic array."""

    def count_formulas(self, part: str, number: int) -> None:
        """Count formulas of sheets."""

    def count_elements(self, part: str, number: int) -> None:
        """Count XML elements of sheets, and refuse the file if they are too many."""


def read_sheet(book: Shared, part: str) -> SheetData:
    """Read a worksheet's part in one pass; a row's XML is freed when its cells are read."""
    content = book.package.part(part)
    book.count_elements(part, content.count(b"<") - content.count(b"</"))
    book.count_formulas(part, sum(map(content.count, (b"<f>", b"<f ", b"<f/"))))
    # rows are freed as they are read, but what stands beside them is kept
    start, end = content.find(b"sheetData"), content.rfind(b"sheetData")
    if content.count(b"<", 0, start) + content.count(b"<", end) > MAX_PART_TAGS:
        book.package.refuse(f": part {part} has more than {MAX_PART_TAGS:,} tags beside its rows")
    reader = _Reader(book, part)
    root: Element | None = None
    collects = gc.isenabled()
    gc.disable()  # it would look through all cells again and again: a fifth of the time
    try:
        steps = etree.iterparse(io.BytesIO(content), tag=_ROW, **PARSING)
        for _, row in steps:
            parent = row.getparent()
            if parent is not None and parent.tag == _DATA:
                reader.read_row(row)
                free(row)
        root = steps.root
    except etree.XMLSyntaxError as error:
        book.package.damaged(part, error)
    finally:
        if collects:
            gc.enable()
    assert root is not None
    reader.check_shared()
    gaps = [*reader.gaps, (reader.last + 1, MAX_ROW)]
    return SheetData(reader.cells(), reader.hidden, gaps, root)


class _Reader:
    """Turns rows into cells; places may be left out, then they follow each other."""

    def __init__(self, book: Shared, part: str) -> None:
        self.book, self.part = book, part
        self._rows: dict[int, Row] = {}
        self._out_of_order: dict[int, dict[int, Cell]] = {}
        self._columns_of: dict[tuple[int, ...], tuple[int, ...]] = {}
        self.hidden: list[int] = []
        self.gaps: list[tuple[int, int]] = []
        self.row = self.last = 0
        self._columns: dict[str, int] = {}
        self._blanks: dict[int, Cell] = {}
        self._styles: dict[str, int] = {"": 0}
        self._shared: dict[str, SharedFormula] = {}
        self._filled = self._spelled = 0
        self._readers = Values(book).by_kind

    def read_row(self, row: Element) -> None:
        said = row.get("r")
        self.row = self.row + 1 if said is None else whole(said)
        if self.row > self.last + 1:
            self.gaps.append((self.last + 1, self.row - 1))
        self.last = max(self.last, self.row)
        if not 1 <= self.row <= MAX_ROW:
            self.refuse(f"has a row '{str(said or self.row)[:40]}', which is not a cell reference")
        if is_true(row.get("hidden")) or is_zero(row.get("ht")):
            self.hidden.append(self.row)
        self._read_cells(row, str(self.row))

    def cells(self) -> CellsByRow:
        """All cells, in order."""
        for row, more in self._out_of_order.items():
            columns, cells = self._rows.get(row, ((), ()))
            found = dict(sorted((dict(zip(columns, cells, strict=True)) | more).items()))
            if len(found) < len(columns) + len(more):
                self._refuse_second(row, next(column for column in columns if column in more))
            self._rows[row] = tuple(found), tuple(found.values())
        if any(first > second for first, second in pairwise(self._rows)):  # Excel writes in order
            self._rows = dict(sorted(self._rows.items()))
        return CellsByRow(self._rows)

    def _read_cells(self, row: Element, digits: str) -> None:
        number, letters, styles = self.row, self._columns, self._styles
        column, width = 0, len(digits)
        columns: list[int] = []
        cells: list[Cell] = []
        for c in row.iterchildren(_C):
            said = c.get("r")
            at = (number, column + 1)
            if said is not None:
                # most cells say the row they stand in: letters before it are then looked up
                known = letters.get(said[:-width]) if said.endswith(digits) else None
                at = (number, known) if known else self._place(said)
            column = at[1]
            value, formula = self._content(c, at) if len(c) else _NOTHING
            style = styles.get(c.get("s", ""))
            if style is None:
                style = self._style(c.get("s", ""))
            far = at[1] > MAX_COLUMNS
            if value is not None or formula is not None:
                if far:
                    self.refuse_far(at[1])
                cell = Cell(value, style, formula)
            elif not far and at[0] <= LAST_FORMAT:
                cell = self._blank(style)
            else:
                continue
            if at[0] == number and (not columns or column > columns[-1]):
                columns.append(column)
                cells.append(cell)
            else:
                self._put_out_of_order(at, cell)
        self._keep(number, columns, cells)

    def _keep(self, row: int, columns: list[int], cells: list[Cell]) -> None:
        if row in self._rows:
            for column, cell in zip(columns, cells, strict=True):
                self._put_out_of_order((row, column), cell)
        elif columns:
            if len(self._columns_of) > _LAYOUTS:
                self._columns_of.clear()
            own = tuple(columns)
            self._rows[row] = self._columns_of.setdefault(own, own), tuple(cells)

    def _put_out_of_order(self, at: tuple[int, int], cell: Cell) -> None:
        row = self._out_of_order.setdefault(at[0], {})
        if at[1] in row:
            self._refuse_second(*at)
        row[at[1]] = cell

    def _refuse_second(self, row: int, column: int) -> NoReturn:
        self.refuse(f"has two cells at {cell_name(row, column)}")

    def _content(self, c: Element, at: tuple[int, int]) -> tuple[CellValue, Formula | None]:
        """Value and formula of a cell."""
        kind = c.get("t", "n")
        value: CellValue = None
        formula: Formula | None = None
        for child in c:
            tag, text = child.tag, child.text
            if tag == _V:
                if text is not None:
                    try:
                        value = self._readers.get(kind, decode)(text)
                    except (ValueError, IndexError):
                        self.refuse(
                            f"has a cell {cell_name(*at)} of type '{kind[:20]}' with "
                            f"'{text[:40]}', which is not a value of that type"
                        )
                elif kind == "str":
                    value = ""
            elif tag == _F:
                if text is not None and len(text) > MAX_FORMULA:
                    self.refuse(f"has a formula of {len(text):,} letters at {cell_name(*at)}")
                if text is not None and child.get("t") is None:
                    formula = Formula("=" + (decode(text) if "_x" in text else text))
                else:
                    formula = self._other_formula(c, child, at)
            elif tag == _IS and kind == "inlineStr":
                value = rich_text(child)
        return value, formula

    def _blank(self, style: int) -> Cell:
        """Empty cell: one object for all of a format."""
        if style not in self._blanks:
            self._blanks[style] = Cell(None, style)
        return self._blanks[style]

    def _place(self, said: str) -> tuple[int, int]:
        place = parse_cell(said)
        if place is None:
            self.refuse(f"has a cell at '{said[:40]}', which is not a cell reference")
        self._columns[said.rstrip("0123456789")] = place[1]
        return place

    def _style(self, said: str) -> int:
        if said not in self._styles:
            if not said.isdecimal():
                self.refuse(f"has a cell with the format '{said[:40]}', which is not a number")
            self._styles[said] = whole(said)
        return self._styles[said]

    def _other_formula(self, c: Element, f: Element, at: tuple[int, int]) -> Formula | None:
        """Formula that is empty, or is written for more than its own cell."""
        kind, text = f.get("t", "normal"), f.text
        words = "=" + decode(text or "")
        if kind == "normal":
            return Formula(words) if text else None
        if kind == "shared":
            return self._of_shared(f.get("si", ""), text and words, at)
        area = self._area(f, at)
        if kind == "dataTable":
            table = _data_table(f)
            return Formula(
                f"=TABLE({table.row_input},{table.column_input})", "data table", area, table=table
            )
        dynamic = self.book.is_dynamic(whole(c.get("cm")))
        return Formula(words, "dynamic" if dynamic else "array", area)

    def _of_shared(self, index: str, text: str | None, at: tuple[int, int]) -> Formula:
        shared = self._shared.get(index)
        if text or shared is None:
            if shared is None or shared.text:  # Excel counts from the start again at times
                shared = self._shared[index] = SharedFormula("", *at)
            if text:
                shared.text, shared.row, shared.column = text, *at
        self._spelled += len(shared.text)
        if self._spelled > MAX_SPELLED:
            self.refuse("shares long formulas between too many cells")
        return Formula.of_shared(shared, *at)

    def check_shared(self) -> None:
        for index, shared in self._shared.items():
            if not shared.text:
                self.refuse(
                    f"shares a formula (number {index[:20]}) at "
                    f"{cell_name(shared.row, shared.column)} that no cell holds"
                )

    def _area(self, f: Element, at: tuple[int, int]) -> Area:
        said = f.get("ref")
        area = parse_area(said) if said else Area(*at, *at)
        if area is None:
            self.refuse(f"has a formula over '{(said or '')[:40]}', which is not a range")
        if area.right > MAX_COLUMNS:
            self.refuse_far(area.right)
        self._filled += area.size
        if self._filled > MAX_FILLED:
            self.refuse(f"has array formulas over more than {MAX_FILLED:,} cells")
        return area

    def refuse_far(self, column: int) -> NoReturn:
        self.refuse(f"reaches to column {column}; at most {MAX_COLUMNS} columns")

    def refuse(self, reason: str) -> NoReturn:
        self.book.package.refuse(
            f": part {self.part} {reason}", "delete what lies there and save it again"
        )


def _data_table(f: Element) -> DataTable:
    first = "#REF!" if is_true(f.get("del1")) else f.get("r1", "")
    second = "#REF!" if is_true(f.get("del2")) else f.get("r2", "")
    if is_true(f.get("dt2D")):
        return DataTable(first, second)
    return DataTable(first, "") if is_true(f.get("dtr")) else DataTable("", first)
