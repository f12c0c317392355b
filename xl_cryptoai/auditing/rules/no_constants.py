"""No constants inside formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Binary, Call, Number, Text, Unary
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING

CONSTANT = Kind("constant_in_formula", "constants")
_ALLOWED = (0.0, 1.0)
_HIDDEN_NUMBER = re.compile(r"\s*[<>=]*\s*[+-]?\d+(?:[.,]\d+)?%?\s*")
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")


def check(book: Book) -> Iterator[Finding]:
    """Look for numbers in formulas, in quotes too."""
    found = {block.form: constants_in(block.form) for block in book.blocks}
    for place in book.formula_cells:
        form = book.form(place)
        if form is not None and (numbers := found.get(form)):
            yield CONSTANT(constants=numbers).at(place)


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
    "No figure is written inside a formula",
    "FAST 3.04-01 Do not write formulas with embedded constants; ICAEW: never embed in a formula "
    "anything that might change",
    check,
    WARNING,
)
