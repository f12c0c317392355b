"""A workbook as lines of text that stay the same where the workbook does: for `git diff`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.comparing.inputs import FIELDS, apart, input_places, live_of, notes_of
from xl_cryptoai.errors import CryptoAIError, FileRefusedError
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.text import formula_text, text_with
from xl_cryptoai.formulas.tree import Edge, NotUnderstood, Ref, Reference
from xl_cryptoai.reading.alignment import is_used
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Book, Place, in_words, rows_of, words_of
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.xlsx import Sheet
from xl_cryptoai.xlsx.references import column_letters

_PLAIN = re.compile(r"\w+")
_LONGEST = 60


@dataclass(frozen=True)
class _Labels:
    """What the rows and cells of a sheet are called."""

    rows: dict[int, str]
    heads: dict[int, dict[int, str]]

    def column(self, row: int, column: int) -> str:
        return self.heads.get(row, {}).get(column) or column_letters(column)

    def row(self, row: int) -> str:
        return self.rows.get(row) or f"row{row}"


def lines_of(book: Book) -> Iterator[str]:
    """Write a workbook as text."""
    try:
        inputs = read_book(book)
    except FileRefusedError:  # somebody else's workbook, or a broken one: all its cells follow
        inputs = None
    skip = apart(book) if inputs is not None else set()
    labels = {title: _labels(sheet, skip) for title, sheet in book.worksheets.items()}
    if inputs is not None:
        yield from _inputs(book, inputs)
    yield from _notes(book, labels)
    yield from _names(book, labels)
    for title, sheet in book.worksheets.items():
        if title not in TECHNICAL_SHEETS:
            yield from _sheet(book, sheet, labels, skip)
    if inputs is not None:
        yield "# change log"
        for line in inputs.change_log:
            yield " | ".join(_one_line(part) for part in (line.date, line.who, line.what, line.why))


def _inputs(book: Book, inputs: WorkbookInputs) -> Iterator[str]:
    yield "# inputs"
    yield f"built by xl-cryptoai {inputs.version}, assumptions {inputs.fingerprint}"
    choice = book.target("scenario")
    yield f"scenario = {_one_line(book.content(choice)) if choice else '(no such name)'}"
    live = live_of(inputs)
    for name, places in input_places(book).items():
        for field in FIELDS:
            if field in places and (content := book.content(places[field])) is not None:
                yield f"{name}.{field} = {_one_line(content)}"
        if name in live:
            yield f"{name}.live = {_one_line(live[name])}"
    yield "# results, recomputed"
    try:
        forecast = inputs.recompute()
    except CryptoAIError as error:
        yield f"cannot be computed: {str(error).removeprefix(f'{inputs.path}: ')}"
        return
    for name in STEPS:
        yield f"{name} = {forecast[name]:.12g}"


def _notes(book: Book, labels: dict[str, _Labels]) -> Iterator[str]:
    yield "# notes"
    for place, text in notes_of(book).items():
        cell = _called(labels[place.sheet], place.row, place.column)
        yield f"{place.sheet}!{cell}: {_one_line(text)}"


def _names(book: Book, labels: dict[str, _Labels]) -> Iterator[str]:
    yield "# names"
    for one in sorted(book.names):
        scope = f"{one.sheet}!" if one.sheet else ""
        yield f"{scope}{one.name} = {_spelled(f'={one.text}', '', labels)[1:]}"


def _sheet(book: Book, sheet: Sheet, labels: dict[str, _Labels], skip: set[Place]) -> Iterator[str]:
    guard = "protected" if sheet.protection is not None else "not protected"
    yield f"# sheet {sheet.title}, {sheet.state}, {guard}"
    own = labels[sheet.title]
    for rule in sheet.validations:
        # LibreOffice writes an operator and a second end where the kind of rule has none
        operator = "" if rule.kind in ("list", "custom") else rule.operator
        two = operator in ("between", "notBetween")
        areas, ends = (
            [_spelled(f"={text}", sheet.title, labels)[1:] for text in texts if text]
            for texts in (map(str, rule.areas), rule.formulas[: 2 if two else 1])
        )
        words = f"{rule.kind} {operator} {' and '.join(ends)}".split()
        yield f"validation of {', '.join(areas)}: {' '.join(words)}"
    for row in rows_of(sheet):
        shown = [place for place, cell in row if is_used(cell) and place not in skip]
        for first, last in _runs(book, shown):
            column = own.column(first.row, first.column)
            if last != first:
                column += f":{own.column(last.row, last.column)}"
            yield f"{own.row(first.row)}.{column}: {_content(book, first, labels)}"


def _runs(book: Book, places: list[Place]) -> Iterator[tuple[Place, Place]]:
    """Put neighbours together that hold the same formula, filled on."""
    first = last = known = None
    for place in places:
        form = book.form(place) if place in book.formula_cells else None
        if first and last and (place.column != last.column + 1 or not form or form is not known):
            yield first, last
            first = None
        first, last, known = first or place, place, form
    if first and last:
        yield first, last


def _content(book: Book, place: Place, labels: dict[str, _Labels]) -> str:
    formula = book.formula_cells.get(place)
    if formula is None:
        return _one_line(book.stored(place))
    cell = book.cell(place)
    area = ""
    if cell is not None and cell.formula is not None and cell.formula.kind == "data table":
        area = f" over {_spelled(f'={cell.formula.area}', place.sheet, labels)[1:]}"
    return _one_line(_spelled(formula, place.sheet, labels)) + area


def _labels(sheet: Sheet, skip: set[Place]) -> _Labels:
    """Call rows by their id, else by their first words; columns by the heads above them.

    What people type is left out: a row does not change its name with an input.
    """
    rows: dict[int, str] = {}
    heads: dict[int, dict[int, str]] = {}
    current: dict[int, str] = {}
    above, below = "", 0
    seen: Counter[str] = Counter()
    for row in rows_of(sheet):
        texts = {
            place.column: words
            for place, cell in row
            if (words := words_of(cell)) and place not in skip
        }
        if not texts:
            continue
        number = row[0][0].row
        if "Id" in texts.values():
            current, above = {column: _name(text) for column, text in texts.items()}, ""
        id_column = next((column for column, text in current.items() if text == "Id"), 0)
        if above and id_column and id_column not in texts:
            below += 1  # a row that belongs to the one above, such as a native twin
            rows[number] = f"{above}+{below}"
        else:
            label = _name(texts.get(id_column) or next(iter(texts.values())))
            seen[label] += 1
            rows[number] = label if seen[label] == 1 else f"{label}({seen[label]})"
            above, below = rows[number], 0
        heads[number] = current
    return _Labels(rows, heads)


def _name(text: str) -> str:
    """Write a label; in brackets if it is more than one word."""
    short = " ".join(text[:_LONGEST].split())
    return short if _PLAIN.fullmatch(short) else f"[{short}]"


def _spelled(formula: str, sheet: str, labels: dict[str, _Labels]) -> str:
    """Write a formula, as counted from A1, with its cells called by id and head."""
    tree = parse(formula)
    if isinstance(tree, NotUnderstood):
        return formula

    def called(reference: Reference) -> str:
        prefix = reference.prefix
        far = prefix is not None and bool(prefix.book or prefix.last)
        title = prefix.first if prefix is not None else sheet
        known = labels.get(title)
        if known is None or far or not isinstance(reference, Ref):
            return formula_text(reference)
        top, left, bottom, right = (
            reference.top, reference.left, reference.bottom, reference.right
        )  # fmt: skip
        if top is None or left is None or bottom is None or right is None:
            return formula_text(reference)
        ends = [_end(top, left, known)]
        if (top, left) != (bottom, right):
            ends.append(_end(bottom, right, known))
        before = "" if prefix is None else f"{title}!"
        return before + ":".join(ends)

    return "=" + text_with(tree, called)


def _end(row: Edge, column: Edge, known: _Labels) -> str:
    """Call one cell of a reference; dollars stand before what they fix."""
    at = [edge.number if edge.absolute else edge.number + 1 for edge in (row, column)]
    head = known.column(at[0], at[1])
    return f"{'$' * row.absolute}{known.row(at[0])}.{'$' * column.absolute}{head}"


def _called(known: _Labels, row: int, column: int) -> str:
    return f"{known.row(row)}.{known.column(row, column)}"


def _one_line(content: Any) -> str:
    """Write a content in one line, whatever it holds; numbers as saved by any program."""
    return in_words(content).replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
