"""What can differ between two workbooks, a record for each kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xl_cryptoai.comparing.carrier import Carrier
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.record import LogRow, WorkbookInputs
from xl_cryptoai.risk.attribution import Attribution

_LIKE_A_NUMBER = re.compile(r"[^\w.,\s']*[.,]?\d[\d.,\s']*(?:[eE][+-]?\d+)?[%kMBTx]?")


def text_in_words(text: str) -> str:
    """Write a text so that nobody takes it for another content.

    >>> text_in_words("pert"), text_in_words("pert "), text_in_words("16,384")
    ('pert', "'pert '", "'16,384'")
    """
    unclear = text != text.strip() or _LIKE_A_NUMBER.fullmatch(text)
    return f"'{text}'" if unclear else text


@dataclass(frozen=True, slots=True)
class InputChange:
    """A change of one assumption.

    Attributes
    ----------
    id : str
        The assumption, or "scenario".
    field : str
        "bear", "base", "bull", "override", "live", "unit", "kind" or "note"; "choice" for the
        scenario.
    before, after : object
        What stood and stands there; None for nothing.
    """

    id: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class CellChange:
    """A change of a cell that is no input, or of neighbours that changed in the same way.

    Attributes
    ----------
    kind : str
        "formula" (it became another), "overwritten" (a value stands in its place), "value",
        "note", "filled" or "cleared".
    cell, cell_before : str
        Where it stands, such as "Forecast!E12:H12", and where it stood.
    row : str
        What the row is known by: its id, else its first words.
    before, after : str
        The contents.
    """

    kind: str
    cell: str
    cell_before: str
    row: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StructureChange:
    """A change of sheets, names, rows, columns, charts, validation, protection or macros."""

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class ResultChange:
    """A result that moved, recomputed in Python from what was typed."""

    id: str
    before: float
    after: float


@dataclass(frozen=True)
class BookDiff:
    """All that differs between two workbooks.

    Attributes
    ----------
    before, after : Path
        The files.
    inputs, cells, structure, results : list
        The changes by kind.
    log_added, log_removed : list of LogRow
        Lines of the change log.
    attribution : Attribution or None
        Why the result moved; None where it cannot be computed.
    no_attribution : str
        Why it cannot.
    """

    before: Path
    after: Path
    inputs: list[InputChange]
    cells: list[CellChange]
    structure: list[StructureChange]
    results: list[ResultChange]
    log_added: list[LogRow]
    log_removed: list[LogRow]
    attribution: Attribution | None
    no_attribution: str = ""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any((self.inputs, self.cells, self.structure, self.log_added, self.log_removed))


@dataclass(frozen=True)
class Side:
    """One of the two workbooks: its cells, its inputs, and references as the old one's."""

    book: Book
    inputs: WorkbookInputs
    carrier: Carrier
