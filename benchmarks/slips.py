"""The kinds of slips that the mutation benchmark makes, each at a random place."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from benchmarks.rows import delete_row, insert_row
from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.audit.book import TECHNICAL_SHEETS
from xl_cryptoai.audit.tables import CASE_HEADS
from xl_cryptoai.forecast.steps import SEGMENTS, STEPS

CATALOGUE = shipped_assumptions()
REFERENCE = re.compile(r"(?<![A-Z$:_.])\$?([A-Z]{1,2})\$?(\d{1,3})(?![\d(:])")
SHARES = [n for n, e in CATALOGUE.items() if e.unit in ("share", "share_per_year")]
MONEY = [n for n, e in CATALOGUE.items() if "usd" in e.unit]
NUMBERS = [n for n, e in CATALOGUE.items() if not e.choices]
CASES = tuple(CASE_HEADS.values())


@dataclass
class Slip:
    """What was done: the cells of which one must be named, and by which rules."""

    cells: set[str]
    rules: set[str] = field(default_factory=set)


def text_of(cell: Any) -> str:
    """Give a cell's formula, "" if it has none."""
    value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
    return value if isinstance(value, str) and value.startswith("=") else ""


def put(cell: Any, value: Any) -> str:
    """Write into a cell and say where it is."""
    if isinstance(cell.value, ArrayFormula) and isinstance(value, str):
        cell.value = ArrayFormula(cell.value.ref, value)
    else:
        cell.value = value
    return f"{cell.parent.title}!{cell.coordinate}"


def find(book: Any, sheet: str, name: str, head: str) -> Any:
    """Find a cell by the Id of its row and the head of its column."""
    columns: dict[str, int] = {}
    for row in book[sheet].iter_rows():
        texts = {one.value: one.column for one in row if isinstance(one.value, str)}
        if {"Id", head} <= set(texts):
            columns = texts
        elif columns and row[columns["Id"] - 1].value == name:
            return row[columns[head] - 1]
    raise LookupError(f"{sheet} has no {name} under {head}")


def formulas(book: Any, sheets: tuple[str, ...] = ()) -> list[Any]:
    """List the formula cells in which figures are computed; flags and remarks left out."""
    wanted = sheets or ("Assumptions", "Forecast", "Segments", "Workings", "Deviations", "Charts")
    return [
        cell
        for sheet in wanted
        for row in book[sheet].iter_rows(min_row=5)
        for cell in row
        if text_of(cell)
    ]


def native(book: Any) -> list[Any]:
    """List the native formulas of the steps, in all cases, and their repetitions on Workings."""
    found = []
    for cell in formulas(book, ("Forecast",)):
        if cell.parent.cell(cell.row, 4).value == "Native":
            found.append(cell)
    return found + [cell for cell in formulas(book, ("Workings",)) if cell.row >= 25]


def people_sheets(book: Any) -> list[Any]:
    """List the sheets for people; one for programs may stand among them."""
    return [s for s in book.worksheets if s.title not in TECHNICAL_SHEETS]


def check_rows(book: Any) -> list[int]:
    """List the rows of the checks."""
    sheet = book["Checks"]
    return [row for row in range(6, sheet.max_row) if isinstance(sheet.cell(row, 1).value, int)]


def number_over_formula(book: Any, rng: random.Random) -> Slip:
    """Number over formula."""
    cell = rng.choice([c for c in formulas(book) if c.column > 3])
    number = round(10 ** rng.uniform(0, 12) * rng.uniform(1, 9), 2)
    rules = {"step_formula", "shape", "one_formula_a_row", "live_choice", "published_figure"}
    return Slip({put(cell, number)}, rules)


def number_over_row(book: Any, rng: random.Random) -> Slip:
    """Number over row."""
    row = rng.choice([c.row for c in native(book) if c.parent.title == "Forecast"])
    sheet = book["Forecast"]
    where = {put(sheet.cell(row, c), rng.uniform(1e9, 1e12)) for c in range(5, 9)}
    return Slip(where, {"step_formula", "shape"})


def other_formula(book: Any, rng: random.Random) -> Slip:
    """Other formula."""
    while True:
        cell, other = rng.sample(formulas(book, ("Forecast", "Segments", "Workings")), 2)
        try:
            text = Translator(text_of(other), other.coordinate).translate_formula(cell.coordinate)
        except TranslatorError:  # it would refer to rows above the first
            continue
        if "#REF!" not in text and cell.row != other.row and text != text_of(cell) and (
            cell.parent is other.parent):  # fmt: skip
            return Slip({put(cell, text)}, {"step_formula", "shape", "one_formula_a_row",
                                            "link_target"})  # fmt: skip


def master_range(book: Any, rng: random.Random) -> Slip:
    """Master range."""
    pool = [c for c in formulas(book, ("Checks",)) if re.search(r"[CD]6:[CD]\d\d", text_of(c))]
    cell = rng.choice([*pool, book["Checks"]["B4"]])
    cut = rng.randint(1, 20)
    text = re.sub(r"(D6:D)(\d\d)", lambda m: m[1] + str(int(m[2]) - cut), text_of(cell), count=1)
    if text == text_of(cell):
        text = re.sub(r"(C6:C)(\d\d)", lambda m: m[1] + str(int(m[2]) - cut), text, count=1)
    return Slip({put(cell, text)}, {"short_range"})


def three_segments(book: Any, rng: random.Random) -> Slip:
    """Three segments."""
    totals = [c for c in native(book) if text_of(c).count("+") == 3]
    cell = rng.choice(totals)
    parts = text_of(cell)[1:].split("+")
    parts.pop(rng.randrange(4))
    return Slip({put(cell, "=" + "+".join(parts))}, {"step_formula"})


def short_cases(book: Any, rng: random.Random) -> Slip:
    """Short cases."""
    pool = [c for c in formulas(book, ("Checks",)) if re.search(r"E(\d+):H\1", text_of(c))]
    cell = rng.choice(pool)
    text = re.sub(r"E(\d+):H\1", rng.choice([r"E\1:G\1", r"F\1:G\1", r"E\1:F\1"]), text_of(cell))
    return Slip({put(cell, text)}, {"short_range", "check_trial"})


def short_sum(book: Any, rng: random.Random) -> Slip:
    """Short sum."""
    pool = [c for c in formulas(book) if re.search(r"SUM\([A-Z]+\d+:[A-Z]+\d+\)", text_of(c))]
    cell = rng.choice(pool)
    if rng.random() < 0.5:
        text = re.sub(r"(SUM\([A-Z]+)(\d+)", lambda m: m[1] + str(int(m[2]) + 1), text_of(cell))
    else:
        text = re.sub(r":([A-Z]+)(\d+)\)", lambda m: f":{m[1]}{int(m[2]) - 1})", text_of(cell))
    return Slip({put(cell, text)}, {"short_range", "one_formula_a_row", "shape"})


def _shifted(book: Any, rng: random.Random, *, row: int, column: int) -> Slip:
    while True:
        cell = rng.choice(formulas(book, ("Forecast", "Segments", "Workings", "Deviations",
                                          "Charts", "Assumptions", "Cover")))  # fmt: skip
        text = text_of(cell)
        matches = [m for m in REFERENCE.finditer(text) if int(m[2]) + row > 0]
        if not matches:
            continue
        match = rng.choice(matches)
        letters = get_column_letter(openpyxl.utils.column_index_from_string(match[1]) + column)
        new = match[0].replace(match[1], letters, 1).replace(match[2], str(int(match[2]) + row))
        changed = text[: match.start()] + new + text[match.end() :]
        return Slip({put(cell, changed)}, {"step_formula", "link_target", "shape", "short_range",
                    "one_formula_a_row", "live_choice", "published_figure"})  # fmt: skip


def row_shift(book: Any, rng: random.Random) -> Slip:
    """Row shift."""
    return _shifted(book, rng, row=rng.choice([1, -1]), column=0)


def column_shift(book: Any, rng: random.Random) -> Slip:
    """Column shift."""
    return _shifted(book, rng, row=0, column=1)


def _input(rng: random.Random, names: list[str]) -> tuple[str, str]:
    return rng.choice(names), rng.choice(["Bear", "Base", "Bull"])


def percent(book: Any, rng: random.Random) -> Slip:
    """Percent."""
    cell = find(book, "Assumptions", *_input(rng, SHARES))
    return Slip({put(cell, cell.value * 100)}, {"input_value"})


def magnitude(book: Any, rng: random.Random) -> Slip:
    """Magnitude."""
    cell = find(book, "Assumptions", *_input(rng, MONEY))
    factor = rng.choice([1e-9, 1e-6, 1e-3, 1e3])
    return Slip({put(cell, cell.value * factor)}, {"input_value"})


def input_sign(book: Any, rng: random.Random) -> Slip:
    """Input sign."""
    cell = find(book, "Assumptions", *_input(rng, NUMBERS))
    return Slip({put(cell, -cell.value)}, {"input_value"})


def formula_sign(book: Any, rng: random.Random) -> Slip:
    """Formula sign."""
    cell = rng.choice([c for c in native(book) if re.search(r"[+-]", text_of(c)[2:])])
    spots = [m.start() for m in re.finditer(r"[+-]", text_of(cell))]
    at = rng.choice(spots)
    text = text_of(cell)
    new = text[:at] + {"+": "-", "-": "+"}[text[at]] + text[at + 1 :]
    return Slip({put(cell, new)}, {"step_formula", "one_formula_a_row"})


def operator(book: Any, rng: random.Random) -> Slip:
    """Operator."""
    cell = rng.choice([c for c in native(book) if "*" in text_of(c)])
    return Slip({put(cell, text_of(cell).replace("*", "/", 1))}, {"step_formula"})


def wrong_row_everywhere(book: Any, rng: random.Random) -> Slip:
    """The same wrong formula in a whole row: nothing in the row differs."""
    row = rng.choice([c.row for c in native(book) if c.parent.title == "Forecast"
                      and "*" in text_of(c)])  # fmt: skip
    cells = [book["Forecast"].cell(row, column) for column in range(5, 9)]
    return Slip({put(c, text_of(c).replace("*", "+", 1)) for c in cells}, {"step_formula"})


def text_number(book: Any, rng: random.Random) -> Slip:
    """Text number."""
    cell = find(book, "Assumptions", *_input(rng, NUMBERS))
    where = put(cell, rng.choice([f"{cell.value}", f"{cell.value:.4f}", f"{cell.value * 100}%"]))
    cell.data_type = "s"
    return Slip({where}, {"input_value", "text_numbers"})


def name_redirected(book: Any, rng: random.Random) -> Slip:
    """Name redirected."""
    one, other = rng.sample([*CATALOGUE, *STEPS], 2)
    book.defined_names[one].attr_text = book.defined_names[other].attr_text
    return Slip({f"name {one}"}, {"names"})


def name_broken(book: Any, rng: random.Random) -> Slip:
    """Name broken."""
    name = rng.choice([*CATALOGUE, *STEPS])
    if rng.random() < 0.5:
        del book.defined_names[name]
    else:
        book.defined_names[name].attr_text = "Assumptions!#REF!"
    return Slip({f"name {name}"}, {"names"})


def sheet_renamed(book: Any, rng: random.Random) -> Slip:
    """Sheet renamed."""
    name = rng.choice(["Cover", "Evidence", "Findings", "Change log", "Charts", "Deviations"])
    new = rng.choice(["Sheet1", "Old", "Copy of it", "Model"])
    book[name].title = new
    for cell in formulas(book, tuple(book.sheetnames)):
        quoted = f"'{name}'!" if " " in name else f"{name}!"
        put(cell, text_of(cell).replace(quoted, f"'{new}'!"))
    for entry in book.defined_names.values():
        entry.attr_text = entry.attr_text.replace(f"{name}!", f"'{new}'!")
    return Slip({new}, {"sheet_names"})


def row_inserted(book: Any, rng: random.Random) -> Slip:
    """Row inserted."""
    sheet = rng.choice(["Assumptions", "Forecast", "Segments", "Checks", "Sources", "Workings"])
    last = {"Segments": 11, "Sources": 23, "Checks": 40}.get(sheet, 28)
    at = rng.randint(9, last)
    if book[sheet].cell(at, 2).value is None and sheet != "Forecast":
        at += 2  # above a heading a blank row is usual
    insert_row(book, sheet, at)
    return Slip({f"{sheet}!{at}:{at}"}, {"rows_in_place"})


def row_deleted(book: Any, rng: random.Random) -> Slip:
    """Row deleted."""
    names = [*CATALOGUE, *STEPS]
    name = rng.choice(names[1:-1])
    sheet = "Assumptions" if name in CATALOGUE else "Segments"
    row = find(book, sheet, name, "Live").row
    delete_row(book, sheet, row)
    # blocks are headed: the next id may stand a heading further down
    return Slip({f"{sheet}!{row + n}:{row + n}" for n in range(-1, 16)} | {f"name {name}"},
                {"rows_in_place", "names"})  # fmt: skip


def check_deleted(book: Any, rng: random.Random) -> Slip:
    """Check deleted."""
    row = rng.choice(check_rows(book))
    delete_row(book, "Checks", row)
    return Slip({f"Checks!{row}:{row}", f"Checks!{row - 1}:{row}"}, {"check_set"})


def _validation(book: Any, rng: random.Random) -> Any:
    return rng.choice(book["Assumptions"].data_validations.dataValidation)


def _covered(rule: Any) -> set[str]:
    return {f"Assumptions!{cell}" for area in rule.sqref.ranges for cell in
            (f"{get_column_letter(c)}{r}" for r, c in area.cells)}  # fmt: skip


def validation_removed(book: Any, rng: random.Random) -> Slip:
    """Validation removed."""
    rule = _validation(book, rng)
    book["Assumptions"].data_validations.dataValidation.remove(rule)
    return Slip(_covered(rule), {"validation"})


def validation_loosened(book: Any, rng: random.Random) -> Slip:
    """Validation loosened."""
    rule = rng.choice([r for r in book["Assumptions"].data_validations.dataValidation
                       if r.type != "list"])  # fmt: skip
    way = rng.randrange(3)
    if way == 0:
        rule.formula2 = "1E+15"
    elif way == 1:
        rule.operator = "notEqual"
    else:
        rule.errorStyle = "warning"
    return Slip(_covered(rule), {"validation_bounds"})


def protection_off(book: Any, rng: random.Random) -> Slip:
    """Protection off."""
    sheet = rng.choice(people_sheets(book))
    sheet.protection.sheet = False
    return Slip({sheet.title}, {"protection"})


def row_hidden(book: Any, rng: random.Random) -> Slip:
    """Row hidden."""
    sheet, row = rng.choice(people_sheets(book)), rng.randint(6, 30)
    sheet.row_dimensions[row].hidden = True
    return Slip({f"{sheet.title}!{row}:{row}"}, {"hidden_lines"})


def column_hidden(book: Any, rng: random.Random) -> Slip:
    """Column hidden."""
    sheet, letter = rng.choice(people_sheets(book)), rng.choice("BCD")
    sheet.column_dimensions[letter].hidden = True
    return Slip({f"{sheet.title}!{c}:{c}" for c in "ABCD"}, {"hidden_lines"})


def sheet_hidden(book: Any, rng: random.Random) -> Slip:
    """Sheet hidden."""
    sheet = rng.choice(people_sheets(book)[1:])
    sheet.sheet_state = rng.choice(["hidden", "veryHidden"])
    return Slip({sheet.title}, {"hidden_sheets"})


def external_link(book: Any, rng: random.Random) -> Slip:
    """External link."""
    cell = rng.choice(formulas(book))
    return Slip({put(cell, "=[1]Model!$B$7")}, {"external_links"})


def tolerance_raised(book: Any, rng: random.Random) -> Slip:
    """Tolerance raised."""
    cell = book["Checks"].cell(rng.choice(check_rows(book)), 7)
    if rng.random() < 0.15:
        cell = book["Checks"]["G4"]
    raised = rng.choice([1e3, 1e12, 5e11])
    if text_of(cell):  # half a last digit: a thousand would not raise that of a figure in billions
        raised = max(raised, 5e11)
    return Slip({put(cell, raised)}, {"check_set"})


def state_replaced(book: Any, rng: random.Random) -> Slip:
    """State replaced."""
    cell = book["Checks"].cell(rng.choice(check_rows(book)), 4)
    new = rng.choice(["OK", '=IF(TRUE,"OK","ERROR")', text_of(cell).replace('"ERROR"', '"OK"')])
    return Slip({put(cell, new)}, {"check_trial", "checks", "check_set", "shape"})


def found_replaced(book: Any, rng: random.Random) -> Slip:
    """Found replaced."""
    row = rng.choice(check_rows(book))
    cell = book["Checks"].cell(row, 5)
    return Slip({put(cell, f"=F{row}")}, {"check_trial"})


def stale(book: Any, rng: random.Random) -> Slip:
    """An input is changed and nothing is recalculated: cells are told by the runner."""
    cell = find(book, "Assumptions", rng.choice(NUMBERS[2:]), "Override")
    entry = CATALOGUE[cell.parent.cell(cell.row, 2).value]
    cell.value = entry.base * rng.uniform(0.9, 0.99)
    return Slip({f"Assumptions!E{cell.row}", f"Assumptions!J{cell.row}"}, {"stale_value"})


def cases_swapped(book: Any, rng: random.Random) -> Slip:
    """Cases swapped."""
    names = [n for n in NUMBERS if CATALOGUE[n].bear != CATALOGUE[n].bull]
    name = rng.choice(names)
    one, other = rng.sample(["Bear", "Base", "Bull"], 2)
    first, second = (find(book, "Assumptions", name, head) for head in (one, other))
    values = first.value, second.value
    return Slip({put(first, values[1]), put(second, values[0])}, {"input_value"})


def heads_swapped(book: Any, rng: random.Random) -> Slip:
    """Heads swapped."""
    sheet = book[rng.choice(["Assumptions", "Forecast", "Segments"])]
    one, other = (sheet[f"{letter}5"] for letter in rng.sample("EFGH", 2))
    values = one.value, other.value
    return Slip({put(one, values[1]), put(other, values[0])}, {"case_order"})


def live_fixed(book: Any, rng: random.Random) -> Slip:
    """Live fixed."""
    cell = find(book, "Assumptions", rng.choice([*CATALOGUE]), "Live")
    row = cell.row
    new = rng.choice([f"=G{row}", f'=IF(I{row}="",H{row},I{row})',
                      f"=INDEX(F{row}:H{row},MATCH(scenario,$F$5:$H$5,0))"])  # fmt: skip
    return Slip({put(cell, new)}, {"live_choice"})


def live_fixed_everywhere(book: Any, rng: random.Random) -> Slip:
    """Live fixed everywhere."""
    letter = rng.choice("FGH")
    cells = [find(book, "Assumptions", name, "Live") for name in CATALOGUE]
    return Slip({put(cell, f"={letter}{cell.row}") for cell in cells}, {"live_choice"})


def version(book: Any, rng: random.Random) -> Slip:
    """Version."""
    for row in book["Cover"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("xl-cryptoai "):
                new = re.sub(r"\d+\.\d+\.\d+", f"9.{rng.randint(0, 9)}.0", cell.value)
                return Slip({put(cell, new)}, {"version"})
    raise LookupError("no version")


def bound_moved(book: Any, rng: random.Random) -> Slip:
    """Bound moved."""
    cell = find(book, "Assumptions", rng.choice(NUMBERS), rng.choice(["Lower", "Upper"]))
    return Slip({put(cell, cell.value * 10 + 1)}, {"published_figure"})


def published_edited(book: Any, rng: random.Random) -> Slip:
    """Published edited."""
    pool = [find(book, "Sources", n, "Published base") for n in NUMBERS]
    pool += [book["Sources"].cell(row, column) for row in range(28, 41) for column in (5, 6)]
    cell = rng.choice(pool)
    return Slip({put(cell, cell.value * rng.choice([0.9, 1.01, 2]))}, {"published_figure"})


def lost_reference(book: Any, rng: random.Random) -> Slip:
    """Lost reference."""
    cell = rng.choice([c for c in formulas(book) if REFERENCE.search(text_of(c))])
    return Slip({put(cell, REFERENCE.sub("#REF!", text_of(cell), count=1))}, {"stored_values"})


_NOT_KINDS = {"text_of", "put", "find", "formulas", "native", "check_rows", "people_sheets"}
KINDS: dict[str, Callable[[Any, random.Random], Slip]] = {
    name: thing
    for name, thing in tuple(globals().items())
    if callable(thing) and getattr(thing, "__module__", "") == __name__
    and not name.startswith("_") and name not in _NOT_KINDS and name != "Slip"
}  # fmt: skip
"""Every kind by name."""
WITHOUT_CALCULATION = {"stale", "row_hidden", "column_hidden", "sheet_hidden", "protection_off",
                       "validation_removed", "validation_loosened", "version",
                       "external_link", "name_broken", "name_redirected"}  # fmt: skip
assert SEGMENTS
