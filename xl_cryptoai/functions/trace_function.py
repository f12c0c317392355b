"""The function that traces a figure through the model to its assumptions and their sources."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions.cells import Answer, Cells, Raw, texts_of
from xl_cryptoai.functions.entry import Argument, ExcelFunction
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.functions.table_functions import CATEGORY

HEADERS = ("level", "id", "label", "unit", "kind", "source")
COMPUTED = "computed"


def trace_table(model: Model, id: Raw) -> Answer:  # noqa: A002  # the argument is called id, as everywhere
    """Answer what a figure is computed from, level by level down to the assumptions.

    Parameters
    ----------
    id : cell
        Id of an assumption or step.

    Returns
    -------
    rows of cells
        A header, then the figure itself as level 0 and what it takes as the levels below: level,
        id, label, unit, an assumption's kind or "computed", and the source. A step that occurs
        again is not opened again.
    """
    name = model.id_of(str(texts_of("id", id, "the id of an assumption or step")))
    rows: Cells = [list(HEADERS)]
    rows += _rows(model, name, 0, set())
    return rows


def _rows(
    model: Model, name: str, level: int, opened: set[str]
) -> Iterator[list[float | str | bool | None]]:
    """Return the row of an id and those of all it takes; the steps' own order rules out circles."""
    if name not in model.steps:
        entry = model.assumptions[name]
        yield [float(level), name, entry.label, entry.unit_label, entry.kind, entry.locator]
        return
    step = model.steps[name]
    printed = model.publication.figures.get(name)
    printed_words = f"printed {printed.printed}; {printed.locator}" if printed else "not printed"
    again = name in opened
    source = "shown above" if again else printed_words
    yield [float(level), name, step.label, step.unit_label, COMPUTED, source]
    if not again:
        opened.add(name)
        for taken in step.inputs:
            yield from _rows(model, taken, level + 1, opened)


def trace_function(model: Model) -> ExcelFunction:
    """Return the function that traces a figure to its sources."""
    return ExcelFunction(
        name=name_of(model, "TRACE"),
        category=CATEGORY,
        help="Where a figure comes from, step by step down to the assumptions: a table of "
        "level, id, label, unit, kind (computed, for a step) and source.",
        arguments=(Argument("id", "Id of an assumption or step, text, such as total."),),
        answer=partial(trace_table, model),
        table=True,
    )
