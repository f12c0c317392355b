"""The page at the server's address, in a real browser, with the real server behind it."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from engines import require
from engines import server as servers
from engines.browser import CONTRASTS, Browser, Page
from engines.server import Server
from shipped import FUNCTIONS, MODEL, STEPS

from xl_cryptoai import Forecast
from xl_cryptoai.functions.step_functions import name_of

KEY = "Zx7-only-for-these-tests-0123456789"


@pytest.fixture(scope="module")
def page(server: Server, browser: Browser) -> Page:
    return browser.open(f"{server.url}/")


def calculated(page: Page, function: str, **fields: str) -> Any:
    """Type into a function's form and submit it; the rows of its answer, or its sentence."""
    script = """(async (id, fields) => {
      const details = document.getElementById(id), form = details.querySelector("form");
      details.open = true;
      for (const [name, text] of Object.entries(fields)) form.elements[name].value = text;
      form.requestSubmit();
      const place = form.querySelector(".answer"), button = form.querySelector("button");
      while (button.disabled) await new Promise((done) => setTimeout(done, 20));
      const rows = [...place.querySelectorAll("tr")].map(
        (row) => [...row.cells].map((cell) => cell.textContent));
      return rows.length ? rows : place.textContent;
    })"""
    return page.run(f"{script}({function!r}, {fields!r})")


def press(page: Page, key: str, code: int, text: str = "") -> None:
    for kind in ("keyDown", "keyUp"):
        page.ask(
            "Input.dispatchKeyEvent",
            {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
             **({"text": text} if text and kind == "keyDown" else {})},
        )  # fmt: skip


def test_the_page_says_what_it_is_and_how_it_comes_into_excel(server) -> None:
    text = server.get("/")
    assert "<h1>Crypto AI forecast</h1>" in text
    for platform in ("Windows", "Mac", "Web"):
        assert f'<h3 id="add-{platform}">{platform}</h3>' in text
    assert '<a class="button" href="manifest.xml" download="crypto-ai-forecast.xml">' in text


def test_every_function_and_argument_is_there_with_its_help(server) -> None:
    text = server.get("/")
    assert re.findall(r'<details id="(\w+)"', text) == [*FUNCTIONS]
    for function in FUNCTIONS.values():
        section = text[text.index(f'<details id="{function.name}"') :].partition("</details>")[0]
        shown = html.unescape(section)
        assert function.signature.replace("CAI_", "CAI.") in shown
        assert function.help in shown
        assert all(argument.help in shown for argument in function.arguments)


def test_the_page_may_load_nothing_from_elsewhere_and_runs_no_script_of_its_own(server) -> None:
    head = server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").decode()
    policy = re.search(r"content-security-policy: (.*)\r\n", head)
    assert policy and policy[1].startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy[1]
    assert not re.search(
        r"<script(?![^>]* src=)|\son\w+=|style=|https?://", head.partition("\r\n\r\n")[2]
    )


@pytest.mark.parametrize("step", STEPS)
def test_the_form_of_a_step_answers_the_base_case(page, step) -> None:
    [[shown]] = calculated(page, name_of(MODEL, step))
    assert float(shown.replace(",", "")) == pytest.approx(Forecast("base")[step], rel=1e-11)


OTHERS = [name for name in FUNCTIONS if name not in {name_of(MODEL, step) for step in STEPS}]


@pytest.mark.parametrize("function", OTHERS)
def test_the_example_in_every_other_form_is_answered_with_figures_or_texts(page, function) -> None:
    rows = calculated(page, function)
    assert isinstance(rows, list), rows
    assert all(any(row) for row in rows)


def test_figures_are_read_as_in_the_pane(page) -> None:
    assert calculated(page, "CAI_AI_GAIN", tam="20B", ai_penetration="0.7%") == [["140,000,000"]]


def test_a_percentage_a_range_and_a_blank_are_understood(page) -> None:
    assert calculated(page, "CAI_AI_GAIN", tam="100", ai_penetration="25%, 50%; 1, 0.1") == [
        ["25", "50"], ["100", "10"],
    ]  # fmt: skip
    sentence = calculated(page, "CAI_AI_GAIN", tam="100", ai_penetration=" ")
    assert sentence.startswith("#VALUE!: CAI_AI_GAIN takes 2 arguments")


def test_a_refusal_is_shown_as_its_sentence_and_text_stays_text(page) -> None:
    shown = calculated(page, "CAI_AI_GAIN", tam="<img src=x onerror=alert(1)>", ai_penetration="1")
    assert shown.startswith("#VALUE!: tam is the text '<img src=x onerror=alert(1)>'; it must be ")
    assert page.run("document.querySelectorAll('.answer img').length") == 0


def test_an_address_with_a_function_opens_it(server, browser) -> None:
    page = browser.open(f"{server.url}/#CAI_TOTAL")
    assert page.run("document.querySelector('details[open]').id") == "CAI_TOTAL"
    press(page, "Tab", 9)
    assert page.run("document.activeElement.parentElement.id") == "CAI_TOTAL"


def test_a_function_is_opened_and_tried_by_keyboard_alone(server, browser) -> None:
    page = browser.open(f"{server.url}/")
    press(page, "Tab", 9)
    assert page.run("document.activeElement.className") == "skip"
    press(page, "Enter", 13, "\r")  # to the functions
    press(page, "Tab", 9)
    assert page.run("document.activeElement.tagName") == "SUMMARY"
    press(page, "Enter", 13, "\r")
    function = page.run("document.querySelector('details[open]').id")
    for _ in range(len(FUNCTIONS[function].arguments)):
        press(page, "Tab", 9)
        assert page.run("document.activeElement.labels[0].textContent")
    press(page, "Enter", 13, "\r")  # in a field: submits
    answer = f"document.querySelector('#{function} .answer table')"
    deadline = time.monotonic() + 20
    while not page.run(f"{answer} !== null"):
        assert time.monotonic() < deadline
    assert page.run(f"{answer}.textContent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_at_320_pixels_in_light_and_dark(server, browser, scheme) -> None:
    page = browser.open(f"{server.url}/#CAI_FORECAST")
    calculated(page, "CAI_FORECAST")
    page.ask("Emulation.setDeviceMetricsOverride",
             {"width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": False})  # fmt: skip
    page.ask("Emulation.setEmulatedMedia",
             {"features": [{"name": "prefers-color-scheme", "value": scheme}]})  # fmt: skip
    assert page.run("document.documentElement.scrollWidth") <= 320
    contrasts = page.run(CONTRASTS)
    assert len(contrasts) > 100
    assert min(contrasts) >= 4.5  # WCAG 2 AA for text of usual size
    sizes = "[...document.querySelectorAll('body *')].map((e) => getComputedStyle(e).fontSize)"
    assert min(float(size.removesuffix("px")) for size in page.run(sizes)) >= 11


def test_no_request_goes_to_another_host_and_nothing_fails(server, page) -> None:
    asked = [one["request"]["url"] for one in page.events("Network.requestWillBeSent")]
    assert len(asked) > 30
    assert all(url.startswith((f"{server.url}/", "data:")) for url in asked)
    assert page.events("Runtime.exceptionThrown") == []
    shown = [one["entry"] for one in page.events("Log.entryAdded")]
    # a refusal is answered with 400, which a browser notes
    assert [one for one in shown if "400 (Bad Request)" not in one["text"]] == []


def test_with_an_access_key_functions_are_tried_after_it_is_typed(browser) -> None:
    require(servers.available())
    firm = {"XLWINGS_AUTH_PROVIDERS": '["custom"]', "XL_CRYPTOAI_ACCESS_KEY": KEY}
    with Server(environment=firm) as running:
        assert KEY not in running.get("/")
        page = browser.open(f"{running.url}/")
        assert calculated(page, "CAI_AI_GAIN").startswith("#VALUE!: no access; ")
        page.run(f"document.getElementById('key').value = {KEY!r}")
        assert calculated(page, "CAI_AI_GAIN", tam="100", ai_penetration="50%") == [["50"]]
