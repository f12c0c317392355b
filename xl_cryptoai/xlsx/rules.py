"""Data validations and conditional formats, of the first kind and of extensions (x14) alike.

Excel 2010 and later keeps a rule that refers to another sheet in an extension of the sheet's
part. For a reader it is the same rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xl_cryptoai.xlsx.parts import MAIN, Element
from xl_cryptoai.xlsx.references import Area, parse_areas
from xl_cryptoai.xlsx.texts import decode, is_true

X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
SQREF = f"{_XM}sqref"
"""The areas of a rule in an extension: an element, where other rules have an attribute."""
_EXTENSIONS = f"{MAIN}extLst/{MAIN}ext/"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class Validation(NamedTuple):
    """What may be typed into cells.

    Attributes
    ----------
    areas : tuple of Area
        The cells.
    kind : str
        "list", "whole", "decimal", "date", "time", "textLength", "custom", or "none".
    operator : str
        "between", "notBetween", "equal", "notEqual", "greaterThan", "lessThan",
        "greaterThanOrEqual" or "lessThanOrEqual"; without meaning for lists and custom rules.
    formulas : tuple of str
        One or two, without `=`; a list of words stands in quotes.
    allow_blank : bool
        Whether the cell may be left empty, and may refer to empty cells.
    style : str
        "stop", "warning" or "information".
    refuses : bool
        Whether a message shows when a rule is broken; without it anything may be typed.
    error : str
        That message.
    prompts : bool
        Whether a prompt shows when the cell is selected.
    prompt : str
        That prompt.
    """

    areas: tuple[Area, ...]
    kind: str
    operator: str
    formulas: tuple[str, ...]
    allow_blank: bool
    style: str
    refuses: bool
    error: str
    prompts: bool
    prompt: str

    @property
    def condition(self) -> tuple[str, tuple[str, ...]]:
        """Operator and formulas, without those that have no meaning: LibreOffice writes them."""
        if self.kind in ("list", "custom"):
            return "", self.formulas[:1]
        two = self.operator in ("between", "notBetween")
        return self.operator, self.formulas[: 2 if two else 1]

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell lies under the rule."""
        return any(area.covers(row, column) for area in self.areas)


class ConditionalFormat(NamedTuple):
    """A format that depends on values.

    Attributes
    ----------
    areas : tuple of Area
        The cells.
    kind : str
        Such as "cellIs", "expression", "colorScale", "dataBar" or "iconSet".
    formulas : tuple of str
        Without `=`.
    """

    areas: tuple[Area, ...]
    kind: str
    formulas: tuple[str, ...]


def read_validations(root: Element) -> tuple[Validation, ...]:
    """Validations of a sheet."""
    found = [
        _validation(one) for one in root.iterfind(f"{MAIN}dataValidations/{MAIN}dataValidation")
    ]
    path = f"{_EXTENSIONS}{X14}dataValidations/{X14}dataValidation"
    found.extend(_validation(one, extended=True) for one in root.iterfind(path))
    return tuple(found)


def read_conditional_formats(root: Element) -> tuple[ConditionalFormat, ...]:
    """Conditional formats of a sheet, one for each rule, in the file's order."""
    found: list[ConditionalFormat] = []
    known: set[str | None] = set()
    for block in root.iterfind(f"{MAIN}conditionalFormatting"):
        areas = parse_areas(block.get("sqref", ""))
        for rule in block.iterchildren(f"{MAIN}cfRule"):
            known.update(one.text for one in rule.iter(f"{X14}id"))
            formulas = tuple(_texts(rule, f"{MAIN}formula"))
            found.append(ConditionalFormat(areas, rule.get("type", ""), formulas))
    path = f"{_EXTENSIONS}{X14}conditionalFormattings/{X14}conditionalFormatting"
    for block in root.iterfind(path):
        areas = parse_areas(block.findtext(SQREF, ""))
        for rule in block.iterchildren(f"{X14}cfRule"):
            if rule.get("id") in known:  # only more detail of a rule that was read above
                continue
            formulas = tuple(_texts(rule, f"{_XM}f"))
            found.append(ConditionalFormat(areas, rule.get("type", ""), formulas))
    return tuple(found)


def _validation(one: Element, *, extended: bool = False) -> Validation:
    sqref = one.findtext(SQREF) if extended else one.get("sqref")
    return Validation(
        parse_areas(sqref or ""),
        one.get("type", "none"),
        one.get("operator", "between"),
        tuple(_validation_formulas(one)),
        is_true(one.get("allowBlank")),
        one.get("errorStyle", "stop"),
        is_true(one.get("showErrorMessage")),
        decode(one.get("error", "")),
        is_true(one.get("showInputMessage")),
        decode(one.get("prompt", "")),
    )


def _validation_formulas(one: Element) -> Iterator[str]:
    for tag in ("formula1", "formula2"):
        found = one.find(f"{MAIN}{tag}")
        if found is None:  # a long list stands where older programs look for it
            found = one.find(f".//{_FALLBACK}/{MAIN}{tag}")
        if found is None:
            found = one.find(f"{X14}{tag}/{_XM}f")
        if found is not None:
            yield decode(found.text or "")


def _texts(element: Element, tag: str) -> Iterator[str]:
    """Texts of direct children: formulas inside a threshold are the threshold's."""
    return (decode(one.text or "") for one in element.iterchildren(tag))
