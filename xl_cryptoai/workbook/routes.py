"""The routes: how a workbook's functions are provided, and how their calls are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.forecast.model import Model

FILE_STEM = "crypto_ai_revenue"


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of workbook.

    Attributes
    ----------
    id : str
        Name on the command line and in the file name.
    suffix : str
        ".xlsx" or ".xlsm".
    computed_by : str
        What stands beside a call on sheet Forecast.
    answers : str
        What provides the functions, in words.
    open_in : str
        The program to open the workbook in, and what it takes there.
    call_form : str
        What a stored call begins with, as a form around the model's prefix: "{}_"; empty if the
        workbook has no calls.
    dynamic : bool
        Whether a call is stored as a dynamic array, as Excel stores those of add-ins and LAMBDAs.
    lambdas : bool
        Whether the functions stand in the workbook itself, as LAMBDA names.
    vba : bool
        Whether the file carries the VBA project with the xlwings reference.
    tables : bool
        Whether the functions that return a table are provided as well.
    committed : bool
        Whether the file is ours from end to end and so stands in `workbooks/`.
    """

    id: str
    suffix: str
    computed_by: str
    answers: str
    open_in: str
    call_form: str
    dynamic: bool = False
    lambdas: bool = False
    vba: bool = False
    tables: bool = True
    committed: bool = True

    @property
    def calls(self) -> bool:
        """Whether the workbook calls functions at all."""
        return bool(self.call_form)

    @property
    def spills(self) -> bool:
        """Whether answers that fill several cells are stored as Excel's dynamic arrays."""
        return self.dynamic or self.vba

    def file_name(self, model: Model) -> str:
        """Return the name of a model's workbook file: an own model's begins with its prefix."""
        stem = model.prefix.lower() if model.text else FILE_STEM
        return f"{stem}_{self.id}{self.suffix}"

    def call_prefix(self, prefix: str) -> str:
        """Return what a stored call begins with, such as "_xldudf_CAI_"."""
        return self.call_form.format(prefix)

    def call(self, name: str, arguments: Sequence[str]) -> str:
        """Write a call of an Excel function as it is stored in a cell, without the equals sign.

        >>> ROUTES["libreoffice"].call("CAI_AI_GAIN", ["A1", "B1"])
        'CAI.AI_GAIN(A1,B1)'
        """
        prefix, _, short = name.partition("_")
        return f"{self.call_prefix(prefix)}{short}({','.join(arguments)})"

    def table_call(self, name: str, arguments: Sequence[str]) -> str:
        """Write a call of a function that only Python has; under its own name where it is missing.

        >>> ROUTES["plain"].table_call("CAI_GOALSEEK", ["A1", "B1"])
        'CAI_GOALSEEK(A1,B1)'
        """
        return self.call(name, arguments) if self.tables else f"{name}({','.join(arguments)})"


ROUTES: dict[str, Route] = {
    route.id: route
    for route in (
        Route(
            "windows",
            ".xlsm",
            "Python",
            "Python, through xlwings on Windows",
            "Excel for Windows; once before: xl-cryptoai install",
            "{}_",
            vba=True,
            committed=False,  # the VBA project comes from the installed xlwings
        ),
        Route(
            "office",
            ".xlsx",
            "Python",
            "Python, through xlwings Server or xlwings Lite, in Excel on Windows, Mac and the web",
            "Excel on Windows, Mac or the web, with the add-in that xl-cryptoai serve provides",
            "_xldudf_{}_",
            dynamic=True,
        ),
        Route(
            "excel365",
            ".xlsx",
            "LAMBDA",
            "LAMBDA functions in this workbook, in Excel 365; no add-in and no Python",
            "Excel 365; it needs nothing else",
            "{}_",
            dynamic=True,
            lambdas=True,
            tables=False,
        ),
        Route(
            "libreoffice",
            ".xlsx",
            "Python",
            "Python, through the extension for LibreOffice",
            "LibreOffice, after its extension: Tools > Extension Manager > Add, the .oxt file",
            "{}.",
        ),
        Route(
            "plain",
            ".xlsx",
            "Native",
            "native formulas only, which any spreadsheet computes",
            "any spreadsheet program; it needs nothing else",
            "",
            tables=False,
        ),
    )
}


def route_for(name: str) -> Route:
    """Return the route that a person means by a name, or refuse an unknown one."""
    return ROUTES[name_meant(name, "route", ROUTES)]
