"""What Excel does in two ways, on Windows and on a Mac; everything else goes through xlwings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from xl_cryptoai.errors import FileRefusedError

TITLE = "xl-cryptoai"
WORKBOOKS = "Excel workbooks (*.xlsx;*.xlsm),*.xlsx;*.xlsm"
TOP, RIGHT = -4160, -4152
"""Excel's numbers for the top and the right side of a cell."""
_TEXT = 2
"""Excel's number for an answer that is text."""


def on_mac() -> bool:
    """Whether this is a Mac, where Excel is asked through AppleScript."""
    return sys.platform == "darwin"


def tell(book: Any, words: str, *, wrong: bool = False) -> None:
    """Show a message until it is closed."""
    book.app.alert(words, TITLE, mode="critical" if wrong else "info")


def save_copy(book: Any, path: Path) -> None:
    """Save a copy of an open workbook as it stands; the workbook keeps its name and its state.

    Raises
    ------
    FileRefusedError
        On a Mac, where Excel saves no copies, for a workbook with changes that are not saved.
    """
    if not on_mac():
        book.api.SaveCopyAs(str(path))
        return
    file = Path(book.fullname)
    if not file.is_file() or not book.api.saved.get():
        raise FileRefusedError(
            f"{book.name} has changes that are not saved; save it and click again: on a Mac the "
            "saved file is read"
        )
    shutil.copyfile(file, path)


def ask(book: Any, question: str, proposed: str = "") -> str | None:
    """Ask for one line of text; None if the question is cancelled."""
    if on_mac():
        return _script("text returned of (display dialog (item 1 of argv) default answer "
                       "(item 2 of argv) with title (item 3 of argv))",
                       question, proposed, TITLE)  # fmt: skip
    answer = book.app.api.InputBox(Prompt=question, Title=TITLE, Default=proposed, Type=_TEXT)
    return None if answer is False else str(answer)


def ask_workbook(book: Any, title: str) -> Path | None:
    """Ask for a workbook that exists; None if the question is cancelled."""
    if on_mac():
        answer = _script("POSIX path of (choose file with prompt (item 1 of argv))", title)
    else:
        answer = book.app.api.GetOpenFilename(FileFilter=WORKBOOKS, Title=title)
    return Path(answer) if answer else None


def ask_new_file(book: Any, title: str, proposed: str) -> Path | None:
    """Ask where to put a new file; None if the question is cancelled."""
    if on_mac():
        answer = _script("POSIX path of (choose file name with prompt (item 1 of argv) "
                         "default name (item 2 of argv))", title, proposed)  # fmt: skip
    else:
        answer = book.app.api.GetSaveAsFilename(
            InitialFileName=proposed, FileFilter=WORKBOOKS, Title=title
        )
    return Path(answer) if answer else None


def add_note(cell: Any, text: str) -> None:
    """Write a note to a cell that has none."""
    if on_mac():
        cell.api.add_comment(comment_text=text)
    else:
        cell.api.AddComment(text)


def write_formula(cell: Any, formula: str) -> None:
    """Write a formula as a person types it, into one cell.

    What is written as `Formula` gets an @ before every function of an add-in in Excel 365; older
    versions know no `Formula2`.
    """
    try:
        cell.formula2 = formula
    except Exception:  # pywin32 and appscript each have errors of their own for it
        cell.formula = formula


def align(cells: Any, *, vertical: int | None = None, horizontal: int | None = None) -> None:
    """Align what stands in cells; on a Mac it stays as Excel aligns it."""
    if on_mac():
        return
    if vertical is not None:
        cells.api.VerticalAlignment = vertical
    if horizontal is not None:
        cells.api.HorizontalAlignment = horizontal


def _script(line: str, *arguments: str) -> str | None:
    """Run a line of AppleScript; None if its question is cancelled."""
    script = ("on run argv", "tell me to activate", line, "end run")
    command = ["osascript", *(word for one in script for word in ("-e", one)), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.removesuffix("\n") if done.returncode == 0 else None
