"""The differences of two workbooks in their build: sheets, names, lines, charts, guards, macros."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from xl_cryptoai.comparing.records import Protection, Rule, StructureChange
from xl_cryptoai.comparing.sides import Side
from xl_cryptoai.reading.alignment import SheetAlignment, runs_of
from xl_cryptoai.reading.book import last_of
from xl_cryptoai.reading.known_cells import log_cells
from xl_cryptoai.xlsx import Sheet
from xl_cryptoai.xlsx.references import cell_name, column_letters

_ALLOWABLE = (
    "formatCells", "insertRows", "insertColumns", "deleteRows", "deleteColumns", "sort",
    "autoFilter", "selectLockedCells",
)  # fmt: skip


def structure_changes(before: Side, after: Side) -> list[StructureChange]:
    """List what differs in the build of two workbooks."""
    aligned = after.translator.aligned
    return [
        *_sheets(before, after),
        *_names(before, after),
        *(change for name in aligned for change in _lines(before, after, name)),
        *(change for name in aligned for change in _charts(before, after, name)),
        *(change for name in aligned for change in _guards(before, after, name)),
        *_macros(before, after),
    ]


def _sheets(before: Side, after: Side) -> Iterator[StructureChange]:
    paired, old_names, names = (
        after.translator.sheets, before.book.sheet_names, after.book.sheet_names,
    )  # fmt: skip
    for name in old_names:
        if name not in paired.values():
            yield StructureChange("sheet removed", name)
    for name in names:
        if name not in paired:
            yield StructureChange("sheet added", name)
            continue
        if paired[name] != name:
            yield StructureChange("sheet renamed", name, before=paired[name], after=name)
        old, new = before.book.worksheets[paired[name]].state, after.book.worksheets[name].state
        if old != new:
            yield StructureChange("sheet state", name, before=old, after=new)
    kept = [paired[name] for name in names if name in paired]
    if kept != [name for name in old_names if name in kept]:
        yield StructureChange("sheets reordered", before=tuple(old_names), after=tuple(names))


def _names(before: Side, after: Side) -> Iterator[StructureChange]:
    olds, news = _named(before), _named(after)
    for name in sorted({*olds, *news}):
        old, new = (names.get(name, ("", None)) for names in (olds, news))
        if old[0] != new[0]:
            kind = "added" if name not in olds else "removed" if name not in news else "redirected"
            yield StructureChange(f"name {kind}", name=name, before=old[1], after=new[1])


def _named(side: Side) -> dict[str, tuple[str, str]]:
    """What each name stands for: as the old workbook would refer to it, and as stored."""
    found = {}
    for one in side.book.names:
        sheet = f"{side.translator.sheets.get(one.sheet, one.sheet)}!" if one.sheet else ""
        found[sheet + one.name] = side.translator.formula(f"={one.text}", ""), one.text
    return found


def _lines(before: Side, after: Side, name: str) -> Iterator[StructureChange]:
    """Yield inserted, deleted, moved and hidden lines; those of the change log are left out."""
    aligned, old = after.translator.aligned[name], after.translator.sheets[name]
    yield from _whole_rows("row inserted", after, name, aligned.rows.inserted)
    yield from _whole_rows("row deleted", before, old, aligned.rows.deleted)
    for number in aligned.rows.moved:
        old_number, words = aligned.rows.old_of[number], after.first_words(name, number)
        area, old_area = f"{number}:{number}", f"{old_number}:{old_number}"
        yield StructureChange("row moved", name, area, words, old_area, area)
    for kind, title, numbers in (
        ("column inserted", name, aligned.columns.inserted),
        ("column deleted", old, aligned.columns.deleted),
    ):
        for first, last in runs_of(numbers):
            area = f"{column_letters(first)}:{column_letters(last)}"
            yield StructureChange(kind, title, area, count=last - first + 1)
    for number in aligned.columns.moved:
        letters = [column_letters(one) for one in (aligned.columns.old_of[number], number)]
        old_area, area = (f"{one}:{one}" for one in letters)
        yield StructureChange("column moved", name, area, "", old_area, area)
    yield from _hidden(name, aligned)


def _whole_rows(kind: str, side: Side, name: str, rows: Iterable[int]) -> Iterator[StructureChange]:
    in_log = {place.row for place in log_cells(side.book) if place.sheet == name}
    for first, last in runs_of(row for row in rows if row not in in_log):
        words = (side.first_words(name, row) for row in range(first, last + 1))
        found = tuple(filter(None, words))
        old, new = (None, found) if kind == "row inserted" else (found, None)
        yield StructureChange(kind, name, f"{first}:{last}", "", old, new, last - first + 1)


def _hidden(name: str, aligned: SheetAlignment) -> Iterator[StructureChange]:
    olds, news = (
        {
            row
            for span in sheet.rows.hidden
            for row in range(span.first, min(span.last, last_of(sheet)[0]) + 1)
        }
        for sheet in (aligned.before, aligned.after)
    )
    old_of = {row: aligned.rows.old(row) for row in news}
    hidden = [row for row in news if old_of[row] not in olds]
    for kind, rows in (("row shown", olds.difference(old_of.values())), ("row hidden", hidden)):
        for first, last in runs_of(rows):
            yield StructureChange(kind, name, f"{first}:{last}")


def _charts(before: Side, after: Side, name: str) -> Iterator[StructureChange]:
    """Yield charts that were removed or added or show other cells; they are known by title."""
    aligned = after.translator.aligned[name]
    olds, news = _shown(before, aligned.before), _shown(after, aligned.after)
    for title in dict.fromkeys([*olds, *news]):
        old, new = (charts.get(title, Counter()) for charts in (olds, news))
        removed, added = [*(old - new).elements()], [*(new - old).elements()]
        common = min(len(removed), len(added))
        for was, now in zip(removed[:common], added[:common], strict=True):
            yield StructureChange("chart redirected", name, "", title, was, now)
        for was in removed[common:]:
            yield StructureChange("chart removed", name, "", title, was)
        for now in added[common:]:
            yield StructureChange("chart added", name, "", title, None, now)


def _shown(side: Side, sheet: Sheet) -> dict[str, Counter[tuple[str, ...]]]:
    """The areas that the charts of each title show, as the old workbook would refer to them."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for chart in sheet.charts:
        shown = tuple(
            side.translator.reference(one.values, sheet.title) for one in chart.series if one.values
        )
        found.setdefault(" ".join(chart.title.split()), Counter())[shown] += 1
    return found


def _guards(before: Side, after: Side, name: str) -> Iterator[StructureChange]:
    """Yield what differs in validation and protection."""
    aligned = after.translator.aligned[name]
    olds, news = _rules(before, aligned.before), _rules(after, aligned.after)
    for area in sorted({*olds, *news}):
        rules = olds.get(area, ()), news.get(area, ())
        if rules[0] != rules[1]:
            yield StructureChange("validation changed", name, area, "", *rules)
    old, new = _protection(aligned.before), _protection(aligned.after)
    if old != new:
        yield StructureChange("protection changed", name, "", "", old, new)
    yield from _locks(before, after, name)


def _rules(side: Side, sheet: Sheet) -> dict[str, tuple[Rule, ...]]:
    """The rules of each validated area, in the old workbook's references."""
    rules: dict[str, list[Rule]] = {}
    for one in sheet.validations:
        operator, formulas = one.condition
        ends = (_number(text) or side.translator.reference(text, sheet.title) for text in formulas)
        rule = Rule(one.kind, operator, tuple(ends), one.style, one.refuses)
        for area in one.areas:
            rules.setdefault(side.translator.reference(str(area), sheet.title), []).append(rule)
    return {area: tuple(sorted(found)) for area, found in rules.items()}


def _number(text: str) -> str:
    """A formula that is a number as every program would write it, with 15 digits; else ""."""
    try:
        return f"{float(text):.15g}"
    except ValueError:
        return ""


def _protection(sheet: Sheet) -> Protection | None:
    guard = sheet.protection
    if guard is None:
        return None
    allowed = tuple(key for key in _ALLOWABLE if key not in guard.forbidden)
    return Protection(guard.password, allowed)


def _locks(before: Side, after: Side, name: str) -> Iterator[StructureChange]:
    """Yield how many cells were locked or unlocked, and the first."""
    aligned = after.translator.aligned[name]
    changed: dict[str, list[tuple[int, int]]] = {}
    for spot, cell in aligned.after.cells.items():
        old_spot = aligned.old(*spot)
        old = aligned.before.cells.get(old_spot) if old_spot else None
        locked = after.book.file.format(cell).locked
        if old is not None and before.book.file.format(old).locked != locked:
            changed.setdefault("cells locked" if locked else "cells unlocked", []).append(spot)
    for kind, spots in changed.items():
        yield StructureChange(kind, name, cell_name(*spots[0]), count=len(spots))


def _macros(before: Side, after: Side) -> Iterator[StructureChange]:
    old, new = before.book.file.macros, after.book.file.macros
    if old != new:
        kind = "added" if old is None else "removed" if new is None else "changed"
        yield StructureChange(f"macros {kind}")
