"""Files made to choke a reader are refused in under a second and 200 MB, and say why.

Each is read in a process of its own, with a limit on memory and time: a test that fails must not
take the machine with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import patch

from xl_cryptoai.audit.book import open_book

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it"
)

SECONDS, MEGABYTES = 1.0, 200
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
STYLES = "xl/styles.xml"
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)

READER = """
import json, resource, sys, time
from pathlib import Path
from xl_cryptoai.audit.book import open_book
from xl_cryptoai.errors import FileRefusedError
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
start, words = time.perf_counter(), ""
try:
    open_book(Path(sys.argv[1]))
except FileRefusedError as error:
    words = str(error)
seconds = time.perf_counter() - start
# getrusage would count the process this one was forked from
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
print(json.dumps({"words": words, "seconds": seconds, "megabytes": peak / 1024}))
"""


def read_alone(path: Path) -> dict[str, Any]:
    """Try to open a file in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def behind_head(more: bytes) -> Callable[[bytes], bytes]:
    """Put a document type in, behind the XML declaration if there is one."""

    def put(content: bytes) -> bytes:
        start = content.find(b"?>") + 2 if b"?>" in content else 0
        return content[:start] + more + content[start:]

    return put


def in_sheet(more: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", more + b"</sheetData>")


def far_cell(content: bytes) -> bytes:
    return in_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')(content)


def attributes(content: bytes) -> bytes:
    many = b" ".join(b'a%x=""' % number for number in range(1_000_000))
    return content.replace(b"<sheetData", b"<x " + many + b"/><sheetData", 1)


def named_attributes(content: bytes) -> bytes:
    many = b" ".join(b'xmlns:a%x="u%x"' % (number, number) for number in range(200_000))
    return behind_head(b"")(content).replace(b"<fonts", b"<x " + many + b"/><fonts", 1)


def names(content: bytes) -> bytes:
    many = b"".join(b'<definedName name="n%d">A!$A$1</definedName>' % n for n in range(200_000))
    return content.replace(b"</definedNames>", many + b"</definedNames>")


PARTS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a gigabyte of zeros, deflated": (
        "xl/media/image1.png",
        lambda content: bytes(1_000_000_000),
        "unpacks from",
    ),
    "a cell in the last corner": (SHEET, far_cell, "reaches to row 1048576"),
    "a dimension that hides a far cell": (
        SHEET,
        lambda content: (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
            b'main"><dimension ref="A1:B2"/><sheetData><row r="1048576"><c r="XFD1048576"/></row>'
            b"</sheetData></worksheet>"
        ),
        "reaches to row 1048576",
    ),
    "an entity bomb in a sheet": (SHEET, behind_head(BOMB), "declares a document type"),
    "an entity bomb in the workbook": (BOOK, behind_head(BOMB), "declares a document type"),
    "an entity from a file": (
        STYLES,
        behind_head(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
        "declares a document type",
    ),
    "a document type in other letters": (
        SHEET,
        lambda content: behind_head(BOMB)(content).decode().encode("utf-16"),
        "declares a document type",
    ),
    "merged cells over everything": (
        SHEET,
        lambda content: content.replace(
            b"</sheetData>",
            b'</sheetData><mergeCells count="1"><mergeCell ref="A1:SF20000"/></mergeCells>',
        ),
        "cells under merged areas",
    ),
    "a million cells": (
        SHEET,
        in_sheet((b"<row>" + b"<c/>" * 400 + b"</row>") * 2_500),
        "has more than 600,000 elements",
    ),
    "a million attributes in one tag": (SHEET, attributes, "more than 10,000 attributes"),
    "two hundred thousand names": (BOOK, names, "defined names; allowed are 10,000"),
    "a tag full of namespaces": (STYLES, named_attributes, "more than 10,000 attributes"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def assert_refused(path: Path, words: str) -> None:
    told = read_alone(path)
    assert words in told["words"] and str(path) in told["words"]
    assert told["words"].count(path.name) == 1, "one sentence, not one in another"
    assert "  " not in told["words"] and "Traceback" not in told["words"]
    assert told["seconds"] < SECONDS
    assert told["megabytes"] < MEGABYTES


@pytest.mark.parametrize("attack", PARTS)
def test_a_hostile_part_is_refused(workbooks: dict[str, Path], path: Path, attack: str) -> None:
    part, change, words = PARTS[attack]
    with zipfile.ZipFile(workbooks["plain"]) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert_refused(path, words)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_small_file_with_a_gigabyte_in_it_is_refused(
    workbooks: dict[str, Path], path: Path, method: int
) -> None:
    path.write_bytes(workbooks["plain"].read_bytes())
    with (
        zipfile.ZipFile(path, "a") as archive,
        archive.open(zipfile.ZipInfo("xl/media/image1.png"), "w") as member,
    ):
        member.write(b"")
    with zipfile.ZipFile(path, "a", method) as archive:
        archive.writestr("xl/media/image2.png", bytes(100_000_000), method)
    assert path.stat().st_size < 500_000
    assert_refused(path, "packed by a method that no spreadsheet writes")


def test_a_directory_that_lies_about_sizes_is_refused(
    workbooks: dict[str, Path], path: Path
) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(200_000_000))
    size = (200_000_000).to_bytes(4, "little")
    content = path.read_bytes()
    assert content.count(size) == 2, "in the member's own head and in the directory"
    path.write_bytes(content.replace(size, (1_000).to_bytes(4, "little")))
    assert_refused(path, "is damaged")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_doubled_part_is_refused(workbooks: dict[str, Path], path: Path) -> None:
    path.write_bytes(workbooks["plain"].read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET.upper(), "<worksheet/>")
    assert_refused(path, f"has two parts called {SHEET}")


def test_a_hundred_thousand_parts_are_refused(workbooks: dict[str, Path], path: Path) -> None:
    path.write_bytes(workbooks["plain"].read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(100_000):
            archive.writestr(f"{number:x}", b"")
    assert_refused(path, "a workbook has at most 1,000")


def test_a_cell_outside_the_stated_dimension_is_still_read(
    workbooks: dict[str, Path], path: Path
) -> None:
    def shrink(content: bytes) -> bytes:
        start = content.index(b'<dimension ref="')
        end = content.index(b"/>", start) + 2
        return content[:start] + b'<dimension ref="A1"/>' + content[end:]

    patch(workbooks["plain"], path, {SHEET: shrink})
    whole = openpyxl.load_workbook(workbooks["plain"]).worksheets[0]
    assert set(open_book(path).formulas.worksheets[0]._cells) == set(whole._cells)


def test_no_link_is_followed_and_no_macro_is_kept(workbooks: dict[str, Path]) -> None:
    book = open_book(workbooks["windows"])
    assert book.formulas._external_links == [] and book.formulas.vba_archive is None


@pytest.mark.parametrize("name", ["windows", "office", "excel365", "libreoffice", "plain"])
def test_a_workbook_of_ours_is_not_refused(workbooks: dict[str, Path], name: str) -> None:
    told = read_alone(workbooks[name])
    assert told["words"] == "" and told["megabytes"] < MEGABYTES
