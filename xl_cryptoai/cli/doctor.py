"""`xl-cryptoai doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.show import print_json, say


@click.command("doctor")
@click.argument("book", required=False, type=options.PATH, help="A workbook to check as well.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
def doctor(book: Path | None, as_json: bool) -> int:
    """Find what keeps the functions from working in Excel on Windows, with the fixes.

    Changes nothing. Exit code 1 if something needs a fix. On other systems it says which workbook
    to use.

    \b
    Examples:
      xl-cryptoai doctor
      xl-cryptoai doctor out/crypto_ai_revenue_windows.xlsm
    """
    from xl_cryptoai_windows import findings, in_words, this_machine

    found = findings(this_machine(), book)
    ill = [finding for finding in found if not finding.healthy]
    if as_json:
        print_json([{"topic": f.topic, "found": f.found, "fix": f.fix or None} for f in found])
    else:
        for line in in_words(found):
            say(line)
    return 1 if ill else 0
