"""Options that several commands have, each with its words and its check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _one_form(context: typer.Context, asked: bool) -> bool:
    if asked and (context.params.get("as_json") or context.params.get("as_csv")):
        raise typer.BadParameter("choose one of --json and --csv")
    return asked


def _check_picture(path: Path | None) -> Path | None:
    """Refuse a name for a picture that is none: with --force a workbook could be lost."""
    if path is not None and path.suffix.lower() != ".svg":
        raise typer.BadParameter(f"{path} does not end in .svg, which the picture is")
    return path


def picture(shows: str) -> Any:
    """Return the option for a picture of what is named, such as "the bars"."""
    return typer.Option(metavar="FILE.svg", help=f"Draw {shows} there.", callback=_check_picture)


JSON = Annotated[bool, typer.Option("--json", help="JSON, full precision.", callback=_one_form)]
CSV = Annotated[bool, typer.Option("--csv", help="CSV, full precision.", callback=_one_form)]
FORCE = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
FORCE_PICTURE = Annotated[bool, typer.Option("--force", help="Replace an existing picture.")]
SETTING = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="ID=VALUE", help="Change an assumption; repeatable."),
]
SCENARIO = Annotated[str | None, typer.Option(help="Where the others stand. [default: base]")]
SCENARIO_OF_FIXED = Annotated[
    str | None, typer.Option(help="Where what is not drawn stands. [default: base]")
]
DISTRIBUTION = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID=SHAPE:LOW,MODE,HIGH",
        help="How one assumption is drawn; repeatable. A normal or lognormal takes LOW,HIGH.",
    ),
]
SOURCE = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Scenario, values, overrides, distributions and correlations that are typed there: "
        "workbook or TOML.",
    ),
]
COMMON = Annotated[
    float | None,
    typer.Option(
        "--common-factor",
        metavar="R",
        help="Rank correlation of every pair without one of its own, 0 to 1: all assumptions move "
        "together from bear to bull.",
    ),
]
CORRELATION = Annotated[
    list[str] | None,
    typer.Option(metavar="ID,ID=R", help="Rank correlation of two; repeatable."),
]
