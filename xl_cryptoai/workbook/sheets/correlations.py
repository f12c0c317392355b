"""Correlations: rank correlations between the assumptions, typed once each, below the diagonal.

The matrix in use mirrors them, so it is symmetric whatever anybody types.
"""

from __future__ import annotations

from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue, UserInputs
from xl_cryptoai.assumptions.input_fields import (
    COMMON_FACTOR,
    SIMULATION,
    WITH,
    settings_of,
    uncertain_in,
)
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import CORRELATIONS, FLAG_ROW, HEADER_ROW, TITLE_ROW, cell
from xl_cryptoai.workbook.sheets import distributions
from xl_cryptoai.workbook.sheets.frame import block_header, headers, put, set_up, upright_height

LABEL, NAME = "AB"
FIRST_COLUMN = 3
WIDE, TALL = 7, 120
FORMAT = "0.00;-0.00;0"
UNUSED = PatternFill("solid", start_color="EEF1F4", end_color="EEF1F4")


def write(sheet: Worksheet, catalogue: Catalogue, inputs: UserInputs) -> None:
    """Write the sheet: what is typed, the common factor, and the matrix in use."""
    ids = _ids(catalogue)
    letters = [_letter(number) for number in range(len(ids))]
    set_up(
        sheet,
        "Correlations",
        "Rank correlations: none until you type one below the diagonal, -1 to 1, or a common "
        "factor for all pairs. A set that is not positive semidefinite gives #NUM! on sheet Risk.",
        {LABEL: 27, NAME: 20, **dict.fromkeys(letters, WIDE)},
        tab=styles.TAB_INPUT,
        freeze=f"{letters[0]}{HEADER_ROW + 1}",
    )
    _write_heads(sheet, HEADER_ROW, "Typed", ids)
    _write_heads(sheet, _used_row(catalogue) - 1, "In use", ids)
    for number, name in enumerate(ids):
        _write_typed(sheet, number, name, catalogue, inputs)
        if number:
            sheet.add_data_validation(_validation(number, catalogue[name].label))
        _write_used(sheet, number, name, catalogue)
    _write_common_factor(sheet, catalogue, inputs)
    block_header(sheet, _used_row(catalogue) - 2, "As used in the simulation", letters[-1])
    sheet.print_title_rows = f"{TITLE_ROW}:{FLAG_ROW}"
    sheet.row_breaks.append(Break(id=_used_row(catalogue) - 3))
    sheet.print_area = f"A1:{letters[-1]}{_used_row(catalogue) + len(ids) - 1}"


def matrix(catalogue: Catalogue) -> str:
    """Refer to the matrix in use, as functions take it."""
    first, last = _used_row(catalogue), _used_row(catalogue) + len(_ids(catalogue)) - 1
    return f"{CORRELATIONS}!${_letter(0)}${first}:${_letter(len(_ids(catalogue)) - 1)}${last}"


def _ids(catalogue: Catalogue) -> list[str]:
    return [entry.id for entry in uncertain_in(catalogue)]


def _letter(number: int) -> str:
    return get_column_letter(FIRST_COLUMN + number)


def _used_row(catalogue: Catalogue) -> int:
    return factor_row(catalogue) + 4  # a gap, a heading and a head


def factor_row(catalogue: Catalogue) -> int:
    """Return the row of the common factor: below the typed correlations, a gap and a heading."""
    return HEADER_ROW + len(_ids(catalogue)) + 3


def factor_cell(catalogue: Catalogue) -> str:
    """Refer to the common factor."""
    return cell(CORRELATIONS, _letter(0), factor_row(catalogue), fixed=True)


def names(catalogue: Catalogue) -> dict[str, str]:
    """Return the name that the common factor's cell carries."""
    return {f"{SIMULATION}_{COMMON_FACTOR}": factor_cell(catalogue)}


def _write_common_factor(sheet: Worksheet, catalogue: Catalogue, inputs: UserInputs) -> None:
    setting = settings_of(catalogue)[COMMON_FACTOR]
    row, last = factor_row(catalogue), _letter(len(_ids(catalogue)) - 1)
    where = f"{_letter(0)}{row}"
    block_header(sheet, row - 1, "Common factor", last)
    put(sheet, f"{LABEL}{row}", setting.label)
    put(sheet, f"{NAME}{row}", setting.id, styles.SMALL)
    value = inputs.value(catalogue, SIMULATION, COMMON_FACTOR)
    put(sheet, where, value, styles.INPUT, align=styles.RIGHT, number_format=FORMAT)
    sheet[where].fill, sheet[where].protection = styles.INPUT_BACK, styles.UNLOCKED
    put(sheet, f"{_letter(1)}{row}", f"{setting.meaning}.", styles.SMALL, align=styles.INDENT)
    rule = DataValidation(
        type="decimal", operator="between", formula1="0", formula2="1", allow_blank=False
    )
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "Not allowed", "A common factor lies between 0 and 1."
    rule.promptTitle, rule.prompt = setting.label, f"{setting.meaning}. 0 is none."[:255]
    rule.add(where)
    sheet.add_data_validation(rule)


def _write_heads(sheet: Worksheet, row: int, title: str, ids: list[str]) -> None:
    headers(sheet, row, [(LABEL, title), (NAME, "With")])
    headers(sheet, row, [(_letter(number), name) for number, name in enumerate(ids)])
    for number in range(len(ids)):
        sheet[f"{_letter(number)}{row}"].alignment = styles.UPRIGHT
    sheet.row_dimensions[row].height = upright_height(ids, TALL)


def _write_words(sheet: Worksheet, row: int, name: str, catalogue: Catalogue) -> None:
    put(sheet, f"{LABEL}{row}", catalogue[name].label)
    put(sheet, f"{NAME}{row}", name, styles.SMALL)
    for number in range(FIRST_COLUMN + len(_ids(catalogue)) - 1):
        sheet[f"{get_column_letter(number + 1)}{row}"].border = styles.THIN_BELOW


def _write_typed(
    sheet: Worksheet, number: int, name: str, catalogue: Catalogue, inputs: UserInputs
) -> None:
    row = HEADER_ROW + 1 + number
    _write_words(sheet, row, name, catalogue)
    for other, earlier in enumerate(_ids(catalogue)):
        where = f"{_letter(other)}{row}"
        if other >= number:
            sheet[where].fill = UNUSED
            continue
        value = inputs.value(catalogue, name, f"{WITH}{earlier}")
        put(sheet, where, value, styles.INPUT, align=styles.RIGHT, number_format=FORMAT)
        sheet[where].fill = styles.INPUT_BACK
        sheet[where].protection = styles.UNLOCKED


def _write_used(sheet: Worksheet, number: int, name: str, catalogue: Catalogue) -> None:
    """Write one formula in every cell: the one typed below the diagonal, else the common factor.

    Two assumptions that act on the total the same way move together, others against each other.
    """
    count, head = len(_ids(catalogue)), _used_row(catalogue) - 1
    row = head + 1 + number
    _write_words(sheet, row, name, catalogue)
    typed = f"${_letter(0)}${HEADER_ROW + 1}:${_letter(count - 1)}${HEADER_ROW + count}"
    down = f"ROWS(${NAME}${head + 1}:${NAME}{row})"
    effects = distributions.column_of(catalogue, distributions.EFFECT)
    factor = f"${_letter(0)}${factor_row(catalogue)}"
    for other in range(count):
        letter = _letter(other)
        across = f"COLUMNS(${_letter(0)}${head}:{letter}${head})"
        own = f"INDEX({typed},MAX({down},{across}),MIN({down},{across}))"
        alike = f"INDEX({effects},{down})=INDEX({effects},{across})"
        put(sheet, f"{letter}{row}",
            f"=IF({down}={across},1,IF({own}<>0,{own},IF({alike},{factor},-{factor})))",
            styles.SMALL, align=styles.RIGHT, number_format=FORMAT)  # fmt: skip


def _validation(number: int, label: str) -> DataValidation:
    """Validate a row's correlations: those with all assumptions before it."""
    rule = DataValidation(
        type="decimal", operator="between", formula1="-1", formula2="1", allow_blank=False
    )
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "Not allowed", "A rank correlation lies between -1 and 1."
    rule.promptTitle = "Rank correlation"
    rule.prompt = f"Of {label} with the assumption above: -1 to 1; 0 is none."
    row = HEADER_ROW + 1 + number
    rule.add(f"{_letter(0)}{row}:{_letter(number - 1)}{row}")
    return rule
