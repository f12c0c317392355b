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
    help="Remove the web mark that blocks a workbook's macros; repeatable.",
)
@click.option("--remove", is_flag=True, help="Remove the add-in again, and this Python's setting.")
@click.option(
    "--to",
    type=options.PATH,
    metavar="FOLDER",
    help="Only write xl_cryptoai.xlam into this folder, for another machine.",
)
@click.option(
    "--python",
    metavar="FILE",
    help="With --to: where Python is on that machine; %VARIABLES% may be in it.",
)
def install(unblock: tuple[Path, ...], remove: bool, to: Path | None, python: str | None) -> int:
    """Set up Excel on Windows: the add-in with tab Crypto AI, the xlwings add-in, this Python.

    On a Mac it sets up the ribbon only: the functions work on Windows only. Other settings of
    xlwings are kept. On other systems it says which workbook to use.

    \b
    Examples:
      xl-cryptoai install
      xl-cryptoai install --unblock crypto_ai_revenue_windows.xlsm
      xl-cryptoai install --remove
      xl-cryptoai install --to out --python "%LOCALAPPDATA%\\xl-cryptoai\\Scripts\\python.exe"
    """
    from xl_cryptoai_windows import findings, lines_of, this_machine

    if python and not to:
        raise click.UsageError("--python goes with --to FOLDER")
    if sum((bool(unblock), remove, to is not None)) > 1:
        raise click.UsageError("give only one of --unblock, --remove and --to")
    env = this_machine()
    if to is not None:
        from xl_cryptoai_windows.setup import write_add_in

        say(write_add_in(to, python or env.python))
        say("On that machine, add it in Excel: File > Options > Add-ins > Excel Add-ins > Browse.")
        return 0
    if not (env.on_windows or env.on_mac):
        for finding in findings(env):
            say(f"{finding.topic}: {finding.found}")
        say("There is nothing to install here: build the workbook for it with xl-cryptoai build.")
        return 0
    from xl_cryptoai_windows import setup

    for done in setup.remove(env) if remove else setup.set_up(env, unblock):
        say(done)
    ill = [] if remove else [finding for finding in findings(env) if not finding.healthy]
    for finding in ill:
        for line in lines_of(finding):
            say(line)
    say("Restart Excel." if remove else "Restart Excel; the ribbon then has the tab Crypto AI.")
    return 1 if ill else 0
