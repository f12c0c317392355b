"""`xl-cryptoai build`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import UserInputs


def build(
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path(),
    route: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="ROUTE",
            help="windows, office, excel365, libreoffice or plain; repeatable. Default: all.",
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Carry over scenario, values, overrides and change log: workbook or TOML.",
        ),
    ] = None,
    lite: Annotated[
        bool, typer.Option("--lite", help="The office workbook carries its code, for xlwings Lite.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> int:
    """Write the workbooks.

    Every formula cell carries its computed value. For libreoffice the installable extension
    is written as well. With --from, what cannot be carried over is listed and written into the
    change log; the exit code is then 1.

    \b
    Examples:
      xl-cryptoai build --out out
      xl-cryptoai build --out out --for windows --force
      xl-cryptoai build --out out --for office --lite
      xl-cryptoai build --out new --from old/crypto_ai_revenue_office.xlsx
    """
    from xl_cryptoai.files import check_free, write_atomically
    from xl_cryptoai.workbook import ROUTES, build_all

    routes = route or tuple(ROUTES)
    if lite and "office" not in routes:
        raise typer.BadParameter("--lite is for the office workbook; add --for office")
    inputs, lost = _inputs(source)
    extension: Path | None = None
    if "libreoffice" in routes:
        from xl_cryptoai_libreoffice import EXTENSION_FILE, pack_extension

        extension = out / EXTENSION_FILE
        check_free(extension, force=force)
    for path in build_all(out, routes, inputs=inputs, force=force):
        if lite and path.name == ROUTES["office"].file_name:
            from xl_cryptoai_lite import with_code

            write_atomically(path, with_code(path.read_bytes()), force=True)
        print(path)
    if extension is not None:
        write_atomically(extension, pack_extension(), force=force)
        print(extension)
    for words in lost:
        print(f"xl-cryptoai: not carried over: {words}", file=sys.stderr)
    return 1 if lost else 0


def _inputs(source: Path | None) -> tuple[UserInputs | None, list[str]]:
    """Read what is to be carried over, and what of it cannot be."""
    from xl_cryptoai.assumptions import read_user_toml, shipped_assumptions

    if source is None:
        return None, []
    if source.suffix.lower() == ".toml":
        inputs = read_user_toml(source, shipped_assumptions())
        _check_rules(inputs)
        return inputs, []
    from xl_cryptoai.audit.carry import carry_over

    return carry_over(source)


def _check_rules(inputs: UserInputs) -> None:
    """Refuse inputs that break a rule between each other in any case."""
    from xl_cryptoai.assumptions import SCENARIOS
    from xl_cryptoai.assumptions.places import OVERRIDE
    from xl_cryptoai.forecast import Forecast

    def typed(*places: str) -> dict[str, float | str]:
        return {
            name: values[place]
            for place in places
            for name, values in inputs.values.items()
            if place in values
        }

    for scenario in SCENARIOS:
        Forecast(scenario, overrides=typed(scenario))
    Forecast(inputs.scenario, overrides=typed(inputs.scenario, OVERRIDE))
