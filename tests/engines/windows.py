"""The Windows route without Windows: xlwings' own modules in a fresh process with pywin32 stubbed,
and the functions of a VBA text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shipped import FUNCTIONS, MODEL
from xl_cryptoai_windows.own_module import module_file, own_module

from xl_cryptoai.forecast import Model
from xl_cryptoai.workbook.vba_module import python_module

ROOT = Path(__file__).parents[2]

MISSING = -2147352572
"""As which COM hands over an argument that a macro left out."""

WORKER = """
import importlib, io, json, sys, types
from unittest.mock import MagicMock
import xlwings

NAMES = "pythoncom pywintypes win32com win32com.client win32com.server win32com.server.policy"
NAMES += " win32com.server.util win32com.server.dispatcher win32api win32event"
for name in NAMES.split():
    sys.modules[name] = MagicMock()
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, sys.modules[name])
com_error = type("com_error", (Exception,), {})
sys.modules["pywintypes"].com_error = sys.modules["pythoncom"].com_error = com_error
sys.modules["win32com.server.util"].unwrap.side_effect = ValueError
excel = MagicMock(is_range_instance=lambda value: False)
sys.modules["xlwings._xlwindows"] = xlwings._xlwindows = excel
xlwings.engines.add(types.SimpleNamespace(name="excel", type="desktop"))
from xlwings import udfs
xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
from xlwings.com_server import XLPython
name = sys.argv[1]
module = importlib.import_module(name)

text = io.StringIO()
book = types.SimpleNamespace(Name="book.xlsm")
udfs.generate_vba_wrapper(name, module, text, book)
answers = []
for function, given in json.load(sys.stdin):
    given = [tuple(map(tuple, one)) if isinstance(one, list) else one for one in given]
    try:
        answers.append(XLPython().CallUDF(name, function, given, None, None))
    except Exception as error:
        answers.append(f"{type(error).__name__}: {error}")
print(json.dumps({"text": text.getvalue(), "answers": answers}))
"""


def run(calls: Sequence[tuple[str, Sequence[Any]]], model: Model = MODEL) -> dict[str, Any]:
    """Have xlwings write its VBA text and answer calls as VBA makes them.

    The module of an own model stands beside its workbook, in a folder that xlwings searches.
    """
    environment = {k: v for k, v in os.environ.items() if k != "XLWINGS_ON_SERVER"}
    with TemporaryDirectory() as folder:
        if model.text:
            (Path(folder) / module_file(model)).write_bytes(own_module(model))
        paths = os.pathsep.join([folder, str(ROOT), str(ROOT / "udfs")])
        done = subprocess.run(
            [sys.executable, "-c", WORKER, python_module(model)],
            input=json.dumps(list(calls)), capture_output=True, text=True, timeout=120,
            env={**environment, "PYTHONPATH": paths}, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def signatures(text: str) -> dict[str, list[str]]:
    """Read the public functions of a VBA text, each with its arguments, "Optional" before some."""
    joined = re.sub(r" _\n\s*", " ", text.replace("\r\n", "\n"))
    found = re.findall(r"^(?:Public )?Function (\w+)\(([^)]*)\)", joined, flags=re.MULTILINE)
    argument = re.compile(r"(?:Optional )?\w+")
    return {name: argument.findall(re.sub(r" As \w+", "", rest)) for name, rest in found}


EXPECTED = {
    name: [f"Optional {one.name}" if one.optional else one.name for one in function.arguments]
    for name, function in FUNCTIONS.items()
}
"""The arguments of every function of the catalogue, as `signatures` reads them."""


def check_text(name: str, text: str) -> None:
    """Assert that VBA takes a module's text: its head, line ends, letters and lengths."""
    assert text.startswith(f'Attribute VB_Name = "{name}"\r\nOption Explicit\r\n')
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    text.encode("cp1252")  # the code page of the project
    assert max(len(line) for line in text.split("\r\n")) <= 1023
    for run in re.findall(r"(?:[^\r\n]* _\r\n)+", text):
        assert run.count(" _\r\n") <= 24, run
