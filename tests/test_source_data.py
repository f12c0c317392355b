"""Evidence and findings: complete, checked, and with effects that are computed."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped import MODEL, SEGMENTS

from xl_cryptoai import Forecast
from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.forecast.findings import load_findings
from xl_cryptoai.source import load_evidence
from xl_cryptoai.source.evidence import EVIDENCE_FILE


def evidence() -> dict:
    return {fact.id: fact for fact in load_evidence()}


# id, low, high, as printed and where
FACTS = [
    ("akash_compute_spend", 138_000, 138_000),  # Implementing a decentralized cloud, par. 2
    ("bitcoin_security_cost", 0.0171, 0.0171),  # Defining the role, par. 7
    ("ethereum_security_cost", 0.043, 0.043),  # Defining the role, par. 7
    ("solana_security_cost", 0.0557, 0.0557),  # Defining the role, par. 7
]


@pytest.mark.parametrize(("name", "low", "high"), FACTS)
def test_evidence_holds_the_figure_of_the_text(name: str, low: float, high: float) -> None:
    fact = evidence()[name]
    assert (fact.low, fact.high) == (low, high)


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [("usd_per_kwh", 0.03, 0.05), ("usd_per_kwh", 0.06, 0.10), ("gas", 300e3, 500e3),
     ("usd_per_proof", 35, 58), ("multiple", 1e6, 1e6), ("count", 18_563, 18_563)],
)  # fmt: skip
def test_the_ranges_and_sizes_that_the_text_gives_are_there(
    unit: str, low: float, high: float
) -> None:
    assert any((fact.unit, fact.low, fact.high) == (unit, low, high) for fact in load_evidence())


def test_every_segment_has_evidence() -> None:
    assert {fact.segment for fact in load_evidence()} >= set(SEGMENTS)


def test_every_fact_says_who_what_when_and_where() -> None:
    for fact in load_evidence():
        assert fact.who and fact.what and fact.locator and fact.as_of.year in (2022, 2023, 2024)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('segment = "crypto_compute"', 'segment = "crypto_hardware"', "segment"),
        ('unit = "usd"', 'unit = "dollars"', "unit"),
        ("value = 138000", "low = 138000", "value"),
        ('who = "Akash"', 'who = ""', "who"),
    ],
)
def test_a_faulty_fact_is_refused(tmp_path: Path, old: str, new: str, field: str) -> None:
    text = EVIDENCE_FILE.read_text(encoding="utf-8")
    start = text.index('id = "akash_compute_spend"')
    head, tail = text[:start], text[start:]
    assert old in tail
    path = tmp_path / "evidence.toml"
    path.write_text(head + tail.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"evidence.toml: entry .*, field '{field}'"):
        load_evidence(path)


def test_there_are_eight_findings_about_the_source() -> None:
    assert len(load_findings(MODEL)) == 8


# The other readings, over the published base case.
@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("identity_base", 9.72790e9),  # 3.5% of AI software
        ("baseline_not_printed", 10.167086875e9 * 5.858 / 5.85),  # 3.5T compounded for 7 years
        ("identity_rate_haircut", 10.167086875e9 + 250.965e9 * 0.1 * (0.0386 - 0.035)),
    ],
)
def test_a_findings_other_reading_has_its_effect_on_the_total(name: str, total: float) -> None:
    finding = {finding.id: finding for finding in load_findings(MODEL)}[name]
    assert finding.total(MODEL) == pytest.approx(total, rel=1e-4)


def test_the_compounded_midpoint_gives_014_percent_more_than_the_printed_market() -> None:
    finding = {finding.id: finding for finding in load_findings(MODEL)}["baseline_not_printed"]
    market = Forecast(overrides=dict(finding.overrides))["tam"]
    assert market / 5.85e12 - 1 == pytest.approx(0.0014, abs=5e-5)


def test_findings_without_another_reading_have_no_other_total() -> None:
    assert [finding.id for finding in load_findings(MODEL) if finding.total(MODEL) is None] == [
        "security_garbled",
        "compute_share_not_printed",
        "total_rounded",
        "applications_without_revenue",
        "bear_and_bull_unknown",
    ]
