"""The checks: what each looks at, what it must find, and what to do if it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.scenarios import allowed
from xl_cryptoai.forecast.model import TOTAL
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    AVAILABLE,
    COVER,
    FORECAST,
    HEADER_ROW,
    LIVE,
    NOT_AVAILABLE,
    OK,
    OWN_CHOSEN,
    SCENARIO_NAME,
    SEGMENTS_SHEET,
    SOURCES,
    TOLERANCE_NAME,
    Layout,
    cell,
    has_market_path,
    has_years,
)
from xl_cryptoai.workbook.sheets import by_year, distributions, sources, workings
from xl_cryptoai.workbook.sheets.assumptions import outside, own_value
from xl_cryptoai.workbook.sheets.frame import in_words, joined
from xl_cryptoai.workbook.sheets.risk_layout import simulated_mean


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it says, its group, the cell it looks at and the formulas that decide."""

    text: str
    group: str
    place: str
    found: str
    fix: str
    expected: str | float = 0
    tolerance: str | float = 0
    unit: str = ""


def checks_of(layout: Layout) -> list[Check]:
    """List every check, in order."""
    scenarios = layout.scenario_range(HEADER_ROW, ASSUMPTIONS)
    known = joined(one.label for one in layout.model.assumptions.scenarios.values())
    return [
        *_native(layout),
        *_sums(layout),
        *_rules(layout),
        *_followers(layout),
        *_printed(layout),
        *_derived(layout),
        *_bounds(layout),
        *_risk(layout),
        Check(
            f"The chosen scenario is one of {known}, or your own",
            "inputs",
            f"{COVER}!{layout.scenario_cell}",
            f'COUNTIF({scenarios},{SCENARIO_NAME})+AND({SCENARIO_NAME}<>"",{OWN_CHOSEN})',
            "Choose a scenario from the list on the Cover, and give your own a name of its own",
            expected=1,
        ),
    ]


def _native(layout: Layout) -> Iterator[Check]:
    """Python against the native formula; "not available" where the functions are not.

    Squares stand for absolute values here and below: not every engine takes ABS of a range.
    """
    for step in layout.model.steps.values():
        if step.id not in layout.python_row:
            continue
        gaps = layout.case_range(layout.difference_row[step.id], FORECAST)
        natives = layout.case_range(layout.native_row[step.id], FORECAST)
        yield Check(
            f"{step.label}: cases in which Python and the native formula differ",
            "native",
            cell(FORECAST, LIVE, layout.python_row[step.id]),
            f'IF(COUNTIF({gaps},"{NOT_AVAILABLE}")>0,"{NOT_AVAILABLE}",'
            f"IF(COUNT({gaps})<COLUMNS({gaps}),COLUMNS({gaps})-COUNT({gaps}),"
            f"SUMPRODUCT(--({gaps}*{gaps}>{TOLERANCE_NAME}*{TOLERANCE_NAME}*{natives}*{natives}))))",
            "Compare the two formulas with the neighbours in their row; one has been overwritten, "
            "or an input is invalid",
        )


def _sums(layout: Layout) -> Iterator[Check]:
    rows = (layout.result_row[name] for name in layout.model.segments)
    parts = "+".join(layout.case_range(row, SEGMENTS_SHEET) for row in rows)
    total = layout.case_range(layout.result_row[TOTAL], SEGMENTS_SHEET)
    gap = f"({parts}-{total})"
    yield Check(
        f"Cases in which the {_segments(layout)} not sum to the total",
        "sums",
        cell(SEGMENTS_SHEET, LIVE, layout.result_row[TOTAL]),
        f"SUMPRODUCT(--({gap}*{gap}>{TOLERANCE_NAME}*{TOLERANCE_NAME}*{total}*{total}))",
        "Restore the formulas of the segments and the total",
    )
    if not layout.model.is_published_step("other_share"):
        return
    shares = "+".join(
        layout.case_range(layout.assumption_row[name], ASSUMPTIONS)
        for name in ("software_share", "compute_share")
    )
    other = layout.case_range(layout.result_row["other_share"], SEGMENTS_SHEET)
    gap = f"({shares}+{other}-1)"
    yield Check(
        "Cases in which the shares of the AI value stack do not sum to 1",
        "sums",
        cell(SEGMENTS_SHEET, LIVE, layout.result_row["other_share"]),
        f"SUMPRODUCT(--({gap}*{gap}>{TOLERANCE_NAME}*{TOLERANCE_NAME}))",
        "Restore the formula of other_share",
    )


def _segments(layout: Layout) -> str:
    count = len(layout.model.segments)
    return f"{in_words(count)} segments do" if count > 1 else "segment does"


def _rules(layout: Layout) -> Iterator[Check]:
    def area(name: str) -> str:
        return layout.case_range(layout.assumption_row[name], ASSUMPTIONS)

    def own(name: str) -> str:
        return own_value(layout.assumption_row[name], layout, ASSUMPTIONS)

    for rule in layout.model.constraints:
        typed = [cell(ASSUMPTIONS, layout.own, layout.assumption_row[one]) for one in rule.inputs]
        blank = ",".join(f'{one}=""' for one in typed)
        yield Check(
            f"Cases in which {rule.breach}",
            "inputs",
            cell(ASSUMPTIONS, LIVE, layout.assumption_row[rule.inputs[0]]),
            f"SUMPRODUCT(--({rule.formula(area, TOLERANCE_NAME, broken=True)}))"
            f"+IF(AND({blank}),0,{rule.formula(own, TOLERANCE_NAME, broken=True)})",
            "Change one of the two assumptions",
        )


def _followers(layout: Layout) -> Iterator[Check]:
    """What must follow from something else on the sheets, and is easily typed over."""
    rows = layout.assumption_row.values()

    def column(name: str) -> str:
        return f"{ASSUMPTIONS}!{name}{min(rows)}:{name}{max(rows)}"

    cases = layout.cases
    live, override = column(LIVE), column(layout.override)
    of_scenario = "+".join(
        f"({SCENARIO_NAME}={ASSUMPTIONS}!{cases[name]}{HEADER_ROW})*({live}<>{column(cases[name])})"
        for name in layout.model.assumptions.scenarios
    )
    # no IF, which takes one value of a column
    own, base = column(layout.own), column(cases[BASE])
    of_scenario += f'+{OWN_CHOSEN}*(({own}="")*({live}<>{base})+({own}<>"")*({live}<>{own}))'
    yield Check(
        "Live values that are neither the override nor the chosen scenario's",
        "follows",
        cell(ASSUMPTIONS, LIVE, min(rows)),
        f'SUMPRODUCT(({override}<>"")*({live}<>{override})+({override}="")*({of_scenario}))',
        "Copy the formula of Live from another row; enter your own values under Override",
    )
    if has_market_path(layout.model):
        yield Check(
            "Cases in which the market by year does not add up to its growth series",
            "sums",
            cell(SEGMENTS_SHEET, LIVE, layout.path_row[0]),
            "+".join(_path_differs(case, layout) for case in cases.values()),
            "Copy the formula of the market by year from a neighbour in its row",
        )
    if has_years(layout.model):
        yield from _by_year(layout)
    if (printed := layout.printed_row.get(TOTAL)) is not None:
        yield Check(
            "Workings: total of the published case against the printed figure",
            "reconciliation",
            workings.published_total(layout),
            workings.published_total(layout),
            "Restore the formulas of column Published on sheet Workings",
            expected=cell(SOURCES, sources.VALUE, printed),
            tolerance=cell(SOURCES, sources.HALF_DIGIT, printed),
            unit=layout.model.steps[TOTAL].unit,
        )
    parts = "+".join(workings.row_range(name, layout) for name in layout.model.segments)
    total = workings.row_range(TOTAL, layout)
    gap = f"({parts}-{total})"
    yield Check(
        f"Workings: columns in which the {_segments(layout)} not sum to the total",
        "sums",
        workings.published_total(layout),
        f"SUMPRODUCT(--({gap}*{gap}>{TOLERANCE_NAME}*{TOLERANCE_NAME}*{total}*{total}))",
        "Copy the formulas of sheet Workings from a neighbour in their row",
    )


def _by_year(layout: Layout) -> Iterator[Check]:
    """Revenue by year against the chain of the one year, and against itself."""
    rows = by_year.rows_of(layout)
    yield Check(
        "Revenue by year: cases that do not sum, or do not end on the forecast year's total",
        "sums",
        rows.cell("live", TOTAL),
        "+".join(by_year.faults(case, layout, TOLERANCE_NAME) for case in layout.cases),
        "Copy the formulas of sheet By year from a neighbour in their row",
    )
    if rows.python:
        yield Check(
            "Revenue by year: cells in which Python and the native formula differ",
            "native",
            rows.first_gap,
            by_year.gaps_found(layout, TOLERANCE_NAME),
            "Compare the formulas with their neighbours; one has been overwritten, or an input is "
            "invalid",
        )


def _path_differs(case: str, layout: Layout) -> str:
    """Write 1 if a case's market by year does not sum to its growth series, else 0.

    A market that grows from the baseline has a sum in closed form; an overwritten year breaks it.
    """
    base, growth, multiple, last, first = (
        layout.assumption(name, case)
        for name in (
            "baseline_productivity",
            "gdp_growth",
            "ai_growth_multiple",
            "forecast_year",
            "baseline_year",
        )
    )
    rows = layout.path_row.values()
    path = f"SUM({SEGMENTS_SHEET}!{case}{min(rows)}:{case}{max(rows)})"
    rate, years = f"({growth}*{multiple})", f"({last}-{first}+1)"
    series = f"IF({rate}=0,{base}*{years},{base}*((1+{rate})^{years}-1)/IF({rate}=0,1,{rate}))"
    # the closed form loses digits where growth is slow: its tolerance is wider than that of others
    return f"(ABS({path}-{series})>SQRT({TOLERANCE_NAME})*{series})"


def _printed(layout: Layout) -> Iterator[Check]:
    """The Base column against the publication, to half of the last printed digit."""
    for name, figure in layout.model.publication.figures.items():
        row = layout.printed_row[name]
        yield Check(
            f"{layout.model.steps[name].label}: Base against the printed {figure.printed}",
            "reconciliation",
            cell(SEGMENTS_SHEET, layout.cases["base"], layout.result_row[name]),
            layout.result(name, layout.cases["base"]),
            "Base no longer gives the published figure: restore it, and enter your own values "
            "under Override",
            expected=cell(SOURCES, sources.VALUE, row),
            tolerance=cell(SOURCES, sources.HALF_DIGIT, row),
            unit=layout.model.steps[name].unit,
        )


def _derived(layout: Layout) -> Iterator[Check]:
    for name in layout.model.derivations:
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


def _risk(layout: Layout) -> Iterator[Check]:
    """The distributions can be used, and what the simulation answers adds up."""
    model = layout.model
    states = distributions.column_of(model.assumptions, distributions.STATE)
    yield Check(
        "Distributions with an invalid shape, low, most likely or high",
        "risk",
        states.partition(":")[0].replace("$", ""),
        f'ROWS({states})-COUNTIF({states},"{OK}")',
        "Choose a shape from the list; enter low, most likely and high in rising order, within "
        "the bounds",
    )
    total = simulated_mean(TOTAL, model)
    gap = f"({'+'.join(simulated_mean(name, model) for name in model.segments)}-{total})"
    # IF rather than two signs: LibreOffice would store TRUE, which COUNT passes over
    sums = f"IF(ISNUMBER({total}),IF({gap}*{gap}>{TOLERANCE_NAME}*{total}*{total},1,0),1)"
    yield Check(
        "Simulation: 1 if the segments' means do not sum to the total's, or nothing is simulated",
        "risk",
        total,
        f'IF({AVAILABLE},{sums},"{NOT_AVAILABLE}")' if layout.python_row else sums,
        f"See {name_of(model, 'why')} or the cell's message; often the correlations together are "
        "not positive semidefinite",
    )


def _bounds(layout: Layout) -> Iterator[Check]:
    for entry in layout.model.assumptions.values():
        row = layout.assumption_row[entry.id]
        limits = "allowed values" if entry.unit == CHOICE else "bounds"
        whole = ", or not whole" if UNITS[entry.unit].whole else ""
        yield Check(
            f"{entry.label}: cases outside the {limits}{whole}",
            "bounds",
            cell(ASSUMPTIONS, LIVE, row),
            outside(entry, layout, ASSUMPTIONS),
            "Enter a value between Lower and Upper, as a number"
            if entry.unit != CHOICE
            else f"Enter {allowed(entry)}",
        )
