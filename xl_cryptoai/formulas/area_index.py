"""Finds areas: those that hold a cell, and those that lie in an area, among many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_cryptoai.formulas.targets import SheetArea

_BUNCH = 8
"""Areas that are kept together at the end of a tree."""


class AreaIndex:
    """Areas by the cells that they hold.

    An area is kept under the four squares or fewer of a grid whose meshes are as wide and high as
    the area, in powers of two: whole columns and single cells alike are found by a few look-ups.
    """

    def __init__(self) -> None:
        self._meshes: dict[str, set[tuple[int, int]]] = {}
        self._squares: dict[tuple[str, int, int, int, int], list[int]] = {}
        self._areas: list[SheetArea] = []

    def add(self, area: SheetArea) -> int:
        """Add an area; its number is how many were added before."""
        number = len(self._areas)
        self._areas.append(area)
        sheet, top, left, bottom, right = area
        high, wide = (bottom - top).bit_length(), (right - left).bit_length()
        self._meshes.setdefault(sheet, set()).add((high, wide))
        for row in range(top >> high, (bottom >> high) + 1):
            for column in range(left >> wide, (right >> wide) + 1):
                key = (sheet, high, wide, row, column)
                self._squares.setdefault(key, []).append(number)
        return number

    def holding(self, sheet: str, row: int, column: int) -> Iterator[int]:
        """Go over the numbers of the areas that hold a cell."""
        for high, wide in self._meshes.get(sheet, ()):
            key = (sheet, high, wide, row >> high, column >> wide)
            for number in self._squares.get(key, ()):
                if self._areas[number].holds(row, column):
                    yield number


class AreaTree:
    """Areas of one sheet in a tree, to say which of them an area meets in a few words.

    A branch of the tree stands for all areas below it. What meets an area is a list of areas and
    branches, short even if thousands of areas are met: `SUM(A1:A9999)` over as many formulas.

    Parameters
    ----------
    areas : sequence of SheetArea
        Areas of one sheet, which do not overlap.
    numbers : sequence of int
        Their numbers.
    first : int
        Number of the first branch, greater than those of the areas.

    Attributes
    ----------
    children : list of tuple of int
        What is right below each branch, by its number counted from the first.
    """

    def __init__(self, areas: Sequence[SheetArea], numbers: Sequence[int], first: int) -> None:
        self.children: list[tuple[int, ...]] = []
        self._first = first
        self._bounds = {number: area[1:] for number, area in zip(numbers, areas, strict=True)}
        self._single = {
            (area.top, area.left): number
            for number, area in zip(numbers, areas, strict=True)
            if area.size == 1
        }
        self._all_single = len(self._single) == len(areas)
        self._root = self._built(list(numbers), -1)

    def _built(self, numbers: list[int], sorted_by: int) -> int:
        """Halve the areas, across the longer side of what holds them."""
        if len(numbers) == 1:
            return numbers[0]
        every = [self._bounds[number] for number in numbers]
        top, left = min(one[0] for one in every), min(one[1] for one in every)
        bottom, right = max(one[2] for one in every), max(one[3] for one in every)
        below: tuple[int, ...] = tuple(numbers)
        if len(numbers) > _BUNCH:
            side = 0 if bottom - top >= right - left else 1
            if side != sorted_by:
                numbers.sort(key=lambda number: self._bounds[number][side])
            half = len(numbers) // 2
            below = (self._built(numbers[:half], side), self._built(numbers[half:], side))
        branch = self._first + len(self.children)
        self.children.append(below)
        self._bounds[branch] = (top, left, bottom, right)
        return branch

    def meeting(self, wanted: SheetArea) -> list[int]:
        """List areas that share a cell with an area, and branches that lie in it."""
        _, top, left, bottom, right = wanted
        if top == bottom and left == right:
            single = self._single.get((top, left))
            if single is not None:
                return [single]
            if self._all_single:
                return []
        bounds, first = self._bounds, self._first
        found: list[int] = []
        waiting = [self._root]
        while waiting:
            number = waiting.pop()
            own_top, own_left, own_bottom, own_right = bounds[number]
            if own_top > bottom or own_bottom < top or own_left > right or own_right < left:
                continue
            inside = (
                top <= own_top and own_bottom <= bottom and left <= own_left and own_right <= right
            )
            if inside or number < first:
                found.append(number)
            else:
                waiting.extend(self.children[number - first])
        return found
