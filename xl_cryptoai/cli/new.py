"""`xl-cryptoai new`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.show import say


@click.command("new")
@click.argument("folder", type=options.PATH, help="A new or empty folder.")
def new(folder: Path) -> None:
    """Write a folder for a model of your own, with examples to fill in.

    It extends the shipped model: what the folder does not change stays as it is.

    \b
    Examples:
      xl-cryptoai new my-model
      xl-cryptoai forecast --model my-model
    """
    from xl_cryptoai.errors import FileRefusedError
    from xl_cryptoai.files import write_together
    from xl_cryptoai.forecast.own_model import STARTER

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileRefusedError(f"{folder} exists and is not an empty folder; give a new one")
    files = {folder / file.name: file.read_bytes() for file in sorted(STARTER.glob("*.toml"))}
    write_together(files)
    for path in files:
        say(path)
    say(f"Edit these files, then: xl-cryptoai forecast --model {folder}")
