"""What the task pane shows of an opened workbook: figures with their words, as plain data.

A figure is ``{"value": number, "text": words}``. A figure that is not known is None with words that
say so. A cell is ``"sheet"`` and ``"cell"``, so that the pane can go there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from xl_cryptoai.assumptions import Assumption, Catalogue
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.assumptions.scenarios import allowed
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.errors import CryptoAIError, OutOfRangeError
from xl_cryptoai.forecast.attribution import attribute
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import TOTAL
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.input_cells import InputCells, inputs_of
from xl_cryptoai.reading.migration import migrate
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.reports.findings import passed_in_words
from xl_cryptoai.reports.merge import not_used_lines
from xl_cryptoai.reports.trace import as_text, nodes_in_words
from xl_cryptoai.reports.words import fix, message, what
from xl_cryptoai.risk import Simulation, tornado
from xl_cryptoai.risk.description import live_in_words
from xl_cryptoai.risk.plan import plan_of_inputs
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.units import read_as, read_change
from xl_cryptoai.xlsx.references import cell_name

MOST_FINDINGS = 1_000
"""Findings that a pane gets; the summary counts all of them."""
MOST_PANE_DRAWS = 2**20
"""Draws of a simulation for a pane."""
BARS = 40
"""Of the histogram, between the least and the greatest thousandth of the draws."""
DRIVERS = 8
"""Assumptions that the pane names as the ones that move the total most."""
UNKNOWN = "not known"


def model_data(book: Book) -> dict[str, Any]:
    """Return the forecast in a workbook: scenario, total, segments, assumptions, checks.

    Parameters
    ----------
    book : Book
        A workbook of ours.

    Returns
    -------
    dict
        title : str
        year : float or None
        scenario : id, label, sheet, cell and the choices (id, label: what to write into the cell)
        total : label, value, text, base_value, base_text
            Computed anew from the inputs in the workbook; base is the published case. USD a year.
        deviation : value, text
            Of the total from the published one.
        segments : list of id, label, value, text
        assumptions : list of id, label, unit, value, text, base_text, scenario_text, allowed,
            choices, override (value, sheet, cell), source, rationale and effect
            `scenario_text` is what holds without the override. `effect` is what the deviation of
            this assumption from the published case does to the total, so that the effects sum to
            `deviation`; None where it does not deviate.
        checks : passed, text
            The master flag as stored; None if nothing is stored.
        functions_available : bool or None
            Whether the functions answered when the workbook was calculated last; None if it calls
            none or does not say.
        problem : str
            Why the total is not known; "" if it is.

    Raises
    ------
    FileRefusedError
        If it is no workbook of ours.
    """
    found, inputs = read_book(book), inputs_of(book)
    model = book.model
    catalogue = model.assumptions
    published = Forecast("base", model=model)
    base = float(published[TOTAL])
    live = found.usable("live")
    problem, forecast, effects = "", None, {}
    try:
        forecast = Forecast(overrides=found.live(), model=model)
        before = {name: entry.base for name, entry in catalogue.items()}
        moved = attribute(model, before, live, TOTAL)
        effects = {share.id: share.value for share in moved.shares}
    except CryptoAIError as error:
        problem = message(error).removeprefix(str(book.path)).lstrip(": ")
    shown = (TOTAL, *model.segments)
    results = {name: None if forecast is None else float(forecast[name]) for name in shown}
    total = results[TOTAL]
    return {
        "title": _title(book),
        "year": live.get("forecast_year"),
        "scenario": _scenario(found, inputs),
        "total": {
            "label": model.steps[TOTAL].label,
            **_money(total),
            "base_value": base,
            "base_text": _money(base)["text"],
        },
        "deviation": _change(None if total is None else total - base),
        "segments": [
            {"id": name, "label": model.steps[name].label, **_money(results[name])}
            for name in model.segments
        ],
        "assumptions": [
            _assumption(entry, found, inputs, live, effects) for entry in catalogue.values()
        ],
        "checks": {
            "passed": found.flag.startswith("All ") if found.flag else None,
            "text": found.flag or "no checks are stored: recalculate the workbook",
        },
        "functions_available": _functions_available(book),
        "problem": problem,
    }


def audit_data(book: Book) -> dict[str, Any]:
    """Return what an audit of a workbook, ours or not, found.

    Returns
    -------
    dict
        summary : str
        findings : list of severity, rule, title, sheet, area, where, text, fix
            Errors first, at most `MOST_FINDINGS`. `sheet` and `area` are None where a finding is
            about a name or the whole workbook; `where` always says it in words.
    """
    results = audit_book(book)
    found = [(one.rule, finding) for one in results for finding in one.findings]
    shown = [pair for pair in found if not pair[1].ignored]
    order = ("error", "warning", "note")
    shown.sort(key=lambda pair: order.index(pair[1].severity))
    counts = Counter(finding.severity for _, finding in shown)
    words = [
        f"{counts[one]:,} {one}{'' if counts[one] == 1 else 's'}" for one in order if counts[one]
    ]
    if ignored := len(found) - len(shown):
        words.append(f"{ignored:,} set to be ignored in Excel")
    if more := len(shown) - MOST_FINDINGS:
        words += [f"{more:,} not listed here"] if more > 0 else []
    return {
        "summary": "; ".join([", ".join(words) or "no findings", passed_in_words(results)]),
        "findings": [
            {
                "severity": finding.severity,
                "rule": rule.id,
                "title": rule.title,
                "sheet": finding.sheet or None,
                "area": finding.area or None,
                "where": finding.cell,
                "text": what(finding),
                "fix": fix(finding),
            }
            for rule, finding in shown[:MOST_FINDINGS]
        ],
    }


def trace_data(book: Book, target: str) -> dict[str, Any]:
    """Return what a cell is computed from, down to its sources.

    Parameters
    ----------
    book : Book
        The workbook, ours or not.
    target : str
        As for `trace_book`.

    Returns
    -------
    dict
        roots : list of str
            Ids of the nodes that were asked for.
        nodes : list of id, name, sheet, cell, label, value_text, formula, source, rationale,
            notes and inputs
            `id` is the cell, `name` its id in the model or "". `inputs` are ids of nodes.
        text : str
            The same as a tree for reading.

    Raises
    ------
    UnknownNameError
        If nothing in the workbook is called so.
    """
    found = trace_book(book, target)
    return {
        "roots": [str(place) for place in found.roots],
        "nodes": nodes_in_words(found),
        "text": as_text(found),
    }


def simulation_data(book: Book, draws: int | None = None) -> dict[str, Any]:
    """Return how sure the total in a workbook is, as `xl-cryptoai simulate --from` has it.

    Parameters
    ----------
    book : Book
        A workbook of ours.
    draws : int, optional
        How many; by default as the workbook says.

    Returns
    -------
    dict
        mean, sd, p5, p50, p95 : value, text, error
            USD a year, with the standard error.
        live : value, text, percentile, words
            The total as it stands among the draws.
        histogram : list of from, to, count
            Between the least and the greatest thousandth of the draws.
        chance_of_exceeding : list of label, amount, text, chance, chance_text
        drivers : list of id, label, low_text, high_text, total_low, total_high, swing
            Each assumption moved alone from its low to its high: the widest swings.
        draws, method, seed
        drawn : str
            What was drawn and what is fixed.
        not_used : list of str
            What stands in the workbook and cannot be used; its default was taken.

    Raises
    ------
    CryptoAIError
        If it is no workbook of ours, or inputs cannot be used.
    """
    inputs, missed = migrate(book)
    plan = plan_of_inputs(book.model, inputs)
    plan.draws = plan.draws if draws is None else draws
    if plan.draws > MOST_PANE_DRAWS:
        raise OutOfRangeError(
            f"draws is {plan.draws:,}; the pane draws at most {MOST_PANE_DRAWS:,}: use "
            "xl-cryptoai simulate for more"
        )
    found = plan.simulate()
    figures, live = found.statistics(), plan.live
    catalogue = plan.model.assumptions
    printed = plan.model.publication.figures.get(TOTAL)
    bars = tornado(plan.scenario, plan.distributions, plan.overrides, plan.model)
    return {
        **{
            name: {**_money(figures[name][0]), "error": figures[name][1]}
            for name in ("mean", "sd", "p5", "p50", "p95")
        },
        "live": {
            **_money(live),
            "percentile": 100 * (1 - found.chance_of_exceeding(live)[0]),
            "words": live_in_words(found, live, plan.case),
        },
        "histogram": _histogram(found),
        "chance_of_exceeding": [
            *([] if printed is None else [_chance(found, "published total", printed.value)]),
            _chance(found, "live total", live),
            *(_chance(found, "", amount) for amount in _round_amounts(found)),
        ],
        "drivers": [
            {
                "id": bar.id,
                "label": catalogue[bar.id].label,
                "low_text": read_as(bar.low, catalogue[bar.id].unit),
                "high_text": read_as(bar.high, catalogue[bar.id].unit),
                "total_low": _money(bar.total_low),
                "total_high": _money(bar.total_high),
                "swing": _money(bar.swing),
            }
            for bar in bars[:DRIVERS]
        ],
        "draws": found.draws_made,
        "method": found.method,
        "seed": found.seed,
        "drawn": plan.drawn.words,
        "not_used": not_used_lines(missed),
    }


def _title(book: Book) -> str:
    """The words at the top of the first sheet."""
    title = book.sheets[0].title if book.sheets else book.sheet_names[0]
    words = book.value(Place(title, 1, 1))
    return words.strip() if type(words) is str and words.strip() else title


def _scenario(found: WorkbookInputs, inputs: InputCells) -> dict[str, Any]:
    place, scenarios = inputs.scenario, inputs.scenarios
    return {
        "id": found.scenario,
        "label": scenarios[found.scenario].label if found.scenario else UNKNOWN,
        **_cell(place),
        "choices": [{"id": one.id, "label": one.label} for one in scenarios.values()],
    }


def _source(catalogue: Catalogue, entry: Assumption, case: str) -> dict[str, str]:
    """Return where a value of a scenario is from, and why; an own one has no source here."""
    if case == OWN:
        return {"source": "own scenario", "rationale": ""}
    return {
        "source": f"{catalogue.kind_of(entry.id, case)}: {entry.locator}",
        "rationale": entry.rationale if case == BASE else entry.scenario_rationale,
    }


def _assumption(
    entry: Assumption,
    found: WorkbookInputs,
    inputs: InputCells,
    live: Mapping[str, Value],
    effects: Mapping[str, float],
) -> dict[str, Any]:
    name, row = entry.id, found.values[entry.id]
    case = found.field_of(name, found.scenario or BASE)
    return {
        "id": name,
        "label": entry.label,
        "unit": entry.unit_label,
        "value": live.get(name),
        "text": _text(live.get(name), entry),
        "base_text": _text(entry.base, entry),
        "scenario_text": _text(row[case], entry),
        "allowed": allowed(entry),
        "choices": list(entry.choices),
        "override": {
            "value": row[OVERRIDE],
            **_cell(inputs.matched.get((name, OVERRIDE))),
        },
        **_source(inputs.catalogue, entry, case),
        "effect": _change(effects[name]) if name in effects else None,
    }


def _functions_available(book: Book) -> bool | None:
    place = book.target("functions_available")
    stored = book.stored(place) if place is not None else None
    return stored == "yes" if isinstance(stored, str) else None


def _histogram(found: Simulation) -> list[dict[str, float]]:
    low, high = (found.percentile(percent)[0] for percent in (0.1, 99.9))
    if high > low:
        edges, shares = found.histogram(np.linspace(low, high, BARS + 1).tolist())
    else:
        edges, shares = found.histogram(1)  # nothing varies
    counts = np.rint(shares * found.draws_made).astype(int).tolist()
    ends = edges.tolist()
    return [
        {"from": start, "to": end, "count": count}
        for start, end, count in zip(ends, ends[1:], counts, strict=False)
    ]


def _round_amounts(found: Simulation) -> list[float]:
    """Return amounts to ask the chance of: P50 rounded to one digit, its half and its double."""
    middle = found.percentile(50)[0]
    amount = float(f"{middle:.0e}")
    return [amount / 2, amount, 2 * amount] if amount > 0 else []


def _chance(found: Simulation, label: str, amount: float) -> dict[str, Any]:
    chance = found.chance_of_exceeding(amount)[0]
    text = _money(amount)["text"]
    return {
        "label": label or text,
        "amount": amount,
        "text": text,
        "chance": chance,
        "chance_text": f"{chance:.1%}",
    }


def _cell(place: Place | None) -> dict[str, str | None]:
    if place is None:
        return {"sheet": None, "cell": None}
    return {"sheet": place.sheet, "cell": cell_name(place.row, place.column)}


def _text(value: Value | None, entry: Assumption) -> str:
    return UNKNOWN if value is None else read_as(value, entry.unit)


def _money(amount: float | None) -> dict[str, Any]:
    text = UNKNOWN if amount is None else read_as(amount, "usd_per_year")
    return {"value": amount, "text": text}


def _change(amount: float | None) -> dict[str, Any]:
    """Return a difference of amounts with its sign."""
    if amount is None:
        return {"value": None, "text": UNKNOWN}
    read = read_change if amount else read_as  # nothing has no sign
    return {"value": amount, "text": read(amount, "usd_per_year")}
