"""Cover: what this is, the scenario choice, the headline and how to read the rest."""

from __future__ import annotations

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai import __version__
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.path import FORECAST_YEAR
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    BY_YEAR,
    CHANGE_LOG,
    CHARTS,
    CHECKS,
    CORRELATIONS,
    DEVIATIONS,
    DISTRIBUTIONS,
    EVIDENCE,
    FINDINGS,
    FORECAST,
    RISK,
    SEGMENTS_SHEET,
    SOURCES,
    SYSTEMS,
    Layout,
    case_labels,
    columns_from,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets.frame import (
    case_kind,
    headers,
    house_labels,
    house_view,
    joined,
    link,
    put,
    set_up,
)

TABLE_ROW = 9
LEGEND = (
    ("0.33", styles.INPUT, styles.INPUT_BACK, "Input: blue, unlocked. Change it."),
    ("0.20", styles.INPUT, styles.HOUSE_BACK, "Input that is a house view, not the source's."),
    ("0.33", styles.BODY, None, "Formula: black, locked. Leave it; the checks watch it."),
)

GREY = (
    "0.33",
    Font(name=styles.FONT_NAME, size=10, color=styles.GREY_INK),
    None,
    "Grey: stands in for a function that is not available.",
)


def write(
    sheet: Worksheet,
    layout: Layout,
    route: Route,
    inputs: UserInputs,
    fingerprint: str,
) -> None:
    """Write the sheet."""
    model, columns = layout.model, columns_from(2, layout.model)
    right = columns_from(3, model)[[*columns][-1]]  # an empty column beside the last case
    set_up(
        sheet,
        _title(layout),
        _about(model),
        {"A": 34, **dict.fromkeys(columns.values(), 16), right: 4},
        tab=styles.TAB_TEXT,
        landscape=False,
    )
    _write_choice(sheet, layout, inputs.scenario)
    last = _write_headline(sheet, layout, columns)
    made_of = f"{fingerprint}, model {model.name}" if model.text else fingerprint
    row = _write_texts(sheet, last + 2, model, route, made_of)
    sheet.print_area = f"A1:{right}{row}"


def _title(layout: Layout) -> str:
    """Say what the model forecasts, and for which year the live case does."""
    title = layout.model.title
    if FORECAST_YEAR not in layout.assumption_row:
        return title
    doubled = title.replace('"', '""')
    return f'="{doubled} in "&{layout.assumption(FORECAST_YEAR)}'


def _about(model: Model) -> str:
    publication = model.publication
    source = f"{publication.publisher}, data as of {publication.data_as_of:%d %B %Y}"
    if model.text:
        return f"A model of our own, over a published forecast ({source}), audited cell by cell."
    return f"A published forecast ({source}) that can be worked with and audited cell by cell."


def _write_choice(sheet: Worksheet, layout: Layout, chosen: str) -> None:
    where, catalogue = layout.scenario_cell, layout.model.assumptions
    row = where[1:]
    put(sheet, f"A{row}", "Scenario (choose)", styles.BOLD, align=Alignment(vertical="center"))
    put(sheet, where, catalogue.scenarios[chosen].label, styles.INPUT, align=styles.CENTRE)
    sheet[where].fill = styles.INPUT_BACK
    sheet[where].border = styles.BOX
    sheet[where].protection = styles.UNLOCKED
    put(sheet, f"C{row}", house_view(layout.model) or None, styles.SMALL, align=styles.INDENT)
    sheet.row_dimensions[int(row)].height = 20
    sheet[where].alignment = Alignment(horizontal="center", vertical="center")
    names = ",".join(scenario.label for scenario in catalogue.scenarios.values())
    rule = DataValidation(type="list", formula1=f'"{names}"', allow_blank=False)
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "Not a scenario", f"Choose one of {names}."
    rule.promptTitle, rule.prompt = "Scenario", "Fills column Live wherever nothing is overridden."
    rule.add(where)
    sheet.add_data_validation(rule)


def _write_headline(sheet: Worksheet, layout: Layout, columns: dict[str, str]) -> int:
    """Write the results; return the last row."""
    model, labels = layout.model, case_labels(layout.model)
    headers(sheet, TABLE_ROW - 1, [("A", "Revenue, USD a year")])
    for case, column in columns.items():
        headers(sheet, TABLE_ROW - 1, [(column, labels[case])])
        sheet[f"{column}{TABLE_ROW - 1}"].alignment = styles.RIGHT
        case_kind(sheet, f"{column}{TABLE_ROW}", case, layout)
    markets = (name for name in ("ai_revenue", "tam") if name in model.steps)
    row = TABLE_ROW
    for number, name in enumerate((TOTAL, *model.segments, *markets)):
        row = TABLE_ROW + 1 + number
        font = styles.HEADLINE if name == TOTAL else styles.BODY
        put(sheet, f"A{row}", model.steps[name].label, font)
        if name == TOTAL:
            sheet.row_dimensions[row].height = 26
        for case, column in columns.items():
            put(
                sheet,
                f"{column}{row}",
                f"={layout.result(name, layout.cases[case])}",
                font,
                align=styles.RIGHT,
                number_format=styles.MONEY,
            )
        for column in ("A", *columns.values()):
            sheet[f"{column}{row}"].border = styles.THIN_BELOW
    return row


def _write_texts(sheet: Worksheet, row: int, model: Model, route: Route, fingerprint: str) -> int:
    scenarios = ", ".join(one.label for one in model.assumptions.scenarios.values())
    put(sheet, f"A{row}", "Colours", styles.BOLD)
    for sample, font, back, words in (*LEGEND, *([GREY] if route.calls else [])):
        row += 1
        put(sheet, f"A{row}", sample, font, align=styles.CENTRE)
        if back is not None:
            sheet[f"A{row}"].fill = back
        sheet[f"A{row}"].border = styles.BOX
        put(sheet, f"B{row}", words, align=styles.INDENT)
    row += 2
    put(sheet, f"A{row}", "How to read it", styles.BOLD)
    for target, words in (
        (ASSUMPTIONS, f"every input with unit, bounds, source; Live beside {scenarios}"),
        (DISTRIBUTIONS, "how uncertain each assumption is, and the settings of the simulation"),
        (CORRELATIONS, "which of them move together"),
        (
            FORECAST,
            f"every step: {route.computed_by}'s value, its native formula, the difference"
            if route.calls
            else "every step as a native formula",
        ),
        (SEGMENTS_SHEET, "results by segment and along the chain, the market by year"),
        (BY_YEAR, "revenue by segment for every year up to the forecast year"),
        (CHARTS, "the way to the total, segments, the market, compute"),
        (RISK, "how sure the total is, what moves it, what would have to be true"),
        (CHECKS, "every check with its tolerance, state and cell"),
        (DEVIATIONS, "what differs from the published case, and what each change alone does"),
        (EVIDENCE, "the publication's other figures, and what they let one ask"),
        (SYSTEMS, "every project, company and benchmark that the publication names"),
        (FINDINGS, "what is odd about the source, its effect on the total, what the text lacks"),
        (SOURCES, "where each figure is from, and why"),
        (CHANGE_LOG, "who changed what, when and why: yours to write"),
    ):
        row += 1
        put(sheet, f"A{row}", target)
        link(sheet, f"A{row}", target, "A1")
        put(sheet, f"B{row}", words, align=styles.INDENT)
    row += 2
    for label, words in (
        ("What is published", _what_is_published(model)),
        ("What is a house view", _what_is_house(model)),
        ("Functions provided by", route.answers[0].upper() + route.answers[1:]),
        (
            "Without the functions",
            "Native values and stored tables stand in for them, in grey; the flag above says so"
            if route.calls
            else "Nothing is missing: the native formulas are the model",
        ),
        ("No advice", "A model of a published scenario, not a forecast of ours, no recommendation"),
        ("Version", f"xl-cryptoai {__version__}, assumptions {fingerprint}"),
    ):
        put(sheet, f"A{row}", label, styles.SMALL)
        put(sheet, f"B{row}", words, styles.SMALL, align=styles.INDENT)
        row += 1
    return row - 1


def _what_is_published(model: Model) -> str:
    if model.text:
        return "What sheet Sources says so of; the other figures are our own"
    return "The base case: its assumptions and results, reconciled line by line"


def _what_is_house(model: Model) -> str:
    house = joined(house_labels(model)).capitalize()
    if model.text:
        return f"{house}, and every assumption whose kind is house" if house else (
            "Every assumption whose kind is house")  # fmt: skip
    return f"{house}: the publication's own are not known"
