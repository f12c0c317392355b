"""Opens the workbooks that commands are given, each by its own model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options

if TYPE_CHECKING:
    from xl_cryptoai.forecast import Model
    from xl_cryptoai.reading.book import Book


def asked_model() -> Model | None:
    """Return the model of the folder that --model names; None without the option."""
    context = click.get_current_context(silent=True)
    if context is None or options.VARIABLE not in context.meta:
        return None
    from xl_cryptoai.forecast.own_model import model_in_use

    return model_in_use()


def open_one(path: Path, *, any_model: bool = False) -> Book:
    """Open a workbook.

    Parameters
    ----------
    path : Path
        The file.
    any_model : bool
        Whether --model may name another model than the workbook's.

    Raises
    ------
    FileRefusedError
        As `open_book`; also if --model names another model.
    """
    from xl_cryptoai.forecast.own_model import model_in_use
    from xl_cryptoai.reading.book import open_book

    return open_book(path, model=None if any_model else asked_model(), or_else=model_in_use)
