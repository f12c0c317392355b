"""No functions that hide what depends on what, or that change by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Call, Ref
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.xlsx import Area

UNTRACEABLE = {"OFFSET", "INDIRECT"}
VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"}
DISTURBING = UNTRACEABLE | VOLATILE
NO_TRACE = Kind("untraceable_function", "function", "part")
CHANGES = Kind("volatile_function", "function", "part")
WHOLE_LINES = Kind("whole_lines_referenced", "reference", "part")


def check(book: Book) -> Iterator[Finding]:
    """Look at the formulas of cells, names, validations and conditional formats."""
    for where, part, form, at in _all_formulas(book):
        called = {node.name for node in form.parts if isinstance(node, Call)}
        for name in sorted(DISTURBING & called):
            kind = NO_TRACE if name in UNTRACEABLE else CHANGES
            yield where(kind(function=name, part=part))
        for node in form.references:
            if isinstance(node, Ref) and (node.top is None or node.left is None):
                yield where(WHOLE_LINES(reference=formula_text(node, *at), part=part))


def _all_formulas(
    book: Book,
) -> Iterator[tuple[Callable[[Fault], Finding], str, Form, tuple[int, int]]]:
    """Go over formulas.

    Yields
    ------
    where, part, form, at
        What puts a fault where the formula is, whose formula it is, what it says, and the cell
        that it is counted from.
    """
    of = book.graph.forms.of
    for place in book.formula_cells:
        if (form := book.form(place)) is not None:
            yield partial(Fault.at, where=place), "formula", form, place[1:]
    for name in book.names:
        yield partial(Fault.at, name=name.name), "name", of(name.text, 1, 1), (1, 1)
    for sheet in book.sheets:
        for word, rules in (
            ("validation", sheet.validations), ("conditional format", sheet.conditional_formats)
        ):  # fmt: skip
            for rule in rules:
                where = partial(_in_areas, sheet.title, rule.areas)
                for formula in filter(None, rule.formulas):
                    yield where, word, of(formula, 1, 1), (1, 1)


def _in_areas(sheet: str, areas: Sequence[Area], fault: Fault) -> Finding:
    return fault.at(sheet, *areas)


RULE = Rule(
    "forbidden_functions",
    "No OFFSET, INDIRECT, volatile functions, whole columns or rows",
    "FAST 4.01-03 Do not use OFFSET or INDIRECT functions; volatile functions: our own",
    check,
    WARNING,
)
