"""What the task pane asks the server about a workbook: the real server, real templates."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from edits import cell, edit, where
from engines import require
from engines import server as servers
from engines.server import Server, ServerRefusal
from shipped import CATALOGUE

from xl_cryptoai import Forecast, __version__
from xl_cryptoai.cli import main

KEY = "Zx7-only-for-these-tests-0123456789"
QUESTIONS = ("model", "audit", "trace?sheet=Segments&cell=E12", "simulate?draws=1024")
NOT_OURS = ("model", "simulate")
"""Questions that only a workbook of ours can answer."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    require(servers.available())
    with Server(environment={"XL_CRYPTOAI_BODY_SECONDS": "1"}) as running:
        yield running


@pytest.fixture(scope="module")
def template(workbooks: dict[str, Path]) -> Path:
    return workbooks["office"]


@pytest.fixture(scope="module")
def changed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office workbook with scenario Bull, AI penetration at 40% and a number typed as text."""

    def change(book: Any) -> None:
        book["Cover"]["B6"] = "Bull"
        cell(book, "Assumptions", "ai_penetration", "Override").value = 0.4
        cell(book, "Assumptions", "gdp_growth", "Base").value = "3%"

    return edit(template, tmp_path_factory.mktemp("changed") / "changed.xlsx", change)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of somebody else: two numbers, their sum, and a text that looks like a tag."""
    import openpyxl

    book: Any = openpyxl.Workbook()
    book.active.title = "It's"
    for name, content in {"A1": "<b>cost</b>", "B1": 1, "B2": 2, "B3": "=B1+B2"}.items():
        book.active[name] = content
    path = tmp_path_factory.mktemp("foreign") / "foreign.xlsx"
    book.save(path)
    return path


def asked(server: Server, question: str, content: bytes | Path) -> Any:
    body = content.read_bytes() if isinstance(content, Path) else content
    return json.loads(server._ask("POST", f"/pane/{question}", body))


def refused(server: Server, question: str, content: bytes | Path) -> tuple[int, str]:
    with pytest.raises(ServerRefusal) as refusal:
        asked(server, question, content)
    return refusal.value.status, refusal.value.text


def printed(capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    main([*command, "--json"])
    return json.loads(capsys.readouterr().out)


# ---- the forecast in the workbook ----


def test_a_template_is_the_published_case(server, template) -> None:
    found = asked(server, "model", template)
    base = Forecast("base")
    assert found["program"] == f"xl-cryptoai {__version__}"
    assert found["file_hash"] == hashlib.sha256(template.read_bytes()).hexdigest()
    assert (found["title"], found["year"]) == ("Crypto-AI revenue in 2030", 2030)
    assert found["total"]["value"] == found["total"]["base_value"] == base["total"]
    assert found["deviation"] == {"value": 0, "text": "0"}
    assert {one["id"]: one["value"] for one in found["segments"]} == {
        name: base[name]
        for name in ("crypto_software", "crypto_compute", "crypto_identity", "crypto_security")
    }
    assert found["checks"]["passed"] and found["functions_available"] and not found["problem"]


def test_the_scenario_says_its_cell_and_what_may_be_written_there(server, changed) -> None:
    assert asked(server, "model", changed)["scenario"] == {
        "id": "bull", "label": "Bull", "sheet": "Cover", "cell": "B6",
        "choices": [{"id": "bear", "label": "Bear"}, {"id": "base", "label": "Base"},
                    {"id": "bull", "label": "Bull"}, {"id": "own", "label": "Own"}],
    }  # fmt: skip


def test_the_total_is_the_one_that_python_computes_from_the_inputs_in_the_file(
    server, changed
) -> None:
    found = asked(server, "model", changed)
    total = Forecast("bull", overrides={"ai_penetration": 0.4})["total"]
    assert found["total"]["value"] == pytest.approx(total, rel=1e-12)
    assert found["deviation"]["value"] == pytest.approx(total - Forecast("base")["total"])


def test_the_effects_of_what_deviates_sum_to_the_deviation(server, changed) -> None:
    found = asked(server, "model", changed)
    effects = {one["id"]: one["effect"] for one in found["assumptions"] if one["effect"]}
    entries = CATALOGUE
    assert effects.keys() == {
        name for name, entry in entries.items() if entry.values["bull"] != entry.base
    } | {"ai_penetration"}
    assert sum(one["value"] for one in effects.values()) == pytest.approx(
        found["deviation"]["value"], rel=1e-9
    )


def test_an_override_says_its_value_its_cell_and_what_holds_without_it(server, changed) -> None:
    rows = {one["id"]: one for one in asked(server, "model", changed)["assumptions"]}
    assert [*rows] == [*CATALOGUE]
    row = rows["ai_penetration"]
    assert row["override"]["value"] == 0.4
    place = where(changed, "Assumptions", "ai_penetration", "Override")
    assert f"{row['override']['sheet']}!{row['override']['cell']}" == place
    assert (row["text"], row["base_text"]) == ("40%", "33%")
    assert row["scenario_text"] == f"{CATALOGUE['ai_penetration'].values['bull']:.0%}"
    assert row["allowed"] == "0.001 to 1 (0.1% to 100%)"
    assert rows["gdp_growth"]["override"]["value"] is None


def test_an_input_that_cannot_be_used_leaves_the_total_unknown_and_says_where(
    server, template, tmp_path
) -> None:
    def change(book: Any) -> None:
        cell(book, "Assumptions", "ai_penetration", "Override").value = "a lot"

    found = asked(server, "model", edit(template, tmp_path / "text.xlsx", change))
    assert found["total"]["value"] is None and found["total"]["text"] == "not known"
    assert found["problem"].startswith(where(template, "Assumptions", "ai_penetration", "Override"))
    assert "ai_penetration" in found["problem"] and "a lot" in found["problem"]


def test_inputs_that_contradict_each_other_leave_the_total_unknown(
    server, template, tmp_path
) -> None:
    def change(book: Any) -> None:
        cell(book, "Assumptions", "software_share", "Override").value = 0.9

    found = asked(server, "model", edit(template, tmp_path / "shares.xlsx", change))
    assert found["total"]["value"] is None
    assert "software_share" in found["problem"]
    assert next(one for one in found["assumptions"] if one["id"] == "software_share")[
        "override"
    ]["value"] == 0.9  # fmt: skip


@pytest.mark.parametrize("route", ["excel365", "libreoffice", "plain", "windows"])
def test_the_workbooks_of_the_other_routes_are_understood_too(server, workbooks, route) -> None:
    found = asked(server, "model", workbooks[route])
    assert found["total"]["value"] == Forecast("base")["total"]
    assert found["functions_available"] is (None if route == "plain" else True)


# ---- audit, trace, simulation: as the command line has them ----


def test_the_audit_finds_what_the_command_line_finds(server, changed, capsys) -> None:
    [wanted] = printed(capsys, "audit", str(changed))
    found = asked(server, "audit", changed)
    assert wanted["findings"]
    assert sorted((one["rule"], one["where"], one["severity"]) for one in found["findings"]) == (
        sorted((one["rule"], one["cell"], one["severity"]) for one in wanted["findings"])
    )
    assert all(one["text"] and one["fix"] for one in found["findings"])


def test_the_audit_of_a_template_finds_nothing(server, template) -> None:
    found = asked(server, "audit", template)
    assert found["findings"] == []
    assert found["summary"].startswith("no findings; ")


def test_a_trace_has_the_cells_of_the_command_line(server, template, capsys) -> None:
    main(["trace", str(template), "Segments!E12", "--format", "json"])
    wanted = json.loads(capsys.readouterr().out)
    found = asked(server, "trace?sheet=Segments&cell=E12", template)
    assert found["roots"] == wanted["roots"] == ["Segments!E12"]
    assert [(one["id"], one["formula"], one["inputs"]) for one in found["nodes"]] == [
        (one["cell"], one["formula"], one["links"]) for one in wanted["nodes"]
    ]


def test_a_trace_ends_at_assumptions_with_their_sources(server, template) -> None:
    nodes = asked(server, "trace?target=total", template)["nodes"]
    found = {one["name"]: one for one in nodes if one["source"]}
    entry = CATALOGUE["ai_penetration"]
    assert found["ai_penetration"]["source"] == f"published: {entry.locator}"
    assert found["ai_penetration"]["value_text"].startswith("33%")


def test_a_simulation_is_that_of_the_command_line(server, changed, capsys) -> None:
    wanted = printed(capsys, "simulate", "--from", str(changed), "--draws", "1024")
    found = asked(server, "simulate?draws=1024", changed)
    figures = wanted["results"]["total"]
    for name in ("mean", "sd", "p5", "p50", "p95"):
        assert found[name]["value"] == figures[name]
        assert found[name]["error"] == figures[f"{name}_se"]
    assert found["live"]["value"] == wanted["live"]["total"]
    assert found["live"]["percentile"] == wanted["live"]["percentile"]
    assert found["draws"] == wanted["draws"] == 1024


def test_the_histogram_holds_all_draws_but_two_thousandths(server, template) -> None:
    found = asked(server, "simulate?draws=16384", template)
    bars = found["histogram"]
    assert sum(bar["count"] for bar in bars) == pytest.approx(0.998 * 16384, abs=len(bars))
    assert all(one["to"] == two["from"] for one, two in pairwise(bars))


def test_the_drivers_are_the_widest_bars_of_the_tornado(server, changed, capsys) -> None:
    wanted = printed(capsys, "tornado", "--from", str(changed))
    found = asked(server, "simulate?draws=1024", changed)["drivers"]
    assert [(one["id"], one["swing"]["value"]) for one in found] == [
        (one["id"], one["swing"]) for one in wanted[: len(found)]
    ]


def test_the_chance_of_exceeding_the_printed_total_is_that_of_the_command_line(
    server, template, capsys
) -> None:
    wanted = printed(capsys, "simulate", "--from", str(template), "--draws", "1024",
                     "--above", "10.2B")  # fmt: skip
    found = asked(server, "simulate?draws=1024", template)["chance_of_exceeding"][0]
    assert (found["label"], found["chance"]) == (
        "published total", wanted["chance_of_exceeding"]["10.2B"][0],
    )  # fmt: skip


# ---- workbooks of others, and what is no workbook ----


def test_a_workbook_of_others_is_audited_and_traced(server, foreign) -> None:
    assert "rules passed" in asked(server, "audit", foreign)["summary"]
    nodes = asked(server, "trace?sheet=It%27s&cell=B3", foreign)["nodes"]
    assert [one["id"] for one in nodes] == ["It's!B3", "It's!B1", "It's!B2"]


def test_the_text_of_a_cell_comes_as_it_is(server, foreign) -> None:
    nodes = asked(server, "trace?sheet=It%27s&cell=A1", foreign)["nodes"]
    assert nodes[0]["value_text"] == "<b>cost</b>"


@pytest.mark.parametrize("question", NOT_OURS)
def test_a_workbook_of_others_has_no_forecast(server, foreign, question) -> None:
    status, sentence = refused(server, question, foreign)
    assert status == 422
    assert sentence.startswith("the workbook is not a workbook of xl-cryptoai: ")


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("content", [b"", b"PK", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_workbook_is_answered_with_a_sentence(server, question, content) -> None:
    status, sentence = refused(server, question, content)
    assert status == 422
    assert sentence.startswith("the workbook is ")


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("trace", 400, "give the cell to be traced: ?sheet=Segments&cell=E12"),
        ("trace?sheet=Segments", 400, "give the cell to be traced"),
        ("trace?sheet=Nowhere&cell=A1", 422, "the workbook has no name or cell "),
        ("trace?sheet=Segments&cell=ZZZZ1", 422, "'Segments'!ZZZZ1 is not a cell"),
        ("trace?target=nothing", 422, "the workbook has no name or cell 'nothing'"),
        ("simulate?draws=many", 400, "draws is 'many'; give a whole number, such as 10000"),
        ("simulate?draws=-5", 400, "draws is '-5'; give a whole number"),
        ("simulate?draws=1", 422, "draws is 1"),
        ("simulate?draws=999999999", 422, "draws is 999,999,999; the pane draws at most 1,048,576"),
        ("model?" + "a=1&" * 20, 400, "the address's query cannot be read"),
    ],
)
def test_a_wrong_question_is_answered_with_a_sentence(
    server, template, query, status, words
) -> None:
    found = refused(server, query, template)
    assert (found[0], found[1][: len(words)]) == (status, words)


# ---- the guard, and what is kept ----


def head(path: str, **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_a_workbook_over_8_mb_is_refused_before_it_is_read(server) -> None:
    answer = server.raw(head("/pane/model", Content_Length=str(8 * 2**20 + 1)))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"the workbook is larger than 8 MB; delete sheets or pictures" in answer


def test_a_workbook_that_does_not_come_is_refused_in_time(server) -> None:
    answer = server.raw(head("/pane/model", Content_Length="9000"), b"PK")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.endswith(b"the workbook did not arrive within 1 seconds")


def test_quick_calls_are_answered_while_a_workbook_is_analysed(server, template) -> None:
    content = template.read_bytes()
    request = head("/pane/simulate?draws=1048576", Content_Length=str(len(content))) + content
    answered = 0
    with ThreadPoolExecutor(1) as pool:
        analysed = pool.submit(server.raw, request)
        while not analysed.done():
            assert server.call("CAI_AI_GAIN", 100, 0.5) == [[50.0]]
            answered += 1
    assert analysed.result().startswith(b"HTTP/1.1 200 OK")
    assert answered > 5  # one that had to wait for the workbook would be the only one


@pytest.mark.parametrize("line", ["GET /pane/model", "POST /pane/", "POST /pane/other",
                                  "OPTIONS /pane/model", "POST /pane/../pane/model"])  # fmt: skip
def test_nothing_else_stands_below_the_panes_address(server, line) -> None:
    answer = server.raw(f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")


def test_without_the_access_key_no_workbook_is_read(template) -> None:
    require(servers.available())
    firm = {"XLWINGS_AUTH_PROVIDERS": '["custom"]', "XL_CRYPTOAI_ACCESS_KEY": KEY,
            "XL_CRYPTOAI_SLOW_SECONDS": "0.001"}  # fmt: skip
    with Server(environment=firm) as running:
        asked_for = running.raw(head("/pane/model", Content_Length="8000000"))
        assert asked_for.startswith(b"HTTP/1.1 401 ")
        assert refused(running, "model", template)[0] == 401
        running.headers = {"Authorization": KEY, "Auth-Provider": "custom"}
        assert refused(running, "model", template) == (
            422, "the workbook was not analysed within 0.001 seconds; delete sheets that are "
            "not needed, or use the command line",
        )  # fmt: skip


def test_no_file_is_written_and_no_figure_is_logged(server, changed) -> None:
    folder = server._folder
    assert folder is not None

    def files() -> dict[Path, int]:
        return {
            Path(top) / name: (Path(top) / name).stat().st_size
            for top, _, names in os.walk(folder)
            for name in names
            if name != "log" and "__pycache__" not in top
        }

    before, logged = files(), server.log()
    for question in QUESTIONS:
        asked(server, question, changed)
    assert files() == before
    assert server.log() == logged
