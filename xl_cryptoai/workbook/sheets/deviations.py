"""Deviations: every assumption whose live value differs from the published one, with its effect.

The effect is that of the one change alone, over the published case; sheet Workings computes it.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Assumption, Catalogue
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    FIRST_ROW,
    HEADER_ROW,
    SOURCES,
    Layout,
    base_words,
    cell,
)
from xl_cryptoai.workbook.sheets import sources, workings
from xl_cryptoai.workbook.sheets.frame import block_header, headers, link, look_if, put, set_up

LABEL, UNIT, LIVE, PUBLISHED, STATE, EFFECT, PART, ID = "ABCDEFGH"
WIDTHS = {
    LABEL: 36, UNIT: 30, LIVE: 14, PUBLISHED: 14, STATE: 16, EFFECT: 15, PART: 14, ID: 24,
}  # fmt: skip
DIFFERS = "differs"
PERCENT_CHANGE = "+0.0%;-0.0%;0.0%"


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout) -> None:
    """Write the sheet."""
    words = base_words(layout.model)
    set_up(
        sheet,
        "Deviations",
        f"Live against the {words.case} base case: what differs, and the effect of each change "
        "alone on the total (sheet Workings).",
        WIDTHS,
        tab=styles.TAB_OUTPUT,
        freeze=f"{LIVE}{FIRST_ROW}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (LABEL, "Assumption"),
            (UNIT, "Unit"),
            (LIVE, "Live"),
            (PUBLISHED, words.head),
            (STATE, "State"),
            (EFFECT, "Effect alone"),
            (PART, "Of the total"),
            (ID, "Id"),
        ],
    )
    for column in (LIVE, PUBLISHED, EFFECT, PART):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.RIGHT
    sheet[f"{STATE}{HEADER_ROW}"].alignment = styles.INDENT
    block_header(sheet, HEADER_ROW + 1, "Every assumption", ID)
    for row, entry in enumerate(catalogue.values(), start=FIRST_ROW):
        _write_row(sheet, row, entry, layout)
    last = FIRST_ROW + len(catalogue) - 1
    _write_sums(sheet, last, layout)
    rule = look_if(f'${STATE}{FIRST_ROW}="{DIFFERS}"', styles.DIFFERS_INK, styles.HOUSE_FILL)
    sheet.conditional_formatting.add(f"{LABEL}{FIRST_ROW}:{PART}{last}", rule)
    sheet.print_area = f"A1:{PART}{last + 2}"


def _write_row(sheet: Worksheet, row: int, entry: Assumption, layout: Layout) -> None:
    number_format = styles.NUMBER_FORMATS[entry.unit]
    published_total = workings.published_total(layout)
    put(sheet, f"{LABEL}{row}", entry.label)
    put(sheet, f"{ID}{row}", entry.id, styles.SMALL)
    link(sheet, f"{ID}{row}", ASSUMPTIONS, f"A{layout.assumption_row[entry.id]}")
    put(sheet, f"{UNIT}{row}", entry.unit_label, styles.SMALL)
    same = base_words(layout.model).same
    state = f'=IF({LIVE}{row}={PUBLISHED}{row},"{same}","{DIFFERS}")'
    effect = f"={workings.flexed_total(entry.id, layout)}-{published_total}"
    published = cell(SOURCES, sources.VALUE, layout.source_row[entry.id])
    for column, formula, shown in (
        (LIVE, f"={layout.assumption(entry.id)}", number_format),
        (PUBLISHED, f"={published}", number_format),
        (EFFECT, effect, styles.CHANGE),
        (PART, f"={EFFECT}{row}/{published_total}", PERCENT_CHANGE),
    ):
        put(sheet, f"{column}{row}", formula, align=styles.RIGHT, number_format=shown)
    put(sheet, f"{STATE}{row}", state, align=styles.INDENT)
    for column in WIDTHS:
        sheet[f"{column}{row}"].border = styles.THIN_BELOW


def _write_sums(sheet: Worksheet, last: int, layout: Layout) -> None:
    published_total = workings.published_total(layout)
    together = f"={layout.result('total')}-{published_total}"
    rest = f"={EFFECT}{last + 1}-SUM({EFFECT}{FIRST_ROW}:{EFFECT}{last})"
    for row, label, formula in (
        (last + 1, "All changes together", together),
        (last + 2, "of which interaction of the changes", rest),
    ):
        put(sheet, f"{LABEL}{row}", label, styles.BOLD)
        put(sheet, f"{UNIT}{row}", "USD/year", styles.SMALL)
        for column, content, shown in (
            (EFFECT, formula, styles.CHANGE),
            (PART, f"={EFFECT}{row}/{published_total}", PERCENT_CHANGE),
        ):
            put(sheet, f"{column}{row}", content, styles.BOLD, align=styles.RIGHT,
                number_format=shown)  # fmt: skip
