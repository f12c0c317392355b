"""What the server takes: nothing beyond is read, parsed, waited for or kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import Any

from xl_cryptoai.errors import CryptoAIError, quoted

PREFIX = "XL_CRYPTOAI_"
"""Of the environment's variables that set a limit: XL_CRYPTOAI_HEADER_SECONDS and so on."""

MOST_BODY = 8 * 2**20
"""Bytes of one call."""
MOST_BODIES = 64 * 2**20
"""Bytes of all calls that a worker holds at a time."""
MOST_HEADER = 64 * 2**10
"""Bytes of a request's line and headers."""
MOST_ARGUMENTS = 64
MOST_CELLS = 1_000_000
"""Cells of one call: the commas in it, so that they are counted before it is parsed."""
MOST_QUOTED = 200
"""Characters of an input that an answer or the log quotes."""
MOST_TEXT = 300
"""Characters of a text that Excel sends beside the arguments, such as the calling cell."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that a deployment may set, each for one worker.

    Attributes
    ----------
    header_seconds, body_seconds : float
        Within which a request's headers, and its body, must have come.
    connections : int
        Open at a time.
    slow_calls : int
        Processes for calls of many draws, and as many for calls of many cells.
    slow_seconds : float
        That one such call may take.
    waiting : int
        Calls of either kind that may wait for their turn.
    """

    header_seconds: float = 10.0
    body_seconds: float = 30.0
    connections: int = 500
    slow_calls: int = 1
    slow_seconds: float = 120.0
    waiting: int = 64

    @classmethod
    def from_environment(cls) -> Limits:
        """Read the limits that are set.

        Raises
        ------
        CryptoAIError
            For a value that is no positive number.
        """
        usual = cls()
        found: dict[str, Any] = {}
        for field in fields(cls):
            default = getattr(usual, field.name)
            variable = PREFIX + field.name.upper()
            text = os.environ.get(variable)
            if text is None:
                continue
            try:
                value = type(default)(text)
                good = 0 < value < float("inf")
            except ValueError:
                good = False
            if not good:
                raise CryptoAIError(
                    f"{variable} is {quoted(text)}; set a number above 0, such as {default:g}"
                )
            found[field.name] = value
        return cls(**found)
