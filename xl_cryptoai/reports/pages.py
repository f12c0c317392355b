"""Pages in HTML: from templates that escape whatever is put into them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xl_cryptoai import __version__
from xl_cryptoai.reports.parts import REVIEW
from xl_cryptoai.reports.plain import visible

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, **values: Any) -> str:
    """Write a page from its template and what is put into it; no value can become a tag."""
    shared = {"version": __version__, "review": REVIEW, **values}
    return _environment().get_template(template).render(shared)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _printable(value: Any) -> Any:
    """Write out what nobody sees in a page; what a template has made stays."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value, lines=True)
    return value
