"""What `help` shows of a step: derived from its entry, the catalogue and the printed figures."""

from __future__ import annotations

import inspect
import textwrap

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.scenarios import allowed
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.units import CHOICE, read_as


def documentation(step: Step, base: Forecast) -> str:
    """Write a step's docstring in NumPy style: all that its data say, and its own example.

    Parameters
    ----------
    step : Step
        The function's own docstring has the example.
    base : Forecast
        The base case of its model.

    Returns
    -------
    str
        Meaning, parameters, result, source, rules between the inputs, and example.
    """
    entries = base.model.entries
    given = "\n".join(
        f"{name} : {'str or array of str' if entries[name].unit == CHOICE else 'float or array'}\n"
        f"{_filled(describe(entries[name]), '    ')}"
        for name in step.inputs
    )
    rules = [rule.rule for rule in base.model.constraints if set(rule.inputs) <= set(step.inputs)]
    example = "".join((step.function.__doc__ or "").partition(">>>")[1:])
    sections = {
        "Parameters": given,
        "Returns": f"float or array\n    {step.unit_label}; arrays broadcast.",
        "Sources": _filled(source_of(step, base)),
        "Notes": "\n".join(_filled(f"{rule}.") for rule in rules),
        "Examples": inspect.cleandoc(example),
    }
    shown = (f"{title}\n{'-' * len(title)}\n{text}\n" for title, text in sections.items() if text)
    return "\n".join((f"{_filled(step.meaning)}\n", *shown))


def describe(entry: Assumption | Step) -> str:
    """Say of an assumption or a step what it is, its unit and its range.

    >>> describe(Forecast().model.steps["compliance_rate"])  # doctest: +ELLIPSIS
    "Compliance rate, share of AI revenue: Banks' ... security. Allowed: 0 to 1 (0% to 100%)."
    """
    meaning = entry.meaning.rstrip(".")
    return f"{entry.label}, {entry.unit_label}: {meaning}. Allowed: {allowed(entry)}."


def source_of(step: Step, base: Forecast) -> str:
    """Say where a step's result is printed, and whether the base case agrees.

    >>> source_of(Forecast().model.steps["total"], Forecast())
    'Printed 10.2B (Introduction, par. 3). The base case gives 10.1671B, which agrees.'
    """
    computed = read_as(base[step.id], step.unit, 6)
    for line in base.reconcile():
        if line.figure.id == step.id:
            note = f"; {line.figure.note}" if line.figure.note else ""
            verdict = "agrees" if line.agrees else "DIFFERS"
            return (
                f"Printed {line.figure.printed} ({line.figure.locator}{note}). The base case gives "
                f"{computed}, which {verdict}."
            )
    return f"Not printed. The base case gives {computed}."


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, 96, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
