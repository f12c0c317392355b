"""The commands, gathered from a file a group."""

from __future__ import annotations

from typing import Annotated

import typer

from xl_cryptoai import __version__
from xl_cryptoai.cli import (
    assumptions,
    audit,
    build,
    diff,
    doctor,
    forecast,
    goalseek,
    grid,
    install,
    merge,
    read,
    reconcile,
    sensitivity,
    serve,
    simulate,
    textconv,
    tornado,
    trace,
)

app = typer.Typer(
    name="xl-cryptoai",
    help="A published forecast of crypto-AI revenue, to work with and to audit cell by cell.",
    add_completion=False,
    rich_markup_mode=None,  # plain help: it needs no rich, and answers at once
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"xl-cryptoai {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    pass


app.command("forecast")(forecast.forecast)
app.command("build")(build.build)
app.command("assumptions")(assumptions.assumptions)
app.command("reconcile")(reconcile.reconcile)
app.command("read")(read.read)
app.command("audit")(audit.audit)
app.command("diff")(diff.diff)
app.command("textconv")(textconv.textconv)
app.command("trace")(trace.trace)
app.command("merge")(merge.merge)
app.command("simulate")(simulate.simulate)
app.command("tornado")(tornado.tornado)
app.command("sensitivity")(sensitivity.sensitivity)
app.command("grid")(grid.grid)
app.command("goalseek")(goalseek.goalseek)
app.command("serve")(serve.serve)
app.command("install")(install.install)
app.command("doctor")(doctor.doctor)
