"""The source's faults, as data, with the other reading's effect on the total computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import CatalogueError, quoted
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.tomlfile import entries, read_toml

FINDINGS_FILE = Path(__file__).with_name("findings.toml")

_REQUIRED = {"id": str, "title": str, "text": str, "about": list, "locator": str}
_OPTIONAL = {"overrides": dict, "reading": str}

MIDPOINT_BASELINE = 3.5e12
"""Midpoint of McKinsey's range of 2.6T to 4.4T USD a year."""
MIDPOINT_YEARS = 7
"""Years over which the midpoint grows to the printed market."""


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
        The other reading, over the published base case; empty where there is none.
    """

    id: str
    title: str
    text: str
    about: tuple[str, ...]
    locator: str
    overrides: Mapping[str, float | str] = field(default_factory=dict)

    def total(self, model: Model) -> float | None:
        """Compute the base-case total under the other reading, USD a year; None without one."""
        if not self.overrides:
            return None
        return float(Forecast(overrides=dict(self.overrides), model=model)[TOTAL])


def _midpoint_compounded(model: Model) -> dict[str, float | str]:
    """The baseline that, in this model, gives the market of the compounded midpoint."""
    base = Forecast(model=model)
    growth = (1 + base["gdp_growth"]) * (1 + base["gdp_growth"] * base["ai_growth_multiple"])
    market = MIDPOINT_BASELINE * growth**MIDPOINT_YEARS
    return {"baseline_productivity": base["baseline_productivity"] * market / base["tam"]}


def _mean_security_cost(model: Model) -> dict[str, float | str]:
    """The mean of the security costs that the publication measures, unrounded."""
    costs = [fact.low for fact in model.evidence() if fact.id.endswith("_security_cost")]
    return {"identity_rate": sum(costs) / len(costs)}


READINGS: dict[str, Callable[[Model], dict[str, float | str]]] = {
    "midpoint_compounded": _midpoint_compounded,
    "mean_security_cost": _mean_security_cost,
}
"""Readings whose overrides are computed from other figures."""


@cache
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
            row["overrides"] = READINGS[reading](model)
        row["about"] = tuple(row["about"])
        findings.append(Finding(**row))
    return tuple(findings)


def _check_ids(file: str, row: Mapping[str, Any], known: set[str]) -> None:
    for part in ("about", "overrides"):
        for name in row.get(part, ()):
            if not isinstance(name, str) or name not in known:
                raise CatalogueError(file, row["id"], part, f"no id {quoted(name)} exists")
