"""Builds the workbooks: sheets, names, values, package."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.user_inputs import fingerprint_of
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.path import FORECAST_YEAR
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.workbook import styles, vba
from xl_cryptoai.workbook.calculate import calculate, saved, store
from xl_cryptoai.workbook.carried import add_model
from xl_cryptoai.workbook.chart_values import keep_values
from xl_cryptoai.workbook.conventions import as_excel_writes
from xl_cryptoai.workbook.dynamic import make_dynamic
from xl_cryptoai.workbook.lambdas import lambda_names
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    BY_YEAR,
    CHANGE_LOG,
    CHARTS,
    CHECKS,
    CORRELATIONS,
    COVER,
    DEVIATIONS,
    DISTRIBUTIONS,
    EVIDENCE,
    FINDINGS,
    FLAG_ROW,
    FORECAST,
    LIVE,
    OWN_SCENARIO,
    RISK,
    RISK_TABLES,
    SCENARIO_NAME,
    SEGMENTS_SHEET,
    SHEETS,
    SOURCES,
    SYSTEMS,
    WORKINGS,
    Layout,
    cell,
    lay_out,
)
from xl_cryptoai.workbook.note_boxes import place_notes
from xl_cryptoai.workbook.package import (
    describe_charts,
    describe_file,
    fix_dates,
    order_fonts,
    pack,
    parts_of,
    put_values,
)
from xl_cryptoai.workbook.paper import DEFAULT, paper_for, set_paper
from xl_cryptoai.workbook.routes import Route, route_for
from xl_cryptoai.workbook.sheets import (
    assumptions,
    by_year,
    change_log,
    charts,
    checks,
    config,
    correlations,
    cover,
    deviations,
    distributions,
    evidence,
    findings,
    forecast,
    risk,
    risk_charts,
    risk_tables,
    segments,
    sources,
    systems,
    workings,
)
from xl_cryptoai.workbook.sheets.check_list import checks_of
from xl_cryptoai.workbook.sheets.frame import compute_on_load
from xl_cryptoai.workbook.sheets.risk_layout import (
    answered_areas,
    cases_area,
    stored_shift,
    when_built,
)


def build(
    route: str | Route,
    inputs: UserInputs | None = None,
    model: Model | None = None,
    paper: str = DEFAULT,
) -> bytes:
    """Build one workbook in memory.

    Parameters
    ----------
    route : str or Route
        Which kind of workbook; see `ROUTES`.
    inputs : UserInputs, optional
        A person's scenario, values, overrides and change log for the workbook.
    model : Model, optional
        Whose workbook; the shipped model's by default.
    paper : str
        What its sheets are printed on: "a4" or "letter".

    Returns
    -------
    bytes
        The file. Every formula cell carries its computed value.

    Raises
    ------
    UnknownNameError, FileRefusedError
        For an unknown route or paper, or if xlwings is not there for a route that needs it.
    """
    route = route_for(route) if isinstance(route, str) else route
    model = shipped_by_default(model)
    book = _book(route, model, inputs or UserInputs())
    set_paper(book, paper_for(paper))
    content = saved(book)
    values = calculate(model, book, route, content)
    shift = stored_shift(model) if route.tables else 0
    store(book[RISK_TABLES], [when_built(model)], values[RISK_TABLES], 0)
    store(book[RISK_TABLES], answered_areas(model), values[RISK_TABLES], shift)
    content = saved(book)
    parts = parts_of(content)
    put_values(parts, book, values)
    if route.spills:
        prefix = route.call_prefix(model.prefix)
        make_dynamic(parts, prefix if route.dynamic else "")
    fix_dates(parts, model.publication.data_as_of.isoformat())
    order_fonts(parts)
    describe_charts(
        parts,
        (
            *cover.alt_texts(model),
            *by_year.alt_texts(model),
            *charts.alt_texts(model),
            *risk_charts.ALT_TEXTS,
        ),
    )
    keep_values(parts, book, values)
    place_notes(parts)
    if route.vba:
        vba.add_project(parts, vba.xlwings_project(model))
    parts = as_excel_writes(parts)
    add_model(parts, model)
    return pack(parts)


def _book(route: Route, model: Model, inputs: UserInputs) -> Workbook:
    catalogue = model.assumptions
    layout = lay_out(model, calls=route.calls, tables=route.tables)
    book = Workbook()
    book.remove(book.worksheets[0])
    styles.set_base_font(book)
    sheet = {name: book.create_sheet(name) for name in SHEETS}
    cover.write(sheet[COVER], layout, route, inputs, fingerprint_of(catalogue, inputs))
    assumptions.write(sheet[ASSUMPTIONS], catalogue, layout, inputs)
    distributions.write(sheet[DISTRIBUTIONS], catalogue, layout, inputs)
    correlations.write(sheet[CORRELATIONS], catalogue, inputs)
    forecast.write(sheet[FORECAST], catalogue, layout, route)
    segments.write(sheet[SEGMENTS_SHEET], layout, route, inputs)
    by_year.write(sheet[BY_YEAR], layout, route, inputs)
    marks = charts.write(sheet[CHARTS], layout)
    cover.draw(sheet[COVER], sheet[CHARTS], marks, layout)
    risk_tables.write(sheet[RISK_TABLES], catalogue, layout, route)
    risk.write(sheet[RISK], layout, route)
    risk_charts.write(sheet[RISK], sheet[RISK_TABLES], model)
    called_on = [
        cases_area(layout),
        distributions.block(catalogue),
        distributions.settings_area(catalogue),
        correlations.matrix(catalogue),
    ]
    checks.write(sheet[CHECKS], checks_of(layout), called_on, route, layout)
    deviations.write(sheet[DEVIATIONS], catalogue, layout)
    workings.write(sheet[WORKINGS], layout)
    facts = {fact.id: fact for fact in model.evidence()}
    evidence.write(sheet[EVIDENCE], facts, catalogue, layout)
    systems.write(sheet[SYSTEMS], facts, layout)
    findings.write(sheet[FINDINGS], layout)
    sources.write(sheet[SOURCES], layout)
    change_log.write(sheet[CHANGE_LOG], inputs.change_log)
    if route.vba:
        config.write(book.create_sheet(config.SHEET), model)
    if route.calls:
        for name in SHEETS:
            compute_on_load(sheet[name], f"A{FLAG_ROW}")
    _define_names(book, layout, route)
    describe_file(book, _headline(model, inputs))
    return book


def _headline(model: Model, inputs: UserInputs) -> str:
    """Say what a model forecasts, and for which year the live case does, as built."""
    if FORECAST_YEAR not in model.assumptions:
        return model.title
    catalogue = model.assumptions
    override = inputs.value(catalogue, FORECAST_YEAR, OVERRIDE)
    chosen = inputs.in_case(catalogue, FORECAST_YEAR, inputs.scenario)
    return f"{model.title} in {float(chosen if override is None else override):.0f}"


def _define_names(book: Workbook, layout: Layout, route: Route) -> None:
    """Name the live assumptions and results by their ids, and the functions if they are here."""
    model, catalogue = layout.model, layout.model.assumptions
    names = {
        **{name: (ASSUMPTIONS, layout.assumption_row[name]) for name in catalogue},
        **{name: (SEGMENTS_SHEET, layout.result_row[name]) for name in model.steps},
    }
    targets = {name: cell(place, LIVE, row, fixed=True) for name, (place, row) in names.items()}
    column, row = layout.scenario_cell[0], int(layout.scenario_cell[1:])
    targets[SCENARIO_NAME] = cell(COVER, column, row, fixed=True)
    targets[OWN_SCENARIO] = layout.own_name
    targets.update(checks.names(route))
    targets.update(sources.NAMES)
    targets.update(distributions.names(catalogue))
    targets.update(correlations.names(catalogue))
    comments = {name: entry.meaning for name, entry in model.entries.items()}
    if route.lambdas:
        for name, (formula, comment) in lambda_names(model).items():
            targets[name], comments[name] = formula, comment
    for name in sorted(targets):
        book.defined_names[name] = DefinedName(
            name, attr_text=targets[name], comment=comments.get(name, "")[:255] or None
        )
