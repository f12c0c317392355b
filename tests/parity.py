"""The parity matrix: every function in every engine that runs here, held against plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import risk_calls
from engines import hosts
from engines.calls import Call
from shipped import FUNCTIONS, MODEL, STEPS

from xl_cryptoai import Forecast, load_assumptions
from xl_cryptoai.errors import EXCEL_ERRORS
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import CHOICE, UNITS

TOLERANCE = 1e-12
RANDOM_ROWS = 200
SEED = 20240129
CATALOGUE = load_assumptions()
STEP_FUNCTIONS = {name_of(MODEL, step) for step in STEPS}


@dataclass(frozen=True)
class Engine:
    """One column of the matrix."""

    title: str
    answer: Callable[[Sequence[Call]], list[hosts.Rows]]
    tables: bool = False
    also: tuple[str, ...] = ()
    """Functions that it hosts besides the steps, with all their arguments given."""
    refuses: bool = True
    but: dict[str, str] = field(default_factory=dict)
    """Kinds of refusal in which this engine cannot agree, with the reason."""


SHAPES_IN_EXCEL = "a spreadsheet computes ranges of different shapes cell by cell, with #N/A"
TRUE_IS_ONE = "has no logical values: TRUE is passed as 1"
BLANK_IS_ZERO = "passes a blank cell as 0, which looks like a typed 0"

ENGINES: dict[str, Engine] = {
    "formualizer": Engine("formualizer, our functions", hosts.formualizer_python, tables=True),
    "libreoffice": Engine(
        "LibreOffice, our extension",
        hosts.libreoffice_python,
        tables=True,
        but={"blank": BLANK_IS_ZERO, "logical": TRUE_IS_ONE},
    ),
    "server": Engine("xlwings Server, HTTP", hosts.xlwings_server, tables=True),
    "lite": Engine("Lite's module, plain Python", hosts.xlwings_lite, tables=True),
    "windows": Engine("xlwings on Windows, pywin32 stubbed", hosts.xlwings_windows, tables=True),
    "lambda": Engine(
        "LAMBDA in cellrune",
        hosts.cellrune_lambda,
        also=("CAI_VALUE",),
        but={"shapes": SHAPES_IN_EXCEL},
    ),
    "native formualizer": Engine("native, formualizer", hosts.formualizer_native, refuses=False),
    "native cellrune": Engine("native, cellrune", hosts.cellrune_native, refuses=False),
    "native libreoffice": Engine("native, LibreOffice", hosts.libreoffice_native, refuses=False),
}


def hosted(engine: Engine, call: Call) -> bool:
    """Say whether an engine that answers with no tables has this function, so called."""
    given = len(call.cells) == len(FUNCTIONS[call.function].arguments)
    return call.function in engine.also and given


def random_inputs(count: int = RANDOM_ROWS) -> dict[str, Any]:
    """Draw valid inputs, each assumption uniformly between its bounds, the rules kept.

    Rows in which crypto revenue would exceed all AI revenue are left out: functions refuse those.
    """
    rows = _random_rows(8 * count)
    kept = np.flatnonzero(Forecast(overrides=rows)["blended_crypto_share"] <= 1)[:count]
    assert len(kept) == count
    return {name: values[kept] for name, values in rows.items()}


def _random_rows(count: int) -> dict[str, Any]:
    draw = np.random.default_rng(SEED)
    rows: dict[str, Any] = {}
    for name, entry in CATALOGUE.items():
        if entry.unit == CHOICE:
            rows[name] = draw.choice(entry.choices, count)
        elif UNITS[entry.unit].whole:
            rows[name] = draw.integers(int(entry.lower), int(entry.upper) + 1, count).astype(float)
        else:
            rows[name] = draw.uniform(entry.lower, entry.upper, count)
    rows["forecast_year"] = np.maximum(rows["forecast_year"], rows["baseline_year"])
    rows["compute_share"] = np.minimum(rows["compute_share"], 1 - rows["software_share"])
    cost = np.minimum(rows["bank_compliance_cost"], rows["bank_revenue"])
    return {**rows, "bank_compliance_cost": cost}


def _cell(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def value_calls() -> list[Call]:
    """List the calls with an answer: three scenarios, random inputs one by one, and arrays."""
    calls = []
    cases = [Forecast(name) for name in ("base", "bear", "bull")]
    drawn = Forecast(overrides=random_inputs())
    for step in STEPS.values():
        name = name_of(MODEL, step.id)
        calls += [Call(name, tuple(case[key] for key in step.inputs)) for case in cases]
        columns = [np.broadcast_to(drawn[key], RANDOM_ROWS) for key in step.inputs]
        calls += [Call(name, tuple(map(_cell, row))) for row in zip(*columns, strict=True)]
        column = tuple([[_cell(value)] for value in array[:5]] for array in columns)
        calls.append(Call(name, column, rows=5))
        # one range among single cells
        mixed = (column[0], *(array[0].item() for array in columns[1:]))
        if step.id not in ("tam", "other_share", "compliance_rate", "blended_crypto_share"):
            calls.append(Call(name, mixed, rows=5))
        row = tuple([[_cell(value) for value in array[:4]]] for array in columns)
        calls.append(Call(name, row, columns=4))
    return calls


def table_calls() -> list[Call]:
    """List the calls that answer with a table or look something up."""
    base = Forecast()
    ids = [[name] for name in CATALOGUE]
    values = [
        [entry.values["bear"], entry.base, entry.values["bull"]] for entry in CATALOGUE.values()
    ]
    steps = [[name] for name in STEPS]
    asked = [
        Call("CAI_FORECAST", (ids, values)),
        Call("CAI_FORECAST", ()),
        Call("CAI_FORECAST", ("Bull",)),
        Call("CAI_FORECAST", ([["bear", "base", "bull"]],)),
        Call("CAI_VALUE", ("total",)),
        Call("CAI_VALUE", ("identity_base", "bear")),
        Call("CAI_VALUE", (steps, [["bull"]] * len(steps))),
        Call("CAI_TAM_PATH", tuple(base[name] for name in STEPS["tam"].inputs)),
        Call("CAI_SOURCE", ("identity_rate",)),
        Call("CAI_SOURCE", ("total",)),
        Call("CAI_RECONCILE", (steps, [[base[name]] for name in STEPS])),
        Call("CAI_PATH", ()),
        Call("CAI_PATH", (ids, values)),
        Call("CAI_PATH", (ids, values, [[2022.0, 2026.0, 2031.0]])),
        Call("CAI_TRACE", ("crypto_compute",)),
        *(Call(name, cells) for name, cells in risk_calls.ANSWERED),
    ]
    sizes = [(len(rows), len(rows[0])) for rows in hosts.plain_python(asked)]
    return [
        Call(call.function, call.cells, rows, columns)
        for call, (rows, columns) in zip(asked, sizes, strict=True)
    ]


def refusal_calls() -> list[tuple[str, Call]]:
    """List calls that must be refused, each with its kind, for every function."""
    base, refused = Forecast(), []
    for step in STEPS.values():
        name = name_of(MODEL, step.id)
        good = [base[key] for key in step.inputs]
        wrong: dict[str, Any] = {
            "text": "a lot", "logical": True, "blank": None, "blank in a range": [[1.0], [None]],
            "too high": 1e300, "negative": -1.0, "error #N/A": "#N/A", "error #DIV/0!": "#DIV/0!",
        }  # fmt: skip
        for place, key in enumerate(step.inputs):
            for kind, cell in wrong.items():
                cells = (*good[:place], cell, *good[place + 1 :])
                refused.append((kind, Call(name, cells)))
            if key in CATALOGUE and CATALOGUE[key].unit == CHOICE:
                cells = (*good[:place], "hardware", *good[place + 1 :])
                refused.append(("unknown choice", Call(name, cells)))
        if len(good) > 1:
            cells = ([[good[0]], [good[0]]], [[good[1], good[1]]], *good[2:])
            refused.append(("shapes", Call(name, cells)))
    refused += [
        ("a broken year", Call("CAI_TAM", (4e12, 0.03, 1.5, 2029.5, 2022.0))),
        ("a year before the baseline", Call("CAI_TAM", (4e12, 0.03, 1.5, 2021.0, 2022.0))),
        ("more than the whole", Call("CAI_OTHER_SHARE", (0.7, 0.4))),
        ("more than the whole", Call("CAI_COMPLIANCE_RATE", (7e11, 6e11))),
        ("division by zero", Call("CAI_BLENDED_CRYPTO_SHARE", (1e9, 0.0))),
        ("unknown id", Call("CAI_SOURCE", ("tamm",))),
        ("unknown id", Call("CAI_TRACE", ("tamm",))),
        ("unknown id", Call("CAI_RECONCILE", ("ai_penetration", 0.3))),
        ("text", Call("CAI_RECONCILE", ("tam", "x"))),
        ("incomplete", Call("CAI_FORECAST", ("gdp_growth", 0.03))),
        ("unknown scenario", Call("CAI_FORECAST", ("moon",))),
        ("unknown scenario", Call("CAI_PATH", ("moon",))),
        ("a broken year", Call("CAI_PATH", ("base", None, 2029.5))),
        ("unknown scenario", Call("CAI_VALUE", ("total", "moon"))),
        ("unknown id", Call("CAI_VALUE", ("totl", "base"))),
        ("error #N/A", Call("CAI_VALUE", ("total", "#N/A"))),
        ("too high", Call("CAI_TAM_PATH", (4e12, 0.03, 1.5, 2999.0, 2022.0))),
        *((kind, Call(name, cells)) for kind, (name, cells, *_) in risk_calls.REFUSED.items()),
    ]
    return refused


LEAST_SCALE = {"CAI_OTHER_SHARE": 1.0}
"""Functions that subtract from 1: what is left may be a rounding, so they are measured by the 1."""


def difference(found: Any, expected: Any, least: float = 1e-300) -> float:
    """Return the relative difference of two cells; infinite if they are not the same kind."""
    if isinstance(expected, str) or isinstance(found, str):
        # LibreOffice's areas do not tell an empty text from a blank
        shown = "" if found is None else found
        return 0.0 if shown == expected else float("inf")
    if found is None or isinstance(found, (dict, bool)):
        return float("inf")
    scale = max(abs(float(expected)), least)
    return 0.0 if found == expected else abs(float(found) - float(expected)) / scale


@dataclass
class Column:
    """What one engine answered: worst difference by function, and the refusals."""

    worst: dict[str, float] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    refusals: int = 0
    wrong: list[str] = field(default_factory=list)
    excepted: list[str] = field(default_factory=list)


def column(name: str) -> Column:
    """Ask one engine everything it can be asked."""
    engine, result = ENGINES[name], Column()
    calls = value_calls()
    calls += [call for call in table_calls() if engine.tables or hosted(engine, call)]
    told = refusal_calls() if engine.refuses else []
    told = [
        (kind, call)
        for kind, call in told
        if engine.tables or call.function in STEP_FUNCTIONS or hosted(engine, call)
    ]
    # one start for all questions: starting a real engine is what costs
    answers = engine.answer([*calls, *(call for _, call in told)])
    expected = hosts.plain_python([*calls, *(call for _, call in told)])
    for call, found, right in zip(calls, answers, expected, strict=False):
        assert right[0][0] not in EXCEL_ERRORS, f"{call} is refused by Python itself"
        gaps = [
            difference(a, b, LEAST_SCALE.get(call.function, 1e-300))
            for row, line in zip(found, right, strict=True)
            for a, b in zip(row, line, strict=True)
        ]
        result.worst[call.function] = max(result.worst.get(call.function, 0.0), *gaps)
        result.asked[call.function] = result.asked.get(call.function, 0) + 1
    for (kind, call), found, right in zip(
        told, answers[len(calls) :], expected[len(calls) :], strict=True
    ):
        if found[0][0] == right[0][0]:
            result.refusals += 1
        else:
            line = f"{kind}: {call.function}{call.cells} gives {found[0][0]}, not {right[0][0]}"
            (result.excepted if kind in engine.but else result.wrong).append(line)
    return result


def page(columns: dict[str, Column]) -> str:
    """Write the matrix as a page of the documentation."""
    titles = [ENGINES[name].title for name in columns]
    lines = [
        "# Parity matrix",
        "",
        "Written by `python docs/generate.py parity`; the tests make the same calls. Every",
        f"function is called in base, bear and bull, with {RANDOM_ROWS} random valid inputs (seed "
        f"{SEED}) one by one,",
        "and with ranges; table functions have their own cases, with optional arguments left out.",
        "Each figure is the largest relative difference from plain Python in that",
        f"engine; at most {TOLERANCE:g} is allowed. A dash: that engine cannot host the function.",
        "",
        "| function | " + " | ".join(titles) + " |",
        "| --- |" + " --- |" * len(titles),
    ]
    for function in FUNCTIONS:
        cells = [_shown(result.worst.get(function)) for result in columns.values()]
        lines.append(f"| `{function}` | " + " | ".join(cells) + " |")
    told = [
        f"{result.refusals} agree" if ENGINES[name].refuses else "-"
        for name, result in columns.items()
    ]
    lines += ["| invalid inputs: same Excel error | " + " | ".join(told) + " |", ""]
    lines += ["Native formulas do not check inputs; sheet Checks does that. In Excel an",
              "error from xlwings Server shows as #VALUE! with a message beside it; the error",
              "that the message begins with is compared.", ""]  # fmt: skip
    for name, result in columns.items():
        for kind, reason in ENGINES[name].but.items():
            count = sum(line.startswith(f"{kind}:") for line in result.excepted)
            lines.append(
                f"- {ENGINES[name].title} differs in {count} invalid inputs ({kind}): {reason}."
            )
    return "\n".join(lines) + "\n"


def _shown(worst: float | None) -> str:
    return "-" if worst is None else "equal" if worst == 0 else f"{worst:.0e}"
