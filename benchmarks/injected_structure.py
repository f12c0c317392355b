"""Injected errors in names, sheets, rows, checks and protection."""

from __future__ import annotations

import random
import re
from typing import Any

from benchmarks.injected import (
    CATALOGUE,
    COLUMNS,
    MODEL,
    Injected,
    check_rows,
    find,
    formulas,
    id_of,
    people_sheets,
    put,
    text_of,
)
from benchmarks.rows import delete_row, insert_row

STEPS = MODEL.steps


def name_redirected(book: Any, rng: random.Random) -> Injected:
    """Let a name point to the cell of another."""
    one, other = rng.sample([*CATALOGUE, *STEPS], 2)
    book.defined_names[one].attr_text = book.defined_names[other].attr_text
    return Injected({f"name {one}"}, {"names"})


def name_broken(book: Any, rng: random.Random) -> Injected:
    """Delete a name, or what it points to."""
    name = rng.choice([*CATALOGUE, *STEPS])
    if rng.random() < 0.5:
        del book.defined_names[name]
    else:
        book.defined_names[name].attr_text = "Assumptions!#REF!"
    return Injected({f"name {name}"}, {"names"})


def sheet_renamed(book: Any, rng: random.Random) -> Injected:
    """Rename a sheet; formulas and names move along, links and texts do not."""
    name = rng.choice(["Cover", "Evidence", "Findings", "Change log", "Charts", "Deviations"])
    new = rng.choice(["Sheet1", "Old", "Copy of it", "Model"])
    book[name].title = new
    for cell in formulas(book, tuple(book.sheetnames)):
        quoted = f"'{name}'!" if " " in name else f"{name}!"
        put(cell, text_of(cell).replace(quoted, f"'{new}'!"))
    for entry in book.defined_names.values():
        entry.attr_text = entry.attr_text.replace(f"{name}!", f"'{new}'!")
    return Injected({new}, {"sheet_names"})


def row_inserted(book: Any, rng: random.Random) -> Injected:
    """Insert a blank row into a table."""
    sheet = rng.choice(["Assumptions", "Forecast", "Segments", "Checks", "Sources", "Workings"])
    last = {"Segments": 11, "Sources": 23, "Checks": 40}.get(sheet, 28)
    at = rng.randint(9, last)
    if id_of(book[sheet].cell(at, 1)) is None and sheet not in ("Forecast", "Checks"):
        at += 2  # above a heading a blank row is usual
    insert_row(book, sheet, at)
    return Injected({f"{sheet}!{at}:{at}"}, {"rows_in_place"})


def row_deleted(book: Any, rng: random.Random) -> Injected:
    """Delete the row of an assumption or a result."""
    names = [*CATALOGUE, *STEPS]
    name = rng.choice(names[1:-1])
    sheet = "Assumptions" if name in CATALOGUE else "Segments"
    row = find(book, sheet, name, "Live").row
    delete_row(book, sheet, row)
    # blocks are headed: the next id may stand a heading further down
    return Injected({f"{sheet}!{row + n}:{row + n}" for n in range(-1, 16)} | {f"name {name}"},
                {"rows_in_place", "names"})  # fmt: skip


def check_deleted(book: Any, rng: random.Random) -> Injected:
    """Delete a check."""
    row = rng.choice(check_rows(book))
    delete_row(book, "Checks", row)
    return Injected({f"Checks!{row}:{row}", f"Checks!{row - 1}:{row}"}, {"check_set"})


def tolerance_raised(book: Any, rng: random.Random) -> Injected:
    """Raise the tolerance of a check, or that of all checks of native formulas."""
    cell = book["Checks"].cell(rng.choice(check_rows(book)), 7)
    if rng.random() < 0.15:
        cell = book["Checks"]["G4"]
    raised = rng.choice([1e3, 1e12, 5e11])
    if text_of(cell):  # half a last digit: a thousand would not raise that of a figure in billions
        raised = max(raised, 5e11)
    return Injected({put(cell, raised)}, {"check_set"})


def state_replaced(book: Any, rng: random.Random) -> Injected:
    """Let a check say OK whatever it finds."""
    cell = book["Checks"].cell(rng.choice(check_rows(book)), 4)
    new = rng.choice(["OK", '=IF(TRUE,"OK","ERROR")', text_of(cell).replace('"ERROR"', '"OK"')])
    return Injected({put(cell, new)}, {"check_trial", "checks", "check_set", "shape"})


def found_replaced(book: Any, rng: random.Random) -> Injected:
    """Let a check compare with what it expects."""
    row = rng.choice(check_rows(book))
    cell = book["Checks"].cell(row, 5)
    return Injected({put(cell, f"=F{row}")}, {"check_trial"})


def protection_off(book: Any, rng: random.Random) -> Injected:
    """Take the protection off a sheet."""
    sheet = rng.choice(people_sheets(book))
    sheet.protection.sheet = False
    return Injected({sheet.title}, {"protection"})


def row_hidden(book: Any, rng: random.Random) -> Injected:
    """Hide a row."""
    sheet, row = rng.choice(people_sheets(book)), rng.randint(6, 30)
    sheet.row_dimensions[row].hidden = True
    return Injected({f"{sheet.title}!{row}:{row}"}, {"hidden_lines"})


def column_hidden(book: Any, rng: random.Random) -> Injected:
    """Hide a column."""
    sheet, letter = rng.choice(people_sheets(book)), rng.choice("BCD")
    sheet.column_dimensions[letter].hidden = True
    return Injected({f"{sheet.title}!{c}:{c}" for c in "ABCD"}, {"hidden_lines"})


def sheet_hidden(book: Any, rng: random.Random) -> Injected:
    """Hide a sheet."""
    sheet = rng.choice(people_sheets(book)[1:])
    sheet.sheet_state = rng.choice(["hidden", "veryHidden"])
    return Injected({sheet.title}, {"hidden_sheets"})


def heads_swapped(book: Any, rng: random.Random) -> Injected:
    """Swap the headers of two cases."""
    sheet = book[rng.choice(["Assumptions", "Forecast", "Segments"])]
    one, other = (sheet[f"{letter}5"] for letter in rng.sample(COLUMNS, 2))
    values = one.value, other.value
    return Injected({put(one, values[1]), put(other, values[0])}, {"case_order"})


def version(book: Any, rng: random.Random) -> Injected:
    """Let the workbook say another version."""
    for row in book["Cover"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("xl-cryptoai "):
                new = re.sub(r"\d+\.\d+\.\d+", f"9.{rng.randint(0, 9)}.0", cell.value)
                return Injected({put(cell, new)}, {"version"})
    raise LookupError("no version")
