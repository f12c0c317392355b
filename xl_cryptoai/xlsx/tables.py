"""Tables: named areas with a header row."""

from __future__ import annotations

from typing import NamedTuple

from xl_cryptoai.xlsx.package import Package
from xl_cryptoai.xlsx.parts import MAIN
from xl_cryptoai.xlsx.references import Area, parse_area
from xl_cryptoai.xlsx.texts import decode


class Table(NamedTuple):
    """A table.

    Attributes
    ----------
    name : str
        As formulas write it.
    sheet : str
        Where it stands.
    area : Area
        All of it, with header and totals.
    columns : tuple of str
        Headers from left to right, decoded.
    header_rows, totals_rows : int
        How many rows of the area are header and totals: 0 or 1 each.
    filtered : bool
        Whether a filter is set that may hide rows.
    """

    name: str
    sheet: str
    area: Area
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0
    filtered: bool = False


def read_table(package: Package, part: str, sheet: str) -> Table:
    """Read a table's part."""
    root = package.tree(part)
    area = parse_area(root.get("ref", ""))
    if area is None:
        package.damaged(part, f"its area is '{root.get('ref', '')[:40]}'")
    columns = root.iterfind(f"{MAIN}tableColumns/{MAIN}tableColumn")
    return Table(
        decode(root.get("displayName") or root.get("name") or ""),
        sheet,
        area,
        tuple(decode(one.get("name", "")) for one in columns),
        0 if root.get("headerRowCount", "1") == "0" else 1,
        0 if root.get("totalsRowCount", "0") == "0" else 1,
        root.find(f"{MAIN}autoFilter/{MAIN}filterColumn") is not None,
    )
