"""Binds a described function to xlwings."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Any

import xlwings

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions import ExcelFunction, functions_of
from xl_cryptoai.functions.entry import refusal_in_words

ON_SERVER = os.environ.get("XLWINGS_ON_SERVER", "").lower() in ("1", "true")
"""Set by xlwings Server; its decorators and its way to refuse differ from those on Windows."""

if ON_SERVER:
    from xlwings.server import arg, func, ret
else:
    from xlwings import arg, func, ret


def published(model: Model, module: str) -> dict[str, Callable[..., Any]]:
    """Return the xlwings functions of a model by their Python names, for a module to define."""
    return {one.python_name: bind(one, module) for one in functions_of(model).values()}


def bind(function: ExcelFunction, module: str) -> Callable[..., Any]:
    """Make the xlwings function for a described one, to be defined in a module.

    Cells pass the border raw, both ways: xlwings' own conversion costs more than the forecast.
    """

    def call(*cells: Any) -> Any:
        try:
            answer = function(*cells)
        except CryptoAIError as refusal:
            return _refuse(refusal)
        # rows of cells always: Office.js takes nothing else, and xlwings on Windows takes the
        # length of whatever comes back
        return answer if isinstance(answer, list) else [[answer]]

    call.__name__ = call.__qualname__ = function.python_name
    call.__module__ = module
    call.__doc__ = function.help
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                argument.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if argument.optional else inspect.Parameter.empty,
            )
            for argument in function.arguments
        ]
    )
    call.__annotations__ = {}
    published = ret("raw")(call)
    for argument in reversed(function.arguments):
        published = arg(argument.name, "raw", doc=argument.help)(published)
    if ON_SERVER:  # Excel puts the namespace CAI in front: CAI.TAM
        return func(name=function.short_name)(published)
    return func(category=function.category)(published)


def _refuse(refusal: CryptoAIError) -> list[list[str]]:
    if ON_SERVER:
        # Shown on hover, not retried. Half a character from a cell cannot be sent back as it is.
        words = refusal_in_words(refusal).encode("utf-8", "backslashreplace").decode("utf-8")
        raise xlwings.XlwingsError(words) from None
    # An exception would put a traceback into the cell: the sentence is the answer.
    return [[refusal_in_words(refusal)]]
