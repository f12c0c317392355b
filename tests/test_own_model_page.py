"""The walk-through of an own model: its files are the tests' model, and every command runs."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from test_carried import with_override
from test_own_model import MARKETPLACES

from xl_cryptoai.cli import main
from xl_cryptoai.reading.book import open_book

PAGE = (Path(__file__).parents[1] / "docs" / "own-model.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`my-model/(\w+\.toml)`\n\n```toml\n(.*?)^```$", PAGE, re.M | re.S))
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.M | re.S)
    for line in block.splitlines()
]


def test_the_files_of_the_page_are_those_of_the_tests() -> None:
    assert {name: tomllib.loads(text) for name, text in FILES.items()} == MARKETPLACES
    assert len(re.findall(r"^`my-model/", PAGE, re.M)) == len(FILES)


@pytest.mark.slow
def test_every_command_of_the_page_runs_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XL_CRYPTOAI_MODEL", raising=False)
    changed = {"diff"}  # its exit code says that there are differences
    for line in COMMANDS:
        program, *words = shlex.split(line)
        assert program == "xl-cryptoai"
        expected = 1 if words[0] in changed else 0
        assert main(words) == expected, (line, capsys.readouterr())
        if words[0] == "new":
            for name, text in FILES.items():
                Path("my-model", name).write_text(text, encoding="utf-8")
        if words[0] == "read":
            built = Path("out/acme_office.xlsx")
            with_override(built, Path("ada.xlsx"), "ai_penetration", 0.4)
            with_override(built, Path("grace.xlsx"), "marketplace_share", 0.03)
    merged = open_book(Path("newer/acme_plain.xlsx"))
    typed = [cell.value for cell in merged.worksheets["Assumptions"].cells.values()]
    assert merged.model.title == MARKETPLACES["model.toml"]["title"]
    assert 0.4 in typed
    assert 0.03 in typed
