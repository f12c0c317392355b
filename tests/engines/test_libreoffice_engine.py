"""What the tests may expect of the LibreOffice driver."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from engines import require
from engines.libreoffice import (
    CellError,
    Document,
    LibreOffice,
    LibreOfficeError,
    LibreOfficeTimeoutError,
    available,
    is_running,
    rasterise,
)

CONTENT: dict[str, dict[str, float | str]] = {
    "Sheet 1": {
        "A1": 2, "A2": "=A1*10", "A3": "text", "A4": '=""', "A6": True, "B1": "=A2+1", "D3": 0.5,
    },
    "Errors": {
        "A1": "=1/0", "A2": "=NA()", "A3": "=NOSUCH(1)", "A4": '="a"+1', "A5": "=#REF!+1",
        "A6": "=EXP(1000)", "A7": "=A7+1", "A8": "=ERROR.TYPE(A2)",
    },
    "Locked": {"A1": 1, "A2": "='Sheet 1'!A1+A1"},
    "Secret": {"A1": 1},
    "Rest": {"A1": "key", "A2": 7, "C1": "=SUM(Tab[key])"},
}  # fmt: skip
TOY = {
    "META-INF/manifest.xml": """<?xml version="1.0" encoding="UTF-8"?>
<m:manifest xmlns:m="http://openoffice.org/2001/manifest">
<m:file-entry m:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"
 m:full-path="toy.idl"/>
<m:file-entry m:media-type="application/vnd.sun.star.uno-component;type=Python"
 m:full-path="toy.py"/>
<m:file-entry m:media-type="application/vnd.sun.star.configuration-data"
 m:full-path="toy.xcu"/>
</m:manifest>""",
    "description.xml": """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006">
<identifier value="test.toy"/><version value="1"/></description>""",
    "toy.idl": """module toyaddin { interface XToy {
double sleep([in] double seconds); any env([in] string name); double crash(); }; };""",
    "toy.py": """
import os, time, unohelper
from toyaddin import XToy
class Toy(unohelper.Base, XToy):
    def __init__(self, context): pass
    def sleep(self, seconds): time.sleep(seconds); return seconds
    def env(self, name): return os.environ.get(name)
    def crash(self): print("toy: crashing now", flush=True); os._exit(3)
g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Toy, "test.Toy", ("com.sun.star.sheet.AddIn",))
""",
    "toy.xcu": """<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" oor:name="CalcAddIns"
 oor:package="org.openoffice.Office"><node oor:name="AddInInfo">
<node oor:name="test.Toy" oor:op="replace"><node oor:name="AddInFunctions">
<node oor:name="sleep" oor:op="replace"/><node oor:name="env" oor:op="replace"/>
<node oor:name="crash" oor:op="replace"/>
</node></node></node></oor:component-data>""",
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked extension with three functions, TEST.TOY.SLEEP, .ENV and .CRASH."""
    require(available())
    folder = tmp_path_factory.mktemp("toy")
    for name, text in TOY.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = Workbook()
    book.remove(book["Sheet"])
    for sheet, cells in CONTENT.items():
        book.create_sheet(sheet)
        for address, value in cells.items():
            book[sheet][address] = value
    book["Locked"].protection.sheet = True
    book["Secret"].protection.set_password("secret")
    book["Secret"].protection.sheet = True
    book["Rest"].add_table(Table(displayName="Tab", ref="A1:A2"))
    book["Rest"]["E1"] = ArrayFormula("E1:E2", "='Sheet 1'!A1:A2*2")
    book["Rest"]["F1"] = ArrayFormula("F1", "=SUM('Sheet 1'!A1:A2*2)")
    for name, text in {
        "Tenfold": "'Sheet 1'!$A$2",
        "Block": "Rest!$A$1:$A$2",
        "Half": "0.5",
    }.items():
        book.defined_names[name] = DefinedName(name, attr_text=text)
    file = tmp_path_factory.mktemp("book") / "Büch 1.xlsx"
    book.save(file)
    return file


@pytest.fixture(scope="module")
def office(toy: Path) -> Iterator[LibreOffice]:
    with pytest.MonkeyPatch.context() as outside:
        outside.setenv("VIRTUAL_ENV", "/nowhere")
        outside.setenv("PYTHONPATH", "/nowhere")
        with LibreOffice(extensions=[toy], extra_env={"TOY_WORD": "hello"}) as running:
            yield running


@pytest.fixture
def document(office: LibreOffice, path: Path) -> Iterator[Document]:
    with office.open(path) as opened:
        yield opened


def footprint(office: LibreOffice) -> Callable[[], list[str]]:
    """A look, to be taken later, at what is left of an office that runs now."""
    assert office._worker is not None
    assert office._folder is not None
    group, files = office._worker.pid, [office._folder, *office._sockets]
    assert all(file.exists() for file in files)

    def left() -> list[str]:
        found = [str(file) for file in files if file.exists()]
        return [*found, "its processes"] if is_running(group) else found

    return left


def with_stored_value(path: Path, copy: Path) -> Path:
    """A copy of the workbook in which 'Sheet 1'!A2 has the stored value 99, a wrong one."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = re.sub(rb"(?<=<f>A1\*10</f>)<v ?(/>|></v>)", b"<v>99</v>", text)
            new.writestr(name, text)
    return copy


class TestReading:
    def test_numbers_texts_blanks_and_logical_values(self, document: Document) -> None:
        assert document.values("Sheet 1", "A1:B6") == [
            [2.0, 21.0], [20.0, None], ["text", None], ["", None], [None, None], [1.0, None],
        ]  # fmt: skip

    def test_errors_have_excels_names(self, document: Document) -> None:
        codes = ["#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#REF!", "#NUM!", "Err:522"]
        assert document.values("Errors", "A1:A7") == [[CellError(code)] for code in codes]
        assert str(document.value("Errors", "A2")) == "#N/A"
        assert document.value("Errors", "A8") == 7.0

    def test_a_name_gives_its_cell(self, document: Document) -> None:
        assert document.named("Tenfold") == 20.0

    @pytest.mark.parametrize(("name", "said"), [("Half", "0.5"), ("Block", "2 x 1"), ("No", "no")])
    def test_a_name_of_anything_else_is_refused(
        self, document: Document, name: str, said: str
    ) -> None:
        with pytest.raises(LibreOfficeError, match=said):
            document.named(name)

    def test_formulas_read_as_the_file_has_them(self, document: Document) -> None:
        assert document.formula("Sheet 1", "A2") == "=A1*10"
        assert document.formula("Locked", "A2") == "='Sheet 1'!A1+A1"
        assert document.formula("Rest", "C1") == "=SUM(Tab[key])"
        assert document.formula("Sheet 1", "A1") == ""

    def test_all_values_reach_to_the_last_cell_with_content(self, document: Document) -> None:
        found = document.all_values()
        assert list(found) == document.sheet_names() == list(CONTENT)
        assert [len(row) for row in found["Sheet 1"]] == [4] * 6
        assert found["Sheet 1"][2] == ["text", None, None, 0.5]

    @pytest.mark.parametrize(("sheet", "cell"), [("Sheet 9", "A1"), ("Sheet 1", "A0")])
    def test_what_is_not_there_is_refused(self, document: Document, sheet: str, cell: str) -> None:
        with pytest.raises(LibreOfficeError, match=f"'{sheet}'"):
            document.value(sheet, cell)


class TestEditing:
    @pytest.mark.parametrize(
        ("value", "shown", "tenfold"),
        [
            (3, 3.0, 30.0),
            (True, 1.0, 10.0),
            ("=SUM(1,'Sheet 1'!D3)", 1.5, 15.0),
            ("=_xlfn.STDEV.S(1,3)^2", pytest.approx(2.0), pytest.approx(20.0)),
            ("=#N/A", CellError("#N/A"), CellError("#N/A")),
            ("=SUM(Tab[key];1)", 8.0, 80.0),
            ("word", "word", CellError("#VALUE!")),
            ("7", "7", 70.0),
            (None, None, 0.0),
        ],
    )
    def test_a_cell_takes_what_is_put_there(
        self, document: Document, value: float | str | None, shown: object, tenfold: object
    ) -> None:
        document.set("Sheet 1", "A1", value)
        assert document.value("Sheet 1", "A1") == shown
        assert document.value("Sheet 1", "A2") == tenfold

    def test_the_file_stays_as_it_is(self, office: LibreOffice, path: Path) -> None:
        before = path.read_bytes(), sorted(path.parent.iterdir())
        with office.open(path) as document:
            document.set_many([("Sheet 1", "A1", 5), ("Sheet 1", "A3", 6)])
            assert document.values("Sheet 1", "A1:A3") == [[5.0], [50.0], [6.0]]
            assert before == (path.read_bytes(), sorted(path.parent.iterdir()))

    def test_protection_without_a_password_gives_way(self, document: Document) -> None:
        document.set_many([("Locked", "A1", None), ("Locked", "A3", "note")])
        assert document.values("Locked", "A1:A3") == [[None], [2.0], ["note"]]

    def test_protection_with_a_password_is_refused(self, document: Document) -> None:
        with pytest.raises(LibreOfficeError, match="'Secret' is protected with a password"):
            document.set("Secret", "A1", 2)

    def test_several_cells_at_once_are_refused(self, document: Document) -> None:
        with pytest.raises(LibreOfficeError, match="A1:B1 is not one cell"):
            document.set("Rest", "A1:B1", 2)

    def test_a_part_of_an_array_formula_is_refused(self, document: Document) -> None:
        with pytest.raises(LibreOfficeError, match="Rest!E2 is part of an array formula"):
            document.set("Rest", "E2", 2)

    def test_stored_values_stand_until_all_is_recalculated(
        self, office: LibreOffice, path: Path, tmp_path: Path
    ) -> None:
        with office.open(with_stored_value(path, tmp_path / "stale.xlsx")) as document:
            assert document.value("Sheet 1", "A2") == 99.0
            document.recalculate()
            assert document.value("Sheet 1", "A2") == 20.0

    def test_a_closed_document_says_so(self, office: LibreOffice, path: Path) -> None:
        with office.open(path) as document:
            document.close()
            with pytest.raises(LibreOfficeError, match="the document is closed"):
                document.value("Rest", "A1")


class TestProbing:
    @pytest.mark.parametrize("hard", [False, True])
    def test_reads_the_effect_and_puts_everything_back(
        self, document: Document, hard: bool
    ) -> None:
        document.recalculate()
        cells = [(sheet, cell) for sheet in CONTENT for cell in ("A1", "A2", "C1", "E1", "F1")]
        before = document.all_values(), [document.formula(*cell) for cell in cells]
        edits = [("Sheet 1", "A1", 4.0), ("Rest", "C1", None), ("Sheet 1", "A3", 1),
                 ("Rest", "F1", "x"), ("Locked", "A1", "=1/0"), ("Sheet 1", "A1", 5)]  # fmt: skip
        reads = [("Sheet 1", "A1:A3"), ("Rest", "C1:F1"), ("Locked", "A2")]
        assert document.probe(edits, reads, hard=hard) == [
            [[5.0], [50.0], [1.0]], [[None, None, 10.0, "x"]], [[CellError("#DIV/0!")]],
        ]  # fmt: skip
        assert before == (document.all_values(), [document.formula(*cell) for cell in cells])

    def test_no_stored_value_gets_into_an_answer(
        self, office: LibreOffice, path: Path, tmp_path: Path
    ) -> None:
        with office.open(with_stored_value(path, tmp_path / "stale.xlsx")) as document:
            assert document.probe([], [("Sheet 1", "A2:B2")]) == [[[20.0, None]]]

    def test_a_refused_edit_leaves_nothing_half_done(self, document: Document) -> None:
        with pytest.raises(LibreOfficeError, match="password"):
            document.probe([("Sheet 1", "A1", 4), ("Secret", "A1", 4)], [])
        assert document.named("Tenfold") == 20.0


class TestWriting:
    @pytest.mark.parametrize("suffix", ["xlsx", "ods"])
    def test_a_copy_opens_with_its_edits(
        self, office: LibreOffice, path: Path, tmp_path: Path, suffix: str
    ) -> None:
        with office.open(path) as document:
            document.set("Sheet 1", "A1", 6)
            copy = document.save_as(tmp_path / "new" / f"copy.{suffix}")
        with office.open(copy) as document:
            assert document.named("Tenfold") == 60.0

    def test_a_pdf_can_be_looked_at(self, office: LibreOffice, path: Path, tmp_path: Path) -> None:
        pdf = office.convert(path, tmp_path, "pdf")
        assert pdf.read_bytes().startswith(b"%PDF")
        pages = rasterise(pdf, tmp_path / "pages", 40)
        assert len(pages) == len(CONTENT)
        assert all(page.read_bytes().startswith(b"\x89PNG") for page in pages)

    def test_a_file_is_not_converted_onto_itself(self, office: LibreOffice, path: Path) -> None:
        with pytest.raises(LibreOfficeError, match="over itself"):
            office.convert(path, path.parent, "xlsx")

    def test_other_formats_are_refused(self, document: Document, tmp_path: Path) -> None:
        with pytest.raises(LibreOfficeError, match=r"'\.doc'"):
            document.save_as(tmp_path / "copy.doc")


class TestRunning:
    def test_an_extension_computes_in_a_clean_environment(self, document: Document) -> None:
        variables = ["TOY_WORD", "PATH", "VIRTUAL_ENV", "PYTHONPATH"]
        edits = [("Rest", f"H{r}", f'=TEST.TOY.ENV("{v}")') for r, v in enumerate(variables, 1)]
        shown = document.probe(edits, [("Rest", "H1:H4")])[0]
        assert shown[:2] == [["hello"], ["/usr/bin:/bin"]]
        assert shown[2] == [CellError("#N/A")]  # None, that is: it is not set
        assert "nowhere" not in str(shown[3])  # LibreOffice sets it for itself

    def test_two_run_side_by_side(self, office: LibreOffice, path: Path) -> None:
        with LibreOffice() as other, other.open(path) as one, office.open(path) as two:
            one.set("Sheet 1", "A1", 1)
            two.set("Sheet 1", "A1", "=TEST.TOY.SLEEP(0)+3")
            assert (one.named("Tenfold"), two.named("Tenfold")) == (10.0, 30.0)

    def test_an_ordinary_end_leaves_nothing(self, path: Path) -> None:
        with LibreOffice() as office:
            left = footprint(office)
            document = office.open(path)
        assert left() == []
        with pytest.raises(LibreOfficeError, match="not running"):
            document.sheet_names()

    def test_an_exception_leaves_nothing(self, path: Path) -> None:
        with pytest.raises(ZeroDivisionError), LibreOffice() as office, office.open(path):
            left = footprint(office)
            raise ZeroDivisionError
        assert left() == []

    def test_too_long_a_request_kills_it_all(self, toy: Path, path: Path) -> None:
        with LibreOffice([toy]) as office, office.open(path) as document:
            left = footprint(office)
            office.limit = 0.5
            with pytest.raises(LibreOfficeTimeoutError, match=r"more than 0\.5 s"):
                document.probe([("Rest", "H1", "=TEST.TOY.SLEEP(60)")], [("Rest", "H1")])
            assert left() == []
            with pytest.raises(LibreOfficeError, match="not running"):
                document.value("Rest", "H1")

    def test_a_crash_is_told_with_the_end_of_the_log(self, toy: Path, path: Path) -> None:
        with LibreOffice([toy]) as office:
            left = footprint(office)
            document = office.open(path)
            with pytest.raises(LibreOfficeError, match=r"(?s)crashed.*toy: crashing now"):
                document.probe([("Rest", "H1", "=TEST.TOY.CRASH()")], [("Rest", "H1")])
            assert left() == []

    def test_a_killed_test_run_leaves_nothing(self, toy: Path) -> None:
        code = (
            "from engines.libreoffice import LibreOffice\n"
            "with LibreOffice() as office:\n"
            "    print(*[office._folder, *office._sockets], flush=True)\n"
            "    __import__('os').kill(__import__('os').getpid(), 9)"
        )
        paths = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1])}
        run = subprocess.run(
            [sys.executable, "-c", code], env=paths, capture_output=True, timeout=120, check=False
        )
        files = [Path(name) for name in run.stdout.decode().split()]
        assert len(files) == 3
        deadline = time.monotonic() + 10
        while any(file.exists() for file in files) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [file for file in files if file.exists()] == []

    def test_a_folder_that_is_no_extension_is_refused(self, tmp_path: Path) -> None:
        require(available())
        with pytest.raises(LibreOfficeError, match=r"no manifest\.xml"), LibreOffice([tmp_path]):
            pass


class TestRequiring:
    def test_a_missing_engine_skips_at_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CI", raising=False)
        with pytest.raises(pytest.skip.Exception, match="missing: apt-get"):
            require("missing: apt-get")

    def test_a_missing_engine_fails_in_ci(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CI", "true")
        with pytest.raises(pytest.fail.Exception, match="missing: apt-get"):
            require("missing: apt-get")

    def test_an_engine_that_is_there_is_used(self) -> None:
        require("")
