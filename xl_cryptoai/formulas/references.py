"""References as parts of compiled formulas: the cells that they are, as seen from a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xl_cryptoai.formulas.resolve import Found, Resolver
from xl_cryptoai.formulas.site import Run, Site
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.targets import SheetArea
from xl_cryptoai.formulas.tree import Edge, Node, Ref, Structured
from xl_cryptoai.formulas.values import NULL, REF, VALUE, NotKnownError
from xl_cryptoai.xlsx.cells import ErrorValue
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW, Area, Place


def is_cell(ref: Ref) -> bool:
    """Whether a reference is one cell."""
    return ref.top is not None and ref.top == ref.bottom and ref.left == ref.right


def reading(top: Edge, left: Edge) -> Run:
    """Read one cell of the formula's own sheet.

    What lies beyond the end of the sheet goes on at its beginning, in names.
    """
    row, column = top.number, left.number
    if top.absolute and left.absolute:
        key = (row, column)
        return lambda site: site.values.get(key)
    if top.absolute:
        return lambda site: site.values.get((row, (site.column + column - 1) % MAX_COLUMN + 1))
    if left.absolute:
        return lambda site: site.values.get(((site.row + row - 1) % MAX_ROW + 1, column))
    return lambda site: site.values.get(
        ((site.row + row - 1) % MAX_ROW + 1, (site.column + column - 1) % MAX_COLUMN + 1)
    )


def referring(resolver: Resolver, node: Node) -> Run:
    """Compile a reference: `Cells`, or an error for what was lost."""
    known: dict[str, Found] = {}  # by sheet: to ask the resolver for each cell takes longer

    def run(site: Site) -> Any:
        found = known.get(site.sheet)
        if found is None:
            found = known[site.sheet] = resolver.node(node, site.sheet)
        if found.problems:
            problem = found.problems[0].at(site.row, site.column)
            if problem.kind == "lost":
                return REF
            raise NotKnownError(f"{problem.kind}: {problem.text}")
        areas = [target.area(site.row, site.column) for target in found.targets]
        held = tuple(area for area in areas if area is not None)
        if held:
            return Cells(held, site.stored)
        return VALUE if isinstance(node, Structured) else NULL  # a row outside of the table

    return run


def spanned(first: Run, last: Run) -> Run:
    """Compile a range whose ends are computed, as `A1:INDEX(A:A,3)`."""

    def hull(one: SheetArea, other: SheetArea) -> SheetArea:
        return SheetArea(
            one.sheet,
            min(one.top, other.top),
            min(one.left, other.left),
            max(one.bottom, other.bottom),
            max(one.right, other.right),
        )

    return _of_both(first, last, hull)


def crossed(first: Run, last: Run) -> Run:
    """Compile an intersection of what is computed."""
    return _of_both(first, last, SheetArea.crossed)


def _of_both(
    first: Run, last: Run, work: Callable[[SheetArea, SheetArea], SheetArea | None]
) -> Run:
    def run(site: Site) -> Any:
        ends = [first(site), last(site)]
        areas = []
        for end in ends:
            if type(end) is ErrorValue:
                return end
            if not isinstance(end, Cells):
                raise NotKnownError("a range between what is no reference")
            areas.append(end.area)
        if areas[0].sheet != areas[1].sheet:
            raise NotKnownError("a range over two sheets")
        found = work(areas[0], areas[1])
        return NULL if found is None else Cells((found,), site.stored)

    return run


def united(runs: Sequence[Run]) -> Run:
    """Compile a union."""

    def run(site: Site) -> Any:
        areas: list[SheetArea] = []
        for one in runs:
            found = one(site)
            if type(found) is ErrorValue:
                return found
            if not isinstance(found, Cells):
                raise NotKnownError("a union of what is no reference")
            areas += found.areas
        return Cells(tuple(areas), site.stored)

    return run


def spilled(run: Run, spills: Mapping[Place, Area]) -> Run:
    """Compile `A1#`: the cells that the array formula in a cell fills."""

    def spill(site: Site) -> Any:
        found = run(site)
        if not isinstance(found, Cells):
            raise NotKnownError("a spill of what is no reference")
        sheet, top, left, _, _ = found.area
        filled = spills.get(Place(sheet, top, left))
        if filled is None:
            raise NotKnownError("a spill from a cell that fills no others")
        return Cells((SheetArea(sheet, *filled),), site.stored)

    return spill
