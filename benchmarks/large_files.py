"""Large but honest workbooks: what each command makes of them, and what that costs.

    python benchmarks/large_files.py [--file NAME] [--command NAME]

Each is our plain template with one large sheet beside ours. Printed are, for each command in a
process of its own from the interpreter's start on, its exit code (2: refused, with a sentence),
seconds of CPU and the peak memory in MB. A command may take 10 s and 300 MB, a refusal 1 s.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "workbooks" / "crypto_ai_revenue_plain.xlsx"
SECONDS, MEGABYTES, REFUSED_SECONDS = 10.0, 300.0, 1.0
COMMANDS = {
    "read": ["H"], "audit": ["H"], "textconv": ["H"], "trace": ["H", "total"], "diff": ["A", "H"],
    "merge": ["A", "H", "A", "--out", "OUT"],
}  # fmt: skip
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LAST = 1_048_576


class Large(NamedTuple):
    """A large sheet.

    Attributes
    ----------
    rows : iterator of str
        Its rows as XML.
    texts : int
        How many different texts its cells share.
    """

    rows: Iterator[str]
    texts: int = 0


def _row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _texts() -> Large:
    """740,000 different texts, ten a row."""
    rows = (
        _row(row + 1, *(f'<c t="s"><v>{row * 10 + n}</v></c>' for n in range(10)))
        for row in range(74_000)
    )
    return Large(rows, 740_000)


def _formulas() -> Large:
    """266,000 formulas beside 38,000 numbers: seven a row that depend on each other."""
    words = "A{r}*2 B{r}+A{r} C{r}-B{r}/2 SUM(A{r}:D{r}) E{r}*A$1 IF(F{r}&gt;0,F{r},0) G{r}+1"
    texts = words.split(" ")

    def row(r: int) -> str:
        a = float(r)
        b, c = 2 * a, 3 * a
        d = c - b / 2
        f = a + b + c + d
        values = (b, c, d, f, f, f, f + 1)
        cells = (
            f"<c><f>{text.format(r=r)}</f><v>{value!r}</v></c>"
            for text, value in zip(texts, values, strict=True)
        )
        return _row(r, f"<c><v>{a}</v></c>", *cells)

    return Large(map(row, range(1, 38_001)))


def _last_row() -> Large:
    """Content in the last row, and formulas over whole columns and rows."""
    said = ("SUM(A:A)", "COUNTBLANK(A:A)", "VLOOKUP(2,A:B,2,FALSE)", "SUMIF(A:A,\"&gt;1\",B:B)",
            "SUM(1:1)", "MATCH(3,A:A,0)", "A:A A5", "SUMPRODUCT(A1:A9,B1:B9)")  # fmt: skip
    values = (6, LAST - 3, 20, 50, 1, LAST, 0, 10)
    formulas = [
        f'<c r="{chr(68 + n)}5"><f>{text}</f><v>{value}</v></c>'
        for n, (text, value) in enumerate(zip(said, values, strict=True))
    ]
    rows = [
        _row(1, "<c><v>1</v></c>", "<c><v>10</v></c>"),
        _row(2, "<c><v>2</v></c>", "<c><v>20</v></c>"),
        _row(5, *formulas),
        _row(LAST, "<c><v>3</v></c>", "<c><v>30</v></c>"),
    ]
    return Large(iter(rows))


def _blocks() -> Large:
    """Eight blocks of 14,900 cells, an empty column between them: a comparison with blocks more."""
    columns = "ACEGIKMO"
    rows = (
        _row(r, *(f'<c r="{column}{r}"><v>{r * n}</v></c>' for n, column in enumerate(columns, 1)))
        for r in range(1, 14_901)
    )
    return Large(rows)


FILES: dict[str, Callable[[], Large]] = {
    "740,000 texts": _texts, "266,000 formulas": _formulas, "last row": _last_row,
    "8 blocks": _blocks,
}  # fmt: skip


def make(path: Path, sheet: Callable[[], Large]) -> None:
    """Write the template with a large sheet more."""
    with zipfile.ZipFile(TEMPLATE) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    large = sheet()
    _add(
        parts,
        "worksheet",
        f"<worksheet xmlns='{MAIN}'><sheetData>",
        large.rows,
        "</sheetData></worksheet>",
    )
    texts = (f"<si><t>text {number:,} of many</t></si>" for number in range(large.texts))
    _add(parts, "sharedStrings", f"<sst xmlns='{MAIN}'>", texts, "</sst>")
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</sheets>",
        f"<sheet xmlns:l='{KINDS}' name='Large' sheetId='99' l:id='worksheet'/></sheets>".encode(),
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _add(parts: dict[str, bytes], kind: str, start: str, inside: Iterator[str], end: str) -> None:
    """Add a part and the workbook's relationship to it."""
    links = "xl/_rels/workbook.xml.rels"
    parts[f"xl/large/{kind}.xml"] = "".join((start, *inside, end)).encode()
    link = f"<Relationship Id='{kind}' Type='{KINDS}/{kind}' Target='large/{kind}.xml'/>"
    end_of_links = "</Relationships>"
    parts[links] = parts[links].replace(end_of_links.encode(), (link + end_of_links).encode())


def run(words: list[str]) -> tuple[int, float, float, str]:
    """Run a command; its exit code, CPU seconds, MB and what it said at last."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "xl_cryptoai", *words],
            stdout=subprocess.DEVNULL, stderr=said, cwd=ROOT,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read().decode().splitlines()
    return (
        process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
        lines[-1] if lines else "",
    )  # fmt: skip


def large_files(names: list[str], commands: list[str]) -> int:
    """Run commands on large files, print what they cost and return how many were over a limit."""
    print(f"{'':20}{'command':10}{'code':>5}{'CPU s':>8}{'MB':>6}")
    over = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = Path(folder) / "large.xlsx"
            # a process of its own: what it takes would be counted for every command after it
            maker = multiprocessing.Process(target=make, args=(path, FILES[name]))
            maker.start()
            maker.join()
            for command in commands:
                out = Path(folder) / "out.xlsx"
                out.unlink(missing_ok=True)
                places = {"H": str(path), "A": str(TEMPLATE), "OUT": str(out)}
                words = [places.get(word, word) for word in COMMANDS[command]]
                code, seconds, megabytes, said = run([command, *words])
                most = REFUSED_SECONDS if code == 2 else SECONDS
                is_over = code not in (0, 1, 2) or seconds > most or megabytes > MEGABYTES
                over += is_over
                mark = "  over" if is_over else ""
                print(
                    f"{name:20}{command:10}{code:5}{seconds:8.1f}{megabytes:6.0f}{mark}", flush=True
                )
                if code > 1:
                    print(f"  {said.replace(str(path), 'FILE')[:150]}", flush=True)
    return over


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", choices=[*FILES], action="append")
    parser.add_argument("--command", choices=[*COMMANDS], action="append")
    given = parser.parse_args()
    sys.exit(bool(large_files(given.file or [*FILES], given.command or [*COMMANDS])))
