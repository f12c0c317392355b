"""`xl-cryptoai build`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.inputs import read_source
from xl_cryptoai.cli.show import say

LITE = "Excel on Windows, Mac or the web, with the add-in xlwings Lite from Excel's store"


@click.command("build")
@click.option("--out", default=Path(), type=options.PATH, help="Folder to write into.")
@click.option(
    "--for",
    "route",
    multiple=True,
    metavar="ROUTE",
    help="windows, office, excel365, libreoffice or plain; repeatable. Default: all.",
)
@click.option(
    "--from",
    "source",
    type=options.PATH,
    metavar="FILE",
    help="Migrate scenario, values, overrides and change log: workbook or TOML.",
)
@click.option(
    "--lite", "lite", is_flag=True, help="Put the code into the office workbook, for xlwings Lite."
)
@click.option(
    "--paper", default="a4", metavar="SIZE", show_default=True, help="Printed on: a4 or letter."
)
@click.option(
    "--force", "force", is_flag=True, help="Replace workbooks saved since they were built."
)
def build(
    out: Path, route: tuple[str, ...], source: Path | None, lite: bool, paper: str, force: bool
) -> int:
    """Write the workbooks.

    Every formula cell carries its computed value. For libreoffice it also writes the extension to
    install; for windows with a model of your own, its Python module. With --from, what cannot be
    migrated is listed and written into the change log, and the exit code is 1. A workbook not
    saved since it was built is replaced; any other only with --force, which keeps a backup. With
    --from and --model, inputs are matched by id to the folder's model.

    \b
    Examples:
      xl-cryptoai build --out out
      xl-cryptoai build --out out --for windows --force
      xl-cryptoai build --out out --for office --lite
      xl-cryptoai build --out out --paper letter
      xl-cryptoai build --out new --from old/crypto_ai_revenue_office.xlsx
    """
    from xl_cryptoai.files import check_free, write_together
    from xl_cryptoai.forecast.own_model import model_in_use
    from xl_cryptoai.workbook import ROUTES
    from xl_cryptoai.workbook import build as build_one
    from xl_cryptoai.workbook.paper import DEFAULT, PAPERS, paper_for
    from xl_cryptoai.workbook.routes import route_for

    chosen, size = [route_for(name) for name in route or ROUTES], paper_for(paper)
    if lite and ROUTES["office"] not in chosen:
        raise click.BadParameter("--lite is for the office workbook; add --for office")
    found = read_source(source) if source is not None else None
    model = found.model if found is not None else model_in_use()
    for one in chosen:
        target = out / one.file_name(model)
        check_free(
            target, force=force or _nobody_has_changed(target), inputs=[source] if source else []
        )
    files: dict[Path, bytes] = {}
    for one in chosen:
        content = found.built.get(one.id) if found is not None and size is PAPERS[DEFAULT] else None
        inputs = found.inputs if found is not None else None
        content = content or build_one(one, inputs=inputs, model=model, paper=paper)
        if lite and one.id == "office":
            from xl_cryptoai_lite import with_code

            content = with_code(content, model)
        files[out / one.file_name(model)] = content
    if ROUTES["libreoffice"] in chosen:
        from xl_cryptoai_libreoffice import extension_file, pack_extension

        files[out / extension_file(model)] = pack_extension(model)
    if ROUTES["windows"] in chosen and model.text:
        from xl_cryptoai_windows.own_module import module_file, own_module

        files[out / module_file(model)] = own_module(model)
    write_together(files, force=force, replaceable=_nobody_has_changed)
    for path in files:
        say(path)
    for one in chosen:
        program = LITE if lite and one.id == "office" else one.open_in
        say(f"Open {one.file_name(model)} in {program}.")
    if source is None or found is None:
        return 0
    from xl_cryptoai.reports.merge import not_migrated_lines, other_version_words
    from xl_cryptoai.reports.plain import visible

    if found.other_version is not None:
        say(f"xl-cryptoai: {other_version_words(source, found.other_version)}", error=True)
    for words in not_migrated_lines(found.not_migrated):
        say(f"xl-cryptoai: not migrated: {visible(words)}", error=True)
    return 1 if found.not_migrated else 0


def _nobody_has_changed(path: Path) -> bool:
    """Return whether a file is one that a build wrote; extensions are never typed into."""
    from xl_cryptoai.workbook import is_as_built

    if path.suffix == ".py":
        from xl_cryptoai_windows.own_module import is_own_module

        return is_own_module(path)
    return path.suffix == ".oxt" or is_as_built(path)
