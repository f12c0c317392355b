"""Sources: where each figure is from, the printed results and the derivations."""

from __future__ import annotations

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.forecast.reconcile import calibrated
from xl_cryptoai.source import PrintedFigure
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.formulas import NATIVE_DERIVATIONS, substitute
from xl_cryptoai.workbook.layout import (
    BASE_NAME,
    FIRST_ROW,
    HEADER_ROW,
    SOURCES,
    Layout,
    base_words,
    cell,
)
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    fit_height,
    headers,
    house_labels,
    joined,
    put,
    set_up,
)

LABEL, UNIT, KIND, VALUE, DERIVED, NOW, PLACE, WHY, SCENARIO_WHY, ID = "ABCDEFGHIJ"
BASE_CELL = f"{DERIVED}4"
CHANGED = "changed"
INDEPENDENT, CALIBRATED = "independent", "calibrated"
"""Whether a printed figure tests the model, or an input was solved from it."""
NAMES = {BASE_NAME: cell(SOURCES, DERIVED, 4, fixed=True)}
HALF_DIGIT = DERIVED  # the printed figures' table uses the column for its tolerance
WIDTHS = {
    LABEL: 26, UNIT: 14, KIND: 9.5, VALUE: 10.5, DERIVED: 11, NOW: 10, PLACE: 18, WHY: 30,
    SCENARIO_WHY: 20, ID: 25,
}  # fmt: skip


def write(sheet: Worksheet, layout: Layout) -> None:
    """Write the sheet."""
    catalogue, publication = layout.model.assumptions, layout.model.publication
    others = joined(house_labels(layout.model)).capitalize()
    set_up(
        sheet,
        "Sources",
        f"{publication.publisher} ({publication.authors}), data as of "
        f"{publication.data_as_of:%d %B %Y}. {publication.edition}.",
        WIDTHS,
        tab=styles.TAB_TEXT,
        freeze=f"B{FIRST_ROW - 1}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (LABEL, "Assumption (base case)"),
            (UNIT, "Unit"),
            (KIND, "Kind"),
            (VALUE, base_words(layout.model).constant),
            (DERIVED, "Derivation"),
            (NOW, "Base now"),
            (PLACE, "Where"),
            (WHY, "Rationale"),
            (SCENARIO_WHY, f"{others} (house)" if others else "Scenarios"),
            (ID, "Id"),
        ],
    )
    _align_heads(sheet, HEADER_ROW)
    _say_what_base_is(sheet, layout)
    for entry in catalogue.values():
        _write_assumption(sheet, entry, layout)
    sheet.print_area = f"A1:{SCENARIO_WHY}{sheet.max_row}"
    if not layout.printed_row:
        return
    first = min(layout.printed_row.values())
    sheet.row_breaks.append(Break(id=first - 3))
    block_header(sheet, first - 2, _printed_words(layout), ID)
    headers(
        sheet,
        first - 1,
        [
            (LABEL, "Step"),
            (UNIT, "Unit"),
            (KIND, "Printed"),
            (VALUE, "As a number"),
            (DERIVED, "Half last digit"),
            (NOW, "Test"),
            (PLACE, "Where"),
            (WHY, "Note"),
            (SCENARIO_WHY, ""),
            (ID, "Id"),
        ],
    )
    _align_heads(sheet, first - 1)
    for figure in publication.figures.values():
        _write_printed(sheet, figure, layout)
    sheet.print_area = f"A1:{SCENARIO_WHY}{max(layout.printed_row.values())}"


def _printed_words(layout: Layout) -> str:
    count = len(layout.printed_row)
    independent = count - len(calibrated(layout.model) & {*layout.printed_row})
    return (
        f"Printed results: the base case must reconcile with each; {independent} of {count} test "
        "the model; the others were used to solve for an input"
    )


def _say_what_base_is(sheet: Worksheet, layout: Layout) -> None:
    """Write whether column Base is still the published case; every sheet shows it as a sub-head."""
    rows = layout.source_row.values()
    states = f"{NOW}{min(rows)}:{NOW}{max(rows)}"
    put(sheet, f"{VALUE}4", "Column Base is", styles.SMALL, align=styles.RIGHT)
    kind = base_words(layout.model).kind
    put(sheet, BASE_CELL, f'=IF(COUNTIF({states},"{CHANGED}")=0,"{kind}","{CHANGED}")',
        align=styles.RIGHT)  # fmt: skip


def _align_heads(sheet: Worksheet, row: int) -> None:
    sheet[f"{PLACE}{row}"].alignment = styles.INDENT
    sheet[f"{NOW}{row}"].alignment = styles.CENTRE
    for column in (VALUE, DERIVED):
        sheet[f"{column}{row}"].alignment = styles.RIGHT_WRAP
    sheet.row_dimensions[row].height = 28


def _write_assumption(sheet: Worksheet, entry: Assumption, layout: Layout) -> None:
    row = layout.source_row[entry.id]
    number_format = styles.NUMBER_FORMATS[entry.unit]
    put(sheet, f"{ID}{row}", entry.id, styles.SMALL, align=styles.TOP)
    put(sheet, f"{LABEL}{row}", entry.label, align=styles.WRAP)
    put(sheet, f"{UNIT}{row}", entry.unit_label, styles.SMALL, align=styles.WRAP)
    put(sheet, f"{KIND}{row}", entry.kind, align=styles.TOP)
    put(sheet, f"{VALUE}{row}", entry.base, align=styles.TOP_RIGHT, number_format=number_format)
    if entry.id in layout.model.derivations:
        formula = substitute(NATIVE_DERIVATIONS[entry.id], lambda name: _constant(name, layout))
        put(sheet, f"{DERIVED}{row}", f"={formula}", align=styles.TOP_RIGHT,
            number_format=number_format)  # fmt: skip
    base = layout.assumption(entry.id, layout.cases["base"])
    same = base_words(layout.model).same
    now = f'=IF({base}={VALUE}{row},"{same}","{CHANGED}")'
    put(sheet, f"{NOW}{row}", now, styles.SMALL, align=styles.TOP_CENTRE_WRAP)
    put(sheet, f"{PLACE}{row}", entry.locator, styles.SMALL, align=styles.INDENT_TOP)
    why = entry.rationale
    if entry.id in layout.model.derivations:
        why += f". Derivation: {NATIVE_DERIVATIONS[entry.id]}"
    put(sheet, f"{WHY}{row}", why, styles.SMALL, align=styles.WRAP)
    put(sheet, f"{SCENARIO_WHY}{row}", entry.scenario_rationale, styles.SMALL, align=styles.WRAP)
    texts = ((PLACE, entry.locator), (WHY, why), (SCENARIO_WHY, entry.scenario_rationale),
             (UNIT, entry.unit_label), (NOW, same), (LABEL, f"{entry.label}  "))  # fmt: skip
    fit_height(sheet, row, [(text, WIDTHS[column]) for column, text in texts])
    _underline(sheet, row)


def _constant(name: str, layout: Layout) -> str:
    """Refer to a published constant on this sheet, never to an editable cell."""
    if name.startswith("printed_"):
        return f"{VALUE}{layout.printed_row[name.removeprefix('printed_')]}"
    return f"{VALUE}{layout.source_row[name]}"


def _write_printed(sheet: Worksheet, figure: PrintedFigure, layout: Layout) -> None:
    row, step = layout.printed_row[figure.id], layout.model.steps[figure.id]
    number_format = styles.NUMBER_FORMATS[step.unit]
    put(sheet, f"{ID}{row}", figure.id, styles.SMALL)
    put(sheet, f"{LABEL}{row}", step.label, align=styles.WRAP)
    put(sheet, f"{UNIT}{row}", step.unit_label, styles.SMALL, align=styles.WRAP)
    put(sheet, f"{KIND}{row}", figure.printed)
    put(sheet, f"{VALUE}{row}", figure.value, number_format=number_format)
    put(sheet, f"{HALF_DIGIT}{row}", figure.half_digit, number_format=number_format)
    test = CALIBRATED if figure.id in calibrated(layout.model) else INDEPENDENT
    put(sheet, f"{NOW}{row}", test, styles.SMALL, align=styles.TOP_CENTRE)
    put(sheet, f"{PLACE}{row}", figure.locator, styles.SMALL, align=styles.INDENT_TOP)
    put(sheet, f"{WHY}{row}", figure.note, styles.SMALL, align=styles.WRAP)
    texts = ((PLACE, figure.locator), (WHY, figure.note), (NOW, test), (LABEL, f"{step.label}  "))
    fit_height(sheet, row, [(text, WIDTHS[column]) for column, text in texts])
    _underline(sheet, row)


def _underline(sheet: Worksheet, row: int) -> None:
    for column in WIDTHS:
        sheet[f"{column}{row}"].border = styles.THIN_BELOW
