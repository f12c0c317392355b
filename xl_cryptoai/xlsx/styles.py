"""Formats of cells: number format, font, fill, alignment and protection."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from xl_cryptoai.xlsx.parts import MAIN, Element
from xl_cryptoai.xlsx.texts import decode, is_true, whole

GENERAL = "General"
MAX_FORMATS = 70_000
"""Formats that are read; Excel allows 65,490."""
BUILT_IN_FORMATS: dict[int, str] = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    42: r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    44: r'_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_)_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
}
"""Codes that a file names by number alone; others depend on the language of the program."""


class Colour(NamedTuple):
    """A colour as stored.

    Attributes
    ----------
    kind : str
        "rgb", "theme", "indexed", or "auto" for the program's own.
    value : str
        "FFRRGGBB" for rgb, else a number.
    tint : float
        How much lighter (up to 1) or darker (down to -1) it is shown.
    """

    kind: str
    value: str
    tint: float = 0.0


class CellFormat(NamedTuple):
    """How a cell looks and whether it may be edited.

    Attributes
    ----------
    number_format : str
        Code, such as `0.0%`; "General" if none is set.
    bold, italic, strike : bool
        Of the font.
    font_colour, fill_colour : Colour or None
        None if none is set; a fill's colour is the one that shows.
    locked, hidden : bool
        Protection of the cell and of its formula, in force once the sheet is protected.
    horizontal, vertical : str
        Alignment; "" if none is set.
    wrap : bool
        Whether long texts continue on a next line.
    indent : int
        Steps of indentation.
    """

    number_format: str = GENERAL
    bold: bool = False
    italic: bool = False
    strike: bool = False
    font_colour: Colour | None = None
    fill_colour: Colour | None = None
    locked: bool = True
    hidden: bool = False
    horizontal: str = ""
    vertical: str = ""
    wrap: bool = False
    indent: int = 0


class Look(NamedTuple):
    """What a conditional format changes; None is left as it is."""

    bold: bool | None
    font_colour: Colour | None
    fill_colour: Colour | None


class _Font(NamedTuple):
    bold: bool
    italic: bool
    strike: bool
    colour: Colour | None


_NO_FONT = _Font(bold=False, italic=False, strike=False, colour=None)


def read_styles(root: Element | None) -> tuple[CellFormat, ...]:
    """Formats by the number that cells name; one default if the file has no styles."""
    formats = root.find(f"{MAIN}cellXfs") if root is not None else None
    if root is None or formats is None:
        return (CellFormat(),)
    codes = dict(BUILT_IN_FORMATS)
    for one in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt"):
        codes[whole(one.get("numFmtId"))] = decode(one.get("formatCode", GENERAL))
    fonts = [_font(one) for one in root.iterfind(f"{MAIN}fonts/{MAIN}font")]
    fills = [_fill(one) for one in root.iterfind(f"{MAIN}fills/{MAIN}fill")]
    found = islice(formats.iterchildren(f"{MAIN}xf"), MAX_FORMATS)
    return tuple(_format(one, codes, fonts, fills) for one in found) or (CellFormat(),)


def read_looks(root: Element | None) -> tuple[Look, ...]:
    """What conditional formats change, by the number that they name."""
    found = root.iterfind(f"{MAIN}dxfs/{MAIN}dxf") if root is not None else ()
    return tuple(read_look(one) for one in found)


def read_look(dxf: Element) -> Look:
    """What one conditional format changes."""
    font, pattern = dxf.find(f"{MAIN}font"), dxf.find(f"{MAIN}fill/{MAIN}patternFill")
    fill = None
    if pattern is not None:  # here, unlike in a cell, a solid fill shows its background
        fill = read_colour(pattern.find(f"{MAIN}bgColor"))
        fill = fill or read_colour(pattern.find(f"{MAIN}fgColor"))
    if font is None:
        return Look(None, None, fill)
    bold = font.find(f"{MAIN}b")
    return Look(
        None if bold is None else is_true(bold.get("val", "1")),
        read_colour(font.find(f"{MAIN}color")),
        fill,
    )


def read_colour(element: Element | None) -> Colour | None:
    """Colour out of an element's attributes; None if it names none."""
    if element is None:
        return None
    try:
        tint = float(element.get("tint", "0"))
    except ValueError:
        tint = 0.0
    for kind in ("rgb", "theme", "indexed"):
        if value := element.get(kind):
            return Colour(kind, value, tint)
    return Colour("auto", "") if is_true(element.get("auto")) else None


def _format(
    one: Element, codes: dict[int, str], fonts: list[_Font], fills: list[Colour | None]
) -> CellFormat:
    font, fill = whole(one.get("fontId")), whole(one.get("fillId"))
    bold, italic, strike, colour = fonts[font] if font < len(fonts) else _NO_FONT
    alignment, protection = one.find(f"{MAIN}alignment"), one.find(f"{MAIN}protection")
    aligned = _attributes(alignment)
    protected = _attributes(protection)
    return CellFormat(
        codes.get(whole(one.get("numFmtId")), GENERAL),
        bold,
        italic,
        strike,
        colour,
        fills[fill] if fill < len(fills) else None,
        is_true(protected.get("locked", "1")),
        is_true(protected.get("hidden")),
        aligned.get("horizontal", ""),
        aligned.get("vertical", ""),
        is_true(aligned.get("wrapText")),
        whole(aligned.get("indent")),
    )


def _attributes(element: Element | None) -> Mapping[str, str]:
    return {} if element is None else {str(key): str(said) for key, said in element.items()}


def _font(one: Element) -> _Font:
    def has(tag: str) -> bool:
        found = one.find(MAIN + tag)
        return found is not None and is_true(found.get("val", "1"))

    return _Font(has("b"), has("i"), has("strike"), read_colour(one.find(f"{MAIN}color")))


def _fill(one: Element) -> Colour | None:
    pattern = one.find(f"{MAIN}patternFill")
    if pattern is None:
        return read_colour(one.find(f"{MAIN}gradientFill/{MAIN}stop/{MAIN}color"))
    if pattern.get("patternType", "none") == "none":
        return None
    return read_colour(pattern.find(f"{MAIN}fgColor"))
