"""What an audit leaves behind: the page for a partner, opened in a browser, and the SARIF log."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from edits import cell, edit
from engines import browser as browsers
from engines import require
from engines.browser import Browser, Page
from pydantic import BaseModel, ValidationError
from sarif_pydantic import Sarif
from shipped import MODEL, SEGMENTS, STEPS

from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.auditing.rules import AUDIT_RULES
from xl_cryptoai.forecast import Forecast
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reports.audit_page import as_html
from xl_cryptoai.reports.bridge import LEVELS, bridge
from xl_cryptoai.reports.findings import as_data, as_sarif
from xl_cryptoai.reports.model_page import model_section

WORD = "{http://www.w3.org/2000/svg}"


def change(book: Any) -> None:
    """Override two assumptions, hide a row and loosen a check."""
    cell(book, "Assumptions", "ai_penetration", "Override").value = 0.4
    cell(book, "Assumptions", "hyperscaler_share", "Override").value = 0.85
    book["Segments"].row_dimensions[15].hidden = True
    book["Checks"]["G6"].value = 1e12


@pytest.fixture(scope="module")
def changed(workbooks: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return edit(workbooks["office"], folder / "a & b <i>.xlsx", change)


def page_of(*paths: Path) -> str:
    """The page of some workbooks, as the command writes it."""
    books = {path: open_book(path) for path in paths}
    models = {
        path: model_section(book, f"w{number}-")
        for number, (path, book) in enumerate(books.items())
    }
    return as_html({path: audit_book(book) for path, book in books.items()}, {}, models)


@pytest.fixture(scope="module")
def page(changed: Path, workbooks: dict[str, Path]) -> str:
    return page_of(changed, workbooks["plain"])


@pytest.fixture(scope="module")
def opened(page: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    require(browsers.available())
    file = tmp_path_factory.mktemp("page") / "audit.html"
    file.write_text(page, encoding="utf-8")
    with Browser() as browser:
        yield browser.open(file.as_uri())


# The page in a browser ---------------------------------------------------------------------------


def test_every_picture_is_drawn_and_has_words(opened: Page) -> None:
    pictures = opened.run("[...document.images].map(i => [i.complete && i.naturalWidth, i.alt])")
    assert len(pictures) == 3, "two for the changed workbook, one for the published one"
    assert all(width == 960 and len(words) > 20 for width, words in pictures)


def test_every_link_leads_to_a_place_on_the_page(opened: Page) -> None:
    script = (
        "[...document.links].map(a => [a.getAttribute('href'), !!document.querySelector(a.hash)])"
    )
    links = opened.run(script)
    assert {href for href, there in links if not there} == set()
    assert {"#rule-check_set", "#rule-hidden_lines"} <= {href for href, _ in links}


def test_nothing_is_wider_than_the_window(opened: Page) -> None:
    assert opened.run("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_asks_for_nothing_else(opened: Page) -> None:
    asked = [event["request"]["url"] for event in opened.events("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_no_place_of_the_page_is_there_twice(opened: Page) -> None:
    ids = opened.run("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)) > 2 * len(LEVELS)


def test_the_trace_of_the_total_opens_down_to_the_sources(opened: Page) -> None:
    tree = "document.querySelector('.trace')"
    shown = opened.run(f"{tree}.innerText")
    assert "Crypto-AI revenue" in shown and "par. 5" not in shown, "closed below the second level"
    opened.run(f"{tree}.querySelectorAll('details').forEach(d => d.open = true)")
    assert "par. 5" in opened.run(f"{tree}.innerText")


# What the page says ------------------------------------------------------------------------------


def test_the_verdict_counts_findings_and_a_clean_workbook_has_none(page: str) -> None:
    assert re.search(r"class='verdict bad'>\d+ findings at \d+ places", page)
    assert f"No findings: {len(AUDIT_RULES)} rules passed" in page
    assert "Every live value is the published one." in page


def test_the_page_names_the_program_that_saved_a_workbook(page: str) -> None:
    assert re.search(r"Saved by [^<]*Openpyxl", page)


def test_a_deviation_is_named_with_its_size_and_its_reason(page: str) -> None:
    row = next(part for part in page.split("<tr>") if "<code>ai_penetration</code>" in part)
    assert "+21.2%" in row and "differs (override)" in row and "par. 3" in row


def test_names_of_files_are_no_tags(page: str) -> None:
    assert "a &amp; b &lt;i&gt;.xlsx" in page and "<i>" not in page


def test_a_workbook_of_others_has_findings_and_a_note(tmp_path: Path) -> None:
    book: Any = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "=1/0", "=[2]Book!$A$1"
    book.save(tmp_path / "other.xlsx")
    said = page_of(tmp_path / "other.xlsx")
    assert "No assumptions and no pictures" in said and "external_links" in said


def test_inputs_that_cannot_be_computed_leave_the_pictures_out(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def clash(book: Any) -> None:
        cell(book, "Assumptions", "software_share", "Override").value = 0.9

    path = edit(workbooks["plain"], tmp_path / "clash.xlsx", clash)
    said = page_of(path)
    assert "No pictures" in said and "<img" not in said and "class='trace'" in said


# The picture -------------------------------------------------------------------------------------


def test_the_bridge_leads_from_the_market_to_the_total() -> None:
    results = {name: float(Forecast()[name]) for name in STEPS}
    root = ElementTree.fromstring(bridge(MODEL, results))
    bars = [bar.attrib for bar in root.iter(f"{WORD}rect") if bar.get("x")]
    ends = [float(bar["x"]) + float(bar["width"]) for bar in bars]
    levels, drops, parts = ends[0:7:2], bars[1:7:2], ends[7:]
    assert levels == sorted(levels, reverse=True) and len(parts) == len(SEGMENTS)
    for drop, above, below in zip(drops, levels, levels[1:], strict=False):
        assert math.isclose(float(drop["x"]), below, abs_tol=0.2)
        assert math.isclose(float(drop["x"]) + float(drop["width"]), above, abs_tol=0.2)
    scale = (levels[0] - levels[1]) / math.log(results["tam"] / results["ai_gain"])
    whole = scale * math.log(results["ai_gain"] / results["total"])
    assert math.isclose(levels[1] - levels[3], whole, abs_tol=0.5)


# SARIF 2.1.0 -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log(changed: Path) -> dict[str, Any]:
    sarif = as_sarif(
        {changed: audit_book(open_book(changed))}, {Path("no.xlsx"): "no.xlsx is no file"}
    )
    read: dict[str, Any] = json.loads(json.dumps(sarif))
    return read


LEFT_OUT = {"toolExecutionNotifications"}
"""In the standard, section 3.20.21, but not in the model of it."""


def properties_unknown(model: BaseModel) -> Iterator[str]:
    """Name what a log holds that the model of the standard has no word for; it lets all pass."""
    yield from model.model_extra or {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                yield from properties_unknown(one)


def test_a_log_holds_what_sarif_knows_and_nothing_else(log: dict[str, Any]) -> None:
    assert {*properties_unknown(Sarif.model_validate(log))} <= LEFT_OUT


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (lambda log: log["runs"][0].pop("tool"), ValidationError),
        (lambda log: log["runs"][0]["results"][0].update(level="severe"), ValidationError),
        (lambda log: log["runs"][0]["results"][0].update(cell="A1"), AssertionError),
    ],
)
def test_a_log_that_sarif_does_not_know_would_be_noticed(
    log: dict[str, Any], broken: Callable[[dict[str, Any]], object], error: type[Exception]
) -> None:
    other = json.loads(json.dumps(log))
    broken(other)
    with pytest.raises(error):
        test_a_log_holds_what_sarif_knows_and_nothing_else(other)


def test_a_log_has_a_version_and_one_run_with_a_named_tool(log: dict[str, Any]) -> None:
    assert set(log) == {"$schema", "version", "runs"} and log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert set(run) <= {"tool", "results", "invocations"}
    driver = run["tool"]["driver"]
    assert driver["name"] == "xl-cryptoai" and re.fullmatch(r"\d+\.\d+\.\d+", driver["version"])


def test_every_rule_of_a_log_is_described_once(log: dict[str, Any]) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) >= len(AUDIT_RULES)
    for rule in rules:
        assert rule["shortDescription"]["text"] and rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note", "none")


def test_every_result_of_a_log_has_rule_level_message_and_place(
    log: dict[str, Any], changed: Path
) -> None:
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    (data,) = as_data({changed: audit_book(open_book(changed))}, {})
    assert len(run["results"]) == len(data["findings"]) > 2
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note", "none")
        assert result["message"]["text"].endswith(".")
        (where,) = result["locations"]
        assert where["logicalLocations"][0]["fullyQualifiedName"] in result["message"]["text"]


def test_the_address_of_a_file_is_written_as_addresses_are(log: dict[str, Any]) -> None:
    (uri,) = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
    }
    assert uri.endswith("/a%20&%20b%20%3Ci%3E.xlsx")


def test_a_file_that_cannot_be_read_is_told_as_a_failed_run(log: dict[str, Any]) -> None:
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    (note,) = invocation["toolExecutionNotifications"]
    assert note["level"] == "error" and "no.xlsx" in note["message"]["text"]
