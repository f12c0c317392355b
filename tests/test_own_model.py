"""A firm's own model: a folder of TOML that extends the shipped one."""

from __future__ import annotations

import contextlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import CATALOGUE, MODEL, STEPS

from xl_cryptoai import Forecast
from xl_cryptoai.cli import main
from xl_cryptoai.errors import CatalogueError, CryptoAIError, FileRefusedError
from xl_cryptoai.forecast import Model
from xl_cryptoai.forecast.formula import formula_of
from xl_cryptoai.forecast.own_model import model_of, read_model, text_of
from xl_cryptoai.risk import elasticities, goalseek, simulate, tornado
from xl_cryptoai.workbook.formulas import NATIVE

MARKETPLACES = {
    "model.toml": {
        "title": "Crypto-AI revenue with data marketplaces",
        "prefix": "ACME",
        "scenario": [
            {"id": "stress", "label": "Stress", "view": "house", "over": "bear",
             "colour": "#5a3d8a", "values": {"gdp_growth": 0.01, "ai_penetration": 0.1}},
        ],
    },
    "assumptions.toml": {
        "assumption": [
            {"id": "forecast_year", "base": 2035},
            {"id": "ai_penetration", "upper": 0.9},
            {"id": "marketplace_share", "label": "Data marketplaces", "unit": "share",
             "of": "AI revenue", "base": 0.02, "bear": 0.01, "bull": 0.04, "lower": 0,
             "upper": 0.2, "rationale": "Our estimate"},
            {"id": "crypto_marketplace_share", "label": "Crypto share of data marketplaces",
             "unit": "share", "of": "data marketplaces", "base": 0.1, "bear": 0.05, "bull": 0.2,
             "lower": 0, "upper": 1, "rationale": "As in identity"},
        ],
    },
    "steps.toml": {
        "step": [
            {"id": "marketplaces", "label": "AI data marketplaces", "unit": "usd_per_year",
             "formula": "ai_revenue*marketplace_share"},
            {"id": "crypto_marketplaces", "label": "Crypto marketplaces", "unit": "usd_per_year",
             "formula": "marketplaces*crypto_marketplace_share", "segment": True},
        ],
    },
}  # fmt: skip
"""A fifth segment: 2% of AI revenue, 10% of it crypto; a fourth scenario; 2035."""


def made(**documents: Any) -> Model:
    """Make a model of documents; names without their ending."""
    return model_of(text_of({"model.toml": {}} | {f"{k}.toml": v for k, v in documents.items()}))


@pytest.fixture(scope="module")
def own() -> Model:
    return model_of(text_of(MARKETPLACES))


def test_a_model_without_documents_of_its_own_is_the_shipped_one() -> None:
    assert model_of("") is MODEL


def test_a_fifth_segment_joins_the_total(own: Model) -> None:
    base, shipped = Forecast(model=own), Forecast(overrides={"forecast_year": 2035})
    assert own.segments[-1] == "crypto_marketplaces"
    assert base["crypto_marketplaces"] == pytest.approx(base["ai_revenue"] * 0.02 * 0.1, rel=1e-15)
    assert base["total"] == pytest.approx(shipped["total"] + base["crypto_marketplaces"], rel=1e-15)


def test_a_scenario_over_another_takes_its_values_but_its_own(own: Model) -> None:
    stress, bear = (Forecast(name, model=own) for name in ("stress", "bear"))
    differing = [name for name in own.assumptions if stress[name] != bear[name]]
    assert differing == ["gdp_growth", "ai_penetration"]


def test_the_values_of_what_is_unchanged_are_the_shipped_ones(own: Model) -> None:
    changed = {"forecast_year", "marketplace_share", "crypto_marketplace_share"}
    for name, entry in own.assumptions.items():
        if name not in changed:
            assert {case: entry.values[case] for case in CATALOGUE.scenarios} == dict(
                CATALOGUE[name].values
            ), name


def test_a_printed_figure_counts_only_where_the_model_still_gives_it(own: Model) -> None:
    """The horizon moved: of the printed figures only the compliance rate does not depend on it."""
    assert [*own.publication.figures] == ["compliance_rate"]
    assert [line.agrees for line in Forecast(model=own).reconcile()] == [True]


def test_a_derivation_holds_only_for_unchanged_figures(own: Model) -> None:
    assert "baseline_productivity" not in own.derivations
    assert [*made().derivations] == [*MODEL.derivations]


def test_the_horizon_does_not_move_what_was_calibrated(own: Model) -> None:
    name = "baseline_productivity"
    assert own.assumptions[name].base == CATALOGUE[name].base


def test_a_model_is_the_same_object_for_the_same_text(own: Model) -> None:
    assert model_of(text_of(MARKETPLACES)) is own and pickle.loads(pickle.dumps(own)) is own


def test_the_fingerprint_changes_with_the_content(own: Model) -> None:
    assert own.fingerprint != made(model={"title": "Another"}).fingerprint != ""


def test_a_simulation_draws_the_own_assumptions_and_returns_the_own_segment(own: Model) -> None:
    found = simulate(1024, model=own)
    assert found.names[-2:] == ("marketplace_share", "crypto_marketplace_share")
    segments = sum(found.mean(name)[0] for name in own.segments)
    assert found.mean()[0] == pytest.approx(segments, rel=1e-12)


def test_sensitivities_know_the_own_assumptions(own: Model) -> None:
    assert {bar.id for bar in tornado(model=own)} >= {"marketplace_share"}
    slopes = elasticities(model=own)
    base = Forecast(model=own)
    part = base["crypto_marketplaces"] / base["total"]
    assert slopes["marketplace_share"] == pytest.approx(part, rel=1e-12)
    assert goalseek("marketplace_share", base["total"], model=own).value == pytest.approx(0.02)


def test_leaving_out_a_segment_leaves_the_others(own: Model) -> None:
    found = made(model={"leave_out": ["crypto_security", "crypto_security_share"]})
    assert found.segments == MODEL.segments[:-1]
    expected = Forecast()["total"] - Forecast()["crypto_security"]
    assert Forecast(model=found)["total"] == pytest.approx(expected, rel=1e-15)


def test_a_scenario_can_be_left_out() -> None:
    found = made(model={"leave_out": ["bull"]})
    assert [*found.assumptions.scenarios] == ["bear", "base"]
    assert found.assumptions.span == ("bear", "base")


def test_a_step_can_be_given_another_formula() -> None:
    step = {"id": "crypto_compute", "label": "Crypto compute", "unit": "usd_per_year",
            "formula": "IF(crypto_compute_share>10%,"
                       "non_hyperscaler_compute*crypto_compute_share,0)",
            "segment": True}  # fmt: skip
    found = made(steps={"step": [step]})
    assert Forecast(model=found)["total"] == pytest.approx(Forecast()["total"], rel=1e-15)
    assert Forecast(overrides={"crypto_compute_share": 0.1}, model=found)["crypto_compute"] == 0


def test_a_rule_of_ones_own_is_held() -> None:
    rule = {"id": "compute_at_most", "terms": ["compute_share"], "relation": "<=", "limit": 0.2,
            "rule": "compute_share must not exceed 0.2"}  # fmt: skip
    found = made(model={"constraint": [rule]})
    with pytest.raises(CryptoAIError, match=r"compute_share is 0\.22; compute_share must not"):
        Forecast("bull", model=found)


def test_a_folder_is_read_as_its_documents(tmp_path: Path, own: Model) -> None:
    write_folder(tmp_path, MARKETPLACES)
    assert read_model(tmp_path) is own


def write_folder(folder: Path, documents: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    for name, document in documents.items():
        (folder / name).write_text(toml(document), encoding="utf-8")


def toml(document: dict[str, Any]) -> str:
    """Write a document as TOML: values first, then arrays of tables."""
    plain = [f"{key} = {_value(value)}" for key, value in document.items() if not _rows(value)]
    tables = [
        f"\n[[{key}]]\n" + "\n".join(f"{name} = {_value(one)}" for name, one in row.items())
        for key, rows in document.items()
        if _rows(rows)
        for row in rows
    ]
    return "\n".join([*plain, *tables]) + "\n"


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)


def test_a_folder_without_a_model_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match=r"no model\.toml; write one with: xl-cryptoai new"):
        read_model(tmp_path)


def test_a_file_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text("", encoding="utf-8")
    (tmp_path / "stepz.toml").write_text("", encoding="utf-8")
    with pytest.raises(FileRefusedError, match=r"stepz\.toml is not known; a model has"):
        read_model(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "is not a model folder: it has no model.toml; write one with: xl-cryptoai new"),
        ("title = ", "model.toml: entry '-', field '-': not valid TOML: "),
        ("\xff", "model.toml: entry '-', field '-': is not text in UTF-8; save it as that"),
        ("title = 1", "model.toml: entry '-', field 'title': is 1; give a heading"),
    ],
)
def test_a_command_says_in_one_sentence_what_is_wrong_with_the_folder(
    text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "model.toml").write_text(text, encoding="latin-1")
    for command in ("forecast", "build", "assumptions"):
        assert main([command, "--model", str(tmp_path)]) == 2
        said = capsys.readouterr().err
        assert message in said
        assert said.count("\n") == 1


ASSUMPTION = {"id": "own_share", "label": "Ours", "unit": "share", "base": 0.1, "lower": 0,
              "upper": 1, "rationale": "Ours"}  # fmt: skip
STEP = {"id": "own_step", "label": "Own step", "unit": "usd_per_year", "formula": "ai_revenue"}
SCENARIO = {"id": "own_case", "label": "Ours", "view": "house"}


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ({"model": {"titel": "x"}}, "model.toml: entry '-', field 'titel': is not known"),
        (
            {"model": {"prefix": "my-co"}},
            "field 'prefix': is 'my-co'; give 2 to 10 capital",
        ),
        (
            {"model": {"leave_out": ["total"]}},
            "'total' is not an assumption, step or scenario",
        ),
        (
            {"model": {"leave_out": ["crypto_securty"]}},
            "'crypto_securty' is not an assumption, step or scenario that can be left out: "
            "did you mean crypto_security?",
        ),
        (
            {"model": {"scenario": [{**SCENARIO, "over": "bul"}]}},
            "no scenario before it is called 'bul': did you mean bull?",
        ),
        (
            {"model": {"leave_out": ["ai_penetration"]}},
            "step 'ai_gain' needs ai_penetration",
        ),
        ({"model": {"leave_out": [*MODEL.segments]}}, "no segment remains; mark a step as one"),
        ({"model": {"scenario": [{**SCENARIO, "view": "mine"}]}}, "is 'mine'; known:"),
        (
            {"model": {"scenario": [{**SCENARIO, "over": "worst"}]}},
            "no scenario before it",
        ),
        ({"model": {"scenario": [{**SCENARIO, "label": "BEAR"}]}}, "'BEAR' is used twice"),
        (
            {"model": {"scenario": [{**SCENARIO, "colour": "#ffee00"}]}},
            "field 'colour': '#ffee00' is no colour that shows on white",
        ),
        ({"model": {"scenario": [{**SCENARIO, "id": "tam"}]}}, "must be small letters"),
        (
            {"model": {"scenario": [{**SCENARIO, "values": {"gdp": 1}}]}},
            "entry 'own_case', field 'values': no assumption is called 'gdp'",
        ),
        (
            {"model": {"scenario": [{**SCENARIO, "values": {"gdp_growth": 3}}]}},
            "entry 'gdp_growth', field 'own_case': is 3, outside its bounds",
        ),
        ({"assumptions": {"assumption": [{**ASSUMPTION, "unit": "eur"}]}}, "is 'eur'; known:"),
        ({"assumptions": {"assumption": [{**ASSUMPTION, "base": 2}]}}, "'base': is 2, outside its"),
        ({"assumptions": {"assumption": [{"id": "own_share"}]}}, "field 'label': is missing"),
        ({"assumptions": {"assumption": [{**ASSUMPTION, "id": "tam"}]}}, "must be small letters"),
        ({"assumptions": {"assumption": [{**ASSUMPTION, "id": "ai_gain"}]}}, "is the id of a step"),
        ({"assumptions": {"assumption": [ASSUMPTION, ASSUMPTION]}}, "field 'id': occurs twice"),
        (
            {"steps": {"step": [{**STEP, "formula": "ai_revenue*"}]}},
            "cannot be read at position",
        ),
        ({"steps": {"step": [{**STEP, "formula": "2*3"}]}}, "gives a number, but the unit"),
        ({"steps": {"step": [{**STEP, "formula": "own_share"}]}}, "is called 'own_share'"),
        (
            {"steps": {"step": [{**STEP, "formula": "ai_revenue+gdp_growth"}]}},
            "joins USD/year",
        ),
        ({"steps": {"step": [{**STEP, "formula": "ai_revenue*tam"}]}}, r"gives (USD/year)^2, but"),
        ({"steps": {"step": [{**STEP, "formula": "EVAL(tam)"}]}}, "the function EVAL is not"),
        ({"steps": {"step": [{**STEP, "formula": "Sheet1!A1"}]}}, "'Sheet1!A1' is not known; give"),
        (
            {"steps": {"step": [{**STEP, "formula": "own_step+tam"}]}},
            "is circular: own_step",
        ),
        ({"steps": {"step": [{**STEP, "unit": "share", "segment": True}]}}, "a segment's unit is"),
        ({"steps": {"step": [{**STEP, "id": "total"}]}}, "is the sum of the segments"),
        (
            {"steps": {"step": [STEP, {**STEP, "id": "own_other"}]}},
            "entry 'own_other', field 'label': 'Own step' is used twice",
        ),
        ({"findings": {"finding": [{"id": "x"}]}}, "findings.toml: entry 'x', field 'title'"),
        ({"evidence": {"evidence": [{"id": "x"}]}}, "evidence.toml: entry 'x', field 'segment'"),
        ({"published": {"figure": []}}, "published.toml: entry '-', field 'figure'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused_by_file_entry_field_and_fix(
    documents: dict[str, Any], message: str
) -> None:
    with pytest.raises(CatalogueError) as refused:
        made(**documents)
    assert message in str(refused.value)


@pytest.mark.parametrize("name", [name for name in NATIVE if name != "total"])
def test_the_native_formulas_of_the_shipped_steps_compile_to_the_same_results(name: str) -> None:
    """So the language is rich enough for the shipped model, and computes it as Python does."""
    step, values = STEPS[name], Forecast(("bear", "base", "bull"))
    made = formula_of(NATIVE[name], MODEL.entries, step.unit)
    given = [values[one] for one in made.inputs]
    np.testing.assert_allclose(made.function(*given), values[name], rtol=1e-15)


AMOUNTS = st.floats(-1e6, 1e6, allow_nan=False)


@given(AMOUNTS, AMOUNTS)
def test_functions_of_a_formula_give_what_excel_gives(one: float, other: float) -> None:
    entries = {"left": STEPS["tam"], "right": STEPS["ai_gain"]}
    for text, expected in (
        ("MIN(left,right)", min(one, other)),
        ("MAX(left,right,0)", max(one, other, 0)),
        ("SUM(left,right)", one + other),
        ("ABS(left)", abs(one)),
        ("IF(AND(left>right,left>0),left,right)", one if one > other and one > 0 else other),
        ("IF(OR(left<=right,left=0),left,right)", one if one <= other or one == 0 else other),
        ("-left+right", other - one),
    ):
        made = formula_of(text, entries, "usd_per_year")
        given = {"left": one, "right": other}
        assert made.function(*(given[name] for name in made.inputs)) == expected, text


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [(2.5, 0, 3.0), (-2.5, 0, -3.0), (1234.0, -2, 1200.0), (0.125, 2, 0.13)],
)
def test_rounding_goes_away_from_zero_as_in_excel(
    value: float, digits: int, rounded: float
) -> None:
    made = formula_of(f"ROUND(left,{digits})", {"left": STEPS["tam"]}, "usd_per_year")
    assert made.function(value) == pytest.approx(rounded)


# Documents of any content -----------------------------------------------------------------------

FULL = {
    **MARKETPLACES,
    "model.toml": {
        **MARKETPLACES["model.toml"],
        "leave_out": ["bull"],
        "settings": {"threshold": 1e10, "goal_id": "ai_penetration"},
        "constraint": [
            {"id": "compute_at_most", "terms": ["compute_share"], "relation": "<=", "limit": 0.5,
             "rule": "compute_share must not exceed 0.5", "adjusted": "compute_share"},
        ],
    },
    "published.toml": {
        "publication": {"title": "Our note", "publisher": "ACME", "authors": "Ada", "edition": "",
                        "data_as_of": "2025-12-31"},
        "figure": [{"id": "crypto_marketplaces", "printed": "1.05B", "locator": "p. 3"}],
    },
    "evidence.toml": {
        "units": {"usd": "plain US dollars"},
        "evidence": [{"id": "own_fact", "segment": "crypto_marketplaces", "who": "ACME",
                      "what": "sales", "value": 3e8, "unit": "usd", "as_of": "2025-12-31",
                      "locator": "p. 4"}],
    },
    "findings.toml": {
        "finding": [{"id": "own_finding", "title": "Ours", "text": "It is ours.",
                     "about": ["marketplaces"], "locator": "p. 5",
                     "overrides": {"marketplace_share": 0.03}}],
    },
}  # fmt: skip
"""Every file and table."""


def spots(part: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the ways to every part of documents."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(
        part, list) else ()  # fmt: skip
    return [way, *(one for key, value in inner for one in spots(value, (*way, key)))]


def with_part(part: Any, way: tuple[Any, ...], value: Any) -> Any:
    """Return documents with another value at one place."""
    if not way:
        return value
    copy = part.copy()
    copy[way[0]] = with_part(part[way[0]], way[1:], value)
    return copy


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["base", "total", "tam", "share", "usd_per_year", "year", "ai_revenue", "IF(",
                       "1/0", "gdp_growth^gdp_growth", "LN(0)", "#REF!", "A1:B2", "forecast_year",
                       "as base", "crypto_marketplaces", "=" * 3, "(" * 500, "raises"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5) | st.sampled_from(["id", "base", "bear", "of", "unit",
                      "figure", "assumption", "step", "scenario"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.parametrize("documents", [MARKETPLACES, FULL], ids=["marketplaces", "full"])
@settings(max_examples=150)
@given(data=st.data())
def test_whatever_stands_in_the_documents_there_is_a_model_or_one_sentence(
    documents: dict[str, Any], data: st.DataObject
) -> None:
    changed = documents
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(spots(changed)[1:]))
        changed = with_part(changed, way, data.draw(ANYTHING))
    try:
        found = model_of(text_of(changed))
    except CryptoAIError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 2500
    else:
        for scenario in found.assumptions.scenarios:
            with contextlib.suppress(CryptoAIError):  # values that break a rule together
                Forecast(scenario, model=found)


def test_the_figures_of_an_own_model_are_written_as_people_write_them() -> None:
    figures = {"base": "10%", "lower": "0%", "upper": "20 %", "low": "5%", "high": "0.15"}
    written = made(assumptions={"assumption": [{**ASSUMPTION, **figures, "of": "AI revenue"}]},
                   steps={"step": [{**STEP, "formula": "ai_revenue*own_share"}]})  # fmt: skip
    entry = written.assumptions["own_share"]
    assert (entry.base, entry.lower, entry.upper) == (0.1, 0.0, 0.2)
    assert entry.uncertainty is not None
    assert (entry.uncertainty.low, entry.uncertainty.high) == (0.05, 0.15)


def test_a_figure_of_an_own_model_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(CryptoAIError, match="own_share', field 'base': own_share is 'lots'"):
        made(assumptions={"assumption": [{**ASSUMPTION, "base": "lots"}]})
