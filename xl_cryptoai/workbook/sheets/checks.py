"""Checks: one row a check, each with what is found, expected and tolerated; one master flag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.derivations import DERIVATIONS
from xl_cryptoai.forecast.steps import SEGMENTS, STEPS
from xl_cryptoai.source import Publication
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    CASES,
    CHECKS,
    COVER,
    ERROR,
    FORECAST,
    HEAD_ROW,
    MASTER_NAME,
    NOT_LOADED,
    OK,
    SCENARIO_NAME,
    SEGMENTS_SHEET,
    SOURCES,
    TOLERANCE_NAME,
    Layout,
    case_range,
    cell,
)
from xl_cryptoai.workbook.sheets import sources
from xl_cryptoai.workbook.sheets.assumptions import outside
from xl_cryptoai.workbook.sheets.frame import LOADED_HINT, flag_states, heads, put, set_up

NUMBER, CHECK, GROUP, VERDICT, FOUND, EXPECTED, TOLERANCE, PLACE, CURE = "ABCDEFGHI"
WIDTHS = {
    NUMBER: 6, CHECK: 58, GROUP: 16, VERDICT: 12, FOUND: 15, EXPECTED: 15, TOLERANCE: 12,
    PLACE: 20, CURE: 70,
}  # fmt: skip
MASTER_CELL = "B4"
TOLERANCE_CELL = "G4"
FIRST = HEAD_ROW + 1
TWIN_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it says, its group, the cell it looks at and the formulas that decide."""

    text: str
    group: str
    place: str
    found: str
    cure: str
    expected: str | float = 0
    tolerance: str | float = 0
    unit: str = ""


def checks_of(catalogue: Catalogue, publication: Publication, layout: Layout) -> list[Check]:
    """List every check, in order."""
    return [
        *_twins(layout),
        *_sums(layout),
        *_rules(layout),
        *_printed(publication, layout),
        *_derived(layout),
        *_bounds(catalogue, layout),
        Check(
            "The chosen scenario is one of Bear, Base and Bull",
            "inputs",
            f"{COVER}!{layout.scenario_cell}",
            f"COUNTIF({case_range(HEAD_ROW, ASSUMPTIONS, cases=('bear', 'bull'))},{SCENARIO_NAME})",
            "Choose a scenario from the list on the Cover",
            expected=1,
        ),
    ]


def write(sheet: Worksheet, checks: list[Check]) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Checks",
        "A check is OK when what is found lies within the tolerance of what is expected.",
        WIDTHS,
        tab=styles.BAD_INK,
        freeze=f"{FOUND}{FIRST}",
    )
    heads(
        sheet,
        HEAD_ROW,
        [
            (NUMBER, "No."),
            (CHECK, "Check"),
            (GROUP, "Kind"),
            (VERDICT, "State"),
            (FOUND, "Found"),
            (EXPECTED, "Expected"),
            (TOLERANCE, "Tolerance"),
            (PLACE, "Cell"),
            (CURE, "If it fails"),
        ],
    )
    for column in (FOUND, EXPECTED, TOLERANCE):
        sheet[f"{column}{HEAD_ROW}"].alignment = styles.RIGHT
    sheet[f"{PLACE}{HEAD_ROW}"].alignment = styles.INDENT
    sheet[f"{NUMBER}{HEAD_ROW}"].alignment = styles.CENTRE
    last = FIRST + len(checks) - 1
    states = f"{VERDICT}{FIRST}:{VERDICT}{last}"
    put(sheet, "A4", "Master", styles.SMALL)
    put(sheet, MASTER_CELL, _master(states), styles.BOLD)
    flag_states(sheet, MASTER_CELL)
    put(sheet, "F4", "Twin tolerance (relative)", styles.SMALL, align=styles.RIGHT)
    put(sheet, TOLERANCE_CELL, TWIN_TOLERANCE, number_format="0E+00")
    for number, check in enumerate(checks, start=1):
        _write_row(sheet, number, check)
    flag_states(sheet, states)
    sheet.print_area = f"A1:{CURE}{last}"


def _master(states: str) -> str:
    failed = f'COUNTIF({states},"{ERROR}")'
    return (
        f'=IF({failed}>0,{failed}&" of "&ROWS({states})&" checks fail: see sheet Checks",'
        f'IF(COUNTIF({states},"{NOT_LOADED}")>0,"{LOADED_HINT}",'
        f'"All "&ROWS({states})&" checks OK"))'
    )


def _write_row(sheet: Worksheet, number: int, check: Check) -> None:
    row = FIRST + number - 1
    found, expected, tolerance = (f"{column}{row}" for column in (FOUND, EXPECTED, TOLERANCE))
    number_format = styles.NUMBER_FORMATS.get(check.unit, "General")
    put(sheet, f"{NUMBER}{row}", number, styles.SMALL, align=styles.CENTRE)
    put(sheet, f"{CHECK}{row}", check.text)
    put(sheet, f"{GROUP}{row}", check.group, styles.SMALL)
    put(
        sheet,
        f"{VERDICT}{row}",
        f'=IF(ISERROR({found}),"{ERROR}",IF(ISTEXT({found}),{found},'
        f'IF(ABS({found}-{expected})<={tolerance},"{OK}","{ERROR}")))',
        styles.BOLD,
    )
    for column, content in (
        (FOUND, f"={check.found}"),
        (EXPECTED, _formula(check.expected)),
        (TOLERANCE, _formula(check.tolerance)),
    ):
        put(sheet, f"{column}{row}", content, align=styles.RIGHT, number_format=number_format)
    put(sheet, f"{PLACE}{row}", check.place, styles.LINK)
    sheet_name, where = check.place.split("!")
    sheet[f"{PLACE}{row}"].hyperlink = f"#'{sheet_name}'!{where}"
    sheet[f"{PLACE}{row}"].font = styles.LINK
    sheet[f"{PLACE}{row}"].alignment = styles.INDENT
    put(sheet, f"{CURE}{row}", check.cure, styles.SMALL)
    for column in (NUMBER, CHECK, GROUP, VERDICT, FOUND, EXPECTED, TOLERANCE, PLACE, CURE):
        sheet[f"{column}{row}"].border = styles.THIN_BELOW


def _formula(content: str | float) -> str | float:
    return f"={content}" if isinstance(content, str) else content


def _twins(layout: Layout) -> Iterator[Check]:
    """Python against the native formula; "not loaded" where nobody answers the calls.

    Squares stand for absolute values here and below: not every engine takes ABS of a range.
    """
    for step in STEPS.values():
        if step.id not in layout.python_row:
            continue
        gaps = case_range(layout.difference_row[step.id], FORECAST)
        natives = case_range(layout.native_row[step.id], FORECAST)
        yield Check(
            f"{step.label}: cases in which Python and the native formula differ",
            "twins",
            cell(FORECAST, CASES["live"], layout.python_row[step.id]),
            f'IF(COUNTIF({gaps},"{NOT_LOADED}")>0,"{NOT_LOADED}",'
            f"IF(COUNT({gaps})<COLUMNS({gaps}),COLUMNS({gaps})-COUNT({gaps}),"
            f"SUMPRODUCT(--({gaps}*{gaps}>{TOLERANCE_NAME}*{TOLERANCE_NAME}*{natives}*{natives}))))",
            "Compare the two formulas with the neighbours in their row; one has been overwritten, "
            "or an input is refused",
        )


def _sums(layout: Layout) -> Iterator[Check]:
    parts = "+".join(case_range(layout.result_row[name], SEGMENTS_SHEET) for name in SEGMENTS)
    total = case_range(layout.result_row["total"], SEGMENTS_SHEET)
    gap = f"({parts}-{total})"
    yield Check(
        "Cases in which the four segments do not sum to the total",
        "sums",
        cell(SEGMENTS_SHEET, CASES["live"], layout.result_row["total"]),
        f"SUMPRODUCT(--({gap}*{gap}>{TOLERANCE_NAME}*{TOLERANCE_NAME}*{total}*{total}))",
        "Restore the formulas of the segments and the total",
    )
    shares = "+".join(
        case_range(layout.assumption_row[name], ASSUMPTIONS)
        for name in ("software_share", "compute_share")
    )
    other = case_range(layout.result_row["other_share"], SEGMENTS_SHEET)
    gap = f"({shares}+{other}-1)"
    yield Check(
        "Cases in which the shares of the AI value stack do not sum to 1",
        "sums",
        cell(SEGMENTS_SHEET, CASES["live"], layout.result_row["other_share"]),
        f"SUMPRODUCT(--({gap}*{gap}>{TOLERANCE_NAME}*{TOLERANCE_NAME}))",
        "Restore the formula of other_share",
    )


def _rules(layout: Layout) -> Iterator[Check]:
    def area(name: str) -> str:
        return case_range(layout.assumption_row[name], ASSUMPTIONS)

    for text, place, broken in (
        (
            "Cases in which software and compute exceed AI revenue",
            "software_share",
            f"{area('software_share')}+{area('compute_share')}>1+{TOLERANCE_NAME}",
        ),
        (
            "Cases in which the forecast year lies before the baseline year",
            "forecast_year",
            f"{area('forecast_year')}<{area('baseline_year')}",
        ),
        (
            "Cases in which compliance costs exceed bank revenue",
            "bank_compliance_cost",
            f"{area('bank_compliance_cost')}>{area('bank_revenue')}",
        ),
    ):
        yield Check(
            text,
            "inputs",
            cell(ASSUMPTIONS, CASES["live"], layout.assumption_row[place]),
            f"SUMPRODUCT(--({broken}))",
            "Change one of the two assumptions",
        )


def _printed(publication: Publication, layout: Layout) -> Iterator[Check]:
    """The Base column against the publication, to half of the last printed digit."""
    for name, figure in publication.figures.items():
        row = layout.printed_row[name]
        yield Check(
            f"{STEPS[name].label}: Base against the printed {figure.printed}",
            "reconciliation",
            cell(SEGMENTS_SHEET, CASES["base"], layout.result_row[name]),
            layout.result(name, CASES["base"]),
            "Base no longer gives the published figure: put scenarios of your own into Override",
            expected=cell(SOURCES, sources.VALUE, row),
            tolerance=cell(SOURCES, sources.HALF_DIGIT, row),
            unit=STEPS[name].unit,
        )


def _derived(layout: Layout) -> Iterator[Check]:
    for name in DERIVATIONS:
        row = layout.source_row[name]
        shown = cell(SOURCES, sources.VALUE, row)
        derived = cell(SOURCES, sources.DERIVED, row)
        same = (
            f"{shown}={derived}"
            if name == "identity_base"
            else f"ABS({derived}-{shown})<={TOLERANCE_NAME}*ABS({shown})"
        )
        yield Check(
            f"{name}: calibrated value follows from the published figures (0 = yes)",
            "derivation",
            derived,
            f"IF({same},0,1)",
            "Restore the derivation on sheet Sources",
        )


def _bounds(catalogue: Catalogue, layout: Layout) -> Iterator[Check]:
    for entry in catalogue.values():
        row = layout.assumption_row[entry.id]
        limits = "allowed values" if entry.unit == CHOICE else "bounds"
        whole = ", or not whole" if UNITS[entry.unit].whole else ""
        yield Check(
            f"{entry.label}: cases outside the {limits}{whole}",
            "bounds",
            cell(ASSUMPTIONS, CASES["live"], row),
            outside(entry, row, ASSUMPTIONS),
            "Enter a value between Lower and Upper, as a number"
            if entry.unit != CHOICE
            else f"Enter {' or '.join(entry.choices)}",
        )


NAMES = {
    MASTER_NAME: cell(CHECKS, MASTER_CELL[0], int(MASTER_CELL[1:]), fixed=True),
    TOLERANCE_NAME: cell(CHECKS, TOLERANCE_CELL[0], int(TOLERANCE_CELL[1:]), fixed=True),
}
"""Names that this sheet's cells carry."""
