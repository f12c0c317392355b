"""Circular references: cells that depend on themselves, through areas of any size.

Formulas are looked at in blocks first. A block that leads back to itself need not be a circle: a
column of `=A1+1` filled down does. So its cells are looked at one by one only if it is not plain
that all of them lead the same way, up, down, left or right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xl_cryptoai.formulas.area_index import AreaTree
from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.targets import SheetArea, Target
from xl_cryptoai.formulas.tree import Edge
from xl_cryptoai.xlsx.references import Place

Targets = Callable[[Block], Sequence[Target]]
"""Says what a block refers to."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Cells that depend on themselves.

    Attributes
    ----------
    cells : tuple of Place
        One way round, as short as there is: each cell depends on the next, the last on the first.
    members : frozenset of Place
        All cells that depend on each other; there may be several ways round. Of a formula that
        fills an area, its first cell.
    """

    cells: tuple[Place, ...]
    members: frozenset[Place]


def circles_of(blocks: Iterable[Block], targets: Targets) -> list[Circle]:
    """Find the circles among blocks of formulas; cells that hang together are one circle."""
    found: list[Circle] = []
    waiting = [list(blocks)]
    sheets = {block.area.sheet: None for block in waiting[0]}
    order = {sheet: number for number, sheet in enumerate(sheets)}
    while waiting:
        for group in _Links(waiting.pop(), targets).knots():
            if all(block.whole or block.area.size == 1 for block in group):
                group.sort(key=lambda block: (order[block.area.sheet], *block.area[1:]))
                found.append(_circle(group, targets))
            else:
                waiting += _untied(group, targets)
    first = (circle.cells[0] for circle in found)
    keys = [(order[place.sheet], place.row, place.column) for place in first]
    return [circle for _, circle in sorted(zip(keys, found, strict=True), key=lambda one: one[0])]


class _Links:
    """What each of some blocks depends on among them, by their numbers."""

    def __init__(self, blocks: Sequence[Block], targets: Targets) -> None:
        self.blocks, self.targets = blocks, targets
        self.links: list[list[int]] = [[] for _ in blocks]
        by_sheet: dict[str, list[int]] = {}
        for number, block in enumerate(blocks):
            by_sheet.setdefault(block.area.sheet, []).append(number)
        self.trees: dict[str, AreaTree] = {}
        for sheet, numbers in by_sheet.items():
            areas = [blocks[number].area for number in numbers]
            tree = AreaTree(areas, numbers, len(self.links))
            self.links += [list(below) for below in tree.children]
            self.trees[sheet] = tree
        for number, block in enumerate(blocks):
            for area in _areas(block, targets(block)):
                if area.sheet in self.trees:
                    self.links[number] += self.trees[area.sheet].meeting(area)

    def knots(self) -> Iterator[list[Block]]:
        """Go over the groups of blocks that lead back to themselves."""
        for group in components(self.links):
            blocks = [self.blocks[number] for number in group if number < len(self.blocks)]
            if len(group) > 1 or group[0] in self.links[group[0]]:
                yield blocks


def _areas(block: Block, targets: Iterable[Target]) -> Iterator[SheetArea]:
    """Go over the areas that all cells of a block read.

    Of the cells that INDEX or OFFSET choose among, a cell may be one itself: such as
    `SUM(B1:INDEX(B:B,ROW()-1))` in column B. Only what it chooses could make a circle.
    """
    single = block.whole or block.area.size == 1
    origin = block.area
    if block.whole:  # what one formula fills is seen from its first cell
        origin = _first_cell(block.area)
    for target in targets:
        if target.use == "place":
            continue
        area = target.hull(origin)
        if area is None or (single and target.use == "chosen" and area.meets(origin)):
            continue
        yield area


def _first_cell(area: SheetArea) -> SheetArea:
    """First cell of an area."""
    return area._replace(bottom=area.top, right=area.left)


def components(links: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Strongly connected components of a graph (Tarjan's algorithm without recursion).

    >>> [sorted(group) for group in components([[1], [0], [1]])]
    [[0, 1], [2]]
    """
    count = len(links)
    order = [0] * count  # when a node was met, from 1; 0 if it was not
    lowest = [0] * count
    waiting = bytearray(count)  # whether its component is not complete yet
    pending: list[int] = []
    met = 0
    for start in range(count):
        if order[start]:
            continue
        met += 1
        order[start] = lowest[start] = met
        pending.append(start)
        waiting[start] = 1
        path = [(start, iter(links[start]))]
        while path:
            node, rest = path[-1]
            for other in rest:
                if not order[other]:
                    met += 1
                    order[other] = lowest[other] = met
                    pending.append(other)
                    waiting[other] = 1
                    path.append((other, iter(links[other])))
                    break
                if waiting[other] and order[other] < lowest[node]:
                    lowest[node] = order[other]
            else:
                path.pop()
                if path and lowest[node] < lowest[path[-1][0]]:
                    lowest[path[-1][0]] = lowest[node]
                if lowest[node] == order[node]:
                    group = []
                    while True:
                        one = pending.pop()
                        waiting[one] = 0
                        group.append(one)
                        if one == node:
                            break
                    yield group


# Blocks that lead back to themselves -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """How far one block's references into another can lead, down and to the right."""

    source: int
    target: int
    down: tuple[int, int]
    right: tuple[int, int]


def _untied(group: Sequence[Block], targets: Targets) -> Iterator[list[Block]]:
    """Leave out the steps of a group that cannot be part of a circle; split up what remains.

    If no step leads to the right, no circle holds a step to the left, for it would not come back.
    So with the other three ways. What remains is looked at cell by cell.
    """
    waiting = [(list(range(len(group))), list(_steps(group, targets)))]
    while waiting:
        members, steps = waiting.pop()
        kept = _level(steps)
        if len(kept) == len(steps):
            yield [cell for number in members for cell in _split(group[number])]
            continue
        place = {number: at for at, number in enumerate(members)}
        links: list[list[int]] = [[] for _ in members]
        for step in kept:
            links[place[step.source]].append(place[step.target])
        for part in components(links):
            numbers = {members[at] for at in part}
            inside = [one for one in kept if one.source in numbers and one.target in numbers]
            if inside:
                waiting.append((sorted(numbers), inside))


def _level(steps: list[_Step]) -> list[_Step]:
    """Leave out the steps that lead away for good."""
    if all(step.right[1] <= 0 for step in steps):
        steps = [step for step in steps if step.right[1] == 0]
    elif all(step.right[0] >= 0 for step in steps):
        steps = [step for step in steps if step.right[0] == 0]
    if all(step.down[1] <= 0 for step in steps):
        steps = [step for step in steps if step.down[1] == 0]
    elif all(step.down[0] >= 0 for step in steps):
        steps = [step for step in steps if step.down[0] == 0]
    return steps


def _steps(group: Sequence[Block], targets: Targets) -> Iterator[_Step]:
    trees: dict[str, AreaTree] = {}
    for sheet in {block.area.sheet for block in group}:
        numbers = [number for number, block in enumerate(group) if block.area.sheet == sheet]
        areas = [group[number].area for number in numbers]
        trees[sheet] = AreaTree(areas, numbers, len(group))
    for source, block in enumerate(group):
        area = block.area
        for target in targets(block):
            hull = target.hull(_first_cell(area) if block.whole else area)
            if target.use == "place" or hull is None or hull.sheet not in trees:
                continue
            tree = trees[hull.sheet]
            waiting = tree.meeting(hull)
            while waiting:
                number = waiting.pop()
                if number >= len(group):
                    waiting += tree.children[number - len(group)]
                    continue
                other = group[number].area
                fixed = block.whole or group[number].whole or bool(target.uncut(area).within)
                rows = () if fixed else target.rows
                columns = () if fixed else target.columns
                yield _Step(
                    source,
                    number,
                    _distance(rows, (area.top, area.bottom), (other.top, other.bottom)),
                    _distance(columns, (area.left, area.right), (other.left, other.right)),
                )


def _distance(
    edges: tuple[Edge, ...], own: tuple[int, int], other: tuple[int, int]
) -> tuple[int, int]:
    """Least and greatest distance from rows of one block to those of another that it reads."""
    least, greatest = other[0] - own[1], other[1] - own[0]
    if not edges:
        return least, greatest
    low = min(edge.number - own[1] if edge.absolute else edge.number for edge in edges)
    high = max(edge.number - own[0] if edge.absolute else edge.number for edge in edges)
    if low > greatest or high < least:  # over the end of the sheet, to its beginning
        return least, greatest
    return max(least, low), min(greatest, high)


def _split(block: Block) -> Iterator[Block]:
    if block.whole:
        yield block
        return
    sheet, top, left, bottom, right = block.area
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield replace(block, area=SheetArea(sheet, row, column, row, column))


# Cells that lead back to themselves --------------------------------------------------------------


def _circle(group: Sequence[Block], targets: Targets) -> Circle:
    """Find the shortest way round from the first of the cells."""
    links = _Links(group, targets).links
    came: dict[int, int] = {}
    waiting = deque([0])
    while waiting:
        number = waiting.popleft()
        for other in _blocks_behind(links, number, len(group)):
            if other == 0:
                way = [number]
                while way[-1]:
                    way.append(came[way[-1]])
                cells = tuple(Place(*group[at].area[:3]) for at in reversed(way))
                return Circle(cells, frozenset(Place(*block.area[:3]) for block in group))
            if other not in came:
                came[other] = number
                waiting.append(other)
    raise AssertionError("the cells of a component lead back to each other")


def _blocks_behind(links: Sequence[Sequence[int]], number: int, count: int) -> Iterator[int]:
    waiting = list(links[number])
    while waiting:
        one = waiting.pop()
        if one < count:
            yield one
        else:
            waiting += links[one]
