"""The source's faults, as data, with the other reading's effect on the total computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import CatalogueError, quoted
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import KEPT_MODELS, TOTAL, Model
from xl_cryptoai.powers import power
from xl_cryptoai.tomlfile import entries, read_toml
from xl_cryptoai.units import is_number

FINDINGS_FILE = Path(__file__).with_name("findings.toml")

_REQUIRED = {"id": str, "title": str, "text": str, "about": list, "locator": str}
_OPTIONAL = {"overrides": dict, "reading": str}

MIDPOINT_BASELINE = 3.5e12
"""Midpoint of McKinsey's range of 2.6T to 4.4T USD a year."""
MIDPOINT_YEARS = 7
"""Years over which the midpoint grows to the printed market."""
INFLATION = 0.02
"""A year, if growth is real: what central banks aim at."""

Inputs = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about the source.

    Attributes
    ----------
    id, title, text, locator : str
        Its name, headline, explanation in our own words and place in the publication.
    about : tuple of str
        Ids of the assumptions and steps it concerns.
    overrides : mapping of id to value
        The other reading, over the published base case; empty where there is none, or where
        `reading` returns it.
    reading : callable, optional
        Returns the other reading for a model, where it depends on other figures.
    """

    id: str
    title: str
    text: str
    about: tuple[str, ...]
    locator: str
    overrides: Mapping[str, float | str] = field(default_factory=dict)
    reading: Callable[[Model], Inputs] | None = None

    @property
    def has_other_reading(self) -> bool:
        """Whether the source can be read in another way that has an effect on the total."""
        return bool(self.overrides) or self.reading is not None

    def inputs(self, model: Model) -> Inputs:
        """Return the other reading as overrides of a model's base case; empty without one."""
        return self.reading(model) if self.reading is not None else dict(self.overrides)

    def total(self, model: Model) -> float | None:
        """Compute the base-case total under the other reading, USD a year; None without one."""
        if not self.has_other_reading:
            return None
        return float(Forecast(overrides=self.inputs(model), model=model)[TOTAL])


# Other readings: (source, model) -> inputs. What is solved from printed figures is solved in the
# model of the source, which an own model extends; the rest takes the values of the model asked for.


def _midpoint_compounded(source: Model, _: Model) -> Inputs:
    """The baseline that gives the market of the compounded midpoint."""
    base = Forecast(model=source)
    market = MIDPOINT_BASELINE * power(_compounded(base), MIDPOINT_YEARS)
    return {"baseline_productivity": base["baseline_productivity"] * market / base["tam"]}


def _mean_security_cost(source: Model, _: Model) -> Inputs:
    """The mean of the security costs that the publication measures, unrounded."""
    costs = [fact.low for fact in source.evidence() if fact.id.endswith("_security_cost")]
    return {"identity_rate": sum(costs) / len(costs)}


def _within_software(_: Model, model: Model) -> Inputs:
    """Software without the two markets that are counted on their own."""
    base = Forecast(model=model)
    inside = (base["identity_market"] + base["security_market"]) / base["ai_revenue"]
    return {"software_share": base["software_share"] - inside}


def _growth_is_of_ai(source: Model, _: Model) -> Inputs:
    """Growth as printed, not multiplied, and the baseline that gives the same market."""
    base = Forecast(model=source)
    growth = 1 + base["gdp_growth"]
    return {"ai_growth_multiple": 1.0, "baseline_productivity": _back(base, growth)}


def _growth_compounds(source: Model, model: Model) -> Inputs:
    """GDP and AI growth on each other, from the baseline that gives the same market.

    The baseline carries what the growth has more, as no multiple does where GDP does not grow.
    """
    base, here = Forecast(model=source), Forecast(model=model)
    more = _compounded(here) / (1 + here["gdp_growth"] * here["ai_growth_multiple"])
    return {"baseline_productivity": _back(base, _compounded(base)) * power(more, _years(here))}


def _growth_is_real(_: Model, model: Model) -> Inputs:
    """The market in money of the forecast year; the baseline carries the inflation."""
    base = Forecast(model=model)
    return {
        "baseline_productivity": base["baseline_productivity"] * power(1 + INFLATION, _years(base))
    }


def _compounded(base: Forecast) -> float:
    """What GDP and AI growth make together of 1 in a year."""
    growth = base["gdp_growth"]
    return float((1 + growth) * (1 + growth * base["ai_growth_multiple"]))


def _back(base: Forecast, growth: float) -> float:
    """The base case's market, brought back to the baseline year at another growth."""
    return float(base["tam"] / power(growth, _years(base)))


def _years(base: Forecast) -> float:
    return float(base["forecast_year"] - base["baseline_year"])


READINGS: dict[str, Callable[[Model, Model], Inputs]] = {
    "midpoint_compounded": _midpoint_compounded,
    "mean_security_cost": _mean_security_cost,
    "identity_and_security_within_software": _within_software,
    "growth_is_of_ai": _growth_is_of_ai,
    "growth_compounds": _growth_compounds,
    "growth_is_real": _growth_is_real,
}
"""Readings that depend on other figures, by name."""


@lru_cache(KEPT_MODELS)
def load_findings(model: Model, path: Path = FINDINGS_FILE) -> tuple[Finding, ...]:
    """Load the findings about a model's source.

    Raises
    ------
    CatalogueError
        If an entry lacks a field or names an id or reading that does not exist.
    """
    return findings_of(model, path.name, read_toml(path))


def findings_of(model: Model, file: str, data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings that a file holds; see `load_findings`."""
    findings = []
    for row in entries(file, data, "finding", _REQUIRED, _OPTIONAL):
        _check_ids(file, row, {*model.entries})
        reading = row.pop("reading", None)
        if reading is not None and reading not in READINGS:
            raise CatalogueError(file, row["id"], "reading", f"'{reading}' does not exist")
        if reading is not None:
            row["reading"] = partial(READINGS[reading], model)
        row["about"] = tuple(row["about"])
        findings.append(Finding(**row))
    return tuple(findings)


def _check_ids(file: str, row: Mapping[str, Any], known: set[str]) -> None:
    for part in ("about", "overrides"):
        for name in row.get(part, ()):
            if not isinstance(name, str) or name not in known:
                raise CatalogueError(file, row["id"], part, f"no id {quoted(name)} exists")
    for name, value in row.get("overrides", {}).items():
        if not (is_number(value) or isinstance(value, str)):
            raise CatalogueError(
                file, row["id"], "overrides", f"{name} is {quoted(value)}; give a number or text"
            )
