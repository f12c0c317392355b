"""A call of a function, as Excel sends it: what is none, and which takes long."""

from __future__ import annotations

import json
from typing import Any

from xl_cryptoai.errors import quoted
from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.functions import functions_of
from xl_cryptoai_server.limits import MOST_ARGUMENTS, MOST_CELLS, MOST_TEXT

QUICK_BODY = 64 * 2**10
"""Bytes of a call that is parsed at once; more of them are parsed beside."""
QUICK_DRAWS = 100_000
"""Draws, or totals of a grid, that are computed at once."""

_TEXTS = ("func_name", "client", "version", "runtime")
_TEXTS_OR_NULL = ("caller_address", "culture_info_name", "date_format")
_DRAWS = {
    function.python_name: position
    for function in functions_of(model_in_use()).values()
    for position, argument in enumerate(function.arguments)
    if argument.name == "draws"
}
"""Where a function is told the number of draws."""


class RefusedError(Exception):
    """A request that is answered with an HTTP status, a sentence, and headers if need be."""

    def __init__(self, status: int, words: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(words)
        self.status = status
        self.headers = headers


def read_call(body: bytes) -> dict[str, Any]:
    """Read the body of a call, in linear time.

    Raises
    ------
    RefusedError
        If it is too large, or no call. Excel asks again after a status of 500 and above, so that
        none of these has one.
    """
    if body.count(b",") > MOST_CELLS:
        raise RefusedError(413, f"#VALUE!: the call has over {MOST_CELLS:,} cells; split the range")
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "#VALUE!: the call is not in JSON") from None
    if not isinstance(call, dict):
        raise RefusedError(400, "#VALUE!: the call is not a JSON object")
    for name in (*_TEXTS, *_TEXTS_OR_NULL):
        text = call.get(name)
        if not isinstance(text, str) and (name in _TEXTS or text is not None):
            missing = " is missing or not a text" if name in _TEXTS else " is not a text"
            raise RefusedError(400, f"#VALUE!: the call's {name}{missing}")
        if isinstance(text, str) and len(text) > MOST_TEXT:
            raise RefusedError(
                400, f"#VALUE!: the call's {name} is longer than {MOST_TEXT} characters"
            )
    arguments = call.get("args")
    if not isinstance(arguments, list):
        raise RefusedError(400, "#VALUE!: the call's args are missing or no list")
    if len(arguments) > MOST_ARGUMENTS:
        raise RefusedError(
            413, f"#VALUE!: the call has {len(arguments):,} arguments; at most {MOST_ARGUMENTS}"
        )
    return call


def check_known(call: dict[str, Any], module: object) -> None:
    """Refuse a call of a function that a module does not serve."""
    if not hasattr(getattr(module, call["func_name"], None), "__xlfunc__"):
        raise RefusedError(400, f"#NAME?: no function is called {quoted(call['func_name'])}")


def takes_long(call: dict[str, Any]) -> bool:
    """Whether a call is of many draws, or of a grid of many totals."""
    name, cells = call["func_name"], call["args"]
    if name.endswith("_grid"):
        return _size(cells[1:2]) * _size(cells[3:4]) > QUICK_DRAWS
    draws = cells[_DRAWS[name] :][:1] if name in _DRAWS else []
    while isinstance(draws, list) and draws:  # a cell comes as a row of a range
        draws = draws[0]
    if isinstance(draws, dict):  # a number with a format
        draws = draws.get("basicValue")
    return isinstance(draws, int | float) and draws > QUICK_DRAWS


def _size(arguments: list[Any]) -> int:
    """Count the cells of the one argument, if it is there."""
    return sum(
        len(row) if isinstance(row, list) else 1
        for rows in arguments
        for row in (rows if isinstance(rows, list) else [rows])
    )
