"""The revenue of the four crypto segments. Money is USD a year."""

from __future__ import annotations

from xl_cryptoai.forecast.steps.entry import Number, step


@step(label="Crypto software", unit="usd_per_year")
def crypto_software(ai_software: Number, crypto_software_share: Number) -> Number:
    """Revenue from AI models that are built with crypto incentives.

    >>> crypto_software(100.0, 0.25)
    25.0
    """
    return ai_software * crypto_software_share


@step(label="Crypto compute", unit="usd_per_year")
def crypto_compute(non_hyperscaler_compute: Number, crypto_compute_share: Number) -> Number:
    """Revenue from computing power that blockchain networks supply.

    >>> crypto_compute(100.0, 0.25)
    25.0
    """
    return non_hyperscaler_compute * crypto_compute_share


@step(label="Crypto identity", unit="usd_per_year")
def crypto_identity(identity_market: Number, crypto_identity_share: Number) -> Number:
    """Revenue from proof of identity on a blockchain.

    >>> crypto_identity(100.0, 0.25)
    25.0
    """
    return identity_market * crypto_identity_share


@step(label="Crypto security", unit="usd_per_year")
def crypto_security(security_market: Number, crypto_security_share: Number) -> Number:
    """Revenue from proof of safety and compliance on a blockchain.

    >>> crypto_security(100.0, 0.25)
    25.0
    """
    return security_market * crypto_security_share
