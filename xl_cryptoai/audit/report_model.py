"""What the audit's report says of the model in a workbook: pictures, assumptions, trace."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.audit.attribution import Attribution, attribute, same_value
from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.read import read_book
from xl_cryptoai.audit.record import WorkbookInputs
from xl_cryptoai.audit.report_style import number, table
from xl_cryptoai.audit.staircase import in_words, staircase
from xl_cryptoai.audit.trace import trace_in
from xl_cryptoai.audit.trace_formats import tree
from xl_cryptoai.audit.waterfall import waterfall
from xl_cryptoai.errors import CryptoAIError, FileRefusedError
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.svg import as_image
from xl_cryptoai.units import read_as

TOTAL = "total"


def model_sections(book: Book, prefix: str) -> Iterator[str]:
    """Write what the workbook says, and how that differs from the publication.

    Parameters
    ----------
    book : Book
        The workbook; of one that is not ours a note is all that is written.
    prefix : str
        What anchors begin with, so that several workbooks go onto one page.
    """
    try:
        found = read_book(book)
        live = found.live()
    except FileRefusedError as refusal:
        yield _note("No assumptions and no pictures", str(refusal).removeprefix(str(book.path)))
        return
    yield from _pictures(found, live)
    yield _assumptions(found, live)
    yield from _trace(book, prefix)


def _note(what: str, why: str) -> str:
    return f"<p class='note'>{escape(what)}: {escape(why.lstrip(': '))}.</p>"


def _pictures(found: WorkbookInputs, live: dict[str, Value]) -> Iterator[str]:
    """Draw the way down to the total, and what its assumptions add to the published one."""
    published = {name: entry.base for name, entry in shipped_assumptions().items()}
    try:
        forecast = found.recompute()
        moved = attribute(published, live, TOTAL)
    except CryptoAIError as refusal:
        yield _note("No pictures", str(refusal))
        return
    results = {name: float(forecast[name]) for name in STEPS}
    yield f"<h3>The total</h3><p>{_total(moved)}</p>"
    if min(results.values()) > 0:
        yield _figure(staircase(results, found.path.name), in_words(results))
    if moved.shares:
        drawn = waterfall(moved, "published case", found.path.name)
        yield _figure(drawn, "What each assumption that differs adds to the published total")


def _figure(svg: str, words: str) -> str:
    return f"<figure>{as_image(svg, words)}</figure>"


def _total(moved: Attribution) -> str:
    unit = STEPS[TOTAL].unit
    after, before = read_as(moved.after, unit), read_as(moved.before, unit)
    say = f"Recomputed from the inputs in the workbook: {after} {STEPS[TOTAL].unit_label}. "
    if not moved.shares:
        return escape(f"{say}Every live value is the published one.")
    return escape(f"{say}The published case gives {before}.")


def _assumptions(found: WorkbookInputs, live: dict[str, Value]) -> str:
    """Give the table of assumptions with their sources, and what differs from the published."""
    rows = []
    for name, value in live.items():
        entry = shipped_assumptions()[name]
        override = found.values[name]["override"] is not None
        column = "override" if override else str(found.scenario)
        changed = not same_value(value, entry.base)
        rows.append([
            f"{escape(entry.label)}<br><code>{name}</code>",
            number(read_as(value, entry.unit)),
            number(read_as(entry.base, entry.unit)),
            number(_deviation(value, entry.base) if changed else ""),
            f"<span class='changed'>differs ({column})</span>" if changed
            else "<span class='same'>as published</span>",
            escape(entry.unit_label), f"<b>{escape(entry.kind)}</b> {escape(entry.locator)}",
        ])  # fmt: skip
    heads = ["Assumption", "Live", "Published", "Deviation", "State", "Unit", "Source"]
    differing = sum("differs" in row[4] for row in rows)
    say = f"Scenario {found.scenario}; {differing} of {len(rows)} live values differ."
    return f"<h3>Assumptions</h3><p>{escape(say)}</p>{table(heads, rows, 'assumptions')}"


def _deviation(value: Value, published: Value) -> str:
    if isinstance(value, str) or isinstance(published, str) or not published:
        return ""
    return f"{value / published - 1:+.1%}".replace("-", "\N{MINUS SIGN}")


def _trace(book: Book, prefix: str) -> Iterator[str]:
    yield "<h3>Where the total comes from</h3>"
    try:
        found = trace_in(book, TOTAL)
    except CryptoAIError as refusal:
        yield _note("No trace", str(refusal))
        return
    cells, count = len(found.nodes), len(found.assumptions)
    yield f"<p>{cells} cells down to {count} assumptions and their places in the source.</p>"
    yield tree(found, prefix)
