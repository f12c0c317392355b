"""No constants inside formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.formulas import Piece, pieces_of
from xl_cryptoai.audit.rules.entry import Finding, Rule

_ALLOWED = (0.0, 1.0)
_HIDDEN_NUMBER = re.compile(r'"\s*[<>=]*\s*[+-]?\d+(?:[.,]\d+)?%?\s*"')
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")


def check(book: Book) -> Iterator[Finding]:
    """Look for numbers in formulas, in quotes too."""
    for place, formula in book.formula_cells.items():
        if numbers := constants_in(formula):
            yield Finding(
                str(place),
                f"has {' and '.join(numbers)} inside its formula",
                "put the figure into a labelled cell with unit and source, and refer to it",
            )


def constants_in(formula: str) -> list[str]:
    """List the numbers of a formula that ought to stand in a cell.

    0, 1 and 100% belong to arithmetic, and a code compared with ERROR.TYPE belongs to Excel.

    >>> constants_in('=IF(ERROR.TYPE(E8)=5,0,E8*1.5+COUNTIF(A1:A9,">3"))')
    ['1.5', '">3"']
    """
    found = []
    pieces = pieces_of(formula)
    for number, piece in enumerate(pieces):
        if (piece.is_text and _HIDDEN_NUMBER.fullmatch(piece.text)) or (
            piece.is_number and not _belongs(pieces, number)
        ):
            found.append(piece.text)
    return list(dict.fromkeys(found))


def _belongs(pieces: tuple[Piece, ...], number: int) -> bool:
    value = float(pieces[number].text)
    after = pieces[number + 1].text if number + 1 < len(pieces) else ""
    if after == "%":
        return value == 100
    return value in _ALLOWED or _is_error_code(pieces, number)


def _is_error_code(pieces: tuple[Piece, ...], number: int) -> bool:
    """Tell whether a number is compared with what ERROR.TYPE answers."""
    if number < 2 or pieces[number - 1].text not in _COMPARISONS or pieces[number - 2].text != ")":
        return False
    depth = 0
    for piece in reversed(pieces[: number - 1]):
        depth += (piece.text == ")") - piece.text.endswith("(")
        if depth == 0:
            return piece.text.upper() == "ERROR.TYPE("
    return False


RULE = Rule(
    "no_constants",
    "No figure is written inside a formula",
    "FAST 3.04-01 Do not write formulas with embedded constants; ICAEW: never embed in a formula "
    "anything that might change",
    check,
)
