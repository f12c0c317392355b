"""The set-up script of the README's two commands."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from xl_cryptoai.forecast.shipped import shipped_model
from xl_cryptoai.workbook import ROUTES

SCRIPT = Path(__file__).resolve().parents[1] / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working in a folder of the test with the programs of this environment."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "BIN", Path(sys.executable).parent)
    return script


def test_build_replaces_no_workbook_that_somebody_has_edited(
    bootstrap: ModuleType, tmp_path: Path, workbooks: dict[str, Path],
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "out"
    out.mkdir()
    edited = out / ROUTES["plain"].file_name(shipped_model())
    book = openpyxl.load_workbook(workbooks["plain"])
    book["Assumptions"]["A1"] = "Changed by somebody"
    book.save(edited)
    before = edited.read_bytes()

    assert bootstrap.build() != 0
    assert edited.read_bytes() == before
    assert [path.name for path in out.iterdir()] == [edited.name]
    assert f"{edited.name} exists; give --force to replace it" in capfd.readouterr().err
