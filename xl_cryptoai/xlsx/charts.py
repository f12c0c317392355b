"""Charts: which cells they draw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from xl_cryptoai.xlsx.package import Package
from xl_cryptoai.xlsx.parts import RELATION_ID, Element
from xl_cryptoai.xlsx.texts import whole

_OFFICE = "{http://schemas.openxmlformats.org/"
_CHART = _OFFICE + "drawingml/2006/chart}"
_ANCHORS = _OFFICE + "drawingml/2006/spreadsheetDrawing}"
_TEXT = _OFFICE + "drawingml/2006/main}t"
_NEWER = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_ANCHOR_TAGS = [_ANCHORS + kind for kind in ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")]


class Series(NamedTuple):
    """A row of figures in a chart, by the references that the file holds; "" if it has none.

    Attributes
    ----------
    kind : str
        Kind of chart, such as "bar", "line" or "scatter".
    name : str
        Reference to its name, or the name itself in quotes.
    categories, values, sizes : str
        References to categories (or x values), to values (or y values), to sizes of bubbles.
    """

    kind: str
    name: str
    categories: str
    values: str
    sizes: str = ""


class Chart(NamedTuple):
    """A chart.

    Attributes
    ----------
    part : str
        Its part in the file.
    title : str
        Its title, or the reference that it shows; "" if it has none.
    series : tuple of Series
        What it draws.
    anchor : tuple of (row, column) or None
        Cell at its upper left corner; None on a chart sheet.
    """

    part: str
    title: str
    series: tuple[Series, ...]
    anchor: tuple[int, int] | None

    @property
    def references(self) -> tuple[str, ...]:
        """All that it refers to, each once."""
        found = [
            text
            for one in self.series
            for text in (one.name, one.categories, one.values, one.sizes)
            if text and not text.startswith('"')
        ]
        return tuple(dict.fromkeys(found))


def read_charts(package: Package, sheet: str) -> tuple[Chart, ...]:
    """Charts of a sheet's part, in the order of its drawing."""
    return tuple(
        _read_chart(package, part, anchor)
        for drawing in package.related(sheet, "drawing")
        for part, anchor in _parts(package, drawing)
    )


def _parts(package: Package, drawing: str) -> Iterator[tuple[str, tuple[int, int] | None]]:
    relations = package.relationships(drawing)
    for anchor in package.tree(drawing).iter(*_ANCHOR_TAGS):
        start = anchor.find(f"{_ANCHORS}from")
        at = None
        if start is not None:
            row, column = (whole(start.findtext(_ANCHORS + tag)) for tag in ("row", "col"))
            at = (row + 1, column + 1)
        for one in anchor.iter(f"{_CHART}chart", f"{_NEWER}chart"):
            relation = relations.get(one.get(RELATION_ID, ""))
            if relation is not None and relation.target in package:
                yield relation.target, at


def _read_chart(package: Package, part: str, anchor: tuple[int, int] | None) -> Chart:
    root = package.tree(part)
    newer = root.tag == f"{_NEWER}chartSpace"
    series = _newer_series(root) if newer else _series(root)
    title = root.find(f"{_NEWER if newer else _CHART}chart/{_NEWER if newer else _CHART}title")
    return Chart(part, _title(title), tuple(series), anchor)


def _series(root: Element) -> Iterator[Series]:
    for one in root.iter(f"{_CHART}ser"):
        parent = one.getparent()
        kind = etree.QName(parent).localname.removesuffix("Chart") if parent is not None else ""
        name = _reference(one, "tx")
        if not name and (words := one.findtext(f"{_CHART}tx/{_CHART}v")):
            name = f'"{words}"'
        yield Series(
            kind,
            name,
            _reference(one, "cat") or _reference(one, "xVal"),
            _reference(one, "val") or _reference(one, "yVal"),
            _reference(one, "bubbleSize"),
        )


def _reference(series: Element, tag: str) -> str:
    """Reference below an element, whatever kind of data it says."""
    found = series.find(_CHART + tag)
    formula = next(found.iter(f"{_CHART}f"), None) if found is not None else None
    return (formula.text or "").strip() if formula is not None else ""


def _newer_series(root: Element) -> Iterator[Series]:
    """Series of waterfalls, treemaps and their like: data stand apart from them, by number."""
    data = {one.get("id"): one for one in root.iter(f"{_NEWER}data")}
    for one in root.iter(f"{_NEWER}series"):
        name = one.find(f"{_NEWER}tx/{_NEWER}txData/{_NEWER}f")
        link = one.find(f"{_NEWER}dataId")
        own = data.get(link.get("val")) if link is not None else None
        texts = own.findtext(f"{_NEWER}strDim/{_NEWER}f", "") if own is not None else ""
        numbers = own.findtext(f"{_NEWER}numDim/{_NEWER}f", "") if own is not None else ""
        words = (name.text or "") if name is not None else ""
        yield Series(one.get("layoutId", ""), words, texts, numbers)


def _title(title: Element | None) -> str:
    if title is None:
        return ""
    formula = next(title.iter(f"{_CHART}f", f"{_NEWER}f"), None)
    if formula is not None and formula.text:
        return formula.text.strip()
    return "".join(one.text or "" for one in title.iter(_TEXT))
