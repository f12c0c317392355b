"""`xl-cryptoai textconv`."""

from __future__ import annotations

import io
from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.opening import open_one


@click.command("textconv")
@click.argument("book", type=options.PATH, help="The workbook.")
def textconv(book: Path) -> int:
    """Print a workbook as text, line by line, so that `git diff` shows what changed.

    Cells are named by row id and column header, in formulas too, so an inserted row adds one line
    and changes no other. Computed values are left out, so an edit is one line, whichever program
    saved the workbook. Any workbook can be printed; for those of xl-cryptoai, inputs and change
    log are listed apart from the sheets.

    To set git up, once per repository:

    \b
      git config diff.xl-cryptoai.textconv "xl-cryptoai textconv"
      echo "*.xls[xm] diff=xl-cryptoai" >> .gitattributes

    Exit code 2 if the file cannot be used.

    \b
    Examples:
      xl-cryptoai textconv book.xlsx
      git log -p -- book.xlsx
    """
    from xl_cryptoai.cli.show import print_for_programs
    from xl_cryptoai.reports.plain import visible
    from xl_cryptoai.reports.text_lines import lines_of

    text = io.StringIO()  # whole before it is printed: a part may be refused at last
    for line in lines_of(open_one(book)):
        text.write(f"{visible(line)}\n")
    print_for_programs(text.getvalue())
    return 0
