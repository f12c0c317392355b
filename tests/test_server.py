"""The route over xlwings Server: the real server, and a real browser in Excel's place."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
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
from xl_cryptoai_server import project as projects
from xl_cryptoai_server import start

from xl_cryptoai import Forecast, load_assumptions
from xl_cryptoai.cli import main
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast import STEPS
from xl_cryptoai.functions import FUNCTIONS
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
def server() -> Iterator[Server]:
    require(servers.available())
    with Server() as running:
        yield running


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
    assert 'DisplayName DefaultValue="xl-cryptoai"' in manifest


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
    assert server.call(name_of(step), *cells) == [[pytest.approx(CASES[case][step], rel=1e-12)]]


@pytest.mark.parametrize("shape", ["row", "column", "block"])
def test_ranges_are_answered_in_their_shape(server, shape: str) -> None:
    rates = {"row": [[0.25, 0.5]], "column": [[0.25], [0.5]], "block": [[0.25, 0.5], [1, 0.5]]}
    answer = [[100.0 * rate for rate in row] for row in rates[shape]]
    assert server.call("CAI_AI_GAIN", 100.0, rates[shape]) == answer


def test_10000_cells_are_one_call(server) -> None:
    assert server.call("CAI_AI_GAIN", 100, [[0.25]] * 10_000) == [[25.0]] * 10_000


def test_the_whole_forecast_and_the_other_tables_are_answered(server) -> None:
    ids = [[name] for name in load_assumptions()]
    values = [[entry.bear, entry.base] for entry in load_assumptions().values()]
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


def test_a_number_with_a_format_is_its_number(server) -> None:
    assert server.call("CAI_AI_GAIN", 100, formatted(0.25)) == [[25.0]]
    assert server.call("CAI_AI_GAIN", 100, [[formatted(0.25), 0.5]]) == [[25.0, 50.0]]


# ---- refusals: status 400, which is shown and not tried again ----


REFUSALS = [
    ("text", "a lot", "#VALUE!: ai_penetration is the text 'a lot'; allowed is 0.001 to 1"),
    ("a blank", "", "#VALUE!: ai_penetration is blank; allowed"),
    ("an omitted argument", None, "#VALUE!: ai_penetration is blank; allowed"),
    ("a logical value", True, "#VALUE!: ai_penetration is TRUE; allowed"),
    ("a rate as 33", 33, "#NUM!: ai_penetration is 33; allowed is 0.001 to 1 (0.1% to 100%)"),
    ("a rate as 33, with a format", formatted(33), "#NUM!: ai_penetration is 33; allowed"),
    ("an error cell", DIVISION, "#DIV/0!: ai_penetration is the error #DIV/0!; mend that cell"),
    ("a data type", STOCK, "#VALUE!: ai_penetration is a data type, no plain value; allowed"),
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
        400, f"#VALUE!: CAI_AI_GAIN takes 2 arguments (tam, ai_penetration), {len(cells)} came"
    )  # fmt: skip


def test_a_wrong_number_of_arguments_is_told_with_the_optional_ones(server) -> None:
    told = "CAI_GOALSEEK takes 2 to 4 arguments (id, target, ids, values), {} came"
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


# ---- the generated JavaScript, in a browser ----


def test_the_page_registers_every_function(page) -> None:
    assert {*page.run("functionIds()")} == {*FUNCTIONS}
    assert page.events("Runtime.exceptionThrown") == []


@pytest.mark.parametrize("step", ["tam", "identity_market", "total"])
def test_a_cell_gets_its_number_through_the_page(page, step: str) -> None:
    cells = [[[CASES["base"][name]]] for name in STEPS[step].inputs]
    answer = page.run(f"callCell('{name_of(step)}', ...{json.dumps(cells)})")
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
        "beside": "#NUM!: ai_penetration is 33; allowed is 0.001 to 1 (0.1% to 100%)",
    }
    assert len(page.events("Runtime.consoleAPICalled")) == before + 1


def test_many_cells_at_once_are_all_answered(page) -> None:
    script = "Promise.all([...Array(200).keys()].map((n) => callCell('CAI_AI_GAIN', [[n]], [[1]])))"
    assert page.run(script) == [{"shown": [[number]]} for number in range(200)]


# ---- starting and ending ----


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_ends_with_all_its_workers(by: int) -> None:
    require(servers.available())
    with Server(workers=2) as running:
        assert running.call("CAI_AI_GAIN", 100, 0.5) == [[50.0]]
        group = running.group()
        assert running.end(by) == 0
        assert not is_running(group)
        assert running.log().rstrip().endswith("The server has ended.")
        assert not [*running._folder.glob("xl-cryptoai-server-*")]


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
    assert "This is http, and Excel takes add-ins by https only." in server.log()


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
    for name in ("LICENSE_KEY", "ENVIRONMENT", "FUNCTIONS_NAMESPACE"):
        monkeypatch.delenv(f"XLWINGS_{name}", raising=False)
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


def test_what_is_served_is_checked_over_http_too(server) -> None:
    start.check_answers(server.url)
    with pytest.raises(CryptoAIError, match="namespace is 'XLWINGS'"):
        projects.check_served(projects.SERVED, "XLWINGS")
    with pytest.raises(CryptoAIError, match="lacks TAM;"):
        projects.check_served([name for name in projects.SERVED if name != "TAM"], "CAI")


# ---- the project, for deployment ----


def test_the_project_can_be_written_only(capsys, tmp_path: Path) -> None:
    assert main(["serve", "--project", str(tmp_path / "new")]) == 0
    assert "xl_cryptoai_server.app:app" in capsys.readouterr().out
    module = (tmp_path / "new" / "custom_functions" / "__init__.py").read_text()
    assert all(f"    {name.lower()},\n" in module for name in FUNCTIONS)
    compile(module, "custom_functions", "exec")


def test_a_folder_with_files_is_not_written_into(capsys, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["serve", "--project", str(tmp_path)]) == 2
    assert "is not an empty folder; give a new one" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_files_that_are_no_certificate_are_refused_in_a_sentence(tmp_path: Path) -> None:
    files = (tmp_path / "cert.pem", tmp_path / "key.pem")
    for file in files:
        file.write_text("no certificate", encoding="utf-8")
    with pytest.raises(CryptoAIError, match="are no certificate with its key in PEM form"):
        start.check_certificate(start.Site("noncommercial", certificate=files))
