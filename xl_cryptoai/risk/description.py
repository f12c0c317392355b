"""What a simulation draws and what stays fixed, by whom, and where the live total stands in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from xl_cryptoai.assumptions import Assumption, Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.assumptions.uncertainty import FIXED
from xl_cryptoai.risk.distributions import Distribution, default_distributions
from xl_cryptoai.risk.simulation import Simulation
from xl_cryptoai.units import read_as


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn and what is not, by id.

    Attributes
    ----------
    catalogue : Catalogue
        The assumptions.
    house : tuple of str
        Drawn from the catalogue's distribution, a house view.
    own : tuple of str
        Drawn from a distribution that somebody typed, or that follows scenario values of their own.
    overridden : dict of str to float
        Fixed by an override, at this value.
    fixed : dict of str to float
        Fixed by somebody's own distribution, at this value.
    """

    catalogue: Catalogue
    house: tuple[str, ...]
    own: tuple[str, ...]
    overridden: dict[str, float]
    fixed: dict[str, float]

    @property
    def words(self) -> str:
        """All of it in one or two sentences."""
        parts = []
        if self.house:
            low, high = (
                self.catalogue.scenarios[name].label.lower() for name in self.catalogue.span
            )
            parts.append(f"{_count(self.house)} by the house view, from {low} to {high}")
        if self.own:
            parts.append(f"{_count(self.own)} by own distribution ({self._labels(self.own)})")
        drawn = f"Drawn: {'; '.join(parts) or 'nothing'}."
        kept = [
            f"{_at(self.catalogue[name], value)} ({reason})"
            for values, reason in ((self.overridden, "override"), (self.fixed, "own choice"))
            for name, value in values.items()
        ]
        return f"{drawn} Fixed: {'; '.join(kept)}." if kept else drawn

    def _labels(self, names: Collection[str]) -> str:
        return ", ".join(self.catalogue[name].label for name in names)


def drawn_from(
    catalogue: Catalogue,
    distributions: Mapping[str, Distribution],
    overrides: Mapping[str, Value],
) -> Drawn:
    """Describe what is drawn.

    Parameters
    ----------
    catalogue : Catalogue
        The assumptions.
    distributions : mapping of id to Distribution
        What the simulation takes.
    overrides : mapping of id to value
        What somebody has overridden.
    """
    shipped = default_distributions(catalogue)
    house, own, fixed = [], [], {}
    for name, one in distributions.items():
        if one.shape == FIXED:
            fixed[name] = one.mode
        elif one == shipped.get(name):
            house.append(name)
        else:
            own.append(name)
    overridden = {
        entry.id: fixed.pop(entry.id, float(overrides[entry.id]))
        for entry in uncertain_in(catalogue)
        if entry.id in overrides and entry.id not in (*house, *own)
    }
    chosen = {
        name: value for name, value in fixed.items() if not _is_as_catalogue(catalogue[name], value)
    }
    return Drawn(catalogue, tuple(house), tuple(own), overridden, chosen)


def _is_as_catalogue(entry: Assumption, value: float) -> bool:
    """Return whether the catalogue itself has an assumption fixed at a value."""
    uncertainty = entry.uncertainty
    return uncertainty is not None and (uncertainty.shape, uncertainty.mode) == (FIXED, value)


def live_in_words(found: Simulation, live: float, name: str = "Live") -> str:
    """Say where a total stands among those that were drawn.

    Parameters
    ----------
    found : Simulation
        What was drawn.
    live : float
        The total of the forecast as it stands, USD a year.
    name : str
        What to call it.
    """
    below = 1 - found.chance_of_exceeding(live)[0]
    amount = read_as(live, "usd_per_year", 3)
    if not 0 < below < 1:
        side = "below all" if below == 0 else "above all"
        return f"{name}, {amount}, lies {side} draws."
    return f"{name}, {amount}, is at P{100 * below:.1f} of the draws."


def _count(names: Collection[str]) -> str:
    return f"{len(names)} assumption{'s' * (len(names) > 1)}"


def _at(entry: Assumption, value: float) -> str:
    return f"{entry.label} at {read_as(value, entry.unit)}"
