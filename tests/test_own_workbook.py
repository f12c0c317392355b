"""The workbook of an own model: five segments, four scenarios, the year 2035, on every route."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engines import require
from engines import validators as judge
from engines.libreoffice import LibreOffice, available
from test_own_model import MARKETPLACES, made, write_folder

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.assumptions.catalogue import NO_EFFECT
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.comparing.diff import diff_books
from xl_cryptoai.forecast import Model
from xl_cryptoai.forecast.own_model import model_of, text_of
from xl_cryptoai.merging.merge import merge
from xl_cryptoai.merging.sides import read_side
from xl_cryptoai.reading.book import Book, open_book
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reports.words import what
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.lambdas import LONGEST, lambda_names
from xl_cryptoai.workbook.layout import Layout, lay_out

pytestmark = pytest.mark.slow

OWN = model_of(text_of(MARKETPLACES))
CASES = ("live", *OWN.assumptions.scenarios)
FORECASTS = {case: Forecast("base" if case == "live" else case, model=OWN) for case in CASES}

CHAIN = ("tam", "ai_gain", "ai_revenue", "ai_software", "ai_compute", "ai_other", "other_share",
         "non_hyperscaler_compute", "identity_market", "security_market", "crypto_software",
         "crypto_compute", "crypto_identity", "crypto_security", "blended_crypto_share",
         "baseline_productivity", "software_share", "compute_share")  # fmt: skip
WITHOUT = {
    "a segment and a scenario": made(
        model={"leave_out": ["crypto_security", "crypto_security_share", "bull"]}
    ),
    "the published chain": made(
        model={"prefix": "BANK", "title": "Crypto in banking", "leave_out": [*CHAIN]},
        steps={
            "step": [
                {"id": "crypto_banking", "label": 'Crypto "banking"', "unit": "usd_per_year",
                 "formula": "bank_revenue*crypto_identity_share", "segment": True},
            ]
        },
    ),
    "nothing, but with ten segments and eight scenarios": made(
        model={
            "scenario": [
                {"id": f"case_{letter}", "label": f"Case {letter}", "view": "house",
                 "over": "bull", "values": {"gdp_growth": 0.03 + number / 1000}}
                for number, letter in enumerate("abcde")
            ]
        },
        steps={
            "step": [
                {"id": f"own_segment_{letter}", "label": f"Segment {letter}",
                 "unit": "usd_per_year", "formula": f"ai_revenue*{number}%", "segment": True}
                for number, letter in enumerate("abcdef", start=1)
            ]
        },
    ),
}  # fmt: skip
"""Models that leave out what sheets have of the shipped one, or have more."""


def layout_of(route: str) -> Layout:
    return lay_out(OWN, calls=ROUTES[route].calls)


def found_in(book: Book) -> list[str]:
    """Return what an audit finds, in words."""
    return [
        f"{result.rule.id} {finding.cell}: {what(finding)}"
        for result in audit_book(book)
        for finding in result.findings
    ]


@pytest.fixture(scope="module")
def own_books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("own")
    paths = {name: folder / route.file_name(OWN) for name, route in ROUTES.items()}
    for name, path in paths.items():
        path.write_bytes(build(name, model=OWN))
    return paths


def opened(path: Path) -> Book:
    return open_book(path, model=OWN)


def test_its_file_is_called_after_its_prefix(own_books: dict[str, Path]) -> None:
    assert own_books["plain"].name == "acme_plain.xlsx"
    assert own_books["windows"].name == "acme_windows.xlsm"


@pytest.mark.parametrize("route", ROUTES)
def test_stored_results_are_the_models_in_every_case(
    own_books: dict[str, Path], route: str
) -> None:
    book, layout = opened(own_books[route]), layout_of(route)
    for case, column in layout.cases.items():
        for name in OWN.steps:
            places = [("Segments", layout.result_row[name])]
            rows = (layout.python_row, layout.native_row)
            places += [("Forecast", one[name]) for one in rows if name in one]
            for sheet, row in places:
                cell = book.cells[sheet][row, ord(column) - ord("A") + 1]
                assert cell.value == pytest.approx(FORECASTS[case][name], rel=1e-12), (name, case)


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_is_audited_without_a_finding(own_books: dict[str, Path], route: str) -> None:
    assert found_in(opened(own_books[route])) == []


@pytest.mark.parametrize("route", ROUTES)
def test_three_judges_find_nothing_in_the_file(own_books: dict[str, Path], route: str) -> None:
    pytest.importorskip("cellrune")
    assert judge.own_errors(own_books[route]) == []
    assert judge.cellrune_errors(own_books[route]) == []
    require(judge.sdk_available())
    assert judge.sdk_errors(own_books[route]) == []


def test_sheets_name_its_title_its_scenarios_and_count_its_segments(
    own_books: dict[str, Path],
) -> None:
    texts = {*opened(own_books["office"]).all_texts()}
    assert {
        "Crypto-AI revenue with data marketplaces in 2035",
        "Bear, Bull and Stress are a house view",
        "Cases in which the five segments do not sum to the total",
        "The chosen scenario is one of Bear, Base, Bull and Stress, or your own",
        "as in Stress",
        "Stress total",
        "Own steps",
    } <= texts
    words = " ".join(texts - sources(own_books))
    assert "four segments" not in words and "2030" not in words
    assert "CAI_" not in words and "its ACME_ function" in words


def sources(own_books: dict[str, Path]) -> set[str]:
    """Return the texts that speak of the publication."""
    rows = opened(own_books["office"]).texts
    return {
        text
        for sheet in ("Sources", "Evidence", "Findings")
        for row in rows[sheet].values()
        for text in row.values()
    }


def test_what_it_changes_is_not_called_published(own_books: dict[str, Path]) -> None:
    entry = OWN.assumptions["forecast_year"]
    assert (entry.kind, entry.locator) == ("house", "")
    assert entry.rationale == "Own value; the publication has 2030"
    texts = opened(own_books["plain"]).texts
    assert "Model base" in texts["Sources"][5].values()
    assert "Published" not in texts["Workings"][5].values()
    assert "own model" in texts["Cover"][9].values()


def test_charts_draw_every_segment_and_scenario(own_books: dict[str, Path]) -> None:
    with zipfile.ZipFile(own_books["plain"]) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        charts = {name: archive.read(name).decode() for name in names}
        words = archive.read("xl/drawings/drawing3.xml").decode()
    assert "the five crypto segments in the live, bear, base, bull and stress case" in words
    segments = next(text for text in charts.values() if "revenue by segment" in text)
    assert segments.count("<c:ser>") == len(OWN.segments) + 1 == 6  # and the totals above them
    market = next(text for text in charts.values() if "Productivity market by year" in text)
    assert market.count("<c:ser>") == len(CASES) == 5
    assert '<a:srgbClr val="5A3D8A"' in market  # as the scenario has it


def test_a_second_engine_computes_its_native_formulas_alike(own_books: dict[str, Path]) -> None:
    cellrune = pytest.importorskip("cellrune", reason="pip install cellrune")
    for route in ("plain", "excel365"):
        book = cellrune.Workbook.open_path(str(own_books[route]))
        book.calculate()
        layout = layout_of(route)
        for case, column in layout.cases.items():
            for name in OWN.steps:
                where = f"{column}{layout.native_row[name]}"
                (((cell),),) = book.read_values("Forecast", where, where)
                assert cell["value"] == pytest.approx(FORECASTS[case][name], rel=1e-12), name


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibreOffice]:
    require(available())
    from xl_cryptoai_libreoffice import write_extension

    with LibreOffice([write_extension(OWN, tmp_path_factory.mktemp("extension"))]) as started:
        yield started


@pytest.mark.parametrize("route", ["plain", "libreoffice"])
def test_libreoffice_computes_it_alike_and_its_own_scenario_fills_live(
    office: LibreOffice, own_books: dict[str, Path], route: str
) -> None:
    layout = layout_of(route)
    with office.open(own_books[route]) as document:
        document.recalculate()
        for case, column in layout.cases.items():
            for name in OWN.steps:
                for row in layout.step_rows(name)[:2]:  # the call and the native formula
                    value = document.value("Forecast", f"{column}{row}")
                    assert value == pytest.approx(FORECASTS[case][name], rel=1e-12), (name, case)
        assert str(document.named("master_check")).startswith("All ")
        document.set("Cover", layout.scenario_cell, "Stress")
        document.recalculate()
        live = document.value("Segments", f"E{layout.result_row['total']}")
        assert live == pytest.approx(FORECASTS["stress"]["total"], rel=1e-12)


# Other models ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("missing", WITHOUT)
@pytest.mark.parametrize("route", ["office", "excel365"])
def test_a_model_without_some_of_it_builds_and_is_audited_without_a_finding(
    missing: str, route: str, tmp_path: Path
) -> None:
    model: Model = WITHOUT[missing]
    path = tmp_path / ROUTES[route].file_name(model)
    path.write_bytes(build(route, model=model))
    book = open_book(path, model=model)
    assert found_in(book) == []
    layout = lay_out(model)
    for case in model.assumptions.scenarios:
        row = layout.result_row["total"]
        number = [*layout.cases].index(case) + 5
        stored = book.cells["Segments"][row, number].value
        assert stored == pytest.approx(Forecast(case, model=model)["total"], rel=1e-12)
    pytest.importorskip("cellrune")
    assert judge.own_errors(path) == [] and judge.cellrune_errors(path) == []
    require(judge.sdk_available())
    assert judge.sdk_errors(path) == []


def test_a_model_too_large_for_one_name_has_no_value_function_in_lambdas() -> None:
    large = made(
        assumptions={
            "assumption": [
                {"id": f"own_share_{number}", "label": f"Share {number}", "unit": "share",
                 "base": 0.1, "lower": 0, "upper": 1, "rationale": "Ours"}
                for number in range(250)
            ]
        }
    )  # fmt: skip
    assert "CAI_VALUE" in lambda_names(made())
    names = lambda_names(large)
    assert "CAI_VALUE" not in names and "CAI_TOTAL" in names
    assert max(len(formula) for formula, _ in names.values()) <= LONGEST


# Read, traced, compared, merged ------------------------------------------------------------------


def edited(tmp_path: Path, name: str, inputs: UserInputs) -> Book:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(build("plain", inputs, OWN))
    return opened(path)


def test_what_is_typed_into_its_own_columns_is_read_again(tmp_path: Path) -> None:
    values: dict[str, Any] = {"marketplace_share": {"stress": 0.005, "override": 0.03}}
    found = read_book(edited(tmp_path, "typed", UserInputs("stress", values)))
    assert found.scenario == "stress"
    assert found.values["marketplace_share"]["stress"] == 0.005
    assert found.values["marketplace_share"]["override"] == 0.03
    expected = Forecast("stress", overrides={"marketplace_share": 0.03}, model=OWN)
    assert found.cached["total"]["live"] == pytest.approx(expected["total"], rel=1e-12)


def test_its_total_is_traced_to_its_own_assumptions(own_books: dict[str, Path]) -> None:
    found = trace_book(opened(own_books["office"]), "total")
    moving = [name for name, entry in OWN.assumptions.items() if entry.effect != NO_EFFECT]
    assert found.assumptions == tuple(moving)
    segment = trace_book(opened(own_books["office"]), "crypto_marketplaces")
    assert {"marketplace_share", "crypto_marketplace_share"} <= {*segment.assumptions}


def test_two_of_its_workbooks_differ_by_what_was_changed(tmp_path: Path) -> None:
    before = edited(tmp_path, "before", UserInputs())
    after = edited(tmp_path, "after", UserInputs("base", {"marketplace_share": {"stress": 0.02}}))
    found = diff_books(before, after)
    assert [(one.id, one.field) for one in found.inputs] == [("marketplace_share", "stress")]


def test_two_descendants_of_its_workbook_are_merged(tmp_path: Path) -> None:
    sides = [
        read_side(edited(tmp_path, name, UserInputs("base", values)))
        for name, values in (
            ("base", {}),
            ("mine", {"marketplace_share": {"stress": 0.02}}),
            ("theirs", {"crypto_marketplace_share": {"override": 0.2}}),
        )
    ]
    merged = merge(*sides, model=OWN)
    assert not merged.open
    assert merged.result.values == {
        "marketplace_share": {"stress": 0.02},
        "crypto_marketplace_share": {"override": 0.2},
    }


# Injected errors ---------------------------------------------------------------------------------

INJECTED = (
    "number_over_formula", "other_formula", "three_segments", "short_cases", "column_shift",
    "live_fixed", "percent", "text_number", "bound_moved", "check_deleted",
)  # fmt: skip


@pytest.mark.slow
def test_the_mutation_benchmark_finds_ten_kinds_of_errors_in_it(tmp_path: Path) -> None:
    write_folder(tmp_path / "model", MARKETPLACES)
    kinds = [word for kind in INJECTED for word in ("--kind", kind)]
    command = [sys.executable, "benchmarks/mutations.py", "--places", "1", "--route", "plain",
               "--no-peer", "--edits", "2", "--processes", "1", *kinds]  # fmt: skip
    done = subprocess.run(
        command,
        env=os.environ | {"XL_CRYPTOAI_MODEL": str(tmp_path / "model")},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
