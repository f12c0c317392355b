"""The publication's other figures: facts behind the assumptions, not inputs of the chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.tomlfile import date_in, entries, read_toml

EVIDENCE_FILE = Path(__file__).with_name("evidence.toml")

SUPPORTED = ("market", "crypto_software", "crypto_compute", "crypto_identity", "crypto_security")
"""What a figure can support: the market as a whole or one of the four segments."""

QUALIFIERS = ("", "about", "more than", "at least", "under")

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
    found = []
    for row in entries(file, data, "evidence", _REQUIRED, _OPTIONAL):
        name = row["id"]
        for field, allowed in (
            ("segment", supported),
            ("unit", units),
            ("qualifier", QUALIFIERS),
        ):
            if row.get(field, "") not in allowed and field in row:
                raise CatalogueError(
                    file, name, field, f"is {row[field]!r}; known are {', '.join(allowed)}"
                )
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
