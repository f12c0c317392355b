"""Saves a workbook as other programs save it: what the audit says must not depend on that."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from posixpath import basename, dirname, join, normpath

import openpyxl
from lxml import etree

from xl_cryptoai.reading.migration import PRODUCT

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
OFFICE = "http://schemas.microsoft.com/office/2017/10/relationships"
PERSON = "{0F0B9D5A-33F0-4F0A-8F4B-1C1D1F6D8A01}"
BOILERPLATE = (
    "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; however,"
    " any edits to it will get removed if the file is opened in a newer version of Excel. Learn "
    "more: https://go.microsoft.com/fwlink/?linkid=870924\n\nComment:\n    "
)
STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "officeDocument/relationships"
    ),
    "http://schemas.openxmlformats.org/drawingml/2006/": "drawingml/",
}
PROFILES = tempfile.TemporaryDirectory(prefix="profiles-")
"""LibreOffice's settings, a folder for each of our processes."""
Parts = dict[str, bytes]


def parts_of(content: bytes) -> Parts:
    """Read the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    """Write parts as a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


# Excel -------------------------------------------------------------------------------------------


def as_excel(content: bytes) -> bytes:
    """Save rules that refer to other sheets, and comments, in the newer forms that Excel uses."""
    parts = parts_of(content)
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        root = etree.fromstring(parts[name])
        validations_to_x14(root)
        formats_to_x14(root)
        parts[name] = _text(root)
        _thread_comments(parts, name)
    return packed(parts)


def validations_to_x14(root: etree._Element) -> None:
    """Move every validation that refers to another sheet into the extension."""
    rules = root.find(f"{MAIN}dataValidations")
    moved = [] if rules is None else [r for r in rules if any("!" in (e.text or "") for e in r)]
    if rules is None or not moved:
        return
    listed = _extension(root, "{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}", "dataValidations")
    for one in moved:
        rules.remove(one)
        new = etree.SubElement(listed, f"{X14}dataValidation")
        for key, word in one.attrib.items():
            if key != "sqref":
                new.set(key, word)
        for end in one:
            holder = etree.SubElement(new, f"{X14}{etree.QName(end).localname}")
            etree.SubElement(holder, f"{XM}f").text = end.text
        etree.SubElement(new, f"{XM}sqref").text = one.get("sqref")
    if len(rules):
        rules.set("count", str(len(rules)))
    else:
        root.remove(rules)


def formats_to_x14(root: etree._Element) -> None:
    """Move every conditional format into the extension."""
    blocks = root.findall(f"{MAIN}conditionalFormatting")
    if not blocks:
        return
    listed = _extension(root, "{78C0D931-6437-407d-A8EE-F0AAD7539E65}", "conditionalFormattings")
    for number, block in enumerate(blocks):
        new = etree.SubElement(listed, f"{X14}conditionalFormatting")
        for rule in block:
            kept = {key: word for key, word in rule.attrib.items() if key != "dxfId"}
            one = etree.SubElement(new, f"{X14}cfRule", {**kept, "id": f"{{{number}}}"})
            for formula in rule.iterchildren(f"{MAIN}formula"):
                etree.SubElement(one, f"{XM}f").text = formula.text
        etree.SubElement(new, f"{XM}sqref").text = block.get("sqref")
        root.remove(block)


def _extension(root: etree._Element, uri: str, name: str) -> etree._Element:
    listed = root.find(f"{MAIN}extLst")
    if listed is None:
        listed = etree.SubElement(root, f"{MAIN}extLst")
    spaces = {"x14": X14[1:-1], "xm": XM[1:-1]}
    extension = etree.SubElement(listed, f"{MAIN}ext", uri=uri, nsmap=spaces)
    return etree.SubElement(extension, f"{X14}{name}")


def _thread_comments(parts: Parts, sheet: str) -> None:
    """Turn people's notes on a sheet into threaded comments; older programs see a boilerplate."""
    rels = join(dirname(sheet), "_rels", f"{basename(sheet)}.rels")
    listed = etree.fromstring(parts[rels]) if rels in parts else []
    target = next(
        (r.get("Target", "") for r in listed if r.get("Type", "").endswith("/comments")), ""
    )
    if not target:
        return
    notes = normpath(join(dirname(sheet), target)).lstrip("/")
    root = etree.fromstring(parts[notes])
    authors = [one.text or "" for one in root.iter(f"{MAIN}author")]
    names = root.find(f"{MAIN}authors")
    threads = etree.Element(f"{{{THREADS}}}ThreadedComments", nsmap={None: THREADS})
    for number, comment in enumerate(root.iter(f"{MAIN}comment")):
        author = authors[int(comment.get("authorId", "0"))]
        if author == PRODUCT:
            continue
        told = comment.find(f"{MAIN}text")
        thread = f"{{E722680E-88F9-4806-84CE-{number:012d}}}"
        one = etree.SubElement(threads, f"{{{THREADS}}}threadedComment", {
            "ref": comment.get("ref", ""), "dT": "2026-03-02T09:14:00.00", "id": thread,
            "personId": _person(parts, author),
        })  # fmt: skip
        words = "".join(text.text or "" for text in told.iter(f"{MAIN}t"))
        etree.SubElement(one, f"{{{THREADS}}}text").text = words
        for run in list(told):
            told.remove(run)
        etree.SubElement(told, f"{MAIN}t").text = BOILERPLATE + words
        comment.set("authorId", str(len(names)))
        etree.SubElement(names, f"{MAIN}author").text = f"tc={thread}"
    if not len(threads):
        return
    parts[notes] = _text(root)
    part = f"xl/threadedComments/threadedComment{basename(sheet)}"
    parts[part] = _text(threads)
    _refer(parts, rels, f"{OFFICE}/threadedComment", f"/{part}")


def _person(parts: Parts, name: str) -> str:
    """Return the id of a person, who is entered if new."""
    part, tag = "xl/persons/person.xml", f"{{{THREADS}}}person"
    if part not in parts:
        parts[part] = f'<personList xmlns="{THREADS}"/>'.encode()
        _refer(parts, "xl/_rels/workbook.xml.rels", f"{OFFICE}/person", f"/{part}")
    root = etree.fromstring(parts[part])
    for one in root:
        if one.get("displayName") == name:
            return str(one.get("id"))
    new = f"{PERSON[:-4]}{len(root):03d}}}"
    etree.SubElement(root, tag, displayName=name, id=new)
    parts[part] = _text(root)
    return new


def _refer(parts: Parts, rels: str, kind: str, target: str) -> None:
    root = etree.fromstring(parts[rels])
    tag = etree.QName(root[0]).text if len(root) else "Relationship"
    etree.SubElement(root, tag, Id=f"rIdMore{len(root)}", Type=kind, Target=target)
    parts[rels] = _text(root)


def _text(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


# Strict, openpyxl, LibreOffice -------------------------------------------------------------------


def as_strict(content: bytes) -> bytes:
    """Save in the namespaces of ISO 29500 Strict."""
    parts = parts_of(content)
    for name in [name for name in parts if name.endswith((".xml", ".rels"))]:
        for old, new in STRICT.items():
            iso = f"http://purl.oclc.org/ooxml/{new}"
            parts[name] = parts[name].replace(old.encode(), iso.encode())
    return packed(parts)


def as_openpyxl(content: bytes) -> bytes:
    """Load and save with openpyxl: formulas keep no values."""
    book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=_has_macros(content))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _has_macros(content: bytes) -> bool:
    return "xl/vbaProject.bin" in parts_of(content)


def as_libreoffice(content: bytes) -> bytes:
    """Load and save with LibreOffice, without our extension."""
    kind, writer = "xlsx", "Calc MS Excel 2007 XML"
    if _has_macros(content):
        kind, writer = "xlsm", "Calc MS Excel 2007 VBA XML"
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / f"book.{kind}", Path(folder) / "out"
        path.write_bytes(content)
        profile = Path(PROFILES.name, str(os.getpid())).as_uri()
        command = ["soffice", f"-env:UserInstallation={profile}", "--headless",
                   "--convert-to", f"{kind}:{writer}", "--outdir", str(out), str(path)]  # fmt: skip
        # the variables of a virtual environment make soffice die
        clean = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", folder)}
        for _ in range(2):  # the first start of a new profile can end at once
            subprocess.run(command, env=clean, capture_output=True, timeout=120, check=False)
            if (saved := out / path.name).exists():
                return saved.read_bytes()
    raise RuntimeError("LibreOffice saved nothing: install libreoffice-calc-nogui")


SAVES: dict[str, Callable[[bytes], bytes]] = {
    "libreoffice": as_libreoffice,
    "x14": as_excel,
    "strict": as_strict,
    "openpyxl": as_openpyxl,
}
"""What saves a workbook, by name."""
