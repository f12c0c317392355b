"""`xl-cryptoai build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def build(
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path(),
    route: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="ROUTE", help="Which workbook; repeatable. Default: all."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Write the workbooks.

    Every formula cell carries its computed value.

    \b
    Examples:
      xl-cryptoai build --out out
      xl-cryptoai build --out out --for windows --force
    """
    from xl_cryptoai.workbook import ROUTES, build_all

    for path in build_all(out, route or tuple(ROUTES), force=force):
        print(path)
