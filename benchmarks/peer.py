"""The other auditor, `spreadsheet-auditor`: many files, one after another, in a process of its own.

It runs in its own interpreter, by the function behind its command and with that command's JSON.
Its recalculation in LibreOffice, 3 s a file, is left out: the files carry values that are right,
and LibreOffice could not answer the calls of most routes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

COMMAND = "spreadsheet-auditor"
SETTINGS = {
    "recalc": {"enabled": False},
    "limits": {"max_reported_findings": 100_000, "max_formulas": 0},
}
"""All findings are asked for, and all formulas looked at."""
WORKER = """
import contextlib, io, json, sys
from spreadsheet_auditor.cli import main
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        main(json.loads(line))
    print(json.dumps(said.getvalue()), flush=True)
"""

Findings = list[tuple[str, str]]
"""Rule and cell of every finding."""


class Peer:
    """A running peer.

    Parameters
    ----------
    command : str
        Path of its command; its interpreter stands beside it.
    """

    def __init__(self, command: str) -> None:
        folder = Path(command).absolute().parent
        python = shutil.which("python", path=str(folder))
        if python is None:
            raise SystemExit(f"{folder} has no python: install {COMMAND} into a venv of its own")
        # it ends by itself when this process, the only writer to its input, does
        self.process = subprocess.Popen(
            [python, "-c", WORKER],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def audit(self, content: bytes) -> Findings:
        """Let it audit a file; give rule and cell of every finding."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "book.xlsx"
            path.write_bytes(content)
            return findings_in(self.answer(path, Path(folder) / "settings.json"))

    def answer(self, path: Path, settings: Path) -> dict[str, Any]:
        """Let it audit a file; give its whole answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        settings.write_text(json.dumps(SETTINGS))
        words = [str(path), "--json", "-", "--config", str(settings), "--fail-on", "None"]
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        try:
            return dict(json.loads(json.loads(line)))
        except ValueError:
            raise SystemExit(f"{COMMAND} gave no findings for {path}: {line[:200]!r}") from None


def findings_in(answer: dict[str, Any]) -> Findings:
    """Return rule and cell of every finding of an answer; of a repeated one, all its cells."""
    return [
        (found["rule_id"], place)
        for found in answer["findings"]
        for place in found.get("members") or [found["location"]]
    ]


@lru_cache
def running(command: str) -> Peer:
    """Start the peer once a process."""
    return Peer(command)
