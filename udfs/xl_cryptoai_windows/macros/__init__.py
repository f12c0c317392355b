"""What the buttons of the ribbon tab do: one public function for each.

Each takes the analyst's workbook, an xlwings `Book`, and asks for the rest. What it reads, it reads
from a private copy, with the functions of the command line; results go onto a fresh sheet, into
blank cells or into the browser, and nothing else in the workbook changes. VBA calls `run`, which
shows as a message what a function refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xl_cryptoai.errors import CryptoAIError, UnknownNameError
from xl_cryptoai.reports.words import message
from xl_cryptoai_windows.macros.about import about
from xl_cryptoai_windows.macros.checks import audit, audit_sheet, compare, trace, why
from xl_cryptoai_windows.macros.excel import tell
from xl_cryptoai_windows.macros.insert import (
    insert_forecast,
    insert_source_note,
    insert_step,
    new_model,
)
from xl_cryptoai_windows.macros.risk import goal_seek, picture, simulate, tornado
from xl_cryptoai_windows.ribbon import BUTTONS

__all__ = [
    "about",
    "audit",
    "audit_sheet",
    "compare",
    "goal_seek",
    "insert_forecast",
    "insert_source_note",
    "insert_step",
    "new_model",
    "picture",
    "run",
    "simulate",
    "tornado",
    "trace",
    "why",
]


def run(button: str, book: Any = None) -> None:
    """Do what a click on a button does; show what is refused, or goes wrong, as a message.

    Parameters
    ----------
    button : str
        Id of the button, in `ribbon.BUTTONS`.
    book : xlwings.Book, optional
        The workbook to work on; by default the active one of the Excel that runs this.
    """
    if button not in BUTTONS:
        raise UnknownNameError(f"no button is called {button!r}; known: {', '.join(BUTTONS)}")
    work: Callable[[Any], None] = globals()[button]
    book = book if book is not None else _active_book()
    try:
        work(book)
    except CryptoAIError as error:
        tell(book, message(error), wrong=True)
    except Exception as error:  # an error of Excel's, or a fault of ours: still a message
        label = BUTTONS[button].label
        tell(
            book,
            f"{label} failed in {book.name} ({type(error).__name__}: {_words_of(error)}). If the "
            "workbook or sheet is protected, unprotect it and click again; otherwise please "
            "report this.",
            wrong=True,
        )


def _active_book() -> Any:
    """Return the workbook that the analyst looks at: an add-in can be the caller, never active."""
    import xlwings

    return xlwings.Book.caller().app.books.active


def _words_of(error: Exception) -> str:
    """Return what went wrong in words; of an error of Excel's the part that is for people."""
    details = getattr(error, "excepinfo", None)
    return str(details[2] if details and details[2] else error)
