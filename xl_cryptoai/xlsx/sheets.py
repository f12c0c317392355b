"""One sheet of a workbook: each of its sides is read when it is asked for, once."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Protocol

from xl_cryptoai.xlsx import lines
from xl_cryptoai.xlsx.cells import CellsByRow
from xl_cryptoai.xlsx.charts import Chart, read_charts
from xl_cryptoai.xlsx.lines import AutoFilter, Freeze, Lines
from xl_cryptoai.xlsx.names import DefinedName
from xl_cryptoai.xlsx.notes import Hyperlink, Note, read_hyperlinks, read_notes
from xl_cryptoai.xlsx.page import Page, read_page
from xl_cryptoai.xlsx.parts import MAIN, Element
from xl_cryptoai.xlsx.protection import (
    IgnoredErrors,
    SheetProtection,
    read_ignored_errors,
    read_protection,
)
from xl_cryptoai.xlsx.references import Area, parse_area
from xl_cryptoai.xlsx.rules import (
    SQREF,
    ConditionalFormat,
    Validation,
    read_conditional_formats,
    read_validations,
)
from xl_cryptoai.xlsx.sheet_data import Shared, SheetData, read_sheet
from xl_cryptoai.xlsx.tables import Table, read_table

MAX_RULE_AREAS = 100_000
"""Areas of all validations, conditional formats and ignored errors of a sheet."""

SheetState = Literal["visible", "hidden", "veryHidden"]
SheetKind = Literal["worksheet", "chartsheet", "dialogsheet", "macrosheet"]


class Owner(Shared, Protocol):
    """What a sheet needs of its workbook."""

    @property
    def names(self) -> tuple[DefinedName, ...]:
        """Defined names."""

    @property
    def people(self) -> dict[str, str]:
        """Names of those who wrote threaded comments."""

    def count_area(self, part: str, number: int) -> None:
        """Count cells under merged areas and links, and refuse the file if they are too many."""


class Sheet:
    """One sheet.

    Attributes
    ----------
    title : str
        Its name.
    state : str
        "visible", "hidden", or "veryHidden" (only a macro can show it).
    kind : str
        "worksheet", or a kind without cells: "chartsheet", "dialogsheet", "macrosheet".
    part : str
        Its part in the file.
    """

    def __init__(
        self, book: Owner, part: str, title: str, state: SheetState, kind: SheetKind
    ) -> None:
        self._book, self.part = book, part
        self.title, self.state, self.kind = title, state, kind

    def __repr__(self) -> str:
        return f"Sheet({self.title!r})"

    @cached_property
    def _data(self) -> SheetData:
        if self.kind == "worksheet":
            data = read_sheet(self._book, self.part)
        else:
            data = SheetData(CellsByRow({}), [], [], self._book.package.tree(self.part))
        self._count_areas(data.root)
        return data

    @property
    def _root(self) -> Element:
        """The sheet's part without its rows."""
        return self._data.root

    @property
    def cells(self) -> CellsByRow:
        """The cells that the file holds, by (row, column), in that order.

        Left out are cells with a format alone that lie beyond the rows and columns that cells
        with content may use.
        """
        return self._data.cells

    @cached_property
    def merged(self) -> tuple[Area, ...]:
        """Merged areas."""
        return tuple(self._areas(self._root, "mergeCells", "mergeCell"))

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Tables of the sheet."""
        package = self._book.package
        parts = package.related(self.part, "table")
        return tuple(read_table(package, part, self.title) for part in parts)

    @cached_property
    def validations(self) -> tuple[Validation, ...]:
        """Data validations, also those kept in an extension."""
        return read_validations(self._root)

    @cached_property
    def conditional_formats(self) -> tuple[ConditionalFormat, ...]:
        """Conditional formats, also those kept in an extension."""
        return read_conditional_formats(self._root)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Notes and threaded comments, by row and column."""
        return read_notes(self._book.package, self.part, self._book.people)

    @cached_property
    def hyperlinks(self) -> tuple[Hyperlink, ...]:
        """Links on cells."""
        return read_hyperlinks(self._book.package, self.part, self._root)

    @cached_property
    def protection(self) -> SheetProtection | None:
        """Protection; None if it is off."""
        return read_protection(self._root)

    @cached_property
    def filters(self) -> tuple[AutoFilter, ...]:
        """The sheet's own filter, and those of its tables that have a criterion."""
        own = lines.read_filter(self._root)
        tables = (AutoFilter(table.area, active=True) for table in self.tables if table.filtered)
        return (*([own] if own else []), *tables)

    @cached_property
    def rows(self) -> Lines:
        """Rows that are hidden, or hidden by a filter."""
        return lines.read_rows(self._data, self.filters)

    @cached_property
    def columns(self) -> Lines:
        """Columns that are hidden."""
        return lines.read_columns(self._root)

    @cached_property
    def freeze(self) -> Freeze | None:
        """Panes that stay in view; None if none do."""
        return lines.read_freeze(self._root)

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        """Charts on the sheet."""
        return read_charts(self._book.package, self.part)

    @cached_property
    def page(self) -> Page:
        """Print set-up."""
        return read_page(self._root, self.title, self._book.names)

    @cached_property
    def ignored_errors(self) -> tuple[IgnoredErrors, ...]:
        """Errors that a person set Excel to ignore."""
        return read_ignored_errors(self._root)

    def _count_areas(self, root: Element) -> None:
        for holder, tag in (("mergeCells", "mergeCell"), ("hyperlinks", "hyperlink")):
            listed = root.find(f"{MAIN}{holder}")
            self._book.count_area(self.part, 0 if listed is None else len(listed))
            areas = self._areas(root, holder, tag)
            self._book.count_area(self.part, sum(area.size - 1 for area in areas))
        # rules name their areas in one text, a million in a megabyte
        rules = sum(
            said.count(" ") + 1
            for one in root.iter()
            if (said := one.get("sqref") or (one.tag == SQREF and one.text))
        )
        if rules > MAX_RULE_AREAS:
            self._book.package.refuse(
                f": part {self.part} has rules for more than {MAX_RULE_AREAS:,} areas",
                "delete rules that are not needed and save it again",
            )

    def _areas(self, root: Element, holder: str, tag: str) -> list[Area]:
        found = []
        for one in root.iterfind(f"{MAIN}{holder}/{MAIN}{tag}"):
            area = parse_area(one.get("ref", ""))
            if area is None:
                self._book.package.refuse(
                    f": part {self.part} has a {tag} at '{one.get('ref', '')[:40]}', which is not "
                    "a cell reference",
                    "delete what lies there and save it again",
                )
            found.append(area)
        return found
