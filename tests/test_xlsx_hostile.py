"""Files made to choke a reader: refused within 200 MB when all of them is read.

Each is read in a process of its own, with a limit on memory and time: a test that fails must not
take the machine with it.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hostile_parts import PARTS
from xlsx_parts import (
    CHART,
    DRAWING,
    RELATIONS,
    change_parts,
    read_parts,
    rows,
    write_parts,
    write_workbook,
)

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is measured as Linux reports it"
)

MEGABYTES = 200
SHEET = "xl/worksheets/sheet1.xml"

READER = """
import json, resource, sys
from pathlib import Path
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.xlsx import Sheet, Workbook, open_workbook
resource.setrlimit(resource.RLIMIT_CPU, (5, 5))  # most need a fraction of a second
resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
def read_all(one, kind):
    for name in dir(kind):
        if not name.startswith("_") and not callable(getattr(kind, name)):
            getattr(one, name)
words = ""
try:
    book = open_workbook(Path(sys.argv[1]))
    read_all(book, Workbook)
    for sheet in book.sheets:
        read_all(sheet, Sheet)
        for cell in sheet.cells.values():
            cell.formula and cell.formula.text
except FileRefusedError as error:
    words = str(error)
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
print(json.dumps([words, peak / 1024]))
"""


class Outcome(NamedTuple):
    words: str
    megabytes: float


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def read_alone(path: Path) -> Outcome:
    """Read all of a file in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return Outcome(*json.loads(done.stdout))


def assert_refused(path: Path, words: str) -> None:
    outcome = read_alone(path)
    assert words in outcome.words and str(path) in outcome.words
    assert outcome.words.count(path.name) == 1, "one sentence, not one in another"
    assert outcome.megabytes < MEGABYTES


HARMLESS = "a dimension that hides a far cell"
"""Its far cell has a format alone, and nobody asks the dimension: there is nothing to refuse."""


@pytest.mark.parametrize("attack", sorted(set(PARTS) - {HARMLESS}))
def test_a_hostile_part_is_refused(workbooks: dict[str, Path], path: Path, attack: str) -> None:
    part, change, words = PARTS[attack]
    parts = read_parts(workbooks["plain"])
    parts[part] = change(parts.get(part, b""))
    write_parts(path, parts)
    assert_refused(path, words)


def test_the_dimension_hides_no_cell_and_a_far_format_is_no_attack(path: Path) -> None:
    far = '<dimension ref="A1"/><sheetData><row r="5"><c r="E5"><v>1</v></c></row>'
    write_workbook(path, {"S": far + '<row r="1048576"><c r="XFD1048576"/></row></sheetData>'})
    outcome = read_alone(path)
    assert outcome.words == "" and outcome.megabytes < MEGABYTES


def test_a_comment_in_the_last_corner_is_read(path: Path) -> None:
    comments = (
        '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors>'
        '<author>A</author></authors><commentList><comment ref="XFD1048576" authorId="0"><text>'
        "<t>far</t></text></comment></commentList></comments>"
    )
    write_workbook(
        path,
        {"S": rows("<c><v>1</v></c>")},
        parts={"xl/comments1.xml": comments},
        links={SHEET: [("comments", "../comments1.xml")]},
    )
    assert read_alone(path).words == ""


NOISE = {"xl/media/noise.bin": random.Random(1).randbytes(500_000)}
"""So that a file is not refused already because it is packed so well."""


def bomb_of(inside: str) -> Callable[[Path], Path]:
    return lambda path: write_workbook(path, {"S": inside}, parts=NOISE)


def long_shared_formula(path: Path) -> Path:
    text = "+".join(["A1"] * 5_000)
    first = f'<c><f t="shared" ref="A1:A9" si="0">{text}</f></c>'
    row = "<row>" + '<c><f t="shared" si="0"/></c>' * 100 + "</row>"
    sheet = f"<sheetData><row>{first}</row>{row * 1_000}</sheetData>"
    return write_workbook(path, {"S": sheet}, parts=NOISE)


def many_charts(path: Path) -> Path:
    chart = f'<c:chart xmlns:c="{CHART}" r:id="rId1"/>' * 100_000
    drawing = (
        f'<d:wsDr xmlns:d="{DRAWING}" xmlns:r="{RELATIONS}"><d:oneCellAnchor>{chart}'
        "</d:oneCellAnchor></d:wsDr>"
    )
    return write_workbook(
        path,
        {"S": rows("<c/>")},
        parts={
            **NOISE,
            "xl/drawing1.xml": drawing,
            "xl/chart1.xml": f'<c:chartSpace xmlns:c="{CHART}"/>',
        },
        links={
            SHEET: [("drawing", "../drawing1.xml")],
            "xl/drawing1.xml": [("chart", "chart1.xml")],
        },
    )


BOMBS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a shared formula that spells out to gigabytes": (
        long_shared_formula,
        "shares long formulas between too many cells",
    ),
    "an array formula over the whole sheet": (
        bomb_of(rows('<c><f t="array" ref="A1:XFD1048576">1</f></c>')),
        "reaches to column 16384",
    ),
    "array formulas over each other": (
        bomb_of(rows(*['<c><f t="array" ref="A1:SF20000">1</f></c>'] * 2)),
        "array formulas over more than 600,000 cells",
    ),
    "a rule with a million areas": (
        bomb_of(
            rows("<c/>")
            + f'<dataValidations><dataValidation sqref="{"A1 " * 300_000}"/></dataValidations>'
        ),
        "rules for more than 100,000 areas",
    ),
    "a text of many megabytes": (
        bomb_of(rows(f"<c t='str'><v>{'a' * 5_000_000}</v></c>")),
        "a text of more than 1,048,576 letters",
    ),
    "a formula of many letters": (
        bomb_of(rows(f"<c><f>{'[' * 100_000}</f></c>")),
        "a formula of 100,000 letters at A1",
    ),
    "a name of many letters": (
        lambda path: write_workbook(
            path,
            {"S": rows("<c/>")},
            settings=f"<definedNames><definedName name='n'>{'(' * 100_000}</definedName>"
            "</definedNames>",
            parts=NOISE,
        ),
        "the name 'n' has 100,000 letters",
    ),
    "a chart named a hundred thousand times": (
        many_charts,
        "refers to its parts too often",
    ),
    "a million columns": (
        bomb_of("<cols>" + "<col min='1' max='16384'/>" * 500_000 + "</cols>" + rows("<c/>")),
        "more than 200,000 tags beside its rows",
    ),
    "a deep tree": (bomb_of("<a>" * 50_000 + "</a>" * 50_000), "is damaged"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_grows_when_it_is_read_is_refused(path: Path, bomb: str) -> None:
    write, words = BOMBS[bomb]
    assert_refused(write(path), words)


def test_many_texts_that_are_nearly_too_long_take_no_time(path: Path) -> None:
    bomb_of("<sheetData>" + f"<row a='{'a' * 19_990}'/>" * 1_500 + "</sheetData>")(path)
    outcome = read_alone(path)
    assert outcome.words == ""


def test_a_part_that_unpacks_to_more_than_is_read_is_refused_before_it_is_unpacked(
    path: Path,
) -> None:
    write_workbook(path, {"S": "<!--" + " " * 60_000_000 + "-->"})
    assert_refused(path, "unpacks from")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_packed_by_a_strange_method_is_refused(path: Path, method: int) -> None:
    write_workbook(path, {"S": ""})
    with zipfile.ZipFile(path, "a", method) as archive:
        archive.writestr("xl/media/image2.png", bytes(100_000_000), method)
    assert_refused(path, "packed by a method that no spreadsheet writes")


def test_a_directory_that_lies_about_a_size_is_refused(path: Path) -> None:
    write_workbook(path, {"S": " " * 30_000_000})
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo(SHEET).file_size
    size = true.to_bytes(4, "little")
    content = path.read_bytes()
    assert content.count(size) == 2, "in the part's own head and in the directory"
    path.write_bytes(content.replace(size, (1_000).to_bytes(4, "little")))
    assert_refused(path, "is damaged")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_doubled_part_is_refused(path: Path) -> None:
    write_workbook(path, {"S": ""})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET.upper(), "<worksheet/>")
    assert_refused(path, f"has two parts called {SHEET}")


def test_a_hundred_thousand_parts_are_refused(path: Path) -> None:
    write_workbook(path, {"S": ""})
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(100_000):
            archive.writestr(f"{number:x}", b"")
    assert_refused(path, "a workbook has at most 1,000")


@pytest.mark.parametrize("code", ["iso-8859-1", "utf-7", "utf-32"])
def test_an_encoding_that_no_spreadsheet_writes_is_refused(
    path: Path, tmp_path: Path, code: str
) -> None:
    write_workbook(path, {"S": ""})

    def encode(name: str, content: bytes) -> bytes:
        if name != SHEET:
            return content
        return (f'<?xml version="1.0" encoding="{code}"?>' + content.decode()).encode(code)

    assert_refused(change_parts(path, tmp_path / "b.xlsx", encode), "which no spreadsheet writes")


@pytest.mark.parametrize("name", ["windows", "office", "excel365", "libreoffice", "plain"])
def test_a_workbook_of_ours_is_not_refused(workbooks: dict[str, Path], name: str) -> None:
    outcome = read_alone(workbooks[name])
    assert outcome.words == "" and outcome.megabytes < MEGABYTES
