"""A range covers all that it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.auditing.rules.shape import meaning
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.targets import SheetArea, Target
from xl_cryptoai.formulas.tree import Call, Ref
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.labels import Labels, labels_of
from xl_cryptoai.reading.tables import CHECK_HEADERS, Table, case_headers, find_table

SOME_CASES = Kind("range_misses_cases", "covered")
SOME_CHECKS = Kind("range_misses_checks", "covered", "count")
TOO_SHORT = Kind("range_stops_short", "next")
LONGEST = 2_000
"""A longer range is not looked into."""


def check(book: Book) -> Iterator[Finding]:
    """Look at the two ends of every range."""
    labels = labels_of(book)
    checks = find_table(book, CHECK_HEADERS, ["Checks"])
    numbered = _numbered(book, checks) if checks is not None else []
    kinds = Kinds(book, labels)
    cases = {*case_headers(book.model).values()}
    own = _own_values(book)
    found: dict[Place, Fault] = {}
    for block in book.blocks:
        counting = _counting(block.form)
        for part, target in _ranges(book, block):
            for place in block.places():
                area = target.area(place.row, place.column)
                if area is None or place in own or place in found:
                    continue
                fault = _misses_cases(cases, labels, area) or _misses_checks(checks, numbered, area)
                if not fault and part not in counting:
                    fault = _misses_neighbour(book, kinds, place, area)
                if fault:
                    found[place] = fault
    for place in sorted(found, key=book.order):
        yield found[place].at(place)


def _ranges(book: Book, block: Block) -> Iterator[tuple[Ref, Target]]:
    """Go over the areas that formulas write out, `A1:B2`, not whole columns or names."""
    for part in dict.fromkeys(block.form.references):
        if (
            isinstance(part, Ref)
            and part.top is not None
            and part.left is not None
            and (part.top, part.left) != (part.bottom, part.right)
        ):
            for target in book.graph.resolver.node(part, block.area.sheet).targets:
                yield part, target


def _counting(form: Form) -> set[Ref]:
    """Return the ranges that number cells: ROWS(A1:A1), ROWS(A1:A2) ... in one formula."""
    numbered = [
        part.arguments[0]
        for part in form.parts
        if isinstance(part, Call) and part.name == "ROWS" and len(part.arguments) == 1
    ]
    ranges = [part for part in numbered if isinstance(part, Ref)]
    starts = Counter((part.prefix, part.top, part.left) for part in dict.fromkeys(ranges))
    return {part for part in ranges if starts[part.prefix, part.top, part.left] > 2}


def _numbered(book: Book, table: Table) -> list[int]:
    """Return the rows that hold a check: their State has a formula and they lead to a cell."""
    return [
        row
        for row in table.rows
        if table.place(row, "State") in book.formula_cells
        and book.content(table.place(row, "Cell")) is not None
    ]


def _misses_cases(cases: set[str], labels: Labels, area: SheetArea) -> Fault | None:
    sheet, top, left, bottom, right = area
    if top != bottom or left == right:
        return None
    headers = labels.headers.get(sheet, {}).get(top)
    if headers is None and top in labels.header_rows.get(sheet, []):
        headers = labels.headers[sheet].get(top + 2)
    said = {headers[c] for c in range(left, right + 1) if c in headers} if headers else set()
    if len(said & cases) < 2 or said in (cases, cases - {"Live"}):
        return None
    return SOME_CASES(covered=sorted(said))


def _misses_checks(table: Table | None, numbered: list[int], area: SheetArea) -> Fault | None:
    sheet, top, left, bottom, right = area
    if table is None or sheet != table.sheet or left != right or not numbered or top == bottom:
        return None
    covered = [row for row in numbered if top <= row <= bottom]
    if not covered or len(covered) == len(numbered):
        return None
    return SOME_CHECKS(covered=len(covered), count=len(numbered))


def _misses_neighbour(book: Book, kinds: Kinds, place: Place, area: SheetArea) -> Fault | None:
    """Whether the cell just outside a vertical range is of the same kind as those inside."""
    sheet, top, left, bottom, right = area
    if left != right or not 3 <= bottom - top + 1 <= LONGEST:
        return None
    kind = kinds.of_all(area)
    if not kind:
        return None
    for outside in (Place(sheet, top - 1, left), Place(sheet, bottom + 1, left)):
        if outside.row < 1 or outside == place or kind != kinds.of(outside):
            continue
        if _made_of(book.model, kinds.labels, outside, area):
            continue
        if kind == "number" and not (outside.row > bottom and _total(place, area)):
            continue
        return TOO_SHORT(next=outside)
    return None


class Kinds:
    """What kind of content cells hold: "number", a formula's meaning or form, or "" for others."""

    def __init__(self, book: Book, labels: Labels) -> None:
        self.book, self.labels = book, labels
        self._met: dict[Place, Hashable] = {}
        self._areas: dict[SheetArea, Hashable] = {}

    def of_all(self, area: SheetArea) -> Hashable:
        """The kind that all cells of a column share; "" if they share none."""
        if area not in self._areas:
            first = self.of(Place(*area[:3]))
            below = range(area.top + 1, area.bottom + 1)
            same = first and all(
                self.of(Place(area.sheet, row, area.left)) == first for row in below
            )
            self._areas[area] = first if same else ""
        return self._areas[area]

    def of(self, place: Place) -> Hashable:
        """The kind of one cell."""
        if place not in self._met:
            self._met[place] = self._of(place)
        return self._met[place]

    def _of(self, place: Place) -> Hashable:
        cell = self.book.cell(place)
        if cell is None:
            return ""
        if cell.formula is not None:
            form = self.book.form(place)
            return meaning(self.labels, place, form) or form if form is not None else ""
        return "number" if type(cell.value) is float else ""


def _made_of(model: Model, labels: Labels, outside: Place, area: SheetArea) -> bool:
    """Whether a cell is a step that is computed from those in the range, as a total is."""
    sheet, top, left, bottom, _ = area
    within = [labels.label(Place(sheet, row, left)) for row in range(top, bottom + 1)]
    own = labels.label(outside)
    step = model.steps.get(own.id) if own is not None else None
    return step is not None and {*step.inputs} <= {label.id for label in within if label}


def _own_values(book: Book) -> set[Place]:
    """Return the cells of the overrides: a formula there is somebody's own."""
    return {place for place, (_, case) in inputs_of(book).values.items() if case in (OWN, OVERRIDE)}


def _total(place: Place, area: SheetArea) -> bool:
    """Whether a formula is the total below its own column."""
    sheet, _, left, bottom, _ = area
    return place.sheet == sheet and place.column == left and place.row > bottom


RULE = Rule(
    "short_range",
    "A range covers every case, check or row that it should",
    "FAST 3.02-01 Formulas must be consistent; ICAEW: check totals and ranges after inserting rows",
    check,
)
