"""Inputs go together: the rules between them hold in every case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xl_cryptoai.assumptions import SCENARIOS, shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.places import OVERRIDE
from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.inputs import judge
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.stored import stored_at
from xl_cryptoai.audit.tables import INPUT_HEADS, assumptions_table, id_rows
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.constraints import CONSTRAINTS, check_constraints

Input = tuple[Place, Value]


def check(book: Book) -> Iterator[Finding]:
    """Try every rule on each scenario, and on what the overrides make of the chosen one."""
    table = assumptions_table(book, shipped_assumptions())
    if table is None:
        return
    rows = id_rows(book, table)
    for constraint in CONSTRAINTS:
        if not all(name in rows for name in constraint.inputs):
            continue
        typed = {
            case: {
                name: (place, value)
                for name in constraint.inputs
                if (value := _value(book, name, place := table.place(rows[name][0], head), case))
                is not None
            }
            for case, head in INPUT_HEADS.items()
        }
        for case in SCENARIOS:
            yield from _broken(typed[case], len(constraint.inputs), case)
        if own := typed[OVERRIDE]:
            yield from _broken({**typed.get(_chosen(book), {}), **own}, len(constraint.inputs), "")


def _value(book: Book, name: str, place: Place, case: str) -> Value | None:
    """Give an input's value if it can be used: another rule tells what cannot."""
    content = stored_at(book, place)
    return judge(shipped_assumptions()[name], content, may_be_blank=case == OVERRIDE).value


def _chosen(book: Book) -> str:
    place = book.target("scenario")
    return str(stored_at(book, place)).strip().lower() if place is not None else ""


def _broken(inputs: Mapping[str, Input], count: int, case: str) -> Iterator[Finding]:
    """Tell a broken rule at the first input that somebody changed."""
    if len(inputs) < count:
        return
    try:
        check_constraints({name: value for name, (_, value) in inputs.items()})
    except CryptoAIError as error:
        changed = [
            place
            for name, (place, value) in inputs.items()
            if value != getattr(shipped_assumptions()[name], case, None)
        ]
        places = [place for place, _ in inputs.values()]
        sentence, _, rule = str(error).partition("; ")
        yield Finding(str([*changed, *places][0]), f"breaks a rule: {sentence}", rule)


RULE = Rule(
    "inputs_together",
    "The rules between inputs hold in every scenario, and with the overrides",
    "ICAEW: check inputs; our own: the functions refuse what breaks such a rule",
    check,
)
