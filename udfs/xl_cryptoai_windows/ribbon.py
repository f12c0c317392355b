"""The buttons of the add-in's ribbon tab, described once.

The customUI part, the VBA callbacks and the table in docs/windows.md derive from `BUTTONS`. The id
of a button is the name of its Python function in `xl_cryptoai_windows.macros`; that takes the
analyst's xlwings `Book`. A click runs `Button.python`, and `macros.run` finds the workbook:
xlwings' RunPython hands over the name of the active workbook, so `xlwings.Book.caller()` is the
workbook that the analyst looks at, never the add-in.
"""

from __future__ import annotations

from dataclasses import dataclass

TAB = "Crypto AI"
MACROS = "xl_cryptoai_windows.macros"
"""The Python module with a function for each button."""
CALLBACKS = "xl_cryptoai_ribbon"
"""The VBA module with a sub for each button."""
GROUPS = ("Model", "Insert", "Explain", "Check", "Risk", "Help")
"""The groups of the tab, from left to right."""


@dataclass(frozen=True, slots=True)
class Button:
    """One button of the ribbon.

    Attributes
    ----------
    id : str
        Name of the button and of its Python function.
    label : str
        What is on the button.
    group : str
        One of `GROUPS`.
    icon : str
        Office's own name of an icon (imageMso).
    tip : str
        What a click does, in one sentence.
    large : bool
        Whether the button is as high as the ribbon.
    needs_book : bool
        Whether a workbook must be open; without one the others get a blank workbook.
    needs_functions : bool
        Whether the button needs the CAI functions in the cells, which xlwings has on Windows only.
    """

    id: str
    label: str
    group: str
    icon: str
    tip: str
    large: bool = False
    needs_book: bool = True
    needs_functions: bool = False

    @property
    def sub(self) -> str:
        """Name of the VBA sub that a click calls.

        >>> BUTTONS["new_model"].sub
        'CaiNewModel'
        """
        return "Cai" + self.id.title().replace("_", "")

    @property
    def python(self) -> str:
        """The Python that a click runs.

        >>> BUTTONS["audit"].python
        "import xl_cryptoai_windows.macros as m; m.run('audit')"
        """
        return f"import {MACROS} as m; m.run('{self.id}')"

    @property
    def works_on_mac(self) -> bool:
        """Whether the button works in Excel on a Mac."""
        return not self.needs_functions


BUTTONS: dict[str, Button] = {
    button.id: button
    for button in (
        Button(
            "new_model",
            "New model workbook",
            "Model",
            "FileNew",
            "Builds the model's workbook and opens it.",
            large=True,
            needs_book=False,
        ),
        Button(
            "insert_step",
            "Step's formula",
            "Insert",
            "FunctionWizard",
            "Writes the formula of a forecast step into the selected cell.",
        ),
        Button(
            "insert_forecast",
            "Forecast table",
            "Insert",
            "TableInsert",
            "Writes one formula that fills the forecast table from the selected cell on.",
            needs_functions=True,
        ),
        Button(
            "insert_source_note",
            "Source note",
            "Insert",
            "ReviewNewComment",
            "Adds a note with source, locator and rationale of the selected cell's assumption.",
        ),
        Button(
            "why",
            "Why",
            "Explain",
            "Help",
            "Explains why the selected cell shows an error, and where the error begins.",
        ),
        Button(
            "trace",
            "Trace",
            "Explain",
            "TracePrecedents",
            "Lists on a new sheet what the selected cell depends on, down to the sources.",
            large=True,
        ),
        Button(
            "audit",
            "Audit this workbook",
            "Check",
            "ErrorChecking",
            "Audits a copy of this workbook and opens the report in the browser.",
            large=True,
        ),
        Button(
            "audit_sheet",
            "Findings as a sheet",
            "Check",
            "DataValidation",
            "Audits a copy of this workbook and lists the findings on a new sheet with links.",
        ),
        Button(
            "compare",
            "Compare with ...",
            "Check",
            "ReviewCompareTwoVersions",
            "Compares this workbook with another one.",
        ),
        Button(
            "simulate",
            "Simulate",
            "Risk",
            "ChartTypeColumnInsertGallery",
            "Simulates the total from this workbook's inputs; the results go on a new sheet.",
        ),
        Button(
            "tornado",
            "Tornado",
            "Risk",
            "ChartTypeBarInsertGallery",
            "Shows which assumptions move the total most, on a new sheet.",
        ),
        Button(
            "goal_seek",
            "Goal seek",
            "Risk",
            "GoalSeek",
            "Finds the value of an assumption at which the total reaches an amount.",
        ),
        Button(
            "picture",
            "Picture",
            "Risk",
            "PictureInsertFromFile",
            "Places a chart of the result in this sheet.",
        ),
        Button(
            "about",
            "About",
            "Help",
            "Info",
            "Shows version, Python, and what doctor finds on this machine.",
            large=True,
            needs_book=False,
        ),
    )
}
"""Every button by its id, in the order of the tab."""
