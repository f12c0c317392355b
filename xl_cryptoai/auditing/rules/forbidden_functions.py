"""No functions that hide what depends on what, or that change by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Call, Ref
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING

UNTRACEABLE = {"OFFSET", "INDIRECT"}
VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"}
DISTURBING = UNTRACEABLE | VOLATILE


def check(book: Book) -> Iterator[Finding]:
    """Look at the formulas of cells, names, validations and conditional formats."""
    for where, form, at in _all_formulas(book):
        called = {part.name for part in form.parts if isinstance(part, Call)}
        for name in sorted(DISTURBING & called):
            if name in UNTRACEABLE:
                cure = "refer to the cells themselves, or pick with INDEX"
                yield Finding(where, f"uses {name}, which no trace follows", cure)
            else:
                cure = "type the value into an input cell"
                yield Finding(where, f"uses {name}, which changes by itself", cure)
        for part in form.references:
            if isinstance(part, Ref) and (part.top is None or part.left is None):
                cure = "refer to the cells that are meant"
                what = f"refers to {formula_text(part, *at)}, whole columns or rows"
                yield Finding(where, what, cure)


def _all_formulas(book: Book) -> Iterator[tuple[str, Form, tuple[int, int]]]:
    """Go over formulas: where each stands, what it says, and the cell that it is counted from."""
    of = book.graph.forms.of
    for place in book.formula_cells:
        if (form := book.form(place)) is not None:
            yield str(place), form, place[1:]
    for name in book.names:
        yield f"name {name.name}", of(name.text, 1, 1), (1, 1)
    for sheet in book.sheets:
        for word, rules in (
            ("validation", sheet.validations), ("format", sheet.conditional_formats)
        ):  # fmt: skip
            for rule in rules:
                areas = " ".join(map(str, rule.areas))
                for formula in filter(None, rule.formulas):
                    yield f"{sheet.title}!{areas} ({word})", of(formula, 1, 1), (1, 1)


RULE = Rule(
    "forbidden_functions",
    "No OFFSET, INDIRECT, volatile functions, whole columns or rows",
    "FAST 4.01-03 Do not use OFFSET or INDIRECT functions; volatile functions: our own",
    check,
    WARNING,
)
