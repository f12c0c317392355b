"""`install` and `doctor`, on a Windows made of fakes: files in a folder, a registry in a dict."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
import pytest
import xl_cryptoai_windows
from shipped import FUNCTIONS, MODEL
from xl_cryptoai_windows import Environment, Finding, add_in, findings
from xl_cryptoai_windows.add_in_vba import SHEET
from xl_cryptoai_windows.checks import EXCEL_CLASS, SECURITY
from xl_cryptoai_windows.settings import read_settings, sheet_settings, with_setting
from xl_cryptoai_windows.setup import remove, set_interpreter, set_up
from xl_cryptoai_windows.workbook import mark_of
from xlsx_parts import change_parts

from xl_cryptoai import __version__
from xl_cryptoai.cli import main
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.sheets import config

OTHER_SETTINGS = b'"SHOW CONSOLE","True"\r\n"LICENSE_KEY","abc, \xfc"\r\n'
SETTINGS = [*config.settings_of(MODEL)]
MARK = b"[ZoneTransfer]\r\nZoneId=3\r\n"


@dataclass
class Machine:
    """A healthy Windows machine; tests break one thing of it."""

    folder: Path
    registry: dict[tuple[str, str], str] = field(
        default_factory=lambda: {(EXCEL_CLASS, ""): "Excel.Application.16"}
    )
    versions: dict[str, str] = field(
        default_factory=lambda: {"xlwings": "0.37.8", "pywin32": "312"}
    )
    functions: Callable[[], int] = lambda: len(FUNCTIONS)
    system: str = "Windows"
    commands: list[list[str]] = field(default_factory=list)
    said: str = "Successfully installed the xlwings add-in!"
    installs: bool = True

    def __post_init__(self) -> None:
        self.write(self.env.python, b"")
        self.write(self.env.python.parent.parent / "xlwings64-0.37.8.dll", b"")
        self.write(self.env.xlwings / "addin" / "xlwings.xlam", b"add-in 0.37.8")
        self.write(self.env.xlwings_add_in, b"add-in 0.37.8")
        self.write(self.env.add_in, add_in.build(self.env.python))
        settings = f'"INTERPRETER_WIN","{self.env.python}"\r\n'.encode()
        self.write(self.env.settings_file, OTHER_SETTINGS + settings)
        self.book = self.folder / "book.xlsm"

    @property
    def env(self) -> Environment:
        return Environment(
            system=self.system,
            home=self.folder / "home",
            startup=self.folder / "XLSTART",
            python=self.folder / "venv" / "Scripts" / "python.exe",
            xlwings=self.folder / "venv" / "xlwings",
            encoding="cp1252",
            registry=lambda key, name: self.registry.get((key, name)),
            version=self.versions.get,
            functions=self.functions,
            run=self.run,
        )

    def run(self, command: list[str]) -> str:
        self.commands.append(list(command))
        if self.installs and command[3] == "addin":
            shipped = self.env.xlwings / "addin" / "xlwings.xlam"
            self.write(self.env.xlwings_add_in, shipped.read_bytes())
        elif self.installs:
            self.write(self.env.mac_script, b"script")
        return self.said

    @staticmethod
    def write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def files(self) -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def healthy_book(workbooks: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    book = tmp_path_factory.mktemp("book") / "book.xlsm"
    edit_settings(workbooks["windows"], book, {"Interpreter_Win": None})
    return book.read_bytes()


@pytest.fixture
def machine(tmp_path: Path, healthy_book: bytes) -> Machine:
    machine = Machine(tmp_path)
    machine.book.write_bytes(healthy_book)
    return machine


def edit_settings(source: Path, target: Path, changes: dict[str, str | None]) -> None:
    """Copy a workbook with other lines on its settings sheet; None takes a line away."""
    book = openpyxl.load_workbook(source, keep_vba=True)
    settings = dict(book["xlwings.conf"].iter_rows(max_col=2, values_only=True)) | changes
    book["xlwings.conf"].delete_rows(1, 20)
    for key, value in settings.items():
        if key not in changes or value is not None:
            book["xlwings.conf"].append([key, value])
    book.save(target)


def rename_sheet(machine: Machine) -> None:
    book = openpyxl.load_workbook(machine.book, keep_vba=True)
    book["xlwings.conf"].title = "_xlwings.conf"  # so xlwings itself switches a sheet off
    book.save(machine.book)


def without_part(path: Path, part: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != part}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def with_quickstart(machine: Machine) -> None:
    """Put xlwings' own project into the workbook: reference, but not our module."""
    import xlwings

    with zipfile.ZipFile(Path(xlwings.__file__).with_name("quickstart.xlsm")) as archive:
        project = archive.read("xl/vbaProject.bin")
    without_part(machine.book, "xl/vbaProject.bin")
    with zipfile.ZipFile(machine.book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", project)


def without_reference(machine: Machine) -> None:
    from pyopenvba import ExcelFile

    with ExcelFile(machine.book) as file:
        file.remove_reference("xlwings")
        file.save()


def no_module() -> int:
    raise ImportError("DLL load failed")


def setting(**lines: str) -> Callable[[Machine], None]:
    text = "".join(f'"{key}","{value}"\r\n' for key, value in lines.items())
    return lambda m: m.env.settings_file.write_bytes(text.encode())


def policy(where: str) -> tuple[str, str]:
    return SECURITY.format(policies=where), "VBAWarnings"


def other_python(m: Machine) -> None:
    m.write(m.folder / "other.exe", b"")
    setting(INTERPRETER_WIN=str(m.folder / "other.exe"))(m)


def old_add_in(m: Machine, text: str, other: str) -> None:
    """Write another text in the place of one, in every part of the add-in."""
    file = m.env.add_in
    change_parts(file, file, lambda _, part: part.replace(text.encode(), other.encode()))


BROKEN: list[tuple[str, str, Callable[[Machine], object], str, str]] = [
    ("no Excel", "Excel", lambda m: m.registry.clear(), "no desktop Excel", "install the desktop"),
    ("macros off", "macros", lambda m: m.registry.update({policy(""): "4"}), "runs no macros",
     "Trust Center"),
    ("macros forbidden", "macros", lambda m: m.registry.update({policy("Policies\\"): "4"}),
     "runs no macros", "ask it for an exception"),
    ("no xlwings", "xlwings", lambda m: m.versions.pop("xlwings"), "not installed", "pip install"),
    ("old xlwings", "xlwings", lambda m: m.versions.update(xlwings="0.30.1"), "older than 0.33",
     "--upgrade xlwings"),
    ("no pywin32", "pywin32", lambda m: m.versions.pop("pywin32"), "not installed",
     "install pywin32"),
    ("no library", "xlwings library",
     lambda m: (m.folder / "venv" / "xlwings64-0.37.8.dll").unlink(), "neither in",
     "--force-reinstall --no-deps xlwings"),
    ("no xlwings add-in", "xlwings add-in", lambda m: m.env.xlwings_add_in.unlink(), "there is no",
     "xl-cryptoai install"),
    ("old xlwings add-in", "xlwings add-in", lambda m: m.env.xlwings_add_in.write_bytes(b"old"),
     "not the one of", "close Excel, xl-cryptoai install"),
    ("no add-in", "Crypto AI add-in", lambda m: m.env.add_in.unlink(), "there is no",
     "xl-cryptoai install"),
    ("blocked add-in", "Crypto AI add-in", lambda m: mark_of(m.env.add_in).write_bytes(MARK),
     "marked as coming from the internet", "close Excel, xl-cryptoai install"),
    ("no zip file as add-in", "Crypto AI add-in", lambda m: m.env.add_in.write_bytes(b"old"),
     "", "close Excel, xl-cryptoai install"),
    ("old add-in", "Crypto AI add-in", lambda m: old_add_in(m, __version__, "0.1.9"),
     f"is from xl-cryptoai 0.1.9; this is {__version__}", "close Excel, xl-cryptoai install"),
    ("add-in of another Python", "Crypto AI add-in",
     lambda m: m.env.add_in.write_bytes(add_in.build("C:\\other.exe")), "runs C:\\other.exe",
     "close Excel, xl-cryptoai install"),
    ("add-in of another xlwings", "Crypto AI add-in", lambda m: old_add_in(m, "Crypto AI", "X"),
     "not the one that this program writes", "close Excel, xl-cryptoai install"),
    ("no settings", "interpreter", lambda m: m.env.settings_file.unlink(), "does not say which",
     "xl-cryptoai install"),
    ("no interpreter", "interpreter", setting(OTHER="x"), "does not say which",
     "xl-cryptoai install"),
    ("lost interpreter", "interpreter", setting(INTERPRETER_WIN="gone.exe"), "does not exist",
     "xl-cryptoai install"),
    ("other interpreter", "interpreter", other_python, "this Python is",
     "install xl-cryptoai in the other"),
    ("no functions", "functions", lambda m: setattr(m, "functions", no_module),
     "DLL load failed", "--force-reinstall"),
    ("few functions", "functions", lambda m: setattr(m, "functions", lambda: 3), "3 functions, not",
     "--force-reinstall"),
    ("no workbook", "workbook", lambda m: m.book.unlink(), "cannot be read", "give the path"),
    ("no zip file", "workbook", lambda m: m.book.write_bytes(b"?"), "cannot be read",
     "give the path"),
    ("blocked", "mark of the web", lambda m: mark_of(m.book).write_bytes(MARK),
     "coming from the internet", "xl-cryptoai install --unblock"),
    ("lost macros", "workbook", lambda m: without_part(m.book, "xl/vbaProject.bin"),
     "has lost its macros", "xl-cryptoai build --for windows"),
    ("no module", "VBA", with_quickstart, "has no module xlwings_udfs", "Import Functions"),
    ("no reference", "VBA", without_reference, "lost its reference", "tick xlwings"),
    ("no udf module", "xlwings.conf",
     lambda m: edit_settings(m.book, m.book, {"UDF Modules": "mine"}), "is 'mine'",
     "write xl_cryptoai_udfs"),
    ("no settings sheet", "xlwings.conf", rename_sheet, "has no sheet xlwings.conf",
     "xl-cryptoai build"),
    ("one column of settings", "xlwings.conf",
     lambda m: edit_settings(m.book, m.book, dict.fromkeys(SETTINGS)), "is ''",
     "write xl_cryptoai_udfs"),
    ("hidden interpreter", "xlwings.conf",
     lambda m: edit_settings(m.book, m.book, {"Interpreter_Win": ""}), "hides the one",
     "delete the row"),
]  # fmt: skip


def ill(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if not finding.healthy]


def test_on_a_healthy_machine_everything_is_looked_at_and_nothing_needs_a_fix(machine) -> None:
    found = findings(machine.env, machine.book)
    assert ill(found) == []
    assert [finding.topic for finding in found] == [
        "Windows", "Excel", "macros", "xlwings", "pywin32", "xlwings library",
        "xlwings add-in", "interpreter", "Crypto AI add-in", "functions", "mark of the web", "VBA",
        "xlwings.conf",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "breaks", "text", "fix"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN]
)
def test_what_is_broken_is_reported_with_its_fix_and_nothing_is_changed(
    machine, topic, breaks, text, fix
) -> None:
    breaks(machine)
    before = machine.files()
    (found,) = ill(findings(machine.env, machine.book))
    assert found.topic == topic
    assert text in found.found and fix in found.fix
    assert machine.files() == before
    assert machine.commands == []


def test_what_can_be_broken_is_broken_above() -> None:
    topics = {topic for _, topic, *_ in BROKEN}
    assert topics >= {
        "Excel", "macros", "xlwings", "pywin32", "xlwings library", "xlwings add-in",
        "interpreter", "Crypto AI add-in", "functions", "workbook", "mark of the web", "VBA",
        "xlwings.conf",
    }  # fmt: skip


def test_the_path_of_the_interpreter_may_be_written_otherwise(machine) -> None:
    path = str(machine.env.python).replace("/", "\\").upper().replace("PYTHON.EXE", "PythonW.exe")
    setting(interpreter_win=path)(machine)
    assert ill(findings(machine.env)) == []


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
@pytest.mark.parametrize("route", ROUTES)
def test_elsewhere_the_other_routes_are_named_and_the_file_is_still_looked_at(
    machine, workbooks, system, route
) -> None:
    machine.system = system
    machine.env.add_in.unlink()
    book = machine.book if route == "windows" else workbooks[route]
    mark_of(machine.book).write_bytes(MARK)
    found = findings(machine.env, book)
    notes = [finding for finding in found if finding.note]
    assert ill(found) == [], "the mark means something on Windows only"
    assert "Windows only" in notes[0].found
    assert [finding.topic for finding in notes[1:]] == [
        *(f"--for {name}" for name in ROUTES if name != "windows"),
        *(["Crypto AI add-in"] if system == "Darwin" else []),
    ]
    text = " ".join(finding.found for finding in found if not finding.note)
    assert f"is for {route}" in text or "is plain" in text or "xlwings_udfs" in text, text


def test_a_given_add_in_is_called_one_and_is_not_taken_for_a_workbook(machine) -> None:
    found = findings(machine.env, machine.env.add_in)
    assert ill(found) == []
    assert found[-1].note and "is the add-in itself" in found[-1].found


def test_a_workbook_that_calls_the_add_in_needs_no_macros_of_its_own(machine) -> None:
    book = machine.folder / "own.xlsx"
    with zipfile.ZipFile(book, "w") as archive:
        sheet = '<c r="A1"><f>[1]!CAI_VALUE("total")</f><v>5</v></c>'
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    found = findings(machine.env, book)
    assert ill(found) == [] and "calls functions of the add-in" in found[-1].found


# install ----------------------------------------------------------------------------------------


def test_install_puts_everything_right_and_keeps_other_settings(machine) -> None:
    shutil.rmtree(machine.env.startup)
    machine.env.settings_file.write_bytes(OTHER_SETTINGS + b'"interpreter_win","old.exe"')
    mark_of(machine.book).write_bytes(MARK)
    done = list(set_up(machine.env, [machine.book]))
    assert [line.split(":")[0] for line in done] == [
        "xlwings add-in", "interpreter", "Crypto AI add-in", "unblock",
    ]  # fmt: skip
    assert "(was old.exe)" in done[1]
    python = str(machine.env.python)
    assert machine.commands == [[python, "-m", "xlwings.cli", "addin", "install"]]
    expected = OTHER_SETTINGS + f'"INTERPRETER_WIN","{python}"\r\n'.encode()
    assert machine.env.settings_file.read_bytes() == expected
    assert not mark_of(machine.book).exists()
    assert ill(findings(machine.env, machine.book)) == []
    again = machine.files()
    assert "was not blocked" in list(set_up(machine.env, [machine.book]))[3]
    assert machine.files() == again


def test_install_makes_the_settings_if_there_are_none(machine) -> None:
    shutil.rmtree(machine.env.settings_file.parent)
    set_interpreter(machine.env)
    assert ill(findings(machine.env)) == []
    assert [path.name for path in machine.env.settings_file.parent.iterdir()] == ["xlwings.conf"]


def test_another_add_in_is_replaced_without_a_backup_that_excel_would_load_too(machine) -> None:
    machine.env.add_in.write_bytes(b"changed by somebody")
    list(set_up(machine.env))
    assert ill(findings(machine.env)) == []
    assert {file.name for file in machine.env.startup.iterdir()} == {
        "xl_cryptoai.xlam", "xlwings.xlam",
    }  # fmt: skip


def test_on_a_mac_install_writes_the_add_in_and_the_script_that_starts_python(machine) -> None:
    machine.system = "Darwin"
    shutil.rmtree(machine.env.startup)
    before = machine.env.settings_file.read_bytes()
    done = list(set_up(machine.env))
    assert [line.split(":")[0] for line in done] == ["xlwings script", "Crypto AI add-in"]
    assert [command[3:] for command in machine.commands] == [["runpython", "install"]]
    settings = sheet_settings(machine.env.add_in, SHEET)
    assert settings["INTERPRETER_MAC"] == str(machine.env.python)
    assert machine.env.settings_file.read_bytes() == before
    assert ill(findings(machine.env)) == []
    machine.env.mac_script.unlink()
    (found,) = ill(findings(machine.env))
    assert found.topic == "xlwings script" and found.fix == "xl-cryptoai install"


def test_remove_takes_away_what_install_put_there_and_keeps_the_rest(machine) -> None:
    shutil.rmtree(machine.env.startup)
    machine.env.settings_file.write_bytes(OTHER_SETTINGS)
    list(set_up(machine.env))
    done = list(remove(machine.env))
    assert [line.split(":")[0] for line in done] == [
        "Crypto AI add-in", "interpreter", "xlwings add-in",
    ]  # fmt: skip
    assert machine.env.settings_file.read_bytes() == OTHER_SETTINGS
    assert [file.name for file in machine.env.startup.iterdir()] == ["xlwings.xlam"]
    again = list(remove(machine.env))
    assert "there is no" in again[0] and "is not this Python" in again[1]


def test_remove_leaves_no_empty_settings_behind(machine) -> None:
    setting(INTERPRETER_WIN=str(machine.env.python))(machine)
    list(remove(machine.env))
    assert not machine.env.settings_file.exists()


def test_remove_keeps_the_interpreter_that_somebody_else_set(machine) -> None:
    other_python(machine)
    before = machine.env.settings_file.read_bytes()
    assert "is kept: it is not this Python" in list(remove(machine.env))[1]
    assert machine.env.settings_file.read_bytes() == before


def test_an_add_in_that_xlwings_could_not_install_is_reported(machine) -> None:
    machine.env.xlwings_add_in.unlink()
    machine.installs, machine.said = False, "Error: Failed to install the add-in"
    with pytest.raises(FileRefusedError, match=r"Failed to install.*close Excel and try again"):
        list(set_up(machine.env))


def test_a_file_to_unblock_that_is_not_there_is_reported_before_anything_is_done(machine) -> None:
    with pytest.raises(FileRefusedError, match="is not a file"):
        list(set_up(machine.env, [machine.folder / "gone.xlsm"]))
    assert machine.commands == []


def test_a_path_that_vba_cannot_read_is_refused(machine) -> None:
    before = machine.env.settings_file.read_bytes()
    env = replace(machine.env, python=Path("C:/\u0416/python.exe"))
    with pytest.raises(FileRefusedError, match="folder with plain letters"):
        set_interpreter(env)
    assert machine.env.settings_file.read_bytes() == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b'"K","new"\r\n'),
        (b'"A","1"', b'"A","1"\r\n"K","new"\r\n'),
        (b'"k","1"\n\n"B","2"\n"K","3"\n', b'"K","new"\r\n\n"B","2"\n'),
        (b"K,1\r\n# note\r\n", b'"K","new"\r\n# note\r\n'),
        (b'"KEY","1"\n', b'"KEY","1"\n"K","new"\r\n'),
    ],
)
def test_one_setting_changes_and_every_other_line_keeps_its_bytes(before, after) -> None:
    assert with_setting(before, "K", "new", "cp1252") == after
    assert with_setting(after, "K", "new", "cp1252") == after
    assert read_settings(after, "cp1252")["K"] == "new"


# The commands -----------------------------------------------------------------------------------


def test_doctor_prints_each_finding_and_ends_with_1_if_one_needs_a_fix(
    machine, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(xl_cryptoai_windows, "this_machine", lambda: machine.env)
    assert main(["doctor", str(machine.book)]) == 0
    out = capsys.readouterr().out
    assert out.count("ok  ") == 13 and "Nothing needs a fix." in out
    machine.env.add_in.unlink()
    assert main(["doctor", str(machine.book)]) == 1
    out = capsys.readouterr().out
    assert re.search(r"FIX   Crypto AI add-in: there is no .*\n      fix: xl-cryptoai install", out)
    assert "1 of 13 need a fix." in out
    assert main(["doctor", "--json"]) == 1
    assert [entry["fix"] for entry in json.loads(capsys.readouterr().out)].count(None) == 9


def test_install_says_what_it_did_and_what_is_left(machine, monkeypatch, capsys) -> None:
    monkeypatch.setattr(xl_cryptoai_windows, "this_machine", lambda: machine.env)
    assert main(["install"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("xlwings add-in: ") and "Restart Excel; " in out
    del machine.versions["pywin32"]
    assert main(["install"]) == 1
    assert "FIX   pywin32" in capsys.readouterr().out


def test_install_takes_everything_away_again(machine, monkeypatch, capsys) -> None:
    monkeypatch.setattr(xl_cryptoai_windows, "this_machine", lambda: machine.env)
    assert main(["install", "--remove"]) == 0
    out = capsys.readouterr().out
    assert "xl_cryptoai.xlam is removed" in out and "xlwings.xlam is kept" in out
    assert not machine.env.add_in.exists()
    assert machine.commands == []


def test_the_add_in_can_be_written_for_another_machine(machine, monkeypatch, capsys) -> None:
    machine.system = "Linux"
    monkeypatch.setattr(xl_cryptoai_windows, "this_machine", lambda: machine.env)
    folder = machine.folder / "share" / "deep"
    python = "%LOCALAPPDATA%\\Python\\python.exe"
    assert main(["install", "--to", str(folder), "--python", python]) == 0
    (file,) = folder.iterdir()
    told = capsys.readouterr().out
    assert told.startswith(f"Crypto AI add-in: {file}\nOn that machine, add it in Excel: ")
    assert file.read_bytes() == add_in.build(python)
    (machine.folder / "file").write_bytes(b"")
    assert main(["install", "--to", str(machine.folder / "file")]) != 0
    assert "cannot be made" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--python", "x"], ["--remove", "--to", "x"],
                                     ["--remove", "--unblock", "x"]])  # fmt: skip
def test_options_of_install_that_do_not_go_together_are_refused(options, capsys) -> None:
    assert main(["install", *options]) == 2
    assert "--" in capsys.readouterr().err


def test_install_elsewhere_installs_nothing(machine, monkeypatch, capsys) -> None:
    machine.system = "Linux"
    before = machine.files()
    monkeypatch.setattr(xl_cryptoai_windows, "this_machine", lambda: machine.env)
    assert main(["install"]) == 0
    assert "nothing to install here" in capsys.readouterr().out
    assert machine.files() == before and machine.commands == []


def test_this_machine_can_be_looked_at() -> None:
    found = findings(xl_cryptoai_windows.this_machine())
    assert next(f for f in found if f.topic == "functions").healthy
