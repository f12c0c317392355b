"""`xl-cryptoai trace`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.opening import open_one


@click.command("trace")
@click.argument("book", type=options.PATH, help="Any workbook.")
@click.argument("target", help="A name, an id, or a cell such as Segments!F12.")
@click.option(
    "--dependents",
    "dependents",
    is_flag=True,
    help="Show what is computed from it instead.",
)
@click.option("--depth", type=click.IntRange(min=0), metavar="N", help="Follow at most N steps.")
@click.option("--format", "form", default="text", help="text, mermaid, dot, html or json.")
@click.option("--out", type=options.PATH, help="Write to this file.")
@options.picture("the tree, a row a cell")
def trace(
    book: Path,
    target: str,
    dependents: bool,
    depth: int | None,
    form: str,
    out: Path | None,
    picture: Path | None,
    force: bool,
) -> int:
    """Trace a figure down to assumptions and sources.

    Follows function calls, formulas, names, ranges and sheets. In workbooks of xl-cryptoai a
    trace ends at the assumptions, with their sources. Exit code 2 if the file or target cannot be
    used.

    \b
    Examples:
      xl-cryptoai trace book.xlsx total
      xl-cryptoai trace book.xlsx Segments!F12 --depth 2
      xl-cryptoai trace book.xlsx ai_penetration --dependents
      xl-cryptoai trace book.xlsx total --format html --out total.html
      xl-cryptoai trace book.xlsx total --depth 2 --picture total.png
    """
    from xl_cryptoai.assumptions.typed_text import name_meant
    from xl_cryptoai.cli.show import print_for_programs, say
    from xl_cryptoai.files import check_free, write_atomically
    from xl_cryptoai.reports.parts import facts_of
    from xl_cryptoai.reports.trace import FORMATS, as_html
    from xl_cryptoai.tracing.trace import trace_book

    form = name_meant(form, "format", dict.fromkeys(FORMATS))
    if out is not None:
        check_free(out, force=force, inputs=[book])
    opened = open_one(book)
    found = trace_book(opened, target, dependents=dependents, depth=depth)
    if picture is not None:
        from xl_cryptoai.reports.tree import draw_trace

        options.write_picture(picture, draw_trace(found), force=force)
    written = as_html(found, facts_of(opened)) if form == "html" else FORMATS[form](found)
    if out is not None:
        write_atomically(out, written.encode(), force=force)
        say(out)
        if form == "html":
            say("Open it in a browser.")
    elif form == "text":
        sys.stdout.write(written)
    else:
        print_for_programs(written)
    return 0
