"""Systems and figures of the source together, as rows that command line and page show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.source import Evidence, System
from xl_cryptoai.source.evidence import SUPPORTED

MARKET = "Market as a whole"
KIND_WORDS = {
    "exhibit": "picture not in the text",
    "attribution": "whose work",
    "disclosure": "whose interest",
    "citation": "not in the source",
    "fault": "error of the text",
}
"""How each kind of gap is called."""


@dataclass(frozen=True, slots=True)
class Row:
    """A system and one of its figures; either can be missing."""

    segment: str
    system: System | None
    figure: Evidence | None

    @property
    def name(self) -> str:
        """Who it is about."""
        if self.system is not None:
            token = f" ({self.system.token})" if self.system.token else ""
            return self.system.name + token
        return self.figure.who if self.figure is not None else ""

    @property
    def shown(self) -> str:
        """The figure in words; blank if there is none."""
        if self.figure is None:
            return ""
        when = self.figure.when()
        return self.figure.in_words() + (f" ({when})" if when else "")

    @property
    def source(self) -> System | Evidence:
        """What date, locator and note are of: the figure, if there is one."""
        found = self.figure or self.system
        assert found is not None
        return found


def segments_of(model: Model) -> tuple[str, ...]:
    """Return what a system or figure of a model can belong to: the market, then each segment."""
    return (SUPPORTED[0], *model.segments)


def heading_of(model: Model, segment: str) -> str:
    """Return a segment's name for a heading."""
    return MARKET if segment == SUPPORTED[0] else model.steps[segment].label


def rows_of(model: Model, segments: Sequence[str]) -> Iterator[Row]:
    """Yield for each segment its systems with a row a figure, then the figures of no system.

    A system's figure may support another segment: Bitcoin's security cost supports identity. It is
    shown with the system, and if only that segment is asked for, there.
    """
    systems = model.systems()
    figures = {one.id: one for one in model.evidence()}
    for segment in segments:
        here = [one for one in systems if one.segment == segment]
        shown = {name for one in here for name in one.figures}
        for system in here:
            yield from (Row(segment, system, figures[name]) for name in system.figures)
            if not system.figures:
                yield Row(segment, system, None)
        for name, figure in figures.items():
            if figure.segment == segment and name not in shown:
                owner = next((one for one in systems if name in one.figures), None)
                yield Row(segment, owner, figure)


def texts_of(rows: Sequence[Row]) -> list[list[str]]:
    """Write rows for people: name, what it does or what is measured, figure, as of, where.

    A system has a line of its own, and below it one a figure.
    """
    found = []
    before: System | None = None
    for row in rows:
        system, figure = row.system, row.figure
        if system is not None and system is not before:
            none = "" if system.figures else "no figure"
            found.append([row.name, system.what, none, *_place(system)])
        if figure is not None:
            name = "" if system is not None else row.name
            found.append([name, figure.what, row.shown, *_place(figure)])
        before = system
    return found


def _place(one: System | Evidence) -> list[str]:
    return [f"{one.as_of:%Y-%m-%d}", one.locator]


HEADERS = ("name", "what it does, or what is measured", "figure", "as of", "where")
