"""Between xlwings Lite and the functions. The source of this file goes into the workbook.

There `shipped_model` is the model of the workbook, whichever that is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlwings import XlwingsError, arg, ret

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.shipped import shipped_model
from xl_cryptoai.functions import functions_of
from xl_cryptoai.functions.cells import Cells, Raw
from xl_cryptoai.functions.entry import refusal_in_words


def described(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a function its help texts; cells pass raw, both ways."""
    function = functions_of(shipped_model())[name]

    def describe(call: Callable[..., Any]) -> Callable[..., Any]:
        call.__doc__ = function.help
        call = ret("raw")(call)
        for argument in reversed(function.arguments):
            call = arg(argument.name, "raw", doc=argument.help)(call)
        return call

    return describe


def answer(name: str, *cells: Raw) -> Cells:
    """Answer with rows of cells, or refuse with a sentence, which Excel shows beside the cell."""
    try:
        given = functions_of(shipped_model())[name](*(plain(cell) for cell in cells))
    except CryptoAIError as refusal:
        raise XlwingsError(refusal_in_words(refusal)) from None
    return given if isinstance(given, list) else [[given]]


def plain(cell: Raw) -> Raw:
    """Turn JavaScript's null, by which the browser says "empty cell", into None."""
    if isinstance(cell, (list, tuple)):
        return [plain(item) for item in cell]
    return None if type(cell).__name__ == "JsNull" else cell  # the class is in the browser only
