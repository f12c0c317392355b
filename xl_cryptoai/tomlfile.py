"""Read the package's TOML data files, refusing what is not there or not expected."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import CatalogueError, quoted
from xl_cryptoai.units import is_number


def read_toml(path: Path) -> dict[str, Any]:
    """Parse a TOML file; a syntax error names the file, line and column."""
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        raise CatalogueError(path.name, "-", "-", f"there is no file {path}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise CatalogueError(path.name, "-", "-", f"cannot be read: {reason}") from None
    except UnicodeDecodeError:
        raise CatalogueError(path.name, "-", "-", "is not text in UTF-8; save it as that") from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(path.name, "-", "-", f"not valid TOML: {error}") from None


def entries(
    file: str,
    data: Mapping[str, Any],
    table: str,
    required: Mapping[str, type],
    optional: Mapping[str, type],
) -> Iterator[dict[str, Any]]:
    """Yield the entries of `[[table]]`, each with known, present, non-empty, well-typed fields.

    Parameters
    ----------
    file : str
        Name of the TOML file, for messages.
    data : mapping
        What it holds.
    table : str
        Name of the array of tables.
    required, optional : mapping of field to type
        The fields an entry must and may have; `object` admits any type.

    Raises
    ------
    CatalogueError
        Naming file, entry and field, for the first field that is missing, empty, unknown or of
        the wrong type, and for an id that occurs twice.
    """
    rows = data.get(table)
    if not isinstance(rows, list) or not rows:
        raise CatalogueError(file, "-", table, f"has no [[{table}]] entries")
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise CatalogueError(file, f"no. {number}", table, f"must be a [[{table}]] entry")
        name = row.get("id") or f"no. {number}"
        _check_fields(file, str(name), row, required, optional)
        if row["id"] in seen:
            raise CatalogueError(file, row["id"], "id", "occurs twice")
        seen.add(row["id"])
        yield dict(row)


def check_known(file: str, entry: str, field: str, value: object, known: Collection[str]) -> None:
    """Refuse a value that is none of the known ones, naming them."""
    if value not in known:
        raise CatalogueError(
            file, entry, field, f"is {quoted(value)}; known: {', '.join(known) or 'none'}"
        )


def date_in(file: str, entry: str, field: str, value: object) -> dt.date:
    """Return a date that TOML holds as one, or as a text such as "2024-01-29"."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise CatalogueError(file, entry, field, f"is not a date: {error}") from None


def _check_fields(
    file: str,
    entry: str,
    row: Mapping[str, Any],
    required: Mapping[str, type],
    optional: Mapping[str, type],
) -> None:
    for field, kind in required.items():
        if row.get(field) in (None, ""):
            raise CatalogueError(file, entry, field, "is missing or empty")
        _check_type(file, entry, field, row[field], kind)
    for field, value in row.items():
        if field in optional:
            _check_type(file, entry, field, value, optional[field])
        elif field not in required:
            known = ", ".join([*required, *optional])
            raise CatalogueError(file, entry, field, f"is not known; known: {known}")


def _check_type(file: str, entry: str, field: str, value: object, kind: type) -> None:
    if not (is_number(value) if kind is float else isinstance(value, kind)):
        wanted = {float: "a number", str: "a text", object: "a value"}.get(kind, kind.__name__)
        raise CatalogueError(file, entry, field, f"is {quoted(value)}, but must be {wanted}")
