"""The task pane in a real browser: before it the real server, beside it an open workbook of ours.

`engines.office` stands for Excel and Office.js; not verified in Excel here.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from engines.browser import Browser, BrowserError
from engines.office import OpenWorkbook
from engines.pane import IDLE, NO_HOST, TOTAL, Pane, open_pane
from engines.server import Server
from shipped import CATALOGUE, MODEL
from xl_cryptoai_server.project import PANE

from xl_cryptoai import Forecast, risk
from xl_cryptoai.palette import contrast
from xl_cryptoai.units import read_as
from xl_cryptoai.workbook.layout import lay_out

pytestmark = pytest.mark.slow

LAYOUT = lay_out(MODEL)
NATIVE = f"E{LAYOUT.native_row['ai_gain']}"
SEGMENTS = ("crypto_software", "crypto_compute", "crypto_identity", "crypto_security")


def money(value: float) -> str:
    return read_as(value, "usd_per_year")


@pytest.fixture
def book(workbooks: dict[str, Path]) -> Iterator[OpenWorkbook]:
    with OpenWorkbook(workbooks["office"].read_bytes()) as opened:
        yield opened


@pytest.fixture
def foreign() -> Iterator[OpenWorkbook]:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append(["Rent", 1200])
    book.save(file)
    with OpenWorkbook(file.getvalue(), "") as opened:
        yield opened


Open = Callable[..., Pane]


@pytest.fixture
def opened(server: Server, browser: Browser, book: OpenWorkbook) -> Iterator[Open]:
    panes: list[Pane] = []

    def opening(part: str = "", **how: Any) -> Pane:
        panes.append(open_pane(server, browser, book, part, **how))
        return panes[-1]

    yield opening
    for pane in panes:
        pane.page.close()


@pytest.fixture
def pane(opened: Open) -> Iterator[Pane]:
    pane = opened()
    pane.until(f"{TOTAL} && {IDLE}")
    yield pane
    assert pane.asked_elsewhere() == []
    assert pane.page.run("filesOpen()") == 0
    assert pane.page.events("Runtime.exceptionThrown") == []


@pytest.fixture(scope="module")
def still(
    server: Server, browser: Browser, workbooks: dict[str, Path]
) -> Iterator[tuple[Pane, OpenWorkbook]]:
    """A pane for tests after which nothing may have been written."""
    with OpenWorkbook(workbooks["office"].read_bytes()) as book:
        pane = open_pane(server, browser, book)
        pane.until(f"{TOTAL} && {IDLE}")
        yield pane, book
        pane.page.close()
    assert book.written == []


# ---- the model ----


def test_the_headline_and_the_segments_are_those_of_the_open_workbook(pane: Pane) -> None:
    base = Forecast("base")
    assert pane.text("#total") == money(base["total"])
    assert "Crypto-AI revenue 2030, live" in pane.text("#headline")
    assert "All 72 checks OK" in pane.text("#headline")
    for segment in SEGMENTS:
        assert money(base[segment]) in pane.text("#segments")


def test_that_the_functions_are_not_available_is_said_above(
    opened: Open, book: OpenWorkbook, workbooks: dict[str, Path]
) -> None:
    names = openpyxl.load_workbook(workbooks["office"]).defined_names
    sheet, _, cell = names["functions_available"].attr_text.replace("$", "").rpartition("!")
    book.type(sheet.strip("'"), cell, "no")
    assert "The functions are not available in this workbook" in opened().text("#headline .warning")


def test_the_workbook_of_native_formulas_is_read_and_written_too(
    server: Server, browser: Browser, workbooks: dict[str, Path]
) -> None:
    with OpenWorkbook(workbooks["plain"].read_bytes(), "plain") as plain:
        pane = open_pane(server, browser, plain)
        pane.press("Bull", "#headline")
        assert pane.text("#total") == money(Forecast("bull")["total"])
        pane.page.close()


def test_the_active_cell_is_named_when_another_one_is_selected(pane: Pane) -> None:
    pane.page.run("selectCell('Forecast', 'E21')")
    pane.until("document.querySelector('#selected').textContent === 'Selected: Forecast!E21'")


@pytest.mark.parametrize("scenario", ["bear", "bull"])
def test_a_scenario_is_written_into_the_sheet_and_its_forecast_shown(
    pane: Pane, book: OpenWorkbook, scenario: str
) -> None:
    label = CATALOGUE.scenarios[scenario].label
    pane.press(label, "#headline")
    assert book.written == [("Cover", "B6", label)]
    assert pane.text("#total") == money(Forecast(scenario)["total"])
    assert pane.page.run("document.activeElement.id") == f"scenario-{scenario}"
    assert pane.text("#status") == f"Scenario {label} in Cover!B6."
    assert pane.text("[aria-pressed=true]") == label


def test_what_was_written_can_be_undone(pane: Pane, book: OpenWorkbook) -> None:
    pane.press("Bull", "#headline")
    pane.press("Undo")
    assert book.written[1:] == [("Cover", "B6", "Base")]
    assert pane.text("#total") == money(Forecast("base")["total"])
    assert pane.text("#status") == "Undone."
    assert pane.page.run("document.activeElement.id") == "status"


def test_an_override_is_written_into_its_cell_and_what_it_did_to_the_total_shown(
    pane: Pane, book: OpenWorkbook
) -> None:
    pane.set("ai_penetration", "40%")
    assert book.written == [("Assumptions", "J13", 0.4)]
    base, live = Forecast("base")["total"], Forecast(overrides={"ai_penetration": 0.4})["total"]
    assert pane.text("#total") == money(live)
    effect = f"+{money(live - base)}"
    assert pane.text("#overrides li") == (
        f"AI penetration {effect} 40% for 33% Remove "
        "33% is published: Defining the role of cryptocurrencies, par. 3"
    )
    assert pane.text("#deviation") == f"{effect} against the published {money(base)}"


def test_the_effects_of_two_overrides_are_shown_apart_and_sum_to_the_difference(
    pane: Pane,
) -> None:
    pane.set("ai_penetration", "40%")
    pane.set("crypto_software_share", "0.06")
    total = Forecast(overrides={"ai_penetration": 0.4, "crypto_software_share": 0.06})["total"]
    model = pane.page.run(
        "Promise.all([import('/static/pane/server.js'), import('/static/pane/excel.js')])"
        ".then(async ([server, excel]) => server.ask('model', await excel.workbook()))"
    )
    effects = [one["effect"] for one in model["assumptions"] if one["effect"]]
    assert sum(effect["value"] for effect in effects) == pytest.approx(
        total - Forecast("base")["total"]
    )
    assert [effect["text"] in pane.text("#effects") for effect in effects] == [True, True]


def test_an_override_is_removed(pane: Pane, book: OpenWorkbook) -> None:
    pane.set("ai_penetration", "40%")
    pane.press("Remove")
    assert book.written[1:] == [("Assumptions", "J13", "")]
    assert pane.text("#total") == money(Forecast("base")["total"])
    assert "None: every assumption has its scenario's value." in pane.text("#overrides")
    assert pane.page.run("document.activeElement.id") == "overrides-title"


def test_a_choice_is_chosen_from_a_list(pane: Pane, book: OpenWorkbook) -> None:
    pane.set("identity_base", "ai_software")
    assert book.written == [("Assumptions", "J24", "ai_software")]
    live = Forecast(overrides={"identity_base": "ai_software"})["total"]
    assert pane.text("#total") == money(live)


@pytest.mark.parametrize("typed", ["", "a lot", "=1+1", "0,4", "1,000", "40 %%", "<b>4</b>"])
def test_what_is_no_figure_is_not_written(still: tuple[Pane, OpenWorkbook], typed: str) -> None:
    pane, book = still
    pane.set("ai_penetration", typed)
    assert book.written == []
    assert pane.text("#hint") == (
        f'AI penetration cannot be "{typed}". Write it as 0.4, 40%, 58.75B or 1.5e12.'
    )
    assert pane.page.run("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_a_value_out_of_bounds_is_reported_and_can_be_undone(pane: Pane) -> None:
    pane.set("ai_penetration", "40")
    assert pane.text("#total") == "not known"
    assert pane.text("#headline .warning") == (
        "Assumptions!J13: ai_penetration is 40, outside 0.001 to 1 (0.1% to 100%); enter 40% or 0.4"
    )
    pane.press("Undo")
    assert pane.text("#total") == money(Forecast("base")["total"])


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.4", 0.4), (" 40% ", 0.4), ("7.1%", 0.071), ("58.75B", 58.75e9), ("4.1t", 4.1e12),
     ("1.5e12", 1.5e12), ("-3", -3), (".5", 0.5), ("2k", 2000)],
)  # fmt: skip
def test_a_figure_is_read_as_people_write_it(
    still: tuple[Pane, OpenWorkbook], typed: str, value: float
) -> None:
    pane, _ = still
    script = f"import('/static/pane/figures.js').then((m) => m.readFigure({json.dumps(typed)}))"
    assert pane.page.run(script) == value


def test_a_link_goes_to_the_cell_of_an_assumption(pane: Pane, book: OpenWorkbook) -> None:
    pane.page.run("document.querySelector('#model details').open = true")
    pane.press("AI penetration", "#assumptions")
    assert book.shown[-2:] == [("Assumptions", ""), ("Assumptions", "J13")]


def test_a_change_in_the_sheet_is_noticed_and_read_when_asked(pane: Pane) -> None:
    pane.page.run("typeCell('Assumptions', 'J13', 0.5)")
    pane.until("!document.querySelector('#stale').hidden")
    assert pane.text("#total") == money(Forecast("base")["total"])
    pane.press("Read again")
    assert pane.page.run("document.querySelector('#stale').hidden")
    assert pane.text("#total") == money(Forecast(overrides={"ai_penetration": 0.5})["total"])


def test_what_the_pane_writes_itself_is_no_change_to_be_read_again(pane: Pane) -> None:
    pane.press("Bull", "#headline")
    assert pane.page.run("document.querySelector('#stale').hidden")


def test_a_result_says_that_the_workbook_was_changed_after_it(pane: Pane) -> None:
    old = "Computed before the workbook was changed."
    pane.click("#tab-audit")
    pane.click("#audit-run")
    assert old not in pane.text("#audited")
    pane.press("Bear", "#headline")
    assert pane.text("#audited").count(old) == 1
    pane.click("#audit-run")
    assert old not in pane.text("#audited")


# ---- trace, audit, simulation ----


def test_a_trace_goes_from_the_active_cell_to_the_source_and_is_followed_to_its_cells(
    pane: Pane, book: OpenWorkbook
) -> None:
    pane.click("#tab-trace")
    pane.page.run(f"selectCell('Forecast', '{NATIVE}')")
    pane.click("#trace-run")
    assert pane.text("#traced .node").startswith("AI productivity gain")
    assert f"=E{LAYOUT.native_row['tam']}*Assumptions!E13" in pane.text("#traced .node")
    assert "published: Defining the role of cryptocurrencies, par. 3" in pane.text("#traced")
    pane.press("AI penetration, Live", "#traced")
    assert book.shown[-1] == ("Assumptions", "E13")
    assert pane.text("#selected") == "Selected: Assumptions!E13"


def test_what_lies_deep_in_a_trace_is_made_when_it_is_opened(pane: Pane) -> None:
    pane.page.run("selectCell('Segments', 'E12')")
    pane.click("#tab-trace")
    pane.click("#trace-run")
    count = "document.querySelectorAll('#traced .node').length"
    before = pane.page.run(count)
    pane.click("#traced details:not([open]) > summary")
    pane.until(f"{count} > {before}")


def test_a_finding_is_opened_at_its_cells(pane: Pane, book: OpenWorkbook) -> None:
    book.type("Forecast", NATIVE, 2e12)
    pane.click("#tab-audit")
    pane.click("#audit-run")
    assert re.match(r"[1-9]\d* errors?.*of 42 rules passed", pane.text("#summary"))
    assert pane.text("#status") == pane.text("#summary")
    assert pane.page.run("document.querySelector('#audited .severity').textContent") == "error"
    place = pane.page.run(
        "[...document.querySelectorAll('#audited .link')].map((one) => one.textContent)"
        f".find((words) => words.startsWith('Forecast!{NATIVE}'))"
    )
    pane.press(place, "#audited")
    assert book.shown[-1] == ("Forecast", place.removeprefix("Forecast!"))


def test_a_workbook_in_order_has_no_findings(pane: Pane) -> None:
    pane.click("#tab-audit")
    pane.click("#audit-run")
    assert pane.text("#summary") == "no findings; 42 of 42 rules passed"


def test_a_simulation_shows_its_percentiles_and_draws_the_histogram(pane: Pane) -> None:
    pane.click("#tab-simulate")
    pane.page.run("document.querySelector('#simulation').requestSubmit()")
    pane.until(f"document.querySelector('#simulated svg') && {IDLE}")
    found = risk.simulate(10_000)
    for percent in (5, 50, 95):
        assert f"P{percent} {money(found.percentile(percent)[0])}" in pane.text(".figures")
    assert f"Live {money(Forecast('base')['total'])}" in pane.text(".figures")
    drawn = pane.page.run(
        "[...document.querySelectorAll('.histogram rect')].map((r) => +r.getAttribute('height'))"
    )
    assert len(drawn) > 20 and max(drawn) == 40
    assert pane.page.run("document.querySelectorAll('.histogram rect.live').length") == 1
    assert money(found.percentile(50)[0]) in pane.page.run(
        "document.querySelector('.histogram svg').getAttribute('aria-label')"
    )


@pytest.mark.parametrize(
    ("part", "shown"), [("#trace", "#traced .node"), ("#audit", "#summary"), ("#simulate", "svg")]
)
def test_the_pane_starts_at_the_part_that_its_address_names(
    opened: Open, part: str, shown: str
) -> None:
    pane = opened(part)
    pane.until(f"document.querySelector('{part} {shown}') && {IDLE}")
    selected = "document.querySelector('[aria-selected=true]').getAttribute('aria-controls')"
    assert pane.page.run(selected) == part[1:]


def test_the_ribbon_opens_a_part_of_a_pane_that_is_open_already(pane: Pane) -> None:
    pane.page.run("location.hash = 'audit'")
    pane.until(f"document.querySelector('#summary') && {IDLE}")
    assert pane.page.run("document.querySelector('#model').hidden")


def test_a_formula_of_a_trace_reads_as_in_excel(pane: Pane) -> None:
    pane.page.run(f"selectCell('Forecast', 'E{LAYOUT.python_row['ai_gain']}')")
    pane.click("#tab-trace")
    pane.click("#trace-run")
    call = f"CAI.AI_GAIN(E{LAYOUT.python_row['tam']},Assumptions!E13)"
    assert f'=IF(functions_available="yes",{call},{NATIVE})' in pane.text("#traced .node")


# ---- states ----


def test_nothing_is_sent_before_the_pane_is_seen(
    server: Server, browser: Browser, book: OpenWorkbook
) -> None:
    unseen = (
        "globalThis.seen = 'hidden'; Object.defineProperty(document, 'visibilityState', "
        "{get: () => globalThis.seen});"
    )
    page = browser.open(server.url + "/taskpane.html", before=unseen + book.office, blocked=NO_HOST)
    pane = Pane(page, ())
    pane.until("!document.querySelector('#inside').hidden")
    page.run("new Promise((done) => setTimeout(done, 200))")
    sent = [event["request"]["url"] for event in page.events("Network.requestWillBeSent")]
    assert not [url for url in sent if url.endswith(("/pane/model", "/file"))]
    page.run("globalThis.seen = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")
    pane.until(f"{TOTAL} && {IDLE}")
    page.close()


def test_outside_excel_the_page_says_so_and_leads_to_the_start_page(
    server: Server, browser: Browser
) -> None:
    page = browser.open(server.url + "/taskpane.html", blocked=NO_HOST)
    pane = Pane(page, (server.url,))
    pane.until("!document.querySelector('#outside').hidden")
    assert pane.text("h2") == "This page is not open in Excel"
    assert page.run("document.querySelector('#outside a').href") == server.url + "/"
    assert page.run("document.querySelector('#inside').hidden")


def test_while_the_server_works_the_pane_says_what_it_does(pane: Pane) -> None:
    page = pane.page
    page.run("document.querySelector('#audit-run').click()")
    assert page.run("document.querySelector('#inside').getAttribute('aria-busy')") == "true"
    assert page.run("document.querySelector('#status').textContent") == "Auditing"
    pane.until(IDLE)


def test_a_workbook_that_is_not_ours_is_said_to_be_none_and_can_be_audited(
    server: Server, browser: Browser, foreign: OpenWorkbook
) -> None:
    page = browser.open(server.url + "/taskpane.html", before=foreign.office, blocked=NO_HOST)
    pane = Pane(page, (server.url, foreign.url))
    pane.until(f"document.querySelector('#problem .card') && {IDLE}")
    assert "Which workbooks it works on" in pane.text("#problem")
    assert page.run("document.querySelector('#headline').hidden")
    pane.click("#tab-audit")
    pane.click("#audit-run")
    assert "rules passed" in pane.text("#summary")
    assert pane.asked_elsewhere() == []


def test_without_the_network_the_pane_says_so_and_tries_again_when_asked(pane: Pane) -> None:
    pane.page.ask("Network.setBlockedURLs", {"urls": ["*/pane/audit*"]})
    pane.click("#tab-audit")
    pane.click("#audit-run")
    assert pane.text("#problem p") == (
        "The server cannot be reached. Check the network, then try again."
    )
    pane.page.ask("Network.setBlockedURLs", {"urls": []})
    pane.press("Try again")
    assert pane.page.run("document.activeElement.id") == "status"
    assert pane.text("#summary") == "no findings; 42 of 42 rules passed"
    assert pane.page.run("document.querySelector('#problem').childElementCount") == 0


def test_while_a_cell_is_edited_excel_hands_over_nothing_and_the_pane_says_so(pane: Pane) -> None:
    pane.page.run("globalThis.editing = true")
    pane.click("#tab-audit")
    pane.click("#audit-run")
    assert pane.text("#problem p").startswith(
        "Excel did not hand over the workbook (is a cell being edited? finish it, then try again)"
    )
    pane.page.run("globalThis.editing = false")
    pane.press("Try again")
    assert pane.text("#summary") == "no findings; 42 of 42 rules passed"


def test_what_the_server_refuses_is_shown_in_its_words(pane: Pane) -> None:
    pane.page.run(
        "document.querySelector('#simulation').elements.draws.append(new Option('x', '-5', 1, 1))"
    )
    pane.click("#tab-simulate")
    pane.page.run("document.querySelector('#simulation').requestSubmit()")
    pane.until(f"document.querySelector('#problem .card') && {IDLE}")
    assert "draws" in pane.text("#problem p") and "-5" in pane.text("#problem p")


def test_a_protected_cell_is_left_and_said_to_be_protected(
    still: tuple[Pane, OpenWorkbook],
) -> None:
    pane, _ = still
    script = "import('/static/pane/excel.js').then((m) => m.write('Forecast', 'E12', 1))"
    with pytest.raises(BrowserError, match="AccessDenied: the cell is protected"):
        pane.page.run(script)


def test_without_the_access_key_the_pane_asks_for_it_and_then_reads_the_workbook(
    browser: Browser, book: OpenWorkbook
) -> None:
    key = "a-key-of-a-firm-for-these-tests"
    login = {"XLWINGS_AUTH_PROVIDERS": '["custom"]', "XL_CRYPTOAI_ACCESS_KEY": key}
    with Server(environment=login) as firm:
        pane = open_pane(firm, browser, book)
        pane.until(f"document.querySelector('#problem .card') && {IDLE}")
        assert pane.text("#problem p").startswith("no access; type the access key")
        assert pane.page.run("document.querySelector('#login').open")
        pane.page.run(f"access.elements.key.value = '{key}'; access.requestSubmit()")
        pane.press("Try again")
        assert pane.text("#total") == money(Forecast("base")["total"])
        pane.page.run("localStorage.clear()")
        pane.page.close()


def test_a_long_list_is_shown_a_hundred_at_a_time_and_the_focus_goes_on(
    still: tuple[Pane, OpenWorkbook],
) -> None:
    pane, _ = still
    found = pane.page.run(
        "import('/static/pane/elements.js').then(({grow, make, button}) => {"
        " const list = make('ul'); document.body.append(list); const counts = [];"
        " grow(list, [...Array(250).keys()], (n) => make('li', {}, button(`row ${n}`)));"
        " for (const _ of [1, 2]) { const rest = list.lastChild.firstChild;"
        " counts.push(list.children.length, rest.textContent); rest.click();"
        " counts.push(document.activeElement.textContent); }"
        " counts.push(list.children.length); list.remove(); return counts; })"
    )
    assert found == [
        101, "Show more (150 left)", "row 100", 201, "Show more (50 left)", "row 200", 250,
    ]  # fmt: skip


# ---- what a workbook says stays text ----

HOSTILE = "<img src=x onerror=\"globalThis.hacked='yes'\"><script>hacked=1</script>"


def test_text_of_a_hostile_workbook_stays_text(opened: Open, book: OpenWorkbook) -> None:
    book.type("Cover", "A1", HOSTILE)
    book.type("Forecast", "A11", HOSTILE)
    book.type("Forecast", "E12", HOSTILE)
    book.type("Assumptions", "J13", HOSTILE)
    pane = opened()
    assert "onerror" in pane.text("#headline .warning")
    pane.page.run(f"selectCell('Forecast', '{NATIVE}')")
    pane.click("#tab-trace")
    pane.click("#trace-run")
    assert HOSTILE in pane.text("#traced")
    pane.click("#tab-audit")
    pane.click("#audit-run")
    assert "onerror" in pane.text("#audited")
    assert pane.page.run("document.querySelectorAll('main img, main script').length") == 0
    assert pane.page.run("globalThis.hacked ?? 'no'") == "no"
    assert pane.asked_elsewhere() == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_text_that_excel_would_compute_is_not_written(
    still: tuple[Pane, OpenWorkbook], text: str
) -> None:
    pane, book = still
    script = f"import('/static/pane/excel.js').then((m) => m.write('Cover', 'B6', '{text}'))"
    with pytest.raises(BrowserError, match="would be a formula"):
        pane.page.run(script)
    assert book.written == []


def test_the_page_has_no_script_handler_or_style_of_its_own_within(server: Server) -> None:
    page = server.get("/taskpane.html")
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert inline == ['<script id="config" type="application/json">']  # data, not run
    body = page.partition("<main>")[2]
    assert not re.search(r"\s(on\w+|style)=", body)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", modules())


def modules() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(PANE.glob("*.js")))


# ---- for every reader ----


def test_everything_is_reached_and_done_with_the_keyboard_alone(
    pane: Pane, book: OpenWorkbook
) -> None:
    def focus() -> str:
        return str(pane.page.run(
            "((e) => e.id || e.name || e.textContent.trim())(document.activeElement)"
        ))  # fmt: skip

    def tab_to(wanted: str) -> None:
        seen = []
        for _ in range(60):
            pane.key("Tab")
            seen.append(focus())
            if seen[-1] == wanted:
                outline = "getComputedStyle(document.activeElement).outlineStyle"
                assert pane.page.run(outline) == "solid"
                return
        raise AssertionError(f"{wanted} is not reached: {seen}")

    tab_to("scenario-bull")
    pane.key(" ", text=" ")
    pane.until(f"document.querySelector('#status').textContent.includes('Bull') && {IDLE}")
    assert focus() == "scenario-bull"
    tab_to("Undo")
    tab_to("tab-model")
    tab_to("id")
    for letter in "AI p":
        pane.key(letter, text=letter)
    tab_to("value")
    for letter in "40%":
        pane.key(letter, text=letter)
    pane.key("Enter", text="\r")
    pane.until(f"document.querySelector('#overrides li') && {IDLE}")
    assert book.written == [("Cover", "B6", "Bull"), ("Assumptions", "J13", 0.4)]
    pane.page.run("document.querySelector('#tab-model').focus()")
    pane.key("ArrowRight")
    assert focus() == "tab-trace"
    tab_to("trace-run")
    pane.key("Enter", text="\r")
    pane.until(f"document.querySelector('#traced .node') && {IDLE}")
    pane.page.run("document.querySelector('#tab-trace').focus()")
    pane.key("ArrowRight")
    tab_to("audit-run")
    pane.key("Enter", text="\r")
    pane.until(f"document.querySelector('#summary') && {IDLE}")
    pane.page.run("document.querySelector('#tab-audit').focus()")
    pane.key("End")
    assert focus() == "tab-simulate"
    tab_to("draws")
    tab_to("Simulate")
    pane.key("Enter", text="\r")
    pane.until(f"document.querySelector('#simulated svg') && {IDLE}")


def test_every_control_and_drawing_has_a_name_for_a_screen_reader(pane: Pane) -> None:
    pane.set("ai_penetration", "40%")
    roles = {"button", "textbox", "combobox", "tab", "link", "tabpanel", "image"}
    unnamed = []
    for part in ("model", "trace", "audit", "simulate"):
        pane.click(f"#tab-{part}")
        if part != "model":
            pane.click(f"#{part} button:not(.link)")
        for node in pane.page.ask("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if not node["ignored"] and role in roles and not node["name"]["value"]:
                unnamed.append((part, role, node["name"]))
    assert unnamed == []
    live = pane.page.run("document.querySelector('#status').getAttribute('role')")
    assert live == "status"


def test_nothing_is_smaller_than_11_pixels_or_wider_than_a_narrow_pane(opened: Open) -> None:
    pane = opened(width=320)
    pane.set("ai_penetration", "40%")
    pane.page.run("selectCell('Segments', 'E12')")
    for part in ("model", "trace", "audit", "simulate"):
        pane.click(f"#tab-{part}")
        if part != "model":
            pane.click(f"#{part} button:not(.link)")
        small, wide = pane.page.run(
            "[[...document.querySelectorAll('main *')].filter((one) => one.textContent.trim() &&"
            " parseFloat(getComputedStyle(one).fontSize) < 11).length,"
            " document.documentElement.scrollWidth > document.documentElement.clientWidth]"
        )
        assert (part, small, wide) == (part, 0, False)


def palette(name: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (PANE / name).read_text("utf-8")))


TEXTS = ("text", "quiet", "figure", "link", "live", "good", "bad", "warning")
DRAWN = ("edge", "focus", "bar", "live", "bad")


@pytest.mark.parametrize("name", ["style.css", "dark.css"])
def test_every_pair_of_colours_has_the_contrast_of_level_aa(name: str) -> None:
    colours = palette(name)
    pairs = [(one, ground, 4.5) for one in TEXTS for ground in ("card", "page")]
    pairs += [("text", "input", 4.5), ("on-chosen", "chosen", 4.5)]
    pairs += [(one, "card", 3.0) for one in DRAWN] + [("focus", "page", 3.0)]
    low = [
        (one, ground, round(contrast(colours[one], colours[ground]), 2))
        for one, ground, least in pairs
        if contrast(colours[one], colours[ground]) < least
    ]
    assert low == []


def test_light_and_dark_name_the_same_colours_and_no_other_is_used() -> None:
    assert {*palette("style.css")} == {*palette("dark.css")}
    used = (PANE / "style.css").read_text("utf-8").partition("}")[2]
    assert not re.search(r"#[0-9a-f]{3,6};|rgb\(", used)
    assert {*re.findall(r"var\(--([\w-]+)\)", used)} == {*palette("style.css")}


@pytest.mark.parametrize(
    ("office", "dark", "card"),
    [("", True, "dark.css"), ("", False, "style.css"),
     ("{bodyBackgroundColor: '#262626'}", False, "dark.css"),
     ("{bodyBackgroundColor: '#FFFFFF'}", True, "style.css")],
)  # fmt: skip
def test_the_pane_is_dark_where_office_is_or_else_the_system(
    opened: Open, office: str, dark: bool, card: str
) -> None:
    before = f"globalThis.officeTheme = {office};" if office else ""
    pane = opened(before=before, dark=dark)
    shown = pane.page.run("getComputedStyle(document.body).getPropertyValue('--card')").strip()
    assert shown == palette(card)["card"]
