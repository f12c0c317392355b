"""Hostile workbooks and odd calls: what they do to the commands and to the functions.

    python benchmarks/hostile.py [--files 1000] [--calls 100000] [--first 0]

Every file is read by each command in a process of its own, which may take 10 s of CPU and 300 MB
(a file that is refused: what it takes to start, and 1 s). Files are made from numbers, so that
one can be made again: tests/hostile_files.py.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command sets it, before numpy comes
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "udfs")]

from hostile_files import hostile  # noqa: E402

from xl_cryptoai import Forecast, load_assumptions  # noqa: E402
from xl_cryptoai.cli import PROGRAM_FAULT, main  # noqa: E402
from xl_cryptoai.errors import CryptoAIError  # noqa: E402
from xl_cryptoai.forecast import shipped_model  # noqa: E402
from xl_cryptoai.functions import functions_of  # noqa: E402

FUNCTIONS = functions_of(shipped_model())

TEMPLATES = sorted((ROOT / "workbooks").glob("*.xlsx"))
SECONDS, MEGABYTES, REFUSED_SECONDS = 10.0, 300.0, 1.0
MOST_SECONDS = 60
"""CPU seconds after which a command is ended."""
COMMANDS = (
    ["read", "H"], ["audit", "H"], ["textconv", "H"], ["trace", "H", "total"], ["diff", "A", "H"],
    ["merge", "A", "H", "A", "--out", "OUT"],
)  # fmt: skip
ODD = (
    None, "", " ", True, False, 0, -0.0, 1, 1e308, -1e308, float("inf"), float("nan"), 10**400,
    "x", "#N/A", "ai_penetration", "x" * 300, "\ud800", -2146826281, [], [[]], [[1, 2], [3]],
    [[None]], {"type": "Error", "kind": "Div"}, {"type": "FormattedNumber", "basicValue": "x"},
    {"type": []}, b"x", object, [0.5] * 20, [["ai_penetration", 0.5]], 0.5, 2030,
)  # fmt: skip
"""What hosts, and others, hand over as an argument."""
BASE = Forecast()
VALID: dict[str, Any] = {
    **BASE.values_by_id,
    "ids": [[name] for name in load_assumptions()],
    "values": [[BASE[name]] for name in load_assumptions()],
    "id": "ai_penetration", "target": 20e9, "draws": 128, "seed": 1, "method": "plain",
    "threshold": 10e9, "bins": 5, "x": "ai_penetration", "xs": [[0.2], [0.3]],
    "y": "crypto_software_share", "ys": [[0.01], [0.02]],
    "distributions": [["ai_penetration", "pert", 0.1, 0.3, 0.5]], "correlations": None,
}  # fmt: skip
"""An argument that is in order, by its name."""


class Answer(NamedTuple):
    """What came of a command: exit code or fault, CPU seconds, the process's MB, what it said."""

    code: Any
    seconds: float
    megabytes: float
    words: str


def _alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in a process of its own, which has the imports of this one."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def answer() -> None:
        # by the processor's time: on a busy machine an honest answer may take minutes
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        theirs.send(work(*arguments))

    process = context.Process(target=answer)
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(10 * MOST_SECONDS) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def _make(number: int, path: Path) -> bool:
    with zipfile.ZipFile(TEMPLATES[number % len(TEMPLATES)]) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return bool(path.write_bytes(hostile(number, parts)))


def _run(words: list[str]) -> Answer:
    start = time.process_time()
    errors = io.StringIO()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
            code: Any = main(words)
    except BaseException as error:  # whatever it is, it is the answer
        code = f"{type(error).__name__}: {error}"
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Answer(code, time.process_time() - start, used, errors.getvalue()[-200:])


def _words(command: list[str], path: Path, template: Path) -> list[str]:
    places = {"H": str(path), "A": str(template), "OUT": str(path.parent / "out.xlsx")}
    return [places.get(word, word) for word in command]


def ask(number: int) -> list[Answer]:
    """Make a hostile file and run each command on it, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path, template = Path(folder) / "hostile.xlsx", TEMPLATES[number % len(TEMPLATES)]
        _alone(_make, number, path)
        return [
            _alone(_run, _words(command, path, template))
            or Answer(f"no answer within {MOST_SECONDS} s, or killed", MOST_SECONDS, 0.0, "")
            for command in COMMANDS
        ]


def files(count: int, first: int, *, limits: bool = True) -> int:
    """Ask every command about every file and print what was found; return the faults.

    Without limits, time and memory are printed, but are no faults.
    """
    print(f"{count:,} hostile files, {len(COMMANDS)} commands")
    seen: Counter[str] = Counter()
    worst = {"seconds": (0.0, ""), "seconds of a refusal": (0.0, ""), "MB": (0.0, "")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "whole.xlsx"
        path.write_bytes(TEMPLATES[0].read_bytes())
        for command in COMMANDS:  # so that what they import is imported once, here
            _run(_words(command, path, TEMPLATES[0]))
    workers = ProcessPoolExecutor(2, multiprocessing.get_context("fork"))
    numbers = range(first, first + count)
    for number, answers in zip(numbers, workers.map(ask, numbers), strict=True):
        for words, (code, seconds, used, error) in zip(COMMANDS, answers, strict=True):
            name = f"file {number}, {words[0]}"
            refused = code == 2
            faults = [
                f"code {code} {error.strip()}" * (code not in (0, 1, 2) or "Traceback" in error),
                f"{seconds:.1f} s"
                * (limits and seconds > (REFUSED_SECONDS if refused else SECONDS)),
                f"{used:.0f} MB" * (limits and used > MEGABYTES),
            ]
            key = "seconds of a refusal" if refused else "seconds"
            worst[key] = max(worst[key], (seconds, name))
            worst["MB"] = max(worst["MB"], (used, name))
            seen["refused" if refused else "read"] += 1
            seen["fault of the program" if code == PROGRAM_FAULT else "as asked"] += 1
            for fault in filter(None, faults):
                seen["over a limit or unforeseen"] += 1
                print(f"  {name}: {fault}", flush=True)
        if (number + 1) % 50 == 0:  # so that a run that is stopped has figures
            print(f"  files {first} to {number}: {dict(seen)}", flush=True)
    for word, (figure, name) in worst.items():
        print(f"  most {word}: {figure:.2f} ({name})")
    print(f"  {dict(seen)}")
    return seen["over a limit or unforeseen"]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def calls(count: int) -> int:
    """Call functions with odd arguments; whatever is no sentence of ours is a fault."""
    draw, seen = random.Random(1), Counter[str]()
    quick = [function for name, function in FUNCTIONS.items() if name not in ("CAI_SENSITIVITY",)]
    for _ in range(count):
        function = draw.choice(quick)
        arguments = [
            draw.choice(ODD) if draw.random() < 0.3 else _plain(VALID.get(argument.name))
            for argument in function.arguments
        ]
        if draw.random() < 0.1:
            arguments[draw.randint(0, len(arguments)) :] = [draw.choice(ODD)]
        try:
            function(*arguments)
            seen["answered"] += 1
        except CryptoAIError as error:
            seen["refused"] += 1
            if "unexpectedly" in str(error) or len(str(error)) > 1_000:
                seen["faults"] += 1
                print(f"  {function.name}{tuple(arguments)!r:.200}: {str(error)[:200]}")
        except Exception as error:  # whatever else it is, it is a fault: this is what is looked for
            seen["faults"] += 1
            print(f"  {function.name}{tuple(arguments)!r:.200}: {type(error).__name__}")
    print(f"{count:,} calls: {dict(seen)}")
    return seen["faults"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    given = parser.parse_args()
    sys.exit(bool(calls(given.calls) + files(given.files, given.first)))
