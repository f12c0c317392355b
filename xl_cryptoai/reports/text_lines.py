"""A workbook as lines of text that stay the same where the workbook does: for `git diff`.

The text holds what people enter, values, formulas and structure, and nothing that follows from it:
an edit is one line, also in a workbook that was recalculated or that another program saved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.relative import Form, Forms
from xl_cryptoai.formulas.text import formula_text, text_with
from xl_cryptoai.formulas.tree import Edge, Node, NotUnderstood, Ref, Reference
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Book, Place, in_words, rows_of, words_of
from xl_cryptoai.reading.input_cells import NAME_OF_OWN, inputs_of
from xl_cryptoai.reading.known_cells import known_cells
from xl_cryptoai.reading.notes import notes_of
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.xlsx import Cell, Sheet
from xl_cryptoai.xlsx.references import column_letters

_PLAIN = re.compile(r"\w+")
_LONGEST = 60


@dataclass(frozen=True)
class _Labels:
    """What the rows and columns of a sheet are called."""

    rows: dict[int, str]
    headers: dict[int, dict[int, str]]

    def column(self, row: int, column: int) -> str:
        return self.headers.get(row, {}).get(column) or column_letters(column)

    def row(self, row: int) -> str:
        return self.rows.get(row) or f"row{row}"

    def cell(self, row: int, column: int) -> str:
        return f"{self.row(row)}.{self.column(row, column)}"


def lines_of(book: Book) -> Iterator[str]:
    """Write a workbook as text."""
    try:
        inputs = read_book(book)
    except FileRefusedError:  # somebody else's workbook, or a broken one: all its cells follow
        inputs = None
    text = _Text(book, known_cells(book) if inputs is not None else set())
    if inputs is not None:
        yield from _inputs(book, inputs)
    yield "# notes"
    yield from text.notes()
    yield "# names"
    yield from text.names()
    for title, sheet in book.worksheets.items():
        if title not in TECHNICAL_SHEETS:
            yield from text.sheet(sheet)
    if inputs is not None:
        yield "# change log"
        for line in inputs.change_log:
            yield " | ".join(_one_line(part) for part in (line.date, line.who, line.what, line.why))


def _inputs(book: Book, inputs: WorkbookInputs) -> Iterator[str]:
    yield "# inputs"
    yield f"built by xl-cryptoai {inputs.version}, assumptions {inputs.fingerprint}"
    if book.model.text:
        yield f"model {book.model.name}"
    cells = inputs_of(book)
    choice = book.content(cells.scenario) if cells.scenario is not None else "(no such name)"
    yield f"scenario = {_one_line(choice)}"
    if cells.own_name is not None:
        yield f"{'.'.join(NAME_OF_OWN)} = {_one_line(book.content(cells.own_name))}"
    rows = {(name, field): at for name, row in cells.of_rows.items() for field, at in row.items()}
    for (name, field), place in (rows | cells.risk).items():
        if (content := book.content(place)) is not None:
            yield f"{name}.{field} = {_one_line(content)}"


class _Text:
    """Writes the sheets of a workbook, with cells called by id and header."""

    def __init__(self, book: Book, known: set[Place]) -> None:
        self.book, self.known, self.forms = book, known, Forms()
        self.labels = {title: _labels(sheet, known) for title, sheet in book.worksheets.items()}

    def notes(self) -> Iterator[str]:
        for place, note in notes_of(self.book).items():
            cell = self.labels[place.sheet].cell(place.row, place.column)
            yield f"{place.sheet}!{cell}: {_one_line(note)}"

    def names(self) -> Iterator[str]:
        for one in sorted(self.book.names):
            scope = f"{one.sheet}!" if one.sheet else ""
            yield f"{scope}{one.name} = {self.reference(one.text, '')}"

    def sheet(self, sheet: Sheet) -> Iterator[str]:
        guard = "protected" if sheet.protection is not None else "not protected"
        yield f"# sheet {sheet.title}, {sheet.state}, {guard}"
        for rule in sheet.validations:
            operator, formulas = rule.condition
            areas, ends = (
                [self.reference(text, sheet.title) for text in texts if text]
                for texts in (map(str, rule.areas), formulas)
            )
            words = f"{rule.kind} {operator} {' and '.join(ends)}".split()
            yield f"validation of {', '.join(areas)}: {' '.join(words)}"
        own = self.labels[sheet.title]
        for row in rows_of(sheet):
            for first, last, content in self.runs(row):
                column = own.column(first.row, first.column)
                if last != first:
                    column += f":{own.column(last.row, last.column)}"
                yield f"{own.row(first.row)}.{column}: {content}"

    def runs(self, row: list[tuple[Place, Cell]]) -> Iterator[tuple[Place, Place, str]]:
        """Go over what stands in a row; neighbours with the same formula, filled on, are one."""
        first = last = form = None
        for place, cell in row:
            if not cell.is_used or place in self.known:
                continue
            own = self.form(place, cell)
            if first and last and own and own is form and place.column == last.column + 1:
                last = place
                continue
            if first and last:
                yield first, last, self.content(first, form)
            first, last, form = place, place, own
        if first and last:
            yield first, last, self.content(first, form)

    def form(self, place: Place, cell: Cell) -> Form | None:
        if cell.formula is None:
            return None
        return self.forms.of_formula(cell.formula, place.row, place.column)

    def content(self, place: Place, form: Form | None) -> str:
        if form is None:
            return _one_line(self.book.stored(place))
        cell = self.book.cell(place)
        area = ""
        if cell is not None and cell.formula is not None and cell.formula.kind == "data table":
            area = f" over {self.reference(str(cell.formula.area), place.sheet)}"
        return _one_line("=" + self.formula(form.tree, place)) + area

    def reference(self, text: str, sheet: str) -> str:
        """Write a reference that stands in no cell."""
        return self.formula(parse(f"={text}"), Place(sheet, 1, 1))

    def formula(self, tree: Node | NotUnderstood, place: Place) -> str:
        """Write a formula of a cell, without its `=`."""
        if isinstance(tree, NotUnderstood):
            return tree.text.removeprefix("=")

        def called(reference: Reference) -> str:
            prefix = reference.prefix
            title = prefix.first if prefix is not None else place.sheet
            labels = self.labels.get(title)
            elsewhere = prefix is not None and bool(prefix.book or prefix.last)
            if labels is None or elsewhere or not isinstance(reference, Ref):
                return formula_text(reference, place.row, place.column)
            top, left, bottom, right = (
                reference.top, reference.left, reference.bottom, reference.right
            )  # fmt: skip
            if top is None or left is None or bottom is None or right is None:
                return formula_text(reference, place.row, place.column)
            ends = [_end(top, left, labels, place)]
            if (top, left) != (bottom, right):
                ends.append(_end(bottom, right, labels, place))
            before = "" if prefix is None else f"{title}!"
            return before + ":".join(ends)

        return text_with(tree, called)


def _end(row: Edge, column: Edge, labels: _Labels, place: Place) -> str:
    """Call one cell of a reference; dollars stand before what they fix."""
    at_row = row.number if row.absolute else row.number + place.row
    at_column = column.number if column.absolute else column.number + place.column
    header = labels.column(at_row, at_column)
    return f"{'$' * row.absolute}{labels.row(at_row)}.{'$' * column.absolute}{header}"


def _labels(sheet: Sheet, known: set[Place]) -> _Labels:
    """Call rows by their id, else by their first words; columns by the headers above them.

    What people type is left out: a row does not change its name with an input.
    """
    rows: dict[int, str] = {}
    headers: dict[int, dict[int, str]] = {}
    current: dict[int, str] = {}
    above, below = "", 0
    seen: Counter[str] = Counter()
    for row in rows_of(sheet):
        texts = {
            place.column: words
            for place, cell in row
            if (words := words_of(cell)) and place not in known
        }
        if not texts:
            continue
        number = row[0][0].row
        if "Id" in texts.values():
            current, above = {column: _name(text) for column, text in texts.items()}, ""
        id_column = next((column for column, text in current.items() if text == "Id"), 0)
        if above and id_column and id_column not in texts:
            below += 1  # a row that belongs to the one above, such as a native formula
            rows[number] = f"{above}+{below}"
        else:
            label = _name(texts.get(id_column) or next(iter(texts.values())))
            seen[label] += 1
            rows[number] = label if seen[label] == 1 else f"{label}({seen[label]})"
            above, below = rows[number], 0
        headers[number] = current
    return _Labels(rows, headers)


def _name(text: str) -> str:
    """Write a label; in brackets if it is more than one word."""
    short = " ".join(text[:_LONGEST].split())
    return short if _PLAIN.fullmatch(short) else f"[{short}]"


def _one_line(content: Any) -> str:
    """Write a content in one line, whatever it holds; numbers as saved by any program."""
    return in_words(content).replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
