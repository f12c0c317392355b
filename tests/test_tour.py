"""What the first walk and the README show: each command gives it; LibreOffice types the inputs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from edits import where
from engines import require
from engines.libreoffice import LibreOffice, available
from shipped import MODEL

from xl_cryptoai.assumptions.typed_text import name_meant, value_meant
from xl_cryptoai.cli import main

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BUILT = Path("out/crypto_ai_revenue_plain.xlsx")
INPUT = re.compile(
    r"in the row ([^,]+), type `([^`]+)` into column (\w+)\..*?\bas `(\w+\.xlsx)`", re.S
)
OVER = re.compile(r"type `([^`]+)` over `(\w+)!(\w+)`.*?\bas `(\w+\.xlsx)`", re.S)
CHANGED_OR_FAULTY = ("diff", "audit broken.xlsx")
"""Commands whose exit code says that there is something to look at."""


def shown_commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a page with the lines that it shows."""
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.M | re.S):
        for part in re.split(r"^\$ xl-cryptoai ", block, flags=re.M)[1:]:
            command, *lines = part.splitlines()
            yield command, without_layout(lines)


def without_layout(lines: list[str]) -> list[str]:
    """Leave out blank lines, rules, and the blanks between columns."""
    return [" ".join(line.split()) for line in lines if line.strip(" \u2500")]


def is_shown(expected: list[str], lines: list[str]) -> bool:
    """Whether lines are those expected, where "..." stands for any number of lines."""
    if not expected:
        return not lines
    first, *rest = expected
    if first == "...":
        return any(is_shown(rest, lines[start:]) for start in range(len(lines) + 1))
    return bool(lines) and lines[0] == first and is_shown(rest, lines[1:])


def type_in(office: LibreOffice, file: str) -> None:
    """Write the file that the page says somebody saves."""
    for row, text, column, saved_as in INPUT.findall(PAGE):
        if saved_as == file:
            name = name_meant(" ".join(row.split()), "assumption", MODEL.assumptions)
            sheet, address = where(BUILT, "Assumptions", name, column).split("!")
            value = value_meant(MODEL.assumptions[name], text, name)
            with office.open(BUILT) as document:
                document.set(sheet, address, value)
                document.save_as(Path(file))
    for text, sheet, address, saved_as in OVER.findall(PAGE):
        if saved_as == file:
            with office.open(Path("merged.xlsx")) as document:
                document.set(sheet, address, float(text))
                document.save_as(Path(file))


def test_every_command_of_the_walk_gives_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require(available())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    written = {"mine.xlsx", "theirs.xlsx", "broken.xlsx"}
    with LibreOffice() as office:
        for command, expected in shown_commands(PAGE):
            words = shlex.split(command)
            for file in sorted(written.intersection(words)):
                if not Path(file).exists():
                    type_in(office, file)
            assert main(words) == int(command.startswith(CHANGED_OR_FAULTY)), command
            lines = without_layout(capsys.readouterr().out.splitlines())
            assert is_shown(expected, lines), "\n".join((command, *lines))
    assert written <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize(("command", "expected"), [one for one in shown_commands(README) if one[1]])
def test_a_command_of_the_readme_gives_what_it_shows(
    command: str, expected: list[str],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "400")
    assert main(shlex.split(command, comments=True)) == 0
    lines = without_layout(capsys.readouterr().out.splitlines())
    assert is_shown(expected, lines), "\n".join((command, *lines))
