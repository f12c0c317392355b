"""The dependencies of a workbook: what each cell is computed from, and what is computed from it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from xl_cryptoai.formulas.area_index import AreaIndex
from xl_cryptoai.formulas.book import BookLike
from xl_cryptoai.formulas.cells import Block, blocks_of
from xl_cryptoai.formulas.circles import Circle, circles_of
from xl_cryptoai.formulas.relative import Form, Forms
from xl_cryptoai.formulas.resolve import References, Resolver
from xl_cryptoai.formulas.targets import SheetArea, Target
from xl_cryptoai.xlsx.references import Place

MAX_CELLS = 10_000
"""Cells of one area that are listed; `holds` says whether there are more."""


MAX_FILLED = 200_000
"""Cells that count as used because array formulas claim to fill them."""


class _Use(NamedTuple):
    """A block of formulas, and one of the areas that it refers to."""

    block: Block
    target: Target


class Graph:
    """Precedents and dependents of the cells of a workbook, and its circular references.

    Formulas are read without computing them: `INDEX(A1:A9,2)` depends on all nine cells. Areas stay
    areas, and formulas stay blocks: a million edges are never written out.

    Parameters
    ----------
    book : BookLike
        Any workbook.
    forms : Forms, optional
        Where relative forms are kept, if they are used elsewhere too.
    """

    def __init__(self, book: BookLike, forms: Forms | None = None) -> None:
        self.book = book
        self.forms = forms if forms is not None else Forms()
        self.resolver = Resolver(book)
        self._sheets = {sheet.title: sheet for sheet in book.worksheets}

    @cached_property
    def blocks(self) -> list[Block]:
        """All formula cells, as blocks of one formula each."""
        return blocks_of(self.book, self.forms)

    def block(self, place: Place) -> Block | None:
        """Block of formulas that a cell belongs to; None if no formula computes it."""
        for number in self._owners.holding(*place):
            return self.blocks[number]
        return None

    def form(self, place: Place) -> Form | None:
        """Relative form of the formula in a cell; None if it holds none of its own."""
        block = self.block(place)
        if block is None or (block.whole and block.area[1:3] != place[1:]):
            return None
        return block.form

    def references(self, place: Place) -> References:
        """Areas that the formula of a cell refers to, and what of it leads nowhere.

        A cell that the formula of another one fills refers to that one.
        """
        block = self.block(place)
        if block is None:
            return References()
        if block.whole and block.area[1:3] != place[1:]:
            sheet, top, left, _, _ = block.area
            return References((SheetArea(sheet, top, left, top, left),))
        return self.resolver.references(block.form, *place)

    def meant(self, text: str, sheet: str) -> References:
        """Areas that a person means by a reference, such as "total", "A1:B2" or "'My sheet'!A1"."""
        return self.resolver.references(self.forms.of(text, 1, 1), sheet, 1, 1)

    def precedents(self, place: Place) -> list[Place]:
        """List the cells that a cell is computed from, in the order of its formula.

        Blank cells count if they are named alone, not as part of an area; of an area at most
        `MAX_CELLS` are listed.
        """
        areas = self.references(place).areas
        return list(dict.fromkeys(cell for area in areas for cell in self.cells(area)))

    def dependents(self, place: Place) -> list[Place]:
        """List the cells that are computed from a cell, by sheet, row and column."""
        found: set[Place] = set()
        for number in self._uses.holding(*place):
            block, target = self._used[number]
            if block.whole:
                sheet, top, left, _, _ = block.area
                found.add(Place(sheet, top, left))
                continue
            users = target.users(block.area, place.row, place.column)
            found.update(Place(block.area.sheet, *cell) for cell in users)
        own = self.block(place)
        if own is not None and own.whole and own.area[1:3] == place[1:]:
            found.update(cell for cell in self.cells(own.area) if cell != place)
        order = {title: number for number, title in enumerate(self._sheets)}
        return sorted(found, key=lambda cell: (order[cell.sheet], cell.row, cell.column))

    def cells(self, area: SheetArea) -> list[Place]:
        """List the cells of an area that hold something, at most `MAX_CELLS`; one cell always."""
        if area.size == 1:
            return [Place(*area[:3])]
        return list(islice(self._held_in(area), MAX_CELLS))

    def is_cut(self, area: SheetArea) -> bool:
        """Whether an area has more cells than `cells` lists."""
        return sum(1 for _ in islice(self._held_in(area), MAX_CELLS + 1)) > MAX_CELLS

    @cached_property
    def circles(self) -> list[Circle]:
        """Circular references, in the order of sheets, rows and columns.

        Whether the workbook is set to calculate them by iteration is not asked here.
        """
        return circles_of(self.blocks, self._targets)

    def _targets(self, block: Block) -> tuple[Target, ...]:
        return self.resolver.form(block.form, block.area.sheet).targets

    def _held_in(self, area: SheetArea) -> Iterator[Place]:
        sheet, top, left, bottom, right = area
        held = self._held.get(sheet, {})
        # rows in order, whichever is shorter to go through
        rows = range(top, bottom + 1) if bottom - top < len(held) else sorted(held)
        for row in rows:
            if top <= row <= bottom and row in held:
                columns = held[row]
                for column in columns[bisect_left(columns, left) : bisect_right(columns, right)]:
                    yield Place(sheet, row, column)

    @cached_property
    def _held(self) -> dict[str, dict[int, list[int]]]:
        """Columns of the cells that hold something, by sheet and row."""
        found: dict[str, dict[int, list[int]]] = {}
        for sheet in self.book.worksheets:
            rows = found[sheet.title] = {}
            for (row, column), cell in sheet.cells.items():
                if cell.value is not None or cell.formula is not None:
                    rows.setdefault(row, []).append(column)
        room = MAX_FILLED
        for block in self.blocks:
            if block.whole:
                title, top, left, bottom, right = block.area
                wide = min(right - left + 1, room)
                high = min(bottom - top + 1, room // wide if wide else 0)
                room -= wide * high
                for row in range(top, top + high):
                    own = found[title].setdefault(row, [])
                    own[:] = sorted({*own, *range(left, left + wide)})
        return found

    @cached_property
    def _owners(self) -> AreaIndex:
        index = AreaIndex()
        for block in self.blocks:
            index.add(block.area)
        return index

    @cached_property
    def _used(self) -> list[_Use]:
        return []

    @cached_property
    def _uses(self) -> AreaIndex:
        """Areas that blocks refer to, by the cells that they hold."""
        index = AreaIndex()
        for block in self.blocks:
            sheet, top, left, _, _ = area = block.area
            if block.whole:
                area = SheetArea(sheet, top, left, top, left)
            for target in self._targets(block):
                hull = target.hull(area)
                if hull is not None:
                    index.add(hull)
                    self._used.append(_Use(block, target))
        return index
