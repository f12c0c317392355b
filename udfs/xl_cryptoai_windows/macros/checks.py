"""The buttons of the groups Explain and Check: why, trace, audit and compare."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path
from typing import Any

from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.comparing.diff import diff_books
from xl_cryptoai.files import write_atomically
from xl_cryptoai.reading.book import Place
from xl_cryptoai.reading.findings import NOTE, Finding
from xl_cryptoai.reports import diff, parts
from xl_cryptoai.reports.audit_page import as_html, verdict
from xl_cryptoai.reports.findings import skipped_lines
from xl_cryptoai.reports.model_page import model_section
from xl_cryptoai.reports.trace import TreeRow, summary, tree_rows
from xl_cryptoai.reports.why import why_in_words
from xl_cryptoai.reports.words import fix, what
from xl_cryptoai.tracing.errors import error_origin
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.xlsx.references import parse_place
from xl_cryptoai_windows.macros.analyst import place_of, read_copy, read_file, selected
from xl_cryptoai_windows.macros.excel import ask_workbook, tell
from xl_cryptoai_windows.macros.pages import Content, Link, Table, write_page

INDENT = "    "
"""Before a cell of a trace, for each step that it is away."""


def why(book: Any) -> None:
    """Say why the selected cell shows an error: where the error begins, and what is wrong there.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook.
    """
    place = place_of(selected(book))
    tell(book, why_in_words(place, error_origin(read_copy(book), place)))


def trace(book: Any) -> None:
    """List on a fresh sheet what the selected cell is computed from, down to the sources.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, ours or not.
    """
    place = place_of(selected(book))
    found = trace_book(read_copy(book), str(place))
    headers = ("what", "id", "value", "cell", "kind", "source", "formula", "note")
    table = Table(headers, [_trace_row(row) for row in tree_rows(found)])
    write_page(book, "Trace", f"Trace of {place}", [f"{summary(found)}.", table])


def _trace_row(row: TreeRow) -> list[Content]:
    notes = "; ".join(one for one in (row.state, *row.notes) if one)
    return [f"{INDENT * row.level}{row.what or row.place}", row.id, row.value,
            _link(row.place), row.kind, row.why, row.formula, notes]  # fmt: skip


def audit(book: Any) -> None:
    """Audit a copy of the workbook, and open the report in the browser.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, ours or not.
    """
    opened = read_copy(book)
    page = as_html(
        {opened.path: audit_book(opened)}, {}, {opened.path: model_section(opened, "w1-")}
    )
    # it stays there: the browser reads it when it is ready
    file = Path(tempfile.mkdtemp(prefix="xl-cryptoai-")) / f"{opened.path.stem}_audit.html"
    write_atomically(file, page.encode(errors="replace"))
    webbrowser.open(file.as_uri())


def audit_sheet(book: Any) -> None:
    """Audit a copy of the workbook, and list the findings on a fresh sheet with links.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, ours or not.
    """
    results = audit_book(read_copy(book))
    found = [(result.rule.id, one) for result in results for one in result.findings]
    found.sort(key=lambda row: row[1].severity == NOTE)  # listed last
    rows = [[one.severity, rule, _place(one), what(one), fix(one)] for rule, one in found]
    table = [Table(("severity", "rule", "where", "what", "fix"), rows)] if rows else []
    write_page(
        book,
        "Audit",
        f"Audit of {book.name}",
        [f"{verdict(results)}.", *skipped_lines(results), *table],
    )


def compare(book: Any, other: Path | None = None) -> None:
    """List on a fresh sheet how the workbook differs from another one, and why its total moved.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook, one of ours: the later of the two.
    other : Path, optional
        The earlier one; it is asked for otherwise.
    """
    file = other or ask_workbook(book, f"Compare {book.name} with an earlier workbook")
    if file is None:
        return
    opened = read_copy(book)
    found = diff_books(read_file(file), opened)
    page = [
        part if isinstance(part, str) else _with_links(part, opened.sheet_names)
        for part in diff.as_text(opened.model, found)
    ]
    write_page(book, "Compare", f"From {file.name} to {book.name}", page)


def _with_links(table: parts.Table, sheets: list[str]) -> Table:
    """Let the cells that a table of differences names lead there, as far as they are here."""
    rows = [
        [
            _link(text, sheets) if header in ("cell", "where") else text
            for header, text in zip(table.headers, row, strict=True)
        ]
        for row in table.rows
    ]
    return Table([header or "kind" for header in table.headers], rows, right=table.right)


def _place(finding: Finding) -> Content:
    if not finding.sheet:
        return finding.cell
    first = (finding.areas[0].top, finding.areas[0].left) if finding.areas else (1, 1)
    return Link(Place(finding.sheet, *first), finding.cell)


def _link(words: str, sheets: list[str] | None = None) -> Content:
    """Make a link of "Sheet!A1" or "Sheet!A1:B2"; other words, and other sheets, stay words."""
    sheet, mark, area = words.rpartition("!")
    place = parse_place(area.split(":")[0].split()[0], sheet) if mark and area else None
    if place is None or (sheets is not None and sheet not in sheets):
        return words
    return Link(place, words)
