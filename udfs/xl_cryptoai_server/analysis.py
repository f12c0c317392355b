"""What the task pane asks about the workbook that is open in Excel: four questions, nothing kept.

Each is a POST below ``/pane/`` whose body is the workbook's file. The answer is JSON, in the shapes
that `xl_cryptoai.reports.pane` describes, from the same functions as the command line's:

=================================  ==========================================  ===================
address                            answer                                      command line
=================================  ==========================================  ===================
``pane/model``                     `model_data`, with the program and the      ``read``
                                   SHA-256 of the file
``pane/audit``                     `audit_data`                                ``audit``
``pane/trace?sheet=S&cell=E12``    `trace_data` of a cell, or of               ``trace``
                                   ``?target=total``
``pane/simulate?draws=10000``      `simulation_data`                           ``simulate --from``
=================================  ==========================================  ===================

A file that is no workbook, or not ours where it must be, is answered with 422 and a sentence; a
wrong query with 400; the guard's limits hold before. No file is written.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from xl_cryptoai import __version__
from xl_cryptoai.errors import CryptoAIError, quoted
from xl_cryptoai_server.beside import Answer
from xl_cryptoai_server.calls import RefusedError

if TYPE_CHECKING:
    from xl_cryptoai.reading.book import Book

NAME = Path("the workbook")
"""What sentences call the file: its name stays in Excel."""
MOST_FIELDS = 8
"""Fields of a query."""


class Question(NamedTuple):
    """What is asked of a workbook.

    Attributes
    ----------
    name : str
        "model", "audit", "trace" or "simulate".
    query : bytes
        The query of the address, as it was sent.
    content : bytes
        The workbook's file.
    """

    name: str
    query: bytes
    content: bytes


class Workbooks:
    """Answers questions about workbooks, in a process beside the server."""

    def load(self) -> None:
        """Load what the answers need."""
        importlib.import_module("xl_cryptoai.reports.pane")

    def answer(self, question: Question) -> Answer:
        """Answer a question."""
        from xl_cryptoai.reports.plain import visible, visible_json
        from xl_cryptoai.reports.words import message

        try:
            data = _ANSWERS[question.name](question.content, read_query(question.query))
        except RefusedError as refused:
            return refused.status, str(refused).encode()
        except CryptoAIError as error:
            return 422, visible(message(error)).encode(errors="replace")
        except Exception:
            logging.exception("a workbook could not be analysed")
            return 500, b"the workbook could not be analysed; the server's log says why"
        return 200, visible_json(json.dumps(data, allow_nan=False, ensure_ascii=False)).encode(
            errors="replace"
        )

    def late(self, seconds: float) -> Answer:
        """Say that there was no answer in time."""
        return 422, (
            f"the workbook was not analysed within {seconds:g} seconds; delete sheets that are "
            "not needed, or use the command line"
        ).encode()


def read_query(query: bytes) -> dict[str, str]:
    """Read the fields of a query.

    Raises
    ------
    RefusedError
        If it has too many, or is not in UTF-8.
    """
    try:
        return dict(
            parse_qsl(
                query.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_FIELDS,
            )
        )
    except ValueError:
        raise RefusedError(400, "the address's query cannot be read") from None


def model(content: bytes, query: Mapping[str, str]) -> dict[str, Any]:
    """Answer with the forecast in a workbook."""
    from xl_cryptoai.reports.pane import model_data

    return {
        "program": f"xl-cryptoai {__version__}",
        "file_hash": hashlib.sha256(content).hexdigest(),
        **model_data(_opened(content)),
    }


def audit(content: bytes, query: Mapping[str, str]) -> dict[str, Any]:
    """Answer with what an audit found."""
    from xl_cryptoai.reports.pane import audit_data

    return audit_data(_opened(content))


def trace(content: bytes, query: Mapping[str, str]) -> dict[str, Any]:
    """Answer with what a cell is computed from."""
    from xl_cryptoai.reports.pane import trace_data

    target, sheet, cell = (query.get(name, "") for name in ("target", "sheet", "cell"))
    if not (target or (sheet and cell)):
        raise RefusedError(400, "give the cell to be traced: ?sheet=Segments&cell=E12")
    quoted_sheet = sheet.replace("'", "''")
    return trace_data(_opened(content), target or f"'{quoted_sheet}'!{cell}")


def simulate(content: bytes, query: Mapping[str, str]) -> dict[str, Any]:
    """Answer with how sure the total is."""
    from xl_cryptoai.reports.pane import simulation_data

    text = query.get("draws", "")
    if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise RefusedError(400, f"draws is {quoted(text)}; give a whole number, such as 10000")
    return simulation_data(_opened(content), int(text) if text else None)


_ANSWERS: dict[str, Callable[[bytes, Mapping[str, str]], dict[str, Any]]] = {
    "model": model,
    "audit": audit,
    "trace": trace,
    "simulate": simulate,
}
QUESTIONS = tuple(_ANSWERS)


def _opened(content: bytes) -> Book:
    from xl_cryptoai.forecast.own_model import model_in_use
    from xl_cryptoai.reading.book import open_book

    return open_book(NAME, content, or_else=model_in_use)
