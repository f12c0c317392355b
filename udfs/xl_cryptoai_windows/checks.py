"""What the Windows route needs, looked at one by one; nothing here changes anything."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator
from pathlib import Path

from xl_cryptoai import __version__
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.functions import functions_of
from xl_cryptoai_windows.environment import Environment, Finding
from xl_cryptoai_windows.settings import INTERPRETER, read_settings, sheet_settings
from xl_cryptoai_windows.workbook import is_blocked, workbook_findings

INSTALL = "xl-cryptoai install"
AGAIN = f"close Excel, {INSTALL}, then restart Excel"
EXCEL_CLASS = "HKCR\\Excel.Application\\CurVer"
SECURITY = "HKCU\\Software\\{policies}Microsoft\\Office\\16.0\\Excel\\Security"
MACROS_OFF = "4"
"""Excel's setting under which no macro runs and nobody is asked."""

ELSEWHERE = (
    ("office", "in Excel on Windows, Mac and the web: through xl-cryptoai serve or xlwings Lite"),
    ("excel365", "in Excel 365: LAMBDA functions in the workbook, no add-in and no Python"),
    ("libreoffice", "in LibreOffice: through the extension, with this Python"),
    ("plain", "anywhere: native formulas only"),
)
"""The routes that do not need Windows, and where their workbooks work."""


def findings(env: Environment, book: Path | None = None) -> list[Finding]:
    """Look at the machine, and at a workbook if one is given, in the order of the fixes."""
    found = list(_machine(env)) if env.on_windows else list(_elsewhere(env))
    return found + (list(workbook_findings(env, book)) if book is not None else [])


def _elsewhere(env: Environment) -> Iterator[Finding]:
    system = {"Darwin": "a Mac"}.get(env.system, env.system)
    found = f"this is {system}; the windows workbook works on Windows only. Here use"
    yield Finding("Windows", found, note=True)
    for route, where in ELSEWHERE:
        yield Finding(f"--for {route}", where, note=True)
    if env.on_mac and not env.add_in.exists():
        found = f"not installed; {INSTALL} gives Excel here the ribbon tab Crypto AI"
        yield Finding("Crypto AI add-in", found, note=True)
    elif env.on_mac:
        yield _add_in(env)
        yield _mac_script(env)
    yield _functions(env)


def _machine(env: Environment) -> Iterator[Finding]:
    yield Finding("Windows", "this is Windows")
    yield _excel(env)
    yield _macros(env)
    yield _xlwings(env)
    yield _pywin32(env)
    yield _library(env)
    yield _xlwings_add_in(env)
    yield _interpreter(env)
    yield _add_in(env)
    yield _functions(env)


def _excel(env: Environment) -> Finding:
    found = env.registry(EXCEL_CLASS, "")
    if found:
        return Finding("Excel", f"Excel {found.rpartition('.')[2]} is installed")
    return Finding(
        "Excel",
        "no desktop Excel is registered",
        "install the desktop Excel; in Excel on the web use the workbook for office",
    )


def _macros(env: Environment) -> Finding:
    policy = env.registry(SECURITY.format(policies="Policies\\"), "VBAWarnings")
    setting = policy or env.registry(SECURITY.format(policies=""), "VBAWarnings")
    if setting != MACROS_OFF:
        return Finding("macros", "macros are not switched off")
    if policy:
        fix = "your firm forbids macros: ask it for an exception, or use the workbook for office"
    else:
        fix = (
            "in Excel: File > Options > Trust Center > Trust Center Settings > Macro Settings > "
            "Disable VBA macros with notification"
        )
    return Finding("macros", "Excel runs no macros, and does not ask", fix)


def _xlwings(env: Environment) -> Finding:
    version = env.version("xlwings")
    if version is None or env.xlwings is None:
        return Finding("xlwings", "xlwings is not installed", f"{_pip(env)} xlwings")
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    if numbers < [0, 33]:
        return Finding(
            "xlwings", f"xlwings is {version}, older than 0.33", f"{_pip(env)} --upgrade xlwings"
        )
    return Finding("xlwings", f"xlwings {version}")


def _pywin32(env: Environment) -> Finding:
    version = env.version("pywin32")
    if version is None:
        return Finding(
            "pywin32",
            "pywin32 is not installed: Excel cannot talk to Python",
            f"{_pip(env)} pywin32",
        )
    return Finding("pywin32", f"pywin32 {version}")


def _library(env: Environment) -> Finding:
    """Look for the library through which VBA starts Python, where VBA looks for it."""
    for folder in (env.python.parent, env.python.parent.parent):
        if any(folder.glob("xlwings64-*.dll")):
            return Finding("xlwings library", f"xlwings' library is in {folder}")
    return Finding(
        "xlwings library",
        f"xlwings64-*.dll is neither in {env.python.parent} nor one folder up",
        f"{_pip(env)} --force-reinstall --no-deps xlwings",
    )


def _xlwings_add_in(env: Environment) -> Finding:
    topic, file = "xlwings add-in", env.xlwings_add_in
    if not file.is_file():
        return Finding(topic, f"there is no {file}", f"{INSTALL}, then restart Excel")
    shipped = env.xlwings / "addin" / "xlwings.xlam" if env.xlwings else None
    if shipped and shipped.is_file() and shipped.read_bytes() != file.read_bytes():
        return Finding(topic, f"{file} is not the one of the installed xlwings", AGAIN)
    return Finding(topic, f"{file}")


def _add_in(env: Environment) -> Finding:
    """Look whether our add-in is the one that `install` would put there now."""
    from xl_cryptoai_windows import add_in  # here, since the builder loads much
    from xl_cryptoai_windows.add_in_vba import SHEET

    topic, file = "Crypto AI add-in", env.add_in
    if not file.is_file():
        return Finding(topic, f"there is no {file}", f"{INSTALL}, then restart Excel")
    if env.on_windows and is_blocked(file):
        found = f"{file} is marked as coming from the internet: Excel does not run it"
        return Finding(topic, found, AGAIN)
    try:
        if file.read_bytes() == add_in.build(env.python, mac=env.on_mac):
            return Finding(topic, f"{file}, of this program and for this Python")
        settings = sheet_settings(file, SHEET) or {}
    except FileRefusedError as error:
        return Finding(topic, str(error), AGAIN)
    version = settings.get(add_in.VERSION, "")
    python = settings.get(add_in.interpreter_key(mac=env.on_mac), "")
    if version != __version__:
        found = f"{file} is from xl-cryptoai {version or '(unknown)'}; this is {__version__}"
    elif not same_python(python, str(env.python)):
        found = f"{file} runs {python or 'no Python'}; this Python is {env.python}"
    else:
        found = f"{file} is not the one that this program writes with the installed xlwings"
    return Finding(topic, found, AGAIN)


def _mac_script(env: Environment) -> Finding:
    topic, file = "xlwings script", env.mac_script
    if file.is_file():
        return Finding(topic, f"{file}")
    return Finding(topic, f"there is no {file}: Excel cannot start Python", INSTALL)


def _interpreter(env: Environment) -> Finding:
    topic, file = "interpreter", env.settings_file
    settings = read_settings(file.read_bytes(), env.encoding) if file.is_file() else {}
    chosen = settings.get(INTERPRETER, "")
    if not chosen:
        return Finding(topic, f"{file} does not say which Python to run", INSTALL)
    if same_python(chosen, str(env.python)):
        return Finding(topic, f"{chosen}, this Python")
    if not Path(chosen).is_file():
        return Finding(topic, f"{file} names {chosen}, which does not exist", INSTALL)
    return Finding(
        topic,
        f"{file} names {chosen}; this Python is {env.python}",
        f"{INSTALL} switches to this one; or install xl-cryptoai in the other",
    )


def same_python(one: str, other: str) -> bool:
    r"""Whether two paths mean one Python; the one without a window counts as the same.

    >>> same_python("C:/Py/pythonw.exe", r"c:\py\python.exe")
    True
    """
    plain = [
        ntpath.normcase(ntpath.normpath(path)).replace("pythonw.exe", "python.exe")
        for path in (one, other)
    ]
    return plain[0] == plain[1]


def _functions(env: Environment) -> Finding:
    fix = f'{_pip(env)} --force-reinstall "xl-cryptoai"'
    try:
        count = env.functions()
    except Exception as error:  # whatever stops it here stops it in Excel
        found = f"xl_cryptoai_udfs does not load ({type(error).__name__}: {error})"
        return Finding("functions", found, fix)
    wanted = len(functions_of(model_in_use()))
    if count != wanted:
        found = f"xl_cryptoai_udfs has {count} functions, not {wanted}"
        return Finding("functions", found, fix)
    return Finding("functions", f"xl_cryptoai_udfs loads, with {count} functions")


def _pip(env: Environment) -> str:
    return f'"{env.python}" -m pip install'
