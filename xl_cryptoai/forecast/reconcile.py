"""The forecast's account against every figure that the publication prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xl_cryptoai.errors import ShapeMismatchError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.source import PrintedFigure

ROUNDING = 1e-12
"""Relative slack for figures that lie exactly on half a digit."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One computed result beside the printed figure.

    Attributes
    ----------
    figure : PrintedFigure
        The printed figure; `figure.half_digit` is the tolerance.
    label : str
        The step's label.
    value : float
        The computed result, in the step's unit.
    independent : bool
        Whether its agreement tests the model: no input was solved from the printed figure.
    """

    figure: PrintedFigure
    label: str
    value: float
    independent: bool = True

    @property
    def difference(self) -> float:
        """Computed less printed."""
        return self.value - self.figure.value

    @property
    def agrees(self) -> bool:
        """Whether the difference is within half of the last printed digit."""
        return abs(self.difference) <= self.figure.half_digit * (1 + ROUNDING)


def calibrated(model: Model) -> set[str]:
    """Return the printed figures from which an input was solved, or by which one was chosen.

    >>> from xl_cryptoai.forecast.shipped import shipped_model
    >>> sorted(calibrated(shipped_model()))
    ['ai_compute', 'identity_market', 'tam']
    """
    return {
        name.removeprefix("printed_")
        for derivation in model.derivations.values()
        for name in derivation.inputs
        if name.startswith("printed_")
    }


def reconcile(model: Model, values: Mapping[str, Any]) -> list[Reconciliation]:
    """Hold results against the printed figures.

    Parameters
    ----------
    model : Model
        The steps and their printed figures.
    values : mapping of step id to number
        A forecast of one scenario, or any part of its results.

    Returns
    -------
    list of Reconciliation
        One for each printed figure whose step is among the values, in model order.

    Raises
    ------
    ShapeMismatchError
        If a value is not a single number.

    Examples
    --------
    >>> from xl_cryptoai.forecast.shipped import shipped_model
    >>> reconcile(shipped_model(), {"tam": 5.8512e12})[0].agrees
    True
    """
    lines = []
    solved = calibrated(model)
    figures = model.publication.figures
    for name, step in model.steps.items():
        if name not in figures or name not in values:
            continue
        if np.size(values[name]) != 1:
            raise ShapeMismatchError(f"{name} has {np.size(values[name])} values; give one")
        value = float(np.asarray(values[name]).reshape(()))
        lines.append(Reconciliation(figures[name], step.label, value, name not in solved))
    return lines
