"""The spare scenario of a workbook: blank it follows Base, named it is chosen and carried along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from edits import edit, where
from engines import require
from engines.libreoffice import Document, LibreOffice, available
from shipped import MODEL
from strategies import CATALOGUE
from test_own_model import MARKETPLACES, made

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs, read_user_toml
from xl_cryptoai.assumptions.user_inputs import fingerprint_of
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.cli import main
from xl_cryptoai.comparing.diff import diff_books
from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.forecast.own_model import model_of, text_of
from xl_cryptoai.merging.merge import merge
from xl_cryptoai.merging.record import Merge
from xl_cryptoai.merging.sides import read_side
from xl_cryptoai.reading.book import Book, open_book
from xl_cryptoai.reading.migration import migrate
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reports.text_lines import lines_of
from xl_cryptoai.reports.words import fix
from xl_cryptoai.risk.plan import plan_of_inputs
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.layout import BESIDE, HEADER_ROW, OWN_SCENARIO, SUBHEAD_ROW, lay_out

pytestmark = pytest.mark.slow

LAYOUT = lay_out(MODEL)
TYPED = {"ai_penetration": 0.4, "forecast_year": 2031.0, "identity_base": "ai_software"}
DOWNSIDE = UserInputs("own", {name: {"own": one} for name, one in TYPED.items()}, (), "Downside")
TOTAL = Forecast(overrides=TYPED)["total"]
BASE_TOTAL = Forecast()["total"]

Edit = tuple[str, str, Any]


def own(name: str, value: Any) -> Edit:
    return "Assumptions", f"{LAYOUT.own}{LAYOUT.assumption_row[name]}", value


def chosen(name: str) -> Edit:
    return "Cover", LAYOUT.scenario_cell, name


def named(name: str) -> Edit:
    return "Assumptions", f"{LAYOUT.own}{HEADER_ROW}", name


def put(*edits: Edit) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for sheet, at, value in edits:
            book[sheet][at] = value

    return change


def inputs_in(path: Path) -> UserInputs:
    return migrate(open_book(path))[0]


def findings(book: Book) -> set[tuple[str, str]]:
    return {(one.kind, one.cell) for rule in audit_book(book) for one in rule.findings}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workbook of every route in which the spare scenario is named, used and chosen."""
    folder = tmp_path_factory.mktemp("used")
    paths = {name: folder / route.file_name(MODEL) for name, route in ROUTES.items()}
    for name, path in paths.items():
        path.write_bytes(build(name, DOWNSIDE))
    return paths


@pytest.fixture(scope="module")
def document(workbooks: dict[str, Path]) -> Iterator[Document]:
    require(available())
    with LibreOffice() as office, office.open(workbooks["plain"]) as opened:
        yield opened


# The workbook calculates it ----------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_stores_the_figures_of_python(used: dict[str, Path], route: str) -> None:
    found = read_book(open_book(used[route]))
    assert (found.errors, found.compare(), found.flag[-2:]) == ([], [], "OK")
    assert found.cached["total"]["live"] == pytest.approx(TOTAL, rel=1e-12)
    assert found.cached["total"]["base"] == pytest.approx(BASE_TOTAL, rel=1e-12)


def live_total(document: Document, *edits: Edit) -> Any:
    where = "Segments", f"E{LAYOUT.result_row['total']}"
    [[[total]], [[flag]]] = document.probe(edits, [where, ("Cover", "A3")])
    assert flag.endswith("OK")
    return total


@pytest.mark.parametrize(
    ("edits", "overrides"),
    [
        ([chosen("Own")], {}),
        ([chosen("Own"), own("ai_penetration", 0.4)], {"ai_penetration": 0.4}),
        ([own("ai_penetration", 0.4)], {}),
        (
            [chosen("Downside"), named("Downside"), own("ai_penetration", 0.4)],
            {"ai_penetration": 0.4},
        ),
    ],
    ids=["blank", "a value", "not chosen", "renamed"],
)
def test_where_it_is_chosen_live_takes_its_values_and_base_s_where_blank(
    document: Document, edits: list[Edit], overrides: dict[str, float]
) -> None:
    total = Forecast(overrides=overrides)["total"]
    assert live_total(document, *edits) == pytest.approx(total, rel=1e-12)


def test_a_name_typed_after_the_choice_does_not_undo_it(document: Document) -> None:
    edits = [chosen("Own"), named("Downside"), own("ai_penetration", 0.4)]
    total = Forecast(overrides={"ai_penetration": 0.4})["total"]
    assert live_total(document, *edits) == pytest.approx(total, rel=1e-12)


def test_blank_it_follows_base_as_that_stands_in_the_workbook(document: Document) -> None:
    base = f"{LAYOUT.cases['base']}{LAYOUT.assumption_row['ai_penetration']}"
    live = f"E{LAYOUT.assumption_row['ai_penetration']}"
    edits = [chosen("Own"), ("Assumptions", base, 0.3)]
    assert document.probe(edits, [("Assumptions", live)]) == [[[0.3]]]


def test_it_is_said_over_live_and_beside_each_value(document: Document) -> None:
    edits = [chosen("Downside"), named("Downside"), own("ai_penetration", 0.4)]
    row = LAYOUT.assumption_row["ai_penetration"]
    reads = [
        ("Segments", f"E{SUBHEAD_ROW}"),
        ("Assumptions", f"{BESIDE}{row - 1}:{BESIDE}{row}"),
    ]
    [[[over]], beside] = document.probe(edits, reads)
    assert over == "Downside"
    assert [words for (words,) in beside] == ["published", "own"]


@pytest.mark.parametrize(
    "edits",
    [
        [own("ai_penetration", 1.2)],
        [own("forecast_year", 2030.5)],
        [own("identity_base", "none of them")],
        [own("software_share", 0.9)],  # with base's compute share above the whole
        [chosen("Bear"), named("Bear")],
        [chosen("Worst")],
    ],
    ids=["out of bounds", "not whole", "no choice", "a rule", "a name of others", "no name"],
)
def test_the_checks_see_what_it_cannot_be(document: Document, edits: list[Edit]) -> None:
    [[[flag]]] = document.probe(edits, [("Cover", "A3")])
    assert "fail: see sheet Checks" in flag


def test_the_drop_down_lists_it_under_its_name(workbooks: dict[str, Path]) -> None:
    book = open_book(workbooks["office"])
    [rule] = [one for one in book.worksheets["Cover"].validations if one.kind == "list"]
    assert rule.formulas[0] == LAYOUT.choices
    assert ("validation_allows_other_words", "Cover!B6") not in findings(book)


# Reading, migrating, tracing ---------------------------------------------------------------------


def test_it_is_read_with_its_name(used: dict[str, Path]) -> None:
    found = read_book(open_book(used["office"]))
    assert (found.scenario, found.own_name) == ("own", "Downside")
    assert {n: row["own"] for n, row in found.values.items() if row["own"] is not None} == TYPED


@pytest.mark.parametrize("route", ["plain", "windows"])
def test_an_audit_finds_nothing_where_it_is_used(used: dict[str, Path], route: str) -> None:
    assert findings(open_book(used[route])) == set()


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        (own("ai_penetration", 40), "input_percent", "ai_penetration"),
        (own("gdp_growth", "fast"), "input_text", "gdp_growth"),
        (own("software_share", 0.9), "constraint_broken", "software_share"),
        (named("Bull"), "own_name_impossible", "own"),
        (named(" "), "own_name_impossible", "own"),
    ],
)
def test_reading_says_what_it_cannot_be(
    workbooks: dict[str, Path], tmp_path: Path, change: Edit, kind: str, field: str
) -> None:
    path = edit(workbooks["plain"], tmp_path / "book.xlsx", put(change))
    [problem] = read_book(open_book(path)).errors
    assert (problem.kind, problem.id, problem.cell) == (kind, field, f"Assumptions!{change[1]}")
    assert fix(problem)


def test_a_workbook_from_before_it_is_read_as_if_it_were_blank(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def without(book: Any) -> None:
        del book.defined_names[OWN_SCENARIO]
        book["Assumptions"][f"{LAYOUT.own}{HEADER_ROW}"] = "Remarks"

    path = edit(workbooks["plain"], tmp_path / "old.xlsx", without)
    assert read_book(open_book(path)).errors == []
    assert inputs_in(path) == UserInputs()


def test_a_new_build_carries_it(used: dict[str, Path], tmp_path: Path, capsys: Any) -> None:
    out = str(tmp_path / "new")
    assert main(["build", "--from", str(used["plain"]), "--for", "office", "--out", out]) == 0
    assert inputs_in(Path(capsys.readouterr().out.splitlines()[0])) == DOWNSIDE


def test_a_model_that_has_a_scenario_of_its_name_lists_the_name_as_not_migrated(
    used: dict[str, Path],
) -> None:
    bank = {"id": "downside", "label": "Downside", "view": "house"}
    other = made(model={"scenario": [bank]})
    inputs, missed = migrate(open_book(used["plain"]), other)
    assert (inputs.scenario, inputs.own_name) == ("own", "Own")
    head = f"Assumptions!{LAYOUT.own}{HEADER_ROW}"
    assert [(one.cell, one.content) for one in missed] == [(head, "Downside")]


def test_a_trace_ends_at_the_own_value(used: dict[str, Path]) -> None:
    nodes = {one.id: one for one in trace_book(open_book(used["plain"]), "total").nodes.values()}
    at = where(used["plain"], "Assumptions", "ai_penetration", "Downside")
    node = nodes["ai_penetration"]
    assert (node.kind, node.value, node.notes) == ("own", 0.4, (f"typed in {at}",))
    assert nodes["gdp_growth"].kind == "published"


def test_text_for_git_has_name_choice_and_values(used: dict[str, Path]) -> None:
    lines = [*lines_of(open_book(used["plain"]))]
    wanted = ("scenario = Downside", "own.name = Downside", "ai_penetration.own = 0.4")
    assert [line for line in wanted if line in lines] == [*wanted]


# TOML, forecasts and simulations -----------------------------------------------------------------


def test_a_toml_file_can_use_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'scenario = "downside"\nown_name = "Downside"\n[ai_penetration]\nown = "40%"\n'
        '[forecast_year]\nown = 2031\n[identity_base]\nown = "ai_software"\n'
    )
    assert read_user_toml(path, CATALOGUE) == DOWNSIDE
    path.write_text('own_name = "Bull"\n')
    with pytest.raises(CatalogueError, match="own_name is 'Bull', the header of another"):
        read_user_toml(path, CATALOGUE)


@pytest.mark.parametrize(
    ("scenario", "cases"),
    [
        ("own", ["live", "bear", "base", "bull"]),
        ("bull", ["live", "bear", "base", "bull", "Downside"]),
    ],
)
def test_a_forecast_shows_it_beside_the_scenarios_unless_live_is_it(
    tmp_path: Path, capsys: Any, scenario: str, cases: list[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        f'scenario = "{scenario}"\nown_name = "Downside"\n[ai_penetration]\nown = "40%"\n'
    )
    assert main(["forecast", "--from", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["cases"]
    assert list(found) == cases
    shown = "live" if scenario == "own" else "Downside"
    total = Forecast(overrides={"ai_penetration": 0.4})["total"]
    assert found[shown]["steps"]["total"] == total


def test_a_simulation_starts_where_it_is_chosen() -> None:
    plan = plan_of_inputs(MODEL, DOWNSIDE)
    assert (plan.case, plan.live) == ("Live (Downside)", TOTAL)


def test_a_blank_one_leaves_the_fingerprint_of_the_assumptions_as_it_was() -> None:
    assert fingerprint_of(CATALOGUE, UserInputs()) == "0c4910864a14"  # of workbooks without it
    used = UserInputs(values={"ai_penetration": {"own": 0.4}})
    assert fingerprint_of(CATALOGUE, used) != "0c4910864a14"


# Comparing and merging ---------------------------------------------------------------------------


def test_a_comparison_names_what_changed_in_it(
    workbooks: dict[str, Path], used: dict[str, Path]
) -> None:
    found = diff_books(open_book(workbooks["plain"]), open_book(used["plain"]))
    changes = {(one.id, one.field): (one.before, one.after) for one in found.inputs}
    assert changes["scenario", "choice"] == ("Base", "Downside")
    assert changes["own", "name"] == ("Own", "Downside")
    assert changes["ai_penetration", "own"] == (None, 0.4)
    # the cover has a fingerprint of the assumptions; all else is compared by what it means
    assert ([one.row for one in found.cells], found.structure) == (["Version"], [])


def test_a_name_alone_is_no_other_choice(used: dict[str, Path], tmp_path: Path) -> None:
    renamed = edit(used["plain"], tmp_path / "a.xlsx", put(named("Stress"), chosen("Stress")))
    found = diff_books(open_book(used["plain"]), open_book(renamed))
    assert [(one.id, one.field, one.after) for one in found.inputs] == [("own", "name", "Stress")]


def merged(base: Path, tmp_path: Path, mine: list[Edit], theirs: list[Edit]) -> Merge:
    sides = [base]
    for name, changes in (("mine", mine), ("theirs", theirs)):
        sides.append(edit(base, tmp_path / f"{name}.xlsx", put(*changes)))
    return merge(*(read_side(open_book(path)) for path in sides))


def test_two_people_s_own_values_are_merged(workbooks: dict[str, Path], tmp_path: Path) -> None:
    mine = [named("Downside"), own("ai_penetration", 0.4)]
    found = merged(workbooks["plain"], tmp_path, mine, [own("gdp_growth", 0.02)])
    assert found.conflicts == ()
    values = {"gdp_growth": {"own": 0.02}, "ai_penetration": {"own": 0.4}}
    assert found.result == UserInputs("base", values, (), "Downside")


def test_two_own_values_or_names_of_one_field_are_a_conflict(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    mine = [named("Downside"), own("ai_penetration", 0.4)]
    theirs = [named("Stress"), own("ai_penetration", 0.2)]
    found = merged(workbooks["plain"], tmp_path, mine, theirs)
    assert [(one.id, one.field, one.mine, one.theirs) for one in found.conflicts] == [
        ("own", "name", "Downside", "Stress"),
        ("ai_penetration", "own", 0.4, 0.2),
    ]


def test_own_values_that_do_not_go_together_are_a_conflict(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    found = merged(
        workbooks["plain"], tmp_path, [own("software_share", 0.6)], [own("compute_share", 0.45)]
    )
    conflicts = {(one.id, one.field) for one in found.conflicts}
    assert conflicts == {("software_share", "own"), ("compute_share", "own")}


# A model of one's own ----------------------------------------------------------------------------


def test_the_workbook_of_an_own_model_has_it_after_its_scenarios(tmp_path: Path) -> None:
    model = model_of(text_of(MARKETPLACES))
    path = tmp_path / "acme.xlsx"
    inputs = UserInputs("own", {"marketplace_share": {"own": 0.05}}, (), "Worst case")
    path.write_bytes(build("plain", inputs, model))
    found = read_book(open_book(path))
    assert (found.scenario, found.own_name, found.compare()) == ("own", "Worst case", [])
    total = Forecast(overrides={"marketplace_share": 0.05}, model=model)["total"]
    assert found.cached["total"]["live"] == pytest.approx(total, rel=1e-12)


def test_a_model_cannot_call_a_scenario_own() -> None:
    scenario = {"id": "ours_only", "label": "Own", "view": "house"}
    with pytest.raises(CatalogueError, match="is the spare scenario's on sheet Assumptions"):
        made(model={"scenario": [scenario]})
