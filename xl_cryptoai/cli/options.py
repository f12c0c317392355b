"""Options that several commands have, each with its words and its check."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from xl_cryptoai.reports.pixels import ENDINGS, is_picture, picture_file

if TYPE_CHECKING:
    from xl_cryptoai.reports.parts import Report

Command = TypeVar("Command", bound=Callable[..., Any] | click.Command)

PATH = click.Path(path_type=Path)


def _one_form(context: click.Context, _: click.Parameter, asked: bool) -> bool:
    if asked and (context.params.get("as_json") or context.params.get("as_csv")):
        raise click.BadParameter("choose --json or --csv")
    return asked


def _check_picture(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a name for a picture that is none: with --force a workbook could be lost."""
    if path is not None and not is_picture(path):
        raise click.BadParameter(f"{path} does not end in {' or '.join(ENDINGS)}; name a picture")
    return path


def picture(shows: str) -> Callable[[Command], Command]:
    """Return the options for a picture of what is named, such as "the bars"."""
    text = f"Draw {shows}, as SVG or PNG."

    def with_options(command: Command) -> Command:
        # the last of two decorators stands first in the help
        return click.option(
            "--picture", metavar="FILE.svg|png", type=PATH, help=text, callback=_check_picture
        )(_FORCE_PICTURE(command))

    return with_options


def write_picture(path: Path, svg: str, *, force: bool) -> None:
    """Write a picture as the ending of its name says."""
    from xl_cryptoai.files import write_atomically

    write_atomically(path, picture_file(svg, path), force=force)


def check_report(path: Path, *, force: bool, inputs: Sequence[Path]) -> None:
    """Refuse a name for a report that is none, and one that may not be written over."""
    from xl_cryptoai.files import check_free
    from xl_cryptoai.reports.parts import REPORT_ENDINGS

    if path.suffix.lower() not in REPORT_ENDINGS:
        words = " or ".join(REPORT_ENDINGS)
        raise click.BadParameter(f"{path} does not end in {words}; name a report")
    check_free(path, force=force, inputs=inputs)


def write_report(path: Path, report: Report, *, force: bool, beside: bool = False) -> None:
    """Write a report as the ending of its name says, and say what opens it.

    `beside` says it on standard error, where the command prints something else.
    """
    from xl_cryptoai.cli.show import say
    from xl_cryptoai.files import write_atomically
    from xl_cryptoai.reports.report_file import report_file

    write_atomically(path, report_file(report, path), force=force)
    say(path, error=beside)
    program = "Word or LibreOffice" if path.suffix.lower() == ".docx" else "a browser"
    say(f"Open it in {program}.", error=beside)


def _use_model(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        use_model(context, folder)


def use_model(context: click.Context, folder: Path) -> None:
    """Let a model folder be the model of a command and of the processes that it starts."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder.absolute())  # a server runs in another folder
    context.meta[VARIABLE] = folder
    context.call_on_close(
        lambda: (
            os.environ.pop(VARIABLE) if before is None else os.environ.update({VARIABLE: before})
        )
    )


VARIABLE = "XL_CRYPTOAI_MODEL"
MODEL = click.Option(
    ["--model"],
    metavar="FOLDER",
    type=PATH,
    help=f"The model to use: a folder of your own. [default: {VARIABLE}, else the shipped model]",
    callback=_use_model,
    expose_value=False,
)
"""Every command has it."""
JSON = click.option(
    "--json", "as_json", is_flag=True, help="JSON, full precision.", callback=_one_form
)
CSV = click.option("--csv", "as_csv", is_flag=True, help="CSV, full precision.", callback=_one_form)
FORCE = click.option("--force", is_flag=True, help="Replace an existing file.")
_FORCE_PICTURE = click.option("--force", is_flag=True, help="Replace an existing file.")
SETTING = click.option(
    "--set", "settings", multiple=True, metavar="ID=VALUE", help="Change an assumption; repeatable."
)
SCENARIO = click.option("--scenario", help="Scenario of all other assumptions. [default: base]")
SCENARIO_OF_FIXED = click.option(
    "--scenario", help="Scenario of assumptions not drawn. [default: base]"
)
DISTRIBUTION = click.option(
    "--distribution",
    multiple=True,
    metavar="ID=SHAPE:LOW,MODE,HIGH",
    help="Distribution of one assumption; repeatable. A normal or lognormal takes LOW,HIGH.",
)
SOURCE = click.option(
    "--from",
    "source",
    type=PATH,
    metavar="FILE",
    help="Take scenario, values, overrides, distributions and correlations from this workbook or "
    "TOML file.",
)
COMMON = click.option(
    "--common-factor",
    type=float,
    metavar="R",
    help="Rank correlation of every pair without one of its own, 0 to 1: all assumptions move "
    "together from bear to bull.",
)
CORRELATION = click.option(
    "--correlate",
    multiple=True,
    metavar="ID,ID=R",
    help="Rank correlation of two assumptions; repeatable.",
)
