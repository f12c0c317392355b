"""How many slips in a workbook the audit finds, at the very cell, beside another auditor.

    python benchmarks/mutations.py --places 20 --route plain
    python benchmarks/mutations.py                  # every route; takes an hour on two cores

Every kind of slip (benchmarks/slips.py) is made at random places, seeded; the workbook is computed
anew by an embedded spreadsheet, saved and audited. Found means: a finding of a fitting rule at the
cell, or the row for structural slips. Precision is the part of all findings that lie where the slip
changed something. Then come clean workbooks and legitimate edits, in which nothing may be found.
The peer is `spreadsheet-auditor`, if its command is there (--peer PATH, or on the path).
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import openpyxl
from lxml import etree
from openpyxl.utils import get_column_letter

from benchmarks.slips import (
    CATALOGUE,
    KINDS,
    NUMBERS,
    WITHOUT_CALCULATION,
    Slip,
    find,
    put,
    text_of,
)
from xl_cryptoai.audit.standard import run_audit
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.calculate import calculate, saved

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SEED = 20301

Spot = tuple[str, int, int]
"""Sheet, row and column of a cell."""


@dataclass(frozen=True)
class Outcome:
    """What an audit made of one slip: whether it was found, findings in all, those in place."""

    kind: str
    route: str
    found: bool
    findings: int
    right: int
    peer_found: bool | None = None
    peer_findings: int = 0
    peer_right: int = 0
    told: str = ""


@lru_cache
def clean(route: str) -> bytes:
    """Build a route's workbook."""
    return build(route)


@lru_cache
def clean_values(route: str) -> dict[str, list[list[Any]]]:
    """Give the stored values of a clean workbook."""
    book = openpyxl.load_workbook(io.BytesIO(clean(route)), data_only=True)
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book.worksheets}


@lru_cache
def clean_contents(route: str) -> dict[Spot, Any]:
    """Give what stands in every cell of a clean workbook."""
    return contents(openpyxl.load_workbook(io.BytesIO(clean(route))))


def mutated(kind: str, route: str, number: int) -> tuple[bytes, Slip, set[str]]:
    """Make one slip; give the file, what was done and all cells that it changed."""
    rng = random.Random(f"{SEED} {kind} {route} {number}")
    book: Any = openpyxl.load_workbook(io.BytesIO(clean(route)))
    slip = KINDS[kind](book, rng)
    before, after = clean_contents(route), contents(book)
    changed = {at for at in before.keys() | after.keys() if before.get(at) != after.get(at)}
    told = {f"{sheet}!{get_column_letter(column)}{row}" for sheet, row, column in changed}
    content = saved(book)
    values = (
        clean_values(route)
        if kind in WITHOUT_CALCULATION
        else calculate(book, ROUTES[route], content)
    )
    return with_values(book, content, values), slip, told | slip.cells


def contents(book: Any) -> dict[Spot, Any]:
    """Give what stands in every cell."""
    return {
        (sheet.title, *at): text_of(cell) or cell.value
        for sheet in book.worksheets
        for at, cell in sheet._cells.items()
        if cell.value is not None
    }


def with_values(book: Any, content: bytes, values: dict[str, list[list[Any]]]) -> bytes:
    """Put values into the formula cells of a saved workbook, as a spreadsheet saves it."""
    out = io.BytesIO()
    parts = {f"xl/worksheets/sheet{n}.xml": s.title for n, s in enumerate(book.worksheets, 1)}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name in parts:
                part = _with_values(part, values.get(parts[name], []))
            new.writestr(name, part)
    return out.getvalue()


def _with_values(part: bytes, rows: list[list[Any]]) -> bytes:
    root = etree.fromstring(part)
    for cell in root.iter(f"{MAIN}c"):
        if cell.find(f"{MAIN}f") is None:
            continue
        row, column = openpyxl.utils.cell.coordinate_to_tuple(cell.get("r"))
        line = rows[row - 1] if len(rows) >= row else []
        value = line[column - 1] if len(line) >= column else None
        for old in cell.findall(f"{MAIN}v"):
            cell.remove(old)
        cell.attrib.pop("t", None)
        if isinstance(value, bool):
            cell.set("t", "b")
            value = int(value)
        elif isinstance(value, str) or value is None:
            is_error = str(value or "").startswith("#")
            cell.set("t", "e" if is_error else "str")
        etree.SubElement(cell, f"{MAIN}v").text = "" if value is None else str(value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def audited(content: bytes) -> list[tuple[str, str]]:
    """Audit a file; give rule and cell of every finding."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        results = run_audit(Path(file.name))
    return [(result.rule.id, f.cell) for result in results for f in result.findings]


def peer_audited(content: bytes, peer: str) -> list[tuple[str, str]]:
    """Let the peer audit a file; give rule and cell of every finding."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(content)
        command = [peer, str(path), "--format", "json", "--fail-on", "None"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    try:
        found = json.loads(run.stdout)["findings"]
    except (ValueError, KeyError):
        return []
    return [(f["rule_id"], place) for f in found for place in f.get("members") or [f["location"]]]


def _covers(cell: str, wanted: set[str]) -> bool:
    """Tell whether a finding's place is one of those wanted, or an area that has one in it."""
    cell = cell.replace("'", "").replace("$", "")
    if cell in wanted:
        return True
    sheet, mark, area = cell.rpartition("!")
    if ":" not in area or not mark or area.replace(":", "").isalpha():
        return False
    ends = area.split(":")
    if all(end.isdigit() for end in ends):
        area = f"A{ends[0]}:ZZ{ends[1]}"
    try:
        left, top, right, bottom = openpyxl.utils.range_boundaries(area)
    except (ValueError, TypeError):
        return False
    for one in wanted:
        title, _, at = one.rpartition("!")
        if title == sheet and at and ":" not in at:
            row, column = openpyxl.utils.cell.coordinate_to_tuple(at)
            if top <= row <= bottom and left <= column <= right:
                return True
    return False


def try_one(job: tuple[str, str, int], peer: str = "") -> Outcome:
    """Make one slip and audit it."""
    kind, route, number = job
    content, slip, changed = mutated(kind, route, number)
    findings = audited(content)
    found = any(cell in slip.cells and rule in slip.rules for rule, cell in findings)
    right = [f for f in findings if _covers(f[1], changed)]
    wrong = [f for f in findings if f not in right][:3]
    told = f"{sorted(slip.cells)[:3]} {'' if found else findings[:4]} stray {wrong}"
    outcome = (kind, route, found, len(findings), len(right))
    if not peer:
        return Outcome(*outcome, told=told)
    others = peer_audited(content, peer)
    base = {*peer_clean(route, peer)}
    others = [f for f in others if f not in base]
    near = [f for f in others if _covers(f[1], changed)]
    hit = any(_covers(cell, slip.cells) for _, cell in others)
    return Outcome(*outcome, hit, len(others), len(near), told)


@lru_cache
def peer_clean(route: str, peer: str) -> tuple[tuple[str, str], ...]:
    """Give what the peer finds on a clean workbook: it is not counted against it above."""
    return tuple(peer_audited(clean(route), peer))


def legitimate(job: tuple[str, int]) -> tuple[str, list[tuple[str, str]]]:
    """Edit a workbook as it is meant to be edited; give what the audit finds."""
    route, number = job
    rng = random.Random(f"{SEED} legitimate {route} {number}")
    book: Any = openpyxl.load_workbook(io.BytesIO(clean(route)))
    what = []
    for name in rng.sample(NUMBERS[2:], rng.randint(0, 4)):
        entry = CATALOGUE[name]
        low, high = (max(entry.lower, entry.base * 0.7), min(entry.upper, entry.base * 1.2))
        put(find(book, "Assumptions", name, "Override"), rng.uniform(low, high))
        what.append(name)
    sheet, _, at = book.defined_names["scenario"].attr_text.rpartition("!")
    book[sheet.strip("'")][at.replace("$", "")] = choice = rng.choice(["Bear", "Base", "Bull"])
    if rng.random() < 0.5:
        note = openpyxl.comments.Comment("Asked the client: keep", "A. Analyst")
        find(book, "Assumptions", rng.choice(NUMBERS), "Override").comment = note
    for row in range(7, 7 + rng.randint(0, 3)):
        for column, text in enumerate(("2026-03-01", "A. Analyst", "override", "survey"), 1):
            book["Change log"].cell(row, column).value = text
    content = saved(book)
    content = with_values(book, content, calculate(book, ROUTES[route], content))
    return f"{choice} {what}", audited(content)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print its tables; 1 if a slip is missed or a finding is false."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=20)
    parser.add_argument("--route", choices=[*ROUTES], action="append")
    parser.add_argument("--kind", choices=[*KINDS], action="append")
    parser.add_argument("--edits", type=int, default=200, help="legitimate edits in all")
    parser.add_argument("--peer", default=shutil.which("spreadsheet-auditor") or "")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    given = parser.parse_args(arguments)
    routes, peer = given.route or [*ROUTES], "" if given.no_peer else given.peer
    if not peer:
        print("The peer is left out: its command spreadsheet-auditor is not there, or --no-peer.")
    start = time.perf_counter()
    jobs = [(k, r, n) for k in given.kind or KINDS for r in routes for n in range(given.places)]
    edits = [(routes[n % len(routes)], n) for n in range(given.edits)]
    with multiprocessing.Pool(given.processes) as pool:
        outcomes = list(pool.imap_unordered(partial(try_one, peer=peer), jobs, chunksize=4))
        legal = list(pool.imap_unordered(legitimate, edits, chunksize=4))
    false_clean = {route: audited(clean(route)) for route in routes}
    for line in report(outcomes, legal, false_clean):
        print(line)
    if peer:
        for route in routes:
            print(f"peer, clean {route}: {len(peer_clean(route, peer))} findings")
    print(f"{len(jobs)} slips, {len(edits)} edits in {time.perf_counter() - start:.0f} s")
    bad = [*(o for o in outcomes if not o.found), *(f for _, f in legal if f)]
    return 1 if bad or any(false_clean.values()) else 0


def report(
    outcomes: list[Outcome],
    legal: list[tuple[str, list[tuple[str, str]]]],
    false_clean: dict[str, list[tuple[str, str]]],
) -> Iterator[str]:
    """Give the lines of the tables."""
    yield f"{'kind':24}{'recall':>10}{'precision':>11}{'peer recall':>13}{'precision':>11}"
    for kind in [*dict.fromkeys(o.kind for o in outcomes), ""]:
        mine = [o for o in outcomes if kind in ("", o.kind)]
        found = f"{sum(o.found for o in mine)}/{len(mine)}"
        line = f"{kind or 'all':24}{found:>10}{_part(mine, 'right', 'findings'):>11}"
        if mine[0].peer_found is not None:
            theirs = f"{sum(bool(o.peer_found) for o in mine)}/{len(mine)}"
            line += f"{theirs:>13}{_part(mine, 'peer_right', 'peer_findings'):>11}"
        yield line
    for o in outcomes:
        if not o.found:
            yield f"missed: {o.kind} on {o.route}: {o.told}"
    strays = [o for o in outcomes if o.right < o.findings]
    for o in strays[:30]:
        yield f"stray: {o.kind} on {o.route} {o.findings - o.right} of {o.findings}: {o.told}"
    for route, findings in false_clean.items():
        yield f"clean {route}: {len(findings)} findings {findings[:3]}"
    wrong = [(what, findings) for what, findings in legal if findings]
    yield f"legitimate edits with findings: {len(wrong)} of {len(legal)} {wrong[:3]}"


def _part(outcomes: list[Outcome], right: str, of: str) -> str:
    total = sum(getattr(o, of) for o in outcomes)
    return f"{sum(getattr(o, right) for o in outcomes) / total:.1%}" if total else "-"


if __name__ == "__main__":
    sys.exit(main())
