"""`xl-cryptoai merge`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.kinds import fresh_book, route_of
from xl_cryptoai.cli.opening import open_one
from xl_cryptoai.cli.settings import read_pairs
from xl_cryptoai.cli.show import print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import Catalogue
    from xl_cryptoai.assumptions.derivations import Value
    from xl_cryptoai.assumptions.input_fields import Key
    from xl_cryptoai.merging.record import Merge, Side
    from xl_cryptoai.reading.book import Book
    from xl_cryptoai.workbook import Route


@click.command("merge")
@click.argument("base", type=options.PATH, help="The workbook that both copies started from.")
@click.argument("mine", type=options.PATH, help="One edited copy.")
@click.argument("theirs", type=options.PATH, help="The other copy.")
@click.option("--out", "-o", "out", required=True, type=options.PATH, help="The workbook to write.")
@click.option("--ours", "ours", is_flag=True, help="Take MINE in all conflicts.")
@click.option("--theirs", "for_theirs", is_flag=True, help="Take THEIRS in all conflicts.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="ID[.FIELD]=VALUE",
    help="Resolve one conflict: FIELD is bear, base, bull, own or override (the default; VALUE "
    "none removes it); or scenario=bull. Repeatable.",
)
@options.FORCE
@options.JSON
def merge(
    base: Path,
    mine: Path,
    theirs: Path,
    out: Path,
    ours: bool,
    for_theirs: bool,
    settings: tuple[str, ...],
    force: bool,
    as_json: bool,
) -> int:
    """Merge two edited copies of a workbook, input by input, into a new one.

    A change in only one copy is taken. Where both copies changed an input differently, there is a
    conflict; while one is open, nothing is written and the exit code is 1. Formulas come from the
    template. What cannot be migrated, and what was not chosen, goes into the output's change log.
    The route is that of the output's name (.xlsm is windows, NAME_office.xlsx is office), else
    that of MINE.

    \b
    Examples:
      xl-cryptoai merge base.xlsx mine.xlsx theirs.xlsx -o out.xlsx
      xl-cryptoai merge base.xlsx mine.xlsx theirs.xlsx -o out.xlsx --set ai_penetration=40%
      xl-cryptoai merge base.xlsx mine.xlsx theirs.xlsx -o out.xlsx --theirs --force
    """
    from xl_cryptoai.files import check_free, write_atomically
    from xl_cryptoai.merging.merge import merge as merge_sides
    from xl_cryptoai.merging.record import MINE, THEIRS
    from xl_cryptoai.merging.unmapped import check_size
    from xl_cryptoai.reading.book import one_model, read_small_parts
    from xl_cryptoai.reports.merge import as_data, noted
    from xl_cryptoai.workbook import build

    if ours and for_theirs:
        raise click.BadParameter("give --ours or --theirs, not both")
    check_free(out, force=force, inputs=(base, mine, theirs))
    books = [open_one(path) for path in (base, mine, theirs)]
    for book in books:
        check_size(book)
    read_small_parts(*books)
    model = one_model(books)
    decisions = _decisions(model.assumptions, settings)
    route, reason = _route(out, books[1])
    sides = _sides(books)
    prefer = MINE if ours else THEIRS if for_theirs else ""
    merged = merge_sides(*sides, prefer=prefer, settings=decisions, model=model)
    if not merged.open:
        write_atomically(out, build(route, inputs=noted(merged), model=model), force=force)
    if as_json:
        written = None if merged.open else str(out)
        print_json({"written": written, "route": route.id, "route_by": reason, **as_data(merged)})
    else:
        say(f"route: {route.id}, from {reason}")
        _print_for_people(merged)
        if not merged.open:
            say(str(out))
            say(f"Open it in {route.open_in}. What changed: xl-cryptoai diff {mine} {out}")
    return 1 if merged.open else 0


def _decisions(catalogue: Catalogue, settings: Sequence[str]) -> dict[Key, Value | None]:
    from xl_cryptoai.merging.record import read_setting
    from xl_cryptoai.reports.merge import setting_name

    decisions: dict[Key, Value | None] = {}
    for words, value in read_pairs(settings).items():
        key, checked = read_setting(catalogue, words, value)
        if key in decisions:  # once as id, once as id.override
            raise click.BadParameter(f"{setting_name(key)} is set twice; set it once")
        decisions[key] = checked
    return decisions


def _route(out: Path, mine: Book) -> tuple[Route, str]:
    """Return which kind of workbook to write, and by what."""
    from xl_cryptoai.errors import FileRefusedError
    from xl_cryptoai.workbook import ROUTES

    suffixes = sorted({route.suffix for route in ROUTES.values()})
    if out.suffix.lower() not in suffixes:
        raise FileRefusedError(f"{out} is not the name of a workbook; end it with .xlsx or .xlsm")
    named = ROUTES.get(out.stem.lower().rpartition("_")[2])
    if out.suffix.lower() == ROUTES["windows"].suffix:
        route, reason = ROUTES["windows"], f"the suffix of {out.name}"
    elif named is not None:
        route, reason = named, f"the name of {out.name}"
    else:
        route, reason = route_of(mine), f"the route of {mine.path.name}"
    if out.suffix.lower() != route.suffix:
        raise FileRefusedError(
            f"{out} would be a workbook for route {route.id}, from {reason}: name it "
            f"{out.stem}{route.suffix}, or choose a route by a name such as {out.stem}_office.xlsx"
        )
    return route, reason


def _sides(books: Sequence[Book]) -> tuple[Side, Side, Side]:
    """Read the three; a copy of another kind than the base is held against a fresh one.

    A copy of another version than what it would be held against is read without it: that version's
    own words would all look typed.
    """
    from xl_cryptoai.merging.sides import read_side
    from xl_cryptoai.reading.origin import origin_of
    from xl_cryptoai.reports.merge import other_version_words

    base = books[0]
    origins = {route_of(base).id: base}

    def side(copy: Book) -> Side:
        kind = route_of(copy)
        if kind.id not in origins:
            origins[kind.id] = fresh_book(kind, base.model)
        origin = origins[kind.id]
        version, other = origin_of(copy).version, origin_of(origin).version
        if version == other or not (version and other):
            return read_side(copy, origin)
        say(f"xl-cryptoai: {other_version_words(copy.path, version, other)}", error=True)
        return read_side(copy)

    return read_side(base), side(books[1]), side(books[2])


def _print_for_people(merged: Merge) -> None:
    from xl_cryptoai.reports import merge as words
    from xl_cryptoai.reports.plain import visible

    if merged.changes:
        print_table(*words.change_rows(merged), right=(1,))
    for line in words.merge_log(merged):
        say(f"noted in the change log: {visible(f'{line.what} ({line.why})')}")
    for rule in merged.already_broken:
        say(f"warning: {words.already_broken_words(rule)}")
    if merged.conflicts:
        headers, rows = words.conflict_rows(merged)
        print_table(headers, rows, right=(1, 2, 3))
        open_ones = f"{len(rows)} conflict{'s are' if len(rows) > 1 else ' is'} open"
        say(
            f"xl-cryptoai: {open_ones}, nothing is written; give --ours, --theirs, or "
            f"--set {rows[0][0]}=VALUE",
            error=True,
        )
    for rule in merged.broken:
        say(
            f"xl-cryptoai: the choices break a rule: {words.rule_words(rule)}; choose others with "
            "--set",
            error=True,
        )
