"""Sheets on paper: one size, landscape, nothing below 8 points, nothing cut."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from engines import require
from engines.libreoffice import LibreOffice, available
from lxml import etree

from xl_cryptoai.cli import main
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.layout import SHEETS
from xl_cryptoai.workbook.paper import LEAST_SIZE, PAPERS

pytestmark = pytest.mark.slow

ZOOM = 3
"""The most that pdftohtml takes: sizes are whole pixels, so a third of a point is what it tells."""
LANDSCAPE = {"a4": (842, 595), "letter": (792, 612)}


@dataclass(frozen=True)
class Text:
    """A piece of text on a page, in points from the page's left and top."""

    words: str
    size: float
    left: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Printed:
    """A page: its size in points, its texts, and the sheet that its footer names."""

    width: float
    height: float
    texts: list[Text]
    sheet: str


def poppler() -> str:
    """Why PDF files cannot be read here; "" when they can."""
    if shutil.which("pdftohtml"):
        return ""
    return "pdftohtml is missing: apt-get install poppler-utils"


def printed(pdf: Path) -> list[Printed]:
    """Read every page of a PDF file: what stands where, and how large."""
    command = ["pdftohtml", "-xml", "-i", "-stdout", "-zoom", str(ZOOM), str(pdf)]
    out = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout
    root = etree.fromstring(out, etree.XMLParser(recover=True, resolve_entities=False))
    sizes: dict[str, float] = {}
    pages = []
    for page in root.iter("page"):
        sizes |= {font.get("id"): int(font.get("size")) / ZOOM for font in page.iter("fontspec")}
        texts = [
            Text(
                "".join(text.itertext()),
                sizes[text.get("font")],
                int(text.get("left")) / ZOOM,
                (int(text.get("left")) + int(text.get("width"))) / ZOOM,
                (int(text.get("top")) + int(text.get("height"))) / ZOOM,
            )
            for text in page.iter("text")
        ]
        width, height = (int(page.get(name)) / ZOOM for name in ("width", "height"))
        footer = [one.words.strip() for one in texts if one.bottom > height - 40]
        sheet = next((words for words in footer if words in (*SHEETS, "xlwings.conf")), "")
        pages.append(Printed(width, height, texts, sheet))
    return pages


@pytest.fixture(scope="module")
def office() -> Iterator[LibreOffice]:
    require(available())
    require(poppler())
    with LibreOffice() as running:
        yield running


@pytest.fixture(scope="module")
def pages(
    office: LibreOffice, workbooks: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Printed]]:
    """Every route's workbook, printed once."""
    folder = tmp_path_factory.mktemp("printed")
    return {
        route: printed(office.convert(path, folder, "pdf")) for route, path in workbooks.items()
    }


@pytest.mark.parametrize("route", ROUTES)
def test_every_sheet_prints_on_a4_in_landscape(pages: dict[str, list[Printed]], route: str) -> None:
    assert {(round(one.width), round(one.height)) for one in pages[route]} == {LANDSCAPE["a4"]}
    assert {*SHEETS} <= {one.sheet for one in pages[route]}


@pytest.mark.parametrize("route", ROUTES)
def test_no_letter_is_printed_below_eight_points(
    pages: dict[str, list[Printed]], route: str
) -> None:
    small = {
        (one.sheet, text.words, text.size)
        for one in pages[route]
        for text in one.texts
        if text.size < LEAST_SIZE - 0.01 and text.words.strip()
    }
    assert small == set()


@pytest.mark.parametrize("route", ROUTES)
def test_no_figure_is_too_wide_for_its_cell(pages: dict[str, list[Printed]], route: str) -> None:
    assert [
        (one.sheet, text.words) for one in pages[route] for text in one.texts if "##" in text.words
    ] == []


@pytest.mark.parametrize("route", ROUTES)
def test_no_text_runs_over_the_edge_of_its_page(
    pages: dict[str, list[Printed]], route: str
) -> None:
    assert [
        (one.sheet, text.words)
        for one in pages[route]
        for text in one.texts
        if text.left < 0 or text.right > one.width
    ] == []


DRAWN = ("Cover", "Charts", "Risk", "By year")
"""Sheets with charts, whose texts may stand close together."""


@pytest.mark.parametrize("route", ROUTES)
def test_no_text_is_cut_by_what_stands_beside_it(
    pages: dict[str, list[Printed]], route: str
) -> None:
    """A text that its neighbour cuts off is whole in the file, and so runs into the neighbour."""
    found = {
        (one.sheet, text.words, other.words)
        for one in pages[route]
        if one.sheet not in DRAWN
        for text in one.texts
        for other in one.texts
        if text.left < other.left < text.right - 1.5
        and abs(text.bottom - other.bottom) < 5
        and text.words.strip()
        and other.words.strip()
    }
    assert found == set()


def words_of(printed_pages: list[Printed], sheet: str) -> str:
    """All words on a sheet's pages, without the gaps that lines and cells make."""
    texts = (text.words for one in printed_pages if one.sheet == sheet for text in one.texts)
    return re.sub(r"\s", "", "".join(texts))


SHOWN = {"Findings", "Sources", "Checks", "Evidence", "Systems", "Forecast", "Assumptions"}


@pytest.mark.parametrize("sheet", sorted(SHOWN))
def test_every_text_of_the_printed_area_is_printed_whole(
    pages: dict[str, list[Printed]], workbooks: Mapping[str, Path], sheet: str
) -> None:
    book = openpyxl.load_workbook(workbooks["plain"], data_only=True)
    area = book[sheet].print_area.rpartition("!")[2].replace("$", "")
    paper = words_of(pages["plain"], sheet)
    texts = [cell.value for row in book[sheet][area] for cell in row if isinstance(cell.value, str)]
    assert [text for text in texts if re.sub(r"\s", "", text) not in paper] == []


def test_every_page_of_a_sheet_repeats_its_title(pages: dict[str, list[Printed]]) -> None:
    for one in pages["office"]:
        if one.sheet not in ("Cover", "xlwings.conf"):
            assert one.sheet in {text.words for text in one.texts if text.bottom < 80}, one.sheet


def test_a_workbook_for_letter_prints_on_letter_and_no_letter_is_below_eight_points(
    office: LibreOffice, tmp_path: Path
) -> None:
    assert main(["build", "--for", "plain", "--paper", "letter", "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.xlsx")
    found = printed(office.convert(path, tmp_path, "pdf"))
    assert {(round(one.width), round(one.height)) for one in found} == {LANDSCAPE["letter"]}
    assert min(text.size for one in found for text in one.texts) >= LEAST_SIZE - 0.01
    assert not [text for one in found for text in one.texts if "##" in text.words]


def test_an_unknown_paper_is_refused_with_those_that_are_known(tmp_path: Path, capsys) -> None:
    assert main(["build", "--paper", "a3", "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in PAPERS)
