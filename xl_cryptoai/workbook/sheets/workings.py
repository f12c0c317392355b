"""Workings: the whole chain in native formulas, once as published and once with each change alone.

One column a case: the published one, then one for each assumption, which alone has its live value.
"""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.forecast.model import TOTAL
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.formulas import native, substitute
from xl_cryptoai.workbook.layout import (
    FIRST_ROW,
    HEADER_ROW,
    SOURCES,
    WORKINGS,
    Layout,
    base_words,
    cell,
)
from xl_cryptoai.workbook.sheets import sources
from xl_cryptoai.workbook.sheets.frame import headers, put, set_up

LABEL, UNIT, LIVE, PUBLISHED = "ABCD"
FLEXED = 5  # the number of the first column that changes one assumption


def write(sheet: Worksheet, layout: Layout) -> None:
    """Write the sheet."""
    catalogue = layout.model.assumptions
    flexed, words = [_column(name, layout) for name in catalogue], base_words(layout.model)
    widths = {LABEL: 30, UNIT: 27, LIVE: 9.5, PUBLISHED: 9.5} | dict.fromkeys(flexed, 9.5)
    widths[_id_column(layout)] = 24
    set_up(
        sheet,
        "Workings",
        f"Each column changes one assumption of the {words.case} case to its live value and "
        "recomputes every step. Used by sheet Deviations.",
        widths,
        tab=styles.TAB_WORKING,
        freeze=f"{LIVE}{HEADER_ROW + 1}",
        repeat=LABEL,
    )
    titles = [(LABEL, "Assumption or step"), (UNIT, "Unit"), (LIVE, "Live")]
    headers(sheet, HEADER_ROW, [*titles, (PUBLISHED, words.head)])
    headers(sheet, HEADER_ROW, [(_column(one.id, layout), one.label) for one in catalogue.values()])
    headers(sheet, HEADER_ROW, [(_id_column(layout), "Id")])
    sheet.row_dimensions[HEADER_ROW].height = 120
    for column in (LIVE, PUBLISHED, *flexed):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.UPRIGHT_WRAP
    _write_inputs(sheet, layout, flexed)
    _write_steps(sheet, layout, flexed)
    sheet.print_area = f"A1:{flexed[-1]}{_row(list(layout.model.steps)[-1], layout)}"


def published_total(layout: Layout) -> str:
    """Refer to the total of the published case."""
    return cell(WORKINGS, PUBLISHED, _row(TOTAL, layout))


def flexed_total(name: str, layout: Layout) -> str:
    """Refer to the total with one assumption at its live value."""
    return cell(WORKINGS, _column(name, layout), _row(TOTAL, layout))


def row_range(name: str, layout: Layout) -> str:
    """Refer to a row's cases, from the published one to the last."""
    row, last = _row(name, layout), _column(list(layout.model.assumptions)[-1], layout)
    return f"{WORKINGS}!{PUBLISHED}{row}:{last}{row}"


def _column(name: str, layout: Layout) -> str:
    return get_column_letter(FLEXED + list(layout.model.assumptions).index(name))


def _row(name: str, layout: Layout) -> int:
    return FIRST_ROW + list(layout.model.entries).index(name)


def _write_inputs(sheet: Worksheet, layout: Layout, flexed: list[str]) -> None:
    for entry in layout.model.assumptions.values():
        row = _row(entry.id, layout)
        _write_words(sheet, row, entry, layout)
        published = cell(SOURCES, sources.VALUE, layout.source_row[entry.id])
        change = f"=IF(${LABEL}{row}={{0}}${HEADER_ROW},${LIVE}{row},${PUBLISHED}{row})"
        for column, formula in (
            (LIVE, f"={layout.assumption(entry.id)}"),
            (PUBLISHED, f"={published}"),
            *((column, change.format(column)) for column in flexed),
        ):
            put(sheet, f"{column}{row}", formula, styles.SMALL, align=styles.RIGHT,
                number_format=styles.NUMBER_FORMATS[entry.unit])  # fmt: skip


def _write_steps(sheet: Worksheet, layout: Layout, flexed: list[str]) -> None:
    for step in layout.model.steps.values():
        row = _row(step.id, layout)
        _write_words(sheet, row, step, layout)
        for column in (PUBLISHED, *flexed):

            def reference(name: str, column: str = column) -> str:
                return f"{column}{_row(name, layout)}"

            font = styles.BOLD if step.id == TOTAL else styles.SMALL
            put(sheet, f"{column}{row}", f"={substitute(native(step), reference)}", font,
                align=styles.RIGHT, number_format=styles.NUMBER_FORMATS[step.unit])  # fmt: skip


def _id_column(layout: Layout) -> str:
    return get_column_letter(FLEXED + len(layout.model.assumptions))


def _write_words(sheet: Worksheet, row: int, one: Assumption | Step, layout: Layout) -> None:
    put(sheet, f"{LABEL}{row}", one.label, styles.SMALL)
    put(sheet, f"{UNIT}{row}", one.unit_label, styles.SMALL)
    put(sheet, f"{_id_column(layout)}{row}", one.id, styles.SMALL)
