"""How Excel's functions take their arguments, and where they are registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = "ntvxra"
"""What an argument is turned into before the function sees it.

n : number; an error is the answer
t : text; an error is the answer
v : one value; an error is the answer
x : one value, errors too
r : one value, `Cells` or rows, as they are
a : the same, and operators within work on whole arrays
"""


@dataclass(frozen=True, slots=True)
class Function:
    """One of Excel's functions.

    Attributes
    ----------
    name : str
        Canonical name.
    work : callable
        Takes the arguments; of one that is left out at the end, nothing.
    fixed : str
        Kinds of the first arguments, a letter each.
    cycle : str
        Kinds of those that follow, over and over again; "" if none do.
    least : int
        How many arguments there must be.
    omitted : bool
        Whether an argument may be left out between commas; it counts as a blank.
    here : bool
        Whether the function takes the place of its formula as the first argument.
    dated : bool
        Whether it takes or gives the serial numbers of dates.
    """

    name: str
    work: Callable[..., Any]
    fixed: str
    cycle: str
    least: int
    omitted: bool = False
    here: bool = False
    dated: bool = False

    def kind(self, number: int) -> str:
        """Kind of an argument; "" if there cannot be so many."""
        if number < len(self.fixed):
            return self.fixed[number]
        return self.cycle[(number - len(self.fixed)) % len(self.cycle)] if self.cycle else ""


BUILT_IN: dict[str, Function] = {}
"""Excel's functions that are known here, by their canonical names."""


def excel(
    names: str, kinds: str, *, omitted: bool = False, here: bool = False, dated: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function of Excel.

    Parameters
    ----------
    names : str
        Its canonical names, with blanks between.
    kinds : str
        Kinds of its arguments. What stands behind a `|` may be left out; what stands behind a `:`
        comes over and over again, at least once if nothing else must be there.
    omitted, here, dated : bool
        See `Function`.
    """
    fixed, _, cycle = kinds.partition(":")
    needed, _, optional = fixed.partition("|")

    def registered(work: Callable[..., Any]) -> Callable[..., Any]:
        least = len(needed) or (1 if cycle and not optional else 0)
        for name in names.split():
            BUILT_IN[name] = Function(
                name, work, needed + optional, cycle, least, omitted, here, dated
            )
        return work

    return registered
