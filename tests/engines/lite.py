"""The module that a workbook carries for xlwings Lite, run in a plain Python of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xl_cryptoai_lite
from shipped import MODEL

from xl_cryptoai.forecast import Model

SOURCE = xl_cryptoai_lite.lite_module(MODEL)

# Stands where xlwings does and records what the decorators are told; ours cannot be imported.
HOST = """
import json, sys, types
given = json.load(sys.stdin)
sys.path.append(given["numpy"])

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("xl_cryptoai"):
            raise ImportError(f"{name} is imported")

class XlwingsError(Exception):
    pass

class JsNull:
    pass

def mark(field):
    def decorator(*told, **more):
        def note(function):
            function.__dict__.setdefault(field, []).append([list(told), more])
            return function
        return note
    return decorator

sys.meta_path.insert(0, Refuse())
xlwings = types.ModuleType("xlwings")
xlwings.XlwingsError = XlwingsError
xlwings.func, xlwings.arg, xlwings.ret = mark("func"), mark("arg"), mark("ret")
sys.modules["xlwings"] = xlwings
before = set(sys.modules)
main = types.ModuleType("main")
sys.modules["main"] = main
exec(compile(given["source"], "main.py", "exec"), main.__dict__)

def cells(raw):
    if isinstance(raw, list):
        return [cells(item) for item in raw]
    return JsNull() if raw == "<null>" else raw

def asked(name, raw):
    try:
        return ["answer", getattr(main, name)(*cells(raw))]
    except XlwingsError as refusal:
        return ["refusal", str(refusal)]

json.dump({
    "functions": {
        name: [thing.func, thing.arg, thing.ret, thing.__doc__]
        for name, thing in vars(main).items() if isinstance(getattr(thing, "func", None), list)
    },
    "packages": sorted({name.partition(".")[0] for name in set(sys.modules) - before}),
    "answers": [asked(name, raw) for name, raw in given["calls"]],
}, sys.stdout)
"""


def python_name(function: str) -> str:
    return function.partition("_")[2].lower()


def run(calls: Sequence[tuple[str, Sequence[Any]]], model: Model = MODEL) -> dict[str, Any]:
    """Load the module where ours cannot be imported, and ask it: answers and refusals."""
    given = {
        "source": xl_cryptoai_lite.lite_module(model),
        "numpy": str(Path(np.__file__).parents[1]),
        "calls": [[python_name(name), cells] for name, cells in calls],
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", HOST],
        input=json.dumps(given), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
