"""What the segments come to together."""

from __future__ import annotations

from xl_cryptoai.forecast.steps.entry import Number, step


@step(label="Crypto-AI revenue", unit="usd_per_year")
def total(
    crypto_software: Number,
    crypto_compute: Number,
    crypto_identity: Number,
    crypto_security: Number,
) -> Number:
    """Revenue of the four crypto segments together.

    >>> total(1.0, 2.0, 3.0, 4.0)
    10.0
    """
    return crypto_software + crypto_compute + crypto_identity + crypto_security


@step(label="Blended crypto share", unit="share", of="AI revenue")
def blended_crypto_share(total: Number, ai_revenue: Number) -> Number:
    """Crypto-AI revenue as a share of all AI revenue.

    >>> blended_crypto_share(10.0, 200.0)
    0.05
    """
    return total / ai_revenue
