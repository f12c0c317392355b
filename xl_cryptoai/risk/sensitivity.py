"""What moves the total: each assumption alone, from end to end or by a percent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.assumptions.uncertainty import FIXED
from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.notebook import Column, Table
from xl_cryptoai.risk.distributions import Distribution, drawn_beside
from xl_cryptoai.risk.limits import limits
from xl_cryptoai.risk.slopes import Slope
from xl_cryptoai.risk.totals import Inputs, standing, total_of, totals


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: an assumption, its two ends, and the total at each.

    Attributes
    ----------
    id : str
        The assumption.
    low, high : float
        Its values at the ends, in its unit.
    total_low, total_high : float
        The total at either end, USD a year.
    held : bool
        Whether a rule between inputs holds an end nearer than the distribution has it.
    """

    id: str
    low: float
    high: float
    total_low: float
    total_high: float
    held: bool = False

    @property
    def swing(self) -> float:
        """How far apart the totals are."""
        return abs(self.total_high - self.total_low)


class Tornado(Table[Bar]):
    """The bars of a tornado, the widest swing first."""

    title = "What moves the total: each assumption alone from low to high"

    def __init__(self, catalogue: Catalogue, bars: Iterable[Bar] = ()) -> None:
        super().__init__(bars)
        self.catalogue = catalogue

    @property
    def columns(self) -> tuple[Column[Bar], ...]:
        """What each row shows."""
        entries = self.catalogue

        def unit_of(bar: Bar) -> str:
            return entries[bar.id].unit

        return (
            Column("label", lambda bar: entries[bar.id].label),
            Column("id", lambda bar: bar.id),
            Column("unit", lambda bar: entries[bar.id].unit_label),
            Column("low", lambda bar: bar.low, unit_of=unit_of),
            Column("high", lambda bar: bar.high, unit_of=unit_of),
            Column("total_low", lambda bar: bar.total_low, "usd_per_year"),
            Column("total_high", lambda bar: bar.total_high, "usd_per_year"),
            Column("swing", lambda bar: bar.swing, "usd_per_year"),
        )


def tornado(
    scenario: str = "base",
    distributions: Mapping[str, Distribution] | None = None,
    overrides: Mapping[str, Value] | None = None,
    model: Model | None = None,
) -> Tornado:
    """Move each uncertain assumption alone from its low to its high, the others as they are.

    Where an end would break a rule between inputs, such as software and compute beyond all of AI
    revenue, the bar ends where the rule does: the other assumptions stay, as the picture says.

    Parameters
    ----------
    scenario : str
        Id of the scenario where the others stand.
    distributions : mapping of id to Distribution, optional
        What is uncertain; by default all that the catalogue calls so and no override fixes. One
        that is fixed has no bar and stands at its most likely value.
    overrides : mapping of id to value, optional
        Values over the scenario's. One fixes its assumption, unless a distribution is given for it.
    model : Model, optional
        Whose; the shipped model's by default.

    Returns
    -------
    Tornado
        A list of Bar, with `to_frame()`; the widest swing first.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        For an unknown id or scenario, a value that cannot be, a rule broken from the start, or an
        assumption none of whose values keeps the rules.

    Examples
    --------
    >>> [bar.id for bar in tornado()][:2]
    ['crypto_software_share', 'ai_penetration']
    """
    model = shipped_by_default(model)
    overrides = model.assumptions.by_id(overrides)
    varied, fixed = varied_and_fixed(model, overrides, distributions)
    inputs = standing(model, scenario, {**overrides, **fixed})
    ends = {name: _ends(model, one, inputs) for name, one in varied.items()}
    if not ends:
        return Tornado(model.assumptions)
    found = totals(model, inputs, one_at_a_time(inputs, ends)).reshape(-1, 2).tolist()
    bars = [
        Bar(name, *ends[name], at_low, at_high, ends[name] != (one.low, one.high))
        for (name, one), (at_low, at_high) in zip(varied.items(), found, strict=True)
    ]
    return Tornado(model.assumptions, sorted(bars, key=lambda bar: -bar.swing))


def varied_and_fixed(
    model: Model,
    overrides: Mapping[str, Value] | None,
    distributions: Mapping[str, Distribution] | None,
) -> tuple[dict[str, Distribution], dict[str, float]]:
    """Part the distributions that vary from the fixed ones, of which only the value matters."""
    chosen = drawn_beside(model.assumptions, overrides, distributions)
    varied = {name: one for name, one in chosen.items() if one.shape != FIXED}
    return varied, {name: one.mode for name, one in chosen.items() if one.shape == FIXED}


def _ends(model: Model, distribution: Distribution, inputs: Inputs) -> tuple[float, float]:
    """Return low and high, or the last values towards them that keep the rules between inputs."""
    name, low, high = distribution.id, distribution.low, distribution.high
    lowest, highest = limits(model, name, inputs)
    if low > highest or high < lowest:
        raise OutOfRangeError(
            f"{name} goes from {low:g} to {high:g}, but the rules between inputs leave it "
            f"{lowest:g} to {highest:g} with the others as they are; change its range or theirs"
        )
    return max(low, lowest), min(high, highest)


def one_at_a_time(inputs: Inputs, values: Mapping[str, ArrayLike]) -> Inputs:
    """Lay out a row for each value of each assumption, in which all the others stand.

    >>> from xl_cryptoai.forecast import shipped_model
    >>> inputs = standing(shipped_model())
    >>> laid = one_at_a_time(inputs, {"ai_penetration": [0.2, 0.5], "identity_rate": [0.1]})
    >>> laid["ai_penetration"].tolist(), laid["identity_rate"].tolist()
    ([0.2, 0.5, 0.33], [0.035, 0.035, 0.1])
    """
    given = {name: np.asarray(value) for name, value in values.items()}
    count = sum(value.size for value in given.values())
    laid, first = {}, 0
    for name, value in given.items():
        row = np.full(count, inputs[name], dtype=value.dtype)
        row[first : first + value.size] = value
        laid[name] = row
        first += value.size
    return laid


def elasticities(
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    model: Model | None = None,
) -> dict[str, float]:
    """Return the change of the total in percent for one percent more of each assumption.

    Exact to the last digits: the steps are differentiated, operation by operation, as they run.

    Parameters
    ----------
    scenario, overrides
        Where the assumptions stand.
    model : Model, optional
        Whose; the shipped model's by default.

    Returns
    -------
    dict of id to float
        The strongest first; years, choices and what does not move the total are left out. NaN,
        last, where the total is 0.

    Examples
    --------
    >>> round(elasticities()["ai_penetration"], 12), round(elasticities()["gdp_growth"], 4)
    (1.0, 0.3445)
    """
    model = shipped_by_default(model)
    inputs = standing(model, scenario, overrides)
    numbers = [entry.id for entry in uncertain_in(model.assumptions)]
    rises = {name: np.eye(len(numbers))[row] for row, name in enumerate(numbers)}
    moved = {name: Slope(inputs[name], inputs[name] * rises[name]) for name in numbers}
    total = total_of(model, {**inputs, **moved})
    with np.errstate(invalid="ignore"):
        found = np.asarray(total.slope / total.value)
    pairs = zip(numbers, found.tolist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: (pair[1] != pair[1], -abs(pair[1]))))
