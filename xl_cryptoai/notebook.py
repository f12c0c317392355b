"""Tables of results for pandas and notebooks: numbers as numbers, with a unit for each column."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from xl_cryptoai.units import label_of, read_as

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

Row = TypeVar("Row")

_TEMPLATE = """\
{% macro side(loop) %}padding: 2px 8px; \
text-align: {{ "left" if loop.index0 < texts else "right" }}{% endmacro %}
<table>
<caption style="caption-side: top; text-align: left">{{ title }}</caption>
<thead><tr>
{% for header in headers %}<th style="{{ side(loop) }}">{{ header }}</th>{% endfor %}
</tr></thead>
<tbody>
{% for row in rows %}<tr>
{% for cell in row %}<td style="{{ side(loop) }}">{{ cell }}</td>{% endfor %}
</tr>
{% endfor %}
</tbody>
</table>
{% if note %}<p>{{ note }}</p>
{% endif %}"""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its name, the value in each row, and its unit.

    Attributes
    ----------
    name : str
        Plain name, as in the Excel function that returns the same.
    value : callable
        Takes a row and returns its value.
    unit : str
        Id of a unit; "" for texts and where the unit differs by row.
    unit_of : callable, optional
        Takes a row and returns the id of its unit, where that differs by row.
    """

    name: str
    value: Callable[[Row], Any]
    unit: str = ""
    unit_of: Callable[[Row], str] | None = None

    def text(self, row: Row, digits: int) -> str:
        """Return the value as a person reads it; nothing where there is none."""
        value = self.value(row)
        if isinstance(value, float) and math.isnan(value):
            return ""
        if isinstance(value, (str, bool)):
            return str(value)
        unit = self.unit_of(row) if self.unit_of is not None else self.unit
        return read_as(value, unit, digits)


class Table(list[Row]):
    """A list of rows that pandas takes as a frame and a notebook shows as a table.

    Attributes
    ----------
    title : str
        What the rows are.
    digits : int
        In how many digits a notebook shows numbers; `to_frame` has all.
    """

    title: ClassVar[str]

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """What each row shows; texts come first."""
        raise NotImplementedError

    digits: ClassVar[int] = 5

    def to_frame(self) -> pd.DataFrame:
        """Return a frame with one row a row, numbers as numbers.

        Returns
        -------
        pandas.DataFrame
            ``attrs["units"]`` has the unit of each column that has one throughout.
        """
        return frame_of(
            {column.name: [column.value(row) for row in self] for column in self.columns},
            {column.name: column.unit for column in self.columns if column.unit},
        )

    def _repr_html_(self) -> str:
        """Show the rows; a column without a value in any of them is left out."""
        shown = {one: [one.text(row, self.digits) for row in self] for one in self.columns}
        shown = {one: texts for one, texts in shown.items() if any(texts)}
        return html_table(
            self.title,
            [one.name for one in shown],
            list(zip(*shown.values(), strict=True)),
            texts=sum(not (one.unit or one.unit_of) for one in shown),
        )


def frame_of(columns: Mapping[str, ArrayLike], units: Mapping[str, str]) -> pd.DataFrame:
    """Return a frame whose ``attrs["units"]`` has the units of its columns, in words.

    >>> frame_of({"total": [1.0]}, {"total": "usd_per_year"}).attrs
    {'units': {'total': 'USD/year'}}
    """
    import pandas as pd

    frame = pd.DataFrame(dict(columns))
    frame.attrs["units"] = {name: label_of(unit) for name, unit in units.items()}
    return frame


def html_table(
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    texts: int,
    note: str = "",
) -> str:
    """Write a table in HTML; no value can become a tag.

    Parameters
    ----------
    title, note : str
        Above and below the table.
    headers : sequence of str
        One a column.
    rows : iterable of sequence of str
        The cells.
    texts : int
        How many columns, from the left, are texts; the others are numbers, at the right.

    Examples
    --------
    >>> "<td" in html_table("Total", ["id", "value"], [["a < b", "1"]], texts=1)
    True
    >>> "a < b" in html_table("Total", ["id", "value"], [["a < b", "1"]], texts=1)
    False
    """
    from jinja2 import Environment

    template = Environment(autoescape=True, trim_blocks=True).from_string(_TEMPLATE)
    return template.render(title=title, headers=headers, rows=list(rows), texts=texts, note=note)
