"""The publication's other figures: facts behind the assumptions, not inputs of the chain."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.tomlfile import check_known, date_in, entries, read_toml
from xl_cryptoai.units import read_as

EVIDENCE_FILE = Path(__file__).with_name("evidence.toml")

SUPPORTED = ("market", "crypto_software", "crypto_compute", "crypto_identity", "crypto_security")
"""What a figure can support: the market as a whole or one of the four segments."""

QUALIFIERS = ("", "about", "more than", "at least", "under")

_SHOWN = {
    "usd": "{} USD",
    "usd_per_quarter": "{} USD in a quarter",
    "usd_per_kwh": "{} USD/kWh",
    "usd_per_proof": "{} USD a proof",
    "multiple": "{}x",
    "count": "{}",
    "gas": "{} gas",
    "tao": "{} TAO",
    "parameters": "{} parameters",
    "terabyte": "{} TB",
    "gigabyte_per_second": "{} GB/s",
    "gigabit_per_second": "{} Gbit/s",
    "year": "{}",
}
"""How a figure is written with its unit; a unit of an own model is written after the figure."""
_TRAILING = re.compile(r"\.?0+(?=[A-Z]$)")
_LARGE = 1e6
"""From here on a figure is written with a letter for its magnitude."""

_REQUIRED = {
    "id": str,
    "segment": str,
    "who": str,
    "what": str,
    "unit": str,
    "as_of": str,
    "locator": str,
}
_OPTIONAL = {
    "value": float,
    "low": float,
    "high": float,
    "period": str,
    "horizon": int,
    "qualifier": str,
    "note": str,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure of the publication that supports a segment.

    Attributes
    ----------
    id, segment, who, what : str
        Its name, what it supports, whose figure it is and what it says, in our own words.
    low, high : float
        The figure, or the two ends of a range.
    unit : str
        Id of its unit, explained in `evidence.toml`.
    as_of : datetime.date
        The date it is stated for.
    locator : str
        Section and paragraph in the publication.
    period, qualifier, note : str
        The period it covers; "about" and its like; what is doubtful.
    horizon : int or None
        The year a forecast speaks of.
    """

    id: str
    segment: str
    who: str
    what: str
    low: float
    high: float
    unit: str
    as_of: dt.date
    locator: str
    period: str = ""
    horizon: int | None = None
    qualifier: str = ""
    note: str = ""

    def in_words(self) -> str:
        """Write the figure with its unit and hedge, as people read it.

        >>> {one.id: one for one in load_evidence()}["miner_power_price"].in_words()
        '0.03 to 0.05 USD/kWh'
        """
        low, high = (self._read(end) for end in (self.low, self.high))
        figure = low if low == high else f"{low} to {high}"
        shown = figure if self.unit == "share" else self._with_unit(figure)
        return f"{self.qualifier} {shown}".strip()

    def _with_unit(self, figure: str) -> str:
        return _SHOWN.get(self.unit, f"{{}} {self.unit.replace('_', ' ')}").format(figure)

    def _read(self, value: float) -> str:
        if self.unit == "share":
            return f"{100 * value:.4g}%"
        if self.unit == "year":
            return f"{value:.0f}"
        if abs(value) >= _LARGE and self.unit != "multiple":
            return _TRAILING.sub("", read_as(value, "usd_per_year", 4))
        return f"{value:.2f}" if self.unit == "usd_per_kwh" else f"{value:,.10g}"

    def when(self) -> str:
        """Write the period that the figure covers, or the year that it is for; often blank."""
        return self.period or (f"by {self.horizon}" if self.horizon else "")


@cache
def load_evidence(path: Path = EVIDENCE_FILE) -> tuple[Evidence, ...]:
    """Load every figure of the publication that is neither an assumption nor a printed result.

    Raises
    ------
    CatalogueError
        If an entry lacks a field, names an unknown segment or unit, or has no figure.
    """
    return evidence_of(path.name, read_toml(path))


def evidence_of(
    file: str, data: Mapping[str, Any], supported: Sequence[str] = SUPPORTED
) -> tuple[Evidence, ...]:
    """Return the figures that a file holds; see `load_evidence`."""
    units = data.get("units", {})
    if not isinstance(units, dict):
        raise CatalogueError(file, "units", "-", "must be a table [units]")
    found = []
    for row in entries(file, data, "evidence", _REQUIRED, _OPTIONAL):
        name = row["id"]
        check_known(file, name, "segment", row["segment"], supported)
        check_known(file, name, "unit", row["unit"], units)
        check_known(file, name, "qualifier", row.get("qualifier", ""), QUALIFIERS)
        low, high = _ends(file, row)
        as_of = date_in(file, name, "as_of", row.pop("as_of"))
        found.append(Evidence(low=low, high=high, as_of=as_of, **row))
    return tuple(found)


def _ends(file: str, row: dict[str, object]) -> tuple[float, float]:
    value, low, high = (row.pop(field, None) for field in ("value", "low", "high"))
    name = str(row["id"])
    if value is not None and low is None and high is None:
        low = high = value
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        raise CatalogueError(file, name, "value", "give either value or both low and high")
    if low > high:
        raise CatalogueError(file, name, "low", f"{low} is above high, {high}")
    return float(low), float(high)
