"""The differences of two workbooks cell by cell, inputs apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xl_cryptoai.comparing.inputs import apart, input_places, notes_of
from xl_cryptoai.comparing.records import CellChange, Side, text_in_words
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.reading.alignment import Overlay, is_used
from xl_cryptoai.reading.book import (
    TECHNICAL_SHEETS,
    Place,
    formula_of,
    in_words,
    last_of,
    words_of,
)
from xl_cryptoai.units import same_value
from xl_cryptoai.xlsx import Sheet
from xl_cryptoai.xlsx.references import cell_name


@dataclass(frozen=True, slots=True)
class _Found:
    """One changed cell, before neighbours are put together."""

    kind: str
    place: Place
    old: Place
    before: Any
    after: Any

    @property
    def way(self) -> tuple[Any, ...]:
        """What neighbours have in common that changed in the same way."""
        if self.kind in ("filled", "cleared"):
            return (self.kind,)
        return (self.kind, _form(self.before, self.old), _form(self.after, self.place))


def cell_changes(before: Side, after: Side) -> list[CellChange]:
    """List what differs in cells that no other kind of change covers."""
    skip_old, skip_new = apart(before.book), apart(after.book)
    changes: list[CellChange] = []
    for name, laid in after.carrier.overlays.items():
        if name in TECHNICAL_SHEETS:
            continue
        found = [
            one
            for one in _differing(before, after, name, laid)
            if one.place not in skip_new and one.old not in skip_old
        ]
        for _, group in groupby(found, key=lambda one: one.place.row):
            changes += _neighbours(list(group), laid)
    return changes + _note_changes(before, after)


def _differing(before: Side, after: Side, name: str, laid: Overlay) -> Iterator[_Found]:
    """Go over the cells of a sheet that differ, those of new and deleted rows and columns apart."""
    old_title = after.carrier.sheets[name]
    old_rows, old_columns = _forth(laid)
    places = {
        key for key, cell in laid.after.cells.items()
        if key[0] not in laid.rows.inserted and key[1] not in laid.columns.inserted
        and is_used(cell)
    }  # fmt: skip
    for row, column in laid.before.cells:
        if row not in laid.rows.deleted and column not in laid.columns.deleted:
            places.add((old_rows.get(row, row), old_columns.get(column, column)))
    for row, column in sorted(places):
        old_row, old_column = laid.rows.old(row), laid.columns.old(column)
        if old_row is None or old_column is None:
            continue
        new, old = Place(name, row, column), Place(old_title, old_row, old_column)
        if kind := _kind(before, after, old, new):
            yield _Found(kind, new, old, before.book.content(old), after.book.content(new))


def _forth(laid: Overlay) -> tuple[dict[int, int], dict[int, int]]:
    """Give the new numbers of old rows and columns; those behind the last follow the shift."""
    maps = []
    for lines, size in zip((laid.rows, laid.columns), last_of(laid.before), strict=True):
        forth = {old: new for new, old in lines.back.items()}
        forth.update(
            {old: old + lines.shift for old in range(lines.last - lines.shift + 1, size + 1)}
        )
        maps.append(forth)
    return maps[0], maps[1]


def _kind(before: Side, after: Side, old: Place, new: Place) -> str:
    """Tell in what way two cells differ; "" if they do not."""
    formulas = [formula_of(before.book.cell(old)), formula_of(after.book.cell(new))]
    if all(formulas):
        if formulas[0] == formulas[1] and after.carrier.moves_nothing:
            return ""
        carried = before.carrier.formula(formulas[0], old.sheet)
        return "" if carried == after.carrier.formula(formulas[1], new.sheet) else "formula"
    contents = before.book.content(old), after.book.content(new)
    if same_value(*contents):
        return ""
    if contents[0] is None:
        return "filled"
    if contents[1] is None:
        return "cleared"
    return "overwritten" if formulas[0] else "formula" if formulas[1] else "value"


def _form(content: Any, place: Place) -> Any:
    if isinstance(content, str) and content.startswith("="):
        return parse(content, place.row, place.column)
    return content


def _neighbours(found: list[_Found], laid: Overlay) -> Iterator[CellChange]:
    """Put neighbours in one row together that changed in the same way."""
    block: list[_Found] = []
    for one in found:
        if block and (one.way != block[-1].way or _apart(block[-1], one)):
            yield _change(block, laid)
            block = []
        block.append(one)
    if block:
        yield _change(block, laid)


def _apart(left: _Found, right: _Found) -> bool:
    """Whether two cells are no neighbours; a whole line that was written is one change."""
    return left.kind not in ("filled", "cleared") and right.place.column > left.place.column + 1


def _change(block: list[_Found], laid: Overlay) -> CellChange:
    first, last = block[0], block[-1]
    before, after = _said([one.before for one in block]), _said([one.after for one in block])
    row = row_words(laid.after, first.place.row) or row_words(laid.before, first.old.row)
    return CellChange(
        first.kind, _span(first.place, last.place), _span(first.old, last.old), row, before, after
    )


def _span(first: Place, last: Place) -> str:
    end = f":{cell_name(last.row, last.column)}" if last != first else ""
    return f"{first}{end}"


def _said(contents: list[Any]) -> str:
    """Write contents in words; of formulas and figures that are alike the first."""
    texts = [text_in_words(one) if isinstance(one, str) else in_words(one) for one in contents]
    if any(text.startswith("=") for text in texts) or len(set(texts)) == 1:
        return texts[0]
    return " | ".join(texts)


def row_words(sheet: Sheet, row: int) -> str:
    """Tell what a row is known by to a reader: the texts at its beginning."""
    words = (words_of(cell) for (number, _), cell in sheet.cells.items() if number == row)
    return next((text for text in words if text), "")[:60]


def _note_changes(before: Side, after: Side) -> list[CellChange]:
    """List notes by people that differ, outside the rows of assumptions."""
    olds: dict[tuple[str, int | None, int | None], str] = {
        (place.sheet, place.row, place.column): text for place, text in _notes(before).items()
    }
    changes = []
    for place, text in _notes(after).items():
        laid = after.carrier.overlays.get(place.sheet)
        if laid is None:
            continue
        key = (
            after.carrier.sheets[place.sheet],
            laid.rows.old(place.row),
            laid.columns.old(place.column),
        )
        old = olds.pop(key, "")
        if old != text:
            row = row_words(laid.after, place.row)
            changes.append(CellChange("note", str(place), str(place), row, old, text))
    for (sheet, row_number, column), text in olds.items():
        where = str(Place(sheet, row_number or 0, column or 0))
        changes.append(CellChange("note", where, where, "", text, ""))
    return changes


def _notes(side: Side) -> dict[Place, str]:
    rows = {(p.sheet, p.row) for row in input_places(side.book).values() for p in row.values()}
    return {
        place: text
        for place, text in notes_of(side.book).items()
        if (place.sheet, place.row) not in rows
    }
