"""What every sheet has: title, master flag, column headers, widths, freeze panes, print set-up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from textwrap import wrap
from typing import Any

from openpyxl.formatting.rule import FormulaRule, Rule
from openpyxl.styles import Alignment, Font
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.path import BASELINE_YEAR, FORECAST_YEAR
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ABOUT_ROW,
    ASSUMPTIONS,
    AVAILABLE_NAME,
    BASE_NAME,
    ERROR,
    FLAG_ROW,
    HEADER_ROW,
    MASTER_NAME,
    NO,
    NOT_AVAILABLE,
    OK,
    OWN_CHOSEN,
    OWN_SCENARIO,
    SUBHEAD_ROW,
    TITLE_ROW,
    Layout,
    case_labels,
    cell,
)
from xl_cryptoai.workbook.paper import MARGIN
from xl_cryptoai.xlsx.texts import encode

AVAILABLE_NO = f'{AVAILABLE_NAME}="{NO}"'
HOUSE = "house"
PAGE_HEIGHT = 510
"""Points that the lower of the papers leaves between its margins, at full scale."""
SMALL_NUMBERS = {
    1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight",
    9: "nine", 10: "ten",
}  # fmt: skip
NOT_AVAILABLE_HINT = f"Functions {NOT_AVAILABLE}: native values and stored tables in grey"


def put(
    sheet: Worksheet,
    where: str,
    value: object,
    font: Font = styles.BODY,
    *,
    align: Alignment | None = None,
    number_format: str = "",
) -> None:
    """Write one cell with its look."""
    target = sheet[where]
    target.value = encode(value) if isinstance(value, str) else value
    target.font = font
    target.alignment = align or styles.MIDDLE
    if number_format:
        target.number_format = number_format


def set_up(
    sheet: Worksheet,
    title: str,
    about: str,
    widths: Mapping[str, float],
    *,
    tab: str,
    freeze: str = "",
    repeat: str = "",
) -> None:
    """Write title, explanation and master flag; set widths, panes, headers and protection.

    `repeat` is the last of the columns that every page across repeats, where a sheet takes several;
    paper and scale are set when all sheets are written (`paper.set_paper`).
    """
    put(sheet, f"A{TITLE_ROW}", title, styles.TITLE)
    put(sheet, f"A{ABOUT_ROW}", about, styles.SMALL)
    put(sheet, f"A{FLAG_ROW}", f"={MASTER_NAME}", styles.BOLD)
    flag_states(sheet, f"A{FLAG_ROW}")
    for column, width in widths.items():
        sheet.column_dimensions[column].width = width
    sheet.row_dimensions[TITLE_ROW].height = 24
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = tab
    margins = sheet.page_margins
    margins.left = margins.right = MARGIN
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    if freeze:
        sheet.freeze_panes = freeze
    sheet.print_title_rows = f"{TITLE_ROW}:{HEADER_ROW}"
    if repeat:
        sheet.print_title_cols = f"A:{repeat}"
    footer: Any = sheet.oddFooter
    footer.left.text, footer.center.text, footer.right.text = "&F", "&A", "&P of &N"
    sheet.protection.sheet = True  # no password: it guards against mistakes, not against people
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def compute_on_load(sheet: Worksheet, where: str) -> None:
    """Make a formula an array formula over its own cell.

    LibreOffice computes these whenever it opens a file, and other formulas only once an input has
    changed: so what says whether the functions are available is right before that, too.
    """
    formula = sheet[where].value
    if not isinstance(formula, ArrayFormula):
        sheet[where] = ArrayFormula(where, formula)


def compute_all_on_load(
    sheet: Worksheet, last: int | None = None, but: Collection[str] = ()
) -> None:
    """Let LibreOffice compute every formula up to a column on loading, except in some cells."""
    for cells in sheet.iter_rows(max_col=last):
        for one in cells:
            is_formula = isinstance(one.value, str) and one.value.startswith("=")
            if is_formula and one.coordinate not in but:
                compute_on_load(sheet, one.coordinate)


def grey_if_not_available(sheet: Worksheet, area: str, condition: str = AVAILABLE_NO) -> None:
    """Show cells in grey where functions are not available, or on another condition.

    A cell that shows an error all the same, in a program that cannot read its formula, is left
    blank: the native formula or the stored values stand beside it.
    """
    first = area.split(":", maxsplit=1)[0]
    for formula, ink in (
        (f"AND({condition},ISERROR({first}))", "FFFFFF"),
        (condition, styles.GREY_INK),
    ):
        sheet.conditional_formatting.add(area, look_if(formula, ink, bold=False))


def look_if(
    condition: str, ink: str, back: str = "", *, bold: bool = True, stop: bool = False
) -> Rule:
    """Return a rule of conditional formatting: other ink, and another back, on a condition."""
    return FormulaRule(  # type: ignore[no-untyped-call, no-any-return]  # the stubs leave it untyped
        [condition],
        fill=styles.fill(back) if back else None,
        font=Font(color=ink, bold=bold or None),
        stopIfTrue=stop or None,
    )


def headers(sheet: Worksheet, row: int, titles: Sequence[tuple[str, str]]) -> None:
    """Write a dark row of column headers, given as (column, title)."""
    for column, title in titles:
        put(sheet, f"{column}{row}", title, styles.HEAD, align=Alignment(vertical="center"))
        sheet[f"{column}{row}"].fill = styles.HEAD_BACK
    sheet.row_dimensions[row].height = 18


def case_kinds(model: Model) -> dict[str, str]:
    """Return for every case where its figures are from."""
    views = {name: one.view for name, one in model.assumptions.scenarios.items()}
    # base is what it was when built until somebody changes the column
    in_use = f'=IF({OWN_CHOSEN},{OWN_SCENARIO},"in use")'
    return {"live": in_use, **views, BASE: f"={BASE_NAME}"}


def marked_labels(model: Model) -> list[str]:
    """Return the labels of all cases; what is a house view is marked so."""
    kinds = case_kinds(model)
    return [
        f"{label} ({HOUSE})" if kinds[case] == HOUSE else label
        for case, label in case_labels(model).items()
    ]


def house_labels(model: Model) -> list[str]:
    """Return the labels of the scenarios that are a house view."""
    return [one.label for one in model.assumptions.scenarios.values() if one.view == HOUSE]


def house_view(model: Model) -> str:
    """Say which scenarios are a house view; "" if none is.

    >>> from xl_cryptoai.forecast.shipped import shipped_model
    >>> house_view(shipped_model())
    'Bear and Bull are a house view'
    """
    house = house_labels(model)
    return f"{joined(house)} {'are' if house[1:] else 'is'} a house view" if house else ""


def joined(words: Iterable[str]) -> str:
    """Write words as a list that ends in "and".

    >>> joined(["Bear", "Base", "Bull"])
    'Bear, Base and Bull'
    """
    *before, last = [*words] or [""]
    return f"{', '.join(before)} and {last}" if before else last


def in_words(number: int) -> str:
    """Write a small number in words, a larger one in digits.

    >>> in_words(4), in_words(20)
    ('four', '20')
    """
    return SMALL_NUMBERS.get(number, str(number))


def fit_height(
    sheet: Worksheet, row: int, texts: Sequence[tuple[str, float]], *, least: float = 15
) -> None:
    """Make a row as high as its wrapped small texts need, given with their columns' widths."""
    # about 1.2 small letters to a unit of width
    lines = max(
        sum(
            -(-len(line) // max(int(1.2 * width), 1))
            for line in wrap(text, max(int(1.2 * width), 1), break_long_words=False)
        )
        for text, width in texts
    )
    sheet.row_dimensions[row].height = max(least, 11.7 * lines + 3)


def years_in_use(model: Model, inputs: UserInputs) -> int:
    """Count the years from the first to the last that a case has when the workbook is built."""
    catalogue = model.assumptions
    first, last = (
        [
            float(value)
            for field in (*catalogue.scenarios, OWN, OVERRIDE)
            if (value := inputs.value(catalogue, name, field)) is not None
        ]
        for name in (BASELINE_YEAR, FORECAST_YEAR)
    )
    return int(max(last) - min(first)) + 1


def keep_together(sheet: Worksheet, starts: Iterable[int], last: int) -> None:
    """Begin a new page where a block would run over the end of one; rows are as high as set."""

    def height(first: int, end: int) -> float:
        return sum(sheet.row_dimensions[row].height or 15 for row in range(first, end))

    page = PAGE_HEIGHT - height(1, HEADER_ROW + 1)
    rows = [*starts, last + 1]
    top = HEADER_ROW + 1
    for start, end in pairwise(rows):
        if height(top, end) > page and start > top:
            sheet.row_breaks.append(Break(id=start - 1))
            top = start


def upright_height(words: Iterable[str], least: float) -> float:
    """Return the height of a header row of upright words, in points, for the longest of them."""
    return max(least, 5.7 * max(map(len, words)))


def case_headers(sheet: Worksheet, layout: Layout) -> None:
    """Write the headers of the case columns, with where each column's figures are from."""
    labels = case_labels(layout.model)
    for case, column in layout.cases.items():
        put(sheet, f"{column}{HEADER_ROW}", labels[case], styles.HEAD, align=styles.RIGHT)
        sheet[f"{column}{HEADER_ROW}"].fill = styles.HEAD_BACK
        case_kind(sheet, f"{column}{SUBHEAD_ROW}", case, layout)


def case_kind(sheet: Worksheet, where: str, case: str, layout: Layout) -> None:
    """Write where a case's figures are from: on Assumptions in words, elsewhere after those.

    Where cases of different forecast years stand side by side, each says its year.
    """
    kind = case_kinds(layout.model)[case]
    follows = f"={cell(ASSUMPTIONS, layout.cases[case], SUBHEAD_ROW)}"
    if (year := layout.year_if_others(case, ", ")) != '""':
        follows += f"&{year}"
    put(
        sheet,
        where,
        kind if sheet.title == ASSUMPTIONS else follows,
        styles.SMALL,
        align=styles.RIGHT,
    )
    if kind == HOUSE:
        sheet[where].fill = styles.HOUSE_BACK


def block_header(sheet: Worksheet, row: int, title: str, last: str) -> None:
    """Write a light row at the top of a block, from column A to the last."""
    for number in range(1, column_index_from_string(last) + 1):
        sheet[f"{get_column_letter(number)}{row}"].fill = styles.BLOCK_BACK
    put(sheet, f"A{row}", title, styles.BOLD)


def link(sheet: Worksheet, where: str, target_sheet: str, target: str) -> None:
    """Make a cell lead to another one of the workbook, keeping what it shows."""
    sheet[where].hyperlink = Hyperlink(ref=where, location=f"'{target_sheet}'!{target}")
    sheet[where].font = (
        styles.LINK_SMALL if sheet[where].font.size == styles.SMALL.size else (styles.LINK)
    )


def flag_states(sheet: Worksheet, area: str) -> None:
    """Colour states by their words: the words say it, the colour only helps."""
    first = area.split(":", maxsplit=1)[0].replace("$", "")
    for words, back, ink in (
        (OK, styles.GOOD_FILL, styles.GOOD_INK),
        (ERROR, styles.BAD_FILL, styles.BAD_INK),
        ("fail", styles.BAD_FILL, styles.BAD_INK),
        (NOT_AVAILABLE, styles.WAIT_FILL, styles.WAIT_INK),
    ):
        rule = look_if(f'ISNUMBER(SEARCH("{words}",{first}))', ink, back)
        sheet.conditional_formatting.add(area, rule)
