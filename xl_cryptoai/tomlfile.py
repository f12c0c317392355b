"""Read the package's TOML data files, refusing what is not there or not expected."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import CatalogueError


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
    path: Path, table: str, required: Mapping[str, type], optional: Mapping[str, type]
) -> Iterator[dict[str, Any]]:
    """Yield the entries of `[[table]]`, each with known, present, non-empty, well-typed fields.

    Parameters
    ----------
    path : Path
        The TOML file.
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
    rows = read_toml(path).get(table)
    if not isinstance(rows, list) or not rows:
        raise CatalogueError(path.name, "-", table, f"has no [[{table}]] entries")
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        name = row.get("id") or f"no. {number}"
        _check_fields(path.name, str(name), row, required, optional)
        if row["id"] in seen:
            raise CatalogueError(path.name, row["id"], "id", "occurs twice")
        seen.add(row["id"])
        yield row


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
            raise CatalogueError(file, entry, field, f"is not known; known are {known}")


def _check_type(file: str, entry: str, field: str, value: object, kind: type) -> None:
    if kind is float:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    else:
        fits = isinstance(value, kind)
    if not fits:
        wanted = {float: "a number", str: "a text", object: "a value"}.get(kind, kind.__name__)
        raise CatalogueError(file, entry, field, f"is {value!r}, but must be {wanted}")
