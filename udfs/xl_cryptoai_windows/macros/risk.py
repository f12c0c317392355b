"""The buttons of the group Risk: they compute from the inputs of the open workbook."""

from __future__ import annotations

from typing import Any

from xl_cryptoai.assumptions.typed_text import amount_meant
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast.model import TOTAL
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.migration import migrate
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reports.bridge import bridge
from xl_cryptoai.reports.distribution import draw_distribution
from xl_cryptoai.reports.merge import not_used_lines
from xl_cryptoai.reports.tornado import draw_tornado
from xl_cryptoai.risk.description import live_in_words
from xl_cryptoai.risk.goalseek import goalseek
from xl_cryptoai.risk.plan import Plan, plan_of_inputs
from xl_cryptoai.risk.sensitivity import tornado as bars_of
from xl_cryptoai.tracing.describe import Descriptions
from xl_cryptoai.workbook.styles import NUMBER_FORMATS
from xl_cryptoai_windows.macros.analyst import place_of, read_copy, selected
from xl_cryptoai_windows.macros.excel import ask
from xl_cryptoai_windows.macros.pages import Content, Picture, Table, place_picture, write_page

USD = NUMBER_FORMATS["usd_per_year"]


def simulate(book: Any) -> None:
    """Simulate the total from the workbook's inputs; the results go onto a fresh sheet.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, one of ours.
    """
    plan, notes = _plan_of(read_copy(book))
    found = plan.simulate()
    figures = found.to_frame().set_index("result")
    headers = ["statistic", *map(str, figures.index)]
    rows: list[list[Content]] = [
        [str(name), *map(float, figures[name])] for name in figures.columns
    ]
    table = Table(headers, rows, dict.fromkeys(range(1, len(headers)), USD))
    drawn = draw_distribution(found, about=plan.drawn.words, live=plan.live)
    words = [
        *notes,
        f"{found.draws_made:,} draws, {found.method}, seed {found.seed}.",
        plan.drawn.words,
        live_in_words(found, plan.live, plan.case),
        "USD a year; _se is the standard error of the figure above it. Values, not formulas: "
        "simulate again after a change.",
    ]
    write_page(book, "Simulation", f"Simulation of {book.name}", [*words, table, Picture(drawn)])


def tornado(book: Any) -> None:
    """Show on a fresh sheet what each uncertain assumption alone does to the total.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, one of ours.
    """
    plan, notes = _plan_of(read_copy(book))
    bars = bars_of(plan.scenario, plan.distributions, plan.overrides, plan.model)
    if not bars:
        raise FileRefusedError(
            f"no assumption of {book.name} is uncertain; give one a shape on sheet Distributions"
        )
    catalogue = plan.model.assumptions
    rows: list[list[Content]] = [
        [
            catalogue[bar.id].label,
            bar.id,
            bar.low,
            bar.high,
            bar.total_low,
            bar.total_high,
            bar.swing,
        ]
        for bar in bars
    ]
    units = {
        (row, column): NUMBER_FORMATS[catalogue[bar.id].unit]
        for row, bar in enumerate(bars)
        for column in (2, 3)
    }
    headers = ("assumption", "id", "low", "high", "total at low", "total at high", "swing")
    table = Table(headers, rows, dict.fromkeys((4, 5, 6), USD), units)
    drawn = draw_tornado(catalogue, bars, plan.live, plan.case, plan.drawn.words)
    words = [
        *notes,
        f"{plan.case}. {plan.drawn.words}",
        "Totals in USD a year. Values, not formulas.",
    ]
    write_page(book, "Tornado", f"Tornado of {book.name}", [*words, table, Picture(drawn)])


def goal_seek(book: Any, assumption: str | None = None, target: str | None = None) -> None:
    """Find the value of an assumption at which the total reaches an amount; nothing is changed.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, one of ours.
    assumption : str, optional
        Its id; it is asked for otherwise, and that of the selected cell proposed.
    target : str, optional
        The total wanted, USD a year, such as "20B"; it is asked for otherwise.
    """
    opened = read_copy(book)
    plan, notes = _plan_of(opened)
    catalogue = opened.model.assumptions
    if assumption is None:
        named = Descriptions(opened).words(place_of(selected(book))).id
        proposed = named if named in catalogue else "ai_penetration"
        assumption = ask(book, "Id of the assumption to change, such as ai_penetration:", proposed)
    if assumption is not None and target is None:
        target = ask(book, "Total to reach, USD a year, such as 20B:")
    if assumption is None or target is None:
        return
    amount = amount_meant("the target", target)
    found = goalseek(assumption.strip(), amount, plan.scenario, plan.overrides, plan.model)
    entry = catalogue[found.id]
    rows: list[list[Content]] = [
        [entry.label, plan.overrides[found.id], found.value],
        [plan.model.steps[TOTAL].label, plan.live, found.result],
    ]
    unit = NUMBER_FORMATS[entry.unit]
    table = Table(
        ("figure", "live", "goal seek"),
        rows,
        cell_formats={(0, 1): unit, (0, 2): unit, (1, 1): USD, (1, 2): USD},
    )
    words = [*notes, f"{found.words}.", f"{plan.case}; the workbook's inputs are unchanged."]
    write_page(book, "Goal seek", f"Goal seek in {book.name}", [*words, table])


def picture(book: Any) -> None:
    """Place a chart of the live results at the selected cell: from the market to the total.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, one of ours.
    """
    cell = selected(book)
    found = read_book(read_copy(book))
    forecast, steps = found.recompute(), found.model.steps
    results = {name: float(forecast[name]) for name in steps}
    if min(results.values()) <= 0:
        least = min(results, key=lambda name: results[name])
        raise FileRefusedError(
            f"{book.name}: {steps[least].label} is 0, which the chart's logarithmic scale cannot "
            "show; change the assumptions"
        )
    place_picture(cell, bridge(found.model, results, book.name))


def _plan_of(opened: Book) -> tuple[Plan, list[str]]:
    """Plan what the workbook's inputs say, and list what of them cannot be used."""
    inputs, missed = migrate(opened)
    return plan_of_inputs(opened.model, inputs), [
        f"not used: {line}" for line in not_used_lines(missed)
    ]
