"""Finds areas: those that hold a cell, and those that lie in an area, among many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_cryptoai.formulas.targets import SheetArea


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
    first : int
        Number of the first branch; areas have their place in the sequence.
    """

    def __init__(self, areas: Sequence[SheetArea], numbers: Sequence[int], first: int) -> None:
        self.children: list[tuple[int, int]] = []
        self._first = first
        self._area = dict(zip(numbers, areas, strict=True))
        self.root = self._built(list(numbers), by_row=None)

    def _built(self, numbers: list[int], *, by_row: bool | None) -> int:
        """Halve the areas, across the longer side of what holds them."""
        if len(numbers) == 1:
            return numbers[0]
        every = [self._area[number] for number in numbers]
        hull = SheetArea(
            every[0].sheet,
            min(area.top for area in every),
            min(area.left for area in every),
            max(area.bottom for area in every),
            max(area.right for area in every),
        )
        down = hull.bottom - hull.top >= hull.right - hull.left
        if down is not by_row:
            side = 1 if down else 2
            numbers.sort(key=lambda number: self._area[number][side])
        half = len(numbers) // 2
        left = self._built(numbers[:half], by_row=down)
        right = self._built(numbers[half:], by_row=down)
        branch = self._first + len(self.children)
        self.children.append((left, right))
        self._area[branch] = hull
        return branch

    def meeting(self, wanted: SheetArea) -> Iterator[int]:
        """Go over areas that share a cell with an area, and branches that lie in it."""
        waiting = [self.root]
        while waiting:
            number = waiting.pop()
            own = self._area[number]
            if not own.meets(wanted):
                continue
            if number < self._first or (
                wanted.top <= own.top
                and own.bottom <= wanted.bottom
                and wanted.left <= own.left
                and own.right <= wanted.right
            ):
                yield number
            else:
                waiting.extend(self.children[number - self._first])
