"""Live follows the choice of scenario, and the override before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.reading.book import Book, Place, in_words
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.tables import Table, assumptions_table, id_rows

NO_FORMULA = Kind("live_follows_nothing", "held")
FOLLOWS_NOT = Kind("live_ignores_choice")
TAKES_OTHER = Kind("live_takes_other", "wanted")


def check(book: Book) -> Iterator[Finding]:
    """Try every choice, with and without an override, on every Live cell."""
    table = assumptions_table(book)
    chosen = book.target("scenario")
    if table is None or chosen is None:
        return
    for name, rows in id_rows(book, table).items():
        for row in rows if name in book.model.assumptions else ():
            if fault := _fault(book, table, row, chosen):
                yield fault.at(table.place(row, "Live"))


def _fault(book: Book, table: Table, row: int, chosen: Place) -> Fault | None:
    live = table.place(row, "Live")
    if live not in book.formula_cells:
        return NO_FORMULA(held=in_words(book.content(live)))
    inputs = inputs_of(book)
    columns = {name: inputs.headers[name] for name in inputs.scenarios}
    tried = {name: 11.0 * number for number, name in enumerate(columns, start=1)}
    values: dict[Place, Any] = {table.place(row, columns[name]): v for name, v in tried.items()}
    trials: list[tuple[str, float, dict[Place, Any]]] = [
        (inputs.scenarios[name].label, value, {}) for name, value in tried.items()
    ]
    if OWN in tried:  # blank, it follows base
        blank = {table.place(row, columns[OWN]): None}
        trials.append((inputs.scenarios[OWN].label, tried[BASE], blank))
    for head, value, blank in trials:
        for override in (None, -1.0):
            trial = {**values, **blank, chosen: head, table.place(row, "Override"): override}
            given = book.tried(live, trial)
            if isinstance(given, NotKnown):
                follows = {*trial} <= {*book.meant(live)}
                return None if follows else FOLLOWS_NOT()
            if given != (value if override is None else override):
                return TAKES_OTHER(wanted=head if override is None else "Override")
    return None


RULE = Rule(
    "live_choice",
    "Live takes the override, or else the chosen scenario",
    "ICAEW: test the workbook; our own: one switch sets all inputs",
    check,
)
