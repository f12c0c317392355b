"""Settings of xlwings: the person's file of lines "KEY","value", and the sheet of a workbook."""

from __future__ import annotations

import re
from pathlib import Path

from xl_cryptoai.xlsx import open_workbook

_LINE = re.compile(rb'^\s*"?([^",]*)"?\s*,\s*"?([^"\r\n]*)"?')

INTERPRETER = "INTERPRETER_WIN"


def read_settings(content: bytes, encoding: str) -> dict[str, str]:
    """Read the settings, keys in upper case; of two with one key the first counts, as in VBA.

    >>> read_settings(b'"Interpreter_Win","C:/Python/python.exe"', "utf-8")
    {'INTERPRETER_WIN': 'C:/Python/python.exe'}
    """
    settings: dict[str, str] = {}
    for line in content.splitlines():
        if found := _LINE.match(line):
            key, value = (part.decode(encoding, "replace").strip() for part in found.groups())
            settings.setdefault(key.upper(), value)
    return settings


def with_setting(content: bytes, key: str, value: str, encoding: str) -> bytes:
    """Return the settings with one changed or added; every other line keeps its bytes."""
    new = f'"{key}","{value}"\r\n'.encode(encoding)
    lines: list[bytes] = []
    for line in content.splitlines(keepends=True):
        if not _sets(line, key, encoding):
            lines.append(line)
        elif new not in lines:
            lines.append(new)
    if new not in lines:
        if lines and not lines[-1].endswith((b"\n", b"\r")):
            lines[-1] += b"\r\n"
        lines.append(new)
    return b"".join(lines)


def without_setting(content: bytes, key: str, encoding: str) -> bytes:
    """Return the settings without one; every other line keeps its bytes."""
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if not _sets(line, key, encoding))


def _sets(line: bytes, key: str, encoding: str) -> bool:
    found = _LINE.match(line)
    return found is not None and found[1].decode(encoding, "replace").strip().upper() == key.upper()


def sheet_settings(file: Path, sheet: str) -> dict[str, str] | None:
    """Read the settings on a sheet, keys in upper case; None if there is no such sheet.

    Raises
    ------
    FileRefusedError
        If the file cannot be read as a workbook.
    """
    for found in open_workbook(file).worksheets:
        if found.title == sheet:
            texts = {
                at: "" if cell.value is None else str(cell.value).strip()
                for at, cell in found.cells.items()
            }
            return {
                key.upper(): texts.get((row, 2), "")
                for (row, column), key in texts.items()
                if column == 1 and key
            }
    return None
