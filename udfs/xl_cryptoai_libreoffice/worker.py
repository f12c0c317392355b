"""Answers calls as JSON lines: the process that the extension starts if it needs one.

The first line in is the text of an own model, "" for the shipped one. Then a line in is
``["CAI_TAM", [cells]]``, a line out is `answer` as JSON. The end of the input ends it,
so it never outlives LibreOffice.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.own_model import model_of
from xl_cryptoai.functions import functions_of


def answer(model: str, name: str, cells: list[Any]) -> dict[str, Any]:
    """Call one function.

    Parameters
    ----------
    model : str
        Text of an own model, "" for the shipped one.
    name : str
        The function, such as "CAI_TAM".
    cells : list
        Its arguments as raw cell values.

    Returns
    -------
    dict
        ``{"answer": value or rows}``, or ``{"excel": "#NUM!", "words": sentence}`` for a refusal.
    """
    functions = functions_of(model_of(model))
    if name not in functions:
        words = f"{name} is not in this version of xl_cryptoai; build the extension again"
        return {"excel": "#NAME?", "words": words}
    try:
        return {"answer": functions[name](*cells)}
    except CryptoAIError as refusal:
        return {"excel": refusal.excel, "words": str(refusal)}


def main() -> None:
    """Serve until the input ends."""
    # Whatever else prints must not stand between the answers.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    model = json.loads(sys.stdin.readline() or '""')
    for line in sys.stdin:
        name, cells = json.loads(line)
        print(json.dumps(answer(model, name, cells)), file=channel, flush=True)


if __name__ == "__main__":
    main()
