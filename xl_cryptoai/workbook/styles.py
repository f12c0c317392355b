"""How things look: colours with a meaning, number formats by unit."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils.indexed_list import IndexedList

from xl_cryptoai.palette import NAVY, digits

FONT_NAME = "Arial"

INK = "1F2933"
MUTED = "5F6B7A"
INPUT_BLUE = "0000FF"
INPUT_FILL = "FFFBE6"
HOUSE_FILL = "FCE9CF"
HEAD_FILL = digits(NAVY)
BLOCK_FILL = "E4EAF1"
LINE = "C5CED8"
GOOD_FILL, GOOD_INK = "DDF2E3", "14532D"
BAD_FILL, BAD_INK = "F9D7D7", "8B1A1A"
WAIT_FILL, WAIT_INK = "E6E0F3", "3B2A6B"
GREY_INK = "767676"
"""Ink of what stands for a function that is not available: readable on white, no more."""


def fill(colour: str) -> PatternFill:
    """Fill a cell with one colour, given as six hexadecimal digits."""
    return PatternFill("solid", start_color=colour, end_color=colour)


BODY = Font(name=FONT_NAME, size=10, color=INK)
BOLD = Font(name=FONT_NAME, size=10, color=INK, bold=True)
SMALL = Font(name=FONT_NAME, size=9, color=MUTED)
TITLE = Font(name=FONT_NAME, size=16, color=HEAD_FILL, bold=True)
HEADLINE = Font(name=FONT_NAME, size=14, color=HEAD_FILL, bold=True)
HEAD = Font(name=FONT_NAME, size=10, color="FFFFFF", bold=True)
INPUT = Font(name=FONT_NAME, size=10, color=INPUT_BLUE)
LINK_SMALL = Font(name=FONT_NAME, size=9, color="0B5394", underline="single")
LINK = Font(name=FONT_NAME, size=10, color="0B5394", underline="single")

OVERRIDE_FILL, OVERRIDE_INK = "CFE3FF", "0B3D91"
DIFFERS_INK = "A34700"


def set_base_font(book: Workbook) -> None:
    """Make the sheets' font that of the style Normal: widths of columns are counted in its digits.

    With another one, a machine that lacks it would draw the columns wider or narrower.
    """
    base = Font(name=FONT_NAME, size=10)
    book._fonts = IndexedList([base])  # type: ignore[attr-defined]  # openpyxl has no public way
    book._named_styles["Normal"].font = base  # type: ignore[attr-defined]


HEAD_BACK = fill(HEAD_FILL)
BLOCK_BACK = fill(BLOCK_FILL)
INPUT_BACK = fill(INPUT_FILL)
HOUSE_BACK = fill(HOUSE_FILL)

THIN_BELOW = Border(bottom=Side(style="thin", color=LINE))
THIN_ABOVE = Border(top=Side(style="thin", color=INK))
# Tabs, by what a sheet is for.
TAB_INPUT, TAB_WORKING, TAB_OUTPUT = "0000FF", HEAD_FILL, "14532D"
TAB_CHECK, TAB_TEXT = "8B1A1A", "5F6B7A"

_EDGE = Side(style="thin", color=LINE)
BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)

MIDDLE = Alignment(vertical="center")
WRAP = Alignment(wrap_text=True, vertical="top")
MIDDLE_WRAP = Alignment(wrap_text=True, vertical="center")
TOP = Alignment(vertical="top")
TOP_CENTRE_WRAP = Alignment(horizontal="center", vertical="top", wrap_text=True)
TOP_CENTRE = Alignment(horizontal="center", vertical="top")
UPRIGHT_WRAP = Alignment(horizontal="center", vertical="bottom", text_rotation=90, wrap_text=True)
UPRIGHT = Alignment(horizontal="center", vertical="bottom", text_rotation=90)
TOP_RIGHT = Alignment(horizontal="right", vertical="top")
RIGHT = Alignment(horizontal="right", vertical="center")
RIGHT_WRAP = Alignment(horizontal="right", vertical="center", wrap_text=True)
INDENT = Alignment(horizontal="left", vertical="center", indent=1)
INDENT_TOP = Alignment(horizontal="left", vertical="top", indent=1, wrap_text=True)
CENTRE = Alignment(horizontal="center", vertical="center")
CENTRE_WRAP = Alignment(horizontal="center", vertical="center", wrap_text=True)
INDENT_WRAP = Alignment(horizontal="left", vertical="center", indent=1, wrap_text=True)

UNLOCKED = Protection(locked=False)

MONEY = '[>=1000000000000]0.000,,,,"T";[>=10000000]0.000,,,"B";0.00,,"M"'
"""Billions from a hundredth of one on, so that the segments of one forecast stand in one unit."""
CHANGE = '[>=10000000]+0.000,,,"B";[<=-10000000]-0.000,,,"B";#,##0'
"""Of an amount of money: in billions as amounts are, in full where it is less than 0.01B."""
NUMBER_FORMATS = {
    "year": "0",
    "share": "0.00%",
    "share_per_year": "0.00%",
    "multiple": '0.00"x"',
    "usd_per_year": MONEY,
    "choice": "General",
    "": "General",
    "date": "yyyy-mm-dd",
    "count": "#,##0",
    "correlation": "0.00",
    "price": "0.000",
    "growth": "0%",
}
LARGE = '[>=100000000]#,##0.00,,,"B";#,##0.00'
LARGE_WHOLE = LARGE.removesuffix(".00")
SMALL_DIFFERENCE = "0.0E+00;-0.0E+00;0"
