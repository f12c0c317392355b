"""What differs between two workbooks: by assumption, by formula and by structure."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import cell, edit, formula_of
from edits import where as place_of
from engines import require
from engines.libreoffice import LibreOffice, available
from openpyxl.comments import Comment
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.worksheet.formula import ArrayFormula
from shipped import MODEL

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.cli import main
from xl_cryptoai.comparing.diff import diff_books
from xl_cryptoai.comparing.records import BookDiff, Rule
from xl_cryptoai.reading.alignment import align_sheets
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reports.diff import as_text
from xl_cryptoai.reports.parts import Table
from xl_cryptoai.reports.text_lines import lines_of
from xl_cryptoai.reports.words import sentence
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.xlsx.references import split_sheet

Change = Callable[[Any], None]
ROOT = Path(__file__).parents[1]


@pytest.fixture
def changed(workbooks: dict[str, Path], tmp_path: Path) -> Callable[..., BookDiff]:
    """Compare a workbook with a changed copy."""

    def changed_copy(*changes: Change, route: str = "plain") -> BookDiff:
        path = altered(workbooks[route], tmp_path / f"b{workbooks[route].suffix}", *changes)
        return compare(workbooks[route], path)

    return changed_copy


def compare(before: Path, after: Path) -> BookDiff:
    return diff_books(open_book(before), open_book(after))


def where(one: Any) -> str:
    return f"{one.sheet}!{one.area}" if one.area else one.sheet or one.name


def altered(path: Path, out: Path, *changes: Change) -> Path:
    def change(book: Any) -> None:
        for one in changes:
            one(book)

    return edit(path, out, change)


def put(name: str, head: str, value: object, sheet: str = "Assumptions") -> Change:
    def change(book: Any) -> None:
        cell(book, sheet, name, head).value = value

    return change


def insert_row(sheet: str, at: int, words: str) -> Change:
    """Insert a row as a spreadsheet does: cells, formulas, names and validation move along."""

    def moved(text: str, own: str) -> str:
        title, area = split_sheet(text)
        if (own if title is None else title) != sheet:
            return text
        return text[: len(text) - len(area)] + re.sub(
            r"(\$?[A-Z]{1,3}\$?)(\d+)",
            lambda end: end[1] + str(int(end[2]) + (int(end[2]) >= at)),
            area,
        )

    def follow(formula: str, own: str) -> str:
        return "=" + "".join(
            moved(token.value, own) if token.subtype == Token.RANGE else token.value
            for token in Tokenizer(formula).items
        )

    def change(book: Any) -> None:
        book[sheet].insert_rows(at)
        book[sheet].cell(at, 1).value = words
        for one in book.worksheets:
            for row in one.iter_rows():
                for place in row:
                    if place.hyperlink:
                        place.hyperlink.ref = place.coordinate
                    if place.data_type == "f":
                        place.value = follow(formula_of(place), one.title)
            for rule in one.data_validations.dataValidation:
                rule.sqref = type(rule.sqref)(moved(str(rule.sqref), one.title))
                for end in ("formula1", "formula2"):
                    if getattr(rule, end):
                        setattr(rule, end, follow("=" + getattr(rule, end), one.title)[1:])
        for name in book.defined_names.values():
            name.attr_text = follow("=" + name.attr_text, "")[1:]

    return change


def nothing_but(found: BookDiff, *kinds: str) -> bool:
    """Check that only some kinds of change were found."""
    known = ("inputs", "cells", "structure", "log_added", "log_removed")
    for kind in known:
        assert bool(getattr(found, kind)) == (kind in kinds), getattr(found, kind)
    return True


# Nothing, and what looks like much --------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_a_workbook_does_not_differ_from_itself(workbooks: dict[str, Path], route: str) -> None:
    found = compare(workbooks[route], workbooks[route])
    assert found.same and nothing_but(found)
    assert found.results == [] and found.attribution is not None
    assert found.attribution.shares == ()


@pytest.mark.parametrize("route", ["plain", "office"])
def test_an_override_that_puts_the_tornado_in_another_order_moves_no_row(
    workbooks: dict[str, Path], tmp_path: Path, route: str
) -> None:
    path = tmp_path / workbooks[route].name
    path.write_bytes(build(route, inputs=UserInputs(values={"ai_penetration": {"override": 0.4}})))
    found = compare(workbooks[route], path)
    assert [(one.id, one.field) for one in found.inputs] == [
        ("ai_penetration", "override"),
        ("ai_penetration", "live"),
    ]
    assert [one.row for one in found.cells] == ["Version"]
    assert not found.structure


def test_saving_in_another_program_is_no_difference(changed: Any) -> None:
    assert changed().same


def test_saving_in_libreoffice_is_no_difference(workbooks: dict, tmp_path: Path) -> None:
    require(available())
    with LibreOffice() as office:
        saved = office.convert(workbooks["plain"], tmp_path, "xlsx")
    assert compare(workbooks["plain"], saved).same


@pytest.mark.parametrize(
    ("route", "sheet", "words"),
    [
        *(("plain", sheet, "mine") for sheet in ("Assumptions", "Forecast", "Checks", "Sources")),
        *(("office", sheet, None) for sheet in ("Assumptions", "Forecast", "Segments")),
    ],
)
def test_an_inserted_row_is_one_finding(changed: Any, route: str, sheet: str, words: str) -> None:
    found = changed(insert_row(sheet, 12, words), route=route)
    assert nothing_but(found, "structure")
    (one,) = found.structure
    assert (one.kind, where(one)) == ("row inserted", f"{sheet}!12:12")
    assert one.after == ((words,) if words else ())


def test_a_formula_that_did_not_follow_an_inserted_row_is_a_change(
    workbooks: dict[str, Path], changed: Any
) -> None:
    """Its words are the same, but it reads another cell than before."""
    before = openpyxl.load_workbook(workbooks["plain"])
    words = formula_of(cell(before, "Forecast", "ai_software", "Base"))
    found = changed(
        insert_row("Forecast", 8, "mine"), put("ai_software", "Base", words, "Forecast")
    )
    assert [(one.kind, where(one)) for one in found.structure] == [("row inserted", "Forecast!8:8")]
    assert [(one.kind, one.row) for one in found.cells] == [("formula", "AI software")]


def test_rows_inserted_beside_other_changes_do_not_hide_them(changed: Any) -> None:
    found = changed(
        put("ai_penetration", "Override", 0.4),
        put("ai_gain", "Base", 1.9e12, "Forecast"),
        insert_row("Assumptions", 12, "mine"),
        insert_row("Forecast", 8, "mine too"),
    )
    assert [(one.id, one.field, one.after) for one in found.inputs] == [
        ("ai_penetration", "override", 0.4),
        ("ai_penetration", "live", 0.4),
    ]
    assert [(one.kind, one.row, one.after) for one in found.cells] == [
        ("overwritten", "AI productivity gain", (1.9e12,))
    ]
    assert [where(one) for one in found.structure] == ["Assumptions!12:12", "Forecast!8:8"]


def test_a_renamed_sheet_is_one_finding(changed: Any) -> None:
    def rename(book: Any) -> None:
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for one in row:
                    if one.data_type == "f":
                        text = formula_of(one).replace("Assumptions!", "Inputs!")
                        one.value = text
            for rule in sheet.data_validations.dataValidation:
                rule.formula1 = rule.formula1.replace("Assumptions!", "Inputs!")
        for name in book.defined_names.values():
            name.attr_text = name.attr_text.replace("Assumptions!", "Inputs!")
        book["Assumptions"].title = "Inputs"

    found = changed(rename)
    assert nothing_but(found, "structure")
    assert [(one.kind, one.before, one.after) for one in found.structure] == [
        ("sheet renamed", "Assumptions", "Inputs")
    ]


def test_a_deleted_row_is_a_deleted_row(changed: Any, workbooks: dict, tmp_path: Path) -> None:
    longer = altered(workbooks["plain"], tmp_path / "a.xlsx", insert_row("Forecast", 9, "mine"))
    found = compare(longer, workbooks["plain"])
    assert nothing_but(found, "structure")
    (one,) = found.structure
    assert (one.kind, where(one), one.before) == ("row deleted", "Forecast!9:9", ("mine",))


# By assumption ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [("Bear", "bear", 0.1), ("Bull", "bull", 0.6), ("Override", "override", 0.35),
     ("Unit", "unit", "percent"), ("Base is", "kind", "house"),
     ("Override", "override", "33 %")],
)  # fmt: skip
def test_a_change_is_reported_by_assumption_and_field(
    changed: Any, head: str, field: str, value: object
) -> None:
    found = changed(put("ai_penetration", head, value))
    assert nothing_but(found, "inputs")
    one = found.inputs[0]
    assert (one.id, one.field, one.after) == ("ai_penetration", field, value)


def test_a_scenario_switch_is_attributed_to_the_assumptions(changed: Any) -> None:
    def choose(book: Any) -> None:
        sheet, _, place = book.defined_names["scenario"].attr_text.rpartition("!")
        book[sheet.strip("'")][place.replace("$", "")] = "Bull"

    found = changed(choose)
    assert (found.inputs[0].id, found.inputs[0].after) == ("scenario", "Bull")
    assert {one.field for one in found.inputs[1:]} == {"live"}
    assert found.attribution is not None
    moved = {one.id: one for one in found.results}["total"]
    wanted = [Forecast()["total"], Forecast("bull")["total"]]
    # the file that was edited holds its numbers with 16 digits
    assert [moved.before, moved.after] == pytest.approx(wanted, rel=1e-14)
    assert math.fsum(share.value for share in found.attribution.shares) == pytest.approx(
        moved.after - moved.before, rel=1e-9
    )


def test_a_note_is_reported_by_assumption_else_by_cell(changed: Any) -> None:
    def note(book: Any) -> None:
        cell(book, "Assumptions", "gdp_growth", "Base").comment = Comment("too high?", "Ada")
        cell(book, "Forecast", "tam", "Live").comment = Comment("see mail", "Grace")

    found = changed(note)
    assert [(one.id, one.field, one.after) for one in found.inputs] == [
        ("gdp_growth", "note", (("too high?", "Ada"),))
    ]
    assert [(one.kind, one.after) for one in found.cells] == [("note", (("see mail", "Grace"),))]


def test_an_input_that_cannot_be_used_is_shown_with_the_reason(changed: Any) -> None:
    found = changed(put("gdp_growth", "Override", "much"))
    assert ("gdp_growth", "override", "much") in [(o.id, o.field, o.after) for o in found.inputs]
    assert found.attribution is None and "is the text 'much'" in sentence(found.no_attribution)


def test_lines_of_the_change_log_are_reported_as_such(changed: Any) -> None:
    def write(book: Any) -> None:
        for column, words in enumerate(("2026-03-01", "Ada", "penetration", "survey"), start=1):
            book["Change log"].cell(6, column).value = words

    found = changed(write)
    assert nothing_but(found, "log_added")
    assert [(line.who, line.why) for line in found.log_added] == [("Ada", "survey")]


# By formula and structure ----------------------------------------------------------------------


def test_a_formula_that_changed_along_a_row_is_one_finding(changed: Any) -> None:
    def change(book: Any) -> None:
        for head in ("Live", "Bear", "Base", "Bull"):
            one = cell(book, "Forecast", "ai_gain", head)
            one.value = formula_of(one) + "*2"

    found = changed(change)
    assert nothing_but(found, "cells")
    (one,) = found.cells
    assert (one.kind, where(one)) == ("formula", "Forecast!E9:H9")
    assert one.after == tuple(f"{formula}*2" for formula in one.before)


@pytest.mark.parametrize("route", ["plain", "excel365"])
def test_an_overwritten_formula_is_found_at_its_very_cell(
    workbooks: dict[str, Path], tmp_path: Path, route: str
) -> None:
    book = openpyxl.load_workbook(workbooks[route])
    row = [one for one in book["Forecast"][8] if formula_of(one).startswith("=")]
    for one in row[:2]:

        def overwrite(book: Any, where: str = one.coordinate) -> None:
            book["Forecast"][where].value = 1.0
            assert not isinstance(book["Forecast"][where].value, ArrayFormula)

        path = altered(workbooks[route], tmp_path / "b.xlsx", overwrite)
        found = compare(workbooks[route], path)
        assert [(o.kind, where(o)) for o in found.cells] == [
            ("overwritten", f"Forecast!{one.coordinate}")
        ]


@pytest.mark.parametrize(
    ("change", "kind", "place"),
    [
        (lambda book: book.create_sheet("Mine"), "sheet added", "Mine"),
        (lambda book: book.remove(book["Evidence"]), "sheet removed", "Evidence"),
        (lambda book: setattr(book["Evidence"], "sheet_state", "hidden"), "sheet state",
         "Evidence"),
        (lambda book: book.defined_names.pop("tam"), "name removed", "tam"),
        (lambda book: setattr(book.defined_names["tam"], "attr_text", "Segments!$G$22"),
         "name redirected", "tam"),
        (lambda book: setattr(book["Assumptions"].protection, "sheet", False),
         "protection changed", "Assumptions"),
        (lambda book: setattr(book["Forecast"].row_dimensions[9], "hidden", True), "row hidden",
         "Forecast!9:9"),
    ],
)  # fmt: skip
def test_a_change_of_the_build_is_one_finding(
    changed: Any, change: Change, kind: str, place: str
) -> None:
    found = changed(change)
    assert nothing_but(found, "structure")
    assert [(one.kind, where(one)) for one in found.structure] == [(kind, place)]
    (table,) = (part for part in as_text(MODEL, found) if isinstance(part, Table))
    assert table.rows[0][:2] == [kind, place]


def test_a_row_moved_to_the_end_or_from_there_is_one_finding(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def rows(path: Path, *ids: str) -> Path:
        def write(book: Any) -> None:
            for number, name in enumerate(ids, start=1):
                book["Mine"].append([name, number])

        return altered(workbooks["plain"], path, lambda book: book.create_sheet("Mine"), write)

    first = rows(tmp_path / "a.xlsx", "one", "two", "three", "four")
    other = rows(tmp_path / "b.xlsx", "two", "three", "four", "one")
    for before, after, area, old_area in (
        (first, other, "4:4", "1:1"),
        (other, first, "1:1", "4:4"),
    ):
        found = compare(before, after)
        (moved,) = found.structure
        assert (moved.kind, moved.area, moved.before) == ("row moved", area, old_area)
        # the figures beside the words were numbered anew
        assert {one.kind for one in found.cells} == {"value"}


def test_validation_that_was_removed_is_found(changed: Any) -> None:
    def change(book: Any) -> None:
        book["Assumptions"].data_validations.dataValidation.pop(3)

    found = changed(change)
    assert nothing_but(found, "structure")
    (one,) = found.structure
    assert one.kind == "validation changed" and one.after == ()
    assert all(isinstance(rule, Rule) for rule in one.before)


def test_an_unlocked_cell_is_found(changed: Any) -> None:
    def change(book: Any) -> None:
        one = cell(book, "Forecast", "tam", "Live")
        one.protection = openpyxl.styles.Protection(locked=False)

    (one,) = changed(change).structure
    assert (one.kind, where(one)) == ("cells unlocked", "Forecast!E8")


def test_workbooks_of_two_routes_differ_by_rows_and_not_by_every_formula(
    workbooks: dict[str, Path],
) -> None:
    found = compare(workbooks["plain"], workbooks["office"])
    assert found.inputs == []
    # sheet Risk tables of a workbook without calls says what its tables were computed from
    rows = [one for one in found.structure if "row" in one.kind and "Risk tables" not in where(one)]
    assert all("inserted" in one.kind for one in rows) and len(rows) < 25
    assert not [one for one in found.cells if where(one).startswith(("Assumptions!", "Workings!"))]


# On the command line ---------------------------------------------------------------------------


def test_the_exit_code_says_same_different_or_unusable(
    workbooks: dict[str, Path], tmp_path: Path, capsys
) -> None:
    one, other = str(workbooks["plain"]), str(tmp_path / "b.xlsx")
    altered(workbooks["plain"], Path(other), put("ai_penetration", "Override", 0.4))
    assert main(["diff", one, one]) == 0
    assert "are the same" in capsys.readouterr().out
    assert main(["diff", one, other]) == 1
    shown = capsys.readouterr().out
    assert "ai_penetration" in shown and "+2.157B" in shown and "exact" in shown
    assert main(["diff", one, str(tmp_path / "none.xlsx")]) == 2
    assert main(["diff", one, other, "--result", "profit"]) == 2
    assert "no step is called 'profit'" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["textconv", "{0}"], ["diff", "{0}", "{0}"]])
def test_neither_comparison_nor_text_waits_for_what_computes(
    workbooks: dict[str, Path], command: list[str]
) -> None:
    words = [word.format(workbooks["office"]) for word in command]
    script = (
        f"import sys; from xl_cryptoai.cli import main; main({words!r}); "
        "print(sorted({'scipy', 'pandas', 'openpyxl', 'xl_cryptoai.formulas.evaluate'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT, timeout=60
    )
    assert done.stdout.splitlines()[-1] == b"[]"


def test_square_brackets_that_people_type_are_shown_as_typed(
    workbooks: dict[str, Path], tmp_path: Path, capsys
) -> None:
    path = altered(
        workbooks["plain"], tmp_path / "b.xlsx", put("tam", "Unit", "[/red] [b]USD", "Forecast")
    )
    assert main(["diff", str(workbooks["plain"]), str(path)]) == 1
    assert "[/red] [b]USD" in capsys.readouterr().out


def test_json_holds_everything_and_sums(workbooks: dict, tmp_path: Path, capsys) -> None:
    path = altered(
        workbooks["plain"], tmp_path / "b.xlsx", put("ai_penetration", "Override", 0.4),
        put("identity_base", "Override", "ai_software"),
    )  # fmt: skip
    assert main(["diff", str(workbooks["plain"]), str(path), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["same"] is False
    assert data["inputs"][0] == {
        "id": "ai_penetration", "field": "override", "before": None, "after": 0.4
    }  # fmt: skip
    shares = data["attribution"]["shares"]
    assert {share["id"] for share in shares} == {"ai_penetration", "identity_base"}
    assert sum(share["value"] for share in shares) == pytest.approx(
        data["attribution"]["difference"], rel=1e-9
    )


def test_what_is_written_beside_a_table_is_reported_cell_by_cell(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def jot(book: Any) -> None:
        book["Assumptions"]["P11"] = 0.02
        book["Cover"]["G3"] = "remember"

    path = altered(workbooks["plain"], tmp_path / "b.xlsx", jot)
    found = compare(workbooks["plain"], path)
    assert [(one.kind, where(one), one.after) for one in found.cells] == [
        ("filled", "Cover!G3", ("remember",)),
        ("filled", "Assumptions!P11", (0.02,)),
    ]
    assert found.structure == []
    back = compare(path, workbooks["plain"])
    assert [(one.kind, where(one), one.before) for one in back.cells] == [
        ("cleared", "Cover!G3", ("remember",)),
        ("cleared", "Assumptions!P11", (0.02,)),
    ]
    assert back.structure == []


def test_a_column_of_a_table_is_one_difference(changed: Any) -> None:
    def widen(book: Any) -> None:
        sheet = book["Assumptions"]
        sheet["Q11"] = "a word"
        for (one,) in sheet.iter_rows(max_col=1):
            if one.value is not None:
                sheet[f"P{one.row}"] = one.row

    found = changed(widen)
    assert [(one.kind, where(one)) for one in found.structure] == [
        ("column inserted", "Assumptions!P:P")
    ]
    assert [(one.kind, where(one), one.after) for one in found.cells] == [
        ("filled", "Assumptions!Q11", ("a word",))
    ]


def test_a_column_between_others_is_inserted_however_little_it_holds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in range(1, 9):
        book.active.append([f"{column}{row}" for column in "abc"])
    book.save(tmp_path / "before.xlsx")
    book.active.insert_cols(2)
    book.active["B4"] = "new"
    book.save(tmp_path / "after.xlsx")
    sheets = (open_book(tmp_path / f"{n}.xlsx").worksheets["Sheet"] for n in ("before", "after"))
    columns = align_sheets(*sheets).columns
    assert columns.inserted == {2} and columns.old(4) == 3


def test_charts_that_were_removed_added_or_show_other_cells_are_reported(changed: Any) -> None:
    def change(book: Any) -> None:
        charts = book["Charts"]._charts
        charts[1].series[0].val.numRef.f = "'Charts'!$B$63:$E$63"
        book["Deviations"].add_chart(charts.pop(0), "B40")

    found = changed(change)
    assert [(one.kind, one.sheet) for one in found.structure] == [
        ("chart removed", "Charts"),
        ("chart redirected", "Charts"),
        ("chart added", "Deviations"),
    ]
    removed, redirected, _ = found.structure
    assert removed.name.startswith("From the market to crypto revenue")
    assert redirected.before[0] == "Charts!$B$62:$E$62"
    assert redirected.after[0] == "Charts!$B$63:$E$63"


def test_a_text_is_quoted_where_it_could_be_taken_for_another_content(
    workbooks: dict[str, Path], tmp_path: Path, capsys
) -> None:
    def change(book: Any) -> None:
        draws = book.defined_names["simulation_draws"].attr_text.rpartition("!")[2]
        book["Distributions"][draws.replace("$", "")].value = "16,384"
        cell(book, "Distributions", "gdp_growth", "Own shape").value = "pert "
        cell(book, "Distributions", "ai_penetration", "Own shape").value = "normal"
        cell(book, "Assumptions", "gdp_growth", "Bear").value = "2%"
        book["Evidence"]["A1"].value += " "

    path = altered(workbooks["plain"], tmp_path / "b.xlsx", change)
    assert main(["diff", str(workbooks["plain"]), str(path)]) == 1
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "simulation draws 16,384 '16,384'" in lines
    assert "gdp_growth shape - 'pert '" in lines
    assert "ai_penetration shape - normal" in lines
    assert any(line.startswith("gdp_growth bear") and line.endswith("'2%'") for line in lines)
    assert any(line.startswith("value Evidence!A1") and line.endswith(" '") for line in lines)


def test_the_picture_is_written_and_never_over_another_unasked(
    workbooks: dict, tmp_path: Path, capsys
) -> None:
    path = altered(workbooks["plain"], tmp_path / "b.xlsx", put("ai_penetration", "Override", 0.4))
    command = ["diff", str(workbooks["plain"]), str(path), "--picture", str(tmp_path / "why.svg")]
    assert main(command) == 1
    assert "AI penetration" in (tmp_path / "why.svg").read_text(encoding="utf-8")
    (tmp_path / "why.svg").write_text("another picture", encoding="utf-8")
    assert main(command) == 2 and "--force" in capsys.readouterr().err
    assert main([*command, "--force"]) == 1


def test_a_picture_is_an_svg_file_and_none_is_drawn_where_nothing_moved(
    workbooks: dict[str, Path], tmp_path: Path, capsys
) -> None:
    path = altered(workbooks["plain"], tmp_path / "b.xlsx")
    before = path.read_bytes()
    assert main(["diff", str(path), str(path), "--picture", str(path), "--force"]) == 2
    assert "b.xlsx does not end in .svg" in capsys.readouterr().err
    assert path.read_bytes() == before
    why = tmp_path / "why.svg"
    assert main(["diff", str(path), str(path), "--picture", str(why), "--result", "tam"]) == 0
    assert "no picture was drawn: tam has not moved" in capsys.readouterr().err
    assert not why.exists()


# As text, for git ------------------------------------------------------------------------------


def test_the_text_calls_cells_by_id_and_head(workbooks: dict[str, Path]) -> None:
    lines = list(lines_of(open_book(workbooks["plain"])))
    assert "ai_penetration.base = 0.33" in lines
    assert "ai_gain.Live:Bull: =tam.Live*Assumptions!ai_penetration.Live" in lines
    assert len(lines) == len([line for line in lines if "\n" not in line])


def test_an_inserted_row_is_one_line_more(workbooks: dict[str, Path], tmp_path: Path) -> None:
    path = altered(workbooks["plain"], tmp_path / "b.xlsx", insert_row("Assumptions", 12, "mine"))
    before, after = list(lines_of(open_book(workbooks["plain"]))), list(lines_of(open_book(path)))
    assert [line for line in after if line not in before] in ([], ["gdp_growth+1.Assumption: mine"])
    assert len(after) == len(before) + 1
    assert [line for line in before if line not in after] == []


def test_what_a_simulation_takes_is_a_line_of_the_text(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    change = put("ai_penetration", "Own low", 0.2, "Distributions")
    path = altered(workbooks["plain"], tmp_path / "b.xlsx", change)
    before, after = (list(lines_of(open_book(one))) for one in (workbooks["plain"], path))
    assert [line for line in after if line not in before] == ["ai_penetration.low = 0.2"]


def test_an_edit_in_a_workbook_that_libreoffice_saved_is_one_line(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    require(available())
    place = place_of(workbooks["office"], "Assumptions", "ai_penetration", "Override")
    with LibreOffice() as office:
        saved = office.convert(workbooks["office"], tmp_path, "xlsx")
        with office.open(saved) as document:
            document.set(*place.split("!"), 0.4)
            document.recalculate()
            edited = document.save_as(tmp_path / "edited.xlsx")
    before, unedited, after = (
        list(lines_of(open_book(path))) for path in (workbooks["office"], saved, edited)
    )
    assert unedited == before
    assert [line for line in after if line not in unedited] == ["ai_penetration.override = 0.4"]
    assert len(after) == len(unedited) + 1


def test_any_workbook_can_be_printed(tmp_path: Path, capsys) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "two\nlines", "=A1&Q7"
    book.save(tmp_path / "other.xlsx")
    assert main(["textconv", str(tmp_path / "other.xlsx")]) == 0
    shown = capsys.readouterr().out
    assert r"[two lines].A: two\nlines" in shown and "=[two lines].A&row7.Q" in shown


def test_git_shows_what_changed_in_a_workbook(workbooks: dict, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONPATH": str(ROOT)}  # fmt: skip

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments],
            cwd=repository, env=home, check=True, capture_output=True, text=True, encoding="utf-8",
        ).stdout  # fmt: skip

    git("init", "-q")
    # as in the help, with the command of this environment
    command = f'"{sys.executable}" -m xl_cryptoai textconv'
    git("config", "diff.xl-cryptoai.textconv", command)
    (repository / ".gitattributes").write_text("*.xls[xm] diff=xl-cryptoai\n", encoding="utf-8")
    altered(workbooks["plain"], repository / "book.xlsx")
    git("add", ".")
    git("commit", "-qm", "first")
    altered(workbooks["plain"], repository / "book.xlsx", put("ai_penetration", "Override", 0.4))
    lines = [line for line in git("diff").splitlines() if re.match(r"[+-](?![+-])", line)]
    assert lines == ["+ai_penetration.override = 0.4"]


def test_what_another_program_writes_in_its_own_way_is_no_difference(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    """Capitals and prefixes of functions, second ends of lists, hidden names of programs."""
    path = tmp_path / "saved.xlsx"
    hidden = b'<definedName name="_xlfn.LAMBDA" hidden="1">#NAME?</definedName>'
    with zipfile.ZipFile(workbooks["office"]) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if "worksheets/sheet" in name and name.endswith(".xml"):
                part = re.sub(
                    rb"<f[ >].*?</f>",
                    lambda formula: re.sub(
                        rb"(?:_xldudf_)?CAI_([A-Z_]+)\(",
                        lambda call: b"cai." + call[1].lower() + b"(",
                        formula[0],
                    ).replace(b"SUM(", b"Sum( "),
                    part,
                )
                part = re.sub(rb'(type="list".*?</formula1>)', rb"\1<formula2>0</formula2>", part)
            part = part.replace(b"<definedNames>", b"<definedNames>" + hidden)
            new.writestr(name, part)
    saved = open_book(path)
    assert any("cai.tam(" in formula for formula in saved.formula_cells.values())
    assert list(lines_of(saved)) == list(lines_of(open_book(workbooks["office"])))
    assert compare(workbooks["office"], path).same


def test_the_help_documents_the_two_lines_for_git(capsys) -> None:
    main(["textconv", "--help"])
    shown = capsys.readouterr().out
    assert 'git config diff.xl-cryptoai.textconv "xl-cryptoai textconv"' in shown
    assert 'echo "*.xls[xm] diff=xl-cryptoai" >> .gitattributes' in shown
