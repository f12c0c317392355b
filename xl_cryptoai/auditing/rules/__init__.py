"""The rules of the standard, a file a subject, in the order in which a reader asks for them."""

from __future__ import annotations

from types import MappingProxyType

from xl_cryptoai.auditing.rules import (
    bridge,
    check_set,
    check_trials,
    checks,
    circularity,
    external_links,
    forbidden_functions,
    frozen_tables,
    house_marks,
    hyperlinks,
    input_units,
    inputs,
    inputs_together,
    limits,
    links,
    live_choice,
    master_flag,
    merged_cells,
    names,
    no_constants,
    nothing_hidden,
    one_formula_a_row,
    page,
    protection,
    shape,
    short_ranges,
    stale_values,
    step_formulas,
    stored_values,
    structure,
    text_among_numbers,
    uncertainty,
    units,
    year_formulas,
)
from xl_cryptoai.auditing.rules.entry import Finding, Rule

RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            one_formula_a_row.RULE,
            no_constants.RULE,
            units.RULE,
            circularity.RULE,
            forbidden_functions.RULE,
            external_links.RULE,
            names.RULE,
            inputs.OPEN,
            inputs.VALIDATION,
            inputs.NUMBERS,
            house_marks.RULE,
            master_flag.RULE,
            checks.RULE,
            stored_values.RULE,
            hyperlinks.RULE,
            nothing_hidden.SHEETS,
            nothing_hidden.LINES,
            merged_cells.RULE,
            protection.RULE,
            page.PANES,
            page.PRINT,
        )
    }
)
"""Every rule of the modelling standard by id."""

INTEGRITY: tuple[Rule, ...] = (
    step_formulas.RULE,
    year_formulas.RULE,
    links.RULE,
    bridge.RULE,
    shape.RULE,
    short_ranges.RULE,
    live_choice.RULE,
    input_units.RULE,
    inputs_together.RULE,
    inputs_together.MARKETS,
    limits.BOUNDS,
    limits.VALIDATION,
    check_set.RULE,
    check_trials.RULE,
    stale_values.RULE,
    frozen_tables.RULE,
    uncertainty.RULE,
    structure.SHEET_NAMES,
    structure.ROWS,
    structure.HEADERS,
    structure.VERSION,
)
"""What the audit asks beside the standard: is this workbook still what it was built as?"""

AUDIT_RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {rule.id: rule for rule in (*INTEGRITY, *RULES.values())}
)
"""Every rule for a workbook of ours by id."""

GENERAL_RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            shape.RULE,
            short_ranges.RULE,
            stale_values.RULE,
            text_among_numbers.RULE,
            circularity.RULE,
            external_links.RULE,
            stored_values.ERRORS,
            nothing_hidden.SHEETS,
            nothing_hidden.LINES,
        )
    }
)
"""The rules that make sense for any workbook by id."""

__all__ = ["AUDIT_RULES", "GENERAL_RULES", "RULES", "Finding", "Rule"]
