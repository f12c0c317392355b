"""Builds `xl_cryptoai.xlam`: the functions in every workbook, and the ribbon tab Crypto AI.

It is a custom add-in as xlwings describes it (docs.xlwings.org, customaddin): xlwings' module
stands in the add-in, so that it needs neither a reference nor an order in which Excel loads
add-ins. On a click that module's RunPython names the *active* workbook to Python (`--wb=`), and
`xlwings.Book.caller()` gives it back.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

from xl_cryptoai import __version__
from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.workbook.add_in import build_add_in
from xl_cryptoai.workbook.vba import add_in_project
from xl_cryptoai.workbook.vba_module import PYTHON_MODULE, vba_modules
from xl_cryptoai_windows.add_in_vba import (
    DOCUMENT,
    GET_CONFIG,
    SETTINGS,
    SHEET,
    add_in_modules,
)
from xl_cryptoai_windows.ribbon import BUTTONS, CALLBACKS, GROUPS, TAB

VERSION = "XL_CRYPTOAI"
"""Under which key the settings sheet has the version of this program."""
NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
"""The customUI of Office 2010 and later."""


def build(python: Path | str, *, mac: bool = False) -> bytes:
    """Build the add-in in memory; the same Python, xlwings and program give the same bytes.

    Parameters
    ----------
    python : Path or str
        The interpreter that answers, as it is called on the machine where Excel runs.
    mac : bool
        Whether that is a Mac.

    Raises
    ------
    FileRefusedError
        If xlwings is not installed, or is not as expected.
    """
    return build_add_in(TAB, (SHEET, settings(python, mac=mac)), custom_ui(), _project())


@cache
def _project() -> bytes:
    modules = vba_modules(model_in_use(), add_in=True) | add_in_modules()
    return add_in_project(SETTINGS, modules, DOCUMENT, GET_CONFIG)


def interpreter_key(*, mac: bool = False) -> str:
    """Return under which key xlwings' module looks for Python."""
    return "INTERPRETER_MAC" if mac else "INTERPRETER_WIN"


def settings(python: Path | str, *, mac: bool = False) -> dict[str, str]:
    """Return what is on the settings sheet of the add-in, by key."""
    return {
        interpreter_key(mac=mac): str(python),
        "UDF MODULES": PYTHON_MODULE,
        "DEBUG UDFS": "False",
        "SHOW CONSOLE": "False",
        # else a file beside a workbook could be imported in the place of a module of ours
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        VERSION: __version__,
    }


def custom_ui() -> bytes:
    """Return the customUI part: one tab, with a group for each of `GROUPS`."""
    root = etree.Element(f"{{{NAMESPACE}}}customUI", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # the types do not know None
    tabs = _add(_add(root, "ribbon", startFromScratch="false"), "tabs")
    tab = _add(tabs, "tab", id="CaiTab", label=TAB)
    for number, name in enumerate(GROUPS, start=1):
        group = _add(tab, "group", id=f"CaiGroup{number}", label=name)
        for button in BUTTONS.values():
            if button.group == name:
                _add(
                    group,
                    "button",
                    id=button.sub,
                    label=button.label,
                    size="large" if button.large else "normal",
                    # with the module's name: another add-in may have a sub of the same name
                    onAction=f"{CALLBACKS}.{button.sub}",
                    imageMso=button.icon,
                    screentip=button.label,
                    supertip=button.tip,
                )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
