"""`xl-cryptoai build`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.inputs import read_source
from xl_cryptoai.cli.show import say


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
    "--lite", "lite", is_flag=True, help="The office workbook carries its code, for xlwings Lite."
)
@click.option("--force", "force", is_flag=True, help="Replace existing files.")
def build(out: Path, route: tuple[str, ...], source: Path | None, lite: bool, force: bool) -> int:
    """Write the workbooks.

    Every formula cell carries its computed value. For libreoffice the installable extension
    is written as well. With --from, what cannot be migrated is listed and written into the change
    log; the exit code is then 1.

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
        raise click.BadParameter("--lite is for the office workbook; add --for office")
    found = read_source(source) if source is not None else None
    extension: Path | None = None
    if "libreoffice" in routes:
        from xl_cryptoai_libreoffice import EXTENSION_FILE, pack_extension

        extension = out / EXTENSION_FILE
        check_free(extension, force=force)
    inputs, built = (found.inputs, found.built) if found is not None else (None, {})
    for path in build_all(out, routes, inputs=inputs, built=built, force=force):
        if lite and path.name == ROUTES["office"].file_name:
            from xl_cryptoai_lite import with_code

            write_atomically(path, with_code(path.read_bytes()), force=True)
        say(str(path))
    if extension is not None:
        write_atomically(extension, pack_extension(), force=force)
        say(str(extension))
    if source is None or found is None:
        return 0
    from xl_cryptoai.reports.merge import not_migrated_lines, other_version_words
    from xl_cryptoai.reports.plain import visible

    if found.other_version is not None:
        say(f"xl-cryptoai: {other_version_words(source, found.other_version)}", error=True)
    for words in not_migrated_lines(found.not_migrated):
        say(f"xl-cryptoai: not migrated: {visible(words)}", error=True)
    return 1 if found.not_migrated else 0
