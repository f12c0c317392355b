"""No functions that hide what depends on what, or that change by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.formulas import area_of, functions_in, references_in, split_sheet
from xl_cryptoai.audit.rules.entry import Finding, Rule

UNTRACEABLE = {"OFFSET", "INDIRECT"}
VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"}
DISTURBING = UNTRACEABLE | VOLATILE
_WHOLE = re.compile(r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+")


def check(book: Book) -> Iterator[Finding]:
    """Look at the formulas of cells, names, validations and conditional formats."""
    for where, formula in _all_formulas(book):
        for name in sorted(DISTURBING.intersection(functions_in(formula))):
            if name in UNTRACEABLE:
                cure = "refer to the cells themselves, or pick with INDEX"
                yield Finding(where, f"uses {name}, which no trace follows", cure)
            else:
                cure = "type the value into an input cell"
                yield Finding(where, f"uses {name}, which changes by itself", cure)
        for reference in references_in(formula):
            if area_of(reference) is None and _WHOLE.fullmatch(split_sheet(reference)[1]):
                cure = "refer to the cells that are meant"
                yield Finding(where, f"refers to {reference}, whole columns or rows", cure)


def _all_formulas(book: Book) -> Iterator[tuple[str, str]]:
    for place, formula in book.formula_cells.items():
        yield str(place), formula
    for name in book.names:
        yield f"name {name.name}", f"={name.text}"
    for sheet in book.sheets:
        for word, rules in (
            ("validation", sheet.validations), ("format", sheet.conditional_formats)
        ):  # fmt: skip
            for rule in rules:
                areas = " ".join(map(str, rule.areas))
                for formula in filter(None, rule.formulas):
                    yield f"{sheet.title}!{areas} ({word})", f"={formula}"


RULE = Rule(
    "forbidden_functions",
    "No OFFSET, INDIRECT, volatile functions, whole columns or rows",
    "FAST 4.01-03 Do not use OFFSET or INDIRECT functions; volatile functions: our own",
    check,
)
