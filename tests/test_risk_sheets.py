"""The sheets Distributions, Correlations and Risk: what is typed, and what is answered."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from engines import require
from engines.libreoffice import Document, LibreOffice, available
from lxml import etree
from openpyxl.utils import rows_from_range
from openpyxl.workbook.defined_name import DefinedName
from shipped import MODEL, SEGMENTS
from strategies import CATALOGUE
from xl_cryptoai_libreoffice import write_extension

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs, read_user_toml
from xl_cryptoai.assumptions.input_fields import SHAPE, SIMULATION, settings_of, uncertain_in
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.cli import main
from xl_cryptoai.comparing.diff import diff_books
from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.migration import migrate
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reports.words import fix, what
from xl_cryptoai.risk import goalseek, grid, sensitivities, simulate, tornado
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.layout import RISK_TABLES, SHEETS
from xl_cryptoai.workbook.package import MAIN
from xl_cryptoai.workbook.sheets import correlations, distributions
from xl_cryptoai.workbook.sheets.risk_layout import (
    answered_areas,
    goals_row,
    tables,
    when_built,
)

TABLES = tables(MODEL)
UNCERTAIN = [entry.id for entry in uncertain_in(CATALOGUE)]
ANSWERED = [route.id for route in ROUTES.values() if route.tables]
FROZEN = [route.id for route in ROUTES.values() if not route.tables]
RISK_PART = f"xl/worksheets/sheet{SHEETS.index(RISK_TABLES) + 1}.xml"
AS_BUILT = "For Base, no overrides"

TYPED = UserInputs(
    values={
        "ai_penetration": {"shape": "triangular", "low": 0.1, "mode": 0.3, "high": 0.6},
        "ai_revenue_capture": {"with_ai_penetration": 0.5},
        "bank_revenue": {"shape": "uniform", "low": 600e9, "high": 700e9},
        SIMULATION: {"draws": 4096.0, "seed": 7.0, "goal_target": 15e9},
    }
)


def table(values: object, name: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in values["Risk tables"][TABLES[name].ref]]


@pytest.fixture(params=ROUTES)
def workbook(request: pytest.FixtureRequest, workbooks: dict[str, Path]) -> Path:
    return workbooks[request.param]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("typed") / "typed_office.xlsx"
    path.write_bytes(build("office", inputs=TYPED))
    return path


# What is stored ----------------------------------------------------------------------------------


def test_the_simulation_on_the_sheet_is_the_librarys(workbook: Path) -> None:
    rows = table(openpyxl.load_workbook(workbook, data_only=True), "simulate")
    found = simulate()
    assert rows[0][:4] == ["statistic", "total", "total_se", "crypto_software"]
    shown = {row[0]: row for row in rows[1:]}
    for number, result in enumerate(("total", *SEGMENTS)):
        assert shown["mean"][1 + 2 * number] == pytest.approx(found.mean(result)[0], rel=1e-12)
        assert shown["p95"][2 + 2 * number] == pytest.approx(found.percentile(95, result)[1])
    assert shown["chance_of_exceeding"][1] == pytest.approx(found.chance_of_exceeding(10.2e9)[0])
    assert [shown[name][1] for name in ("draws", "seed", "method")] == [16_384, 20240129, "sobol"]


def test_the_tornado_on_the_sheet_is_the_librarys_and_lists_the_fixed_ones_last(
    workbook: Path,
) -> None:
    rows = table(openpyxl.load_workbook(workbook, data_only=True), "tornado")[1:]
    bars = tornado()
    assert [row[0] for row in rows[: len(bars)]] == [bar.id for bar in bars]
    assert [row[5] for row in rows[: len(bars)]] == pytest.approx([bar.swing for bar in bars])
    assert {row[0] for row in rows} == set(UNCERTAIN)
    assert all(row[5] == 0 for row in rows[len(bars) :])


def test_the_sensitivities_and_the_grid_are_the_librarys(workbook: Path) -> None:
    values = openpyxl.load_workbook(workbook, data_only=True)
    rows = table(values, "sensitivity")[1:]
    found = sensitivities()
    assert [row[0] for row in rows[: len(found)]] == [one.id for one in found]
    assert [row[8] for row in rows[: len(found)]] == pytest.approx([one.total for one in found])
    top, *rest = table(values, "grid")
    down = [row[0] for row in rest]
    wanted = grid("ai_penetration", top[1:], "crypto_software_share", down)
    assert [row[1:] for row in rest] == [pytest.approx(line, rel=1e-12) for line in wanted]


def test_the_goals_are_those_of_the_library_or_told_as_not_reachable(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook, data_only=True)["Risk tables"]
    first = goals_row(TABLES) + 2
    needed = [sheet[f"C{first + number}"].value for number in range(4)]
    assert needed[0] == pytest.approx(goalseek("ai_penetration", 20e9).value, rel=1e-12)
    bear = goalseek("ai_penetration", Forecast("bear")["total"]).value
    assert needed[1:3] == [pytest.approx(bear), pytest.approx(0.33)]
    assert needed[3] == "not reachable"  # 57.77B needs more than all of the market


def test_every_cell_of_a_spilled_answer_carries_its_value(workbooks: dict[str, Path]) -> None:
    for route in ANSWERED:
        with zipfile.ZipFile(workbooks[route]) as archive:
            root = etree.fromstring(archive.read(RISK_PART))
        cells = {cell.get("r"): cell for cell in root.iter(f"{{{MAIN}}}c")}
        for one in TABLES.values():
            formula = cells[f"A{one.row}"].find(f"{{{MAIN}}}f")
            assert (formula.get("t"), formula.get("ref")) == ("array", one.ref)
            dynamic = cells[f"A{one.row}"].get("cm")
            assert dynamic == ("1" if ROUTES[route].spills else None)
            for at in (at for row in rows_from_range(one.ref) for at in row):
                assert cells[at].find(f"{{{MAIN}}}v") is not None, f"{route} {at}"


@pytest.mark.parametrize("route", FROZEN)
def test_where_nobody_answers_with_tables_there_are_their_values_and_no_formula(
    workbooks: dict[str, Path], route: str
) -> None:
    sheet = openpyxl.load_workbook(workbooks[route])["Risk tables"]
    for area in (*answered_areas(MODEL), when_built(MODEL)):
        for at in (at for row in rows_from_range(area) for at in row):
            assert sheet[at].data_type != "f", at
    formulas = [c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert not any("CAI" in str(getattr(formula, "text", formula)) for formula in formulas)


@pytest.mark.parametrize("route", FROZEN)
def test_frozen_tables_say_whether_the_inputs_are_still_those_of_then(
    workbooks: dict[str, Path], tmp_path: Path, route: str
) -> None:
    told = openpyxl.load_workbook(workbooks[route], data_only=True)["Risk tables"]["A4"].value
    assert told == f"{AS_BUILT}. Stored when Python built this workbook; does not update."
    if reason := available():
        require(reason)
    shape = f"{distributions.SHAPE_COLUMN}{row_of('gdp_growth')}"
    with LibreOffice() as office, office.open(workbooks[route]) as opened:
        assert opened.value("Risk tables", "A4") == told
        for edit, live in (
            (("Distributions", shape, "uniform"), "changed since"),
            (("Correlations", "D8", 0.5), "changed since"),
            (("Assumptions", "J10", 0.035), "Base, overrides: 1"),
            (("Cover", "B6", "Bull"), "Bull, no overrides"),
        ):
            (state,) = opened.probe([edit], [("Risk tables", "A4")])
            assert str(state[0][0]).startswith(f"{AS_BUILT}; Live: {live}. Stored values"), edit


def typed_over(path: Path, tmp_path: Path, where: str) -> Path:
    """Write another number into a cell of sheet Risk, in the file and with nothing recalculated."""
    out = tmp_path / "typed_over.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == RISK_PART:
                root = etree.fromstring(part)
                (cell,) = [c for c in root.iter(f"{{{MAIN}}}c") if c.get("r") == where]
                cell.find(f"{{{MAIN}}}v").text = "1000000000"
                part = etree.tostring(root)
            new.writestr(name, part)
    return out


def cells_found(path: Path) -> set[str]:
    return {finding.cell for result in audit_book(open_book(path)) for finding in result.findings}


@pytest.mark.parametrize("route", FROZEN)
def test_a_figure_typed_over_in_a_frozen_table_is_found(
    workbooks: dict[str, Path], tmp_path: Path, route: str
) -> None:
    where = f"D{TABLES['simulate'].first + 3}"
    found = cells_found(typed_over(workbooks[route], tmp_path, where))
    assert f"Risk tables!{where}" in found


@pytest.mark.parametrize("route", ["office", "libreoffice"])
def test_a_figure_that_is_not_what_its_spilled_call_gives_is_found_at_the_call(
    workbooks: dict[str, Path], tmp_path: Path, route: str
) -> None:
    where = f"D{TABLES['simulate'].first + 3}"
    found = cells_found(typed_over(workbooks[route], tmp_path, where))
    assert f"Risk tables!A{TABLES['simulate'].row}" in found


def test_all_rules_are_kept_by_a_workbook_with_distributions_of_ones_own(typed: Path) -> None:
    assert [result.rule.id for result in audit_book(open_book(typed)) if not result.passed] == []


# What is typed -----------------------------------------------------------------------------------


def test_what_is_typed_moves_the_simulation_on_the_sheet(typed: Path) -> None:
    values = openpyxl.load_workbook(typed, data_only=True)
    rows = {row[0]: row for row in table(values, "simulate")}
    plain = simulate(4096, seed=7)
    assert rows["draws"][1] == 4096
    assert rows["sd"][1] > plain.deviation()[0] * 1.05  # wider, together
    assert values["Correlations"][correlations.matrix(CATALOGUE).partition("!")[2]][3][4].value == (
        0.5
    )


def test_what_is_typed_is_read_back_and_migrated_into_a_fresh_workbook(typed: Path) -> None:
    inputs, missed = migrate(open_book(typed))
    assert not missed
    assert inputs.values == TYPED.values


def test_the_command_line_simulates_what_a_workbook_has_typed(typed: Path, capsys) -> None:
    assert main(["simulate", "--from", str(typed), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    shown = {
        row[0]: row for row in table(openpyxl.load_workbook(typed, data_only=True), "simulate")
    }
    assert (found["draws"], found["seed"]) == (4096, 7)
    assert found["results"]["total"]["mean"] == pytest.approx(shown["mean"][1], rel=1e-12)
    assert found["results"]["total"]["p95_se"] == pytest.approx(shown["p95"][2], rel=1e-9)
    assert main(["simulate", "--from", str(typed), "--scenario", "bull"]) == 2


def test_a_setting_beside_a_workbook_fixes_its_assumption(typed: Path, capsys) -> None:
    assert main(["simulate", "--from", str(typed), "--set", "ai_penetration=33%", "--json"]) == 0
    assert "ai_penetration" not in json.loads(capsys.readouterr().out)["drawn"]


def test_a_fresh_workbook_has_nothing_typed(workbook: Path) -> None:
    inputs, _ = migrate(open_book(workbook))
    assert inputs.values == {}


def test_a_toml_file_can_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "inputs.toml"
    path.write_text(
        '[ai_penetration]\nshape = "triangular"\nlow = 0.1\nmode = 0.3\nhigh = 0.6\n'
        "[ai_revenue_capture]\nwith_ai_penetration = 0.5\n"
        '[bank_revenue]\nshape = "uniform"\nlow = 600e9\nhigh = 700e9\n'
        "[simulation]\ndraws = 4096\nseed = 7\ngoal_target = 15e9\n"
    )
    assert read_user_toml(path, CATALOGUE).values == TYPED.values


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ('[ai_penetration]\nshape = "round"', "is 'round'; known: pert, triangular"),
        ("[ai_penetration]\nhigh = 1.2", "is 1.2; it must be 0.001 to 1"),
        (
            "[ai_penetration]\nwith_ai_revenue_capture = 0.5",
            "no input field of ai_penetration is called 'with_ai_revenue_capture'",
        ),
        ("[ai_revenue_capture]\nwith_ai_penetration = 1.5", "is 1.5; it must be -1 to 1"),
        ("[simulation]\ndraws = 1", "is 1; it must be 100 to 1000000, a whole number"),
        ("[simulation]\nspeed = 1", "'speed': no input field of simulation is called 'speed'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, words: str, message: str) -> None:
    path = tmp_path / "inputs.toml"
    path.write_text(words)
    with pytest.raises(CatalogueError) as refusal:
        read_user_toml(path, CATALOGUE)
    assert message in str(refusal.value)


def edited(path: Path, tmp_path: Path, edits: dict[str, object]) -> Path:
    book = openpyxl.load_workbook(path)
    for where, value in edits.items():
        sheet, _, at = where.partition("!")
        book[sheet][at] = value
    out = tmp_path / "edited.xlsx"
    book.save(out)
    return out


def row_of(name: str) -> int:
    return 7 + UNCERTAIN.index(name)


def test_ends_out_of_order_are_reported_with_cell_and_fix(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    where = f"Distributions!{distributions.OWN['low']}{row_of('ai_penetration')}"
    found = read_book(open_book(edited(workbooks["plain"], tmp_path, {where: 0.45})))
    (problem,) = [one for one in found.errors if one.cell == where]
    assert "low 0.45, most likely 0.33 and high 0.5" in what(problem)
    assert fix(problem) == "correct it, or choose the shape fixed"


def test_ends_that_do_not_rise_are_told_where_somebody_typed(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    """A blank end follows bear, base or bull: then it is there that something must change."""
    fresh = read_book(open_book(workbooks["plain"]))
    name = "ai_penetration"
    places = {
        **fresh.cells[name],
        **{end: fresh.risk_cells[name, end] for end in distributions.OWN},
    }

    def told(**edits: float) -> list[str]:
        typed = {places[place]: value for place, value in edits.items()}
        found = read_book(open_book(edited(workbooks["plain"], tmp_path, typed)))
        return [one.cell for one in found.errors if one.kind == "distribution_impossible"]

    assert told(bear=0.45) == [places["bear"]]
    assert told(mode=0.9) == [places["mode"]]
    assert told(low=0.4, base=0.35) == [places["low"], places["base"]]
    assert told(low=0.3, high=0.31) == [places["high"]]
    assert told(low=0.33, high=0.33) == [places["low"], places["high"]]
    assert told(bear=0.33, bull=0.33) == [places["bear"], places["bull"]]
    assert told(bear=0.45, low=0.3) == []


def test_correlations_that_cannot_be_together_are_told_with_the_nearest_that_can(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    one, two, three = UNCERTAIN[:3]
    cells = read_book(open_book(workbooks["plain"])).risk_cells
    typed = {(two, one): 0.9, (three, one): 0.9, (three, two): -0.9}
    edits = {cells[name, f"with_{other}"]: value for (name, other), value in typed.items()}
    path = edited(workbooks["plain"], tmp_path, edits)
    found = [
        one for one in read_book(open_book(path)).errors if one.kind == "correlations_impossible"
    ]
    assert [one.cell for one in found] == list(edits)
    assert what(found[0]) == "is 0.9, but the correlations together are not positive semidefinite"
    for where, one in zip(edits, found, strict=True):
        edits[where] = dict(one.facts)["nearest"] * 0.999
    assert read_book(open_book(edited(path, tmp_path, dict(edits)))).errors == []


def test_a_cell_that_cannot_be_used_is_reported_and_not_migrated(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    where = f"Distributions!{distributions.OWN[SHAPE]}{row_of('gdp_growth')}"
    path = edited(workbooks["plain"], tmp_path, {where: "roundish"})
    assert any(where == one.cell for one in read_book(open_book(path)).errors)
    inputs, missed = migrate(open_book(path))
    assert "gdp_growth" not in inputs.values and len(missed) == 1
    assert any(where == f.cell for r in audit_book(open_book(path)) for f in r.findings)


def test_a_comparison_names_what_was_typed_by_assumption(
    workbooks: dict[str, Path], typed: Path
) -> None:
    changes = {
        (one.id, one.field): one.after
        for one in diff_books(open_book(workbooks["office"]), open_book(typed)).inputs
    }
    for name, row in TYPED.values.items():
        for place, value in row.items():
            assert changes[name, place] == value


def test_settings_are_named_cells(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    for name, setting in settings_of(CATALOGUE).items():
        sheet, where = next(book.defined_names[f"{SIMULATION}_{name}"].destinations)
        assert book[sheet][where.replace("$", "")].value == setting.default


# In a real spreadsheet --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running(
    workbooks: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Document]:
    if reason := available():
        require(reason)
    extension = write_extension(MODEL, tmp_path_factory.mktemp("extension"))
    with LibreOffice([extension]) as office, office.open(workbooks["libreoffice"]) as opened:
        opened.recalculate()
        yield opened


def test_a_spreadsheet_answers_every_table_as_it_is_stored(
    running: Document, workbooks: dict[str, Path]
) -> None:
    stored = openpyxl.load_workbook(workbooks["libreoffice"], data_only=True)
    for name, one in TABLES.items():
        shown = running.values("Risk tables", one.ref)
        for found, wanted in zip(shown, table(stored, name), strict=True):
            for cell, value in zip(found, wanted, strict=True):
                assert cell == (
                    pytest.approx(value, rel=1e-9, abs=1e-12)
                    if isinstance(value, (int, float)) else value or ""
                )  # fmt: skip


def test_the_tornados_bars_have_their_names_in_a_spreadsheet(running: Document) -> None:
    first, bars = TABLES["histogram"].row + 1, tornado()
    names = [row[0] for row in running.values("Risk tables", f"F{first}:F{first + len(bars) - 1}")]
    assert names == [CATALOGUE[bar.id].label for bar in bars]


def test_a_shape_chosen_in_a_spreadsheet_is_simulated_at_once(running: Document) -> None:
    edits = [
        ("Distributions", f"{distributions.SHAPE_COLUMN}{row_of(name)}", "fixed")
        for name in UNCERTAIN
        if name != "ai_penetration"
    ]
    simulated = TABLES["simulate"]
    mean, low = running.probe(
        edits, [("Risk tables", f"B{simulated.first}"), ("Risk tables", "B9")]
    )
    alone = simulate(distributions={"ai_penetration": _default("ai_penetration")})
    assert mean[0][0] == pytest.approx(alone.mean()[0], rel=1e-9)
    assert low[0][0] == pytest.approx(alone.percentile(5)[0], rel=1e-9)


def test_correlations_that_cannot_be_are_an_error_and_the_master_check_sees_it(
    running: Document,
) -> None:
    first = 6 + UNCERTAIN.index("gdp_growth")
    edits = [
        ("Correlations", f"D{first + 1}", 0.9),
        ("Correlations", f"D{first + 2}", -0.9),
        ("Correlations", f"E{first + 2}", 0.9),
    ]
    mean, flag = running.probe(
        edits, [("Risk tables", f"B{TABLES['simulate'].first}"), ("Cover", "A3")]
    )
    assert not isinstance(mean[0][0], float)
    assert "checks fail" in str(flag[0][0])


def _default(name: str):
    from xl_cryptoai.risk import default_distributions

    return default_distributions(CATALOGUE)[name]


def test_a_workbook_of_the_version_before_keeps_what_was_typed_into_it(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    """Version 0.1 had the shape in use as an input, and called the threshold beat."""

    def as_before(book: openpyxl.Workbook) -> None:
        sheet = book["Distributions"]
        for row in range(7, 7 + len(UNCERTAIN)):
            sheet[f"C{row}"] = CATALOGUE[UNCERTAIN[row - 7]].uncertainty.shape
        sheet[f"C{row_of('ai_penetration')}"] = "triangular"
        sheet.delete_cols(7)  # own shape
        names = book.defined_names
        target = names.pop("simulation_threshold").attr_text
        names["simulation_beat"] = DefinedName("simulation_beat", attr_text=target)
        sheet[target.rpartition("!")[2].replace("$", "")] = 15e9
        del names["simulation_common_factor"]

    book = openpyxl.load_workbook(workbooks["plain"])
    as_before(book)
    path = tmp_path / "before.xlsx"
    book.save(path)
    inputs, _ = migrate(open_book(path))
    assert inputs.values["ai_penetration"] == {"shape": "triangular"}
    assert inputs.values[SIMULATION] == {"threshold": 15e9}
    assert "gdp_growth" not in inputs.values  # its shape was the catalogue's
