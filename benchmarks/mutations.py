"""How many injected errors in a workbook the audit finds, at the very cell, beside another auditor.

    python benchmarks/mutations.py --places 4 --route plain
    python benchmarks/mutations.py --keep measured.jsonl   # every route: an hour on two cores
    python benchmarks/mutations.py --places 1 --saved-by all
    XL_CRYPTOAI_MODEL=my-model python benchmarks/mutations.py --places 1   # of an own model

Every kind of error (benchmarks/injected_errors.py) is injected at random places, seeded; the
workbook is computed anew by an embedded spreadsheet, saved and audited. Found means: a finding of a
fitting rule at the cell, or the row for structural errors. Precision is the part of all findings
that lie where the error changed something. Then come clean workbooks and legitimate edits, in which
nothing may be found. The peer is `spreadsheet-auditor`, if its command is there (--peer PATH, or on
the path); it sees the first places of each kind (--peer-places), for it takes longer. With --keep,
what was measured is kept in a file, and a run that was stopped goes on where it stood.

With --saved-by, another program saves each workbook before it is audited: see benchmarks/saves.py.
What the save lost is then printed, a line a rule: it must be warnings, and is no false positive.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import openpyxl

from benchmarks.injected import CATALOGUE, FRACTIONS, MODEL, NUMBERS, SCENARIOS, find, put
from benchmarks.injected_errors import KINDS
from benchmarks.made import SEED, clean, mutated, opened, with_values
from benchmarks.peer import COMMAND, running
from benchmarks.risk_cells import HIGH, LOW, OWN, OWN_SHAPE, SETTINGS, UNCERTAIN, pair_in, row_of
from benchmarks.saves import SAVES
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.findings import ERROR, Finding
from xl_cryptoai.reports.words import what
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.calculate import calculate, saved
from xl_cryptoai.xlsx import Area
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW, whole_columns, whole_rows

Found = tuple[str, str]
"""Rule and cell of a finding."""
GONE = {"openpyxl": {"stale"}}
"""Kinds of which a save leaves nothing: openpyxl drops all stored values, stale ones too."""


class Job(NamedTuple):
    """Kind of error, route, number of the place, and what saves the workbook; "" for nothing."""

    kind: str
    route: str
    number: int
    saved_by: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an audit made of an injected error: whether it was found, and which findings it gave."""

    kind: str
    route: str
    number: int
    saved_by: str
    found: bool
    findings: int
    right: int
    false_positives: tuple[tuple[str, str], ...] = ()
    detail: str = ""
    peer_found: bool | None = None
    peer_findings: int = 0
    peer_right: int = 0


def audited(content: bytes) -> list[Found]:
    """Audit a file; give rule and cell of every finding."""
    return [(rule, cell) for rule, one in _findings(content) for cell in cells_of(one)]


def _findings(content: bytes) -> list[tuple[str, Finding]]:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        results = audit_book(open_book(Path(file.name), model=MODEL))
    return [(result.rule.id, one) for result in results for one in result.findings]


def cells_of(finding: Finding) -> list[str]:
    """List every cell of a finding's area, or its rows, columns or sheets, as if found alone."""
    sheets = dict(finding.facts).get("sheets")
    if isinstance(sheets, tuple) and not finding.sheet:
        return [str(sheet) for sheet in sheets]
    found = []
    for top, left, bottom, right in finding.areas:
        if (top, bottom) == (1, MAX_ROW):
            areas = [whole_columns(column, column) for column in range(left, right + 1)]
        elif (left, right) == (1, MAX_COLUMN):
            areas = [whole_rows(row, row) for row in range(top, bottom + 1)]
        else:
            areas = [Area(*at, *at) for at in Area(top, left, bottom, right).cells()]
        found += [f"{finding.sheet}!{area}" for area in areas]
    return found or [finding.cell]


def saved_by(program: str, content: bytes) -> bytes:
    """Let a program save a workbook, if one is named."""
    return SAVES[program](content) if program else content


@lru_cache
def lost_by(program: str, route: str) -> tuple[tuple[str, Finding], ...]:
    """Return what is found, with its rule, in a clean workbook that a program has saved."""
    return tuple(_findings(saved_by(program, clean(route))))


def found_after(program: str, route: str, content: bytes) -> list[Found]:
    """Audit a file that a program saves; leave out warnings about what the save lost."""
    if not program:
        return audited(content)
    lost = {(rule, one.severity) for rule, one in lost_by(program, route) if _is_warning(one)}
    found = _findings(saved_by(program, content))
    left = ((rule, one) for rule, one in found if (rule, one.severity) not in lost)
    return [(rule, cell) for rule, one in left for cell in cells_of(one)]


def _is_warning(finding: Finding) -> bool:
    return finding.severity != ERROR


def _covers(cell: str, wanted: set[str]) -> bool:
    """Return whether a finding's place is one of those wanted, or an area that has one in it."""
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


def try_one(job: Job, peer: str = "", peer_places: int = 0) -> Outcome:
    """Inject one error and audit it."""
    kind, route, number, program = job
    content, error, changed = mutated(kind, route, number)
    findings = found_after(program, route, content)
    found = any(cell in error.cells and rule in error.rules for rule, cell in findings)
    false_positives = tuple(f for f in findings if not _covers(f[1], changed))
    detail = f"{sorted(error.cells)[:3]}, place {number}, found {findings[:4]}"
    right = len(findings) - len(false_positives)
    outcome = Outcome(
        kind, route, number, program, found, len(findings), right, false_positives, detail
    )
    if not peer or number >= peer_places:
        return outcome
    others = [f for f in running(peer).audit(content) if f not in peer_clean(route, peer)]
    return replace(
        outcome,
        peer_found=any(_covers(cell, error.cells) for _, cell in others),
        peer_findings=len(others),
        peer_right=sum(_covers(cell, changed) for _, cell in others),
    )


@lru_cache
def peer_clean(route: str, peer: str) -> frozenset[tuple[str, str]]:
    """Return what the peer finds on a clean workbook: it is not counted against it above."""
    return frozenset(running(peer).audit(clean(route)))


def legitimate(route: str, number: int, program: str = "") -> tuple[str, list[Found]]:
    """Edit a workbook as it is meant to be edited; give what the audit finds."""
    what, content = edited(route, number)
    return f"{program} {route} {what}", found_after(program, route, content)


@lru_cache(maxsize=1)
def edited(route: str, number: int) -> tuple[str, bytes]:
    """Make a legitimate edit; give what was done, and the file."""
    rng = random.Random(f"{SEED} legitimate {route} {number}")
    book = opened(route)
    what = []
    for name in rng.sample(FRACTIONS, rng.randint(0, 4)):
        entry = CATALOGUE[name]
        low, high = (max(entry.lower, entry.base * 0.7), min(entry.upper, entry.base * 1.2))
        put(find(book, "Assumptions", name, "Override"), rng.uniform(low, high))
        what.append(name)
    own = rng.choice(["Own", "Own", "Downside"])
    for name in rng.sample(FRACTIONS, rng.choice([0, 0, 3])):
        put(find(book, "Assumptions", name, "Own"), CATALOGUE[name].base * rng.uniform(0.7, 1))
        what.append(f"{name} of {own}")
    sheet, _, at = book.defined_names["own_scenario"].attr_text.rpartition("!")
    book[sheet.strip("'")][at.replace("$", "")] = own
    sheet, _, at = book.defined_names["scenario"].attr_text.rpartition("!")
    book[sheet.strip("'")][at.replace("$", "")] = choice = rng.choice([*SCENARIOS, own])
    if rng.random() < 0.5:
        note = openpyxl.comments.Comment("Asked the client: keep", "A. Analyst")
        find(book, "Assumptions", rng.choice(NUMBERS), "Override").comment = note
    for row in range(7, 7 + rng.randint(0, 3)):
        for column, text in enumerate(("2026-03-01", "A. Analyst", "override", "survey"), 1):
            book["Change log"].cell(row, column).value = text
    what += _judged_anew(book, rng)
    content = saved(book)
    content = with_values(book, content, calculate(MODEL, book, ROUTES[route], content))
    return f"{choice} {what}", content


def _judged_anew(book: Any, rng: random.Random) -> list[str]:
    """Change distributions, a correlation and the simulation's settings now and then."""
    what, sheet = [], book["Distributions"]
    if rng.random() < 0.3:
        entry = rng.choice(UNCERTAIN)
        row = row_of(entry.id)
        low, high = sorted((entry.values[LOW], entry.values[HIGH]))
        put(sheet[f"{OWN_SHAPE}{row}"], rng.choice(["triangular", "uniform", "normal", "fixed"]))
        put(sheet[f"{OWN['low']}{row}"], rng.uniform(low, entry.base))
        put(sheet[f"{OWN['high']}{row}"], rng.uniform(entry.base, high))
        what.append(f"{entry.id} drawn otherwise")
    if rng.random() < 0.3:
        put(pair_in(book, rng), round(rng.uniform(-0.6, 0.6), 2))
        what.append("a correlation")
    if rng.random() < 0.3:
        put(sheet[f"C{SETTINGS['draws']}"], rng.choice([1024, 4096, 10_000]))
        put(sheet[f"C{SETTINGS['seed']}"], rng.randint(0, 10**6))
        what.append("draws and seed")
    return what


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print its tables; 1 if an error is missed or a finding is false."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=20)
    parser.add_argument("--route", choices=[*ROUTES], action="append")
    parser.add_argument("--in-turn", action="store_true", help="each kind on one route only")
    parser.add_argument("--kind", choices=[*KINDS], action="append")
    parser.add_argument("--edits", type=int, default=200, help="legitimate edits in all")
    parser.add_argument("--peer", default=shutil.which(COMMAND) or "")
    parser.add_argument("--peer-places", type=int, default=4, help="places the peer sees, a kind")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--saved-by", choices=[*SAVES, "all"], default="")
    parser.add_argument("--keep", type=Path, help="file for what was measured, to go on later")
    given = parser.parse_args(arguments)
    routes, peer = given.route or [*ROUTES], "" if given.no_peer else given.peer
    if not peer:
        print(f"The peer is left out: its command {COMMAND} is not there, or --no-peer.")
    programs = [*SAVES] if given.saved_by == "all" else [given.saved_by]
    start = time.perf_counter()
    jobs = [  # one after the other for each workbook, which is made once
        Job(kind, route, number, program)
        for number in range(given.places)
        for order, kind in enumerate(given.kind or KINDS)
        for route in ([routes[(order + number) % len(routes)]] if given.in_turn else routes)
        for program in programs
        if kind not in GONE.get(program, ())
    ]
    edits = [(routes[n % len(routes)], n, p) for n in range(given.edits) for p in programs]
    with multiprocessing.Pool(given.processes) as pool:
        outcomes = measured(pool, jobs, peer, given.peer_places, given.keep)
        legal = list(zip(edits, pool.starmap(legitimate, edits, chunksize=4), strict=True))
    failed = not all(outcome.found for outcome in outcomes)
    for program in programs:
        if program:
            print(f"\nsaved by {program}")
        edits_saved = [found for (_, _, by), found in legal if by == program]
        untouched = {route: lost_by(program, route) for route in routes}
        for line in report([o for o in outcomes if o.saved_by == program], edits_saved, untouched):
            print(line)
        failed |= any(findings for _, findings in edits_saved)
        failed |= any(false_in_clean(program, found) for found in untouched.values())
    print(f"{len(jobs)} injected errors, {len(edits)} edits in {time.perf_counter() - start:.0f} s")
    if peer:
        for route in routes:
            print(f"peer, clean {route}: {len(peer_clean(route, peer))} findings")
    return 1 if failed else 0


def false_in_clean(program: str, findings: Iterable[tuple[str, Finding]]) -> list[Found]:
    """Return the findings in a clean workbook; but for warnings about what a save lost."""
    return [(rule, f.cell) for rule, f in findings if not (program and _is_warning(f))]


def measured(
    pool: Any, jobs: list[Job], peer: str, peer_places: int, keep: Path | None
) -> list[Outcome]:
    """Try every error that the file has not kept from an earlier run; in the order of the jobs."""
    lines = keep.read_text().splitlines() if keep is not None and keep.exists() else []
    known = [Outcome(**json.loads(line)) for line in lines]
    outcomes = {(o.kind, o.route, o.number, o.saved_by): o for o in known}
    waiting = [job for job in jobs if job not in outcomes]
    work = partial(try_one, peer=peer, peer_places=peer_places)
    for outcome in pool.imap_unordered(work, waiting, chunksize=20):
        outcomes[outcome.kind, outcome.route, outcome.number, outcome.saved_by] = outcome
        if keep is not None:
            with keep.open("a") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")
    return [outcomes[job] for job in jobs]


def report(
    outcomes: list[Outcome],
    legal: list[tuple[str, list[Found]]],
    clean_findings: dict[str, tuple[tuple[str, Finding], ...]],
) -> Iterator[str]:
    """Return the lines of the tables for what one program saved."""
    program = outcomes[0].saved_by
    yield f"{'kind':24}{'recall':>10}{'precision':>11}{'peer recall':>13}{'precision':>11}"
    for kind in [*dict.fromkeys(o.kind for o in outcomes), ""]:
        mine = [o for o in outcomes if kind in ("", o.kind)]
        found = f"{sum(o.found for o in mine)}/{len(mine)}"
        line = f"{kind or 'all':24}{found:>10}{_part(mine, 'right', 'findings'):>11}"
        seen = [o for o in mine if o.peer_found is not None]
        if seen:
            theirs = f"{sum(bool(o.peer_found) for o in seen)}/{len(seen)}"
            line += f"{theirs:>13}{_part(seen, 'peer_right', 'peer_findings'):>11}"
        yield line
    for o in outcomes:
        if not o.found:
            yield f"missed: {o.kind} on {o.route}: {o.detail}"
    false_positives = Counter((o.kind, rule) for o in outcomes for rule, _ in o.false_positives)
    for (kind, rule), count in false_positives.items():
        where = next(o for o in outcomes if o.kind == kind and rule in dict(o.false_positives))
        cell = dict(where.false_positives)[rule]
        example = f"{cell} on {where.route} for {where.detail}"
        yield f"false positive: {kind}: {rule} {count}x, such as {example}"
    for route, findings in clean_findings.items():
        false = false_in_clean(program, findings)
        yield f"clean {route}: {len(false)} false positives {false[:3]}"
        lost = Counter((rule, what(one)) for rule, one in findings if _is_warning(one))
        for (rule, words), count in lost.items():
            yield f"  lost: {words}, {count}x ({rule})"
    wrong = [(what, findings) for what, findings in legal if findings]
    yield f"legitimate edits with findings: {len(wrong)} of {len(legal)} {wrong[:3]}"


def _part(outcomes: list[Outcome], right: str, of: str) -> str:
    total = sum(getattr(o, of) for o in outcomes)
    return f"{sum(getattr(o, right) for o in outcomes) / total:.1%}" if total else "-"


if __name__ == "__main__":
    sys.exit(main())
