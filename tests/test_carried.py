"""A workbook of an own model carries the model: colleagues read it without the folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from edits import cell, edit, patch
from engines import require
from engines.libreoffice import LibreOffice, available
from engines.validators import own_errors, sdk_available, sdk_errors
from lxml import etree
from shipped import MODEL
from test_own_model import MARKETPLACES, write_folder
from xlsx_parts import read_parts

from xl_cryptoai.cli import main
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast import Model
from xl_cryptoai.forecast.own_model import CARRIED, model_of, text_of
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.workbook import build
from xl_cryptoai.workbook.carried import ITEM

pytestmark = pytest.mark.slow

NEWER = {
    **MARKETPLACES,
    "model.toml": {**MARKETPLACES["model.toml"], "leave_out": ["bull"]},
    "assumptions.toml": {
        "assumption": [
            one | {"upper": 0.35} if one["id"] == "ai_penetration" else one
            for one in MARKETPLACES["assumptions.toml"]["assumption"]
        ]
    },
}
"""A later state of the folder: without the scenario bull, with a lower bound."""


@pytest.fixture(scope="module")
def own() -> Model:
    return model_of(text_of(MARKETPLACES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model")
    write_folder(path, MARKETPLACES)
    return path


@pytest.fixture(scope="module")
def built(own: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "own_office.xlsx"
    path.write_bytes(build("office", model=own))
    return path


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A colleague's machine: no folder is named there."""
    monkeypatch.delenv("XL_CRYPTOAI_MODEL", raising=False)


def related(item: str) -> Callable[[bytes], bytes]:
    """Return an edit of the workbook's relationships: one more part of custom XML."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
    end = f'<Relationship Id="rId99" Type="{kind}" Target="/customXml/{item}"/></Relationships>'
    return lambda text: text.replace(b"</Relationships>", end.encode())


# The part -----------------------------------------------------------------------------------------


def test_the_shipped_models_workbooks_carry_none(workbooks: dict[str, Path]) -> None:
    for path in workbooks.values():
        assert not [name for name in read_parts(path) if name.startswith("customXml")]


def test_an_own_model_is_read_from_its_workbook(built: Path, own: Model, alone: None) -> None:
    assert open_book(built).model is own


def test_the_cover_names_the_model_with_its_fingerprint(built: Path, own: Model) -> None:
    assert any(
        text.endswith(f"model {own.title} {own.fingerprint}")
        for text in open_book(built).all_texts()
    )


def test_the_file_is_one_that_excel_takes(built: Path) -> None:
    require(sdk_available())
    assert sdk_errors(built) == []
    assert own_errors(built) == []


def in_utf16(content: bytes) -> bytes:
    return bytes(etree.tostring(etree.fromstring(content), encoding="UTF-16", xml_declaration=True))


def with_prefix_and_blanks(content: bytes) -> bytes:
    root = etree.fromstring(content)
    other = etree.Element(root.tag, root.attrib, nsmap={"m": CARRIED})
    other.text = f"\n  {root.text}\n"
    return bytes(etree.tostring(other))


def compact(content: bytes) -> bytes:
    root = etree.fromstring(content)
    root.text = json.dumps(json.loads(str(root.text)), ensure_ascii=False)
    return bytes(etree.tostring(root, encoding="UTF-8"))


@pytest.mark.parametrize("saved", [in_utf16, with_prefix_and_blanks, compact])
def test_the_model_is_found_however_a_program_wrote_the_part(
    saved: Callable[[bytes], bytes], built: Path, own: Model, tmp_path: Path
) -> None:
    assert open_book(patch(built, tmp_path / "b.xlsx", {ITEM: saved})).model is own


def test_parts_of_other_programs_do_no_harm(
    workbooks: dict[str, Path], built: Path, own: Model, tmp_path: Path
) -> None:
    changes = {
        "xl/_rels/workbook.xml.rels": related("item9.xml"),
        "customXml/item9.xml": lambda _: b"<p:properties xmlns:p='urn:other'><a/></p:properties>",
    }
    for path, model in ((built, own), (workbooks["plain"], MODEL)):
        assert open_book(patch(path, tmp_path / "b.xlsx", changes)).model is model


def holding(documents: Any) -> Callable[[bytes], bytes]:
    """Return an edit of the part: it holds something else, under the fingerprint as built."""

    def change(content: bytes) -> bytes:
        root = etree.fromstring(content)
        root.text = documents if isinstance(documents, str) else text_of(documents)
        return bytes(etree.tostring(root))

    return change


STEP = {"id": "own_step", "label": "Own", "unit": "usd_per_year", "formula": "ai_revenue"}


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        (NEWER, "carries was changed after it was built: its fingerprint is"),
        ("{", r"carries: model\.toml: entry '-', field '-': is not the text of a model"),
        ("[" * 100_000, "is not the text of a model"),
        ({"model.toml": {"titel": "x"}}, r"b\.xlsx: the model that it carries: model\.toml: .*"
         "'titel': is not known"),
        ({"model.toml": {}, "steps.toml": {"step": [{**STEP, "formula": "__import__('os')"}]}},
         r"steps\.toml: entry 'own_step', field 'formula'"),
        ({"model.toml": {"title": "x" * 10**6}}, "have over 1,000,000 characters"),
        ({"model.toml": {}, "steps.toml": {"step": [STEP] * 1001}}, "has 1,001 entries"),
        ({"model.toml": {}, "other.toml": {}}, r"other\.toml: .* is not known; a model has"),
    ],
    ids=lambda value: "",
)  # fmt: skip
def test_a_model_that_was_changed_or_cannot_be_is_refused_with_the_workbooks_name(
    documents: Any, message: str, built: Path, tmp_path: Path
) -> None:
    book = open_book(patch(built, tmp_path / "b.xlsx", {ITEM: holding(documents)}))
    with pytest.raises(FileRefusedError, match=message):
        _ = book.model


# Programs that drop the part ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def dropped(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook as openpyxl saves it: without the model."""
    return edit(built, tmp_path_factory.mktemp("dropped") / "own_office.xlsx", lambda book: None)


@pytest.mark.parametrize(
    "command",
    ["read {}", "audit {}", "trace {} total", "diff {} {}", "simulate --from {}",
     "build --from {} --out {folder}", "merge {} {} {} -o {folder}/m.xlsx"],
)  # fmt: skip
def test_a_workbook_whose_model_is_missing_is_not_known(
    command: str, dropped: Path, tmp_path: Path, alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    words = command.replace("{folder}", str(tmp_path)).replace("{}", str(dropped)).split()
    assert main(words) == 2
    assert (
        "is not known: its model, 'Crypto-AI revenue with data marketplaces' ("
        in capsys.readouterr().err
    )


def test_the_folder_stands_in_for_a_missing_model(
    dropped: Path, folder: Path, own: Model, alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(dropped), "--model", str(folder)]) == 0
    assert own.name in capsys.readouterr().out


def test_the_text_of_a_workbook_whose_model_is_missing_is_that_of_any_workbook(
    dropped: Path, alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["textconv", str(dropped)]) == 0
    assert capsys.readouterr().out.startswith("# notes\n")


def test_libreoffice_keeps_the_model(built: Path, own: Model, tmp_path: Path) -> None:
    require(available())
    with LibreOffice() as office, office.open(built) as document:
        saved = document.save_as(tmp_path / "own_office.xlsx")
    assert open_book(saved).model is own


# Commands on a colleague's machine ----------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["read {}", "audit {}", "trace {} total", "textconv {}", "diff {} {}", "simulate --from {}"],
)  # fmt: skip
def test_commands_work_without_the_folder(
    command: str, built: Path, alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command.replace("{}", str(built)).split()) == 0, capsys.readouterr()


def test_read_names_the_model(
    built: Path, own: Model, alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["read", str(built), "--json"])
    said = json.loads(capsys.readouterr().out)["model"]
    assert said == {"title": own.title, "fingerprint": own.fingerprint}


def saved_by_excel(built: Path, out: Path, change: Callable[[Any], None]) -> Path:
    """Write a changed copy that keeps its stored values and its model, as Excel's would."""
    edit(built, out, change)
    parts = {name: text for name, text in read_parts(built).items() if name.startswith("customXml")}
    kept = {name: lambda _, text=text: text for name, text in parts.items()}
    return patch(out, out, {**kept, "xl/_rels/workbook.xml.rels": related("item1.xml")})


def with_override(built: Path, out: Path, name: str, value: float) -> Path:
    """Write a copy in which somebody has typed an override."""

    def change(book: Any) -> None:
        cell(book, "Assumptions", name, "Override").value = value

    return saved_by_excel(built, out, change)


@pytest.fixture
def edited(built: Path, tmp_path: Path) -> Path:
    """Somebody's copy: two overrides and the scenario bull."""

    def change(book: Any) -> None:
        cell(book, "Assumptions", "ai_penetration", "Override").value = 0.4
        cell(book, "Assumptions", "gdp_growth", "Override").value = 0.02
        sheet, _, place = book.defined_names["scenario"].attr_text.partition("!")
        book[sheet][place.replace("$", "")].value = "Bull"

    return saved_by_excel(built, tmp_path / "edited_office.xlsx", change)


def test_a_merge_of_own_workbooks_writes_one_of_the_same_model(
    built: Path, edited: Path, own: Model, tmp_path: Path, alone: None
) -> None:
    out = tmp_path / "merged_office.xlsx"
    assert main(["merge", str(built), str(built), str(edited), "-o", str(out)]) == 0
    book = open_book(out)
    assert book.model is own
    assert 0.4 in [cell.value for cell in book.worksheets["Assumptions"].cells.values()]


def test_a_build_from_a_workbook_is_of_its_model(
    edited: Path, own: Model, tmp_path: Path, alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--from", str(edited), "--for", "plain", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["read", str(tmp_path / "acme_plain.xlsx"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["model"]["fingerprint"] == own.fingerprint
    assert found["values"]["ai_penetration"]["override"] == 0.4
    assert found["scenario"] == "bull"


def test_inputs_go_by_id_into_a_newer_model_and_what_it_lacks_is_listed(
    edited: Path, tmp_path: Path, alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(tmp_path / "newer", NEWER)
    out = tmp_path / "out"
    code = main(["build", "--from", str(edited), "--model", str(tmp_path / "newer"),
                 "--for", "plain", "--out", str(out)])  # fmt: skip
    said = capsys.readouterr().err
    assert code == 1
    assert "scenario is bull, for which the model has no input field" in said
    assert "ai_penetration is 0.4, outside" in said
    main(["read", str(out / "acme_plain.xlsx"), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["model"]["fingerprint"] == model_of(text_of(NEWER)).fingerprint
    assert found["values"]["gdp_growth"]["override"] == 0.02
    assert found["values"]["ai_penetration"]["override"] is None
    assert found["scenario"] == "base"


# Two models ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["diff {} {}", "merge {} {} {} -o {folder}/m.xlsx"])
def test_workbooks_of_two_models_are_not_compared(
    command: str, built: Path, workbooks: dict[str, Path], tmp_path: Path,
    own: Model, alone: None, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = command.replace("{folder}", str(tmp_path)).split()
    paths = iter([built, workbooks["office"], built])
    assert main([str(next(paths)) if word == "{}" else word for word in words]) == 2
    said = capsys.readouterr().err
    assert f"({MODEL.name}, {own.name}); compare and merge workbooks of one model" in said


def test_a_workbook_of_another_model_than_the_folders_is_refused_by_both_names(
    built: Path, workbooks: dict[str, Path], folder: Path, own: Model, tmp_path: Path,
    alone: None, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    newer = tmp_path / "newer"
    write_folder(newer, NEWER)
    other = model_of(text_of(NEWER))
    for path, given, has, wants in (
        (built, newer, own, other),
        (workbooks["office"], folder, MODEL, own),
    ):
        assert main(["audit", str(path), "--model", str(given)]) == 2
        said = capsys.readouterr().err
        assert f"is of the model {has.name}, not of {wants.name}; leave --model out" in said


def test_a_folder_in_the_environment_leaves_workbooks_their_own_model(
    built: Path, workbooks: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "newer", NEWER)
    monkeypatch.setenv("XL_CRYPTOAI_MODEL", str(tmp_path / "newer"))
    assert main(["read", str(built)]) == 0
    assert main(["read", str(workbooks["office"])]) == 0
