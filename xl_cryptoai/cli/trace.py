"""`xl-cryptoai trace`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from xl_cryptoai.cli import options


def trace(
    book: Annotated[Path, typer.Argument(help="The workbook; any one will do.")],
    target: Annotated[str, typer.Argument(help="A name, an id, or a cell such as Segments!F12.")],
    dependents: Annotated[
        bool, typer.Option("--dependents", help="What is computed from it, instead of from what.")
    ] = False,
    depth: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Go so many steps only.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="text, mermaid, dot, html or json.")
    ] = "text",
    out: Annotated[Path | None, typer.Option(help="Write into this file.")] = None,
    force: options.FORCE = False,
) -> int:
    """Trace a figure down to assumptions and sources.

    Goes through function calls, formulas, names, areas and sheets. In our workbooks a trace ends
    at the assumptions, with their sources. Exit code 2 if the file or target cannot be used.

    \b
    Examples:
      xl-cryptoai trace book.xlsx total
      xl-cryptoai trace book.xlsx Segments!F12 --depth 2
      xl-cryptoai trace book.xlsx ai_penetration --dependents
      xl-cryptoai trace book.xlsx total --format html --out total.html
    """
    from xl_cryptoai.cli.show import print_for_programs
    from xl_cryptoai.files import check_free, write_atomically
    from xl_cryptoai.reading.book import open_book
    from xl_cryptoai.reports.trace import FORMATS
    from xl_cryptoai.tracing.trace import trace_in

    if form not in FORMATS:
        raise typer.BadParameter(f"no format is called {form!r}; give {', '.join(FORMATS)}")
    if out is not None:
        check_free(out, force=force)
    found = trace_in(open_book(book), target, dependents=dependents, depth=depth)
    written = FORMATS[form](found)
    if out is not None:
        write_atomically(out, written.encode(), force=force)
        print(out)
    elif form == "text":
        sys.stdout.write(written)
    else:
        print_for_programs(written)
    return 0
