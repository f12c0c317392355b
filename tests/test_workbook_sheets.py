"""What the sheets beyond the forecast tell: charts, evidence, findings, deviations, notes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from engines import require
from engines.libreoffice import Document, LibreOffice, available
from lxml import etree
from openpyxl.worksheet.worksheet import Worksheet
from shipped import MODEL, STEPS
from strategies import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import LogLine, UserInputs, read_user_toml
from xl_cryptoai.errors import CatalogueError
from xl_cryptoai.forecast.findings import load_findings
from xl_cryptoai.source import load_evidence
from xl_cryptoai.workbook import build
from xl_cryptoai.workbook.formulas import NATIVE_READINGS
from xl_cryptoai.workbook.layout import lay_out
from xl_cryptoai.workbook.sheets import by_year, charts, cover, risk_charts

LAYOUT = lay_out(MODEL)


@pytest.fixture(scope="module")
def values(workbooks: dict[str, Path]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(workbooks["office"], data_only=True)


def beside(sheet: Worksheet, words: str, column: str) -> object:
    """Find a row by the words in its first columns, and give its cell in a column."""
    for row in sheet.iter_rows(max_col=3):
        if words in [cell.value for cell in row]:
            return sheet[f"{column}{row[0].row}"].value
    raise AssertionError(f"no row says {words!r}")


def test_the_evidence_sheet_shows_every_fact(values: openpyxl.Workbook) -> None:
    sheet = values["Evidence"]
    for fact in load_evidence():
        row = LAYOUT.fact_row[fact.id]
        assert (sheet[f"D{row}"].value, sheet[f"E{row}"].value) == (fact.low, fact.high)
        assert sheet[f"I{row}"].value == fact.locator


# what is asked, and the answer worked out by hand from the printed figures
ANSWERS = [
    ("Akash: spending, annualised", 138_000 / 151 * 365),  # 31 August to 29 January
    ("Annual growth to the forecast, from Akash's run-rate alone",
     (1.8976e9 / (138_000 / 151 * 365)) ** (1 / 6) - 1),
    ("Annual growth to the forecast, from Hut 8's run-rate alone",
     (1.8976e9 / 18e6) ** (1 / 6) - 1),
    ("Gap", 0.04),
    ("Miners' price as a share of big tech's", 0.5),
    ("Fee for one proof on chain: middle of the range", 46.5),
    ("Proofs a year that crypto security would pay for", 1.116984375e9 / 46.5),
    ("Cost to prove a computation of 50 USD", 50e6),
    ("Crypto security for each edge device expected by 2027", 1.116984375e9 / 5.8e9),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "answer"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_the_evidence_answers_what_it_lets_one_ask(values, asked: str, answer: float) -> None:
    assert beside(values["Evidence"], asked, "D") == pytest.approx(answer, rel=1e-9)


def test_no_evidence_feeds_the_forecast(workbooks: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(workbooks["office"])
    for name in ("Assumptions", "Forecast", "Segments"):
        for row in book[name].iter_rows():
            for cell in row:
                text = str(getattr(cell.value, "text", cell.value) or "")
                assert not (text.startswith("=") and "Evidence!" in text), cell.coordinate


def test_every_finding_stands_on_its_sheet_with_its_live_effect(values) -> None:
    sheet = values["Findings"]
    assert {f.id for f in load_findings(MODEL) if f.has_other_reading} == set(NATIVE_READINGS)
    for finding in load_findings(MODEL):
        other = beside(sheet, finding.title, "E")
        assert other == (
            pytest.approx(finding.total(MODEL), rel=1e-9) if finding.has_other_reading else None
        )


def test_other_readings_follow_the_live_inputs() -> None:
    """Bear: GDP grows by 2%, AI by 1.25 times as much, and 1% of software is crypto."""
    bear = Forecast("bear")
    book = openpyxl.load_workbook(
        io.BytesIO(build("plain", UserInputs(scenario="bear"))), data_only=True
    )
    expected = {
        "overlap": bear["total"] - 0.01 * (bear["identity_market"] + bear["security_market"]),
        # 4.618T (5.85T over 1.03^8) at 2% for eight years
        "growth_itself": bear["total"] * 5.85e12 / 1.03**8 * 1.02**8 / bear["tam"],
        "growth_compounds": bear["total"] * 5.85e12 / (1.03 * 1.045) ** 8
        * (1.02 * 1.025) ** 8 / bear["tam"],
        "real_or_nominal": bear["total"] * 1.02**8,
    }  # fmt: skip
    titles = {finding.id: finding.title for finding in load_findings(MODEL)}
    for name, total in expected.items():
        assert beside(book["Findings"], titles[name], "E") == pytest.approx(total, rel=1e-12), name


def test_shares_above_all_of_revenue_are_warned_about_and_computed_all_the_same() -> None:
    """75% of software, 18.9% of compute, 3.5% of identity, 8.9% of security."""
    wide = UserInputs(values={"software_share": {"override": 0.75}})
    book = openpyxl.load_workbook(io.BytesIO(build("plain", wide)), data_only=True)
    label = "AI software, AI compute, Identity market, Security market"
    sheet = book["Findings"]
    assert beside(sheet, label, "D") == pytest.approx(0.75 + 47.44 / 250.965 + 0.035 + 58.75 / 660)
    assert str(beside(sheet, label, "C")).startswith("WARNING")
    assert str(sheet["A3"].value).endswith("checks OK")
    total = Forecast(overrides={"software_share": 0.75})["total"]
    assert book["Segments"]["E12"].value == pytest.approx(total)


def test_what_the_text_lacks_stands_below_the_findings(values) -> None:
    for gap in MODEL.gaps():
        assert beside(values["Findings"], gap.title, "G") == gap.locator


def test_every_system_has_a_row_with_its_figures_or_that_there_are_none(values) -> None:
    sheet = values["Systems"]
    rows = {row[1]: row for row in sheet.iter_rows(min_row=7, values_only=True)}
    assert len(rows) == len(MODEL.systems())
    assert rows["Gensyn"][4] == "none in the text"
    assert rows["Akash (AKT)"][4] == "65; 2023 (2023-08-31); 138,000 USD (since 2023-08-31)"
    for system in MODEL.systems():
        assert rows[f"{system.name} ({system.token})" if system.token else system.name][6] == (
            system.locator
        )


def test_a_systems_figures_lead_to_the_first_of_them(workbooks) -> None:
    book = openpyxl.load_workbook(workbooks["office"])
    row = next(row for row in book["Systems"].iter_rows(min_row=7) if row[1].value == "Hive")
    target = row[1].hyperlink.location
    assert target == f"'Evidence'!D{LAYOUT.fact_row['hive_hpc_revenue_multiple']}"


def test_each_case_cell_has_a_note_with_its_source_or_reason(workbooks) -> None:
    sheet = openpyxl.load_workbook(workbooks["office"])["Assumptions"]
    for name, row in LAYOUT.assumption_row.items():
        assert CATALOGUE[name].locator in sheet[f"G{row}"].comment.text
        for column in "FH":
            note = sheet[f"{column}{row}"].comment.text
            assert note.startswith("House: ") and CATALOGUE[name].scenario_rationale in note


def test_there_are_twelve_native_charts_with_words_for_those_who_cannot_see_them(workbooks) -> None:
    with zipfile.ZipFile(io.BytesIO(workbooks["office"].read_bytes())) as archive:
        names = archive.namelist()
        drawings = [
            etree.fromstring(archive.read(f"xl/drawings/drawing{n}.xml")) for n in (1, 2, 3, 4)
        ]
    assert sum(name.startswith("xl/charts/chart") for name in names) == 12
    for drawing, texts in zip(
        drawings,
        (
            cover.alt_texts(MODEL),
            by_year.alt_texts(MODEL),
            charts.alt_texts(MODEL),
            risk_charts.ALT_TEXTS,
        ),
        strict=True,
    ):
        told = [e.get("descr") for e in drawing.iter() if etree.QName(e).localname == "cNvPr"]
        assert told == list(texts)


# Deviations ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document(workbooks: dict[str, Path]) -> Iterator[Document]:
    if reason := available():
        require(reason)
    with LibreOffice() as office, office.open(workbooks["office"]) as opened:
        opened.recalculate()
        yield opened


def test_without_changes_nothing_deviates(values: openpyxl.Workbook) -> None:
    sheet = values["Deviations"]
    rows = list(sheet.iter_rows(min_row=7, max_row=6 + len(CATALOGUE), values_only=True))
    assert [row[7] for row in rows] == list(CATALOGUE)
    assert {row[4] for row in rows} == {"as published"}
    assert {row[5] for row in rows} == {0}


def test_deviations_give_the_effect_of_each_change_alone_and_of_all_together(
    document: Document,
) -> None:
    changes = {"ai_penetration": 0.4, "hyperscaler_share": 0.7, "identity_base": "ai_software"}
    edits = [
        ("Assumptions", f"{LAYOUT.override}{LAYOUT.assumption_row[name]}", value)
        for name, value in changes.items()
    ]
    last = 6 + len(CATALOGUE)
    areas = [("Deviations", f"E7:H{last}"), ("Deviations", f"F{last + 1}:F{last + 2}")]
    rows, sums = document.probe(edits, areas)
    base = Forecast()["total"]
    for state, effect, _, name in rows:
        alone = Forecast(overrides={name: changes[name]})["total"] - base if name in changes else 0
        assert state == ("differs" if name in changes else "as published")
        assert effect == pytest.approx(alone, rel=1e-9, abs=1e-3)
    together = Forecast(overrides=changes)["total"] - base
    assert sums[0][0] == pytest.approx(together, rel=1e-9)
    assert sums[1][0] == pytest.approx(together - sum(row[1] for row in rows), rel=1e-9)


def test_the_scenario_shows_as_deviation_and_live_says_what_it_is(document: Document) -> None:
    row = LAYOUT.assumption_row["ai_penetration"]
    edits = [
        ("Cover", LAYOUT.scenario_cell, "Bull"),
        ("Assumptions", f"{LAYOUT.override}{row}", 0.45),
    ]
    states, live_is = document.probe(
        edits, [("Deviations", f"E7:E{6 + len(CATALOGUE)}"), ("Assumptions", "D8:D15")]
    )
    same = [e.id for e in CATALOGUE.values() if e.base == e.values["bull"]]
    assert [state for (state,) in states].count("as published") == len(same)
    assert live_is[row - 8][0] == "override"
    assert live_is[row - 9][0] == "house"


# A person's inputs -----------------------------------------------------------------------------


def test_a_persons_inputs_are_carried_into_a_fresh_workbook() -> None:
    inputs = UserInputs(
        "bull",
        {
            "ai_penetration": {"bull": 0.6, "override": 0.55},
            "identity_base": {"base": "ai_software"},
        },
        (LogLine(dt.date(2024, 2, 1), "Ada", "penetration up", "survey"),),
    )  # fmt: skip
    content = build("plain", inputs=inputs)
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    row = LAYOUT.assumption_row["ai_penetration"]
    columns = ("E", LAYOUT.cases["bull"], LAYOUT.override)
    assert [book["Assumptions"][f"{c}{row}"].value for c in columns] == [0.55, 0.6, 0.55]
    assert book["Cover"]["B6"].value == "Bull"
    assert [cell.value for cell in book["Change log"][6]][1:4] == [
        "Ada",
        "penetration up",
        "survey",
    ]
    live = Forecast("bull", overrides={"ai_penetration": 0.55})
    sheet, where = next(book.defined_names["total"].destinations)
    assert book[sheet][where.replace("$", "")].value == pytest.approx(live["total"], rel=1e-12)


def test_the_fingerprint_on_the_cover_tells_two_sets_of_assumptions_apart() -> None:
    def told(inputs: UserInputs | None) -> str:
        book = openpyxl.load_workbook(io.BytesIO(build("plain", inputs=inputs)))
        return str(beside(book["Cover"], "Version", "B"))

    assert told(None) == told(UserInputs()) != told(UserInputs("bull"))
    assert told(None) != told(UserInputs(values={"gdp_growth": {"override": 0.03}}))


TOML = """
scenario = "bear"
[ai_penetration]
override = 0.25
[[change_log]]
date = 2024-02-01
who = "Ada"
what = "penetration"
why = "survey"
"""


def test_inputs_are_read_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML, encoding="utf-8")
    inputs = read_user_toml(path, CATALOGUE)
    assert inputs.scenario == "bear"
    assert inputs.values == {"ai_penetration": {"override": 0.25}}
    assert inputs.change_log == (LogLine(dt.date(2024, 2, 1), "Ada", "penetration", "survey"),)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.25", "25", "entry 'ai_penetration', field 'override': ai_penetration is 25; it must"),
        ("[ai_penetration]", "[penetration]", "entry 'penetration', .*did you mean ai_penetration"),
        ("override", "live", "field 'live': no input field of ai_penetration is called 'live'"),
        ('"bear"', '"bare"', "field 'scenario': no scenario is called 'bare': did you mean"),
        ("who", "whom", "entry 'change_log', field 'whom': is not known"),
    ],
)
def test_toml_that_cannot_be_used_is_refused_by_entry_and_field(tmp_path, old, new, words) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"mine.toml: .*{words}"):
        read_user_toml(path, CATALOGUE)


def test_every_step_leads_to_an_assumption_and_every_assumption_to_its_source(workbooks) -> None:
    book = openpyxl.load_workbook(workbooks["office"])
    forecast, assumptions = book["Forecast"], book["Assumptions"]
    for name in STEPS:
        target = forecast[f"{LAYOUT.step_id}{LAYOUT.python_row[name]}"].hyperlink.location
        assert target.split("!")[0] in ("'Assumptions'", "'Forecast'")
    for name, row in LAYOUT.assumption_row.items():
        expected = f"'Sources'!A{LAYOUT.source_row[name]}"
        assert assumptions[f"{LAYOUT.locator}{row}"].hyperlink.location == expected
