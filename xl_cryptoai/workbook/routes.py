"""The routes by which a workbook's calls reach Python: who answers, and how a call is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xl_cryptoai.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of workbook.

    Attributes
    ----------
    id : str
        Name on the command line and in the file name.
    suffix : str
        ".xlsx" or ".xlsm".
    answers : str
        Who answers the calls, in words.
    vba : bool
        Whether the file carries the VBA project with the xlwings reference.
    committed : bool
        Whether the file is ours from end to end and so stands in `workbooks/`.
    """

    id: str
    suffix: str
    answers: str
    vba: bool = False
    committed: bool = True

    @property
    def file_name(self) -> str:
        """Name of the workbook file."""
        return f"crypto_ai_revenue{'_' + self.id if self.vba else ''}{self.suffix}"

    def call(self, name: str, arguments: Sequence[str]) -> str:
        """Write a call as it is stored in a cell, without the equals sign."""
        return f"{name}({','.join(arguments)})"


ROUTES: dict[str, Route] = {
    route.id: route
    for route in (
        Route("xlsx", ".xlsx", "whichever engine offers the CAI_ functions under these names"),
        Route(
            "windows",
            ".xlsm",
            "Python, through xlwings on Windows",
            vba=True,
            committed=False,  # the VBA project comes from the installed xlwings
        ),
    )
}


def route_for(name: str) -> Route:
    """Return a route by name, or refuse an unknown one."""
    if name not in ROUTES:
        raise UnknownNameError(f"no route is called '{name}'; known are {', '.join(ROUTES)}")
    return ROUTES[name]
