"""What the auditor finds wrong in a workbook, as data."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a workbook that is not as it must be.

    Attributes
    ----------
    cell : str
        Where, such as "Assumptions!F12"; the sheet or the name where no cell can be told.
    what, cure : str
        What is wrong, and what to do.
    severity : str
        "error" if a figure is or can be wrong, "warning" for a practice that can make it wrong,
        "note" for what breaks no rule but is worth a look.
    id : str
        The assumption, step or name it is about, as far as it is about one.
    """

    cell: str
    what: str
    cure: str
    severity: str = ERROR
    id: str = ""

    def __str__(self) -> str:
        return f"{self.cell}: {self.id} {self.what}; {self.cure}"
