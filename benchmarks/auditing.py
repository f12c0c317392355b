"""What an audit costs: of one of our workbooks, and of somebody else's with 100,000 formulas.

    python benchmarks/auditing.py

Each audit is the command `xl-cryptoai audit` in a process of its own, from the interpreter's start
on, and its byte code is kept as an installation keeps it; --runs of ours are made. Printed are
seconds of computing (on a machine that others use as well, the clock tells little), the peak memory
and the ratio of both to their limits; of several runs it is the median that is held to them. The
other workbook is made here: sales of five regions, eight formulas a row, every value stored. Ours
is audited with a large pivot cache in it as well, which must cost nothing.
`spreadsheet-auditor` is given the same file, if its command is there (--peer PATH, or on the path),
for at most --patience seconds by the clock.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import openpyxl

from benchmarks.peer import COMMAND, SETTINGS

LIMITS = {"ours": (2.0, 200.0), "pivot": (2.0, 200.0), "foreign": (3.0, 150.0)}
"""Seconds and megabytes; `pivot` is ours with a pivot table's cache beside it."""
CACHE = 50_000_000
"""Bytes of that cache, unpacked."""
REGIONS, ROWS = 5, 2_500
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

AUDIT = """
import sys
from xl_cryptoai.cli import run
sys.argv = ["xl-cryptoai", "audit", *sys.argv[1:]]
try:
    run()
except SystemExit as ended:
    print("exit code", ended.code)
"""
PEER = """
import sys
from spreadsheet_auditor.cli import main
main([sys.argv[1], "--config", sys.argv[2], "--fail-on", "None", "--summary"])
"""
COST = """
import time
from pathlib import Path
file = Path("/proc/self/status")
lines = file.read_text().splitlines() if file.exists() else []
peak = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)
print(time.process_time(), peak)
"""


def foreign_workbook(path: Path) -> int:
    """Write a workbook of sales as a spreadsheet saves it; give how many formulas it has."""
    book: Any = openpyxl.Workbook()
    book.active.title = "Region 1"
    for number in range(2, REGIONS + 1):
        book.create_sheet(f"Region {number}")
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for number in range(1, REGIONS + 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(number).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return REGIONS * ROWS * 8


def add_pivot_cache(path: Path, out: Path) -> None:
    """Copy a workbook and put the cache of a pivot table into it, as Excel saves one."""
    shutil.copy(path, out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        part = archive.open("xl/pivotCache/pivotCacheRecords1.xml", "w", force_zip64=True)
        with part:
            part.write(f'<pivotCacheRecords xmlns="{MAIN}">'.encode())
            written = 0
            while written < CACHE:
                part.write(record := f'<r><n v="{written * 7919 % 99991}"/><x v="3"/></r>'.encode())
                written += len(record)
            part.write(b"</pivotCacheRecords>")


def _sheet(number: int) -> str:
    lines, running = [], 0.0
    for row in range(1, ROWS + 1):
        price, pieces = 5.0 + (row * 37 + number) % 90, float((row * 53) % 400 + 1)
        sales, tax = price * pieces, price * pieces * 0.2
        costs = pieces * 3 + row % 7
        running += sales
        above = f"G{row - 1}+" if row > 1 else ""
        cells = [
            (f"A{row}*B{row}", sales),
            (f"C{row}/5", tax),
            (f"C{row}+D{row}", sales + tax),
            (f"B{row}*3+MOD(ROW(),7)", costs),
            (f"{above}C{row}", running),
            (f"SUM(C{row}:D{row})-F{row}", sales + tax - costs),
            (f'IF(H{row}>0,"gain","loss")', "gain" if sales + tax > costs else "loss"),
            (
                f"ROUND(H{row}/MAX(C{row},1),2)",
                math.floor((sales + tax - costs) / max(sales, 1) * 100 + 0.5) / 100,
            ),
        ]
        line = f'<c r="A{row}"><v>{price}</v></c><c r="B{row}"><v>{pieces}</v></c>'
        for letter, (formula, value) in zip("CDEFGHIJ", cells, strict=True):
            kind = ' t="str"' if isinstance(value, str) else ""
            text = formula.replace(">", "&gt;")
            line += f'<c r="{letter}{row}"{kind}><f>{text}</f><v>{value}</v></c>'
        lines.append(f'<row r="{row}">{line}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


class Cost(NamedTuple):
    """Seconds of computing, peak megabytes, and what the program said in its last line."""

    seconds: float
    megabytes: float
    said: str


def measured(command: list[str], patience: float, cache: Path) -> Cost:
    """Run a program whose byte code is kept in a folder."""
    own = {**os.environ, "PYTHONPYCACHEPREFIX": str(cache)}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=patience, check=True, env=own
    )
    *said, cost = run.stdout.splitlines()
    seconds, megabytes = map(float, cost.split())
    return Cost(seconds, megabytes, said[-1] if said else "")


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 if an audit takes more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", default=shutil.which(COMMAND) or "")
    parser.add_argument("--patience", type=float, default=300.0)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / f"{name}.xlsx" for name in LIMITS}
        from xl_cryptoai.workbook import build

        paths["ours"].write_bytes(build("office"))
        add_pivot_cache(paths["ours"], paths["pivot"])
        count = foreign_workbook(paths["foreign"])
        print(f"foreign: {count:,} formulas, {paths['foreign'].stat().st_size / 1e6:.1f} MB")
        kept = [
            _audited(name, path, 1 if name == "foreign" else given.runs)
            for name, path in paths.items()
        ]
        if given.peer:
            _print_peer(given.peer, paths["foreign"], given.patience)
    return 0 if all(kept) else 1


def _audited(name: str, path: Path, runs: int) -> bool:
    """Audit a file and print what that took; tell whether it kept its limits."""
    command, cache = [sys.executable, "-c", AUDIT + COST, str(path)], path.with_name("cache")
    if not cache.exists():
        measured(command, 600, cache)  # fills the cache
    costs = sorted(measured(command, 600, cache) for _ in range(runs))
    seconds = statistics.median(cost.seconds for cost in costs)
    megabytes = max(cost.megabytes for cost in costs)
    limits = LIMITS[name]
    spread = f", {costs[0].seconds:.2f} to {costs[-1].seconds:.2f} s" if runs > 1 else ""
    print(
        f"{name:8} {seconds:6.2f} s (limit {limits[0]:g} s, {seconds / limits[0]:.0%}{spread}), "
        f"{megabytes:4.0f} MB (limit {limits[1]:g} MB, {megabytes / limits[1]:.0%}), "
        f"{costs[0].said}"
    )
    return seconds <= limits[0] and megabytes <= limits[1]


def _print_peer(peer: str, path: Path, patience: float) -> None:
    python = shutil.which("python", path=str(Path(peer).absolute().parent))
    if python is None:
        print(f"peer: no python stands beside {peer}")
        return
    settings = path.with_name("settings.json")
    settings.write_text(json.dumps(SETTINGS))
    script = PEER + COST
    try:
        command = [python, "-c", script, str(path), str(settings)]
        cost = measured(command, patience, path.with_name("peers_cache"))
    except subprocess.TimeoutExpired:
        print(f"peer     more than {patience:g} s")
        return
    print(f"peer     {cost.seconds:6.2f} s, {cost.megabytes:4.0f} MB, without recalculation")


if __name__ == "__main__":
    sys.exit(main())
