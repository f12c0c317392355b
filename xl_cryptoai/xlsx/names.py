"""Defined names, and the other workbooks that formulas refer to."""

from __future__ import annotations

from typing import NamedTuple


class DefinedName(NamedTuple):
    """A defined name.

    Attributes
    ----------
    name : str
        As written in the file; Excel compares names without regard to case.
    text : str
        What it refers to, without `=`.
    sheet : str or None
        The sheet to which it is local; None for a name of the workbook.
    hidden : bool
        Whether the name manager leaves it out.
    comment : str
        What a person noted beside it.
    """

    name: str
    text: str
    sheet: str | None = None
    hidden: bool = False
    comment: str = ""

    @property
    def built_in(self) -> bool:
        """Whether the name is the program's own, such as a print area or a filter."""
        return self.name.lower().startswith("_xlnm.")


class ExternalLink(NamedTuple):
    """Another workbook that formulas refer to as `[index]`.

    Attributes
    ----------
    index : int
        Its number in formulas; the first is 1.
    target : str
        Path or address as stored; "" if the file does not say.
    sheets : tuple of str
        Its sheets as far as the file lists them.
    kind : str
        "workbook", "dde", "ole", or "missing" where the file names a link that it does not hold.
    """

    index: int
    target: str
    sheets: tuple[str, ...] = ()
    kind: str = "workbook"
