"""A formula has the shape of its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence

from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.targets import referenced_cell
from xl_cryptoai.formulas.text import formula_text, relative_text, text_with
from xl_cryptoai.formulas.tree import (
    Binary,
    Call,
    Node,
    NotUnderstood,
    Ref,
    Reference,
    Unary,
    children,
)
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Book, Place
from xl_cryptoai.reading.filled import filled_places
from xl_cryptoai.reading.labels import Labels, labels_of
from xl_cryptoai.units import CHOICE, UNITS

MOST = 0.7
"""Part of a column that must share a shape before the rest counts as different."""
AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1))
"""The ways to the four neighbours."""
FEW = 4
"""Fewer cells than that do not show what is usual."""
OTHER = Kind("other_formula_than", "beside")
NUMBER = Kind("number_among_formulas", "beside")
LENGTH = Kind("range_of_other_length")
BOTH_SIDES, ABOVE, COLUMN = "both sides", "above", "column"
_ORDERS = {"+": "+-", "-": "+-", "*": "*/", "/": "*/"}
"""Operators whose operands may stand in another order."""
_UNORDERED = frozenset({"SUM", "PRODUCT", "MIN", "MAX", "AVERAGE", "COUNT", "COUNTA", "AND", "OR"})
"""Functions whose arguments may."""
Spot = tuple[int, int]
"""Row and column."""
Meanings = Mapping[Place, str]


def check(book: Book) -> Iterator[Finding]:
    """Compare every cell with those beside, above and below it, and with its table's column."""
    labels = labels_of(book)
    for title in book.sheet_names:
        near = _Near(book, title)
        if title in TECHNICAL_SHEETS or not near.forms:
            continue
        seen: dict[Place, Fault] = {}
        for spot in near.candidates:
            if fault := near.sandwiched(spot) or near.end_of_run(spot) or near.short_end(spot):
                seen[Place(title, *spot)] = fault
        meant: dict[Place, str] = {}
        if labels.rows.get(title):
            places = [(Place(title, *spot), form) for spot, form in near.forms.items()]
            meant = {place: meaning(labels, place, form) for place, form in places}
            for place, fault in _unlike_column(book, labels, title, meant, near).items():
                seen.setdefault(place, fault)
        for place in sorted(seen):
            if not _agrees_in_meaning(place, meant):
                yield seen[place].at(place)


def _at(place: Place, down: int, right: int) -> Place:
    return Place(place.sheet, place.row + down, place.column + right)


class _Near:
    """The formulas of a sheet and their neighbours.

    Attributes
    ----------
    forms : dict of (row, column) to Form
        Relative forms; formulas that differ only in the order of operands share one.
    candidates : list of (row, column)
        Cells that can differ from their neighbours: formulas that no neighbour shares, and
        numbers below or right of a formula, unless they are stored results.
    """

    def __init__(self, book: Book, title: str) -> None:
        self.cells = book.cells[title]
        self.forms: dict[Spot, Form] = {}
        self.candidates: list[Spot] = []
        alike: dict[Hashable, Form] = {}
        for block in book.graph.blocks:
            sheet, top, left, bottom, right = block.area
            if sheet != title:
                continue
            form = alike.setdefault(_unordered(block.form), block.form)
            if block.whole or block.area.size == 1:
                self.candidates.append((top, left))
                bottom, right = top, left
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.forms[row, column] = form
        forms = self.forms
        if forms:
            stored = filled_places(book)
            for (row, column), cell in self.cells.items():
                if (
                    Place(title, row, column) not in stored
                    and ((row - 1, column) in forms or (row, column - 1) in forms)
                    and cell.formula is None
                    and isinstance(cell.value, (float, bool))
                ):
                    self.candidates.append((row, column))

    def kind(self, spot: Spot) -> Hashable:
        """A formula's form, "number", or None for anything else."""
        if spot in self.forms:
            return self.forms[spot]
        cell = self.cells.get(spot)
        return "number" if cell is not None and isinstance(cell.value, float) else None

    def sandwiched(self, spot: Spot) -> Fault | None:
        """Whether both neighbours of a cell share a shape that it has not."""
        own, forms = self.forms.get(spot), self.forms
        if own and any(forms.get(_moved(spot, step)) is own for step in AROUND):
            return None
        for step in ((1, 0), (0, 1)):
            one, other = _moved(spot, step, -1), _moved(spot, step)
            if one not in forms or other not in forms or forms[one] is own:
                continue
            if self.alternates(spot, step):
                continue
            if forms[one] is forms[other] or (
                self.alike(one, other) and not (own and self.alike(one, spot))
            ):
                return (OTHER if own else NUMBER)(beside=BOTH_SIDES)
        return None

    def alternates(self, spot: Spot, step: Spot) -> bool:
        """Whether a line has this kind of content in every other cell."""
        own = self.kind(spot)
        others = [self.kind(_moved(spot, step, by)) for by in (-4, -2, 2, 4)]
        return others.count(own) >= 2 and own in others[1:3] and {*others[1:3]} <= {own, None}

    def alike(self, one: Spot, other: Spot) -> bool:
        """Whether two formulas refer to cells that moved along with them, or to the same ones."""
        parts = self.forms[one].parts, self.forms[other].parts
        return (
            bool(parts[0])
            and len(parts[0]) == len(parts[1])
            and all(
                left == right
                or (
                    formula_text(left, *one) == formula_text(right, *other)
                    if isinstance(left, Ref)
                    else bool(children(left)) and _head(left) == _head(right)
                )
                for left, right in zip(*parts, strict=True)
            )
        )

    def end_of_run(self, spot: Spot) -> Fault | None:
        """Whether the last cell of a run of three or more breaks it; totals may."""
        own, forms = self.forms.get(spot), self.forms
        if own is None or any(_is_area(part) for part in own.parts):
            return None
        before = [forms.get(_moved(spot, (-1, 0), by)) for by in (1, 2, 3)]
        alone = _moved(spot, (1, 0)) not in forms and forms.get(_moved(spot, (0, -1))) is not own
        if alone and before[0] and before[0] is not own and len(set(before)) == 1:
            others = [forms.get(_moved(spot, (-1, step))) for step in (-1, 1)]
            if before[0] not in others and forms.get(_moved(spot, (0, 1))) is not own:
                return OTHER(beside=ABOVE)
        return None

    def short_end(self, spot: Spot) -> Fault | None:
        """Whether the first or last cell of a run has a range of another length across it."""
        own, forms = self.forms.get(spot), self.forms
        if own is None or any(forms.get(_moved(spot, step)) is own for step in AROUND):
            return None
        for step in AROUND:
            run = {forms.get(_moved(spot, step, by)) for by in (1, 2, 3)}
            other = run.pop()
            if run or other is None or _moved(spot, step, -1) in forms:
                continue
            if _reaches_elsewhere(own, other, step):
                return LENGTH()
        return None


def _moved(spot: Spot, step: Spot, by: int = 1) -> Spot:
    return spot[0] + by * step[0], spot[1] + by * step[1]


def _head(part: Node) -> Hashable:
    """What a part says itself, apart from the parts below it."""
    match part:
        case Binary() | Unary():
            return part.operator
        case Call():
            return part.name, part.prefix, len(part.arguments)
    return type(part), len(children(part))


def _is_area(part: Node) -> bool:
    if isinstance(part, Binary):
        return part.operator == ":"
    return isinstance(part, Ref) and (part.top, part.left) != (part.bottom, part.right)


def _reaches_elsewhere(own: Form, other: Form, step: Spot) -> bool:
    """Whether two formulas differ only in one end of an area, across the line they stand in."""
    if len(own.parts) != len(other.parts):
        return False
    differ = False
    for one, two in zip(own.parts, other.parts, strict=True):
        if one == two or (children(one) and _head(one) == _head(two)):
            continue
        if not (isinstance(one, Ref) and isinstance(two, Ref) and _is_area(one) and _is_area(two)):
            return False
        rows = (one.top == two.top) + (one.bottom == two.bottom)
        columns = (one.left == two.left) + (one.right == two.right)
        if one.prefix != two.prefix or (columns, rows) != ((2, 1) if step[1] else (1, 2)):
            return False
        differ = True
    return differ


def _unordered(form: Form) -> Hashable:
    """What formulas have in common that differ only in the order of operands."""
    if isinstance(form.tree, NotUnderstood):
        return form
    try:
        return _sorted_text(form.tree)
    except RecursionError:
        return form


def _sorted_text(node: Node) -> str:
    if isinstance(node, Binary) and node.operator in _ORDERS:
        kind, terms = _ORDERS[node.operator], []
        while isinstance(node, Binary) and node.operator in kind:
            terms.append(node.operator + _sorted_text(node.right))
            node = node.left
        terms.append(kind[0] + _sorted_text(node))
        return f"({' '.join(sorted(terms))})"
    below = children(node)
    if not below or not isinstance(node, (Binary, Unary, Call)):
        return relative_text(node)
    texts = [_sorted_text(child) for child in below]
    if isinstance(node, Call) and node.name in _UNORDERED:
        texts.sort()
    return f"{_head(node)}({','.join(texts)})"


def meaning(labels: Labels, place: Place, form: Form) -> str:
    """Write a formula with what its references stand for instead of where they point."""
    own = labels.label(place)
    if own is None or isinstance(form.tree, NotUnderstood):
        return ""

    def called(reference: Reference) -> str:
        target = referenced_cell(reference, place)
        label = labels.label(target) if target is not None else None
        if label is None:
            return relative_text(reference)
        name = "self" if label.id == own.id else label.id
        header = {own.header: "same", own.id: "own"}.get(label.header, label.header)
        return f"[{name} {label.kind} {header}]"

    return text_with(form.tree, called)


def _agrees_in_meaning(place: Place, meant: Meanings) -> bool:
    own = meant.get(place, "")
    return bool(own) and any(meant.get(_at(place, *step)) == own for step in AROUND)


def _unlike_column(
    book: Book, labels: Labels, title: str, meant: Meanings, near: _Near
) -> dict[Place, Fault]:
    """Find the cells of labelled rows whose column mostly has another formula."""
    columns = _columns(book, labels, title)
    found: dict[Place, Fault] = {}
    for key, group in columns.items():
        if (
            len(group) < FEW
        ):  # too few to say what is usual: a number still differs from the whole column
            whole = [place for other in columns if other[:3] == key[:3] for place in columns[other]]
            if _usual(meant, whole):
                numbers = [place for place in group if _holds_number(book, place)]
                found |= dict.fromkeys(numbers, NUMBER(beside=COLUMN))
            continue
        usual = _usual(meant, group)
        shapes = Counter(meant.get(place, "") for place in group)
        nears = Counter(near.forms.get(place[1:]) for place in group)
        for place in group if usual else ():
            own = meant.get(place, "")
            if own == usual or (own and (shapes[own] > 1 or nears[near.forms[place[1:]]] > 1)):
                continue
            if own or _holds_number(book, place):
                found[place] = (OTHER if own else NUMBER)(beside=COLUMN)
    return found


def _columns(
    book: Book, labels: Labels, title: str
) -> dict[tuple[int, int, str, str], list[Place]]:
    """Return the cells that hold something, by table, column, kind of row and class of figure."""
    columns: dict[tuple[int, int, str, str], list[Place]] = {}
    headers = labels.header_rows.get(title, [])
    for row, (name, kind) in labels.rows.get(title, {}).items():
        table = max((head for head in headers if head < row), default=0)
        for column in labels.headers[title][row]:
            place = Place(title, row, column)
            if book.content(place) is not None:
                columns.setdefault((table, column, kind, _class_of(book.model, name)), []).append(
                    place
                )
    return columns


def _usual(meant: Meanings, group: Sequence[Place]) -> str:
    """Return the meaning that most of a group share; "" if there is none."""
    usual, count = Counter(meant.get(place, "") for place in group).most_common(1)[0]
    return usual if len(group) >= FEW and count >= MOST * len(group) else ""


def _holds_number(book: Book, place: Place) -> bool:
    return isinstance(book.content(place), (int, float))


def _class_of(model: Model, name: str) -> str:
    if name not in model.entries:
        return name.partition("!")[0]
    unit = model.entries[name].unit
    if unit == CHOICE or UNITS[unit].whole:
        return CHOICE if unit == CHOICE else "whole"
    return "step" if name in model.steps else "other"


RULE = Rule(
    "shape",
    "A formula has the shape of its neighbours, and no number is among formulas",
    "FAST 3.02-01 Formulas must be consistent",
    check,
)
