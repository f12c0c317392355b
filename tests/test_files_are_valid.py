"""Every workbook passes three judges, and each judge can say no."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from engines import require
from engines import validators as judge

from xl_cryptoai.workbook import ROUTES

Parts = dict[str, bytes]
SHEET = "xl/worksheets/sheet1.xml"
FORMULAS = "a sheet with formulas"


@pytest.fixture(params=ROUTES)
def workbook(request: pytest.FixtureRequest, workbooks: dict[str, Path]) -> Path:
    return workbooks[request.param]


def test_microsofts_open_xml_sdk_finds_nothing(workbook: Path) -> None:
    require(judge.sdk_available())
    assert judge.sdk_errors(workbook) == []


def test_a_strict_reader_finds_nothing(workbook: Path) -> None:
    pytest.importorskip("cellrune")
    assert judge.cellrune_errors(workbook) == []


def test_our_own_checks_find_nothing(workbook: Path) -> None:
    assert judge.own_errors(workbook) == []


# Broken on purpose ------------------------------------------------------------------------------


def swap(old: str, new: str, part: str = judge.BOOK) -> Callable[[Parts], None]:
    """Break a part by replacing the first match of a pattern; the pattern has to be there."""

    def breaks(parts: Parts) -> None:
        sheets = (n for n in parts if n.startswith("xl/worksheets/sheet") and b"<f>" in parts[n])
        name = next(sheets) if part == FORMULAS else part
        text, count = re.subn(old, new, parts[name].decode(), count=1, flags=re.DOTALL)
        assert count == 1, f"{old} is not in {name}"
        parts[name] = text.encode()

    return breaks


def add(part: str, content: bytes) -> Callable[[Parts], None]:
    return lambda parts: parts.update({part: content})


def remove(part: str) -> Callable[[Parts], None]:
    return lambda parts: parts.pop(part) and None


def twice(breaks: Callable[[Parts], None]) -> Callable[[Parts], None]:
    def both(parts: Parts) -> None:
        breaks(parts)
        breaks(parts)

    return both


def broken(source: Path, folder: Path, breaks: Callable[[Parts], None], suffix: str = "") -> Path:
    parts = judge.read_parts(source)
    breaks(parts)
    path = folder / f"broken{suffix or source.suffix}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def name_with(formula: str, comment: str = "") -> Callable[[Parts], None]:
    name = rf'<definedName name="BROKEN" comment="{comment}">{formula}</definedName>'
    return swap("</definedNames>", f"{name}</definedNames>")


FIRST_FORMULA = r"<f>[^<]*</f>"
RULE = '<dataValidation type="list" sqref="A1"><formula1>"{}"</formula1></dataValidation>'
MERGES = '<mergeCells count="2"><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/></mergeCells>'

OWN = [
    ("prefix of a newer function", swap(FIRST_FORMULA, "<f>XLOOKUP(1,A1,B1)</f>", FORMULAS),
     "calls XLOOKUP"),
    ("prefix of a newer function", name_with("LAMBDA(_xlpm.a,_xlpm.a)"), "calls LAMBDA"),
    ("prefix of a newer function", name_with("_xlfn.SUM(1)"), "as old as"),
    ("prefix of a parameter", name_with("_xlfn.LAMBDA(rate,_xlpm.b,rate*_xlpm.b)"),
     "the parameter rate without"),
    ("prefix of a parameter", name_with("_xlfn.LAMBDA(_xlpm.rate,1+rate)"), "uses the parameter"),
    ("prefix of a parameter", name_with("_xlfn.LET(a_b,1,_xlpm.c,SUM(1,2),1)"), "parameter a_b"),
    ("list validation", swap("</worksheet>", RULE.format("a" * 256) + "</worksheet>", SHEET),
     "a list of 256"),
    ("merged cells", swap("</worksheet>", MERGES + "</worksheet>", SHEET), "A1:B2 and B2:C3"),
    ("content type", swap("macroEnabled.main", "main", judge.TYPES), "has the workbook type"),
    ("content type", add("xl/vbaProject.bin", b""), "carries a VBA project"),
    ("dynamic array", remove("xl/metadata.xml"), "which nothing explains"),
    ("stored value", swap(r"</f><v>[^<]*</v>", "</f>", FORMULAS), "no value"),
    ("calculation chain", add("xl/calcChain.xml", b"<calcChain/>"), "no longer fits"),
    ("calculation on opening", swap('fullCalcOnLoad="0"', 'fullCalcOnLoad="1"'), "on opening"),
    ("comment on a name", name_with("1", "c" * 256), "256 characters"),
    ("length of a LAMBDA", name_with("1" + "+1" * 4000), "8001 characters"),
]  # fmt: skip


def test_every_check_of_ours_is_shown_to_fail() -> None:
    assert {kind for kind, _, _ in OWN} == set(judge.CHECKS)


@pytest.mark.parametrize(("kind", "breaks", "words"), OWN, ids=[f"{o[0]}: {o[2]}" for o in OWN])
def test_a_broken_file_fails_our_check(workbooks, tmp_path, kind, breaks, words) -> None:
    source = workbooks["windows" if "macro" in words or "type" in words else "excel365"]
    path = broken(source, tmp_path, breaks)
    found = judge.own_errors(path)
    assert found and {error.split(": ")[0] for error in found} == {kind}
    assert words in found[0]


def test_a_macro_workbook_under_a_plain_name_fails_our_check(workbooks, tmp_path) -> None:
    path = Path(shutil.copy(workbooks["windows"], tmp_path / "book.xlsx"))
    assert len([error for error in judge.own_errors(path) if "content type" in error]) == 2


SDK = [
    ("an element out of its order", swap("(<sheetData.*</sheetData>)", r"\1<sheetPr/>", SHEET)),
    ("an unknown attribute", swap("<sheetData", '<sheetData colour="red"', SHEET)),
    ("a style that is not there", swap(r'<c r="A1" s="\d+"', '<c r="A1" s="9999"', SHEET)),
    ("a part that is not there", remove(SHEET)),
    ("two sheets of one name", swap('name="Assumptions"', 'name="Cover"')),
]


@pytest.mark.parametrize("breaks", [b for _, b in SDK], ids=[kind for kind, _ in SDK])
def test_a_broken_file_fails_the_sdk(workbooks, tmp_path, breaks) -> None:
    require(judge.sdk_available())
    assert judge.sdk_errors(broken(workbooks["plain"], tmp_path, breaks))


CELLRUNE = [
    ("a cell twice", swap(r'(<c r="A1".*?</c>)', r"\1\1", SHEET)),
    ("a formula that begins with =", swap("<f>", "<f>=", FORMULAS)),
    ("a name twice", twice(name_with("1"))),
    ("a relation twice", swap('r:id="rId2"', 'r:id="rId1"')),
    ("a place that is none", swap('<c r="A1"', '<c r="A0"', SHEET)),
]


@pytest.mark.parametrize("breaks", [b for _, b in CELLRUNE], ids=[kind for kind, _ in CELLRUNE])
def test_a_broken_file_fails_the_strict_reader(workbooks, tmp_path, breaks) -> None:
    pytest.importorskip("cellrune")
    assert judge.cellrune_errors(broken(workbooks["plain"], tmp_path, breaks))


def test_without_the_sdk_the_sentence_is_the_command_that_installs_it(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XL_CRYPTOAI_TOOLS", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("XL_CRYPTOAI_INSTALL_TOOLS", raising=False)
    reason = judge.sdk_available()
    assert f"npm install --ignore-scripts --prefix {tmp_path} {judge.PACKAGE}" in reason
    assert list(tmp_path.iterdir()) == []
