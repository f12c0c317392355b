"""The button About."""

from __future__ import annotations

import platform
from typing import Any

from xl_cryptoai import __version__
from xl_cryptoai_windows import Environment, findings, in_words, this_machine
from xl_cryptoai_windows.macros.excel import tell


def about(book: Any, machine: Environment | None = None) -> None:
    """Show version, Python, and what doctor finds on this machine.

    Parameters
    ----------
    book : xlwings.Book
        Any open workbook.
    machine : Environment, optional
        The machine to look at; this one by default.
    """
    machine = machine or this_machine()
    lines = [
        f"xl-cryptoai {__version__}",
        f"Python {platform.python_version()}, {machine.python}",
        f"xlwings {machine.version('xlwings')}, Excel {book.app.version}",
        "",
        *in_words(findings(machine)),
    ]
    tell(book, "\n".join(lines))
