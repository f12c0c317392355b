"""Reading a workbook back: what a person typed, what is stored, what is wrong in which cell."""

from __future__ import annotations

import datetime
import gc
import io
import json
import re
import struct
import weakref
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import formualizer
import openpyxl
import pytest
from edits import cell, edit, move_names, patch, where
from engines import require
from engines.libreoffice import LibreOffice, available
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shipped import CONSTRAINTS, FUNCTIONS, MODEL, SCENARIOS, STEPS
from strategies import CATALOGUE, inputs

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions.user_inputs import LogLine, UserInputs
from xl_cryptoai.auditing.audit import audit_book, standard_of
from xl_cryptoai.cli import main
from xl_cryptoai.comparing.diff import diff_books
from xl_cryptoai.errors import EXCEL_ERRORS, CryptoAIError, FileRefusedError
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.reading.stored_results import agree
from xl_cryptoai.reports.words import fix, what
from xl_cryptoai.workbook import ROUTES, build

HEADERS = {"bear": "Bear", "base": "Base", "bull": "Bull", "override": "Override"}
Change = Callable[[Any], None]


def put(name: str, case: str, value: object) -> Change:
    """Type a value into an input cell."""

    def change(book: Any) -> None:
        one = cell(book, "Assumptions", name, HEADERS[case])
        one.value = value
        if isinstance(value, str) and not value.startswith("="):
            one.data_type = "s"  # a text, whatever it looks like

    return change


def same(found: Mapping[str, Any], expected: Mapping[str, Any], rel: float = 1e-14) -> bool:
    """Compare values by id; openpyxl writes 16 digits of a number, LibreOffice 15."""
    assert set(found) == set(expected)
    for name, value in expected.items():
        near = value if isinstance(value, str | None) else pytest.approx(value, rel=rel)
        assert found[name] == near, name
    return True


@pytest.fixture
def changed(workbooks: dict[str, Path], tmp_path: Path) -> Callable[..., WorkbookInputs]:
    """Read the workbook back after some changes."""

    def read(*changes: Change, route: str = "plain") -> WorkbookInputs:
        def change(book: Any) -> None:
            for one in changes:
                one(book)

        return read_book(
            open_book(edit(workbooks[route], tmp_path / workbooks[route].name, change))
        )

    return read


# What is understood ----------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_a_fresh_workbook_reads_back_as_the_catalogue(
    workbooks: dict[str, Path], route: str
) -> None:
    found = read_book(open_book(workbooks[route]))
    assert (found.problems, found.change_log, found.compare()) == ([], [], [])
    assert found.scenario == "base"
    assert re.fullmatch(r"\d+\.\d+\.\d+", found.version)
    assert re.fullmatch(r"[0-9a-f]{12}", found.fingerprint)
    assert re.fullmatch(r"All \d+ checks OK", found.flag)
    for name, entry in CATALOGUE.items():
        expected = {case: entry.values[case] for case in SCENARIOS}
        assert same(found.values[name], {**expected, "own": None, "override": None}), name
    assert same(found.live(), {name: entry.base for name, entry in CATALOGUE.items()})
    assert same(found.recompute(), Forecast(), 1e-12)


@pytest.mark.parametrize("route", ROUTES)
def test_the_stored_results_of_every_step_are_found_in_every_case(
    workbooks: dict[str, Path], route: str
) -> None:
    found = read_book(open_book(workbooks[route]))
    for name in STEPS:
        expected = {"live": Forecast()[name]} | {case: Forecast(case)[name] for case in SCENARIOS}
        assert found.cached[name] == pytest.approx(expected, rel=1e-12), name


def test_a_text_with_characters_that_xml_cannot_hold_reads_back_as_it_was() -> None:
    odd = "a NUL \0, half a pair \ud800, an escape _x0041_"
    book = build("plain", UserInputs(change_log=(LogLine(what=odd),)))
    (line,) = read_book(open_book(Path("odd.xlsx"), book)).change_log
    assert line.what == odd.replace("\ud800", "\ufffd")


def test_overrides_and_the_choice_decide_what_is_live(changed: Any) -> None:
    def choose(book: Any) -> None:
        sheet, _, place = book.defined_names["scenario"].attr_text.rpartition("!")
        book[sheet.strip("'")][place.replace("$", "")] = "Bull"

    found = changed(choose, put("ai_penetration", "override", 0.4), put("gdp_growth", "bull", 0.05))
    assert found.problems == []
    assert found.scenario == "bull"
    expected = Forecast("bull", overrides={"ai_penetration": 0.4, "gdp_growth": 0.05})
    assert same(found.recompute(), expected, 1e-12)
    assert {line.case for line in found.compare()} == {"live", "bull"}, "nobody has recalculated"


def test_the_change_log_reads_back_line_by_line(changed: Any) -> None:
    def write(book: Any) -> None:
        sheet = book["Change log"]
        row = next(one.row for line in sheet.iter_rows() for one in line if one.value == "Who") + 1
        for column, value in enumerate(
            (datetime.datetime(2026, 3, 1), "A. Analyst", "penetration", "new survey"), start=1
        ):
            sheet.cell(row, column).value = value
        sheet.cell(row + 2, 3).value = "a line further down"

    log = changed(write).change_log
    assert [(line.date, line.who, line.what, line.why) for line in log] == [
        (datetime.datetime(2026, 3, 1), "A. Analyst", "penetration", "new survey"),
        (None, None, "a line further down", None),
    ]


def test_a_renamed_sheet_is_understood(workbooks: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(workbooks["plain"]) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml")]

    def rename(content: bytes) -> bytes:
        return content.replace(b"Assumptions!", b"Inputs!").replace(
            b'name="Assumptions"', b'name="Inputs"'
        )

    path = patch(workbooks["plain"], tmp_path / "book.xlsx", dict.fromkeys(names, rename))
    found = read_book(open_book(path))
    assert (found.problems, found.compare()) == ([], [])
    assert found.cells["gdp_growth"]["bear"].startswith("Inputs!")
    assert same(found.recompute(), Forecast(), 1e-12)


def move_the_table(book: Any) -> None:
    sheet = book["Assumptions"]
    sheet.move_range(f"A5:{sheet.cell(5, sheet.max_column).coordinate[:-1]}{sheet.max_row}", 20, 3)
    move_names(book, "Assumptions", rows=20, columns=3)


def insert_rows(book: Any) -> None:
    book["Assumptions"].insert_rows(5, 4)
    move_names(book, "Assumptions", rows=4)


def insert_a_column(book: Any) -> None:
    book["Assumptions"].insert_cols(4)
    move_names(book, "Assumptions", columns=1)


@pytest.mark.parametrize("change", [move_the_table, insert_rows, insert_a_column])
def test_a_moved_table_is_understood(changed: Any, change: Change) -> None:
    found = changed(put("gdp_growth", "override", 0.05), change)
    assert found.problems == []
    assert same(found.recompute(), Forecast(overrides={"gdp_growth": 0.05}), 1e-12)


def test_a_formula_in_an_input_is_taken_by_its_stored_value(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    place = where(workbooks["plain"], "Assumptions", "gdp_growth", "Bear")
    at = place.rpartition("!")[2].encode()

    def to_formula(content: bytes) -> bytes:
        pattern = rb'(<c r="%b"[^>]*?)( t="n")?(>)<v>[^<]*</v>' % at
        changed, count = re.subn(pattern, rb"\1\3<f>0.01+0.015</f><v>0.025</v>", content)
        assert count == 1
        return changed

    sheet = {"xl/worksheets/sheet2.xml": to_formula}
    found = read_book(open_book(patch(workbooks["plain"], tmp_path / "book.xlsx", sheet)))
    assert found.values["gdp_growth"]["bear"] == 0.025
    assert [(p.severity, p.cell, p.id) for p in found.problems] == [("note", place, "gdp_growth")]
    assert found.errors == []


# What is refused, with cell and fix --------------------------------------------------------------

REFUSED = [
    ("text", "ai_penetration", "bear", "a third", "is the text 'a third'", "enter a number, 0.001"),
    ("a number as text", "ai_penetration", "base", "0.33", "is the text '0.33'", "type 0.33 again"),
    ("a comma as text", "ai_penetration", "base", "0,33", "is the text '0,33'", "type 0.33 again"),
    ("a percentage as text", "ai_penetration", "override", "33%", "the text '33%'", "type 33% aga"),
    ("33 for 33%", "ai_penetration", "bear", 33, "is 33, outside 0.001 to 1", "enter 33% or 0.33"),
    ("3 for 3%", "gdp_growth", "override", 3, "is 3, outside 0 to 0.15", "enter 3% or 0.03"),
    ("a blank", "ai_penetration", "bull", None, "is blank", "enter 0.001 to 1 (0.1% to 100%)"),
    ("spaces", "ai_penetration", "override", "  ", "holds only spaces", "clear the cell"),
    ("out of bounds", "bank_revenue", "base", -5, "is -5, outside 1e+09 to", "enter 1e+09 to"),
    ("a broken year", "forecast_year", "override", 2030.5, "is 2030.5", "2020 to 2040, a whole"),
    ("a date", "forecast_year", "base", datetime.datetime(2030, 1, 1), "date", "format the cell"),
    ("a logical value", "gdp_growth", "bull", True, "is TRUE", "enter 0 to 0.15 (0% to 15%)"),
    ("an error", "gdp_growth", "bull", "#N/A", "is the error #N/A", "enter 0 to 0.15"),
    ("an unknown choice", "identity_base", "override", "hardware", "is 'hardware'",
     "enter ai_revenue or ai_software"),
    ("a number for a choice", "identity_base", "bear", 1, "is the number 1",
     "enter ai_revenue or ai_software"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "case", "value", "fault", "advice"),
    [r[1:] for r in REFUSED],
    ids=[r[0] for r in REFUSED],
)
def test_a_bad_input_is_refused_with_cell_and_fix(
    changed: Any, workbooks: dict[str, Path], name: str, case: str, value: object, fault: str,
    advice: str,
) -> None:  # fmt: skip
    found = changed(put(name, case, value))
    (problem,) = found.errors
    assert problem.cell == where(workbooks["plain"], "Assumptions", name, HEADERS[case])
    assert problem.id == name
    assert fault in what(problem) and advice in fix(problem)
    assert found.values[name][case] is None, "nothing is repaired in silence"
    if case in ("base", "override"):
        with pytest.raises(FileRefusedError, match=re.escape(f"{problem.cell}: {name} ")):
            found.live()
    else:
        assert found.live()[name] == CATALOGUE[name].base, "another scenario's fault"


def test_a_formula_that_nobody_has_computed_is_refused(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(workbooks["plain"])
    put("gdp_growth", "base", "=0.01+0.02")(book)
    book.save(tmp_path / "book.xlsx")  # openpyxl stores no results
    (problem,) = read_book(open_book(tmp_path / "book.xlsx")).errors
    assert problem.cell == where(workbooks["plain"], "Assumptions", "gdp_growth", "Base")
    assert what(problem) == "is the formula =0.01+0.02 without a stored value"
    assert fix(problem) == "recalculate and save, or enter the value itself"


def test_the_other_values_are_still_read(changed: Any) -> None:
    found = changed(put("ai_penetration", "bear", "a third"), put("gdp_growth", "bear", 0.01))
    assert found.values["gdp_growth"]["bear"] == 0.01
    assert found.values["ai_penetration"]["base"] == 0.33


def test_rules_between_inputs_are_checked_in_every_case(changed: Any) -> None:
    found = changed(put("software_share", "bull", 0.95))
    (problem,) = found.errors
    assert what(problem).startswith("breaks a rule in case bull: software_share is 0.95")
    assert fix(problem) == "software_share and compute_share together must not exceed 1 (100%)"
    assert problem.cell == found.cells["software_share"]["bull"]


def test_an_unknown_scenario_is_refused(changed: Any) -> None:
    def choose(book: Any) -> None:
        sheet, _, place = book.defined_names["scenario"].attr_text.rpartition("!")
        book[sheet.strip("'")][place.replace("$", "")] = "Worst"

    found = changed(choose)
    (problem,) = found.errors
    assert what(problem) == "is 'Worst', which is not a scenario"
    assert fix(problem) == "choose Bear, Base, Bull or Own"
    assert found.scenario is None
    with pytest.raises(FileRefusedError, match="'Worst'"):
        found.live()


def delete_a_row(book: Any) -> None:
    row = cell(book, "Assumptions", "gdp_growth", "Live").row
    book["Assumptions"].delete_rows(row)
    for name in CATALOGUE:
        sheet, _, place = book.defined_names[name].attr_text.rpartition("$")
        if int(place) > row:
            book.defined_names[name].attr_text = f"{sheet}${int(place) - 1}"
    book.defined_names["gdp_growth"].attr_text = "Assumptions!#REF!"


def test_a_deleted_row_is_reported_and_the_rest_is_read(changed: Any) -> None:
    found = changed(delete_a_row)
    (problem,) = found.errors
    assert (problem.cell, problem.id) == ("Assumptions", "gdp_growth")
    assert "#REF!" in what(problem) and "row was deleted" in fix(problem)
    assert found.values["ai_penetration"]["base"] == 0.33
    with pytest.raises(FileRefusedError, match="gdp_growth"):
        found.live()


def name_points_to(target: str) -> Change:
    def change(book: Any) -> None:
        book.defined_names["gdp_growth"].attr_text = target

    return change


@pytest.mark.parametrize(
    "target", ["[1]Sheet1!$A$1", "0.03", "Nowhere!$A$1", "Assumptions!#REF!", "Cover!$A$1"]
)
def test_a_name_that_points_outside_is_reported_and_the_row_is_found_by_its_id(
    changed: Any, target: str
) -> None:
    found = changed(name_points_to(target))
    (problem,) = found.errors
    live = found.cells["gdp_growth"]["live"]
    assert (problem.cell, fix(problem)) == (live, f"point the name to {live}")
    assert found.live()["gdp_growth"] == 0.03


def test_a_missing_name_is_reported_and_the_row_is_found_by_its_id(changed: Any) -> None:
    found = changed(lambda book: book.defined_names.pop("gdp_growth"))
    assert [what(p) for p in found.errors] == ["has no defined name"]
    assert found.live()["gdp_growth"] == 0.03


def test_a_name_that_points_to_another_assumption_is_refused(changed: Any) -> None:
    def change(book: Any) -> None:
        names = book.defined_names
        names["gdp_growth"].attr_text = names["ai_penetration"].attr_text

    found = changed(change)
    (problem,) = found.errors
    assert "but the Id there is 'ai_penetration'" in what(problem)
    with pytest.raises(FileRefusedError, match="gdp_growth"):
        found.live()


def test_an_id_that_says_otherwise_than_the_name_is_refused(changed: Any) -> None:
    def change(book: Any) -> None:
        cell(book, "Assumptions", "gdp_growth", "Id").value = "ai_penetration"

    found = changed(change)
    assert {p.id for p in found.errors} == {"gdp_growth", "ai_penetration"}
    assert found.values["ai_penetration"]["base"] == 0.33
    with pytest.raises(FileRefusedError, match="gdp_growth"):
        found.live()


def test_a_misspelt_id_is_reported_and_the_row_is_found_by_its_name(changed: Any) -> None:
    def change(book: Any) -> None:
        cell(book, "Assumptions", "gdp_growth", "Id").value = "gdp growth"

    found = changed(change)
    (problem,) = found.errors
    assert fix(problem).startswith("write gdp_growth into Assumptions!")
    assert found.live()["gdp_growth"] == 0.03


def test_a_value_typed_into_live_is_reported(changed: Any) -> None:
    def change(book: Any) -> None:
        cell(book, "Assumptions", "gdp_growth", "Live").value = 0.04

    found = changed(change)
    assert "enter your own value under Override" in fix(found.errors[0])
    assert [(line.id, line.stored) for line in found.compare()] == [("gdp_growth", 0.04)]


def test_a_result_that_was_typed_over_differs(changed: Any) -> None:
    def change(book: Any) -> None:
        cell(book, "Segments", "total", "Base").value = 2e10

    (line,) = changed(change).compare()
    assert (line.id, line.case, line.stored) == ("total", "base", 2e10)
    assert line.computed == Forecast()["total"]
    assert line.cell.startswith("Segments!")


def test_rounding_where_two_shares_make_the_whole_is_no_difference(changed: Any) -> None:
    """Excel takes 1 - 0.9 - 0.1 for 0, Python for -2.8e-17."""

    def change(book: Any) -> None:
        for name in ("other_share", "ai_other"):
            cell(book, "Segments", name, "Bear").value = 0

    found = changed(put("software_share", "bear", 0.9), put("compute_share", "bear", 0.1), change)
    assert found.recompute("bear")["other_share"] != 0
    assert not {line.id for line in found.compare()} & {"other_share", "ai_other"}


# Files that are none of ours, or hostile ---------------------------------------------------------


def other_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 1
    book.save(path)


def lost_heads(path: Path) -> None:
    book: Any = openpyxl.load_workbook(path)
    for row in book["Assumptions"].iter_rows():
        for one in row:
            one.value = None if one.value == "Override" else one.value
    book.save(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.unlink(), "is not a file"),
        (lambda path: path.write_text("id,value\n"), "is not a workbook"),
        (lambda path: path.write_bytes(b""), "is not a workbook"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "encrypted or an old"),
        (lambda path: path.write_bytes(path.read_bytes()[:9000]), "damaged or not a workbook"),
        (other_workbook, "is not a workbook of xl-cryptoai"),
        (lost_heads, "write its headers Id, Unit, Live, Bear, Base, Bull, Override again"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(
    workbooks: dict[str, Path], tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbooks["plain"].read_bytes())
    make(path)
    with pytest.raises(FileRefusedError, match=re.escape(words)):
        read_book(open_book(path))


SHEET = "xl/worksheets/sheet1.xml"


def far_cell(reference: str) -> Callable[[bytes], bytes]:
    row = re.sub(r"\D", "", reference)
    return lambda content: content.replace(
        b"</sheetData>",
        f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode(),
    )


def merged(area: str) -> Callable[[bytes], bytes]:
    merge = f'</sheetData><mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'.encode()
    return lambda content: content.replace(b"</sheetData>", merge)


def document_type(content: bytes) -> bytes:
    start = content.find(b"?>") + 2 if b"?>" in content else 0
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    return content[:start] + bomb + content[start:]


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        (SHEET, far_cell("XFD1048576"), "reaches to column 16384"),
        (SHEET, far_cell("SG9"), "column 501"),
        (SHEET, merged("A1:XFD1048576"), "cells under merged areas"),
        (SHEET, document_type, "declares a document type"),
        ("xl/workbook.xml", document_type, "declares a document type"),
        (SHEET, lambda content: bytes(60_000_000), "unpacks from"),
        (SHEET, lambda content: content.replace(b"UTF-8", b"UTF-7"), "UTF-7"),
        (SHEET, lambda content: content[:-20], "damaged"),
        (
            SHEET,
            lambda content: content.replace(b'<row r="1"', b'<row r="x"'),
            "which is not a cell",
        ),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence(
    workbooks: dict[str, Path], tmp_path: Path, part: str, change: Any, words: str
) -> None:
    path = patch(workbooks["plain"], tmp_path / "book.xlsx", {part: change})
    with pytest.raises(FileRefusedError, match=re.escape(words)):
        read_book(open_book(path))


def test_far_corners_within_the_limits_are_no_trouble(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    path = patch(workbooks["plain"], tmp_path / "book.xlsx", {SHEET: far_cell("SF20000")})
    assert read_book(open_book(path)).compare() == []
    assert len(standard_of(open_book(path))) > 20


def test_a_bomb_is_refused_before_it_is_unpacked(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path.write_bytes(workbooks["plain"].read_bytes())
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/media/x.bin", bytes(10**6), method)
        with pytest.raises(FileRefusedError, match="no spreadsheet writes"):
            read_book(open_book(path))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_doubled_and_encrypted_parts_are_refused(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbooks["plain"].read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET, "<worksheet/>")
    with pytest.raises(FileRefusedError, match="two parts called"):
        read_book(open_book(path))
    content = bytearray(workbooks["plain"].read_bytes())
    flags = content.index(b"PK\x01\x02") + 8
    content[flags : flags + 2] = struct.pack("<H", 1)
    path.write_bytes(bytes(content))
    with pytest.raises(FileRefusedError, match="encrypted parts"):
        read_book(open_book(path))


# The round trip ----------------------------------------------------------------------------------


@st.composite
def override_sets(draw: st.DrawFn) -> tuple[str, dict[str, float | str]]:
    """Draw a scenario and overrides of some assumptions, such that the rules still hold."""
    drawn = draw(inputs())
    chosen = draw(st.sets(st.sampled_from(list(CATALOGUE))))
    for rule in CONSTRAINTS:  # what a rule binds is drawn together
        if chosen & set(rule.inputs):
            chosen |= set(rule.inputs)
    return draw(st.sampled_from(SCENARIOS)), {name: drawn[name] for name in chosen}


class Engine:
    """A spreadsheet engine with the workbook in it, as far as the results need it."""

    def __init__(self, path: Path, route: str) -> None:
        with zipfile.ZipFile(path) as archive:
            self.names = re.search(
                rb"<definedNames>.*</definedNames>", archive.read("xl/workbook.xml"), re.DOTALL
            )
        book: Any = openpyxl.load_workbook(path)
        for sheet in book.sheetnames:
            if sheet not in ("Cover", "Assumptions", "Forecast", "Segments"):
                del book[sheet]
        self.override = {name: cell(book, "Assumptions", name, "Override") for name in CATALOGUE}
        sheet, _, place = book.defined_names["scenario"].attr_text.rpartition("!")
        self.choice = book[sheet.strip("'")][place.replace("$", "")]
        buffer = io.BytesIO()
        book.save(buffer)
        self.engine = formualizer.load_workbook_bytes(buffer.getvalue())
        for function in FUNCTIONS.values() if ROUTES[route].calls else ():
            name = ROUTES[route].call(function.name, []).removesuffix("()")
            count = len(function.arguments)
            self.engine.register_function(
                name, _answering(function), min_args=count, max_args=count
            )

    def write(self, scenario: str, overrides: dict[str, float | str], path: Path) -> None:
        """Type the values in, compute, and save; the engine leaves names out, so put them back."""
        self._set(self.choice, scenario.capitalize())
        for name, one in self.override.items():
            self._set(one, overrides.get(name))
        self.engine.evaluate_all()
        path.write_bytes(self.engine.to_xlsx_bytes())
        assert self.names is not None
        names = b"</sheets>" + self.names[0]
        patch(path, path, {"xl/workbook.xml": lambda x: x.replace(b"</sheets>", names)})

    def _set(self, one: Any, value: object) -> None:
        self.engine.set_value(one.parent.title, one.row, one.column, value)


def _answering(function: Any) -> Any:
    def call(*cells: Any) -> Any:
        try:
            return function(*cells)
        except CryptoAIError as refusal:
            assert refusal.excel in EXCEL_ERRORS
            return {"type": "Error", "kind": refusal.excel}

    return call


@pytest.mark.parametrize("route", ["plain", pytest.param("office", marks=pytest.mark.slow)])
def test_what_a_spreadsheet_saves_reads_back_as_the_same_forecast(
    workbooks: dict[str, Path], tmp_path: Path, route: str
) -> None:
    """250 sets of overrides on each of the two routes."""
    engine = Engine(workbooks[route], route)
    path = tmp_path / "book.xlsx"

    @settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
    @given(override_sets())
    def holds(drawn: tuple[str, dict[str, float | str]]) -> None:
        scenario, overrides = drawn
        engine.write(scenario, overrides, path)
        found = read_book(open_book(path))
        assert found.problems == []
        expected = Forecast(scenario, overrides=overrides)
        assert found.scenario == scenario
        assert {name: row["override"] for name, row in found.values.items()} == {
            **dict.fromkeys(CATALOGUE), **overrides
        }  # fmt: skip
        assert all(
            agree(MODEL, name, found.recompute()[name], expected, 1e-12) for name in expected
        )
        assert found.compare(1e-12) == []

    holds()


@pytest.fixture(scope="module")
def office() -> Iterator[LibreOffice]:
    if reason := available():
        require(reason)
    with LibreOffice() as started:
        yield started


@pytest.mark.parametrize(
    ("scenario", "overrides"),
    [
        ("bull", {}),
        ("bear", {"ai_penetration": 0.4, "identity_base": "ai_software"}),
        ("base", {"forecast_year": 2035.0, "software_share": 0.6, "bank_revenue": 7.1e11}),
    ],
)
def test_what_libreoffice_saves_reads_back_as_the_same_forecast(
    office: LibreOffice,
    workbooks: dict[str, Path],
    tmp_path: Path,
    scenario: str,
    overrides: dict[str, float | str],
) -> None:
    places = {
        name: where(workbooks["plain"], "Assumptions", name, "Override") for name in overrides
    }
    names = openpyxl.load_workbook(workbooks["plain"]).defined_names
    sheet, _, choice = names["scenario"].attr_text.rpartition("!")
    with office.open(workbooks["plain"]) as document:
        document.set(sheet.strip("'"), choice.replace("$", ""), scenario.capitalize())
        for name, value in overrides.items():
            document.set("Assumptions", places[name].rpartition("!")[2], value)
        document.recalculate()
        path = document.save_as(tmp_path / "saved.xlsx")
    found = read_book(open_book(path))
    assert (found.problems, found.compare(1e-12)) == ([], [])
    expected = Forecast(scenario, overrides=overrides)
    assert same(found.recompute(), expected, 1e-12)


# The command ------------------------------------------------------------------------------------


def test_the_command_tells_what_is_changed_and_that_results_agree(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "book.xlsx"
    Engine(workbooks["plain"], "plain").write("base", {"ai_penetration": 0.4}, path)
    assert main(["read", str(path)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"scenario +base", out)
    assert re.search(r"ai_penetration +40% +33% +override", out)
    assert "gdp_growth" not in out
    assert "stored results match the recomputed ones" in out


def test_the_command_gives_everything_as_json(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = edit(workbooks["plain"], tmp_path / "book.xlsx", put("ai_penetration", "bear", 33))
    assert main(["read", str(path), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["values"]["ai_penetration"] == {
        "bear": None, "base": 0.33, "bull": 0.5, "own": None, "override": None,
    }  # fmt: skip
    assert "Openpyxl" in data["saved_by"]
    (problem,) = data["problems"]
    assert problem["facts"]["fraction"] == 0.33
    assert (problem["kind"], problem["sheet"], problem["id"]) == (
        "input_percent", "Assumptions", "ai_penetration"
    )  # fmt: skip
    assert (data["scenario"], data["changed"], data["differences"]) == ("base", [], [])


def test_the_command_names_cell_and_fix(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = edit(workbooks["plain"], tmp_path / "book.xlsx", put("ai_penetration", "base", 33))
    assert main(["read", str(path)]) == 1
    out = capsys.readouterr().out
    assert where(path, "Assumptions", "ai_penetration", "Base") in out
    assert "enter 33% or 0.33" in out


def test_the_command_tells_stored_results_that_differ(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = edit(workbooks["plain"], tmp_path / "book.xlsx", put("bank_revenue", "bull", 7e11))
    assert main(["read", str(path)]) == 1
    out = capsys.readouterr().out
    assert re.search(r"total +bull", out)
    assert "stored results do not match the inputs" in out


def test_the_command_tells_that_nothing_is_stored(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    openpyxl.load_workbook(workbooks["plain"]).save(tmp_path / "book.xlsx")
    assert main(["read", str(tmp_path / "book.xlsx")]) == 1
    assert "No results are stored" in capsys.readouterr().out


def test_the_command_refuses_a_file_it_cannot_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "book.xlsx").write_text("no zip")
    assert main(["read", str(tmp_path / "book.xlsx")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "is not a workbook" in captured.err


def test_a_workbook_that_was_read_compared_and_audited_leaves_the_memory(
    workbooks: dict[str, Path],
) -> None:
    book = open_book(workbooks["plain"])
    audit_book(book)
    diff_books(book, open_book(workbooks["plain"]))
    left = weakref.ref(book)
    del book
    gc.collect()
    assert left() is None
