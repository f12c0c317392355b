"""Injected errors in formulas."""

from __future__ import annotations

import random
import re
from typing import Any

import openpyxl
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import get_column_letter

from benchmarks.injected import (
    BEFORE,
    CASES,
    CATALOGUE,
    LAST_CASE,
    MODEL,
    REFERENCE,
    Injected,
    beside,
    find,
    formulas,
    native,
    put,
    text_of,
)


def number_over_formula(book: Any, rng: random.Random) -> Injected:
    """Type a number over a formula."""
    cell = rng.choice([c for c in formulas(book) if c.column > 3])
    number = round(10 ** rng.uniform(0, 12) * rng.uniform(1, 9), 2)
    rules = {
        "step_formula",
        "shape",
        "one_formula_a_row",
        "live_choice",
        "published_figure",
        "bridge",
    }
    return Injected({put(cell, number)}, rules)


def number_over_row(book: Any, rng: random.Random) -> Injected:
    """Type numbers over a step in all its cases."""
    row = rng.choice([c.row for c in native(book) if c.parent.title == "Forecast"])
    sheet = book["Forecast"]
    where = {put(sheet.cell(row, c), rng.uniform(1e9, 1e12)) for c in range(5, 9)}
    return Injected(where, {"step_formula", "shape"})


def other_formula(book: Any, rng: random.Random) -> Injected:
    """Copy the formula of another row."""
    while True:
        cell, other = rng.sample(formulas(book, ("Forecast", "Segments", "Workings")), 2)
        try:
            text = Translator(text_of(other), other.coordinate).translate_formula(cell.coordinate)
        except TranslatorError:  # it would refer to rows above the first
            continue
        if "#REF!" not in text and cell.row != other.row and text != text_of(cell) and (
            cell.parent is other.parent):  # fmt: skip
            return Injected(
                {put(cell, text)},
                {"step_formula", "shape", "one_formula_a_row", "link_target", "circularity"},
            )


def master_range(book: Any, rng: random.Random) -> Injected:
    """Let the master flag count some checks only."""
    pool = [c for c in formulas(book, ("Checks",)) if re.search(r"[CD]6:[CD]\d\d", text_of(c))]
    cell = rng.choice([*pool, book["Checks"]["B4"]])
    cut = rng.randint(1, 20)
    text = re.sub(r"(D6:D)(\d\d)", lambda m: m[1] + str(int(m[2]) - cut), text_of(cell), count=1)
    if text == text_of(cell):
        text = re.sub(r"(C6:C)(\d\d)", lambda m: m[1] + str(int(m[2]) - cut), text, count=1)
    return Injected({put(cell, text)}, {"short_range"})


def three_segments(book: Any, rng: random.Random) -> Injected:
    """Leave a segment out of the total."""
    totals = [c for c in native(book) if text_of(c).count("+") == len(MODEL.segments) - 1]
    cell = rng.choice(totals)
    parts = text_of(cell)[1:].split("+")
    parts.pop(rng.randrange(len(parts)))
    return Injected({put(cell, "=" + "+".join(parts))}, {"step_formula"})


def short_cases(book: Any, rng: random.Random) -> Injected:
    """Let a check look at some cases only."""
    all_cases = rf"E(\d+):{LAST_CASE}\1"
    pool = [c for c in formulas(book, ("Checks",)) if re.search(all_cases, text_of(c))]
    cell = rng.choice(pool)
    some = rng.choice([rf"E\1:{BEFORE}\1", rf"F\1:{BEFORE}\1", r"E\1:F\1"])
    text = re.sub(all_cases, some, text_of(cell))
    return Injected({put(cell, text)}, {"short_range", "check_trial"})


def short_sum(book: Any, rng: random.Random) -> Injected:
    """Cut a sum short at one end."""
    pool = [c for c in formulas(book) if re.search(r"SUM\([A-Z]+\d+:[A-Z]+\d+\)", text_of(c))]
    cell = rng.choice(pool)
    if rng.random() < 0.5:
        text = re.sub(r"(SUM\([A-Z]+)(\d+)", lambda m: m[1] + str(int(m[2]) + 1), text_of(cell))
    else:
        text = re.sub(r":([A-Z]+)(\d+)\)", lambda m: f":{m[1]}{int(m[2]) - 1})", text_of(cell))
    return Injected({put(cell, text)}, {"short_range", "one_formula_a_row", "shape"})


def _shifted(book: Any, rng: random.Random, *, row: int, column: int) -> Injected:
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
        return Injected(
            {put(cell, changed)},
            {
                "step_formula",
                "link_target",
                "shape",
                "short_range",
                "one_formula_a_row",
                "live_choice",
                "published_figure",
                "bridge",
                "circularity",
            },
        )


def row_shift(book: Any, rng: random.Random) -> Injected:
    """Shift a reference by a row."""
    return _shifted(book, rng, row=rng.choice([1, -1]), column=0)


def column_shift(book: Any, rng: random.Random) -> Injected:
    """Shift a reference by a column."""
    return _shifted(book, rng, row=0, column=1)


def formula_sign(book: Any, rng: random.Random) -> Injected:
    """Turn a plus into a minus, or the other way."""
    cell = rng.choice([c for c in native(book) if re.search(r"[+-]", text_of(c)[2:])])
    spots = [m.start() for m in re.finditer(r"[+-]", text_of(cell))]
    at = rng.choice(spots)
    text = text_of(cell)
    new = text[:at] + {"+": "-", "-": "+"}[text[at]] + text[at + 1 :]
    return Injected({put(cell, new)}, {"step_formula", "one_formula_a_row"})


def operator(book: Any, rng: random.Random) -> Injected:
    """Divide instead of multiplying."""
    cell = rng.choice([c for c in native(book) if "*" in text_of(c)])
    return Injected({put(cell, text_of(cell).replace("*", "/", 1))}, {"step_formula"})


def wrong_row_everywhere(book: Any, rng: random.Random) -> Injected:
    """The same wrong formula in a whole row: nothing in the row differs."""
    row = rng.choice([c.row for c in native(book) if c.parent.title == "Forecast"
                      and "*" in text_of(c)])  # fmt: skip
    cells = [book["Forecast"].cell(row, column) for column in range(5, 5 + len(CASES))]
    return Injected({put(c, text_of(c).replace("*", "+", 1)) for c in cells}, {"step_formula"})


def external_link(book: Any, rng: random.Random) -> Injected:
    """Refer to another workbook."""
    cell = rng.choice(formulas(book))
    return Injected({put(cell, "=[1]Model!$B$7")}, {"external_links"})


def live_fixed(book: Any, rng: random.Random) -> Injected:
    """Let one Live cell ignore the choice or the override."""
    cell = find(book, "Assumptions", rng.choice([*CATALOGUE]), "Live")
    row = cell.row
    override = beside(cell, "Override").coordinate
    new = rng.choice([f"=G{row}", f'=IF({override}="",H{row},{override})',
                      f"=INDEX(F{row}:{LAST_CASE}{row},"
                      f"MATCH(scenario,$F$5:${LAST_CASE}$5,0))"])  # fmt: skip
    return Injected({put(cell, new)}, {"live_choice"})


def live_fixed_everywhere(book: Any, rng: random.Random) -> Injected:
    """Let all Live cells take one case."""
    letter = rng.choice("FGH")
    cells = [find(book, "Assumptions", name, "Live") for name in CATALOGUE]
    return Injected({put(cell, f"={letter}{cell.row}") for cell in cells}, {"live_choice"})


def lost_reference(book: Any, rng: random.Random) -> Injected:
    """Lose a reference to a deleted cell."""
    cell = rng.choice([c for c in formulas(book) if REFERENCE.search(text_of(c))])
    return Injected({put(cell, REFERENCE.sub("#REF!", text_of(cell), count=1))}, {"stored_values"})
