"""A look at a file before it is opened: what would choke a reader is refused in milliseconds."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.parsers import expat

from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_from_string

from xl_cryptoai.errors import FileRefusedError

MEBIBYTE = 2**20
MAX_FILE = 20 * MEBIBYTE
MAX_UNPACKED = 40 * MEBIBYTE
MAX_RATIO = 200
"""How much smaller than its content a packed file may be; real workbooks stay below 30."""
MAX_MEMBERS = 1_000
MAX_ROWS, MAX_COLUMNS = 20_000, 500
MAX_ELEMENTS = 600_000
"""XML elements in all sheets together; a workbook of ours has some 20,000."""
MAX_TAGS = 1_500_000
"""XML tags in all parts together, closing ones too."""
MAX_AREA = 100_000
"""Cells under merged areas and hyperlinks together: openpyxl makes an object of each."""
MAX_NAMES = 10_000
"""Defined names; openpyxl makes an object of each, and rules look at all of them."""
MAX_ATTRIBUTES = 10_000
"""Attributes of one XML tag: parsers keep them all at once."""

_DIRECTORY_ENTRY = b"PK\x01\x02"
_LONG = re.compile(rb"[^<]{20000,}")
"""A tag and the text behind it, if they are long enough for more attributes than that."""
_NAME = re.compile(rb"<(?:[\w.-]+:)?definedName[\s/>]")
_OLE = b"\xd0\xcf\x11\xe0"
_BINARY = (_OLE, b"\x89PNG", b"\xff\xd8\xff")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0\0<")
"""How XML in 16 or 32 bits begins: the search for cells would not recognise it."""
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
_TYPE_DECLARATIONS = [
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le")
]

Parts = dict[str, bytes]


def read_parts(path: Path) -> tuple[bytes, Parts]:
    """Read a workbook file and its parts, or refuse it.

    Returns
    -------
    bytes
        The whole file, so that nobody has to open it a second time.
    dict of str to bytes
        Its parts by name.

    Raises
    ------
    FileRefusedError
        If it cannot be read, is no workbook, or is built to be larger than it looks.
    """
    content = _content(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(path, archive.infolist(), len(content))
            parts = {one.filename: _unpack(archive, one) for one in archive.infolist()}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise FileRefusedError(
            f"{path} is damaged or no workbook ({error}); open it in Excel and save it as .xlsx"
        ) from None
    except FileRefusedError:
        raise
    except Exception as error:  # zlib.error and its like, whatever the codec
        raise FileRefusedError(f"{path} is damaged ({error}); take an undamaged copy") from None
    if "[Content_Types].xml" not in parts or "xl/workbook.xml" not in parts:
        raise FileRefusedError(f"{path} is a zip file but no workbook; give an .xlsx or .xlsm file")
    for name, part in parts.items():
        _check_xml(path, name, part)
    if sum(part.count(b"<") for part in parts.values()) > MAX_TAGS:
        raise FileRefusedError(f"{path} has more than {MAX_TAGS:,} XML tags; it is not opened")
    names = sum(_count_names(part) for part in parts.values())
    if names > MAX_NAMES:
        raise FileRefusedError(
            f"{path} has {names:,} defined names; allowed are {MAX_NAMES:,}; it is not opened: "
            "delete those that nobody uses (Formulas, Name Manager)"
        )
    _check_sheets(path, parts)
    return content, parts


def _count_names(part: bytes) -> int:
    """Count a part's defined names; the quick look spares nearly every part the slow one."""
    return len(_NAME.findall(part)) if part.count(b"definedName") > MAX_NAMES else 0


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Unpack one part, and not more of it than the directory says: that may be a lie."""
    with archive.open(member) as stream:
        return stream.read(member.file_size + 1)


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise FileRefusedError(f"{path} is no file; give the path of a workbook")
        if path.stat().st_size > MAX_FILE:
            raise FileRefusedError(
                f"{path} is larger than {MAX_FILE // MEBIBYTE} MB; a workbook of ours is not"
            )
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileRefusedError(f"{path} cannot be read ({reason})") from None
    if content.startswith(_OLE):
        raise FileRefusedError(
            f"{path} is encrypted or an old .xls; save it as .xlsx or .xlsm without a password"
        )
    if not content.startswith(b"PK"):
        raise FileRefusedError(f"{path} is no workbook; give an .xlsx or .xlsm file")
    members = content.count(_DIRECTORY_ENTRY)  # zipfile makes an object of each before it is asked
    if members > MAX_MEMBERS:
        raise FileRefusedError(
            f"{path} has {members:,} parts; a workbook has at most {MAX_MEMBERS:,}; "
            "it is not opened: save it anew in Excel"
        )
    return content


def _check_directory(path: Path, members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse by the directory alone: nothing has been unpacked yet."""
    unpacked = sum(member.file_size for member in members)
    names = [member.filename.lower() for member in members]
    reason = ""
    if len(members) > MAX_MEMBERS:
        reason = f"has {len(members)} parts; a workbook has at most {MAX_MEMBERS}"
    elif len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        reason = f"has two parts called {double}"
    elif any(member.flag_bits & 1 for member in members):
        reason = "has encrypted parts"
    elif any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        reason = "is packed by a method that no spreadsheet writes"
    elif unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * size:
        reason = f"unpacks from {size:,} to {unpacked:,} bytes"
    if reason:
        raise FileRefusedError(f"{path} {reason}; it is not opened: save it anew in Excel")


def _check_xml(path: Path, name: str, part: bytes) -> None:
    if part.startswith(_BINARY):
        return
    if any(word in part for word in _TYPE_DECLARATIONS):
        raise FileRefusedError(
            f"{path}: part {name} declares a document type, which no spreadsheet writes; "
            "it is not opened: save it anew in Excel"
        )
    if any(found[0].count(b"=") > MAX_ATTRIBUTES for found in _LONG.finditer(part)):
        raise FileRefusedError(
            f"{path}: part {name} has more than {MAX_ATTRIBUTES:,} attributes in one tag; "
            "it is not opened: save it anew in Excel"
        )
    if part.startswith(_WIDE):
        raise FileRefusedError(f"{path}: part {name} is not in UTF-8; save it anew in Excel")
    encoding = _ENCODING.match(part.removeprefix(b"\xef\xbb\xbf")[:200])
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        raise FileRefusedError(
            f"{path}: part {name} is encoded in {encoding[1].decode('latin-1')}, not in UTF-8; "
            "save it anew in Excel"
        )


def _check_sheets(path: Path, parts: Parts) -> None:
    """Walk over the cells of every sheet, and stop at the first that lies too far out."""
    extent = _Extent()
    for name, part in parts.items():
        if b"sheetData" not in part:  # by content: a sheet may hide behind any file name
            continue
        parser = expat.ParserCreate()
        parser.StartElementHandler = extent.start_sheet()
        try:
            parser.Parse(part, True)
        except _TooFarError as error:
            raise FileRefusedError(
                f"{path}: part {name} {error}; delete what lies there and save it anew"
            ) from None
        except (expat.ExpatError, ValueError) as error:
            raise FileRefusedError(
                f"{path}: part {name} is damaged ({error}); open it in Excel and save it again"
            ) from None


class _TooFarError(Exception):
    """A sheet is larger than any of ours can be."""


class _Extent:
    """Counts through a sheet's XML: cells may stand anywhere, whatever `<dimension>` says."""

    def __init__(self) -> None:
        self.elements = self.area = self.row = self.column = 0

    def start_sheet(self) -> Any:
        self.row = self.column = 0
        return self.element

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise _TooFarError(f"has more than {MAX_ELEMENTS:,} elements")
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell(attributes.get("r"))
        elif local == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0  # a row far out may be empty: LibreOffice writes one for its height
        elif local in ("mergeCell", "hyperlink") and "ref" in attributes:
            self._area(attributes["ref"])

    def _cell(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            self._check(self.row, self.column)
        else:
            row, self.column = _position(reference)
            self._check(row, self.column)

    def _area(self, reference: str) -> None:
        first, _, last = reference.replace("$", "").partition(":")
        row, column = _position(first)
        last_row, last_column = _position(last or first)
        self._check(last_row, last_column)
        self.area += (last_row - row + 1) * (last_column - column + 1)
        if self.area > MAX_AREA:
            raise _TooFarError(f"has more than {MAX_AREA:,} cells under merged areas and links")

    def _check(self, row: int, column: int) -> None:
        if row > MAX_ROWS or column > MAX_COLUMNS:
            raise _TooFarError(
                f"reaches to row {row}, column {column}; allowed is {MAX_ROWS:,} rows "
                f"and {MAX_COLUMNS} columns"
            )


def _position(reference: str) -> tuple[int, int]:
    try:
        column, row = coordinate_from_string(reference)
        return int(row), column_index_from_string(column)
    except ValueError:
        raise _TooFarError(f"has a cell at '{reference[:40]}', which is no place") from None
