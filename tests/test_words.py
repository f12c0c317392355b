"""The words of findings: one place, every kind in it, and no kind without a place that finds it."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from xl_cryptoai.reading.findings import KINDS, as_data, joined
from xl_cryptoai.reports import words
from xl_cryptoai.xlsx import Place

ROOT = Path(words.__file__).parents[1]
MODULES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if path.name != "findings.py" and "= Kind(" in path.read_text(encoding="utf-8")
)
for _path in MODULES:
    importlib.import_module(
        ".".join(("xl_cryptoai", *_path.relative_to(ROOT).with_suffix("").parts))
    )


def declared(path: Path) -> set[str]:
    """The names of the variables of a module that hold kinds."""
    return {
        str(getattr(node.targets[0], "id", ""))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "Kind"
    }


def test_every_kind_has_words_and_no_words_are_for_a_kind_that_is_not() -> None:
    assert set(words.WORDS) == set(KINDS)


def test_the_words_of_a_kind_ask_only_for_its_facts() -> None:
    for kind, templates in words.WORDS.items():
        facts = {*KINDS[kind].facts, "id", "cell"}
        for name in set().union(*map(words.placeholders, templates)):
            assert name in facts or words.needs(name) <= facts, (kind, name)


def test_nothing_derived_is_for_no_words() -> None:
    asked = {
        name for pair in words.WORDS.values() for one in pair for name in words.placeholders(one)
    }
    assert set(words.DERIVED) <= asked


def test_every_kind_is_declared_by_name_in_its_module_and_used_there() -> None:
    count = 0
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        loaded = [one for one in ast.walk(tree) if isinstance(one, ast.Name)]
        used = {one.id for one in loaded if isinstance(one.ctx, ast.Load)}
        assert declared(path) <= used, path
        count += len(declared(path))
    assert count == len(KINDS)


def test_findings_are_made_from_kinds_alone() -> None:
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "reading.findings import" in text or "rules.entry import" in text:
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    assert getattr(node.func, "id", "") not in ("Finding", "Fault"), path


def test_a_kind_takes_its_own_facts_and_no_others() -> None:
    with pytest.raises(AssertionError, match="has the facts"):
        KINDS["shows_error"](code="#N/A")


def test_figures_are_formatted_by_the_words() -> None:
    tolerance = KINDS["check_tolerance_raised"](value=1234567.5, wanted=0.05)
    assert words.what(tolerance) == "allows 1.23457e+06 instead of 0.05"
    blank = KINDS["published_figure_changed"](value=None, wanted=0.1)
    assert (words.what(blank), words.fix(blank)) == ("is blank, not 0.1", "restore 0.1")


def test_a_sentence_says_where_what_and_the_fix() -> None:
    found = KINDS["id_overwritten"](target="A!B2", written="x").at(
        Place("A", 2, 1), id="gdp_growth"
    )
    assert words.sentence(found) == (
        "A!A2: gdp_growth is the name of A!B2, but the Id there is 'x'; "
        "write gdp_growth into A!A2 again"
    )


def test_equal_findings_on_neighbouring_cells_are_one_with_its_area() -> None:
    shows = KINDS["shows_error"]
    cells = [shows(error="#N/A").at(Place("A", row, column)) for row in (4, 5) for column in (2, 3)]
    other = shows(error="#REF!").at(Place("A", 6, 2))
    assert [(one.cell, dict(one.facts)["error"]) for one in joined([*cells, other])] == [
        ("A!B4:C5", "#N/A"),
        ("A!B6", "#REF!"),
    ]


def test_what_whole_sheets_lack_is_one_finding_that_lists_them() -> None:
    lost = KINDS["freeze_panes_missing"]()
    (found,) = joined([lost.at("A"), lost.at("B")])
    assert found.cell == "A, B" and as_data(found)["facts"] == {"sheets": ("A", "B")}
