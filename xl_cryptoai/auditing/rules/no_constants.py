"""No constants inside formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Binary, Call, Number, Text, Unary
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.reading.labels import labels_of

CONSTANT = Kind("constant_in_formula", "constants")
_ALLOWED = (0.0, 1.0)
_HIDDEN_NUMBER = re.compile(r"\s*[<>=]*\s*[+-]?\d+(?:[.,]\d+)?%?\s*")
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")


def check(book: Book) -> Iterator[Finding]:
    """Look for numbers in formulas, in quotes too."""
    found = {block.form: constants_in(block.form) for block in book.blocks}
    own = _in_steps(book)
    labels = labels_of(book) if own else None
    for place in book.formula_cells:
        form = book.form(place)
        numbers = found.get(form) if form is not None else None
        if numbers and labels is not None:
            label = labels.label(place)
            # a total under another reading writes out the steps that it depends on
            allowed = own.get(label.id, ()) if label is not None else {*chain(*own.values())}
            numbers = [one for one in numbers if one not in allowed]
        if numbers:
            yield CONSTANT(constants=numbers).at(place)


def _in_steps(book: Book) -> dict[str, list[str]]:
    """Return the numbers that a model of one's own has in the formulas of its steps."""
    forms = book.graph.forms
    written = {step.id: step.formula for step in book.model.steps.values() if step.formula}
    found = {name: constants_in(forms.of(f"={text}", 1, 1)) for name, text in written.items()}
    return {name: numbers for name, numbers in found.items() if numbers}


def constants_in(form: Form) -> list[str]:
    """List the numbers of a formula that ought to stand in a cell.

    0, 1 and 100% belong to arithmetic, and a code compared with ERROR.TYPE belongs to Excel.

    >>> from xl_cryptoai.formulas.relative import Forms
    >>> constants_in(Forms().of('=IF(ERROR.TYPE(E8)=5,0,E8*1.5+COUNTIF(A1:A9,">3"))', 1, 1))
    ['1.5', '">3"']
    """
    allowed: dict[int, tuple[float, ...]] = {}
    found = []
    for part in form.parts:
        match part:
            case Unary("%", Number()):
                allowed[id(part.operand)] = (100.0,)
            case Binary(_, Call("ERROR.TYPE"), Number(code)) if part.operator in _COMPARISONS:
                allowed[id(part.right)] = (code,)
            case Number() if part.value not in allowed.get(id(part), _ALLOWED):
                found.append(formula_text(part))
            case Text() if _HIDDEN_NUMBER.fullmatch(part.value):
                found.append(formula_text(part))
    return list(dict.fromkeys(found))


RULE = Rule(
    "no_constants",
    "No constant is written inside a formula",
    "FAST 3.04-01 Do not write formulas with embedded constants; ICAEW: never embed in a formula "
    "anything that might change",
    check,
    WARNING,
)
