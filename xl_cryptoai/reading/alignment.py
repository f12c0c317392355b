"""Aligns two sheets: which row and column of one is which of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from xl_cryptoai.reading.book import cells_of, words_of
from xl_cryptoai.xlsx import Sheet

Keys = Mapping[int, tuple[Hashable, Hashable]]
"""What identifies each row or column that holds something: a strict key and a loose one."""
Marks = dict[int, dict[int, str]]
"""What stands in each row by column, or in each column by row: a text, a formula or a figure."""
Spots = AbstractSet[tuple[int, int]]
"""Cells of one sheet, by row and column."""

_FORMULA, _FIGURE = _VAGUE = ("=", "#")


@dataclass(frozen=True)
class LineAlignment:
    """How the rows, or the columns, of two sheets correspond.

    Attributes
    ----------
    old_of : dict of int to int
        The old number of each new line.
    inserted, deleted : set of int
        Lines that only the new sheet has, by new number; that only the old one has, by old number.
    moved : list of int
        Lines that stand in another order now, by new number.
    last, shift : int
        Lines behind the last have all moved by as much.
    """

    old_of: dict[int, int]
    inserted: AbstractSet[int]
    deleted: AbstractSet[int]
    moved: list[int]
    last: int
    shift: int

    def old(self, number: int) -> int | None:
        """Old number of a new line; None for one that was inserted before the last."""
        behind = number - self.shift if number > self.last else None
        return self.old_of.get(number, behind)

    def new_of(self, size: int) -> dict[int, int]:
        """New number of each old line up to a size; deleted ones are left out."""
        behind = {*range(self.last - self.shift + 1, size + 1)}.difference(self.deleted)
        return {old: old + self.shift for old in behind} | {
            old: new for new, old in self.old_of.items()
        }

    @property
    def unmoved(self) -> bool:
        """Whether every line stands where it stood."""
        changed = self.inserted or self.deleted or self.moved or self.shift
        return not changed and all(new == old for new, old in self.old_of.items())

    def of_old(self) -> LineAlignment:
        """The old lines aligned with themselves; deleted ones have no partner."""
        last = max(self.deleted, default=0)
        kept = {number: number for number in range(1, last) if number not in self.deleted}
        return LineAlignment(kept, set(), set(), [], last, 0)


@dataclass(frozen=True)
class SheetAlignment:
    """Two sheets whose rows and columns are aligned."""

    before: Sheet
    after: Sheet
    rows: LineAlignment
    columns: LineAlignment

    @cached_property
    def unmoved(self) -> bool:
        """Whether every row and column stands where it stood."""
        return self.rows.unmoved and self.columns.unmoved

    def old(self, row: int, column: int) -> tuple[int, int] | None:
        """Where a new cell stood; None if its row or column is inserted."""
        if self.unmoved:
            return row, column
        if row in self.rows.inserted or column in self.columns.inserted:
            return None
        old_row, old_column = self.rows.old(row), self.columns.old(column)
        return None if old_row is None or old_column is None else (old_row, old_column)

    def of_old(self) -> SheetAlignment:
        """The old sheet aligned with itself, without what was deleted."""
        return replace(self, rows=self.rows.of_old(), columns=self.columns.of_old())


def align_sheets(
    before: Sheet, after: Sheet, answers: tuple[Spots, Spots] = (frozenset(), frozenset())
) -> SheetAlignment:
    """Align the rows and columns of a new sheet with those of the old one.

    Where the old and the new sheet hold answers, a text is a result: it tells no row from another.
    """
    old_rows, old_columns = _marks(before, answers[0])
    new_rows, new_columns = _marks(after, answers[1])
    rows = align_lines(_keys_of_rows(old_rows), _keys_of_rows(new_rows))
    columns = align_lines(_keys_of_columns(old_columns), _keys_of_columns(new_columns))
    jotted, added = _behind(columns.inserted, columns.last, new_columns, len(new_rows))
    cleared, removed = _behind(
        columns.deleted, columns.last - columns.shift, old_columns, len(old_rows)
    )
    columns = replace(
        columns,
        inserted=columns.inserted if removed else columns.inserted - jotted,
        deleted=columns.deleted if added else columns.deleted - cleared,
    )
    return SheetAlignment(before, after, rows, columns)


def _behind(
    lines: AbstractSet[int], last: int, columns: Marks, rows: int
) -> tuple[set[int], set[int]]:
    """Part the columns behind the last pair: what is jotted down there, and columns of a table.

    Nothing moves aside for what somebody writes beside a table: its cells are changes of their own.
    """
    behind = {line for line in lines if line > last}
    few = {line for line in behind if 2 * len(columns.get(line, ())) < rows}
    return few, behind - few


def _marks(sheet: Sheet, answers: Spots) -> tuple[Marks, Marks]:
    """Note what stands in each row and column; which figure or formula does not matter."""
    rows: Marks = {}
    columns: Marks = {}
    for (row, column), cell in sheet.cells.items():
        if cell.is_used:
            words = "" if (row, column) in answers else words_of(cell)
            mark = _FORMULA if cell.formula is not None else words or _FIGURE
            rows.setdefault(row, {})[column] = columns.setdefault(column, {})[row] = mark
    return rows, columns


def _keys_of_rows(rows: Marks) -> dict[int, tuple[Hashable, Hashable]]:
    """Identify rows by their id, else by all that stands in them; else by their first words."""
    keys: dict[int, tuple[Hashable, Hashable]] = {}
    id_column = 0
    for row, marks in rows.items():
        name = marks.get(id_column, "")
        name = "" if name in _VAGUE else name
        whole: Hashable = ("id", name) if name else tuple(marks.values())
        keys[row] = (whole, name or _first_words(marks))
        id_column = next((column for column, mark in marks.items() if mark == "Id"), id_column)
    return keys


def _keys_of_columns(columns: Marks) -> dict[int, tuple[Hashable, Hashable]]:
    """Identify columns by all that stands in them; else by their first words."""
    return {
        column: (tuple(marks.values()), _first_words(marks)) for column, marks in columns.items()
    }


def _first_words(marks: dict[int, str]) -> str | None:
    return next((mark for mark in marks.values() if mark not in _VAGUE), None)


def align_lines(old: Keys, new: Keys) -> LineAlignment:
    """Find which new line is which old one.

    Lines are paired by the longest sequence that both have in common. Blank lines count too: a gap
    between pairs that has become longer has had lines inserted; in one that has not, a line that
    holds something now was blank before.
    """
    pairs = _pairs(old, new, sorted(old), sorted(new), 0)
    old_of = {after: before for before, after in pairs}
    inserted: list[int] = []
    deleted: list[int] = []
    for (a, b), (a_next, b_next) in zip([(0, 0), *pairs], pairs, strict=False):
        news, olds = list(range(b + 1, b_next)), list(range(a + 1, a_next))
        extra = _too_many(news, len(news) - len(olds), new)
        missing = _too_many(olds, len(olds) - len(news), old)
        inserted += extra
        deleted += missing
        left = [line for line in olds if line not in missing]
        old_of.update(zip([line for line in news if line not in extra], left, strict=True))
    a, b = pairs[-1] if pairs else (0, 0)
    # below the last pair nothing has moved, but lines were added or cleared
    inserted += [line for line in new if line > b]
    deleted += [line for line in old if line > a]
    moved = _moved(old, new, inserted, deleted)
    old_of.update(moved)
    return LineAlignment(
        old_of,
        set(inserted) - moved.keys(),
        set(deleted) - set(moved.values()),
        sorted(moved),
        last=b,
        shift=b - a,
    )


def _pairs(
    old: Keys, new: Keys, olds: list[int], news: list[int], depth: int
) -> list[tuple[int, int]]:
    """Pair lines in order: by the strict key, what is left between the pairs by the loose one.

    Blocks of one length without a common key are paired line by line: their words were rewritten.
    """
    if not olds or not news:
        return []
    if depth > 1:
        return list(zip(olds, news, strict=True)) if len(olds) == len(news) else []
    keys_old, keys_new = [old[line][depth] for line in olds], [new[line][depth] for line in news]
    if keys_old == keys_new:
        return list(zip(olds, news, strict=True))
    matcher = SequenceMatcher(None, keys_old, keys_new, autojunk=False)
    pairs: list[tuple[int, int]] = []
    for what, i, k, j, m in matcher.get_opcodes():
        if what == "equal":
            pairs += zip(olds[i:k], news[j:m], strict=True)
        elif what == "replace":
            pairs += _pairs(old, new, olds[i:k], news[j:m], depth + 1)
    return pairs


def _too_many(lines: list[int], count: int, keys: Keys) -> list[int]:
    """Choose which lines of a gap are too many: those that hold something, then the first blank."""
    return sorted(sorted(lines, key=lambda line: (line not in keys, line))[: max(count, 0)])


def _moved(old: Keys, new: Keys, inserted: list[int], deleted: list[int]) -> dict[int, int]:
    """Find lines that were deleted in one place and inserted in another: the old one by the new."""
    deleted_keys = {old[line][0]: line for line in deleted if line in old}
    return {
        line: deleted_keys[new[line][0]]
        for line in inserted
        if line in new and new[line][0] in deleted_keys
    }


def runs_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Gather numbers into unbroken runs.

    >>> runs_of([3, 4, 5, 9])
    [(3, 5), (9, 9)]
    """
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def pair_sheets(old: Mapping[str, Sheet], new: Mapping[str, Sheet]) -> dict[str, str]:
    """Pair sheets by name, then by their texts; the old name by the new one."""
    pairs = {name: name for name in new if name in old}
    left = [name for name in old if name not in new]
    for name, sheet in new.items():
        if name in pairs:
            continue
        likeness = {other: _common(_texts(old[other]), _texts(sheet)) for other in left}
        best = max(likeness, key=lambda other: likeness[other], default="")
        if best and likeness[best] > 0.5:
            pairs[name] = best
            left.remove(best)
    return pairs


def _texts(sheet: Sheet) -> Counter[str]:
    return Counter(words for _, cell in cells_of(sheet) if (words := words_of(cell)))


def _common(one: Counter[str], other: Counter[str]) -> float:
    """How much of two collections is common, from 0 to 1."""
    whole = max(one.total(), other.total())
    return (one & other).total() / whole if whole else 0.0
