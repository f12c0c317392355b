"""The systems that the publication names: projects, blockchains, companies, models, benchmarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.source.evidence import SUPPORTED, load_evidence
from xl_cryptoai.tomlfile import check_known, date_in, entries, read_toml

SYSTEMS_FILE = Path(__file__).with_name("systems.toml")

KINDS = ("crypto project", "blockchain", "company", "AI model", "benchmark", "comparison")
"""What a system can be; a comparison is named as a likeness only."""

_REQUIRED = {
    "id": str,
    "name": str,
    "kind": str,
    "segment": str,
    "what": str,
    "as_of": str,
    "locator": str,
}
_OPTIONAL = {"figures": list, "token": str, "printed": str, "note": str}


@dataclass(frozen=True, slots=True)
class System:
    """One system that the publication names.

    Attributes
    ----------
    id, name : str
        Its id, and its usual name.
    kind : str
        One of `KINDS`.
    segment : str
        What it belongs to: the market or a segment.
    what : str
        What it does, or why it is named, in our own words.
    as_of : datetime.date
        The date of what is said about it.
    locator : str
        Section and paragraph that speak of it.
    figures : tuple of str
        Ids of its figures among the evidence; none for many.
    token, printed, note : str
        Its token; how the source writes the name, where that differs; what is doubtful.
    """

    id: str
    name: str
    kind: str
    segment: str
    what: str
    as_of: dt.date
    locator: str
    figures: tuple[str, ...] = ()
    token: str = ""
    printed: str = ""
    note: str = ""


@cache
def load_systems(path: Path = SYSTEMS_FILE) -> tuple[System, ...]:
    """Load every system that the publication names.

    Raises
    ------
    CatalogueError
        If an entry lacks a field, or names an unknown kind, segment or figure.
    """
    return systems_of(path.name, read_toml(path), SUPPORTED, [one.id for one in load_evidence()])


def systems_of(
    file: str, data: Mapping[str, Any], segments: Sequence[str], figures: Sequence[str]
) -> tuple[System, ...]:
    """Return the systems that a file holds; `segments` and `figures` are those that exist."""
    found = []
    for row in entries(file, data, "system", _REQUIRED, _OPTIONAL):
        name = row["id"]
        check_known(file, name, "kind", row["kind"], KINDS)
        check_known(file, name, "segment", row["segment"], segments)
        row["figures"] = tuple(row.get("figures", ()))
        for one in row["figures"]:
            if one not in figures:
                raise CatalogueError(file, name, "figures", f"no figure is called {one!r}")
        row["as_of"] = date_in(file, name, "as_of", row["as_of"])
        found.append(System(**row))
    return tuple(found)
