"""The input fields: where a person can type into a model, what may stand there, its default.

Each is known by an id and a word: ("ai_penetration", "bull"), ("ai_penetration", "shape"),
("ai_revenue_capture", "with_ai_penetration") for a rank correlation, ("simulation", "draws").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from xl_cryptoai.assumptions.catalogue import BASE, Assumption, Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.assumptions.scenarios import Quantity, check_value
from xl_cryptoai.assumptions.typed_text import name_meant, value_meant
from xl_cryptoai.assumptions.uncertainty import (
    DRAWS,
    FIXED,
    LOW_MODE_HIGH,
    METHODS,
    PERT,
    SEED,
    SHAPES,
)
from xl_cryptoai.errors import UnknownNameError
from xl_cryptoai.units import CHOICE, UNITS

OVERRIDE = "override"
SHAPE = "shape"
WITH = "with_"
"""Before the id of the other assumption: the rank correlation of the two."""
SIMULATION = "simulation"
"""The id under which the settings of the simulation stand."""
COMMON_FACTOR = "common_factor"
LEAST_DRAWS, MOST_DRAWS = 100, 1_000_000
"""In a cell; more are for the command line and the library."""
LARGEST_SEED = 2**53 - 1
"""The largest whole number that a cell holds exactly."""

Key = tuple[str, str]
At = Callable[[str, str], Value | None]
"""Gives the value of an id and a field; None for a blank."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the simulation, or another field that is no assumption's value.

    Attributes
    ----------
    id, label, meaning : str
        Its name everywhere, its short label and what it does.
    unit : str
        See `xl_cryptoai.units`.
    default : float or str
        What holds where nobody has typed anything.
    lower, upper : float
        Its allowed range; NaN for a choice.
    choices : tuple of str
        The texts allowed for a choice, else empty.
    """

    id: str
    label: str
    meaning: str
    unit: str
    default: Value
    lower: float = math.nan
    upper: float = math.nan
    choices: tuple[str, ...] = ()


def settings_of(catalogue: Catalogue) -> MappingProxyType[str, Setting]:
    """Return the settings of the simulation by name, in order."""
    uncertain = tuple(entry.id for entry in uncertain_in(catalogue))
    own = catalogue.settings
    money = UNITS["usd_per_year"]
    low, high = (catalogue.scenarios[name].label.lower() for name in catalogue.span)
    entries = (
        Setting("draws", "Draws", "Number of draws; a power of two suits sobol", "count",
                float(DRAWS), LEAST_DRAWS, MOST_DRAWS),
        Setting("seed", "Seed", "The same seed gives the same answer", "count", float(SEED), 0,
                LARGEST_SEED),
        Setting("threshold", "Threshold", "The simulation gives the chance that the total exceeds "
                "this", money.id, own["threshold"], money.lower, money.upper),
        Setting("goal_target", "Goal: target", "The total that the assumption below should reach",
                money.id, own["goal_target"], money.lower, money.upper),
        Setting(COMMON_FACTOR, "Common factor", "Rank correlation of every pair without one of its "
                f"own: all assumptions move together from {low} to {high}", "correlation", 0.0, 0.0,
                1.0),
        Setting("method", "Method", "How the draws are made: sobol (scrambled), latin (hypercube) "
                "or plain", CHOICE, METHODS[0], choices=METHODS),
        Setting("goal_id", "Goal: assumption", "The assumption to solve for",
                CHOICE, own["goal_id"], choices=uncertain),
        Setting("grid_x", "Grid: across", "The assumption across the top of the grid", CHOICE,
                own["grid_x"], choices=uncertain),
        Setting("grid_y", "Grid: down", "The assumption down the left of the grid", CHOICE,
                own["grid_y"], choices=uncertain),
    )  # fmt: skip
    return MappingProxyType({entry.id: entry for entry in entries})


def uncertain_in(catalogue: Catalogue) -> list[Assumption]:
    """List the assumptions that can be uncertain: all that move the total but years and choices."""
    return [entry for entry in catalogue.values() if entry.uncertainty is not None]


def fields_of(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """List the fields of an id, in order.

    Raises
    ------
    UnknownNameError
        For an id that is neither an assumption's nor "simulation".

    Examples
    --------
    >>> from xl_cryptoai import load_assumptions
    >>> fields_of(load_assumptions(), "ai_growth_multiple")[:9]
    ('bear', 'base', 'bull', 'own', 'override', 'shape', 'low', 'mode', 'high')
    """
    if name == SIMULATION:
        return tuple(settings_of(catalogue))
    fields = (*catalogue.scenarios, OWN, OVERRIDE)
    if catalogue[name].uncertainty is None:
        return fields
    ids = [entry.id for entry in uncertain_in(catalogue)]
    earlier = (f"{WITH}{other}" for other in ids[: ids.index(name)])
    return (*fields, SHAPE, *LOW_MODE_HIGH, *earlier)


def id_meant(catalogue: Catalogue, text: str) -> str:
    """Return the id under which input fields stand that a text means; see `name_meant`."""
    return name_meant(text, "assumption", {**catalogue, SIMULATION: None})


def field_meant(catalogue: Catalogue, name: str, text: str) -> str:
    """Return the input field of an id that a text means; see `name_meant`."""
    return name_meant(text, f"input field of {name}", dict.fromkeys(fields_of(catalogue, name)))


def keys_of(catalogue: Catalogue) -> Iterator[Key]:
    """Yield every input field but the choice of the scenario."""
    for name in (*catalogue, SIMULATION):
        yield from ((name, field) for field in fields_of(catalogue, name))


def quantity_of(catalogue: Catalogue, name: str, field: str) -> Quantity:
    """Return what may stand in a field: unit, bounds and choices, under the field's own name."""
    if field not in fields_of(catalogue, name):
        known = ", ".join(fields_of(catalogue, name))
        raise UnknownNameError(f"{name} has no input field '{field}'; known: {known}")
    if name == SIMULATION:
        return settings_of(catalogue)[field]
    if field == SHAPE:
        return Setting(f"{name}.{field}", "Shape", "", CHOICE, "", choices=SHAPES)
    if field.startswith(WITH):
        return Setting(f"{name}.{field}", "Rank correlation", "", "correlation", 0.0, -1.0, 1.0)
    return catalogue[name]


def default_of(catalogue: Catalogue, name: str, field: str) -> Value | None:
    """Return what holds in a field where nobody has typed anything; None for a blank.

    A shape is blank where it is the catalogue's, low, most likely and high where they follow from
    the scenarios.
    """
    quantity = quantity_of(catalogue, name, field)
    if isinstance(quantity, Setting) and field != SHAPE:
        return quantity.default
    entry = catalogue[name]
    if field in catalogue.scenarios:
        return entry.values[field]
    if field in (OWN, OVERRIDE, SHAPE) or entry.uncertainty is None:
        return None
    followed = sorted(float(entry.values[name]) for name in (*catalogue.span, BASE))
    own: float = getattr(entry.uncertainty, field)
    return None if own == followed[LOW_MODE_HIGH.index(field)] else own


def number_at(at: At, name: str, field: str) -> float:
    """Return the number in a field where one is known to stand."""
    value = at(name, field)
    assert value is not None
    return float(value)


def shape_in_use(entry: Assumption, at: At) -> str:
    """Return the shape by which an assumption is drawn.

    One that is typed, else the catalogue's. An override fixes its assumption, unless somebody has
    typed a distribution for it: a shape, or low, most likely or high. What the catalogue has fixed
    is drawn once somebody types a low or a high.
    """
    assert entry.uncertainty is not None
    if (own := at(entry.id, SHAPE)) is not None:
        return str(own)
    typed = {end for end in LOW_MODE_HIGH if at(entry.id, end) is not None}
    if not typed and at(entry.id, OVERRIDE) is not None:
        return FIXED
    shipped = entry.uncertainty.shape
    return PERT if shipped == FIXED and typed & {"low", "high"} else shipped


def low_mode_high_from(name: str, at: At, span: tuple[str, str]) -> list[str]:
    """Return the fields that low, most likely and high are taken from: own ones, or scenarios.

    Low follows the lower of the two scenarios that span the draws, the most likely value base, high
    the higher of the two. All three must hold numbers.
    """
    lower, higher = sorted(span, key=lambda case: number_at(at, name, case))
    followed = zip(LOW_MODE_HIGH, (lower, BASE, higher), strict=True)
    return [end if at(name, end) is not None else case for end, case in followed]


def check_field(catalogue: Catalogue, name: str, field: str, value: Value) -> Value:
    """Return a value that may stand in a field, or refuse it; a text is read as people write."""
    quantity = quantity_of(catalogue, name, field)
    meant = value_meant(quantity, value) if isinstance(value, str) else value
    checked: Value = check_value(quantity, meant).item()
    return checked
