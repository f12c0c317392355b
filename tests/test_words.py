"""The words of findings, each kind with its own, and the words that no text has."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import openpyxl
import pytest
from shipped import FUNCTIONS
from xl_cryptoai_windows.ribbon import BUTTONS

from xl_cryptoai.cli.app import COMMANDS, app
from xl_cryptoai.reading.findings import KINDS, as_data, joined
from xl_cryptoai.reports import words
from xl_cryptoai.workbook import ROUTES
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


# What people read ------------------------------------------------------------------------------

INSTEAD = {
    r"\btold\b": "reported; distinguished",
    r"\b(cure|cures|cured|mend|mends|mended|mending)\b": "fix",
    r"\bslips?\b": "error; injected error",
    r"\bstrays\b|\bstray (findings|cells)\b": "false positives; unmapped cells",
    r"\bjudge?ments?\b": "view, validation result",
    r"\bjudg(es|ed)\b": "validate",
    r"\btwins?\b": "native formula, check formula",
    r"\bnobody\b|\bwho answers\b": "not available; provided by; not",
    r"\b(low|high) ends?\b|\bends that cross\b": "low, most likely and high out of order",
    r"\bcorrelations that cannot be\b|\bvariables can have\b": "not positive semidefinite",
    r"\b(give|gives) way\b": "to be adjusted",
    r"\b(carry|carries|carried) over\b": "migrate",
    r"\bBROKEN\b|\brules? kept\b": "failed; passed",
    r"\bwaits until\b": "skipped: depends on a failed rule",
    r"\bstands? on\b": "is on; basis, reference",
    r"\blast digits\b": "last printed digit",
    r"\bknown well enough\b|\buntil known\b": "until the standard error is below",
    r"\bto beat\b": "threshold; chance of exceeding it",
    r"\bstairs\b|\bstaircase\b": "bridge, waterfall",
    r"\bNot (reached|paid)\b": "Not adopted; Not captured",
    r"\bworking on each other\b": "interaction",
    r"\bLive is\b(?= *$)": "Source of live value",
    r"\bheads\b": "headers",
    r"\blaid (out )?against\b|\boverla(y|id)\b": "aligned",
    r"\bchance_above\b|\bchance above\b": "chance of exceeding",
}
"""By the words that no page, help text or sheet has: what to write instead."""

IN_CELLS = {r"\brefus(e|es|ed|al|als|ing)\b": "invalid input, error"}
"""The same for what stands in cells and in the help of functions; a file may be refused."""


def bad_words(text: str, banned: dict[str, str]) -> list[str]:
    """Each banned word of a text with its surroundings, and what to write."""
    return [
        f"{text[max(found.start() - 40, 0) : found.end() + 30]!r}: write {write}"
        for pattern, write in banned.items()
        for found in re.finditer(pattern, text)
    ]


def values_in(data: object) -> Iterator[str]:
    """The texts that a data file holds, without its comments and keys."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, (dict, list)):
        for one in data.values() if isinstance(data, dict) else data:
            yield from values_in(one)


@pytest.mark.parametrize(
    "page",
    [ROOT.parent / "README.md", *sorted(ROOT.parent.glob("docs/*.md"))],
    ids=lambda p: p.name,
)
def test_no_page_has_a_word_that_is_to_be_avoided(page: Path) -> None:
    assert bad_words(page.read_text(encoding="utf-8"), INSTEAD) == []


def test_no_help_of_the_command_line_has_one() -> None:
    context = app.make_context("xl-cryptoai", [], resilient_parsing=True)
    texts = [app.get_help(context)]
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        inside = click.Context(command, parent=context, info_name=name)
        texts.append(command.get_help(inside))
    assert [bad for text in texts for bad in bad_words(text, INSTEAD)] == []


def test_no_help_of_a_function_or_button_has_one() -> None:
    texts = [
        text
        for one in FUNCTIONS.values()
        for text in (one.help, *(argument.help for argument in one.arguments))
    ] + [text for one in BUTTONS.values() for text in (one.label, one.tip)]
    assert [bad for text in texts for bad in bad_words(text, INSTEAD | IN_CELLS)] == []


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.toml")), ids=lambda path: path.name)
def test_no_text_of_a_data_file_has_one(path: Path) -> None:
    texts = values_in(tomllib.loads(path.read_text(encoding="utf-8")))
    assert [bad for text in texts for bad in bad_words(text, INSTEAD | IN_CELLS)] == []


@pytest.mark.parametrize("route", ROUTES)
def test_no_sheet_has_one(workbooks: dict[str, Path], route: str) -> None:
    opened = openpyxl.load_workbook(workbooks[route], data_only=True)
    texts = {
        text
        for sheet in opened
        for row in sheet.iter_rows()
        for one in row
        for text in (one.value, one.comment and one.comment.text)
        if isinstance(text, str)
    }
    assert len(texts) > 500
    assert [bad for text in sorted(texts) for bad in bad_words(text, INSTEAD | IN_CELLS)] == []


def texts_of(path: Path) -> Iterator[str]:
    """The sentences that a module holds, but for its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # also those below a variable
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documented:
            yield from [str(node.value)] if " " in str(node.value) else []  # no ids


@pytest.mark.parametrize("room", [ROOT, ROOT.parent / "udfs"], ids=lambda room: room.name)
def test_no_message_has_one(room: Path) -> None:
    found = [
        (path.name, bad)
        for path in sorted(room.rglob("*.py"))
        for text in texts_of(path)
        for bad in bad_words(text, INSTEAD)
    ]
    assert found == []
