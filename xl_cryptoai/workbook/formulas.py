"""The native Excel formula of every step: the second implementation, written on its own.

Each is plain text over ids. With ids replaced by cell references it is the native formula beside
a call; as it stands it is documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.steps import Step

NATIVE: dict[str, str] = {
    "tam": "baseline_productivity*(1+gdp_growth*ai_growth_multiple)^(forecast_year-baseline_year)",
    "ai_gain": "tam*ai_penetration",
    "ai_revenue": "ai_gain*ai_revenue_capture",
    "ai_software": "ai_revenue*software_share",
    "ai_compute": "ai_revenue*compute_share",
    "other_share": "1-software_share-compute_share",
    "ai_other": "ai_revenue*other_share",
    "non_hyperscaler_compute": "ai_compute*(1-hyperscaler_share)",
    "identity_market": 'IF(identity_base="ai_software",ai_software,ai_revenue)*identity_rate',
    "compliance_rate": "bank_compliance_cost/bank_revenue",
    "security_market": "ai_revenue*compliance_rate",
    "crypto_software": "ai_software*crypto_software_share",
    "crypto_compute": "non_hyperscaler_compute*crypto_compute_share",
    "crypto_identity": "identity_market*crypto_identity_share",
    "crypto_security": "security_market*crypto_security_share",
    "total": "crypto_software+crypto_compute+crypto_identity+crypto_security",
    "blended_crypto_share": "total/ai_revenue",
}

NATIVE_DERIVATIONS: dict[str, str] = {
    "baseline_productivity": "printed_tam/(1+gdp_growth*ai_growth_multiple)"
    "^(forecast_year-baseline_year)",
    "compute_share": "printed_ai_compute/(printed_tam*ai_penetration*ai_revenue_capture)",
    "identity_base": "IF(ABS(printed_tam*ai_penetration*ai_revenue_capture*identity_rate"
    "-printed_identity_market)<=ABS(printed_tam*ai_penetration*ai_revenue_capture"
    '*software_share*identity_rate-printed_identity_market),"ai_revenue","ai_software")',
}

NATIVE_READINGS: dict[str, str] = {
    "identity_base": "total-crypto_identity"
    '+IF(identity_base="ai_software",ai_revenue,ai_software)*identity_rate*crypto_identity_share',
    "baseline_not_printed": "total*midpoint_baseline"
    "*((1+gdp_growth)*(1+gdp_growth*ai_growth_multiple))^midpoint_years/tam",
    "identity_rate_haircut": "total-crypto_identity"
    '+IF(identity_base="ai_software",ai_software,ai_revenue)*crypto_identity_share'
    "*AVERAGE(fact_bitcoin_security_cost_low,fact_ethereum_security_cost_low"
    ",fact_solana_security_cost_low)",
    "overlap": "total-crypto_software_share*(identity_market+security_market)",
    "growth_itself": "total*printed_tam/tam*(1+gdp_growth)^(forecast_year-baseline_year)"
    "/(1+published_gdp_growth)^(published_forecast_year-published_baseline_year)",
    "growth_compounds": "total*printed_tam/tam"
    "*((1+gdp_growth)*(1+gdp_growth*ai_growth_multiple))^(forecast_year-baseline_year)"
    "/((1+published_gdp_growth)*(1+published_gdp_growth*published_ai_growth_multiple))"
    "^(published_forecast_year-published_baseline_year)",
    "real_or_nominal": "total*(1+inflation)^(forecast_year-baseline_year)",
}
"""The total under another reading of the source, by the id of the finding.

`printed_tam` is the printed result, `published_gdp_growth` and its like are the published base
values on sheet Sources: what is solved from them does not move with the live inputs.
"""


NATIVE_ADOPTION = (
    'IF(OR(part>=1,curve="flat"),end,IF(part<=0,start,'
    'IF(AND(curve="logistic",start<1,end>0,end<1),'
    "1/(1+(1-start)/start*((1-end)/end/((1-start)/start))^part),"
    'IF(AND(curve="constant_growth",end>0),start*(end/start)^part,start+(end-start)*part))))'
)
"""A share by year: `part` of the way from the value in the start year to that of the last."""


def reading(model: Model, overrides: Mapping[str, str]) -> str:
    """Write the total with other inputs, for a finding of an own model.

    Only the steps that depend on them are written out; all else is referred to.

    Parameters
    ----------
    model : Model
        The steps.
    overrides : mapping of id to name
        The assumptions that are read otherwise, and what stands in their place.

    Examples
    --------
    >>> from xl_cryptoai.forecast.shipped import shipped_model
    >>> reading(shipped_model(), {"crypto_software_share": "other"})
    '((ai_software*other)+crypto_compute+crypto_identity+crypto_security)'
    """
    instead = dict(overrides)
    for step in model.steps.values():
        if instead.keys() & {*step.inputs}:
            written = substitute(native(step), lambda name: instead.get(name, name))
            instead[step.id] = f"({written})"
    return instead.get(TOTAL, TOTAL)


def native(step: Step) -> str:
    """Return the native formula of a step: that which gives it, else its entry in `NATIVE`."""
    return step.formula or NATIVE[step.id]


LONGEST = 8_000
"""Characters of a formula for a cell or a name: Excel's own limit is 8,192, with fewer marks."""

_TOKEN = re.compile(r'"[^"]*"|[a-z][a-z0-9_]*(?![a-z0-9_(])')


def ids_in(formula: str) -> list[str]:
    """List the ids that a formula over ids uses, each once, in order of appearance.

    >>> ids_in('IF(identity_base="ai_software",ai_software,ai_revenue)')
    ['identity_base', 'ai_software', 'ai_revenue']
    """
    found = (match[0] for match in _TOKEN.finditer(formula) if not match[0].startswith('"'))
    return list(dict.fromkeys(found))


def substitute(formula: str, reference: Callable[[str], str]) -> str:
    """Replace every id in a formula by its reference; quoted texts stay.

    >>> substitute("tam*ai_penetration", {"tam": "E7", "ai_penetration": "F12"}.__getitem__)
    'E7*F12'
    """
    return _TOKEN.sub(
        lambda match: match[0] if match[0].startswith('"') else reference(match[0]), formula
    )
