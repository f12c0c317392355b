"""The native charts as LibreOffice prints them: names and figures, all inside their frames.

A chart's frame is a rectangle in the palette's colour of grids; what stands in it is read from the
PDF with poppler.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest
from conftest import require
from engines.libreoffice import LibreOffice, available
from lxml import etree
from shipped import MODEL, SEGMENTS

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.palette import GRID
from xl_cryptoai.units import read_as
from xl_cryptoai.workbook import build
from xl_cryptoai.workbook.charting import amounts, powers_of_ten
from xl_cryptoai.workbook.layout import SHEETS

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
OVERRIDES = {"ai_penetration": {"override": 0.4}, "hyperscaler_share": {"override": 0.85}}
LIVE = Forecast(overrides={name: one["override"] for name, one in OVERRIDES.items()})
SLACK = 1.5
"""Points by which a box of letters, which has room for accents, may stand out."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in points from the top left of the page."""


@dataclass(frozen=True)
class Printed:
    """A page: the words on it, and the frames of its charts."""

    words: list[tuple[str, Box]]
    frames: list[Box]

    def chart(self, title: str) -> set[str]:
        """Return all that is written in the chart of a title."""
        at = next(box for words, box in self.words if words.startswith(title))
        frame = next(one for one in self.frames if _middle_in(at, one))
        return {words for words, box in self.words if _middle_in(box, frame)}


def _middle_in(box: Box, frame: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return frame[0] < x < frame[2] and frame[1] < y < frame[3]


def _top_of(line: tuple[str, Box]) -> float:
    return line[1][1]


def _run(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout


def _lines(pdf: Path, page: int) -> Iterator[tuple[str, Box]]:
    number = str(page)
    found = etree.fromstring(_run("pdftotext", "-bbox-layout", "-f", number, "-l", number,
                                  str(pdf), "-"))  # fmt: skip
    for line in found.iter(f"{XHTML}line"):
        box = [float(line.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")]
        yield " ".join(word.text for word in line.iter(f"{XHTML}word")), tuple(box)


def _frames(pdf: Path, page: int) -> Iterator[Box]:
    grey = int(GRID[1:3], 16) / 2.55  # in percent, as poppler writes colours
    number = str(page)
    drawn = etree.fromstring(_run("pdftocairo", "-svg", "-f", number, "-l", number, str(pdf), "-"))
    for path in drawn.iter(f"{SVG}path"):
        words = path.get("style", "") + path.get("stroke", "")
        colour = re.search(r"rgb\(([\d.]+)%", words.partition("stroke:")[2] or words)
        if colour is None or abs(float(colour[1]) - grey) > 0.5 or not path.get("transform"):
            continue
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", path.get("d"))]
        xs, ys = numbers[::2], numbers[1::2]
        a, _, _, d, e, f = map(float, re.findall(r"-?[\d.]+", path.get("transform")))
        top, bottom = sorted((d * min(ys) + f, d * max(ys) + f))
        box = (a * min(xs) + e, top, a * max(xs) + e, bottom)
        if box[2] - box[0] > 100 and bottom - top > 40:  # no line of a grid
            yield box


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Printed]]:
    """The pages of every sheet of a workbook with two overrides."""
    if reason := available():
        require(reason)
    folder = tmp_path_factory.mktemp("printed")
    book = folder / "book.xlsx"
    book.write_bytes(build("plain", inputs=UserInputs(values=OVERRIDES)))
    with LibreOffice() as office:
        pdf = office.convert(book, folder, "pdf")
    pages: dict[str, list[Printed]] = {}
    count = int(re.search(rb"Pages:\s+(\d+)", _run("pdfinfo", str(pdf)))[1])
    for number in range(1, count + 1):
        words = [*_lines(pdf, number)]
        *_, sheet = [text for text, _ in sorted(words, key=_top_of) if text in SHEETS]  # a footer
        if sheet in ("Cover", "By year", "Charts", "Risk"):
            pages.setdefault(sheet, []).append(Printed(words, [*_frames(pdf, number)]))
    return pages


def test_every_chart_is_printed_with_its_words_inside_its_frame(
    printed: dict[str, list[Printed]],
) -> None:
    assert {sheet: sum(len(page.frames) for page in pages) for sheet, pages in printed.items()} == {
        "Cover": 2, "By year": 1, "Charts": 4, "Risk": 5,
    }  # fmt: skip
    for pages in printed.values():
        for page in pages:
            for left, top, right, bottom in page.frames:
                inside = [
                    (words, box)
                    for words, box in page.words
                    if _middle_in(box, (left, top, right, bottom))
                ]
                assert len(inside) > 5
                for words, box in inside:
                    assert box[0] > left - SLACK and box[2] < right + SLACK, words
                    assert box[1] > top - SLACK and box[3] < bottom + SLACK, words


def test_no_words_of_a_chart_stand_on_others(printed: dict[str, list[Printed]]) -> None:
    over = [
        (one, other)
        for pages in printed.values()
        for page in pages
        for frame in page.frames
        for (one, a), (other, b) in combinations(
            [found for found in page.words if _middle_in(found[1], frame)], 2
        )
        if min(a[2], b[2]) - max(a[0], b[0]) > SLACK
        and min(a[3], b[3]) - max(a[1], b[1]) > 2 * SLACK
    ]
    assert over == []


def test_the_cover_is_one_page_with_the_result_at_a_glance(
    printed: dict[str, list[Printed]],
) -> None:
    (cover,) = printed["Cover"]
    words = {text for text, _ in cover.words}
    assert "Crypto-AI revenue in 2030" in words
    assert read_as(LIVE["total"], "usd_per_year", 3) in words
    assert "USD a year in 2030, live; horizon 2022 to 2030" in words
    change = LIVE["total"] - Forecast()["total"]
    assert f"2 overrides change the total by +{change / 1e9:.3f}B: see Deviations" in words
    assert {"Start here", "Assumptions", "Deviations"} <= words
    assert any(text.startswith("P5 ") for text in words)


def test_the_covers_chart_has_every_total_and_every_segments_name(
    printed: dict[str, list[Printed]],
) -> None:
    found = printed["Cover"][0].chart("By scenario and segment")
    wanted = [LIVE, *(Forecast(name) for name in ("bear", "base", "bull"))]
    assert {read_as(one["total"], "usd_per_year", 3) for one in wanted} <= found
    assert {"Live", "Bear", "Base", "Bull"} <= found
    assert all(any(MODEL.steps[name].label in text for text in found) for name in SEGMENTS)


def test_the_bridge_says_its_levels_and_drops_in_words(printed: dict[str, list[Printed]]) -> None:
    text = " ".join(printed["Charts"][0].chart("From the market to crypto revenue"))
    for words in ("Productivity", "Not adopted", "as revenue", "AI revenue", "Not crypto"):
        assert words in text
    assert read_as(LIVE["total"], "usd_per_year", 3) in text


def test_the_histogram_marks_percentiles_and_the_live_total_over_round_amounts(
    printed: dict[str, list[Printed]],
) -> None:
    found = printed["Risk"][0].chart("How often the total falls into a range")
    assert f"Live {read_as(LIVE['total'], 'usd_per_year', 3)}" in found
    assert len([one for one in found if re.fullmatch(r"P(5|50|95) [\d.]+B", one)]) == 3
    assert {"5B", "10B", "15B"} <= found


def test_the_tornado_has_a_figure_at_the_end_of_every_bar_that_shows(
    printed: dict[str, list[Printed]],
) -> None:
    (found,) = [
        page.chart("Change in the total")
        for page in printed["Risk"]
        if any(words.startswith("Change in the total") for words, _ in page.words)
    ]
    assert {"at its low", "at its high"} <= {*found} or "at its high at its low" in found
    assert any(re.fullmatch(r"\+[\d.]+B", one) for one in found)
    assert any(re.fullmatch(r"-[\d.]+B", one) for one in found)


# What follows the model ---------------------------------------------------------------------------


def test_an_axis_of_amounts_has_the_unit_of_its_largest() -> None:
    assert amounts(57.8e9) == '0,,,"B";-0,,,"B";0'
    assert amounts(2.4e9) == '0.0,,,"B";-0.0,,,"B";0'  # its steps are halves
    assert amounts(7.6e12) == '0,,,,"T";-0,,,,"T";0'


def test_the_logarithmic_axis_has_room_for_the_smallest_scenario() -> None:
    low, high = powers_of_ten(Forecast("bear")["total"], Forecast("bull")["tam"])
    assert low < Forecast("bear")["total"] / 2 and high > Forecast("bull")["tam"]


def test_years_are_evenly_spaced_and_end_on_the_forecast_year() -> None:
    inputs = UserInputs(values={"forecast_year": {"override": 2035}})
    book = openpyxl.load_workbook(BytesIO(build("plain", inputs=inputs)), data_only=True)
    column = [row[0].value for row in book["Charts"].iter_rows() if row[5].value in range(9)
              and isinstance(row[0].value, (int, float)) and row[0].value > 2000]  # fmt: skip
    assert column == [2022, 2024, 2026, 2028, 2030, 2032, 2034, 2035, 2035]
