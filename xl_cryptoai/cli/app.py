"""The commands, each in a module of its own that is imported when it is called."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

import click

from xl_cryptoai import __version__
from xl_cryptoai.cli import options

COMMANDS = (
    "forecast",
    "path",
    "build",
    "assumptions",
    "reconcile",
    "evidence",
    "read",
    "audit",
    "report",
    "diff",
    "textconv",
    "trace",
    "merge",
    "simulate",
    "tornado",
    "sensitivity",
    "grid",
    "goalseek",
    "serve",
    "install",
    "doctor",
    "new",
)
"""Names of the commands, their modules and the functions in them, in the order of the help."""


class Commands(click.Group):
    """Finds the commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or refuse an unknown one with the nearest."""
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            ask = f"did you mean {near[0]}?" if near else f"known: {', '.join(COMMANDS)}"
            raise click.UsageError(f"No such command '{cmd_name}': {ask}")
        command: click.Command = getattr(import_module(f"xl_cryptoai.cli.{cmd_name}"), cmd_name)
        if options.MODEL not in command.params:
            command.params.append(options.MODEL)
        return command


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.version_option(__version__, message="xl-cryptoai %(version)s", help="Show the version.")
def app() -> None:
    """A published forecast of crypto-AI revenue, to change and to audit cell by cell."""
