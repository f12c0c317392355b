"""`xl-cryptoai install`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.show import say


@click.command("install")
@click.option(
    "--unblock",
    multiple=True,
    type=options.PATH,
    metavar="FILE",
    help="Take the mark of the web off a workbook; repeatable.",
)
def install(unblock: tuple[Path, ...]) -> int:
    """Set up Excel on Windows for the functions: the xlwings add-in, and this Python.

    Other settings of xlwings stay. Elsewhere it says which workbook works there.

    \b
    Examples:
      xl-cryptoai install
      xl-cryptoai install --unblock crypto_ai_revenue_windows.xlsm
    """
    from xl_cryptoai_windows import findings, this_machine

    env = this_machine()
    if not env.on_windows:
        for finding in findings(env):
            say(f"{finding.topic}: {finding.found}")
        say("There is nothing to install here.")
        return 0
    from xl_cryptoai_windows.setup import set_up

    for done in set_up(env, unblock):
        say(done)
    ill = [finding for finding in findings(env) if not finding.healthy]
    for finding in ill:
        say(f"FIX   {finding.topic}: {finding.found}\n      fix: {finding.fix}")
    say("Start Excel again.")
    return 1 if ill else 0
