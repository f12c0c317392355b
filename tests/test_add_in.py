"""The add-in: its file, its ribbon, and its VBA at work.

There is no Excel here. The VBA runs in pyOpenVBA's interpreter with a small Excel made of fakes,
and with the VBA of the installed xlwings, up to the command line that it hands to Windows.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyopenvba
import pytest
import xlwings
from engines import require, validators
from engines.windows import EXPECTED, check_text, signatures
from lxml import etree
from pyopenvba.interpreter import (
    EMPTY,
    NOTHING,
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
from xl_cryptoai_windows import add_in, macros
from xl_cryptoai_windows.add_in_vba import GET_CONFIG, LINKS, SHEET, add_in_modules
from xl_cryptoai_windows.ribbon import BUTTONS, CALLBACKS, GROUPS
from xl_cryptoai_windows.settings import sheet_settings

from xl_cryptoai import __version__
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.functions.entry import ADD_IN
from xl_cryptoai.workbook import vba
from xl_cryptoai.workbook.add_in import RIBBON
from xl_cryptoai.workbook.vba_module import CALL_MODULE, FUNCTIONS_MODULE, vba_modules

olevba = pytest.importorskip("oletools.olevba", reason="pip install oletools")

PYTHON = "C:\\Py & Co\\python.exe"
HERE = "C:\\Users\\anna\\XLSTART\\xl_cryptoai.xlam"
CUSTOM_UI = {"ui": add_in.NAMESPACE}
XLWINGS_ADD_INS = ("quickstart_addin_ribbon.xlam", "quickstart_addin.xlam", "addin/xlwings.xlam")


@pytest.fixture(scope="module")
def built() -> bytes:
    return add_in.build(PYTHON)


@pytest.fixture(scope="module")
def file(built: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("add_in") / ADD_IN
    path.write_bytes(built)
    return path


@pytest.fixture(scope="module")
def modules(file: Path) -> dict[str, str]:
    """The VBA text of each module, as an independent reader finds it in the file."""
    found = olevba.VBA_Parser(str(file)).extract_macros()
    return {Path(name).stem: code for _, _, name, code in found}


# The file -------------------------------------------------------------------------------------


def test_the_open_xml_sdk_finds_no_error_in_the_file(file: Path) -> None:
    require(validators.sdk_available())
    assert validators.sdk_errors(file) == []


def test_the_open_xml_sdk_looks_into_the_ribbon(file: Path, tmp_path: Path) -> None:
    require(validators.sdk_available())
    bad = tmp_path / "bad.xlam"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'size="large"', b'size="huge"'))
    assert any("'size' has invalid value" in error for error in validators.sdk_errors(bad))


def test_our_own_checks_find_no_error_in_the_file(file: Path) -> None:
    assert validators.own_errors(file) == []


def test_the_same_python_gives_the_same_bytes(built: bytes) -> None:
    add_in._project.cache_clear()
    assert add_in.build(PYTHON) == built
    assert add_in.build("C:\\other.exe") != built


@pytest.mark.parametrize("name", XLWINGS_ADD_INS)
def test_what_makes_it_an_add_in_is_as_excel_saved_it_for_xlwings(built: bytes, name: str) -> None:
    def marks(archive: zipfile.ZipFile) -> tuple[str | None, str | None]:
        types = etree.fromstring(archive.read("[Content_Types].xml"))
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        (kind,) = (t.get("ContentType") for t in types if t.get("PartName") == "/xl/workbook.xml")
        return kind, book.find(".//{*}workbookView").get("visibility")

    with zipfile.ZipFile(Path(xlwings.__file__).parent / name) as theirs:
        expected = marks(theirs)
    with zipfile.ZipFile(io.BytesIO(built)) as ours:
        assert marks(ours) == expected


def test_workbook_and_sheet_are_tied_to_the_document_modules(built: bytes, modules) -> None:
    with zipfile.ZipFile(io.BytesIO(built)) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    names = {
        book.find("{*}workbookPr").get("codeName"),
        sheet.find("{*}sheetPr").get("codeName"),
    }
    documents = {name for name, text in modules.items() if 'VB_Base = "0{000208' in text}
    assert names == documents


def test_the_settings_sheet_names_python_and_this_version(file: Path) -> None:
    found = sheet_settings(file, SHEET)
    assert found == {
        "INTERPRETER_WIN": PYTHON,
        "UDF MODULES": "xl_cryptoai_udfs",
        "DEBUG UDFS": "False",
        "SHOW CONSOLE": "False",
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "XL_CRYPTOAI": __version__,
    }


def test_an_xlwings_whose_module_is_not_as_expected_is_refused(monkeypatch, tmp_path) -> None:
    source = Path(xlwings.__file__).with_name("quickstart_addin_ribbon.xlam")
    copy = tmp_path / source.name
    copy.write_bytes(source.read_bytes())
    with pyopenvba.ExcelFile(copy) as book:
        text = book.get_module("xlwings").replace("Function GetConfig(", "Function Config(")
        book.set_module("xlwings", text)
        book.save()
    spec = type("Spec", (), {"origin": str(tmp_path / "__init__.py")})
    monkeypatch.setattr(vba.importlib.util, "find_spec", lambda name: spec)
    monkeypatch.setattr(add_in, "_project", add_in._project.__wrapped__)  # not the kept one
    with pytest.raises(FileRefusedError, match="GetConfig"):
        add_in.build(PYTHON)


# The modules, as an independent reader finds them -----------------------------------------------


def test_every_module_is_read_back(modules: dict[str, str]) -> None:
    ours = vba_modules(MODEL, add_in=True) | add_in_modules()
    assert set(modules) == {"ThisWorkbook", "Sheet2", "Dictionary", "xlwings", *ours}
    for name, text in ours.items():
        assert modules[name].splitlines() == text.splitlines()


def test_the_project_has_our_name_and_is_sound(file: Path) -> None:
    with pyopenvba.ExcelFile(file) as opened:
        assert opened.validate() == []
        assert opened.vba_project().name == "xl_cryptoai"
    project = olevba.VBA_Parser(str(file)).ole_subfiles[0].ole_file.openstream("PROJECT").read()
    assert re.findall(rb'^Name="(.*)"', project, re.MULTILINE) == [b"xl_cryptoai"]


def test_its_functions_are_those_of_the_catalogue(modules: dict[str, str]) -> None:
    assert signatures(modules[FUNCTIONS_MODULE]) == {**EXPECTED, "CAI_WHY": ["cell"]}


def test_xlwings_module_is_the_installed_one_but_for_name_settings_and_options(modules) -> None:
    installed = Path(xlwings.__file__).with_name("xlwings_custom_addin.bas")
    theirs = installed.read_text(encoding="utf-8").splitlines()
    ours = modules["xlwings"].splitlines()
    start, end = (ours.index(line) for line in (GET_CONFIG.splitlines()[0], "    GetConfig = "
                  "ExpandEnvironmentStrings(found)"))  # fmt: skip
    rest = [line.replace(" -P -B -c ", " -B -c ") for line in [*ours[:start], *ours[end + 2 :]]]
    assert [line for line in rest if line not in theirs] == [
        'Public Const PROJECT_NAME As String = "xl_cryptoai"'
    ]


@pytest.mark.parametrize("name", add_in_modules())
def test_the_text_is_as_vba_wants_it(name: str) -> None:
    check_text(name, add_in_modules()[name])


# The ribbon, complete both ways -----------------------------------------------------------------


def ribbon(built: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(built)) as archive:
        return etree.fromstring(archive.read(RIBBON))


def test_the_file_is_related_to_its_ribbon(built: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(built)) as archive:
        relations = etree.fromstring(archive.read("_rels/.rels"))
    kinds = {relation.get("Target"): relation.get("Type") for relation in relations}
    assert kinds[RIBBON].endswith("office/2007/relationships/ui/extensibility")


def test_every_button_of_the_table_is_in_the_ribbon_once_and_no_other(built: bytes) -> None:
    buttons = ribbon(built).findall(".//ui:button", CUSTOM_UI)
    assert Counter(button.get("id") for button in buttons) == Counter(
        button.sub for button in BUTTONS.values()
    )
    groups = [group.get("label") for group in ribbon(built).findall(".//ui:group", CUSTOM_UI)]
    assert groups == list(GROUPS)
    assert {button.group for button in BUTTONS.values()} == set(GROUPS)


def test_every_id_of_the_ribbon_is_there_once(built: bytes) -> None:
    ids = Counter(element.get("id") for element in ribbon(built).iter() if element.get("id"))
    assert max(ids.values()) == 1


def test_every_button_calls_a_sub_and_every_sub_has_a_button(built: bytes, modules) -> None:
    subs = re.findall(r"^Public Sub (\w+)\(control As IRibbonControl\)", modules[CALLBACKS], re.M)
    called = [button.get("onAction") for button in ribbon(built).findall(".//ui:button", CUSTOM_UI)]
    assert Counter(f"{CALLBACKS}.{sub}" for sub in subs) == Counter(called)


def test_a_tip_is_short_enough_for_office() -> None:
    for button in BUTTONS.values():
        assert len(button.tip) <= 1024 and len(button.label) <= 1024
        assert button.tip.endswith(".")


# The VBA at work: a small Excel -----------------------------------------------------------------


class Sheet(VBAObject):
    """A worksheet, with two columns of settings or none."""

    vba_type_name = "Worksheet"

    def __init__(self, name: str, rows: dict[str, object] | None = None) -> None:
        self.name, self.rows = name, list((rows or {}).items())

    @member
    def Name(self) -> str:  # noqa: N802  # as Excel calls it
        return self.name

    @method
    def Cells(self, row: int, column: int) -> Cell:  # noqa: N802
        known = row <= len(self.rows)
        return Cell(self.rows[row - 1][column - 1] if known else EMPTY)


class Cell(VBAObject):
    vba_type_name = "Range"

    def __init__(self, value: object) -> None:
        self.value = value

    @member
    def Value2(self) -> object:  # noqa: N802
        return self.value


class Sheets(VBAObject):
    def __init__(self, sheets: list[Sheet]) -> None:
        self.sheets = sheets

    def vba_iterate(self) -> Iterator[object]:
        return iter(self.sheets)


class Book(VBAObject):
    """A workbook: where it is, its sheets and its links."""

    vba_type_name = "Workbook"

    def __init__(
        self, path: str, *sheets: Sheet, links: tuple[str, ...] = (), protected: bool = False
    ) -> None:
        self.path, self.sheets, self.links = path, list(sheets), list(links)
        self.protected, self.saved = protected, True

    @member
    def Name(self) -> str:  # noqa: N802
        return re.split(r"[\\/]", self.path)[-1]

    @member
    def FullName(self) -> str:  # noqa: N802
        return self.path

    @method
    def Worksheets(self, name: object = None) -> object:  # noqa: N802
        if not isinstance(name, str):
            return Sheets(self.sheets)
        return next(sheet for sheet in self.sheets if sheet.name == name)

    @member
    def Saved(self) -> object:  # noqa: N802
        return self.saved

    @setter("Saved")
    def _set_saved(self, value: object) -> None:
        self.saved = bool(value)

    @method
    def LinkSources(self, kind: int) -> object:  # noqa: N802
        assert kind == 1  # xlExcelLinks
        return VBAArray([(1, len(self.links))], items=list(self.links)) if self.links else EMPTY

    @method
    def ChangeLink(self, old: str, new: str, kind: int) -> None:  # noqa: N802
        assert kind == 1
        if self.protected:
            raise VBARuntimeError(1004, "Method 'ChangeLink' of object '_Workbook' failed")
        self.links[self.links.index(old)] = new
        self.saved = False


class Application(VBAObject):
    """Excel with its open workbooks; the first that is no add-in is the active one."""

    vba_type_name = "Application"

    def __init__(self, python: str | None, *books: Book) -> None:
        settings = add_in.settings(python) if python else {"UDF Modules": "xl_cryptoai_udfs"}
        self.add_in = Book(HERE, Sheet(SHEET, dict(settings)))
        self.books = list(books)
        self.files = {PYTHON}
        self.commands: list[str] = []
        self.status = 0
        self.bar: object = False

    @property
    def active(self) -> object:
        return self.books[0] if self.books else NOTHING

    @member
    def Name(self) -> str:  # noqa: N802
        return "Microsoft Excel"

    @member
    def Path(self) -> str:  # noqa: N802
        return "C:\\Office"

    @member
    def Hwnd(self) -> int:  # noqa: N802
        return 4711

    @member
    def Workbooks(self) -> object:  # noqa: N802
        return Books(self)

    @setter("StatusBar")
    def _set_status_bar(self, text: object) -> None:
        self.bar = text

    # WScript.Shell, as far as xlwings asks it

    @method
    def ExpandEnvironmentStrings(self, text: str) -> str:  # noqa: N802
        return text

    @method
    def Run(self, command: str, style: object, wait: object) -> int:  # noqa: N802
        self.commands.append(command)
        self.shown = self.bar
        return self.status


class Books(VBAObject):
    def __init__(self, excel: Application) -> None:
        self.excel = excel

    def vba_iterate(self) -> Iterator[object]:
        return iter(self.excel.books)

    @method
    def Add(self) -> object:  # noqa: N802
        self.excel.books.insert(0, Book("Book1"))
        return self.excel.active


class Bridge(HostBridge):
    """Gives the interpreter the names that Excel gives VBA, and the files of a fake Windows."""

    def __init__(self, excel: Application) -> None:
        self.excel = excel
        self.described = 0

    def global_object(self, name: str) -> object:
        known = {"application": self.excel, "activeworkbook": self.excel.active,
                 "thisworkbook": self.excel.add_in}  # fmt: skip
        return known.get(name, super().global_object(name))

    def has_global_member(self, name: str) -> bool:
        return name in ("fileexists", "environment", "createguid", "delete")

    def call_global(self, name: str, args: list[object], named: dict[str, object]) -> object:
        if name == "fileexists":
            return args[0] in self.excel.files
        return {"environment": "C:\\Temp", "createguid": "1", "delete": None}[name]

    def create(self, type_name: str) -> object:
        return self.excel if type_name == "WScript.Shell" else super().create(type_name)


def started(excel: Application, modules: dict[str, str], *, mac: bool = False) -> Interpreter:
    """Load the add-in's modules as they stand in the file, and open the add-in."""
    interpreter = Interpreter(Bridge(excel))
    for name, text in modules.items():
        document = name == "ThisWorkbook"
        interpreter.add_module(
            (f"#Const Mac = {mac}\r\n" if mac else "") + runnable(text),
            name=name,
            kind="class" if document or name == "Dictionary" else "standard",
        )
    interpreter.bind_document("ThisWorkbook", excel.add_in)
    interpreter.run("Workbook_Open", module="ThisWorkbook")
    return interpreter


def runnable(text: str) -> str:
    """Take from a VBA text what the interpreter does not know; nothing that this file tests.

    Those are attributes, comments on directives, the name of VBA's library, a text compared with
    True, WithEvents (the tests raise the events), and what asks the disk: xlwings' FileExists,
    Environ, CreateGUID, Kill.
    """
    text = re.sub(r"^Attribute .*$", "", text, flags=re.MULTILINE).replace("VBA.", "")
    text = re.sub(r"^(\s*#\w[^'\n]*)'.*$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r'(GetConfig\("[^"]*", False\)) = True', r"CBool(\1)", text)
    text = text.replace("WithEvents host As Application", "host As Object")
    for name in ("FileExists", "CreateGUID"):
        text = re.sub(rf"^(Public )?Function {name}\(.*?^End Function", "", text, flags=re.M | re.S)
    return text.replace('Environ("Temp")', "environment()").replace("Kill LOG_FILE", "delete")


def click(interpreter: Interpreter, button: str) -> None:
    interpreter.run(BUTTONS[button].sub, [NOTHING], module=CALLBACKS)


def messages(interpreter: Interpreter) -> list[str]:
    return [prompt for _, prompt, *_ in interpreter.dialogs]


# Buttons ----------------------------------------------------------------------------------------


def test_a_click_has_xlwings_run_the_buttons_python_for_the_active_workbook(modules) -> None:
    excel = Application(PYTHON, Book("C:\\Models\\Anna's model.xlsx"))
    interpreter = started(excel, modules)
    for name, button in BUTTONS.items():
        click(interpreter, name)
        command = excel.commands[-1]
        assert f'; {button.python}" ' in command
        assert excel.shown == f"{button.label} ..." and excel.bar is False
        assert '--wb="Anna\'s model.xlsx" --from_xl=1' in command and '--hwnd="4711"' in command
        assert command.startswith(f'cmd.exe /C C: & cd "C:\\Py & Co" & "{PYTHON}" -P -B -c ')
    assert len(excel.commands) == len(BUTTONS) and interpreter.dialogs == []


def test_the_python_of_every_button_has_macros_do_what_it_is_called(monkeypatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(macros, "run", done.append)
    for button in BUTTONS.values():
        exec(button.python, {})
    assert done == list(BUTTONS)


def test_the_command_does_not_put_the_workbooks_folder_on_the_path_of_python(modules) -> None:
    excel = Application(PYTHON, Book("C:\\Models\\model.xlsx"))
    click(started(excel, modules), "audit")
    given = re.search(r'prepare_sys_path\(\\"(.*?)\\"\)', excel.commands[0])
    assert given is not None and given[1].split(";")[0] == "False"
    code = (
        "import sys; before = list(sys.path); import xlwings.utils as u;"
        f"u.prepare_sys_path({given[1]!r}); print([p for p in sys.path if 'models' in p.lower()])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_python_is_never_started_with_the_current_folder_on_its_path(modules) -> None:
    starts = re.findall(r".*-c \"\".*", modules["xlwings"])
    assert len(starts) == 2 and all(" -P -B -c " in line for line in starts)


def test_a_sheet_of_the_active_workbook_cannot_name_another_program(modules) -> None:
    hostile = Sheet(SHEET, {"Interpreter_Win": "\\\\evil\\run.exe", "PYTHONPATH": "\\\\evil"})
    excel = Application(PYTHON, Book("C:\\mail\\model.xlsx", hostile))
    click(started(excel, modules), "audit")
    assert "evil" not in excel.commands[0] and PYTHON in excel.commands[0]


def test_without_an_open_workbook_a_button_that_needs_one_says_so(modules) -> None:
    excel = Application(PYTHON)
    interpreter = started(excel, modules)
    for button in (button for button in BUTTONS.values() if button.needs_book):
        click(interpreter, button.id)
        expected = f"{button.label}: No workbook is open for editing."
        assert messages(interpreter)[-1].startswith(expected)
    assert excel.commands == [] and excel.books == []


def test_without_an_open_workbook_the_others_get_a_blank_one(modules) -> None:
    excel = Application(PYTHON)
    interpreter = started(excel, modules)
    for button in (button for button in BUTTONS.values() if not button.needs_book):
        excel.books.clear()
        click(interpreter, button.id)
        assert len(excel.books) == 1 and '--wb="Book1"' in excel.commands[-1]


def test_a_python_that_is_gone_is_reported_with_its_path_and_the_fix(modules) -> None:
    excel = Application(PYTHON, Book("C:\\model.xlsx"))
    excel.files.clear()
    interpreter = started(excel, modules)
    click(interpreter, "trace")
    assert messages(interpreter) == [
        f"Trace: There is no Python at {PYTHON}. Run xl-cryptoai install, then restart Excel."
    ]
    assert excel.commands == []


def test_an_add_in_without_python_is_reported_with_the_fix(modules) -> None:
    interpreter = started(Application(None, Book("C:\\model.xlsx")), modules)
    click(interpreter, "trace")
    (message,) = messages(interpreter)
    assert "does not know which Python to run. Run xl-cryptoai install" in message


def test_what_fails_before_python_starts_is_reported(modules) -> None:
    class Broken(Application):
        @method
        def Run(self, command: str, style: object, wait: object) -> int:  # noqa: N802
            raise VBARuntimeError(70, "Permission denied")

    interpreter = started(Broken(PYTHON, Book("C:\\model.xlsx")), modules)
    click(interpreter, "audit")
    (message,) = messages(interpreter)
    assert message.startswith("Audit this workbook: Python did not start: Permission denied. Run ")
    assert interpreter.host.excel.bar is False


MAC_XLWINGS = """\
Public Function GetConfig(key As String) As String
    If key = "INTERPRETER_MAC" Then GetConfig = "/opt/python"
End Function
Public Function RunPython(command As String)
    MsgBox "ran " & command
End Function
"""


def test_on_a_mac_a_button_that_needs_functions_says_so_and_the_others_run() -> None:
    """With a stand-in for xlwings' module: on a Mac it starts Python through AppleScript."""
    modules = vba_modules(MODEL, add_in=True) | add_in_modules()
    modules |= {"xlwings": MAC_XLWINGS, "ThisWorkbook": "Public Sub Listen()\nEnd Sub\n"
                "Private Sub Workbook_Open()\nEnd Sub\n"}  # fmt: skip
    interpreter = started(Application(None, Book("model.xlsx")), modules, mac=True)
    for button in BUTTONS.values():
        click(interpreter, button.id)
        assert messages(interpreter)[-1] == (
            f"ran {button.python}"
            if button.works_on_mac
            else f"{button.label}: This button needs the CAI functions, which xlwings has on "
            "Windows only."
        )


# Links ------------------------------------------------------------------------------------------

ELSEWHERE = (
    "D:\\tools\\XL_CryptoAI.xlam",
    "https://firm.example/x/xl_cryptoai.xlam",
    "xl_cryptoai.xlam",
)


def opened(interpreter: Interpreter, book: Book) -> None:
    interpreter.run("host_WorkbookOpen", [book], module="ThisWorkbook")


def test_a_workbook_that_knows_the_add_in_under_another_path_is_repaired_when_it_opens(
    modules,
) -> None:
    interpreter = started(Application(PYTHON), modules)
    for path in ELSEWHERE:
        book = Book("C:\\model.xlsx", links=("C:\\other.xlsx", path))
        opened(interpreter, book)
        assert book.links == ["C:\\other.xlsx", HERE]
        assert book.saved, "opening a workbook does not change it"
    assert interpreter.dialogs == []


def test_workbooks_that_are_open_already_are_repaired_when_the_add_in_opens(modules) -> None:
    books = [Book("C:\\a.xlsx", links=ELSEWHERE[:1]), Book("C:\\b.xlsx")]
    books[0].saved = False
    started(Application(PYTHON, *books), modules)
    assert books[0].links == [HERE] and not books[0].saved
    assert books[1].links == []


def test_a_link_to_this_add_in_or_to_another_file_stays(modules) -> None:
    links = (HERE.upper(), "C:\\not_xl_cryptoai.xlam", "C:\\xl_cryptoai.xlam.xlsx")
    book = Book("C:\\model.xlsx", links=links)
    opened(started(Application(PYTHON), modules), book)
    assert book.links == list(links)


def test_a_link_that_cannot_be_changed_is_reported_with_the_fix(modules) -> None:
    interpreter = started(Application(PYTHON), modules)
    book = Book("C:\\model.xlsx", links=ELSEWHERE[:1], protected=True)
    opened(interpreter, book)
    (message,) = messages(interpreter)
    assert message.startswith(f"model.xlsx calls functions of {ELSEWHERE[0]}")
    assert "Unprotect its sheets" in message
    assert book.links == [ELSEWHERE[0]] and book.saved


# Functions --------------------------------------------------------------------------------------


class Calling(Application):
    """Excel that calculates a cell; xlwings' XLPy is the same object."""

    caller: object = VBAErrorValue(2023)
    answer: object = 0.5

    @member
    def Caller(self) -> object:  # noqa: N802
        return self.caller

    @method
    def CallUDF(self, *given: object) -> object:  # noqa: N802
        self.called = given
        return self.answer

    @method
    def MacroOptions(  # noqa: N802
        self, Macro: str, Description: str, Category: str, ArgumentDescriptions: object  # noqa: N803
    ) -> None:  # fmt: skip
        self.helps = [*getattr(self, "helps", []), Macro]


def with_fake_xlpy(modules: dict[str, str]) -> dict[str, str]:
    """Put a stand-in for xlwings' XLPy, which loads a Windows library, into its module."""
    xlpy = re.compile(r"^Function XLPy\(\)(.*?)^End Function", re.MULTILINE | re.DOTALL)
    text, count = xlpy.subn(
        "Function XLPy()\nSet XLPy = Application\nEnd Function", modules["xlwings"]
    )
    assert count == 1
    return {**modules, "xlwings": text}


def test_a_function_of_the_add_in_goes_to_python_without_xlwings_own_add_in(modules) -> None:
    excel = Calling(PYTHON, Book("C:\\model.xlsx"))
    interpreter = started(excel, with_fake_xlpy(modules))
    assert interpreter.run("CAI_AI_GAIN", [10.0, 0.05], module=FUNCTIONS_MODULE) == 0.5
    python_module, name, given, book, _ = excel.called
    assert (python_module, name, list(given.items)) == (
        "xl_cryptoai_udfs",
        "cai_ai_gain",
        [10.0, 0.05],
    )
    assert book is excel.add_in
    assert "xlwings.xlam" not in modules[FUNCTIONS_MODULE] + modules[CALL_MODULE]


def test_the_function_wizard_learns_the_help_once_when_a_workbook_is_active(modules) -> None:
    excel = Calling(PYTHON, Book("C:\\model.xlsx"))
    interpreter = started(excel, with_fake_xlpy(modules))
    assert not hasattr(excel, "helps")
    for _ in range(2):
        interpreter.run("host_WorkbookActivate", [excel.active], module="ThisWorkbook")
    assert excel.helps == [f"'xl_cryptoai.xlam'!{name}" for name in FUNCTIONS]


def test_the_modules_of_ours_that_are_no_callbacks_are_not_offered_as_macros(modules) -> None:
    for name in (CALL_MODULE, LINKS):
        assert "Option Private Module" in modules[name]
