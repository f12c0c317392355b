"""Every `--picture`: SVG or PNG by the file's ending, and what the pictures draw."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from PIL import Image
from shipped import CATALOGUE, MODEL, SEGMENTS

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.cli import main
from xl_cryptoai.cli.app import COMMANDS, app
from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.palette import NAVY, PALE, SERIES
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reports import tree
from xl_cryptoai.reports.heat import draw_grid
from xl_cryptoai.reports.importance import draw_importance
from xl_cryptoai.reports.segments import draw_segments
from xl_cryptoai.reports.trace import tree_rows
from xl_cryptoai.reports.tree import draw_trace
from xl_cryptoai.risk import sensitivities
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.workbook import build

SVG = "{http://www.w3.org/2000/svg}"
ARGUMENTS = {
    "grid": ("ai_penetration=20%:50%:4", "gdp_growth=2%,3%"),
    "sensitivity": ("--draws", "64"),
    "simulate": ("--draws", "64"),
}
DRAWING = [
    name
    for name in COMMANDS
    if any(one.name == "picture" for one in app.get_command(click.Context(app), name).params)
]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("books")
    for name, typed in (("old", {}), ("new", {"ai_penetration": {"override": 0.4}})):
        (folder / f"{name}.xlsx").write_bytes(build("plain", inputs=UserInputs(values=typed)))
    return str(folder / "old.xlsx"), str(folder / "new.xlsx")


def arguments_of(command: str, books: tuple[str, str]) -> tuple[str, ...]:
    if command == "trace":
        return books[1], "total"
    return books if command == "diff" else ARGUMENTS.get(command, ())


def test_these_commands_draw() -> None:
    assert {"forecast", "sensitivity", "grid", "simulate", "tornado", "diff", "trace"} <= {*DRAWING}


@pytest.mark.parametrize("command", DRAWING)
def test_the_ending_decides_between_svg_and_png(
    command: str, books: tuple[str, str], tmp_path: Path
) -> None:
    arguments = [command, *arguments_of(command, books)]
    svg, png = tmp_path / "a.svg", tmp_path / "a.PNG"
    for path in (svg, png):
        assert main([*arguments, "--picture", str(path)]) == (1 if command == "diff" else 0)
    drawn = ElementTree.fromstring(svg.read_text(encoding="utf-8"))
    assert drawn.find(f"{SVG}title").text and drawn.find(f"{SVG}desc").text
    image = Image.open(io.BytesIO(png.read_bytes()))
    assert image.format == "PNG"
    assert image.size == (2 * int(drawn.get("width")), 2 * int(drawn.get("height")))


@pytest.mark.parametrize("command", DRAWING)
def test_another_ending_is_refused_with_the_two_that_are_written(
    command: str, books: tuple[str, str], tmp_path: Path, capsys
) -> None:
    arguments = [command, *arguments_of(command, books)]
    assert main([*arguments, "--picture", str(tmp_path / "book.xlsx"), "--force"]) == 2
    assert "book.xlsx does not end in .svg or .png" in capsys.readouterr().err


# What is drawn -----------------------------------------------------------------------------------


def bars_of(picture: str) -> list[tuple[float, float, str]]:
    """Return left end, width and colour of every bar in the rows of a chart."""
    drawn = ElementTree.fromstring(picture).iter(f"{SVG}rect")
    return [
        (float(one.get("x")), float(one.get("width")), one.get("fill"))
        for one in drawn
        if one.get("height") == "20"
    ]


def test_a_trace_is_a_row_a_cell_and_its_assumptions_are_in_boxes(books: tuple[str, str]) -> None:
    found = trace_book(open_book(Path(books[1])), "crypto_software", depth=2)
    drawn = ElementTree.fromstring(draw_trace(found))
    texts = [one.text for one in drawn.iter(f"{SVG}text")]
    for words in ("crypto_software in new.xlsx", "AI software, Native, Live", "5% of AI software",
                  "Crypto share of AI software, Live"):  # fmt: skip
        assert words in texts
    boxes = [one for one in drawn.iter(f"{SVG}rect") if one.get("fill") == PALE]
    assert len(boxes) == len(found.assumptions) == 1


def test_a_long_trace_says_how_many_rows_are_left_out(
    books: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = trace_book(open_book(Path(books[1])), "total")
    monkeypatch.setattr(tree, "MOST", 10)
    assert f"{len(tree_rows(found)) - 10} more rows; give --depth" in draw_trace(found)


def test_segments_are_as_wide_as_their_revenue_and_the_total_stands_at_the_end() -> None:
    bull = Forecast("bull")
    picture = draw_segments(MODEL, {"Base": Forecast(), "Bull": bull})
    bars = bars_of(picture)[len(SEGMENTS) :]
    assert [fill for *_, fill in bars] == [*SERIES[: len(SEGMENTS)]]
    wide = bars[1][0] - bars[0][0]  # to the next segment
    assert wide / (bars[2][0] - bars[1][0]) == pytest.approx(
        bull["crypto_software"] / bull["crypto_compute"], rel=0.01
    )
    texts = [one.text for one in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert "57.8B" in texts and "10.2B" in texts
    assert {MODEL.steps[name].label for name in SEGMENTS} <= {*texts}


def test_the_smallest_case_is_still_seen() -> None:
    picture = draw_segments(MODEL, {"Bear": Forecast("bear"), "Bull": Forecast("bull")})
    assert all(width >= 0.75 for _, width, _ in bars_of(picture))


def test_long_names_of_cases_stand_beside_the_bars_and_not_on_them() -> None:
    name = "A rather long name of a case, longer than any picture has room for"
    picture = draw_segments(MODEL, {name: Forecast(), "Bull": Forecast("bull")})
    first = min(left for left, *_ in bars_of(picture))
    short = "A rather long name of a case, lon…"
    assert short in picture and first > 24 + 7 * len(short)


def test_more_segments_than_colours_are_all_drawn_and_named() -> None:
    from dataclasses import replace

    many = tuple(name for name in MODEL.steps if MODEL.steps[name].unit == "usd_per_year")[:10]
    model = replace(MODEL, segments=many)
    picture = draw_segments(model, {"Base": Forecast()})
    assert len(bars_of(picture)) == 10
    assert all(MODEL.steps[name].label in picture for name in many)


def test_the_most_important_assumption_stands_on_top_with_its_part_of_the_variance() -> None:
    found = sensitivities(1_024)
    picture = draw_importance(CATALOGUE, found, "Crypto-AI revenue")
    first, *_ = sorted(found, key=lambda one: -one.total)
    names = [one.text for one in ElementTree.fromstring(picture).iter(f"{SVG}text")
             if one.get("class", "").startswith("name")]  # fmt: skip
    assert names[0] == CATALOGUE[first.id].label and len(names) == len(found)
    assert f"{first.total:.1%} ± " in picture


def test_a_grid_has_a_cell_for_every_pair_and_the_highest_is_the_darkest() -> None:
    x, y = ("ai_penetration", [0.2, 0.4]), ("identity_base", ["ai_revenue", "ai_software"])
    picture = draw_grid(MODEL, x, y, [[1e9, 4e9], [2e9, 3e9]])
    cells = [one for one in ElementTree.fromstring(picture).iter(f"{SVG}rect") if one.get("x")]
    fills = [one.get("fill") for one in cells]
    assert len(fills) == 4 and fills[1] == NAVY and fills[0] == "#f2f7fc"
    assert re.search("AI penetration.*", picture) and "ai_software" in picture


def test_a_grid_that_nobody_could_read_is_refused_with_another_way() -> None:
    x, y = ("ai_penetration", [0.2] * 15), ("gdp_growth", [0.02])
    with pytest.raises(OutOfRangeError, match=r"at most 14 .* write --csv"):
        draw_grid(MODEL, x, y, [[1e9] * 15])


def test_what_is_drawn_as_pixels_is_not_blank() -> None:
    from xl_cryptoai.reports.pixels import png

    image = Image.open(io.BytesIO(png(draw_segments(MODEL, {"Base": Forecast()}))))
    assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 20
