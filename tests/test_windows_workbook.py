"""The Windows workbook: its VBA, read back and run, and the functions as xlwings takes them.

There is no Excel here. The VBA text runs in pyOpenVBA's interpreter with a small Excel made of
fakes, and xlwings' own Windows modules run in a fresh process with pywin32 stubbed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyopenvba
import pytest
from engines import windows
from engines.windows import EXPECTED, check_text, signatures
from lxml import etree
from pyopenvba.interpreter import (
    EMPTY,
    HostBridge,
    Interpreter,
    VBAArray,
    VBAErrorValue,
    VBAObject,
    VBARuntimeError,
    member,
    method,
    setter,
)
from shipped import FUNCTIONS, MODEL

from xl_cryptoai.errors import EXCEL_ERRORS, FileRefusedError
from xl_cryptoai.workbook import build, vba
from xl_cryptoai.workbook.package import MAIN
from xl_cryptoai.workbook.vba_module import (
    CALL_MODULE,
    ERROR_CONSTANTS,
    FUNCTIONS_MODULE,
    vba_modules,
)

olevba = pytest.importorskip("oletools.olevba", reason="pip install oletools")

ROOT = Path(__file__).parents[1]
WHY = "CAI_WHY"
TEXTS = vba_modules(MODEL)
TEXT = TEXTS[FUNCTIONS_MODULE]
ERROR_NUMBERS = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029,
    "#NUM!": 2036, "#N/A": 2042,
}  # fmt: skip
"""Excel's own numbers for CVErr (enumeration XlCVError)."""

VBA_WORDS = set(
    """abs addressof alias and any append array as assert attribute base beep binary boolean byref
    byte byval call case cbool cbyte ccur cdate cdbl cdec cint clng close compare const csng cstr
    currency cvar cverr date debug decimal declare defbool defint deflng defstr defvar dim dir do
    doevents double each else elseif empty end endif enum eqv erase error event exit explicit
    false fix for format friend function get global gosub goto if imp implements in input inputb
    instr int integer is lbound left len lenb let like line lock long longlong longptr loop lset
    me mid mod module name new next not nothing null object on open option optional or output
    paramarray preserve print private property psetproperty ptrsafe public put raiseevent random
    randomize read redim rem replace resume return right rset scale seek select set sgn shared
    single spc static step stop str string sub switch tab then time timer to trim true type
    typeof ubound unlock until val variant wend while width with withevents write xor""".split()
)
"""Words of VBA, and functions of its library that an argument would hide."""


# The text -------------------------------------------------------------------------------------


def test_every_function_has_a_public_vba_function_with_its_arguments() -> None:
    assert signatures(TEXT) == {**EXPECTED, WHY: ["cell"]}


def test_every_function_carries_its_description() -> None:
    for name, function in FUNCTIONS.items():
        assert f'Attribute {name}.VB_Description = "{function.help}"\r\n' in TEXT


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_is_as_vba_wants_it(name: str) -> None:
    text = TEXTS[name]
    check_text(name, text)
    assert '#Const App = "Microsoft Excel"\r\n' in text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_name_is_a_word_of_vba_or_looks_like_a_cell(name: str) -> None:
    arguments = [argument.name for argument in FUNCTIONS[name].arguments]
    for word in (name, *arguments):
        assert word.lower() not in VBA_WORDS
        assert re.fullmatch(r"[A-Za-z]\w{0,254}", word)
        assert not re.fullmatch(r"[A-Za-z]{1,3}\d+", word)
    assert len(set(arguments)) == len(arguments) <= 60


def test_only_the_small_module_mentions_the_add_in() -> None:
    assert "XLPy" not in TEXT
    assert "XLPy.CallUDF" in TEXTS[CALL_MODULE] and "Option Private Module" in TEXTS[CALL_MODULE]


@pytest.mark.parametrize("error", EXCEL_ERRORS)
def test_every_excel_error_has_its_constant_in_the_text(error: str) -> None:
    assert f'Case "{error}": Told = CVErr({ERROR_CONSTANTS[error]})\r\n' in TEXT


# The project ----------------------------------------------------------------------------------


def test_olevba_reads_every_module_and_function_back(workbooks: dict[str, Path]) -> None:
    macros = olevba.VBA_Parser(str(workbooks["windows"])).extract_macros()
    read = {Path(file).stem: code for _, _, file, code in macros}
    assert set(read) == {"ThisWorkbook", "Sheet1", "Sheet2", *TEXTS}
    for name, text in TEXTS.items():
        assert read[name].splitlines() == text.splitlines()
    assert signatures(read[FUNCTIONS_MODULE]) == {**EXPECTED, WHY: ["cell"]}


def test_the_reference_to_the_add_in_survives_and_the_project_is_sound(
    workbooks: dict[str, Path],
) -> None:
    import xlwings

    quickstart = Path(xlwings.__file__).with_name("quickstart.xlsm")
    with pyopenvba.ExcelFile(quickstart) as file:
        before = [(entry.name, entry.kind, entry.libid) for entry in file.references()]
    with pyopenvba.ExcelFile(workbooks["windows"]) as file:
        after = [(entry.name, entry.kind, entry.libid) for entry in file.references()]
        assert file.validate() == []
    assert after == before
    assert "xlwings" in [name for name, _, _ in after]


def test_workbook_and_sheets_are_tied_to_the_project_by_code_names(
    workbooks: dict[str, Path],
) -> None:
    with zipfile.ZipFile(workbooks["windows"]) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        count = len(list(book.iter(f"{{{MAIN}}}sheet")))
        sheets = [
            etree.fromstring(archive.read(f"xl/worksheets/sheet{number + 1}.xml"))
            for number in range(count)
        ]
    assert book.find(f"{{{MAIN}}}workbookPr").get("codeName") == "ThisWorkbook"
    for number, sheet in enumerate(sheets, start=1):
        assert sheet[0].tag == f"{{{MAIN}}}sheetPr"
        assert sheet[0].get("codeName") == f"Sheet{number}"


def test_the_same_functions_give_the_same_bytes() -> None:
    assert vba.xlwings_project(MODEL) == vba.xlwings_project(MODEL)


@pytest.mark.parametrize("content", [b"no zip file", None])
def test_an_xlwings_without_a_project_is_refused(tmp_path, monkeypatch, content) -> None:
    if content is None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
        content = buffer.getvalue()
    (tmp_path / "quickstart.xlsm").write_bytes(content)
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(vba.importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(FileRefusedError, match=r"install xlwings 0\.33 or later"):
        build("windows")


# The text at work -----------------------------------------------------------------------------


class Cell(VBAObject):
    """A range of one cell, as far as our module looks at one."""

    vba_type_name = "Range"

    def __init__(self, address: str, value: object = None) -> None:
        self.address, self.value = address, value

    @method
    def Cells(self, row: object, column: object) -> Cell:  # noqa: N802  # as Excel calls it
        return self

    @method
    def Address(self, External: object = False) -> str:  # noqa: N802, N803
        assert External
        return self.address

    @member
    def HasArray(self) -> bool:  # noqa: N802
        return False

    @member
    def Value2(self) -> object:  # noqa: N802
        return self.value


class Excel(VBAObject):
    """Excel's Application and ThisWorkbook, with or without the add-in, and the add-in's XLPy."""

    def __init__(self, python: Callable[..., object], *, add_in: bool = True) -> None:
        self.python, self.add_in = python, add_in
        self.caller: Cell | None = None
        self.saved: object = True
        self.helps: dict[str, tuple[str, str, list[object]]] = {}

    @member
    def Caller(self) -> object:  # noqa: N802
        return self.caller if self.caller is not None else VBAErrorValue(2023)

    @method
    def Workbooks(self, name: object) -> object:  # noqa: N802
        if not self.add_in:
            raise VBARuntimeError(9, "Subscript out of range")
        assert name == "xlwings.xlam"
        return self

    @member
    def Name(self) -> str:  # noqa: N802
        return "Anna's book.xlsm"

    @member
    def Saved(self) -> object:  # noqa: N802
        return self.saved

    @setter("Saved")
    def _set_saved(self, value: object) -> None:
        self.saved = value

    @method
    def MacroOptions(  # noqa: N802
        self, Macro: Any, Description: Any, Category: Any, ArgumentDescriptions: Any  # noqa: N803
    ) -> None:  # fmt: skip
        self.saved = False  # as in Excel: the workbook counts as changed
        prefix = "'Anna''s book.xlsm'!"
        assert Macro.startswith(prefix)
        helps = list(ArgumentDescriptions.items)
        self.helps[Macro.removeprefix(prefix)] = (Description, Category, helps)

    @method
    def CallUDF(  # noqa: N802
        self, module: Any, name: Any, given: Any, book: Any, caller: Any
    ) -> object:
        assert module == "xl_cryptoai_udfs" and book is self
        return self.python(name, *given.items)


class Bridge(HostBridge):
    """Gives the interpreter the names that Excel and the add-in give VBA."""

    def __init__(self, excel: Excel) -> None:
        self.excel = excel

    def global_object(self, name: str) -> object:
        known = name in ("application", "thisworkbook", "xlpy")
        return self.excel if known else super().global_object(name)

    def constant(self, name: str) -> object:
        numbers = {ERROR_CONSTANTS[error].lower(): n for error, n in ERROR_NUMBERS.items()}
        return numbers.get(name.lower(), super().constant(name))


def workbook_in(excel: Excel) -> Callable[..., object]:
    """Load our modules; give a function that calculates a cell with a call."""
    interpreter = Interpreter(Bridge(excel))
    for name, text in TEXTS.items():
        # the interpreter knows neither the attributes of a procedure nor the name of VBA's library
        plain = re.sub(r"\r\nAttribute [^\r]*", "", text).replace("VBA.", "")
        interpreter.add_module(plain, name=name)
    interpreter.initialise()

    def calculate(function: str, *arguments: object, cell: Cell | None = None) -> object:
        excel.caller = cell
        procedure, module = interpreter.find_procedure(function)
        assert procedure is not None and module is not None
        answer = interpreter.call(procedure, module, list(arguments), {})
        if cell is not None:
            cell.value = answer
        return answer

    return calculate


def test_values_go_to_python_and_the_answer_comes_back() -> None:
    calls = []
    table = VBAArray([(1, 2), (1, 2)], items=[1.0, 2.0, 3.0, 4.0])
    answers = iter([0.5, table, "computed; printed"])
    excel = Excel(lambda *call: calls.append(call) or next(answers))
    calculate = workbook_in(excel)
    assert calculate("CAI_AI_GAIN", Cell("A1", 10.0), 0.25, cell=Cell("E1")) == 0.5
    assert calculate("CAI_RECONCILE", Cell("A1", "ids"), Cell("B1", 1.0)) is table
    assert calculate("CAI_SOURCE", "tam") == "computed; printed"
    assert calls == [
        ("cai_ai_gain", 10.0, 0.25), ("cai_reconcile", "ids", 1.0), ("cai_source", "tam")
    ]  # fmt: skip


def test_an_argument_left_out_reaches_python_as_nothing() -> None:
    calls: list[object] = []
    calculate = workbook_in(Excel(lambda *call: calls.append(call) or 0.5))
    calculate("CAI_GOALSEEK", "ai_penetration", Cell("A1", 20e9))
    calculate("CAI_GOALSEEK", "ai_penetration", 20e9, Cell("A1", "ids"), Cell("B1", 1.0))
    assert calls == [
        ("cai_goalseek", "ai_penetration", 20e9, EMPTY, EMPTY),
        ("cai_goalseek", "ai_penetration", 20e9, "ids", 1.0),
    ]


@pytest.mark.parametrize("error", EXCEL_ERRORS)
def test_a_refusal_becomes_the_excel_error_and_its_cell_tells_why(error: str) -> None:
    sentence = "ai_penetration is 5; it must be: 0.001 to 1"
    replies = iter([f"{error}: {sentence}", 0.5, f"{error}: again", error])
    calculate = workbook_in(Excel(lambda *call: next(replies)))
    cell, other = Cell("[b]Sheet!$E$1"), Cell("[b]Sheet!$E$2", VBAErrorValue(2042))
    assert calculate("CAI_AI_GAIN", 10.0, 5.0, cell=cell) == VBAErrorValue(ERROR_NUMBERS[error])
    assert calculate(WHY, cell) == sentence
    assert calculate(WHY, other) == "", "another cell's error is not ours to explain"
    assert calculate("CAI_AI_GAIN", 10.0, 0.5, cell=cell) == 0.5
    assert calculate(WHY, cell) == ""
    calculate("CAI_AI_GAIN", 10.0, 5.0, cell=cell)
    assert calculate(WHY, cell) == "again"
    cell.value = 7.0  # a person has written a number over the formula
    assert calculate(WHY, cell) == ""
    bare = calculate("CAI_AI_GAIN", 10.0, 5.0, cell=cell)
    assert bare == VBAErrorValue(ERROR_NUMBERS[error]) and calculate(WHY, cell) == ""


def test_a_call_that_fails_is_a_name_error_with_its_reason() -> None:
    def fail(*call: object) -> object:
        raise VBARuntimeError(1000, "Could not load xlwings64.dll")

    calculate = workbook_in(Excel(fail))
    cell = Cell("E1")
    assert calculate("CAI_TOTAL", 1.0, 2.0, 3.0, 4.0, cell=cell) == VBAErrorValue(2029)
    assert calculate(WHY, cell) == "Python did not answer: Could not load xlwings64.dll"


def test_without_the_add_in_the_module_that_needs_it_is_never_called() -> None:
    calls: list[object] = []
    calculate = workbook_in(Excel(lambda *call: calls.append(call), add_in=False))
    cell = Cell("E1")
    assert calculate("CAI_TOTAL", 1.0, 2.0, 3.0, 4.0, cell=cell) == VBAErrorValue(2029)
    assert calls == []
    assert "run xl-cryptoai install and restart Excel" in str(calculate(WHY, cell))


def test_opening_the_workbook_registers_the_help_and_leaves_it_unchanged() -> None:
    excel = Excel(lambda *call: None)
    workbook_in(excel)("Auto_Open")
    assert excel.saved is True
    assert excel.helps == {
        name: (function.help, function.category, [entry.help for entry in function.arguments])
        for name, function in FUNCTIONS.items()
    }


# The functions in xlwings' own Windows modules --------------------------------------------------

CALLS: list[tuple[str, list[Any], object]] = [
    ("cai_ai_gain", [10.0, 0.5], 5.0),
    ("cai_ai_gain", [10.0, 5.0], "#NUM!: ai_penetration is 5; it must be"),
    ("cai_ai_gain", [[[10.0, 20.0]], 0.5], [5.0, 10.0]),
    ("cai_ai_gain", [[[10.0], [20.0]], 0.5], [[5.0], [10.0]]),
    ("cai_ai_gain", [-2146826281, 0.5], "#DIV/0!: tam is the error #DIV/0!"),
    ("cai_ai_gain", [-2146826238, 0.5], "#VALUE!: tam is the error #CALC!"),
    ("cai_ai_gain", [[[10.0, -2146826243]], 0.5], "#VALUE!: tam (row 1, column 2) is the error #S"),
    ("cai_source", [-2146826239], "#VALUE!: id is the error #FIELD!"),
    ("cai_value", ["total", None], FUNCTIONS["CAI_VALUE"]("total")),
    ("cai_value", ["total", "bull"], FUNCTIONS["CAI_VALUE"]("total", "bull")),
    ("cai_value", ["total", windows.MISSING], FUNCTIONS["CAI_VALUE"]("total")),
    ("cai_value", ["total", "moon"], "#N/A: no scenario is called 'moon'; known: bear, base"),
    ("cai_forecast", [None, None], FUNCTIONS["CAI_FORECAST"]()),
    ("cai_forecast", ["bull", None], FUNCTIONS["CAI_FORECAST"]("bull")),
    ("cai_ai_gain", [None, 0.5], "#VALUE!: tam is blank"),
    ("cai_ai_gain", [True, 0.5], "#VALUE!: tam is TRUE"),
    ("cai_source", ["tam"], "computed; printed 5.85T"),
    ("cai_goalseek", ["ai_penetration", 1e12, None, None], "#N/A: not reachable: at its bound"),
    (
        "cai_goalseek",
        ["ai_penetration", 1e12, windows.MISSING, windows.MISSING],
        "#N/A: not reachable: at its",
    ),
]


@pytest.fixture(scope="module")
def on_windows() -> dict[str, Any]:
    return windows.run([(name, given) for name, given, _ in CALLS])


def test_xlwings_takes_every_function_with_the_same_arguments(on_windows) -> None:
    found = signatures(on_windows["text"])
    assert {name.upper(): arguments for name, arguments in found.items()} == EXPECTED


@pytest.mark.parametrize("number", range(len(CALLS)), ids=[f"{c[0]}{c[1]}" for c in CALLS])
def test_xlwings_answers_a_call_from_vba(on_windows, number: int) -> None:
    answer, expected = on_windows["answers"][number], CALLS[number][2]
    if isinstance(expected, str):
        assert answer.startswith(expected)
    else:
        assert answer == expected
