"""The half of the LibreOffice driver that speaks UNO; `libreoffice.py` is its only caller.

It runs under a Python that has ``uno`` (a virtual environment has not), starts soffice as its
child, then answers every JSON line on stdin with one JSON line on stdout. The first line in is
the configuration, the first line out says that the office is up. A cell travels as a number, a
text, null for a blank, or ``{"error": code}``.
"""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

try:
    import uno  # comes first: it teaches Python to import com.sun.star
    from com.sun.star.beans import PropertyValue
    from com.sun.star.connection import NoConnectException
    from com.sun.star.lang import DisposedException
    from com.sun.star.uno import Exception as UnoException
except ModuleNotFoundError:
    if __name__ == "__main__":  # pytest --doctest-modules imports this file too, without uno
        raise

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".pdf": "calc_pdf_Export"}
FIRST_START = 81  # soffice has made its profile and wants to be started again
EXCEL_FILE_SYNTAX = 3  # com.sun.star.sheet.AddressConvention.XL_OOX
TEXT_RESULT = 2  # com.sun.star.sheet.FormulaResult.STRING
CELLS_AT_MOST = 5_000_000  # one stray cell at XFD1048576 makes a used area of 1.7e10 cells


class RefusedError(Exception):
    """A request that cannot be done; the text goes to the test."""


class Office:
    """The running soffice: its process, its desktop, the documents open in it."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.command: list[str] = config["command"]
        self.process = self.start()
        self.context = self.connect(config["pipe"], time.monotonic() + config["limit"])
        name = "com.sun.star.frame.Desktop"
        self.desktop = self.context.ServiceManager.createInstanceWithContext(name, self.context)
        self.books: list[Book] = []

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, stdin=subprocess.DEVNULL)

    def connect(self, pipe: str, deadline: float) -> Any:
        local = uno.getComponentContext()
        name = "com.sun.star.bridge.UnoUrlResolver"
        resolver = local.ServiceManager.createInstanceWithContext(name, local)
        starts = 1
        while time.monotonic() < deadline:
            try:
                return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            except NoConnectException:
                code = self.process.poll()
            if code == FIRST_START and starts < 3:
                self.process, starts = self.start(), starts + 1
            elif code is not None:
                raise RefusedError(f"soffice ended with exit code {code} while it started")
            time.sleep(0.02)
        raise RefusedError("soffice took too long to start")

    def open(self, url: str) -> int:
        # Hidden is no nicety: the build without a GUI dies (signal 6) on making a window.
        hidden = PropertyValue("Hidden", 0, True, 0)
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, (hidden,))
        if document is None or not hasattr(document, "Sheets"):
            raise RefusedError(f"LibreOffice cannot read {url} as a spreadsheet")
        self.books.append(Book(document))
        return len(self.books) - 1

    def functions(self, prefix: str) -> dict[str, Any]:
        """What the function wizard shows."""
        name = "com.sun.star.sheet.FunctionDescriptions"
        listed = self.context.ServiceManager.createInstanceWithContext(name, self.context)
        entries = [{p.Name: p.Value for p in listed.getByIndex(n)} for n in range(listed.Count)]
        return {
            entry["Name"]: {
                "help": entry["Description"],
                "arguments": [[a.Name, a.Description] for a in entry["Arguments"] or ()],
            }
            for entry in entries
            if entry["Name"].startswith(prefix)
        }

    def book(self, number: int) -> Book:
        if self.books[number].document is None:
            raise RefusedError("the document is closed")
        return self.books[number]

    def quit(self) -> None:
        for book in self.books:
            book.close()
        with suppress(DisposedException):  # the bridge may fall before the answer has crossed it
            self.desktop.terminate()
        self.process.wait(10)


class Book:
    """One open spreadsheet; its public methods are the requests of `libreoffice.Document`."""

    def __init__(self, document: Any) -> None:
        self.document = document
        # Objects already fetched: a fetch costs 1.5 ms, a call on a fetched one 0.2 ms.
        self.known: dict[str | tuple[str, str], Any] = {}
        self.stale = True  # cached values of the file may still stand in cells
        self.parser = document.createInstance("com.sun.star.sheet.FormulaParser")
        self.parser.CompileEnglish = True
        self.parser.FormulaConvention = EXCEL_FILE_SYNTAX

    def close(self) -> None:
        if self.document is not None:
            self.document.close(True)
        self.document = self.parser = None
        self.known.clear()

    def sheet_names(self) -> list[str]:
        return list(self.document.Sheets.ElementNames)

    def read(self, areas: list[list[str]]) -> list[list[list[Any]]]:
        return [rows(self._area(sheet, address)) for sheet, address in areas]

    def named(self, name: str) -> Any:
        owners = [self.document, *(self._sheet(sheet) for sheet in self.sheet_names())]
        for names in (owner.NamedRanges for owner in owners):
            if names.hasByName(name):
                return only_value(name, names.getByName(name))
        raise RefusedError(f"there is no defined name {name!r}")

    def formula(self, sheet: str, address: str) -> str:
        cell = self._cell(sheet, address)
        tokens = cell.getTokens()
        if not tokens or beyond_tokens(cell.getFormula()):
            return str(cell.getFormula()) if tokens else ""
        return "=" + str(self.parser.printFormula(tokens, cell.getCellAddress()))

    def edit(self, edits: list[list[Any]]) -> None:
        for sheet, address, value in edits:
            self._put(self._editable(sheet, address), value)

    def recalculate(self) -> None:
        self.document.calculateAll()
        self.stale = False

    def probe(self, edits: list[list[Any]], reads: list[list[str]], hard: bool) -> list[Any]:
        cells = [self._editable(sheet, address) for sheet, address, _ in edits]
        undo = []
        try:
            for cell, (_, _, value) in zip(cells, edits, strict=True):
                undo.append((cell, content(cell)))
                self._put(cell, value)
            self._settle(hard)
            return self.read(reads)
        finally:
            for cell, old in reversed(undo):  # a cell edited twice gets its first content back
                put_back(cell, old)
            self._settle(hard)

    def all_values(self) -> dict[str, list[list[Any]]]:
        return {name: used_rows(self._sheet(name)) for name in self.sheet_names()}

    def save(self, path: str) -> None:
        suffix = Path(path).suffix.lower()
        if suffix not in FILTERS:
            raise RefusedError(f"cannot save as {suffix!r}; known: {', '.join(FILTERS)}")
        options = (PropertyValue("FilterName", 0, FILTERS[suffix], 0),)
        self.document.storeToURL(Path(path).as_uri(), options)

    def _settle(self, hard: bool) -> None:
        if hard or self.stale:
            self.recalculate()
        else:
            self.document.calculate()

    def _sheet(self, name: str) -> Any:
        if name not in self.known:
            if not self.document.Sheets.hasByName(name):
                there = ", ".join(self.sheet_names())
                raise RefusedError(f"there is no sheet {name!r}, only {there}")
            self.known[name] = self.document.Sheets.getByName(name)
        return self.known[name]

    def _area(self, sheet: str, address: str) -> Any:
        if (sheet, address) not in self.known:
            try:
                area = self._sheet(sheet).getCellRangeByName(address)
            except UnoException:
                raise RefusedError(f"{address!r} is no address of sheet {sheet!r}") from None
            self.known[sheet, address] = area
        return self.known[sheet, address]

    def _cell(self, sheet: str, address: str) -> Any:
        cell = self._area(sheet, address)
        if not hasattr(cell, "setValue"):
            raise RefusedError(f"{sheet}!{address} is not one cell")
        return cell

    def _editable(self, sheet: str, address: str) -> Any:
        cell, owner = self._cell(sheet, address), self._sheet(sheet)
        # In a locked cell UNO sets numbers and formulas, but drops texts and clearing silently.
        if owner.isProtected() and cell.CellProtection.IsLocked:
            with suppress(UnoException):
                owner.unprotect("")
            if owner.isProtected():
                raise RefusedError(f"sheet {sheet!r} is protected with a password")
        if cell.getArrayFormula() and len(array_around(cell).getDataArray()) > 1:
            # UNO would do it all the same, and so break the array up for good.
            raise RefusedError(f"{sheet}!{address} is part of an array formula over several cells")
        return cell

    def _put(self, cell: Any, value: Any) -> None:
        formula = isinstance(value, str) and value.startswith("=")
        if formula and not beyond_tokens(value):
            cell.setTokens(self.parser.parseFormula(value[1:], cell.getCellAddress()))
        else:
            put_back(cell, (formula, value))


def beyond_tokens(formula: str) -> bool:
    """Whether LibreOffice's formula tokens lose a part: a table reference, an error literal."""
    return re.search(r"[\[#]", re.sub(r"\"[^\"]*\"|'[^']*'", "", formula)) is not None


def content(cell: Any) -> tuple[bool, Any]:
    """What `put_back` needs to restore the cell: (is a formula, formula or value)."""
    kind = cell.getType().value
    if kind == "FORMULA":
        return True, cell.getFormula()  # LibreOffice's own syntax comes back without a loss
    if kind == "EMPTY":
        return False, None
    return False, cell.getValue() if kind == "VALUE" else cell.getString()


def put_back(cell: Any, old: tuple[bool, Any]) -> None:
    """Write a content as `content` gives it."""
    formula, value = old
    if formula and value.startswith("{"):
        cell.setArrayFormula(value[1:-1])
    elif formula or value is None:
        cell.setFormula(value or "")
    elif isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(float(value))


def array_around(cell: Any) -> Any:
    cursor = cell.getSpreadsheet().createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    return cursor


def rows(area: Any) -> list[list[Any]]:
    """Values of a range; an error comes from UNO as void, a blank as an empty text."""
    values = [list(row) for row in area.getDataArray()]
    texts = empty_texts(area) if any("" in row for row in values) else set()
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            if value is None:
                row[c] = {"error": area.getCellByPosition(c, r).getError()}
            elif value == "" and (r, c) not in texts:
                row[c] = None
    return values


def empty_texts(area: Any) -> set[tuple[int, int]]:
    """Positions, within the range, of the formulas whose result is a text (maybe an empty one)."""
    origin = area.getRangeAddress()
    return {
        (r - origin.StartRow, c - origin.StartColumn)
        for found in area.queryFormulaCells(TEXT_RESULT).getRangeAddresses()
        for r in range(found.StartRow, found.EndRow + 1)
        for c in range(found.StartColumn, found.EndColumn + 1)
    }


def used_rows(sheet: Any) -> list[list[Any]]:
    """Values from A1 on, without the blank rows and columns that only carry a format."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.getRangeAddress()
    if (end.EndRow + 1) * (end.EndColumn + 1) > CELLS_AT_MOST:
        raise RefusedError(f"sheet {sheet.Name!r} is used down to {cursor.AbsoluteName}: too far")
    values = rows(sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow))
    while values and all(value is None for value in values[-1]):
        values.pop()
    while values and values[0] and all(row[-1] is None for row in values):
        for row in values:
            row.pop()
    return values


def only_value(name: str, entry: Any) -> Any:
    area = entry.getReferredCells()
    if area is None:
        raise RefusedError(f"the name {name!r} stands for {entry.getContent()!r}, not for a cell")
    values = rows(area)
    if len(values) * len(values[0]) > 1:
        raise RefusedError(f"the name {name!r} stands for {len(values)} x {len(values[0])} cells")
    return values[0][0]


def answer(office: Office, request: dict[str, Any]) -> dict[str, Any]:
    """Do one request: ``do`` is a method of the book (``book`` given) or of the office."""
    try:
        target = office.book(request["book"]) if "book" in request else office
        return {"result": getattr(target, request["do"])(*request["args"])}
    except RefusedError as refusal:
        return {"refused": str(refusal)}
    except DisposedException:
        return {"refused": "soffice has ended or crashed", "fatal": True}
    except Exception as error:
        return {"refused": f"{request['do']} failed in LibreOffice: {type(error).__name__} {error}"}


def listen(requests: queue.Queue[str], folder: str, sockets: list[str]) -> None:
    """Pass the lines on. Their end means that the tests were killed: then nobody else cleans up."""
    for line in sys.stdin:
        requests.put(line)
    group = os.getpgrp()
    if os.fork() == 0:
        os.setsid()  # out of the group that is about to be killed
        os.killpg(group, signal.SIGKILL)
        time.sleep(0.5)
        shutil.rmtree(folder, ignore_errors=True)
        for socket in sockets:
            Path(socket).unlink(missing_ok=True)
        os._exit(0)


def private_stdout() -> TextIO:
    """The answers' channel; whatever else is printed, by us or by soffice, goes to the log."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return channel


def main() -> None:
    out = private_stdout()
    config = json.loads(sys.stdin.readline())
    requests: queue.Queue[str] = queue.Queue()
    watched = (requests, config["folder"], config["sockets"])
    threading.Thread(target=listen, args=watched, daemon=True).start()

    def say(message: dict[str, Any]) -> None:
        print(json.dumps(message), file=out, flush=True)

    try:
        office = Office(config)
    except RefusedError as refusal:
        return say({"refused": str(refusal), "fatal": True})
    say({"result": "ready"})
    while True:
        request = json.loads(requests.get())
        say(answer(office, request))
        if request["do"] == "quit":
            return None


if __name__ == "__main__":
    main()
