"""Inputs are open, blue, validated, and numbers; nothing else is open or blue."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book, Place, cells_of, validations_over
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.tables import LOG_HEADERS, find_table
from xl_cryptoai.units import CHOICE
from xl_cryptoai.xlsx.styles import CellFormat

BLUE = "0000FF"
LOCKED = Kind("input_locked")
NOT_BLUE = Kind("input_not_blue")
UNLOCKED = Kind("other_cell_unlocked")
OTHER_BLUE = Kind("other_cell_blue")
NO_VALIDATION = Kind("validation_missing")
NO_MESSAGE = Kind("validation_without_error_message")
NO_PROMPT = Kind("validation_without_prompt")
TEXT = Kind("text_in_number_input", "text")


def check_open(book: Book) -> Iterator[Finding]:
    """Hold the open and the blue cells of every sheet against the inputs."""
    inputs = inputs_of(book).fields
    log = find_table(book, LOG_HEADERS, ["Change log"])
    looks = [(not style.locked, _is_blue(style)) for style in book.file.styles]
    for sheet in book.sheets:
        for place, cell in cells_of(sheet):
            opened, blue = looks[cell.style if cell.style < len(looks) else 0]
            if place in inputs:
                if not opened:
                    yield LOCKED().at(place)
                if not blue:
                    yield NOT_BLUE().at(place)
            elif log is not None and place.sheet == log.sheet and place.row in log.rows:
                continue  # people write freely there
            elif opened:
                yield UNLOCKED().at(place)
            elif blue and not _is_sample(book, place):
                yield OTHER_BLUE().at(place)


def check_validation(book: Book) -> Iterator[Finding]:
    """Look for a validation with message and prompt over every input."""
    for place in inputs_of(book).fields:
        rules = [*validations_over(book, place)]
        fault = None if rules else NO_VALIDATION()
        for rule in rules:
            if not (rule.error and rule.refuses):
                fault = NO_MESSAGE()
            elif not (rule.prompt and rule.prompts):
                fault = NO_PROMPT()
        if fault is not None:
            yield fault.at(place)


def check_numbers(book: Book) -> Iterator[Finding]:
    """Look for text where a number belongs."""
    catalogue = book.model.assumptions
    for place, (name, _) in inputs_of(book).values.items():
        content = book.content(place)
        is_text = isinstance(content, str) and place not in book.formula_cells
        if is_text and catalogue[name].unit != CHOICE:
            yield TEXT(text=content).at(place)


def _is_blue(style: CellFormat) -> bool:
    colour = style.font_colour
    return colour is not None and colour.kind == "rgb" and colour.value[-6:].upper() == BLUE


def _is_sample(book: Book, place: Place) -> bool:
    """Whether a cell only shows the colour, in a legend that says so beside it."""
    return book.words_at(place._replace(column=place.column + 1)).startswith("Input")


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
    "our own: formulas skip such a cell silently",
    check_numbers,
)
