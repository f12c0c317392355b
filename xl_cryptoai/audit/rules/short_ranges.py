"""A range covers all that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xl_cryptoai.assumptions.places import OVERRIDE
from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.formulas import Area, areas_in, relative
from xl_cryptoai.audit.input_cells import inputs_of
from xl_cryptoai.audit.labels import Grid, grid_of
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.rules.shape import meaning
from xl_cryptoai.audit.tables import CASE_HEADS, CHECK_HEADS, Table, find_table
from xl_cryptoai.forecast.steps import STEPS

_WHOLE = ({*CASE_HEADS.values()}, {*CASE_HEADS.values()} - {"Live"})
LONGEST = 2_000
"""A longer range is not looked into."""


def check(book: Book) -> Iterator[Finding]:
    """Look at the two ends of every range."""
    grid = grid_of(book)
    checks = find_table(book, CHECK_HEADS, ["Checks"])
    numbered = _numbered(book, checks) if checks is not None else []
    near: dict[Place, str] = {}
    overrides = _overrides(book)
    for place, formula in book.formula_cells.items():
        if ":" not in formula or place in overrides:
            continue
        for area in dict.fromkeys(areas_in(formula, place.sheet)):
            what = _misses_cases(grid, area) or _misses_checks(checks, numbered, area)
            what = what or _misses_neighbour(book, near, place, area)
            if what:
                yield Finding(str(place), what, "extend the range to all that belongs to it")
                break


def _numbered(book: Book, table: Table) -> list[int]:
    """Give the rows that hold a check: their State has a formula and they lead to a cell."""
    return [
        row
        for row in table.rows
        if table.place(row, "State") in book.formula_cells
        and book.content(table.place(row, "Cell")) is not None
    ]


def _misses_cases(grid: Grid, area: Area) -> str:
    sheet, top, left, bottom, right = area
    if top != bottom or left == right:
        return ""
    heads = grid.heads.get(sheet, {}).get(top)
    if heads is None and top in grid.head_rows.get(sheet, []):
        heads = grid.heads[sheet].get(top + 2)
    said = {heads[c] for c in range(left, right + 1) if c in heads} if heads else set()
    if len(said & _WHOLE[0]) < 2 or said in _WHOLE:
        return ""
    return f"has a range over {', '.join(sorted(said))} only"


def _misses_checks(table: Table | None, numbered: list[int], area: Area) -> str:
    sheet, top, left, bottom, right = area
    if table is None or sheet != table.sheet or left != right or not numbered or top == bottom:
        return ""
    covered = [row for row in numbered if top <= row <= bottom]
    if not covered or len(covered) == len(numbered):
        return ""
    return f"has a range over {len(covered)} of {len(numbered)} checks"


def _misses_neighbour(book: Book, near: dict[Place, str], place: Place, area: Area) -> str:
    """Tell whether the cell just outside a vertical range is of the same kind as those inside."""
    sheet, top, left, bottom, right = area
    if left != right or not 3 <= bottom - top + 1 <= LONGEST or sheet not in book.sheet_names:
        return ""
    kinds = [_kind(book, near, Place(sheet, row, left)) for row in range(top, bottom + 1)]
    if "" in kinds or len(set(kinds)) > 1:
        return ""
    ends = ((Place(sheet, top - 1, left), ""), (Place(sheet, bottom + 1, left), ""))
    for outside, _ in ends:
        if outside.row < 1 or outside == place or kinds[0] != _kind(book, near, outside):
            continue
        if _made_of(grid_of(book), outside, area):
            continue
        if kinds[0] == "number" and not (outside.row > bottom and _total(place, area)):
            continue
        return f"has a range that stops short of {outside}"
    return ""


def _made_of(grid: Grid, outside: Place, area: Area) -> bool:
    """Tell whether a cell is a step that is computed from those in the range, as a total is."""
    sheet, top, left, bottom, _ = area
    labels = [grid.label(Place(sheet, row, left)) for row in range(top, bottom + 1)]
    own = grid.label(outside)
    step = STEPS.get(own.id) if own is not None else None
    return step is not None and {*step.inputs} <= {label.id for label in labels if label}


def _overrides(book: Book) -> set[Place]:
    """Give the cells of the overrides: a formula there is somebody's own."""
    return {place for place, (_, case) in inputs_of(book).values.items() if case == OVERRIDE}


def _total(place: Place, area: Area) -> bool:
    """Tell whether a formula is the total below its own column."""
    sheet, _, left, bottom, _ = area
    return place.sheet == sheet and place.column == left and place.row > bottom


def _kind(book: Book, near: dict[Place, str], place: Place) -> str:
    if place not in near:
        near[place] = _kind_anew(book.formula_cells, book, place)
    return near[place]


def _kind_anew(formulas: Mapping[Place, str], book: Book, place: Place) -> str:
    if place in formulas:
        meant = meaning(grid_of(book), place, formulas[place])
        return meant or relative(formulas[place], place.row, place.column)
    value = book.content(place)
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


RULE = Rule(
    "short_range",
    "A range covers every case, every check or every row that it is about",
    "FAST 3.02-01 Formulas must be consistent; ICAEW: check totals and ranges after inserting rows",
    check,
)
