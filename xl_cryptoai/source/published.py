"""The publication and the results that it prints."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.tomlfile import date_in, entries, read_toml

PUBLISHED_FILE = Path(__file__).with_name("published.toml")

_SUFFIXES = {"": 0, "%": -2, "M": 6, "B": 9, "T": 12}
_PRINTED = re.compile(r"(?P<digits>\d+(?:\.(?P<decimals>\d+))?)(?P<suffix>[%MBT]?)")


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A result as the publication prints it.

    Attributes
    ----------
    id : str
        Id of the step whose base-case result is printed.
    printed : str
        The figure as printed, such as ``"1.90B"``.
    value : float
        The same as a number, in the step's unit (USD/year, or a fraction for a percentage).
    half_digit : float
        Half a unit of the last printed digit: how far the exact result may lie off.
    locator, note : str
        Where it stands in the publication; what is odd about it.
    """

    id: str
    printed: str
    value: float
    half_digit: float
    locator: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """The source as a whole: who published what, with data as of when, and its printed results."""

    title: str
    publisher: str
    authors: str
    data_as_of: dt.date
    edition: str
    figures: Mapping[str, PrintedFigure]


def parse_printed(text: str) -> tuple[float, float]:
    """Turn a printed figure into its value and half of its last digit.

    >>> parse_printed("1.90B")
    (1900000000.0, 5000000.0)
    >>> parse_printed("8.9%")
    (0.089, 0.0005)
    """
    match = _PRINTED.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a figure such as 5.85T, 878M or 8.9%")
    power = Decimal(10) ** _SUFFIXES[match["suffix"]]
    last_digit = Decimal(10) ** -len(match["decimals"] or "")
    return float(Decimal(match["digits"]) * power), float(last_digit * power / 2)


@cache
def load_published(path: Path = PUBLISHED_FILE) -> Publication:
    """Load the publication's particulars and printed results.

    Raises
    ------
    CatalogueError
        If an entry lacks a field or its figure cannot be read.
    """
    return publication_of(path.name, read_toml(path))


def publication_of(file: str, data: Mapping[str, Any]) -> Publication:
    """Return a publication from what its file holds; see `load_published`."""
    figures = {}
    text_fields = {"id": str, "printed": str, "locator": str}
    for row in entries(file, data, "figure", text_fields, {"note": str}):
        try:
            value, half_digit = parse_printed(row["printed"])
        except ValueError as error:
            raise CatalogueError(file, row["id"], "printed", str(error)) from None
        figures[row["id"]] = PrintedFigure(value=value, half_digit=half_digit, **row)
    about = data.get("publication", {})
    if not isinstance(about, dict):
        raise CatalogueError(file, "publication", "-", "must be a table [publication]")
    about, fields = dict(about), ("title", "publisher", "authors", "data_as_of", "edition")
    for field in fields:
        if field not in about:
            raise CatalogueError(file, "publication", field, "is missing or empty")
        if field != "data_as_of" and not isinstance(about[field], str):
            raise CatalogueError(
                file, "publication", field, f"is {about[field]!r}, but must be text"
            )
    for field in about:
        if field not in fields:
            known = ", ".join(fields)
            raise CatalogueError(file, "publication", field, f"is not known; known: {known}")
    about["data_as_of"] = date_in(file, "publication", "data_as_of", about["data_as_of"])
    return Publication(**about, figures=MappingProxyType(figures))
