"""Cells that a formula refers to, free of the cell where it stands: areas that move along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from xl_cryptoai.formulas.tree import Edge, Ref, Reference
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW, Area, Place

Use = Literal["read", "chosen", "place"]
"""What a formula does with cells: reads them all; chooses among them, as INDEX and OFFSET do; or
asks only where they are, as ROW does."""


class SheetArea(NamedTuple):
    """A rectangle of cells on a sheet; `str` writes it as a person would."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{self.sheet}!{Area(*self[1:])}"

    @property
    def size(self) -> int:
        """Number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def meets(self, other: SheetArea) -> bool:
        """Whether the two share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
            and self.sheet == other.sheet
        )

    def crossed(self, other: SheetArea) -> SheetArea | None:
        """Cells that the two share; None if there are none."""
        if not self.meets(other):
            return None
        return SheetArea(
            self.sheet,
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell of the same sheet lies in the area."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


class Span(NamedTuple):
    """Lowest and highest of some numbers."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Target:
    """An area that a formula refers to, with edges that move along with the formula.

    Attributes
    ----------
    sheet : str
        Where the area lies.
    rows, columns : tuple of Edge
        The area goes from the lowest to the highest of them.
    within : tuple of Target
        Areas that it is cut to: the intersections of a blank.
    use : str
        What the formula does with the cells.
    """

    sheet: str
    rows: tuple[Edge, ...]
    columns: tuple[Edge, ...]
    within: tuple[Target, ...] = ()
    use: Use = "read"

    def area(self, row: int, column: int) -> SheetArea | None:
        """Area as seen from a cell; None if an intersection is empty."""
        rows, columns = span(self.rows, row, MAX_ROW), span(self.columns, column, MAX_COLUMN)
        area = SheetArea(self.sheet, rows.low, columns.low, rows.high, columns.high)
        for other in self.within:
            limit = other.area(row, column)
            crossed = area.crossed(limit) if limit is not None else None
            if crossed is None:
                return None
            area = crossed
        return area

    def hull(self, block: SheetArea) -> SheetArea | None:
        """Smallest area that holds the areas as seen from all cells of a block."""
        top, bottom = _hull(self.rows, block.top, block.bottom, MAX_ROW)
        left, right = _hull(self.columns, block.left, block.right, MAX_COLUMN)
        area = SheetArea(self.sheet, top, left, bottom, right)
        for other in self.within:
            limit = other.hull(block)
            crossed = area.crossed(limit) if limit is not None else None
            if crossed is None:
                return None
            area = crossed
        return area

    def uncut(self, block: SheetArea) -> Target:
        """The same target without what it is cut to, if that cuts nothing off for a block."""
        if not self.within:
            return self
        plain = replace(self, within=())
        return plain if plain.hull(block) == self.hull(block) else self

    @property
    def moves(self) -> bool:
        """Whether other cells see another area."""
        edges = (*self.rows, *self.columns)
        return any(not edge.absolute for edge in edges) or any(one.moves for one in self.within)

    def users(self, block: SheetArea, row: int, column: int) -> Iterator[tuple[int, int]]:
        """Go over the cells of a block that see a cell of the target's sheet in their area."""
        rows = _lines(self.rows, row, Span(block.top, block.bottom), MAX_ROW)
        columns = _lines(self.columns, column, Span(block.left, block.right), MAX_COLUMN)
        for at_row in rows:
            for at_column in columns:
                if not self.within:
                    yield at_row, at_column
                    continue
                area = self.area(at_row, at_column)
                if area is not None and area.holds(row, column):
                    yield at_row, at_column


def span(edges: tuple[Edge, ...], own: int, last: int) -> Span:
    """Lowest and highest row or column of edges as seen from a row or column.

    What would lie beyond the end of the sheet goes on at its beginning.
    """
    first = edges[0]
    number = first.number if first.absolute else (own + first.number - 1) % last + 1
    low = high = number
    for edge in edges[1:]:
        number = edge.number if edge.absolute else (own + edge.number - 1) % last + 1
        if number < low:
            low = number
        elif number > high:
            high = number
    return Span(low, high)


def _hull(edges: tuple[Edge, ...], first: int, last: int, end: int) -> Span:
    lows, highs = [], []
    for absolute, number in edges:
        low, high = (number, number) if absolute else (first + number, last + number)
        if low < 1 or high > end:
            if (low - 1) // end != (high - 1) // end:
                return Span(1, end)  # part of the block goes over the sheet's end
            low, high = (low - 1) % end + 1, (high - 1) % end + 1
        lows.append(low)
        highs.append(high)
    return Span(min(lows), max(highs))


def _lines(edges: tuple[Edge, ...], wanted: int, block: Span, end: int) -> range | list[int]:
    """Rows or columns of a block from where edges hold the wanted row or column between them."""
    moving = [edge.number for edge in edges if not edge.absolute]
    if not moving:
        inside = min(edges).number <= wanted <= max(edges).number
        return range(block.low, block.high + 1) if inside else []
    wraps = block.low + min(moving) < 1 or block.high + max(moving) > end
    if len(moving) == len(edges) and not wraps:
        low, high = wanted - max(moving), wanted - min(moving)
        return range(max(low, block.low), min(high, block.high) + 1)
    found = []
    for own in range(block.low, block.high + 1):
        seen = span(edges, own, end)
        if seen.low <= wanted <= seen.high:
            found.append(own)
    return found


def referenced_cell(reference: Reference, place: Place) -> Place | None:
    """The one cell that a reference in a cell's formula means; None for areas and names."""
    if not isinstance(reference, Ref) or reference.top is None or reference.left is None:
        return None
    prefix = reference.prefix
    if (reference.top, reference.left) != (reference.bottom, reference.right) or (
        prefix is not None and (prefix.book or prefix.last)
    ):
        return None
    row, column = reference.top, reference.left
    return Place(
        prefix.first if prefix is not None else place.sheet,
        row.number if row.absolute else place.row + row.number,
        column.number if column.absolute else place.column + column.number,
    )
