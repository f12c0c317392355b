"""Findings: what to know about the source, with the other reading's effect computed live."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.forecast.claims import REVENUE
from xl_cryptoai.forecast.findings import (
    INFLATION,
    MIDPOINT_BASELINE,
    MIDPOINT_YEARS,
    Finding,
)
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.formulas import LONGEST, NATIVE_READINGS, reading, substitute
from xl_cryptoai.workbook.layout import (
    FIRST_ROW,
    HEADER_ROW,
    SOURCES,
    TOLERANCE_NAME,
    Layout,
    cell,
)
from xl_cryptoai.workbook.sheets import sources
from xl_cryptoai.workbook.sheets.evidence import fact_reference
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    fit_height,
    headers,
    look_if,
    put,
    set_up,
)

NUMBER, TITLE, TEXT, TOTAL, OTHER, EFFECT, PLACE, ABOUT = "ABCDEFGH"
WIDTHS = {
    NUMBER: 5, TITLE: 26, TEXT: 52, TOTAL: 10, OTHER: 10, EFFECT: 8.5, PLACE: 20, ABOUT: 17.5,
}  # fmt: skip
CONSTANTS: dict[str, tuple[str, str, Value, str]] = {
    "midpoint_baseline": (
        "McKinsey's midpoint (June 2023; not in the source)",
        "USD/year",
        MIDPOINT_BASELINE,
        "usd_per_year",
    ),
    "midpoint_years": ("Years of compounding to fit", "years", MIDPOINT_YEARS, "count"),
    "inflation": ("Inflation, if growth is real", "per year", INFLATION, "share_per_year"),
}
"""Inputs of the other readings: label, unit, value, number format."""
EFFECT_FORMAT = "[>=0.0005]+0.0%;[<=-0.0005]-0.0%;0.0%"
"""What is nothing but rounding has no sign."""
WITHIN = "Within AI revenue: the markets need not overlap."
TOO_MUCH = (
    "WARNING: more than AI revenue, so some of it is counted twice. Lower a share, or treat one "
    "market as part of another."
)


def write(sheet: Worksheet, layout: Layout) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Findings",
        "What to know about the source. Where the text allows another reading, its effect on the "
        "live total is computed here; the forecast itself does not change.",
        WIDTHS,
        tab=styles.TAB_TEXT,
        freeze=f"A{HEADER_ROW + 1}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (NUMBER, "No."),
            (TITLE, "Finding"),
            (TEXT, "Explanation"),
            (TOTAL, "Live total"),
            (OTHER, "Other reading"),
            (EFFECT, "Effect"),
            (PLACE, "Where"),
            (ABOUT, "Concerns"),
        ],
    )
    for column in (TOTAL, OTHER, EFFECT):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.RIGHT_WRAP
    sheet.row_dimensions[HEADER_ROW].height = 28
    sheet[f"{PLACE}{HEADER_ROW}"].alignment = styles.INDENT
    findings = layout.model.findings(layout.model)
    first_constant = FIRST_ROW + len(findings) + 2
    needed = _constants(layout.model)
    constants = {name: f"{TOTAL}{first_constant + i}" for i, name in enumerate(needed)}
    for number, finding in enumerate(findings, start=1):
        _write_finding(sheet, number, finding, layout, constants)
    if constants:
        title = "Inputs of the other readings"
        block_header(sheet, first_constant - 1, title, ABOUT)
    for name, where in constants.items():
        label, unit, value, number_format = needed[name]
        row = where.removeprefix(TOTAL)
        put(sheet, f"{TITLE}{row}", label, align=styles.WRAP)
        fit_height(sheet, int(row), [(f"{label}  ", 0.85 * WIDTHS[TITLE])])
        put(sheet, f"{TEXT}{row}", unit, styles.SMALL)
        put(sheet, where, value, align=styles.RIGHT,
            number_format=styles.NUMBER_FORMATS[number_format])  # fmt: skip
    below = _write_claims(sheet, first_constant + len(constants) + 1, layout)
    below = _write_gaps(sheet, below, layout)
    sheet.print_area = f"A1:{ABOUT}{below - 1}"


def _write_claims(sheet: Worksheet, row: int, layout: Layout) -> int:
    """Write what the markets claim of AI revenue, and warn if it is more than all of it."""
    model = layout.model
    if REVENUE not in model.steps or not model.markets:
        return row
    block_header(sheet, row, "How much of AI revenue the live forecast claims", ABOUT)
    row += 1
    labels = [model.steps[name].label for name in model.markets]
    put(sheet, f"{TITLE}{row}", ", ".join(labels), align=styles.WRAP)
    parts = "+".join(layout.result(name) for name in model.markets)
    put(sheet, f"{TOTAL}{row}", f"=({parts})/{layout.result(REVENUE)}", align=styles.TOP_RIGHT,
        number_format="0.0%")  # fmt: skip
    state = f'=IF({TOTAL}{row}>1+{TOLERANCE_NAME},"{TOO_MUCH}","{WITHIN}")'
    put(sheet, f"{TEXT}{row}", state, align=styles.WRAP)
    warn = look_if(f"${TOTAL}${row}>1+{TOLERANCE_NAME}", styles.WAIT_INK, styles.WAIT_FILL)
    sheet.conditional_formatting.add(f"{TITLE}{row}:{TOTAL}{row}", warn)
    sheet.row_dimensions[row].height = 31
    return row + 2


def _write_gaps(sheet: Worksheet, row: int, layout: Layout) -> int:
    """Write what the available text lacks, and whose it is."""
    gaps = layout.model.gaps()
    if not gaps:
        return row
    block_header(sheet, row, "What the available text lacks, and who is behind it", ABOUT)
    for gap in gaps:
        row += 1
        dated = f"{gap.text} As of {gap.as_of:%d %B %Y}." if gap.as_of else gap.text
        put(sheet, f"{TITLE}{row}", gap.title, align=styles.WRAP)
        put(sheet, f"{TEXT}{row}", dated, styles.SMALL, align=styles.WRAP)
        put(sheet, f"{PLACE}{row}", gap.locator, styles.SMALL, align=styles.INDENT_TOP)
        put(sheet, f"{ABOUT}{row}", gap.kind, styles.SMALL, align=styles.WRAP)
        for column in WIDTHS:
            sheet[f"{column}{row}"].border = styles.THIN_BELOW
        texts = ((TITLE, gap.title), (TEXT, dated), (PLACE, gap.locator), (ABOUT, gap.kind))
        fit_height(sheet, row, [(text, WIDTHS[column]) for column, text in texts])
    return row + 1


def _constants(model: Model) -> dict[str, tuple[str, str, Value, str]]:
    """Return the figures that the readings need: of an own model all that they put in place."""
    if not model.text:
        return CONSTANTS
    return {
        _constant(finding, name): (
            f"{model.assumptions[name].label}: other reading",
            model.assumptions[name].unit_label,
            value,
            model.assumptions[name].unit,
        )
        for finding in model.findings(model)
        for name, value in finding.inputs(model).items()
    }


def _constant(finding: Finding, name: str) -> str:
    return f"{finding.id}_{name}"


def _reading(finding: Finding, model: Model) -> str:
    """Return the total under a finding's other reading, over ids."""
    if not model.text:
        return NATIVE_READINGS[finding.id]
    return reading(model, {name: _constant(finding, name) for name in finding.inputs(model)})


def _write_finding(
    sheet: Worksheet,
    number: int,
    finding: Finding,
    layout: Layout,
    constants: dict[str, str],
) -> None:
    def reference(name: str) -> str:
        if name in constants:
            return constants[name]
        if name.startswith("printed_"):
            return cell(SOURCES, sources.VALUE, layout.printed_row[name.removeprefix("printed_")])
        if name.startswith("published_"):
            return cell(SOURCES, sources.VALUE, layout.source_row[name.removeprefix("published_")])
        if name.startswith("fact_"):
            return fact_reference(name, layout)
        return layout.assumption(name) if name in layout.model.assumptions else layout.result(name)

    row = FIRST_ROW + number - 1
    put(sheet, f"{NUMBER}{row}", number, styles.SMALL, align=styles.TOP_CENTRE)
    put(sheet, f"{TITLE}{row}", finding.title, styles.BOLD, align=styles.WRAP)
    put(sheet, f"{TEXT}{row}", finding.text, styles.SMALL, align=styles.WRAP)
    put(sheet, f"{PLACE}{row}", finding.locator, styles.SMALL, align=styles.INDENT_TOP)
    known = layout.model.entries
    about = ", ".join(known[name].label if name in known else name for name in finding.about)
    put(sheet, f"{ABOUT}{row}", about, styles.SMALL, align=styles.WRAP)
    other = (
        substitute(_reading(finding, layout.model), reference) if finding.has_other_reading else ""
    )
    if 0 < len(other) < LONGEST:
        for column, formula in (
            (TOTAL, f"={layout.result('total')}"),
            (OTHER, f"={other}"),
            (EFFECT, f"=IF({TOTAL}{row}=0,0,{OTHER}{row}/{TOTAL}{row}-1)"),
        ):
            number_format = EFFECT_FORMAT if column == EFFECT else styles.MONEY
            put(sheet, f"{column}{row}", formula, align=styles.TOP_RIGHT,
                number_format=number_format)  # fmt: skip
    for column in WIDTHS:
        sheet[f"{column}{row}"].border = styles.THIN_BELOW
    texts = ((TITLE, finding.title), (TEXT, finding.text), (PLACE, finding.locator), (ABOUT, about))
    fit_height(sheet, row, [(text, WIDTHS[column]) for column, text in texts])
