"""Calls of the risk functions, good and bad, that every host is asked."""

from __future__ import annotations

from typing import Any

from strategies import CATALOGUE

from xl_cryptoai.risk import default_distributions

Cells = list[list[Any]]

IDS: Cells = [[name] for name in CATALOGUE]
VALUES: Cells = [[entry.base] for entry in CATALOGUE.values()]
DISTRIBUTIONS: Cells = [
    [one.id, one.shape, one.low, one.mode, one.high]
    for one in default_distributions(CATALOGUE).values()
]
COUNT = len(DISTRIBUTIONS)
CASE = (IDS, VALUES, DISTRIBUTIONS)
BLANK_BLOCK: Cells = [[None, None], [None, None]]
"""How an optional range looks that nobody has filled in."""


def changed(table: Cells, row: int, column: int, value: Any) -> Cells:
    """Return a table with another value in one cell, counted from 1."""
    return [
        [value if (i, j) == (row, column) else cell for j, cell in enumerate(line, start=1)]
        for i, line in enumerate(table, start=1)
    ]


def live(**values: Any) -> Cells:
    """Return the column of values with some of them replaced."""
    return [[values.get(name, entry.base)] for name, entry in CATALOGUE.items()]


def ranks(size: int = COUNT, *, pairs: dict[tuple[int, int], float] | None = None) -> Cells:
    """Return a matrix of rank correlations, 0 but for the pairs."""
    table = [[float(i == j) for j in range(size)] for i in range(size)]
    for (i, j), rank in (pairs or {}).items():
        table[i - 1][j - 1] = table[j - 1][i - 1] = rank
    return table


TOGETHER = ranks(pairs={(1, 2): 0.5, (3, 4): 0.7, (3, 5): -0.3})
IMPOSSIBLE = ranks(pairs={(1, 2): 0.9, (2, 3): 0.9, (1, 3): -0.9})
THREE_IDS: Cells = [["ai_penetration"], ["gdp_growth"], ["identity_rate"]]
IMPOSSIBLE_THREE = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
SHARES = [[0.2, 0.3, 0.4]]
GROWTHS = [[0.02], [0.04]]

ANSWERED: list[tuple[str, tuple[Any, ...]]] = [
    ("CAI_SIMULATE", CASE),
    ("CAI_SIMULATE", (IDS, live(ai_penetration=0.4), DISTRIBUTIONS, BLANK_BLOCK, 1000.0)),
    ("CAI_SIMULATE", (*CASE, TOGETHER, 1024.0, 7.0, "latin", 2e10)),
    ("CAI_HISTOGRAM", (*CASE, TOGETHER, 1024.0, 7.0, "plain", 12.0)),
    ("CAI_HISTOGRAM", CASE),
    ("CAI_DEPENDENCE", (*CASE, 512.0, 7.0, "latin", 2e10)),
    ("CAI_TORNADO", CASE),
    ("CAI_TORNADO", (IDS, live(ai_penetration=0.4), DISTRIBUTIONS)),
    ("CAI_SENSITIVITY", (*CASE, BLANK_BLOCK, 512.0, 7.0)),
    ("CAI_SENSITIVITY", (*CASE, TOGETHER, 512.0)),
    ("CAI_GRID", ("ai_penetration", SHARES, "gdp_growth", GROWTHS)),
    ("CAI_GRID", ("ai_penetration", SHARES, "gdp_growth", GROWTHS, IDS, live(gdp_growth=0.01))),
    ("CAI_GRID", ("identity_base", [["ai_revenue", "ai_software"]], "gdp_growth", GROWTHS)),
    ("CAI_GOALSEEK", ("ai_penetration", 2e10)),
    ("CAI_GOALSEEK", ("ai_penetration", 2e10, IDS, live(ai_revenue_capture=0.2))),
    ("CAI_NEAREST_CORRELATION", (THREE_IDS, IMPOSSIBLE_THREE)),
    ("CAI_NEAREST_CORRELATION", (THREE_IDS, ranks(3, pairs={(1, 2): 0.5}))),
]
"""Calls with an answer: function and cells; what is not given at the end is left out."""

_FIRST = str(DISTRIBUTIONS[0][0])

REFUSED: dict[str, tuple[str, tuple[Any, ...], str, str]] = {
    "low above high": (
        "CAI_SIMULATE", (IDS, VALUES, changed(DISTRIBUTIONS, 1, 3, 0.09)), "#NUM!",
        f"distributions (row 1): {_FIRST}: low 0.09, most likely 0.03 and high 0.04 are "
        "out of order",
    ),
    "a most likely value outside": (
        "CAI_TORNADO", (IDS, VALUES, changed(DISTRIBUTIONS, 1, 4, 0.05)), "#NUM!",
        f"distributions (row 1): {_FIRST}: low 0.02, most likely 0.05 and high 0.04 are "
        "out of order",
    ),
    "an end out of bounds": (
        "CAI_SIMULATE", (IDS, VALUES, changed(DISTRIBUTIONS, 1, 5, 3.0)), "#NUM!",
        f"distributions (row 1, column 5), high of {_FIRST}, is 3; it must be 0 to 0.15",
    ),
    "no range": (
        "CAI_HISTOGRAM",
        (IDS, VALUES, changed(changed(DISTRIBUTIONS, 1, 3, 0.03), 1, 5, 0.03)), "#NUM!",
        f"distributions (row 1): {_FIRST}: low and high are both 0.03; give a range, or the shape "
        "fixed",
    ),
    "an unknown shape": (
        "CAI_SIMULATE", (IDS, VALUES, changed(DISTRIBUTIONS, 2, 2, "gauss")), "#N/A",
        "distributions (row 2, column 2), shape of ai_growth_multiple, is 'gauss'; known: pert,",
    ),
    "an unknown id among the distributions": (
        "CAI_TORNADO", (IDS, VALUES, changed(DISTRIBUTIONS, 2, 1, "growth")), "#N/A",
        "distributions (row 2, column 1): no assumption is called 'growth': did you mean",
    ),
    "an id twice among the distributions": (
        "CAI_TORNADO", (IDS, VALUES, [*DISTRIBUTIONS, DISTRIBUTIONS[0]]), "#N/A",
        f"distributions (row {COUNT + 1}, column 1) has '{_FIRST}' again; give it once",
    ),
    "a distribution of a year": (
        "CAI_TORNADO", (IDS, VALUES, changed(DISTRIBUTIONS, 1, 1, "forecast_year")), "#VALUE!",
        "distributions (row 1, column 1): forecast_year is a year, so it has no distribution; "
        "leave the row out",
    ),
    "a blank end": (
        "CAI_SIMULATE", (IDS, VALUES, changed(DISTRIBUTIONS, 1, 3, None)), "#VALUE!",
        f"distributions (row 1, column 3), low of {_FIRST}, is blank; it must be 0 to 0.15",
    ),
    "an end that is text": (
        "CAI_SIMULATE", (IDS, VALUES, changed(DISTRIBUTIONS, 1, 3, "little")), "#VALUE!",
        f"distributions (row 1, column 3), low of {_FIRST}, is the text 'little'; it must be 0 to",
    ),
    "four columns": (
        "CAI_SIMULATE", (IDS, VALUES, [row[:4] for row in DISTRIBUTIONS]), "#VALUE!",
        "distributions has 4 columns; give id, shape, low, most likely, high",
    ),
    "no distribution": (
        "CAI_SIMULATE", (IDS, VALUES, [[None] * 5] * 2), "#N/A",
        "distributions has no row with an id; give a row an assumption",
    ),
    "ids missing": (
        "CAI_SIMULATE", (IDS[1:], VALUES[1:], DISTRIBUTIONS), "#N/A",
        "ids lacks baseline_year; give every assumption",
    ),
    "a value out of bounds": (
        "CAI_SIMULATE", (IDS, live(ai_penetration=33.0), DISTRIBUTIONS), "#NUM!",
        "ai_penetration is 33; it must be 0.001 to 1 (0.1% to 100%)",
    ),
    "several cases": (
        "CAI_SIMULATE", (IDS, [row * 2 for row in VALUES], DISTRIBUTIONS), "#VALUE!",
        "values has 2 columns; give one, such as the live case",
    ),
    "no draws": (
        "CAI_SIMULATE", (*CASE, BLANK_BLOCK, 0.0), "#NUM!",
        "draws is 0; it must be 100 to 1000000, a whole number",
    ),
    "too many draws": (
        "CAI_HISTOGRAM", (*CASE, BLANK_BLOCK, 1e12), "#NUM!",
        "draws is 1000000000000; it must be 100 to 1000000, a whole number",
    ),
    "draws that are not whole": (
        "CAI_SENSITIVITY", (*CASE, BLANK_BLOCK, 1000.5), "#NUM!",
        "draws is 1000.5; it must be 100 to 1000000, a whole number",
    ),
    "a seed that is text": (
        "CAI_SIMULATE", (*CASE, BLANK_BLOCK, 1000.0, "seven"), "#VALUE!",
        "seed is the text 'seven'; it must be 0 to 9007199254740991, a whole number",
    ),
    "an unknown method": (
        "CAI_SIMULATE", (*CASE, BLANK_BLOCK, 1000.0, 7.0, "halton"), "#N/A",
        "method is 'halton'; known: sobol, latin, plain",
    ),
    "a negative threshold": (
        "CAI_SIMULATE", (*CASE, BLANK_BLOCK, 1000.0, 7.0, "sobol", -1.0), "#NUM!",
        "threshold is -1; it must be an amount of USD a year, 0 or more",
    ),
    "no bins": (
        "CAI_HISTOGRAM", (*CASE, BLANK_BLOCK, 1000.0, 7.0, "sobol", 0.0), "#NUM!",
        "bins is 0; it must be 1 to 1000, a whole number",
    ),
    "correlations of another size": (
        "CAI_SIMULATE", (*CASE, ranks(3)), "#VALUE!",
        f"correlations has 3 x 3 cells; give a row and a column for each of the {COUNT} ids, in "
        "their order",
    ),
    "a correlation above 1": (
        "CAI_SIMULATE", (*CASE, changed(TOGETHER, 1, 2, 1.5)), "#NUM!",
        "correlations (row 1, column 2) is 1.5; it must be -1 to 1",
    ),
    "correlations that are not symmetric": (
        "CAI_SENSITIVITY", (*CASE, changed(TOGETHER, 1, 2, 0.4)), "#NUM!",
        "correlations (row 1, column 2), gdp_growth with ai_growth_multiple, is 0.4; the cell "
        "across the diagonal must be equal",
    ),
    "a diagonal that is not 1": (
        "CAI_NEAREST_CORRELATION", (THREE_IDS, changed(IMPOSSIBLE_THREE, 2, 2, 0.5)), "#NUM!",
        "correlations (row 2, column 2), gdp_growth with gdp_growth, is 0.5; each has 1 with",
    ),
    "an unknown id beside the correlations": (
        "CAI_NEAREST_CORRELATION", ([["ai_penetration"], ["gdp_growth"], ["rate"]], ranks(3)),
        "#N/A", "ids: no assumption is called 'rate': did you mean",
    ),
    "a grid of one assumption": (
        "CAI_GRID", ("gdp_growth", GROWTHS, "gdp_growth", GROWTHS), "#N/A",
        "x and y are both gdp_growth; give two assumptions",
    ),
    "a grid beyond the bounds": (
        "CAI_GRID", ("ai_penetration", [[0.2, 1.3]], "gdp_growth", GROWTHS), "#NUM!",
        "xs (row 1, column 2) is 1.3; it must be 0.001 to 1 (0.1% to 100%)",
    ),
    "a grid of a block": (
        "CAI_GRID", ("ai_penetration", [[0.2, 0.3]] * 2, "gdp_growth", GROWTHS), "#VALUE!",
        "xs must be a single row or column",
    ),
    "a grid with ids but no values": (
        "CAI_GRID", ("ai_penetration", SHARES, "gdp_growth", GROWTHS, IDS, BLANK_BLOCK), "#VALUE!",
        "values is blank; give both ids and values, or neither for the base case",
    ),
    "a target out of reach": (
        "CAI_GOALSEEK", ("ai_penetration", 1e12), "#N/A",
        "not reachable: at its bound, ai_penetration = 1 (100%), the total is 30.809B",
    ),
    "a target that is text": (
        "CAI_GOALSEEK", ("ai_penetration", "20B"), "#VALUE!",
        "target is the text '20B'; it must be an amount of USD a year, 0 or more",
    ),
    "a target for a year": (
        "CAI_GOALSEEK", ("forecast_year", 2e10), "#VALUE!",
        "forecast_year is a year; a target needs an assumption that can vary",
    ),
}  # fmt: skip
"""Calls that are refused, by kind: function, cells, Excel error, and how the sentence begins."""
