"""Writes a report as a file: HTML that needs nothing else, or Word."""

from __future__ import annotations

from pathlib import Path

from xl_cryptoai.reports.pages import render
from xl_cryptoai.reports.parts import Figure, Report, Section, Table, Tiles, facts_table
from xl_cryptoai.reports.svg import as_source


def report_file(report: Report, path: Path) -> bytes:
    """Return a report's content, as the ending of the file's name says.

    Raises
    ------
    FileRefusedError
        If a library that draws or writes is missing.
    """
    if path.suffix.lower() == ".docx":
        from xl_cryptoai.reports.word import as_docx

        return as_docx(report)
    return as_html(report).encode(errors="replace")


def as_html(report: Report) -> str:
    """Write a report as one page that asks for nothing else, and prints on A4."""
    return render(
        "report.html",
        title=report.title,
        subtitle=report.subtitle,
        facts=facts_table(report.files).rows,
        made=report.made,
        sections=[(one.title, _parts(one), one.together) for one in report.sections],
    )


def _parts(section: Section) -> list[tuple[str, object]]:
    """Return each part with the name of its kind, for the template."""
    shown: list[tuple[str, object]] = []
    for part in section.parts:
        if isinstance(part, Figure):
            shown.append(("figure", (as_source(part.svg), part.words)))
        elif isinstance(part, Table):
            shown.append(("table", part))
        elif isinstance(part, Tiles):
            shown.append(("tiles", part.figures))
        else:
            shown.append(("words", part))
    return shown
