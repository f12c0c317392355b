"""The differences of two workbooks cell by cell, without those that are compared by meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xl_cryptoai.comparing.inputs import input_rows
from xl_cryptoai.comparing.records import CellChange
from xl_cryptoai.comparing.sides import Side
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Place, formula_of, last_of
from xl_cryptoai.reading.known_cells import known_cells
from xl_cryptoai.reading.notes import NoteText, notes_of
from xl_cryptoai.units import same_value
from xl_cryptoai.xlsx import Area


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
    known_old, known_new = known_cells(before.book), known_cells(after.book)
    changes: list[CellChange] = []
    for name in after.translator.aligned:
        if name in TECHNICAL_SHEETS:
            continue
        found = (
            one
            for one in _differing(before, after, name)
            if one.place not in known_new and one.old not in known_old
        )
        for _, row in groupby(found, key=lambda one: one.place.row):
            changes += (_change(block, before, after) for block in _blocks(row))
    return changes + _note_changes(before, after)


def _differing(before: Side, after: Side, name: str) -> Iterator[_Found]:
    """Go over the cells of a sheet that differ, without inserted and deleted rows and columns."""
    aligned, old_name = after.translator.aligned[name], after.translator.sheets[name]
    in_place = after.translator.changes_nothing
    old_cells, new_cells = aligned.before.cells, aligned.after.cells
    size = last_of(aligned.before)
    rows, columns = aligned.rows.new_of(size[0]), aligned.columns.new_of(size[1])
    spots = {spot for spot, cell in new_cells.items() if cell.is_used}
    spots.update(
        (rows[row], columns[column])
        for row, column in old_cells
        if row in rows and column in columns
    )
    for spot in sorted(spots):
        old_spot = aligned.old(*spot)
        if old_spot is None:
            continue
        formula = formula_of(new_cells.get(spot)) if in_place else ""
        if formula and formula == formula_of(old_cells.get(old_spot)):
            continue
        new, old = Place(name, *spot), Place(old_name, *old_spot)
        contents = before.book.content(old), after.book.content(new)
        if kind := _kind(before, after, old, new, *contents):
            yield _Found(kind, new, old, *contents)


def _kind(before: Side, after: Side, old: Place, new: Place, was: Any, now: Any) -> str:
    """How two cells differ; "" if they do not."""
    formulas = [formula_of(before.book.cell(old)), formula_of(after.book.cell(new))]
    if all(formulas):
        same = before.translator.formula(was, old.sheet) == after.translator.formula(now, new.sheet)
        return "" if same else "formula"
    if same_value(was, now):
        return ""
    if was is None:
        return "filled"
    if now is None:
        return "cleared"
    return "overwritten" if formulas[0] else "formula" if formulas[1] else "value"


def _form(content: Any, place: Place) -> Any:
    if isinstance(content, str) and content.startswith("="):
        return parse(content, place.row, place.column)
    return content


def _blocks(found: Iterator[_Found]) -> Iterator[list[_Found]]:
    """Put neighbours in one row together that changed in the same way."""
    block: list[_Found] = []
    for one in found:
        if block and (one.way != block[-1].way or _separate(block[-1], one)):
            yield block
            block = []
        block.append(one)
    if block:
        yield block


def _separate(left: _Found, right: _Found) -> bool:
    """Whether two cells are no neighbours; a whole line that was written is one change."""
    return left.kind not in ("filled", "cleared") and right.place.column > left.place.column + 1


def _change(block: list[_Found], before: Side, after: Side) -> CellChange:
    first, last = block[0], block[-1]
    words = after.first_words(first.place.sheet, first.place.row)
    return CellChange(
        first.kind,
        first.place.sheet,
        str(Area(*first.place[1:], *last.place[1:])),
        first.old.sheet,
        str(Area(*first.old[1:], *last.old[1:])),
        words or before.first_words(first.old.sheet, first.old.row),
        tuple(one.before for one in block),
        tuple(one.after for one in block),
    )


def _note_changes(before: Side, after: Side) -> list[CellChange]:
    """List notes that differ, outside the rows of assumptions."""
    olds = _notes(before)
    changes = []
    for place, note in _notes(after).items():
        aligned = after.translator.aligned.get(place.sheet)
        if aligned is None:
            continue
        spot = aligned.old(*place[1:])
        old = Place(after.translator.sheets[place.sheet], *spot) if spot else None
        was = olds.pop(old, None) if old is not None else None
        if was != note:
            changes.append(_note_change(after, place, old or place, was, note))
    removed = (
        _note_change(before, place, place, note, None)
        for place, note in olds.items()
        if place.sheet in after.translator.sheets.values()
    )
    return [*changes, *removed]


def _note_change(
    side: Side, place: Place, old: Place, was: NoteText | None, now: NoteText | None
) -> CellChange:
    areas = [str(Area(*one[1:], *one[1:])) for one in (place, old)]
    words = side.first_words(place.sheet, place.row)
    return CellChange("note", place.sheet, areas[0], old.sheet, areas[1], words, (was,), (now,))


def _notes(side: Side) -> dict[Place, NoteText]:
    rows = {*input_rows(side).values()}
    return {place: note for place, note in notes_of(side.book).items() if place[:2] not in rows}
