"""Two people's workbooks become one: both kept where they do not touch, asked where they do."""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from edits import cell, edit
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from shipped import SCENARIOS
from strategies import CATALOGUE, values_of
from xlsx_parts import read_parts, write_workbook

from xl_cryptoai import Forecast, __version__
from xl_cryptoai.assumptions import LogLine, UserInputs
from xl_cryptoai.assumptions.input_fields import keys_of, quantity_of, uncertain_in
from xl_cryptoai.assumptions.uncertainty import LOW_MODE_HIGH
from xl_cryptoai.cli import main
from xl_cryptoai.cli.app import app
from xl_cryptoai.cli.kinds import route_of
from xl_cryptoai.errors import CryptoAIError, FileRefusedError
from xl_cryptoai.merging.merge import merge
from xl_cryptoai.merging.record import Conflict, Decision, Merge, Side, read_setting
from xl_cryptoai.merging.sides import read_side
from xl_cryptoai.merging.unmapped import MAX_CELLS, MAX_SIZE
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.migration import INVALID, NOTE, UNMAPPED, NotMigrated
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reports.merge import (
    already_broken_words,
    as_data,
    merge_log,
    not_migrated_lines,
    noted,
    rule_words,
    setting_name,
)
from xl_cryptoai.workbook import ROUTES

KEYS = [*keys_of(CATALOGUE)]
BASE = Side(UserInputs())


def side(
    values: dict[str, dict[str, float | str]] | None = None,
    *log: LogLine,
    scenario: str = "base",
    **others: Any,
) -> Side:
    return Side(UserInputs(scenario, values or {}, log), **others)


def conflicts_of(merged: Merge) -> set[str]:
    return {setting_name((one.id, one.field)) for one in merged.conflicts}


def rule_of(merged: Merge) -> str:
    """What the first conflict is about, in words."""
    rule = merged.conflicts[0].rule
    assert rule is not None
    return rule_words(rule)


def state_of(inputs: UserInputs) -> dict[tuple[str, str], object]:
    values = {key: inputs.value(CATALOGUE, *key) for key in KEYS}
    return {("scenario", ""): inputs.scenario, **values}


# Rules by example --------------------------------------------------------------------------------


def test_changes_that_do_not_touch_are_both_kept() -> None:
    mine = side({"ai_penetration": {"override": 0.4}})
    theirs = side({"gdp_growth": {"bear": 0.015}}, scenario="bull")
    merged = merge(BASE, mine, theirs)
    assert not merged.open
    assert merged.result.values == {
        "ai_penetration": {"override": 0.4},
        "gdp_growth": {"bear": 0.015},
    }
    assert merged.result.scenario == "bull"
    assert {(one.id, one.source) for one in merged.changes} == {
        ("scenario", "theirs"),
        ("ai_penetration", "mine"),
        ("gdp_growth", "theirs"),
    }


def test_two_fields_of_one_assumption_do_not_touch() -> None:
    merged = merge(
        BASE,
        side({"ai_penetration": {"bear": 0.22}}),
        side({"ai_penetration": {"bull": 0.55}}),
    )
    assert merged.result.values == {"ai_penetration": {"bear": 0.22, "bull": 0.55}}


def test_the_same_change_by_both_is_no_conflict() -> None:
    both = side({"ai_penetration": {"override": 0.4}})
    merged = merge(BASE, both, both)
    assert not merged.open and [one.source for one in merged.changes] == ["both"]


def test_taking_an_override_away_is_a_change() -> None:
    base = side({"ai_penetration": {"override": 0.4}})
    assert merge(base, BASE, base).result.values == {}
    assert merge(base, BASE, side({"ai_penetration": {"override": 0.5}})).open


def test_fifteen_digits_are_no_change() -> None:
    base = side({"ai_penetration": {"override": 0.1 + 0.2}})
    saved = side({"ai_penetration": {"override": 0.3}})
    theirs = side({"ai_penetration": {"override": 0.5}})
    assert merge(base, saved, theirs).result.values["ai_penetration"]["override"] == 0.5
    assert not merge(BASE, base, saved).open


def test_a_conflict_names_field_values_who_and_why() -> None:
    grace = LogLine(dt.date(2024, 2, 2), "Grace", "AI penetration", "panel")
    ada = LogLine(dt.date(2024, 2, 1), "Ada", "raised ai_penetration", "survey")
    old = LogLine(what="ai_penetration checked")
    conflict = merge(
        side({}, old),
        side({"ai_penetration": {"override": 0.4}}, old, ada),
        side({"ai_penetration": {"override": 0.5}}, old, grace, LogLine(what="gdp_growth")),
    ).conflicts[0]
    assert (conflict.id, conflict.field) == ("ai_penetration", "override")
    assert (conflict.base, conflict.mine, conflict.theirs) == (None, 0.4, 0.5)
    assert (conflict.mine_log, conflict.theirs_log) == ((ada,), (grace,))


def test_an_open_conflict_leaves_the_base_in_the_result() -> None:
    merged = merge(BASE, side(scenario="bear"), side(scenario="bull"))
    assert merged.open and merged.result.scenario == "base"
    assert conflicts_of(merged) == {"scenario"}


@pytest.mark.parametrize(("prefer", "value"), [("mine", 0.4), ("theirs", 0.5)])
def test_a_preference_decides_and_what_was_not_chosen_is_noted(prefer: str, value: float) -> None:
    sides = [side({"ai_penetration": {"override": share}}) for share in (0.4, 0.5)]
    merged = merge(BASE, *sides, prefer=prefer)
    assert not merged.open and merged.result.values["ai_penetration"]["override"] == value
    decision = Decision("ai_penetration", "override", value, 0.4, 0.5, prefer)
    assert merged.decisions == (decision,)
    (line,) = noted(merged).change_log
    assert line.what == f"ai_penetration.override: {value} chosen; mine 0.4, theirs 0.5"


def test_a_setting_comes_before_a_preference() -> None:
    sides = [side({"ai_penetration": {"override": share}}) for share in (0.4, 0.5)]
    for value in (0.45, None):
        decision = {("ai_penetration", "override"): value}
        merged = merge(BASE, *sides, prefer="mine", settings=decision)
        assert merged.result.value(CATALOGUE, "ai_penetration", "override") == value
        assert not merged.open and len(merged.decisions) == 1


def test_a_field_that_cannot_be_used_leaves_the_other_side_alone() -> None:
    base = side({"ai_penetration": {"override": 0.4}})
    mine = side(
        unusable=frozenset({("ai_penetration", "override")}),
        not_migrated=(NotMigrated(INVALID, "Assumptions!I8", "forty", "ai_penetration"),),
    )
    merged = merge(base, mine, base)
    assert merged.result.values == base.inputs.values, "unusable is not: taken away"
    assert [one.content for one in merged.not_migrated] == ["forty"]


def test_a_row_that_is_gone_leaves_all_fields_of_the_other_side() -> None:
    gone = side(unusable=frozenset({("ai_penetration", "")}))
    theirs = side({"ai_penetration": {"bear": 0.22, "override": 0.4}})
    assert merge(BASE, gone, theirs).result.values == theirs.inputs.values


@pytest.mark.parametrize("mute", ["mine", "theirs"])
def test_a_value_is_not_from_a_side_that_cannot_say_it(mute: str) -> None:
    silent = side(unusable=frozenset({("simulation", "draws")}))
    speaking = side({"simulation": {"draws": 8192.0}})
    sides = (silent, speaking) if mute == "mine" else (speaking, silent)
    (change,) = merge(BASE, *sides).changes
    assert change.source == ("theirs" if mute == "mine" else "mine")


def test_a_note_says_of_an_override_that_there_is_none_and_of_a_low_that_it_is_none() -> None:
    mine = side({"gdp_growth": {"low": 0.01, "override": 0.02}})
    settings = {("gdp_growth", field): None for field in ("low", "override")}
    assert [line.what for line in merge_log(merge(BASE, mine, BASE, settings=settings))] == [
        "gdp_growth.low: none chosen; mine 0.01, theirs none",
        "gdp_growth.override: no override chosen; mine 0.02, theirs no override",
    ]


def test_without_a_usable_base_two_values_are_a_conflict() -> None:
    base = side(unusable=frozenset({("ai_penetration", "override")}))
    mine, theirs = (side({"ai_penetration": {"override": share}}) for share in (0.4, 0.5))
    assert merge(base, mine, theirs).conflicts[0].base is None
    assert not merge(base, mine, mine).open


def test_what_breaks_a_rule_only_together_is_a_conflict() -> None:
    mine = side({"software_share": {"override": 0.75}})
    theirs = side({"compute_share": {"override": 0.45}})
    merged = merge(BASE, mine, theirs)
    assert conflicts_of(merged) == {
        "software_share.override",
        "compute_share.override",
    }
    assert "must not exceed 1" in rule_of(merged)
    for prefer, chosen in (("mine", mine), ("theirs", theirs)):
        decided = merge(BASE, mine, theirs, prefer=prefer)
        assert not decided.open and decided.result.values == chosen.inputs.values
    both: Any = {(name, "override"): 0.7 for name in ("software_share", "compute_share")}
    assert merge(BASE, mine, theirs, settings=both).broken


def test_low_and_most_likely_out_of_order_only_together_are_a_conflict() -> None:
    mine = side({"gdp_growth": {"low": 0.028}})
    theirs = side({"gdp_growth": {"mode": 0.025}})
    merged = merge(BASE, mine, theirs)
    assert conflicts_of(merged) == {"gdp_growth.low", "gdp_growth.mode"}
    assert "are out of order" in rule_of(merged)
    assert not merge(BASE, mine, theirs, prefer="theirs").open


def test_a_most_likely_above_the_scenario_that_high_follows_is_a_conflict() -> None:
    mine = side({"gdp_growth": {"mode": 0.038}})
    theirs = side({"gdp_growth": {"bull": 0.035}})
    keys = conflicts_of(merge(BASE, mine, theirs))
    assert keys == {"gdp_growth.mode", "gdp_growth.bull"}


def test_correlations_that_are_not_positive_semidefinite_are_a_conflict() -> None:
    first, second, third = (entry.id for entry in uncertain_in(CATALOGUE)[:3])
    base = side({third: {f"with_{first}": -0.5}})
    mine = side({third: {f"with_{first}": -0.5}, second: {f"with_{first}": 0.7}})
    theirs = side({third: {f"with_{first}": -0.5, f"with_{second}": 0.7}})
    merged = merge(base, mine, theirs)
    assert conflicts_of(merged) == {
        f"{second}.with_{first}",
        f"{third}.with_{second}",
    }
    assert "not positive semidefinite" in rule_of(merged)
    assert not merge(base, mine, theirs, prefer="mine").open


NAMES = [entry.id for entry in uncertain_in(CATALOGUE)]


def ranks(*pairs: tuple[int, int, float]) -> dict[str, dict[str, float | str]]:
    """Rank correlations of uncertain assumptions, by their numbers, the later one first."""
    values: dict[str, dict[str, float | str]] = {}
    for later, earlier, rank in pairs:
        values.setdefault(NAMES[later], {})[f"with_{NAMES[earlier]}"] = rank
    return values


def test_correlations_apart_from_those_that_cannot_be_are_in_no_conflict() -> None:
    mine = side(ranks((4, 3, 0.6), (5, 3, 0.6), (1, 0, 0.2), (3, 1, 0.2)))
    merged = merge(BASE, mine, side(ranks((5, 4, -0.5))))
    assert conflicts_of(merged) == {
        f"{NAMES[later]}.with_{NAMES[earlier]}" for later, earlier in ((4, 3), (5, 3), (5, 4))
    }
    assert f"correlations of {', '.join(NAMES[3:6])} together" in rule_of(merged)


@pytest.mark.parametrize("first", [10, 3])
@pytest.mark.parametrize("link", [[], [(10, 5, 0.1)], [(10, 3, 0.1)]])
def test_correlations_that_could_not_be_before_excuse_no_others(
    link: list[tuple[int, int, float]], first: int
) -> None:
    before = [(11, first, 0.9), (12, first, 0.9), (12, 11, -0.9), *link]
    mine = side(ranks(*before, (4, 3, 0.6), (5, 3, 0.6)))
    merged = merge(side(ranks(*before)), mine, side(ranks(*before, (5, 4, -0.5))))
    assert {one.id for one in merged.conflicts} == {NAMES[4], NAMES[5]}
    assert len(merged.conflicts) == 3


def test_what_could_not_be_before_is_no_conflict_when_another_correlation_joins_it() -> None:
    before = ((11, 10, 0.9), (12, 10, 0.9), (12, 11, -0.9))
    mine = side(ranks(*before, (4, 3, 0.6)))
    assert not merge(side(ranks(*before)), mine, side(ranks(*before, (10, 4, 0.3)))).open


@pytest.mark.parametrize(
    "values",
    [
        {"gdp_growth": {"low": 0.05}},
        {"software_share": {"override": 0.7}, "compute_share": {"override": 0.6}},
        ranks((4, 3, 0.9), (5, 3, 0.9)),
    ],
)
def test_what_one_side_has_broken_already_is_no_conflict_but_said(
    values: dict[str, dict[str, float | str]],
) -> None:
    others = side({"ai_growth_multiple": {"override": 2.0}})
    for mine, theirs, who in ((side(values), others, "mine"), (others, side(values), "theirs")):
        merged = merge(BASE, mine, theirs)
        assert not merged.open and [rule.already_in for rule in merged.already_broken] == [(who,)]
        assert merge_log(merged) == []


def test_what_both_have_broken_is_said_once() -> None:
    crossed = side({"gdp_growth": {"low": 0.05}})
    (rule,) = merge(crossed, crossed, crossed).already_broken
    assert already_broken_words(rule).startswith(
        "already broken in mine and theirs: gdp_growth: low 0.05"
    )


def test_what_keeps_the_rules_is_merged_without_a_warning() -> None:
    assert merge(BASE, side({"gdp_growth": {"low": 0.01}}), BASE).already_broken == ()


@pytest.mark.parametrize(
    ("values", "settings"),
    [
        ({"gdp_growth": {"low": 0.05}}, {("gdp_growth", "low"): 0.06}),
        (
            {"software_share": {"override": 0.7}, "compute_share": {"override": 0.6}},
            {("compute_share", "override"): 0.65},
        ),
        (ranks((4, 3, 0.9), (5, 3, 0.9)), {(NAMES[5], f"with_{NAMES[3]}"): 0.95}),
    ],
)
def test_a_setting_that_breaks_a_rule_is_refused_even_if_a_side_breaks_it(
    values: dict[str, dict[str, float | str]], settings: dict[tuple[str, str], Any]
) -> None:
    broken = side(values)
    assert merge(broken, broken, broken, settings=settings).broken
    assert merge(BASE, broken, BASE, settings=settings, prefer="mine").broken
    assert merge(BASE, broken, BASE, settings=settings).open


def test_a_setting_that_a_broken_rule_does_not_stand_on_is_not_refused() -> None:
    broken = side({"gdp_growth": {"low": 0.05}})  # so the bear case is no end
    merged = merge(broken, broken, broken, settings={("gdp_growth", "bear"): 0.01})
    assert not merged.open and merged.already_broken


def test_a_setting_that_fixes_a_rule_leaves_none_of_its_conflicts() -> None:
    mine = side({"gdp_growth": {"low": 0.035, "mode": 0.037}})
    theirs = side({"gdp_growth": {"high": 0.036}})
    fixed = merge(BASE, mine, theirs, settings={("gdp_growth", "high"): 0.05})
    assert not fixed.open
    assert fixed.result.values == {"gdp_growth": {"low": 0.035, "mode": 0.037, "high": 0.05}}


def test_a_setting_that_does_not_fix_a_rule_is_in_the_words_of_its_conflicts() -> None:
    mine = side({"gdp_growth": {"low": 0.035, "mode": 0.037}})
    theirs = side({"gdp_growth": {"high": 0.036}})
    merged = merge(BASE, mine, theirs, settings={("gdp_growth", "high"): 0.0365})
    assert {one.field for one in merged.conflicts} == {"low", "mode"}
    assert "high 0.0365 are out of order" in rule_of(merged)


def test_logs_are_united_in_order_and_nothing_is_doubled() -> None:
    first, ada, grace, both = (
        LogLine(dt.date(2024, 1, day), who)
        for day, who in ((1, "Alan"), (4, "Ada"), (3, "Grace"), (5, "both"))
    )
    merged = merge(side({}, first), side({}, first, ada, both), side({}, first, grace, both))
    assert merged.result.change_log == (first, grace, ada, both)


def test_a_line_taken_out_of_a_log_is_noted() -> None:
    line = LogLine(dt.date(2024, 1, 1), "Alan", "gdp_growth", "survey")
    merged = merge(side({}, line), side(name="mine.xlsx"), side({}, line))
    assert merged.result.change_log == ()
    assert merged.deleted_lines == {line: ("mine",)}
    assert merge_log(merged) == [
        LogLine(
            who="xl-cryptoai",
            what="Deleted from the change log: 2024-01-01; Alan; gdp_growth; survey",
            why="merge; in mine mine.xlsx",
        ),
    ]


def test_what_both_have_that_cannot_be_migrated_is_noted_once() -> None:
    note = NotMigrated(NOTE, "Assumptions!I8", "ask Grace", author="Ada")
    both = [side(not_migrated=(note,), name=name) for name in ("a.xlsx", "b.xlsx")]
    (line,) = merge_log(merge(BASE, *both))
    assert line.what == "Not migrated: Assumptions!I8 has the note 'ask Grace' by Ada"
    assert line.why == "merge; in mine a.xlsx and theirs b.xlsx"


@pytest.mark.parametrize(
    ("words", "value", "message"),
    [
        ("ai_penetratoin", 0.4, "ai_penetratoin"),
        ("ai_penetration.live", 0.4, "no input field of ai_penetration is called 'live'"),
        ("ai_penetration", 33.0, "it must be 0.001 to 1"),
        ("ai_penetration.bear", "none", "only an own value, an override, a shape, or a low"),
        ("scenario", "boom", "no scenario is called"),
    ],
)
def test_a_wrong_setting_is_refused(words: str, value: float | str, message: str) -> None:
    with pytest.raises(CryptoAIError, match=message):
        read_setting(CATALOGUE, words, value)


def test_data_of_a_merge_is_fields_and_why_a_rule_is_broken() -> None:
    note = NotMigrated(NOTE, "Assumptions!I8", "ask Grace", author="Ada")
    mine = side({"software_share": {"override": 0.75}}, not_migrated=(note,))
    theirs = side({"compute_share": {"override": 0.45}}, LogLine(what="gdp_growth"))
    data = json.loads(json.dumps(as_data(merge(BASE, mine, theirs))))
    assert data["conflicts"][0]["rule"] == {
        "kind": "constraint",
        "ids": ["software_share", "compute_share"],
        "constraint": "stack_within_revenue",
        "case": "live",
        "basis": {"software_share.override": 0.75, "compute_share.override": 0.45},
        "fixes": [
            "software_share.override",
            "software_share.base",
            "compute_share.override",
            "compute_share.base",
            "scenario",
        ],
        "reason": "software_share is 0.75, compute_share is 0.45; software_share and compute_share "
        "together must not exceed 1 (100%)",
        "already_in": [],
    }
    (missed,) = data["not_migrated"]
    assert (missed["kind"], missed["cell"], missed["sides"]) == ("note", "Assumptions!I8", ["mine"])
    (decision,) = as_data(merge(BASE, mine, theirs, prefer="mine"))["decisions"][:1]
    assert decision == {
        "id": "software_share",
        "field": "override",
        "value": 0.75,
        "mine": 0.75,
        "theirs": None,
        "source": "mine",
    }


def test_a_sheet_pasted_in_does_not_bury_the_change_log() -> None:
    pasted = [NotMigrated(UNMAPPED, f"Scratch!A{row}", "1") for row in range(1, 601)]
    lines = not_migrated_lines(pasted)
    assert len(lines) == 501 and lines[0] == "Scratch: A1 '1'"
    assert lines[-1] == "100 more lines, in the original file only: keep it"


def test_unmapped_cells_of_one_row_are_one_line() -> None:
    row = [NotMigrated(UNMAPPED, f"Scratch!{column}7", column) for column in ("A", "AB")]
    assert not_migrated_lines(row) == ["Scratch: A7 'A', AB7 'AB'"]


# Laws --------------------------------------------------------------------------------------------

LINES = st.builds(
    LogLine,
    date=st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 9)) | st.just("soon"),
    who=st.sampled_from([None, "Ada", "Grace"]),
    what=st.sampled_from([None, "gdp_growth", "scenario", "AI penetration"]),
)


@st.composite
def states(draw: st.DrawFn, keys: Sequence[tuple[str, str]] = KEYS) -> Side:
    """Draw what a person could have typed; of few values, so that people meet."""
    values: dict[str, dict[str, float | str]] = {}
    for name, field in draw(st.sets(st.sampled_from(keys), max_size=6)):
        quantity = quantity_of(CATALOGUE, name, field)
        likely = st.nothing() if quantity.choices else st.just(quantity.upper)
        if quantity is CATALOGUE.get(name):
            entry = CATALOGUE[name]
            likely = st.sampled_from([entry.values["bear"], entry.base, entry.values["bull"]])
        values.setdefault(name, {})[field] = draw(likely | values_of(quantity))
    log = tuple(draw(st.lists(LINES, max_size=5)))
    return Side(UserInputs(draw(st.sampled_from(SCENARIOS)), values, log))


FEW = [key for key in KEYS if key[0] in ("ai_penetration", "software_share", "compute_share")]
JOINED = [key for key in KEYS if key[0] in NAMES[:5] and key[1].startswith("with_")]
SIDES = states() | states(FEW) | states(JOINED)


def same(merged: Merge, expected: Side) -> bool:
    return (
        not merged.open
        and state_of(merged.result) == state_of(expected.inputs)
        and merged.result.change_log == expected.inputs.change_log
    )


@given(SIDES, SIDES)
def test_who_changed_nothing_takes_what_the_other_has(base: Side, other: Side) -> None:
    assert same(merge(base, other, base), other)
    assert same(merge(base, base, other), other)
    assert same(merge(base, other, other), other)


@given(SIDES, SIDES, SIDES)
def test_it_does_not_matter_who_is_mine(base: Side, mine: Side, theirs: Side) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert state_of(one.result) == state_of(other.result)
    assert one.result.change_log == other.result.change_log

    def swapped(conflict: Conflict) -> Conflict:
        return replace(
            conflict,
            mine=conflict.theirs,
            theirs=conflict.mine,
            mine_log=conflict.theirs_log,
            theirs_log=conflict.mine_log,
        )

    assert list(one.conflicts) == [swapped(conflict) for conflict in other.conflicts]


@given(SIDES, SIDES, SIDES)
def test_nothing_is_lost(base: Side, mine: Side, theirs: Side) -> None:
    merged = merge(base, mine, theirs)
    result, before = state_of(merged.result), state_of(base.inputs)
    asked = {(one.id, one.field): one for one in merged.conflicts}
    for one, told in ((mine, "mine"), (theirs, "theirs")):
        for key, value in state_of(one.inputs).items():
            if alike(value, before[key]):
                continue
            held = getattr(asked[key], told) if key in asked else result[key]
            assert alike(held, value), key
        new = Counter(one.inputs.change_log) - Counter(base.inputs.change_log)
        assert new <= Counter(merged.result.change_log)


@given(SIDES, SIDES, SIDES)
def test_a_log_holds_nothing_that_nobody_wrote_and_nothing_twice(
    base: Side, mine: Side, theirs: Side
) -> None:
    found = Counter(merge(base, mine, theirs).result.change_log)
    assert found <= Counter(mine.inputs.change_log) | Counter(theirs.inputs.change_log)


@given(st.data(), SIDES)
def test_edits_of_different_fields_commute(data: st.DataObject, base: Side) -> None:
    free = [key for key in KEYS if quantity_of(CATALOGUE, *key).unit == "usd_per_year"]
    # between these no rule holds: neither between assumptions nor within a distribution
    free = [key for key in free if not key[0].startswith("bank_") and key[1] not in LOW_MODE_HIGH]
    split = len(free) // 2
    mine, theirs = (data.draw(states(keys)).inputs.values for keys in (free[:split], free[split:]))

    def edited(start: UserInputs, *edits: Any) -> Side:
        values = {name: dict(row) for name, row in start.values.items()}
        for each in edits:
            for name, row in each.items():
                values.setdefault(name, {}).update(row)
        return Side(replace(start, values=values))

    both = edited(base.inputs, mine, theirs)
    assert same(merge(base, edited(base.inputs, mine), edited(base.inputs, theirs)), both)
    assert same(merge(base, edited(base.inputs, theirs), edited(base.inputs, mine)), both)


@given(SIDES, SIDES, SIDES, st.sampled_from(["mine", "theirs"]))
def test_a_preference_leaves_no_conflict(base: Side, mine: Side, theirs: Side, prefer: str) -> None:
    chosen = state_of((mine if prefer == "mine" else theirs).inputs)
    asked = merge(base, mine, theirs).conflicts
    merged = merge(base, mine, theirs, prefer=prefer)
    assert not merged.conflicts
    for one in asked:
        assert state_of(merged.result)[one.id, one.field] == chosen[one.id, one.field]


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-14)
    return bool(one == other)


# Files and the command line ----------------------------------------------------------------------


@pytest.fixture
def command(capsys) -> Callable[..., tuple[int, str, str]]:
    """The command alone, with errors reported as `main` does."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = app.main(["merge", *map(str, arguments)], standalone_mode=False)
        except CryptoAIError as error:
            return 2, "", str(error)
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return run


def typed(
    path: Path, out: Path, values: dict[tuple[str, str], object], *log: tuple[Any, ...]
) -> Path:
    def change(book: Any) -> None:
        for (name, head), value in values.items():
            cell(book, "Assumptions", name, head).value = value
        for row, line in enumerate(log, start=6):
            for column, value in enumerate(line, start=1):
                book["Change log"].cell(row, column).value = value

    return edit(path, out, change)


@pytest.fixture
def pair(workbooks: dict[str, Path], tmp_path: Path) -> tuple[Path, Path, Path]:
    """A base and two descendants that agree on nothing but where they do not touch."""
    base = workbooks["plain"]
    mine = typed(
        base,
        tmp_path / "mine.xlsx",
        {("ai_penetration", "Override"): 0.4, ("gdp_growth", "Bear"): 0.015},
        (dt.date(2024, 2, 1), "Ada", "ai_penetration", "survey [/1]"),
    )
    theirs = typed(
        base,
        tmp_path / "theirs.xlsx",
        {("ai_penetration", "Override"): 0.5, ("identity_rate", "Bull"): 0.06},
        (dt.date(2024, 2, 2), "Grace", "AI penetration", "panel"),
    )
    return base, mine, theirs


def test_a_conflict_is_told_and_nothing_is_written(pair, command, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    code, told, error = command(*pair, "-o", out)
    assert code == 1 and not out.exists()
    for words in ("ai_penetration.override", "0.4", "0.5", "Ada, survey [/1]", "Grace, panel"):
        assert words in told
    assert "1 conflict is open, nothing is written" in error
    assert "--set ai_penetration.override=VALUE" in error


def test_a_decision_writes_a_workbook_with_everything_in_it(pair, command, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    code, told, _ = command(*pair, "-o", out, "--set", "ai_penetration=45%")
    assert code == 0 and told.splitlines()[-2] == str(out)
    assert told.splitlines()[-1].startswith("Open it in any spreadsheet program; it needs nothing")
    assert "plain, from the route of mine.xlsx" in told
    found = read_book(open_book(out))
    assert found.errors == [] and found.compare() == []
    assert found.values["ai_penetration"]["override"] == 0.45
    assert found.values["gdp_growth"]["bear"] == 0.015
    assert found.values["identity_rate"]["bull"] == 0.06
    assert [row.who for row in found.change_log] == ["Ada", "Grace", "xl-cryptoai"]
    assert found.change_log[-1].what == (
        "ai_penetration.override: 0.45 chosen; mine 0.4, theirs 0.5"
    )
    expected = Forecast("base", overrides={"ai_penetration": 0.45})["total"]
    assert found.cached["total"]["live"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("option", "value"), [("--ours", 0.4), ("--theirs", 0.5)])
def test_one_side_decides_all(pair, command, tmp_path: Path, option: str, value: float) -> None:
    out = tmp_path / "out.xlsx"
    assert command(*pair, "-o", out, option)[0] == 0
    assert read_book(open_book(out)).values["ai_penetration"]["override"] == value


def test_json_has_conflicts_and_where_the_kind_is_from(pair, command, tmp_path: Path) -> None:
    code, told, _ = command(*pair, "-o", tmp_path / "out_office.xlsx", "--json")
    data = json.loads(told)
    assert code == 1 and data["written"] is None
    assert (data["route"], data["route_by"]) == ("office", "the name of out_office.xlsx")
    conflict = data["conflicts"][0]
    assert (conflict["mine"], conflict["theirs"], conflict["base"]) == (0.4, 0.5, None)
    assert conflict["mine_log"][0]["who"] == "Ada"


def test_what_no_input_holds_is_listed_in_the_output(
    workbooks: dict[str, Path], command, tmp_path: Path
) -> None:
    base = workbooks["office"]

    def change(book: Any) -> None:
        cell(book, "Assumptions", "identity_rate", "Base").value = "three point five"
        cell(book, "Assumptions", "ai_penetration", "Live").value = 0.77
        cell(book, "Assumptions", "gdp_growth", "Override").value = "=0.01*2"
        cell(book, "Segments", "tam", "Base").value = "=1+1"
        book["Cover"]["J40"] = "remember the milk"
        book["Cover"]["B3"].comment = Comment("ask Grace", "Ada")

    mine = edit(base, tmp_path / "mine.xlsx", change)
    out = tmp_path / "out.xlsx"
    code, told, _ = command(base, mine, base, "-o", out)
    assert code == 0
    notes = " ".join(str(row.what) for row in read_book(open_book(out)).change_log)
    for words in ("three point five", "'0.77'", "'=0.01*2'", "'=1+1'", "remember the milk",
                  "ask Grace"):  # fmt: skip
        assert words in notes and words in told
    formulas = openpyxl.load_workbook(out)
    assert str(cell(formulas, "Assumptions", "ai_penetration", "Live").value).startswith("=IF(")


def test_a_copy_of_another_version_is_merged_and_its_own_words_are_not_taken_for_typed_ones(
    pair, command, tmp_path: Path
) -> None:
    base, mine, _ = pair

    def older(book: Any) -> None:
        line = next(
            one
            for row in book["Cover"].iter_rows()
            for one in row
            if str(one.value).startswith(f"xl-cryptoai {__version__}, ")
        )
        line.value = line.value.replace(__version__, "0.2.0")
        book["Cover"]["H3"].value = "words of that version's own"

    copy, out = edit(mine, tmp_path / "older.xlsx", older), tmp_path / "out.xlsx"
    code, printed, errors = command(base, copy, base, "-o", out)
    assert code == 0 and "that version's own" not in printed
    assert (
        "older.xlsx was built by xl-cryptoai 0.2.0, the template to compare with by "
        f"xl-cryptoai {__version__}"
    ) in errors
    assert read_book(open_book(out)).values["ai_penetration"]["override"] == 0.4


def test_copies_that_nobody_touched_have_nothing_to_tell(
    workbooks: dict[str, Path], command, tmp_path: Path
) -> None:
    books = [workbooks[name] for name in ("office", "libreoffice", "excel365")]
    code, told, _ = command(*books, "-o", tmp_path / "out_plain.xlsx", "--json")
    data = json.loads(told)
    assert code == 0 and data["changes"] == data["not_migrated"] == data["conflicts"] == []


def test_inserted_rows_are_not_taken_for_typed_words(
    workbooks: dict[str, Path], command, tmp_path: Path
) -> None:
    mine = edit(
        workbooks["plain"], tmp_path / "mine.xlsx", lambda book: book["Findings"].insert_rows(7, 3)
    )
    base = workbooks["plain"]
    _, told, _ = command(base, mine, base, "-o", tmp_path / "out.xlsx", "--json")
    assert json.loads(told)["not_migrated"] == []


def missed_in(base: Path, tmp_path: Path, change: Callable[[Any], None]) -> list[str]:
    """What a merge would not migrate from a copy that was changed so."""
    mine = open_book(edit(base, tmp_path / "mine.xlsx", change))
    return not_migrated_lines(read_side(mine, open_book(base)).not_migrated)


def test_what_was_typed_over_an_input_is_no_excuse_for_the_same_words_elsewhere(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        cell(book, "Distributions", "gdp_growth", "Own shape").value = "uniform"
        book["Distributions"]["T8"] = "uniform"  # what it is
        cell(book, "Assumptions", "gdp_growth", "Bear").value = 0.021
        book["Assumptions"]["P11"] = 0.02

    missed = missed_in(workbooks["plain"], tmp_path, change)
    assert missed == ["Assumptions: P11 '0.02'", "Distributions: T8 'uniform'"]


def test_what_was_written_over_a_figure_is_no_excuse_for_the_same_figure_elsewhere(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        cell(book, "Assumptions", "gdp_growth", "Lower").value = 0.001
        book["Assumptions"]["P11"] = 0

    missed = missed_in(workbooks["plain"], tmp_path, change)
    assert len(missed) == 1 and "P11 '0'" in missed[0]


def test_words_that_the_sheet_has_as_well_are_told_where_they_were_typed(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        book["Distributions"]["T8"] = "pert"

    assert missed_in(workbooks["plain"], tmp_path, change) == ["Distributions: T8 'pert'"]


def test_below_a_row_that_was_put_in_words_are_told_where_they_were_typed(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        sheet = book["Findings"]
        copied = next(one for one in sheet["A"][10:] if one.value).value
        sheet.insert_rows(7, 1)
        sheet["L9"] = copied

    missed = missed_in(workbooks["plain"], tmp_path, change)
    assert len(missed) == 1 and missed[0].startswith("Findings: L9 '")


TOO_MUCH = {
    # no XML: that it is refused by its size shows that nobody has parsed it; the digits are there
    # because a zip that is packed too well is refused as a bomb
    "cells": (
        "<c><v>1</v></c>" * (MAX_CELLS + 1) + f"<{random.Random(1).randbytes(20_000).hex()}",
        {},
        "more than 80,000 cells",
    ),
    "texts": ("", {"xl/sharedStrings.xml": "<" + MAX_SIZE * " "}, "has 24 MB"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
@pytest.mark.parametrize("command", ["merge", "build"])
def test_far_more_than_a_copy_of_ours_is_refused_before_it_is_parsed(
    what: str,
    command: str,
    workbooks: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    inside, parts, said = TOO_MUCH[what]
    book = write_workbook(
        tmp_path / "book.xlsx", {"Market data": inside}, parts=parts,
        links={"xl/workbook.xml": [("sharedStrings", "sharedStrings.xml")]},
    )  # fmt: skip
    plain, out = workbooks["plain"], str(tmp_path / "out.xlsx")
    words = {
        "merge": ["merge", str(plain), str(book), str(plain), "--out", out],
        "build": ["build", "--from", str(book), "--out", out],
    }
    assert main(words[command]) == 2
    error = capsys.readouterr().err
    assert said in error and "'Market data'" in error and "workbook of their own" in error
    assert not Path(out).exists()


def test_no_copy_of_ours_comes_near_the_size_that_is_refused(workbooks: dict[str, Path]) -> None:
    for path in workbooks.values():
        parts = {
            name: content
            for name, content in read_parts(path).items()
            if name.startswith(("xl/worksheets/sheet", "xl/sharedStrings"))
        }
        assert 10 * sum(map(len, parts.values())) < MAX_SIZE
        assert 5 * sum(content.count(b"</c>") for content in parts.values()) < MAX_CELLS


@pytest.mark.parametrize("shape", ["triangular", "uniform", "fixed"])
def test_an_input_that_is_migrated_is_no_unmapped_cell(
    workbooks: dict[str, Path], tmp_path: Path, shape: str
) -> None:
    def change(book: Any) -> None:
        cell(book, "Distributions", "gdp_growth", "Own shape").value = shape
        book["Cover"]["B6"] = "BULL"

    assert missed_in(workbooks["plain"], tmp_path, change) == []


def test_a_rule_that_one_side_breaks_is_told_and_the_workbook_written(
    workbooks: dict[str, Path], command, tmp_path: Path
) -> None:
    base, out = workbooks["plain"], tmp_path / "out.xlsx"
    mine = edit(
        base,
        tmp_path / "mine.xlsx",
        lambda book: setattr(cell(book, "Distributions", "gdp_growth", "Own low"), "value", 0.05),
    )
    code, told, _ = command(base, mine, base, "-o", out)
    assert code == 0 and out.exists()
    assert "warning: already broken in mine: gdp_growth: low 0.05" in told
    code, told, _ = command(base, mine, base, "-o", out, "--force", "--json")
    (rule,) = json.loads(told)["already_broken"]
    assert rule["kind"] == "distribution" and rule["basis"]["gdp_growth.low"] == 0.05


@pytest.mark.parametrize("name", ROUTES)
def test_the_kind_of_a_workbook_is_told_by_its_calls(workbooks: dict[str, Path], name: str) -> None:
    assert route_of(open_book(workbooks[name])).id == name


def test_a_windows_workbook_is_merged_into_one(
    workbooks: dict[str, Path], command, tmp_path: Path
) -> None:
    book = workbooks["windows"]
    code, told, _ = command(book, book, book, "-o", tmp_path / "out.xlsm")
    assert code == 0 and "windows, from the suffix of out.xlsm" in told
    assert route_of(open_book(tmp_path / "out.xlsm")).id == "windows"
    code, _, error = command(book, book, book, "-o", tmp_path / "out.xlsx")
    assert code == 2 and "name it out.xlsm" in error and "out_office.xlsx" in error


def test_bad_usage_is_refused(pair, command, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_text("mine")
    assert "--force" in command(*pair, "-o", out)[2] and out.read_text() == "mine"
    assert command(*pair, "-o", out, "--force", "--ours")[0] == 0
    assert "not the name of a workbook" in command(*pair, "-o", tmp_path / "out.ods")[2]
    _, _, errors = command(pair[0], tmp_path / "x.xlsx", pair[2], "-o", tmp_path / "y.xlsx")
    assert "is not a file" in errors
    for extra in (
        ("--ours", "--theirs"),
        ("--set", "ai_penetration=0.4", "--set", "ai_penetration.override=0.5"),
    ):
        with pytest.raises(click.BadParameter):
            command(*pair, "-o", tmp_path / "new.xlsx", *extra)


def test_a_folder_cannot_be_written(pair, command, tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="folder"):
        app.main(["merge", *map(str, pair), "-o", str(tmp_path)], standalone_mode=False)
