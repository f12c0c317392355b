"""Evidence and findings: complete, checked, and with effects that are computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shipped import MODEL, SEGMENTS

from xl_cryptoai import Forecast
from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.forecast.claims import claimed
from xl_cryptoai.forecast.findings import load_findings
from xl_cryptoai.forecast.own_model import model_of, text_of
from xl_cryptoai.risk import simulate
from xl_cryptoai.risk.correlation import with_common_factor
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


# The other readings, over the published base case.
@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("identity_base", 9.72790e9),  # 3.5% of AI software
        ("baseline_not_printed", 10.167086875e9 * 5.858 / 5.85),  # 3.5T compounded for 7 years
        ("identity_rate_haircut", 10.167086875e9 + 250.965e9 * 0.1 * (0.0386 - 0.035)),
        # 5% of identity (8.78378B) and security (22.33969B) less
        ("overlap", 10.167086875e9 - 0.05 * (8.783775e9 + 22.3396875e9)),
        # solved from the printed market, so the base case stays
        ("growth_itself", 10.167086875e9),
        ("growth_compounds", 10.167086875e9),
        ("real_or_nominal", 10.167086875e9 * 1.02**8),
    ],
)
def test_a_findings_other_reading_has_its_effect_on_the_total(name: str, total: float) -> None:
    finding = {finding.id: finding for finding in load_findings(MODEL)}[name]
    assert finding.total(MODEL) == pytest.approx(total, rel=1e-4)


def test_the_compounded_midpoint_gives_014_percent_more_than_the_printed_market() -> None:
    finding = {finding.id: finding for finding in load_findings(MODEL)}["baseline_not_printed"]
    market = Forecast(overrides=finding.inputs(MODEL))["tam"]
    assert market / 5.85e12 - 1 == pytest.approx(0.0014, abs=5e-5)


def test_growth_of_ai_itself_has_a_higher_baseline() -> None:
    """5.85T over 1.03^8."""
    finding = {finding.id: finding for finding in load_findings(MODEL)}["growth_itself"]
    baseline = finding.inputs(MODEL)["baseline_productivity"]
    assert baseline == pytest.approx(4.618e12, rel=1e-4) and "4.618T" in finding.text


def test_compounded_growth_gives_the_market_of_its_baseline() -> None:
    """3.247T at 1.03 x 1.045 for eight years is what the override makes at 1.045."""
    finding = {finding.id: finding for finding in load_findings(MODEL)}["growth_compounds"]
    market = Forecast(overrides=finding.inputs(MODEL))["tam"]
    assert market == pytest.approx(3.247e12 * (1.03 * 1.045) ** 8, rel=2e-4)
    assert "3.247T" in finding.text and f"{5.85 / (1.03 * 1.045) ** 7:.3f}T" in finding.text


def test_a_reading_goes_with_the_horizon_of_an_own_model() -> None:
    """Inflation over 13 years, and the published calibration over 8, in a model of 2035."""
    own = model_of(text_of({
        "model.toml": {},
        "assumptions.toml": {"assumption": [{"id": "forecast_year", "base": 2035}]},
    }))  # fmt: skip
    total = Forecast(model=own)["total"]
    found = {one.id: one.total(own) for one in own.findings(own)}
    assert found["real_or_nominal"] == pytest.approx(total * 1.02**13, rel=1e-12)
    assert found["growth_itself"] == pytest.approx(
        total * (5.85e12 / 1.03**8 * 1.03**13) / (5.85e12 * 1.045**5), rel=1e-12
    )


# what their texts say in figures, worked out from the published base case
def test_the_findings_name_the_figures_that_follow_from_the_published_case() -> None:
    texts = {finding.id: finding.text for finding in load_findings(MODEL)}
    shares = [0.5, 47.44 / 250.965, 0.035, 58.75 / 660]
    assert f"{sum(shares):.1%}" in texts["overlap"]
    for name in ("bear", "bull"):
        assert f"{claimed(MODEL, Forecast(name)):.1%}" in texts["overlap"]
    assert "1.556B" in texts["overlap"] and "8.611B" in texts["overlap"]
    assert f"{0.33 * 0.13:.2%}" in texts["penetration_times_capture"]
    for inflation in (0.02, 0.025):
        assert f"{10.167 * (1 + inflation) ** 8:.1f}B" in texts["real_or_nominal"]
    lines = Forecast().reconcile()
    independent = sum(line.agrees and line.independent for line in lines)
    title = {finding.id: finding.title for finding in load_findings(MODEL)}["calibrated_figures"]
    assert title.startswith(f"{len(lines)} printed figures agree, {independent} of them")


def test_the_finding_on_the_tails_names_the_chances_that_a_simulation_gives() -> None:
    text = {finding.id: finding.text for finding in load_findings(MODEL)}["scenarios_beyond_draws"]
    independent = simulate(65536)
    alone = independent.chance_of_exceeding(20e9)[0]
    entries = [MODEL.assumptions[name] for name in independent.names]
    together = with_common_factor(np.eye(len(entries)), entries, 0.5)
    common = simulate(65536, correlation=together).chance_of_exceeding(20e9)[0]
    assert f"{alone:.1%}" in text and f"{common:.0%}" in text


def test_findings_without_another_reading_have_no_other_total() -> None:
    assert [finding.id for finding in load_findings(MODEL) if finding.total(MODEL) is None] == [
        "security_garbled",
        "compute_share_not_printed",
        "total_rounded",
        "applications_without_revenue",
        "bear_and_bull_unknown",
        "software_includes",
        "penetration_times_capture",
        "calibrated_figures",
        "scenarios_beyond_draws",
    ]
