"""The spare scenario: a column for one of a person's own, blank until used, named by its header.

Where it is blank it follows base, as that stands in the workbook. It is no scenario of a model: a
workbook carries it as it carries overrides, and shows it as Live where it is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.scenarios import Scenario
from xl_cryptoai.errors import OutOfRangeError, WrongTypeError, quoted

OWN = "own"
"""Its id, and the field of its values, whatever its name is."""
OWN_NAME = "own_name"
"""The field of its name."""
NAME = "Own"
"""Its name until somebody types another one."""
LONGEST_NAME = 30
OTHER_HEADERS = frozenset({
    "live", "override", "id", "unit", "kind", "year", "meaning", "lower", "upper", "bounds",
    "model", "published", "assumption", "result", "step", "live is", "base is", "computed by",
    "source of live value", "greatest difference",
})  # fmt: skip
"""Words that head other columns beside those of the scenarios, in small letters."""


def check_own_name(text: object, scenarios: Mapping[str, Scenario]) -> str:
    """Return a name that the spare scenario can have, or refuse it.

    Raises
    ------
    WrongTypeError
        If it is no text.
    OutOfRangeError
        If it is blank, too long, of several lines, or the header of another column.

    Examples
    --------
    >>> from xl_cryptoai.assumptions import shipped_assumptions
    >>> check_own_name(" Downside ", shipped_assumptions().scenarios)
    'Downside'
    """
    if not isinstance(text, str):
        raise WrongTypeError(f"{OWN_NAME} is {quoted(text)}, but must be a text")
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise OutOfRangeError(
            f"{OWN_NAME} is {quoted(name)}; it must be one line of 1 to {LONGEST_NAME} characters"
        )
    taken = {word.lower() for one in scenarios.values() for word in (one.id, one.label)}
    if name.lower() in taken | OTHER_HEADERS:
        raise OutOfRangeError(f"{OWN_NAME} is {quoted(name)}, the header of another column")
    return name


def with_own(scenarios: Mapping[str, Scenario], name: str = NAME) -> dict[str, Scenario]:
    """Return scenarios with the spare one, under its name, after them."""
    return {**scenarios, OWN: Scenario(OWN, name, "house")}


def in_case(at: Callable[[str], Value | None], case: str) -> Value | None:
    """Return what an assumption is in a scenario: the spare one follows base where it is blank.

    >>> in_case({"own": None, "base": 0.33}.get, "own")
    0.33
    """
    value = at(case)
    return at(BASE) if case == OWN and value is None else value
