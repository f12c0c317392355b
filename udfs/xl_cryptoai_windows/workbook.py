"""A given workbook: blocked or not, for which route, and whether its functions can answer."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai_windows.environment import Environment, Finding
from xl_cryptoai_windows.ribbon import CALLBACKS
from xl_cryptoai_windows.settings import INTERPRETER, sheet_settings

SHEET = "xlwings.conf"
UDF_MODULES = "UDF MODULES"
OUR_MODULE = "xl_cryptoai_udfs"
_OWN_MODULE = re.compile(r"[a-z][a-z0-9]{1,9}_udfs")
"""The module of an own model, named after its prefix."""
VBA_MODULE = "xlwings_udfs"
BUILD = "xl-cryptoai build --for windows"
BLOCKED_ZONES = (3, 4)
"""The internet, and places that are not trusted at all."""


def mark_of(book: Path) -> Path:
    """Return the stream in which Windows marks a file as coming from elsewhere."""
    return book.with_name(f"{book.name}:Zone.Identifier")


def is_blocked(book: Path) -> bool:
    """Whether a file bears the mark of the web."""
    try:
        content = mark_of(book).read_bytes()
    except OSError:
        return False
    zone = re.search(rb"ZoneId\s*=\s*(\d+)", content)
    return zone is not None and int(zone[1]) in BLOCKED_ZONES


def workbook_findings(env: Environment, book: Path) -> Iterator[Finding]:
    """Look at a workbook; it is opened for reading only."""
    try:
        with zipfile.ZipFile(book) as archive:
            macros = "xl/vbaProject.bin" in archive.namelist()
            content = b"".join(
                archive.read(name)
                for name in archive.namelist()
                if name.startswith("xl/worksheets/sheet") or name == "xl/workbook.xml"
            )
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield Finding("workbook", f"{book} cannot be read ({reason})", "give the path of an .xlsx "
                      "or .xlsm file")  # fmt: skip
        return
    if env.on_windows:
        yield _mark(book)
    if not macros:
        yield _other_route(book, content)
        return
    yield from _macro_workbook(book)


def _mark(book: Path) -> Finding:
    if is_blocked(book):
        return Finding(
            "mark of the web",
            f"{book.name} is marked as coming from the internet: its macros do not run",
            f'xl-cryptoai install --unblock "{book}"; only if you trust where it is from',
        )
    return Finding("mark of the web", f"{book.name} is not blocked")


def _other_route(book: Path, content: bytes) -> Finding:
    answered_by = {
        rb"_xldudf_[A-Z][A-Z0-9]+_": "office; through xl-cryptoai serve or xlwings Lite",
        rb"_xlfn\.LAMBDA\(": "excel365; its functions are inside",
        rb"<f[^>]*>[^<]*CAI\.": "libreoffice; through the extension",
        rb"<f[^>]*>[^<]*\[\d+\]!CAI_": "Excel on Windows; it calls functions of the add-in",
        rb"<f[^>]*>[^<]*[A-Z][A-Z0-9]+_[A-Z]": "",
    }
    for mark, route in answered_by.items():
        called = re.search(mark, content)
        if called and route:
            return Finding("workbook", f"{book.name} is for {route}")
        if called:
            return Finding(
                "workbook", f"{book.name} calls the functions, but has lost its macros", BUILD
            )
    return Finding("workbook", f"{book.name} is plain; it has native formulas only")


def _macro_workbook(book: Path) -> Iterator[Finding]:
    from pyopenvba import ExcelFile, PyOpenVBAError

    try:
        with ExcelFile(book) as file:
            modules = file.module_names()
            references = {reference.name for reference in file.references()}
    except (PyOpenVBAError, ValueError, OSError) as error:
        yield Finding("VBA", f"the macros of {book.name} cannot be read ({error})", BUILD)
        return
    if CALLBACKS in modules:
        found = (
            f"{book.name} is the add-in itself; without a file doctor looks at the installed one"
        )
        yield Finding("workbook", found, note=True)
        return
    if VBA_MODULE not in modules:
        yield Finding("VBA", f"{book.name} has no module {VBA_MODULE}", f"{BUILD}, or click "
                      "Import Functions on Excel's tab xlwings")  # fmt: skip
    elif "xlwings" not in references:
        yield Finding("VBA", f"{book.name} has lost its reference to the add-in", "in Excel: "
                      "Alt+F11 > Tools > References > tick xlwings")  # fmt: skip
    else:
        yield Finding("VBA", f"module {VBA_MODULE} and the reference to the add-in are there")
    yield _settings(book)


def _settings(book: Path) -> Finding:
    try:
        settings = sheet_settings(book, SHEET)
    except FileRefusedError as error:
        return Finding(SHEET, str(error), BUILD)
    if settings is None:
        return Finding(SHEET, f"{book.name} has no sheet {SHEET}", BUILD)
    named = settings.get(UDF_MODULES, "").split(";")
    own = next((name for name in named if _OWN_MODULE.fullmatch(name)), "")
    if OUR_MODULE not in named and not own:
        return Finding(
            SHEET,
            f"UDF Modules is '{settings.get(UDF_MODULES, '')}'",
            f"on sheet {SHEET} write {OUR_MODULE} beside UDF Modules",
        )
    if settings.get(INTERPRETER) == "":
        # The add-in takes what is on the sheet, be it nothing: the person's setting is hidden.
        return Finding(
            SHEET,
            "Interpreter_Win has no path, which hides the one set for all workbooks",
            f"on sheet {SHEET} delete the row Interpreter_Win, without leaving a gap",
        )
    if own and OUR_MODULE not in named and not book.with_name(f"{own}.py").is_file():
        return Finding(
            SHEET,
            f"{own}.py, which provides the functions of the workbook's own model, is not beside it",
            f"copy it there, or write it: {BUILD} --model FOLDER",
        )
    return Finding(SHEET, f"UDF Modules is {settings[UDF_MODULES]}")
