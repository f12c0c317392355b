"""Charts: which cells they draw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xl_cryptoai.xlsx.package import Package
from xl_cryptoai.xlsx.parts import RELATION_ID, Element

_OFFICE = "{http://schemas.openxmlformats.org/"
_CHART = _OFFICE + "drawingml/2006/chart}"
_TEXT = _OFFICE + "drawingml/2006/main}t"
_NEWER = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"


class Series(NamedTuple):
    """A row of figures in a chart, by the references that the file holds; "" if it has none.

    Attributes
    ----------
    categories, values : str
        References to categories (or x values), and to values (or y values).
    """

    categories: str
    values: str


class Chart(NamedTuple):
    """A chart.

    Attributes
    ----------
    title : str
        Its title, or the reference that it shows; "" if it has none.
    series : tuple of Series
        What it draws.
    """

    title: str
    series: tuple[Series, ...]


def read_charts(package: Package, sheet: str) -> tuple[Chart, ...]:
    """Charts of a sheet's part, in the order of its drawing."""
    return tuple(
        _read_chart(package.tree(part))
        for drawing in package.related(sheet, "drawing")
        for part in _parts(package, drawing)
    )


def _parts(package: Package, drawing: str) -> Iterator[str]:
    relations = package.relationships(drawing)
    for one in package.tree(drawing).iter(f"{_CHART}chart", f"{_NEWER}chart"):
        relation = relations.get(one.get(RELATION_ID, ""))
        if relation is not None and relation.target in package:
            yield relation.target


def _read_chart(root: Element) -> Chart:
    newer = root.tag == f"{_NEWER}chartSpace"
    series = _newer_series(root) if newer else _series(root)
    title = root.find(f"{_NEWER if newer else _CHART}chart/{_NEWER if newer else _CHART}title")
    return Chart(_title(title), tuple(series))


def _series(root: Element) -> Iterator[Series]:
    for one in root.iter(f"{_CHART}ser"):
        yield Series(
            _reference(one, "cat") or _reference(one, "xVal"),
            _reference(one, "val") or _reference(one, "yVal"),
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
        link = one.find(f"{_NEWER}dataId")
        own = data.get(link.get("val")) if link is not None else None
        texts = own.findtext(f"{_NEWER}strDim/{_NEWER}f", "") if own is not None else ""
        numbers = own.findtext(f"{_NEWER}numDim/{_NEWER}f", "") if own is not None else ""
        yield Series(texts, numbers)


def _title(title: Element | None) -> str:
    if title is None:
        return ""
    formula = next(title.iter(f"{_CHART}f", f"{_NEWER}f"), None)
    if formula is not None and formula.text:
        return formula.text.strip()
    return "".join(one.text or "" for one in title.iter(_TEXT))
