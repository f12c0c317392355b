"""The rules of the standard, a file a subject, in the order in which a reader asks for them."""

from __future__ import annotations

from types import MappingProxyType

from xl_cryptoai.audit.rules import (
    checks,
    circularity,
    external_links,
    forbidden_functions,
    house_marks,
    hyperlinks,
    inputs,
    master_flag,
    merged_cells,
    names,
    no_constants,
    nothing_hidden,
    one_formula_a_row,
    page,
    protection,
    stored_values,
    units,
)
from xl_cryptoai.audit.rules.entry import Finding, Rule

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
"""Every rule by id."""

__all__ = ["RULES", "Finding", "Rule"]
