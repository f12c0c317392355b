"""Formats of cells, as far as an audit looks at them: number, colour of the font, protection."""

from __future__ import annotations

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
    """

    kind: str
    value: str


class CellFormat(NamedTuple):
    """How a cell shows its content and whether it may be edited.

    Attributes
    ----------
    number_format : str
        Code, such as `0.0%`; "General" if none is set.
    font_colour : Colour or None
        None if none is set.
    locked : bool
        Whether it may not be edited once the sheet is protected.
    """

    number_format: str = GENERAL
    font_colour: Colour | None = None
    locked: bool = True


def read_styles(root: Element | None) -> tuple[CellFormat, ...]:
    """Formats by the number that cells name; one default if the file has no styles."""
    formats = root.find(f"{MAIN}cellXfs") if root is not None else None
    if root is None or formats is None:
        return (CellFormat(),)
    codes = dict(BUILT_IN_FORMATS)
    for one in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt"):
        codes[whole(one.get("numFmtId"))] = decode(one.get("formatCode", GENERAL))
    fonts = root.iterfind(f"{MAIN}fonts/{MAIN}font")
    colours = [read_colour(one.find(f"{MAIN}color")) for one in fonts]
    found = islice(formats.iterchildren(f"{MAIN}xf"), MAX_FORMATS)
    return tuple(_format(one, codes, colours) for one in found) or (CellFormat(),)


def read_colour(element: Element | None) -> Colour | None:
    """Colour out of an element's attributes; None if it names none."""
    if element is None:
        return None
    for kind in ("rgb", "theme", "indexed"):
        if value := element.get(kind):
            return Colour(kind, value)
    return Colour("auto", "") if is_true(element.get("auto")) else None


def _format(one: Element, codes: dict[int, str], colours: list[Colour | None]) -> CellFormat:
    font, protection = whole(one.get("fontId")), one.find(f"{MAIN}protection")
    return CellFormat(
        codes.get(whole(one.get("numFmtId")), GENERAL),
        colours[font] if font < len(colours) else None,
        protection is None or is_true(protection.get("locked", "1")),
    )
