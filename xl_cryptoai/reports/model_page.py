"""What a report says of the model in a workbook: pictures, assumptions, trace of the total."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.errors import CryptoAIError, FileRefusedError
from xl_cryptoai.forecast.attribution import Attribution, attribute
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.reports.bridge import bridge, in_words
from xl_cryptoai.reports.parts import FileFacts, facts_of
from xl_cryptoai.reports.svg import as_source
from xl_cryptoai.reports.trace import TreeRow, tree_rows
from xl_cryptoai.reports.waterfall import waterfall
from xl_cryptoai.reports.words import message
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.units import read_as, same_value


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """One assumption of a workbook in words, and how it differs from the published one."""

    id: str
    label: str
    live: str
    published: str
    deviation: str
    changed_by: str
    unit: str
    kind: str
    locator: str


@dataclass(slots=True)
class ModelSection:
    """What the page says of one workbook's model.

    Attributes
    ----------
    file : FileFacts
        By what the file is known.
    notes, trace_notes : list of (what, why)
        What is missing from the section, and from its trace.
    saved_by : str
        The program that saved the workbook; "" where the file does not say.
    total, scenario, trace_says : str
        A sentence about each.
    pictures : list of (source, words)
        Each an address that holds the picture itself, and what it shows.
    assumptions : list of AssumptionRow
    trace : list of TreeRow
    """

    file: FileFacts
    saved_by: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    total: str = ""
    pictures: list[tuple[str, str]] = field(default_factory=list)
    scenario: str = ""
    assumptions: list[AssumptionRow] = field(default_factory=list)
    trace_notes: list[tuple[str, str]] = field(default_factory=list)
    trace_says: str = ""
    trace: list[TreeRow] = field(default_factory=list)


def model_section(book: Book, prefix: str) -> ModelSection:
    """Say what the workbook holds, and how that differs from the publication.

    Parameters
    ----------
    book : Book
        The workbook; of one that is not ours there is but a note.
    prefix : str
        What anchors begin with, so that several workbooks go onto one page.
    """
    section = ModelSection(facts_of(book), book.file.saved_by)
    try:
        found = read_book(book)
        live = found.live()
    except FileRefusedError as error:
        why = message(error).removeprefix(str(book.path)).lstrip(": ")
        section.notes.append(("No assumptions and no pictures", why))
        return section
    _draw(section, found, live)
    section.assumptions = [_row(found, name, value) for name, value in live.items()]
    differing = sum(bool(row.changed_by) for row in section.assumptions)
    section.scenario = (
        f"Scenario {found.scenario_name}; {differing} of {len(live)} live values differ."
    )
    _trace(section, book, prefix)
    return section


def _draw(section: ModelSection, found: WorkbookInputs, live: dict[str, Value]) -> None:
    """Draw the way down to the total, and what its assumptions add to the published one."""
    model = found.model
    published = {name: entry.base for name, entry in model.assumptions.items()}
    try:
        forecast = found.recompute()
        moved = attribute(model, published, live, TOTAL)
    except CryptoAIError as error:
        section.notes.append(("No pictures", message(error)))
        return
    results = {name: float(forecast[name]) for name in model.steps}
    section.total = _total(model, moved)
    if min(results.values()) > 0:
        drawn = bridge(model, results, found.path.name)
        section.pictures.append((as_source(drawn), in_words(model, results)))
    if moved.shares:
        drawn = waterfall(model, moved, "published case", found.path.name)
        words = "What each assumption that differs adds to the published total"
        section.pictures.append((as_source(drawn), words))


def _total(model: Model, moved: Attribution) -> str:
    step = model.steps[TOTAL]
    unit = step.unit
    after, before = read_as(moved.after, unit), read_as(moved.before, unit)
    say = f"Recomputed from the inputs in the workbook: {after} {step.unit_label}."
    if not moved.shares:
        return f"{say} Every live value is the published one."
    return f"{say} The published case gives {before}."


def _row(found: WorkbookInputs, name: str, value: Value) -> AssumptionRow:
    entry = found.model.assumptions[name]
    column = found.field_of(name)
    changed = not same_value(value, entry.base)
    return AssumptionRow(
        name,
        entry.label,
        read_as(value, entry.unit),
        read_as(entry.base, entry.unit),
        _deviation(value, entry.base) if changed else "",
        column if changed else "",
        entry.unit_label,
        entry.kind,
        entry.locator,
    )


def _deviation(value: Value, published: Value) -> str:
    if isinstance(value, str) or isinstance(published, str) or not published:
        return ""
    return f"{value / published - 1:+.1%}".replace("-", "\N{MINUS SIGN}")


def _trace(section: ModelSection, book: Book, prefix: str) -> None:
    try:
        found = trace_book(book, TOTAL)
    except CryptoAIError as error:
        section.trace_notes.append(("No trace", str(error)))
        return
    cells, count = len(found.nodes), len(found.assumptions)
    section.trace_says = (
        f"{cells} cells down to {count} assumptions and their places in the source."
    )
    section.trace = tree_rows(found, prefix)
