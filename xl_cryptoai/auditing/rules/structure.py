"""Sheets, rows and headers are where they were; the version is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from xl_cryptoai import __version__
from xl_cryptoai.assumptions.input_fields import SHAPE, uncertain_in
from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.reading.book import (
    TECHNICAL_SHEETS,
    Book,
    Place,
    cells_of,
    rows_of,
    words_by_row,
    words_of,
)
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.reading.labels import Labels, labels_of
from xl_cryptoai.reading.risk_fields import RISK_HEADERS
from xl_cryptoai.reading.tables import LOG_HEADERS, case_headers, find_table
from xl_cryptoai.xlsx import Sheet
from xl_cryptoai.xlsx.references import whole_rows

SHEETS = ("Cover", "Assumptions", "Distributions", "Correlations", "Forecast", "Segments",
          "By year", "Charts", "Risk", "Checks", "Deviations", "Workings", "Risk tables",
          "Evidence", "Systems", "Findings", "Sources", "Change log")  # fmt: skip
OTHER_SHEET = Kind("sheet_renamed", "wanted")
NO_SHEET = Kind("sheet_missing", "wanted")
BLANK_ROW = Kind("blank_row")
GONE = Kind("row_gone_above", "gone")
OTHER_HEAD = Kind("case_in_other_order", "found", "wanted")
OTHER_VERSION = Kind("other_version", "built", "auditing")
NO_VERSION = Kind("version_unknown")
_ORIGIN = re.compile(r"xl-cryptoai (\S+), assumptions ([0-9a-f]{12})")
_TOP = 5
"""Rows at the head of a sheet."""
MOST = 0.7
"""Part of the ids that must be there before the rest counts as gone."""
SHAPE_HEADER = RISK_HEADERS[SHAPE]
"""The head by which the table of distributions is known: it lists what can be uncertain."""
_FULL = 4
"""Cells in a row from which on it belongs to a table and is no heading."""


def check_sheets(book: Book) -> Iterator[Finding]:
    """Look for the sheets by their names."""
    there = book.sheet_names
    new = [name for name in there if name not in SHEETS and name not in TECHNICAL_SHEETS]
    for number, name in enumerate(SHEETS):
        if name in there:
            continue
        if number < len(there) and there[number] in new:
            yield OTHER_SHEET(wanted=name).at(there[number])
        else:
            yield NO_SHEET(wanted=name).at()


def check_rows(book: Book) -> Iterator[Finding]:
    """Look for rows that came in between or are gone."""
    labels = labels_of(book)
    log = find_table(book, LOG_HEADERS, ["Change log"])
    for sheet in book.sheets:
        if log is None or sheet.title != log.sheet:
            known = bool(labels.rows[sheet.title])
            yield from _inserted(sheet, labels.header_rows[sheet.title] if known else [])
        yield from _gone(book.model, labels, sheet.title)


def _inserted(sheet: Sheet, headers: list[int]) -> Iterator[Finding]:
    used: dict[int, int] = {}
    figures = set()
    for row in rows_of(sheet):
        held = [cell for _, cell in row if cell.value is not None or cell.formula is not None]
        number = row[0][0].row
        used[number] = len(held)
        if any(cell.formula is not None or type(cell.value) is float for cell in held):
            figures.add(number)
    rows = [row for row in sorted(used) if used[row]]
    titles = {row for row in rows if used[row] < _FULL or row in headers or row not in figures}
    usual = _usual_gap(rows, titles, used) if headers else 1
    loose = _under_headings(rows, used)
    for above, below in pairwise(rows):
        gap = below - above - 1
        if above <= _TOP or above in headers or not 0 < gap < 8:
            continue
        if used[above] < 2 and above != loose:
            continue
        if gap > (usual if below in titles else 0):
            yield BLANK_ROW().at(sheet.title, whole_rows(above + 1, above + 1))


def _under_headings(rows: list[int], used: Mapping[int, int]) -> int:
    """The one heading with blank rows under it, where the sheet's others have none; else 0."""
    under = {
        above: below - above - 1
        for above, below in pairwise(rows)
        if used[above] < 2 and above > _TOP
    }
    loose = [above for above, gap in under.items() if gap]
    return loose[0] if len(loose) == 1 and len(under) > 3 else 0


def _usual_gap(rows: list[int], titles: set[int], used: Mapping[int, int]) -> int:
    """Return how many blank rows stand above a heading on this sheet.

    What is right below a row and just as full belongs to its table, if it has no figure in it.
    """
    gaps = [
        below - above - 1
        for above, below in pairwise(rows)
        if below in titles
        and above not in titles
        and not (below == above + 1 and used[below] == used[above])
    ]
    if len(gaps) < 3:
        return 1
    return max(gaps, key=lambda gap: (gaps.count(gap), gap))


def _gone(model: Model, labels: Labels, title: str) -> Iterator[Finding]:
    """Hold the order of ids in a table against the catalogue's: tables list all or none."""
    order = [*model.entries]
    for head in labels.header_rows.get(title, []):
        said = {
            *labels.headers[title].get(head + 1, labels.headers[title].get(head + 2, {})).values()
        }
        if "Id" not in said:
            continue
        later = [h for h in labels.header_rows[title] if h > head]
        end = later[0] if later else 10**7
        rows = {
            row: name
            for row, (name, kind) in labels.rows[title].items()
            if head < row < end and kind in ("", "call")
        }
        names = set(rows.values())
        listed = model.assumptions
        inputs = uncertain_in(listed) if SHAPE_HEADER in said else [*listed.values()]
        for group in (
            tuple(entry.id for entry in inputs), tuple(model.steps) if "Live" in said else ()
        ):  # fmt: skip
            missing = [name for name in group if name not in names]
            if len(group) - len(missing) < MOST * max(len(group), 1):
                continue
            for name in missing:
                at = _belongs(rows, order, name)
                yield GONE(gone=name).at(title, whole_rows(at, at))


def _belongs(rows: Mapping[int, str], order: list[str], name: str) -> int:
    """Return the row above which an id belongs: below the one that goes before it."""
    number = order.index(name)
    before = next((row for row, other in rows.items() if other == order[number - 1]), 0)
    after = [row for row, other in rows.items() if row > before and order.index(other) > number]
    return min(after, default=before + 1 if before else max(rows))


def check_heads(book: Book) -> Iterator[Finding]:
    """Look for cases that stand in another order than the model's."""
    wanted = dict.fromkeys(case_headers(book.model).values())
    for sheet in book.sheets:
        for row, texts in words_by_row(sheet):
            headers = [(text.split(" (")[0], column) for column, text in texts.items()]
            cases = [(text, column) for text, column in headers if text in wanted]
            said = [text for text, _ in cases]
            if len(said) < 3 or said == [text for text in wanted if text in said]:
                continue
            order = [text for text in wanted if text in said]
            for (text, column), right in zip(cases, order, strict=False):
                if text != right:
                    place = Place(sheet.title, row, column)
                    yield OTHER_HEAD(found=text, wanted=right).at(place)


def check_version(book: Book) -> Iterator[Finding]:
    """Look for the line that says which version built the workbook."""
    for sheet in book.sheets:
        for place, cell in cells_of(sheet):
            if match := _ORIGIN.search(words_of(cell)):
                if match[1] != __version__:
                    yield OTHER_VERSION(built=match[1], auditing=__version__).at(place)
                return
    yield NO_VERSION().at("Cover")


_OWN = "our own: programs and people find cells by these words"
SHEET_NAMES = Rule("sheet_names", "Every sheet exists under its name", _OWN, check_sheets)
ROWS = Rule(
    "rows_in_place",
    "No row was inserted or deleted",
    "FAST 2.01-01 Each column and block keeps its purpose; our own: tables are complete",
    check_rows,
)
HEADERS = Rule(
    "case_order", "Cases are in the same order everywhere", "FAST 2.01-02 Ordering", check_heads
)
VERSION = Rule(
    "version",
    "The workbook was built by this version",
    "ICAEW: keep a version log, know which version you have",
    check_version,
    WARNING,
)
