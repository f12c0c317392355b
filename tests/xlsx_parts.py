"""Small workbooks for tests, written part by part: what no library would write for us."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml."

Part = str | bytes
Relation = tuple[str, str]
"""Kind and target; a target with `://` lies outside the file. Ids are rId1, rId2 ..."""


def relations(links: Sequence[Relation], base: str = RELATIONS) -> str:
    """A part of relationships."""
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{base}/{kind}" Target="{target}"'
        + (' TargetMode="External"' if "://" in target else "")
        + "/>"
        for number, (kind, target) in enumerate(links, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}relationships">{inside}</Relationships>'


def write_workbook(
    path: Path,
    sheets: Mapping[str, str],
    *,
    settings: str = "",
    before: str = "",
    parts: Mapping[str, Part] | None = None,
    links: Mapping[str, Sequence[Relation]] | None = None,
    strict: bool = False,
) -> Path:
    """Write a workbook.

    Parameters
    ----------
    sheets : mapping of title to XML
        What stands inside `<worksheet>`.
    settings, before : str
        XML behind and before `<sheets>` in the workbook's part.
    parts : mapping of name to content
        Further parts, or others instead of those written here.
    links : mapping of part to relations
        What parts refer to, such as `{"xl/worksheets/sheet1.xml": [("table", "../t.xml")]}`;
        those of the workbook come behind its sheets.
    """
    main, refs = (STRICT_MAIN, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    named = list(enumerate(sheets, start=1))
    own = [("worksheet", f"worksheets/sheet{number}.xml") for number, _ in named]
    more = dict(links or {})
    listed = "".join(
        f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>' for number, title in named
    )
    content: dict[str, Part] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETML}sheet.main+xml"/></Types>',
        "_rels/.rels": relations(
            [("officeDocument", "xl/workbook.xml"), *more.pop("", [])], base=refs
        ),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{refs}">{before}'
        f"<sheets>{listed}</sheets>{settings}</workbook>",
        "xl/_rels/workbook.xml.rels": relations([*own, *more.pop("xl/workbook.xml", [])], refs),
    }
    for number, title in named:
        content[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}" xmlns:r="{refs}">{sheets[title]}</worksheet>'
        )
    for part, targets in more.items():
        folder, _, file = part.rpartition("/")
        content[f"{folder}/_rels/{file}.rels"] = relations(targets, refs)
    return write_parts(path, {**content, **(parts or {})})


def write_parts(path: Path, parts: Mapping[str, Part]) -> Path:
    """Write a zip file of parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def read_parts(path: Path | IO[bytes]) -> dict[str, bytes]:
    """All parts of a zip file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def change_parts(path: Path, out: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write a copy in which each part is what `change` makes of its name and content."""
    return write_parts(out, {name: change(name, part) for name, part in read_parts(path).items()})


def rows(*cells: str) -> str:
    """`<sheetData>` of cells in one row without a number: places follow each other, or say `r`."""
    return f"<sheetData><row>{''.join(cells)}</row></sheetData>"
