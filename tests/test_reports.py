"""The two pages for a memo and the report on a comparison, as HTML and for Word."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from edits import cell, edit
from engines import libreoffice, require
from engines import validators as judge
from engines.browser import CONTRASTS, Browser
from PIL import Image
from shipped import CATALOGUE, MODEL
from test_own_model import MARKETPLACES

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.assumptions.user_inputs import fingerprint_of
from xl_cryptoai.cli import main
from xl_cryptoai.cli.app import COMMANDS
from xl_cryptoai.forecast.own_model import model_of, text_of
from xl_cryptoai.reports.memo import MOST_CHANGES, Subject, memo
from xl_cryptoai.reports.parts import REVIEW, Section, Table, facts_of_inputs
from xl_cryptoai.reports.report_file import as_html
from xl_cryptoai.reports.word import as_docx
from xl_cryptoai.risk.plan import plan_of_inputs
from xl_cryptoai.units import read_as
from xl_cryptoai.workbook import build

SECTIONS = [
    "Result", "Scenarios", "Assumptions that differ from the published case",
    "Sources of the main inputs", "Risk", "Audit",
]  # fmt: skip
TYPED = {"ai_penetration": {"override": 0.4}, "hyperscaler_share": {"override": 0.85}}


def much_typed() -> UserInputs:
    """Bull with eight overrides, so that a table is longer than the page has room for."""
    names = [name for name, one in CATALOGUE.items() if one.uncertainty is not None][:8]
    values = {name: {"override": CATALOGUE[name].values["bear"]} for name in names}
    return UserInputs("bull", values)


def faulty(book: Any) -> None:
    """Overwrite formulas, hide a row and loosen a check: more findings than are listed."""
    for row in (9, 11, 13, 15, 17, 19):
        book["Forecast"][f"F{row}"].value = 1e9 + row
    book["Segments"].row_dimensions[15].hidden = True
    book["Checks"]["G6"].value = 1e12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workbooks and the reports on them, as the commands write them."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "old.xlsx").write_bytes(build("office"))
    (folder / "new.xlsx").write_bytes(build("office", inputs=UserInputs(values=TYPED)))
    (folder / "much.xlsx").write_bytes(build("office", inputs=much_typed()))
    edit(folder / "much.xlsx", folder / "worst.xlsx", faulty)
    made = [
        ("report", "new.xlsx", "--out", "new.html"), ("report", "new.xlsx", "--out", "new.docx"),
        ("report", "worst.xlsx", "--out", "worst.html"),
        ("report", "worst.xlsx", "--out", "worst.docx"),
        ("report", "--scenario", "bull", "--out", "bull.html"),
        ("diff", "old.xlsx", "new.xlsx", "--out", "diff.html"),
        ("diff", "old.xlsx", "new.xlsx", "--out", "diff.docx"),
        ("audit", "new.xlsx", "--out", "audit.html"),
        ("trace", "new.xlsx", "total", "--format", "html", "--out", "trace.html"),
    ]  # fmt: skip
    for command in made:
        assert main([str(folder / one) if "." in one else one for one in command]) in (0, 1)
    own = model_of(text_of(MARKETPLACES))
    inputs = UserInputs("stress")
    subject = Subject(plan_of_inputs(own, inputs), inputs, facts_of_inputs(own, inputs, "own"))
    (folder / "own.html").write_text(as_html(memo(subject)), encoding="utf-8")
    (folder / "own.docx").write_bytes(as_docx(memo(subject)))
    return folder


def page(folder: Path, name: str) -> str:
    return (folder / f"{name}.html").read_text(encoding="utf-8")


def words_of(page: str) -> str:
    """Return a page's text without tags."""
    return re.sub(
        r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S))
    )


# Figures -----------------------------------------------------------------------------------------


def answer(capsys, *arguments: str) -> Any:
    assert main([*arguments, "--json"]) in (0, 1)
    return json.loads(capsys.readouterr().out)


def test_the_risk_is_what_simulate_prints(folder: Path, capsys) -> None:
    book = str(folder / "new.xlsx")
    told = answer(capsys, "simulate", "--from", book, "--above", "10.2B")
    words = words_of(page(folder, "new"))
    for percentile in ("p5", "p50", "p95"):
        assert read_as(told["results"]["total"][percentile], "usd_per_year", 3) in words
    chance = told["chance_of_exceeding"]["10.2B"][0]
    assert f"{chance:.1%} chance of exceeding the published 10.2B" in words
    assert f"is at P{told['live']['percentile']:.1f} of the draws" in words


def test_the_effects_are_those_of_diff_and_add_up(folder: Path, capsys) -> None:
    told = answer(capsys, "diff", str(folder / "old.xlsx"), str(folder / "new.xlsx"))
    words = words_of(page(folder, "new"))
    for share in told["attribution"]["shares"]:
        sign = "+" if share["value"] >= 0 else "\N{MINUS SIGN}"
        row = f"{CATALOGUE[share['id']].label} {read_as(share['before'], 'share')} "
        row += f"{read_as(share['after'], 'share')} override "
        assert f"{row}{sign}{read_as(abs(share['value']), 'usd_per_year')}" in words
    whole = read_as(told["attribution"]["difference"], "usd_per_year")
    assert f"All together +{whole}" in words


def test_the_scenarios_are_what_forecast_prints(folder: Path, capsys) -> None:
    cases = answer(capsys, "forecast", "--from", str(folder / "new.xlsx"))["cases"]
    words = words_of(page(folder, "new"))
    for name in (*MODEL.segments, "total"):
        figures = (read_as(cases[case]["steps"][name], "usd_per_year")
                   for case in ("live", "bear", "base", "bull"))  # fmt: skip
        assert f"{MODEL.steps[name].label} {' '.join(figures)}" in words


def test_a_long_table_says_how_much_it_leaves_out_and_still_adds_up(folder: Path) -> None:
    words = words_of(page(folder, "worst"))
    assert re.search(r"\d+ more, together [+\N{MINUS SIGN}]", words)
    total = Forecast(
        "bull", overrides={name: one["override"] for name, one in much_typed().values.items()}
    )["total"]
    moved = total - Forecast()["total"]
    sign = "+" if moved >= 0 else "\N{MINUS SIGN}"
    assert f"All together {sign}{read_as(abs(moved), 'usd_per_year')}" in words


def test_the_audit_is_that_of_the_command(folder: Path, capsys) -> None:
    (told,) = answer(capsys, "audit", str(folder / "worst.xlsx"))
    count = sum(one["severity"] != "note" for one in told["findings"])
    words = words_of(page(folder, "worst"))
    assert f"{count} findings at" in words and f"{len(told['findings']) - 5} more: see" in words
    assert "No findings:" in words_of(page(folder, "new"))


def test_without_a_workbook_the_model_itself_is_reported(folder: Path) -> None:
    words = words_of(page(folder, "bull"))
    assert "Crypto-AI revenue comes to 57.77B USD/year: +47.60B (+468.2%)" in words
    assert "none was audited" in words and "Live (bull)" in words


def test_a_toml_file_is_reported_with_its_own_hash(tmp_path: Path) -> None:
    file, out = tmp_path / "mine.toml", tmp_path / "mine.html"
    file.write_text('scenario = "bull"\n[ai_penetration]\noverride = 0.4\n', encoding="utf-8")
    assert main(["report", str(file), "--out", str(out)]) == 0
    words = words_of(out.read_text(encoding="utf-8"))
    assert "Live (bull with 1 override)" in words
    assert hashlib.sha256(file.read_bytes()).hexdigest() in words


def test_an_own_model_is_reported_with_all_its_segments_and_scenarios(folder: Path) -> None:
    words = words_of(page(folder, "own"))
    assert "Crypto-AI revenue with data marketplaces in 2035" in words
    assert "Crypto marketplaces" in words and "Stress (house)" in words
    assert "differ from the base case" in words and "published case" not in words
    assert model_of(text_of(MARKETPLACES)).fingerprint in words


def test_many_segments_leave_fewer_rows_for_what_differs(folder: Path) -> None:
    table = page(folder, "own").split("effect on the total")[1].split("</table>")[0]
    assert 3 <= table.count("<tr") - 1 < MOST_CHANGES


def test_inputs_that_cannot_be_used_are_refused(folder: Path, tmp_path: Path, capsys) -> None:
    def text_for_a_number(book: Any) -> None:
        cell(book, "Assumptions", "ai_penetration", "Override").value = "lots"

    path = edit(folder / "new.xlsx", tmp_path / "text.xlsx", text_for_a_number)
    assert main(["report", str(path), "--out", str(tmp_path / "r.html")]) == 2
    assert "ai_penetration" in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()


def test_where_nothing_is_uncertain_the_report_says_so() -> None:
    typed = {name: {"override": one.base} for name, one in CATALOGUE.items() if one.uncertainty}
    inputs = UserInputs(values=typed)
    subject = Subject(plan_of_inputs(MODEL, inputs), inputs, facts_of_inputs(MODEL, inputs, "-"))
    assert "Nothing was simulated: no assumption is uncertain" in as_html(memo(subject))


# By what a reader knows the file -----------------------------------------------------------------

HTML = ["new", "diff", "audit", "trace"]


@pytest.mark.parametrize("name", HTML)
def test_every_page_has_name_hash_version_fingerprint_and_a_line_for_the_reviewer(
    folder: Path, name: str
) -> None:
    from xl_cryptoai import __version__

    words = words_of(page(folder, name))
    content = (folder / "new.xlsx").read_bytes()
    assert "new.xlsx" in words and hashlib.sha256(content).hexdigest() in words
    assert f"with xl-cryptoai {__version__}" in words
    assert fingerprint_of(CATALOGUE, UserInputs(values=TYPED)) in words
    assert " ".join(REVIEW) in words
    assert re.search(r"Made on \d{4}-\d\d-\d\d \d\d:\d\d", words)


def test_the_fingerprint_of_an_unchanged_workbook_is_the_one_on_its_cover(folder: Path) -> None:
    cover = openpyxl.load_workbook(folder / "new.xlsx")["Cover"]
    texts = [str(one.value) for row in cover.iter_rows() for one in row if one.value]
    (version,) = [text for text in texts if text.startswith("xl-cryptoai ")]
    assert version.rpartition(" ")[2] in words_of(page(folder, "new"))


def test_the_date_can_be_set_and_two_runs_are_then_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")
    for name in ("one", "two"):
        command = ["report", str(folder / "new.xlsx"), "--out", str(tmp_path / f"{name}.html")]
        assert main(command) == 0
    assert page(tmp_path, "one") == page(tmp_path, "two")
    assert "Made on 2025-01-01 00:00 UTC" in words_of(page(tmp_path, "one"))


# Comparison --------------------------------------------------------------------------------------


def test_a_comparison_has_the_groups_that_diff_prints_and_a_bridge_first(folder: Path) -> None:
    shown = page(folder, "diff")
    titles = re.findall(r"<h2>(.*?)</h2>", shown)
    assert titles[0] == "Why Crypto-AI revenue moved"
    assert titles[1:3] == ["Inputs", "Formulas and other cells"] and titles[-1] == "Results"
    (source,) = re.findall(r"src='data:image/svg\+xml;base64,([^']+)'", shown)
    assert "moved by +1.582B" in base64.b64decode(source).decode()


def test_a_comparison_says_how_far_the_total_moved(folder: Path) -> None:
    words = words_of(page(folder, "diff"))
    assert "10.17B before 11.75B after +1.582B change (+15.6%)" in words


def test_equal_workbooks_have_a_report_too(folder: Path, tmp_path: Path) -> None:
    book, out = str(folder / "old.xlsx"), tmp_path / "same.html"
    assert main(["diff", book, book, "--out", str(out)]) == 0
    assert "The workbooks are the same" in words_of(out.read_text(encoding="utf-8"))


# HTML in a browser -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["new", "worst", "bull", "own"])
def test_a_memo_prints_on_two_pages(
    folder: Path, browser: Browser, tmp_path: Path, name: str
) -> None:
    opened = browser.open((folder / f"{name}.html").as_uri())
    (tmp_path / "memo.pdf").write_bytes(opened.as_pdf())
    assert libreoffice.pages_of(tmp_path / "memo.pdf") == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", HTML)
def test_a_page_is_readable_in_light_and_dark(
    folder: Path, browser: Browser, name: str, scheme: str
) -> None:
    opened = browser.open((folder / f"{name}.html").as_uri())
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    opened.ask("Emulation.setEmulatedMedia", media)
    contrasts = opened.run(CONTRASTS)
    assert len(contrasts) > 20
    assert min(contrasts) >= 4.5  # WCAG 2 AA for text of usual size


@pytest.mark.parametrize("name", HTML)
def test_a_page_asks_for_nothing_and_all_its_pictures_are_drawn(
    folder: Path, browser: Browser, name: str
) -> None:
    opened = browser.open((folder / f"{name}.html").as_uri())
    asked = [event["request"]["url"] for event in opened.events("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    pictures = opened.run("[...document.images].map(i => [i.naturalWidth, i.alt.length])")
    assert all(width > 700 and words > 20 for width, words in pictures)
    assert opened.run("document.documentElement.scrollWidth <= innerWidth")


# Word --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document(folder: Path) -> Any:
    return docx.Document(str(folder / "new.docx"))


def test_headings_are_headings(document: Any) -> None:
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == [*SECTIONS, "About this report"]
    assert document.paragraphs[0].style.name == "Title"


def test_tables_say_the_same_as_the_page(folder: Path, document: Any) -> None:
    words = words_of(page(folder, "new"))
    rows = [[one.text for one in row.cells] for table in document.tables[1:3] for row in table.rows]
    assert len(rows) > 8
    for row in rows:
        assert " ".join(text.replace("\n", " ") for text in row if text) in words


def test_heads_of_tables_are_repeated_on_the_next_page(document: Any) -> None:
    heads = [table for table in document.tables if "w:tblHeader" in table._tbl.xml]
    assert len(heads) == 3, "scenarios, what differs, sources"


def test_every_picture_is_a_png_with_words_for_whoever_cannot_see_it(document: Any) -> None:
    shown = document.inline_shapes
    words = [one._inline.docPr.get("descr") for one in shown]
    assert len(words) == 2 and all(len(one) > 20 for one in words)
    images = [one for one in document.part.package.iter_parts() if "image" in one.content_type]
    assert {Image.open(io.BytesIO(one.blob)).format for one in images} == {"PNG"}


def test_the_paper_is_a4_and_nothing_is_wider_than_its_text(document: Any) -> None:
    page = document.sections[0]
    # Word counts in twentieths of a point
    assert (page.page_width.mm, page.page_height.mm) == pytest.approx((210, 297), abs=0.02)
    room = page.page_width - page.left_margin - page.right_margin
    assert all(shape.width <= room for shape in document.inline_shapes)


def test_one_font_that_every_system_has(document: Any) -> None:
    styles = [document.styles[name] for name in ("Title", "Heading 1", "Normal")]
    assert {style.font.name for style in styles} == {"Arial"}
    assert not any("Theme=" in style.element.rPr.rFonts.xml for style in styles)


def test_what_was_typed_cannot_break_the_document() -> None:
    from xl_cryptoai.reports.parts import FileFacts, Report

    odd = "a<b>&\x00\u202e.xlsx"
    parts = [odd, Table((odd, "b"), [[odd, ""]], (1,))]
    report = Report(odd, odd, [FileFacts(odd)], "2025-01-01", [Section(odd, parts)])
    opened = docx.Document(io.BytesIO(as_docx(report)))
    assert "a<b>&\\x00" in opened.paragraphs[0].text
    assert "<b>" not in as_html(report)


@pytest.mark.parametrize("name", ["new", "worst", "diff"])
def test_the_open_xml_sdk_finds_no_error(folder: Path, name: str) -> None:
    require(judge.sdk_available())
    assert judge.sdk_errors(folder / f"{name}.docx") == []


@pytest.mark.parametrize("name", ["worst", "own"])
def test_libreoffice_prints_a_memo_on_two_pages(folder: Path, tmp_path: Path, name: str) -> None:
    require(libreoffice.writer_available())
    pdf = libreoffice.document_as_pdf(folder / f"{name}.docx", tmp_path)
    assert libreoffice.pages_of(pdf) == 2


def test_without_the_library_html_is_named_as_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    assert main(["report", "--out", str(tmp_path / "r.docx")]) == 2
    assert "reinstall python-docx, or write .html" in capsys.readouterr().err


# Usage -------------------------------------------------------------------------------------------


def test_the_command_is_listed() -> None:
    assert "report" in COMMANDS


@pytest.mark.parametrize("command", [("report",), ("diff", "a.xlsx", "b.xlsx")])
def test_another_ending_is_refused_with_the_two_that_are_written(command, capsys) -> None:
    assert main([*command, "--out", "report.pdf"]) == 2
    assert "report.pdf does not end in .html or .docx" in capsys.readouterr().err


def test_a_file_brings_its_own_scenario(folder: Path, tmp_path: Path, capsys) -> None:
    command = ["report", str(folder / "new.xlsx"), "--scenario", "bull", "--out"]
    assert main([*command, str(tmp_path / "r.html")]) == 2
    assert "leave out --scenario and --set" in capsys.readouterr().err


def test_a_report_is_not_replaced_unasked(tmp_path: Path, capsys) -> None:
    out = tmp_path / "r.html"
    out.write_text("mine", encoding="utf-8")
    assert main(["report", "--out", str(out)]) == 2
    assert "give --force" in capsys.readouterr().err and out.read_text(encoding="utf-8") == "mine"
