"""The page at the server's address: what this is, how to add it to Excel, the functions to try."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.forecast import Forecast
from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.functions import ExcelFunction, functions_of
from xl_cryptoai_server.project import ADD_IN, NAMESPACE

MANIFEST_FILE = "crypto-ai-forecast.xml"
"""What the manifest is called where it is saved."""

STEPS: dict[str, tuple[str, ...]] = {
    "Windows": (
        "Put the file into a shared folder of the network.",
        "File > Options > Trust Center > Trust Center Settings > Trusted Add-in Catalogs: add the "
        "folder's network path, tick Show in Menu, and restart Excel.",
        f"Home > Add-ins > More Add-ins > Shared Folder > {ADD_IN}.",
    ),
    "Mac": (
        "Put the file into ~/Library/Containers/com.microsoft.Excel/Data/Documents/wef (make the "
        "folder if it is missing), and restart Excel.",
        f"Home > Add-ins > {ADD_IN}, below Developer Add-ins.",
    ),
    "Web": (
        "Open a workbook on the web: Home > Add-ins > More Add-ins > Upload My Add-in.",
        "Choose the file.",
    ),
}
"""How the saved manifest comes into Excel, by platform."""

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "content-type": "text/html; charset=utf-8",
}
"""Of the page: it loads nothing from elsewhere, and nobody frames it."""

_EXAMPLES: dict[str, dict[str, str]] = {
    "RECONCILE": {"ids": "total; tam", "values": "10.2e9; 5.85e12"},
    "GOALSEEK": {"id": "ai_penetration", "target": "20e9"},
    "GRID": {"x": "ai_penetration", "xs": "20%, 33%, 40%", "y": "gdp_growth", "ys": "2%; 3%"},
    "NEAREST_CORRELATION": {
        "ids": "gdp_growth; ai_penetration; software_share",
        "correlations": "1, 0.9, 0.1; 0.9, 1, 0.9; 0.1, 0.9, 1",
    },
}
"""What stands in the form of a function, by argument, instead of the base case."""


@dataclass(frozen=True, slots=True)
class Field:
    """One argument in the form of a function."""

    name: str
    help: str
    optional: bool
    example: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One function on the page."""

    id: str
    python_name: str
    signature: str
    help: str
    fields: tuple[Field, ...]


def page(template: Any, settings: Any) -> bytes:
    """Write the page.

    Parameters
    ----------
    template : jinja2.Template
        One that escapes by itself.
    settings : object
        Those of xlwings Server.
    """
    provider = (settings.auth_providers or [""])[0]
    model = model_in_use()
    base = Forecast(model=model)
    text: str = template.render(
        settings=settings,
        name=ADD_IN,
        namespace=NAMESPACE,
        manifest_file=MANIFEST_FILE,
        steps=STEPS,
        provider=provider,
        call=f"{settings.app_path}/xlwings/custom-functions-call",
        categories=[
            (category, [entry(one, base) for one in functions])
            for category, functions in groupby(
                functions_of(model).values(), lambda one: one.category
            )
        ],
    )
    return text.encode()


def entry(function: ExcelFunction, base: Forecast) -> Entry:
    """Describe a function, as the function wizard does, with the base case as an example."""
    own = _EXAMPLES.get(function.short_name, {})
    return Entry(
        function.name,
        function.python_name,
        function.signature.replace(f"{NAMESPACE}_", f"{NAMESPACE}.", 1),
        function.help,
        tuple(
            Field(
                one.name,
                one.help,
                one.optional,
                own.get(one.name, "" if one.optional else _example(one.name, base)),
            )
            for one in function.arguments
        ),
    )


def _example(name: str, base: Forecast) -> str:
    """Return the base case's value of an argument as a person types it."""
    if name in base:
        return _typed(base[name])
    catalogue = base.model.assumptions
    columns: dict[str, Iterable[Iterable[Value]]] = {
        "id": [["total"]],
        "ids": [[one] for one in catalogue],
        "values": [[entry.base] for entry in catalogue.values()],
        "distributions": [
            [entry.id, sure.shape, sure.low, sure.mode, sure.high]
            for entry in catalogue.values()
            if (sure := entry.uncertainty) is not None
        ],
    }
    return "; ".join(", ".join(map(_typed, row)) for row in columns.get(name, []))


def _typed(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"
