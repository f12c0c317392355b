"""Takes what people typed out of a workbook, to carry it into a fresh one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from pathlib import Path

from xl_cryptoai.assumptions import LogLine, UserInputs, shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.places import default_at, keys_of
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.notes import PRODUCT, said_in
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import LogRow, LogValue, WorkbookInputs


def carry_over(book: Book, found: WorkbookInputs | None = None) -> tuple[UserInputs, list[str]]:
    """Take a person's inputs out of a workbook.

    Parameters
    ----------
    book : Book
        The workbook.
    found : WorkbookInputs, optional
        What was read out of it; by default it is read here.

    Returns
    -------
    inputs : UserInputs
        Scenario, values that differ from today's catalogue, overrides, the change log; and, at
        the end of the log, a line for everything that cannot be carried: none of it is lost.
    lost : list of str
        The same things, in words.

    Raises
    ------
    FileRefusedError
        If it is no workbook of ours.
    """
    found = found if found is not None else read_book(book)
    lost = [f"{problem.cell} {problem.id} {problem.what}" for problem in found.refused.values()]
    lost += _notes(book)
    log = [_log_line(row) for row in found.change_log]
    scenario = found.scenario or "base"
    return UserInputs(scenario, _values(found), (*log, *lost_lines(lost, book.path))), lost


def lost_lines(lost: Iterable[str], path: Path) -> list[LogLine]:
    """Give the lines of a change log that tell what could not be carried over from a file."""
    return [
        LogLine(what=f"Not carried over: {words}", who=PRODUCT, why=path.name) for words in lost
    ]


def _values(found: WorkbookInputs) -> dict[str, dict[str, Value]]:
    """Give the typed values that are not today's catalogue's anyway."""
    catalogue = shipped_assumptions()
    typed = {
        (name, case): value for name, row in found.values.items() for case, value in row.items()
    }
    carried: dict[str, dict[str, Value]] = {}
    for name, place in keys_of(catalogue):
        value = typed.get((name, place), found.risk.get((name, place)))
        if value is not None and not _same(value, default_at(catalogue, name, place)):
            carried.setdefault(name, {})[place] = value
    return carried


def _same(value: Value, known: Value | None) -> bool:
    """Compare as a saved file can: some programs store 15 digits."""
    if isinstance(value, str) or isinstance(known, str) or known is None:
        return value == known
    return math.isclose(value, known, rel_tol=1e-14)


def _notes(book: Book) -> list[str]:
    """List the notes that people put on cells: a template has notes of its own in their place."""
    ours = [
        words
        for entry in shipped_assumptions().values()
        for words in (f"{entry.rationale}.", f"House: {entry.scenario_rationale}.")
    ]
    return [
        f"{Place(title, note.row, note.column)} has the note '{said_in(note)}' "
        f"by {note.author.strip() or 'nobody named'}"
        for title, sheet in book.worksheets.items()
        for note in sheet.notes
        if note.author != PRODUCT
        # some programs drop the author: then the words tell whose note it is
        and not any(words in note.text for words in ours)
    ]


def _log_line(row: LogRow) -> LogLine:
    return LogLine(_date(row.date), _text(row.who), _text(row.what), _text(row.why))


def _date(value: LogValue) -> dt.date | str | None:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else _text(value)


def _text(value: LogValue) -> str | None:
    return None if value is None else str(value)
