"""Defined names, and the other workbooks that formulas refer to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree

from xl_cryptoai.xlsx.package import Package
from xl_cryptoai.xlsx.parts import MAIN, RELATION_ID, Element
from xl_cryptoai.xlsx.texts import decode, is_true, numbered

_LINK_KINDS = {"externalBook": "workbook", "ddeLink": "dde", "oleLink": "ole"}


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
    """Another workbook that formulas refer to as `[number]`.

    Attributes
    ----------
    number : int
        Its number in formulas; the first is 1.
    target : str
        Path or address as stored; "" if the file does not say.
    sheets : tuple of str
        Its sheets as far as the file lists them.
    kind : str
        "workbook", "dde", "ole", or "missing" where the file names a link that it does not hold.
    """

    number: int
    target: str
    sheets: tuple[str, ...] = ()
    kind: str = "workbook"


def read_names(root: Element, titles: Sequence[str]) -> tuple[DefinedName, ...]:
    """Defined names of a workbook's part; local ones say their sheet by its number."""
    found = []
    for one in root.iterfind(f"{MAIN}definedNames/{MAIN}definedName"):
        found.append(
            DefinedName(
                decode(one.get("name", "")),
                decode(one.text or ""),
                numbered(titles, one.get("localSheetId")),
                is_true(one.get("hidden")),
                decode(one.get("comment", "")),
            )
        )
    return tuple(found)


def read_link(package: Package, part: str, number: int) -> ExternalLink:
    """Another workbook, out of the part that says where it lies."""
    if part not in package:
        return ExternalLink(number, "", kind="missing")
    child = next(iter(package.tree(part)), None)
    if child is None:
        return ExternalLink(number, "", kind="missing")
    kind = _LINK_KINDS.get(etree.QName(child).localname, "workbook")
    relation = package.relationships(part).get(child.get(RELATION_ID, ""))
    target = relation.target if relation else child.get("ddeTopic", "")
    sheets = tuple(
        decode(one.get("val", "")) for one in child.iterfind(f"{MAIN}sheetNames/{MAIN}sheetName")
    )
    return ExternalLink(number, target, sheets, kind)
