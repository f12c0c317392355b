"""The differences of two workbooks in their build: sheets, names, rows, columns, guards, macros.

Charts, which are part of it, have a module of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from xl_cryptoai.comparing.cells import row_words
from xl_cryptoai.comparing.charts import chart_changes
from xl_cryptoai.comparing.inputs import apart
from xl_cryptoai.comparing.records import Side, StructureChange
from xl_cryptoai.reading.alignment import Lines, Overlay, runs_of
from xl_cryptoai.reading.book import Book, Place, last_of
from xl_cryptoai.xlsx import Sheet
from xl_cryptoai.xlsx.references import column_letters


def structure_changes(before: Side, after: Side) -> list[StructureChange]:
    """List what differs in the build of two workbooks."""
    return [
        *_sheets(before, after),
        *_names(before, after),
        *_all_lines(before, after),
        *chart_changes(before, after),
        *_guards(before, after),
        *_macros(before.book, after.book),
    ]


def _sheets(before: Side, after: Side) -> Iterator[StructureChange]:
    paired = after.carrier.sheets
    for name in before.book.sheet_names:
        if name not in paired.values():
            yield StructureChange("sheet removed", name, "is no longer there")
    for name in after.book.sheet_names:
        if name not in paired:
            yield StructureChange("sheet added", name, "was not there")
            continue
        if paired[name] != name:
            yield StructureChange("sheet renamed", name, f"was called '{paired[name]}'")
        states = [before.book.worksheets[paired[name]].state, after.book.worksheets[name].state]
        if states[0] != states[1]:
            yield StructureChange("sheet state", name, f"was {states[0]}, is {states[1]}")
    kept = [paired[name] for name in after.book.sheet_names if name in paired]
    if kept != [name for name in before.book.sheet_names if name in kept]:
        order = ", ".join(after.book.sheet_names)
        yield StructureChange("sheets reordered", "workbook", f"now {order}")


def _names(before: Side, after: Side) -> Iterator[StructureChange]:
    olds, news = _all_names(before), _all_names(after)
    for name in sorted({*olds, *news}):
        if name not in news:
            yield StructureChange("name removed", name, f"stood for {olds[name][1]}")
        elif name not in olds:
            yield StructureChange("name added", name, f"stands for {news[name][1]}")
        elif olds[name][0] != news[name][0]:
            what = f"stood for {olds[name][1]}, stands for {news[name][1]}"
            yield StructureChange("name redirected", name, what)


def _all_names(side: Side) -> dict[str, tuple[str, str]]:
    """Give what each name stands for: as the old workbook would say it, and as stored."""
    found = {}
    for one in side.book.names:
        sheet = f"{side.carrier.sheets.get(one.sheet, one.sheet)}!" if one.sheet else ""
        found[sheet + one.name] = side.carrier.formula(f"={one.text}", ""), one.text
    return found


def _all_lines(before: Side, after: Side) -> Iterator[StructureChange]:
    """Tell the rows and columns inserted and deleted; lines of the change log are told apart."""
    log_old, log_new = (
        {(place.sheet, place.row) for place in apart(side.book) if place.column == 1}
        for side in (before, after)
    )
    for name, laid in after.carrier.overlays.items():
        old = after.carrier.sheets[name]
        new_rows = [row for row in laid.rows.inserted if (name, row) not in log_new]
        gone_rows = [row for row in laid.rows.deleted if (old, row) not in log_old]
        yield from _runs("inserted", name, laid.after, new_rows)
        yield from _runs("deleted", old, laid.before, gone_rows)
        for row in laid.rows.moved:
            words = row_words(laid.after, row)
            what = f"'{words}' stood in row {laid.rows.back[row]}"
            yield StructureChange("row moved", f"{name}!{row}:{row}", what)
        yield from _columns(name, old, laid.columns)
        yield from _hidden(name, laid)


def _runs(what: str, name: str, sheet: Sheet, rows: list[int]) -> Iterator[StructureChange]:
    for first, last in runs_of(rows):
        words = [text for row in range(first, last + 1) if (text := row_words(sheet, row))]
        many = "row" if first == last else f"{last - first + 1} rows"
        said = ", ".join(words[:5]) + (" ..." if len(words) > 5 else "")
        yield StructureChange(f"{many} {what}", f"{name}!{first}:{last}", said or "blank")


def _columns(name: str, old: str, lines: Lines) -> Iterator[StructureChange]:
    for what, title, numbers in (
        ("inserted", name, lines.inserted),
        ("deleted", old, lines.deleted),
    ):
        for first, last in runs_of(numbers):
            many = "column" if first == last else f"{last - first + 1} columns"
            where = f"{title}!{column_letters(first)}:{column_letters(last)}"
            yield StructureChange(f"{many} {what}", where, "")
    for column in lines.moved:
        letter = column_letters(column)
        what = f"stood in column {column_letters(lines.back[column])}"
        yield StructureChange("column moved", f"{name}!{letter}:{letter}", what)


def _hidden(name: str, laid: Overlay) -> Iterator[StructureChange]:
    """Tell rows that were hidden or shown."""
    olds, news = (
        {
            row
            for span in sheet.rows.hidden
            for row in range(span.first, min(span.last, last_of(sheet)[0]) + 1)
        }
        for sheet in (laid.before, laid.after)
    )
    carried = {laid.rows.old(row): row for row in news}
    hidden = (row for old, row in carried.items() if old not in olds)
    for what, said, rows in (("shown", "was", olds - {*carried}), ("hidden", "is", hidden)):
        for first, last in runs_of(rows):
            yield StructureChange(f"row {what}", f"{name}!{first}:{last}", f"{said} hidden")


def _guards(before: Side, after: Side) -> Iterator[StructureChange]:
    """Tell what differs in validation and protection."""
    for name, laid in after.carrier.overlays.items():
        olds = _validations(before, laid.before)
        news = _validations(after, laid.after)
        for where in sorted({*olds, *news}):
            if olds.get(where) != news.get(where):
                what = f"was {olds.get(where, 'none')}; is {news.get(where, 'none')}"
                yield StructureChange("validation changed", f"{name}!{where}", what)
        old, new = _protection(laid.before), _protection(laid.after)
        if old != new:
            yield StructureChange("protection changed", name, f"was {old}; is {new}")
        yield from _locks(before.book, after.book, name, laid)


def _validations(side: Side, sheet: Sheet) -> dict[str, str]:
    """Give the rule of each validated range, in the old workbook's references."""
    rules: dict[str, list[str]] = {}
    for rule in sheet.validations:
        # LibreOffice writes an operator and a second end where the kind of rule has none
        operator = "" if rule.kind in ("list", "custom") else rule.operator
        two = operator in ("between", "notBetween")
        ends = [
            _number(end) or side.carrier.formula(f"={end}", sheet.title)[1:]
            for end in rule.formulas[: 2 if two else 1]
        ]
        severity = "" if rule.style == "stop" else f", {rule.style} only"
        silent = "" if rule.refuses else ", not enforced"
        words = f"{rule.kind} {operator} {' and '.join(ends)}{severity}{silent}"
        for area in rule.areas:
            where = side.carrier.reference(str(area), sheet.title)
            rules.setdefault(where, []).append(" ".join(words.split()))
    return {where: "; ".join(sorted(words)) for where, words in rules.items()}


def _number(end: str) -> str:
    """Write an end that is a number as every program would, with 15 digits; "" for another."""
    try:
        return f"{float(end):.15g}"
    except ValueError:
        return ""


def _protection(sheet: Sheet) -> str:
    """Say how a sheet is protected."""
    guard = sheet.protection
    if guard is None:
        return "off"
    allowed = [
        key
        for key in ("formatCells", "insertRows", "insertColumns", "deleteRows", "deleteColumns",
                    "sort", "autoFilter", "selectLockedCells")
        if key not in guard.forbidden
    ]  # fmt: skip
    word = "with a password" if guard.password else "without a password"
    return f"on, {word}" + (f", {', '.join(allowed)} allowed" if allowed else "")


def _locks(before: Book, after: Book, name: str, laid: Overlay) -> Iterator[StructureChange]:
    """Tell how many cells were locked or unlocked, and the first."""
    found: Counter[str] = Counter()
    first: dict[str, str] = {}
    for (row, column), cell in laid.after.cells.items():
        old_row, old_column = laid.rows.old(row), laid.columns.old(column)
        if row in laid.rows.inserted or old_row is None or old_column is None:
            continue
        old = laid.before.cells.get((old_row, old_column))
        if old is None:
            continue
        locked = after.file.format(cell).locked
        if before.file.format(old).locked != locked:
            kind = "locked" if locked else "unlocked"
            found[kind] += 1
            first.setdefault(kind, str(Place(name, row, column)))
    for kind, count in found.items():
        more = f" and {count - 1} more" if count > 1 else ""
        yield StructureChange(f"cells {kind}", first[kind], f"this cell{more}")


def _macros(before: Book, after: Book) -> Iterator[StructureChange]:
    old, new = before.file.macros, after.file.macros
    if old != new:
        what = "were added" if old is None else "were removed" if new is None else "differ"
        yield StructureChange("macros changed", "workbook", what)
