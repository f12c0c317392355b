"""The master flag in sight on every sheet."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.formulas.tree import Name
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.own_reports import model_sheets

UNFROZEN_HEADER = 5
"""Rows that count as the head of a sheet without freeze panes."""
MISSING = Kind("master_flag_missing", "rows")


def check(book: Book) -> Iterator[Finding]:
    """Look for the flag in the frozen head of every sheet."""
    for sheet in model_sheets(book):
        last = sheet.freeze.rows if sheet.freeze is not None else UNFROZEN_HEADER
        flagged = any(
            isinstance(part, Name) and part.name.casefold() == "master_check"
            for block in book.blocks
            if block.area.sheet == sheet.title and block.area.top <= last
            for part in block.form.references
        )
        if not flagged:
            yield MISSING(rows=last).at(sheet.title)


RULE = Rule(
    "master_flag",
    "Every sheet shows the master flag in its frozen rows",
    "FAST 2.03-05 Include master error checks and alert indicators in the freeze pane",
    check,
)
