"""What can differ between two workbooks: a record for each kind, with values and no words.

How a difference is worded stands in `reports/diff.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xl_cryptoai.forecast.attribution import Attribution
from xl_cryptoai.reading.findings import Finding
from xl_cryptoai.reading.record import LogRow


@dataclass(frozen=True, slots=True)
class InputChange:
    """A change of one assumption.

    Attributes
    ----------
    id : str
        The assumption, "scenario", or "own" for the spare one.
    field : str
        "bear", "base", "bull", "own", "override", "live", "unit" or "kind"; "note"; "choice" for
        the scenario; "name" for the spare one; a field of `assumptions/input_fields.py` for what a
        simulation takes.
    before, after : object
        What stood and stands there, None for nothing; of notes those that only one workbook has,
        a tuple of `NoteText`.
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
    sheet, area : str
        Where it stands, such as "Forecast" and "E12:H12".
    old_sheet, old_area : str
        Where it stood.
    row : str
        The first words in the row.
    before, after : tuple of object
        What the changed cells held and hold, from left to right; formulas begin with `=`; of notes
        a `NoteText`, or None.
    """

    kind: str
    sheet: str
    area: str
    old_sheet: str
    old_area: str
    row: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class StructureChange:
    """A change of sheets, names, rows, columns, charts, validation, protection or macros.

    Attributes
    ----------
    kind : str
        What changed in which way, such as "row inserted", "name redirected" or "cells unlocked".
    sheet, area : str
        Where it is, or was if it is no longer there; "" for what is not on one sheet or in cells.
    name : str
        The defined name, the title of the chart, or the first words of a moved row.
    before, after : object
        What was and is: the old name of a sheet, what a name stands for, the areas that a chart
        shows, the rules of a validation, the lines' first words; None where the kind says it all.
    count : int
        How many lines were inserted or deleted; how many cells were locked or unlocked, of which
        `area` is the first.
    """

    kind: str
    sheet: str = ""
    area: str = ""
    name: str = ""
    before: Any = None
    after: Any = None
    count: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """A validation, with references as the old workbook has them."""

    kind: str
    operator: str
    formulas: tuple[str, ...]
    style: str
    enforced: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """Protection of a sheet that is switched on, and what it allows nevertheless."""

    password: bool
    allowed: tuple[str, ...]


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
    no_attribution : Finding or str
        The input, or the error, that prevents it.
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
    no_attribution: Finding | str = ""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any((self.inputs, self.cells, self.structure, self.log_added, self.log_removed))
