"""What building a workbook costs, beside XlsxWriter writing the same cells.

    python benchmarks/building.py

Each builder runs in a process of its own, three times; printed are the least seconds, the peak
memory, and the ratio. Ours also computes every formula, writes the values in, and checks nothing
away; XlsxWriter (pip install xlsxwriter) is given the cells ready made, with their values.
"""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
import time

LIMIT_SECONDS, LIMIT_MEGABYTES = 3.0, 200.0


def build_ours() -> int:
    """Build the office workbook; give its size."""
    from xl_cryptoai.workbook import build

    return len(build("office"))


def build_with_xlsxwriter() -> int:
    """Write the same cells, formulas with values, through XlsxWriter; give the file's size."""
    import openpyxl
    import xlsxwriter

    from xl_cryptoai.workbook import build

    content = build("office")
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    cells = [
        (sheet.title, cell.row - 1, cell.column - 1,
         str(getattr(cell.value, "text", cell.value)), values[sheet.title][cell.coordinate].value)
        for sheet in formulas for row in sheet.iter_rows() for cell in row
        if cell.value is not None
    ]  # fmt: skip
    start = time.perf_counter()
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold = book.add_format({"bold": True, "font_name": "Arial", "font_size": 10})
    sheets = {sheet.title: book.add_worksheet(sheet.title) for sheet in formulas}
    for title, row, column, text, value in cells:
        if text.startswith("="):
            sheets[title].write_formula(row, column, text, bold, value)
        else:
            sheets[title].write(row, column, text, bold)
    book.close()
    print(json.dumps({"seconds": time.perf_counter() - start, "cells": len(cells)}))
    return len(buffer.getvalue())


def measured(builder: str) -> dict[str, float]:
    """Run one builder in a process of its own; give seconds and peak megabytes."""
    script = (
        "import json, resource, sys, time; sys.argv = ['x'];"
        f"sys.path.insert(0, {sys.path[0]!r}); import building;"
        "start = time.perf_counter();"
        f"size = building.{builder}();"
        "seconds = time.perf_counter() - start;"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024;"
        "print(json.dumps({'seconds': seconds, 'megabytes': peak, 'size': size}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {**told[-1], **told[0]}


def main() -> None:
    """Measure both and print the table."""
    ours = min((measured("build_ours") for _ in range(3)), key=lambda run: run["seconds"])
    print(f"ours, imports included: {ours['seconds']:.2f} s (limit {LIMIT_SECONDS} s), "
          f"{ours['megabytes']:.0f} MB (limit {LIMIT_MEGABYTES:.0f} MB)")  # fmt: skip
    if importlib.util.find_spec("xlsxwriter") is None:
        print("XlsxWriter is not installed: pip install xlsxwriter")
        return
    runs = (measured("build_with_xlsxwriter") for _ in range(3))
    theirs = min(runs, key=lambda run: run["seconds"])
    print(f"XlsxWriter, {theirs['cells']:.0f} cells ready made: {theirs['seconds']:.3f} s")
    print(f"ratio: {ours['seconds'] / theirs['seconds']:.1f}")


if __name__ == "__main__":
    main()
