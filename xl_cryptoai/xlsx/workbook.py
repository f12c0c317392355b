"""A workbook as any program saved it: its sheets, names and settings, each read once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from xl_cryptoai.xlsx.cells import Cell
from xl_cryptoai.xlsx.names import DefinedName, ExternalLink, read_link, read_names
from xl_cryptoai.xlsx.notes import read_people
from xl_cryptoai.xlsx.package import Package
from xl_cryptoai.xlsx.parts import MAIN, RELATION_ID, Element
from xl_cryptoai.xlsx.settings import (
    Calculation,
    WorkbookProtection,
    read_calculation,
    read_dynamic,
    read_program,
    read_workbook_protection,
)
from xl_cryptoai.xlsx.sheet_data import MAX_AREA, MAX_ELEMENTS, MAX_FORMULA, MAX_FORMULAS
from xl_cryptoai.xlsx.sheets import Sheet, SheetKind, SheetState
from xl_cryptoai.xlsx.styles import CellFormat, read_styles
from xl_cryptoai.xlsx.tables import Table
from xl_cryptoai.xlsx.texts import decode, is_true, rich_text

MAX_NAMES = 10_000
"""Defined names; rules look at all of them."""

MAX_STYLE_TAGS = 600_000
"""XML tags in the part of styles: Excel allows some 65,000 formats."""

_KINDS: dict[str, SheetKind] = {
    "worksheet": "worksheet",
    "chartsheet": "chartsheet",
    "dialogsheet": "dialogsheet",
    "xlMacrosheet": "macrosheet",
    "xlIntlMacrosheet": "macrosheet",
}
_STATES: dict[str, SheetState] = {"hidden": "hidden", "veryHidden": "veryHidden"}
_NAME = re.compile(rb"<(?:[\w.-]+:)?definedName[\s/>]")


class Workbook:
    """A workbook file that has passed the look at its parts.

    Sheets, names and settings are read when they are asked for, each once. A damaged or hostile
    part is refused when it is read.

    Attributes
    ----------
    path : Path
        Where it was read from.
    package : Package
        Its parts.
    """

    def __init__(self, package: Package) -> None:
        self.path, self.package = package.path, package
        self._counted: Counter[str] = Counter()
        self._part = self._main_part()
        self._root = self._read_root()
        if not self.worksheets:
            package.refuse(
                " has no worksheet, so nothing in it can be checked", "give a workbook with cells"
            )

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """All sheets, in order."""
        relations = self.package.relationships(self._part)
        found: list[Sheet] = []
        titles: dict[str, str] = {}
        for element in self._root.iterfind(f"{MAIN}sheets/{MAIN}sheet"):
            relation = relations.get(element.get(RELATION_ID, ""))
            title = decode(element.get("name", ""))
            if relation is None or relation.target not in self.package:
                self.package.refuse(
                    f": the part of sheet '{title}' is missing",
                    "open it in Excel and save it again",
                )
            if other := titles.get(relation.target):
                self.package.refuse(
                    f": the sheets '{other}' and '{title}' are one part, {relation.target}",
                    "open it in Excel and save it again",
                )
            titles[relation.target] = title
            found.append(
                Sheet(
                    self,
                    relation.target,
                    title,
                    _STATES.get(element.get("state", ""), "visible"),
                    _KINDS.get(relation.kind, "dialogsheet"),
                )
            )
        return tuple(found)

    @cached_property
    def worksheets(self) -> tuple[Sheet, ...]:
        """The sheets that have cells, in order."""
        return tuple(sheet for sheet in self.sheets if sheet.kind == "worksheet")

    @cached_property
    def names(self) -> tuple[DefinedName, ...]:
        """Defined names, also local, hidden and built-in ones, in the file's order."""
        found = read_names(self._root, [sheet.title for sheet in self.sheets])
        for one in found:
            if len(one.text) > MAX_FORMULA:
                self.package.refuse(
                    f": the name '{one.name[:40]}' has {len(one.text):,} letters",
                    "delete it (Formulas, Name Manager) and save it again",
                )
        return found

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Tables of all sheets."""
        return tuple(table for sheet in self.worksheets for table in sheet.tables)

    @cached_property
    def styles(self) -> tuple[CellFormat, ...]:
        """Formats by the number that cells name."""
        part = self._own_part("styles", ".styles+xml")
        return read_styles(self.package.tree(part, MAX_STYLE_TAGS) if part else None)

    @cached_property
    def people(self) -> dict[str, str]:
        """Names of those who wrote threaded comments, by their id."""
        return read_people(self.package, self._part)

    def format(self, cell: Cell) -> CellFormat:
        """Format of a cell."""
        known = cell.style < len(self.styles)
        return self.styles[cell.style if known else 0]

    @cached_property
    def external_links(self) -> Mapping[int, ExternalLink]:
        """Other workbooks by the number that formulas write in brackets."""
        path = f"{MAIN}externalReferences/{MAIN}externalReference"
        relations = self.package.relationships(self._part)
        found = {}
        for number, element in enumerate(self._root.iterfind(path), start=1):
            relation = relations.get(element.get(RELATION_ID, ""))
            part = relation.target if relation else ""
            found[number] = read_link(self.package, part, number)
        return found

    @cached_property
    def date_1904(self) -> bool:
        """Whether day 0 is 1 January 1904."""
        found = self._root.find(f"{MAIN}workbookPr")
        return found is not None and is_true(found.get("date1904"))

    @cached_property
    def calculation(self) -> Calculation:
        """How the workbook is calculated."""
        return read_calculation(self._root)

    @cached_property
    def protection(self) -> WorkbookProtection | None:
        """What is locked in the workbook as a whole; None if nothing is."""
        return read_workbook_protection(self._root)

    @cached_property
    def saved_by(self) -> str:
        """The program that saved the file, with its version; "" where the file does not say."""
        return read_program(self.package)

    @cached_property
    def macros(self) -> bytes | None:
        """The VBA project as it is packed; None if there is none."""
        found = self.package.related(self._part, "vbaProject")
        return self.package.unpack(found[0]) if found else None

    def parts_of_kind(self, kind: str) -> list[str]:
        """Parts of a kind to which the workbook itself refers."""
        return self.package.related(self._part, kind)

    @cached_property
    def strings(self) -> Sequence[str]:
        """Texts that cells share."""
        part = self._own_part("sharedStrings", ".sharedStrings+xml")
        if not part:
            return ()
        return tuple(rich_text(one) for one in self.package.each(part, f"{MAIN}si"))

    def is_dynamic(self, number: int) -> bool:
        """Whether a cell with this number of metadata holds a dynamic array."""
        return number in self._dynamic

    @cached_property
    def _dynamic(self) -> frozenset[int]:
        """Numbers of cell metadata that mark a dynamic array."""
        part = self._own_part("sheetMetadata", ".sheetMetadata+xml")
        if not part:
            return frozenset()
        return read_dynamic(self.package.tree(part))

    def count_elements(self, part: str, number: int) -> None:
        """Count XML elements of sheets, and refuse the file if they are too many."""
        fix = "delete sheets or formats that are not needed and save it again"
        self._count("elements, or all sheets together", part, number, MAX_ELEMENTS, fix)

    def count_formulas(self, part: str, number: int) -> None:
        """Count formulas of sheets, and refuse the file if they are too many."""
        fix = "split the workbook"
        self._count("formulas, or all sheets together", part, number, MAX_FORMULAS, fix)

    def count_area(self, part: str, number: int) -> None:
        """Count cells under merged areas and links, and refuse the file if they are too many."""
        fix = "delete what lies there and save it again"
        self._count("cells under merged areas and links", part, number, MAX_AREA, fix)

    def _count(self, what: str, part: str, number: int, most: int, fix: str) -> None:
        self._counted[what] += number
        if self._counted[what] > most:
            self.package.refuse(f": part {part} has more than {most:,} {what}", fix)

    def _own_part(self, kind: str, content_type: str) -> str:
        """Part to which the workbook refers; some programs list it by its content type alone."""
        found = self.package.related(self._part, kind)
        return found[0] if found else self.package.of_type(content_type)

    def _main_part(self) -> str:
        found = self.package.related("", "officeDocument")
        part = found[0] if found else self.package.of_type(".main+xml")
        if "sheet.binary" in self.package.type_of(part):
            self.package.refuse(" is a binary workbook (.xlsb)", "save it as .xlsx or .xlsm")
        if not part and "mimetype" in self.package:
            self.package.refuse(" is an OpenDocument file (.ods)", "save it as .xlsx")
        if not part or "[Content_Types].xml" not in self.package:
            self.package.refuse(" is a zip file but not a workbook", "give an .xlsx or .xlsm file")
        return part

    def _read_root(self) -> Element:
        content = self.package.part(self._part)
        names = len(_NAME.findall(content))
        if names > MAX_NAMES:
            self.package.refuse(
                f" has {names:,} defined names; at most {MAX_NAMES:,}",
                "it is not opened: delete those that are not used (Formulas, Name Manager)",
            )
        root = self.package.parse(self._part, content)
        if root.tag != f"{MAIN}workbook":
            self.package.refuse(
                " is a file of another program, not a workbook", "give an .xlsx or .xlsm file"
            )
        return root


def open_workbook(path: Path, content: bytes | None = None) -> Workbook:
    """Open a workbook for reading; no link is followed and no macro is kept.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes, optional
        What stands in it, if it is known, such as a workbook that has just been built; by default
        it is read.

    Raises
    ------
    FileRefusedError
        If it is no workbook, is damaged, or is larger than it may be. A part that is read later
        can still be refused then.
    """
    return Workbook(Package(path, content))
