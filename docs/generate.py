"""Writes the parts of the documentation that are derived from the code.

python docs/generate.py             functions.md, command-line.md, evidence.md, the table of steps
                                    in model.md, that of buttons in windows.md,
                                    pictures/tornado.svg
python docs/generate.py pictures    the workbook's sheets as pictures, through LibreOffice
python docs/generate.py landing     the page at the server's address, through Chromium
python docs/generate.py pane        the task pane beside a workbook, through Chromium
python docs/generate.py reports     the reports and pictures that commands write, through Chromium
                                    and LibreOffice
python docs/generate.py parity      parity.md, by asking every engine that runs here
"""

from __future__ import annotations

import base64
import contextlib
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from xl_cryptoai_windows.ribbon import BUTTONS

from xl_cryptoai import Forecast
from xl_cryptoai.cli import main as command_line
from xl_cryptoai.cli.app import COMMANDS
from xl_cryptoai.forecast import shipped_model
from xl_cryptoai.forecast.documentation import source_of
from xl_cryptoai.functions import functions_of
from xl_cryptoai.reports.evidence import (
    HEADERS,
    KIND_WORDS,
    heading_of,
    rows_of,
    segments_of,
    texts_of,
)
from xl_cryptoai.reports.tornado import draw_tornado
from xl_cryptoai.risk import tornado
from xl_cryptoai.source import load_published
from xl_cryptoai.units import read_as
from xl_cryptoai.workbook import build
from xl_cryptoai.workbook.formulas import NATIVE
from xl_cryptoai.workbook.layout import SHEETS

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests"))  # the pictures are taken by the tests' engines
MODEL = shipped_model()


def functions_page() -> str:
    """Describe every Excel function: what it does, its arguments, its native formula."""
    lines = [
        "# Excel functions",
        "",
        "Written by `python docs/generate.py` from the same description that the function wizard",
        "shows. An argument in brackets may be left out or blank. Every step function takes single",
        "cells or ranges of one shape and returns that shape. Wrong input gives an error:",
        "`#VALUE!` for text, blanks, logical values and shapes that do not match, `#NUM!` for a",
        "figure out of range, `#N/A` for an unknown id or a target that cannot be reached,",
        "`#DIV/0!` for a division by zero; an error in a cell is passed on unchanged. Ids and",
        "scenarios may be written as labels, in any case; the message names the nearest to one",
        "that is unknown.",
    ]
    base = Forecast()
    for function in functions_of(MODEL).values():
        lines += ["", f"## {function.signature}", "", function.help, ""]
        step = function.name.removeprefix("CAI_").lower()
        if step in NATIVE:
            lines += [
                f"Native formula: `{NATIVE[step]}`",
                "",
                source_of(MODEL.steps[step], base),
                "",
            ]
        lines += ["| argument | help |", "| --- | --- |"]
        lines += [f"| `{argument.name}` | {argument.help} |" for argument in function.arguments]
    return "\n".join(lines) + "\n"


def model_page() -> str:
    """Read the page on the model, with its table of steps written anew."""
    base, figures = Forecast(), load_published().figures
    rows = [
        f"| `{name}` | `{NATIVE[name]}` | {read_as(base[name], step.unit, 6)} | "
        f"{figures[name].printed if name in figures else 'not printed'} |"
        for name, step in MODEL.steps.items()
    ]
    table = "\n".join(
        ("| step | native formula | base | printed |", "| --- | --- | --- | --- |", *rows)
    )
    page = (DOCS / "model.md").read_text(encoding="utf-8")
    return re.sub(r"^\| step \|.*?\n\n", lambda _: f"{table}\n\n", page, flags=re.M | re.S)


def windows_page() -> str:
    """Read the page on Excel on Windows, with its table of buttons written anew."""
    rows = [
        f"| {button.label} | {button.group} | {button.tip} | "
        f"{'yes' if button.works_on_mac else 'no'} |"
        for button in BUTTONS.values()
    ]
    table = "\n".join(
        ("| button | group | what a click does | on a Mac |", "| --- | --- | --- | --- |", *rows)
    )
    page = (DOCS / "windows.md").read_text(encoding="utf-8")
    return re.sub(r"^\| button \|.*?\n\n", lambda _: f"{table}\n\n", page, flags=re.M | re.S)


def command_line_page() -> str:
    """Show the help of every command."""
    lines = ["# Command line", "", "Written by `python docs/generate.py` from the commands' help."]
    for command in ("", *COMMANDS):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            command_line([*([command] if command else []), "--help"])
        title = f"xl-cryptoai {command}".strip()
        lines += ["", f"## {title}", "", "```text", printed.getvalue().rstrip(), "```"]
    return "\n".join(lines) + "\n"


def evidence_page() -> str:
    """Show the systems that the source names, its other figures, and what its text lacks."""
    systems, figures = MODEL.systems(), MODEL.evidence()
    without = sum(not one.figures for one in systems)
    lines = [
        "# Who and what the source names",
        "",
        "Written by `python docs/generate.py`. `xl-cryptoai evidence` prints it, with `--json`,",
        "`--csv` and `--segment`; in the workbook it is on sheets Systems, Evidence and",
        "Findings. The words are ours, the figures the source's. None feeds the forecast.",
        "",
        f"{len(systems)} systems, {without} of them without a figure, and {len(figures)} figures.",
    ]
    for segment in segments_of(MODEL):
        lines += ["", f"## {heading_of(MODEL, segment)}", ""]
        lines += _markdown(HEADERS, texts_of([*rows_of(MODEL, [segment])]))
    lines += ["", "## What the available text lacks, and who is behind it", ""]
    rows = [[KIND_WORDS[one.kind], one.title, one.text, one.locator] for one in MODEL.gaps()]
    lines += _markdown(("kind", "what", "explanation", "where"), rows)
    return "\n".join(lines) + "\n"


def _markdown(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (headers, ["---"] * len(headers), *rows)]


def tornado_picture() -> str:
    """Draw the tornado of the base case."""
    return draw_tornado(
        MODEL.assumptions,
        tornado(),
        Forecast()["total"],
        about="Low and high are the house view, from bear to bull.",
    )


PAGES = {
    "functions.md": functions_page,
    "command-line.md": command_line_page,
    "evidence.md": evidence_page,
    "model.md": model_page,
    "windows.md": windows_page,
    "pictures/tornado.svg": tornado_picture,
}


def picture_of(sheet: str) -> Path:
    """Return the file of a sheet's picture."""
    return DOCS / "pictures" / f"{sheet.lower().replace(' ', '_')}.png"


def _footer(pdf: Path, page: int) -> str:
    """Read the last line of a page, where the name of the sheet stands."""
    command = ["pdftotext", "-layout", "-f", str(page), "-l", str(page), str(pdf), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return [line for line in text.splitlines() if line.strip()][-1]


def pictures() -> None:
    """Take a picture of every sheet, and of those that the first walk shows."""
    from engines.libreoffice import LibreOffice
    from xl_cryptoai_libreoffice import write_extension

    from xl_cryptoai.assumptions import UserInputs

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, mine = folder / "crypto_ai_revenue_libreoffice.xlsx", folder / "mine.xlsx"
        book.write_bytes(build("libreoffice"))
        inputs = UserInputs(values={"ai_penetration": {"override": 0.4}})
        mine.write_bytes(build("plain", inputs=inputs))
        # with the extension, so that every call on the pictures is really answered
        with LibreOffice([write_extension(MODEL, folder / "extension")]) as office:
            files = [office.convert(one, folder, "pdf") for one in (book, mine)]
        _sheet_pictures(files[0], {sheet: picture_of(sheet) for sheet in SHEETS})
        walked = {sheet: picture_of(f"tour {sheet}") for sheet in WALKED}
        _sheet_pictures(files[1], walked)


WALKED = ("Cover", "Assumptions", "Deviations")
"""Sheets that the first walk shows, with its override."""


def _sheet_pictures(pdf: Path, targets: Mapping[str, Path]) -> None:
    """Write a PNG of the first page of each sheet, without the footer and the paper's edges."""
    from engines.libreoffice import rasterise
    from PIL import Image, ImageChops

    pages = rasterise(pdf, pdf.parent, 130)
    footers = [_footer(pdf, number) for number in range(1, len(pages) + 1)]
    for sheet, target in targets.items():
        page = pages[next(i for i, footer in enumerate(footers) if f" {sheet} " in footer)]
        image = Image.open(page).convert("RGB")
        image = image.crop((0, 0, image.width, int(image.height * 0.93)))  # without the footer
        edge = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
        if edge is None:
            raise SystemExit(f"sheet {sheet} is blank")
        left, top, right, bottom = edge
        image = image.crop(
            (
                max(left - 20, 0),
                max(top - 20, 0),
                min(right + 20, image.width),
                min(bottom + 20, image.height),
            )
        )
        image.quantize(64).save(target, optimize=True)


def landing() -> None:
    """Take a picture of the server's page with a function tried on it."""
    from engines.browser import Browser
    from engines.server import Server
    from PIL import Image

    tried = """(async () => {
      const form = document.querySelector("details[open] form");
      form.requestSubmit();
      while (!form.querySelector("td")) await new Promise((done) => setTimeout(done, 50));
      scrollTo(0, 0);
    })()"""
    size = {"width": 900, "height": 1500, "deviceScaleFactor": 1, "mobile": False}
    with Server() as server, Browser() as browser:
        page = browser.open(f"{server.url}/#CAI_AI_GAIN")
        page.ask("Emulation.setDeviceMetricsOverride", size)
        page.ask("Emulation.setScrollbarsHidden", {"hidden": True})
        page.run(tried)
        shot = page.ask("Page.captureScreenshot", {"format": "png"})["data"]
    image = Image.open(io.BytesIO(base64.b64decode(shot))).convert("RGB")
    image.quantize(128).save(DOCS / "pictures" / "landing.png", optimize=True)


PANE_PICTURES = {"pane": (360, False), "pane_dark": (360, True), "pane_narrow": (320, False)}
"""Pictures of the task pane: width in pixels, and whether it is dark."""


def pane() -> None:
    """Use the task pane beside a workbook and write its parts side by side."""
    from engines.browser import Browser
    from engines.office import OpenWorkbook
    from engines.pane import open_pane
    from engines.server import Server
    from PIL import Image

    content = build("office")
    with Server() as server, Browser() as browser:
        for name, (width, dark) in PANE_PICTURES.items():
            with OpenWorkbook(content) as book:
                opened = open_pane(server, browser, book, width=width, dark=dark)
                opened.page.ask("Emulation.setScrollbarsHidden", {"hidden": True})
                opened.set("ai_penetration", "40%")
                opened.set("hyperscaler_share", "85%")
                shots = [opened.picture()]
                opened.page.run("selectCell('Segments', 'E8')")
                book.type("Forecast", "H12", 2e12)  # a finding to show
                for part in ("trace", "audit", "simulate"):
                    opened.click(f"#tab-{part}")
                    opened.click(f"#{part} button:not(.link)")
                    opened.page.run("document.activeElement.blur()")
                    shots.append(opened.picture())
                opened.page.close()
            images = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]
            height = max(image.height for image in images)
            ground = images[0].crop((0, 0, 1, 1)).resize((len(images) * width, height))
            for number, image in enumerate(images):
                ground.paste(image, (number * width, 0))
            ground.quantize(128).save(DOCS / "pictures" / f"{name}.png", optimize=True)


REPORTED = {"ai_penetration": {"override": 0.4}, "hyperscaler_share": {"override": 0.85}}
"""What somebody has typed into the workbook of which the reports are shown."""
DRAWN = {
    "drawn_segments": ("forecast",),
    "drawn_grid": ("grid", "ai_penetration=20%:50%:7", "crypto_software_share=1%:10%:4"),
    "drawn_sensitivity": ("sensitivity",),
}
"""Pictures of commands, and their arguments."""


def _typed(book: Any) -> None:
    """Type into a workbook what the reports show."""
    from edits import cell

    for name, fields in REPORTED.items():
        for field, value in fields.items():
            cell(book, "Assumptions", name, field.capitalize()).value = value


def reports() -> None:
    """Write the reports on a workbook, print them, and show their pages side by side."""
    from edits import edit
    from engines.browser import Browser
    from engines.libreoffice import document_as_pdf, rasterise
    from PIL import Image

    from xl_cryptoai.assumptions import UserInputs

    with tempfile.TemporaryDirectory() as name, Browser() as browser:
        folder = Path(name)
        old, new = folder / "last_week.xlsx", folder / "book.xlsx"
        old.write_bytes(build("office"))
        new.write_bytes(build("office", inputs=UserInputs(values=REPORTED)))
        edited = edit(old, folder / "this_week.xlsx", _typed)
        files = {one: folder / one for one in ("report.html", "report_word.docx", "changes.html")}
        for one, command in zip(
            files, (("report", new), ("report", new), ("diff", old, edited)), strict=True
        ):
            with contextlib.redirect_stdout(io.StringIO()):
                command_line([*map(str, command), "--out", str(files[one])])
        for file in files.values():
            if file.suffix == ".docx":
                pdf = document_as_pdf(file, folder)
            else:
                pdf = file.with_suffix(".pdf")
                page = browser.open(file.as_uri())
                pdf.write_bytes(page.as_pdf())
                page.close()
            shots = [Image.open(one).convert("RGB") for one in rasterise(pdf, folder, 72)[:2]]
            wide = sum(shot.width + 12 for shot in shots) + 12
            ground = Image.new("RGB", (wide, shots[0].height + 24), "#8a949e")
            for number, shot in enumerate(shots):
                ground.paste(shot, (12 + number * (shot.width + 12), 12))
            target = DOCS / "pictures" / f"{file.stem}.png"
            ground.quantize(256).save(target, optimize=True)
        for name_of, command in DRAWN.items():
            file = folder / f"{name_of}.png"
            with contextlib.redirect_stdout(io.StringIO()):
                command_line([*command, "--picture", str(file)])
            image = Image.open(file).convert("RGB")
            image = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
            image.quantize(256).save(DOCS / "pictures" / file.name, optimize=True)


def parity() -> None:
    """Ask every engine and write the matrix."""
    import parity as matrix

    columns = {name: matrix.column(name) for name in matrix.ENGINES}
    (DOCS / "parity.md").write_text(matrix.page(columns), encoding="utf-8")


def main() -> None:
    """Write the pages, the pictures or the parity matrix."""
    jobs = {
        "pictures": pictures,
        "landing": landing,
        "pane": pane,
        "reports": reports,
        "parity": parity,
    }
    if sys.argv[1:]:
        jobs[sys.argv[1]]()
        return
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
