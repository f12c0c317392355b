"""The route over xlwings Server: the real server, and a real browser in Excel's place."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from engines import browser as browsers
from engines import require
from engines import server as servers
from engines.browser import Browser, Page
from engines.libreoffice import is_running
from engines.server import Server, ServerRefusal
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import CATALOGUE, FUNCTIONS, MODEL, STEPS
from xl_cryptoai_server import login, start
from xl_cryptoai_server import project as projects
from xl_cryptoai_server.guard import Guard
from xl_cryptoai_server.limits import Limits

from xl_cryptoai import Forecast, load_assumptions
from xl_cryptoai.cli import main
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.functions.step_functions import name_of

CASES = {name: Forecast(name) for name in ("bear", "base", "bull")}
DIVISION = {"type": "Error", "errorType": "Div0", "basicType": "Error", "basicValue": "#DIV/0!"}
STOCK = {"type": "LinkedEntity", "text": "MSFT", "basicType": "Error", "basicValue": "#VALUE!"}


def formatted(number: float) -> dict[str, Any]:
    return {"type": "FormattedNumber", "basicValue": number, "numberFormat": "0%"}


# What Office.js gives to the page, as far as it is used to call a function. `callCell` does what
# Excel does for a cell: it finds the function by its id, and shows what is thrown.
OFFICE = """(() => {
  const known = {}, yes = {isSetSupported: () => true}, info = {host: "Excel", platform: "PC"};
  class Refusal extends Error { constructor(code, text) { super(text); this.code = code; } }
  const culture = {name: "en-US", load() {},
                   datetimeFormat: {shortDatePattern: "m/d/yyyy", load() {}}};
  const book = {name: "Book1.xlsx", load() {}, application: {cultureInfo: culture, load() {}}};
  class Context { workbook = book; application = book.application; async sync() {} }
  globalThis.Office = {onReady: async (done) => { if (done) done(info); return info; },
    context: {requirements: yes, displayLanguage: "en-US"}, actions: {associate() {}},
    addin: {}, HostType: {Excel: "Excel"}};
  globalThis.Excel = {RequestContext: Context, run: async (job) => job(new Context())};
  globalThis.CustomFunctions = {Error: Refusal, ErrorCode: {invalidValue: "#VALUE!"},
    associate: (id, body) => { known[id] = body; }};
  globalThis.functionIds = () => Object.keys(known);
  globalThis.callCell = async (id, ...cells) => {
    try { return {shown: await known[id](...cells, {address: "Sheet1!A1"})}; }
    catch (error) { return {shown: error.code ?? String(error), beside: error.message}; }
  };
})();"""


@pytest.fixture(scope="module")
def page(server: Server) -> Iterator[Page]:
    require(browsers.available())
    with Browser() as browser:
        yield browser.open(server.url + "/taskpane.html", before=OFFICE, blocked=["*/office-js/*"])


def refused(server: Server, name: str, *cells: Any) -> tuple[int, str]:
    with pytest.raises(ServerRefusal) as refusal:
        server.call(name, *cells)
    return refusal.value.status, refusal.value.text


# ---- what Excel is told ----


def test_the_manifest_names_the_add_in_its_namespace_and_where_all_is_served(server) -> None:
    manifest = server.manifest()
    texts = {
        node.get("id"): node.get("DefaultValue") for node in ElementTree.fromstring(manifest).iter()
    }
    assert texts["Functions.Namespace"] == "CAI"
    assert texts["Functions.Metadata.Url"] == server.url + "/xlwings/custom-functions-meta.json"
    assert f"<Id>{projects.MANIFEST_ID}</Id>" in manifest
    assert 'DisplayName DefaultValue="Crypto AI forecast"' in manifest


def test_every_function_is_listed_by_its_name_behind_the_namespace(server) -> None:
    listed = {entry["id"]: entry["name"] for entry in server.metadata()["functions"]}
    assert listed == {name: name.removeprefix("CAI_") for name in FUNCTIONS}


def test_every_function_and_argument_is_described_and_may_be_left_out_if_it_is_optional(
    server,
) -> None:
    for entry in server.metadata()["functions"]:
        function = FUNCTIONS[entry["id"]]
        assert entry["description"] == function.help
        assert [(given["name"], given["description"]) for given in entry["parameters"]] == [
            (argument.name, argument.help) for argument in function.arguments
        ]
        assert [given.get("optional", False) for given in entry["parameters"]] == [
            argument.optional for argument in function.arguments
        ]


# ---- answers ----


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_answers_as_python_does(server, step: str, case: str) -> None:
    cells = [CASES[case][name] for name in STEPS[step].inputs]
    assert server.call(name_of(MODEL, step), *cells) == [
        [pytest.approx(CASES[case][step], rel=1e-12)]
    ]


@pytest.mark.parametrize("shape", ["row", "column", "block"])
def test_ranges_are_answered_in_their_shape(server, shape: str) -> None:
    rates = {"row": [[0.25, 0.5]], "column": [[0.25], [0.5]], "block": [[0.25, 0.5], [1, 0.5]]}
    answer = [[100.0 * rate for rate in row] for row in rates[shape]]
    assert server.call("CAI_AI_GAIN", 100.0, rates[shape]) == answer


def test_10000_cells_are_one_call(server) -> None:
    assert server.call("CAI_AI_GAIN", 100, [[0.25]] * 10_000) == [[25.0]] * 10_000


def test_the_whole_forecast_and_the_other_tables_are_answered(server) -> None:
    ids = [[name] for name in load_assumptions()]
    values = [[entry.values["bear"], entry.base] for entry in load_assumptions().values()]
    steps, results = [["tam"], ["total"]], [[5.85e12], [9.7e9]]
    market = [CASES["base"][name] for name in STEPS["tam"].inputs]
    for name, cells in {
        "CAI_FORECAST": (ids, values), "CAI_RECONCILE": (steps, results), "CAI_TAM_PATH": market,
    }.items():  # fmt: skip
        assert server.call(name, *cells) == FUNCTIONS[name](*cells)
    assert server.call("CAI_SOURCE", "total") == [[FUNCTIONS["CAI_SOURCE"]("total")]]


@pytest.mark.parametrize("rest", [(), (None,), (None, None), ("", ""), ([["", ""]], [["", ""]])])
def test_an_optional_argument_may_be_left_out_empty_or_blank(server, rest) -> None:
    value = FUNCTIONS["CAI_GOALSEEK"]("ai_penetration", 2e10)
    assert server.call("CAI_GOALSEEK", "ai_penetration", 2e10, *rest) == [[value]]


@pytest.mark.parametrize("cells", [(), (None,), (None, None), ("",), ("Bull",), ("bear", None)])
def test_the_forecast_of_a_scenario_and_one_figure_of_it_are_answered(server, cells) -> None:
    assert server.call("CAI_FORECAST", *cells) == FUNCTIONS["CAI_FORECAST"](*cells)
    assert server.call("CAI_VALUE", "total", *cells[:1]) == [
        [FUNCTIONS["CAI_VALUE"]("total", *cells[:1])]
    ]


def test_a_newer_error_is_named_and_an_unknown_scenario_answered_with_the_known_ones(
    server,
) -> None:
    calc = {"type": "Error", "basicValue": "#CALC!", "basicType": "Error", "errorType": "Calc"}
    assert refused(server, "CAI_AI_GAIN", 1e12, calc) == (
        400, "#VALUE!: ai_penetration is the error #CALC!; fix that cell first"
    )  # fmt: skip
    assert refused(server, "CAI_VALUE", "total", "moon") == (
        400, "#N/A: no scenario is called 'moon'; known: bear, base, bull"
    )  # fmt: skip


def test_a_number_with_a_format_is_its_number(server) -> None:
    assert server.call("CAI_AI_GAIN", 100, formatted(0.25)) == [[25.0]]
    assert server.call("CAI_AI_GAIN", 100, [[formatted(0.25), 0.5]]) == [[25.0, 50.0]]


# ---- refusals: status 400, which is shown and not tried again ----


REFUSALS = [
    ("text", "a lot", "#VALUE!: ai_penetration is the text 'a lot'; it must be 0.001 to 1"),
    ("a blank", "", "#VALUE!: ai_penetration is blank; it must be"),
    ("an omitted argument", None, "#VALUE!: ai_penetration is blank; it must be"),
    ("a logical value", True, "#VALUE!: ai_penetration is TRUE; it must be"),
    ("a rate as 33", 33, "#NUM!: ai_penetration is 33; it must be 0.001 to 1 (0.1% to 100%)"),
    ("a rate as 33, with a format", formatted(33), "#NUM!: ai_penetration is 33; it must be"),
    ("an error cell", DIVISION, "#DIV/0!: ai_penetration is the error #DIV/0!; fix that cell"),
    ("a data type", STOCK, "#VALUE!: ai_penetration is a data type, not a plain value; it must be"),
    ("a blank in a range", [[0.1], [""]], "#VALUE!: ai_penetration (row 2, column 1) is blank"),
    ("an error in a range", [[0.1, DIVISION]], "#DIV/0!: ai_penetration (row 1, column 2) is the"),
]


@pytest.mark.parametrize(("cell", "words"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS])
def test_wrong_input_is_refused_with_the_excel_error_and_the_sentence(server, cell, words) -> None:
    status, text = refused(server, "CAI_AI_GAIN", 1e12, cell)
    assert (status, text[: len(words)]) == (400, words)


def test_ranges_that_do_not_fit_and_a_division_by_zero_are_refused(server) -> None:
    assert refused(server, "CAI_AI_GAIN", [[1e12], [2e12]], [[0.1, 0.2]]) == (
        400, "#VALUE!: ai_penetration has 1 x 2 cells, but tam has 2 x 1 cells; "
        "give ranges of one shape, or single values",
    )  # fmt: skip
    assert refused(server, "CAI_BLENDED_CRYPTO_SHARE", 1e9, 0.0)[1].startswith("#DIV/0!: ")


@pytest.mark.parametrize("cells", [(), (1e12,), (1e12, 0.3, 0.3)])
def test_a_wrong_number_of_arguments_is_refused(server, cells) -> None:
    assert refused(server, "CAI_AI_GAIN", *cells) == (
        400, f"#VALUE!: CAI_AI_GAIN takes 2 arguments (tam, ai_penetration), but got {len(cells)}"
    )  # fmt: skip


def test_a_wrong_number_of_arguments_is_told_with_the_optional_ones(server) -> None:
    told = "CAI_GOALSEEK takes 2 to 4 arguments (id, target, ids, values), but got {}"
    for cells in (("ai_penetration",), ("ai_penetration", 2e10, None, None, None)):
        assert refused(server, "CAI_GOALSEEK", *cells) == (
            400,
            "#VALUE!: " + told.format(len(cells)),
        )


def test_an_unknown_function_is_refused(server) -> None:
    assert refused(server, "CAI_TAMM", 1) == (400, "#NAME?: no function is called 'cai_tamm'")
    assert refused(server, "settings", 1)[0] == 400


# Half a surrogate pair is what a text cut in the middle of an emoji ends with.
CELL = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.none(), st.text(max_size=6),
    st.sampled_from(["", "#N/A", "gdp_growth", "\ud800", DIVISION, STOCK, formatted(0.3)]),
    st.builds(lambda kind, value: {"type": kind, "basicValue": value},
              st.sampled_from(["Error", "FormattedNumber", "Entity", "Array", 3, None]),
              st.none() | st.floats() | st.text(max_size=3) | st.just([[{}]])),
)  # fmt: skip
ARGUMENT = st.one_of(
    CELL, CELL.map(lambda cell: [[cell]]), st.lists(st.lists(CELL, max_size=3), max_size=3),
    st.recursive(CELL, lambda inner: st.lists(inner, max_size=3), max_leaves=6),
)  # fmt: skip


@settings(max_examples=150)
@given(data=st.data(), name=st.sampled_from([*FUNCTIONS]))
def test_no_cells_whatever_make_an_internal_error(server, data, name: str) -> None:
    wanted = len(FUNCTIONS[name].arguments)
    count = data.draw(st.sampled_from([wanted] * 8 + [*range(4)]))
    cells = [data.draw(ARGUMENT) for _ in range(count)]
    try:
        rows = json.loads(server.post({"func_name": name.lower(), "args": cells}))["result"]
        assert rows and all(isinstance(row, list) for row in rows)
    except ServerRefusal as refusal:
        assert refusal.status == 400, cells
        assert refusal.text.startswith("#") and "unexpectedly" not in refusal.text, cells


BODIES = [b"", b"{", b"[1]", b"null", b'{"a":' * 5000, b"9" * 5000, b'"\xff"', b"{}"]
SENT = {"func_name": "cai_ai_gain", "args": [[[1]], [[0.5]]]}


@pytest.mark.parametrize("body", BODIES, ids=[str(body[:6]) for body in BODIES])
def test_a_body_that_is_no_call_is_refused(server, body: bytes) -> None:
    with pytest.raises(ServerRefusal, match=r"^400: #VALUE!: the call"):
        server.post(body, complete=False)


@settings(max_examples=30)
@given(
    field=st.sampled_from([*SENT, *servers._CALL]),
    value=st.one_of(st.none(), st.integers(), st.text(max_size=4), st.just([1]), st.just({"a": 1})),
)
def test_a_call_with_an_odd_field_makes_no_internal_error(server, field: str, value: Any) -> None:
    try:
        server.post(SENT | {field: value})
    except ServerRefusal as refusal:
        assert refusal.status == 400, (field, value)


# ---- the guard: what is served, and to whom ----


def answer_to(server: Server, line: str, *parts: bytes | float, headers: str = "") -> str:
    """Send a request as it is written; give the status line, and the body under it."""
    head = f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
    answer = server.raw(head.encode(), *parts).decode(errors="replace")
    head, _, body = answer.partition("\r\n\r\n")
    return f"{head.partition(chr(13))[0].removeprefix('HTTP/1.1 ')}\n{body}"


TRAVERSALS = [
    "/static/../pyproject.toml", "/static/../../../../../etc/passwd", "/static/./js/auth.js",
    "/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml", "/static/%252e%252e/a",
    "/static/..\\pyproject.toml", "/static//js/auth.js", "//static/js/auth.js",
    "/static/js/../js/auth.js", "/static/js/auth%2ejs", "/static/js/auth.js/", "/static/js",
    "/static/js/auth.js%00", "/%73tatic/js/auth.js", "http://x/static/../pyproject.toml",
    "/static", "/static/", "/.env", "/pyproject.toml", "/custom_functions/__init__.py",
]  # fmt: skip


@pytest.mark.parametrize("target", TRAVERSALS)
def test_a_path_that_is_not_one_of_the_list_is_not_found_however_it_is_written(
    server, target: str
) -> None:
    assert answer_to(server, f"GET {target}") == "404 Not Found\nNot found"


@pytest.mark.parametrize(
    "line",
    [
        "GET /xlwings/custom-functions-call", "PUT /xlwings/custom-functions-call", "POST /",
        "HEAD /manifest.xml", "DELETE /static/js/auth.js", "TRACE /", "OPTIONS /manifest.xml",
        "POST /xlwings/custom-scripts-call/hello_world", "GET /xlwings/alert?prompt=a",
        "GET /xlwings/pyodide.json", "GET /socket.io/", "GET /docs", "GET /openapi.json",
        "GET /static/js/examples.js", "GET /static/js/custom-functions/custom-functions-code.js",
    ],
)  # fmt: skip
def test_what_the_add_in_does_not_need_is_not_found(server, line: str) -> None:
    assert answer_to(server, line).startswith("404 Not Found\n")


@pytest.mark.parametrize(
    "path",
    [
        "/", "/health", "/manifest.xml", "/taskpane.html?_host_Info=Excel", "/favicon.ico",
        "/xlwings/custom-functions-meta.json", "/xlwings/custom-functions-code.js",
        "/static/images/icons/audit-32.png", "/static/css/style.css",
        "/static/vendor/office-js/16.0.20308.15050/dist/de-de/office_strings.js",
    ],
)  # fmt: skip
def test_what_excel_loads_is_served(server, path: str) -> None:
    assert answer_to(server, f"GET {path}").startswith("200 OK\n")


def test_whether_the_server_is_there_can_be_asked(server) -> None:
    assert server.get("/health") == '{"status":"ok"}'
    assert answer_to(server, "HEAD /health").startswith("200 OK\n")


def test_no_websocket_is_opened(server) -> None:
    headers = "Upgrade: websocket\r\nSec-WebSocket-Key: YQ==\r\nSec-WebSocket-Version: 13\r\n"
    assert answer_to(server, "GET /socket.io/", headers=headers).startswith("404")


def test_the_examples_of_xlwings_server_are_not_offered(server) -> None:
    assert server.get("/xlwings/custom-scripts-meta.json") == "[]"


# ---- the guard: limits ----

CALLED = "POST /xlwings/custom-functions-call"


def test_a_call_that_is_announced_as_too_large_is_refused_before_it_comes(server) -> None:
    assert answer_to(server, CALLED, headers=f"Content-Length: {8 * 2**20 + 1}\r\n") == (
        "413 Request Entity Too Large\n#VALUE!: the call is larger than 8 MB; split the range"
    )


def test_a_call_that_grows_too_large_is_refused_while_it_comes(server) -> None:
    parts = [b"f4240\r\n" + b" " * 1_000_000 + b"\r\n"] * 9
    answer = answer_to(server, CALLED, *parts, headers="Transfer-Encoding: chunked\r\n")
    assert answer.startswith("413 ")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([1.0] * 65, "#VALUE!: the call has 65 arguments; at most 64"),
        ([1.0] * 160_000, "#VALUE!: the call has 160,000 arguments; at most 64"),
        ([[[1]] * 1_000_001], "#VALUE!: the call has over 1,000,000 cells; split the range"),
    ],
    ids=["65 arguments", "160,000 arguments", "a million cells and one"],
)
def test_a_call_with_too_much_in_it_is_refused(server, cells, words: str) -> None:
    assert refused(server, "CAI_AI_GAIN", *cells) == (413, words)


def test_64_arguments_are_a_call(server) -> None:
    assert "takes 2 arguments" in refused(server, "CAI_AI_GAIN", *[1.0] * 64)[1]


def test_headers_without_end_are_refused(server) -> None:
    assert server.raw(b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 100_000).startswith(
        b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    )


@pytest.mark.parametrize("where", ["cell", "func_name", "caller_address", "version"])
def test_neither_an_answer_nor_the_log_repeats_a_long_input(server, where: str) -> None:
    call = SENT | ({"args": [[["y" * 9000]], [[1]]]} if where == "cell" else {where: "y" * 9000})
    with pytest.raises(ServerRefusal) as refusal:
        server.post(call)
    assert refusal.value.status == 400
    assert "y" * 201 not in refusal.value.text + server.log()


def test_every_refusal_is_a_line_of_the_log(server) -> None:
    answer_to(server, "GET /no-such-page%0aERROR")
    assert "127.0.0.1, '/no-such-page\\nERROR': 404 Not found\n" in server.log()
    refused(server, "CAI_AI_GAIN", 100, [[0.5]] * 20_000 + [["a lot"]])
    assert "400 #VALUE!: ai_penetration (row 20001, column 1) is the text 'a lot'" in server.log()


# ---- long calls, beside the others ----


@pytest.fixture(scope="module")
def case() -> tuple[Any, ...]:
    from xl_cryptoai import risk

    shapes = risk.default_distributions(CATALOGUE).values()
    entries = load_assumptions()
    return (
        [[name] for name in entries],
        [[entry.base] for entry in entries.values()],
        [[one.id, one.shape, one.low, one.mode, one.high] for one in shapes],
    )


def test_a_call_of_many_draws_is_answered_as_python_does(server, case) -> None:
    cells = (*case, None, 110_000, 1)
    assert server.call("CAI_SIMULATE", *cells) == FUNCTIONS["CAI_SIMULATE"](*cells)


def test_a_grid_of_many_totals_is_answered_as_python_does(server) -> None:
    rates = [[rate / 1000] for rate in range(100, 500)]
    cells = ("ai_penetration", rates, "gdp_growth", [[rate / 1e4] for rate in range(300)])
    assert server.call("CAI_GRID", *cells) == FUNCTIONS["CAI_GRID"](*cells)


def test_a_long_call_is_refused_in_the_same_words(server, case) -> None:
    assert refused(server, "CAI_SIMULATE", *case, None, 2e6)[1].startswith(
        "#NUM!: draws is 2000000"
    )
    assert refused(server, "CAI_AI_GAIN", 1e12, [[0.5]] * 20_000 + [[33]])[1].startswith(
        "#NUM!: ai_penetration (row 20001, column 1) is 33;"
    )
    assert refused(server, "CAI_TAMM", [[1]] * 40_000)[0] == 400


def test_a_quick_call_is_answered_while_a_long_one_is_computed(server, case) -> None:
    done = []

    def long_call() -> None:
        body = json.dumps(servers.call_body("CAI_SENSITIVITY", *case, None, 300_000, 7)).encode()
        answer = answer_to(server, CALLED, body, headers=f"Content-Length: {len(body)}\r\n")
        done.append(answer[:3])

    thread = threading.Thread(target=long_call)
    thread.start()
    for _ in range(20):
        assert server.call("CAI_AI_GAIN", 100, 0.5) == [[50.0]]
    assert not done
    thread.join()
    assert done == ["200"]


def test_a_long_call_whose_process_is_killed_says_so_and_the_next_is_answered(server, case) -> None:
    cells = (*case, None, 120_000, 3)
    [worker] = servers.children(server.group())
    beside = [one for one in servers.children(worker) if b"spawn_main" in servers.command_of(one)]
    for process in beside:
        os.kill(process, signal.SIGKILL)
    assert refused(server, "CAI_SIMULATE", *cells) == (
        503, "the process that computed this has ended; try again"
    )  # fmt: skip
    assert server.call("CAI_SIMULATE", *cells) == FUNCTIONS["CAI_SIMULATE"](*cells)


# ---- a firm's server: login, time-outs and numbers, set by the environment ----

KEY = "a-key-of-a-firm-for-these-tests"
PROVIDER = {"XLWINGS_AUTH_PROVIDERS": '["custom"]'}
FIRM = PROVIDER | {
    "XL_CRYPTOAI_ACCESS_KEY": KEY,
    "XL_CRYPTOAI_HEADER_SECONDS": "0.5",
    "XL_CRYPTOAI_BODY_SECONDS": "0.5",
    "XL_CRYPTOAI_CONNECTIONS": "6",
    "XL_CRYPTOAI_WAITING": "1",
    "XLWINGS_CORS_ALLOW_ORIGINS": '["https://firm.example"]',
}


@pytest.fixture(scope="module")
def firm() -> Iterator[Server]:
    require(servers.available())
    with Server(environment=FIRM) as running:
        yield running


@pytest.fixture
def inside(firm: Server) -> Iterator[Server]:
    firm.headers = {"Authorization": KEY, "Auth-Provider": "custom"}
    yield firm
    firm.headers = {}


NO_ACCESS = "#VALUE!: no access; type the access key into the add-in's pane, then recalculate"


@pytest.mark.parametrize(
    "key", ["", "test-token", KEY[:-1], KEY + "x", KEY.upper(), f"Bearer {KEY}"]
)
def test_without_the_access_key_no_call_is_answered(firm, key: str) -> None:
    firm.headers = {"Authorization": key}
    assert refused(firm, "CAI_AI_GAIN", 100, 0.5) == (401, NO_ACCESS)
    firm.headers = {}


def test_with_the_access_key_every_call_is_answered(inside, case) -> None:
    assert inside.call("CAI_AI_GAIN", 100, 0.5) == [[50.0]]
    assert inside.call("CAI_AI_GAIN", 100, [[0.5]] * 10_000) == [[50.0]] * 10_000
    assert len(inside.call("CAI_SIMULATE", *case, None, 110_000)) > 10


def test_the_login_is_asked_before_the_call_is_read(firm) -> None:
    assert answer_to(firm, CALLED, headers="Content-Length: 9000\r\n").startswith("401 ")
    assert answer_to(firm, CALLED, headers="Content-Length: 90000000\r\n").startswith("413 ")


def test_what_is_public_without_the_access_key_shows_neither_it_nor_a_figure(firm) -> None:
    pages = [firm.get(path) for path in ("/", "/manifest.xml", "/taskpane.html")]
    pages += [firm.get(f"/xlwings/custom-functions-{what}") for what in ("meta.json", "code.js")]
    assert not any(KEY in page for page in pages)


def test_headers_that_do_not_come_are_refused_in_time(firm) -> None:
    assert firm.raw(b"POST / HTTP/1.1\r\nHost: ").endswith(
        b"\r\n\r\nthe headers did not arrive in time"
    )
    assert firm.raw(b"G", 0.3, b"E", 0.3, b"T").startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_connection_on_which_nothing_comes_is_closed(firm) -> None:
    assert firm.raw() == b""


def test_half_a_request_after_a_whole_one_is_refused_in_time(firm) -> None:
    answers = firm.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0.2, b"GET / HTTP/1.1\r\nHo")
    assert answers.count(b"HTTP/1.1 200 OK") == answers.count(b"HTTP/1.1 408 ") == 1


def test_a_body_that_does_not_come_is_refused_in_time(firm) -> None:
    headers = f"Content-Length: 9000\r\nAuthorization: {KEY}\r\n"
    assert answer_to(firm, CALLED, b"{", headers=headers) == (
        "408 Request Timeout\nthe call did not arrive within 0.5 seconds"
    )


def test_a_client_that_does_not_read_its_answers_is_not_waited_for(firm) -> None:
    path = "/static/vendor/office-js/16.0.20308.15050/dist/excel-web-16.00.js"
    asked = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    answers = firm.raw(asked * 40, 2.0)
    assert 0 < answers.count(b"HTTP/1.1 200 OK") < 40


def guard(answered: list[Any]) -> Guard:
    """A guard before an application that is never asked; what it answers is added to the list."""
    nobody = SimpleNamespace(start=list, end=list)

    async def anybody(scope: Any) -> str:
        return "somebody"

    return Guard(
        answered.append, allowed={"/call": ["POST"]}, call="/call", questions={}, pages={},
        module=None, login=anybody, drawn=nobody, large=nobody, workbooks=nobody, limits=Limits(),
    )  # fmt: skip


def test_more_bodies_than_a_worker_may_hold_are_told_to_come_again() -> None:
    answered: list[Any] = []
    guarded = guard(answered)
    scope = {"type": "http", "method": "POST", "path": "/call", "raw_path": b"/call", "headers": []}

    async def send(message: Any) -> None:
        answered.append(message)

    async def ask() -> None:
        sent = asyncio.Event()

        async def half() -> Any:
            if sent.is_set():
                await asyncio.sleep(60)
            sent.set()
            return {"type": "http.request", "body": b"x" * 7 * 2**20, "more_body": True}

        await guarded(scope, half, send)

    async def ask_often() -> None:
        asked = [asyncio.create_task(ask()) for _ in range(10)]
        await asyncio.sleep(0.1)
        for task in asked:
            task.cancel()

    asyncio.run(ask_often())
    starts = [message for message in answered if message["type"] == "http.response.start"]
    assert [start["status"] for start in starts] == [503]  # nine of them are held
    assert (b"retry-after", b"5") in starts[0]["headers"]


def test_a_websocket_is_closed_before_it_is_opened() -> None:
    answered: list[Any] = []

    async def send(message: Any) -> None:
        answered.append(message)

    asyncio.run(guard(answered)({"type": "websocket", "path": "/call"}, None, send))
    assert answered == [{"type": "websocket.close"}]


def test_more_connections_than_are_allowed_are_told_to_come_again(firm) -> None:
    lines = [socket.create_connection(("127.0.0.1", firm.port)) for _ in range(6)]
    answer = firm.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    for line in lines:
        line.close()
    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: 5\r\n" in answer
    assert answer.endswith(b"too many connections; try again later")


def test_more_long_calls_than_may_wait_are_told_to_come_again(firm, case) -> None:
    def ask(seed: int) -> str:
        call = servers.call_body("CAI_SIMULATE", *case, None, 1_000_000, seed)
        body = json.dumps(call).encode()
        headers = f"Content-Length: {len(body)}\r\nAuthorization: {KEY}\r\n"
        return answer_to(firm, CALLED, body, headers=headers)

    with ThreadPoolExecutor(4) as clients:
        answers = [*clients.map(ask, range(4))]
    late = [answer for answer in answers if not answer.startswith("200 ")]
    assert 1 <= len(late) <= 2  # one is computed and one waits
    assert {*late} == {"503 Service Unavailable\ntoo many calls at a time; try again later"}


PREFLIGHT = "Access-Control-Request-Method: POST\r\n"


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://firm.example", True), ("https://other.example", False)]
)
def test_only_pages_of_named_origins_may_call(firm, origin: str, allowed: bool) -> None:
    for line, headers in (
        ("OPTIONS /xlwings/custom-functions-call", PREFLIGHT),
        (CALLED, "Content-Length: 0\r\n"),
        (CALLED, f"Content-Length: 0\r\nAuthorization: {KEY}\r\n"),
    ):
        head = f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: {origin}\r\n{headers}"
        answer = firm.raw(f"{head}\r\n".encode()).decode().lower()
        assert (f"access-control-allow-origin: {origin}" in answer) == allowed, answer


def test_without_named_origins_no_page_of_others_may_call(server) -> None:
    head = f"OPTIONS /xlwings/custom-functions-call HTTP/1.1\r\nHost: x\r\nOrigin: x\r\n{PREFLIGHT}"
    answer = server.raw(f"{head}Connection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ") and b"allow-origin" not in answer


def test_the_access_key_is_typed_into_the_pane_once(firm) -> None:
    require(browsers.available())
    with Browser() as browser:
        page = browser.open(firm.url + "/taskpane.html", before=OFFICE, blocked=["*/office-js/*"])
        cell = "callCell('CAI_AI_GAIN', [[100]], [[0.5]])"
        assert page.run(cell) == {"shown": "#VALUE!", "beside": NO_ACCESS}
        page.run(f"access.elements.key.value = '{KEY}'; access.requestSubmit()")
        assert page.run(cell) == {"shown": [[50]]}
        page.run("forget.click()")
        assert page.run(cell) == {"shown": "#VALUE!", "beside": NO_ACCESS}


@pytest.mark.slow
def test_with_entra_the_manifest_asks_for_a_token_and_no_call_is_answered_without_one() -> None:
    require(servers.available())
    ids = {"XLWINGS_AUTH_ENTRAID_CLIENT_ID": "c1", "XLWINGS_AUTH_ENTRAID_TENANT_ID": "t1"}
    with Server(environment=ids | {"XLWINGS_AUTH_PROVIDERS": '["entraid"]'}) as entra:
        assert f"<Resource>api://{entra.url}/c1</Resource>" in entra.manifest()
        for token in ("", "test-token", "Bearer", "Bearer a b"):
            entra.headers = {"Authorization": token}
            assert refused(entra, "CAI_AI_GAIN", 100, 0.5)[0] == 401


# ---- the generated JavaScript, in a browser ----


def test_everything_that_the_pane_loads_is_served(page) -> None:
    answers = [event["response"] for event in page.events("Network.responseReceived")]
    assert len(answers) > 20
    assert [answer["url"] for answer in answers if answer["status"] != 200] == []


def test_the_page_registers_every_function(page) -> None:
    assert {*page.run("functionIds()")} == {*FUNCTIONS}
    assert page.events("Runtime.exceptionThrown") == []


@pytest.mark.parametrize("step", ["tam", "identity_market", "total"])
def test_a_cell_gets_its_number_through_the_page(page, step: str) -> None:
    cells = [[[CASES["base"][name]]] for name in STEPS[step].inputs]
    answer = page.run(f"callCell('{name_of(MODEL, step)}', ...{json.dumps(cells)})")
    assert answer == {"shown": [[pytest.approx(CASES["base"][step], rel=1e-12)]]}


@pytest.mark.parametrize("rest", ["", ", undefined, undefined", ", null, null"])
def test_an_argument_may_be_left_out_through_the_page(page, rest: str) -> None:
    answer = page.run(f"callCell('CAI_GOALSEEK', [['ai_penetration']], [[2e10]]{rest})")
    value = FUNCTIONS["CAI_GOALSEEK"]("ai_penetration", 2e10)
    assert answer == {"shown": [[pytest.approx(value, rel=1e-12)]]}


def test_a_range_gets_its_numbers_through_the_page(page) -> None:
    answer = page.run("callCell('CAI_AI_GAIN', [[100]], [[0.25], [0.5]])")
    assert answer == {"shown": [[25], [50]]}


def test_a_refusal_shows_as_an_error_with_the_sentence_beside_it_and_is_asked_once(page) -> None:
    before = len(page.events("Runtime.consoleAPICalled"))
    answer = page.run("callCell('CAI_AI_GAIN', [[100]], [[33]])")
    assert answer == {
        "shown": "#VALUE!",
        "beside": "#NUM!: ai_penetration is 33; it must be 0.001 to 1 (0.1% to 100%): did you mean "
        "33%, which is 0.33?",
    }
    assert len(page.events("Runtime.consoleAPICalled")) == before + 1


def test_many_cells_at_once_are_all_answered(page) -> None:
    script = "Promise.all([...Array(200).keys()].map((n) => callCell('CAI_AI_GAIN', [[n]], [[1]])))"
    assert page.run(script) == [{"shown": [[number]]} for number in range(200)]


# ---- starting and ending ----


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C", marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, id="SIGTERM"),
    ],
)
def test_it_ends_with_all_its_workers(by: int) -> None:
    require(servers.available())
    with Server(workers=2) as running:
        assert running.call("CAI_AI_GAIN", 100, 0.5) == [[50.0]]
        group = running.group()
        assert running.end(by) == 0
        assert not is_running(group)
        assert running.log().rstrip().endswith("The server has ended.")
        assert not [*running._folder.glob("xl-cryptoai-server-*")]


@pytest.mark.slow
def test_with_a_certificate_everything_goes_by_https(tmp_path: Path) -> None:
    require(servers.available())
    require("" if shutil.which("openssl") else "openssl is missing: apt-get install openssl")
    pair = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tests",
         "-addext", "subjectAltName=IP:127.0.0.1", "-out", pair[0], "-keyout", pair[1]],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    with Server(certificate=pair) as running:
        assert running.call("CAI_AI_GAIN", 100, 0.5) == [[50.0]]
        assert f'DefaultValue="{running.url}/taskpane.html"' in running.manifest()
        assert "https only" not in running.log()


def test_without_a_certificate_it_says_that_excel_wants_https(server) -> None:
    assert "This is http; Excel loads add-ins over https only." in server.log()


def test_a_certificate_needs_its_key(capsys, tmp_path: Path) -> None:
    (tmp_path / "certificate.pem").touch()
    assert "go together" in serve(capsys, "--cert", str(tmp_path / "certificate.pem"))


def serve(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a start that must fail; give what it says."""
    assert main(["serve", "--port", str(servers.free_port()), *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    return captured.err.removeprefix("xl-cryptoai: ").rstrip()


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    require(servers.available())
    for name in [*os.environ]:
        if name.startswith(("XLWINGS_", "XL_CRYPTOAI_")):
            monkeypatch.delenv(name)
    return monkeypatch


def test_without_a_licence_key_it_says_who_needs_which(capsys, unset) -> None:
    assert serve(capsys) == (
        "xlwings Server needs a licence key: it is free for noncommercial use with "
        "--license-key noncommercial, and any other use needs a paid key from xlwings.org"
    )


def test_a_wrong_licence_key_is_said(capsys, unset) -> None:
    unset.setenv("XLWINGS_LICENSE_KEY", "wrong")
    assert serve(capsys).startswith("xlwings Server does not accept this licence key (")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ENVIRONMENT", "dev", "the server's namespace is 'CAI_DEV', but the workbooks call CAI.T"),
        ("FUNCTIONS_NAMESPACE", "OTHER", "the server's namespace is 'OTHER', but the workbooks"),
        ("ENVIRONMENT", "production", "XLWINGS_ENVIRONMENT has a value that xlwings Server ref"),
    ],
)
def test_a_wrong_namespace_is_found_at_the_start(capsys, unset, variable, value, words) -> None:
    unset.setenv(f"XLWINGS_{variable}", value)
    assert serve(capsys, "--license-key", "noncommercial").startswith(words)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("XLWINGS_AUTH_PROVIDERS", "custom", "XLWINGS_AUTH_PROVIDERS must be a list in JSON, "),
        ("XLWINGS_CORS_ALLOW_ORIGINS", "x", "XLWINGS_CORS_ALLOW_ORIGINS must be a list in JSON, "),
        ("XLWINGS_AUTH_PROVIDERS", '["custom"]',
         "the login custom needs XL_CRYPTOAI_ACCESS_KEY, 24 ASCII characters or more"),
        ("XL_CRYPTOAI_HEADER_SECONDS", "soon",
         "XL_CRYPTOAI_HEADER_SECONDS is 'soon'; set a number above 0, such as 10"),
    ],
)  # fmt: skip
def test_a_wrong_setting_refuses_the_start(capsys, unset, variable, value, words: str) -> None:
    unset.setenv(variable, value)
    assert serve(capsys, "--license-key", "noncommercial").startswith(words)


ONE_LOGIN = """must be [] or name one login, '["custom"]' or '["entraid"]'"""


@pytest.mark.parametrize(
    ("given", "key", "words"),
    [
        ({"providers": None}, None, ONE_LOGIN),
        ({"providers": ["entra"]}, None, ONE_LOGIN),
        ({"providers": ["custom", "entraid"]}, KEY, ONE_LOGIN),
        ({}, KEY, """XL_CRYPTOAI_ACCESS_KEY needs XLWINGS_AUTH_PROVIDERS='["custom"]'"""),
        ({"providers": ["custom"]}, "x" * 23, "needs XL_CRYPTOAI_ACCESS_KEY, 24 ASCII characters"),
        ({"providers": ["custom"]}, "é" * 30, "needs XL_CRYPTOAI_ACCESS_KEY, 24 ASCII characters"),
        ({"required_roles": ["analyst"]}, None, "XLWINGS_AUTH_REQUIRED_ROLES needs XLWINGS_"),
        ({"providers": ["entraid"], "entraid_tenant_id": "t"}, None,
         "the login entraid needs XLWINGS_AUTH_ENTRAID_CLIENT_ID as well"),
        ({"providers": ["entraid"], "entraid_client_id": "c"}, None,
         "the login entraid needs XLWINGS_AUTH_ENTRAID_TENANT_ID as well"),
    ],
)  # fmt: skip
def test_half_a_login_is_refused(monkeypatch, given: dict[str, Any], key, words: str) -> None:
    names = ("providers", "required_roles", "entraid_client_id", "entraid_tenant_id")
    chosen = {f"auth_{name}": given.get(name, []) for name in names}
    monkeypatch.setitem(sys.modules, "auth", SimpleNamespace(__path__=[]))
    monkeypatch.setitem(sys.modules, "auth.custom", login)
    if key is not None:
        monkeypatch.setenv(login.KEY_VARIABLE, key)
    with pytest.raises(CryptoAIError, match=re.escape(words)):
        login.check_login(SimpleNamespace(**chosen))


def test_a_login_of_the_project_without_its_check_is_refused(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "auth", SimpleNamespace(__path__=[]))
    monkeypatch.setitem(sys.modules, "auth.custom", SimpleNamespace())
    settings = SimpleNamespace(auth_providers=["custom"], auth_required_roles=[])
    with pytest.raises(CryptoAIError, match="auth/custom has no function validate_token"):
        login.check_login(settings)


def test_a_project_without_its_login_refuses_the_start(tmp_path: Path, unset) -> None:
    projects.write_project(tmp_path)
    shutil.rmtree(tmp_path / "auth")
    unset.setenv("XLWINGS_AUTH_PROVIDERS", '["custom"]')
    with pytest.raises(CryptoAIError, match=r"the login custom needs auth/custom.py in the proj"):
        start.serve(start.Site("noncommercial", port=servers.free_port()), tmp_path)


def test_a_folder_that_is_no_project_is_not_served(capsys, tmp_path: Path, unset) -> None:
    said = serve(capsys, "--license-key", "noncommercial", "--from", str(tmp_path))
    assert said.endswith("is not a server project; write one with xl-cryptoai serve --project")


def test_beyond_this_machine_it_says_that_nobody_has_to_log_in() -> None:
    words = "No login is configured: whoever reaches this address can call the functions."
    everywhere, here = (start.Site("noncommercial", host) for host in ("0.0.0.0", "127.0.0.1"))
    assert words in start.how_to_use(everywhere, open_to_all=True)
    assert words not in start.how_to_use(everywhere, open_to_all=False)
    assert words not in start.how_to_use(here, open_to_all=True)


def test_whether_anybody_may_call_is_found_by_calling(server, firm) -> None:
    assert start.takes_anybody(server.url)
    assert not start.takes_anybody(firm.url)


def test_a_taken_port_is_said(capsys, unset) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = serve(capsys, "--license-key", "noncommercial", "--port", port)
    assert said == f"port {port} of 127.0.0.1 is taken; give another with --port"


def test_a_missing_package_is_said_with_the_command_that_installs_it(capsys, monkeypatch) -> None:
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    assert serve(capsys, "--license-key", "noncommercial") == (
        'xlwings Server is not installed; in the project\'s folder run pip install ".[server]"'
    )


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("", "the server serves no functions at all; its project's custom_functions/__init__.py"),
        ("import no_such_module", "the server serves no functions at all: its project's "
         "custom_functions cannot be imported (No module named 'no_such_module')"),
        ("from xl_cryptoai_udfs import cai_tam",
         f"the server lacks AI_COMPUTE, AI_GAIN, AI_OTHER and {len(FUNCTIONS) - 4} more; its"),
    ],
    ids=["an empty module", "a failing import", "one function only"],
)  # fmt: skip
def test_a_server_without_its_functions_is_found_at_the_start(
    tmp_path, unset, module: str, words: str
) -> None:
    projects.write_project(tmp_path)
    (tmp_path / "custom_functions" / "__init__.py").write_text(module)
    with pytest.raises(CryptoAIError) as refusal:
        start.run(start.Site("noncommercial", port=servers.free_port()), tmp_path)
    assert str(refusal.value).startswith(words)


def test_a_project_that_is_older_than_the_page_refuses_the_start(tmp_path: Path, unset) -> None:
    projects.write_project(tmp_path)
    (tmp_path / "templates" / "landing.html").unlink()
    with pytest.raises(CryptoAIError, match=r"has no templates/landing\.html; write a new one"):
        start.run(start.Site("noncommercial", port=servers.free_port()), tmp_path)


def test_what_is_served_is_checked_over_http_too(server) -> None:
    start.check_answers(server.url)
    with pytest.raises(CryptoAIError, match="namespace is 'XLWINGS'"):
        projects.check_served(projects.SERVED, "XLWINGS")
    with pytest.raises(CryptoAIError, match="lacks TAM;"):
        projects.check_served([name for name in projects.SERVED if name != "TAM"], "CAI")


# ---- the project, for deployment ----


def test_the_project_can_be_written_only(capsys, tmp_path: Path) -> None:
    assert main(["serve", "--project", str(tmp_path / "new")]) == 0
    assert f"xl-cryptoai serve --from {tmp_path / 'new'}" in capsys.readouterr().out
    module = (tmp_path / "new" / "custom_functions" / "__init__.py").read_text()
    assert all(f"    {name.lower()},\n" in module for name in FUNCTIONS)
    compile(module, "custom_functions", "exec")


def test_a_title_with_quotes_stays_itself_in_the_settings(monkeypatch) -> None:
    monkeypatch.setattr(projects, "ADD_IN", 'The "large" forecast')
    found = tomllib.loads(projects.settings_text())["tool"]["xlwings_server"]
    assert found["project_name"] == 'The "large" forecast'


def test_a_folder_with_files_is_not_written_into(capsys, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["serve", "--project", str(tmp_path)]) == 2
    assert "is not an empty folder; give a new one" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_files_that_are_no_certificate_are_refused_in_a_sentence(tmp_path: Path) -> None:
    files = (tmp_path / "cert.pem", tmp_path / "key.pem")
    for file in files:
        file.write_text("no certificate", encoding="utf-8")
    with pytest.raises(CryptoAIError, match="are not a certificate and its key in PEM form"):
        start.check_certificate(start.Site("noncommercial", certificate=files))
