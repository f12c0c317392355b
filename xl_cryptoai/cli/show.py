"""How the commands print: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from typing import Any

from xl_cryptoai.reports.plain import csv_text, visible, visible_json
from xl_cryptoai.units import read_as


def say(text: object = "", *, error: bool = False) -> None:
    """Print lines for people; what a terminal would act on is written out."""
    print(visible(str(text), lines=True), file=sys.stderr if error else sys.stdout)


def print_for_programs(text: str) -> None:
    """Print text for other programs: UTF-8 whatever the console's encoding is.

    The bytes of a file name that are no UTF-8 are shown as `?`.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.write(text)


def print_json(data: Any) -> None:
    """Print data as JSON with full precision."""
    print_for_programs(visible_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n")


def with_error(value: float, error: float, *, sign: bool = False) -> str:
    """Write an amount of USD a year with its standard error, an amount as well.

    >>> with_error(10.8e9, 201e3), with_error(-2.5e6, 1e5, sign=True), with_error(0.0, 0.0)
    ('10.8B ±201k', '-2.50M ±100k', '0')
    """
    shown = read_as(value, "usd_per_year", 3)
    if sign and value > 0:
        shown = f"+{shown}"
    return f"{shown} ±{read_as(error, 'usd_per_year', 2)}" if value or error else shown


def with_chance_error(chance: float, error: float, draws: int) -> str:
    """Write a chance with its standard error in percentage points.

    An event that no draw had has a chance below some bound, with 95% confidence, and one that all
    had one above another bound.

    >>> with_chance_error(0.5323, 0.0015, 1024), with_chance_error(0.0, 0.0, 1024)
    ('53.23% ±0.15 pp', 'below 0.29% (95%)')
    """
    if chance in (0, 1):
        from xl_cryptoai.risk.estimates import bound_of_none

        bound = bound_of_none(draws)
        return f"below {100 * bound:.2g}% (95%)" if not chance else f"above {1 - bound:.2%} (95%)"
    return f"{chance:.2%} ±{max(100 * error, 0.001):.2g} pp"


def print_csv(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as CSV with full precision."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([csv_text(cell) if isinstance(cell, str) else cell for cell in row])
    print_for_programs(buffer.getvalue())


def print_table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> None:
    """Print a table; columns numbered in `right` are aligned to the right.

    A terminal decides the width; into a file or pipe nothing is cut.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # no markup: a bracket in what people typed is a bracket
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=400)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(headers):
        if number in right:
            table.add_column(head, justify="right", no_wrap=True)
        else:
            table.add_column(head)
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    console.print(table)
