"""What differs between two workbooks, as a report: why the result moved comes first."""

from __future__ import annotations

from xl_cryptoai.comparing.records import BookDiff
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.reports.diff import sections
from xl_cryptoai.reports.parts import (
    PRINTED,
    Figure,
    FileFacts,
    Part,
    Report,
    Section,
    Table,
    Tiles,
    time_of_run,
)
from xl_cryptoai.reports.waterfall import waterfall
from xl_cryptoai.units import read_as, read_change


def diff_report(
    model: Model, found: BookDiff, files: tuple[FileFacts, FileFacts], made: str = ""
) -> Report:
    """Put the report on a comparison together.

    Parameters
    ----------
    model : Model
        Of both workbooks.
    found : BookDiff
        All that differs.
    files : tuple of FileFacts
        By what the two workbooks are known, the old one first.
    made : str
        When the report is made; by default now.
    """
    groups = [
        Section(one.title, [_with_labels(model, part) for part in one.parts])
        for one in sections(model, found)
    ]
    moved = found.attribution
    if moved is not None and moved.shares:
        why = groups.pop()
        step = model.steps[moved.result]
        change = moved.difference
        relative = f" ({change / moved.before:+.1%})" if moved.before else ""
        tiles = Tiles([
            (read_as(moved.before, step.unit), "before"),
            (read_as(moved.after, step.unit), "after"),
            (read_change(change, step.unit),
             f"change{relative}".replace("-", "\N{MINUS SIGN}")),
        ])  # fmt: skip
        drawn = waterfall(model, moved, found.before.name, found.after.name, PRINTED)
        words = f"Bridge from {found.before.name} to {found.after.name}"
        groups.insert(0, Section(why.title, [tiles, Figure(drawn, words), *why.parts]))
    title = f"What changed from {found.before.name} to {found.after.name}"
    return Report(title, _in_short(found), files, made or time_of_run(), groups)


def _with_labels(model: Model, part: Part) -> Part:
    """Write a table's ids, in its first column, as people read them."""
    if not isinstance(part, Table):
        return part
    labels = {name: entry.label for name, entry in model.entries.items()}
    return part._replace(rows=[[labels.get(row[0], row[0]), *row[1:]] for row in part.rows])


def _in_short(found: BookDiff) -> str:
    """Say how many differences there are, by group."""
    counts = (
        (len(found.inputs), "input"),
        (len(found.cells), "formula or other cell"),
        (len(found.structure), "change of structure"),
        (len(found.log_added) + len(found.log_removed), "line of the change log"),
    )
    plural = {"formula or other cell": "formulas or other cells",
              "change of structure": "changes of structure",
              "line of the change log": "lines of the change log"}  # fmt: skip
    said = [
        f"{count} {word if count == 1 else plural.get(word, f'{word}s')}"
        for count, word in counts
        if count
    ]
    return ", ".join(said) or "Nothing differs"
