"""Print set-up of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from xl_cryptoai.xlsx.names import DefinedName
from xl_cryptoai.xlsx.parts import MAIN, Element
from xl_cryptoai.xlsx.references import Area, parse_area
from xl_cryptoai.xlsx.texts import decode, is_true, whole

_SHEET = re.compile(r"(?:'(?:[^']|'')*'|[^'!,]*)!")


class Page(NamedTuple):
    """How a sheet is printed.

    Attributes
    ----------
    areas : tuple of Area
        What is printed; empty for all of the sheet.
    orientation : str
        "portrait", "landscape", or "" if the file leaves it to the printer.
    fit : bool
        Whether it is made to fit on `fit_width` by `fit_height` pages (0: as many as it takes)
        instead of printed at a scale.
    scale : int
        Percent at which it is printed otherwise; 100 where the file says none.
    footer : str
        With the program's marks such as `&P`; those of odd pages, which most files use alone.
    """

    areas: tuple[Area, ...]
    orientation: str
    fit: bool
    fit_width: int
    fit_height: int
    scale: int
    footer: str


def read_page(root: Element, title: str, names: Iterable[DefinedName]) -> Page:
    """Print set-up out of a sheet's part and the names that are local to it."""
    local = {one.name.lower(): one.text for one in names if one.built_in and one.sheet == title}
    setup, fit = root.find(f"{MAIN}pageSetup"), root.find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr")
    said = {str(key): str(word) for key, word in setup.items()} if setup is not None else {}
    orientation = said.get("orientation", "")
    return Page(
        tuple(_areas(local.get("_xlnm.print_area", ""))),
        "" if orientation == "default" else orientation,
        fit is not None and is_true(fit.get("fitToPage")),
        whole(said.get("fitToWidth", "1")),
        whole(said.get("fitToHeight", "1")),
        whole(said.get("scale", "100")),
        decode(root.findtext(f"{MAIN}headerFooter/{MAIN}oddFooter", "")),
    )


def _areas(text: str) -> list[Area]:
    words = _SHEET.sub("", text).split(",")
    return [area for word in words if (area := parse_area(word.strip())) is not None]
