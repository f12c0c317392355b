"""Where a formula is evaluated, and what its compiled parts are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.formulas.stored import Cells, StoredValues
from xl_cryptoai.formulas.values import NotKnownError

MAX_CALLS = 60
"""Names and LAMBDAs within each other that are followed."""
_DEARER = 8
"""How many times longer operators on arrays take than sums do."""
MAX_STEPS = 10_000
"""Names and LAMBDAs that are followed for one cell in all."""


class Site:
    """Where a formula is evaluated, and what it reads there."""

    __slots__ = ("bound", "column", "depth", "row", "sheet", "steps", "stored", "values")

    def __init__(self, sheet: str, row: int, column: int, stored: StoredValues) -> None:
        self.sheet, self.row, self.column, self.stored = sheet, row, column, stored
        self.values = stored.sheet(sheet)
        self.bound: dict[str, Any] = {}
        self.depth = 0
        self.steps = [0]

    def within(self, bound: dict[str, Any]) -> Site:
        """The same place one level deeper, with other parameters of LAMBDA or LET."""
        inner = Site(self.sheet, self.row, self.column, self.stored)
        inner.bound, inner.depth, inner.steps = bound, self.depth + 1, self.steps
        inner.steps[0] += 1
        if inner.depth > MAX_CALLS or inner.steps[0] > MAX_STEPS:
            raise NotKnownError("names and LAMBDAs within each other that go too deep")
        return inner


Run = Callable[[Site], Any]
"""A part of a formula, ready to be evaluated."""


@dataclass(frozen=True, slots=True)
class Lambda:
    """A function that a formula defines."""

    parameters: tuple[str, ...]
    body: Run
    bound: dict[str, Any]


def constant(value: Any) -> Run:
    """Part that is always the same."""
    return lambda _: value


def raising(reason: str) -> Run:
    """Part of which nothing is known."""

    def run(_: Site) -> Any:
        raise NotKnownError(reason)

    return run


def value_of(run: Run) -> Run:
    """Take one value of what a part gives: of cells that of the formula's row or column."""

    def value(site: Site) -> Any:
        found = run(site)
        if type(found) is Cells:
            return found.met(site.sheet, site.row, site.column)
        return found[0][0] if type(found) is list else found

    return value


def array_of(run: Run) -> Run:
    """Take the values of what a part gives: of cells their rows, of one cell its value."""

    def array(site: Site) -> Any:
        found = run(site)
        if type(found) is not Cells:
            return found
        if len(found.areas) == 1 and found.areas[0].size == 1:
            return found.met(site.sheet, site.row, site.column)
        rows = found.rows()
        found.stored.spend(_DEARER * len(rows) * len(rows[0]))
        return rows

    return array
