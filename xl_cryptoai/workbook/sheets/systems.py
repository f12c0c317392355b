"""Systems: who the publication names, with figures or without. None feeds the forecast."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.source import Evidence, System
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import EVIDENCE, FIRST_ROW, Layout
from xl_cryptoai.workbook.sheets.evidence import LOW, segment_words
from xl_cryptoai.workbook.sheets.frame import fit_height, headers, link, put, set_up

SEGMENT, NAME, KIND, WHAT, FIGURES, AS_OF, PLACE, NOTE = "ABCDEFGH"
WIDTHS = {
    SEGMENT: 13, NAME: 18, KIND: 11, WHAT: 35, FIGURES: 26, AS_OF: 10, PLACE: 19, NOTE: 17,
}  # fmt: skip
TABLE_HEADERS = {
    SEGMENT: "Segment",
    NAME: "System",
    KIND: "Kind",
    WHAT: "What it does, or why it is named",
    FIGURES: "Figures",
    AS_OF: "As of",
    PLACE: "Where",
    NOTE: "Note",
}
NO_FIGURE = "none in the text"


def write(sheet: Worksheet, facts: Mapping[str, Evidence], layout: Layout) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Systems",
        "Every project, company, model and benchmark that the publication names, in our own "
        "words. Each name links to its first figure on Evidence.",
        WIDTHS,
        tab=styles.TAB_TEXT,
        freeze=f"C{FIRST_ROW}",
    )
    head = FIRST_ROW - 1
    headers(sheet, head, list(TABLE_HEADERS.items()))
    sheet[f"{PLACE}{head}"].alignment = styles.INDENT
    systems = layout.model.systems()
    for row, system in enumerate(systems, start=FIRST_ROW):
        _write_system(sheet, system, row, facts, layout)
    last = FIRST_ROW + len(systems) - 1
    if systems:
        table = Table(displayName="systems_table", ref=f"{SEGMENT}{head}:{NOTE}{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        sheet.add_table(table)
    sheet.protection.autoFilter = sheet.protection.sort = False  # filtering stays allowed
    sheet.print_title_rows = f"1:{head}"
    sheet.print_area = f"A1:{NOTE}{last}"


def _write_system(
    sheet: Worksheet, system: System, row: int, facts: Mapping[str, Evidence], layout: Layout
) -> None:
    figures = [facts[name] for name in system.figures]
    shown = "; ".join(_with_period(one) for one in figures) or NO_FIGURE
    name = f"{system.name} ({system.token})" if system.token else system.name
    for column, text in (
        (SEGMENT, segment_words(system.segment)),
        (NAME, name),
        (KIND, system.kind),
        (WHAT, system.what),
        (FIGURES, shown),
        (PLACE, system.locator),
        (NOTE, system.note),
    ):
        font = styles.BODY if column == NAME else styles.SMALL
        align = styles.INDENT_TOP if column == PLACE else styles.WRAP
        put(sheet, f"{column}{row}", text or None, font, align=align)
    put(sheet, f"{AS_OF}{row}", system.as_of, styles.SMALL, align=styles.WRAP,
        number_format=styles.NUMBER_FORMATS["date"])  # fmt: skip
    if figures:
        # on the name, which is short: LibreOffice does not wrap a text with a link
        link(sheet, f"{NAME}{row}", EVIDENCE, f"{LOW}{layout.fact_row[figures[0].id]}")
    for column in WIDTHS:
        sheet[f"{column}{row}"].border = styles.THIN_BELOW
    texts = {NAME: name, WHAT: system.what, FIGURES: shown, PLACE: system.locator,
             NOTE: system.note, KIND: system.kind}  # fmt: skip
    fit_height(sheet, row, [(text, WIDTHS[column]) for column, text in texts.items()])


def _with_period(fact: Evidence) -> str:
    when = fact.when()
    return f"{fact.in_words()} ({when})" if when else fact.in_words()
