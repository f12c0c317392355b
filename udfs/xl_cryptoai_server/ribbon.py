"""The buttons of the add-in's ribbon group, and the version that Excel knows the add-in by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xl_cryptoai import __version__


@dataclass(frozen=True, slots=True)
class Button:
    """A button.

    Attributes
    ----------
    id : str
        Its stable id in the manifest.
    label, tip : str
        What is on it and what Excel shows beside it.
    icon : str
        Name of its picture; see `icons`.
    function : str
        What it runs in ribbon.js; "" for the one that opens the pane.
    """

    id: str
    label: str
    tip: str
    icon: str
    function: str = ""


BUTTONS = (
    Button("Open", "Open pane", "Show the forecast of the open workbook: scenario, overrides and "
           "what each does to the total.", "open"),
    Button("Audit", "Audit", "Check the open workbook for overwritten formulas, loosened "
           "checks, hidden cells and stale values.", "audit", "showAudit"),
    Button("Trace", "Trace", "Follow the selected cell down to its assumptions and their places in "
           "the source.", "trace", "showTrace"),
    Button("Simulate", "Simulate", "Show how uncertain the total is: draw the "
           "uncertain assumptions and see the distribution.", "simulate", "showSimulate"),
)  # fmt: skip


def manifest_version() -> str:
    """Return the version in four numbers that Excel wants, 1 or greater and rising with ours."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", __version__)
    assert found is not None, f"{__version__} is no version"
    return ".".join(["1", *found.groups()])
