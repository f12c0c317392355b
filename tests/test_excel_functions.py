"""The Excel functions: their help, their shapes, their answers and their refusals."""

from __future__ import annotations

import inspect
import math
import re

import numpy as np
import pytest
import xl_cryptoai_udfs
from hypothesis import given
from hypothesis import strategies as st
from shipped import FUNCTIONS, MODEL, SEGMENTS, STEPS
from strategies import CATALOGUE, inputs

from xl_cryptoai import Forecast
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.functions.step_functions import name_of

TAM = (4.0e12, 0.03, 1.5, 2030.0, 2022.0)

# Words that VBA keeps for itself, as far as they could be argument names.
VBA_WORDS = set(
    """and any as base binary byref byval call case choose close compare const date declare dim do
    each else empty end enum erase error event exit explicit false for format friend function get
    global gosub goto if imp implements in input is len let lib like line lock loop me mid mod name
    new next not nothing null object on open option optional or output paramarray preserve print
    private property public put random randomize read redim rem resume return rnd seek select set
    shared single spc static step stop string sub tab text then time to true type unlock until
    variant wend while width with write xor""".split()
)


def refused(name: str, *cells: object) -> CryptoAIError:
    with pytest.raises(CryptoAIError) as refusal:
        FUNCTIONS[name](*cells)
    return refusal.value


def test_every_step_has_a_function_named_after_it_and_every_table_one() -> None:
    assert [*FUNCTIONS] == [
        *(name_of(MODEL, step) for step in STEPS), "CAI_FORECAST", "CAI_VALUE", "CAI_TAM_PATH",
        "CAI_SOURCE", "CAI_RECONCILE", "CAI_PATH", "CAI_TRACE", "CAI_SIMULATE", "CAI_HISTOGRAM",
        "CAI_DEPENDENCE",
        "CAI_TORNADO", "CAI_SENSITIVITY", "CAI_GRID", "CAI_GOALSEEK", "CAI_NEAREST_CORRELATION",
    ]  # fmt: skip
    assert {name_of(MODEL, segment) for segment in SEGMENTS} <= {*FUNCTIONS}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_wizard_shows_a_description_and_every_argument_with_its_unit(name: str) -> None:
    function = FUNCTIONS[name]
    assert 20 < len(function.help) <= 255
    for argument in function.arguments:
        assert 20 < len(argument.help) <= 255
        entry = STEPS.get(argument.name) or CATALOGUE.get(argument.name)
        if entry is not None:
            assert entry.unit_label in argument.help and "Allowed:" in argument.help


@pytest.mark.parametrize("name", FUNCTIONS)
def test_names_can_stand_in_vba_and_are_no_cell_addresses(name: str) -> None:
    assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*", name)
    for argument in FUNCTIONS[name].arguments:
        assert argument.name.isidentifier() and argument.name not in VBA_WORDS | {"caller"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_xlwings_finds_the_function_in_the_module_with_its_arguments(name: str) -> None:
    published = getattr(xl_cryptoai_udfs, name.lower())
    parameters = inspect.signature(published).parameters
    assert [*parameters] == [argument.name for argument in FUNCTIONS[name].arguments]
    assert published.__doc__ == FUNCTIONS[name].help


@pytest.mark.parametrize("name", FUNCTIONS)
def test_optional_arguments_come_last_have_a_default_and_say_what_it_is(name: str) -> None:
    optional = [argument.optional for argument in FUNCTIONS[name].arguments]
    assert optional == sorted(optional)
    parameters = inspect.signature(getattr(xl_cryptoai_udfs, name.lower())).parameters
    assert [one.default is None for one in parameters.values()] == optional
    for argument in FUNCTIONS[name].arguments:
        assert ("lank or left out" in argument.help) == argument.optional


@given(inputs())
def test_each_step_function_answers_as_the_step_does(row: dict[str, float | str]) -> None:
    forecast = Forecast(overrides=row)
    for step in STEPS.values():
        cells = [forecast[name] for name in step.inputs]
        if step.unit == "share" and forecast[step.id] > 1 + 1e-12:
            assert refused(name_of(MODEL, step.id), *cells).excel == "#NUM!"
        else:
            answer = FUNCTIONS[name_of(MODEL, step.id)](*cells)
            assert answer == pytest.approx(forecast[step.id], rel=1e-15)


@pytest.mark.parametrize(
    ("penetration", "answer"),
    [
        (0.25, 25.0),
        ([[0.25]], 25.0),
        ([0.25, 0.5], [[25.0, 50.0]]),
        ([[0.25, 0.5]], [[25.0, 50.0]]),
        ([[0.25], [0.5]], [[25.0], [50.0]]),
        (((0.25, 0.5), (0.75, 1)), [[25.0, 50.0], [75.0, 100.0]]),
    ],
)
def test_the_answer_has_the_shape_of_the_arguments(penetration, answer) -> None:
    assert FUNCTIONS["CAI_AI_GAIN"](100.0, penetration) == answer


def test_a_block_of_10000_cells_is_one_call() -> None:
    column = [[0.25]] * 10_000
    assert FUNCTIONS["CAI_AI_GAIN"]([[100.0]] * 10_000, column) == [[25.0]] * 10_000


# argument given instead, Excel error, what the message says
REFUSALS = [
    ("text", 1, "a lot", "#VALUE!", "gdp_growth is the text 'a lot'; it must be 0 to 0.15 (0% to"),
    ("a number as text", 1, "0.03", "#VALUE!", "gdp_growth is the text '0.03'; it must be"),
    ("a blank, as None", 1, None, "#VALUE!", "gdp_growth is blank; it must be 0 to 0.15"),
    ("a blank, as empty text", 1, "", "#VALUE!", "gdp_growth is blank; it must be 0 to 0.15"),
    ("a blank in a range", 1, [[0.03], [None]], "#VALUE!", "gdp_growth (row 2, column 1) is blank"),
    ("a logical value", 2, True, "#VALUE!", "ai_growth_multiple is TRUE; it must be 0 to 5"),
    ("a negative rate", 1, -0.03, "#NUM!", "gdp_growth is -0.03; it must be 0 to 0.15 (0% to 15%)"),
    ("a rate as 33", 1, 33, "#NUM!", "gdp_growth is 33; it must be 0 to 0.15 (0% to 15%)"),
    ("an infinite year", 3, float("inf"), "#NUM!", "forecast_year is inf; it must be 2020 to 2040"),
    ("no number at all", 3, float("nan"), "#NUM!", "forecast_year is nan; it must be 2020 to 2040"),
    ("an absurd year", 3, 1e9, "#NUM!", "forecast_year is 1000000000; it must be 2020 to 2040"),
    ("a broken year", 3, 2029.5, "#NUM!", "forecast_year is 2029.5; it must be 2020 to 2040, a w"),
    ("a year before", 3, 2021, "#NUM!", "forecast_year is 2021, baseline_year is 2022; forecast_y"),
    ("#DIV/0! in a cell, server", 1, {"type": "Error", "kind": "Div"}, "#DIV/0!",
     "gdp_growth is the error #DIV/0!; fix that cell first"),
    ("#N/A in a cell, as text", 1, [["#N/A"]], "#N/A", "gdp_growth is the error #N/A"),
    ("#N/A in a cell, Windows", 1, -2146826246, "#N/A", "gdp_growth is the error #N/A"),
    ("a newer error, Windows", 1, -2146826238, "#VALUE!", "gdp_growth is the error #CALC!"),
    ("a newer error in a range", 1, [[-2146826243]], "#VALUE!", "gdp_growth is the error #SPILL!"),
    ("rows that differ", 1, [[0.03, 0.03], [0.03]], "#VALUE!", "gdp_growth is not a rectangle"),
    ("no cells", 1, [[]], "#VALUE!", "gdp_growth is not a rectangle"),
]  # fmt: skip


# Excel's errors by number (XlCVError in Excel's object model), as Windows hands them over
WINDOWS_ERRORS = {
    -2146826288: "#NULL!", -2146826281: "#DIV/0!", -2146826273: "#VALUE!", -2146826265: "#REF!",
    -2146826259: "#NAME?", -2146826252: "#NUM!", -2146826246: "#N/A",
    -2146826245: "#GETTING_DATA", -2146826243: "#SPILL!", -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!", -2146826240: "#UNKNOWN!", -2146826239: "#FIELD!",
    -2146826238: "#CALC!", -2146826237: "#BUSY!", -2146826236: "#PYTHON!",
}  # fmt: skip
CLASSIC = [*WINDOWS_ERRORS.values()][:7]


def as_a_host_gives(number: int, error: str) -> list[object]:
    """An error cell as Windows, as text, as Office.js and as an embedded engine hand it over."""
    kind = error.strip("#!?").replace("/0", "").replace("/", "").title().replace("_", "")
    return [number, error, {"type": "Error", "basicValue": error}, {"type": "Error", "kind": kind}]


@pytest.mark.parametrize(("number", "error"), WINDOWS_ERRORS.items())
def test_every_error_of_excel_is_an_error_in_numbers_ids_and_choices(number, error) -> None:
    # a function can return the classic errors only
    excel = error if error in CLASSIC else "#VALUE!"
    for cell in as_a_host_gives(number, error):
        for name, cells in {
            "CAI_AI_GAIN": (1e12, cell),
            "CAI_SOURCE": (cell,),
            "CAI_FORECAST": (cell,),
            "CAI_VALUE": ("total", cell),
            "CAI_IDENTITY_MARKET": (2e11, 1e11, 0.035, cell),
            "CAI_GRID": ("ai_penetration", [[0.2, cell]], "identity_rate", [[0.1]]),
            "CAI_GOALSEEK": ("ai_penetration", cell),
        }.items():
            refusal = refused(name, *cells)
            assert (refusal.excel, f"is the error {error};" in str(refusal)) == (excel, True), name


def test_an_error_that_a_later_excel_adds_is_an_error_by_its_number() -> None:
    refusal = refused("CAI_AI_GAIN", 1e12, -2146828288 + 2060)
    assert (refusal.excel, str(refusal)) == (
        "#VALUE!", "ai_penetration is the error number 2060; fix that cell first"
    )  # fmt: skip
    assert "is the error" not in str(refused("CAI_AI_GAIN", 1e12, -2146828288 + 2100))


@pytest.mark.parametrize(("place", "cell", "excel", "words"), [r[1:] for r in REFUSALS],
                         ids=[r[0] for r in REFUSALS])  # fmt: skip
def test_wrong_input_is_refused_by_argument_value_and_range(place, cell, excel, words) -> None:
    cells: list[object] = list(TAM)
    cells[place] = cell
    refusal = refused("CAI_TAM", *cells)
    assert refusal.excel == excel
    assert str(refusal).startswith(words)


def test_a_rate_above_100_percent_and_an_unknown_choice_are_refused() -> None:
    refusal = refused("CAI_AI_GAIN", 1e12, 1.2)
    assert (refusal.excel, str(refusal)) == (
        "#NUM!", "ai_penetration is 1.2; it must be 0.001 to 1 (0.1% to 100%): did you mean 1.2%, "
        "which is 0.012?"
    )  # fmt: skip
    refusal = refused("CAI_IDENTITY_MARKET", 2e11, 1e11, 0.035, "hardware")
    assert refusal.excel == "#NUM!" and "it must be ai_revenue or ai_software" in str(refusal)
    refusal = refused("CAI_IDENTITY_MARKET", 2e11, 1e11, 0.035, 1.0)
    assert refusal.excel == "#VALUE!"


def test_ranges_of_different_shapes_are_refused_naming_both() -> None:
    refusal = refused("CAI_AI_GAIN", [[1e12], [2e12]], [[0.1, 0.2]])
    assert refusal.excel == "#VALUE!"
    assert str(refusal) == (
        "ai_penetration has 1 x 2 cells, but tam has 2 x 1 cells; "
        "give ranges of one shape, or single values"
    )


def test_shares_that_exceed_the_whole_and_costs_above_revenue_are_refused() -> None:
    assert "together must not exceed 1" in str(refused("CAI_OTHER_SHARE", 0.7, 0.4))
    assert "must not exceed bank_revenue" in str(refused("CAI_COMPLIANCE_RATE", 7e11, 6e11))


def test_a_division_by_zero_is_excels_own_error() -> None:
    assert refused("CAI_BLENDED_CRYPTO_SHARE", 1e9, 0.0).excel == "#DIV/0!"


def test_a_result_beyond_its_limits_is_refused_as_an_argument_would_be() -> None:
    refusal = refused("CAI_BLENDED_CRYPTO_SHARE", 2, 1)
    assert refusal.excel == "#NUM!"
    assert str(refusal).startswith(
        "blended_crypto_share would be 2; it must be 0 to 1 (0% to 100%)"
    )


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e300])
def test_only_finite_figures_within_limits_are_reconciled(value: float) -> None:
    assert str(refused("CAI_RECONCILE", "total", value)).startswith(
        f"total is {value:.15g}; it must"
    )


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (10**400, "tam is a whole number beyond 1E+308"),
        ([[1.0, -(10**400)]], "tam (row 1, column 2) is a whole number beyond 1E+308"),
        (np.array([1.0, 2.0]), "tam is array([1., 2.])"),
        (object, "tam is <class 'object'>"),
    ],
    ids=["a long whole number", "one in a range", "an array", "a class"],
)
def test_what_no_host_sends_is_refused_in_a_sentence(cell: object, words: str) -> None:
    assert str(refused("CAI_AI_GAIN", cell, 0.3)).startswith(words)


@pytest.mark.parametrize("cells", [(), (1.0,), (1.0, 0.3, 0.3)])
def test_too_few_and_too_many_arguments_are_refused_with_their_names(cells) -> None:
    words = f"CAI_AI_GAIN takes 2 arguments (tam, ai_penetration), but got {len(cells)}"
    assert str(refused("CAI_AI_GAIN", *cells)) == words


@pytest.mark.parametrize("length", [246, 250, 255, 256, 300, 100_000])
@pytest.mark.parametrize("name", ["CAI_SOURCE", "CAI_TRACE"])
def test_a_long_text_is_quoted_by_its_beginning(name: str, length: int) -> None:
    words = str(refused(name, "x" * length))
    assert words.startswith(f"no assumption or step is called '{'x' * 99}...; known: basel")


def test_the_refusal_in_a_cell_is_one_sentence_and_no_traceback() -> None:
    assert xl_cryptoai_udfs.cai_ai_gain(1e12, 33.0) == [
        [
            "#NUM!: ai_penetration is 33; it must be 0.001 to 1 (0.1% to 100%): did you mean 33%, "
            "which is 0.33?"
        ]
    ]


def test_xlwings_on_windows_gets_rows_of_cells_for_a_single_answer_too() -> None:
    # it takes the length of whatever comes back
    assert xl_cryptoai_udfs.cai_ai_gain(100.0, 0.25) == [[25.0]]


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from(["#N/A", "#REF!", -2146826281]), st.just({"type": "Error", "kind": "Na"}),
)  # fmt: skip
ODD_CELLS = st.one_of(
    ODD, st.lists(ODD, max_size=3), st.lists(st.lists(ODD, max_size=3), max_size=3)
)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_whatever_stands_in_the_cells_the_answer_is_a_value_or_a_told_refusal(name, data) -> None:
    cells = [data.draw(ODD_CELLS) for _ in FUNCTIONS[name].arguments]
    try:
        FUNCTIONS[name](*cells)
    except CryptoAIError as refusal:
        assert "unexpectedly" not in str(refusal), cells
        assert "\n" not in str(refusal)


def forecast_block() -> tuple[list[list[str]], list[list[float | str]]]:
    ids = [[name] for name in CATALOGUE]
    return ids, [[entry.values["bear"], entry.base] for entry in CATALOGUE.values()]


def test_the_whole_forecast_comes_in_one_call_with_a_column_a_case() -> None:
    table = FUNCTIONS["CAI_FORECAST"](*forecast_block())
    assert table[0] == ["id", "label", "unit", "value 1", "value 2"]
    by_id = {row[0]: row for row in table[1:]}
    assert [*by_id] == [*STEPS]
    assert by_id["total"][3:] == pytest.approx([Forecast("bear")["total"], Forecast()["total"]])


def test_the_forecast_without_arguments_is_the_base_case() -> None:
    table = FUNCTIONS["CAI_FORECAST"]()
    assert table[0] == ["id", "label", "unit", "base"]
    assert {row[0]: row[3] for row in table[1:]} == {name: Forecast()[name] for name in STEPS}


@pytest.mark.parametrize("given", ["bull", "Bull", "BULL", [["bull"]]])
def test_the_forecast_of_a_scenario_is_a_table_headed_with_its_name(given: object) -> None:
    bull = Forecast("bull")
    for left_out in ([], [None], [""], [[[None]]]):
        table = FUNCTIONS["CAI_FORECAST"](given, *left_out)
        assert table[0] == ["id", "label", "unit", "bull (house)"]
        assert {row[0]: row[3] for row in table[1:]} == {name: bull[name] for name in STEPS}


@pytest.mark.parametrize("given", [[["bear", "base", "bull"]], [["bear"], ["base"], ["bull"]]])
def test_several_scenarios_give_a_column_each(given: object) -> None:
    table = FUNCTIONS["CAI_FORECAST"](given)
    assert table[0][3:] == ["bear (house)", "base", "bull (house)"]
    assert table[1][3:] == [Forecast(one)["tam"] for one in ("bear", "base", "bull")]


# what is asked, the Excel error, the sentence
UNKNOWN_SCENARIOS = [
    (("moon",), "#N/A", "no scenario is called 'moon'; known: bear, base, bull"),
    (
        ("total",),
        "#N/A",
        "no scenario is called 'total'; give bear, base or bull, or assumption ids with their "
        "values; CAI_VALUE returns one figure",
    ),
    ((1.0,), "#VALUE!", "scenario is 1.0; it must be bear, base or bull"),
    (("#N/A",), "#N/A", "scenario is the error #N/A; fix that cell first"),
    (([["bull", "bull"]],), "#N/A", "scenario_or_ids has 'bull' twice; give each once"),
    (
        ([["bull", "base"], ["bull", "base"]],),
        "#VALUE!",
        "scenario_or_ids must be a single row or column",
    ),
]


@pytest.mark.parametrize(("cells", "excel", "words"), UNKNOWN_SCENARIOS)
def test_an_unknown_scenario_is_refused_with_the_known_ones(cells, excel, words) -> None:
    refusal = refused("CAI_FORECAST", *cells)
    assert (refusal.excel, str(refusal)) == (excel, words)


def test_a_blank_range_of_values_is_no_case_left_out() -> None:
    ids, values = forecast_block()
    blank = [[None] for _ in values]
    assert refused("CAI_FORECAST", ids, blank).excel == "#VALUE!"
    assert refused("CAI_FORECAST", None, blank).excel == "#VALUE!"


@pytest.mark.parametrize("scenario", ["bear", "base", "bull"])
def test_one_figure_of_a_scenario_is_that_of_the_forecast(scenario: str) -> None:
    case = Forecast(scenario)
    for name in case:
        assert FUNCTIONS["CAI_VALUE"](name, scenario) == case[name]


def test_one_figure_without_a_scenario_is_that_of_the_base_case() -> None:
    assert FUNCTIONS["CAI_VALUE"]("total") == FUNCTIONS["CAI_VALUE"]("total", "base")
    # "10.2B", Introduction, par. 3
    assert FUNCTIONS["CAI_VALUE"]("total") == pytest.approx(10.2e9, abs=0.05e9)


def test_figures_of_ranges_come_in_their_shape() -> None:
    ids, scenarios = [["total"], ["identity_base"]], [["bear", "bull"]]
    total = [Forecast(one)["total"] for one in ("bear", "bull")]
    assert FUNCTIONS["CAI_VALUE"](ids, "bull") == [[total[1]], ["ai_revenue"]]
    assert FUNCTIONS["CAI_VALUE"]("total", scenarios) == [total]
    assert refused("CAI_VALUE", ids, scenarios).excel == "#VALUE!"


def test_an_unknown_figure_is_refused_with_the_nearest_or_the_known_ones() -> None:
    refusal = refused("CAI_VALUE", "totl", "base")
    assert refusal.excel == "#N/A"
    assert str(refusal) == "no assumption or step is called 'totl': did you mean total?"
    assert str(refused("CAI_VALUE", "moon")).endswith("total, blended_crypto_share")
    assert str(refused("CAI_VALUE", "total", "moon")).endswith("known: bear, base, bull")
    assert refused("CAI_VALUE", [["total"], [None]]).excel == "#VALUE!"


def test_the_forecast_block_may_have_heading_rows_without_an_id() -> None:
    ids, values = forecast_block()
    ids.insert(0, [None])
    values.insert(0, ["Productivity market", None])
    assert len(FUNCTIONS["CAI_FORECAST"](ids, values)) == 1 + len(STEPS)


def test_a_forecast_block_that_is_not_whole_is_refused() -> None:
    ids, values = forecast_block()
    refusal = refused("CAI_FORECAST", ids[1:], values[1:])
    assert (refusal.excel, str(refusal)) == (
        "#N/A", "ids lacks baseline_year; give every assumption"
    )  # fmt: skip
    assert f"has {len(CATALOGUE)} cells" in str(refused("CAI_FORECAST", ids, values[1:]))
    assert "ids has 'gdp_growth' twice" in str(
        refused("CAI_FORECAST", [*ids, ["gdp_growth"]], [*values, [0.03, 0.03]])
    )
    assert "no assumption or step is called 'growth'" in str(
        refused("CAI_FORECAST", [*ids, ["growth"]], [*values, [0.03, 0.03]])
    )


def test_a_wrong_value_in_the_forecast_block_is_named() -> None:
    ids, values = forecast_block()
    values[5] = [0.2, "a third"]
    refusal = refused("CAI_FORECAST", ids, values)
    assert str(refusal).startswith("ai_penetration (row 1, column 2) is the text 'a third'")


def test_the_market_path_is_a_table_of_year_and_market() -> None:
    base = Forecast()
    table = FUNCTIONS["CAI_TAM_PATH"](*(base[name] for name in STEPS["tam"].inputs))
    assert [row[0] for row in table] == list(range(2022, 2031))
    assert table[-1][1] == pytest.approx(5.85e12)
    assert "give one cell" in str(refused("CAI_TAM_PATH", [[4e12, 5e12]], *TAM[1:]))


def test_the_source_of_an_assumption_and_of_a_step_is_told() -> None:
    source = FUNCTIONS["CAI_SOURCE"]
    assert source("compute_share") == (
        "derived; Defining the role of cryptocurrencies, par. 6; Not printed: the printed compute "
        "market of 47.44B divided by the exact AI revenue of the published base case"
    )
    assert source("ai_gain") == (
        "computed; printed 1.93T; Defining the role of cryptocurrencies, par. 3; "
        "from tam, ai_penetration"
    )
    assert refused("CAI_SOURCE", "tamm").excel == "#N/A"
    assert refused("CAI_SOURCE", 3.0).excel == "#VALUE!"


def test_results_are_reconciled_with_the_printed_figures() -> None:
    table = FUNCTIONS["CAI_RECONCILE"](
        [["tam"], ["other_share"], ["total"]], [[5.85e12], [0.31], [9.7e9]]
    )
    assert table == [
        ["id", "value", "printed", "difference", "tolerance", "verdict"],
        ["tam", 5.85e12, 5.85e12, 0.0, 0.005e12, "agrees"],
        ["total", 9.7e9, 10.2e9, -0.5e9, 0.05e9, "differs"],
    ]
    assert refused("CAI_RECONCILE", "ai_penetration", 0.3).excel == "#N/A"
    assert refused("CAI_RECONCILE", "other_share", 0.3).excel == "#N/A"
    assert "values for tam is the text" in str(refused("CAI_RECONCILE", "tam", "x"))
