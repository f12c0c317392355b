"""Translates references of the new workbook into the old one's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.text import formula_text, prefix_text, text_with
from xl_cryptoai.formulas.tree import Edge, Node, NotUnderstood, Ref, Reference
from xl_cryptoai.reading.alignment import LineAlignment, SheetAlignment
from xl_cryptoai.xlsx.references import column_letters

NEW = "new"
"""Stands for a row or column that the old workbook does not have."""


@dataclass(frozen=True)
class Translator:
    """Translates references over inserted, deleted and moved rows and columns and renamed sheets.

    Attributes
    ----------
    sheets : dict of str to str
        The old name of each new sheet.
    aligned : dict of str to SheetAlignment
        The sheets that both workbooks have, by new name.
    """

    sheets: dict[str, str] = field(default_factory=dict)
    aligned: dict[str, SheetAlignment] = field(default_factory=dict)

    @cached_property
    def changes_nothing(self) -> bool:
        """Whether every sheet, row and column stands where it stood."""
        return all(new == old for new, old in self.sheets.items()) and all(
            one.unmoved for one in self.aligned.values()
        )

    def formula(self, formula: str, sheet: str) -> str:
        """A formula of a new sheet with references to old cells, free of case and blanks."""
        tree = _parsed(formula)
        if isinstance(tree, NotUnderstood):
            return formula
        return "=" + text_with(tree, lambda reference: self._written(reference, sheet))

    def reference(self, text: str, sheet: str) -> str:
        """A reference on a new sheet as one to old cells; a name stays as it is."""
        return self.formula(text, sheet)[1:]

    def _written(self, reference: Reference, sheet: str) -> str:
        prefix = reference.prefix
        own = prefix is None or not (prefix.book or prefix.last)
        other = prefix.first if prefix is not None else ""
        before = prefix_text(prefix)
        if own and other:
            before = f"{self.sheets.get(other, other)}!"
        if not isinstance(reference, Ref):
            bare = replace(reference, prefix=None)
            return before + formula_text(bare).casefold()
        aligned = self.aligned.get(other or sheet) if own else None
        ends = (reference.top, reference.left, reference.bottom, reference.right)
        if aligned is None or None in ends:
            return before + formula_text(replace(reference, prefix=None))
        top, left, bottom, right = (end for end in ends if end is not None)
        rows = _old_ends(aligned.rows, _number(top), _number(bottom))
        columns = _old_ends(aligned.columns, _number(left), _number(right))
        written = [
            f"{'$' * column.absolute}{column_letters(old_column) if old_column else NEW}"
            f"{'$' * row.absolute}{old_row or NEW}"
            for row, column, old_row, old_column in (
                (top, left, rows[0], columns[0]),
                (bottom, right, rows[1], columns[1]),
            )
        ]
        is_one = (top, left) == (bottom, right)
        return before + ":".join(written[:1] if is_one else written)


@lru_cache(maxsize=20_000)
def _parsed(formula: str) -> Node | NotUnderstood:
    return parse(formula)


def _number(edge: Edge) -> int:
    """Row or column of an edge that is counted from A1."""
    return edge.number if edge.absolute else edge.number + 1


def _old_ends(lines: LineAlignment, first: int, last: int) -> tuple[int | None, int | None]:
    """Old ends of a range; an end on an inserted line moves inwards to an old one."""
    if first >= last or last - first > 100_000:
        return lines.old(first), lines.old(last)
    low = next((old for n in range(first, last) if (old := lines.old(n))), lines.old(last))
    high = next((old for n in range(last, first, -1) if (old := lines.old(n))), lines.old(first))
    return low, high
