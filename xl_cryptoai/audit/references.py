"""What a formula refers to: cells, areas, names and columns of tables, on any sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.formulas import Area, Piece, pieces_of, split_sheet
from xl_cryptoai.xlsx import Table
from xl_cryptoai.xlsx.references import column_letters, column_number

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MAX_NESTING = 50
"""Names within names that are followed."""

_END = re.compile(r"(?:(\$?)([A-Z]{1,3}))?(?:(\$?)([1-9]\d{0,6}))?", re.IGNORECASE)
_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]")
_BY_VALUE = ("INDIRECT", "OFFSET")
"""Functions that choose cells by values: no look at the formula can tell which."""
_PARAMETER = "_xlpm."
"""How a parameter of LAMBDA or LET is stored: an argument, not a name of the workbook."""


@dataclass(frozen=True, slots=True)
class References:
    """What a formula refers to: its areas, each once, and what leads nowhere, in words."""

    areas: tuple[Area, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a formula is looked at, and the names that led there."""

    place: Place
    names: tuple[str, ...] = ()


def area_text(area: Area) -> str:
    """Write an area as a person would.

    >>> area_text(("Data", 2, 1, 5, 3)), area_text(("Data", 1, 2, 1048576, 2))
    ('Data!A2:C5', 'Data!B:B')
    """
    sheet, top, left, bottom, right = area
    first, last = column_letters(left), column_letters(right)
    if (top, bottom) == (1, LAST_ROW):
        return f"{sheet}!{first}:{last}"
    if (left, right) == (1, LAST_COLUMN):
        return f"{sheet}!{top}:{bottom}"
    end = "" if (top, left) == (bottom, right) else f":{last}{bottom}"
    return f"{sheet}!{first}{top}{end}"


class Resolver:
    """Finds what the formulas of a workbook refer to, through its names and tables."""

    def __init__(self, book: Book) -> None:
        self._sheets = {name.lower(): name for name in book.sheet_names}
        self._names = {(one.sheet or "", one.name.lower()): one.text for one in book.file.names}
        self._tables = {table.name.lower(): table for table in book.file.tables}
        self._met: dict[tuple[str, str], tuple[Area | str, ...]] = {}

    def resolve(self, formula: str, place: Place) -> References:
        """Give what a formula in a cell refers to."""
        self._met.clear()
        return _gathered(self._formula(formula, _Site(place)))

    def name(self, name: str, place: Place) -> References | None:
        """Give what a name, as seen from a cell, refers to; None if there is no such name."""
        if self._meaning(name, place.sheet) is None:
            return None
        self._met.clear()
        return _gathered(self._name(name, None, _Site(place)))

    def _formula(self, formula: str, site: _Site) -> Iterator[Area | str]:
        pieces = pieces_of(formula if formula.startswith("=") else f"={formula}")
        if not pieces:
            yield "a formula that cannot be read"
        for piece in pieces:
            if piece.is_function:
                yield from self._function(piece, site)
            elif piece.is_reference:
                yield from self._reference(piece.text, site)
            elif piece.text == "#REF!":
                yield "a lost reference, #REF!"

    def _function(self, piece: Piece, site: _Site) -> Iterator[Area | str]:
        start, _, called = piece.text.rstrip("(").rpartition(":")
        if start:  # A1:INDEX(..): its end is computed, and INDEX tells among which cells
            yield from self._reference(start, site)
        plain = called.upper().removeprefix("_XLFN.")
        if plain in _BY_VALUE:
            yield f"the cells that {plain} chooses when it is computed"
        if self._meaning(called, site.place.sheet) is not None:  # a LAMBDA
            yield from self._name(called, None, site)

    def _reference(self, text: str, site: _Site) -> Iterator[Area | str]:
        text = text.strip("@:")
        if text.lower().startswith(_PARAMETER):
            return
        if "#REF!" in text:
            yield f"a lost reference, {text}"
        elif text.startswith(("[", "'[")):
            yield f"another workbook, {text}"
        else:
            sheet, rest = split_sheet(text)
            for one in self._spanned(sheet, site):
                if one is None:
                    yield f"a sheet that is missing, {text}"
                else:
                    yield from self._on_sheet(one, rest, sheet, site)

    def _spanned(self, sheet: str | None, site: _Site) -> list[str | None]:
        """Give the sheets that a prefix stands for; None for one that is missing."""
        if sheet is None:
            return [site.place.sheet]
        if sheet.lower() in self._sheets:
            return [self._sheets[sheet.lower()]]
        first, _, last = sheet.lower().partition(":")
        order = list(self._sheets)
        if first not in order or last not in order:
            return [None]
        ends = sorted((order.index(first), order.index(last)))
        return [self._sheets[name] for name in order[ends[0] : ends[1] + 1]]

    def _on_sheet(
        self, sheet: str, rest: str, given: str | None, site: _Site
    ) -> Iterator[Area | str]:
        if "[" in rest:
            yield from self._table(rest, site)
            return
        ends = [split_sheet(end)[1] for end in rest.split(":")]
        if (corners := _corners(ends, site)) is not None:
            yield (sheet, *corners)
        elif len(ends) == 1:
            yield from self._name(rest, sheet if given else None, site)
        else:
            yield from self._between(ends, sheet, site)

    def _between(self, ends: list[str], sheet: str, site: _Site) -> Iterator[Area | str]:
        """Give the area that spans from one end to the other, where an end is a name."""
        found = [one for end in ends for one in self._on_sheet(sheet, end, None, site)]
        areas = [one for one in found if not isinstance(one, str)]
        if len(areas) == len(found) and len({area[0] for area in areas}) == 1:
            tops, lefts, bottoms, rights = list(zip(*areas, strict=True))[1:]
            yield areas[0][0], min(tops), min(lefts), max(bottoms), max(rights)
        else:
            yield from found

    def _meaning(self, name: str, sheet: str) -> str | None:
        lower = name.lower()
        return self._names.get((sheet, lower), self._names.get(("", lower)))

    def _name(self, name: str, sheet: str | None, site: _Site) -> Iterator[Area | str]:
        key = (sheet or site.place.sheet, name.lower())
        meaning = self._meaning(name, key[0])
        if meaning is None:
            yield f"a name that is not defined, {name}"
        elif key[1] in site.names:
            yield f"a name that stands for itself, {name}"
        elif len(site.names) == MAX_NESTING:
            yield f"names within names, more than {MAX_NESTING} deep"
        else:
            if key not in self._met:  # once a formula: names that double each other soon explode
                inner = _Site(site.place, (*site.names, key[1]))
                self._met[key] = tuple(dict.fromkeys(self._formula(meaning, inner)))
            yield from self._met[key]

    def _table(self, text: str, site: _Site) -> Iterator[Area | str]:
        name, _, inner = text.partition("[")
        if name.lower() not in self._tables:
            yield f"a table that is missing, {text}"
            return
        table = self._tables[name.lower()]
        first, left, last, right = table.area
        inner = inner.removesuffix("]")
        items = _ITEM.findall(inner) if "[" in inner else [inner] if inner else []
        marks = {item.lower() for item in items if item.startswith("#")}
        if inner.startswith("@"):
            marks.add("#this row")
        wanted = [re.sub(r"'(.)", r"\1", i.lstrip("@")) for i in items if not i.startswith("#")]
        heads = [column.lower() for column in table.columns]
        columns = [heads.index(item.lower()) for item in wanted if item.lower() in heads]
        if len(columns) < len(wanted):
            yield f"a column that is missing, {text}"
            return
        if columns:
            left, right = left + min(columns), left + max(columns)
        for top, bottom in _rows(table, (first, last), marks, site.place.row):
            yield table.sheet, top, left, bottom, right


def _gathered(found: Iterator[Area | str]) -> References:
    each = list(dict.fromkeys(found))
    return References(
        tuple(one for one in each if not isinstance(one, str)),
        tuple(one for one in each if isinstance(one, str)),
    )


def _corners(ends: list[str], site: _Site) -> tuple[int, int, int, int] | None:
    """Give first row, first column, last row, last column; None if it is no area."""
    rows: list[int] = []
    columns: list[int] = []
    if len(ends) > 2:
        return None
    for end in ends:
        match = _END.fullmatch(end)
        if match is None or not end or (len(ends) == 1 and not (match[2] and match[4])):
            return None
        # within a name, what has no $ is counted from A1 and moves with the cell that uses it
        moved = bool(site.names)
        if match[2]:
            by = site.place.column - 1 if moved and not match[1] else 0
            columns.append(_within(column_number(match[2]), by, LAST_COLUMN))
        if match[4]:
            by = site.place.row - 1 if moved and not match[3] else 0
            rows.append(_within(int(match[4]), by, LAST_ROW))
    if 0 in (*rows, *columns):
        return None
    if len(rows) not in (0, len(ends)) or len(columns) not in (0, len(ends)):
        return None
    rows, columns = rows or [1, LAST_ROW], columns or [1, LAST_COLUMN]
    return min(rows), min(columns), max(rows), max(columns)


def _within(number: int, by: int, last: int) -> int:
    """Move a row or column on by some, from the sheet's end to its beginning; 0 if it is none."""
    return (number - 1 + by) % last + 1 if number <= last else 0


def _rows(
    table: Table, ends: tuple[int, int], marks: set[str], row: int
) -> Iterator[tuple[int, int]]:
    """Give the rows of a table that a reference with these marks means."""
    top, bottom = ends
    heads = table.header_rows
    first, last = top + heads, bottom - table.totals_rows
    if "#all" in marks:
        yield top, bottom
        return
    if "#this row" in marks:
        yield row, row
    if "#headers" in marks and heads:
        yield top, top + heads - 1
    if "#totals" in marks and last < bottom:
        yield last + 1, bottom
    if "#data" in marks or not marks:
        yield first, last
