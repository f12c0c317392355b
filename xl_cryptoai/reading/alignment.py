"""Lays two sheets over each other: which row and column of one is which of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from xl_cryptoai.reading.book import cells_of, rows_of, words_of
from xl_cryptoai.xlsx import Cell, Sheet

Known = Mapping[int, tuple[Hashable, ...]]
"""What each row or column that holds something is known by, the strictest first."""

_VAGUE = ("=", "#")


@dataclass(frozen=True)
class Lines:
    """How the rows, or the columns, of two sheets correspond.

    Attributes
    ----------
    back : dict of int to int
        The old number of each new line.
    inserted, deleted : list of int
        New lines that are not old, by new number; old ones that are gone, by old number.
    moved : list of int
        Lines that stand in another order now, by new number.
    last, shift : int
        Lines behind the last have all moved by as much.
    """

    back: dict[int, int]
    inserted: list[int]
    deleted: list[int]
    moved: list[int]
    last: int
    shift: int

    def old(self, number: int) -> int | None:
        """Give the old number of a new line; None if it is not an old one."""
        return number - self.shift if number > self.last else self.back.get(number)

    @property
    def stay(self) -> bool:
        """Whether every line stands where it stood."""
        changed = self.inserted or self.deleted or self.moved or self.shift
        return not changed and all(new == old for new, old in self.back.items())

    def kept(self) -> Lines:
        """Give the old lines that are still there, each as itself."""
        last = max(self.deleted, default=0)
        gone = set(self.deleted)
        return Lines({n: n for n in range(1, last) if n not in gone}, [], [], [], last, 0)


@dataclass(frozen=True)
class Overlay:
    """Two sheets laid over each other."""

    before: Sheet
    after: Sheet
    rows: Lines
    columns: Lines


def overlay(before: Sheet, after: Sheet) -> Overlay:
    """Lay a new sheet over the old one."""
    rows = align(_known_rows(before), _known_rows(after))
    columns = align(_known_columns(before), _known_columns(after))
    written, wide = _behind(columns.inserted, columns.last, after)
    cleared, gone = _behind(columns.deleted, columns.last - columns.shift, before)
    kept = replace(
        columns,
        inserted=[line for line in columns.inserted if gone or line not in written],
        deleted=[line for line in columns.deleted if wide or line not in cleared],
    )
    return Overlay(before, after, rows, kept)


def _behind(lines: list[int], last: int, sheet: Sheet) -> tuple[list[int], list[int]]:
    """Part the columns behind the last pair: what is jotted down there, and columns of a table.

    Nothing moves aside for what somebody writes beside a table: its cells are told one by one.
    """
    held = [place for place, cell in cells_of(sheet) if is_used(cell)]
    rows, cells = len({place.row for place in held}), Counter(place.column for place in held)
    behind = [line for line in lines if line > last]
    few = [line for line in behind if 2 * cells[line] < rows]
    return few, [line for line in behind if line not in few]


def _known_rows(sheet: Sheet) -> dict[int, tuple[Hashable, ...]]:
    """Tell what rows are known by: their id, else all they say; else their first words."""
    known: dict[int, tuple[Hashable, ...]] = {}
    id_column = None
    for row in rows_of(sheet):
        masks = [_mask(cell) for _, cell in row if is_used(cell)]
        name = next((words_of(cell) for at, cell in row if at.column == id_column), "")
        if masks:
            key: Hashable = ("id", name) if name else tuple(masks)
            known[row[0][0].row] = (key, name or _first_words(masks))
        id_column = next((at.column for at, cell in row if words_of(cell) == "Id"), id_column)
    return known


def _known_columns(sheet: Sheet) -> dict[int, tuple[Hashable, ...]]:
    """Tell what columns are known by: all they say, from the top down; else their first words."""
    columns: dict[int, list[str]] = {}
    for place, cell in cells_of(sheet):
        if is_used(cell):
            columns.setdefault(place.column, []).append(_mask(cell))
    return {
        number: (tuple(masks), _first_words(masks)) for number, masks in sorted(columns.items())
    }


def is_used(cell: Cell) -> bool:
    """Tell whether a cell holds something besides a format."""
    return cell.value is not None or cell.formula is not None


def _mask(cell: Cell) -> str:
    """Give a cell's text; figures and formulas change without the row being another."""
    return "=" if cell.formula is not None else words_of(cell) or "#"


def _first_words(masks: list[str]) -> str | None:
    return next((mask for mask in masks if mask not in _VAGUE), None)


def align(old: Known, new: Known) -> Lines:
    """Find which new line is which old one.

    Lines are paired by the longest sequence that both have in common. Blank lines count too: a gap
    between pairs that has become longer has had lines inserted; in one that has not, a line that
    holds something now was blank before.
    """
    pairs = _pairs(old, new, sorted(old), sorted(new), 0)
    back = {after: before for before, after in pairs}
    inserted: list[int] = []
    deleted: list[int] = []
    for (a, b), (a_next, b_next) in zip([(0, 0), *pairs], pairs, strict=False):
        news, olds = list(range(b + 1, b_next)), list(range(a + 1, a_next))
        extra = _too_many(news, len(news) - len(olds), new)
        gone = _too_many(olds, len(olds) - len(news), old)
        inserted += extra
        deleted += gone
        left = [line for line in olds if line not in gone]
        back.update(zip([line for line in news if line not in extra], left, strict=True))
    a, b = pairs[-1] if pairs else (0, 0)
    # below the last pair nothing has moved, but lines were added or cleared
    inserted += [line for line in new if line > b]
    deleted += [line for line in old if line > a]
    moved = _moved(old, new, inserted, deleted)
    back.update(moved)
    return Lines(
        back,
        sorted(set(inserted) - set(moved)),
        sorted(set(deleted) - set(moved.values())),
        sorted(moved),
        last=b,
        shift=b - a,
    )


def _pairs(
    old: Known, new: Known, olds: list[int], news: list[int], depth: int
) -> list[tuple[int, int]]:
    """Pair lines in order: by the first key, what is left between the pairs by the next.

    Blocks of one length that no key knows are paired line by line: their words were rewritten.
    """
    if not olds or not news:
        return []
    keys_old, keys_new = ([k[depth : depth + 1] for k in (old[n] for n in olds)],
                          [k[depth : depth + 1] for k in (new[n] for n in news)])  # fmt: skip
    if not keys_old[0]:
        return list(zip(olds, news, strict=True)) if len(olds) == len(news) else []
    matcher = SequenceMatcher(None, keys_old, keys_new, autojunk=False)
    pairs: list[tuple[int, int]] = []
    for what, i, k, j, m in matcher.get_opcodes():
        if what == "equal":
            pairs += zip(olds[i:k], news[j:m], strict=True)
        elif what == "replace":
            pairs += _pairs(old, new, olds[i:k], news[j:m], depth + 1)
    return pairs


def _too_many(lines: list[int], count: int, known: Known) -> list[int]:
    """Choose which lines of a gap are too many: those that hold something, then the first blank."""
    return sorted(sorted(lines, key=lambda line: (line not in known, line))[: max(count, 0)])


def _moved(old: Known, new: Known, inserted: list[int], deleted: list[int]) -> dict[int, int]:
    """Find lines that are gone in one place and stand in another; by new number, the old one."""
    gone = {old[line][0]: line for line in deleted if line in old}
    return {
        line: gone[new[line][0]]
        for line in inserted
        if line in new and new[line][0] in gone and new[line][0] not in _VAGUE
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
    """Pair sheets by name, then by what they say; gives the old name by the new one."""
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
    """Tell how much of two collections is common, from 0 to 1."""
    whole = max(one.total(), other.total())
    return (one & other).total() / whole if whole else 0.0
