"""One palette for all that is drawn: told apart in grey print and by colour-blind eyes."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from xl_cryptoai import palette
from xl_cryptoai.palette import LINES, LOWERS, PAPER, RAISES, SERIES, contrast, words_on
from xl_cryptoai.reports import svg

ROOT = Path(__file__).parents[1]
SIMULATED = {
    "protanopia": ((0.152286, 1.052583, -0.204868),
                   (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968),
                     (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "normal sight": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}  # fmt: skip
"""Linear RGB as seen at severity 1.0: Machado, Oliveira and Fernandes, "A Physiologically-based
Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, supplementary tables."""
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
"""Linear sRGB to CIE XYZ under D65: IEC 61966-2-1."""
WHITE = (0.9505, 1.0, 1.089)
CLEARLY = 20.0
"""CIE 1976 colour difference; about 2.3 is just noticed (Mahy et al., 1994)."""


def lab(colour: str, eyes: str) -> np.ndarray:
    """Return a colour in CIE L*a*b* (CIE 15) as some eyes see it."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIMULATED[eyes]) @ linear, 0, 1)
    xyz = np.array(TO_XYZ) @ seen / WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: str, other: str, eyes: str) -> float:
    return float(np.linalg.norm(lab(one, eyes) - lab(other, eyes)))


def test_the_formulas_give_the_standards_figures() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)  # WCAG 2.2, contrast ratio
    # red in CIE L*a*b* under D65, and a grey that all eyes see alike
    assert lab("#ff0000", "normal sight") == pytest.approx([53.2, 80.1, 67.2], abs=0.1)
    for eyes in SIMULATED:
        assert lab("#808080", eyes) == pytest.approx([53.6, 0, 0], abs=0.1)
    # what the simulation is for: a red and an olive that only normal sight tells apart
    assert difference("#b04000", "#716c00", "deuteranopia") < CLEARLY
    assert difference("#b04000", "#716c00", "normal sight") > 2 * CLEARLY


def test_neighbours_differ_in_grey_print() -> None:
    assert all(contrast(one, other) >= 2 for one, other in pairwise((*SERIES, SERIES[0])))


def test_any_two_of_the_first_four_differ_in_grey_print() -> None:
    low = {
        pair: round(contrast(*pair), 2)
        for pair in combinations(SERIES[:4], 2)
        if contrast(*pair) < 1.4
    }
    assert low == {}


@pytest.mark.parametrize("eyes", SIMULATED)
def test_any_two_of_the_first_six_differ_clearly_to_all_eyes(eyes: str) -> None:
    close = {
        pair: round(difference(*pair, eyes))
        for pair in combinations(SERIES[:6], 2)
        if difference(*pair, eyes) < CLEARLY
    }
    assert close == {}


@pytest.mark.parametrize("eyes", SIMULATED)
def test_up_and_down_differ_to_all_eyes_and_in_grey(eyes: str) -> None:
    assert difference(RAISES, LOWERS, eyes) > 3 * CLEARLY
    assert contrast(RAISES, LOWERS) > 2


def test_lines_stand_out_from_paper() -> None:
    assert all(contrast(one, PAPER) >= palette.FAINTEST for one in (*LINES, palette.LIVE))


def test_words_are_read_on_every_colour() -> None:
    assert all(contrast(words_on(one), one) >= 4.5 for one in SERIES)  # WCAG 2.2, 1.4.3
    assert svg.look_on(0) == "on-dark" and svg.look_on(1) == "on-light"


COLOUR = re.compile(r"[\"'](#?[0-9A-Fa-f]{6})[\"']")
DRAWN = [*ROOT.glob("xl_cryptoai/reports/*.py"), ROOT / "xl_cryptoai/workbook/charting.py",
         *ROOT.glob("xl_cryptoai/workbook/sheets/*chart*.py")]  # fmt: skip
GROUNDS = {"heat.py": {"#f2f7fc", "#1f3a5f"}, "svg.py": set(), "word.py": None}
"""The lightest cell of a grid of totals; the ink and lines of a Word document are no picture."""


def test_whatever_is_drawn_takes_its_colours_from_the_palette() -> None:
    others = {}
    for path in DRAWN:
        allowed = GROUNDS.get(path.name, set())
        code = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.DOTALL)
        if allowed is not None and (found := {*COLOUR.findall(code)} - allowed):
            others[path.name] = found
    assert others == {}


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("udfs/xl_cryptoai_server/pane/style.css",
         {"figure": "NAVY", "chosen": "NAVY", "bar": "BLUE", "live": "LIVE"}),
        ("xl_cryptoai/reports/templates/report.css", {"head": "NAVY"}),
    ],
)  # fmt: skip
def test_pages_have_the_colours_of_the_palette(page: str, names: dict[str, str]) -> None:
    # dark grounds need lighter colours: a test of the pane computes their contrast
    light = (ROOT / page).read_text("utf-8").partition("@media")[0]
    found = dict(re.findall(r"--([\w-]+): ?(#[0-9a-f]{6})", light))
    assert {name: found[name] for name in names} == {
        name: getattr(palette, of) for name, of in names.items()
    }
