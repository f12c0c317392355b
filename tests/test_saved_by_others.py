"""A workbook means the same after other programs have saved it, and whatever else lies in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import cell, edit, patch
from engines import require
from engines.libreoffice import available
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.formula import DataTableFormula

from benchmarks.saves import (
    X14,
    XM,
    as_excel,
    as_libreoffice,
    as_openpyxl,
    as_strict,
    parts_of,
)
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.cli import main
from xl_cryptoai.comparing.diff import diff_books
from xl_cryptoai.merging.sides import read_side
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reports.words import what
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.xlsx.package import Package

pytestmark = pytest.mark.slow


def findings(path: Path) -> list[tuple[str, str, str, str]]:
    """What the audit reports: rule, cell, what and severity."""
    return [
        (result.rule.id, one.cell, what(one), one.severity)
        for result in audit_book(open_book(path))
        for one in result.findings
    ]


def part_of(path: Path, sheet: str) -> str:
    return open_book(path).worksheets[sheet].part


def saved_as(save: Callable[[bytes], bytes], path: Path, out: Path) -> Path:
    out.write_bytes(save(path.read_bytes()))
    return out


# What programs move and rename -------------------------------------------------------------------


@pytest.mark.parametrize("save", [as_excel, as_strict], ids=["x14", "strict"])
def test_a_workbook_means_the_same_in_another_form(
    workbooks: dict[str, Path], tmp_path: Path, save: Callable[[bytes], bytes]
) -> None:
    path = workbooks["office"]
    saved = saved_as(save, path, tmp_path / "book.xlsx")
    assert b"x14:dataValidation" in saved_parts(saved) or save is as_strict
    assert findings(saved) == []
    assert diff_books(open_book(path), open_book(saved)).same
    assert (read_book(open_book(saved)).problems, read_book(open_book(saved)).compare()) == ([], [])


def saved_parts(path: Path) -> bytes:
    return b"".join(parts_of(path.read_bytes()).values())


def test_what_is_wrong_in_an_extension_is_found(workbooks: dict[str, Path], tmp_path: Path) -> None:
    def loosen(content: bytes) -> bytes:
        root = etree.fromstring(content)
        rule = next(root.iter(f"{X14}dataValidation"))
        rule.set("showErrorMessage", "0")
        next(rule.iter(f"{XM}f")).text = 'INDIRECT("A1")'
        return bytes(etree.tostring(root))

    path = workbooks["office"]
    saved = saved_as(as_excel, path, tmp_path / "x14.xlsx")
    wrong = patch(saved, tmp_path / "wrong.xlsx", {part_of(path, "Distributions"): loosen})
    assert {rule for rule, *_ in findings(wrong)} == {"validation", "forbidden_functions"}
    kinds = {one.kind for one in diff_books(open_book(path), open_book(wrong)).structure}
    assert kinds == {"validation changed"}


def test_what_is_wrong_in_a_strict_workbook_is_found(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    wrong = edit(
        workbooks["office"],
        tmp_path / "wrong.xlsx",
        lambda book: setattr(cell(book, "Assumptions", "gdp_growth", "Bear"), "value", 33),
    )
    saved = saved_as(as_strict, wrong, tmp_path / "strict.xlsx")
    assert "input_value" in {rule for rule, *_ in findings(saved)}


def test_a_threaded_comment_says_what_its_author_wrote(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def note(book: Any) -> None:
        book["Assumptions"]["I13"].comment = Comment("Why so low?", "Jo Doe")

    path = workbooks["office"]
    noted = edit(path, tmp_path / "noted.xlsx", note)
    saved = saved_as(as_excel, noted, tmp_path / "thread.xlsx")
    found = diff_books(open_book(path), open_book(saved)).inputs
    (change,) = [one for one in found if one.field == "note"]
    assert (change.before, change.after) == ((), (("Why so low? (2026-03-02)", "Jo Doe"),))
    (missed,) = read_side(open_book(saved)).not_migrated
    assert (missed.cell, missed.author) == ("Assumptions!I13", "Jo Doe")
    assert missed.content == "Why so low? (2026-03-02)"
    assert main(["textconv", str(saved)]) == 0
    shown = capsys.readouterr().out
    assert "Why so low?" in shown and "Threaded comment" not in shown and "tc=" not in shown


# Saved by LibreOffice and by openpyxl ------------------------------------------------------------


@pytest.fixture(scope="module", params=["office", "excel365", "plain"])
def original(request: pytest.FixtureRequest, workbooks: dict[str, Path]) -> Path:
    return workbooks[request.param]


@pytest.fixture(scope="module")
def from_libreoffice(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if reason := available():
        require(reason)
    return saved_as(as_libreoffice, original, tmp_path_factory.mktemp("lo") / "saved.xlsx")


def test_after_libreoffice_only_what_was_lost_is_reported(from_libreoffice: Path) -> None:
    found = {(rule, severity) for rule, _, _, severity in findings(from_libreoffice)}
    assert found <= {("freeze_panes", "warning"), ("stored_values", "warning")}


def test_after_libreoffice_nothing_else_has_changed(original: Path, from_libreoffice: Path) -> None:
    assert diff_books(open_book(original), open_book(from_libreoffice)).same
    found = read_book(open_book(from_libreoffice))
    assert (found.problems, found.compare()) == ([], [])
    assert cells_traced(from_libreoffice) == cells_traced(original)


def test_after_openpyxl_the_missing_values_are_one_warning(original: Path, tmp_path: Path) -> None:
    saved = saved_as(as_openpyxl, original, tmp_path / "saved.xlsx")
    assert [(rule, severity) for rule, _, _, severity in findings(saved)] == [
        ("stored_values", "warning")
    ]
    assert diff_books(open_book(original), open_book(saved)).same
    assert read_book(open_book(saved)).problems == []
    assert cells_traced(saved) == cells_traced(original)


@pytest.mark.parametrize("save", [as_excel, as_strict, as_openpyxl, as_libreoffice])
def test_an_edit_is_the_only_difference_after_a_save(
    workbooks: dict[str, Path], tmp_path: Path, save: Callable[[bytes], bytes]
) -> None:
    if save is as_libreoffice and (reason := available()):
        require(reason)

    def change(book: Any) -> None:
        cell(book, "Assumptions", "gdp_growth", "Bear").value = 0.011

    edited = edit(workbooks["plain"], tmp_path / "edited.xlsx", change)
    saved = saved_as(save, edited, tmp_path / "saved.xlsx")
    found = diff_books(open_book(workbooks["plain"]), open_book(saved))
    assert [(one.id, one.field, one.after) for one in found.inputs] == [
        ("gdp_growth", "bear", 0.011)
    ]
    assert (found.cells, found.structure) == ([], [])


def cells_traced(path: Path) -> dict[str, tuple[str, ...]]:
    """The cells of the total's trace, each with those that it refers to."""
    found = trace_book(open_book(path), "total")
    return {str(place): tuple(map(str, node.links)) for place, node in found.nodes.items()}


def test_escaped_characters_are_decoded(workbooks: dict[str, Path], tmp_path: Path) -> None:
    def note(book: Any) -> None:
        book["Change log"]["C6"] = "to 40%_x000D_\nsecond line"
        book["Change log"]["D6"] = "rev_x005F_x0041_final"

    saved = edit(workbooks["plain"], tmp_path / "log.xlsx", note)
    (line,) = read_book(open_book(saved)).change_log
    assert (line.what, line.why) == ("to 40%\r\nsecond line", "rev_x0041_final")


# What nobody reads -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("customXml/item1.xml", '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")),
        ("xl/media/image9.svg", b"<!DOCTYPE svg [<!ENTITY a 'a'>]><svg/>"),
        ("xl/pivotCache/pivotCacheRecords1.xml", b"<records>" + b"<r/>" * 2_000_000),
    ],
)
def test_a_part_that_nobody_reads_decides_nothing(
    workbooks: dict[str, Path], tmp_path: Path, part: str, content: bytes
) -> None:
    saved = patch(workbooks["office"], tmp_path / "more.xlsx", {part: lambda _: content})
    assert findings(saved) == []
    assert read_book(open_book(saved)).problems == []


def test_formats_far_out_refuse_no_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active["XFD1048576"].font = Font(bold=True)
    book.save(tmp_path / "far.xlsx")
    assert findings(tmp_path / "far.xlsx") == []


# What a sheet hides, and what a person has seen --------------------------------------------------


def test_hidden_neighbours_are_one_finding_and_a_filter_is_a_note(tmp_path: Path) -> None:
    book: Any = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 9):
        sheet.append(["Region", "Sum"] if row == 1 else ["north", row])
    sheet.column_dimensions.group("S", "AI", hidden=True)
    sheet.auto_filter.ref = "A1:B6"
    sheet.auto_filter.add_filter_column(0, ["south"])
    for row in (3, 4, 5, 8):
        sheet.row_dimensions[row].hidden = True
    book.save(tmp_path / "book.xlsx")
    assert findings(tmp_path / "book.xlsx") == [
        ("hidden_lines", "Sheet!8:8", "is hidden (1 row)", "warning"),
        ("hidden_lines", "Sheet!S:AI", "is hidden (17 columns)", "warning"),
        ("hidden_lines", "Sheet!3:5", "has 3 rows that a filter hides", "note"),
    ]


def test_what_excel_is_set_to_ignore_is_a_note_and_listed_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    for value in (1, "2", 3, 4, "5", 6):
        book.active.append([value])
    book.save(tmp_path / "book.xlsx")
    seen = b'<ignoredErrors><ignoredError sqref="A2" numberStoredAsText="1"/></ignoredErrors>'
    saved = patch(
        tmp_path / "book.xlsx",
        tmp_path / "seen.xlsx",
        {"xl/worksheets/sheet1.xml": lambda c: c.replace(b"</worksheet>", seen + b"</worksheet>")},
    )
    assert [(one, severity) for _, one, _, severity in findings(saved)] == [
        ("Sheet!A2", "note"),
        ("Sheet!A5", "error"),
    ]
    assert main(["audit", str(saved)]) == 1
    others, _, ignored = capsys.readouterr().out.partition("Set to be ignored in Excel:")
    assert "A5" in others and "A2" not in others and "A2" in ignored


def test_what_a_save_has_lost_on_every_sheet_is_one_warning(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        for sheet in book:
            sheet.freeze_panes = None

    saved = edit(workbooks["plain"], tmp_path / "saved.xlsx", change)
    ((rule, sheets, fault, severity),) = findings(saved)
    assert (rule, fault, severity) == ("freeze_panes", "has no freeze panes", "warning")
    assert sheets.startswith("Assumptions, Distributions, ") and "Cover" not in sheets


def test_notes_break_no_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book: Any = openpyxl.Workbook()
    book.active.append(["Region"])
    book.active.append(["north"])
    book.active.auto_filter.ref = "A1:A2"
    book.active.auto_filter.add_filter_column(0, ["south"])
    book.active.row_dimensions[2].hidden = True
    book.save(tmp_path / "book.xlsx")
    assert main(["audit", str(tmp_path / "book.xlsx")]) == 0
    shown = capsys.readouterr().out
    assert "has 1 row that a filter hides" in shown and "9 of 9 rules passed" in shown


# Data tables -------------------------------------------------------------------------------------


def test_a_data_table_is_the_same_every_time(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill(book: Any) -> None:
        sheet = book["Findings"]
        sheet["A60"] = 0.3
        sheet["B60"] = DataTableFormula("B60:B62", t="dataTable", r1="A60")

    path = edit(workbooks["office"], tmp_path / "table.xlsx", fill)
    shutil.copy(path, tmp_path / "copy.xlsx")
    assert diff_books(open_book(path), open_book(tmp_path / "copy.xlsx")).same
    assert not diff_books(open_book(workbooks["office"]), open_book(path)).same
    assert main(["textconv", str(path)]) == 0
    shown = capsys.readouterr().out
    (line,) = [line for line in shown.splitlines() if "TABLE(" in line]
    assert " over " in line and "object at" not in shown
    again = subprocess.run(
        [sys.executable, "-m", "xl_cryptoai", "textconv", str(path)],
        capture_output=True, check=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert again.stdout.decode().splitlines() == shown.splitlines()


# Printed for git ---------------------------------------------------------------------------------


def test_git_sees_two_titles_apart_on_a_console_that_can_print_neither(tmp_path: Path) -> None:
    """Windows consoles often take cp1252 only, and `?` for every letter would hide a change."""
    shown = []
    for title in ("市場", "売上"):
        book = openpyxl.Workbook()
        book.active.title = title
        book.active["A1"] = 1
        book.save(tmp_path / "book.xlsx")
        printed = subprocess.run(
            [sys.executable, "-m", "xl_cryptoai", "textconv", str(tmp_path / "book.xlsx")],
            capture_output=True, check=True, cwd=Path(__file__).parents[1],
            env=os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        )  # fmt: skip
        assert title in printed.stdout.decode("utf-8")
        shown.append(printed.stdout)
    assert shown[0] != shown[1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no UTF-8")
@pytest.mark.parametrize("form", ["text", "json", "sarif", "html"])
def test_a_file_name_that_is_no_utf_8_hinders_no_audit(tmp_path: Path, form: str) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=#REF!+1"
    for name in (b"a.xlsx", b"b\xff.xlsx"):
        book.save(tmp_path / os.fsdecode(name))
    audit = [sys.executable, "-m", "xl_cryptoai", "audit", str(tmp_path), "--format", form]
    home = Path(__file__).parents[1]
    shown = b"b%FF.xlsx" if form == "sarif" else b"b?.xlsx"
    printed = subprocess.run(audit, capture_output=True, check=False, cwd=home)
    assert printed.returncode == 1 and shown in printed.stdout
    if form != "text":
        out = tmp_path / "out"
        written = subprocess.run([*audit, "--out", str(out)], check=False, cwd=home)
        assert written.returncode == 1 and shown in out.read_bytes()


# Commands ----------------------------------------------------------------------------------------


@pytest.fixture
def only_charts(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.create_chartsheet("Chart")
    book.remove(book.active)
    book.save(tmp_path / "charts.xlsx")
    return tmp_path / "charts.xlsx"


def open_document(tmp_path: Path) -> Path:
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office/>")
    return path


COMMANDS = {
    "audit": ["audit", "{}"],
    "standard": ["audit", "{}", "--standard"],
    "page": ["audit", "{}", "--out", "{out}.html"],
    "read": ["read", "{}"],
    "trace": ["trace", "{}", "total"],
    "diff": ["diff", "{}", "{other}"],
    "textconv": ["textconv", "{}"],
    "merge": ["merge", "{}", "{other}", "{third}", "-o", "{out}_office.xlsx"],
    "build": ["build", "--for", "office", "--out", "{out}", "--from", "{}"],
    "simulate": ["simulate", "--draws", "64", "--from", "{}"],
}


def words_of(name: str, path: Path, folder: Path, *others: Path) -> list[str]:
    other, third = (*others, path, path)[:2]
    return [
        word.format(path, out=folder / "out", other=other, third=third) for word in COMMANDS[name]
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_workbook_without_cells_is_refused_with_a_sentence(
    only_charts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    for path, words in (
        (only_charts, "has no worksheet"),
        (open_document(tmp_path), "OpenDocument"),
    ):
        assert main(words_of(name, path, path.with_suffix(""))) == 2
        captured = capsys.readouterr()
        assert words in captured.err and "Traceback" not in captured.err
        assert "rules are kept" not in captured.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_opens_each_file_once(
    workbooks: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    copies = [tmp_path / f"{number}.xlsx" for number in range(3)]
    for copy in copies:
        shutil.copy(workbooks["office"], copy)
    opened: Counter[Path] = Counter()
    first = Package.__init__

    def count(self: Package, path: Path, content: bytes | None = None) -> None:
        opened[path] += 1
        first(self, path, content)

    monkeypatch.setattr(Package, "__init__", count)
    assert main(words_of(name, copies[0], tmp_path, *copies[1:])) == 0
    ours = {path: times for path, times in opened.items() if path in copies}
    assert ours and set(ours.values()) == {1}


def test_a_part_that_is_refused_late_stops_no_other_file(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workbooks["plain"]
    last = part_of(path, "Change log")
    patch(path, tmp_path / "a.xlsx", {last: lambda content: content[:-30]})
    shutil.copy(path, tmp_path / "b.xlsx")
    (tmp_path / "._a.xlsx").write_bytes(b"what macOS leaves beside a file")
    assert main(["audit", str(tmp_path), "--json"]) == 2
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert [(Path(one["path"]).name, one["clean"]) for one in told] == [
        ("b.xlsx", True),
        ("a.xlsx", False),
    ]
    assert "is damaged" in told[1]["refused"] and "._a" not in captured.err
