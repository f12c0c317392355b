"""How uncertain an assumption is: a shape with low, most likely and high, all a house view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.tomlfile import check_known
from xl_cryptoai.units import CHOICE, UNITS

SHAPES = ("pert", "triangular", "uniform", "normal", "lognormal", "fixed")
"""PERT, triangular and uniform end at low and high; normal and lognormal are cut at the bounds and
then have low and high as their 5% and 95% quantiles; fixed is the most likely value."""
PERT, FIXED = "pert", "fixed"
DEFAULT_SHAPE = PERT
CUT = ("normal", "lognormal")
"""The shapes without ends of their own, so that the bounds cut them. Low and high settle them: a
most likely value is not asked for."""
LOW_MODE_HIGH = ("low", "mode", "high")

METHODS = ("sobol", "latin", "plain")
"""How draws can be made: scrambled Sobol points (the default), Latin hypercubes, plainly."""
DRAWS = 16_384
SEED = 20240129
"""Of the simulation, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The shipped uncertainty of one assumption.

    Attributes
    ----------
    shape : str
        One of `SHAPES`; by default "pert" where the scenarios that span the draws differ, else
        "fixed".
    low, mode, high : float
        Low, most likely and high value, in the assumption's unit; by default the lower of the two
        scenarios that span the draws, base, and the higher of the two.
    """

    shape: str
    low: float
    mode: float
    high: float


def uncertainty_of(
    file: str, row: Mapping[str, Any], typed: Mapping[str, Any], span: tuple[str, str]
) -> Uncertainty | None:
    """Return a catalogue entry's uncertainty; None for one that is not drawn.

    Those are years, choices, and what does not move the total.

    Parameters
    ----------
    file : str
        Name of the entry's file, for messages.
    row : mapping
        The entry, its scenario values already checked.
    typed : mapping
        What the entry says itself of `shape`, `low`, `mode` and `high`.
    span : tuple of str
        The two scenarios between which an assumption is drawn.

    Raises
    ------
    CatalogueError
        For an unknown shape, or ends that do not rise within the bounds.
    """
    if row["unit"] == CHOICE or UNITS[row["unit"]].whole or row["effect"] == "none":
        if typed:
            raise CatalogueError(
                file, row["id"], next(iter(typed)), "is for uncertain numbers only"
            )
        return None
    ends = sorted(float(row["values"][name]) for name in span)
    moved = "low" in typed or ends[0] < ends[1]
    shape = typed.get("shape", DEFAULT_SHAPE if moved else FIXED)
    check_known(file, row["id"], "shape", shape, SHAPES)
    low, mode, high = (
        float(typed.get(end, default))
        for end, default in zip(
            LOW_MODE_HIGH, (ends[0], row["values"]["base"], ends[1]), strict=True
        )
    )
    if not row["lower"] <= low <= mode <= high <= row["upper"]:
        raise CatalogueError(
            file, row["id"], "low",
            f"{low:g}, mode {mode:g} and high {high:g} must rise within the bounds",
        )  # fmt: skip
    if shape != FIXED and low == high:
        raise CatalogueError(file, row["id"], "shape", f"is {shape}, but low and high are equal")
    return Uncertainty(shape, low, mode, high)
