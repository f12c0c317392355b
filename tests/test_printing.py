"""What comes out of files and arguments is shown, and neither acts nor hides anything."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from xl_cryptoai.cli import main
from xl_cryptoai.cli.show import print_csv
from xl_cryptoai.reports.svg import safe

HOSTILE = "=cmd\u202egnp\u200b\x9b31m\u2066x\u2028<script>alert(1)</script>&\"'`|;"
"""A text as XML can hold it: direction marks, a C1 control, a line separator, tags, quotes."""
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069]")


@pytest.fixture(scope="module")
def hostile(workbooks: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with the text in an override, a note, the change log, a label and a name."""
    book = openpyxl.load_workbook(workbooks["plain"])
    assumptions = book["Assumptions"]
    header = next(c for row in assumptions.iter_rows() for c in row if c.value == "Override")
    named = next(c for row in assumptions.iter_rows() for c in row if c.value == "ai_penetration")
    cell = assumptions.cell(named.row, header.column)
    cell.value, cell.data_type = HOSTILE, "s"
    cell.comment = openpyxl.comments.Comment(HOSTILE, HOSTILE)
    log = book["Change log"]
    for column in range(1, 5):
        log.cell(log.max_row + 1 if column == 1 else log.max_row, column).value = f"a{HOSTILE}"
    sheet = book.create_sheet("z\u202eok\u2066")
    sheet["A1"], sheet["B1"] = f"l{HOSTILE}", "=Assumptions!A1"
    path = tmp_path_factory.mktemp("hostile") / "b\u202eook.xlsx"
    book.save(path)
    return path


COMMANDS = {
    "read": ["read", "H"],
    "read in JSON": ["read", "H", "--json"],
    "audit": ["audit", "H"],
    "audit in JSON": ["audit", "H", "--json"],
    "audit in SARIF": ["audit", "H", "--format", "sarif"],
    "audit as a page": ["audit", "H", "--format", "html"],
    "textconv": ["textconv", "H"],
    "trace": ["trace", "H", "z\u202eok\u2066!B1"],
    "trace of another cell": ["trace", "H", "z\u202eok\u2066!A1", "--dependents"],
    "trace in Mermaid": ["trace", "H", "z\u202eok\u2066!B1", "--format", "mermaid"],
    "trace in dot": ["trace", "H", "z\u202eok\u2066!B1", "--format", "dot"],
    "trace as a page": ["trace", "H", "z\u202eok\u2066!B1", "--format", "html"],
    "trace in JSON": ["trace", "H", "z\u202eok\u2066!B1", "--format", "json"],
    "diff": ["diff", "A", "H"],
    "diff in JSON": ["diff", "A", "H", "--json"],
    "merge": ["merge", "A", "H", "A", "--out", "OUT.xlsx"],
    "build": ["build", "--from", "H", "--for", "plain", "--out", "OUT"],
    "an unknown name": ["forecast", "--set", f"{HOSTILE}=1"],
    "an unknown file": ["read", f"{HOSTILE}.xlsx"],
    "an unknown cell": ["trace", "H", HOSTILE],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_output_holds_a_character_that_acts(
    hostile: Path, workbooks: dict[str, Path], tmp_path: Path, capsys, name: str
) -> None:
    places = {
        "H": str(hostile),
        "A": str(workbooks["plain"]),
        "OUT": str(tmp_path / "out"),
        "OUT.xlsx": str(tmp_path / "out.xlsx"),
    }
    code = main([places.get(word, word) for word in COMMANDS[name]])
    captured = capsys.readouterr()
    assert code in (0, 1, 2)
    assert not ACTING.findall(captured.out + captured.err)
    assert "u202e" in captured.out + captured.err, "the text is shown, written out"
    if "page" in name:
        assert "<script>alert" not in captured.out
    if "JSON" in name or "SARIF" in name:
        json.loads(captured.out)


def test_the_text_itself_is_shown_with_what_nobody_sees_written_out(hostile: Path, capsys) -> None:
    assert main(["textconv", str(hostile)]) == 0
    assert "=cmd\\u202egnp\\u200b\\x9b31m\\u2066x\\u2028<script>" in capsys.readouterr().out


def test_a_picture_holds_no_character_that_acts() -> None:
    assert not ACTING.findall(safe(HOSTILE)) and "<" not in safe(HOSTILE)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_in_csv_starts_no_formula_and_a_number_stays_one(capsys, start: str) -> None:
    print_csv(["id", "value"], [[f"{start}1+1", -1.5]])
    cell = capsys.readouterr().out.removeprefix("id,value\n").removeprefix('"')
    assert cell.startswith("'") and cell.endswith(",-1.5\n")
