"""What the available text lacks, and who is behind it, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xl_cryptoai.tomlfile import check_known, date_in, entries, read_toml

GAPS_FILE = Path(__file__).with_name("gaps.toml")

KINDS = ("exhibit", "attribution", "disclosure", "citation", "fault")
"""A picture that is not in the text; whose work it is; whose interest; a work beside the source;
an error of the text."""

_REQUIRED = {"id": str, "kind": str, "title": str, "text": str, "locator": str}
_OPTIONAL = {"as_of": str}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that the text lacks or that a reader must know about where it is from.

    Attributes
    ----------
    id, title, text : str
        Its id, headline and explanation in our own words.
    kind : str
        One of `KINDS`.
    locator : str
        Section and paragraph; for a citation the work that is cited.
    as_of : datetime.date or None
        The date that is printed with it.
    """

    id: str
    kind: str
    title: str
    text: str
    locator: str
    as_of: dt.date | None = None


@cache
def load_gaps(path: Path = GAPS_FILE) -> tuple[Gap, ...]:
    """Load what the publication's available text lacks.

    Raises
    ------
    CatalogueError
        If an entry lacks a field or its kind is not known.
    """
    return gaps_of(path.name, read_toml(path))


def gaps_of(file: str, data: Mapping[str, Any]) -> tuple[Gap, ...]:
    """Return the gaps that a file holds; see `load_gaps`."""
    found = []
    for row in entries(file, data, "gap", _REQUIRED, _OPTIONAL):
        check_known(file, row["id"], "kind", row["kind"], KINDS)
        if "as_of" in row:
            row["as_of"] = date_in(file, row["id"], "as_of", row["as_of"])
        found.append(Gap(**row))
    return tuple(found)
