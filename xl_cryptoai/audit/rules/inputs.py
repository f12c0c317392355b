"""Inputs are open, blue, validated, and numbers; nothing else is open or blue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.utils import get_column_letter

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.audit.book import Book, Place, cells_of, formula_of, validations_over, words_of
from xl_cryptoai.audit.risk_places import risk_places
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.tables import LOG_HEADS, find_table, input_cells
from xl_cryptoai.units import CHOICE

BLUE = "0000FF"


def check_open(book: Book) -> Iterator[Finding]:
    """Hold the open and the blue cells of every sheet against the inputs."""
    inputs = {*input_cells(book), *risk_places(book).values()}
    if (scenario := book.target("scenario")) is not None:
        inputs.add(scenario)
    log = find_table(book, LOG_HEADS, ["Change log"])
    looks: dict[int, tuple[bool, bool]] = {}  # thousands of cells share some dozens of styles
    for sheet in book.sheets:
        for cell in cells_of(sheet):
            place = Place(sheet.title, cell.row, cell.column)
            style = cell.style_id
            if style not in looks:
                looks[style] = not cell.protection.locked, _is_blue(cell)
            opened, blue = looks[style]
            if place in inputs:
                if not opened:
                    yield Finding(str(place), "is an input, but locked", "unlock it")
                if not blue:
                    yield Finding(str(place), "is an input, but not blue", "make its font blue")
            elif log is not None and sheet.title == log.sheet and cell.row in log.rows:
                continue  # people write freely there
            elif opened:
                yield Finding(str(place), "is open, but no input", "lock it")
            elif blue and not _is_sample(sheet, cell):
                yield Finding(str(place), "is blue, but no input", "make its font black")


def check_validation(book: Book) -> Iterator[Finding]:
    """Look for a validation with message and prompt over every input."""
    places = [*input_cells(book)]
    if (scenario := book.target("scenario")) is not None:
        places.append(scenario)
    for place in (*places, *risk_places(book).values()):
        rules = [*validations_over(book, place)]
        lacks = "no validation" if not rules else ""
        for rule in rules:
            if not (rule.error and rule.showErrorMessage):
                lacks = "a validation without error message"
            elif not (rule.prompt and rule.showInputMessage):
                lacks = "a validation without prompt"
        if lacks:
            cure = "copy the validation of a neighbour (Paste Special, Validation)"
            yield Finding(str(place), f"has {lacks}", cure)


def check_numbers(book: Book) -> Iterator[Finding]:
    """Look for text where a number belongs."""
    catalogue = shipped_assumptions()
    for place, (name, _) in input_cells(book).items():
        content = book.content(place)
        is_text = isinstance(content, str) and not formula_of(book.cell(place))
        if is_text and catalogue[name].unit != CHOICE:
            cure = "format the cell as a number and type it again"
            yield Finding(str(place), f"holds the text '{content}'", cure)


def _is_blue(cell: Any) -> bool:
    colour = cell.font.color
    return colour is not None and isinstance(colour.rgb, str) and colour.rgb[-6:].upper() == BLUE


def _is_sample(sheet: Any, cell: Any) -> bool:
    """Tell whether a cell only shows the colour, in a legend that says so beside it."""
    beside = sheet[f"{get_column_letter(cell.column + 1)}{cell.row}"]
    return words_of(beside).startswith("Input")


OPEN = Rule(
    "inputs_open",
    "Inputs, and only inputs, are unlocked and blue",
    "ICAEW: separate and clearly identify inputs, workings and outputs; protect what is not to "
    "be changed",
    check_open,
)
VALIDATION = Rule(
    "validation",
    "Every input has a validation with error message and prompt",
    "FAST section 4.04 Data validation",
    check_validation,
)
NUMBERS = Rule(
    "text_numbers",
    "No input holds text where a number belongs",
    "our own: formulas skip such a cell without a word",
    check_numbers,
)
