"""Writes a report for Word: real headings, tables and pictures, on A4, in a font all have."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xl_cryptoai import __version__
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.palette import NAVY, digits
from xl_cryptoai.reports.parts import REVIEW, Figure, Part, Report, Table, Tiles, facts_table
from xl_cryptoai.reports.pixels import png
from xl_cryptoai.reports.plain import visible

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Arial"
_INK, _SOFT, _HEAD, _LINE = "1D2733", "55636F", digits(NAVY), "C9D2DB"
_PAGE, _MARGIN = (210, 297), 16
"""A4 and its margins, in millimetres."""
_WIDE = _PAGE[0] - 2 * _MARGIN
_SIZES = {"Title": 18.0, "Heading 1": 12.0, "Normal": 9.5}
_SMALL = 8.5
_LETTER = 1.5
"""Millimetres of a letter of a table's text, about."""


def as_docx(report: Report) -> bytes:
    """Write a report as a Word document.

    Raises
    ------
    FileRefusedError
        If python-docx, or the library that draws pictures, is missing here.
    """
    try:
        import docx
    except ImportError as error:
        raise FileRefusedError(
            f"a Word document cannot be written ({error}); reinstall python-docx, or write .html"
        ) from error
    document = docx.Document()
    _set_up(document, report)
    document.add_paragraph(_clean(report.title), style="Title")
    _soft(document.add_paragraph(_clean(f"{report.subtitle}.")))
    for section in report.sections:
        before = len(document.element.body)
        document.add_heading(_clean(section.title), level=1)
        for part in section.parts:
            _add(document, part)
        if section.together:
            _keep_together(document, before)
    _close(document, report)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _keep_together(document: Document, before: int) -> None:
    """Let no page end between the blocks of a section that were added after others."""
    body = document.element.body
    added = list(body)[before - 1 : -1]  # the page's own settings stand last
    for block in added[:-1]:
        for paragraph in block.iter(_w("p")):
            paragraph.get_or_add_pPr().get_or_add_keepNext()


def _clean(words: str) -> str:
    """Write out what XML and people cannot see; marks of a command in a sentence go."""
    return visible(words).replace("`", "")


def _set_up(document: Document, report: Report) -> None:
    from docx.shared import Mm, Pt, RGBColor

    page = document.sections[0]
    page.page_width, page.page_height = Mm(_PAGE[0]), Mm(_PAGE[1])
    page.left_margin = page.right_margin = Mm(_MARGIN)
    page.top_margin, page.bottom_margin = Mm(14), Mm(15)
    page.footer_distance = Mm(7)
    for name, size in _SIZES.items():
        style: Any = document.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), name != "Normal"
        style.font.color.rgb = RGBColor.from_string(_INK if name == "Normal" else _HEAD)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]  # a theme's font would win over the one that is set
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(_w(script), FONT)
        space = style.paragraph_format
        space.space_before = Pt(9 if name == "Heading 1" else 0)
        space.space_after = Pt({"Title": 2, "Heading 1": 2}.get(name, 3))
        space.line_spacing = 1.0
        for border in style.element.iter(_w("pBdr")):
            border.getparent().remove(border)
    package = document.part.package
    for number, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # of the library's blank document
            del package.rels[number]
    about = document.core_properties
    about.title, about.author = _clean(report.title), f"xl-cryptoai {__version__}"
    about.comments, about.language = "", "en-US"
    _footer(page.footer.paragraphs[0], report)


def _footer(line: Any, report: Report) -> None:
    """Write title and page number below every page."""
    run = line.add_run(_clean(f"{report.title}, {report.made}, page "))
    run.font.size = _points(_SMALL)
    run = line.add_run()
    run.font.size = _points(_SMALL)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = _element("fldChar" if kind else "instrText")
        if kind:
            mark.set(_w("fldCharType"), kind)
        else:
            mark.text = words
        run._r.append(mark)


def _add(document: Document, part: Part) -> None:
    if isinstance(part, Table):
        _table(document, part)
    elif isinstance(part, Figure):
        _figure(document, part)
    elif isinstance(part, Tiles):
        _tiles(document, part)
    else:
        _soft(document.add_paragraph(_clean(part)))


def _figure(document: Document, figure: Figure) -> None:
    """Add a picture with the words for whoever cannot see it."""
    from docx.shared import Mm

    paragraph = document.add_paragraph()
    paragraph.add_run().add_picture(io.BytesIO(png(figure.svg)), width=Mm(_WIDE))
    for shown in paragraph._p.iter():
        if shown.tag.endswith("}docPr"):
            shown.set("descr", _clean(figure.words))


def _tiles(document: Document, tiles: Tiles) -> None:
    """Add the figures that are seen first, side by side, each over its words."""
    table = document.add_table(rows=1, cols=len(tiles.figures))
    _widths(table, [_WIDE / len(tiles.figures)] * len(tiles.figures))
    for cell, (figure, words) in zip(table.rows[0].cells, tiles.figures, strict=True):
        first = cell.paragraphs[0]
        run = first.add_run(_clean(figure))
        run.font.size, run.font.bold = _points(15), True
        _soft(cell.add_paragraph(_clean(words)))
        _borders(cell._tc.get_or_add_tcPr(), "tcBorders", {"left": (18, _HEAD)})
    _after(document)


def _table(document: Document, content: Table) -> None:
    """Add a table; its head is repeated where it goes on, and no row is parted by a page's end."""
    rows = [*([content.headers] if content.headers else []), *content.rows]
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    _widths(table, _shares(rows, last=not content.headers))
    lines = dict.fromkeys(("top", "bottom", "insideH"), (4, _LINE))
    _borders(table._tbl.tblPr, "tblBorders", lines)
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        head = bool(content.headers) and number == 0
        body = number - bool(content.headers)
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("cantSplit"))
        if head:
            properties.append(_element("tblHeader"))
        for column, (cell, words) in enumerate(zip(row.cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = _points(1)
            paragraph.paragraph_format.space_before = _points(1)
            run = paragraph.add_run(_clean(words))
            run.font.size, run.font.bold = _points(_SMALL), head or body in content.strong
            if column in content.right:
                paragraph.alignment = _right()
    _after(document)


def _shares(rows: Sequence[Sequence[str]], *, last: bool) -> list[float]:
    """Part the page's width: what is short gets what it needs, the longest column the rest.

    What is left over goes to the last column, or to all alike.
    """
    wanted = [
        max(len(words) for words in column) * _LETTER + 5 for column in zip(*rows, strict=True)
    ]
    while sum(wanted) > _WIDE:
        longest = wanted.index(max(wanted))
        others = sum(wanted) - wanted[longest]
        second = max((one for number, one in enumerate(wanted) if number != longest), default=0.0)
        cut = max(_WIDE - others, min(second, wanted[longest] - 1))
        wanted[longest] = cut
    spare = _WIDE - sum(wanted)
    if last:
        return [*wanted[:-1], wanted[-1] + spare]
    return [one + spare / len(wanted) for one in wanted]


def _close(document: Document, report: Report) -> None:
    """Add what tells the file, and the line for a reviewer."""
    document.add_heading("About this report", level=1)
    _table(document, facts_table(report.files))
    _soft(document.add_paragraph(f"Made on {report.made} with xl-cryptoai {__version__}."))
    gap = 6.0
    wide = (_WIDE - gap * (len(REVIEW) - 1)) / (len(REVIEW) + 1)  # the last is twice as wide
    widths = [wide, gap] * (len(REVIEW) - 1) + [2 * wide]
    table = document.add_table(rows=1, cols=len(widths))
    _widths(table, widths)
    table.rows[0].height = _millimetres(12)
    for cell, words in zip(table.rows[0].cells[::2], REVIEW, strict=True):
        _soft(cell.paragraphs[0], words)
        _borders(cell._tc.get_or_add_tcPr(), "tcBorders", {"bottom": (6, _INK)})


def _soft(paragraph: Any, words: str = "") -> None:
    """Write a paragraph small and grey."""
    from docx.shared import RGBColor

    if words:
        paragraph.add_run(words)
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = _points(_SMALL), RGBColor.from_string(_SOFT)


def _after(document: Document) -> None:
    """Leave a little room below a table."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = _points(0)
    paragraph.paragraph_format.line_spacing = _points(4)


def _widths(table: Any, widths: Sequence[float]) -> None:
    """Set the columns' widths, in millimetres: some programs look at cells, others at columns."""
    table.autofit = False
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = _millimetres(wide)
        for cell in column.cells:
            cell.width = _millimetres(wide)


def _borders(properties: Any, kind: str, sides: dict[str, tuple[int, str]]) -> None:
    """Draw lines at some sides: width in eighths of a point, and colour."""
    borders = _element(kind)
    for side, (size, colour) in sides.items():
        edge = _element(side)
        for key, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", colour)):
            edge.set(_w(key), value)
        borders.append(edge)
    # the schema wants the lines of a table before its layout and look
    later = [one for one in properties if one.tag in (_w("tblLayout"), _w("tblLook"))]
    if later:
        later[0].addprevious(borders)
    else:
        properties.append(borders)


def _element(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(f"w:{name}")


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _millimetres(wide: float) -> Any:
    from docx.shared import Mm

    return Mm(wide)


def _right() -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    return WD_ALIGN_PARAGRAPH.RIGHT
