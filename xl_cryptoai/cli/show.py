"""How the commands print: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer


def print_json(data: Any) -> None:
    """Print data as JSON with full precision."""
    print(json.dumps(data, indent=2, ensure_ascii=False))


def check_picture(path: Path | None) -> None:
    """Refuse a name for a picture that is none: with --force a workbook could be lost."""
    if path is not None and path.suffix.lower() != ".svg":
        raise typer.BadParameter(f"{path} does not end in .svg, which the picture is")


def print_csv(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as CSV with full precision."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    sys.stdout.write(buffer.getvalue())


def print_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
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
    for number, head in enumerate(heads):
        if number in right:
            table.add_column(head, justify="right", no_wrap=True)
        else:
            table.add_column(head)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
