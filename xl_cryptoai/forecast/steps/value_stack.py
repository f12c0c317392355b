"""How AI revenue divides, and the two markets measured against it. Money is USD a year."""

from __future__ import annotations

import numpy as np

from xl_cryptoai.forecast.steps.entry import Number, step


@step(label="AI software", unit="usd_per_year")
def ai_software(ai_revenue: Number, software_share: Number) -> Number:
    """Part of AI revenue that is software.

    Parameters
    ----------
    ai_revenue : float or array
        USD a year.
    software_share : float or array
        Fraction of AI revenue, 0 to 1.

    Returns
    -------
    float or array
        USD a year; arrays broadcast.

    Sources
    -------
    Printed 125.5B: "Defining the role of cryptocurrencies", par. 5.

    Examples
    --------
    >>> ai_software(250.0, 0.5)
    125.0
    """
    return ai_revenue * software_share


@step(label="AI compute", unit="usd_per_year")
def ai_compute(ai_revenue: Number, compute_share: Number) -> Number:
    """Part of AI revenue that is computing infrastructure rented as a service.

    Parameters
    ----------
    ai_revenue : float or array
        USD a year.
    compute_share : float or array
        Fraction of AI revenue, 0 to 1.

    Returns
    -------
    float or array
        USD a year; arrays broadcast.

    Sources
    -------
    Printed 47.44B: "Defining the role of cryptocurrencies", par. 6.

    Examples
    --------
    >>> ai_compute(250.0, 0.25)
    62.5
    """
    return ai_revenue * compute_share


@step(label="Other share", unit="share", of="AI revenue")
def other_share(software_share: Number, compute_share: Number) -> Number:
    """What remains of AI revenue after software and compute: devices, ads, services, games.

    Parameters
    ----------
    software_share, compute_share : float or array
        Fractions of AI revenue that together do not exceed 1.

    Returns
    -------
    float or array
        Fraction of AI revenue; arrays broadcast. It carries no crypto revenue.

    Sources
    -------
    Not printed; follows from the two shares.

    Examples
    --------
    >>> other_share(0.5, 0.25)
    0.25
    """
    return 1 - software_share - compute_share


@step(label="Other AI revenue", unit="usd_per_year")
def ai_other(ai_revenue: Number, other_share: Number) -> Number:
    """AI revenue outside software and compute; none of it is counted as crypto revenue.

    Parameters
    ----------
    ai_revenue : float or array
        USD a year.
    other_share : float or array
        Fraction of AI revenue, 0 to 1.

    Returns
    -------
    float or array
        USD a year; arrays broadcast.

    Sources
    -------
    Not printed; follows from the shares.

    Examples
    --------
    >>> ai_other(200.0, 0.25)
    50.0
    """
    return ai_revenue * other_share


@step(label="Compute outside hyperscalers", unit="usd_per_year")
def non_hyperscaler_compute(ai_compute: Number, hyperscaler_share: Number) -> Number:
    """Part of AI compute that the hyperscalers leave to others.

    Parameters
    ----------
    ai_compute : float or array
        USD a year.
    hyperscaler_share : float or array
        Fraction of AI compute, 0 to 1.

    Returns
    -------
    float or array
        USD a year; arrays broadcast.

    Sources
    -------
    Not printed; the share is, in "Defining the role of cryptocurrencies", par. 6.

    Examples
    --------
    >>> non_hyperscaler_compute(100.0, 0.75)
    25.0
    """
    return ai_compute * (1 - hyperscaler_share)


@step(label="Identity market", unit="usd_per_year")
def identity_market(
    ai_revenue: Number, ai_software: Number, identity_rate: Number, identity_base: object
) -> Number:
    """What AI businesses spend on proof of identity, as a rate on the identity base.

    Parameters
    ----------
    ai_revenue, ai_software : float or array
        The two possible bases, USD a year.
    identity_rate : float or array
        Fraction of the base, 0 to 1.
    identity_base : str or array of str
        "ai_revenue" or "ai_software".

    Returns
    -------
    float or array
        USD a year; arrays broadcast.

    Sources
    -------
    Printed 8.78B: "Defining the role of cryptocurrencies", par. 7. The sentence names AI software
    as the base; the figure is that of AI revenue.

    Examples
    --------
    >>> float(identity_market(200.0, 100.0, 0.25, "ai_software"))
    25.0
    """
    base = np.where(np.asarray(identity_base) == "ai_software", ai_software, ai_revenue)
    return base * identity_rate


@step(label="Compliance rate", unit="share", of="AI revenue")
def compliance_rate(bank_compliance_cost: Number, bank_revenue: Number) -> Number:
    """What banks spend on compliance per unit of revenue, taken over for AI security.

    Parameters
    ----------
    bank_compliance_cost, bank_revenue : float or array
        USD a year; the cost does not exceed the revenue.

    Returns
    -------
    float or array
        Fraction of revenue; arrays broadcast.

    Sources
    -------
    Printed 8.9%: "Defining the role of cryptocurrencies", par. 8.

    Examples
    --------
    >>> compliance_rate(50.0, 400.0)
    0.125
    """
    return bank_compliance_cost / bank_revenue


@step(label="Security market", unit="usd_per_year")
def security_market(ai_revenue: Number, compliance_rate: Number) -> Number:
    """What AI businesses spend on safety and compliance, at the banks' compliance rate.

    Parameters
    ----------
    ai_revenue : float or array
        USD a year.
    compliance_rate : float or array
        Fraction of AI revenue, 0 to 1.

    Returns
    -------
    float or array
        USD a year; arrays broadcast.

    Sources
    -------
    Printed 22.34B: "Defining the role of cryptocurrencies", par. 8.

    Examples
    --------
    >>> security_market(200.0, 0.125)
    25.0
    """
    return ai_revenue * compliance_rate
