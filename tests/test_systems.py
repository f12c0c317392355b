"""The register of named systems, and what the available text lacks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest
from shipped import MODEL, SEGMENTS
from source_text import SECTIONS, paragraph, sections

from xl_cryptoai.cli import main
from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.forecast.own_model import model_of, text_of
from xl_cryptoai.source import load_evidence, load_gaps, load_systems
from xl_cryptoai.source.gaps import GAPS_FILE
from xl_cryptoai.source.systems import SYSTEMS_FILE

FACTS = {one.id: one for one in load_evidence()}
SYSTEMS = {one.id: one for one in load_systems()}
GAPS = {one.id: one for one in load_gaps()}

# by segment, as an analyst would look for them
NAMED = {
    "crypto_compute": "Akash, Render, io.net, Filecoin, Together, Gensyn, CoreWeave, Hive, Hut 8, "
    "Applied Digital, Bitcoin, Amazon, Google, Microsoft",
    "crypto_software": "Bittensor, Bittensor subnet 1, Taoshi (Bittensor subnet 8), Opentensor, "
    "Cerebras, Numerai, GPT-JT, OpenChatKit, RedPajama, Stability AI, Hugging Face, "
    "Altered State Machine, Fetch.ai",
    "crypto_security": "EZKL, Halo 2, Modulus, Ocean Protocol, SingularityNet, Zupass, 0xPARC, "
    "EigenLayer, HELM, CRFM, HumanEval, Chatbot Arena, ARC, Open LLM Leaderboard",
    "crypto_identity": "zkLogin, Sui, zkP2P, Venmo, USDC, Base, WorldCoin, World ID, Optimism, "
    "Checkmate, Hashcash, Solana",
}


@pytest.mark.parametrize("segment", SEGMENTS)
def test_every_system_of_a_segment_has_a_row(segment: str) -> None:
    names = {one.name for one in SYSTEMS.values() if one.segment == segment}
    assert {*NAMED[segment].split(", ")} <= names


def test_systems_without_a_figure_stand_there_all_the_same() -> None:
    assert {"gensyn", "modulus", "checkmate", "fetch_ai"} <= {
        name for name, one in SYSTEMS.items() if not one.figures
    }


def test_every_figure_belongs_to_a_system_or_to_no_system_in_particular() -> None:
    """Seven are of data centers, start-ups, devices, models and venture capital as a whole."""
    of_systems = {name for one in SYSTEMS.values() for name in one.figures}
    assert {*FACTS} - of_systems == {
        "data_center_renewable_share", "ai_data_center_growth", "ai_data_center_capex_growth",
        "training_data_volume", "us_ai_startups", "ai_venture_share", "ai_edge_devices",
    }  # fmt: skip


def test_no_two_systems_have_one_name() -> None:
    assert len({one.name for one in SYSTEMS.values()}) == len(SYSTEMS)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_is_named_in_the_paragraph_of_its_locator(name: str) -> None:
    system, text = SYSTEMS[name], paragraph(SYSTEMS[name].locator)
    assert (system.printed or system.name) in text
    assert system.token in text


@pytest.mark.parametrize("name", [name for name, one in GAPS.items() if one.kind != "citation"])
def test_a_gap_is_dated_as_in_the_paragraph_of_its_locator(name: str) -> None:
    gap, text = GAPS[name], paragraph(GAPS[name].locator)
    if gap.as_of:
        assert f"{gap.as_of:%B} {gap.as_of.day}, {gap.as_of.year}" in text


# what a gap is about, as printed in the paragraph of its locator
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("scenario_chart", "Source: Morgan Stanley, Bloomberg, VanEck Research"),
        ("io_net_price_table", "io.net GPU price comparison"),
        ("bittensor_subnet_table", "Subnets"),
        ("token_returns_chart", "Artemis"),
        ("authors", "Patrick Bush, Matthew Sigel"),
        ("compiler", "Lynn, Mars Finance"),
        ("value_stack_source", "Bloomberg Intelligence"),
        ("baseline_source", "McKinsey"),
        ("holdings", "VanEck may hold positions"),
        ("interest_in_together", "Cadenza"),
        ("hut8_currency", "$4.5 million"),
        ("model_dates", "BERT"),
    ],
)
def test_a_gap_is_where_its_locator_says(name: str, words: str) -> None:
    assert words in paragraph(GAPS[name].locator)


def test_mckinseys_range_is_nowhere_in_the_source_and_cites_its_own_work() -> None:
    assert GAPS["mckinsey_range"].locator.startswith("McKinsey & Company, The economic potential")
    text = " ".join(one for paragraphs in sections().values() for one in paragraphs)
    assert "4.4" not in text and "2.6" not in text


def test_every_locator_of_a_figure_has_a_paragraph() -> None:
    for fact in FACTS.values():
        assert paragraph(fact.locator)


def test_no_sentence_of_the_source_stands_in_the_product() -> None:
    """No eight words in a row are the source's."""
    source = " ".join(one for paragraphs in sections().values() for one in paragraphs)
    words = source.lower().split()
    runs = {tuple(words[i : i + 8]) for i in range(len(words) - 7)}
    for one in (*SYSTEMS.values(), *GAPS.values()):
        ours = " ".join(
            (getattr(one, "what", ""), getattr(one, "text", ""), getattr(one, "note", ""))
        )
        said = ours.lower().split()
        assert not runs & {tuple(said[i : i + 8]) for i in range(len(said) - 7)}, one.id


def test_locators_name_sections_that_exist_or_a_work_of_its_own() -> None:
    known = ("Introduction", *SECTIONS)
    for one in (*SYSTEMS.values(), *GAPS.values(), *FACTS.values()):
        if getattr(one, "kind", "") != "citation":
            assert one.locator.rpartition(", par. ")[0] in known, one.id


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('segment = "crypto_compute"', 'segment = "crypto_hardware"', "segment"),
        ('kind = "crypto project"', 'kind = "thing"', "kind"),
        ('"akash_vendors"', '"akash_sellers"', "figures"),
    ],
)
def test_a_faulty_system_is_refused(tmp_path: Path, old: str, new: str, field: str) -> None:
    text = SYSTEMS_FILE.read_text(encoding="utf-8")
    start = text.index('id = "akash"')
    path = tmp_path / "systems.toml"
    path.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"systems.toml: entry 'akash', field '{field}'"):
        load_systems(path)


def test_a_gap_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gaps.toml"
    text = GAPS_FILE.read_text(encoding="utf-8")
    path.write_text(text.replace('kind = "exhibit"', 'kind = "hole"', 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match="field 'kind'"):
        load_gaps(path)


# The command -----------------------------------------------------------------------------------


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["evidence", *options]) == 0
    return capsys.readouterr().out


def test_the_command_prints_every_system_figure_and_gap(capsys) -> None:
    out = printed(capsys)
    assert all(one.name in out for one in SYSTEMS.values())
    assert all(one.what in out for one in FACTS.values())
    assert all(one.title in out for one in GAPS.values())


def test_a_figure_stands_below_its_system_with_unit_and_period(capsys) -> None:
    lines = printed(capsys, "--segment", "crypto_compute").splitlines()
    first = next(number for number, line in enumerate(lines) if "Akash (AKT)" in line)
    assert "138,000 USD (since 2023-08-31)" in " ".join(lines[first + 1 : first + 4])
    assert "no figure" in next(line for line in lines if line.startswith(" Gensyn"))


def test_a_segment_has_its_own_systems_and_every_figure_that_supports_it(capsys) -> None:
    data = json.loads(printed(capsys, "--segment", "crypto_identity", "--json"))
    assert {one["id"] for one in data["figures"]} >= {
        name for name, one in FACTS.items() if one.segment == "crypto_identity"
    }
    assert {one.id for one in SYSTEMS.values() if one.segment == "crypto_identity"} <= {
        one["id"] for one in data["systems"]
    }
    assert "gaps" not in data


def test_json_has_all_three_lists_in_full(capsys) -> None:
    data = json.loads(printed(capsys, "--json"))
    assert {one["id"] for one in data["systems"]} == {*SYSTEMS}
    assert {one["id"] for one in data["figures"]} == {*FACTS}
    assert {one["id"] for one in data["gaps"]} == {*GAPS}


def test_csv_has_a_row_a_system_and_figure(capsys) -> None:
    rows = [*csv.DictReader(io.StringIO(printed(capsys, "--csv")))]
    spent = next(row for row in rows if row["figure"] == "akash_compute_spend")
    assert (spent["name"], spent["low"], spent["unit"]) == ("Akash", "138000.0", "usd")
    assert {row["system"] for row in rows} - {""} == {*SYSTEMS}


def test_an_unknown_segment_is_refused_with_those_that_exist(capsys) -> None:
    assert main(["evidence", "--segment", "hardware"]) == 2
    assert "known: market, crypto_software" in capsys.readouterr().err


# Own models ------------------------------------------------------------------------------------


def test_an_own_model_adds_systems_with_figures_of_its_own() -> None:
    own = model_of(text_of({
        "model.toml": {},
        "evidence.toml": {
            "units": {"usd": "US dollars"},
            "evidence": [{"id": "acme_sales", "segment": "crypto_compute", "who": "Acme",
                          "what": "Sales", "value": 1e6, "unit": "usd", "as_of": "2024-06-30",
                          "locator": "Acme's report, p. 3"}],
        },
        "systems.toml": {
            "system": [{"id": "acme", "name": "Acme", "kind": "company",
                        "segment": "crypto_compute",
                        "what": "Rents out GPUs", "figures": ["acme_sales"],
                        "as_of": "2024-06-30", "locator": "Acme's report, p. 3"}],
        },
    }))  # fmt: skip
    added = own.systems()[-1]
    assert (added.name, added.figures, added.as_of) == (
        "Acme",
        ("acme_sales",),
        dt.date(2024, 6, 30),
    )
    assert own.systems()[:-1] == MODEL.systems() and own.gaps() == MODEL.gaps()


def test_a_model_without_a_segment_has_neither_its_systems_nor_its_figures() -> None:
    own = model_of(text_of({"model.toml": {
        "leave_out": ["crypto_identity", "crypto_identity_share", "identity_market",
                      "identity_rate", "identity_base"],
    }}))  # fmt: skip
    systems = {one.id: one for one in own.systems()}
    assert "worldcoin" not in systems
    assert systems["ethereum"].figures == ("proof_gas", "proof_fee")
