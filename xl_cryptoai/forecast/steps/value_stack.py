"""How AI revenue divides, and the two markets measured against it. Money is USD a year."""

from __future__ import annotations

import numpy as np

from xl_cryptoai.forecast.steps.entry import Number, step


@step(label="AI software", unit="usd_per_year")
def ai_software(ai_revenue: Number, software_share: Number) -> Number:
    """Part of AI revenue that is software.

    >>> ai_software(250.0, 0.5)
    125.0
    """
    return ai_revenue * software_share


@step(label="AI compute", unit="usd_per_year")
def ai_compute(ai_revenue: Number, compute_share: Number) -> Number:
    """Part of AI revenue that is computing infrastructure rented as a service.

    >>> ai_compute(250.0, 0.25)
    62.5
    """
    return ai_revenue * compute_share


@step(label="Other share", unit="share", of="AI revenue")
def other_share(software_share: Number, compute_share: Number) -> Number:
    """What remains of AI revenue after software and compute; the source does not say what it is.

    >>> other_share(0.5, 0.25)
    0.25
    """
    return 1 - software_share - compute_share


@step(label="Other AI revenue", unit="usd_per_year")
def ai_other(ai_revenue: Number, other_share: Number) -> Number:
    """AI revenue outside software and compute; none of it is counted as crypto revenue.

    >>> ai_other(200.0, 0.25)
    50.0
    """
    return ai_revenue * other_share


@step(label="Compute outside hyperscalers", unit="usd_per_year")
def non_hyperscaler_compute(ai_compute: Number, hyperscaler_share: Number) -> Number:
    """Part of AI compute that does not go to the hyperscalers.

    >>> non_hyperscaler_compute(100.0, 0.75)
    25.0
    """
    return ai_compute * (1 - hyperscaler_share)


@step(label="Identity market", unit="usd_per_year")
def identity_market(
    ai_revenue: Number, ai_software: Number, identity_rate: Number, identity_base: object
) -> Number:
    """What AI businesses spend on proof of identity: the identity rate applied to its base.

    >>> float(identity_market(200.0, 100.0, 0.25, "ai_software"))
    25.0
    """
    base = np.where(np.asarray(identity_base) == "ai_software", ai_software, ai_revenue)
    return base * identity_rate


@step(label="Compliance rate", unit="share", of="AI revenue")
def compliance_rate(bank_compliance_cost: Number, bank_revenue: Number) -> Number:
    """Banks' compliance cost as a share of their revenue, applied to AI security.

    >>> compliance_rate(50.0, 400.0)
    0.125
    """
    return bank_compliance_cost / bank_revenue


@step(label="Security market", unit="usd_per_year")
def security_market(ai_revenue: Number, compliance_rate: Number) -> Number:
    """What AI businesses spend on safety and compliance, at the banks' compliance rate.

    >>> security_market(200.0, 0.125)
    25.0
    """
    return ai_revenue * compliance_rate
