"""The catalogue refuses what is incomplete or wrong, naming file, entry and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from shipped import CATALOGUE

from xl_cryptoai import load_assumptions
from xl_cryptoai.assumptions.catalogue import BLOCKS, CATALOGUE_FOLDER, SCENARIO_FILE
from xl_cryptoai.errors import CatalogueError, UnknownNameError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for block in BLOCKS:
        shutil.copy(CATALOGUE_FOLDER / f"{block}.toml", tmp_path)
    shutil.copy(CATALOGUE_FOLDER / SCENARIO_FILE, tmp_path)
    return tmp_path


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


PENETRATION = 'id = "ai_penetration"'
EDITS = [
    ("unit missing", 'unit = "share"\nof = "TAM"\n', 'of = "TAM"\n', "unit", "is missing or empty"),
    ("unit unknown", 'unit = "share"\nof = "TAM"', 'unit = "percent"\nof = "TAM"', "unit",
     "is 'percent'; known: year, share"),
    ("lower bound missing", 'lower = 0.001\nupper = 1.0\neffect = "raises"\nkind = "published"\n'
     'locator = "Defining the role of cryptocurrencies, par. 3"\nrationale = "The publication\'s '
     'base case for', 'upper = 1.0\neffect = "raises"\nkind = "published"\nlocator = "Defining the '
     'role of cryptocurrencies, par. 3"\nrationale = "The publication\'s base case for', "lower",
     "is missing or empty"),
    ("source missing", 'locator = "Defining the role of cryptocurrencies, par. 3"\nrationale = '
     '"The publication\'s base case for', 'rationale = "The publication\'s base case for',
     "locator", "is missing or empty"),
    ("rationale empty", '"The publication\'s base case for adoption by enterprises worldwide"',
     '""', "rationale", "is missing or empty"),
    ("scenario rationale missing", 'scenario_rationale = "Slow and fast adoption by enterprises"',
     "", "scenario_rationale", "is missing or empty"),
    ("base missing", "base = 0.33\n", "", "base", "is missing or empty"),
    ("bull above its bound", "bull = 0.50", "bull = 1.50", "bull",
     "is 1.5, outside its bounds 0.001 to 1"),
    ("bear as text", "bear = 0.20", 'bear = "a fifth"', "bear",
     "is 'a fifth', but must be a number"),
    ("bounds the wrong way round", "lower = 0.001\nupper = 1.0", "lower = 1.0\nupper = 0.001",
     "lower", "must rise"),
    ("bounds beyond the unit", "lower = 0.001\nupper = 1.0", "lower = 0.001\nupper = 100.0",
     "lower", "limits of unit 'share'"),
    ("kind unknown", 'kind = "published"\nlocator = "Defining the role of cryptocurrencies, par. 3"'
     '\nrationale = "The publication\'s base case for', 'kind = "guess"\nlocator = "Defining the '
     'role of cryptocurrencies, par. 3"\nrationale = "The publication\'s base case for', "kind",
     "is 'guess'; known: published, derived, house"),
    ("field unknown", "base = 0.33", "base = 0.33\nowner = 1", "owner", "is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "problem"), [e[1:] for e in EDITS],
                         ids=[e[0] for e in EDITS])  # fmt: skip
def test_an_incomplete_or_wrong_entry_is_refused_by_file_entry_and_field(
    folder: Path, old: str, new: str, field: str, problem: str
) -> None:
    edit(folder, "market.toml", old, new)
    with pytest.raises(CatalogueError) as refusal:
        load_assumptions(folder)
    assert refusal.value.file == "market.toml"
    assert refusal.value.entry == "ai_penetration"
    assert refusal.value.field == field
    assert problem in str(refusal.value)


def test_an_id_that_occurs_twice_in_a_file_is_refused(folder: Path) -> None:
    edit(folder, "market.toml", 'id = "ai_revenue_capture"', PENETRATION)
    with pytest.raises(CatalogueError, match=r"market.toml: entry 'ai_penetration', field 'id'"):
        load_assumptions(folder)


def test_an_id_that_occurs_in_two_files_is_refused_naming_both(folder: Path) -> None:
    edit(folder, "value_stack.toml", 'id = "software_share"', PENETRATION)
    with pytest.raises(CatalogueError, match=r"value_stack.toml: .* occurs in market.toml"):
        load_assumptions(folder)


def test_a_derived_entry_with_a_typed_base_is_refused(folder: Path) -> None:
    edit(folder, "value_stack.toml", "bear = 0.15", "bear = 0.15\nbase = 0.19")
    with pytest.raises(CatalogueError, match=r"'compute_share', field 'base': is derived"):
        load_assumptions(folder)


def test_a_derived_entry_without_a_derivation_is_refused(folder: Path) -> None:
    edit(folder, "software.toml", "base = 0.05\nbull = 0.10", "bull = 0.10")
    edit(folder, "software.toml", 'kind = "published"', 'kind = "derived"')
    with pytest.raises(CatalogueError, match=r"'crypto_software_share', field 'kind': .*no deriv"):
        load_assumptions(folder)


def test_a_derivation_without_its_entry_is_refused(folder: Path) -> None:
    path = folder / "value_stack.toml"
    text = path.read_text(encoding="utf-8")
    cut = text.rindex("[[assumption]]")
    path.write_text(text[:cut], encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"'compute_share', field 'id': .*no entry has this"):
        load_assumptions(folder)


def test_a_broken_year_is_refused(folder: Path) -> None:
    edit(folder, "market.toml", "base = 2022", "base = 2022.5")
    with pytest.raises(CatalogueError, match=r"'baseline_year', field 'base': .* whole number"):
        load_assumptions(folder)


def test_a_choice_outside_its_list_is_refused(folder: Path) -> None:
    edit(folder, "identity.toml", 'bear = "as base"', 'bear = "ai_hardware"')
    with pytest.raises(CatalogueError, match=r"'identity_base', field 'bear': is 'ai_hardware'"):
        load_assumptions(folder)


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        ("starts = \"ai_penetration\"", "starts = \"gdp_growth\"", "starts", "shares"),
        ("starts = \"ai_penetration\"", "starts = \"nothing\"", "starts", "'nothing'"),
        ("starts = \"ai_penetration\"", "starts = \"crypto_software_share\"", "starts",
         "has start_ai_penetration and start_crypto_software_share"),
        ("lower = 1e-6", "lower = 0.0", "lower", "nothing grows from 0"),
    ],
)  # fmt: skip
def test_a_start_value_is_one_of_a_share_and_above_0(folder, old, new, field, problem) -> None:
    edit(folder, "adoption.toml", old, new)
    with pytest.raises(CatalogueError, match=problem) as refusal:
        load_assumptions(folder)
    assert (refusal.value.entry, refusal.value.field) == ("start_ai_penetration", field)


def test_a_missing_file_and_broken_toml_are_refused_by_name(folder: Path) -> None:
    (folder / "security.toml").write_text("[[assumption\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"security.toml: .*not valid TOML"):
        load_assumptions(folder)
    (folder / "security.toml").unlink()
    with pytest.raises(CatalogueError, match=r"security.toml: .*there is no file"):
        load_assumptions(folder)


def test_an_unknown_id_is_refused_with_the_nearest_or_all_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="'penetration': did you mean ai_penetration"):
        load_assumptions()["penetration"]
    with pytest.raises(UnknownNameError, match="no assumption is called 'luck'; known: basel"):
        load_assumptions()["luck"]


def test_every_assumption_has_a_source_a_rationale_and_house_bear_and_bull() -> None:
    for entry in load_assumptions().values():
        assert entry.locator and entry.rationale and entry.scenario_rationale
        wanted = ("house",) if entry.block == "adoption" else ("published", "derived")
        assert entry.kind in wanted
        assert CATALOGUE.kind_of(entry.id, "bear") == CATALOGUE.kind_of(entry.id, "bull") == "house"


# Scenario table of the model: base from the publication, bear and bull a house view.
SCENARIO_TABLE = {
    "baseline_year": (2022, 2022, 2022),
    "forecast_year": (2030, 2030, 2030),
    "gdp_growth": (0.02, 0.03, 0.04),
    "ai_growth_multiple": (1.25, 1.5, 2.0),
    "ai_penetration": (0.20, 0.33, 0.50),
    "ai_revenue_capture": (0.10, 0.13, 0.16),
    "software_share": (0.45, 0.50, 0.55),
    "crypto_software_share": (0.01, 0.05, 0.10),
    "hyperscaler_share": (0.90, 0.80, 0.70),
    "crypto_compute_share": (0.10, 0.20, 0.30),
    "identity_rate": (0.0171, 0.035, 0.0557),
    "crypto_identity_share": (0.05, 0.10, 0.20),
    "bank_compliance_cost": (58.75e9, 58.75e9, 58.75e9),
    "bank_revenue": (660e9, 660e9, 660e9),
    "crypto_security_share": (0.01, 0.05, 0.10),
}


@pytest.mark.parametrize("name", SCENARIO_TABLE)
def test_the_scenario_values_are_those_of_the_model(name: str) -> None:
    entry = load_assumptions()[name]
    assert (entry.values["bear"], entry.base, entry.values["bull"]) == SCENARIO_TABLE[name]


def test_the_derived_values_follow_from_the_published_figures() -> None:
    catalogue = load_assumptions()
    # 5.85T back over eight years at 3% x 1.5; 47.44B over 5.85T x 33% x 13%
    assert catalogue["baseline_productivity"].base == pytest.approx(4.11363e12, rel=1e-6)
    assert catalogue["compute_share"].base == pytest.approx(47.44e9 / 250.965e9, rel=1e-15)
    assert catalogue["identity_base"].base == "ai_revenue"
    assert {name for name in catalogue if catalogue[name].block != "adoption"} == {
        *SCENARIO_TABLE, "baseline_productivity", "compute_share", "identity_base"
    }  # fmt: skip
