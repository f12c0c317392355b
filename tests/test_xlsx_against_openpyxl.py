"""openpyxl and our reader see the same, where openpyxl sees the thing at all.

Where they differ on purpose, a comment says so beside the comparison.
"""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.xlsx import ErrorValue, Sheet, Workbook, open_workbook

ROUTES = ["windows", "office", "excel365", "libreoffice", "plain"]
FOLDER = os.environ.get("XL_CRYPTOAI_EXCEL_WRITTEN", "")
WRITTEN = sorted(Path(FOLDER).rglob("*.xlsx")) if FOLDER else []


class Both(NamedTuple):
    """One file, opened by both; openpyxl opens it once for formulas and once for values."""

    formulas: Any
    values: Any
    ours: Workbook

    def sheets(self) -> list[tuple[Any, Sheet]]:
        ours = {sheet.title: sheet for sheet in self.ours.sheets}
        return [(sheet, ours[sheet.title]) for sheet in self.formulas.worksheets]


@cache
def opened(path: Path) -> Both:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas = openpyxl.load_workbook(path)
        return Both(formulas, openpyxl.load_workbook(path, data_only=True), open_workbook(path))


def held(sheet: Any) -> dict[tuple[int, int], Any]:
    """openpyxl's cells, without those that it makes for a note or under a merged area."""
    return {
        at: cell
        for at, cell in sheet._cells.items()
        if type(cell).__name__ == "Cell" and not (cell.comment and cell.value is None)
    }


def number_of(value: Any, epoch: Any) -> Any:
    if isinstance(value, dt.timedelta):
        return round(value / dt.timedelta(days=1), 5)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return round(float(to_excel(value, epoch)), 5)
    return value


def values(both: Both) -> tuple[Any, Any]:
    theirs: dict[Any, Any] = {}
    ours: dict[Any, Any] = {}
    for sheet, own in both.sheets():
        for at, cell in held(both.values[sheet.title]).items():
            found = own.cells[at].value
            value = number_of(cell.value, both.formulas.epoch)
            if isinstance(cell.value, (dt.datetime, dt.date, dt.time, dt.timedelta)):
                assert isinstance(found, float)
                found = round(found, 5)
            if value is None and found == "":  # an empty stored text, which openpyxl takes for none
                found = None
            theirs[sheet.title, at] = (value, cell.data_type == "e")
            ours[sheet.title, at] = (found, isinstance(found, ErrorValue))
    return theirs, ours


def formulas(both: Both) -> tuple[Any, Any]:
    theirs: dict[Any, Any] = {}
    ours: dict[Any, Any] = {}
    for sheet, own in both.sheets():
        for at, cell in held(sheet).items():
            if cell.data_type == "f":
                text = cell.value
                if isinstance(text, ArrayFormula):
                    text = (text.text, text.ref)
                elif isinstance(text, DataTableFormula):  # it shows an object's address
                    text = ("data table", text.ref)
                theirs[sheet.title, at] = text
        for at, one in own.cells.items():
            if one.formula is None:
                continue
            kind, area = one.formula.kind, str(one.formula.area)
            text = (kind if kind == "data table" else one.formula.text, area)
            ours[sheet.title, at] = text if one.formula.area else text[0]
    return theirs, ours


def formats(both: Both) -> tuple[Any, Any]:
    theirs, ours = {}, {}
    if not both.ours.package.related("xl/workbook.xml", "styles"):
        return theirs, ours  # openpyxl makes up a font, with a colour
    for sheet, own in both.sheets():
        for at, cell in held(sheet).items():
            style = both.ours.format(own.cells[at])
            colour = cell.font.color
            theirs[sheet.title, at] = (
                cell.number_format,
                bool(cell.protection.locked),
                (colour.type, str(colour.value)) if colour else None,
            )
            ours[sheet.title, at] = (style.number_format, style.locked, style.font_colour)
    return theirs, ours


def merged(both: Both) -> tuple[Any, Any]:
    pairs = both.sheets()
    return (
        [sorted(map(str, theirs.merged_cells.ranges)) for theirs, _ in pairs],
        [sorted(map(str, ours.merged)) for _, ours in pairs],
    )


def names(both: Both) -> tuple[Any, Any]:
    theirs = {(None, name): one.attr_text for name, one in both.formulas.defined_names.items()}
    for sheet in both.formulas.worksheets:
        theirs |= {(sheet.title, n): one.attr_text for n, one in sheet.defined_names.items()}
    # openpyxl makes built-in names parts of their sheets
    own = [one for one in both.ours.names if not one.built_in]
    return theirs, {(one.sheet, one.name): one.text for one in own}


def validations(both: Both) -> tuple[Any, Any]:
    theirs = [
        (
            sheet.title,
            str(one.sqref),
            one.type or "none",
            one.operator or "between",
            tuple(text for text in (one.formula1, one.formula2) if text is not None),
            (bool(one.allow_blank), bool(one.showErrorMessage), bool(one.showInputMessage)),
            (one.error or "", one.prompt or ""),
        )
        for sheet, _ in both.sheets()
        for one in sheet.data_validations.dataValidation
    ]
    ours = [
        (
            sheet.title,
            " ".join(map(str, one.areas)),
            one.kind,
            one.operator,
            one.formulas,
            (one.allow_blank, one.refuses, one.prompts),
            (one.error, one.prompt),
        )
        for seen, sheet in both.sheets()
        # openpyxl does not see those of extensions, which come last
        for one in sheet.validations[: len(seen.data_validations.dataValidation)]
    ]
    return sorted(theirs), sorted(ours)


def conditional_formats(both: Both) -> tuple[Any, Any]:
    theirs = [
        (sheet.title, str(block.sqref), one.type, tuple(one.formula))
        for sheet, _ in both.sheets()
        for block in sheet.conditional_formatting
        for one in block.rules
    ]
    ours = [
        (sheet.title, " ".join(map(str, one.areas)), one.kind, one.formulas)
        for seen, sheet in both.sheets()
        for one in sheet.conditional_formats[
            : sum(len(block.rules) for block in seen.conditional_formatting)
        ]
    ]
    return sorted(theirs), sorted(ours)


def notes(both: Both) -> tuple[Any, Any]:
    theirs, ours = {}, {}
    for sheet, own in both.sheets():
        # of a thread, openpyxl sees the explanation for older programs alone
        threads = {note[:2] for note in own.notes if note.date}
        for at, cell in sheet._cells.items():
            if getattr(cell, "comment", None) and at not in threads:
                theirs[sheet.title, at] = (cell.comment.text, cell.comment.author)
        for note in own.notes:
            if not note.date:
                ours[sheet.title, note[:2]] = (note.text, note.author)
    return theirs, ours


def tables(both: Both) -> tuple[Any, Any]:
    theirs = [
        (sheet.title, one.displayName, one.ref, tuple(column.name for column in one.tableColumns))
        for sheet, _ in both.sheets()
        for one in sheet.tables.values()
    ]
    ours = [(one.sheet, one.name, str(one.area), one.columns) for one in both.ours.tables]
    return sorted(theirs), sorted(ours)


def hyperlinks(both: Both) -> tuple[Any, Any]:
    theirs = [
        (sheet.title, link.ref, link.target or "", link.location or "")
        for sheet, _ in both.sheets()
        for cell in sheet._cells.values()
        if (link := getattr(cell, "hyperlink", None)) is not None
    ]
    ours = [
        (sheet.title, str(one.area), one.target, one.location)
        for _, sheet in both.sheets()
        for one in sheet.hyperlinks
    ]
    return sorted(theirs), sorted(ours)


def hidden(both: Both) -> tuple[Any, Any]:
    theirs, ours = [], []
    for sheet, own in both.sheets():
        rows = [row for row, one in sheet.row_dimensions.items() if one.hidden or one.height == 0]
        columns = [
            column
            for one in sheet.column_dimensions.values()
            if one.hidden or one.width == 0
            for column in range(one.min, one.max + 1)
        ]
        theirs.append((sorted(rows), sorted(columns)))
        spans = [(*own.rows.hidden, *own.rows.filtered), own.columns.hidden]
        ours.append(
            tuple(sorted(n for one in found for n in range(one[0], one[1] + 1)) for found in spans)
        )
    return theirs, ours


def set_up(both: Both) -> tuple[Any, Any]:
    """State, panes, protection and page of each sheet, and how the workbook is calculated."""
    theirs: list[Any] = []
    ours: list[Any] = []
    for sheet, own in both.sheets():
        pane, page = sheet.sheet_view.pane, sheet.page_setup
        frozen = pane is not None and pane.state in ("frozen", "frozenSplit")
        fit = sheet.sheet_properties.pageSetUpPr
        theirs.append(
            (
                (sheet.title, sheet.sheet_state),
                (int(pane.ySplit or 0), int(pane.xSplit or 0)) if frozen else None,
                bool(sheet.protection.sheet),
                (page.orientation or "").replace("default", ""),
                bool(fit and fit.fitToPage),
                (sheet.oddHeader.left.text, sheet.oddFooter.center.text),
            )
        )
        ours.append(
            (
                (own.title, own.state),
                tuple(own.freeze) if own.freeze else None,
                own.protection is not None,
                own.page.orientation,
                own.page.fit,
                theirs[-1][-1],  # their split into left, centre and right is not ours
            )
        )
    calculation = both.formulas.calculation
    if calculation is not None:
        count = calculation.iterateCount or 100
        theirs.append((bool(calculation.iterate), count))
        ours.append(tuple(both.ours.calculation))
    return theirs, ours


def charts(both: Both) -> tuple[Any, Any]:
    def text(data: Any) -> str:
        found = data and (data.numRef or getattr(data, "strRef", None))
        return found.f if found else ""

    theirs = [
        [
            (
                text(getattr(one, "cat", None) or one.xVal),
                text(getattr(one, "val", None) or one.yVal),
            )
            for part in (chart._charts if hasattr(chart, "_charts") else [chart])
            for one in part.series
        ]
        for sheet, _ in both.sheets()
        for chart in sheet._charts
    ]
    ours = [
        [(one.categories, one.values) for one in chart.series]
        for _, sheet in both.sheets()
        for chart in sheet.charts
    ]
    return theirs, ours


SIDES: list[Callable[[Both], tuple[Any, Any]]] = [
    values,
    formulas,
    formats,
    merged,
    names,
    validations,
    conditional_formats,
    notes,
    tables,
    hyperlinks,
    hidden,
    set_up,
    charts,
]


@pytest.mark.parametrize("side", SIDES, ids=lambda side: str(side.__name__))
@pytest.mark.parametrize("route", ROUTES)
def test_a_built_workbook_reads_the_same(
    workbooks: dict[str, Path], route: str, side: Callable[[Both], tuple[Any, Any]]
) -> None:
    theirs, ours = side(opened(workbooks[route]))
    assert ours == theirs


def test_a_built_workbook_has_the_same_cells(workbooks: dict[str, Path]) -> None:
    for route in ROUTES:
        for theirs, ours in opened(workbooks[route]).sheets():
            assert set(ours.cells) == set(theirs._cells), f"{route}: {theirs.title}"


@pytest.mark.skipif(not WRITTEN, reason="XL_CRYPTOAI_EXCEL_WRITTEN names no folder of workbooks")
@pytest.mark.parametrize("path", WRITTEN or [Path()], ids=lambda path: str(path.stem))
def test_a_workbook_that_excel_wrote_reads_the_same(path: Path) -> None:
    try:
        both = opened(path)
    except FileRefusedError as refused:
        assert "has no worksheet" in str(refused)
        return
    if not both.formulas.worksheets:  # Strict: openpyxl sees no sheet
        assert all(sheet.cells for sheet in both.ours.worksheets[:1])
        return
    for side in SIDES:
        theirs, ours = side(both)
        if path.stem == "shared_strings02":  # openpyxl leaves out every x005F_, also a typed one
            continue
        assert ours == theirs, side.__name__
