"""The steps as LAMBDA functions: the native formulas behind the same checks as the Python ones.

A LAMBDA refuses as the Excel function of its name does, with the Excel error: an error among the
arguments is passed on, what is no number is #VALUE!, what is out of range is #NUM!.
"""

from __future__ import annotations

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.scenarios import SCENARIOS
from xl_cryptoai.forecast.constraints import CONSTRAINTS
from xl_cryptoai.forecast.steps import STEPS, Step
from xl_cryptoai.functions import FUNCTIONS
from xl_cryptoai.functions.entry import PREFIX
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook.formulas import NATIVE, substitute

PARAMETER = "_xlpm."
"""How Excel stores the name of a LAMBDA's parameter."""
COMMENT_LENGTH = 255
"""Excel refuses a file with a longer comment on a name."""


VALUE = PREFIX + "VALUE"


def lambda_names(catalogue: Catalogue) -> dict[str, tuple[str, str]]:
    """Return the LAMBDA of every step, and of CAI_VALUE, by its Excel name, with its help text."""
    formulas = {name_of(step.id): _lambda(step, catalogue) for step in STEPS.values()}
    formulas[VALUE] = _value_lambda(catalogue)
    return {
        name: (formula, FUNCTIONS[name].help[:COMMENT_LENGTH]) for name, formula in formulas.items()
    }


def _value_lambda(catalogue: Catalogue) -> str:
    """Write CAI_VALUE with all scenarios and steps in it: it reads no cell, as the Python one.

    Both arguments must be given. Excel has a form for one that may be left out, which no engine
    here can check, and a name that Excel cannot read would cost the whole workbook.
    """
    chosen = f'IF({PARAMETER}scenario="","base",{PARAMETER}scenario)'
    known = ",".join(f'"{scenario}"' for scenario in SCENARIOS)
    pairs = [f"{PARAMETER}case,MATCH({chosen},{{{known}}},0)"]
    for entry in catalogue.values():
        values = [_literal(getattr(entry, scenario)) for scenario in SCENARIOS]
        one = values[0] if len({*values}) == 1 else f"CHOOSE({PARAMETER}case,{','.join(values)})"
        pairs.append(f"{PARAMETER}{entry.id},{one}")
    for step in STEPS.values():
        native = substitute(NATIVE[step.id], lambda name: PARAMETER + name)
        pairs.append(f"{PARAMETER}{step.id},{native}")
    found = ",".join(f'"{name}",{PARAMETER}{name}' for name in (*catalogue, *STEPS))
    inner = f"_xlfn.LET({','.join(pairs)},_xlfn.SWITCH({PARAMETER}id,{found}))"
    typed = f"AND(ISTEXT({PARAMETER}id),ISTEXT({chosen}))"
    body = f"IF({typed},{inner},#VALUE!)"
    for name in ("scenario", "id"):
        body = f"IF(ISERROR({PARAMETER}{name}),{PARAMETER}{name},{body})"
    return f"_xlfn.LAMBDA({PARAMETER}id,{PARAMETER}scenario,{body})"


def _literal(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else _number(value)


def _lambda(step: Step, catalogue: Catalogue) -> str:
    numbers = [name for name in step.inputs if not _is_choice(name, catalogue)]
    choices = [name for name in step.inputs if _is_choice(name, catalogue)]
    good = [rule for name in step.inputs for rule in _range(name, catalogue)]
    good += [rule.formula() for rule in CONSTRAINTS if set(rule.inputs) <= set(step.inputs)]
    typed = [f"ISNUMBER({name})" for name in numbers] + [f"ISTEXT({name})" for name in choices]
    # SUM answers with the first error among its arguments, in a range too
    added = f"SUM({','.join(numbers)})"
    body = (
        f"IF(ISERROR({added}),{added},"
        f"IF(AND({','.join(typed)}),IF(AND({','.join(good)}),{NATIVE[step.id]},#NUM!),#VALUE!))"
    )
    for name in choices:
        body = f"IF(ISERROR({name}),{name},{body})"
    parameters = "".join(f"{PARAMETER}{name}," for name in step.inputs)
    return f"_xlfn.LAMBDA({parameters}{substitute(body, lambda name: PARAMETER + name)})"


def _is_choice(name: str, catalogue: Catalogue) -> bool:
    return name in catalogue and catalogue[name].unit == CHOICE


def _range(name: str, catalogue: Catalogue) -> list[str]:
    if _is_choice(name, catalogue):
        # counted over all cells, so that a range of choices is judged as a whole
        of = "+".join(f'({name}="{choice}")' for choice in catalogue[name].choices)
        return [of]
    entry = catalogue[name] if name in catalogue else STEPS[name]
    rules = [f"{name}>={_number(entry.lower)}", f"{name}<={_number(entry.upper)}"]
    return [*rules, f"INT({name})={name}"] if UNITS[entry.unit].whole else rules


def _number(value: float) -> str:
    return f"{value:.15g}".upper()
