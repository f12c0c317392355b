"""What a person has typed into a model, as a simulation takes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_cryptoai.assumptions import Catalogue, UserInputs, shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.places import OVERRIDE, SHAPE, WITH, uncertain_in
from xl_cryptoai.assumptions.uncertainty import ENDS, FIXED
from xl_cryptoai.risk.correlation import Matrix, check_correlation
from xl_cryptoai.risk.distributions import Distribution, make


@dataclass(frozen=True, slots=True)
class Typed:
    """What `simulate` and its like take of a person's inputs.

    Attributes
    ----------
    overrides : dict of id to value
        Where every assumption stands: its override, else the chosen scenario's value.
    distributions : dict of id to Distribution
        What is uncertain, and what is fixed at its live value.
    correlation : matrix
        Rank correlations, in the order of the distributions.
    """

    overrides: dict[str, Value]
    distributions: dict[str, Distribution]
    correlation: Matrix


def typed(inputs: UserInputs, catalogue: Catalogue | None = None) -> Typed:
    """Put a person's inputs together as the sheets Distributions and Correlations do.

    Parameters
    ----------
    inputs : UserInputs
        Read from a workbook or a TOML file.
    catalogue : Catalogue, optional
        The package's own by default.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For ends that do not rise, or correlations that cannot be, naming them.

    Examples
    --------
    >>> wide = UserInputs("bull", {"gdp_growth": {"high": 0.06}, "bank_revenue": {"bull": 7e11}})
    >>> found = typed(wide)
    >>> found.distributions["gdp_growth"].high, found.overrides["bank_revenue"]
    (0.06, 700000000000.0)
    """
    catalogue = catalogue if catalogue is not None else shipped_assumptions()

    def at(name: str, place: str) -> Value | None:
        return inputs.value(catalogue, name, place)

    live = {}
    for name in catalogue:
        own = at(name, OVERRIDE)
        live[name] = own if own is not None else at(name, inputs.scenario)
    overrides = {name: value for name, value in live.items() if value is not None}
    drawn = {}
    for entry in uncertain_in(catalogue):
        shape = str(at(entry.id, SHAPE))
        bear, base, bull = (at(entry.id, case) for case in ("bear", "base", "bull"))
        low, mode, high = min(bear, bull), base, max(bear, bull)  # type: ignore[type-var]
        if shape == FIXED:
            own = at(entry.id, "mode")
            low = mode = high = own if own is not None else live[entry.id]
        else:
            low, mode, high = (
                at(entry.id, end) if at(entry.id, end) is not None else followed
                for end, followed in zip(ENDS, (low, mode, high), strict=True)
            )
        drawn[entry.id] = make(entry, shape, low, mode, high)  # type: ignore[arg-type]
    return Typed(overrides, drawn, _matrix(inputs, catalogue, list(drawn)))


def _matrix(inputs: UserInputs, catalogue: Catalogue, ids: list[str]) -> Matrix:
    matrix = np.eye(len(ids))
    for row, name in enumerate(ids):
        for column, other in enumerate(ids[:row]):
            value = inputs.value(catalogue, name, f"{WITH}{other}")
            matrix[row, column] = matrix[column, row] = value
    return check_correlation(matrix, ids)
