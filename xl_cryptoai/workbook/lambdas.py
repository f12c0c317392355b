"""The steps as LAMBDA functions: the native formulas behind the same checks as the Python ones.

A LAMBDA refuses as the Excel function of its name does, with the Excel error: an error among the
arguments is passed on, what is no number is #VALUE!, what is out of range is #NUM!.
"""

from __future__ import annotations

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.forecast.formula import by_elements
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.functions import functions_of
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook.formulas import LONGEST, native, substitute

PARAMETER = "_xlpm."
"""How Excel stores the name of a LAMBDA's parameter."""
COMMENT_LENGTH = 255
"""Excel refuses a file with a longer comment on a name."""


def lambda_names(model: Model) -> dict[str, tuple[str, str]]:
    """Return the LAMBDA of every step, and of CAI_VALUE, by its Excel name, with its help text."""
    functions = functions_of(model)
    formulas = {name_of(model, step.id): _lambda(step, model) for step in model.steps.values()}
    value = _value_lambda(model)
    if len(value) <= LONGEST:  # a model too large for one name does without it
        formulas[name_of(model, "value")] = value
    return {
        name: (formula, functions[name].help[:COMMENT_LENGTH]) for name, formula in formulas.items()
    }


def _value_lambda(model: Model) -> str:
    """Write CAI_VALUE with all scenarios and steps in it: it reads no cell, as the Python one.

    Both arguments must be given. Excel has a form for one that may be left out, which no engine
    here can check, and a name that Excel cannot read would cost the whole workbook.
    """
    chosen = f'IF({PARAMETER}scenario="","base",{PARAMETER}scenario)'
    known = ",".join(f'"{scenario}"' for scenario in model.assumptions.scenarios)
    pairs = [f"{PARAMETER}case,MATCH({chosen},{{{known}}},0)"]
    for entry in model.assumptions.values():
        values = [_literal(value) for value in entry.values.values()]
        one = values[0] if len({*values}) == 1 else f"CHOOSE({PARAMETER}case,{','.join(values)})"
        pairs.append(f"{PARAMETER}{entry.id},{one}")
    for step in model.steps.values():
        formula = substitute(native(step), lambda name: PARAMETER + name)
        pairs.append(f"{PARAMETER}{step.id},{formula}")
    found = ",".join(f'"{name}",{PARAMETER}{name}' for name in model.entries)
    inner = f"_xlfn.LET({','.join(pairs)},_xlfn.SWITCH({PARAMETER}id,{found}))"
    typed = f"AND(ISTEXT({PARAMETER}id),ISTEXT({chosen}))"
    body = f"IF({typed},{inner},#VALUE!)"
    for name in ("scenario", "id"):
        body = f"IF(ISERROR({PARAMETER}{name}),{PARAMETER}{name},{body})"
    return f"_xlfn.LAMBDA({PARAMETER}id,{PARAMETER}scenario,{body})"


def _formula(step: Step) -> str:
    """Return a step's native formula, in the form that takes ranges as well as cells."""
    return by_elements(step.formula) if step.formula else native(step)


def _literal(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else _number(value)


def _lambda(step: Step, model: Model) -> str:
    numbers = [name for name in step.inputs if not _is_choice(name, model)]
    choices = [name for name in step.inputs if _is_choice(name, model)]
    good = [rule for name in step.inputs for rule in _range(name, model)]
    good += [rule.formula() for rule in model.constraints if set(rule.inputs) <= set(step.inputs)]
    typed = [f"ISNUMBER({name})" for name in numbers] + [f"ISTEXT({name})" for name in choices]
    # SUM answers with the first error among its arguments, in a range too
    added = f"SUM({','.join(numbers)})"
    body = (
        f"IF(ISERROR({added}),{added},"
        f"IF(AND({','.join(typed)}),IF(AND({','.join(good)}),{_formula(step)},#NUM!),#VALUE!))"
    )
    for name in choices:
        body = f"IF(ISERROR({name}),{name},{body})"
    parameters = "".join(f"{PARAMETER}{name}," for name in step.inputs)
    return f"_xlfn.LAMBDA({parameters}{substitute(body, lambda name: PARAMETER + name)})"


def _is_choice(name: str, model: Model) -> bool:
    return model.entries[name].unit == CHOICE


def _range(name: str, model: Model) -> list[str]:
    entry = model.entries[name]
    if _is_choice(name, model):
        # counted over all cells, so that a range of choices is judged as a whole
        of = "+".join(f'({name}="{choice}")' for choice in entry.choices)
        return [of]
    rules = [f"{name}>={_number(entry.lower)}", f"{name}<={_number(entry.upper)}"]
    return [*rules, f"INT({name})={name}"] if UNITS[entry.unit].whole else rules


def _number(value: float) -> str:
    return f"{value:.15g}".upper()
