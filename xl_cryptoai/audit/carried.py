"""Writes references of the new workbook as they would have stood in the old one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xl_cryptoai.audit.alignment import Lines, Overlay
from xl_cryptoai.audit.formulas import pieces_of, split_sheet
from xl_cryptoai.xlsx.references import column_letters, column_number

_END = re.compile(r"(\$?)([A-Z]{1,3})(\$?)([1-9]\d{0,6})")
NEW = "new"
"""Stands for a row or column that the old workbook does not have."""


@dataclass(frozen=True)
class Carrier:
    """Carries references back over inserted, deleted and moved rows and renamed sheets.

    Attributes
    ----------
    sheets : dict of str to str
        The old name of each new sheet.
    overlays : dict of str to Overlay
        The sheets laid over each other, by new name.
    """

    sheets: dict[str, str] = field(default_factory=dict)
    overlays: dict[str, Overlay] = field(default_factory=dict)

    def formula(self, formula: str, sheet: str) -> str:
        """Write a formula of a new sheet with references to old cells; blanks are left out."""
        pieces = pieces_of(formula)
        if not pieces:
            return formula
        written = (
            self.reference(piece.text, sheet) if piece.is_reference else piece.text
            for piece in pieces
        )
        return "=" + "".join(written)

    def reference(self, text: str, sheet: str) -> str:
        """Write a reference on a new sheet as one to old cells; a name stays as it is."""
        other, area = split_sheet(text)
        ends = [_END.fullmatch(end) for end in area.split(":")]
        prefix = "" if other is None else f"{self.sheets.get(other, other)}!"
        if len(ends) > 2 or not all(ends):
            return prefix + area
        overlay = self.overlays.get(other or sheet)
        if overlay is None:
            return prefix + area
        low, high = ends[0], ends[-1]
        assert low is not None and high is not None
        rows = _old_ends(overlay.rows, int(low[4]), int(high[4]))
        numbers = (column_number(low[2]), column_number(high[2]))
        columns = _old_ends(overlay.columns, *numbers)
        written = [
            f"{end[1]}{column_letters(column) if column else NEW}{end[3]}{row or NEW}"
            for end, row, column in zip((low, high), rows, columns, strict=True)
        ]
        return prefix + ":".join(written[: len(ends)])


def _old_ends(lines: Lines, first: int, last: int) -> tuple[int | None, int | None]:
    """Give the old ends of a range; an end on an inserted line moves inwards to an old one."""
    if first >= last or last - first > 100_000:
        return lines.old(first), lines.old(last)
    low = next((old for n in range(first, last) if (old := lines.old(n))), lines.old(last))
    high = next((old for n in range(last, first, -1) if (old := lines.old(n))), lines.old(first))
    return low, high
